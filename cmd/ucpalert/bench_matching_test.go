package main

import (
	"os"
	"testing"
)

// TestPeopleAreToldApart is the short form of make bench-matching, with the goals that it prints.
func TestPeopleAreToldApart(t *testing.T) {
	if os.Getenv("UCPALERT_TEST_SIMULATIONS") == "apart" {
		t.Skip("run apart, without the race detector: all of it happens on one goroutine")
	}
	t.Parallel()
	c := matchingCommand{Seed: 7, Pairs: 50_000, Plans: 20_000, Strangers: 20_000}
	told, err := c.tellApart()
	if err != nil {
		t.Fatal(err)
	}
	met, err := c.meetStrangers()
	if err != nil {
		t.Fatal(err)
	}
	r := new(benchReport)
	told.figures(r)
	met.figures(r)
	goals := 0
	for _, f := range r.Figures {
		if f.Reached == nil {
			continue
		}
		goals++
		if !*f.Reached {
			t.Errorf("%s: %s %s, to be %s", f.Name, number(f.Value), f.Unit, f.Target)
		}
	}
	if goals < 4 {
		t.Errorf("only %d goals were looked at", goals)
	}
	if one, _ := told.sums(); one.found == 0 || one.confirmed == 0 || one.possible == 0 {
		t.Errorf("the pairs try too little: %+v", one)
	}
	if met.compared == 0 {
		t.Error("no stranger was compared with any plan")
	}
}
