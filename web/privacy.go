package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
)

// addPrivacy adds the addresses of those who look after privacy: what was opened without an arrival, who looked at a plan, what stands in the
// journal, and whom an account was shown.
func (s *server) addPrivacy(api *apiTable) {
	addAPI(s, api, signedIn, access.JudgeOpening, huma.Operation{
		Method: "GET", Path: "/api/privacy/openings", OperationID: "openings", Summary: "Who opened a plan without an arrival: what nobody has looked at first, the oldest of it first",
		Description: "Of the own organisation's or region's people. The reading is journalled.", Errors: []int{401, 403, 503},
	}, s.openings)
	addAPI(s, api, signedIn, access.JudgeOpening, huma.Operation{
		Method: "POST", Path: "/api/privacy/openings/{opening}/finding", OperationID: "judge-opening", Summary: "Say whether it was right to open a plan without an arrival", DefaultStatus: http.StatusNoContent,
		Description: "Once, by another person than the one who opened it. 409 if somebody has looked at it already.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.judge)
	addAPI(s, api, signedIn, access.ReadAccess, huma.Operation{
		Method: "POST", Path: "/api/privacy/looks", OperationID: "looks", Summary: "Who looked at a plan: when, as what, for which organisation, and why", DefaultStatus: http.StatusOK,
		Description: "By the plan's id, or by the patient's NHS number, which is sent in the body because an address stands in logs. Whoever may see this for the plan's centre sees all of it, others what their own people did. " +
			"The reading is journalled.", Errors: []int{400, 401, 403, 404, 503},
	}, s.looks)
	addAPI(s, api, signedIn, access.SearchAudit, huma.Operation{
		Method: "POST", Path: "/api/audit/search", OperationID: "search-audit", Summary: "A page of the journal, the newest first", DefaultStatus: http.StatusOK,
		Description: "By account, by what it is about (an id, or a patient's NHS number, of whose plans and alerts it then is), by kind, by organisation, and by time. Without an account and without a subject, " +
			"a time of at most 31 days is needed. The search is journalled.", Errors: []int{400, 401, 403, 422, 503},
	}, s.searchAudit)
	addAPI(s, api, signedIn, access.ReadExposure, huma.Operation{
		Method: "POST", Path: "/api/privacy/exposure", OperationID: "exposure", Summary: "Every patient whose details an account had before it between two times", DefaultStatus: http.StatusOK,
		Description: "Whoever stood on a board counts as seen by whoever read it. Of the own organisation's or region's accounts. /api/privacy/exposure.csv gives the same as a file. The reading is journalled.",
		Errors:      []int{400, 401, 403, 422, 503},
	}, s.exposure)
}

type brokenView struct {
	Opening      string     `json:"opening"`
	Plan         string     `json:"plan"`
	Centre       string     `json:"centre" doc:"Its name"`
	By           string     `json:"by"`
	Role         string     `json:"role"`
	Organisation string     `json:"organisation" doc:"Its name"`
	Special      bool       `json:"special" doc:"The patient is specially protected"`
	Why          string     `json:"why" doc:"The reason that was chosen, in words"`
	Words        string     `json:"words,omitempty" doc:"Plain text: never treat it as markup"`
	At           time.Time  `json:"at"`
	Until        time.Time  `json:"until"`
	Patient      string     `json:"patient" doc:"Whom the plan is about"`
	NHSNumber    string     `json:"nhs_number"`
	Finding      string     `json:"finding,omitempty" enum:"upheld,not-upheld"`
	Found        string     `json:"found,omitempty" doc:"What was found, in words. Plain text"`
	FoundBy      string     `json:"found_by,omitempty"`
	FoundAt      *time.Time `json:"found_at,omitempty"`
	Own          bool       `json:"own,omitempty" doc:"Whoever asks has opened it: somebody else looks at it"`
}

type brokenList struct {
	Openings []brokenView `json:"openings" nullable:"false"`
	Waiting  int          `json:"waiting" doc:"How many of them nobody has looked at"`
}

func (s *server) openings(ctx context.Context, _ *none) (*body[brokenList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), ""); err != nil {
		return nil, err
	}
	all, err := s.Openings.Broken(ctx, s.Now().Add(-openingsTold), mostOpenings)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.OpeningsListed, visitOf(ctx).account.Organisation, 0); err != nil {
		return nil, err
	}
	list := brokenList{Openings: []brokenView{}}
	for _, o := range all {
		if !s.looksAfter(ctx, o.By.Organisation) {
			continue
		}
		view, err := s.drawBroken(ctx, o)
		if err != nil {
			return nil, err
		}
		list.Openings = append(list.Openings, view)
		if o.Finding == nil {
			list.Waiting++
		}
	}
	return &body[brokenList]{list}, nil
}

