package feeds

import (
	"context"
	"errors"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// batchSize is how many plans share one transaction: enough that its fsync does not matter, and few enough that no hospital's message waits
// long behind them.
const batchSize = 25

// wanted is a plan of a page that is to be published.
type wanted struct {
	pub   plans.Publication
	entry fhir.Followed
	// before is what was known of the resource; at is the place of its item on the page.
	before Item
	at     int
}

// batch gathers plans of a page, so that many share one transaction. No plan is in it twice.
type batch struct {
	*poll
	items   *[]Item
	waiting []wanted
}

// add has a plan published with others.
func (b *batch) add(ctx context.Context, w wanted) error {
	if len(b.waiting) > 0 && b.waiting[0].pub.Plan.Centre != w.pub.Plan.Centre {
		if err := b.publish(ctx); err != nil {
			return err
		}
	}
	b.waiting = append(b.waiting, w)
	if len(b.waiting) < batchSize {
		return nil
	}
	return b.publish(ctx)
}

// publish publishes what waits, all in one transaction. If one of them stands in the way, each is published on its own, so that it is put
// aside and the others are taken.
func (b *batch) publish(ctx context.Context) error {
	waiting := b.waiting
	b.waiting = nil
	if len(waiting) == 0 {
		return nil
	}
	pubs := make([]plans.Publication, len(waiting))
	for i, w := range waiting {
		pubs[i] = w.pub
	}
	done, err := b.Desk.PublishAll(ctx, pubs, b.feed.actor(pubs[0].Plan.Centre))
	if ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	for i, w := range waiting {
		if err != nil {
			if one := b.alone(ctx, w); one != nil {
				return one
			}
			continue
		}
		b.taken(w, done[i].Plan.ID, done[i].Changed)
	}
	return nil
}

// alone publishes one plan.
func (b *batch) alone(ctx context.Context, w wanted) error {
	kept, changed, err := b.Desk.Publish(ctx, w.pub, b.feed.actor(w.pub.Plan.Centre))
	if errors.Is(err, plans.ErrForeign) {
		item, err := b.putAside(ctx, w.entry, (*b.items)[w.at], w.before, refusal("the plan with its id belongs to another centre; give the feed an id_prefix"))
		(*b.items)[w.at] = item
		return err
	}
	if err != nil {
		return err
	}
	b.taken(w, kept.ID, changed)
	return nil
}

// taken completes the item of a plan that is held now.
func (b *batch) taken(w wanted, plan string, changed bool) {
	item := &(*b.items)[w.at]
	item.State, item.Plan = Taken, plan
	if changed {
		b.poll.taken++
	} else {
		b.unchanged++
	}
}
