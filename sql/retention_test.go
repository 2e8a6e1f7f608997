package sql_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/retention"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// keeping is a service whose days go by.
type keeping struct {
	service
	db  *sql.DB
	now *time.Time
}

func eachKeeping(t *testing.T, test func(*testing.T, keeping)) {
	t.Helper()
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		now := noon
		clock := func() time.Time { return now }
		o.Now = clock
		db := sqltest.Open(t, o)
		store := sql.NewStore(db)
		test(t, keeping{service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, clock)}, db, &now})
	})
}

// tell receives a message of now about a visit.
func (k keeping) tell(t *testing.T, kind alerts.Kind, visit, control, nhs string) alerts.Outcome {
	t.Helper()
	e := message(kind, visit, control, nhs, 0)
	e.Sent = *k.now
	return k.receive(t, e)
}

// purge lets go what is over, and returns how much of each class.
func (k keeping) purge(t *testing.T, rehearse bool) map[retention.Class]int {
	t.Helper()
	done, err := retention.Run(t.Context(), k.store, retention.Defaults(), func() time.Time { return *k.now }, rehearse, func(context.Context, time.Duration) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	gone := map[retention.Class]int{}
	for _, r := range done {
		if r.Gone > 0 {
			gone[r.Class] = r.Gone
		}
	}
	return gone
}

// goes lets time go by and compares what is let go, first as a rehearsal tells.
func (k keeping) goes(t *testing.T, when string, after time.Duration, want map[retention.Class]int) {
	t.Helper()
	*k.now = k.now.Add(after)
	if would := k.purge(t, true); fmt.Sprint(would) != fmt.Sprint(want) {
		t.Fatalf("%s there would go %v, want %v", when, would, want)
	}
	if gone := k.purge(t, false); fmt.Sprint(gone) != fmt.Sprint(want) {
		t.Fatalf("%s there went %v, want %v", when, gone, want)
	}
	if again := k.purge(t, false); len(again) != 0 {
		t.Fatalf("%s, and again: %v", when, again)
	}
}

// chain verifies the journal as audit verify does.
func (k keeping) chain(t *testing.T) journal.Audited {
	t.Helper()
	done, err := journal.Audit(t.Context(), k.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// TestWhatIsKeptForHowLong goes through the years of a hospital.
func TestWhatIsKeptForHowLong(t *testing.T) {
	const day, year = 24 * time.Hour, 8766 * time.Hour
	type went = map[retention.Class]int
	eachKeeping(t, func(t *testing.T, k keeping) {
		plan := k.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		for i := range 60 { // strangers, more than a slice of them
			k.tell(t, alerts.Arrive, fmt.Sprint("S", i), fmt.Sprint("in", i), "9990000026")
			k.tell(t, alerts.Depart, fmt.Sprint("S", i), fmt.Sprint("out", i), "9990000026")
		}
		k.tell(t, alerts.Arrive, "STAYS", "stays", "9990000026")
		k.tell(t, alerts.Arrive, "V1", "1", "9990000018")
		if open := k.board(t, "RQW-AE"); len(open) != 1 {
			t.Fatalf("the board shows %d alerts", len(open))
		}
		k.goes(t, "after three days less a minute", 3*day-time.Minute, went{})
		k.goes(t, "after three days", 2*time.Minute, went{retention.Attendances: 60})
		k.chain(t)
		if _, held, err := attendanceOf(t, k.store, "S7"); err != nil || held {
			t.Errorf("a stranger's visit is held: %v", err)
		}
		if open := k.board(t, "RQW-AE"); len(open) != 1 || open[0].Alert.State != alerts.Raised {
			t.Errorf("the board shows %+v", open)
		}
		k.tell(t, alerts.Depart, "V1", "left", "9990000018")
		k.tell(t, alerts.Depart, "STAYS", "left too", "9990000026")
		k.goes(t, "a month later", 30*day, went{retention.Attendances: 1})
		k.goes(t, "three months later", 91*day, went{retention.Messages: 124})

		plan.Status, plan.Published = plans.Revoked, time.Time{}
		if _, _, err := k.desk.Publish(t.Context(), plans.Publication{Plan: plan, Document: []byte("revoked")}, centre); err != nil {
			t.Fatal(err)
		}
		k.goes(t, "after more than two years", 2*year, went{retention.Digests: 61})
		k.goes(t, "after less than eight years", 5*year, went{})
		// The visit with the alert goes, and only then the plan that it was about; what the journal says of both was let go with the rest.
		*k.now = k.now.Add(year)
		if gone := k.purge(t, false); gone[retention.Alerts] != 1 {
			t.Fatalf("after eight years there went %v", gone)
		}
		*k.now = k.now.Add(year / 2)
		k.purge(t, false)
		if held, err := k.store.Plan(t.Context(), "plan-1"); err == nil {
			t.Errorf("the plan is held: %v", held.Plan.ID)
		}
		*k.now = k.now.Add(9 * year)
		if gone := k.purge(t, false); gone[retention.Journal] == 0 {
			t.Error("the beginning of the journal did not go")
		}
		if done := k.chain(t); done.Cut == 0 || done.Entries <= done.Cut {
			t.Errorf("the journal: %+v", done)
		}
	})
}

// TestWhatIsSentAgainAboutAForgottenVisitRaisesNothing forgets a visit and hears of it again: in old messages, with and without their marks, and in a
// newer one.
func TestWhatIsSentAgainAboutAForgottenVisitRaisesNothing(t *testing.T) {
	eachKeeping(t, func(t *testing.T, k keeping) {
		arrives, leaves := message(alerts.Arrive, "V1", "1", "9990000018", 0), message(alerts.Depart, "V1", "2", "9990000018", 60)
		first := k.receive(t, arrives)
		k.receive(t, leaves)
		*k.now = noon.AddDate(0, 0, 4)
		k.purge(t, false)
		if _, held, err := attendanceOf(t, k.store, "V1"); err != nil || held {
			t.Fatalf("the visit is held: %v", err)
		}
		// A plan for her is published now: nothing of her old visit may raise it.
		p := k.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		p.To = noon.AddDate(2, 0, 0)
		if _, _, err := k.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: []byte("for long")}, centre); err != nil {
			t.Fatal(err)
		}
		quiet := func(when string) {
			t.Helper()
			if open := k.board(t, "RQW-AE"); len(open) != 0 {
				t.Fatalf("%s the board shows %+v", when, open[0].Alert)
			}
		}
		again := k.receive(t, arrives)
		if again.Attendance != first.Attendance || again.Department != first.Department || !again.Duplicate {
			t.Errorf("the same message is answered %+v, at first %+v", again, first)
		}
		quiet("after the same message")
		*k.now = noon.AddDate(0, 4, 0)
		if gone := k.purge(t, false); gone[retention.Messages] == 0 {
			t.Fatal("the marks of the messages did not go")
		}
		if again := k.receive(t, arrives); again.Attendance != first.Attendance || !again.Duplicate {
			t.Errorf("without its mark it is answered %+v", again)
		}
		late := arrives
		late.ControlID, late.Kind, late.Trigger, late.Sent = "late", alerts.Update, "A08", noon.Add(30*time.Minute)
		k.receive(t, late)
		quiet("after what was lost and sent again")
		if _, held, err := attendanceOf(t, k.store, "V1"); err != nil || held {
			t.Errorf("the visit is held again: %v", err)
		}
		// The departure is taken back: that is newer than all that was known, and she is here.
		back := message(alerts.Reopen, "V1", "back", "9990000018", 0)
		back.Trigger, back.Sent = "A13", *k.now
		if out := k.receive(t, back); out.Attendance != first.Attendance || len(out.Changes) != 1 {
			t.Errorf("a newer message is answered %+v", out)
		}
		if open := k.board(t, "RQW-AE"); len(open) != 1 || open[0].Alert.Match != alerts.Confirmed {
			t.Errorf("the board shows %+v", open)
		}
		k.chain(t)
	})
}

// TestNothingOfThePatientIsLeftOfAForgottenVisit looks for it in every column of every digest.
func TestNothingOfThePatientIsLeftOfAForgottenVisit(t *testing.T) {
	eachKeeping(t, func(t *testing.T, k keeping) {
		e := message(alerts.Arrive, "VISIT77", "1", "9990000018", 0)
		e.HospitalNumber, e.Postcode = alerts.Stated("HOSP55"), alerts.Stated("CM20 1QX")
		k.receive(t, e)
		k.receive(t, message(alerts.Depart, "VISIT77", "2", "9990000018", 60))
		*k.now = noon.AddDate(0, 0, 4)
		k.purge(t, false)
		rows, err := sql.Rows(t.Context(), k.db, "SELECT * FROM visit_digest")
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d digests, %v", len(rows), err)
		}
		for _, secret := range []string{"9990000018", "TESTCASE", "1980-02-13", "19800213", "HOSP55", "CM20 1QX", "CM201QX", "VISIT77"} {
			if strings.Contains(rows[0], secret) {
				t.Errorf("the digest tells %s: %s", secret, rows[0])
			}
		}
		if !strings.Contains(rows[0], "RQW-AE") {
			t.Errorf("the digest does not tell the department: %s", rows[0])
		}
	})
}

