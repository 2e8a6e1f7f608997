package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
)

// shelf keeps openings in memory, and reads what the world journalled. sql has the real ones.
type shelf struct {
	w   *world
	all []privacy.Opening
}

func (s *shelf) KeepOpening(ctx context.Context, o privacy.Opening) error {
	if err := s.w.Record(ctx, o.Entry()); err != nil {
		return err
	}
	s.all = append([]privacy.Opening{o}, s.all...)
	return nil
}

func (s *shelf) Opening(_ context.Context, id string) (privacy.Opening, error) {
	for _, o := range s.all {
		if o.ID == id {
			return o, nil
		}
	}
	return privacy.Opening{}, privacy.ErrNoOpening
}

func (s *shelf) StandingOpening(_ context.Context, by journal.Actor, plan string, now time.Time) (privacy.Opening, error) {
	for _, o := range s.all {
		if o.Plan == plan && o.Holds(by, now) {
			return o, nil
		}
	}
	return privacy.Opening{}, privacy.ErrNoOpening
}

func (s *shelf) Broken(context.Context, time.Time, int) (broken []privacy.Opening, err error) {
	for _, o := range s.all {
		if o.Glass {
			broken = append(broken, o)
		}
	}
	return broken, nil
}

func (s *shelf) OpeningsOf(_ context.Context, plan string) (of []privacy.Opening, err error) {
	for _, o := range s.all {
		if o.Plan == plan {
			of = append(of, o)
		}
	}
	return of, nil
}

func (s *shelf) OpeningsFor(ctx context.Context, centre string, _ time.Time, _ int) (of []privacy.Opening, err error) {
	broken, err := s.Broken(ctx, time.Time{}, 0)
	for _, o := range broken {
		if o.Centre == centre {
			of = append(of, o)
		}
	}
	return of, err
}

func (s *shelf) KeepFinding(ctx context.Context, o privacy.Opening, f privacy.Finding) error {
	for i := range s.all {
		if s.all[i].ID == o.ID {
			s.all[i].Finding = &f
		}
	}
	return s.w.Record(ctx, f.Entry(o))
}

func (s shelf) Search(_ context.Context, q privacy.Query) (page []journal.Entry, more bool, err error) {
	for i, e := range s.w.recorded {
		e.Number = int64(i + 1)
		matches := q.Actor == "" || q.Actor == e.Actor.Name
		for _, subject := range q.Subjects {
			matches = matches && (subject == e.Subject || len(q.Subjects) > 1)
		}
		if matches {
			page = append(page, e)
		}
	}
	slices.Reverse(page)
	return page, false, nil
}

func (s shelf) AlertsOf(_ context.Context, plan string) (held []privacy.Held, err error) {
	for id, sight := range s.w.sights {
		if sight.Plan.ID == plan {
			held = append(held, privacy.Held{Alert: id, Attendance: sight.Attendance.ID, Plan: plan})
		}
	}
	return held, nil
}

func (s shelf) BoardChanges(_ context.Context, department string, _, _ int64) (changes []journal.Entry, err error) {
	for id, sight := range s.w.sights {
		if sight.Alert.Department == department {
			changes = append(changes, journal.Entry{Kind: journal.AlertRaised, Subject: id, Room: department, Time: sight.Alert.Raised})
		}
	}
	return changes, nil
}

func (s shelf) NumberAt(context.Context, time.Time) (int64, error) { return 1, nil }

// persons are the callers of these tests, by their tokens.
var persons = map[string]access.Account{
	"screen-RQW-AE": {Name: "board", Role: access.Screen, Organisation: "RQW", Department: "RQW-AE"},
	"doctor-RQW":    {Name: "doctor", Role: access.Clinician, Organisation: "RQW"},
	"doctor-RWG":    {Name: "watford doctor", Role: access.Clinician, Organisation: "RWG"},
	"privacy-RWG":   {Name: "watford privacy", Role: access.PrivacyOfficer, Organisation: "RWG"},
	"privacy-RQW":   {Name: "harlow privacy", Role: access.PrivacyOfficer, Organisation: "RQW"},
	"privacy-RP4":   {Name: "gosh privacy", Role: access.PrivacyOfficer, Organisation: "RP4"},
	"auditor":       {Name: "auditor", Role: access.Auditor, Organisation: "QM7"},
	"centre-RP4":    {Name: "gosh", Role: access.Centre, Organisation: "RP4"},
}

