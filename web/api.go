package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

// apiRoutes are the addresses for scripts and pages, described by OpenAPI 3.1 at /api/openapi.json.
func (s *server) apiRoutes() []route {
	api := apiTable{mux: captured{}}
	api.API = humago.New(api.mux, apiConfig(s.Version))

	addAPI(s, &api, everybody, "", huma.Operation{
		Method: "GET", Path: "/api/departments", OperationID: "departments", Summary: "The A&E departments that have a board today",
	}, s.departments)
	addAPI(s, &api, signedIn, "", huma.Operation{
		Method: "GET", Path: "/api/session", OperationID: "session", Summary: "Who the token belongs to", Errors: []int{401},
	}, s.session)
	addAPI(s, &api, everybody, "", huma.Operation{
		Method: "GET", Path: "/api/demo/accounts", OperationID: "demo-accounts", Summary: "The accounts of a demonstration", Errors: []int{404},
	}, s.demoAccounts)
	addAPI(s, &api, signedIn, access.WatchBoard, huma.Operation{
		Method: "GET", Path: "/api/departments/{department}/alerts", OperationID: "alerts", Summary: "The open alerts of a department",
		Description: "The position is where to continue on the stream. The reading is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.alerts)
	addAPI(s, &api, signedIn, access.OpenPlan, huma.Operation{
		Method: "GET", Path: "/api/alerts/{alert}/plan", OperationID: "plan", Summary: "The newest version of the plan behind an open alert",
		Description: "While the patient is there, and for some hours after. 403 for a possible match: confirm identity first. 428 for a patient who is specially protected: say why first. " +
			"The reading is journalled, of each version that is given.", Errors: []int{401, 403, 404, 428, 503},
	}, s.plan)
	addAPI(s, &api, signedIn, access.Acknowledge, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/acknowledgement", OperationID: "acknowledge", Summary: "Answer an alert", DefaultStatus: http.StatusOK,
		Description: "The first answer wins; the same account again is no error. 409 if somebody else answered, 410 if the alert is no longer open.",
		Errors:      []int{401, 403, 404, 409, 410},
	}, s.acknowledge)
	addAPI(s, &api, signedIn, access.Acknowledge, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/handover", OperationID: "hand-over", Summary: "Give an answered alert on to somebody else in the department", DefaultStatus: http.StatusOK,
		Description: "As at the change of a shift. The first handover from whoever holds it wins; the same again is no error. 409 if nobody answered yet or somebody else holds it by now, 410 if the alert is no longer open.",
		Errors:      []int{400, 401, 403, 404, 409, 410},
	}, s.handOver)
	addAPI(s, &api, signedIn, access.GiveReceipt, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/recall-seen", OperationID: "see-recall", Summary: "Say that a department has seen that a plan was recalled", DefaultStatus: http.StatusNoContent,
		Description: "Each department that had been shown the plan has to see it for itself. Who has seen it is kept; the same account again is no error. 410 if there is no recall to see there.",
		Errors:      []int{401, 403, 404, 410, 503},
	}, s.seeRecall)
	addAPI(s, &api, signedIn, access.WatchBoard, huma.Operation{
		Method: "GET", Path: "/api/alerts/{alert}", OperationID: "alert", Summary: "One alert as it stands now",
		Description: "The reading is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.alert)

	s.addSignIn(&api)
	s.addProviders(&api)
	s.addAccounts(&api)
	s.addIdentity(&api)
	s.addOpenings(&api)
	s.addPrivacy(&api)
	s.addChanges(&api)
	s.addContacts(&api)
	s.addAnswers(&api)
	s.addTrail(&api)
	s.addRotas(&api)
	s.addCentre(&api)
	s.addDrafts(&api)
	s.addTalk(&api)
	s.addProofs(&api)
	s.addQuarantine(&api)
	s.addFeeds(&api)
	s.addArrivals(&api)
	s.addScreens(&api)
	s.addOperations(&api)
	s.addSubscriptions(&api)
	s.openAPI = api.OpenAPI()
	describePlain(s.openAPI)
	return append(api.routes, route{"GET", "/api/openapi.json", everybody, "", problemEdge, described(api.OpenAPI())})
}

// apiConfig changes three defaults of huma: no page that loads scripts from elsewhere, no $schema in what is sent, and no fault that
// quotes what was sent, which may be about a patient.
func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("ucpalert", version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	c.Transformers = []huma.Transformer{func(_ huma.Context, _ string, v any) (any, error) {
		if model, ok := v.(*huma.ErrorModel); ok {
			return problemOf(refusal{model.Status, "", "The request is not understood at this address. See /api/openapi.json."}), nil
		}
		return v, nil
	}}
	return c
}

// described serves the description of the API, which does not change while the program runs. It is written when it is first asked for.
func described(api *huma.OpenAPI) http.Handler {
	body := sync.OnceValue(func() []byte {
		text, err := json.Marshal(api)
		if err != nil {
			panic(err) // cannot be: the description is made of values
		}
		return text
	})
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, "application/json", body())
	})
}