// TestAPurgeThatIsStoppedGoesOn ends a run after its first slice; what the first one let go and what it told the journal are one.
func TestAPurgeThatIsStoppedGoesOn(t *testing.T) {
	eachKeeping(t, func(t *testing.T, k keeping) {
		for i := range 70 {
			k.tell(t, alerts.Arrive, fmt.Sprint("S", i), fmt.Sprint("in", i), "9990000026")
			k.tell(t, alerts.Cancel, fmt.Sprint("S", i), fmt.Sprint("out", i), "9990000026")
		}
		*k.now = noon.AddDate(0, 0, 4)
		stopped, stop := context.WithCancel(t.Context())
		done, err := retention.Run(stopped, k.store, retention.Defaults(), func() time.Time { return *k.now }, false, func(context.Context, time.Duration) error {
			stop()
			return nil
		})
		if err == nil || len(done) != 1 || done[0].Gone == 0 || done[0].Gone >= 70 {
			t.Fatalf("stopped: %+v, %v", done, err)
		}
		if upTo, err := k.store.PurgedTo(t.Context(), retention.Attendances); err != nil || upTo == "" {
			t.Errorf("it does not know how far it came: %q, %v", upTo, err)
		}
		if gone := k.purge(t, false); gone[retention.Attendances] != 70-done[0].Gone {
			t.Errorf("then there went %v, before %d", gone, done[0].Gone)
		}
		told := 0
		for _, e := range k.journal(t) {
			if e.Kind == journal.Purged {
				var n int
				if _, err := fmt.Sscanf(e.Reason, "%d visits without an alert", &n); err != nil || e.Subject != string(retention.Attendances) || e.Actor != journal.Service {
					t.Errorf("%+v: %v", e, err)
				}
				told += n
			}
		}
		if told != 70 {
			t.Errorf("the journal tells of %d", told)
		}
		if upTo, err := k.store.PurgedTo(t.Context(), retention.Attendances); err != nil || upTo != "" {
			t.Errorf("at its end it stands at %q, %v", upTo, err)
		}
	})
}

