package directory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Location is where in a hospital a patient is, as the hospital's system codes it (HL7 PV1-3, PL).
type Location struct {
	PointOfCare string
	Room        string
	Bed         string
	// Site is the ODS site code, or what the hospital writes in its place (PL.4); empty if the message does not say.
	Site string
}

// Rule places the patients at some of an organisation's locations. Each part is a pattern: "*" stands for any number of characters, "?"
// for one, case does not matter, and an empty pattern is for everything, also for a part that is not stated.
type Rule struct {
	Site, PointOfCare, Room, Bed string
	// Department is where the patients are; empty for places that are known and in no A&E department.
	Department string
	// Written tells people where the rule stands, such as "rqw.yaml, locations[2]".
	Written string
}

// matches tells whether the rule is about a location.
func (r *Rule) matches(l Location) bool {
	return matches(r.PointOfCare, l.PointOfCare) && matches(r.Room, l.Room) && matches(r.Bed, l.Bed) && matches(r.Site, l.Site)
}

// String says what the rule is about, such as "point of care ED*, room RESUS".
func (r *Rule) String() string {
	var parts []string
	for _, p := range [...]struct{ name, pattern string }{
		{"site", r.Site}, {"point of care", r.PointOfCare}, {"room", r.Room}, {"bed", r.Bed},
	} {
		if p.pattern != "" {
			parts = append(parts, p.name+" "+p.pattern)
		}
	}
	if len(parts) == 0 {
		return "every location"
	}
	return strings.Join(parts, ", ")
}