func withPersons(o *Options) {
	book := map[access.Token]access.Account{}
	for token, account := range persons {
		book[access.HashToken(token)] = account
	}
	o.Accounts = access.NewBook(book)
}

// clocked makes the clock of a world one that can be set.
func clocked(at *time.Time) func(*Options) {
	return func(o *Options) { o.Now = func() time.Time { return *at } }
}

// left lets the patient leave a while before now.
func left(before time.Duration) func(*alerts.Sight) {
	return func(s *alerts.Sight) {
		s.Attendance.State, s.Attendance.Marks.StatedLeft = alerts.Departed, now.Add(-before)
		s.Alert.State, s.Alert.StateReason = alerts.Closed, "the patient left"
	}
}

// TestFromArrivalUntilAWhileAfterDeparture: who had the patient may open the plan; the journal says why.
func TestFromArrivalUntilAWhileAfterDeparture(t *testing.T) {
	for _, row := range []struct {
		what, token string
		change      func(*alerts.Sight)
		status      int
		why         string
	}{
		{"while the patient is there", "doctor-RQW", func(*alerts.Sight) {}, 200, "open a plan: the patient is in the department"},
		{"an hour after", "doctor-RQW", left(time.Hour), 200, "open a plan: the patient left the department less than 4h0m0s ago"},
		{"four hours after", "doctor-RQW", left(4 * time.Hour), 403, ""},
		{"an hour after, at another hospital", "doctor-RWG", left(time.Hour), 403, ""},
		{"when the arrival was cancelled", "doctor-RQW", func(s *alerts.Sight) { s.Attendance.State, s.Alert.State = alerts.Cancelled, alerts.Withdrawn }, 403, ""},
		{"an hour after, of a plan that was withdrawn", "doctor-RQW", func(s *alerts.Sight) { left(time.Hour)(s); s.Plan.Status = plans.Revoked }, 403, ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := newWorld(t, withPersons)
			id := w.arrive(row.change)
			answer := w.ask("GET", "/api/alerts/"+id+"/plan", row.token, "")
			want(t, answer, row.status)
			holds := w.ask("GET", "/api/alerts/"+id+"/plan/holds", row.token, "")
			if (holds.Code == http.StatusNoContent) != (row.status == 200) {
				t.Errorf("an open page is told %d", holds.Code)
			}
			readings, refused := w.entries(journal.PlanRead), w.entries(journal.AccessRefused)
			if row.status != 200 {
				if len(readings) > 0 || len(refused) != 2 || refused[0].Place != "GET /api/alerts/{alert}/plan from 192.0.2.1" {
					t.Errorf("journalled: %+v", w.recorded)
				}
				return
			}
			if len(readings) != 1 || readings[0].Reason != row.why || readings[0].Place != "GET /api/alerts/{alert}/plan from 192.0.2.1" || len(refused) > 0 {
				t.Errorf("journalled: %+v", w.recorded)
			}
			if shown := read[shownPlan](t, answer); strings.Contains(row.why, "left") != (shown.Until != nil) {
				t.Errorf("it may be open until %v", shown.Until)
			}
		})
	}
}

