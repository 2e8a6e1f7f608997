package sql_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/plans"
)

func TestWhoMayBeShownAPlanIsKeptWithIt(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		open := s.publish(t, "plan-1", "9990000018", plans.Active, "open to all")
		narrow := open
		narrow.ID, narrow.Version = "plan-2", 0
		narrow.Categories = []string{"736373009", "1382601000000107"}
		narrow.Restriction = plans.Restriction{Organisations: []string{"RQW"}, Roles: []string{"clinician"}}
		narrow.Consent = plans.Dissent
		if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: narrow, Document: []byte("narrow")}, centre); err != nil {
			t.Fatal(err)
		}
		for _, want := range []plans.Plan{open, narrow} {
			held, err := s.store.Plan(t.Context(), want.ID)
			if err != nil {
				t.Fatal(err)
			}
			want.Version = 1
			if diff := cmp.Diff(want, held.Plan, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
				t.Errorf("plan %s is kept otherwise (- sent, + kept):\n%s", want.ID, diff)
			}
		}
	})
}