// apiTable gathers what huma registers as rows of our table.
type apiTable struct {
	huma.API
	mux    captured
	routes []route
}

// captured is the multiplexer that huma believes to register its handlers with.
type captured map[string]http.HandlerFunc

func (c captured) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	c[pattern] = handler
}

func (c captured) ServeHTTP(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }

// addAPI adds an operation. Its errors are turned into problems where all others are.
func addAPI[I, O any](s *server, api *apiTable, by who, action access.Action, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	if by == signedIn {
		op.Security = []map[string][]string{{"token": {}}}
	}
	op.BodyReadTimeout = -1                                                                                                     // it was read when the operation begins
	op.MaxBodyBytes = int64(s.BodyLimit)                                                                                        // else what is longer would be read as broken
	op.Errors = append(slices.DeleteFunc(op.Errors, func(status int) bool { return status == 429 || status == 503 }), 429, 503) // every lane may be full
	huma.Register(api.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			_, as := s.answerOf(ctx, err)
			return nil, problemOf(as)
		}
		return out, nil
	})
	api.routes = append(api.routes, route{op.Method, op.Path, by, action, problemEdge, s.bodied(api.mux[op.Method+" "+op.Path])})
}

// bodyPatience is how long the body of a request of the API may take.
const bodyPatience = 5 * time.Second

// bodied reads the body before the operation does: huma takes one that breaks off for a fault of ours.
func (s *server) bodied(do http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			c := http.NewResponseController(w)
			err := c.SetReadDeadline(time.Now().Add(bodyPatience))
			if err != nil && !errors.Is(err, http.ErrNotSupported) {
				s.fail(w, r, err)
				return
			}
			b, err := readBody(r)
			_ = c.SetReadDeadline(time.Time{}) // as before: no deadline stays for what takes longer
			if err != nil {
				s.fail(w, r, err)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(b))
		}
		do.ServeHTTP(w, r)
	})
}

// body is an answer.
type body[T any] struct{ Body T }

type none struct{}

type ofAlert struct {
	Alert string `path:"alert" doc:"The alert's id"`
}

type department struct {
	ID               string            `json:"id"`
	Name             string            `json:"name"`
	Organisation     string            `json:"organisation" doc:"ODS code"`
	OrganisationName string            `json:"organisation_name"`
	SiteName         string            `json:"site_name"`
	Region           string            `json:"region" doc:"ODS code"`
	RegionName       string            `json:"region_name"`
	TimeZone         string            `json:"time_zone" doc:"IANA name"`
	Phones           []directory.Phone `json:"phones" nullable:"false" doc:"Whom to call when the board is not live"`
}

type departmentList struct {
	Departments []department `json:"departments" nullable:"false"`
}

func (s *server) departments(_ context.Context, _ *none) (*body[departmentList], error) {
	dir := s.Directory()
	list := []department{}
	for _, d := range dir.Departments(s.Now()) {
		org, _ := dir.OrganisationOf(d.ID)
		site, _ := dir.Site(d.Site)
		region, _ := dir.Region(org.Region)
		phones := d.Phones
		if phones == nil {
			phones = []directory.Phone{}
		}
		list = append(list, department{d.ID, d.Name, org.ID, org.Name, site.Name, region.ID, region.Name, d.TimeZone, phones})
	}
	return &body[departmentList]{departmentList{list}}, nil
}

