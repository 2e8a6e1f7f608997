package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

const directoryFile = `
regions:
  - {id: Y56, name: London}
  - {id: QM7, name: Hertfordshire and West Essex}
  - {id: Y61, name: East of England}
organisations:
  - {id: RP4, name: Great Ormond Street Hospital, region: Y56, centre: true}
  - {id: RJZ, name: King's College Hospital, region: Y56, centre: true}
  - {id: RGT, name: Cambridge University Hospitals, region: Y61, centre: true}
  - {id: RQW, name: Princess Alexandra Hospital, region: QM7, main_site: RQWG0}
  - {id: RWG, name: West Hertfordshire, region: QM7, main_site: RWG02}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
  - {id: RWG02, name: Watford General Hospital, organisation: RWG}
departments:
  - {id: RQW-AE, name: Emergency Department, site: RQWG0, main: true, locations: [AE], phones: [{name: Nurse in charge, number: "01279 000000"}]}
  - {id: RWG-AE, name: Emergency Department, site: RWG02, main: true, locations: [AE]}
  - {id: RWG-OLD, name: Closed Department, site: RWG02, locations: [OLD], last_day: 2020-01-01}
agreements:
  - {from: Y56, to: QM7}
  - {from: RGT, to: QM7, show: summary}
`

var now = time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)

// world is a service in memory: what is published, what is on the board, and what was journalled. It is the double of the stores only;
// everything that web decides is decided by web.
type world struct {
	t       testing.TB
	handler http.Handler
	server  *server
	table   []route
	log     *bytes.Buffer

	mu       sync.Mutex
	held     map[string]*plans.Held
	sights   map[string]alerts.Sight
	recorded []journal.Entry
	drafts   map[string]plans.DraftPlan
	rulings  map[string]alerts.Ruling
	lines    []alerts.Line
	effects  map[string]alerts.Effect
	// checkedArrivals and recents are what a department's page of what was lately shows, of every department.
	checkedArrivals []subscribers.Arrival
	recents         []subscribers.Recent
	// shown are the versions of a plan that a department had before it, by "ALERT DEPARTMENT".
	shown map[string][]plans.Edition
	// received are the attendances that were told, in order.
	received []alerts.Event
	// broken makes every store fail with it; unrecordable only the journal.
	broken, unrecordable error
	checks               []Check
	recallSeen           []string
	// proving is the proof under way.
	proving string
}

// The callers, by their tokens. The names are the tokens'.
var accounts = map[string]access.Account{
	"centre-RP4":    {Name: "gosh", Role: access.Centre, Organisation: "RP4"},
	"centre-RJZ":    {Name: "kings", Role: access.Centre, Organisation: "RJZ"},
	"centre-RQW":    {Name: "no-centre", Role: access.Centre, Organisation: "RQW"},
	"screen-RQW-AE": {Name: "board", Role: access.Screen, Organisation: "RQW", Department: "RQW-AE"},
	"screen-RWG-AE": {Name: "watford", Role: access.Screen, Organisation: "RWG", Department: "RWG-AE"},
	"hospital-RQW":  {Name: "pas", Role: access.Hospital, Organisation: "RQW"},
	"operator":      {Name: "integration", Role: access.Operator, Organisation: "QM7"},
	"engineer-RQW":  {Name: "rqw engineer", Role: access.Operator, Organisation: "RQW"},
	"engineer-RWG":  {Name: "rwg engineer", Role: access.Operator, Organisation: "RWG"},
	"operator-Y56":  {Name: "london", Role: access.Operator, Organisation: "Y56"},
	"clinician-RQW": {Name: "doctor", Role: access.Clinician, Organisation: "RQW"},
}

var builtPages = fstest.MapFS{
	"README":            {Data: []byte("not served")},
	"index.html":        {Data: []byte("<!DOCTYPE html><title>Board</title>" + strings.Repeat("<p>row</p>", 100))},
	"sw.js":             {Data: []byte("self.skipWaiting()")},
	"assets/app.js":     {Data: []byte("console.log(1)")},
	"assets/app.css":    {Data: []byte(strings.Repeat("p{color:#000}", 100))},
	"assets/secret.txt": {Data: []byte("x")},
}

