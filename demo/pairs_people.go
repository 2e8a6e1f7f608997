package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Described is what one record says of a person, as a system would keep it. Everything may be empty.
type Described struct {
	// NHSNumber is ten digits of the range kept for tests.
	NHSNumber     string
	Family, Given string
	// Former is a former family name, Alias another given name.
	Former, Alias string
	// Born is YYYY-MM-DD, YYYY-MM or YYYY.
	Born string
	// Sex is "female" or "male".
	Sex      string
	Postcode string
}

// String masks the person.
func (d Described) String() string { return Person{NHSNumber: d.NHSNumber}.String() }

// GoString masks the person in %#v.
func (d Described) GoString() string { return d.String() }

// Population is a register of invented people who are as alike as those of a real one: some names are very common and most are rare,
// given names go with the year of birth, and some forty people share a postcode. Who is whom depends on the seed alone.
type Population struct{ Seed uint64 }

// At returns the i-th person of the register, from 0. People past the first [People] have no NHS number.
func (p Population) At(i int) Described {
	d := newDice(mixSeed(p.Seed, i), "population")
	r := resident(d)
	if i < People {
		r.NHSNumber = strconv.FormatInt(nhsNumberAt(i), 10)
	}
	return r.Described
}

func mixSeed(seed uint64, i int) uint64 {
	return seed*0x9e3779b97f4a7c15 ^ uint64(i)*0xd1342543de82ef95
}

// livesAs is a person together with what a relative of theirs would share.
type livesAs struct {
	Described
	heritage, year int
	// day is when they were born, whatever is known of it; town is where the postcode is.
	day  time.Time
	town string
}

func resident(d *dice) livesAs {
	r := livesAs{heritage: d.weighted(heritageWeights)}
	born := bornAt(d)
	r.year, r.day = born.Year(), born
	r.Born = born.Format(time.DateOnly)
	if r.heritage > 2 && d.chance(1, 40) { // a day that nobody wrote down
		r.Born = strconv.Itoa(r.year) + "-01-01"
	}
	r.Sex = pick(d, []string{"female", "male"})
	r.Family = familyOf(d, r.heritage)
	if d.chance(1, 30) {
		r.Family += "-" + familyOf(d, d.weighted(heritageWeights))
	}
	r.Given = givenOf(d, r.heritage, r.year, r.Sex)
	if d.chance(1, 4) {
		r.Given += " " + givenOf(d, r.heritage, r.year, r.Sex)
	}
	r.town, r.Postcode = homeOf(d)
	return r
}

// familyOf draws a family name: more than a third of the English have a common one, most others one of the tail.
func familyOf(d *dice, heritage int) string {
	common, of := heritages[heritage].families, 25
	switch heritage {
	case 0: // England
		common, of = commonFamilies, 14
	case 3: // South Asia: few family names, with very many people each
		of = 10
	}
	if d.chance(5, of) {
		return common[skewed(d, len(common), 6)]
	}
	tail := tails[heritage]
	return pick(d, tail[0]) + pick(d, tail[1])
}

func givenOf(d *dice, heritage, year int, sex string) string {
	names := givensOf(heritage, year, sex)
	return names[skewed(d, len(names), 5)]
}

// allGivens are the given names of each heritage and sex, those of England's cohorts last.
var allGivens = func() (all [2][][]string) {
	for i, h := range heritages {
		all[0] = append(all[0], append(slices.Clone(h.girls), furtherGirls[i]...))
		all[1] = append(all[1], append(slices.Clone(h.boys), furtherBoys[i]...))
	}
	for _, c := range cohorts {
		all[0], all[1] = append(all[0], c.girls), append(all[1], c.boys)
	}
	return all
}()

func givensOf(heritage, year int, sex string) []string {
	of := 0
	if sex == "male" {
		of = 1
	}
	if heritage > 0 {
		return allGivens[of][heritage]
	}
	cohort := 0
	if year >= 1955 {
		cohort = 1
	}
	if year >= 1990 {
		cohort = 2
	}
	return allGivens[of][len(heritages)+cohort]
}

// skewed draws from 0 to n-1 so that the k-th is met as often as 1/(k+flat): ranks of names fall off like that.
func skewed(d *dice, n, flat int) int {
	for {
		k := d.below(n)
		if d.chance(flat, k+flat) {
			return k
		}
	}
}

// homeOf draws a town and one of some thousand postcodes of a district, so that all have as many people as those of a county do.
func homeOf(d *dice) (town, postcode string) {
	const letters = "ABDEFGHJLNPQRSTUWXYZ"
	place := pick(d, places)
	k := d.below(1100)
	return place.town, place.outward + " " + string([]byte{byte('0' + k%10), letters[k/10%20], letters[(k/200+k/10)%20]})
}

func postcodeOf(d *dice) string {
	_, postcode := homeOf(d)
	return postcode
}

func words(s string) []string { return strings.Fields(s) }
