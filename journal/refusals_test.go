package journal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// A thousand refusals of one actor in a minute are thirty entries and a count; another actor's single one is an entry beside them.
func TestAFloodOfRefusalsIsBoundedAndCounted(t *testing.T) {
	var written []journal.Entry
	now := time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)
	r := journal.NewRefusals(func(_ context.Context, e journal.Entry) error { written = append(written, e); return nil }, func() time.Time { return now })
	ctx := journal.At(t.Context(), "GET /api/alerts/{alert}/plan from 192.0.2.7")
	for range 1000 {
		if err := r.Note(ctx, journal.Entry{Kind: journal.AccessRefused, Actor: journal.Actor{Name: "curious"}, Subject: "a1", Reason: "not allowed"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Note(t.Context(), journal.Entry{Kind: journal.AccessRefused, Actor: journal.Actor{Name: "other"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Flush(t.Context(), false); err != nil || len(written) != journal.RefusalsPerMinute+1 {
		t.Fatalf("%d entries within the minute, %v", len(written), err)
	}
	now = now.Add(time.Minute)
	if err := r.Flush(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := r.Flush(t.Context(), true); err != nil { // nothing is told twice
		t.Fatal(err)
	}
	last := written[len(written)-1]
	if len(written) != journal.RefusalsPerMinute+2 || last.Actor.Name != "curious" || last.Subject != "a1" ||
		!strings.HasPrefix(last.Reason, "970 more refusals in the minute from 14:02") || last.Place != "GET /api/alerts/{alert}/plan from 192.0.2.7" {
		t.Errorf("%d entries, the last %+v", len(written), last)
	}
}

// Without Flush, the first refusal of a later minute tells the count of the one before.
func TestTheNextRefusalTellsTheCountBefore(t *testing.T) {
	var reasons []string
	now := time.Date(2026, 11, 22, 14, 2, 59, 0, time.UTC)
	r := journal.NewRefusals(func(_ context.Context, e journal.Entry) error { reasons = append(reasons, e.Reason); return nil }, func() time.Time { return now })
	for range journal.RefusalsPerMinute + 2 {
		_ = r.Note(t.Context(), journal.Entry{Actor: journal.Actor{Name: "a"}, Reason: "no"})
	}
	now = now.Add(2 * time.Second)
	_ = r.Note(t.Context(), journal.Entry{Actor: journal.Actor{Name: "a"}, Reason: "again"})
	if n := len(reasons); n != journal.RefusalsPerMinute+2 || !strings.HasPrefix(reasons[n-2], "2 more refusals") || reasons[n-1] != "again" {
		t.Errorf("journalled: %q", reasons)
	}
}
