package demo

import (
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// Person is an invented patient.
type Person struct {
	// NHSNumber is ten digits with a valid check digit, from 999 000 0000 up: numbers that no real patient has.
	NHSNumber     string
	Family, Given string
	// Born is the date of birth, at midnight UTC.
	Born time.Time
	// Sex is "female" or "male", as FHIR R4 names it (AdministrativeGender).
	Sex string
	// Line, Town and Postcode are an address in Hertfordshire or Essex.
	Line, Town, Postcode string
}

// String masks the person: even invented patients do not stand in logs.
func (p Person) String() string { return "patient *** *** " + p.NHSNumber[max(0, len(p.NHSNumber)-4):] }

// GoString masks the person in %#v.
func (p Person) GoString() string { return p.String() }

// LogValue masks the person in structured logs.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.String()) }

const (
	// Residents is how many people [PersonAt] knows with an NHS number from 999 000 0000 to 999 099 9999: all whom the demo's
	// hospitals and centres meet.
	Residents = 90_000
	// People is how many people PersonAt knows in the whole range kept for tests. Those past Residents are for benchmarks. The last number
	// of the range is nobody's: it is the canary's, which the service takes from nobody else.
	People = 899_998
)

// PersonAt returns the invented person with an index from 0 to People-1 (any other index is taken modulo People). The same index is the
// same person for ever; different indexes have different NHS numbers. They are as alike as the people of a [Population].
func PersonAt(i int) Person {
	i = wrap(i, People)
	draw := newDice(uint64(i), "person")
	r := resident(draw)
	first, _, _ := strings.Cut(r.Given, " ")
	p := Person{
		NHSNumber: strconv.FormatInt(nhsNumberAt(i), 10), Family: r.Family, Given: first, Born: r.day, Sex: r.Sex, Town: r.town, Postcode: r.Postcode,
	}
	p.Line = strconv.Itoa(1+draw.below(180)) + " " + pick(draw, streets)
	return p
}

// The first and the last day on which a resident of the demo was born. Both are fixed, so that a person stays the same for ever.
var (
	firstBorn = time.Date(1929, time.January, 1, 0, 0, 0, 0, time.UTC)
	lastBorn  = time.Date(2026, time.June, 30, 0, 0, 0, 0, time.UTC)
)

// bornAt draws a date of birth. A&E sees the youngest and the oldest most: a third of the people are from the oldest quarter of the years,
// a third from the youngest, and a third from all of them.
func bornAt(draw *dice) time.Time {
	days := int(lastBorn.Sub(firstBorn) / (24 * time.Hour))
	switch quarter := days / 4; draw.below(3) {
	case 0:
		return firstBorn.AddDate(0, 0, draw.below(quarter))
	case 1:
		return lastBorn.AddDate(0, 0, -draw.below(quarter))
	default:
		return firstBorn.AddDate(0, 0, draw.below(days))
	}
}

// nhsNumberAt returns the i-th NHS number of the test range that we use, counted from 0.
//
// NHS Data Dictionary, NHS NUMBER: the check digit is 11 − (sum of digit × weight mod 11); 11 becomes 0, and numbers for which it
// would be 10 do not exist. The ninth digit has weight 2, so among the ten numbers that share the first eight digits at most one does
// not exist. We take the first nine of each ten that do: that makes finding the i-th a calculation and not a search.
func nhsNumberAt(i int) int64 {
	const firstEight = 99_900_000
	eight := int64(firstEight + i/9)
	sum, rest := 0, eight
	for weight := 3; weight <= 10; weight++ {
		sum += int(rest%10) * weight
		rest /= 10
	}
	left := i % 9
	for ninth := 0; ninth <= 9; ninth++ {
		check := (11 - (sum+2*ninth)%11) % 11
		if check == 10 {
			continue
		}
		if left == 0 {
			return eight*100 + int64(ninth)*10 + int64(check)
		}
		left--
	}
	panic("demo: fewer than nine NHS numbers share eight digits") // excluded by the argument above
}

func wrap(i, n int) int { return ((i % n) + n) % n }
