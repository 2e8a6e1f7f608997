package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// slip is one way in which two records of one person come to differ. It changes what the hospital has, and sometimes what the plan has;
// it tells whether it could (a man without a middle name is not called by it).
type slip struct {
	kind string
	// often is how many of a thousand pairs have it first.
	often int
	make  func(d *dice, arrived, planned *Described) bool
}

// slips are the ways, with how often. Source of the shares: judgement, from what is written of demographic errors in English hospital data
// (G. Hagger-Johnson et al., "Data linkage errors in hospital administrative data when applying a pseudonymisation algorithm", BMJ Open
// 2015, finds names and postcodes as the fields that change most, and sex and date of birth rarely); they are no counts of ours.
var slips = []slip{
	{"no error", 300, func(*dice, *Described, *Described) bool { return true }},
	{"typo", 80, typo},
	{"transposition", 25, transposition},
	{"phonetic spelling", 30, phonetic},
	{"diacritics lost", 40, diacriticsLost},
	{"all caps", 40, allCaps},
	{"nickname", 70, nickname},
	{"initial only", 12, initialOnly},
	{"middle name left out", 40, middleLeftOut},
	{"called by the middle name", 10, calledByMiddle},
	{"married name", 30, marriedName},
	{"married name, former stated", 15, marriedStated},
	{"double-barrelled half", 25, doubleHalf},
	{"swapped names", 10, swappedNames},
	{"day and month swapped", 15, dayMonth},
	{"digit of the birth date wrong", 30, bornDigit},
	{"digits of the birth date swapped", 8, bornTransposed},
	{"year of birth off by one", 10, bornYear},
	{"birth date in part", 8, bornInPart},
	{"moved house", 100, moved},
	{"postcode letter wrong", 15, postcodeLetter},
	{"outward postcode only", 20, outwardOnly},
	{"no postcode", 40, func(_ *dice, a, _ *Described) bool { a.Postcode = ""; return true }},
	{"no fixed abode", 5, func(_ *dice, a, _ *Described) bool { a.Postcode = "ZZ99 3VZ"; return true }},
	{"no birth date", 6, noBirthDate},
	{"no given name", 6, func(_ *dice, a, _ *Described) bool { a.Given = ""; return true }},
	{"no sex", 15, func(_ *dice, a, _ *Described) bool { a.Sex = ""; return true }},
	{"sex wrong", 3, func(_ *dice, a, _ *Described) bool { a.Sex = otherSex(a.Sex); return true }},
	{"newborn under the mother's name", 2, newborn},
}

func otherSex(sex string) string {
	if sex == "male" {
		return "female"
	}
	return "male"
}

// oneOfNames gives the family name most of the time, else the given name.
func oneOfNames(d *dice, r *Described) *string {
	if d.chance(3, 5) {
		return &r.Family
	}
	return &r.Given
}

func typo(d *dice, a, _ *Described) bool {
	name := oneOfNames(d, a)
	r := []rune(*name)
	if len(r) < 3 {
		return false
	}
	at := 1 + d.below(len(r)-1)
	if d.chance(1, 20) {
		at = 0
	}
	letter := rune("abcdefghijklmnopqrstuvwxyz"[d.below(26)])
	switch d.below(4) {
	case 0: // another letter
		r[at] = letter
	case 1: // one more
		r = append(r[:at], append([]rune{letter}, r[at:]...)...)
	case 2: // one less
		r = append(r[:at], r[at+1:]...)
	default: // one twice
		r = append(r[:at], append([]rune{r[at]}, r[at:]...)...)
	}
	changed := string(r) != *name
	*name = string(r)
	return changed
}

func transposition(d *dice, a, _ *Described) bool {
	name := oneOfNames(d, a)
	r := []rune(*name)
	if len(r) < 4 {
		return false
	}
	at := 1 + d.below(len(r)-2)
	r[at], r[at+1] = r[at+1], r[at]
	changed := string(r) != *name
	*name = string(r)
	return changed
}

// heardAs are letters that are written for others that sound alike.
var heardAs = [][2]string{
	{"ph", "f"}, {"ck", "k"}, {"mps", "ms"}, {"tt", "t"}, {"ll", "l"}, {"nn", "n"}, {"ss", "s"}, {"ie", "y"}, {"ey", "y"}, {"y", "i"}, {"c", "k"}, {"z", "s"}, {"ei", "ie"},
	{"ough", "or"}, {"ee", "ea"}, {"ow", "ou"}, {"f", "ph"}, {"k", "ck"}, {"i", "y"}, {"s", "z"}, {"t", "tt"}, {"e", "a"}, {"h", ""}, {"ar", "er"}, {"on", "en"},
}

func phonetic(d *dice, a, _ *Described) bool {
	name := oneOfNames(d, a)
	for _, i := range d.shuffled(len(heardAs)) {
		at := strings.LastIndex(*name, heardAs[i][0])
		if at > 0 {
			*name = (*name)[:at] + heardAs[i][1] + (*name)[at+len(heardAs[i][0]):]
			return true
		}
	}
	return false
}

