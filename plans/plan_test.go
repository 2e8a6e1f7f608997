package plans_test

import (
	"errors"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestOnlyAnActivePlanInItsPeriodIsLive(t *testing.T) {
	for _, row := range []struct {
		what string
		plan plans.Plan
		want bool
	}{
		{"active", plans.Plan{Status: plans.Active}, true},
		{"draft", plans.Plan{Status: plans.Draft}, false},
		{"on hold", plans.Plan{Status: plans.OnHold}, false},
		{"withdrawn", plans.Plan{Status: plans.Revoked}, false},
		{"completed", plans.Plan{Status: plans.Completed}, false},
		{"entered in error", plans.Plan{Status: plans.EnteredInError}, false},
		{"status unknown", plans.Plan{Status: plans.UnknownStatus}, false},
		{"begins in an hour", plans.Plan{Status: plans.Active, From: noon.Add(time.Hour)}, false},
		{"expired this instant", plans.Plan{Status: plans.Active, To: noon}, false},
		{"expires in a second", plans.Plan{Status: plans.Active, To: noon.Add(time.Second)}, true},
	} {
		t.Run(row.what, func(t *testing.T) {
			live, why := row.plan.Live(noon)
			if live != row.want || live != (why == "") {
				t.Errorf("live is %v because %q", live, why)
			}
		})
	}
}

func TestWhichVersionHoldsAfterAPublication(t *testing.T) {
	held := &plans.Held{Plan: plans.Plan{ID: "p", Version: 3, Centre: "RP4"}, Document: []byte("third")}
	publish := func(centre string, ifMatch int, document string) plans.Publication {
		return plans.Publication{Plan: plans.Plan{ID: "p", Centre: centre}, IfMatch: ifMatch, Document: []byte(document)}
	}
	mustBeNew := publish("RP4", 0, "fourth")
	mustBeNew.MustBeNew = true
	for _, row := range []struct {
		what    string
		held    *plans.Held
		pub     plans.Publication
		version int
		changed bool
		err     error
	}{
		{"the first version", nil, publish("RP4", 0, "first"), 1, true, nil},
		{"a revision", held, publish("RP4", 0, "fourth"), 4, true, nil},
		{"a revision of the version held", held, publish("RP4", 3, "fourth"), 4, true, nil},
		{"the same document again", held, publish("RP4", 0, "third"), 3, false, nil},
		{"a revision of an older version", held, publish("RP4", 2, "fourth"), 0, false, plans.StaleError{Sent: 2, Held: 3}},
		{"a revision of a plan that is not held", nil, publish("RP4", 1, "second"), 0, false, plans.StaleError{Sent: 1}},
		{"a create with an id that is taken", held, mustBeNew, 0, false, plans.StaleError{Held: 3}},
		{"another centre's plan", held, publish("RAL", 0, "fourth"), 0, false, plans.ErrForeign},
		{"another centre's plan, same document", held, publish("RAL", 3, "third"), 0, false, plans.ErrForeign},
	} {
		t.Run(row.what, func(t *testing.T) {
			next, changed, err := plans.Next(row.held, row.pub)
			if !errors.Is(err, row.err) || next.Version != row.version || changed != row.changed {
				t.Errorf("got version %d, changed %v, %v; want %d, %v, %v", next.Version, changed, err, row.version, row.changed, row.err)
			}
		})
	}
}

func TestAge(t *testing.T) {
	for _, row := range []struct {
		what string
		born plans.Date
		want int
	}{
		{"birthday today", "1980-11-22", 46},
		{"birthday tomorrow", "1980-11-23", 45},
		{"born on 29 February", "2024-02-29", 2},
		{"only the year is known", "1980", -1},
		{"unknown", "", -1},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := row.born.Age(noon); got != row.want {
				t.Errorf("age is %d, want %d", got, row.want)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	for in, ok := range map[string]bool{
		"1980": true, "1980-02": true, "2024-02-29": true,
		"2023-02-29": false, "1980-13-01": false, "80-01-01": false, "1980-1-1": false, "": false, "198002": false, "1980-02-13T00:00:00Z": false,
	} {
		if _, err := plans.ParseDate(in); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
}
