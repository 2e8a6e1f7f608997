package web

import (
	"context"
	"encoding/json"
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

func (w *world) OwnPlans(_ context.Context, centre string, q plans.Search) (page []plans.Own, total int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.held {
		if h.Plan.Centre == centre && strings.HasPrefix(strings.ToLower(h.Plan.Patient.Family), strings.ToLower(q.Name)) {
			page = append(page, plans.Own{Plan: h.Plan, Alerts: 1, LastUsed: now})
		}
	}
	return page, len(page), w.broken
}

func (w *world) Reviews(_ context.Context, centre string, today time.Time) (plans.Reviews, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	of := plans.Reviews{Centre: centre}
	for _, h := range w.held {
		switch review := plans.ReviewOf(h.Plan.Content.ReviewDue, today); {
		case h.Plan.Centre != centre:
		case review == plans.ReviewSoon:
			of.Due++
		case review == plans.ReviewOverdue:
			of.Overdue++
		}
	}
	return of, w.broken
}

func (w *world) Editions(ctx context.Context, plan string) ([]plans.Edition, error) {
	w.mu.Lock()
	newest := w.held[plan].Plan.Version
	w.mu.Unlock()
	e, err := w.Edition(ctx, plan, newest)
	e.Document = nil
	return []plans.Edition{e}, err
}

func (w *world) Edition(_ context.Context, plan string, version int) (plans.Edition, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.held[plan]
	if version != h.Plan.Version {
		return plans.Edition{}, plans.ErrNotFound
	}
	return plans.Edition{
		Version: version, Status: h.Plan.Status, StatusReason: h.Plan.StatusReason, Headline: h.Plan.Headline, Content: h.Plan.Content, Sections: h.Plan.Sections, Published: now,
		Document: h.Document,
	}, w.broken
}

func (w *world) Uses(_ context.Context, plan string) (uses []subscribers.Use, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sights {
		if s.Alert.Plan == plan {
			shown := subscribers.Receipt{Alert: s.Alert.ID, Kind: journal.AlertDisplayed, Actor: accounts["screen-RQW-AE"].Actor(), Version: 3, At: now}
			recalled := subscribers.Receipt{Alert: s.Alert.ID, Kind: journal.AlertRecallSeen, Actor: accounts["clinician-RQW"].Actor(), Version: 4, At: now.Add(time.Hour)}
			uses = append(uses, subscribers.Use{Alert: s.Alert, Arrived: now, Receipts: []subscribers.Receipt{shown, recalled}, Lines: w.lines, Effects: effectsOf(w.effects[s.Alert.ID])})
		}
	}
	return uses, w.broken
}

func effectsOf(e alerts.Effect) []alerts.Effect {
	if e.Changed == "" {
		return nil
	}
	return []alerts.Effect{e}
}

func (w *world) BeginDraft(_ context.Context, d plans.DraftPlan, e journal.Entry) (plans.DraftPlan, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, held := range w.drafts {
		if held.Plan == d.Plan && held.Author == d.Author && d.Plan != "" {
			d = held
		}
	}
	e.Subject = d.ID
	w.drafts[d.ID], w.recorded = d, append(w.recorded, e)
	return d, w.broken
}

func (w *world) Draft(_ context.Context, id, centre, author string) (plans.DraftPlan, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d, ok := w.drafts[id]; ok && d.Centre == centre && d.Author == author {
		return d, w.broken
	}
	return plans.DraftPlan{}, plans.ErrNoDraft
}

func (w *world) Drafts(_ context.Context, centre, author string) (list []plans.DraftPlan, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.drafts {
		if d.Centre == centre && d.Author == author {
			list = append(list, d)
		}
	}
	return list, w.broken
}

func (w *world) KeepDraft(_ context.Context, d plans.DraftPlan, e journal.Entry) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.drafts[d.ID].Revision != d.Revision {
		return 0, plans.ErrDraftChanged
	}
	d.Revision++
	w.drafts[d.ID], w.recorded = d, append(w.recorded, e)
	return d.Revision, w.broken
}

