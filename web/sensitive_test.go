package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/subscribers"
)

// TestWhoSeesWhoASensitivePatientIs asks every place that tells of patients, for every role that may be before it.
func TestWhoSeesWhoASensitivePatientIs(t *testing.T) {
	const hidden, told, refused = "hidden", "told", "refused"
	for _, row := range []struct{ what, path, screen, clinician string }{
		{"a board", "/api/departments/RQW-AE/alerts", hidden, hidden}, // on a wall, whoever signed in before it
		{"an alert that is opened", "/api/alerts/ALERT", hidden, told},
		{"an arrival beside a plan", "/api/alerts/ALERT/identity", refused, told},
		{"the arrivals of a day", "/api/departments/RQW-AE/arrivals", refused, told},
		{"the alerts of the last days", "/api/departments/RQW-AE/recent", refused, told},
		{"who was ruled out", "/api/departments/RQW-AE/ruled-out", refused, told},
	} {
		for who, want := range map[string]string{"screen-RQW-AE": row.screen, "clinician-RQW": row.clinician} {
			t.Run(row.what+", "+who, func(t *testing.T) {
				w := newWorld(t)
				secret := func(s *alerts.Sight) {
					s.Attendance.Marks.Sensitive, s.Attendance.Patient.Family, s.Attendance.Patient.Given = true, "Hiddenname", "Secretgiven"
				}
				id := w.doubtful(secret)
				sight := w.sights[id]
				w.checkedArrivals = []subscribers.Arrival{{Attendance: sight.Attendance, Check: alerts.Check{Attendance: "a1", Department: "RQW-AE", Arrived: now, At: now}}}
				w.recents = []subscribers.Recent{{Alert: sight.Alert, Attendance: sight.Attendance}}
				if row.what == "who was ruled out" {
					w.rulings[id] = alerts.Ruling{Answer: alerts.OtherPatient}
					sight.Alert.State = alerts.Withdrawn
					w.sights[id] = sight
				}
				answer := w.ask("GET", strings.Replace(row.path, "ALERT", id, 1), who, "")
				body := answer.Body.String()
				got := hidden
				switch names := strings.Contains(body, "Hiddenname") || strings.Contains(body, "Secretgiven"); {
				case answer.Code != http.StatusOK && !names:
					got = refused
				case names:
					got = told
				case !strings.Contains(body, id):
					t.Fatalf("nobody is there at all: %s", body)
				}
				if got != want {
					t.Errorf("%s, want %s: %d %s", got, want, answer.Code, body)
				}
			})
		}
	}
}
