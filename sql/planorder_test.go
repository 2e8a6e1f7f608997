package sql_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// Two nodes, or two writers of one, take a plan each: the one that looked at its clock first may commit last.
func TestAPlanThatWasReceivedFirstAndCommittedLastHidesNoOther(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, at *time.Time) {
		for i, second := range []int{3, 2, 1, 4} {
			*at = noon.Add(time.Duration(second) * time.Second)
			s.mustPublish(t, named(t, fmt.Sprint("p", i), "text"))
		}
		all, _, err := s.store.FindPlans(t.Context(), plans.Query{Centre: "RAL", Limit: 10})
		if err != nil || len(all) != 4 {
			t.Errorf("a search finds %d of 4 plans, %v", len(all), err)
		}
		for _, since := range []time.Time{{}, noon} {
			versions, _, err := s.store.PlanHistory(t.Context(), plans.History{Centre: "RAL", Since: since, Limit: 10})
			if err != nil || len(versions) != 4 {
				t.Errorf("the history since %v has %d of 4 versions, %v", since, len(versions), err)
			}
		}
	})
}

func TestACentreWasHeardWhenItsLastPlanCame(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, at *time.Time) {
		want := func(centre string, want time.Time) {
			t.Helper()
			if got, err := s.store.CentreHeard(t.Context(), centre); err != nil || !got.Equal(want) {
				t.Errorf("%s was heard at %v, %v; want %v", centre, got, err, want)
			}
		}
		want("RAL", time.Time{})
		for i, second := range []int{3, 2} {
			*at = noon.Add(time.Duration(second) * time.Second)
			s.mustPublish(t, named(t, fmt.Sprint("p", i), "text"))
		}
		want("RAL", noon.Add(3*time.Second))
		want("RP4", time.Time{})
	})
}
