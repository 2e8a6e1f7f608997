package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

// addPlanLists adds the addresses of the lists of plans that people keep for their subscriptions.
func (s *server) addPlanLists(api *apiTable) {
	const below = "/api/subscriptions/lists/kept/{list}"
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "GET", Path: "/api/subscriptions/lists", OperationID: "plan-lists", Summary: "One's lists of plans in the role that one works in", Errors: []int{401, 403},
	}, s.planLists)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "POST", Path: "/api/subscriptions/lists", OperationID: "add-plan-list", Summary: "Begin a list of plans", DefaultStatus: http.StatusOK, Errors: []int{401, 403, 404, 422},
	}, s.addPlanList)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "PUT", Path: below, OperationID: "change-plan-list", Summary: "Change a list of plans", DefaultStatus: http.StatusOK,
		Description: "What subscriptions that name it tell changes with it. 409 if it was changed since the revision that is sent.", Errors: []int{401, 403, 404, 409, 422},
	}, s.changePlanList)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "DELETE", Path: below, OperationID: "drop-plan-list", Summary: "Keep a list of plans no more", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404},
	}, s.dropPlanList)
}

type listedBody struct {
	Plan  string `json:"plan,omitempty" maxLength:"64" doc:"The plan's id, or else the next"`
	Alert string `json:"alert,omitempty" maxLength:"64" doc:"The id of an alert that one may be told of: the plan behind it"`
	Label string `json:"label,omitempty" maxLength:"400" doc:"What one calls it; at most 80 characters. Plain text"`
}

type planListBody struct {
	Name     string       `json:"name" maxLength:"400" doc:"At most 80 characters"`
	Plans    []listedBody `json:"plans" nullable:"false" doc:"At most 1000"`
	Revision int          `json:"revision,omitempty" doc:"The one that was changed; of a new list none"`
}

type listedView struct {
	Plan  string `json:"plan"`
	Label string `json:"label"`
}

type planListView struct {
	ID       string       `json:"id"`
	Revision int          `json:"revision"`
	Name     string       `json:"name"`
	Plans    []listedView `json:"plans" nullable:"false"`
	Changed  time.Time    `json:"changed" doc:"In UTC"`
}

type planListList struct {
	Lists []planListView `json:"lists" nullable:"false"`
}

func drawPlanList(l subscriptions.List) planListView {
	v := planListView{l.ID, l.Revision, l.Name, []listedView{}, l.Changed.UTC().Truncate(time.Second)}
	for _, p := range l.Plans {
		v.Plans = append(v.Plans, listedView(p))
	}
	return v
}

func (s *server) planLists(ctx context.Context, _ *none) (*body[planListList], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	all, err := s.Subscriptions.PlanLists(ctx, visitOf(ctx).account.Actor())
	if err != nil {
		return nil, err
	}
	list := planListList{Lists: []planListView{}}
	for _, l := range all {
		list.Lists = append(list.Lists, drawPlanList(l))
	}
	slices.SortStableFunc(list.Lists, func(a, b planListView) int { return strings.Compare(a.Name, b.Name) })
	return &body[planListList]{list}, nil
}

// listOf reads a list that was sent, as the caller's.
func (s *server) listOf(ctx context.Context, b *planListBody) (l subscriptions.List, err error) {
	if b == nil {
		return l, errNoWanted
	}
	who := visitOf(ctx).account
	l = subscriptions.List{Revision: b.Revision, Person: who.Name, Role: who.Role, Organisation: who.Organisation, Changed: s.Now()}
	if l.Name, err = subscriptions.Words("name", b.Name, true); err != nil {
		return l, err
	}
	if len(b.Plans) > subscriptions.MostListed {
		return l, errTooMany
	}
	on := map[string]bool{}
	for _, of := range b.Plans {
		item := subscriptions.Listed{Plan: of.Plan}
		if item.Label, err = subscriptions.Words("label", of.Label, false); err != nil {
			return l, err
		}
		if of.Alert != "" {
			if item.Plan, err = s.planBehind(ctx, of.Alert); err != nil {
				return l, err
			}
		}
		if !isPlanID(item.Plan) {
			return l, subscriptions.FaultError{Words: "plans: name each by its id, or by that of an alert."}
		}
		if !on[item.Plan] {
			on[item.Plan] = true
			l.Plans = append(l.Plans, item)
		}
	}
	return l, nil
}

// isPlanID tells whether text has the shape of a plan's id (FHIR R4 §2.24.0.1, id).
func isPlanID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}

// planBehind is the plan of an alert that the caller may be told of.
func (s *server) planBehind(ctx context.Context, alert string) (string, error) {
	if !isAlertID(alert) {
		return "", errNoAlert
	}
	sight, err := s.Boards.Sight(ctx, alert)
	if err != nil {
		return "", err
	}
	a, dir := visitOf(ctx).account, s.Directory()
	h := subscriptions.Happening{Alert: sight.Alert.ID, Department: sight.Alert.Department, Centre: sight.Alert.Centre}
	if !h.Entitled(a.Name, access.Post{Role: a.Role, Organisation: a.Organisation, Department: a.Department}, dir) {
		return "", errNoAlert
	}
	return sight.Alert.Plan, nil
}

// entryOfList tells of a list in the journal: whose it is, never what it is called.
func (s *server) entryOfList(ctx context.Context, kind journal.Kind, l subscriptions.List) journal.Entry {
	reason := "of " + l.Person + ", " + access.Post{Role: l.Role, Organisation: l.Organisation}.String()
	return journal.Entry{Time: s.Now(), Kind: kind, Actor: visitOf(ctx).account.Actor(), Subject: l.ID, Version: l.Revision, Reason: reason}
}

func (s *server) addPlanList(ctx context.Context, in *struct{ Body *planListBody }) (*body[planListView], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	l, err := s.listOf(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	l.ID, l.Revision = uuid.NewString(), 1
	if err := s.Subscriptions.AddPlanList(ctx, l, s.entryOfList(ctx, journal.ListKept, l)); err != nil {
		return nil, err
	}
	return &body[planListView]{drawPlanList(l)}, nil
}

// ownList finds a list of the caller's.
func (s *server) ownList(ctx context.Context, id string) (subscriptions.List, error) {
	if err := s.authorise(ctx, mine(ctx), id); err != nil {
		return subscriptions.List{}, err
	}
	if !isAlertID(id) {
		return subscriptions.List{}, errNoList
	}
	l, err := s.Subscriptions.PlanList(ctx, id)
	if err == nil && !l.Of(visitOf(ctx).account.Actor()) {
		err = errNoList
	}
	return l, err
}

func (s *server) changePlanList(ctx context.Context, in *struct {
	List string `path:"list" doc:"The list's id"`
	Body *planListBody
}) (*body[planListView], error) {
	before, err := s.ownList(ctx, in.List)
	if err != nil {
		return nil, err
	}
	l, err := s.listOf(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	l.ID = before.ID
	e := s.entryOfList(ctx, journal.ListKept, l)
	e.Version++
	if err := s.Subscriptions.KeepPlanList(ctx, l, e); err != nil {
		return nil, err
	}
	l.Revision++
	return &body[planListView]{drawPlanList(l)}, nil
}

func (s *server) dropPlanList(ctx context.Context, in *struct {
	List string `path:"list" doc:"The list's id"`
}) (*none, error) {
	l, err := s.ownList(ctx, in.List)
	if err != nil {
		return nil, err
	}
	return nil, s.Subscriptions.DropPlanList(ctx, l.ID, s.entryOfList(ctx, journal.ListDropped, l))
}
