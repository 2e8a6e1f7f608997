package alerts

import (
	"math/bits"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// present is everybody who is in a department, held in memory while all plans pass by. Each plan is compared with each of them: first in
// sets, sixty-four people at a time, by what two records of one person have in common; who is left is looked at by expect, which has the
// last word. The sets are not those by which arrivals find their plans: a name in them is its first letter, a date its year, month and day.
type present struct {
	attendances []Attendance
	on          []Grounds

	numbers   map[plans.NHSNumber]set
	postcodes map[string]set
	days      map[plans.Date]set
	// years, months and parts hold also those of whom that part of the date is not known, unless nothing of it is.
	years, months, monthDays map[string]set
	// letters are those with a name that begins with one; strange those with one that begins with no letter from A to Z.
	letters map[rune]set
	strange set

	found set // reused
}

// set holds attendances by their place in present.attendances.
type set []uint64

func (s set) add(i int) { s[i/64] |= 1 << (i % 64) }

func addTo[K comparable](sets map[K]set, key K, i, of int) {
	s := sets[key]
	if s == nil {
		s = make(set, (of+63)/64)
		sets[key] = s
	}
	s.add(i)
}

// gather holds everybody present. Rulings are what people said about any of them.
func gather(open []Attendance, rulings []Ruling, grounds func(Attendance, []Ruling) Grounds) *present {
	of := make(map[string][]Ruling, len(rulings))
	for _, r := range rulings {
		of[r.Attendance] = append(of[r.Attendance], r)
	}
	n := len(open)
	words := (n + 63) / 64
	h := &present{
		attendances: open, on: make([]Grounds, n), numbers: map[plans.NHSNumber]set{}, postcodes: map[string]set{}, days: map[plans.Date]set{},
		years: map[string]set{}, months: map[string]set{}, monthDays: map[string]set{}, letters: map[rune]set{},
		strange: make(set, words), found: make(set, words),
	}
	var noMonth, noDay []int
	for i, a := range open {
		h.on[i] = grounds(a, of[a.ID])
		for _, number := range a.numbers() { // more than one if the hospital merged records
			addTo(h.numbers, number, i, n)
		}
		if where := withoutSpaces(a.Patient.Postcode); where != "" {
			addTo(h.postcodes, where, i, n)
		}
		year, month, day := partsOf(a.Patient.BirthDate)
		if year != "" {
			addTo(h.days, a.Patient.BirthDate, i, n)
			addTo(h.years, year, i, n)
			switch {
			case month == "":
				noMonth, noDay = append(noMonth, i), append(noDay, i)
			case day == "":
				addTo(h.months, month, i, n)
				noDay = append(noDay, i)
			default:
				addTo(h.months, month, i, n)
				addTo(h.monthDays, day, i, n)
			}
		}
		for _, letter := range firstLetters(a.Patient) {
			if letter == 0 {
				h.strange.add(i)
			} else {
				addTo(h.letters, letter, i, n)
			}
		}
	}
	for _, i := range noMonth {
		for month := range 12 {
			addTo(h.months, twoDigits(month+1), i, n)
		}
	}
	for _, i := range noDay {
		for day := range 31 {
			addTo(h.monthDays, twoDigits(day+1), i, n)
		}
	}
	return h
}

// compare adds what should stand for a slice of the plans and everybody present.
func (h *present) compare(slice []plans.Plan, dir *directory.Directory, now time.Time, expected map[pair]should) {
	for _, p := range slice {
		h.near(p.Patient)
		for w, word := range h.found {
			for ; word != 0; word &= word - 1 {
				i := w*64 + bits.TrailingZeros64(word)
				a := h.attendances[i]
				if what, stands := expect(a, p, h.on[i], dir, now); stands {
					expected[pair{a.ID, p.ID}] = what
				}
			}
		}
	}
}

// near finds everybody who could be the patient: with the same NHS number, postcode or date of birth; or with two parts of the date of birth
// the same, or its day and month swapped, and a name with the same first letter. Nobody else can weigh enough, but for somebody all of whose
// names begin with other letters. It may find too many.
func (h *present) near(who plans.Identity) {
	clear(h.found)
	h.join(h.numbers[who.NHSNumber])
	if where := withoutSpaces(who.Postcode); where != "" {
		h.join(h.postcodes[where])
	}
	year, month, day := partsOf(who.BirthDate)
	if year == "" {
		return
	}
	h.join(h.days[who.BirthDate])
	y, m, d, otherMonth, otherDay := h.years[year], h.months[month], h.monthDays[day], h.months[day], h.monthDays[month]
	letters := h.lettersOf(who)
	at := func(s set, w int, known bool) uint64 {
		switch {
		case !known:
			return ^uint64(0)
		case s == nil:
			return 0
		}
		return s[w]
	}
	for w := range h.found {
		year, month, day := at(y, w, true), at(m, w, month != ""), at(d, w, day != "")
		two := year&month | year&day | month&day
		if day != ^uint64(0) {
			two |= year & at(otherMonth, w, true) & at(otherDay, w, true)
		}
		named := h.strange[w]
		for _, s := range letters {
			if s == nil { // a name of the plan begins with no letter from A to Z
				named = ^uint64(0)
				break
			}
			named |= s[w]
		}
		h.found[w] |= two & named & h.all(w)
	}
}

// all are the places of a word that are taken.
func (h *present) all(w int) uint64 {
	if left := len(h.attendances) - w*64; left < 64 {
		return 1<<left - 1
	}
	return ^uint64(0)
}

func (h *present) join(s set) {
	for w := range s {
		h.found[w] |= s[w]
	}
}

// lettersOf are the sets of a patient's first letters; nil stands for a letter that is none from A to Z.
func (h *present) lettersOf(who plans.Identity) []set {
	var sets []set
	for _, letter := range firstLetters(who) {
		if letter == 0 {
			return []set{nil}
		}
		if s := h.letters[letter]; s != nil {
			sets = append(sets, s)
		}
	}
	return sets
}

// firstLetters are the first letters of all words of all names, in capitals and without marks; 0 for one that is none from A to Z.
func firstLetters(i plans.Identity) []rune {
	var letters []rune
	take := func(name string) {
		for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '\'' }) {
			letter := unicode.ToUpper([]rune(norm.NFD.String(word))[0])
			if letter < 'A' || letter > 'Z' {
				letter = 0
			}
			letters = append(letters, letter)
		}
	}
	take(i.Family)
	take(i.Given)
	for _, n := range i.Others {
		take(n.Family)
		take(n.Given)
	}
	return letters
}

// partsOf takes a date apart; parts that it does not state are empty.
func partsOf(d plans.Date) (year, month, day string) {
	parts := append(strings.Split(string(d), "-"), "", "")
	return parts[0], parts[1], parts[2]
}

func twoDigits(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

func withoutSpaces(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }
