package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
)

const (
	// openingsTold is how long a centre's list tells that plans were opened without an arrival, and how long a judged opening stays listed.
	openingsTold = 30 * 24 * time.Hour
	mostOpenings = 200
)

// addOpenings adds where somebody says why they open a plan: without an arrival, or that of a patient who is specially protected.
func (s *server) addOpenings(api *apiTable) {
	addAPI(s, api, signedIn, access.OpenPlan, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/reason", OperationID: "say-why", Summary: "Say why you open the plan of a patient who is specially protected", DefaultStatus: http.StatusOK,
		Description: "It holds for the account that said it, for some minutes. It is journalled, and the plan's centre is told.", Errors: []int{400, 401, 403, 404, 422, 503},
	}, s.sayWhy)
	addAPI(s, api, signedIn, access.OpenPlan, huma.Operation{
		Method: "GET", Path: "/api/alerts/{alert}/plan/holds", OperationID: "plan-holds", Summary: "Whether a plan that is open may still be open", DefaultStatus: http.StatusNoContent,
		Description: "A page asks every few seconds, and puts the plan away at 401, 403, 410 and 428. Nothing is shown, and nothing journalled but a refusal.", Errors: []int{401, 403, 404, 428},
	}, s.planHolds)
	addAPI(s, api, signedIn, access.BreakGlass, huma.Operation{
		Method: "POST", Path: "/api/openings", OperationID: "break-glass", Summary: "Open a plan whose patient did not arrive here, as far as the service knows", DefaultStatus: http.StatusOK,
		Description: "By the id of an alert, or by NHS number and date of birth together, with a reason. It is journalled, the plan's centre is told, and a second person looks at it. " +
			"What the centre and the patient said about sharing holds all the same.", Errors: []int{400, 401, 403, 404, 422, 503},
	}, s.breakGlass)
	addAPI(s, api, signedIn, access.BreakGlass, huma.Operation{
		Method: "GET", Path: "/api/openings/{opening}/plan", OperationID: "opened-plan", Summary: "The plan that one has opened",
		Description: "403 when its time is over. The reading is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.planByOpening)
	addAPI(s, api, signedIn, access.BreakGlass, huma.Operation{
		Method: "GET", Path: "/api/openings/{opening}/holds", OperationID: "opening-holds", Summary: "Whether a plan that one has opened may still be open", DefaultStatus: http.StatusNoContent,
		Errors: []int{401, 403, 404},
	}, s.openingHolds)
}

type whyBody struct {
	Why   privacy.Why `json:"why" enum:"patient-here,coming,after-leaving,advice,other"`
	Words string      `json:"words,omitempty" maxLength:"500" doc:"In one's own words; kept for whoever judges it, never in the journal"`
}

type openingBody struct {
	Alert     string      `json:"alert,omitempty" maxLength:"64" doc:"The id of an alert, or else both of the next"`
	NHSNumber string      `json:"nhs_number,omitempty" maxLength:"20"`
	BirthDate string      `json:"birth_date,omitempty" maxLength:"10" doc:"YYYY-MM-DD"`
	Why       privacy.Why `json:"why" enum:"patient-here,coming,after-leaving,advice,other"`
	Words     string      `json:"words,omitempty" maxLength:"500" doc:"In one's own words; kept for whoever judges it, never in the journal"`
}

type openingView struct {
	Opening string    `json:"opening" doc:"Its id"`
	Until   time.Time `json:"until" doc:"In UTC"`
}

// stated lets a plan of a specially protected patient be opened by whoever has said why a short while ago.
func (s *server) stated(ctx context.Context, p openedPlan) (openedPlan, error) {
	o, err := s.Openings.StandingOpening(ctx, visitOf(ctx).account.Actor(), p.Plan.ID, s.Now())
	if errors.Is(err, privacy.ErrNoOpening) {
		return p, errSayWhy
	}
	if err != nil {
		return p, err
	}
	if p.until.IsZero() || o.Until.Before(p.until) {
		p.until = o.Until
	}
	visitOf(ctx).why += "; " + o.Why.String() + ", opening " + o.ID
	return p, nil
}

func (s *server) sayWhy(ctx context.Context, in *struct {
	Alert string `path:"alert" doc:"The alert's id"`
	Body  *whyBody
}) (*body[openingView], error) {
	sight, err := s.sight(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	held, err := s.Plans.Plan(ctx, sight.Alert.Plan)
	if err != nil {
		return nil, err
	}
	sight.Plan = held.Plan
	v := visitOf(ctx)
	if _, err := mayBeOpened(sight, v.account.Role.Viewer(), s.Directory(), s.Now(), s.OpenAfterDeparture); err != nil {
		s.noteRefusal(ctx, in.Alert, err.Error())
		return nil, err
	}
	if in.Body == nil {
		return nil, errWhy
	}
	return s.open(ctx, privacy.Opening{
		Plan: held.Plan.ID, Centre: held.Plan.Centre, Alert: sight.Alert.ID, By: v.account.Actor(), Special: sight.Special(), Why: in.Body.Why, Words: in.Body.Words,
	}, s.ReasonLasts)
}

// open keeps an opening.
func (s *server) open(ctx context.Context, o privacy.Opening, lasts time.Duration) (*body[openingView], error) {
	o, err := privacy.Begin(o, s.Now(), lasts)
	if err != nil {
		return nil, err
	}
	if err := s.Openings.KeepOpening(ctx, o); err != nil {
		return nil, errors.Join(errNotJournalled, err)
	}
	return &body[openingView]{openingView{o.ID, o.Until.UTC().Truncate(time.Second)}}, nil
}

func (s *server) planHolds(ctx context.Context, in *ofAlert) (*none, error) {
	_, err := s.opened(ctx, in.Alert)
	return nil, err
}

func (s *server) breakGlass(ctx context.Context, in *struct{ Body *openingBody }) (*body[openingView], error) {
	if err := s.authorise(ctx, access.Object{}, ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errWhy
	}
	v := visitOf(ctx)
	o := privacy.Opening{By: v.account.Actor(), Glass: true, Why: in.Body.Why, Words: in.Body.Words}
	if _, err := privacy.Begin(o, s.Now(), s.GlassLasts); err != nil {
		return nil, err // nobody learns whether a plan is held who does not say why
	}
	p, err := s.wanted(ctx, in.Body, &o)
	if err == nil {
		err = s.mayBeBroken(ctx, p)
	}
	if err != nil {
		s.noteRefusal(ctx, o.Plan, "open a plan without an arrival: "+err.Error())
		return nil, err
	}
	o.Plan, o.Centre, o.Special = p.ID, p.Centre, o.Special || p.Patient.Restricted
	return s.open(ctx, o, s.GlassLasts)
}

// wanted finds the plan that somebody wants to open, and notes in the opening what the way to it says of the patient.
func (s *server) wanted(ctx context.Context, b *openingBody, o *privacy.Opening) (plans.Plan, error) {
	if b.Alert == "" {
		return s.planOfPatient(ctx, b.NHSNumber, b.BirthDate)
	}
	if !isAlertID(b.Alert) {
		return plans.Plan{}, errNoAlert
	}
	sight, err := s.Boards.Sight(ctx, b.Alert)
	if err != nil {
		return plans.Plan{}, err
	}
	o.Alert, o.Special = sight.Alert.ID, sight.Special()
	if withheld, _ := sight.Plan.Withheld(sight.Attendance.Consent); withheld {
		return plans.Plan{}, errNotShared
	}
	if sight.Alert.Match != alerts.Confirmed {
		return plans.Plan{}, errPossibleMatch
	}
	held, err := s.Plans.Plan(ctx, sight.Alert.Plan)
	if err != nil {
		return plans.Plan{}, err
	}
	return held.Plan, nil
}

// planOfPatient finds the live plan of a patient by NHS number and date of birth, which must both agree: neither alone tells whether there is one.
func (s *server) planOfPatient(ctx context.Context, typed, born string) (plans.Plan, error) {
	number, err := plans.ParseNHSNumber(typed)
	if err != nil || born == "" {
		return plans.Plan{}, errNoMatch
	}
	for _, centre := range s.Directory().Centres() {
		found, _, err := s.Plans.FindPlans(ctx, plans.Query{Centre: centre.ID, Patients: []plans.NHSNumber{number}, Limit: mostOpenings})
		if err != nil {
			return plans.Plan{}, err
		}
		for _, c := range found {
			held, err := s.Plans.Plan(ctx, c.ID)
			if err != nil {
				return plans.Plan{}, err
			}
			if live, _ := held.Plan.Live(s.Now()); live && string(held.Plan.Patient.BirthDate) == born && s.mayBeBroken(ctx, held.Plan) == nil {
				return held.Plan, nil
			}
		}
	}
	return plans.Plan{}, errNoMatch
}

// mayBeBroken tells whether a plan may be shown to somebody of the caller's organisation without an arrival: all that the centre and the patient
// said about sharing holds, as if the patient were in one of its departments.
func (s *server) mayBeBroken(ctx context.Context, p plans.Plan) error {
	dir, now, account := s.Directory(), s.Now(), visitOf(ctx).account
	if live, _ := p.Live(now); !live {
		return errPlanNotOpen
	}
	if withheld, _ := p.Withheld(plans.NotStated); withheld {
		return errNotShared
	}
	show := directory.Nothing
	for _, dep := range dir.Departments(now) {
		if org, _ := dir.OrganisationOf(dep.ID); org.ID != account.Organisation {
			continue
		}
		if here, _ := p.ShownIn(dir, dep.ID, now); here.Covers(show) {
			show = here
		}
	}
	switch {
	case show == directory.Nothing:
		return errNotShared
	case show == directory.Summary:
		return errSummaryOnly
	case !p.Restriction.Admits(account.Role.Viewer()):
		return errOtherRoles
	}
	return nil
}

type ofOpening struct {
	Opening string `path:"opening" doc:"The opening's id"`
}

type openedView struct {
	Shown       shownPlan                `json:"shown"`
	Patient     *subscribers.PatientView `json:"patient" doc:"Whom the centre says it is about"`
	CentrePhone string                   `json:"centre_phone,omitempty" doc:"Answered day and night"`
}

// byOpening finds the plan of an opening of the caller's own that holds still.
func (s *server) byOpening(ctx context.Context, id string) (privacy.Opening, *plans.Held, error) {
	if err := s.authorise(ctx, access.Object{}, id); err != nil {
		return privacy.Opening{}, nil, err
	}
	if !isAlertID(id) {
		return privacy.Opening{}, nil, errNoOpening
	}
	o, err := s.Openings.Opening(ctx, id)
	if err == nil && (o.By != visitOf(ctx).account.Actor() || !o.Glass) {
		s.noteRefusal(ctx, o.Plan, "open a plan: the opening is somebody else's")
		err = errNoOpening
	}
	if err != nil {
		return o, nil, err
	}
	if !o.Holds(visitOf(ctx).account.Actor(), s.Now()) {
		return o, nil, errOpeningOver
	}
	held, err := s.Plans.Plan(ctx, o.Plan)
	if err == nil {
		err = s.mayBeBroken(ctx, held.Plan)
	}
	visitOf(ctx).why = o.Why.String() + ", opening " + o.ID
	return o, held, err
}

func (s *server) planByOpening(ctx context.Context, in *ofOpening) (*body[openedView], error) {
	o, held, err := s.byOpening(ctx, in.Opening)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.PlanRead, held.Plan.ID, held.Plan.Version); err != nil {
		return nil, err
	}
	dir, now := s.Directory(), s.Now()
	view := openedView{Shown: showPlan(held.Plan, dir), Patient: subscribers.DrawIdentity(held.Plan.Patient, now.In(s.zone()))}
	view.Shown.Until, view.Shown.Review = moment(o.Until), plans.ReviewOf(held.Plan.Content.ReviewDue, now.In(s.zone()))
	if org, ok := dir.Organisation(held.Plan.Centre); ok {
		view.CentrePhone = org.Phone
	}
	return &body[openedView]{view}, nil
}

func (s *server) openingHolds(ctx context.Context, in *ofOpening) (*none, error) {
	_, _, err := s.byOpening(ctx, in.Opening)
	return nil, err
}

// getOpenedAttachment gives a file of a plan that the caller has opened. The reading is journalled.
func (s *server) getOpenedAttachment(w http.ResponseWriter, r *http.Request) {
	ctx, n := r.Context(), r.PathValue("n")
	_, held, err := s.byOpening(ctx, r.PathValue("opening"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a, ending, file, err := nth(held.Plan.Content, held.Document, n)
	if err == nil {
		err = s.noteReading(ctx, journal.PlanRead, held.Plan.ID, held.Plan.Version)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	giveFile(w, a.Type, n, ending, file)
}

// openingNote is an opening as the plan's centre is told of it: a role in an organisation, never a person, and nothing of what they wrote.
type openingNote struct {
	Plan         string    `json:"plan"`
	Glass        bool      `json:"glass" doc:"The patient had not arrived there, as far as the service knew"`
	Role         string    `json:"role"`
	Organisation string    `json:"organisation" doc:"Its name"`
	Why          string    `json:"why" doc:"In words"`
	At           time.Time `json:"at"`
	Finding      string    `json:"finding,omitempty" enum:"upheld,not-upheld" doc:"What a second person there found; absent until then"`
}

func drawNotes(openings []privacy.Opening, dir *directory.Directory) []openingNote {
	notes := make([]openingNote, 0, len(openings))
	for _, o := range openings {
		notes = append(notes, openingNote{o.Plan, o.Glass, o.By.Role, nameOf(dir, o.By.Organisation), o.Why.String(), o.At.UTC().Truncate(time.Second), verdict(o)})
	}
	return notes
}

func verdict(o privacy.Opening) string {
	switch {
	case o.Finding == nil:
		return ""
	case o.Finding.Upheld:
		return "upheld"
	}
	return "not-upheld"
}
