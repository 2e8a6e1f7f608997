package directory_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/directory"
)

// at is a location as HL7 writes it: point of care, room, bed, site.
func at(pl string) directory.Location {
	parts := strings.Split(pl+"^^^", "^")
	return directory.Location{PointOfCare: parts[0], Room: parts[1], Bed: parts[2], Site: parts[3]}
}

func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	d, faults := load(t, sample).WithRules(map[string][]directory.Rule{"RQW": {
		{PointOfCare: "ED", Room: "STREAM*", Department: "RQW-UTC", Written: "1"},
		{PointOfCare: "ED", Bed: "CHAIR ?", Department: "RQW-UTC", Written: "2"},
		{PointOfCare: "ED", Department: "RQW-AE", Written: "3"},
		{Site: "HARLOW", PointOfCare: "A/E*", Department: "RQW-AE", Written: "4"},
		{PointOfCare: "WARD*", Written: "5"},
		{PointOfCare: "AE", Room: "OLD", Department: "RQW-UTC", Written: "6"},
	}})
	if faults != nil {
		t.Fatal(faults)
	}
	org, _ := d.Facility("RQW", today)
	for _, row := range []struct{ what, pl, want, rule, warning string }{
		{"a room of its own", "ED^STREAM 2^^RQWG0", "RQW-UTC", "1", ""},
		{"a room of its own, in lower case", "ed^stream", "RQW-UTC", "1", ""},
		{"a bed of its own", "ED^MAJORS^CHAIR 4", "RQW-UTC", "2", ""},
		{"a bed that is one character too long", "ED^MAJORS^CHAIR 14", "RQW-AE", "3", ""},
		{"any other room", "ED^MAJORS^BAY 4^RQWG0", "RQW-AE", "3", ""},
		{"the trust's own code in place of a site, and a star that passes over a slash", "A/E/7^^^HARLOW", "RQW-AE", "4", ""},
		{"a rule for a site, and no site in the message", "A/E/7", "RQW-AE", "", "not known"},
		{"a ward", "WARD 7^^^RQWG0", "RQW-AE", "5", "not in an A&E"},
		{"what no rule is about is looked for in the directory", "UTC^^^RQWG0", "RQW-UTC", "", ""},
		{"a rule goes before the directory", "AE^OLD^^RQWG0", "RQW-UTC", "6", ""},
		{"nothing knows it", "XRAY^^^RQWG0", "RQW-AE", "", "not known"},
		{"a site that nobody knows", "UTC^^^ELSEWHERE", "RQW-AE", "", "site"},
		{"no location", "", "RQW-AE", "", "does not say"},
	} {
		t.Run(row.what, func(t *testing.T) {
			p := d.Locate(org, at(row.pl))
			rule := ""
			if p.Rule != nil {
				rule = p.Rule.Written
			}
			if p.Department != row.want || rule != row.rule || !strings.Contains(p.Warning, row.warning) || (p.Warning == "") != (row.warning == "") {
				t.Errorf("%s is in %s by rule %q with warning %q; want %s by rule %q", row.pl, p.Department, rule, p.Warning, row.want, row.rule)
			}
			if want := strings.Contains(row.warning, "known") || row.warning == "site"; p.Unknown != want {
				t.Errorf("unknown is %v, want %v", p.Unknown, want)
			}
		})
	}
	if other, _ := d.Facility("RAJ", today); d.Locate(other, at("ED^STREAM 2")).Rule != nil {
		t.Error("another organisation's location obeys the rules of RQW")
	}
}

func TestRulesThatCannotBeMeantAreAllNamed(t *testing.T) {
	_, faults := load(t, sample).WithRules(map[string][]directory.Rule{
		"RQW": {{Department: "RQW-ED", Written: "a"}, {Department: "RQW-AE", Written: "b"}, {Department: "RAJ-AE", Written: "c"}},
		"RXX": {{Department: "RQW-AE", Written: "d"}},
	})
	text := strings.Join(faults, "\n")
	for _, want := range []string{"a: department RQW-ED is not in the directory", "c: department RAJ-AE is one of RAJ, not of RQW", "organisation RXX is not in the directory"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not among the faults:\n%s", want, text)
		}
	}
	if len(faults) != 3 {
		t.Errorf("%d faults, want 3:\n%s", len(faults), text)
	}
}

// TestWildcards compares with another way to say the same: a pattern cut at its stars, tried at every place.
func TestWildcards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune{'A', 'b', '/', 'É'})
		text := string(rapid.SliceOfN(letters, 0, 8).Draw(t, "text"))
		pattern := string(rapid.SliceOfN(rapid.SampledFrom([]rune{'a', 'B', '/', 'É', '*', '?'}), 1, 6).Draw(t, "pattern"))
		d, faults := load2(t).WithRules(map[string][]directory.Rule{"RQW": {{PointOfCare: pattern, Department: "RQW-UTC"}}})
		if faults != nil {
			t.Fatal(faults)
		}
		org, _ := d.Facility("RQW", today)
		got := d.Locate(org, directory.Location{PointOfCare: text}).Rule != nil
		if want := wildcard([]rune(strings.ToUpper(pattern)), []rune(strings.ToUpper(text))); got != want {
			t.Errorf("%q for %q is %v, want %v", pattern, text, got, want)
		}
	})
}

func load2(t *rapid.T) *directory.Directory {
	d, err := directory.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func wildcard(pattern, text []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == '*':
		return wildcard(pattern[1:], text) || len(text) > 0 && wildcard(pattern, text[1:])
	case len(text) == 0:
		return false
	}
	return (pattern[0] == '?' || pattern[0] == text[0]) && wildcard(pattern[1:], text[1:])
}
