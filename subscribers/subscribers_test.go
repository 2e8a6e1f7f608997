package subscribers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

const londonAndHarlow = `
regions: [{id: Y56, name: London}, {id: QM7, name: Hertfordshire and West Essex}]
organisations:
  - {id: RAL, name: Royal Free, region: Y56, centre: true, phone: 01632 960700}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
sites: [{id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}]
departments: [{id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE]}]
agreements: [{from: Y56, to: QM7, plans: [736373009]}, {from: Y56, to: QM7, plans: [325691000000100], show: summary}]
`

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func sight(t *testing.T) alerts.Sight {
	t.Helper()
	n, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	return alerts.Sight{
		Alert: alerts.Alert{ID: "alert-1", Attendance: "visit-1", Plan: "plan-1", Version: 2, Centre: "RAL", Department: "RQW-AE", Match: alerts.Confirmed,
			Reason: "NHS number and date of birth agree", Urgency: plans.Critical, State: alerts.Raised, Raised: noon},
		Attendance: alerts.Attendance{ID: "visit-1", Patient: plans.Identity{NHSNumber: n, Family: "PATIENTNAME", Given: "Ann", BirthDate: "1980-02-13", Sex: plans.Female},
			Location: alerts.Location{PointOfCare: "AE", Bed: "4"}, StatedArrival: noon.Add(-time.Minute), Department: "RQW-AE", Warning: "a guess"},
		Plan: plans.Plan{ID: "plan-1", Version: 2, Centre: "RAL", Status: plans.Active, Categories: []string{"736373009"}, Headline: "PLANTEXT headline", Sections: []plans.Section{{Text: "PLANTEXT section"}}},
	}
}

func TestWhatAViewerSeesOfAnAlert(t *testing.T) {
	dir, err := directory.Parse([]byte(londonAndHarlow))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what          string
		department    string
		change        func(*alerts.Sight)
		patient, plan bool // whether the patient's name and anything of the plan's text is there
		state         string
		contains      []string
	}{
		{"a confirmed match", "RQW-AE", func(*alerts.Sight) {}, true, true, "raised",
			[]string{`"nhs_number":"9990000018"`, `"age":46`, `"centre_name":"Royal Free"`, `"arrived":"2026-11-22T11:59:00Z"`, `"location":"AE, 4"`, `"warnings":["a guess"]`}},
		{"a possible match: nothing of the plan", "RQW-AE", func(s *alerts.Sight) { s.Alert.Match = alerts.Possible }, true, false, "raised", nil},
		{"withdrawn: nothing of the plan", "RQW-AE", func(s *alerts.Sight) {
			s.Alert.State, s.Alert.StateReason = alerts.Withdrawn, "the centre withdrew the plan"
		}, true, false, "withdrawn",
			[]string{`"state_reason":"the centre withdrew the plan"`}},
		{"acknowledged: by whom and when", "RQW-AE", func(s *alerts.Sight) {
			s.Alert.State = alerts.Acknowledged
			s.Alert.Acknowledgement = &alerts.Acknowledgement{By: journal.Actor{Name: "nurse", Role: "clinician"}, At: noon, Version: 1}
		}, true, true, "acknowledged", []string{`"acknowledged":{"by":"nurse","role":"clinician","at":"2026-11-22T12:00:00Z","version":1,"holder":"nurse"}`}},
		{"a summary: the headline, and whom to call", "RQW-AE", func(s *alerts.Sight) { s.Plan.Categories = []string{"325691000000100"} }, true, true, "raised",
			[]string{`"show":"summary"`, `"headline":"PLANTEXT headline"`, `"centre_phone":"01632 960700"`}},
		{"for clinicians only: nothing of the plan on a board that everybody sees", "RQW-AE", func(s *alerts.Sight) { s.Plan.Restriction.Roles = []string{"clinician"} }, true, false, "raised",
			[]string{`"show":"restricted"`, `"centre_phone":"01632 960700"`}},
		{"the patient dissented a moment ago: nothing of the plan", "RQW-AE", func(s *alerts.Sight) { s.Attendance.Consent = plans.Dissent }, true, false, "raised", nil},
		{"the agreement ended a moment ago: nothing of the plan", "RQW-AE", func(s *alerts.Sight) { s.Plan.Categories = nil }, true, false, "raised", nil},
		{"recalled: that, and nothing of the plan", "RQW-AE", func(s *alerts.Sight) {
			s.Alert.State, s.Alert.StateReason, s.Alert.Recall = alerts.Withdrawn, "the centre marked the plan as entered in error", &alerts.Recall{At: noon, Version: 3}
		}, true, false, "withdrawn", []string{`"recall":true`, `"recalled":"2026-11-22T12:00:00Z"`, `"state_reason":"the centre marked the plan as entered in error"`}},
		{"the patient has moved on: nothing but that", "RWG-AE", func(*alerts.Sight) {}, false, false, "withdrawn", []string{alerts.MovedReason}},
	} {
		t.Run(row.what, func(t *testing.T) {
			s := sight(t)
			row.change(&s)
			b, err := json.Marshal(subscribers.Draw(s, row.department, dir, noon))
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			if got := strings.Contains(text, "PATIENTNAME"); got != row.patient {
				t.Errorf("the patient is shown: %v: %s", got, text)
			}
			if got := strings.Contains(text, "PLANTEXT"); got != row.plan {
				t.Errorf("the plan is shown: %v: %s", got, text)
			}
			for _, want := range append(row.contains, `"state":"`+row.state+`"`) {
				if !strings.Contains(text, want) {
					t.Errorf("no %s in %s", want, text)
				}
			}
		})
	}
}
