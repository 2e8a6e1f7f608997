package sql_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// TestARecordOfAPersonIsKeptAsLongAsItIsNeeded tells of people, lets days go by, and looks at which records were dropped.
func TestARecordOfAPersonIsKeptAsLongAsItIsNeeded(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		now := noon
		store := sql.NewStore(db)
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return now })}
		n := 0
		tells := func(kind alerts.Kind, visit, hospital, nhs string, prior ...string) {
			t.Helper()
			n++
			e := message(kind, visit, fmt.Sprint(n), nhs, 0)
			e.Sent, e.HospitalNumber, e.Prior.HospitalNumbers = now, alerts.Stated(hospital), prior
			if kind == alerts.Arrive {
				e.NHSNumber = alerts.Field[plans.NHSNumber]{}
			}
			s.receive(t, e)
		}
		forgets := func(when string, want int) {
			t.Helper()
			dropped, err := s.desk.ForgetPersons(t.Context(), store, 72*time.Hour)
			if err != nil || dropped != want {
				t.Fatalf("%s: dropped %d, %v, want %d", when, dropped, err, want)
			}
		}
		plan := s.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		plan.To = now.AddDate(1, 0, 0)
		if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: plan, Document: []byte("for long")}, centre); err != nil {
			t.Fatal(err)
		}
		for i := range 250 { // more than a slice of people who never come
			tells(alerts.Person, "", fmt.Sprint("STRANGER", i), "9990000026")
		}
		tells(alerts.Person, "", "HERE", "9990000018")
		tells(alerts.Arrive, "V1", "HERE", "")
		tells(alerts.Merge, "", "SURVIVES", "9990000018", "OLD")
		tells(alerts.Arrive, "V2", "OLD", "")
		tells(alerts.Person, "", "LATER", "9990000034")
		if open := s.board(t, "RQW-AE"); len(open) != 2 {
			t.Fatalf("the board shows %d alerts, want 2", len(open))
		}
		now = noon.Add(72 * time.Hour)
		forgets("after three days", 0)
		tells(alerts.Person, "", "LATER", "9990000034") // heard of again
		now = now.Add(time.Minute)

		// Stopped half-way, it goes on with the rest.
		stopped, stop := context.WithCancel(t.Context())
		dropped, err := s.desk.ForgetPersons(stopped, stopsAfter{store, stop}, 72*time.Hour)
		if err == nil || dropped == 0 || dropped >= 250 {
			t.Fatalf("stopped after %d: %v", dropped, err)
		}
		forgets("a minute later", 250-dropped)
		forgets("again", 0)

		// Who is here keeps what is known of them, and who left a day ago, too: they may never have left.
		now = now.Add(24 * time.Hour)
		tells(alerts.Depart, "V1", "HERE", "")
		now = now.Add(24 * time.Hour)
		forgets("one has left", 0)
		tells(alerts.Reopen, "V1", "HERE", "")
		if open := s.board(t, "RQW-AE"); len(open) != 2 || open[0].Alert.Match != alerts.Confirmed {
			t.Fatalf("after the departure was taken back the board shows %+v", open)
		}
		now = now.Add(time.Minute)
		tells(alerts.Depart, "V1", "HERE", "")
		now = now.Add(73 * time.Hour)
		forgets("V1 has left for good, LATER was not heard of again", 2)
		tells(alerts.Depart, "V2", "OLD", "")
		now = now.Add(73 * time.Hour)
		forgets("V2 has left for good", 2)
		if left, err := store.QuietPersons(t.Context(), alerts.PersonRecord{}, now, 10); err != nil || len(left) != 0 {
			t.Errorf("kept %+v, %v", left, err)
		}
		// A visit is no person's record, however old.
		if _, found, err := attendanceOf(t, store, "V1"); err != nil || !found {
			t.Errorf("the visit is gone: %v", err)
		}
		// A merge is kept: it is a fact about the hospital's numbers, and leads to what is said of the survivor later.
		tells(alerts.Person, "", "SURVIVES", "9990000018")
		tells(alerts.Arrive, "V3", "OLD", "")
		if open := s.board(t, "RQW-AE"); len(open) != 1 || open[0].Attendance.Visit != "V3" {
			t.Errorf("the board shows %+v", open)
		}
	})
}

// stopsAfter lists one slice, and then nobody waits any more.
type stopsAfter struct {
	*sql.Store
	stop func()
}

func (s stopsAfter) QuietPersons(ctx context.Context, after alerts.PersonRecord, since time.Time, most int) ([]alerts.PersonRecord, error) {
	if after != (alerts.PersonRecord{}) {
		s.stop()
	}
	return s.Store.QuietPersons(ctx, after, since, most)
}

// attendanceOf is a visit as it is kept.
func attendanceOf(t *testing.T, store *sql.Store, visit string) (a alerts.Attendance, found bool, err error) {
	t.Helper()
	err = store.Write(t.Context(), func(tx alerts.Tx) error {
		a, found, err = tx.Attendance("RQW", visit)
		return err
	})
	return a, found, err
}
