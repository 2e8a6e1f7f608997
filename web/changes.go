package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
)

// mostProposals is how many changes are listed.
const mostProposals = 50

// addChanges adds where a second person agrees to what could silence an alert.
func (s *server) addChanges(api *apiTable) {
	addAPI(s, api, signedIn, access.AgreeToChange, huma.Operation{
		Method: "GET", Path: "/api/changes", OperationID: "changes", Summary: "The last changes that need a second person, the newest first",
		Description: "The reading is journalled.", Errors: []int{401, 403, 503},
	}, s.proposals)
	addAPI(s, api, signedIn, access.AgreeToChange, huma.Operation{
		Method: "POST", Path: "/api/changes/{change}/decision", OperationID: "decide-change", Summary: "Agree to a change, or refuse it", DefaultStatus: http.StatusNoContent,
		Description: "Once, within seven days, by another person than the one who proposed it. 409 if somebody has decided already.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.decide)
}

type proposalView struct {
	Change    string     `json:"change"`
	Subject   string     `json:"subject" doc:"What it changes"`
	Summary   []string   `json:"summary" nullable:"false" doc:"What changes, one line each"`
	By        string     `json:"by" doc:"Who proposed it; the service itself, where a file was replaced"`
	At        time.Time  `json:"at"`
	Until     time.Time  `json:"until" doc:"When it lapses if nobody decides"`
	State     string     `json:"state" enum:"waiting,approved,refused,taken,lapsed"`
	DecidedBy string     `json:"decided_by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	Words     string     `json:"words,omitempty"`
}

type proposalList struct {
	Changes []proposalView `json:"changes" nullable:"false"`
}

func (s *server) proposals(ctx context.Context, _ *none) (*body[proposalList], error) {
	if err := s.authorise(ctx, access.Object{}, ""); err != nil {
		return nil, err
	}
	all, err := s.Changes.Proposals(ctx, mostProposals)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.ChangesListed, "", 0); err != nil {
		return nil, err
	}
	list := proposalList{Changes: []proposalView{}}
	for _, p := range all {
		v := proposalView{
			Change: p.ID, Subject: p.Subject, Summary: append([]string{}, p.Summary...), By: p.By.Name, At: p.At.UTC().Truncate(time.Second), Until: p.Until.UTC().Truncate(time.Second),
			State: string(p.State), DecidedBy: p.DecidedBy.Name, DecidedAt: moment(p.DecidedAt), Words: p.Words,
		}
		if p.State == changes.Waiting && !p.Open(s.Now()) {
			v.State = "lapsed"
		}
		list.Changes = append(list.Changes, v)
	}
	return &body[proposalList]{list}, nil
}

func (s *server) decide(ctx context.Context, in *struct {
	Change string `path:"change" doc:"The change's id"`
	Body   *struct {
		Agrees bool   `json:"agrees"`
		Words  string `json:"words,omitempty" maxLength:"500" doc:"Needed for a refusal"`
	}
}) (*none, error) {
	if err := s.authorise(ctx, access.Object{}, in.Change); err != nil {
		return nil, err
	}
	if !isAlertID(in.Change) {
		return nil, changes.ErrNone
	}
	p, err := s.Changes.Proposal(ctx, in.Change)
	if err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, changes.ErrWords
	}
	now := s.Now()
	if p, err = p.Decide(visitOf(ctx).account.Actor(), in.Body.Agrees, in.Body.Words, now); err != nil {
		return nil, err
	}
	return nil, s.Changes.Move(ctx, p, changes.Waiting, now)
}
