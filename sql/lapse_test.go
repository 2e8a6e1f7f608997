package sql_test

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestAVisitOfWhichNothingIsHeardIsClosedAndALaterMessageOpensIt(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		now := noon
		store := sql.NewStore(db)
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return now })}
		lapse := func(want int) {
			t.Helper()
			closed, err := s.desk.Lapse(t.Context(), store, alerts.Quiet{InDepartment: 72 * time.Hour, Elsewhere: 30 * 24 * time.Hour})
			if err != nil || closed != want {
				t.Fatalf("closed %d, %v, want %d", closed, err, want)
			}
		}
		plan := s.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		plan.To = now.AddDate(1, 0, 0)
		if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: plan, Document: []byte("for long")}, centre); err != nil {
			t.Fatal(err)
		}
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.receive(t, message(alerts.Arrive, "V2", "2", "9990000018", 0))
		ward := message(alerts.Transfer, "V2", "3", "9990000018", 1)
		ward.Class, ward.Location.Value.PointOfCare = "I", "WARD9"
		s.receive(t, ward)

		now = noon.Add(72 * time.Hour)
		lapse(0)
		now = now.Add(time.Minute)
		lapse(1)
		lapse(0)
		open := s.board(t, "RQW-AE")
		if len(open) != 1 || open[0].Attendance.Visit != "V2" {
			t.Fatalf("the board shows %d alerts, want that of the patient who was admitted", len(open))
		}
		last := s.journal(t)
		if e := last[len(last)-1]; e.Kind != journal.AlertClosed || e.Reason != alerts.LapsedReason || e.Actor != journal.Service {
			t.Errorf("journalled %+v", e)
		}
		// What was lost on the way and is older than what was known opens nothing; what is newer does.
		s.receive(t, message(alerts.Update, "V1", "4", "9990000018", -1))
		if open := s.board(t, "RQW-AE"); len(open) != 1 {
			t.Errorf("after an old message the board shows %d alerts, want 1", len(open))
		}
		s.receive(t, message(alerts.Update, "V1", "5", "9990000018", 60))
		if open := s.board(t, "RQW-AE"); len(open) != 2 {
			t.Errorf("after a newer message the board shows %d alerts, want 2", len(open))
		}
		lapse(0)
		now = noon.AddDate(0, 0, 31)
		lapse(2)
	})
}
