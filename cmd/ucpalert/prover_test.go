package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// proving is a store with one patient and one plan, and a node that proves.
type proving struct {
	*prover
	db  *sql.DB
	log *bytes.Buffer
}

func newProving(t *testing.T) proving {
	t.Helper()
	db := sqltest.Open(t, sqltest.SQLite(t))
	_, desk := demoDesk(t, db)
	log := &bytes.Buffer{}
	p := proving{newProver(desk, db, slog.New(slog.NewJSONHandler(log, nil))), db, log}
	number, err := plans.ParseNHSNumber("9991000003")
	if err != nil {
		t.Fatal(err)
	}
	who := plans.Identity{NHSNumber: number, Family: "Testcase", BirthDate: "1980-02-13"}
	plan := plans.Plan{ID: "plan-1", Centre: "RP4", Status: plans.Active, Urgency: plans.Urgent, Headline: "Proved", Patient: who}
	by := journal.Actor{Name: "gosh", Role: "centre", Organisation: "RP4"}
	if _, _, err := desk.Publish(t.Context(), plans.Publication{Plan: plan, Document: []byte("{}")}, by); err != nil {
		t.Fatal(err)
	}
	arrival := alerts.Event{
		Sender: "PAS|RQW", ControlID: "1", Kind: alerts.Arrive, Trigger: "A04", Facility: "RQW", Visit: "V1", Class: "E", Sent: time.Now(),
		Location: alerts.Stated(alerts.Location{PointOfCare: "AE", Site: "RQWG0"}), NHSNumber: alerts.Stated(number), BirthDate: alerts.Stated(who.BirthDate),
	}
	if _, err := desk.Receive(t.Context(), arrival); err != nil {
		t.Fatal(err)
	}
	return p
}

// do runs one statement against the database, as a careless repair would.
func (p proving) do(t *testing.T, text string) {
	t.Helper()
	st, err := sql.Parse("repair", text)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(st, nil); return err }); err != nil {
		t.Fatal(err)
	}
}