// TestSpeciallyProtectedPatientsTakeOneStepMore: whoever has the patient says why first; it holds for that account, and for a while.
func TestSpeciallyProtectedPatientsTakeOneStepMore(t *testing.T) {
	for what, change := range map[string]func(*alerts.Sight){
		"sensitive for the hospital":  func(s *alerts.Sight) { s.Attendance.Marks.Sensitive = true },
		"restricted for the centre":   func(s *alerts.Sight) { s.Plan.Patient.Restricted = true },
		"restricted for the hospital": func(s *alerts.Sight) { s.Attendance.Patient.Restricted = true },
	} {
		t.Run(what, func(t *testing.T) {
			at := now
			w := newWorld(t, withPersons, clocked(&at))
			id := w.arrive(change)
			for _, token := range []string{"doctor-RQW", "screen-RQW-AE"} {
				wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/plan", token, ""), http.StatusPreconditionRequired, "say why")
			}
			wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/reason", "doctor-RQW", `{"why":"curious"}`), http.StatusUnprocessableEntity, "")
			want(t, w.ask("POST", "/api/alerts/"+id+"/reason", "doctor-RQW", `{"why":"other","words":"anaphylaxis in resus"}`), http.StatusOK)
			want(t, w.ask("GET", "/api/alerts/"+id+"/plan", "doctor-RQW", ""), http.StatusOK)
			want(t, w.ask("GET", "/api/alerts/"+id+"/plan", "screen-RQW-AE", ""), http.StatusPreconditionRequired)
			stated, readings := w.entries(journal.ReasonStated), w.entries(journal.PlanRead)
			if len(stated) != 1 || stated[0].Subject != "gosh-1" || len(readings) != 1 || !strings.Contains(readings[0].Reason, "another reason, opening ") {
				t.Errorf("journalled: %+v", w.recorded)
			}
			for _, e := range w.recorded {
				if strings.Contains(e.Reason, "anaphylaxis") {
					t.Errorf("the journal quotes what was written: %+v", e)
				}
			}
			at = now.Add(DefaultReasonLasts)
			want(t, w.ask("GET", "/api/alerts/"+id+"/plan/holds", "doctor-RQW", ""), http.StatusPreconditionRequired)
		})
	}
}

