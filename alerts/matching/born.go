package matching

import (
	"github.com/ucpalert/ucpalert/plans"
)

// born is a date of birth as digits: eight of them, six (no day), four (a year) or none.
type born struct {
	digits string
	year   int
}

// readBorn leaves out what is entered where nothing is known: the first of January 1900 and whatever is before it.
func readBorn(d plans.Date) born {
	var b born
	digits := make([]byte, 0, 8)
	for i := 0; i < len(d) && i < len("1980-02-13"); i++ {
		switch c := d[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c != '-':
			return born{}
		}
	}
	if n := len(digits); n != 4 && n != 6 && n != 8 {
		return born{}
	}
	for _, c := range digits[:4] {
		b.year = b.year*10 + int(c-'0')
	}
	b.digits = string(digits)
	if b.digits <= "19000101" {
		return born{}
	}
	return b
}

func (b born) known() bool { return b.digits != "" }
func (b born) whole() bool { return len(b.digits) == 8 }

// generation is how many years apart two people are at least of whom one may be the other's parent.
const generation = 12

func compareBorn(a, b born) finding {
	switch {
	case !a.known() || !b.known():
		return notKnown
	case !a.whole() || !b.whole():
		return compareBornInPart(a, b)
	case a.digits == b.digits && a.digits[4:] == "0101":
		return bornFirstOfJanuary
	case a.digits == b.digits:
		return bornAgrees
	}
	apart := max(a.year-b.year, b.year-a.year)
	sameDay := a.digits[4:] == b.digits[4:]
	switch {
	case sameDay && apart == 1:
		return bornAdjacent
	case apart == 0 && a.digits[4:6] == b.digits[6:] && a.digits[6:] == b.digits[4:6]:
		return bornDayMonth
	case swappedDigits(a.digits, b.digits):
		return bornTransposed
	case differing(a.digits, b.digits) == 1:
		return bornDigit
	case sameDay:
		return bornOtherYear
	case apart > generation:
		return bornGeneration
	}
	return bornDiffers
}

func compareBornInPart(a, b born) finding {
	short := min(len(a.digits), len(b.digits))
	switch {
	case a.digits[:short] == b.digits[:short] && short == 4:
		return bornYear
	case a.digits[:short] == b.digits[:short]:
		return bornMonth
	case max(a.year-b.year, b.year-a.year) > generation:
		return bornGeneration
	}
	return bornDiffers
}

// differing counts the places in which two texts of equal length differ.
func differing(a, b string) int {
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// swappedDigits tells whether two neighbouring digits of the year, the month or the day changed places.
func swappedDigits(a, b string) bool {
	if differing(a, b) != 2 {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return i != 3 && i != 5 && a[i] == b[i+1] && a[i+1] == b[i]
		}
	}
	return false
}
