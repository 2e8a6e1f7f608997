package web

import (
	"context"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/subscribers"
)

type acknowledging struct {
	Alert string `path:"alert" doc:"The alert's id"`
	Done  string `query:"done" enum:"taken_on,already_known" doc:"What whoever answers does; taken_on if it is not said"`
}

func (s *server) acknowledge(ctx context.Context, in *acknowledging) (_ *body[subscribers.View], err error) {
	defer func() { s.counts.acknowledged(acknowledged(err)) }()
	sight, err := s.sight(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	department := sight.Alert.Department
	if sight.Alert, err = s.Desk.Acknowledge(ctx, in.Alert, department, alerts.Answering{Done: alerts.Done(in.Done)}, visitOf(ctx).account.Actor()); err != nil {
		return nil, err
	}
	return &body[subscribers.View]{subscribers.Draw(sight, department, s.Directory(), s.Now())}, nil
}

// takingOver says who held an alert and who takes it.
type takingOver struct {
	From string `json:"from" doc:"Who holds the alert, as it was shown: acknowledged.holder"`
	To   string `json:"to" doc:"Who takes over, as the department calls them: a person or a role, at most 60 letters, spaces and . ' -"`
}

type handingOver struct {
	Alert string `path:"alert" doc:"The alert's id"`
	// Body is nil if none was sent: whoever may not do this is told that first.
	Body *takingOver
}

func (s *server) handOver(ctx context.Context, in *handingOver) (*body[subscribers.View], error) {
	sight, err := s.sight(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	if in.Body == nil {
		in.Body = &takingOver{}
	}
	department := sight.Alert.Department
	if sight.Alert, err = s.Desk.HandOver(ctx, in.Alert, department, in.Body.From, in.Body.To, visitOf(ctx).account.Actor()); err != nil {
		return nil, err
	}
	return &body[subscribers.View]{subscribers.Draw(sight, department, s.Directory(), s.Now())}, nil
}
