package web

import "net/http"

// health is the answer of a process that runs, readiness that of a service that looked whether it can do its work.
type (
	health struct {
		Status string `json:"status"`
	}
	readiness struct {
		Ready  bool    `json:"ready"`
		Checks []Check `json:"checks" nullable:"false"`
	}
)

// getHealth says that the process answers.
func (s *server) getHealth(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", health{"ok"})
}

// getReady says whether the service can do its work, and if not, why not: 200 or 503.
func (s *server) getReady(w http.ResponseWriter, r *http.Request) {
	answer := readiness{true, []Check{}}
	for _, c := range s.Ready(r.Context()) {
		answer.Checks = append(answer.Checks, c)
		answer.Ready = answer.Ready && (c.OK || c.Advisory)
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
		retryHint(w.Header(), status)
	}
	writeJSON(w, status, "application/json", answer)
}