func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	dir, err := directory.Parse([]byte(directoryFile))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, held: map[string]*plans.Held{}, sights: map[string]alerts.Sight{}, drafts: map[string]plans.DraftPlan{}, rulings: map[string]alerts.Ruling{}, effects: map[string]alerts.Effect{}, log: &bytes.Buffer{}, checks: []Check{{Name: "database", OK: true}}}
	book := map[access.Token]access.Account{}
	for token, account := range accounts {
		book[access.HashToken(token)] = account
	}
	registry := prometheus.NewRegistry()
	o := Options{
		Desk: w, Reception: w, Arrivals: w, Plans: w, Boards: w, Identities: w, Journal: w, Centres: w, Proofs: w, Prover: w, Talk: w, Openings: &shelf{w: w}, Trail: shelf{w: w}, Changes: drawer{}, Rotas: deskOver(noRotas{}, func() *directory.Directory { return dir }, nil), Subscriptions: newWants(), SubscriptionPolicy: subscriptions.Policy{Crossing: []plans.Urgency{plans.Critical}}, Screens: hall{}, People: lodge{}, Accounts: access.NewBook(book), Directory: func() *directory.Directory { return dir },
		Stream: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(rw, "stream of "+r.PathValue("department"))
		}),
		Now: func() time.Time { return now }, Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Ready:   func(context.Context) []Check { return w.checks },
		Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), Registerer: registry,
		Version: "1.0", Pages: fs.FS(builtPages),
	}
	newPhonebook().reach(&o)
	for _, c := range change {
		c(&o)
	}
	if w.server, w.table, err = build(o); err != nil {
		t.Fatal(err)
	}
	w.handler = w.server.around(w.server.mux(w.table))
	return w
}

func (w *world) Publish(_ context.Context, pub plans.Publication, _ journal.Actor) (plans.Plan, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return plans.Plan{}, false, w.broken
	}
	pub.Plan.Published = now
	kept, changed, err := plans.Next(w.held[pub.Plan.ID], pub)
	if err == nil && changed {
		w.held[kept.ID] = &plans.Held{Plan: kept, Document: pub.Document}
	}
	return kept, changed, err
}

func (w *world) Plan(_ context.Context, id string) (*plans.Held, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return nil, w.broken
	}
	if held := w.held[id]; held != nil {
		return held, nil
	}
	return nil, plans.ErrNotFound
}

func (w *world) Board(_ context.Context, department string) (int64, []alerts.Sight, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var open []alerts.Sight
	for _, s := range w.sights {
		if s.Alert.Department == department && s.Alert.Open() {
			open = append(open, s)
		}
	}
	return 42, open, w.broken
}

func (w *world) Sight(_ context.Context, id string) (alerts.Sight, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s, ok := w.sights[id]; ok {
		return s, w.broken
	}
	return alerts.Sight{}, alerts.ErrNoAlert
}

func (w *world) Acknowledge(_ context.Context, id, department string, _ alerts.Answering, actor journal.Actor) (alerts.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sights[id]
	switch {
	case w.broken != nil:
		return alerts.Alert{}, w.broken
	case !s.Alert.Open(), s.Alert.Department != department:
		return alerts.Alert{}, alerts.ErrNotOpen
	case s.Alert.Acknowledgement != nil && s.Alert.Acknowledgement.By != actor:
		return alerts.Alert{}, alerts.AcknowledgedError{Acknowledgement: *s.Alert.Acknowledgement}
	}
	s.Alert.State, s.Alert.Acknowledgement = alerts.Acknowledged, &alerts.Acknowledgement{By: actor, At: now, Version: s.Alert.Version}
	w.sights[id] = s
	return s.Alert, nil
}

func (w *world) HandOver(_ context.Context, id, department, from, to string, actor journal.Actor) (alerts.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sights[id]
	switch {
	case s.Alert.Acknowledgement == nil || s.Alert.Department != department:
		return alerts.Alert{}, alerts.ErrNotAnswered
	case s.Alert.Acknowledgement.Holder() != from:
		return alerts.Alert{}, alerts.HeldError{Holder: s.Alert.Acknowledgement.Holder()}
	}
	ack := *s.Alert.Acknowledgement
	ack.Handed = &alerts.Handover{To: to, By: actor, At: now}
	s.Alert.Acknowledgement = &ack
	w.sights[id] = s
	return s.Alert, nil
}

