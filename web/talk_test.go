package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

func (w *world) Thread(_ context.Context, alert, _ string) (of []alerts.Line, e alerts.Effect, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.lines {
		if l.Alert == alert {
			of = append(of, l)
		}
	}
	return of, w.effects[alert], w.broken
}

func (w *world) Waiting(_ context.Context, centre string, reader journal.Actor, at time.Time) (all []subscribers.Waiting, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.lines {
		if l := &w.lines[i]; l.Open && l.Centre == centre {
			l.Read = at
			all = append(all, subscribers.Waiting{Line: *l, Family: "Testpatient", Headline: "Adrenal insufficiency", Department: l.Department})
		}
	}
	w.recorded = append(w.recorded, journal.Entry{Kind: journal.ThreadRead, Actor: reader, Subject: centre})
	return all, w.broken
}

func (w *world) WaitingFor(_ context.Context, centre string) (map[string]subscribers.WaitingCount, time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	by := map[string]subscribers.WaitingCount{}
	for _, l := range w.lines {
		if l.Open && l.Centre == centre {
			by[l.Plan] = subscribers.WaitingCount{Questions: by[l.Plan].Questions + 1}
		}
	}
	return by, now, w.broken
}

func (w *world) Say(_ context.Context, alert, department string, kind alerts.LineKind, typed string, actor journal.Actor) (alerts.Line, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, err := alerts.ReadLine(typed)
	if err != nil {
		return alerts.Line{}, err
	}
	l := alerts.Line{ID: fmt.Sprint("line-", len(w.lines)+1), Alert: alert, Plan: "gosh-1", Version: 3, Centre: "RP4", Department: department, Kind: kind, Text: text, By: actor, At: now, Open: true}
	w.lines = append(w.lines, l)
	return l, w.broken
}

func (w *world) Reply(_ context.Context, line, centre, typed string, actor journal.Actor) (alerts.Line, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.lines {
		if l := &w.lines[i]; l.ID == line && l.Centre == centre {
			if !l.Open {
				return alerts.Line{}, alerts.ErrNotWaiting
			}
			l.Open = false
			answer := alerts.Line{ID: "answer-1", Alert: l.Alert, Centre: centre, Kind: alerts.Answer, Answers: line, Text: typed, By: actor, At: now}
			w.lines = append(w.lines, answer)
			return answer, w.broken
		}
	}
	return alerts.Line{}, alerts.ErrNoLine
}

func (w *world) SeeAnswers(context.Context, string, string, journal.Actor) error { return w.broken }

func (w *world) GiveOutcome(_ context.Context, alert, department string, changed alerts.Changed, actor journal.Actor) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if changed == "nonsense" {
		return alerts.ErrChanged
	}
	w.effects[alert] = alerts.Effect{Alert: alert, Department: department, Changed: changed, By: actor, At: now}
	return w.broken
}

const hostile = "<img src=x onerror=alert(1)> \u202e 50 mg?"

func (w *world) put(path, token, body string, status int) {
	w.t.Helper()
	want(w.t, w.ask("PUT", path, token, body, "Content-Type", "application/json"), status)
}

func TestADepartmentAsksAndTheCentreAnswersOnTheSameAlert(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	asked := decode[LineView](t, w.post("/api/alerts/"+id+"/questions", "clinician-RQW", fmt.Sprintf(`{"text":%q}`, hostile), http.StatusOK))
	if asked.Text != hostile || asked.State != "waiting" || asked.Organisation != "Princess Alexandra Hospital" || asked.Role != "clinician" {
		t.Errorf("asked was %+v", asked)
	}
	counts := decode[waitingCounts](t, w.ask("GET", "/api/centre/talk/counts", "centre-RP4", "").Body.Bytes())
	if counts.Questions != 1 || len(w.recorded) != 0 {
		t.Errorf("%+v waits; the journal holds %v", counts, w.recorded)
	}
	list := decode[waitingList](t, w.ask("GET", "/api/centre/talk", "centre-RP4", "").Body.Bytes())
	if len(list.Waiting) != 1 || list.Waiting[0].Text != hostile || list.Waiting[0].Phone != "01279 000000" || list.Waiting[0].DepartmentName != "Emergency Department, Princess Alexandra Hospital" {
		t.Fatalf("the centre's list is %+v", list)
	}
	if other := decode[waitingList](t, w.ask("GET", "/api/centre/talk", "centre-RJZ", "").Body.Bytes()); len(other.Waiting) != 0 {
		t.Errorf("another centre's list is %+v", other)
	}
	wantProblem(t, w.ask("POST", "/api/centre/talk/"+asked.ID+"/answer", "centre-RJZ", `{"text":"No."}`, "Content-Type", "application/json"), http.StatusNotFound, "no such question")
	w.post("/api/centre/talk/"+asked.ID+"/answer", "centre-RP4", `{"text":"Yes."}`, http.StatusOK)
	w.post("/api/centre/talk/"+asked.ID+"/answer", "centre-RP4", `{"text":"No."}`, http.StatusConflict)
	thread := decode[threadView](t, w.ask("GET", "/api/alerts/"+id+"/thread", "screen-RQW-AE", "").Body.Bytes())
	if len(thread.Lines) != 2 || thread.Lines[0].State != "answered" || thread.Lines[1].Text != "Yes." || !thread.Answerable || thread.CentreName == "" {
		t.Errorf("the thread is %+v", thread)
	}
	if read := w.entries(journal.ThreadRead); len(read) != 3 || read[2].Subject != id {
		t.Errorf("the journal holds the readings %+v", read)
	}
	if strings.Contains(w.log.String(), "50 mg") {
		t.Error("the log quotes what was asked")
	}
}

