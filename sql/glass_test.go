package sql_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestBehindGlassOneSeesWhatWouldFollowAndNothingIsWritten(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		store := sql.NewStore(sqltest.Open(t, o)) // stays open: the service goes on meanwhile
		dir, err := directory.Parse([]byte(twoRegions))
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return noon }
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, now)}
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		before := len(s.journal(t))

		glass, err := sql.OpenGlass(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := glass.Close(); err != nil {
				t.Error(err)
			}
		}()
		desk := alerts.NewDesk(glass, func() *directory.Directory { return dir }, now)
		for range 2 { // the second time as if the first had never been
			out, err := desk.Receive(t.Context(), message(alerts.Arrive, "V2", "2", "9990000018", 1))
			if err != nil || out.Duplicate || len(out.Changes) != 1 || !out.Changes[0].New || out.Changes[0].Alert.Plan != "plan-1" {
				t.Fatalf("foreseen: %+v, %v; want one new alert", out, err)
			}
		}
		out, err := desk.Receive(t.Context(), message(alerts.Depart, "V1", "3", "9990000018", 1))
		if err != nil || len(out.Changes) != 1 || out.Changes[0].Alert.State != alerts.Closed {
			t.Errorf("foreseen of a departure: %+v, %v; want that the alert is closed", out, err)
		}
		if out, err := desk.Receive(t.Context(), message(alerts.Arrive, "V1", "1", "9990000018", 0)); err != nil || !out.Duplicate {
			t.Errorf("a message that was taken is foreseen as %+v, %v", out, err)
		}
		if board := s.board(t, "RQW-AE"); len(board) != 1 || !board[0].Alert.Open() {
			t.Errorf("the board shows %+v, want the one alert", board)
		}
		if got := len(s.journal(t)); got != before {
			t.Errorf("the journal grew from %d to %d", before, got)
		}
		seen, err := glass.LocationsSince(t.Context(), noon.Add(-time.Hour))
		want := []sql.LocationSeen{{Organisation: "RQW", Location: directory.Location{PointOfCare: "AE", Bed: "4", Site: "RQWG0"}, Visits: 1, Last: noon}}
		if diff := cmp.Diff(want, seen); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		if seen, err := glass.LocationsSince(t.Context(), noon.Add(time.Hour)); err != nil || len(seen) > 0 {
			t.Errorf("of the future: %+v, %v", seen, err)
		}
	})
}

func TestThereMustBeADatabaseToLookInto(t *testing.T) {
	if _, err := sql.OpenGlass(t.Context(), sql.Options{DataDir: t.TempDir()}); err == nil {
		t.Error("an empty folder was looked into, and perhaps filled")
	}
	if _, err := sql.OpenGlass(t.Context(), sql.Options{}); err == nil {
		t.Error("nothing was looked into")
	}
}