type session struct {
	Name         string `json:"name"`
	Role         string `json:"role"`
	Organisation string `json:"organisation" doc:"ODS code"`
	Department   string `json:"department,omitempty" doc:"Where a screen stands"`
	Demo         bool   `json:"demo" doc:"All patients are invented"`
	By           string `json:"by" enum:"session,token" doc:"How the caller signed in: people with a session, programs and demonstrations with a token"`
	// May are the actions of the role, so that a page offers nothing that would be refused.
	May []access.Action `json:"may" nullable:"false" doc:"What the account may do to what is its own, in the words of docs/access.md"`
	// Roles are there where somebody has several.
	Roles []postView `json:"roles,omitempty" doc:"All roles that the caller has, where there are several; role is empty until one was chosen"`
	// Provider vouches for the caller.
	Provider *vouching `json:"provider,omitempty" doc:"The identity provider that the caller came from"`
}

// vouching is an identity provider that vouches for somebody.
type vouching struct {
	Name  string `json:"name" doc:"As it stands in /sign-in/with/{name}"`
	Title string `json:"title"`
}

func (s *server) session(ctx context.Context, _ *none) (*body[session], error) {
	a := visitOf(ctx).account
	view := session{
		Name: a.Name, Role: string(a.Role), Organisation: a.Organisation, Department: a.Department, Demo: len(s.DemoAccounts) > 0, By: "token",
		May: append([]access.Action{}, access.Actions(a.Role)...),
	}
	if h := visitOf(ctx).holder; h != nil {
		view.By = "session"
		if p := s.Providers.of(h.Session.Provider); p != nil {
			view.Provider = &vouching{p.Name, p.Title}
		}
		if posts := h.Person.Posts(); len(posts) > 1 {
			view.Roles = s.drawPosts(posts)
		}
	}
	return &body[session]{view}, nil
}

type accountList struct {
	Accounts []DemoAccount `json:"accounts" nullable:"false"`
}

func (s *server) demoAccounts(_ context.Context, _ *none) (*body[accountList], error) {
	if len(s.DemoAccounts) == 0 {
		return nil, errNoDemo
	}
	return &body[accountList]{accountList{s.DemoAccounts}}, nil
}

type board struct {
	Department string             `json:"department"`
	Position   string             `json:"position" doc:"EPOCH/NUMBER: where to continue on the stream"`
	Alerts     []subscribers.View `json:"alerts" nullable:"false"`
}

func (s *server) alerts(ctx context.Context, in *struct {
	Department string `path:"department" doc:"The department's id, such as RQW-AE"`
}) (*body[board], error) {
	dir := s.Directory()
	if dep, ok := dir.Department(in.Department); !ok || !dep.Covers(s.Now()) {
		return nil, errNoDepartment
	}
	if err := s.authorise(ctx, place(dir, in.Department), in.Department); err != nil {
		return nil, err
	}
	number, open, err := s.Boards.Board(ctx, in.Department)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.AlertsRead, in.Department, 0); err != nil {
		return nil, err
	}
	views := make([]subscribers.View, 0, len(open))
	for _, sight := range open {
		view := subscribers.Draw(sight, in.Department, dir, s.Now())
		if visitOf(ctx).account.Role == access.BoardViewer {
			view = view.OnWall()
		}
		views = append(views, view)
	}
	position := journal.Position{Epoch: s.Journal.Epoch(), Number: number}
	return &body[board]{board{in.Department, position.String(), views}}, nil
}

func (s *server) alert(ctx context.Context, in *ofAlert) (*body[subscribers.View], error) {
	sight, err := s.sight(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.AlertsRead, sight.Alert.Department, 0); err != nil {
		return nil, err
	}
	dir, now := s.Directory(), s.Now()
	view := subscribers.Draw(sight, sight.Alert.Department, dir, now).Identified(sight, visitOf(ctx).account.Role.Viewer(), dir, now)
	if visitOf(ctx).account.Role == access.BoardViewer {
		view = view.OnWall()
	}
	return &body[subscribers.View]{view}, nil
}

// acknowledged is the outcome of an acknowledgement as it is counted.
func acknowledged(err error) string {
	if err == nil {
		return "done"
	}
	if _, as := classify(err); as.status < http.StatusInternalServerError {
		return "refused"
	}
	return "failed"
}

