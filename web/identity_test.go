package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

// doubtful is an alert about somebody without an NHS number.
func (w *world) doubtful(change ...func(*alerts.Sight)) string {
	return w.arrive(append([]func(*alerts.Sight){func(s *alerts.Sight) {
		s.Attendance.Patient = plans.Identity{Family: "Testpatient", Given: "Adah", BirthDate: "1980-02-13", Postcode: "CM20 1QX"}
		s.Plan.Patient.Postcode, s.Plan.Patient.Others = "CM20 1QX", [3]plans.PersonName{{Family: "Formerly", Given: "Ada"}}
		s.Alert.Match, s.Alert.Reason = alerts.Possible, "date of birth agrees"
	}}, change...)...)
}

// side reads what stands side by side.
func (w *world) side(t *testing.T, id string) (subscribers.PairView, string) {
	t.Helper()
	answer := w.ask("GET", "/api/alerts/"+id+"/identity", "clinician-RQW", "")
	if answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	var v subscribers.PairView
	body := answer.Body.String()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v, body
}

func TestAnArrivalBesideAPlan(t *testing.T) {
	w := newWorld(t)
	id := w.doubtful()
	v, body := w.side(t, id)
	got := map[string]subscribers.FieldView{}
	for _, f := range v.Fields {
		got[f.Name] = f
	}
	for name, want := range map[string][3]string{
		"NHS number": {"", "9990000018", "not known"}, "family name": {"Testpatient", "Testpatient", "agrees"}, "given name": {"Adah", "Ada", "agrees in part"},
		"date of birth": {"1980-02-13", "1980-02-13", "agrees"}, "sex": {"", "", "not known"}, "postcode": {"CM20 1QX", "CM20 1QX", "agrees"},
		"other names": {"", "Formerly, Ada", ""},
	} {
		if f := got[name]; f.Arrival != want[0] || f.Plan != want[1] || f.Agreement != want[2] {
			t.Errorf("%s: %+v, want %v", name, f, want)
		}
	}
	if strings.Contains(body, "Adrenal") || strings.Contains(body, "Hydrocortisone") {
		t.Errorf("the plan is given away: %s", body)
	}
	if reads := w.entries(journal.IdentityRead); len(reads) != 1 || reads[0].Subject != id || reads[0].Actor.Name != "doctor" {
		t.Errorf("the journal holds the readings %+v", reads)
	}
	wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/identity", "screen-RQW-AE", ""), http.StatusForbidden, "may not")
	wantProblem(t, w.ask("GET", "/api/alerts/nope/identity", "clinician-RQW", ""), http.StatusNotFound, "no such alert")
	w.unrecordable = errDisk
	wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/identity", "clinician-RQW", ""), http.StatusServiceUnavailable, "could not be recorded")
}

func TestWhereARestrictedPatientLivesIsNotShown(t *testing.T) {
	for _, side := range []func(*alerts.Sight){
		func(s *alerts.Sight) { s.Plan.Patient.Restricted = true }, func(s *alerts.Sight) { s.Attendance.Patient.Restricted = true },
	} {
		w := newWorld(t)
		v, body := w.side(t, w.doubtful(side))
		if strings.Contains(body, "CM20") {
			t.Errorf("the postcode is given away: %s", body)
		}
		if f := v.Fields[5]; f.Name != "postcode" || !f.Hidden || f.Agreement != "agrees" {
			t.Errorf("what is said of the postcode: %+v", f)
		}
	}
}

func TestSayingWhoAPatientIs(t *testing.T) {
	w := newWorld(t)
	id := w.doubtful()
	v, _ := w.side(t, id)
	say := func(token, answer, seen string) (int, string) {
		a := w.ask("POST", "/api/alerts/"+id+"/identity", token, `{"answer":"`+answer+`","seen":"`+seen+`"}`, "Content-Type", "application/json")
		return a.Code, a.Body.String()
	}
	for _, row := range []struct {
		what, token, answer, seen string
		code                      int
		says                      string
	}{
		{"a screen on a wall", "screen-RQW-AE", "same", v.Seen, http.StatusForbidden, "may not"},
		{"an answer that nobody knows", "clinician-RQW", "perhaps", v.Seen, http.StatusUnprocessableEntity, ""},
		{"nothing was seen", "clinician-RQW", "same", "", http.StatusUnprocessableEntity, "what was seen"},
		{"something else was seen", "clinician-RQW", "same", "abcdefgh", http.StatusConflict, "changed since they were shown"},
		{"this is not the patient", "clinician-RQW", "other", v.Seen, http.StatusOK, `"state":"withdrawn"`},
		{"somebody who looked before that says the opposite", "clinician-RQW", "same", v.Seen, http.StatusConflict, "doctor (clinician) said at 14:02 on 22 November that this is not the patient"},
		{"it is, after all", "clinician-RQW", "same", "", http.StatusOK, `"match":"confirmed"`},
	} {
		if row.code == http.StatusOK && row.seen == "" {
			now, _ := w.side(t, id)
			row.seen = now.Seen
		}
		if code, body := say(row.token, row.answer, row.seen); code != row.code || !strings.Contains(body, row.says) {
			t.Errorf("%s: %d %s", row.what, code, body)
		}
		if row.answer == "other" {
			out := w.ask("GET", "/api/departments/RQW-AE/ruled-out", "clinician-RQW", "")
			if out.Code != http.StatusOK || !strings.Contains(out.Body.String(), id) || strings.Contains(out.Body.String(), "Adrenal") ||
				!strings.Contains(out.Body.String(), `"ruling":{"answer":"other","by":"doctor","role":"clinician","at":"2026-11-22T14:02:10Z"}`) {
				t.Errorf("ruled out: %d %s", out.Code, out.Body)
			}
			wantProblem(t, w.ask("GET", "/api/departments/RQW-AE/ruled-out", "screen-RQW-AE", ""), http.StatusForbidden, "may not")
		}
	}
}

func TestWhatThereIsNothingToSayAbout(t *testing.T) {
	for _, row := range []struct {
		because string
		change  func(*alerts.Sight)
		code    int
		says    string
	}{
		{"the patient has left", func(s *alerts.Sight) { s.Attendance.State, s.Alert.State = alerts.Departed, alerts.Closed }, http.StatusGone, "no longer open"},
		{"the alert was withdrawn for another reason", func(s *alerts.Sight) { s.Alert.State = alerts.Withdrawn }, http.StatusGone, "no longer open"},
		{"the plan is not shared here any more", func(s *alerts.Sight) { s.Plan.Centre = "RWG" }, http.StatusForbidden, "not shared"},
		{"the patient dissents", func(s *alerts.Sight) { s.Attendance.Consent = plans.Dissent }, http.StatusForbidden, "not shared"},
		{"the patient is in another hospital", func(s *alerts.Sight) { s.Alert.Department = "RWG-AE" }, http.StatusForbidden, "may not"},
	} {
		w := newWorld(t)
		id := w.doubtful(row.change)
		wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/identity", "clinician-RQW", ""), row.code, row.says)
		wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/identity", "clinician-RQW", `{"answer":"same","seen":"x"}`, "Content-Type", "application/json"), row.code, row.says)
		if n := len(w.entries(journal.IdentityRead)); n != 0 {
			t.Errorf("%s: %d readings", row.because, n)
		}
	}
}
