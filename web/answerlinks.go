package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/subscribers"
)

var errLinkOver = refusal{http.StatusGone, fhir.Expired, "This link cannot be used any more. Open the department's board, or ring the department."}

// addAnswers adds where somebody who was told of an alert answers it by the link in the message.
func (s *server) addAnswers(api *apiTable) {
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "GET", Path: "/api/answers/{token}", OperationID: "answer-link", Summary: "What a link in a message leads to",
		Description: "Nothing of the patient. The link opens nothing to whoever has not signed in.", Errors: []int{401, 404},
	}, s.linked)
	addAPI(s, api, signedIn, access.Acknowledge, huma.Operation{
		Method: "POST", Path: "/api/answers/{token}", OperationID: "answer-by-link", Summary: "Answer the alert of a link, once", DefaultStatus: http.StatusOK,
		Description: "The same account again is no error. 409 if somebody else answered, 410 if the link was used or is too old, or the alert is no longer open.",
		Errors:      []int{401, 403, 404, 409, 410},
	}, s.answerLinked)
}

type ofLink struct {
	Token string `path:"token" doc:"As it stands in the link"`
}

type answerLinkView struct {
	Alert            string            `json:"alert"`
	Ref              string            `json:"ref" doc:"What people call it"`
	Department       string            `json:"department"`
	DepartmentName   string            `json:"department_name"`
	OrganisationName string            `json:"organisation_name"`
	Phones           []directory.Phone `json:"phones" nullable:"false"`
	State            string            `json:"state" enum:"waiting,acknowledged,over,used,expired"`
	By               string            `json:"by,omitempty" doc:"Who answered"`
	At               *time.Time        `json:"at,omitempty" doc:"When they did"`
	MayAnswer        bool              `json:"may_answer" doc:"The caller may answer alerts of that department"`
	Raised           time.Time         `json:"raised"`
}

// linkOf finds the link of a token and its alert.
func (s *server) linkOf(ctx context.Context, token string) (subscribers.AnswerLink, alerts.Sight, error) {
	link, err := s.Links.Link(ctx, subscribers.HashOfLink(token))
	if err != nil {
		return link, alerts.Sight{}, err
	}
	sight, err := s.Boards.Sight(ctx, link.Alert)
	return link, sight, err
}

func (s *server) linked(ctx context.Context, in *ofLink) (*body[answerLinkView], error) {
	link, sight, err := s.linkOf(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	return &body[answerLinkView]{s.drawLink(ctx, link, sight)}, nil
}

func (s *server) drawLink(ctx context.Context, link subscribers.AnswerLink, sight alerts.Sight) answerLinkView {
	dir, a := s.Directory(), sight.Alert
	dep, _ := dir.Department(a.Department)
	org, _ := dir.OrganisationOf(a.Department)
	v := answerLinkView{
		Alert: a.ID, Ref: subscribers.Reference(a.ID), Department: a.Department, DepartmentName: dep.Name, OrganisationName: org.Name, Phones: append([]directory.Phone{}, dep.Phones...),
		State: "waiting", MayAnswer: access.May(visitOf(ctx).account, access.Acknowledge, place(dir, a.Department)) == nil, Raised: a.Raised.UTC().Truncate(time.Second),
	}
	switch {
	case a.Acknowledgement != nil:
		v.State, v.By, v.At = "acknowledged", a.Acknowledgement.By.Name, moment(a.Acknowledgement.At)
	case !a.Open():
		v.State = "over"
	case !link.Used.IsZero():
		v.State = "used"
	case !s.Now().Before(link.Until):
		v.State = "expired"
	}
	return v
}

// answerLinked answers first and uses the link up then: one that was used up and answered nothing would leave the alert to nobody.
func (s *server) answerLinked(ctx context.Context, in *ofLink) (_ *body[answerLinkView], err error) {
	account := visitOf(ctx).account
	if err := s.authorise(ctx, access.Object{Department: account.Department, Organisation: account.Organisation}, ""); err != nil {
		return nil, err
	}
	defer func() { s.counts.acknowledged(acknowledged(err)) }()
	link, sight, err := s.linkOf(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	if err := s.authorise(ctx, place(s.Directory(), sight.Alert.Department), link.Alert); err != nil {
		return nil, err
	}
	if answered := sight.Alert.Acknowledgement; !link.Used.IsZero() && (answered == nil || answered.By != account.Actor()) || !s.Now().Before(link.Until) {
		return nil, errLinkOver
	}
	sight.Alert, err = s.Desk.Acknowledge(ctx, link.Alert, sight.Alert.Department, alerts.Answering{}, account.Actor())
	if err != nil {
		return nil, err
	}
	if _, err := s.Links.UseLink(ctx, link.Hash, account.Name, s.Now()); err != nil {
		return nil, err
	}
	return &body[answerLinkView]{s.drawLink(ctx, link, sight)}, nil
}