// Whoever may not be shown the plan may not ask about it, nor read what others asked.
func TestWhoMayNotTalkAboutAnAlert(t *testing.T) {
	for _, row := range []struct {
		when, token string
		change      func(*alerts.Sight)
		status      int
		says        string
	}{
		{"the match is only possible", "clinician-RQW", func(s *alerts.Sight) { s.Alert.Match = alerts.Possible }, http.StatusForbidden, "Confirm identity"},
		{"the alert is withdrawn", "clinician-RQW", func(s *alerts.Sight) { s.Alert.State = alerts.Withdrawn }, http.StatusGone, "withdrawn"},
		{"the patient left long ago", "clinician-RQW", func(s *alerts.Sight) { s.Alert.State, s.Alert.Raised = alerts.Closed, now.Add(-8*24*time.Hour) }, http.StatusGone, "7 days"},
		{"the plan is not shared", "clinician-RQW", func(s *alerts.Sight) { s.Plan.Centre = "nobody" }, http.StatusForbidden, "not shared"},
		{"the patient dissents", "clinician-RQW", func(s *alerts.Sight) { s.Plan.Consent = plans.Dissent }, http.StatusForbidden, "not shared"},
		{"the plan is for other roles", "screen-RQW-AE", func(s *alerts.Sight) { s.Plan.Restriction.Roles = []string{"clinician"} }, http.StatusForbidden, "this role"},
		{"another trust asks", "screen-RWG-AE", func(*alerts.Sight) {}, http.StatusForbidden, ""},
	} {
		t.Run(row.when, func(t *testing.T) {
			w := newWorld(t)
			id := w.arrive(row.change)
			w.lines = []alerts.Line{{ID: "line-1", Alert: id, Text: hostile, Kind: alerts.Question}}
			wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/thread", row.token, ""), row.status, row.says)
			wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/questions", row.token, `{"text":"x"}`, "Content-Type", "application/json"), row.status, row.says)
			wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/disputes", row.token, `{"text":"x"}`, "Content-Type", "application/json"), row.status, row.says)
			if len(w.lines) != 1 || len(w.entries(journal.AccessRefused)) != 3 || len(w.entries(journal.ThreadRead)) != 0 {
				t.Errorf("%d lines; the journal holds %+v", len(w.lines), w.recorded)
			}
		})
	}
}

func TestAQuestionIsNotTakenWhereNobodyWouldReadIt(t *testing.T) {
	w := newWorld(t)
	id := w.arrive(func(s *alerts.Sight) { s.Alert.Centre, s.Plan.Centre = "RGT", "RGT" })
	wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/questions", "clinician-RQW", `{"text":"x"}`, "Content-Type", "application/json"), http.StatusConflict, "Ring the centre")
	if thread := decode[threadView](t, w.ask("GET", "/api/alerts/"+id+"/thread", "clinician-RQW", "").Body.Bytes()); thread.Answerable {
		t.Error("the thread says that somebody would answer")
	}
	for _, text := range []string{"", " ", strings.Repeat("x", 1001)} {
		w.sights[id] = func(s alerts.Sight) alerts.Sight { s.Alert.Centre, s.Plan.Centre = "RP4", "RP4"; return s }(w.sights[id])
		wantProblem(t, w.ask("POST", "/api/alerts/"+id+"/questions", "clinician-RQW", fmt.Sprintf(`{"text":%q}`, text), "Content-Type", "application/json"), http.StatusUnprocessableEntity, "1,000")
	}
}

func TestWhatThePlanChangedStandsInTheCentresReceipts(t *testing.T) {
	w := newWorld(t)
	id := w.arrive(func(s *alerts.Sight) { s.Alert.State = alerts.Closed })
	w.put("/api/alerts/"+id+"/outcome", "screen-RWG-AE", `{"changed":"no-difference"}`, http.StatusForbidden)
	w.put("/api/alerts/"+id+"/outcome", "screen-RQW-AE", `{"changed":"nonsense"}`, http.StatusUnprocessableEntity)
	w.put("/api/alerts/"+id+"/outcome", "screen-RQW-AE", `{"changed":"no-difference"}`, http.StatusNoContent)
	w.put("/api/alerts/"+id+"/outcome", "screen-RQW-AE", `{"changed":"avoided-admission"}`, http.StatusNoContent)
	w.lines = []alerts.Line{{ID: "line-1", Alert: id, Plan: "gosh-1", Version: 3, Kind: alerts.Dispute, Text: hostile, Open: true, Centre: "RP4"}}
	page := decode[ownPlanPage](t, w.ask("GET", "/api/centre/plans/gosh-1", "centre-RP4", "").Body.Bytes())
	if len(page.Uses) != 1 || len(page.Uses[0].Outcomes) != 1 || page.Uses[0].Outcomes[0].Changed != alerts.AvoidedAdmission || page.Uses[0].Outcomes[0].Role != "screen" {
		t.Errorf("the receipts are %+v", page.Uses)
	}
	if len(page.Uses[0].Lines) != 1 || page.Uses[0].Lines[0].State != "waiting" || page.Disputes != 1 {
		t.Errorf("the thread on the plan's page is %+v", page.Uses[0].Lines)
	}
}
