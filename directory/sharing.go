package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Show is how much of a plan may be shown somewhere.
type Show string

// How much an agreement shows. They compare by [Show.Covers].
const (
	// Nothing: no agreement covers the plan.
	Nothing Show = ""
	// Summary: headline, centre and whom to call; never the plan's text.
	Summary Show = "summary"
	// Full: everything that the centre wrote.
	Full Show = "full"
)

// Covers tells whether this is at least as much as another.
func (s Show) Covers(o Show) bool { return s.strength() >= o.strength() }

func (s Show) strength() int {
	switch s {
	case Full:
		return 2
	case Summary:
		return 1
	}
	return 0
}

// Agreement lets a centre, or every centre of a region, show its plans in a region or an organisation.
type Agreement struct {
	// From is the ODS code of a centre or of a region; To that of a region or of an organisation.
	From, To string
	// Categories are the SNOMED CT codes of the kinds of plan that are covered; none means all plans, also those without a category.
	Categories []string
	// Show is Full or Summary.
	Show Show
	Span
}

// covers tells whether the agreement is about a plan of any of these categories.
func (a Agreement) covers(categories []string) bool {
	return len(a.Categories) == 0 || slices.ContainsFunc(categories, func(c string) bool { return slices.Contains(a.Categories, c) })
}

// Shares tells how much of a centre's plan of these categories may be shown in a department at an instant: what the strongest of the
// agreements that cover it allows. A centre always shares everything with its own departments.
func (d *Directory) Shares(centre, department string, categories []string, at time.Time) Show {
	receiver, ok := d.OrganisationOf(department)
	if !ok {
		return Nothing
	}
	giver, ok := d.current(centre, at)
	if !ok {
		return Nothing
	}
	if giver.ID == receiver.ID {
		return Full
	}
	strongest := Nothing
	for _, a := range d.agreements {
		if a.Covers(at) && a.leads(centre, giver, receiver) && a.covers(categories) && a.Show.Covers(strongest) {
			strongest = a.Show
		}
	}
	return strongest
}

// leads tells whether the agreement is between a centre, which is the giver now or was taken over by it, and a receiver.
func (a Agreement) leads(centre string, giver, receiver Organisation) bool {
	return (a.From == centre || a.From == giver.ID || a.From == giver.Region) && (a.To == receiver.ID || a.To == receiver.Region)
}

// Sharers lists the centres of which a department may be shown any plan at an instant, in the order of their ODS codes.
func (d *Directory) Sharers(department string, at time.Time) []Organisation {
	receiver, ok := d.OrganisationOf(department)
	if !ok {
		return nil
	}
	var out []Organisation
	for _, giver := range d.organisations {
		if giver.Centre && giver.Span.Covers(at) && (giver.ID == receiver.ID || slices.ContainsFunc(d.agreements, func(a Agreement) bool {
			return a.Covers(at) && a.leads(giver.ID, giver, receiver)
		})) {
			out = append(out, giver)
		}
	}
	slices.SortFunc(out, func(a, b Organisation) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Centres lists every organisation that publishes plans or did, in the order of their ODS codes.
func (d *Directory) Centres() []Organisation {
	var out []Organisation
	for _, org := range d.organisations {
		if org.Centre {
			out = append(out, org)
		}
	}
	slices.SortFunc(out, func(a, b Organisation) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (d *Directory) checkAgreements() error {
	for i, a := range d.agreements {
		for _, end := range [...]string{a.From, a.To} {
			_, region := d.regions[end]
			_, organisation := d.organisations[end]
			if !region && !organisation {
				return fmt.Errorf("agreement %d: %q is neither a region nor an organisation of the directory", i+1, end)
			}
		}
		if org, ok := d.organisations[a.From]; ok && !org.Centre {
			return fmt.Errorf("agreement %d: organisation %s publishes no plans (centre: true is missing)", i+1, a.From)
		}
		for _, code := range a.Categories {
			if !isConcept(code) {
				return fmt.Errorf("agreement %d: %q is no SNOMED CT code: its check digit does not agree", i+1, code)
			}
		}
	}
	return nil
}

// isConcept tells whether a text is the identifier of a SNOMED CT concept: 6 to 18 digits that end in the partition (00 or 10) and a
// check digit (SNOMED CT Release File Specifications §6.2 and §6.6, Verhoeff). A mistyped code would cover nothing, and be missed by nobody.
func isConcept(code string) bool {
	if len(code) < 6 || len(code) > 18 || code[0] == '0' {
		return false
	}
	if partition := code[len(code)-3 : len(code)-1]; partition != "00" && partition != "10" {
		return false
	}
	check := byte(0)
	for i := range len(code) {
		digit := code[len(code)-1-i] - '0'
		if digit > 9 {
			return false
		}
		for range i % 8 {
			digit = permutation[digit]
		}
		check = dihedral(check, digit)
	}
	return check == 0
}

// permutation and dihedral are the two operations of Verhoeff's scheme: the rotation of digits by place, and the multiplication of the
// symmetries of a pentagon.
var permutation = [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}

func dihedral(a, b byte) byte {
	turn := func(a, b byte) byte { return (a + b) % 5 }
	switch {
	case a < 5 && b < 5:
		return turn(a, b)
	case a < 5:
		return 5 + turn(a, b-5)
	case b < 5:
		return 5 + (a-5+5-b)%5
	}
	return (a + 5 - b) % 5
}

// Agreements lists all agreements, also those that do not hold today, in the order of the file.
func (d *Directory) Agreements() []Agreement { return slices.Clone(d.agreements) }
