package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func serve(w *world, r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// same checks an answer against the JSON that the pages and scripts are built on, member for member.
func same(t *testing.T, answer *httptest.ResponseRecorder, wanted string) {
	t.Helper()
	want(t, answer, http.StatusOK)
	if ct := answer.Header().Get("Content-Type"); ct != "application/json" {
		t.Errorf("the content type is %q", ct)
	}
	var got, expected any
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(wanted), &expected); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Error("the answer differs (- want, + got):\n" + diff)
	}
}

func TestTheDepartmentsOfToday(t *testing.T) {
	same(t, newWorld(t).ask("GET", "/api/departments", "", ""), `{"departments":[
		{"id":"RQW-AE","name":"Emergency Department","organisation":"RQW","organisation_name":"Princess Alexandra Hospital","site_name":"Princess Alexandra Hospital",
		 "region":"QM7","region_name":"Hertfordshire and West Essex","time_zone":"Europe/London","phones":[{"name":"Nurse in charge","number":"01279 000000"}]},
		{"id":"RWG-AE","name":"Emergency Department","organisation":"RWG","organisation_name":"West Hertfordshire","site_name":"Watford General Hospital",
		 "region":"QM7","region_name":"Hertfordshire and West Essex","time_zone":"Europe/London","phones":[]}]}`)
}

func TestWhoASessionBelongsTo(t *testing.T) {
	w := newWorld(t)
	same(t, w.ask("GET", "/api/session", "screen-RQW-AE", ""), `{"name":"board","role":"screen","organisation":"RQW","department":"RQW-AE","demo":false,"by":"token","may":["acknowledge an alert","ask a centre","give a receipt","open a plan","read what was asked and answered","say what a plan changed","see who was told of an alert","watch a board"]}`)
	doctor := w.ask("GET", "/api/session", "clinician-RQW", "").Body.String()
	if !strings.HasPrefix(doctor, `{"name":"doctor","role":"clinician","organisation":"RQW","demo":false,"by":"token","may":["acknowledge an alert",`) {
		t.Errorf("a clinician's session is %s", doctor)
	}
	same(t, w.ask("GET", "/api/session", "", "", "Authorization", "bearer clinician-RQW"), strings.TrimSpace(doctor))
}

func TestDemoAccountsAreGivenOnlyInADemonstration(t *testing.T) {
	wantProblem(t, newWorld(t).ask("GET", "/api/demo/accounts", "", ""), http.StatusNotFound, "no demonstration")
	demo := newWorld(t, func(o *Options) {
		o.DemoAccounts = []DemoAccount{{Token: "demo-clinician-RQW", Role: "clinician", Organisation: "RQW", Description: "A doctor"}}
	})
	same(t, demo.ask("GET", "/api/demo/accounts", "", ""), `{"accounts":[{"token":"demo-clinician-RQW","role":"clinician","organisation":"RQW","description":"A doctor"}]}`)
	if answer := demo.ask("GET", "/api/session", "clinician-RQW", ""); !strings.Contains(answer.Body.String(), `"demo":true`) {
		t.Errorf("the session does not say that this is a demonstration: %s", answer.Body)
	}
}

const theAlert = `{"id":"alert1","department":"RQW-AE","attendance":"att1","patient":{"name":"Testpatient, Ada","family":"Testpatient","given":"Ada",
	"nhs_number":"9990000018","birth_date":"1980-02-13","age":46},"match":"confirmed","reason":"NHS number and date of birth agree","plan":"gosh-1","version":3,
	"centre":"RP4","centre_name":"Great Ormond Street Hospital","headline":"Adrenal insufficiency","urgency":"critical","raised":"2026-11-22T14:02:10Z","state":"raised"}`

func TestTheAlertsOfADepartment(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	same(t, w.ask("GET", "/api/departments/RQW-AE/alerts", "screen-RQW-AE", ""), `{"department":"RQW-AE","position":"k3v9q2/42","alerts":[`+theAlert+`]}`)
	same(t, w.ask("GET", "/api/departments/RQW-AE/alerts", "clinician-RQW", ""), `{"department":"RQW-AE","position":"k3v9q2/42","alerts":[`+theAlert+`]}`)
	same(t, w.ask("GET", "/api/departments/RWG-AE/alerts", "screen-RWG-AE", ""), `{"department":"RWG-AE","position":"k3v9q2/42","alerts":[]}`)
	reads := w.entries(journal.AlertsRead)
	if len(reads) != 3 || reads[0].Subject != "RQW-AE" || reads[0].Actor.Name != "board" || reads[1].Actor.Name != "doctor" || reads[2].Subject != "RWG-AE" {
		t.Errorf("the journal holds the readings %+v", reads)
	}
	wantProblem(t, w.ask("GET", "/api/departments/RZZ-AE/alerts", "clinician-RQW", ""), http.StatusNotFound, "no such department")
	wantProblem(t, w.ask("GET", "/api/departments/RWG-OLD/alerts", "screen-RWG-AE", ""), http.StatusNotFound, "no such department")
}