// TestBreakingTheGlass goes the whole way: a reason, the plan for a while and for one account, the privacy officer's list, the centre's page.
func TestBreakingTheGlass(t *testing.T) {
	at := now
	w := newWorld(t, withPersons, clocked(&at))
	w.arrive()
	const asked = `{"nhs_number":"999 000 0018","birth_date":"1980-02-13","why":"patient-here","words":"Ada Testpatient is in bed 4"}`
	for what, row := range map[string]struct {
		body   string
		status int
	}{
		"without a reason":            {`{"nhs_number":"9990000018","birth_date":"1980-02-13","why":""}`, 422},
		"with another date of birth":  {strings.Replace(asked, "1980", "1981", 1), 404},
		"without a date of birth":     {strings.Replace(asked, "1980-02-13", "", 1), 404},
		"with a number that is none":  {strings.Replace(asked, "0018", "0019", 1), 404},
		"with a number nobody has":    {strings.Replace(asked, "0018", "0026", 1), 404},
		"for an alert that is nobody": {`{"alert":"nobody","why":"advice"}`, 404},
	} {
		if answer := w.ask("POST", "/api/openings", "doctor-RWG", row.body); answer.Code != row.status {
			t.Errorf("%s: %d %s", what, answer.Code, answer.Body)
		}
	}
	if n := len(w.entries(journal.AccessRefused)); n != 5 {
		t.Errorf("%d refusals are journalled, want all that were not mistakes in the form", n)
	}
	for _, token := range []string{"screen-RQW-AE", "privacy-RWG", "auditor", "centre-RP4"} {
		want(t, w.ask("POST", "/api/openings", token, asked), http.StatusForbidden)
	}

	opened := read[openingView](t, w.ask("POST", "/api/openings", "doctor-RWG", asked))
	path := "/api/openings/" + opened.Opening
	shown := read[openedView](t, w.ask("GET", path+"/plan", "doctor-RWG", ""))
	if shown.Patient.Family != "Testpatient" || len(shown.Shown.Sections) != 1 || shown.Shown.Until == nil || !shown.Shown.Until.Equal(now.Add(time.Hour)) {
		t.Errorf("shown: %+v", shown)
	}
	want(t, w.ask("GET", path+"/holds", "doctor-RWG", ""), http.StatusNoContent)
	want(t, w.ask("GET", path+"/plan", "doctor-RQW", ""), http.StatusNotFound) // somebody else's
	broken, seen := w.entries(journal.GlassBroken), w.entries(journal.PlanRead)
	if len(broken) != 1 || broken[0].Subject != "gosh-1" || !strings.Contains(broken[0].Reason, "the patient is here") || len(seen) != 1 || !strings.Contains(seen[0].Reason, opened.Opening) {
		t.Errorf("journalled: %+v", w.recorded)
	}

	queue := read[brokenList](t, w.ask("GET", "/api/privacy/openings", "privacy-RWG", ""))
	if queue.Waiting != 1 || queue.Openings[0].Words != "Ada Testpatient is in bed 4" || queue.Openings[0].By != "watford doctor" || queue.Openings[0].Patient != "Testpatient, Ada" {
		t.Errorf("the queue: %+v", queue)
	}
	if other := read[brokenList](t, w.ask("GET", "/api/privacy/openings", "privacy-RQW", "")); len(other.Openings) != 0 {
		t.Errorf("another hospital's privacy officer is shown %+v", other)
	}
	finding := path[len("/api"):] + "/finding"
	want(t, w.ask("POST", "/api/privacy"+finding, "privacy-RQW", `{"upheld":true,"words":"fine"}`), http.StatusForbidden)
	want(t, w.ask("POST", "/api/privacy"+finding, "privacy-RWG", `{"upheld":false,"words":" "}`), http.StatusUnprocessableEntity)
	want(t, w.ask("POST", "/api/privacy"+finding, "privacy-RWG", `{"upheld":false,"words":"No such patient was in bed 4."}`), http.StatusNoContent)
	want(t, w.ask("POST", "/api/privacy"+finding, "privacy-RWG", `{"upheld":true,"words":"again"}`), http.StatusConflict)

	page := read[ownPlanPage](t, w.ask("GET", "/api/centre/plans/gosh-1", "centre-RP4", ""))
	if len(page.Openings) != 1 || page.Openings[0].Finding != "not-upheld" || page.Openings[0].Organisation != "West Hertfordshire" || page.Openings[0].Role != "clinician" {
		t.Errorf("the centre is told %+v", page.Openings)
	}
	at = now.Add(time.Hour)
	want(t, w.ask("GET", path+"/plan", "doctor-RWG", ""), http.StatusForbidden)
	want(t, w.ask("GET", path+"/holds", "doctor-RWG", ""), http.StatusForbidden)
}

// TestNoGlassIsBrokenThroughWhatTheCentreOrThePatientSaid: an exception is about where the patient is, not about who may be shown the plan.
func TestNoGlassIsBrokenThroughWhatTheCentreOrThePatientSaid(t *testing.T) {
	for what, change := range map[string]func(*alerts.Sight){
		"dissent at the centre":              func(s *alerts.Sight) { s.Plan.Consent = plans.Dissent },
		"dissent at the desk":                func(s *alerts.Sight) { s.Attendance.Consent = plans.Dissent },
		"restricted to other organisations":  func(s *alerts.Sight) { s.Plan.Restriction.Organisations = []string{"RQW"} },
		"restricted to other roles":          func(s *alerts.Sight) { s.Plan.Restriction.Roles = []string{"screen"} },
		"no agreement":                       func(s *alerts.Sight) { s.Plan.Centre = "RGT2" },
		"an agreement on summaries only":     func(s *alerts.Sight) { s.Plan.Centre = "RGT" },
		"withdrawn":                          func(s *alerts.Sight) { s.Plan.Status = plans.Revoked },
		"perhaps somebody else":              func(s *alerts.Sight) { s.Alert.Match = alerts.Possible },
		"specially protected, without words": func(s *alerts.Sight) { s.Plan.Patient.Restricted = true },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, withPersons)
			id := w.arrive(change)
			answer := w.ask("POST", "/api/openings", "doctor-RWG", fmt.Sprintf(`{"alert":%q,"why":"coming"}`, id))
			if answer.Code != http.StatusForbidden && answer.Code != http.StatusUnprocessableEntity {
				t.Errorf("answered %d %s", answer.Code, answer.Body)
			}
			if len(w.entries(journal.GlassBroken)) > 0 {
				t.Error("the glass is broken")
			}
		})
	}
}