type shownPlan struct {
	Plan       string                     `json:"plan" doc:"The plan's id"`
	Version    int                        `json:"version"`
	Status     plans.Status               `json:"status" doc:"FHIR R4 request-status"`
	Centre     string                     `json:"centre" doc:"ODS code"`
	CentreName string                     `json:"centre_name"`
	Headline   string                     `json:"headline"`
	Urgency    plans.Urgency              `json:"urgency" enum:"routine,urgent,critical"`
	Published  time.Time                  `json:"published" doc:"When this version was received, in UTC"`
	Author     string                     `json:"author,omitempty"`
	Sections   []plans.Section            `json:"sections" nullable:"false"`
	Content    plans.Content              `json:"content" doc:"The same by its headings; empty for a version from before there were headings"`
	Review     plans.Review               `json:"review,omitempty" enum:"due,overdue" doc:"How the plan stands against its day of review, today in the department"`
	Conflicts  []subscribers.ConflictView `json:"conflicts" nullable:"false" doc:"Where this plan and another one for the same visit disagree"`
	Until      *time.Time                 `json:"until,omitempty" doc:"Until when it may be open, where that is known: then it must be put away"`
	Versions   []edition                  `json:"versions,omitempty" nullable:"false" doc:"The newest version and those before it, back to the one with which the alert first came before the department; absent if that is the newest"`
}

