package alerts

import (
	"math/bits"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// present is everybody who is in a department, held in memory while all plans pass by. Each plan is compared with each of them: first in
// sets, sixty-four people at a time, by what two records of one person must have in common; then by weight; who is left is looked at by
// expect, which has the last word. The sets are not those by which arrivals find their plans: a name in them is its first letters, a date
// its year, month and day.
//
// Why nobody is missed who could be a plan's patient: a pair is one person's if the NHS numbers are the same (also that of a merged record),
// if somebody ruled so, or if the rest weighs enough. It weighs enough
//   - with the same postcode or the same date of birth: there are lists of both;
//   - with neither, only if one name, family or given, is the same on both sides, so that they share its first letter, and if
//   - two of year, month and day of birth are the same, or are where the other side states none, and the third is nearly: a year that is
//     one apart or has one other digit or two digits swapped; or the year is the same, and day and month are swapped; or
//   - one side has no date of birth, and the first half of the postcode is the same.
//
// That nothing else is enough follows from the weights: package matching, TestWhatTheProofOfNoMissRestsOn. Too many may be found.
type present struct {
	attendances []Attendance
	on          []Grounds
	people      []matching.Person

	// Places in attendances: of those with an NHS number, those of whom somebody ruled about a plan, and so on.
	numbers   map[plans.NHSNumber][]int
	ruled     map[string][]int
	postcodes map[string][]int
	days      map[plans.Date][]int
	// halves are all with a first half of a postcode, undated those of them without a date of birth.
	halves, undated map[string][]int
	// years, months and monthDays hold also those of whom that part of the date is not known, unless nothing of it is.
	years, months, monthDays map[string]set
	// likeYears are those born in a year that is nearly another; they are made when they are first asked for.
	likeYears map[string]set
	// letters are those with a name that begins with one; strange those with one that begins with no letter from A to Z.
	letters map[rune]set
	strange set
	none    set

	// Reused: found are those to be weighed, certain those to be looked at whatever they weigh.
	found, certain set
}

// set holds attendances by their place in present.attendances.
type set []uint64

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

func (s set) addAll(places []int) {
	for _, i := range places {
		s.add(i)
	}
}

func (s set) join(other set) {
	for w := range other {
		s[w] |= other[w]
	}
}

func newSet(of int) set { return make(set, (of+63)/64) }

func addTo[K comparable](sets map[K]set, key K, i, of int) {
	s := sets[key]
	if s == nil {
		s = newSet(of)
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
	h := &present{
		attendances: open, on: make([]Grounds, n), people: make([]matching.Person, n),
		numbers: map[plans.NHSNumber][]int{}, ruled: map[string][]int{}, postcodes: map[string][]int{}, days: map[plans.Date][]int{},
		halves: map[string][]int{}, undated: map[string][]int{},
		years: map[string]set{}, months: map[string]set{}, monthDays: map[string]set{}, likeYears: map[string]set{}, letters: map[rune]set{},
		strange: newSet(n), none: newSet(n), found: newSet(n), certain: newSet(n),
	}
	for i, a := range open {
		h.on[i], h.people[i] = grounds(a, of[a.ID]), matching.Prepare(a.Patient)
		for _, number := range a.numbers() { // more than one if the hospital merged records
			h.numbers[number] = append(h.numbers[number], i)
		}
		for _, r := range of[a.ID] {
			h.ruled[r.Plan] = append(h.ruled[r.Plan], i)
		}
		h.addPostcode(i, a.Patient)
		h.addBorn(i, a.Patient.BirthDate)
		for _, letter := range firstLetters(nil, a.Patient) {
			if letter == 0 {
				h.strange.add(i)
			} else {
				addTo(h.letters, letter, i, n)
			}
		}
	}
	return h
}

func (h *present) addPostcode(i int, who plans.Identity) {
	where := written(who.Postcode)
	if where == "" {
		return
	}
	half := firstHalf(where)
	h.postcodes[where] = append(h.postcodes[where], i)
	h.halves[half] = append(h.halves[half], i)
	if !isDated(who.BirthDate) {
		h.undated[half] = append(h.undated[half], i)
	}
}

func (h *present) addBorn(i int, born plans.Date) {
	year, month, day := partsOf(born)
	if year == "" {
		return
	}
	n := len(h.attendances)
	h.days[born] = append(h.days[born], i)
	addTo(h.years, year, i, n)
	for m := range 12 {
		if other := twoDigits(m + 1); month == "" || month == other {
			addTo(h.months, other, i, n)
		}
	}
	for d := range 31 {
		if other := twoDigits(d + 1); day == "" || day == other {
			addTo(h.monthDays, other, i, n)
		}
	}
}

// compare adds what should stand for a slice of the plans and everybody present.
func (h *present) compare(slice []plans.Plan, dir *directory.Directory, now time.Time, expected map[pair]should) {
	enough := matching.BuiltIn().Threshold
	for _, p := range slice {
		h.near(p.ID, p.Patient)
		var planned *matching.Person // made ready once somebody is found
		for w, word := range h.found {
			for ; word != 0; word &= word - 1 {
				i := w*64 + bits.TrailingZeros64(word)
				if !h.certain.has(i) {
					if planned == nil {
						person := matching.Prepare(p.Patient)
						planned = &person
					}
					if h.people[i].Weigh(planned) < enough {
						continue
					}
				}
				a := h.attendances[i]
				if what, stands := expect(a, p, h.on[i], dir, now); stands {
					expected[pair{a.ID, p.ID}] = what
				}
			}
		}
	}
}

// near finds everybody who could be the patient of a plan.
func (h *present) near(plan string, who plans.Identity) {
	clear(h.found)
	clear(h.certain)
	h.certain.addAll(h.numbers[who.NHSNumber])
	h.certain.addAll(h.ruled[plan])
	h.found.join(h.certain)
	if where := written(who.Postcode); where != "" {
		h.found.addAll(h.postcodes[where])
		half := firstHalf(where)
		h.found.addAll(h.undated[half])
		if !isDated(who.BirthDate) {
			h.found.addAll(h.halves[half])
		}
	}
	if year, month, day := partsOf(who.BirthDate); year != "" {
		h.found.addAll(h.days[who.BirthDate])
		h.born(year, month, day, h.lettersOf(who))
	}
}

// born finds those who were born at nearly the time and have a name with one of the letters. Month and day are empty if they are not known.
func (h *present) born(year, month, day string, letters []set) {
	same, like, m, d := h.of(h.years, year), h.none, h.of(h.months, month), h.of(h.monthDays, day)
	otherMonth, otherDay := h.none, h.none
	if day != "" {
		like, otherMonth, otherDay = h.yearsLike(year), h.of(h.months, day), h.of(h.monthDays, month)
	}
	anyMonth, anyDay := unless(month), unless(day)
	for w := range h.found {
		month, day := m[w]|anyMonth, d[w]|anyDay
		near := same[w]&(month|day|otherMonth[w]&otherDay[w]) | like[w]&month&day
		if near == 0 {
			continue
		}
		named := h.strange[w]
		for _, s := range letters {
			named |= s[w]
		}
		h.found[w] |= near & named
	}
}

// of is one of several sets; nobody if there is none.
func (h *present) of(sets map[string]set, key string) set {
	if s := sets[key]; s != nil {
		return s
	}
	return h.none
}

// unless is everybody unless a part of a date is known.
func unless(part string) uint64 {
	if part == "" {
		return ^uint64(0)
	}
	return 0
}

// yearsLike are those born in a year that is another, or nearly.
func (h *present) yearsLike(year string) set {
	like, made := h.likeYears[year]
	if !made {
		like = newSet(len(h.attendances))
		for other, s := range h.years {
			if isNearly(year, other) {
				like.join(s)
			}
		}
		h.likeYears[year] = like
	}
	return like
}

// isNearly tells whether two years of four digits are at most one apart, differ in one digit, or have two digits swapped.
func isNearly(x, y string) bool {
	if len(x) != 4 || len(y) != 4 {
		return true
	}
	var places []int
	for i := range 4 {
		if x[i] != y[i] {
			places = append(places, i)
		}
	}
	switch len(places) {
	case 0, 1:
		return true
	case 2:
		if i, j := places[0], places[1]; x[i] == y[j] && x[j] == y[i] {
			return true
		}
	}
	number := func(s string) (n int) {
		for _, c := range s {
			n = 10*n + int(c-'0')
		}
		return n
	}
	apart := number(x) - number(y)
	return apart == 1 || apart == -1
}

// lettersOf are the sets of a patient's first letters.
func (h *present) lettersOf(who plans.Identity) []set {
	var room [8]rune
	var sets []set
	for _, letter := range firstLetters(room[:0], who) {
		if letter == 0 { // a name of the plan begins with no letter from A to Z: it may be anybody's
			everybody := newSet(len(h.attendances))
			for w := range everybody {
				everybody[w] = ^uint64(0)
			}
			return []set{everybody}
		}
		if s := h.letters[letter]; s != nil {
			sets = append(sets, s)
		}
	}
	return sets
}

// firstLetters adds the first letters of all words of all names, in capitals and without marks; 0 for one that is none from A to Z. Whatever
// is no letter ends a word.
func firstLetters(letters []rune, i plans.Identity) []rune {
	letters = lettersOf(lettersOf(letters, i.Family), i.Given)
	for _, n := range i.Others {
		letters = lettersOf(lettersOf(letters, n.Family), n.Given)
	}
	return letters
}

func lettersOf(letters []rune, name string) []rune {
	inWord := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r): // a mark belongs to its letter
		case unicode.IsDigit(r):
			inWord = false
			letters = append(letters, 0)
		case !unicode.IsLetter(r):
			inWord = false
		case !inWord:
			inWord = true
			if r = unicode.ToUpper(r); r < 'A' || r > 'Z' {
				r = 0
			}
			letters = append(letters, r)
		}
	}
	return letters
}

// isDated tells whether a date of birth is one: the first of January 1900 and what is before it is typed where none is known.
func isDated(d plans.Date) bool { return d > "1900-01-01" }

// partsOf takes a date apart; parts that it does not state are empty.
func partsOf(d plans.Date) (year, month, day string) {
	year, rest, _ := strings.Cut(string(d), "-")
	month, day, _ = strings.Cut(rest, "-")
	return year, month, day
}

func twoDigits(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// written is a postcode as letters and digits alone, those alike that are taken for each other; what is past the tenth does not count.
func written(postcode string) string {
	b := make([]byte, 0, 10)
	for i := 0; i < len(postcode) && len(b) < cap(b); i++ {
		c := postcode[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		switch {
		case c == 'O':
			b = append(b, '0')
		case c == 'I' || c == 'L':
			b = append(b, '1')
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			b = append(b, c)
		}
	}
	return string(b)
}

// firstHalf is the first half of a written postcode: the second has three letters and digits. What is shorter is a first half by itself.
func firstHalf(where string) string {
	if len(where) < 5 {
		return where
	}
	return where[:len(where)-3]
}