func TestOneAlert(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	same(t, w.ask("GET", "/api/alerts/"+id, "screen-RQW-AE", ""), theAlert)
	if n := len(w.entries(journal.AlertsRead)); n != 1 {
		t.Errorf("%d readings are journalled", n)
	}
	for _, bad := range []string{"nope", "no%00pe", "no%2Fpe", strings.Repeat("a", 65), "%27%3B--"} {
		wantProblem(t, w.ask("GET", "/api/alerts/"+bad, "screen-RQW-AE", ""), http.StatusNotFound, "no such alert")
	}
}

func TestThePlanBehindAnAlert(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	same(t, w.ask("GET", "/api/alerts/"+id+"/plan", "clinician-RQW", ""), `{"plan":"gosh-1","version":3,"status":"active","centre":"RP4",
		"centre_name":"Great Ormond Street Hospital","headline":"Adrenal insufficiency","urgency":"critical","published":"2026-11-22T13:02:10Z",
		"sections":[{"title":"What to do in an emergency","text":"Hydrocortisone at once."}],"content":{},"conflicts":[]}`)
	reads := w.entries(journal.PlanRead)
	if len(reads) != 1 || reads[0].Subject != "gosh-1" || reads[0].Version != 3 || reads[0].Actor.Name != "doctor" || reads[0].Room != "" {
		t.Errorf("the journal holds the readings %+v", reads)
	}
}

// What the department had before it first is given with what it has now; what was for others, or came a moment ago, is not.
func TestAPlanTellsWhatItSaidWhenItWasFirstShown(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	edition := func(version int, says string, roles ...string) plans.Edition {
		return plans.Edition{
			Version: version, Headline: says, Published: now.Add(time.Duration(version-5) * time.Hour), Document: []byte(`{"resourceType":"CarePlan","status":"active"}`),
			Restriction: plans.Restriction{Roles: roles},
		}
	}
	w.shown = map[string][]plans.Edition{id + " RQW-AE": {
		edition(4, "Published a moment ago"), edition(3, "Adrenal insufficiency"), edition(2, "For the clinicians", "clinician"), edition(1, "Ring us"),
	}}
	versions := func(token string) (found []string) {
		answer := w.ask("GET", "/api/alerts/"+id+"/plan", token, "")
		want(t, answer, http.StatusOK)
		for _, v := range read[shownPlan](t, answer).Versions {
			found = append(found, fmt.Sprint(v.Version, " ", v.Headline, " ", v.Written[0].Text))
		}
		return found
	}
	if diff := cmp.Diff([]string{"3 Adrenal insufficiency Adrenal insufficiency", "1 Ring us Ring us"}, versions("screen-RQW-AE")); diff != "" {
		t.Error(diff)
	}
	var reads []int
	for _, e := range w.entries(journal.PlanRead) {
		reads = append(reads, e.Version)
	}
	if diff := cmp.Diff([]int{3, 1}, reads); diff != "" {
		t.Errorf("the journal does not hold what was read: %s", diff)
	}
	if got := versions("clinician-RQW"); len(got) != 3 {
		t.Errorf("a clinician is given %v", got)
	}
	w.shown[id+" RQW-AE"] = []plans.Edition{edition(4, "Published a moment ago"), edition(3, "Adrenal insufficiency")}
	if got := versions("screen-RQW-AE"); len(got) != 0 {
		t.Errorf("there is nothing to compare, and %v is given", got)
	}
}