// TestWhoLookedAndWhomAnAccountWasShown: the same readings, by the plan and by the account.
func TestWhoLookedAndWhomAnAccountWasShown(t *testing.T) {
	w := newWorld(t, withPersons)
	id := w.arrive()
	w.checkedArrivals = []subscribers.Arrival{{
		Attendance: alerts.Attendance{ID: "a9", Patient: plans.Identity{Family: "=Formula", Given: "Bob", BirthDate: "1970-01-02"}}, Check: alerts.Check{Attendance: "a9", Department: "RQW-AE", Arrived: now.Add(-time.Hour), At: now},
	}}
	want(t, w.ask("GET", "/api/alerts/"+id+"/plan", "doctor-RQW", ""), http.StatusOK)
	want(t, w.ask("GET", "/api/departments/RQW-AE/arrivals", "doctor-RQW", ""), http.StatusOK)

	for _, body := range []string{`{"plan":"gosh-1"}`, `{"nhs_number":"9990000018"}`} {
		for token, whole := range map[string]bool{"privacy-RP4": true, "auditor": true, "privacy-RQW": false} {
			looks := read[looksList](t, w.ask("POST", "/api/privacy/looks", token, body)).Plans
			if len(looks) != 1 || looks[0].Whole != whole || looks[0].Looks[0].By != "doctor" || looks[0].Looks[0].Reason == "" || looks[0].Looks[0].Place == "" {
				t.Errorf("%s, %s: %+v", token, body, looks)
			}
		}
	}
	want(t, w.ask("POST", "/api/privacy/looks", "privacy-RWG", `{"plan":"gosh-1"}`), http.StatusNotFound) // nobody of theirs looked

	period := fmt.Sprintf(`{"account":"doctor","from":%q,"to":%q}`, now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339))
	exposed := read[exposureView](t, w.ask("POST", "/api/privacy/exposure", "privacy-RQW", period))
	if len(exposed.Patients) != 2 || exposed.Patients[0].NHSNumber != "9990000018" || exposed.Patients[1].Name != "=Formula, Bob" || len(exposed.Unknown) > 0 {
		t.Errorf("exposed: %+v", exposed)
	}
	sheet := w.ask("POST", "/api/privacy/exposure.csv", "privacy-RQW", period)
	want(t, sheet, http.StatusOK)
	if body := sheet.Body.String(); !strings.Contains(body, "\"Testpatient, Ada\",9990000018,1980-02-13,gosh-1,plan.read,") || !strings.Contains(body, "\"'=Formula, Bob\"") {
		t.Errorf("the file: %s", body)
	}
	if others := read[exposureView](t, w.ask("POST", "/api/privacy/exposure", "privacy-RWG", period)); len(others.Patients) > 0 {
		t.Errorf("another hospital's privacy officer is shown %+v", others)
	}
	want(t, w.ask("POST", "/api/privacy/exposure", "auditor", period), http.StatusForbidden)

	found := read[auditPage](t, w.ask("POST", "/api/audit/search", "auditor", `{"subject":"999 000 0018"}`))
	if len(found.Entries) == 0 {
		t.Error("nothing is found by the NHS number")
	}
	want(t, w.ask("POST", "/api/audit/search", "auditor", `{"kind":"plan."}`), http.StatusUnprocessableEntity)
	for _, e := range w.recorded {
		if strings.Contains(e.Reason+e.Subject+e.Place, "999") {
			t.Errorf("the journal has the number: %+v", e)
		}
	}
	if n := len(w.entries(journal.AuditSearched)); n != 1 {
		t.Errorf("%d searches are journalled", n)
	}
}