func (w *world) Arrivals(_ context.Context, q subscribers.ArrivalQuery) ([]subscribers.Arrival, error) {
	var page []subscribers.Arrival
	for _, a := range w.checkedArrivals { // they are in order, the last first
		at := a.Check.Arrived
		if a.Check.Department == q.Department && !at.Before(q.From) && (at.Before(q.Before) || at.Equal(q.Before) && a.Attendance.ID < q.BeforeID) && len(page) < q.Limit {
			page = append(page, a)
		}
	}
	return page, w.broken
}

func (w *world) CountArrivals(_ context.Context, department string, from, before time.Time) (subscribers.ArrivalCount, error) {
	var count subscribers.ArrivalCount
	for _, a := range w.checkedArrivals {
		if at := a.Check.Arrived; a.Check.Department == department && !at.Before(from) && at.Before(before) {
			count.Arrivals++
			count.Checked = a.Check.At
		}
	}
	return count, w.broken
}

func (w *world) RecentAlerts(_ context.Context, _ string, since time.Time, limit int) ([]subscribers.Recent, error) {
	var out []subscribers.Recent
	for _, r := range w.recents {
		if !r.Alert.Raised.Before(since) && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, w.broken
}

func (w *world) Receive(_ context.Context, e alerts.Event) (alerts.Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return alerts.Outcome{}, w.broken
	}
	out := alerts.Outcome{Attendance: "att-" + e.Visit, Department: "RQW-AE"}
	if e.Location.Value.PointOfCare == "CUPBOARD" {
		out.Warning = "The location in the message is not known; shown at the main A&E."
	}
	for _, before := range w.received {
		if before.Sender == e.Sender && before.ControlID == e.ControlID && before.Hash == e.Hash {
			out.Duplicate = true
			return out, nil
		}
	}
	w.received = append(w.received, e)
	return out, nil
}

func (w *world) Pair(ctx context.Context, id string) (alerts.Pair, error) {
	sight, err := w.Sight(ctx, id)
	if said, ok := w.rulings[id]; ok {
		return alerts.Pair{Sight: sight, Ruling: &said}, err
	}
	return alerts.Pair{Sight: sight}, err
}

func (w *world) RuledOut(_ context.Context, department string) ([]alerts.Pair, error) {
	var out []alerts.Pair
	for id, said := range w.rulings {
		if s := w.sights[id]; said.Answer == alerts.OtherPatient && s.Alert.Department == department && !s.Alert.Open() {
			out = append(out, alerts.Pair{Sight: s, Ruling: &said})
		}
	}
	return out, w.broken
}

// Compare is the desk's.
func (w *world) Compare(p alerts.Pair) alerts.Compared {
	return alerts.NewDesk(nil, w.server.Directory, w.server.Now).Compare(p)
}

// Rule has the promises of the desk.
func (w *world) Rule(_ context.Context, id, department string, answer alerts.Identification, seen string, actor journal.Actor) (alerts.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sights[id]
	shown := alerts.Pair{Sight: s}
	before, ruled := w.rulings[id]
	if ruled {
		shown.Ruling = &before
	}
	switch {
	case w.broken != nil:
		return alerts.Alert{}, w.broken
	case s.Alert.Department != department:
		return alerts.Alert{}, alerts.ErrNotOpen
	case seen != shown.SeenAs() && ruled:
		return alerts.Alert{}, alerts.RuledError{Ruling: before}
	case seen != shown.SeenAs():
		return alerts.Alert{}, alerts.ErrNotSeen
	}
	w.rulings[id] = alerts.Ruling{Attendance: s.Attendance.ID, Plan: s.Plan.ID, Answer: answer, By: actor, At: now}
	s.Alert.State, s.Alert.Match = alerts.Raised, alerts.Confirmed
	if answer == alerts.OtherPatient {
		s.Alert.State = alerts.Withdrawn
	}
	w.sights[id] = s
	return s.Alert, nil
}

