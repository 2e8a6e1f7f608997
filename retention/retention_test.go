package retention_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/retention"
)

func TestHowLongAHealthRecordIsKept(t *testing.T) {
	const eight = 8 * 8766 * time.Hour
	for _, row := range []struct{ what, ended, born, until string }{
		{"an adult's", "2026-11-22", "1980-02-13", "2034-11-22"},
		{"a child's, until it is 25", "2026-11-22", "2015-03-17", "2040-03-17"},
		{"a newborn's", "2026-11-22", "2026-11-22", "2051-11-22"},
		{"of somebody who was 17, until 26", "2026-11-22", "2009-03-17", "2035-03-17"},
		{"of somebody who was 17 for one day more", "2026-11-22", "2008-11-23", "2034-11-23"},
		{"of somebody who came of age that day", "2026-11-22", "2008-11-22", "2034-11-22"},
		{"of a child of whom the year is known", "2026-11-22", "2015", "2040-12-31"},
		{"of a child of whom the month is known", "2026-11-22", "2015-03", "2040-03-31"},
		{"of somebody whose birth is not known", "2026-11-22", "", "2034-11-22"},
	} {
		ended, err := time.Parse(time.DateOnly, row.ended)
		if err != nil {
			t.Fatal(err)
		}
		if got := retention.HealthRecordUntil(ended, row.born, eight).Format(time.DateOnly); got != row.until {
			t.Errorf("%s: until %s, want %s", row.what, got, row.until)
		}
	}
}

func TestPeriodsThatCannotBeMeantAreRefused(t *testing.T) {
	if err := retention.Defaults().Check(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for _, c := range retention.Classes {
		p := retention.Defaults()
		if p[c] == 0 {
			t.Errorf("%s has no default", c)
		}
		for _, wrong := range []time.Duration{-time.Hour, time.Hour} {
			if p[c] = wrong; p.Check() == nil {
				t.Errorf("%s kept %s is taken", c, wrong)
			}
		}
		if p[c] = 0; p.Check() != nil {
			t.Errorf("%s kept for ever: %v", c, p.Check())
		}
	}
	p := retention.Defaults()
	if p[retention.Digests] = p[retention.Messages] - time.Hour; p.Check() == nil {
		t.Error("digests kept for less than the marks of messages are taken")
	}
}

// shelf holds things by class; a slice is three of them.
type shelf struct {
	held   map[retention.Class]int
	upTo   map[retention.Class]string
	slices []string
	fail   int // the slice that fails; 0 for none
}

var errDisk = errors.New("no disk")

func (s *shelf) PurgedTo(_ context.Context, c retention.Class) (string, error) { return s.upTo[c], nil }

func (s *shelf) Purge(_ context.Context, slice retention.Slice) (retention.Went, error) {
	s.slices = append(s.slices, string(slice.Class)+" after "+slice.After)
	if len(s.slices) == s.fail {
		return retention.Went{}, errDisk
	}
	gone := min(3, s.held[slice.Class])
	next := slice.After + "x"
	if !slice.Rehearse {
		s.upTo[slice.Class] = next
	}
	s.held[slice.Class] -= gone
	return retention.Went{Gone: gone, Next: next, More: s.held[slice.Class] > 0}, nil
}

func TestARunThatIsStoppedGoesOn(t *testing.T) {
	s := &shelf{held: map[retention.Class]int{retention.Attendances: 7, retention.Plans: 2}, upTo: map[retention.Class]string{}, fail: 3}
	periods := retention.Periods{retention.Attendances: 72 * time.Hour, retention.Plans: 72 * time.Hour}
	now := func() time.Time { return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) }
	rests := 0
	pause := func(context.Context, time.Duration) error { rests++; return nil }
	done, err := retention.Run(t.Context(), s, periods, now, false, pause)
	if !errors.Is(err, errDisk) || len(done) != 1 || done[0].Gone != 6 || rests != 2 {
		t.Fatalf("%+v, %v, %d rests", done, err, rests)
	}
	done, err = retention.Run(t.Context(), s, periods, now, false, pause)
	if err != nil || len(done) != 2 || done[0].Gone != 1 || done[1].Gone != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	want := []string{"attendances after ", "attendances after x", "attendances after xx", "attendances after xx", "plans after "}
	if !slices.Equal(s.slices, want) {
		t.Errorf("it looked at %s", strings.Join(s.slices, ", "))
	}
	if what := fmt.Sprint(retention.Journal.What()); what == "" {
		t.Error("the journal has no name")
	}
}

func TestAPauseThatFailsEndsTheRun(t *testing.T) {
	s := &shelf{held: map[retention.Class]int{retention.Attendances: 7}, upTo: map[retention.Class]string{}}
	done, err := retention.Run(t.Context(), s, retention.Defaults(), time.Now, true, func(context.Context, time.Duration) error { return errDisk })
	if !errors.Is(err, errDisk) || len(done) != 1 || done[0].Gone != 3 || len(s.upTo) != 0 {
		t.Errorf("%+v, %v, %v", done, err, s.upTo)
	}
}
