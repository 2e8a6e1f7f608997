package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/subscribers"
)

// Screens knows who can see which board.
type Screens interface {
	// Watches says how each department that has or had a screen stands on all nodes, in the order of their ids.
	Watches() []subscribers.Watch
	// Connected lists the screens of this node.
	Connected() []subscribers.ConnectedScreen
}

// addScreens adds the address that tells who can see which board.
func (s *server) addScreens(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadScreens, huma.Operation{
		Method: "GET", Path: "/api/operations/screens", OperationID: "screens", Summary: "Which departments' boards somebody can see, and which screens are connected",
		Description: "Every department that exists today and that the caller may ask about. The counts are of all nodes and at most a few seconds old; the screens are those of the node that answers.", Errors: []int{401, 403},
	}, s.whoSees)
}

// DepartmentScreens is exported because it is embedded, as OwnRow is.
type DepartmentScreens struct {
	Department string       `json:"department"`
	Connected  int          `json:"connected" doc:"Screens that are open, on all nodes"`
	Visible    int          `json:"visible" doc:"Of these, how many somebody can see, as their clients say"`
	State      string       `json:"state" enum:"seen,unseen,never" doc:"Whether somebody can see the board; never: it has not had a visible screen yet. Unseen once that has lasted a minute"`
	Since      *time.Time   `json:"since,omitempty" doc:"Since when it is seen or unseen, in UTC"`
	Screens    []screenView `json:"screens" nullable:"false" doc:"Of this node, the longest connected first"`
}

type screenView struct {
	Account string    `json:"account"`
	Screen  string    `json:"screen,omitempty" doc:"The name that the screen gave itself"`
	Version string    `json:"version,omitempty" doc:"Of its client, as it says"`
	Visible bool      `json:"visible"`
	Since   time.Time `json:"since" doc:"Since when it is connected, in UTC"`
	Receipt time.Time `json:"receipt,omitzero" doc:"When it last said that it showed an alert or the check, in UTC; absent if it never did"`
	Behind  int       `json:"behind" doc:"How many changes of its board it was not sent yet"`
}

type screenList struct {
	Departments []DepartmentScreens `json:"departments" nullable:"false"`
}

// whoSees lists the departments that the caller may ask about; whoever may ask about none is refused.
func (s *server) whoSees(ctx context.Context, _ *none) (*body[screenList], error) {
	list := screenList{Departments: s.screensFor(visitOf(ctx).account)}
	if len(list.Departments) == 0 {
		if err := s.authorise(ctx, access.Object{}, "screens"); err != nil {
			return nil, err
		}
	}
	return &body[screenList]{list}, nil
}

// screensFor are the departments whose screens an account may see, each with its screens.
func (s *server) screensFor(caller access.Account) []DepartmentScreens {
	dir := s.Directory()
	watches := map[string]subscribers.Watch{}
	for _, w := range s.Screens.Watches() {
		watches[w.Department] = w
	}
	connected := map[string][]screenView{}
	for _, c := range s.Screens.Connected() {
		connected[c.Department] = append(connected[c.Department], screenView{c.Account, c.Name, c.Version, c.Visible, c.Since.UTC(), c.Receipt.UTC(), c.Behind})
	}
	list := []DepartmentScreens{}
	for _, d := range dir.Departments(s.Now()) {
		if access.May(caller, access.ReadScreens, place(dir, d.ID)) != nil {
			continue
		}
		w := watches[d.ID]
		v := DepartmentScreens{Department: d.ID, Connected: w.Connected, Visible: w.Visible, State: "never", Screens: connected[d.ID]}
		if v.Screens == nil {
			v.Screens = []screenView{}
		}
		if !w.Since.IsZero() {
			since := w.Since.UTC()
			v.Since, v.State = &since, "unseen"
			if w.Watched {
				v.State = "seen"
			}
		}
		list = append(list, v)
	}
	return list
}