// ended waits for the report of a proof.
func (p proving) ended(t *testing.T, id string) alerts.Proof {
	t.Helper()
	for range 1000 {
		switch report, err := p.store.Proof(t.Context(), id); {
		case err == nil:
			return report
		case !errors.Is(err, alerts.ErrNoProof):
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no report of %s: %s", id, p.log)
	return alerts.Proof{}
}

func TestOneProofAtATimeOnAllNodes(t *testing.T) {
	one := newProving(t)
	two := newProver(one.desk, one.db, one.prover.log) // another node on the same database
	asker := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	first, began, err := one.Prove(t.Context(), asker)
	if err != nil || !began {
		t.Fatalf("the first: %v, %v", began, err)
	}
	if second, began, err := two.Prove(t.Context(), asker); err != nil || began || second != first {
		t.Errorf("while that one is under way, the other node begins %v %s: %v", began, second, err)
	}
	two.look(t.Context()) // nor does the night
	if len(two.begun) > 0 {
		t.Error("the night began another one")
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- one.run(ctx) }()
	report := one.ended(t, first)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(report.Findings) > 0 || report.Visits != 1 || report.Plans != 1 || report.Expected != 1 || report.Found != 1 {
		t.Errorf("the report is %+v", report)
	}
	// It gave the work back.
	if third, began, err := two.Prove(t.Context(), asker); err != nil || !began || third == first {
		t.Errorf("afterwards: %s, %v, %v", third, began, err)
	}
}

// A difference is an alarm wherever somebody may look, and it is mended.
func TestADifferenceIsAnAlarmEverywhereAndIsMended(t *testing.T) {
	p := newProving(t)
	p.do(t, "UPDATE alert SET open = FALSE, on_board = FALSE, state = 'closed'") // and nobody decided that
	registry := prometheus.NewRegistry()
	registerProof(registry, p.store)
	p.look(t.Context())
	begun := <-p.begun
	p.say(t.Context())(p.prove(t.Context(), begun))
	report := p.ended(t, begun.id)
	if len(report.Findings) != 1 || report.Findings[0].Fault != alerts.Missing || !report.Mended() {
		t.Fatalf("the report is %+v", report)
	}
	if _, open, err := p.store.Board(t.Context(), "RQW-AE"); err != nil || len(open) != 1 || !open[0].Alert.Open() {
		t.Errorf("the board shows %+v, %v", open, err)
	}
	if log := p.log.String(); !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, "were not as they should be") || strings.Contains(log, "9991000003") {
		t.Errorf("the log says %s", log)
	}
	if check := proofCheck(t.Context(), p.store, time.Now()); check.OK || !strings.Contains(check.Reason, "they were mended") {
		t.Errorf("readyz says %+v", check)
	}
	for name, want := range map[string]float64{"ucpalert_proof_differences": 1, "ucpalert_proof_not_mended": 0, "ucpalert_proof_ended_seconds": float64(report.Ended.UnixMilli()) / 1000} {
		if got := gauge(t, registry, name); got != want {
			t.Errorf("%s is %v, not %v", name, got, want)
		}
	}
	entries, err := p.store.After(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	last := entries[len(entries)-1]
	if last.Kind != journal.ProofEnded || last.Subject != begun.id || last.Actor != journal.Service || !strings.Contains(last.Reason, "not as they should be: 1") {
		t.Errorf("the journal says %+v", last)
	}
}

func gauge(t *testing.T, from *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

// Hospitals wait for their answers; a proof that nobody sends beside need not.
func TestAProofRestsLessWhereNothingArrives(t *testing.T) {
	const took = 4 * time.Millisecond
	writes, now := int64(100), time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	beside := newNeighbours(func() int64 { return writes }, now)
	for _, row := range []struct {
		name    string
		after   time.Duration
		arrived int64
		want    time.Duration
	}{
		{"at first nothing is known of the others", 0, 0, 5 * time.Millisecond},
		{"half a second says nothing yet", 500 * time.Millisecond, 1, 5 * time.Millisecond},
		{"a second in which only the probe wrote", 500 * time.Millisecond, 0, time.Millisecond},
		{"still quiet", 100 * time.Millisecond, 3, time.Millisecond},
		{"messages come: noticed before the second is over", 100 * time.Millisecond, 20, 5 * time.Millisecond},
		{"that second is over", 800 * time.Millisecond, 0, 5 * time.Millisecond},
		{"nothing came since, and a whole second must show it", 500 * time.Millisecond, 0, 5 * time.Millisecond},
		{"it did", 500 * time.Millisecond, 1, time.Millisecond},
	} {
		now, writes = now.Add(row.after), writes+row.arrived
		if got := beside.restAfter(took, now); got != row.want {
			t.Errorf("%s: it rests %s, want %s", row.name, got, row.want)
		}
	}
}

// A node that was held up while another took the work must not go on.
func TestAProofWhoseLeaseIsLostEnds(t *testing.T) {
	p := newProving(t)
	for i := range 150 { // more than a slice of plans
		p.do(t, strings.ReplaceAll("INSERT INTO plan (id, version, centre, status, urgency, nhs_number, family, given, birth_date, sex, postcode) VALUES ('other-#', 1, 'RP4', 'active', 'urgent', '', '', '', '', '', '')", "#", string(rune('a'+i/26))+string(rune('a'+i%26))))
	}
	now := time.Now()
	p.now = func() time.Time { now = now.Add(proofLease); return now } // every look at the clock is minutes later
	if _, _, err := p.Prove(t.Context(), journal.Service); err != nil {
		t.Fatal(err)
	}
	if ours, err := p.store.TakeLease(t.Context(), proofWork, "another node", now.Add(proofLease), now.Add(100*proofLease)); err != nil || !ours {
		t.Fatal(ours, err)
	}
	if report, err := p.prove(t.Context(), <-p.begun); !errors.Is(err, errProofTaken) || !report.Ended.IsZero() {
		t.Errorf("it went on: %+v, %v", report, err)
	}
	if holder, err := p.store.LeaseHolder(t.Context(), proofWork, now); err != nil || holder != "another node" {
		t.Errorf("then %q has the work: %v", holder, err)
	}
}