func (w *world) KeepDraftFile(_ context.Context, draft, centre, author string, f plans.DraftFile, e journal.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, ok := w.drafts[draft]
	if !ok || d.Centre != centre || d.Author != author {
		return plans.ErrNoDraft
	}
	d.Files = append(d.Files, f)
	w.drafts[draft], w.recorded = d, append(w.recorded, e)
	return w.broken
}

func (w *world) DraftFile(_ context.Context, draft, centre, author, sha256 string) (plans.DraftFile, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, ok := w.drafts[draft]
	if !ok || d.Centre != centre || d.Author != author {
		return plans.DraftFile{}, plans.ErrNoDraft
	}
	for _, f := range d.Files {
		if f.SHA256 == sha256 {
			return f, w.broken
		}
	}
	return plans.DraftFile{}, plans.ErrNoFile
}

func (w *world) DropDraft(_ context.Context, id, _, _ string, e journal.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.drafts, id)
	w.recorded = append(w.recorded, e)
	return w.broken
}

var goodForm = plans.Form{
	NHSNumber: "999 100 0003", Family: "Tester", Given: "Ana", BirthDate: "1980-2-13", Headline: "Hydrocortisone first", Urgency: "critical", Do: "Inject",
	CPR: "not-for", CPRDate: "2026-1-2", Phone: "020 7946 0000", Author: "Dr Ida Invented", Reviewed: "2026-11-1", ReviewDue: "2027-11-1",
	Sections: []plans.Section{{Title: "About me", Text: "Swims."}},
}

// write keeps a form in a draft and returns what the service makes of it.
func (w *world) write(draft string, revision int, f plans.Form) draftView {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"revision": revision, "form": f})
	if err != nil {
		w.t.Fatal(err)
	}
	answer := w.ask("PUT", "/api/centre/drafts/"+draft, "centre-RP4", string(body), "Content-Type", "application/json")
	want(w.t, answer, http.StatusOK)
	return read[draftView](w.t, answer)
}

func (w *world) post(path, token, body string, status int) []byte {
	w.t.Helper()
	answer := w.ask("POST", path, token, body, "Content-Type", "application/json")
	want(w.t, answer, status)
	return answer.Body.Bytes()
}

