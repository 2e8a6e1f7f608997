package web

import "net/http"

// getHealth says that the process answers.
func (s *server) getHealth(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", struct {
		Status string `json:"status"`
	}{"ok"})
}

// getReady says whether the service can do its work, and if not, why not: 200 or 503.
func (s *server) getReady(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		Ready  bool    `json:"ready"`
		Checks []Check `json:"checks"`
	}{true, []Check{}}
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