func TestPlansThatMayNotBeOpened(t *testing.T) {
	for _, row := range []struct {
		because string
		change  func(*alerts.Sight)
		says    string
	}{
		{"the match is only possible", func(s *alerts.Sight) { s.Alert.Match = alerts.Possible }, "confirm identity first"},
		{"the patient has left", func(s *alerts.Sight) { s.Alert.State = alerts.Closed }, "no longer open"},
		{"the alert was withdrawn", func(s *alerts.Sight) { s.Alert.State = alerts.Withdrawn }, "no longer open"},
		{"the plan was withdrawn this moment", func(s *alerts.Sight) { s.Plan.Status = plans.EnteredInError }, "no longer open"},
		{"the patient moved to another hospital", func(s *alerts.Sight) { s.Alert.Department = "RWG-AE" }, "may not"},
		{"the plan has expired this moment", func(s *alerts.Sight) { s.Plan.To = now }, "no longer open"},
		{"the agreement covers the headline only", func(s *alerts.Sight) { s.Plan.Centre = "RGT" }, "Call the centre"},
		{"no agreement covers it any more", func(s *alerts.Sight) { s.Plan.Centre = "RWG" }, "not shared"},
		{"the patient dissents", func(s *alerts.Sight) { s.Plan.Consent = plans.Dissent }, "not shared"},
		{"the patient dissented at the desk this moment", func(s *alerts.Sight) { s.Attendance.Consent = plans.Dissent }, "not shared"},
		{"the plan is for other organisations", func(s *alerts.Sight) { s.Plan.Restriction.Organisations = []string{"RWG"} }, "not shared"},
		{"the plan is for clinicians, and this is a screen", func(s *alerts.Sight) { s.Plan.Restriction.Roles = []string{"clinician"} }, "in this role"},
	} {
		t.Run(row.because, func(t *testing.T) {
			w := newWorld(t)
			id := w.arrive(row.change)
			answer := w.ask("GET", "/api/alerts/"+id+"/plan", "screen-RQW-AE", "")
			wantProblem(t, answer, http.StatusForbidden, row.says)
			if strings.Contains(answer.Body.String(), "Hydrocortisone") {
				t.Error("the plan is in the answer")
			}
			if refused := w.entries(journal.AccessRefused); len(refused) != 1 || refused[0].Subject != id || len(w.entries(journal.PlanRead)) != 0 {
				t.Errorf("the journal holds %+v", w.recorded)
			}
		})
	}
}

func TestNothingIsShownThatCannotBeJournalled(t *testing.T) {
	for _, path := range []string{"/api/alerts/alert1/plan", "/api/alerts/alert1", "/api/departments/RQW-AE/alerts"} {
		w := newWorld(t)
		w.arrive()
		w.unrecordable = errDisk
		answer := w.ask("GET", path, "screen-RQW-AE", "")
		if answer.Header().Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come back", path)
		}
		wantProblem(t, answer, http.StatusServiceUnavailable, "could not be recorded")
		for _, secret := range []string{"Hydrocortisone", "Testpatient", "disk"} {
			if strings.Contains(answer.Body.String(), secret) {
				t.Errorf("%s answers with %s", path, secret)
			}
		}
	}
}

func TestAnAlertIsAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	address := "/api/alerts/" + id + "/acknowledgement"
	acknowledged := strings.Replace(theAlert, `"state":"raised"`, `"state":"acknowledged","acknowledged":{"by":"doctor","role":"clinician","at":"2026-11-22T14:02:10Z","version":3,"holder":"doctor"}`, 1)
	same(t, w.ask("POST", address, "clinician-RQW", ""), acknowledged)
	same(t, w.ask("POST", address, "clinician-RQW", `{"anything":"at all"}`, "Content-Type", "application/json"), acknowledged)
	wantProblem(t, w.ask("POST", address, "screen-RQW-AE", ""), http.StatusConflict, "doctor")
	wantProblem(t, w.ask("POST", "/api/alerts/nope/acknowledgement", "screen-RQW-AE", ""), http.StatusNotFound, "no such alert")
}

func TestAnAlertThatIsNoLongerOpenCannotBeAnswered(t *testing.T) {
	w := newWorld(t)
	id := w.arrive(func(s *alerts.Sight) { s.Alert.State = alerts.Closed })
	wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/acknowledgement", "screen-RQW-AE", ""), http.StatusGone, "no longer open")
}

func TestAFailureOverTheAPISaysNothingOfItself(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	w.broken = errDisk
	for _, path := range []string{"/api/departments/RQW-AE/alerts", "/api/alerts/" + id, "/api/alerts/" + id + "/plan"} {
		answer := w.ask("GET", path, "screen-RQW-AE", "")
		if strings.Contains(answer.Body.String(), "disk") {
			t.Errorf("%s answers with what failed: %s", path, answer.Body)
		}
		wantProblem(t, answer, http.StatusInternalServerError, "could not do this")
	}
	if !strings.Contains(w.log.String(), errDisk.Error()) {
		t.Error("the log does not say what failed")
	}
}

func TestTheDescriptionOfTheAPI(t *testing.T) {
	answer := newWorld(t).ask("GET", "/api/openapi.json", "", "")
	want(t, answer, http.StatusOK)
	var api struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]any
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &api); err != nil || !strings.HasPrefix(api.OpenAPI, "3.1") || len(api.Paths) < 13 {
		t.Errorf("the description is of OpenAPI %s with %d paths, %v", api.OpenAPI, len(api.Paths), err)
	}
	for _, path := range []string{"/api/docs", "/openapi.json", "/schemas/Board.json"} {
		want(t, newWorld(t).ask("GET", path, "", ""), http.StatusNotFound)
	}
}