func TestWhatWaitsTooLongGoes(t *testing.T) {
	eachKeeping(t, func(t *testing.T, k keeping) {
		q := alerts.Quarantined{Sender: "PAS|RQW", Received: noon, Raw: []byte("nobody understands this"), Answer: "AE", Reason: "nothing"}
		if err := k.store.KeepQuarantined(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		saved := journal.Entry{Time: noon, Kind: journal.DraftSaved, Actor: centre}
		d := plans.DraftPlan{ID: "draft-1", Centre: "RAL", Author: "dr-test", Saved: noon}
		if _, err := k.store.BeginDraft(t.Context(), d, saved); err != nil {
			t.Fatal(err)
		}
		file := plans.DraftFile{SHA256: "ab", Type: "image/png", Bytes: 3, Content: []byte("png"), At: noon}
		if err := k.store.KeepDraftFile(t.Context(), "draft-1", "RAL", "dr-test", file, saved); err != nil {
			t.Fatal(err)
		}
		k.goes(t, "after 90 days", 90*24*time.Hour, map[retention.Class]int{})
		k.goes(t, "after a day more", 24*time.Hour, map[retention.Class]int{retention.Quarantine: 1, retention.Drafts: 1})
		if files, err := sql.Rows(t.Context(), k.db, "SELECT draft FROM draft_file"); err != nil || len(files) != 0 {
			t.Errorf("files of the draft are held: %v, %v", files, err)
		}
		k.chain(t)
	})
}

// TestEverythingThatHangsOnAnAlertGoesWithIt looks for tables that refer to a visit, a plan or an alert and are forgotten when one goes.
func TestEverythingThatHangsOnAnAlertGoesWithIt(t *testing.T) {
	db := sqltest.Open(t, sqltest.SQLite(t))
	tables, err := sql.Rows(t.Context(), db, `SELECT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' AND f."table" IN ('alert', 'attendance', 'plan', 'escalation_step')`)
	if err != nil || len(tables) < 5 {
		t.Fatalf("only %v refer to them, %v", tables, err)
	}
	dropped := strings.Join(sql.Dropped(), "\n")
	for _, table := range tables {
		if !strings.Contains(dropped, "DELETE FROM "+table+" WHERE") {
			t.Errorf("%s is left when what it refers to goes", table)
		}
	}
}
