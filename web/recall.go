package web

import "context"

// seeRecall records that a department has seen a recall: by default the one that a screen stands in, else the one of the alert.
func (s *server) seeRecall(ctx context.Context, in *struct {
	Alert      string `path:"alert" doc:"The alert's id"`
	Department string `query:"department" doc:"The department that has seen it; by default that of the account, else that of the alert"`
}) (*none, error) {
	if !isAlertID(in.Alert) {
		return nil, errNoAlert
	}
	sight, err := s.Boards.Sight(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	account, department := visitOf(ctx).account, in.Department
	if department == "" {
		department = account.Department
	}
	if department == "" {
		department = sight.Alert.Department
	}
	if err := s.authorise(ctx, place(s.Directory(), department), in.Alert); err != nil {
		return nil, err
	}
	if err := s.Desk.SeeRecall(ctx, in.Alert, department, account.Actor()); err != nil {
		return nil, err
	}
	return &none{}, nil
}