func (s *server) plan(ctx context.Context, in *ofAlert) (*body[shownPlan], error) {
	opened, err := s.opened(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	sight := opened.Sight
	p, dir, now := sight.Plan, s.Directory(), s.Now()
	since, err := s.since(ctx, sight)
	if err != nil {
		return nil, err
	}
	if err := s.noteVersions(ctx, p, since); err != nil {
		return nil, err
	}
	shown := showPlan(p, dir)
	shown.Until = moment(opened.until)
	for _, e := range since {
		shown.Versions = append(shown.Versions, drawEdition(e))
	}
	shown.Review = subscribers.ReviewOn(p.Content, sight.Alert.Department, dir, now)
	if conflicts := subscribers.DrawConflicts(sight, visitOf(ctx).account.Role.Viewer(), dir, now); conflicts != nil {
		shown.Conflicts = conflicts
	}
	return &body[shownPlan]{shown}, nil
}

// since are the versions of the plan behind an alert since it first came before the department, down from the one that may be opened; none if
// there is nothing to compare. What was published a moment ago has to be asked for anew, and a version that was for other roles is left out.
func (s *server) since(ctx context.Context, sight alerts.Sight) ([]plans.Edition, error) {
	since, err := s.Plans.VersionsShown(ctx, sight.Alert.ID, sight.Alert.Department)
	if err != nil {
		return nil, err
	}
	role := visitOf(ctx).account.Role.Viewer()
	since = slices.DeleteFunc(since, func(e plans.Edition) bool { return e.Version > sight.Plan.Version || !e.Restriction.Admits(role) })
	if len(since) < 2 {
		return nil, nil
	}
	return since, nil
}

// noteVersions journals that a plan is read, and which earlier versions are with it.
func (s *server) noteVersions(ctx context.Context, p plans.Plan, since []plans.Edition) error {
	readings := []journal.Entry{s.reading(ctx, journal.PlanRead, p.ID, p.Version)}
	for _, e := range since {
		if e.Version != p.Version {
			readings = append(readings, s.reading(ctx, journal.PlanRead, p.ID, e.Version))
		}
	}
	if err := s.Journal.RecordAll(ctx, readings); err != nil {
		return fmt.Errorf("%w: %w", errNotJournalled, err)
	}
	return nil
}

// showPlan is a plan as a board shows it.
func showPlan(p plans.Plan, dir *directory.Directory) shownPlan {
	shown := shownPlan{
		Plan: p.ID, Version: p.Version, Status: p.Status, Centre: p.Centre, Headline: p.Headline, Urgency: p.Urgency,
		Published: p.Published.UTC().Truncate(time.Second), Author: p.Author, Sections: p.Sections,
		Content: p.Content, Conflicts: []subscribers.ConflictView{},
	}
	if org, ok := dir.Organisation(p.Centre); ok {
		shown.CentreName = org.Name
	}
	if shown.Sections == nil {
		shown.Sections = []plans.Section{}
	}
	return shown
}

// openedPlan is the newest version of a plan that may be opened before its alert.
type openedPlan struct {
	alerts.Sight
	held *plans.Held
	// until is when that ends; zero where no end is known.
	until time.Time
}

// opened finds the newest version of the plan behind an alert, if the caller may open it. Whoever shows it notes the reading first.
func (s *server) opened(ctx context.Context, alert string) (openedPlan, error) {
	sight, err := s.sight(ctx, alert)
	if err != nil {
		return openedPlan{}, err
	}
	held, err := s.Plans.Plan(ctx, sight.Alert.Plan)
	if err != nil {
		return openedPlan{}, err
	}
	sight.Plan = held.Plan
	until, err := mayBeOpened(sight, visitOf(ctx).account.Role.Viewer(), s.Directory(), s.Now(), s.OpenAfterDeparture)
	if err != nil {
		s.noteRefusal(ctx, sight.Alert.ID, err.Error())
		return openedPlan{}, err
	}
	opened := openedPlan{sight, held, until}
	visitOf(ctx).why = "the patient is in the department"
	if !until.IsZero() {
		visitOf(ctx).why = "the patient left the department less than " + s.OpenAfterDeparture.String() + " ago"
	}
	if sight.Special() {
		return s.stated(ctx, opened)
	}
	return opened, nil
}

// mayBeOpened tells whether the text of a plan may be shown to a viewer (access.Role.Viewer) who stands before its alert, and until when if an end
// is known: while the alert stands, and for a time of grace after the patient left; only for a confirmed match, and only while the plan holds and
// may be shown there, as all of that is at this moment.
func mayBeOpened(s alerts.Sight, viewer string, dir *directory.Directory, now time.Time, grace time.Duration) (until time.Time, err error) {
	until = s.LingersUntil(grace)
	if live, _ := s.Plan.Live(now); !live || !s.Alert.Open() && !now.Before(until) {
		return until, errPlanNotOpen
	}
	if s.Alert.Match != alerts.Confirmed {
		return until, errPossibleMatch
	}
	switch s.Shareable(dir, now) {
	case directory.Full:
	case directory.Summary:
		return until, errSummaryOnly
	default:
		return until, errNotShared
	}
	if !s.Plan.Restriction.Admits(viewer) {
		return until, errOtherRoles
	}
	return until, nil
}

// sight finds an alert and asks whether the caller may do the route's action in the department where it stands now; a screen that shows it
// still though the patient has left asks as the department that it is in.
func (s *server) sight(ctx context.Context, id string) (alerts.Sight, error) {
	if !isAlertID(id) {
		return alerts.Sight{}, errNoAlert
	}
	sight, err := s.Boards.Sight(ctx, id)
	if err != nil {
		return alerts.Sight{}, err
	}
	sight = sight.From(visitOf(ctx).account.Department)
	return sight, s.authorise(ctx, place(s.Directory(), sight.Alert.Department), id)
}

// isAlertID tells whether a text could be an alert's id at all; no other reaches the database.
func isAlertID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := 0; i < len(id); i++ {
		if c := id[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// place is a department as an object of access.
func place(dir *directory.Directory, department string) access.Object {
	org, _ := dir.OrganisationOf(department)
	return access.Object{Department: department, Organisation: org.ID, Region: org.Region}
}

// ofHospital is what belongs to the organisation with a code, as an object of access. What is no organisation's of the directory is for
// whoever connects the hospitals of a region, every region: one of them has to mend it.
func (s *server) ofHospital(ctx context.Context, code string) access.Object {
	dir, caller := s.Directory(), visitOf(ctx).account.Organisation
	if org, ok := dir.Facility(code, s.Now()); ok {
		return access.Object{Organisation: org.ID, Region: org.Region}
	}
	if _, ok := dir.Region(caller); ok {
		return access.Object{Region: caller}
	}
	return access.Object{}
}

// ofTheirs is what belongs to the caller's own organisation: what a list begins with whose entries are asked for one by one.
func ofTheirs(ctx context.Context) access.Object {
	return access.Object{Organisation: visitOf(ctx).account.Organisation}
}