// matches compares a part of a location with a pattern. Nothing is a path here: "*" also stands for "/".
func matches(pattern, text string) bool {
	if pattern == "" || pattern == "*" {
		return true
	}
	// star is where the last "*" stood, and again the place in the text from which what follows it is tried next.
	p, t, star, again := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, t
			p++
		case p < len(pattern) && pattern[p] == '?':
			_, size := utf8.DecodeRuneInString(text[t:])
			p, t = p+1, t+size
		case p < len(pattern) && upper(pattern[p]) == upper(text[t]):
			p, t = p+1, t+1
		case star >= 0:
			again++
			p, t = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// upper is a letter without case; codes of locations are ASCII.
func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// Place is where a location was found.
type Place struct {
	Department string
	// Warning says in words that the location is in no department that is known, and the department is the main one; empty if it is known.
	Warning string
	// Rule is the one that decided; nil if none did.
	Rule *Rule
	// Pattern is the entry of the department's locations that decided, where no rule did; empty if none did.
	Pattern string
	// Unknown tells that nothing is known about the location, so that somebody should write a rule for it.
	Unknown bool
}

// WithRules is the directory with rules for the locations of organisations, by their ODS codes. Of an organisation's rules the first that
// matches decides; what none of them matches is looked for in the departments' locations. A directory that has rules loses them.
//
// The faults say in words which rules cannot be meant; if there are any, there is no directory.
func (d *Directory) WithRules(rules map[string][]Rule) (*Directory, []string) {
	var faults []string
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		if _, ok := d.organisations[id]; !ok {
			faults = append(faults, fmt.Sprintf("organisation %s is not in the directory", id))
			continue
		}
		for i := range rules[id] {
			r := &rules[id][i]
			if r.Department == "" {
				continue
			}
			if org, ok := d.OrganisationOf(r.Department); !ok {
				faults = append(faults, fmt.Sprintf("%s: department %s is not in the directory", r.Written, r.Department))
			} else if org.ID != id {
				faults = append(faults, fmt.Sprintf("%s: department %s is one of %s, not of %s", r.Written, r.Department, org.ID, id))
			}
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	with := *d
	with.rules = rules
	return &with, nil
}

// Rules are the rules for an organisation's locations, in the order in which they are tried.
func (d *Directory) Rules(organisation string) []Rule { return slices.Clone(d.rules[organisation]) }

// SentFrom is a location as a sender means it that names itself, in MSH-4, by its site: where no site is stated, it is that one.
func (d *Directory) SentFrom(code string, at Location) Location {
	if _, site := d.Site(code); site && at.Site == "" {
		at.Site = code
	}
	return at
}

// Locate finds the department of a location: by the first of the organisation's rules that matches, else by the locations of the
// departments of its site. A location that no department claims belongs to the main department of its site; a site that is not the
// organisation's belongs to the main department of its main site: with a warning, but never to nobody, as long as the organisation has a
// department.
func (d *Directory) Locate(org Organisation, at Location) Place {
	rules := d.rules[org.ID]
	for i := range rules {
		switch r := &rules[i]; {
		case !r.matches(at):
		case r.Department == "":
			return Place{Department: d.fallback(org, at.Site), Rule: r, Warning: "The location in the message is not in an A&E department; shown at the main A&E."}
		default:
			return Place{Department: r.Department, Rule: r}
		}
	}
	s, known := d.siteOf(org, at.Site)
	if known || at.Site == "" {
		for _, dep := range d.bySite[s.ID] {
			if pattern := dep.claims(at.PointOfCare); pattern != "" {
				return Place{Department: dep.ID, Pattern: pattern}
			}
		}
	}
	main := d.fallback(org, at.Site)
	switch {
	case at.Site != "" && !known:
		return Place{Department: main, Unknown: true, Warning: "The site in the message is not known; shown at the main A&E."}
	case at.PointOfCare == "":
		return Place{Department: main, Warning: "The message does not say where in the hospital the patient is; shown at the main A&E."}
	}
	return Place{Department: main, Unknown: true, Warning: "The location in the message is not known; shown at the main A&E."}
}

// siteOf is the site that a location names, or the organisation's main site if it names none of the organisation's.
func (d *Directory) siteOf(org Organisation, site string) (s Site, known bool) {
	if s, ok := d.sites[site]; ok && s.Organisation == org.ID {
		return s, true
	}
	return d.sites[org.MainSite], false
}

// fallback is the main department of a site; for a site without one, or that is not the organisation's, that of the main site.
func (d *Directory) fallback(org Organisation, site string) string {
	s, _ := d.siteOf(org, site)
	return cmp.Or(d.mainOf(s.ID), d.mainOf(org.MainSite))
}

func (d *Directory) mainOf(site string) string {
	for _, dep := range d.bySite[site] {
		if dep.Main {
			return dep.ID
		}
	}
	return ""
}

// claims is the pattern by which a point of care belongs to the department; empty if it does not.
func (dep *Department) claims(pointOfCare string) string {
	for _, pattern := range dep.Locations {
		if pattern != "" && matches(pattern, pointOfCare) {
			return pattern
		}
	}
	return ""
}

// LocationOf finds a location that leads to a department without a warning, for the check that goes the way of an arrival. Without one, no
// message can say that a patient is there.
func (d *Directory) LocationOf(department string) (Location, bool) {
	dep, known := d.departments[department]
	org, ok := d.OrganisationOf(department)
	if !known || !ok {
		return Location{}, false
	}
	var candidates []Location
	for _, pattern := range dep.Locations {
		candidates = append(candidates, Location{PointOfCare: filled(pattern), Site: dep.Site})
	}
	for _, r := range d.rules[org.ID] {
		if r.Department == department {
			candidates = append(candidates,
				Location{PointOfCare: filled(r.PointOfCare), Room: filled(r.Room), Bed: filled(r.Bed), Site: cmp.Or(filled(r.Site), dep.Site)})
		}
	}
	for _, at := range candidates {
		if found := d.Locate(org, at); found.Department == department && found.Warning == "" {
			return at, true
		}
	}
	return Location{}, false
}

// filled is a text that a pattern matches.
func filled(pattern string) string {
	return strings.NewReplacer("*", "", "?", "X").Replace(pattern)
}
