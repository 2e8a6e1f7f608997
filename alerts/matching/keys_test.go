package matching_test

import (
	"slices"
	"testing"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

func TestWhoHasAKeyInCommon(t *testing.T) {
	planned := siân(t)
	held := matching.Keys(planned)
	if len(held) < 7 || len(held) > matching.MaxKeys {
		t.Fatalf("%d keys", len(held))
	}
	for _, r := range []struct {
		name   string
		change func(*plans.Identity)
	}{
		{"marks lost, in capitals", func(i *plans.Identity) { i.Family, i.Given = "LLEWELLYN HART", "SIAN" }},
		{"married and moved", func(i *plans.Identity) { i.Family, i.Postcode = "Okafor", "AL1 1AA" }},
		{"names swapped and moved", func(i *plans.Identity) { i.Family, i.Given, i.Postcode = i.Given, i.Family, "AL1 1AA" }},
		{"day and month swapped, moved", func(i *plans.Identity) { i.BirthDate, i.Postcode = "1987-09-04", "AL1 1AA" }},
		{"wrong year, moved", func(i *plans.Identity) { i.BirthDate, i.Postcode = "1978-04-09", "AL1 1AA" }},
		{"no date of birth, other family name", func(i *plans.Identity) { i.BirthDate, i.Family = "", "Okafor" }},
		{"half of the name, no postcode", func(i *plans.Identity) { i.Family, i.Given, i.Postcode = "Hart", "", "" }},
		{"other names at the same address", func(i *plans.Identity) { i.Family, i.Given = "Okafor", "Ngozi" }},
	} {
		arrived := planned
		r.change(&arrived)
		if !slices.ContainsFunc(matching.Keys(arrived), func(k matching.Key) bool { return slices.Contains(held, k) }) {
			t.Errorf("%s: no key in common", r.name)
		}
	}
}

func TestWhoIsNotKnownHasNoKey(t *testing.T) {
	for _, i := range []plans.Identity{
		{}, {Family: "Unknown", Given: "Unknown"}, {Family: "Unknown", Given: "Male", BirthDate: "1900-01-01", Postcode: "ZZ99 3VZ"}, {Sex: plans.Female},
	} {
		if keys := matching.Keys(i); len(keys) != 0 {
			t.Errorf("%d keys", len(keys))
		}
	}
}
