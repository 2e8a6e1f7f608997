package sql_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
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

func TestDissentIsJournalledOnceAndRaisesNothing(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "not to be shared")
		arrival := message(alerts.Arrive, "V1", "1", "9990000018", 0)
		arrival.Consent = alerts.Stated(plans.Dissent)
		s.receive(t, arrival)
		for range 2 {
			if _, err := s.desk.Reconcile(t.Context(), s.store); err != nil {
				t.Fatal(err)
			}
		}
		s.receive(t, message(alerts.Update, "V1", "2", "9990000018", 1)) // says nothing about consent
		if open := s.board(t, "RQW-AE"); len(open) != 0 {
			t.Errorf("the board shows %+v", open)
		}
		if uses, err := s.store.Uses(t.Context(), "plan-1"); err != nil || len(uses) != 0 {
			t.Errorf("the centre is told of the attendance: %+v, %v", uses, err)
		}
		own, _, err := s.store.OwnPlans(t.Context(), "RAL", plans.Search{Limit: 10})
		if err != nil || len(own) != 1 || own[0].Alerts != 0 || !own[0].LastUsed.IsZero() {
			t.Errorf("the centre's list tells of the attendance: %+v, %v", own, err)
		}
		var told []journal.Entry
		for _, e := range s.journal(t) {
			if e.Kind == journal.SharingWithheld {
				told = append(told, e)
			}
		}
		if len(told) != 1 || told[0].Room != "" || told[0].Reason != "the patient told the hospital not to share" {
			t.Errorf("the journal tells %+v", told)
		}
	})
}