// plain writes a name as a system does that knows ASCII only: without marks, the letters that are left out become the nearest.
func plain(s string) string {
	b := new(strings.Builder)
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == 'ł':
			b.WriteByte('l')
		case r == 'Ł':
			b.WriteByte('L')
		case r == 'ı':
			b.WriteByte('i')
		case r < 128:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func diacriticsLost(_ *dice, a, _ *Described) bool {
	before := *a
	a.Family, a.Given = plain(a.Family), plain(a.Given)
	return *a != before
}

func allCaps(d *dice, a, _ *Described) bool {
	a.Family, a.Given = strings.ToUpper(plain(a.Family)), strings.ToUpper(plain(a.Given))
	if d.chance(1, 2) {
		a.Family = strings.NewReplacer("'", "", "-", " ").Replace(a.Family)
	}
	return true
}

func nickname(d *dice, a, _ *Described) bool {
	first, _, _ := strings.Cut(a.Given, " ")
	forms := petNames[first]
	if forms == nil {
		return false
	}
	a.Given = pick(d, forms)
	return true
}

func initialOnly(_ *dice, a, _ *Described) bool {
	for _, r := range a.Given {
		a.Given = string(r)
		return true
	}
	return false
}

func middleLeftOut(_ *dice, a, _ *Described) bool {
	first, _, found := strings.Cut(a.Given, " ")
	a.Given = first
	return found
}

func calledByMiddle(_ *dice, a, _ *Described) bool {
	_, middle, found := strings.Cut(a.Given, " ")
	if found {
		a.Given = middle
	}
	return found
}

func marriedName(d *dice, a, _ *Described) bool {
	if a.Sex != "female" && d.chance(9, 10) {
		return false
	}
	a.Family = familyOf(d, d.weighted(heritageWeights))
	return true
}

func marriedStated(d *dice, a, _ *Described) bool {
	former := a.Family
	if !marriedName(d, a, nil) {
		return false
	}
	a.Former = former
	return true
}

func doubleHalf(d *dice, a, p *Described) bool {
	if !strings.Contains(a.Family, "-") {
		further := familyOf(d, d.weighted(heritageWeights))
		a.Family += "-" + further
		if d.chance(1, 2) { // the plan has both halves, the hospital one
			a.Family, p.Family = p.Family, a.Family
		}
		return true
	}
	half := strings.Split(a.Family, "-")
	a.Family = pick(d, half)
	return a.Family != ""
}

func swappedNames(_ *dice, a, _ *Described) bool {
	a.Family, a.Given = a.Given, a.Family
	return a.Family != "" && a.Given != ""
}

// rewritten changes the date of birth if what it becomes is a day of the calendar before today.
func rewritten(a *Described, born string) bool {
	day, err := time.Parse(time.DateOnly, born)
	if err != nil || born == a.Born || day.After(lastBorn) || day.Year() < 1905 {
		return false
	}
	a.Born = born
	return true
}

func dayMonth(_ *dice, a, _ *Described) bool {
	if len(a.Born) != 10 {
		return false
	}
	return rewritten(a, a.Born[:5]+a.Born[8:]+"-"+a.Born[5:7])
}

func bornDigit(d *dice, a, _ *Described) bool {
	if len(a.Born) != 10 {
		return false
	}
	b := []byte(a.Born)
	b[pick(d, []int{2, 3, 3, 5, 6, 6, 8, 9, 9})] = byte('0' + d.below(10))
	return rewritten(a, string(b))
}

func bornTransposed(d *dice, a, _ *Described) bool {
	if len(a.Born) != 10 {
		return false
	}
	b, at := []byte(a.Born), pick(d, []int{2, 5, 8})
	b[at], b[at+1] = b[at+1], b[at]
	return rewritten(a, string(b))
}

func bornYear(d *dice, a, _ *Described) bool {
	if len(a.Born) != 10 {
		return false
	}
	year, err := strconv.Atoi(a.Born[:4])
	if err != nil {
		return false
	}
	return rewritten(a, fmt.Sprintf("%04d", year+1-2*d.below(2))+a.Born[4:])
}

func bornInPart(d *dice, a, _ *Described) bool {
	if len(a.Born) != 10 {
		return false
	}
	a.Born = a.Born[:pick(d, []int{4, 7})]
	return true
}

func noBirthDate(d *dice, a, _ *Described) bool {
	a.Born = pick(d, []string{"", "", "1900-01-01"})
	return true
}

func moved(d *dice, a, _ *Described) bool {
	if half, _, ok := strings.Cut(a.Postcode, " "); ok && d.chance(1, 3) {
		_, inward, _ := strings.Cut(postcodeOf(d), " ")
		a.Postcode = half + " " + inward
		return true
	}
	a.Postcode = postcodeOf(d)
	return true
}

func postcodeLetter(d *dice, a, _ *Described) bool {
	b := []byte(a.Postcode)
	if len(b) < 6 {
		return false
	}
	b[len(b)-1-d.below(2)] = "ABDEFGHJLNPQRSTUWXYZ"[d.below(20)]
	changed := string(b) != a.Postcode
	a.Postcode = string(b)
	return changed
}

func outwardOnly(_ *dice, a, _ *Described) bool {
	half, _, found := strings.Cut(a.Postcode, " ")
	a.Postcode = half
	return found
}

func newborn(d *dice, a, _ *Described) bool {
	if a.Born < "2026" {
		return false
	}
	a.Given = pick(d, []string{"Baby", "Boy", "Girl", "Baby of Sarah", "B/O Marcia", "Infant"})
	if d.chance(1, 3) {
		a.Family = familyOf(d, d.weighted(heritageWeights))
	}
	return true
}
