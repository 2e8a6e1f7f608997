package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

func (w *world) Proofs(context.Context, int) ([]alerts.Proof, error) {
	return []alerts.Proof{{ID: "proof-1", Began: now, Ended: now, Visits: 5, Plans: 100, Expected: 3, Found: 2, Findings: []alerts.Finding{
		{Fault: alerts.Missing, Attendance: "a1", Plan: "gosh-1", Centre: "RP4", Department: "RQW-AE", Mended: true},
		{Fault: alerts.Missing, Attendance: "a2", Plan: "kings-1", Centre: "RJZ", Department: "RWG-AE"},
	}}}, w.broken
}

func (w *world) Proof(ctx context.Context, id string) (alerts.Proof, error) {
	for _, p := range must(w.Proofs(ctx, 1)) {
		if p.ID == id {
			return p, w.broken
		}
	}
	return alerts.Proof{}, alerts.ErrNoProof
}

func (w *world) Prove(_ context.Context, by journal.Actor) (string, bool, error) {
	if w.proving != "" || w.broken != nil {
		return w.proving, false, w.broken
	}
	w.proving = "proof-2 by " + by.Name
	return w.proving, true, nil
}

func (w *world) Proving(context.Context) (string, error) { return w.proving, w.broken }

func (w *world) Compared(id string) int { return 40 * len(id) }

func must[T any](v T, _ error) T { return v }

func TestAProofIsMadeWhenSomebodyAsks(t *testing.T) {
	w := newWorld(t)
	answer := w.ask("POST", "/api/proofs", "clinician-RQW", "")
	want(t, answer, http.StatusAccepted)
	const begun = `"id":"proof-2 by doctor","state":"running","already_running":`
	if at := answer.Header().Get("Location"); at != "/api/proofs/proof-2 by doctor" || strings.TrimSpace(answer.Body.String()) != "{"+begun+"false}" {
		t.Errorf("asked to look at %q: %s", at, answer.Body)
	}
	// Whoever asks while it is under way is told of the same one.
	answer = w.ask("POST", "/api/proofs", "centre-RP4", "")
	want(t, answer, http.StatusAccepted)
	if got := strings.TrimSpace(answer.Body.String()); got != "{"+begun+"true}" {
		t.Errorf("the second is told %s", got)
	}
	w.proving = "proof-2"
	answer = w.ask("GET", "/api/proofs/proof-2", "clinician-RQW", "")
	want(t, answer, http.StatusOK)
	if got := answer.Body.String(); !strings.Contains(got, `"state":"running"`) || !strings.Contains(got, `"plans":280`) || strings.Contains(got, `"ended":`) {
		t.Errorf("under way it is %s", got)
	}
	if got := w.ask("GET", "/api/proofs", "centre-RP4", "").Body.String(); !strings.HasPrefix(got, `{"running":{"id":"proof-2","state":"running",`) {
		t.Errorf("the list says %s", got)
	}
	answer = w.ask("GET", "/api/proofs/proof-1", "clinician-RQW", "")
	if got := answer.Body.String(); !strings.Contains(got, `"state":"ended"`) || !strings.Contains(got, `"differences":2`) || strings.Contains(got, "kings-1") {
		t.Errorf("ended it is %s", got)
	}
	wantProblem(t, w.ask("GET", "/api/proofs/proof-3", "clinician-RQW", ""), http.StatusNotFound, "no such proof")
}

func TestAProofsFindingsAreShownToThoseWhomTheyConcern(t *testing.T) {
	const counts = `"id":"proof-1","state":"ended","began":"2026-11-22T14:02:10Z","ended":"2026-11-22T14:02:10Z","visits":5,"plans":100,"expected":3,"found":2,"differences":2,"mended":false`
	own := `{"proofs":[{` + counts + `,"findings":[{"fault":"missing","attendance":"a1","plan":"gosh-1","centre":"RP4","department":"RQW-AE","mended":true,"centre_name":"Great Ormond Street Hospital","department_name":"Emergency Department, Princess Alexandra Hospital"}]}]}`
	w := newWorld(t)
	for _, token := range []string{"clinician-RQW", "centre-RP4"} {
		same(t, w.ask("GET", "/api/proofs", token, ""), own)
	}
	// Whoever runs the service sees all of them.
	if got := w.ask("GET", "/api/proofs", "operator", "").Body.String(); strings.Count(got, `"fault":`) != 2 {
		t.Errorf("the operator reads %s", got)
	}
	wantProblem(t, w.ask("GET", "/api/proofs", "screen-RQW-AE", ""), http.StatusForbidden, "may not")
}