// looksAfter tells whether the caller may do the route's action to what people of an organisation did.
func (s *server) looksAfter(ctx context.Context, organisation string) bool {
	v := visitOf(ctx)
	return access.May(v.account, v.route.action, s.belongs(organisation)) == nil
}

func (s *server) drawBroken(ctx context.Context, o privacy.Opening) (brokenView, error) {
	dir := s.Directory()
	view := brokenView{
		Opening: o.ID, Plan: o.Plan, Centre: nameOf(dir, o.Centre), By: o.By.Name, Role: o.By.Role, Organisation: nameOf(dir, o.By.Organisation), Special: o.Special,
		Why: o.Why.String(), Words: o.Words, At: o.At.UTC().Truncate(time.Second), Until: o.Until.UTC().Truncate(time.Second), Finding: verdict(o),
		Own: o.By.Name == visitOf(ctx).account.Name,
	}
	if f := o.Finding; f != nil {
		view.Found, view.FoundBy, view.FoundAt = f.Words, f.By.Name, moment(f.At)
	}
	held, err := s.Plans.Plan(ctx, o.Plan)
	if errors.Is(err, plans.ErrNotFound) {
		return view, nil
	}
	if err != nil {
		return view, err
	}
	view.Patient, view.NHSNumber = subscribers.DrawIdentity(held.Plan.Patient, s.Now()).Name, held.Plan.Patient.NHSNumber.Reveal()
	return view, nil
}

func (s *server) judge(ctx context.Context, in *struct {
	Opening string `path:"opening" doc:"The opening's id"`
	Body    *struct {
		Upheld bool   `json:"upheld"`
		Words  string `json:"words" maxLength:"500" doc:"What was found, in words"`
	}
}) (*none, error) {
	if err := s.authorise(ctx, ofTheirs(ctx), in.Opening); err != nil {
		return nil, err // whoever may not judge any is not told which exist
	}
	if !isAlertID(in.Opening) {
		return nil, errNoOpening
	}
	o, err := s.Openings.Opening(ctx, in.Opening)
	if err == nil && !o.Glass {
		err = privacy.ErrNoOpening
	}
	if err != nil {
		return nil, err
	}
	if err := s.authorise(ctx, s.belongs(o.By.Organisation), in.Opening); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errFinding
	}
	f, err := o.Judge(visitOf(ctx).account.Actor(), in.Body.Upheld, in.Body.Words, s.Now())
	if errors.Is(err, privacy.ErrOwn) {
		s.noteRefusal(ctx, in.Opening, err.Error())
	}
	if err != nil {
		return nil, err
	}
	return nil, s.Openings.KeepFinding(ctx, o, f)
}

type looksBody struct {
	Plan      string `json:"plan,omitempty" maxLength:"64" doc:"The plan's id, or else the next"`
	NHSNumber string `json:"nhs_number,omitempty" maxLength:"20"`
}

// EntryView is exported because it is embedded, as OwnRow is.
type EntryView struct {
	Number       int64     `json:"number"`
	At           time.Time `json:"at"`
	Kind         string    `json:"kind"`
	By           string    `json:"by"`
	Role         string    `json:"role"`
	Organisation string    `json:"organisation,omitempty" doc:"ODS code"`
	Name         string    `json:"organisation_name,omitempty"`
	Subject      string    `json:"subject,omitempty"`
	Version      int       `json:"version,omitempty"`
	Department   string    `json:"department,omitempty"`
	Reason       string    `json:"reason,omitempty"`
	Place        string    `json:"place,omitempty" doc:"The pattern of the address, and from where"`
}

