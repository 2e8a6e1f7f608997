// Package matching answers one question: are these two the same person, and why?
//
// It compares who arrived with whom a plan is about, field by field, and gives a tier, a weight and the reason in words. It reads no clock
// and no database. What each finding weighs is data (weights.yaml, names.txt, nicknames.txt). docs/matching.md tells how it decides.
package matching

import (
	"github.com/ucpalert/ucpalert/plans"
)

// Tier is how sure it is that two identities are one person.
type Tier string

// The tiers.
const (
	// None: nothing is to be shown.
	None Tier = "none"
	// Possible: identifiers may be shown side by side for somebody to decide; nothing of the plan.
	Possible Tier = "possible"
	// Confirmed: an NHS number that counts agrees, the date of birth too (or, where that is missing, two of family name, postcode and sex),
	// and no name speaks against it.
	Confirmed Tier = "confirmed"
)

// Comparison is what comparing two identities gave.
type Comparison struct {
	Tier Tier
	// Weight is the sum of the weights of all fields: log2 of how many times likelier the findings are of one person than of two.
	Weight float64
	// Reason says in one sentence why, for a nurse to read. It holds nothing of the patient.
	Reason string
	// Fields are the fields that were compared, always the same six in the same order.
	Fields []Field
}

// Field is what one field found.
type Field struct {
	// Name is "NHS number", "family name", "given name", "date of birth", "sex" or "postcode".
	Name string
	// Degree is how far it agrees; Agreement says the same in words, with how.
	Degree    Degree
	Agreement string
	// Weight is what that says for (above 0) or against (below 0) one person.
	Weight float64
}

// The places of the fields in a comparison.
const (
	atNumber = iota
	atFamily
	atGiven
	atBorn
	atSex
	atPost
	compared
)

var fieldNames = [compared]what{nhsNumber, familyName, givenName, birthDate, sex, postcode}

// score is what was found of each field.
type score struct {
	found   [compared]finding
	weights [compared]float64
	// baby and twin: one of the two is entered under a placeholder for a newborn, for one of several.
	baby, twin bool
	// named: a name is known of one of the two, at least.
	named bool
}

// Compare compares who arrived with whom a plan is about, by the rules of this build. The trust is that in the hospital's NHS numbers; a
// number in a plan is held to the usual one.
func Compare(arrived, planned plans.Identity, t Trust) Comparison {
	a, p := Prepare(arrived), Prepare(planned)
	return builtIn.Compare(&a, &p, t)
}

// Compare is the package's [Compare] for people who are prepared already.
func (p *Person) Compare(planned *Person, t Trust) Comparison { return builtIn.Compare(p, planned, t) }

// Weigh is the weight of the package's [Compare] alone. It makes no words, and costs a tenth.
func (p *Person) Weigh(planned *Person) float64 {
	s := builtIn.score(p, planned)
	return s.sum()
}

// Compare compares two people by these rules.
func (r *Rules) Compare(arrived, planned *Person, t Trust) Comparison {
	s := r.score(arrived, planned)
	c := Comparison{Weight: s.sum(), Fields: make([]Field, compared)}
	for i := range c.Fields {
		f := s.found[i]
		c.Fields[i] = Field{string(fieldNames[i]), about[f].degree, inWords[f], s.weights[i]}
	}
	trusted := t.Trusts(arrived.tracing) && Trust{}.Trusts(planned.tracing)
	c.Tier, c.Reason = s.decide(c.Weight, r.Threshold, trusted)
	return c
}

func (r *Rules) score(a, b *Person) score {
	var s score
	s.baby, s.twin = a.baby || b.baby, a.twin || b.twin
	s.named = len(a.families)+len(a.givens)+len(b.families)+len(b.givens) > 0
	take := func(at int, f finding) { s.found[at], s.weights[at] = f, r.weights[f] }
	take(atNumber, compareNumbers(a.digits, b.digits))
	take(atBorn, compareBorn(a.born, b.born))
	take(atPost, comparePost(a.post, b.post))
	if a.sex != "" && b.sex != "" {
		take(atSex, sexDiffers)
		if a.sex == b.sex {
			take(atSex, sexAgrees)
		}
	}
	f, g := r.compareFamilies(a, b), r.compareGivens(a, b)
	if f.found == familyDiffers && g.found == givenDiffers && swapped(a, b) {
		f = r.weigh(familySwapped, a.families[0].whole, b.families[0].whole)
		g = r.weigh(givenSwapped, a.givens[0].words[0], b.givens[0].words[0])
	}
	if f.found == familyDiffers && s.baby {
		f.weight = 0 // a newborn is entered under its mother's name, and may have another by now
	}
	s.found[atFamily], s.weights[atFamily] = f.found, f.weight
	s.found[atGiven], s.weights[atGiven] = g.found, g.weight
	return s
}

func (s *score) sum() float64 {
	total := 0.0
	for _, w := range s.weights {
		total += w
	}
	return total
}

// compareNumbers compares two NHS numbers as digits. A wrong digit, or two that changed places, never makes a valid number: the weights of
// its digits are all different and eleven is prime. Two places are the least in which two valid numbers differ, unless by chance three agree.
func compareNumbers(a, b string) finding {
	switch {
	case a == "" || b == "":
		return notKnown
	case a == b:
		return numberAgrees
	case differing(a, b) <= 2:
		return numberNearly
	}
	return numberDiffers
}
