package profiles

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/plans"
)

// Parse reads one file. What it leaves out is as in the built-in profile. If there are faults there is no profile.
func Parse(file string, text []byte) (*Profile, Faults) {
	r := &reader{file: file}
	p := &Profile{File: file, Reading: hl7.DefaultProfile()}
	p.Reading.Name = strings.TrimSuffix(strings.TrimSuffix(file, ".yaml"), ".yml")
	root := r.document(text)
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	r.profile(root, p)
	if p.Listener == "" && len(p.Organisations) == 0 {
		r.fault(nil, "nobody writes like this: organisations or listener must say who does")
	}
	if p.Listener != "" && len(p.Organisations) > 0 {
		r.fault(nil, "organisations and listener cannot both be set: make two profiles")
	}
	if p.Listener != "" && len(p.Locations) > 0 {
		r.fault(nil, "locations belong to organisations: they cannot be set for a listener")
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return p, nil
}

// profile reads the keys of a file.
func (r *reader) profile(root ast.Node, p *Profile) {
	h := p.Reading
	r.keys(root, "a profile", map[string]func(ast.Node){
		"name": func(n ast.Node) {
			if name, ok := r.text(n, "name"); ok && name != "" {
				h.Name = name
			}
		},
		"organisations":        func(n ast.Node) { p.Organisations = texts(r.list(n, "organisations")) },
		"listener":             func(n ast.Node) { p.Listener, _ = r.text(n, "listener") },
		"time_zone":            func(n ast.Node) { r.zone(n, h) },
		"character_set":        func(n ast.Node) { r.charset(n, h) },
		"character_set_always": func(n ast.Node) { r.truth(n, "character_set_always", &h.CharsetAlways) },
		"locations":            func(n ast.Node) { r.locations(n, p) },
		"events":               func(n ast.Node) { r.events(n, h) },
		"other_events":         func(n ast.Node) { r.otherEvents(n, h) },
		"codes":                func(n ast.Node) { r.codes(n, h) },
		"identifiers":          func(n ast.Node) { r.identifiers(n, h) },
	})
}

func (r *reader) zone(n ast.Node, h *hl7.Profile) {
	name, ok := r.text(n, "time_zone")
	if !ok {
		return
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		r.fault(n, "there is no time zone %q; it is written like Europe/London", name)
		return
	}
	h.Zone = zone
}

func (r *reader) charset(n ast.Node, h *hl7.Profile) {
	name, ok := r.text(n, "character_set")
	if !ok {
		return
	}
	if h.Charset, ok = hl7.ParseCharset(name); !ok {
		r.fault(n, "the character set %q is not known; it is UTF-8, UTF-16, windows-1252, or ISO 8859-1 to ISO 8859-9 or ISO 8859-15", name)
	}
}

func (r *reader) truth(n ast.Node, what string, to *bool) {
	switch text, ok := r.text(n, what); {
	case !ok:
	case text == "true":
		*to = true
	case text == "false":
		*to = false
	default:
		r.fault(n, "%s must be true or false", what)
	}
}

// longestPattern is as long as what is kept of a location.
const longestPattern = 200

func (r *reader) locations(n ast.Node, p *Profile) {
	if _, none := n.(*ast.NullNode); n == nil || none {
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fault(n, "locations must be a list of rules")
		return
	}
	for i, v := range list.Values {
		rule := directory.Rule{Written: fmt.Sprintf("%s, rule %d", p.File, i+1)}
		said := false
		pattern := func(key string, to *string) func(ast.Node) {
			return func(n ast.Node) {
				if *to, ok = r.text(n, key); ok && len(*to) > longestPattern {
					r.fault(n, "%s is longer than %d bytes", key, longestPattern)
				}
			}
		}
		r.keys(v, "a rule of locations", map[string]func(ast.Node){
			"site": pattern("site", &rule.Site), "point_of_care": pattern("point_of_care", &rule.PointOfCare),
			"room": pattern("room", &rule.Room), "bed": pattern("bed", &rule.Bed),
			"department": func(n ast.Node) {
				rule.Department, ok = r.text(n, "department")
				said = ok && rule.Department != ""
			},
		})
		if !said {
			r.fault(v, "the rule does not say which department: an id of the directory, or none for places in no A&E department")
		}
		if rule.Department == "none" {
			rule.Department = ""
		}
		if j := slices.IndexFunc(p.Locations, func(before directory.Rule) bool { return covers(before, rule) }); j >= 0 {
			r.fault(v, "the rule is never reached: rule %d before it matches all that it matches", j+1)
		}
		p.Locations = append(p.Locations, rule)
	}
}

// covers tells of two rules whether the first certainly matches all that the second matches.
func covers(a, b directory.Rule) bool {
	part := func(a, b string) bool { return a == "" || a == "*" || strings.EqualFold(a, b) }
	return part(a.Site, b.Site) && part(a.PointOfCare, b.PointOfCare) && part(a.Room, b.Room) && part(a.Bed, b.Bed)
}

// uses are what can be done with an event, by their words.
func uses() map[string]hl7.Use {
	all := map[string]hl7.Use{"not used": hl7.NotUsed, "refused": hl7.Refused}
	for _, use := range hl7.DefaultProfile().Events {
		all[use.String()] = use
	}
	return all
}

func (r *reader) events(n ast.Node, h *hl7.Profile) {
	known := uses()
	for _, e := range r.mapping(n, "events") {
		word, ok := r.text(e.value, "the use of an event")
		if !ok {
			continue
		}
		use, ok := known[word]
		switch event := strings.ToUpper(e.key); {
		case len(event) != 3 || event[0] != 'A' || event[1] < '0' || event[1] > '9' || event[2] < '0' || event[2] > '9':
			r.fault(e.node, "%q is no ADT event; it is written like A04", e.key)
		case !ok:
			r.fault(e.value, "%s cannot be %q; it can be %s", event, word, wordsOf(known))
		case use.Kind == alerts.Merge && h.Use(event).Kind != alerts.Merge:
			r.fault(e.value, "%s cannot mean %q: its fields are other ones", event, word)
		default:
			h.Events[event] = use
		}
	}
}

func wordsOf(known map[string]hl7.Use) string {
	var words []string
	for word := range known {
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func (r *reader) otherEvents(n ast.Node, h *hl7.Profile) {
	switch word, ok := r.text(n, "other_events"); {
	case !ok:
	case word == "not used":
		h.Others = hl7.NotUsed
	case word == "refused":
		h.Others = hl7.Refused
	default:
		r.fault(n, "other_events must be refused (AR) or not used (AA)")
	}
}

// The codes of the standard that a sender's code may stand for.
var (
	sexes        = []string{"1", "2", "9", "0"} // NHS Data Dictionary, PERSON STATED GENDER
	consents     = []string{"1", "2", "3"}      // ITK HL7 v2 1.0.15, ZU8-2
	sexWords     = map[string]string{"MALE": "1", "FEMALE": "2", "OTHER": "9", "UNKNOWN": "0"}
	consentWords = map[string]string{"GIVEN": "1", "DISSENT": "2", "UNKNOWN": "3"}
)

func (r *reader) codes(n ast.Node, h *hl7.Profile) {
	r.keys(n, "codes", map[string]func(ast.Node){
		"patient_class": func(n ast.Node) { r.table(n, "patient_class", h.Class, hl7.PatientClasses, hl7.PatientClassWords) },
		"sex":           func(n ast.Node) { r.table(n, "sex", h.Sex, sexes, sexWords) },
		"consent":       func(n ast.Node) { r.table(n, "consent", h.Consent, consents, consentWords) },
		"discharge":     func(n ast.Node) { r.table(n, "discharge", h.Disposition, nil, nil) },
	})
}

// table reads what the codes of a sender mean: codes of the standard, or their words. Without a list any code will do.
func (r *reader) table(n ast.Node, what string, into hl7.Codes, allowed []string, words map[string]string) {
	for _, e := range r.mapping(n, what) {
		code, ok := r.text(e.value, "the meaning of a code")
		code = strings.ToUpper(code)
		if word, known := words[code]; known {
			code = word
		}
		switch {
		case !ok:
		case code == "", allowed != nil && !slices.Contains(allowed, code):
			r.fault(e.value, "the %s %q cannot mean %q%s", what, e.key, code, may(allowed, words))
		case allowed == nil && !isNumber(code):
			r.fault(e.value, "the %s %q cannot mean %q; it is a number of the NHS Data Dictionary", what, e.key, code)
		default:
			into[strings.ToUpper(e.key)] = code
		}
	}
}

func isNumber(code string) bool {
	return code != "" && len(code) <= 3 && strings.Trim(code, "0123456789") == ""
}

// may lists the codes that are allowed.
func may(allowed []string, words map[string]string) string {
	if allowed == nil {
		return ""
	}
	all := slices.Clone(allowed)
	for word := range words {
		all = append(all, strings.ToLower(word))
	}
	slices.Sort(all)
	return "; it can mean " + strings.Join(all, ", ")
}

func (r *reader) identifiers(n ast.Node, h *hl7.Profile) {
	r.keys(n, "identifiers", map[string]func(ast.Node){
		"nhs_number": func(n ast.Node) {
			if h.NHSNumber = texts(r.list(n, "nhs_number")); len(h.NHSNumber) == 0 {
				r.fault(n, "nhs_number must name an authority (CX.4) or a type (CX.5) by which an NHS number is recognised")
			}
		},
		"hospital_number": func(n ast.Node) {
			r.keys(n, "hospital_number", map[string]func(ast.Node){
				"authorities": func(n ast.Node) { h.HospitalAuthorities = texts(r.list(n, "authorities")) },
				"types":       func(n ast.Node) { h.HospitalTypes = texts(r.list(n, "types")) },
			})
		},
		"visit":            func(n ast.Node) { r.visit(n, h) },
		"trusted_statuses": func(n ast.Node) { r.trusted(n, h) },
	})
}

func (r *reader) visit(n ast.Node, h *hl7.Profile) {
	known := []hl7.VisitSource{hl7.VisitNumber, hl7.AlternateVisit, hl7.PatientAccount, hl7.PatientInsteadOf}
	h.Visit = nil
	for _, i := range r.list(n, "visit") {
		source := hl7.VisitSource(strings.ToUpper(i.text))
		if !slices.Contains(known, source) {
			r.fault(i.node, "a visit is not identified by %q; it can be PV1-19, PV1-50, PID-18 and PID-3", i.text)
			continue
		}
		h.Visit = append(h.Visit, source)
	}
	if len(h.Visit) == 0 {
		r.fault(n, "visit must name at least one of PV1-19, PV1-50, PID-18 and PID-3")
	}
}

func (r *reader) trusted(n ast.Node, h *hl7.Profile) {
	h.Trusted = nil
	for _, i := range r.list(n, "trusted_statuses") {
		code := strings.TrimPrefix(strings.ToUpper(i.text), "NSTS")
		if code == "NONE" {
			h.Trusted = append(h.Trusted, plans.TracingUnknown)
			continue
		}
		if len(code) != 2 || code < "01" || code > "08" {
			r.fault(i.node, "%q is no NHS number status; it is NSTS01 to NSTS08, or none for a number without a status", i.text)
			continue
		}
		h.Trusted = append(h.Trusted, plans.Tracing(code))
	}
}
