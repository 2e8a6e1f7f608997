package sql_test

import (
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

func TestWhoAPatientIsComesBackWhole(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		who := plans.Identity{NHSNumber: mustNumber(t, "9990000018"), Tracing: plans.Verified, Family: "Testcase", Given: "Ann", BirthDate: "1980-02-13",
			Others: [plans.MaxOtherNames]plans.PersonName{{Family: `O"Neill`, Given: "Ann"}, {Given: "Nan"}}, Restricted: true}
		p := plans.Plan{ID: "p1", Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Headline: "Give steroid", Patient: who}
		if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: []byte("{}")}, centre); err != nil {
			t.Fatal(err)
		}
		e := message(alerts.Arrive, "V1", "1", "9990000018", 0)
		e.Tracing, e.Others, e.Restricted = alerts.Stated(who.Tracing), alerts.Stated(who.Others), alerts.Stated(true)
		s.receive(t, e)
		board := s.board(t, "RQW-AE")
		if len(board) != 1 {
			t.Fatalf("%d alerts, want one", len(board))
		}
		if got := board[0].Plan.Patient; got != who {
			t.Errorf("the plan's patient came back as %q %v %q %v", got.Family, got.Others, got.Tracing, got.Restricted)
		}
		if got := board[0].Attendance.Patient; got.Tracing != who.Tracing || got.Others != who.Others || !got.Restricted {
			t.Errorf("the attendance's patient came back as %v %q %v", got.Others, got.Tracing, got.Restricted)
		}
		// A later message empties what an earlier one stated.
		later := message(alerts.Update, "V1", "2", "", 1)
		later.Others, later.Tracing = alerts.Emptied[[plans.MaxOtherNames]plans.PersonName](), alerts.Emptied[plans.Tracing]()
		s.receive(t, later)
		if got := s.board(t, "RQW-AE")[0].Attendance.Patient; got.Tracing != "" || got.Others != ([plans.MaxOtherNames]plans.PersonName{}) {
			t.Errorf("emptied, but still %v %q", got.Others, got.Tracing)
		}
	})
}

func mustNumber(t *testing.T, s string) plans.NHSNumber {
	t.Helper()
	n, err := plans.ParseNHSNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
