package plans

import (
	"fmt"
	"strings"
	"time"
)

// Edition is one version of a plan as it was published.
type Edition struct {
	Version int
	// Status and StatusReason are empty in a list for versions that were kept before they were: the document says them.
	Status       Status
	StatusReason string
	// Document is what the version was published with. In a list only those have one that do not say their status by themselves.
	Document []byte

	Headline  string
	Author    string
	Content   Content
	Sections  []Section
	Published time.Time
	// Restriction says whom the version was for, where it is laid before a department.
	Restriction Restriction
}

// sayingWords are the sayings in words.
var sayingWords = map[Saying]string{
	ForCPR: "For attempted CPR", NotForCPR: "Not for attempted CPR", ComfortOnly: "Comfort only",
	ReversibleAtHome: "Treat reversible conditions at home or hospice", ReversibleInHospital: "Treat reversible conditions in hospital",
	FullTreatment: "Full intensive treatment", RefusesTreatment: "Made", RefusalRetracted: "Retracted",
}

// Written is what a version says, heading by heading, so that two versions can be laid side by side. A heading of which it says nothing is
// left out.
func (e Edition) Written() []Section {
	out := []Section{}
	add := func(title string, lines ...string) {
		var said []string
		for _, line := range lines {
			if line = strings.Trim(line, " ,:\n"); line != "" {
				said = append(said, line)
			}
		}
		if len(said) > 0 {
			out = append(out, Section{title, strings.Join(said, "\n")})
		}
	}
	steps := func(title string, of []Step) {
		var lines []string
		for _, s := range of {
			lines = append(lines, s.Title+": "+s.Text)
		}
		add(title, lines...)
	}
	standing := func(title string, s Standing) {
		words := sayingWords[s.Says]
		if s.Since != "" {
			words += ", " + string(s.Since)
		}
		if s.Words != "" && s.Words != sayingWords[s.Says] {
			words += "\n" + s.Words
		}
		add(title, words)
	}
	add("Headline", e.Headline)
	c := e.Content
	steps("What to do first", c.Actions)
	steps("What never to do", c.Never)
	standing("CPR", c.CPR)
	standing("Ceiling of treatment", c.Ceiling)
	standing("Advance decision to refuse treatment", c.AdvanceDecision)
	var allergies []string
	for _, a := range c.Allergies {
		allergies = append(allergies, strings.Trim(a.To+": "+a.Reaction, ": "))
	}
	add("Allergies and reactions", allergies...)
	for _, use := range []struct {
		title string
		use   MedicineUse
	}{{"Medicines to give", Give}, {"Medicines to avoid", Avoid}, {"Medicines the patient takes", Takes}} {
		var lines []string
		for _, m := range c.Medicines {
			if m.Use == use.use {
				lines = append(lines, strings.Trim(m.Name+": "+strings.Trim(m.Dose+" "+m.Note, " "), ": "))
			}
		}
		add(use.title, lines...)
	}
	add("Further warnings", c.Warnings...)
	steps("Equipment and devices", c.Equipment)
	steps("Communication", c.Communication)
	var carers []string
	for _, p := range c.Carers {
		carers = append(carers, strings.Join(strings.Fields(p.Name+" "+p.Relation+" "+p.Phone), " "))
	}
	add("Carers", carers...)
	var files []string
	for _, a := range c.Attachments {
		files = append(files, a.Title+attachedAs(a))
	}
	add("Attachments", files...)
	add("24-hour telephone", c.Telephone.Number)
	add("Author", e.Author, c.Role)
	add("Last reviewed", string(c.Reviewed))
	add("Review due", string(c.ReviewDue))
	rest := c.Sections
	if len(out) == 1 && len(rest) == 0 {
		rest = e.Sections // a version from before there were headings
	}
	for _, s := range rest {
		add(s.Title, s.Text)
	}
	return out
}

// attachedAs tells two files of one title apart: the beginning of the hash changes with the file.
func attachedAs(a Attachment) string {
	if len(a.SHA256) < 8 {
		return ""
	}
	return fmt.Sprintf(" (%s, %d bytes, %s)", a.Type, a.Bytes, a.SHA256[:8])
}
