package plans

import (
	"cmp"
	"slices"
	"strings"
)

// Matter is what plans can contradict each other about.
type Matter string

// The matters.
const (
	AboutCPR             Matter = "cpr"
	AboutCeiling         Matter = "ceiling"
	AboutAdvanceDecision Matter = "advance-decision"
	AboutMedicine        Matter = "medicine"
)

// Conflict is a matter about which two or more plans of one patient say different things. They are shown side by side: nobody but a
// clinician with the patient can tell which is right.
type Conflict struct {
	About Matter `json:"about"`
	// Medicine is its name, where the conflict is about one.
	Medicine string `json:"medicine,omitempty"`
	// Sides are what each plan says, in the order of their ids; plans that say nothing about the matter are not among them.
	Sides []Side `json:"sides"`
}

// Side is what one plan says in a conflict.
type Side struct {
	Plan    string `json:"plan"`
	Version int    `json:"version"`
	Centre  string `json:"centre"`
	// Says is a Saying, or a MedicineUse, or "allergy".
	Says string `json:"says"`
	// Words add detail, such as a dose or a reaction; may be empty.
	Words string `json:"words,omitempty"`
	Since Date   `json:"since,omitempty"`
}

// Conflicts finds where the plans of one patient contradict each other. It never says which is right. The order of the plans does not
// matter. Medicines are the same if their codes are, or else their names, whatever the case of the letters.
func Conflicts(of []Plan) []Conflict {
	of = slices.SortedFunc(slices.Values(of), func(a, b Plan) int { return cmp.Compare(a.ID, b.ID) })
	var out []Conflict
	for _, m := range []struct {
		about Matter
		of    func(Content) Standing
	}{
		{AboutCPR, func(c Content) Standing { return c.CPR }},
		{AboutCeiling, func(c Content) Standing { return c.Ceiling }},
		{AboutAdvanceDecision, func(c Content) Standing { return c.AdvanceDecision }},
	} {
		c := Conflict{About: m.about}
		for _, p := range of {
			if s := m.of(p.Content); s.Says != "" {
				c.Sides = append(c.Sides, side(p, string(s.Says), s.Words, s.Since))
			}
		}
		if c.differs() {
			out = append(out, c)
		}
	}
	return append(out, medicineConflicts(of)...)
}

func side(p Plan, says, words string, since Date) Side {
	return Side{p.ID, p.Version, p.Centre, says, words, since}
}

// differs tells whether two sides say different things.
func (c Conflict) differs() bool {
	return slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Says != c.Sides[0].Says })
}

// allergic is what a plan says of a medicine that harms the patient.
const allergic = "allergy"

// medicineConflicts finds the medicines that one plan gives and another one forbids. What one plan says by itself is its own matter.
func medicineConflicts(of []Plan) []Conflict {
	found := map[string]*Conflict{}
	var order []string
	note := func(p Plan, code, name, says, words string) {
		key := code
		if key == "" {
			key = strings.ToLower(name)
		}
		if key == "" {
			return
		}
		if found[key] == nil {
			found[key] = &Conflict{About: AboutMedicine, Medicine: name}
			order = append(order, key)
		}
		found[key].Sides = append(found[key].Sides, side(p, says, words, ""))
	}
	for _, p := range of {
		for _, m := range p.Content.Medicines {
			if m.State == "" {
				note(p, m.Code, m.Name, string(m.Use), m.Dose)
			}
		}
		for _, a := range p.Content.Allergies {
			if a.Holds() {
				note(p, a.Code, a.To, allergic, a.Reaction)
			}
		}
	}
	var out []Conflict
	for _, key := range order {
		if c := found[key]; c.contested() {
			out = append(out, *c)
		}
	}
	return out
}

// contested tells whether one plan gives what another one forbids.
func (c Conflict) contested() bool {
	for _, a := range c.Sides {
		for _, b := range c.Sides {
			if a.Plan != b.Plan && a.forbids() && !b.forbids() {
				return true
			}
		}
	}
	return false
}

func (s Side) forbids() bool { return s.Says == string(Avoid) || s.Says == allergic }
