package fhir

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// The headings under which a form's fields stand in the CarePlan that it becomes, in this order.
const (
	cprTitle           = "CPR"
	ceilingTitle       = "Ceiling of treatment"
	adrtTitle          = "Advance decision to refuse treatment"
	allergiesTitle     = "Allergies and reactions"
	giveTitle          = "Medicines to give"
	avoidTitle         = "Medicines to avoid"
	equipmentTitle     = "Equipment and devices"
	communicationTitle = "Communication"
	carersTitle        = "Carers and contacts"
)

// The sentences for the answers to choose from.
var (
	cprWords     = map[string]string{"not-for": "NOT for attempted CPR", "for": "For attempted CPR"}
	ceilingWords = map[string]string{
		"comfort": "Comfort only", "home": "Treat reversible conditions at home or hospice",
		"hospital": "Treat reversible conditions in hospital", "full": "Full intensive treatment",
	}
	adrtWords = map[string]string{"made": "Made", "retracted": "RETRACTED: it does not hold any more"}
)

const (
	decidedOn = ", decided on "
	dueBy     = "Review due: "
)

// WriteForm writes the CarePlan of a form in which plans.Form.Faults finds nothing. It is read by [ReadCarePlan] like one that a centre's
// own system sent. The same form gives the same bytes.
func WriteForm(id, centre string, status plans.Status, f plans.Form) ([]byte, error) {
	number, err := plans.ParseNHSNumber(f.NHSNumber)
	if err != nil {
		return nil, fmt.Errorf("write the CarePlan of a form: %w", err)
	}
	dates := map[string]plans.Date{}
	for name, typed := range map[string]string{"birth": f.BirthDate, "cpr": f.CPRDate, "reviewed": f.Reviewed, "due": f.ReviewDue} {
		if dates[name], err = plans.TypedDate(typed); err != nil {
			return nil, fmt.Errorf("write the CarePlan of a form: %w", err)
		}
	}
	trim := strings.TrimSpace
	d := Outline{
		ID: id, Centre: centre, Status: status,
		Patient: plans.Identity{
			NHSNumber: number, Family: trim(f.Family), Given: trim(f.Given), BirthDate: dates["birth"], Sex: plans.Sex(f.Sex), Postcode: trim(f.Postcode),
		},
		Headline: line(f.Headline), Urgency: plans.Urgency(f.Urgency), Do: plans.Lines(f.Do), DoNot: plans.Lines(f.DoNot),
		Author: trim(f.Author), Phone: trim(f.Phone), ReviewDue: dates["due"], Created: dates["reviewed"],
	}
	if role := trim(f.Role); role != "" {
		d.Author += " (" + role + ")"
	}
	add := func(title string, texts ...string) {
		for _, text := range texts {
			d.Sections = append(d.Sections, plans.Section{Title: title, Text: text})
		}
	}
	if words := cprWords[f.CPR]; words != "" {
		if dates["cpr"] != "" {
			words += decidedOn + string(dates["cpr"])
		}
		add(cprTitle, words)
	}
	if words := ceilingWords[f.Ceiling]; words != "" {
		add(ceilingTitle, words)
	}
	if words := adrtWords[f.ADRT]; words != "" {
		if text := trim(f.ADRTText); text != "" {
			words += "\n" + text
		}
		add(adrtTitle, words)
	}
	for _, field := range listed(&f) {
		add(field.title, plans.Lines(*field.text)...)
	}
	for _, s := range f.Sections {
		if trim(s.Title) != "" && trim(s.Text) != "" {
			add(line(s.Title), trim(s.Text))
		}
	}
	return Compose(d), nil
}

// listed are the fields of a form that hold one thing a line, with their headings.
func listed(f *plans.Form) []struct {
	title string
	text  *string
} {
	return []struct {
		title string
		text  *string
	}{
		{allergiesTitle, &f.Allergies}, {giveTitle, &f.Give}, {avoidTitle, &f.Avoid}, {equipmentTitle, &f.Equipment},
		{communicationTitle, &f.Communication}, {carersTitle, &f.Carers},
	}
}

// ReadForm reads the document of a plan into a form. whole is false if the plan holds more than the form shows, as one that was sent by
// another system may: publishing the form again would leave that behind.
func ReadForm(p plans.Plan, document []byte) (f plans.Form, whole bool, err error) {
	cp, err := heldCarePlan(document)
	if err != nil {
		return f, false, err
	}
	f = plans.Form{
		NHSNumber: p.Patient.NHSNumber.Reveal(), Family: p.Patient.Family, Given: p.Patient.Given, BirthDate: string(p.Patient.BirthDate),
		Sex: string(p.Patient.Sex), Postcode: p.Patient.Postcode, Headline: p.Headline, Urgency: string(p.Urgency),
		Reviewed: cp.get("created").text(), Sections: []plans.Section{},
	}
	f.Author, f.Role = signature(p.Author)
	do, lists := []string{}, map[string][]string{}
	for _, s := range p.Sections {
		readSection(&f, s, &do, lists)
	}
	f.Do, f.DoNot = strings.Join(do, "\n"), strings.Join(lists["Do not"], "\n")
	for _, field := range listed(&f) {
		*field.text = strings.Join(lists[field.title], "\n")
	}
	for contained := range cp.list("contained") {
		if contained.resourceType() == "CareTeam" {
			for telecom := range contained.list("telecom") {
				f.Phone = telecom.get("value").text()
			}
		}
	}
	for note := range cp.list("note") {
		if due, ok := strings.CutPrefix(note.get("text").text(), dueBy); ok {
			f.ReviewDue = due
		}
	}
	again, err := WriteForm(p.ID, p.Centre, p.Status, f)
	return f, err == nil && sameButStatus(again, document), nil
}

