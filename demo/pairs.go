package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pair is what a hospital and a plan say of one person, or of two who could be taken for one.
type Pair struct {
	Arrived, Planned Described
	// Same tells whether they are one person.
	Same bool
	// Kind names how the records differ, or who the two people are to each other; Slips is how many ways of differing there are.
	Kind  string
	Slips int
}

// Pairs makes labelled pairs: the same seed makes the same ones.
type Pairs struct {
	draw *dice
}

// NewPairs begins a sequence of pairs.
func NewPairs(seed uint64) *Pairs { return &Pairs{newDice(seed, "pairs")} }

// Next makes a pair: one person half of the time.
func (p *Pairs) Next() Pair {
	if p.draw.chance(1, 2) {
		return p.same()
	}
	return p.different()
}

// slipWeights and confusionWeights are how often each kind comes.
var slipWeights, confusionWeights = func() (a, b []int) {
	for _, s := range slips {
		a = append(a, s.often)
	}
	for _, c := range confusions {
		b = append(b, c.often)
	}
	return a, b
}()

// same makes two records of one person: one slip (or none), in one of eight pairs a second, in one of fifty a third. Half of them have no NHS
// number at the hospital.
func (p *Pairs) same() Pair {
	for {
		d := p.draw
		who := p.somebody()
		pair := Pair{Arrived: who.Described, Planned: who.Described, Same: true}
		if d.chance(1, 2) {
			pair.Arrived.NHSNumber = ""
		}
		s := slips[d.weighted(slipWeights)]
		if !s.make(d, &pair.Arrived, &pair.Planned) {
			continue // this person cannot have it: another
		}
		pair.Kind, pair.Slips = s.kind, 1
		if s.kind == "no error" {
			pair.Slips = 0
		}
		for _, often := range [...]int{8, 6} {
			if !d.chance(1, often) {
				break
			}
			more := slips[d.weighted(slipWeights)]
			if more.kind != s.kind && more.kind != "no error" && more.make(d, &pair.Arrived, &pair.Planned) {
				pair.Slips++
			}
		}
		return pair
	}
}

func (p *Pairs) somebody() livesAs {
	who := resident(p.draw)
	who.NHSNumber = p.anyNumber()
	return who
}

func (p *Pairs) anyNumber() string {
	return strconv.FormatInt(nhsNumberAt(p.draw.below(People)), 10)
}

// confusion is a way in which two people come to be taken for one. It makes the other from the first.
type confusion struct {
	kind  string
	often int
	make  func(p *Pairs, who livesAs) (other Described, possible bool)
	// number says which NHS number the hospital has: the other's own, none, or the one of the plan, typed or copied in error.
	number whose
}

type whose int

const (
	own whose = iota
	nobodys
	planned
)

// confusions are the ways. Each is tried with the numbers that a hospital could have.
var confusions = []confusion{
	{"stranger", 120, stranger, own},
	{"stranger, no number", 120, stranger, nobodys},
	{"stranger, wrong number typed", 120, stranger, planned},
	{"twin", 60, twin, own},
	{"twin, no number", 60, twin, nobodys},
	{"twin, the other's number", 100, twin, planned},
	{"twin entered as a placeholder, the other's number", 20, twinPlaceholder, planned},
	{"sibling at one address, no number", 50, sibling, nobodys},
	{"sibling at one address, the other's number", 60, sibling, planned},
	{"parent and child of one name, no number", 40, namesake, nobodys},
	{"parent and child of one name, the other's number", 50, namesake, planned},
	{"spouse, no number", 30, spouse, nobodys},
	{"spouse, the other's number", 50, spouse, planned},
	{"same name and birth date, no number", 40, doppelgänger, nobodys},
	{"same name and birth date, own number", 20, doppelgänger, own},
	{"same birth date and family name, wrong number typed", 40, sameDay, planned},
	{"same name, wrong number typed", 40, sameName, planned},
	{"wrong number typed, no birth date", 30, undated, planned},
	{"twin without a given name, the other's number", 5, nameless, planned},
	{"twin of whom an initial is stated, the other's number", 5, initialTwin, planned},
}

// different makes two people. The hospital's record of the second has a slip of its own now and then.
func (p *Pairs) different() Pair {
	for {
		d := p.draw
		who := p.somebody()
		c := confusions[d.weighted(confusionWeights)]
		other, possible := c.make(p, who)
		if !possible {
			continue
		}
		switch c.number {
		case own:
			other.NHSNumber = p.anyNumber()
		case nobodys:
			other.NHSNumber = ""
		case planned:
			other.NHSNumber = who.NHSNumber
		}
		pair := Pair{Arrived: other, Planned: who.Described, Kind: c.kind}
		first, _, _ := strings.Cut(other.Given, " ")
		sameFirst := strings.HasPrefix(who.Given, first) // all that could tell them apart is what a slip would take away
		if d.chance(1, 8) && !sameFirst && !strings.Contains(c.kind, "placeholder") {
			more := slips[d.weighted(slipWeights)]
			if !erases[more.kind] && more.make(d, &pair.Arrived, &pair.Planned) {
				pair.Slips = 1
			}
		}
		return pair
	}
}

// erases are slips that would leave nothing by which the two could be told apart; those pairs have kinds of their own.
var erases = map[string]bool{"middle name left out": true, "newborn under the mother's name": true, "no birth date": true, "birth date in part": true}

func stranger(p *Pairs, who livesAs) (Described, bool) {
	return resident(p.draw).Described, true
}

