package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Published is what became of one publication.
type Published = plans.Published

// PublicationError says which of several publications stands in the way of all.
type PublicationError struct {
	// Index is its place among the publications.
	Index int
	Err   error
}

func (e *PublicationError) Error() string { return e.Err.Error() }

func (e *PublicationError) Unwrap() error { return e.Err }

// Publish keeps what a centre sends and reconciles every patient that it concerns, before and after. It returns the version that
// holds now and whether that is new; the same document again is no new version.
//
// Errors: plans.ErrForeign, plans.StaleError, plans.ErrSeveral, plans.ErrOtherID; anything else is a failure of the store.
func (d *Desk) Publish(ctx context.Context, pub plans.Publication, actor journal.Actor) (plans.Plan, bool, error) {
	done, err := d.PublishAll(ctx, []plans.Publication{pub}, actor)
	if err != nil {
		return plans.Plan{}, false, err
	}
	return done[0].Plan, done[0].Changed, nil
}

// PublishAll is [Desk.Publish] for several publications of one centre: all of them are kept, or none. The results are in their order.
//
// Errors: a [PublicationError] around one of those that Publish returns, or around plans.ErrTwice; anything else is a failure of the
// store.
func (d *Desk) PublishAll(ctx context.Context, pubs []plans.Publication, actor journal.Actor) ([]Published, error) {
	now, dir := d.now(), d.dir()
	var done []Published
	err := d.store.Write(ctx, func(tx Tx) error {
		var err error
		done, err = d.publish(tx, slices.Clone(pubs), dir, now, actor)
		return err
	})
	if err == nil {
		return done, nil
	}
	what := fmt.Sprintf("publish %d plans", len(pubs))
	if at, ok := errors.AsType[*PublicationError](err); ok {
		what = "publish plan " + pubs[at.Index].Plan.ID
	} else if len(pubs) == 1 {
		what = "publish plan " + pubs[0].Plan.ID
	}
	return nil, fmt.Errorf("%s: %w", what, err)
}

// keeping is one new version on its way into the store.
type keeping struct {
	pub  plans.Publication
	held *plans.Held
	kept plans.Plan
}

// publish decides and writes publications inside a transaction. Keys are locked class by class: identifiers, plans, patients.
func (d *Desk) publish(tx Tx, pubs []plans.Publication, dir *directory.Directory, now time.Time, actor journal.Actor) ([]Published, error) {
	found, err := find(tx, pubs)
	if err != nil {
		return nil, err
	}
	if err := lockPlans(tx, pubs); err != nil {
		return nil, err
	}
	done := make([]Published, len(pubs))
	var keep []keeping
	var about []plans.Identity
	for i, pub := range pubs {
		pub.Plan.Published = now
		held, err := tx.Plan(pub.Plan.ID)
		if err != nil {
			return nil, err
		}
		if found[i] && held != nil {
			done[i].Plan = held.Plan
			continue
		}
		kept, changed, err := plans.Next(held, pub)
		if err != nil {
			return nil, &PublicationError{i, err}
		}
		done[i] = Published{Plan: kept, Changed: changed}
		if !changed {
			continue
		}
		keep = append(keep, keeping{pub, held, kept})
		about = append(about, kept.Patient)
		if held != nil {
			about = append(about, held.Plan.Patient)
		}
	}
	if len(keep) == 0 {
		return done, nil
	}
	return done, d.keep(tx, keep, about, dir, now, actor)
}

// keep writes new versions and decides every patient that they concern.
func (d *Desk) keep(tx Tx, keep []keeping, about []plans.Identity, dir *directory.Directory, now time.Time, actor journal.Actor) error {
	if err := lockPlanned(tx, about); err != nil {
		return err
	}
	var told []journal.Entry
	for _, k := range keep {
		if err := tx.SavePlan(k.kept, k.pub.Document); err != nil {
			return err
		}
		if err := tx.SaveNames(k.kept, k.pub.Parts); err != nil {
			return err
		}
		if err := savePlanKeys(tx, k.held, k.kept); err != nil {
			return err
		}
		told = append(told, planEntry(k.held, k.kept, actor, now))
	}
	open, err := concerned(tx, about)
	if err != nil {
		return err
	}
	_, err = d.reconcile(tx, open, dir, now, actor, told...)
	return err
}

// find gives publications that name their plan by identifiers the id of the plan that has them, or a new one. It tells which of them
// found a plan that is to be left as it is.
//
// Besides the identifiers asked for, those that the plan will have are locked: two senders may ask by different names of one plan.
func find(tx Tx, pubs []plans.Publication) (found []bool, err error) {
	found = make([]bool, len(pubs))
	var keys []string
	for _, pub := range pubs {
		if len(pub.IfNone)+len(pub.Instead) == 0 {
			continue
		}
		for _, i := range slices.Concat(pub.IfNone, pub.Instead, pub.Plan.Identifiers) {
			if key := "identifier:" + pub.Plan.Centre + "/" + i.Value; !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		return found, nil
	}
	if err := tx.Lock(keys...); err != nil {
		return nil, err
	}
	for i := range pubs {
		pub := &pubs[i]
		asked := slices.Concat(pub.IfNone, pub.Instead)
		if len(asked) == 0 {
			continue
		}
		ids, err := tx.PlansNamed(pub.Plan.Centre, asked)
		switch {
		case err != nil:
			return nil, err
		case len(ids) > 1:
			return nil, &PublicationError{i, plans.ErrSeveral}
		case len(ids) == 0 && pub.Plan.ID == "":
			pub.Plan.ID = newID()
		case len(ids) == 0:
		case len(pub.IfNone) > 0:
			pub.Plan.ID, found[i] = ids[0], true
		case pub.Plan.ID != "" && pub.Plan.ID != ids[0]:
			return nil, &PublicationError{i, plans.ErrOtherID}
		default:
			pub.Plan.ID = ids[0]
		}
	}
	return found, nil
}

// lockPlans locks the plans of a transaction. None may be in it twice: which of the two holds would depend on their order.
func lockPlans(tx Tx, pubs []plans.Publication) error {
	keys := make([]string, 0, len(pubs))
	for i, pub := range pubs {
		key := "plan:" + pub.Plan.ID
		if slices.Contains(keys, key) {
			return &PublicationError{i, plans.ErrTwice}
		}
		keys = append(keys, key)
	}
	return tx.Lock(keys...)
}

// planEntry says in the journal what a publication did.
func planEntry(held *plans.Held, kept plans.Plan, actor journal.Actor, now time.Time) journal.Entry {
	kind := journal.PlanRevised
	live, why := kept.Live(now)
	switch {
	case held == nil:
		kind = journal.PlanPublished
	case !live && held.Plan.Status == plans.Active:
		kind = journal.PlanWithdrawn
	}
	return journal.Entry{Time: now, Kind: kind, Actor: actor, Subject: kept.ID, Version: kept.Version, Reason: why}
}
