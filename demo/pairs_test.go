package demo

import (
	"fmt"
	"strings"
	"testing"
)

func TestPairsAreReproducibleAndOfEveryKind(t *testing.T) {
	const count = 60_000
	a, b, other := NewPairs(3), NewPairs(3), NewPairs(4)
	seen := map[string]int{}
	different := 0
	for range count {
		pair, again, next := a.Next(), b.Next(), other.Next()
		if pair != again {
			t.Fatal("the same seed made another pair")
		}
		if pair != next {
			different++
		}
		seen[pair.Kind]++
		for _, d := range []Described{pair.Arrived, pair.Planned} {
			if n := d.NHSNumber; n != "" && (len(n) != 10 || n[:3] != "999") {
				t.Fatal("an NHS number that is not of the range kept for tests")
			}
		}
		if !pair.Same && pair.Arrived.Born == pair.Planned.Born && pair.Arrived.Given == pair.Planned.Given && pair.Arrived.Family == pair.Planned.Family &&
			pair.Arrived.NHSNumber == pair.Planned.NHSNumber {
			t.Errorf("%v: nobody could tell them apart", pair.Kind)
		}
	}
	if different < count*9/10 {
		t.Error("another seed made the same pairs")
	}
	one, two := PairKinds()
	for _, kind := range append(one, two...) {
		if seen[kind] == 0 && kind != "newborn under the mother's name" { // of one in ten thousand
			t.Errorf("no pair of kind %q", kind)
		}
	}
}

func TestTheRegisterHasCommonAndRareNames(t *testing.T) {
	const count = 40_000
	register := Population{Seed: 1}
	families, postcodes := map[string]int{}, map[string]int{}
	for i := range count {
		who := register.At(i)
		if who != register.At(i) {
			t.Fatal("the same place is another person")
		}
		families[who.Family]++
		postcodes[who.Postcode]++
	}
	once := 0
	for _, n := range families {
		if n == 1 {
			once++
		}
	}
	if most := families["Smith"]; most < count/400 || most > count/40 {
		t.Errorf("%d of %d are called Smith", most, count)
	}
	if once < count/50 {
		t.Errorf("only %d have a name to themselves", once)
	}
	if len(postcodes) < count/4 {
		t.Errorf("only %d postcodes", len(postcodes))
	}
}

func TestPairsMaskThePeople(t *testing.T) {
	pair := NewPairs(1).Next()
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, text := range []string{fmt.Sprintf(format, pair.Arrived), fmt.Sprintf(format, pair)} {
			if strings.Contains(text, pair.Planned.Family) || strings.Contains(text, pair.Planned.Postcode) {
				t.Errorf("%s prints the patient", format)
			}
		}
	}
}