// signature splits an author's name from the role in brackets after it.
func signature(s string) (name, role string) {
	if inner, ok := strings.CutSuffix(s, ")"); ok {
		if at := strings.LastIndex(inner, " ("); at >= 0 {
			return inner[:at], inner[at+2:]
		}
	}
	return s, ""
}

// readSection finds the field of a form for one section of a plan.
func readSection(f *plans.Form, s plans.Section, do *[]string, lists map[string][]string) {
	answer := func(words map[string]string, text string) string {
		for value, sentence := range words {
			if sentence == text {
				return value
			}
		}
		return ""
	}
	first, rest, _ := strings.Cut(s.Text, "\n")
	switch s.Title {
	case "What to do in an emergency", "":
		*do = append(*do, plans.Lines(s.Text)...)
		return
	case cprTitle:
		words, day, _ := strings.Cut(first, decidedOn)
		if f.CPR = answer(cprWords, words); f.CPR != "" {
			f.CPRDate = day
			return
		}
	case ceilingTitle:
		if f.Ceiling = answer(ceilingWords, first); f.Ceiling != "" {
			return
		}
	case adrtTitle:
		if f.ADRT = answer(adrtWords, first); f.ADRT != "" {
			f.ADRTText = rest
			return
		}
	case "Do not", allergiesTitle, giveTitle, avoidTitle, equipmentTitle, communicationTitle, carersTitle:
		lists[s.Title] = append(lists[s.Title], plans.Lines(s.Text)...)
		return
	case "Note":
		if text := s.Text; strings.HasPrefix(text, dueBy) || strings.HasPrefix(text, "At any hour: ") {
			return
		}
	}
	f.Sections = append(f.Sections, s)
}

// sameButStatus compares two CarePlans that may have been given another status since.
func sameButStatus(a, b []byte) bool {
	a, errA := WithStatus(a, plans.Active, "-")
	b, errB := WithStatus(b, plans.Active, "-")
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// statusReason is where a CarePlan says why it has its status (HL7 FHIR R4 StructureDefinition/event-statusReason).
const statusReason = "http://hl7.org/fhir/StructureDefinition/event-statusReason"

// WithStatus gives the CarePlan in a document another status, and the reason for it in words. Everything else in the document stays byte
// for byte as it was sent.
func WithStatus(document []byte, status plans.Status, reason string) ([]byte, error) {
	cp, err := heldCarePlan(document)
	if err != nil {
		return nil, err
	}
	held := cp.get("status")
	if held.kind() != text {
		return nil, fmt.Errorf("change the status of a plan: %w", ErrDocument)
	}
	why := `{"extension":[{"url":` + strconv.Quote(statusReason) + `,"valueCodeableConcept":{"text":` + string(bytes.TrimSpace(mustJSON(reason))) + `}}]}`
	var edits splices
	edits.replace(held, strconv.Quote(string(status)))
	if sent := cp.get("_status"); sent.present() {
		edits.replace(sent, why)
	} else {
		edits.insert(held, `,"_status":`+why)
	}
	return edits.apply(document), nil
}

// StatusReason is why the CarePlan in a document has its status, in words; empty if it does not say.
func StatusReason(document []byte) string {
	cp, err := heldCarePlan(document)
	if err != nil {
		return ""
	}
	for extension := range cp.get("_status").list("extension") {
		if extension.get("url").text() == statusReason {
			return line(extension.get("valueCodeableConcept").get("text").text())
		}
	}
	return ""
}

// heldCarePlan finds the CarePlan in a document, with its place in the document's bytes.
func heldCarePlan(document []byte) (element, error) {
	doc, err := rescan(document)
	if err != nil {
		return element{}, fmt.Errorf("find the CarePlan in a document: %w", ErrDocument)
	}
	root := element{doc, 0}
	if root.get("resourceType").present() {
		return root, nil
	}
	index, err := strconv.Atoi(string(root.get("carePlanEntry").raw()))
	if err != nil {
		return element{}, fmt.Errorf("find the CarePlan in a document: %w", ErrDocument)
	}
	for entry := range root.get("bundle").list("entry") {
		if index == 0 {
			return entry.get("resource"), nil
		}
		index--
	}
	return element{}, fmt.Errorf("find the CarePlan in a document: %w", ErrDocument)
}
