package sql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/sql"
)

var officer = journal.Actor{Name: "privacy officer", Role: "operator"}

func (k keeping) numberOf(t *testing.T, digits string) plans.NHSNumber {
	t.Helper()
	n, err := plans.ParseNHSNumber(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOnePersonIsErasedAndNobodyElse erases somebody with visits, alerts, a plan, a record of the hospital, a draft and a message in quarantine.
func TestOnePersonIsErasedAndNobodyElse(t *testing.T) {
	eachKeeping(t, func(t *testing.T, k keeping) {
		her := k.numberOf(t, "9990000018")
		plan := k.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		k.publish(t, "plan-2", "9990000026", plans.Active, "of somebody else")
		e := message(alerts.Arrive, "V1", "1", "9990000018", 0)
		e.HospitalNumber = alerts.Stated("HOSP-4711")
		k.receive(t, e)
		k.tell(t, alerts.Arrive, "V2", "2", "9990000026")
		person := message(alerts.Person, "", "3", "9990000018", 1)
		person.Trigger, person.HospitalNumber = "A31", alerts.Stated("HOSP-4711")
		k.receive(t, person)
		merge := message(alerts.Merge, "", "4", "9990000018", 2)
		merge.Trigger, merge.HospitalNumber, merge.Prior.HospitalNumbers = "A40", alerts.Stated("HOSP-4711"), []string{"HOSP-4710"}
		k.receive(t, merge)
		for _, raw := range []string{"PID|||999 000 0018^^^NHS", "P\x00I\x00D\x009\x009\x009\x000\x000\x000\x000\x000\x001\x008\x00", "PID|||9990000026^^^NHS"} {
			if err := k.store.KeepQuarantined(t.Context(), alerts.Quarantined{Sender: "PAS|RQW", Received: noon, Raw: []byte(raw), Answer: "AE", Reason: "odd"}); err != nil {
				t.Fatal(err)
			}
		}
		draft := plans.DraftPlan{ID: "draft-1", Centre: "RAL", Author: "dr-test", Plan: "plan-1", Base: 1, Saved: noon}
		if _, err := k.store.BeginDraft(t.Context(), draft, journal.Entry{Time: noon, Kind: journal.DraftSaved, Actor: centre}); err != nil {
			t.Fatal(err)
		}
		opening := privacy.Opening{ID: "opening-1", Plan: "plan-1", Centre: "RAL", By: nurse, Glass: true, Why: privacy.Advice, Words: "Annabel Testcase fits", At: noon, Until: noon.Add(time.Hour)}
		if err := k.store.KeepOpening(t.Context(), opening); err != nil {
			t.Fatal(err)
		}
		refused := func(why error, reason string) {
			t.Helper()
			if _, err := k.desk.Erase(t.Context(), k.store, her, reason, officer, false); !errors.Is(err, why) {
				t.Fatalf("erased: %v, want %v", err, why)
			}
		}
		refused(alerts.ErrNoReason, "")
		refused(alerts.ErrHere, "she asked for it")
		later := func(kind alerts.Kind, control string) {
			*k.now = k.now.Add(time.Minute)
			k.tell(t, kind, "V1", control, "9990000018")
		}
		later(alerts.Depart, "5")
		refused(alerts.ErrPlanHolds, "she asked for it")
		later(alerts.Reopen, "6")
		plan.Status = plans.Revoked
		if _, _, err := k.desk.Publish(t.Context(), plans.Publication{Plan: plan, Document: []byte("revoked")}, centre); err != nil {
			t.Fatal(err)
		}
		later(alerts.Depart, "7")
		refused(alerts.ErrPlanShown, "she asked for it") // the department is still told that the plan was withdrawn
		alert := k.alertOf(t, "plan-1")
		if err := k.desk.SeeRecall(t.Context(), alert, "RQW-AE", nurse); err != nil {
			t.Fatal(err)
		}
		want := alerts.Erased{Visits: 1, Alerts: 1, Plans: 1, Records: 3, Quarantined: 2}
		if would, err := k.desk.Erase(t.Context(), k.store, her, "she asked for it", officer, true); err != nil || would != want {
			t.Fatalf("there would be erased %v, %v; want %v", would, err, want)
		}
		if done, err := k.desk.Erase(t.Context(), k.store, her, "she asked for it", officer, false); err != nil || done != want {
			t.Fatalf("erased %v, %v; want %v", done, err, want)
		}
		if again, err := k.desk.Erase(t.Context(), k.store, her, "she asked for it", officer, false); err != nil || again != (alerts.Erased{}) {
			t.Errorf("erased again: %v, %v", again, err)
		}
		k.nowhere(t, "9990000018", "999 000 0018", "HOSP-4711", "hidden", "HOSP-4710")
		if open := k.board(t, "RQW-AE"); len(open) != 1 || open[0].Attendance.Visit != "V2" {
			t.Errorf("the board shows %+v", open)
		}
		if o, err := k.store.Opening(t.Context(), "opening-1"); err != nil || o.Words != "" || o.By != nurse || o.Why != opening.Why {
			t.Errorf("of an opening stays %+v, %v", o, err)
		}
		if _, err := k.store.Plan(t.Context(), "plan-2"); err != nil {
			t.Errorf("somebody else's plan: %v", err)
		}
		var told []string
		for _, e := range k.journal(t) {
			if e.Kind == journal.PersonErased {
				told = append(told, e.Subject+" "+e.Reason)
			}
		}
		if len(told) != 2 || !strings.HasPrefix(told[0], "person-") || !strings.Contains(told[0], "she asked for it: 1 visits, 1 alerts, 1 plans") || strings.Contains(told[0], "999") {
			t.Errorf("the journal tells %q", told)
		}
		k.chain(t)
	})
}

// alertOf is the alert about a plan, open or not.
func (k keeping) alertOf(t *testing.T, plan string) string {
	t.Helper()
	rows, err := sql.Rows(t.Context(), k.db, "SELECT id FROM alert WHERE plan = '"+plan+"'")
	if err != nil || len(rows) != 1 {
		t.Fatalf("the alerts about %s: %q, %v", plan, rows, err)
	}
	return rows[0]
}

// nowhere looks for words in every table but the journal, which is read by itself.
func (k keeping) nowhere(t *testing.T, words ...string) {
	t.Helper()
	for _, table := range []string{"attendance", "plan", "plan_version", "alert", "merge", "quarantine", "draft", "ruling", "talk", "visit_digest", "journal", "plan_identifier", "plan_part"} {
		rows, err := sql.Rows(t.Context(), k.db, "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if slices.ContainsFunc(rows, func(r string) bool { return strings.Contains(r, word) }) {
				t.Errorf("%q stands in %s", word, table)
			}
		}
	}
}

// TestARestrictionHoldsForPlansThatAreHeldAndThatCome has a person restricted before and after plans come, and takes it back.
func TestARestrictionHoldsForPlansThatAreHeldAndThatCome(t *testing.T) {
	eachKeeping(t, func(t *testing.T, k keeping) {
		her := k.numberOf(t, "9990000018")
		k.publish(t, "plan-1", "9990000018", plans.Active, "one")
		k.tell(t, alerts.Arrive, "V1", "1", "9990000018")
		restrict := func(on bool, want bool) {
			t.Helper()
			changed, err := k.desk.Restrict(t.Context(), her, on, "court order", officer)
			if err != nil || changed != want {
				t.Fatalf("restricted %v: changed %v, %v", on, changed, err)
			}
		}
		is := func(when, plan string, want bool) {
			t.Helper()
			held, err := k.store.Plan(t.Context(), plan)
			if err != nil || held.Plan.Patient.Restricted != want {
				t.Fatalf("%s the patient of %s is restricted: %v, %v", when, plan, !want, err)
			}
		}
		if _, err := k.desk.Restrict(t.Context(), her, true, "", officer); !errors.Is(err, alerts.ErrNoReason) {
			t.Errorf("restricted without a reason: %v", err)
		}
		restrict(true, true)
		restrict(true, false)
		is("at once", "plan-1", true)
		*k.now = k.now.Add(time.Minute)
		k.publish(t, "plan-1", "9990000018", plans.Active, "revised")
		k.publish(t, "plan-2", "9990000018", plans.Active, "another")
		k.publish(t, "plan-3", "9990000026", plans.Active, "of somebody else")
		is("revised", "plan-1", true)
		is("new", "plan-2", true)
		is("of somebody else", "plan-3", false)
		if open := k.board(t, "RQW-AE"); len(open) != 2 || !open[0].Plan.Patient.Restricted {
			t.Errorf("the board shows %+v", open)
		}
		own := k.publish(t, "plan-4", "9990000018", plans.Active, "the centre says so itself")
		own.Patient.Restricted = true
		if _, _, err := k.desk.Publish(t.Context(), plans.Publication{Plan: own, Document: []byte("own")}, centre); err != nil {
			t.Fatal(err)
		}
		restrict(false, true)
		restrict(false, false)
		is("taken back", "plan-1", false)
		is("taken back", "plan-2", false)
		is("taken back, and restricted by the centre", "plan-4", true)
		var told []journal.Kind
		for _, e := range k.journal(t) {
			switch {
			case e.Kind == journal.PersonRestricted || e.Kind == journal.PersonUnrestricted:
				if strings.Contains(e.Subject+e.Reason, "999") || e.Reason != "court order" || e.Actor != officer {
					t.Errorf("%+v", e)
				}
				told = append(told, e.Kind)
			case e.Reason == alerts.RestrictedReason:
				if e.Room != "RQW-AE" {
					t.Errorf("told to %q", e.Room)
				}
				told = append(told, e.Kind)
			}
		}
		want := []journal.Kind{journal.PersonRestricted, journal.AlertUpdated, journal.PersonUnrestricted, journal.AlertUpdated, journal.AlertUpdated, journal.AlertUpdated}
		if !slices.Equal(told, want) {
			t.Errorf("the journal tells %v, want %v", told, want)
		}
	})
}