func (s *server) drawEntry(e journal.Entry) EntryView {
	v := EntryView{
		Number: e.Number, At: e.Time.UTC(), Kind: string(e.Kind), By: e.Actor.Name, Role: e.Actor.Role, Organisation: e.Actor.Organisation,
		Subject: e.Subject, Version: e.Version, Department: e.Room, Reason: e.Reason, Place: e.Place,
	}
	if e.Actor.Organisation != "" {
		v.Name = s.nameOf(e.Actor.Organisation)
	}
	return v
}

type planLooks struct {
	Plan      string      `json:"plan"`
	Centre    string      `json:"centre" doc:"Its name"`
	Patient   string      `json:"patient"`
	NHSNumber string      `json:"nhs_number"`
	BirthDate string      `json:"birth_date"`
	Whole     bool        `json:"whole" doc:"Everybody is listed; otherwise only the own organisation's or region's people"`
	More      bool        `json:"more" doc:"There are more than are listed"`
	Looks     []EntryView `json:"looks" nullable:"false" doc:"The oldest first"`
}

type looksList struct {
	Plans []planLooks `json:"plans" nullable:"false"`
}

func (s *server) looks(ctx context.Context, in *struct{ Body *looksBody }) (*body[looksList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoPlan
	}
	ids, err := s.plansMeant(ctx, *in.Body)
	if err != nil {
		return nil, err
	}
	list := looksList{Plans: []planLooks{}}
	for _, id := range ids {
		one, told, err := s.looksAt(ctx, id)
		if err != nil {
			return nil, err
		}
		if !told {
			continue
		}
		if err := s.noteReading(ctx, journal.LooksRead, id, 0); err != nil {
			return nil, err
		}
		list.Plans = append(list.Plans, one)
	}
	if len(list.Plans) == 0 {
		return nil, errNoPlan
	}
	return &body[looksList]{list}, nil
}

// plansMeant are the ids of the plans that somebody asks about.
func (s *server) plansMeant(ctx context.Context, b looksBody) ([]string, error) {
	if b.NHSNumber == "" {
		if !isAlertID(b.Plan) {
			return nil, errNoPlan
		}
		return []string{b.Plan}, nil
	}
	number, err := plans.ParseNHSNumber(b.NHSNumber)
	if err != nil {
		return nil, errNoPlan
	}
	return s.plansOf(ctx, number)
}

