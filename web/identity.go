package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// Identifier takes what people say about who a patient is.
type Identifier interface {
	// Compare tells how the two of a pair compare now.
	Compare(p alerts.Pair) alerts.Compared
	// Rule records what a person says about whether an alert's attendance and plan are about one patient; seen is what alerts.Pair.SeenAs
	// named when they were shown. When it returns nil, that and what follows from it is durable.
	// Errors: alerts.ErrNoAlert, alerts.ErrNotOpen, alerts.ErrNotSeen, alerts.RuledError.
	Rule(ctx context.Context, alert, department string, answer alerts.Identification, seen string, actor journal.Actor) (alerts.Alert, error)
}

// Identities finds what a person is to say something about.
type Identities interface {
	// Pair returns an alert with what was said about whom it is about, or alerts.ErrNoAlert.
	Pair(ctx context.Context, alert string) (alerts.Pair, error)
	// RuledOut returns the alerts of those who are in a department now of which somebody said that it is not the patient's, with what was said.
	RuledOut(ctx context.Context, department string) ([]alerts.Pair, error)
}

// addIdentity adds where a clinician sees an arrival beside a plan, and says whether they are one patient.
func (s *server) addIdentity(api *apiTable) {
	addAPI(s, api, signedIn, access.CheckIdentity, huma.Operation{
		Method: "GET", Path: "/api/alerts/{alert}/identity", OperationID: "identity", Summary: "The identifiers of an arrival beside those of a plan",
		Description: "Field by field, with how far each agrees; nothing of what the plan says. 410 if there is nothing to compare any more. " +
			"The reading is journalled.", Errors: []int{401, 403, 404, 410, 503},
	}, s.identity)
	addAPI(s, api, signedIn, access.CheckIdentity, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/identity", OperationID: "rule-on-identity", DefaultStatus: http.StatusOK,
		Summary: "Say whether an arrival and a plan are about one patient",
		Description: "same confirms the identity: the plan can be opened. other withdraws the alert for this attendance, for good unless something " +
			"better is learnt. It may be said again, and otherwise, while the patient is in the department; the last answer holds. " +
			"409 if the details changed since they were shown, or somebody else ruled since: then it says who and what. 410 if there is nothing to say any more.",
		Errors: []int{401, 403, 404, 409, 410, 422},
	}, s.rule)
	addAPI(s, api, signedIn, access.CheckIdentity, huma.Operation{
		Method: "GET", Path: "/api/departments/{department}/ruled-out", OperationID: "ruled-out",
		Summary:     "The alerts of which somebody said that the plan is not the patient's",
		Description: "Of those who are in the department now, with who said so and when; so that it can be taken back. The reading is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.ruledOut)
}

// pair finds an alert on which the caller may rule now.
func (s *server) pair(ctx context.Context, id string) (alerts.Pair, error) {
	if !isAlertID(id) {
		return alerts.Pair{}, errNoAlert
	}
	pair, err := s.Identities.Pair(ctx, id)
	if err != nil {
		return alerts.Pair{}, err
	}
	if err := s.authorise(ctx, place(s.Directory(), pair.Alert.Department), id); err != nil {
		return alerts.Pair{}, err
	}
	switch {
	case !pair.MayBeRuled():
		return alerts.Pair{}, errNotRulable
	case !pair.Shown(s.Directory(), s.Now()):
		return alerts.Pair{}, errNotShared
	}
	return pair, nil
}

func (s *server) identity(ctx context.Context, in *ofAlert) (*body[subscribers.PairView], error) {
	pair, err := s.pair(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.IdentityRead, in.Alert, pair.Plan.Version); err != nil {
		return nil, err
	}
	return &body[subscribers.PairView]{subscribers.DrawPair(pair, s.Desk.Compare(pair), s.Directory())}, nil
}

type ruling struct {
	Answer alerts.Identification `json:"answer" enum:"same,other" doc:"same: identity confirmed. other: this is not the patient."`
	Seen   string                `json:"seen" doc:"What stood under seen when the two were shown"`
}

func (s *server) rule(ctx context.Context, in *struct {
	Alert string `path:"alert" doc:"The alert's id"`
	Body  *ruling
}) (*body[subscribers.View], error) {
	pair, err := s.pair(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoAnswer
	}
	if answer := in.Body.Answer; answer != alerts.SamePatient && answer != alerts.OtherPatient || in.Body.Seen == "" {
		return nil, errNoAnswer
	}
	department := pair.Alert.Department
	if pair.Alert, err = s.Desk.Rule(ctx, in.Alert, department, in.Body.Answer, in.Body.Seen, visitOf(ctx).account.Actor()); err != nil {
		return nil, err
	}
	return &body[subscribers.View]{subscribers.Draw(pair.Sight, department, s.Directory(), s.Now())}, nil
}

type ruledOut struct {
	Alerts []ruledOutView `json:"alerts" nullable:"false"`
}

// ruledOutView is an alert and what somebody said of it.
type ruledOutView struct {
	subscribers.View
	Ruling subscribers.RulingView `json:"ruling"`
}

func (s *server) ruledOut(ctx context.Context, in *struct {
	Department string `path:"department" doc:"The department's id, such as RQW-AE"`
}) (*body[ruledOut], error) {
	dir := s.Directory()
	if dep, ok := dir.Department(in.Department); !ok || !dep.Covers(s.Now()) {
		return nil, errNoDepartment
	}
	if err := s.authorise(ctx, place(dir, in.Department), in.Department); err != nil {
		return nil, err
	}
	pairs, err := s.Identities.RuledOut(ctx, in.Department)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.AlertsRead, in.Department, 0); err != nil {
		return nil, err
	}
	views := make([]ruledOutView, 0, len(pairs))
	for _, pair := range pairs {
		view := subscribers.Draw(pair.Sight, in.Department, dir, s.Now())
		view = view.Identified(pair.Sight, visitOf(ctx).account.Role.Viewer(), dir, s.Now())
		views = append(views, ruledOutView{view, *subscribers.DrawRuling(pair.Ruling)})
	}
	return &body[ruledOut]{ruledOut{views}}, nil
}
