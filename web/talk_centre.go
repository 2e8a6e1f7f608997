package web

import (
	"context"
	"time"
)

type waitingView struct {
	LineView
	Plan           string `json:"plan"`
	Family         string `json:"family"`
	Given          string `json:"given"`
	Headline       string `json:"headline"`
	Department     string `json:"department"`
	DepartmentName string `json:"department_name"`
	Phone          string `json:"phone,omitempty" doc:"Where the department is reached"`
}

type waitingList struct {
	Questions int           `json:"questions"`
	Disputes  int           `json:"disputes"`
	Waiting   []waitingView `json:"waiting" nullable:"false" doc:"The oldest first, at most a hundred"`
}

type waitingCounts struct {
	Questions int        `json:"questions"`
	Disputes  int        `json:"disputes"`
	Newest    *time.Time `json:"newest,omitempty" doc:"When the newest of them was said"`
	Time      time.Time  `json:"time" doc:"The service's clock"`
}

func (s *server) waitingCounts(ctx context.Context, _ *none) (*body[waitingCounts], error) {
	if err := s.authorise(ctx, own(ctx), ""); err != nil {
		return nil, err
	}
	questions, disputes, newest, err := s.howMuchWaits(ctx)
	if err != nil {
		return nil, err
	}
	return &body[waitingCounts]{waitingCounts{questions, disputes, moment(newest), s.Now().UTC().Truncate(time.Second)}}, nil
}

func (s *server) howMuchWaits(ctx context.Context) (questions, disputes int, newest time.Time, err error) {
	by, newest, err := s.Talk.WaitingFor(ctx, visitOf(ctx).account.Organisation)
	for _, of := range by {
		questions, disputes = questions+of.Questions, disputes+of.Disputes
	}
	return questions, disputes, newest, err
}

func (s *server) waiting(ctx context.Context, _ *none) (*body[waitingList], error) {
	if err := s.authorise(ctx, own(ctx), ""); err != nil {
		return nil, err
	}
	account := visitOf(ctx).account
	questions, disputes, _, err := s.howMuchWaits(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Talk.Waiting(ctx, account.Organisation, account.Actor(), s.Now())
	if err != nil {
		return nil, err
	}
	dir := s.Directory()
	list := waitingList{questions, disputes, make([]waitingView, 0, len(all))}
	for _, w := range all {
		v := waitingView{
			LineView: drawLine(w.Line, w.Line.Version, dir), Plan: w.Line.Plan, Family: w.Family, Given: w.Given, Headline: w.Headline,
			Department: w.Department, DepartmentName: departmentName(dir, w.Department),
		}
		if dep, ok := dir.Department(w.Department); ok && len(dep.Phones) > 0 {
			v.Phone = dep.Phones[0].Number
		}
		list.Waiting = append(list.Waiting, v)
	}
	return &body[waitingList]{list}, nil
}

func (s *server) reply(ctx context.Context, in *struct {
	Line string `path:"line" maxLength:"64" doc:"The line's id"`
	Body *said
}) (*body[LineView], error) {
	if err := s.authorise(ctx, own(ctx), in.Line); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errLine
	}
	if !isAlertID(in.Line) {
		return nil, errNoLine
	}
	account := visitOf(ctx).account
	line, err := s.Desk.Reply(ctx, in.Line, account.Organisation, in.Body.Text, account.Actor())
	if err != nil {
		return nil, err
	}
	return &body[LineView]{drawLine(line, line.Version, s.Directory())}, nil
}