// plansOf are the ids of the plans of all centres for an NHS number.
func (s *server) plansOf(ctx context.Context, number plans.NHSNumber) ([]string, error) {
	var ids []string
	for _, centre := range s.Directory().Centres() {
		found, _, err := s.Plans.FindPlans(ctx, plans.Query{Centre: centre.ID, Patients: []plans.NHSNumber{number}, Limit: mostOpenings})
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// looksAt finds who looked at a plan, as far as the caller may see that; told is false if that is nothing at all.
func (s *server) looksAt(ctx context.Context, id string) (one planLooks, told bool, err error) {
	held, err := s.Plans.Plan(ctx, id)
	if err != nil {
		return one, false, err
	}
	looks, more, err := privacy.Looks(ctx, s.Trail, id)
	if err != nil {
		return one, false, err
	}
	p := held.Plan
	one = planLooks{
		Plan: p.ID, Centre: s.nameOf(p.Centre), Patient: subscribers.DrawIdentity(p.Patient, s.Now()).Name, NHSNumber: p.Patient.NHSNumber.Reveal(), BirthDate: string(p.Patient.BirthDate),
		Whole: s.looksAfter(ctx, p.Centre), More: more, Looks: []EntryView{},
	}
	for _, e := range looks {
		if one.Whole || s.looksAfter(ctx, e.Actor.Organisation) {
			one.Looks = append(one.Looks, s.drawEntry(e))
		}
	}
	return one, one.Whole || len(one.Looks) > 0, nil
}

type auditBody struct {
	Account      string     `json:"account,omitempty" maxLength:"200"`
	Subject      string     `json:"subject,omitempty" maxLength:"200" doc:"An id of a plan, an alert, a department or an account, or an NHS number"`
	Kind         string     `json:"kind,omitempty" maxLength:"60" doc:"Such as plan.read, or plan. for all that begin so"`
	Organisation string     `json:"organisation,omitempty" maxLength:"20" doc:"ODS code on whose behalf somebody acted"`
	From         *time.Time `json:"from,omitempty"`
	To           *time.Time `json:"to,omitempty"`
	Below        int64      `json:"below,omitempty" doc:"The next of the page before"`
}

type auditPage struct {
	Entries []EntryView `json:"entries" nullable:"false" doc:"The newest first"`
	Next    int64       `json:"next,omitempty" doc:"Where the next page begins: give it as below; absent on the last page"`
}

const (
	// auditPageLength is how many entries a page has; longestSearch how long a time may be that is searched for nobody and nothing in particular.
	auditPageLength = 50
	longestSearch   = 31 * 24 * time.Hour
)

func (s *server) searchAudit(ctx context.Context, in *struct{ Body *auditBody }) (*body[auditPage], error) {
	if err := s.authorise(ctx, access.Object{}, ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errPeriod
	}
	q, why, err := s.auditQuery(ctx, *in.Body)
	if err != nil {
		return nil, err
	}
	page, more, err := s.Trail.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	visitOf(ctx).why = why
	if err := s.noteReading(ctx, journal.AuditSearched, "", 0); err != nil {
		return nil, err
	}
	out := auditPage{Entries: make([]EntryView, 0, len(page))}
	for _, e := range page {
		out.Entries = append(out.Entries, s.drawEntry(e))
	}
	if more {
		out.Next = page[len(page)-1].Number
	}
	return &body[auditPage]{out}, nil
}

// auditQuery reads what is searched for, and says it in words that name no patient.
func (s *server) auditQuery(ctx context.Context, b auditBody) (q privacy.Query, why string, err error) {
	q = privacy.Query{Actor: b.Account, Kind: b.Kind, Organisation: b.Organisation, Below: b.Below, Limit: auditPageLength}
	if b.From != nil {
		q.From = *b.From
	}
	if b.To != nil {
		q.To = *b.To
	}
	about := b.Subject
	if number, is := plans.ParseNHSNumber(b.Subject); is == nil {
		about = "the plans of a patient"
		if q.Subjects, err = s.subjectsOf(ctx, number); err != nil {
			return q, "", err
		}
		if len(q.Subjects) == 0 {
			q.Subjects = []string{"no such patient"} // which is nothing's id
		}
	} else if b.Subject != "" {
		q.Subjects = []string{b.Subject}
		if !isAlertID(b.Subject) {
			about = "another subject" // what somebody typed there may be anything
		}
	}
	unbounded := q.From.IsZero() || q.To.IsZero() || q.To.Sub(q.From) > longestSearch
	if len(q.Subjects) == 0 && q.Actor == "" && unbounded || !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		return q, "", errPeriod
	}
	return q, fmt.Sprintf("of %s, about %s, from %s to %s", known(s.accountNamed(b.Account)), known(about), instantWords(q.From), instantWords(q.To)), nil
}

// known is what a search is bound to, in words.
func known(s string) string {
	if s == "" {
		return "any"
	}
	return s
}

// accountNamed is the name of an account as the journal may hold it: what was typed, if it could be one.
func (s *server) accountNamed(typed string) string {
	if typed == "" || len(typed) <= 64 && !slices.ContainsFunc([]rune(typed), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return typed
	}
	return "an account"
}

// instantWords is an end of a period in words.
func instantWords(t time.Time) string {
	if t.IsZero() {
		return "any time"
	}
	return t.UTC().Format(time.RFC3339)
}

// subjectsOf are the ids of a patient's plans and of their alerts.
func (s *server) subjectsOf(ctx context.Context, number plans.NHSNumber) ([]string, error) {
	subjects, err := s.plansOf(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, plan := range slices.Clone(subjects) {
		alerts, err := s.Trail.AlertsOf(ctx, plan)
		if err != nil {
			return nil, err
		}
		for _, a := range alerts {
			subjects = append(subjects, a.Alert)
		}
	}
	return subjects, nil
}
