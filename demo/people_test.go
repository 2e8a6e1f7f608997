package demo_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/plans"
)

// hasValidCheckDigit adds all ten digits with the weights 10 to 1: the number is valid if 11 divides the sum.
func hasValidCheckDigit(number string) bool {
	sum := 0
	for i, d := range number {
		sum += int(d-'0') * (10 - i)
	}
	return len(number) == 10 && sum%11 == 0
}

func TestTheFirstPeopleHaveTheKnownTestNumbers(t *testing.T) {
	known := []string{
		"9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077", "9990000085", "9990000093", "9990000107",
	}
	for i, want := range known {
		if got := demo.PersonAt(i).NHSNumber; got != want {
			t.Errorf("person %d has the number %s, not %s", i, got, want)
		}
	}
}

func TestEveryoneHasAnNHSNumberOfTheirOwnFromTheTestRange(t *testing.T) {
	seen := make(map[string]int, demo.Residents)
	check := func(i int, highest string) {
		n := demo.PersonAt(i).NHSNumber
		if !hasValidCheckDigit(n) || n < "9990000000" || n > highest {
			t.Fatalf("person %d has the number %s", i, n)
		}
		if other, twice := seen[n]; twice {
			t.Fatalf("persons %d and %d have the number %s", other, i, n)
		}
		seen[n] = i
	}
	for i := range demo.Residents {
		check(i, "9990999999")
	}
	for i := demo.Residents; i < demo.People; i += 97 {
		check(i, "9999999998") // ten nines are nobody's number
	}
	check(demo.People-1, "9999999998")
	if last, canary := demo.PersonAt(demo.People-1).NHSNumber, plans.CanaryNumber().Reveal(); last >= canary {
		t.Errorf("the last person has the number %s: %s is the canary's, and nobody may have it", last, canary)
	}
}

func TestAPersonStaysTheSame(t *testing.T) {
	p := demo.PersonAt(4711)
	got := fmt.Sprintf("%s %s %s %s %s, %s, %s %s", p.NHSNumber, p.Given, p.Family, p.Sex, p.Born.Format(time.DateOnly), p.Line, p.Town, p.Postcode)
	const want = "9990052352 Mason Wincroft male 2002-03-30, 117 Willow Bank, Borehamwood WD6 9XY"
	if got != want {
		t.Errorf("person 4711 is %s, and was %s", got, want)
	}
}

func TestPeopleAreVaried(t *testing.T) {
	names, sexes, found := map[string]bool{}, map[string]int{}, map[string]int{}
	const some = 5000
	for i := range some {
		p := demo.PersonAt(i)
		name := p.Given + " " + p.Family
		names[name] = true
		sexes[p.Sex]++
		for what, has := range map[string]bool{
			"a letter beyond ASCII": strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }),
			"an apostrophe":         strings.Contains(name, "'"),
			"a hyphen":              strings.Contains(name, "-"),
			"an age under 16":       p.Born.After(today.AddDate(-16, 0, 0)),
			"an age over 80":        p.Born.Before(today.AddDate(-80, 0, 0)),
		} {
			if has {
				found[what]++
			}
		}
		if p.Born.After(today) {
			t.Errorf("person %d is not born yet", i)
		}
	}
	if len(names) < some/2 {
		t.Errorf("%d people share %d names", some, len(names))
	}
	if sexes["female"]+sexes["male"] != some || sexes["female"] < some/3 || sexes["male"] < some/3 {
		t.Errorf("the sexes are %v", sexes)
	}
	for _, what := range []string{"a letter beyond ASCII", "an apostrophe", "a hyphen", "an age under 16", "an age over 80"} {
		if found[what] < some/100 {
			t.Errorf("of %d people only %d have %s", some, found[what], what)
		}
	}
}

var postcode = regexp.MustCompile(`^(AL|CM|EN|HP|IG|SG|WD)[0-9]{1,2} [0-9][ABD-HJLNP-UW-Z]{2}$`)

func TestAddressesAreInHertfordshireAndEssexAndHoldNothingThatHL7Divides(t *testing.T) {
	for i := range 3000 {
		p := demo.PersonAt(i)
		if !postcode.MatchString(p.Postcode) {
			t.Errorf("person %d lives at %q", i, p.Postcode)
		}
		if text := p.Family + p.Given + p.Line + p.Town; strings.ContainsAny(text, "|^~\\&{}\r\n") {
			t.Errorf("person %d has %q, which would have to be escaped", i, text)
		}
	}
}

func TestAPersonMasksItself(t *testing.T) {
	p := demo.PersonAt(0)
	for _, text := range []string{fmt.Sprint(p), fmt.Sprintf("%v %+v %#v %s", p, p, p, &p), p.LogValue().String()} {
		if strings.Contains(text, p.NHSNumber) || strings.Contains(text, p.Family) {
			t.Errorf("printed as %q", text)
		}
	}
}
