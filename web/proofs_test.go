package web

import (
	"context"
	"net/http"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
)

func (w *world) Proofs(context.Context, int) ([]alerts.Proof, error) {
	return []alerts.Proof{{ID: "proof-1", Began: now, Ended: now, Visits: 5, Plans: 100, Expected: 3, Found: 2, Findings: []alerts.Finding{
		{Fault: alerts.Missing, Attendance: "a1", Plan: "gosh-1", Centre: "RP4", Department: "RQW-AE", Mended: true},
		{Fault: alerts.Missing, Attendance: "a2", Plan: "kings-1", Centre: "RJZ", Department: "RWG-AE"},
	}}}, w.broken
}

func TestAProofsFindingsAreShownToThoseWhomTheyConcern(t *testing.T) {
	const counts = `"id":"proof-1","began":"2026-11-22T14:02:10Z","ended":"2026-11-22T14:02:10Z","visits":5,"plans":100,"expected":3,"found":2,"differences":2,"mended":false`
	own := `{"proofs":[{` + counts + `,"findings":[{"fault":"missing","attendance":"a1","plan":"gosh-1","centre":"RP4","department":"RQW-AE","mended":true}]}]}`
	w := newWorld(t)
	for _, token := range []string{"clinician-RQW", "centre-RP4"} {
		same(t, w.ask("GET", "/api/proofs", token, ""), own)
	}
	wantProblem(t, w.ask("GET", "/api/proofs", "screen-RQW-AE", ""), http.StatusForbidden, "may not")
}
