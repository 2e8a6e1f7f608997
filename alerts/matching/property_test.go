package matching_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/plans"
)

// drawn draws an identity: of the register most of the time, so that something agrees, and of any letters otherwise.
func drawn(t *rapid.T, name string) plans.Identity {
	who := demo.Population{Seed: 1}.At(rapid.IntRange(0, 40).Draw(t, name))
	i := plans.Identity{Family: who.Family, Given: who.Given, BirthDate: plans.Date(who.Born), Sex: plans.Sex(who.Sex), Postcode: who.Postcode}
	n, err := plans.ParseNHSNumber(who.NHSNumber)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "number") {
		i.NHSNumber = n
	}
	for k := range rapid.IntRange(0, 3).Draw(t, "others") {
		i.Others[k] = plans.PersonName{Family: rapid.SampledFrom([]string{"Smith", "Ó Dónaill", "Baby", "", "Okafor-Hart"}).Draw(t, "f"), Given: rapid.SampledFrom([]string{"", "Bill", "Siân", "S"}).Draw(t, "g")}
	}
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		i.Family, i.Given, i.Postcode = rapid.String().Draw(t, "family"), rapid.String().Draw(t, "given"), rapid.String().Draw(t, "postcode")
		i.BirthDate = plans.Date(rapid.String().Draw(t, "born"))
	}
	return i
}

func same(a, b matching.Comparison) bool {
	return a.Tier == b.Tier && a.Weight == b.Weight && a.Reason == b.Reason && slices.Equal(a.Fields, b.Fields)
}

func sorted(keys []matching.Key) []matching.Key {
	slices.Sort(keys)
	return keys
}

func TestWhoIsComparedWithWhomDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "a"), drawn(t, "b")
		if x, y := matching.Compare(a, b, matching.Trust{}), matching.Compare(b, a, matching.Trust{}); !same(x, y) {
			t.Fatalf("%+v, the other way round %+v", x, y)
		}
	})
}

func TestTheOrderOfFurtherNamesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "a"), drawn(t, "b")
		other := a
		other.Others = [plans.MaxOtherNames]plans.PersonName(rapid.Permutation(a.Others[:]).Draw(t, "order"))
		if x, y := matching.Compare(a, b, matching.Trust{}), matching.Compare(other, b, matching.Trust{}); !same(x, y) {
			t.Fatalf("%+v, in another order %+v", x, y)
		}
		if !slices.Equal(sorted(matching.Keys(a)), sorted(matching.Keys(other))) {
			t.Fatal("other keys in another order")
		}
	})
}

func TestWhoHasAKeyInCommonHasATraitInCommon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, j := drawn(t, "a"), drawn(t, "b")
		if rapid.Bool().Draw(t, "one person") { // with what differs drawn anew
			j = i
			other := drawn(t, "other")
			for k, change := range []func(){
				func() { j.Family, j.Given = i.Given, i.Family }, func() { j.BirthDate = other.BirthDate }, func() { j.Postcode = other.Postcode },
				func() { j.Family = other.Family }, func() { j.Given = "" }, func() { j.Others = other.Others },
			} {
				if rapid.Bool().Draw(t, fmt.Sprint("change ", k)) {
					change()
				}
			}
		}
		a, b := matching.Prepare(i), matching.Prepare(j)
		inCommon := slices.ContainsFunc(a.Keys(), func(k matching.Key) bool { return slices.Contains(b.Keys(), k) })
		x, y := a.Traits(), b.Traits()
		alike := x.Born != 0 && x.Born == y.Born || x.Names != 0 && x.Names == y.Names || x.Post != 0 && x.Post == y.Post
		if inCommon && !alike {
			t.Fatalf("a key in common and no trait: %+v, %+v", x, y)
		}
	})
}

func TestCapitalsAndSpacesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "a"), drawn(t, "b")
		shouted := a
		shouted.Family, shouted.Given = " "+strings.ToUpper(a.Family)+" ", strings.ReplaceAll(a.Given, " ", "  ")
		shouted.Postcode = strings.ToLower(strings.ReplaceAll(a.Postcode, " ", ""))
		small, again := strings.ToLower(a.Family), strings.ToLower(strings.ToUpper(a.Family))
		if again != small || !utf8.ValidString(a.Family) {
			t.Skip("letters that capitals change for good")
		}
		if x, y := matching.Compare(a, b, matching.Trust{}), matching.Compare(shouted, b, matching.Trust{}); !same(x, y) {
			t.Fatalf("%+v, in capitals %+v", x, y)
		}
		if !slices.Equal(matching.Keys(a), matching.Keys(shouted)) {
			t.Fatal("other keys in capitals")
		}
	})
}

func TestTheWeightIsTheSumOfTheFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := matching.Compare(drawn(t, "a"), drawn(t, "b"), matching.Trust{})
		sum := 0.0
		for _, f := range c.Fields {
			sum += f.Weight
			if f.Degree == matching.NotKnown && f.Weight != 0 || f.Agreement == "" || f.Name == "" {
				t.Fatalf("%+v", f)
			}
		}
		if len(c.Fields) != 6 || sum != c.Weight || c.Reason == "" || c.Tier == "" {
			t.Fatalf("%+v", c)
		}
	})
}

// FuzzCompare looks for texts that break comparing, and for reasons that give away what was compared.
func FuzzCompare(f *testing.F) {
	f.Add("Llewellyn-Hart", "Siân Elizabeth", "1987-04-09", "CM17 9AB", "LLEWELLYN HART", "Beth", "1987-09-04", "cm179ab")
	f.Add("Unknown", "Baby of Marcia", "1900-01-01", "ZZ99 3VZ", "Ó Dónaill", "B/O", "2026-13", "CM")
	f.Add("\xff\xfe", "\u202eabc", "----", "AAAAAAAAAAAAAAAAAA", "Ng", "Twin1", "1", "É1")
	f.Fuzz(func(t *testing.T, family, given, born, post, family2, given2, born2, post2 string) {
		a := plans.Identity{Family: family, Given: given, BirthDate: plans.Date(born), Postcode: post, Sex: plans.Female}
		b := plans.Identity{Family: family2, Given: given2, BirthDate: plans.Date(born2), Postcode: post2, Sex: plans.Sex(given)}
		b.Others[0] = plans.PersonName{Family: family, Given: given2}
		c := matching.Compare(a, b, matching.Trust{})
		if !same(c, matching.Compare(b, a, matching.Trust{})) {
			t.Error("not the same the other way round")
		}
		if c.Tier == matching.Confirmed || c.Weight != c.Weight {
			t.Errorf("%s without an NHS number, weight %f", c.Tier, c.Weight)
		}
		if keys := matching.Keys(a); len(keys) > matching.MaxKeys || !slices.Equal(keys, matching.Keys(a)) {
			t.Errorf("%d keys", len(keys))
		}
	})
}
