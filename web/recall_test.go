package web

import (
	"context"
	"net/http"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

// SeeRecall knows one recall, in the department that the patient has left.
func (w *world) SeeRecall(_ context.Context, id, department string, by journal.Actor) error {
	if w.broken != nil {
		return w.broken
	}
	if id != "alert1" || department != "RQW-AE" {
		return alerts.ErrNotOpen
	}
	w.recallSeen = append(w.recallSeen, by.Name+" in "+department)
	return nil
}

func TestARecallIsSeenOverHTTP(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	for _, row := range []struct {
		what, path, token string
		status            int
	}{
		{"a screen says so for where it stands", "", "screen-RQW-AE", http.StatusNoContent},
		{"a screen elsewhere has none to see", "", "screen-RWG-AE", http.StatusGone},
		{"a screen may not for another department", "?department=RQW-AE", "screen-RWG-AE", http.StatusForbidden},
		{"a clinician says which department of the trust", "?department=RQW-AE", "clinician-RQW", http.StatusNoContent},
		{"or means the one of the alert", "", "clinician-RQW", http.StatusNoContent},
		{"not for another trust", "?department=RWG-AE", "clinician-RQW", http.StatusForbidden},
		{"a department that there is not", "?department=GONE", "clinician-RQW", http.StatusForbidden},
		{"a centre was told nothing", "", "centre-RP4", http.StatusForbidden},
	} {
		t.Run(row.what, func(t *testing.T) {
			want(t, w.ask("POST", "/api/alerts/alert1/recall-seen"+row.path, row.token, ""), row.status)
		})
	}
	if n := len(w.recallSeen); n != 3 || w.recallSeen[0] != "board in RQW-AE" || w.recallSeen[1] != "doctor in RQW-AE" {
		t.Errorf("seen by %v", w.recallSeen)
	}
	want(t, w.ask("POST", "/api/alerts/nothing/recall-seen", "screen-RQW-AE", ""), http.StatusNotFound)
}