func (w *world) Record(_ context.Context, e journal.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unrecordable != nil {
		return w.unrecordable
	}
	w.recorded = append(w.recorded, e)
	return nil
}

func (w *world) Epoch() string { return "k3v9q2" }

// entries are the journal's entries of a kind.
func (w *world) entries(kind journal.Kind) []journal.Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	var of []journal.Entry
	for _, e := range w.recorded {
		if e.Kind == kind {
			of = append(of, e)
		}
	}
	return of
}

// arrive puts a patient with a plan of RP4 on the board of RQW-AE and returns the alert's id.
func (w *world) arrive(change ...func(*alerts.Sight)) string {
	number, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		w.t.Fatal(err)
	}
	who := plans.Identity{NHSNumber: number, Family: "Testpatient", Given: "Ada", BirthDate: "1980-02-13"}
	plan := plans.Plan{
		ID: "gosh-1", Version: 3, Centre: "RP4", Status: plans.Active, Patient: who, Headline: "Adrenal insufficiency", Urgency: plans.Critical,
		Sections: []plans.Section{{Title: "What to do in an emergency", Text: "Hydrocortisone at once."}}, Published: now.Add(-time.Hour),
	}
	s := alerts.Sight{
		Plan:       plan,
		Attendance: alerts.Attendance{ID: "att1", Patient: who, State: alerts.InDepartment, Department: "RQW-AE"},
		Alert: alerts.Alert{
			ID: "alert1", Attendance: "att1", Plan: plan.ID, Version: 3, Centre: "RP4", Department: "RQW-AE", Match: alerts.Confirmed,
			Reason: "NHS number and date of birth agree", Urgency: plans.Critical, State: alerts.Raised, Raised: now,
		},
	}
	for _, c := range change {
		c(&s)
	}
	w.held[s.Plan.ID] = &plans.Held{Plan: s.Plan, Document: []byte(`{"resourceType":"CarePlan"}`)}
	w.sights[s.Alert.ID] = s
	return s.Alert.ID
}

// ask sends a request. Headers are pairs of names and values.
func (w *world) ask(method, path, token, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if strings.HasPrefix(path, "/fhir") && body != "" {
		r.Header.Set("Content-Type", "application/fhir+json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	w.described(method, path, answer)
	return answer
}

// want checks the status of an answer.
func want(t testing.TB, answer *httptest.ResponseRecorder, status int) {
	t.Helper()
	if answer.Code != status {
		t.Fatalf("the status is %d, not %d: %s", answer.Code, status, answer.Body)
	}
}

// read decodes an answer.
func read[T any](t testing.TB, answer *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	d := json.NewDecoder(answer.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("the answer is not as described: %v", err)
	}
	return v
}

// outcome is an OperationOutcome with one issue or more.
type outcome struct {
	ResourceType string
	Issue        []struct {
		Severity, Code, Diagnostics string
		Expression                  []string
	}
}

// wantOutcome checks that an answer is an OperationOutcome of a status whose first issue has a code.
func wantOutcome(t testing.TB, answer *httptest.ResponseRecorder, status int, code string) outcome {
	t.Helper()
	want(t, answer, status)
	if ct := answer.Header().Get("Content-Type"); !strings.HasPrefix(ct, "application/fhir+json") {
		t.Errorf("the content type is %q", ct)
	}
	o := read[outcome](t, answer)
	if o.ResourceType != "OperationOutcome" || len(o.Issue) == 0 || o.Issue[0].Code != code || o.Issue[0].Severity != "error" || o.Issue[0].Diagnostics == "" {
		t.Errorf("the outcome is %+v; want the code %s", o, code)
	}
	return o
}

// wantProblem checks that an answer is a problem of a status that says something.
func wantProblem(t testing.TB, answer *httptest.ResponseRecorder, status int, says string) {
	t.Helper()
	want(t, answer, status)
	if ct := answer.Header().Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("the content type is %q", ct)
	}
	p := read[problem](t, answer)
	if p.Status != status || p.Title == "" || !strings.Contains(p.Detail, says) {
		t.Errorf("the problem is %+v; want it to say %q", p, says)
	}
}

var errDisk = errors.New("disk on /var/lib/secret failed")
