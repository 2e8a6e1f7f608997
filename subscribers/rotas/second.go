package rotas

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
)

// Waiting is a change that waits for a second person.
type Waiting struct {
	changes.Proposal
	About          About
	ID, Rota, Name string
	Organisation   string
}

func waitingOf(p changes.Proposal) (Waiting, error) {
	c, err := parseChange(p)
	return Waiting{p, c.About, c.ID, c.Rota, c.Name, c.Organisation}, err
}

// Waiting are the changes that wait for a second person, the oldest first.
func (d *Desk) Waiting(ctx context.Context) (all []Waiting, err error) {
	open, err := d.o.Store.OpenProposals(ctx, d.o.Now())
	if err != nil {
		return nil, err
	}
	for _, p := range open {
		if !ours(p.Subject) || p.State != changes.Waiting {
			continue
		}
		w, err := waitingOf(p)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// Change finds a change, also one that was decided. Errors: changes.ErrNone.
func (d *Desk) Change(ctx context.Context, id string) (w Waiting, err error) {
	err = d.o.Store.ChangeRotas(ctx, func(tx Tx) error {
		p, err := tx.Proposal(id)
		if err == nil && !ours(p.Subject) {
			err = changes.ErrNone
		}
		if err != nil {
			return err
		}
		w, err = waitingOf(p)
		return err
	})
	return w, err
}

// Decide is what a second person says about a change. If they agree it holds when this returns nil. Errors: those of [changes.Proposal.Decide], and
// those of making the change, such as ErrStale where what it rests on was changed meanwhile: then nothing is decided.
func (d *Desk) Decide(ctx context.Context, by journal.Actor, id string, agrees bool, words string) error {
	err := d.change(ctx, func(tx Tx, b Book) error {
		p, err := tx.Proposal(id)
		if err == nil && !ours(p.Subject) {
			err = changes.ErrNone
		}
		if err != nil {
			return err
		}
		if p, err = p.Decide(by, agrees, words, b.Now); err != nil {
			return err
		}
		if err := tx.MoveProposal(p, changes.Waiting, b.Now); err != nil || !agrees {
			return err
		}
		return take(tx, b, p)
	})
	if err != nil {
		return fmt.Errorf("decide about change %s: %w", id, err)
	}
	return nil
}

// take makes an approved change hold, in the name of whoever proposed it.
func take(tx Tx, b Book, p changes.Proposal) error {
	c, err := parseChange(p)
	if err == nil {
		err = c.check(b)
	}
	if err == nil {
		err = c.apply(tx, b, p.By)
	}
	if err != nil {
		return err
	}
	p.State = changes.Taken
	return tx.MoveProposal(p, changes.Approved, b.Now)
}

// stale is who refuses an approved change that cannot be any more.
var stale = "What it rests on was changed after it was proposed."

// Take makes the changes hold that were approved elsewhere, on the page of all changes, and refuses those that cannot be any more. Of several nodes
// that do so, one does.
func (d *Desk) Take(ctx context.Context) error {
	open, err := d.o.Store.OpenProposals(ctx, d.o.Now())
	if err != nil {
		return err
	}
	for _, p := range open {
		if !ours(p.Subject) || p.State != changes.Approved {
			continue
		}
		err := d.change(ctx, func(tx Tx, b Book) error { return take(tx, b, p) })
		switch {
		case err == nil, errors.Is(err, changes.ErrDecided): // taken, here or by another node
		case cannotBe(err):
			if err := d.refuse(ctx, p); err != nil {
				return err
			}
		default:
			return fmt.Errorf("take change %s: %w", p.ID, err)
		}
	}
	return nil
}

// cannotBe tells whether a change can never hold any more, whatever is tried again.
func cannotBe(err error) bool {
	if _, faults := errors.AsType[FaultsError](err); faults {
		return true
	}
	for _, known := range []error{ErrNone, ErrStale, ErrOfFile, ErrNamed, ErrOver, ErrForeign} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

func (d *Desk) refuse(ctx context.Context, p changes.Proposal) error {
	err := d.o.Store.ChangeRotas(ctx, func(tx Tx) error {
		now := d.o.Now()
		p.State, p.DecidedBy, p.DecidedAt, p.Words = changes.Refused, journal.Service, now.UTC().Truncate(time.Microsecond), stale
		return tx.MoveProposal(p, changes.Approved, now)
	})
	if err != nil && !errors.Is(err, changes.ErrDecided) {
		return fmt.Errorf("refuse change %s: %w", p.ID, err)
	}
	return nil
}