func decode[T any](t testing.TB, from []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(from, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAPlanIsWrittenPublishedRevisedAndWithdrawnInTheBrowser(t *testing.T) {
	w := newWorld(t)
	begun := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{}`, http.StatusOK))
	if begun.Base != 0 || len(begun.Faults) == 0 || begun.Preview.CentreName != "Great Ormond Street Hospital" {
		t.Errorf("a new draft is %+v", begun)
	}
	half := goodForm
	half.NHSNumber = "999"
	view := w.write(begun.Draft, 0, half)
	if len(view.Faults) != 1 || view.Faults[0].Field != "nhs_number" {
		t.Errorf("the faults are %v", view.Faults)
	}
	if c := view.Preview.Content; view.Preview.Headline != "Hydrocortisone first" || c.CPR.Says != plans.NotForCPR || c.Telephone.Number != "020 7946 0000" {
		t.Errorf("what a board would show is %+v", view.Preview)
	}
	w.post("/api/centre/drafts/"+begun.Draft+"/publication", "centre-RP4", fmt.Sprintf(`{"revision":%d}`, view.Revision), http.StatusUnprocessableEntity)
	view = w.write(begun.Draft, view.Revision, goodForm)
	if len(view.Faults) != 0 {
		t.Fatalf("the faults are %v", view.Faults)
	}
	done := decode[publishedPlan](t, w.post("/api/centre/drafts/"+begun.Draft+"/publication", "centre-RP4", fmt.Sprintf(`{"revision":%d}`, view.Revision), http.StatusOK))
	if held := w.held[done.Plan]; held == nil || held.Plan.Status != plans.Active || held.Plan.Content.CPR.Says != plans.NotForCPR || len(w.drafts) != 0 {
		t.Fatalf("published is %+v", held)
	}
	revise := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{"plan":"`+done.Plan+`"}`, http.StatusOK))
	if revise.Base != 1 || !revise.Whole || revise.Form.Headline != goodForm.Headline || revise.Form.NHSNumber != "9991000003" {
		t.Fatalf("the draft that revises it is %+v", revise)
	}
	revise.Form.Headline, revise.Form.CPR, revise.Form.CPRDate = "Hydrocortisone 50 mg first", "for", "2026-11-2"
	view = w.write(revise.Draft, revise.Revision, revise.Form)
	if cpr := view.Preview.Content.CPR; !cpr.Reversed() || cpr.Earlier.Version != 1 {
		t.Errorf("the author does not see that CPR is reversed: %+v", cpr)
	}
	done = decode[publishedPlan](t, w.post("/api/centre/drafts/"+revise.Draft+"/publication", "centre-RP4", fmt.Sprintf(`{"revision":%d}`, view.Revision), http.StatusOK))
	if done.Version != 2 || w.held[done.Plan].Plan.Headline != "Hydrocortisone 50 mg first" {
		t.Errorf("revised is version %d: %+v", done.Version, w.held[done.Plan].Plan)
	}
	status := "/api/centre/plans/" + done.Plan + "/status"
	w.post(status, "centre-RP4", `{"status":"revoked","reason":" ","version":2}`, http.StatusUnprocessableEntity)
	w.post(status, "centre-RP4", `{"status":"revoked","reason":"Replaced","version":1}`, http.StatusPreconditionFailed)
	w.post(status, "centre-RP4", `{"status":"revoked","reason":"Replaced","version":2}`, http.StatusOK)
	if held := w.held[done.Plan].Plan; held.Status != plans.Revoked || held.Version != 3 || held.Headline != "Hydrocortisone 50 mg first" {
		t.Errorf("withdrawn is %+v", held)
	}
	w.post(status, "centre-RP4", `{"status":"active","reason":"Back","version":3}`, http.StatusUnprocessableEntity)
	answer := w.ask("GET", "/api/centre/plans/"+done.Plan, "centre-RP4", "")
	want(t, answer, http.StatusOK)
	page := decode[ownPlanPage](t, answer.Body.Bytes())
	if page.Status != plans.Revoked || page.Versions[0].Reason != "Replaced" || page.Versions[0].Written[0].Title != "Headline" || !page.Whole {
		t.Errorf("the plan's page is %+v", page)
	}
	if strings.Contains(w.log.String(), "9991000003") || strings.Contains(w.log.String(), "Tester") {
		t.Error("the log names the patient")
	}
}

func TestAStaleWriteIsRefusedAndNothingTypedIsLost(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	d := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{"plan":"gosh-1"}`, http.StatusOK))
	if d.Whole {
		t.Error("a plan of another system is said to be shown whole")
	}
	view := w.write(d.Draft, 0, goodForm)
	newer := *w.held["gosh-1"]
	newer.Plan.Version = 4
	w.held["gosh-1"] = &newer
	path, body := "/api/centre/drafts/"+d.Draft+"/publication", fmt.Sprintf(`{"revision":%d}`, view.Revision)
	wantProblem(t, w.ask("POST", path, "centre-RP4", body, "Content-Type", "application/json"), http.StatusPreconditionFailed, "not the newest")
	if kept := w.drafts[d.Draft]; kept.Form.Headline != goodForm.Headline {
		t.Errorf("the draft holds %q", kept.Form.Headline)
	}
	if again := w.write(d.Draft, view.Revision, goodForm); again.Held != 4 || again.Base != 3 {
		t.Errorf("the draft does not say that version 4 is held: %d, %d", again.Held, again.Base)
	}
	w.post(path, "centre-RP4", fmt.Sprintf(`{"revision":%d,"seen":4}`, view.Revision+1), http.StatusOK)
	if w.held["gosh-1"].Plan.Version != 5 {
		t.Error("what was seen is not taken for seen")
	}
}

func TestADraftIsNobodyElses(t *testing.T) {
	w := newWorld(t)
	d := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{}`, http.StatusOK))
	body, err := json.Marshal(map[string]any{"revision": 0, "form": goodForm})
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, w.ask("PUT", "/api/centre/drafts/"+d.Draft, "centre-RJZ", string(body), "Content-Type", "application/json"), http.StatusNotFound, "no such draft")
	w.post("/api/centre/drafts", "centre-RJZ", `{"plan":"`+d.Draft+`"}`, http.StatusNotFound)
	w.write(d.Draft, 0, goodForm)
	wantProblem(t, w.ask("PUT", "/api/centre/drafts/"+d.Draft, "centre-RP4", string(body), "Content-Type", "application/json"), http.StatusConflict, "another window")
}

