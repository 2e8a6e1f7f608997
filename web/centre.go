package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

// addCentre adds the addresses of a centre's own pages.
func (s *server) addCentre(api *apiTable) {
	addAPI(s, api, signedIn, access.ListPlans, huma.Operation{
		Method: "POST", Path: "/api/centre/search", OperationID: "own-plans", Summary: "A page of the centre's plans", DefaultStatus: http.StatusOK,
		Description: "What is searched for is sent in the body, because an address stands in logs. The reading is journalled.", Errors: []int{400, 401, 403, 503},
	}, s.ownPlans)
	addAPI(s, api, signedIn, access.ReadPlanUse, huma.Operation{
		Method: "GET", Path: "/api/centre/plans/{plan}", OperationID: "own-plan", Summary: "A plan of the centre, its versions, and what became of it",
		Description: "The reading is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.planPage)
	addAPI(s, api, signedIn, access.PublishPlan, huma.Operation{
		Method: "POST", Path: "/api/centre/plans/{plan}/status", OperationID: "plan-status", Summary: "Withdraw a plan, put it on hold, or take it up again", DefaultStatus: http.StatusOK,
		Description: "412 if the plan has a newer version than the one that is named.", Errors: []int{400, 401, 403, 404, 412, 422},
	}, s.changeStatus)
}

// own is the centre of whoever is signed in, as an object of access.
func own(ctx context.Context) access.Object {
	return access.Object{Centre: visitOf(ctx).account.Organisation}
}

// pageLength is how many plans a page of the list has.
const pageLength = 25

type searchFor struct {
	Text  string `json:"text,omitempty" maxLength:"100" doc:"An NHS number, or the beginning of a family or given name"`
	State string `json:"state,omitempty" enum:",active,on-hold,ended,due,overdue" doc:"Which plans; all if it is empty"`
	Page  int    `json:"page,omitempty" minimum:"1" maximum:"100000" doc:"The first page is 1"`
}

// OwnRow is exported because it is embedded: the description of the API leaves the members of others out.
type OwnRow struct {
	Plan      string       `json:"plan"`
	Version   int          `json:"version"`
	Status    plans.Status `json:"status"`
	Family    string       `json:"family"`
	Given     string       `json:"given"`
	BirthDate string       `json:"birth_date"`
	NHSNumber string       `json:"nhs_number"`
	Headline  string       `json:"headline"`
	Urgency   string       `json:"urgency"`
	Published time.Time    `json:"published"`
	ReviewDue string       `json:"review_due,omitempty"`
	Review    plans.Review `json:"review,omitempty" enum:"due,overdue"`
	Alerts    int          `json:"alerts"`
	LastUsed  *time.Time   `json:"last_used,omitempty"`
	Questions int          `json:"questions,omitempty" doc:"Questions that wait for an answer"`
	Disputes  int          `json:"disputes,omitempty" doc:"Alerts on which somebody said that the plan is wrong, while that waits"`
}

type ownList struct {
	Centre string   `json:"centre"`
	Name   string   `json:"centre_name"`
	Plans  []OwnRow `json:"plans" nullable:"false"`
	Total  int      `json:"total"`
	Page   int      `json:"page"`
	Pages  int      `json:"pages"`
	// Due and Overdue are of all plans of the centre, whatever was searched for.
	Due     int `json:"due" doc:"Plans of the centre that are to be reviewed within 30 days"`
	Overdue int `json:"overdue" doc:"Plans of the centre that should have been reviewed"`
	// Opened, too.
	Opened []openingNote `json:"opened" nullable:"false" doc:"Who opened a plan of the centre without an arrival within the last 30 days, the newest first"`
}

// noteListed journals that a page of the list is read, and which plans are on it.
func (s *server) noteListed(ctx context.Context, centre string, found []plans.Own) error {
	readings := []journal.Entry{s.reading(ctx, journal.PlansListed, centre, 0)}
	for _, one := range found {
		readings = append(readings, s.reading(ctx, journal.PlanListed, one.Plan.ID, one.Plan.Version))
	}
	if err := s.Journal.RecordAll(ctx, readings); err != nil {
		return fmt.Errorf("%w: %w", errNotJournalled, err)
	}
	return nil
}

func (s *server) ownPlans(ctx context.Context, in *struct{ Body *searchFor }) (*body[ownList], error) {
	centre := visitOf(ctx).account.Organisation
	if err := s.authorise(ctx, own(ctx), ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoForm
	}
	page := max(in.Body.Page, 1)
	found, total, err := s.Centres.OwnPlans(ctx, centre, s.search(*in.Body, page))
	if err != nil {
		return nil, err
	}
	waits, _, err := s.Talk.WaitingFor(ctx, centre)
	if err != nil {
		return nil, err
	}
	reviews, err := s.Centres.Reviews(ctx, centre, s.Now().In(s.zone()))
	if err != nil {
		return nil, err
	}
	if err := s.noteListed(ctx, centre, found); err != nil {
		return nil, err
	}
	broken, err := s.Openings.OpeningsFor(ctx, centre, s.Now().Add(-openingsTold), mostOpenings)
	if err != nil {
		return nil, err
	}
	list := ownList{
		Centre: centre, Opened: drawNotes(broken, s.Directory()), Plans: make([]OwnRow, 0, len(found)), Total: total, Page: page, Pages: max(1, (total+pageLength-1)/pageLength),
		Due: reviews.Due, Overdue: reviews.Overdue,
	}
	if org, ok := s.Directory().Organisation(centre); ok {
		list.Name = org.Name
	}
	for _, one := range found {
		row := s.ownRow(one)
		row.Questions, row.Disputes = waits[row.Plan].Questions, waits[row.Plan].Disputes
		list.Plans = append(list.Plans, row)
	}
	return &body[ownList]{list}, nil
}

// search reads what was typed: ten digits are an NHS number, everything else a name.
func (s *server) search(typed searchFor, page int) plans.Search {
	today := s.Now().In(s.zone())
	q := plans.Search{
		Limit: pageLength, From: (page - 1) * pageLength, Today: plans.Date(today.Format(time.DateOnly)),
		SoonEnds: plans.Date(today.Add(plans.ReviewNotice).Format(time.DateOnly)),
	}
	switch typed.State {
	case "active", "on-hold":
		q.Statuses = []plans.Status{plans.Status(typed.State)}
	case "ended":
		q.Statuses = []plans.Status{plans.Revoked, plans.Completed, plans.EnteredInError}
	case "due", "overdue":
		q.Review = plans.Review(typed.State)
	}
	if number, err := plans.ParseNHSNumber(typed.Text); err == nil {
		q.NHSNumber = number
	} else {
		q.Name = strings.TrimSpace(typed.Text)
	}
	return q
}

func (s *server) ownRow(o plans.Own) OwnRow {
	p := o.Plan
	row := OwnRow{
		Plan: p.ID, Version: p.Version, Status: p.Status, Family: p.Patient.Family, Given: p.Patient.Given, BirthDate: string(p.Patient.BirthDate),
		NHSNumber: p.Patient.NHSNumber.Reveal(), Headline: p.Headline, Urgency: string(p.Urgency), Published: p.Published.UTC().Truncate(time.Second),
		ReviewDue: string(o.ReviewDue), Alerts: o.Alerts, LastUsed: moment(o.LastUsed),
	}
	if p.Status == plans.Active || p.Status == plans.OnHold {
		row.Review = plans.ReviewOf(o.ReviewDue, s.Now().In(s.zone()))
	}
	return row
}

// zone is where centres are: all of them are in one country.
func (s *server) zone() *time.Location {
	zone, err := time.LoadLocation(directory.DefaultTimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// moment is an instant as JSON, nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

type ofPlan struct {
	Plan string `path:"plan" doc:"The plan's id"`
}

type edition struct {
	Version   int             `json:"version"`
	Status    plans.Status    `json:"status"`
	Reason    string          `json:"reason,omitempty" doc:"Why it has this status, in the author's words"`
	Headline  string          `json:"headline"`
	Author    string          `json:"author,omitempty"`
	Published time.Time       `json:"published"`
	Written   []plans.Section `json:"written" nullable:"false" doc:"What it says, by headings"`
	// Attachments are the files that this version had, whatever a newer one has.
	Attachments []plans.Attachment `json:"attachments,omitempty"`
}

func drawEdition(e plans.Edition) edition {
	if e.Document != nil {
		e.Status, e.StatusReason = fhir.StatusOf(e.Document), fhir.StatusReason(e.Document)
	}
	return edition{
		e.Version, e.Status, e.StatusReason, e.Headline, e.Author, e.Published.UTC().Truncate(time.Second), e.Written(), e.Content.Attachments,
	}
}

type useView struct {
	Department     string        `json:"department"`
	DepartmentName string        `json:"department_name"`
	Match          string        `json:"match"`
	State          string        `json:"state"`
	StateReason    string        `json:"state_reason,omitempty"`
	Version        int           `json:"version"`
	Arrived        *time.Time    `json:"arrived,omitempty"`
	Raised         *time.Time    `json:"raised,omitempty"`
	Departed       *time.Time    `json:"departed,omitempty"`
	Receipts       []receiptView `json:"receipts" nullable:"false"`
	Lines          []LineView    `json:"lines" nullable:"false" doc:"What the department and the centre said to each other"`
	Outcomes       []outcomeView `json:"outcomes" nullable:"false" doc:"What the plan changed, one for each department that said so"`
}

// receiptView is one fact about who had an alert before them: a role in an organisation, never a person.
type receiptView struct {
	What         string     `json:"what" enum:"delivered,displayed,seen,acknowledged,recalled,recall-seen"`
	Role         string     `json:"role,omitempty"`
	Organisation string     `json:"organisation,omitempty"`
	Department   string     `json:"department,omitempty" doc:"The department, where the patient had left it before the recall"`
	Version      int        `json:"version,omitempty"`
	At           *time.Time `json:"at,omitempty"`
}

type ownPlanPage struct {
	OwnRow
	Centre   string        `json:"centre"`
	Author   string        `json:"author,omitempty"`
	Shown    shownPlan     `json:"shown" doc:"The newest version as a board shows it"`
	Whole    bool          `json:"whole" doc:"The form shows all that the plan holds"`
	Versions []edition     `json:"versions" nullable:"false" doc:"The newest first"`
	Uses     []useView     `json:"uses" nullable:"false" doc:"The newest first"`
	Openings []openingNote `json:"openings" nullable:"false" doc:"Who opened it without an arrival, or had to say why, the newest first"`
	Recall   *recallView   `json:"recall,omitempty" doc:"Who was told that the plan must not be acted on any more"`
}

type recallView struct {
	Told int `json:"told" doc:"Departments that had been shown it"`
	Seen int `json:"seen" doc:"Of these, where somebody has seen the recall"`
}

// heldPlan finds a plan and asks whether the caller may do the route's action to it.
func (s *server) heldPlan(ctx context.Context, id string) (*plans.Held, error) {
	if err := s.authorise(ctx, own(ctx), id); err != nil {
		return nil, err // whoever may not do this to any plan is not told which exist
	}
	if !fhir.IsID(id) {
		return nil, errNoPlan
	}
	held, err := s.Plans.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	return held, s.authorise(ctx, access.Object{Centre: held.Plan.Centre}, id)
}

func (s *server) planPage(ctx context.Context, in *ofPlan) (*body[ownPlanPage], error) {
	held, err := s.heldPlan(ctx, in.Plan)
	if err != nil {
		return nil, err
	}
	editions, err := s.Centres.Editions(ctx, in.Plan)
	if err != nil {
		return nil, err
	}
	uses, err := s.Centres.Uses(ctx, in.Plan)
	if err != nil {
		return nil, err
	}
	openings, err := s.Openings.OpeningsOf(ctx, in.Plan)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.PlanUseRead, in.Plan, held.Plan.Version); err != nil {
		return nil, err
	}
	dir := s.Directory()
	_, whole := fhir.ReadForm(held.Plan, held.Document)
	page := ownPlanPage{
		OwnRow: s.ownRow(plans.Own{Plan: held.Plan, ReviewDue: held.Plan.Content.ReviewDue, Alerts: len(uses)}), Centre: held.Plan.Centre, Author: held.Plan.Author,
		Shown: showPlan(held.Plan, dir), Whole: whole, Versions: make([]edition, 0, len(editions)), Uses: make([]useView, 0, len(uses)), Openings: drawNotes(openings, dir),
	}
	page.Shown.Review = page.Review
	for _, e := range editions {
		page.Versions = append(page.Versions, drawEdition(e))
	}
	for _, u := range uses {
		page.Uses = append(page.Uses, drawUse(u, held.Plan.Version, dir))
		for _, l := range u.Lines {
			switch {
			case !l.Waits(held.Plan.Version):
			case l.Kind == alerts.Dispute:
				page.Disputes++
			default:
				page.Questions++
			}
		}
		if u.Alert.Recall != nil {
			if page.Recall == nil {
				page.Recall = &recallView{}
			}
			page.Recall.Told++
			if !u.Alert.Recall.Seen.IsZero() {
				page.Recall.Seen++
			}
		}
		for _, r := range u.Recalls {
			if page.Recall == nil {
				page.Recall = &recallView{}
			}
			page.Recall.Told++
			if len(r.SeenBy) > 0 {
				page.Recall.Seen++
			}
		}
	}
	if len(uses) > 0 {
		page.LastUsed = moment(uses[0].Alert.Raised)
	}
	return &body[ownPlanPage]{page}, nil
}

// drawUse shows a centre what became of an alert of its plan: departments, times and roles, nothing of the visit, and nobody's name but of who
// asked it something.
func drawUse(u subscribers.Use, newest int, dir *directory.Directory) useView {
	a := u.Alert
	v := useView{
		Department: a.Department, Match: string(a.Match), State: string(a.State), StateReason: a.StateReason, Version: a.Version,
		Arrived: moment(u.Arrived), Raised: moment(a.Raised), Departed: moment(u.Departed), Receipts: []receiptView{},
		DepartmentName: departmentName(dir, a.Department), Lines: drawLines(u.Lines, newest, dir), Outcomes: []outcomeView{},
	}
	for _, e := range u.Effects {
		v.Outcomes = append(v.Outcomes, drawOutcome(e, dir))
	}
	for _, r := range u.Receipts {
		what := strings.TrimPrefix(string(r.Kind), "receipt.")
		if r.Kind == journal.AlertRecallSeen {
			what = "recall-seen"
		}
		v.Receipts = append(v.Receipts, receiptView{What: what, Role: r.Actor.Role, Organisation: nameOf(dir, r.Actor.Organisation), Version: r.Version, At: moment(r.At)})
	}
	if ack := a.Acknowledgement; ack != nil {
		v.Receipts = append(v.Receipts, receiptView{What: "acknowledged", Role: ack.By.Role, Organisation: nameOf(dir, ack.By.Organisation), Version: ack.Version, At: moment(ack.At)})
	}
	if a.Recall != nil {
		v.Receipts = append(v.Receipts, receiptView{What: "recalled", Version: a.Recall.Version, At: moment(a.Recall.At)})
	}
	for _, r := range u.Recalls {
		where := departmentName(dir, r.Department)
		v.Receipts = append(v.Receipts, receiptView{What: "recalled", Department: where, Version: r.Recall.Version, At: moment(r.Recall.At)})
		for _, by := range r.SeenBy {
			v.Receipts = append(v.Receipts, receiptView{
				What: "recall-seen", Role: by.By.Role, Organisation: nameOf(dir, by.By.Organisation), Department: where, Version: r.Recall.Version, At: moment(by.At),
			})
		}
	}
	slices.SortStableFunc(v.Receipts, func(x, y receiptView) int { return x.At.Compare(*y.At) })
	return v
}

func nameOf(dir *directory.Directory, organisation string) string {
	if org, ok := dir.Organisation(organisation); ok {
		return org.Name
	}
	return organisation
}

type statusChange struct {
	Status  plans.Status `json:"status" enum:"active,on-hold,revoked,completed,entered-in-error"`
	Reason  string       `json:"reason" doc:"Why, in words; it stands in the plan's next version"`
	Version int          `json:"version" minimum:"1" doc:"The version that you saw"`
}

type publishedPlan struct {
	Plan    string `json:"plan"`
	Version int    `json:"version"`
}

// maxReason is the longest reason, in characters.
const maxReason = 200

func (s *server) changeStatus(ctx context.Context, in *struct {
	Plan string `path:"plan" doc:"The plan's id"`
	Body *statusChange
}) (*body[publishedPlan], error) {
	held, err := s.heldPlan(ctx, in.Plan)
	if err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoForm
	}
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return nil, errNoReason
	}
	if held.Plan.Version == in.Body.Version && !mayBecome(held.Plan.Status, in.Body.Status) {
		return nil, errNoChange
	}
	document, err := fhir.WithStatus(held.Document, in.Body.Status, reason)
	if err != nil {
		return nil, err
	}
	next := held.Plan
	next.Status, next.StatusReason = in.Body.Status, fhir.StatusReason(document)
	result, err := s.publishOne(ctx, plans.Publication{Plan: next, Document: document, IfMatch: in.Body.Version})
	if err != nil {
		return nil, err
	}
	return &body[publishedPlan]{publishedPlan{result.ID, result.Version}}, nil
}

// mayBecome tells whether a plan of one state can be given another from the browser. What was entered in error stays so.
func mayBecome(from, to plans.Status) bool {
	switch from {
	case plans.Active, plans.OnHold, plans.Draft, plans.UnknownStatus:
		return from != to
	case plans.Revoked, plans.Completed:
		return to == plans.EnteredInError
	}
	return false
}

// publishOne hands a plan that was written in the browser to the desk.
func (s *server) publishOne(ctx context.Context, pub plans.Publication) (fhir.Result, error) {
	kept, changed, err := s.Desk.Publish(ctx, pub, visitOf(ctx).account.Actor())
	switch {
	case err != nil:
		s.counts.published(publishFailure(err))
		return fhir.Result{}, err
	case !changed:
		s.counts.published("unchanged")
	case kept.Version == 1:
		s.counts.published("created")
	default:
		s.counts.published("updated")
	}
	return fhir.Result{ID: kept.ID, Version: kept.Version, LastUpdated: kept.Published}, nil
}
