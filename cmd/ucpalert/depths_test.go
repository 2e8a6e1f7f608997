package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/web"
)

func TestDepthsRememberTheMostOfEachMinuteOfAnHour(t *testing.T) {
	value, fault := 0, error(nil)
	d := newDepths(slog.New(slog.DiscardHandler), place{"writes", func(context.Context) (int, error) { return value, fault }})
	start := time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)
	look := func(after time.Duration, n int) {
		value = n
		d.look(t.Context(), start.Add(after))
	}
	look(0, 3)
	look(2*time.Second, 9)
	look(4*time.Second, 1)
	look(time.Minute, 2)
	fault = errors.New("the database is away")
	look(61*time.Second, 70)
	if diff := cmp.Diff([]web.Depth{{Name: "writes", Now: 2, Minutes: []int{9, 2}}}, d.Depths()); diff != "" {
		t.Errorf("what cannot be read keeps its value (-want +got):\n%s", diff)
	}
	fault = nil
	for i := range 100 {
		look(time.Duration(i+2)*time.Minute, i)
	}
	if got := d.Depths()[0].Minutes; len(got) != 60 || got[0] != 40 || got[59] != 99 {
		t.Errorf("%d minutes are remembered: %v", len(got), got)
	}
	look(200*time.Minute, 5)
	if diff := cmp.Diff([]int{5}, d.Depths()[0].Minutes); diff != "" {
		t.Errorf("a gap is drawn as if somebody had looked (-want +got):\n%s", diff)
	}
}
