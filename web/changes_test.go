package web

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
)

// drawer keeps proposals in memory, by their ids.
type drawer map[string]changes.Proposal

func (d drawer) KeepProposal(_ context.Context, p changes.Proposal) error {
	d[p.ID] = p
	return nil
}

func (d drawer) Proposal(_ context.Context, id string) (changes.Proposal, error) {
	if p, ok := d[id]; ok {
		return p, nil
	}
	return changes.Proposal{}, changes.ErrNone
}

func (d drawer) Proposals(context.Context, int) (all []changes.Proposal, err error) {
	for _, p := range d {
		all = append(all, p)
	}
	return all, nil
}

func (d drawer) InForce(context.Context, string) (changes.Proposal, error) {
	return changes.Proposal{}, changes.ErrNone
}

func (d drawer) Pending(context.Context, string, string, time.Time) (changes.Proposal, error) {
	return changes.Proposal{}, changes.ErrNone
}

func (d drawer) Move(_ context.Context, p changes.Proposal, from changes.State, _ time.Time) error {
	if d[p.ID].State != from {
		return changes.ErrDecided
	}
	d[p.ID] = p
	return nil
}

func TestASecondPersonDecidesAboutAChange(t *testing.T) {
	held := drawer{}
	boss := access.Account{Name: "boss", Role: access.Administrator, Organisation: "QM7"}
	own := changes.Propose("directory", "text", []string{"An agreement ends."}, boss.Actor(), now)
	filed := changes.Propose("directory", "other", []string{"A department closes."}, journal.Service, now)
	old := changes.Propose("directory", "old", nil, journal.Service, now.Add(-changes.Lapses))
	for _, p := range []changes.Proposal{own, filed, old} {
		held[p.ID] = p
	}
	w := newWorld(t, func(o *Options) {
		o.Changes = held
		o.Accounts = access.NewBook(map[access.Token]access.Account{access.HashToken("boss"): boss})
	})
	states := map[string]string{}
	for _, p := range read[proposalList](t, w.ask("GET", "/api/changes", "boss", "")).Changes {
		states[p.Change] = p.State
	}
	if states[own.ID] != "waiting" || states[old.ID] != "lapsed" {
		t.Errorf("listed: %v", states)
	}
	for _, row := range []struct {
		what, id, body string
		status         int
	}{
		{"one's own", own.ID, `{"agrees":true}`, http.StatusForbidden},
		{"one that has lapsed", old.ID, `{"agrees":true}`, http.StatusConflict},
		{"one that is none", "nothing", `{"agrees":true}`, http.StatusNotFound},
		{"a refusal without words", filed.ID, `{"agrees":false}`, http.StatusUnprocessableEntity},
		{"agreement", filed.ID, `{"agrees":true,"words":"as agreed on Monday"}`, http.StatusNoContent},
		{"twice", filed.ID, `{"agrees":false,"words":"no"}`, http.StatusConflict},
	} {
		if answer := w.ask("POST", "/api/changes/"+row.id+"/decision", "boss", row.body); answer.Code != row.status {
			t.Errorf("%s: %d %s", row.what, answer.Code, answer.Body)
		}
	}
	if p := held[filed.ID]; p.State != changes.Approved || p.DecidedBy != boss.Actor() {
		t.Errorf("it stands as %+v", p)
	}
}
