package sql_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func TestEachCentreIsToldOfItsReviewsOnceADay(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		for i, row := range []struct {
			due    plans.Date
			status plans.Status
		}{
			{"2026-11-21", plans.Active}, // overdue
			{"2026-11-22", plans.Active}, // today is the last day
			{"2026-12-22", plans.OnHold}, // in thirty days
			{"2026-12-23", plans.Active}, // not yet
			{"2026-11", plans.Active},    // this month: not overdue before it ends
			{"2026-10", plans.Active},    // last month
			{"2026", plans.Active},       // this year: not yet
			{"2026-01-01", plans.Revoked},
			{"", plans.Active},
		} {
			p := s.publish(t, fmt.Sprint("plan-", i), "9990000018", row.status, "reviewed")
			p.Content.ReviewDue = row.due
			if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: fmt.Append(nil, "due ", i)}, centre); err != nil {
				t.Fatal(err)
			}
		}
		want := []plans.Reviews{{Centre: "RAL", Due: 3, Overdue: 2}}
		for _, row := range []struct {
			what string
			at   time.Time
			want []plans.Reviews
		}{
			{"the first time", noon, want},
			{"again on the same day", noon.Add(time.Minute), nil},
			{"in the night", time.Date(2026, 11, 23, 5, 59, 0, 0, time.UTC), nil},
			{"the next morning, for the same day's counts", time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC), want},
		} {
			got, err := s.store.NoteReviews(t.Context(), row.at, noon)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s:\n%s", row.what, diff)
			}
		}
		if of, err := s.store.Reviews(t.Context(), "RAL", noon); err != nil || of != want[0] {
			t.Errorf("the centre's list says %+v, %v", of, err)
		}
		if of, err := s.store.Reviews(t.Context(), "RP4", noon); err != nil || of != (plans.Reviews{Centre: "RP4"}) {
			t.Errorf("another centre's list says %+v, %v", of, err)
		}
		// The list holds what the counts say.
		listed := plans.Search{Review: plans.ReviewOverdue, Today: "2026-11-22", Limit: 20}
		if _, total, err := s.store.OwnPlans(t.Context(), "RAL", listed); err != nil || total != want[0].Overdue {
			t.Errorf("%d are listed as overdue, %v", total, err)
		}
		listed.Review, listed.SoonEnds = plans.ReviewSoon, "2026-12-22"
		if _, total, err := s.store.OwnPlans(t.Context(), "RAL", listed); err != nil || total != want[0].Due+want[0].Overdue {
			t.Errorf("%d are listed as to be reviewed, %v", total, err)
		}
		var told []string
		for _, e := range s.journal(t) {
			if e.Kind == journal.ReviewsDue {
				told = append(told, e.Subject+": "+e.Reason)
			}
		}
		line := "RAL: plans to be reviewed within 30 days: 3; overdue: 2"
		if diff := cmp.Diff([]string{line, line}, told); diff != "" {
			t.Error(diff)
		}
	})
}
