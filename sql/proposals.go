package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
)

var (
	proposalAdd     = statement("proposal_add")
	proposalGet     = statement("proposal_get")
	proposalList    = statement("proposal_list")
	proposalInForce = statement("proposal_in_force")
	proposalPending = statement("proposal_pending")
	proposalMove    = statement("proposal_move")
)

var _ changes.Store = (*Store)(nil)

type proposalRow struct {
	ID          string    `db:"id"`
	Subject     string    `db:"subject"`
	Text        string    `db:"text"`
	Hash        string    `db:"hash"`
	Summary     string    `db:"summary"`
	ByName      string    `db:"by_name"`
	ByRole      string    `db:"by_role"`
	ByOrg       string    `db:"by_org"`
	At          time.Time `db:"at"`
	Until       time.Time `db:"until"`
	State       string    `db:"state"`
	DecidedName string    `db:"decided_name"`
	DecidedRole string    `db:"decided_role"`
	DecidedOrg  string    `db:"decided_org"`
	DecidedAt   time.Time `db:"decided_at"`
	Words       string    `db:"words"`
	Moved       time.Time `db:"moved"`
}

func (r proposalRow) proposal() (changes.Proposal, error) {
	p := changes.Proposal{
		ID: r.ID, Subject: r.Subject, Text: r.Text, Hash: r.Hash, By: journal.Actor{Name: r.ByName, Role: r.ByRole, Organisation: r.ByOrg}, At: r.At, Until: r.Until,
		State: changes.State(r.State), DecidedBy: journal.Actor{Name: r.DecidedName, Role: r.DecidedRole, Organisation: r.DecidedOrg}, DecidedAt: r.DecidedAt, Words: r.Words,
	}
	if r.Summary != "" {
		p.Summary = strings.Split(r.Summary, "\n")
	}
	return p, nil
}

// KeepProposal implements [changes.Store].
func (s *Store) KeepProposal(ctx context.Context, p changes.Proposal) error {
	err := s.db.Write(ctx, func(tx *Tx) error { return keepProposal(tx, p) })
	if err != nil {
		return fmt.Errorf("keep a proposal about %s: %w", p.Subject, err)
	}
	return nil
}

func keepProposal(tx *Tx, p changes.Proposal) error {
	row := proposalRow{
		p.ID, p.Subject, p.Text, p.Hash, strings.Join(p.Summary, "\n"), p.By.Name, p.By.Role, p.By.Organisation, p.At, p.Until, string(p.State),
		p.DecidedBy.Name, p.DecidedBy.Role, p.DecidedBy.Organisation, p.DecidedAt, p.Words, p.At,
	}
	if _, err := tx.Exec(proposalAdd, &row); err != nil {
		return err
	}
	return appendEntry(tx, p.Entry())
}

// Proposal implements [changes.Store].
func (s *Store) Proposal(ctx context.Context, id string) (changes.Proposal, error) {
	return s.proposal(ctx, proposalGet, Args{"id": id})
}

// InForce implements [changes.Store].
func (s *Store) InForce(ctx context.Context, subject string) (changes.Proposal, error) {
	return s.proposal(ctx, proposalInForce, Args{"subject": subject})
}

// Pending implements [changes.Store].
func (s *Store) Pending(ctx context.Context, subject, hash string, now time.Time) (changes.Proposal, error) {
	return s.proposal(ctx, proposalPending, Args{"subject": subject, "hash": hash, "now": now})
}

func (s *Store) proposal(ctx context.Context, st *Statement, args Args) (changes.Proposal, error) {
	var row proposalRow
	err := s.db.Get(ctx, &row, st, args)
	if errors.Is(err, ErrNoRows) {
		return changes.Proposal{}, changes.ErrNone
	}
	if err != nil {
		return changes.Proposal{}, fmt.Errorf("find a proposal: %w", err)
	}
	return row.proposal()
}

// Proposals implements [changes.Store].
func (s *Store) Proposals(ctx context.Context, limit int) ([]changes.Proposal, error) {
	var rows []proposalRow
	if err := s.db.Select(ctx, &rows, proposalList, Args{"limit": limit}); err != nil {
		return nil, fmt.Errorf("list the proposals: %w", err)
	}
	return collect(rows, proposalRow.proposal)
}

// Move implements [changes.Store].
func (s *Store) Move(ctx context.Context, p changes.Proposal, from changes.State, now time.Time) error {
	err := s.db.Write(ctx, func(tx *Tx) error { return moveProposal(tx, p, from, now) })
	if err != nil {
		return fmt.Errorf("move proposal %s: %w", p.ID, err)
	}
	return nil
}

func moveProposal(tx *Tx, p changes.Proposal, from changes.State, now time.Time) error {
	moved, err := tx.Exec(proposalMove, Args{
		"id": p.ID, "state": string(p.State), "decided_name": p.DecidedBy.Name, "decided_role": p.DecidedBy.Role, "decided_org": p.DecidedBy.Organisation,
		"decided_at": p.DecidedAt, "words": p.Words, "moved": now, "before": string(from),
	})
	if err == nil && moved == 0 {
		err = changes.ErrDecided
	}
	if err != nil {
		return err
	}
	e := p.Entry()
	e.Time = now
	return appendEntry(tx, e)
}
