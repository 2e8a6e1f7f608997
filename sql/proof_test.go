package sql_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestTheProofFindsAndMendsWhatWasCorrupted(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return noon })}
		corrupt := func(text string) {
			t.Helper()
			st, err := sql.Parse("corrupt", text)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(st, nil); return err }); err != nil {
				t.Fatal(err)
			}
		}
		prove := func() alerts.Proof {
			t.Helper()
			p, err := s.desk.Prove(t.Context(), store, alerts.ProofRequest{ID: alerts.NewProofID()})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "deleted")
		s.publish(t, "plan-2", "9990000026", plans.Active, "moved")
		s.publish(t, "plan-3", "9990000034", plans.Active, "nobody is here")
		s.publish(t, "plan-4", "9990000042", plans.Active, "left alone")
		visits := map[string]string{}
		for visit, number := range map[string]string{"V1": "9990000018", "V2": "9990000026", "V4": "9990000042"} {
			visits[visit] = s.receive(t, message(alerts.Arrive, visit, visit, number, 0)).Attendance
		}
		s.receive(t, message(alerts.Arrive, "V5", "V5", "9990000050", 0)) // no plan
		if p := prove(); len(p.Findings) != 0 || p.Visits != 4 || p.Plans != 4 || p.Expected != 3 || p.Found != 3 {
			t.Fatalf("before anything is corrupted: %+v", p)
		}

		corrupt("DELETE FROM alert_shown WHERE alert IN (SELECT id FROM alert WHERE plan = 'plan-1')")
		corrupt("DELETE FROM alert WHERE plan = 'plan-1'")
		corrupt("UPDATE alert SET department = 'RQW-UTC' WHERE plan = 'plan-2'")
		corrupt(`INSERT INTO alert (id, attendance, plan, version, centre, department, match, reason, urgency, open, state, state_reason, raised,
			acknowledged_at, acknowledged_by, acknowledged_role, acknowledged_org, acknowledged_version, on_board)
			SELECT 'false', attendance, 'plan-3', version, centre, department, match, reason, urgency, open, state, state_reason, raised,
			acknowledged_at, acknowledged_by, acknowledged_role, acknowledged_org, acknowledged_version, on_board FROM alert WHERE plan = 'plan-4'`)

		found := prove()
		want := []alerts.Finding{
			{Fault: alerts.False, Attendance: visits["V4"], Plan: "plan-3", Centre: "RAL", Department: "RQW-AE", Mended: true},
			{Fault: alerts.Missing, Attendance: visits["V1"], Plan: "plan-1", Centre: "RAL", Department: "RQW-AE", Mended: true},
			{Fault: alerts.Wrong, Attendance: visits["V2"], Plan: "plan-2", Centre: "RAL", Department: "RQW-AE", Mended: true},
		}
		byFault := cmpopts.SortSlices(func(a, b alerts.Finding) bool { return a.Fault < b.Fault })
		if diff := cmp.Diff(want, found.Findings, byFault); diff != "" || !found.Mended() {
			t.Errorf("findings (- want, + found):\n%s", diff)
		}
		if open := s.board(t, "RQW-AE"); len(open) != 3 {
			t.Errorf("after mending the board shows %d alerts", len(open))
		}
		if open := s.board(t, "RQW-UTC"); len(open) != 1 || open[0].Alert.Department != "RQW-AE" {
			t.Errorf("after mending the board that showed the alert by mistake says something else than where the patient is: %+v", open)
		}
		if again := prove(); len(again.Findings) != 0 {
			t.Errorf("after mending: %+v", again)
		}
		if err := store.KeepProof(t.Context(), found, centre); err != nil {
			t.Fatal(err)
		}
		told := s.journal(t)
		if last := told[len(told)-1]; last.Kind != journal.ProofEnded || last.Subject != found.ID || last.Actor != centre || last.Reason != fmt.Sprintf("alerts that were not as they should be: %d; they were mended", len(found.Findings)) {
			t.Errorf("the journal says %+v", last)
		}
		if one, err := store.Proof(t.Context(), found.ID); err != nil || !cmp.Equal(found, one) {
			t.Errorf("by its id it is %+v, %v", one, err)
		}
		if _, err := store.Proof(t.Context(), "no such"); !errors.Is(err, alerts.ErrNoProof) {
			t.Errorf("a report that is not kept: %v", err)
		}
		kept, err := store.Proofs(t.Context(), 5)
		if err != nil || len(kept) != 1 {
			t.Fatalf("kept %+v, %v", kept, err)
		}
		if diff := cmp.Diff(found, kept[0]); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatCannotBeMendedIsSaidToBeSo(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return noon })}
		s.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		// The row of the visit is gone from under its alert, as after a botched repair: nothing can be decided for it.
		lost := lostVisit{store}
		p, err := s.desk.Prove(t.Context(), lost, alerts.ProofRequest{ID: "lost"})
		if err != nil || len(p.Findings) != 1 || p.Findings[0].Fault != alerts.Missing && p.Findings[0].Fault != alerts.False || p.Mended() {
			t.Errorf("got %+v, %v", p, err)
		}
	})
}

// lostVisit is evidence of an alert whose visit is called otherwise than the visit that is held.
type lostVisit struct{ *sql.Store }

func (l lostVisit) StandingAlerts(ctx context.Context) ([]alerts.Standing, error) {
	standing, err := l.Store.StandingAlerts(ctx)
	for i := range standing {
		standing[i].Visit.Number, standing[i].Alert.Version = "gone", 99
	}
	return standing, err
}

func TestOneNodeAtATimeHasAPieceOfWork(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		for _, row := range []struct {
			what, holder string
			at, until    time.Time
			ours         bool
			then         string
		}{
			{"the first takes it", "one", noon, noon.Add(time.Hour), true, "one"},
			{"another has to wait", "two", noon.Add(time.Minute), noon.Add(2 * time.Hour), false, "one"},
			{"the same extends it", "one", noon.Add(time.Minute), noon.Add(2 * time.Hour), true, "one"},
			{"and has it still when it would have ended", "two", noon.Add(time.Hour), noon.Add(3 * time.Hour), false, "one"},
			{"after its time anybody may", "two", noon.Add(2 * time.Hour), noon.Add(3 * time.Hour), true, "two"},
			{"and the first not any more", "one", noon.Add(2 * time.Hour), noon.Add(3 * time.Hour), false, "two"},
			{"who has it gives it back", "two", noon.Add(2 * time.Hour), noon.Add(time.Hour), true, ""},
			{"and anybody may have it at once", "one", noon.Add(2 * time.Hour), noon.Add(3 * time.Hour), true, "one"},
		} {
			if ours, err := store.TakeLease(t.Context(), "proof", row.holder, row.at, row.until); err != nil || ours != row.ours {
				t.Errorf("%s: %v, %v", row.what, ours, err)
			}
			if holder, err := store.LeaseHolder(t.Context(), "proof", row.at); err != nil || holder != row.then {
				t.Errorf("%s: then %q has it, %v", row.what, holder, err)
			}
		}
	})
}
