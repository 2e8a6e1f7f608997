package profiles

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/plans"
)

// Differences says in plain language what new profiles change, file by file; nothing if they mean the same.
func Differences(before, after *Set) []string {
	was, is := byFile(before), byFile(after)
	files := slices.Sorted(maps.Keys(was))
	for file := range is {
		if _, held := was[file]; !held {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	var lines []string
	for _, file := range files {
		old, now := was[file], is[file]
		switch {
		case old == nil:
			lines = append(lines, fmt.Sprintf("The profile %s was added, for %s.", now.title(), now.whose()))
		case now == nil:
			lines = append(lines, fmt.Sprintf("The profile %s was removed: %s now have the built-in one.", old.title(), old.whose()))
		default:
			lines = append(lines, old.differences(now)...)
		}
	}
	return lines
}

func byFile(s *Set) map[string]*Profile {
	out := map[string]*Profile{}
	for _, p := range s.Profiles() {
		out[p.File] = p
	}
	return out
}

// title is a profile as people call it.
func (p *Profile) title() string { return p.Reading.Name + " (" + p.File + ")" }

// whose says who writes like this.
func (p *Profile) whose() string {
	if p.Listener != "" {
		return "messages at the listener " + p.Listener
	}
	return "messages of " + strings.Join(p.Organisations, ", ")
}

func (p *Profile) differences(after *Profile) []string {
	title := "The profile " + after.title() + ": "
	was, is := p.facts(), after.facts()
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(both(was, is))) {
		old, held := was[what]
		now, stays := is[what]
		switch {
		case old == now:
		case !held:
			lines = append(lines, title+what+" is "+now+" now; it was not said.")
		case !stays:
			lines = append(lines, title+what+" is not said any more; it was "+old+".")
		default:
			lines = append(lines, title+what+" is "+now+" now; it was "+old+".")
		}
	}
	return append(lines, p.ruleDifferences(after, title)...)
}

func both(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// ruleDifferences compares the rules for locations as a list: what is new, what is gone, and whether the order of the rest changed.
func (p *Profile) ruleDifferences(after *Profile, title string) []string {
	was, is := p.rules(), after.rules()
	var lines []string
	for _, rule := range is {
		if !slices.Contains(was, rule) {
			lines = append(lines, title+rule+": this rule is new.")
		}
	}
	for _, rule := range was {
		if !slices.Contains(is, rule) {
			lines = append(lines, title+rule+": this rule is gone.")
		}
	}
	stayed := slices.DeleteFunc(slices.Clone(was), func(r string) bool { return !slices.Contains(is, r) })
	stays := slices.DeleteFunc(slices.Clone(is), func(r string) bool { return !slices.Contains(was, r) })
	if !slices.Equal(stayed, stays) {
		lines = append(lines, title+"the rules for locations stand in another order.")
	}
	return lines
}

func (p *Profile) rules() []string {
	var out []string
	for i := range p.Locations {
		rule := &p.Locations[i]
		out = append(out, rule.String()+" is "+cmp.Or(rule.Department, "in no A&E department"))
	}
	return out
}

// facts are what a profile says, by what it says it about.
func (p *Profile) facts() map[string]string {
	h := p.Reading
	facts := map[string]string{
		"the name": h.Name, "the character set": string(h.Charset), "who writes like this": p.whose(),
		"an NHS number's authority or type": strings.Join(h.NHSNumber, ", "),
		"a hospital number's type":          strings.Join(h.HospitalTypes, ", "),
		"what identifies a visit":           sources(h.Visit), "the trusted status of an NHS number": statuses(h.Trusted),
		"the use of other events": h.Others.String(),
	}
	if h.Zone != nil {
		facts["the time zone"] = h.Zone.String()
	}
	if h.CharsetAlways {
		facts["the character set in spite of MSH-18"] = "always the same"
	}
	if len(h.HospitalAuthorities) > 0 {
		facts["a hospital number's authority"] = strings.Join(h.HospitalAuthorities, ", ")
	}
	for event, use := range h.Events {
		facts["the event "+event] = use.String()
	}
	for name, table := range map[string]hl7.Codes{"patient class": h.Class, "sex": h.Sex, "consent": h.Consent, "discharge": h.Disposition} {
		for code, meant := range table {
			facts["the "+name+" "+code] = meant
		}
	}
	return facts
}

func sources(all []hl7.VisitSource) string {
	var words []string
	for _, s := range all {
		words = append(words, string(s))
	}
	return strings.Join(words, ", ")
}

func statuses(all []plans.Tracing) string {
	var words []string
	for _, t := range all {
		if t == plans.TracingUnknown {
			words = append(words, "no status")
			continue
		}
		words = append(words, "NSTS"+string(t))
	}
	return cmp.Or(strings.Join(words, ", "), "no number at all")
}