func TestACentreSeesDepartmentsTimesAndRolesOfItsOwnPlanOnly(t *testing.T) {
	w := newWorld(t)
	w.arrive(func(s *alerts.Sight) {
		s.Alert.Acknowledgement = &alerts.Acknowledgement{By: accounts["clinician-RQW"].Actor(), At: now.Add(time.Minute), Version: 3}
		s.Attendance.HospitalNumber = "HOSPITAL-77"
		s.Alert.State, s.Alert.Recall = alerts.Withdrawn, &alerts.Recall{At: now.Add(2 * time.Minute), Version: 4}
	})
	answer := w.ask("GET", "/api/centre/plans/gosh-1", "centre-RP4", "")
	want(t, answer, http.StatusOK)
	text := answer.Body.String()
	page := decode[ownPlanPage](t, answer.Body.Bytes())
	if len(page.Uses) != 1 || len(page.Uses[0].Receipts) != 4 || page.Uses[0].Receipts[3].What != "recall-seen" || page.Recall == nil || page.Recall.Told != 1 || page.Recall.Seen != 0 || page.Uses[0].Receipts[1].What != "acknowledged" || page.Uses[0].Receipts[1].Role != "clinician" ||
		!strings.Contains(page.Uses[0].DepartmentName, "Princess Alexandra") {
		t.Errorf("what became of it is %+v", page.Uses)
	}
	for _, secret := range []string{"HOSPITAL-77", `"doctor"`, `"board"`, "att1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the centre sees %s", secret)
		}
	}
	if read := w.entries(journal.PlanUseRead); len(read) != 1 || read[0].Subject != "gosh-1" {
		t.Errorf("the journal holds %+v", read)
	}
	want(t, w.ask("GET", "/api/centre/plans/gosh-1", "centre-RJZ", ""), http.StatusForbidden)
	list := decode[ownList](t, w.post("/api/centre/search", "centre-RP4", `{"text":"testp"}`, http.StatusOK))
	if list.Total != 1 || list.Plans[0].Alerts != 1 || list.Plans[0].Family != "Testpatient" || list.Name == "" {
		t.Errorf("the list is %+v", list)
	}
	if others := decode[ownList](t, w.post("/api/centre/search", "centre-RJZ", `{}`, http.StatusOK)); others.Total != 0 {
		t.Errorf("another centre's list is %+v", others)
	}
	if listed := w.entries(journal.PlansListed); len(listed) != 2 {
		t.Errorf("the journal holds %+v", listed)
	}
}

func TestNothingOfACentreIsShownThatCannotBeJournalled(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	w.unrecordable = errDisk
	want(t, w.ask("GET", "/api/centre/plans/gosh-1", "centre-RP4", ""), http.StatusServiceUnavailable)
	want(t, w.ask("GET", "/api/centre/drafts", "centre-RP4", ""), http.StatusServiceUnavailable)
	w.post("/api/centre/search", "centre-RP4", `{}`, http.StatusServiceUnavailable)
}