// twin is born on the same day in the same house; half of them are of the same sex, and one in ten has a name like the other's.
func twin(p *Pairs, who livesAs) (Described, bool) {
	d := p.draw
	other := who.Described
	if d.chance(1, 3) {
		other.Sex = otherSex(other.Sex)
	}
	first, _, _ := strings.Cut(who.Given, " ")
	switch {
	case d.chance(1, 10):
		for _, names := range similarTwins {
			if names[0] == first || names[1] == first {
				other.Given = names[0]
				if names[0] == first {
					other.Given = names[1]
				}
				return other, !strings.Contains(who.Given, " "+other.Given)
			}
		}
		return other, false
	case who.heritage == 3 && who.Sex == "male" && other.Sex == "male" && first == "Mohammed":
		other.Given = first + " " + givenOf(d, who.heritage, who.year, "male") // brothers of one first name, told apart by the second
		return other, strings.Contains(who.Given, " ") && other.Given != who.Given
	}
	other.Given = givenOf(d, who.heritage, who.year, other.Sex)
	return other, toldApart(other.Given, who.Given)
}

// toldApart tells whether two children of a family, who are not among similarTwins, could have these names. Parents do not give a name
// twice: no name of one is a name of the other, with one letter changed, spelled otherwise, or a form of it.
func toldApart(a, b string) bool {
	for _, x := range nameParts(a) {
		for _, y := range nameParts(b) {
			if near(strings.ToLower(plain(x)), strings.ToLower(plain(y))) || shareAForm(x, y) {
				return false
			}
		}
	}
	return true
}

func nameParts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' })
}

// near tells whether at most one letter is between two names.
func near(x, y string) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	return len(y)-len(x) <= 1 && (x[i:] == y[min(len(y), i+len(y)-len(x)):] || len(x) == len(y) && x[i+1:] == y[i+1:])
}

func shareAForm(x, y string) bool {
	for _, one := range oneName {
		if slices.Contains(one, x) && slices.Contains(one, y) {
			return true
		}
	}
	a, b := append(petNames[x][:len(petNames[x]):len(petNames[x])], x), append(petNames[y][:len(petNames[y]):len(petNames[y])], y)
	return slices.ContainsFunc(a, func(form string) bool { return slices.Contains(b, form) })
}

func twinPlaceholder(p *Pairs, who livesAs) (Described, bool) {
	other, possible := twin(p, who)
	other.Given = pick(p.draw, []string{"Twin 2", "Twin two", "Twin B", "Baby Twin 1"})
	return other, possible
}

func nameless(p *Pairs, who livesAs) (Described, bool) {
	other, possible := twin(p, who)
	other.Given = ""
	return other, possible
}

func initialTwin(p *Pairs, who livesAs) (Described, bool) {
	other, possible := twin(p, who)
	other.Given = string([]rune(who.Given)[0])
	return other, possible
}

// bornApart draws a day so many years away, within reason.
func bornApart(p *Pairs, who livesAs, years int) (string, bool) {
	day, err := time.Parse(time.DateOnly, who.Born)
	if err != nil {
		return "", false
	}
	day = day.AddDate(years, 0, 1+p.draw.below(360))
	return day.Format(time.DateOnly), !day.After(lastBorn) && !day.Before(firstBorn) && day.Format("0102") != who.Born[5:7]+who.Born[8:]
}

func sibling(p *Pairs, who livesAs) (Described, bool) {
	other := who.Described
	var born bool
	other.Born, born = bornApart(p, who, 1+p.draw.below(8))
	if p.draw.chance(1, 2) {
		other.Sex = otherSex(other.Sex)
	}
	other.Given = givenOf(p.draw, who.heritage, who.year, other.Sex)
	return other, born && toldApart(other.Given, who.Given)
}

func namesake(p *Pairs, who livesAs) (Described, bool) {
	other := who.Described
	var born bool
	other.Born, born = bornApart(p, who, 18+p.draw.below(25))
	return other, born
}

func spouse(p *Pairs, who livesAs) (Described, bool) {
	other := who.Described
	var born bool
	other.Born, born = bornApart(p, who, p.draw.below(11)-5)
	other.Sex = otherSex(other.Sex)
	other.Given = givenOf(p.draw, who.heritage, who.year, other.Sex)
	return other, born && toldApart(other.Given, who.Given)
}

// doppelgänger is a stranger of the same common name, born on the same day, who lives elsewhere.
func doppelgänger(p *Pairs, who livesAs) (Described, bool) {
	common := false
	for _, name := range commonFamilies[:40] {
		common = common || name == who.Family
	}
	other := who.Described
	other.Given, _, _ = strings.Cut(who.Given, " ")
	other.Postcode = postcodeOf(p.draw)
	return other, common
}

func sameDay(p *Pairs, who livesAs) (Described, bool) {
	other := resident(p.draw)
	other.Born, other.Family = who.Born, who.Family
	return other.Described, toldApart(other.Given, who.Given)
}

func sameName(p *Pairs, who livesAs) (Described, bool) {
	other := resident(p.draw)
	other.Family, other.Given, other.Sex = who.Family, who.Given, who.Sex
	return other.Described, other.Born != who.Born
}

func undated(p *Pairs, who livesAs) (Described, bool) {
	other := resident(p.draw)
	other.Born = ""
	return other.Described, toldApart(other.Given, who.Given)
}

// PairKinds lists the kinds of pairs of one person and of two, in the order of a report.
func PairKinds() (same, different []string) {
	for _, s := range slips {
		same = append(same, s.kind)
	}
	for _, c := range confusions {
		different = append(different, c.kind)
	}
	return same, different
}

// String tells the kind and nothing of the people.
func (p Pair) String() string { return fmt.Sprintf("pair %q, same person: %t", p.Kind, p.Same) }
