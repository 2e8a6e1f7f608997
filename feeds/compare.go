package feeds

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/ucpalert/ucpalert/fhir"
)

// compareBatch is how many items are looked at in one go.
const compareBatch = 100

// fewLost is how many plans may vanish without a word between two comparisons; of more, at most one in lostShare may. Beyond that the
// server has probably lost its data, or our access, and not withdrawn its plans.
const (
	fewLost   = 10
	lostShare = 5
)

// compare asks for each plan that is held and that the comparison did not show: a search does not show what was deleted. Status 410 says
// that it was; 404 only that it is not there, which is believed of few plans at once.
func (p *poll) compare(ctx context.Context) error {
	taken, err := p.Store.FeedCount(ctx, p.feed.Name, Taken)
	if err != nil {
		return err
	}
	var lost []Item
	after := ""
	for {
		unseen, err := p.Store.FeedUnseen(ctx, p.feed.Name, p.position.Walk, after, compareBatch)
		if err != nil {
			return err
		}
		if len(unseen) == 0 {
			break
		}
		after = unseen[len(unseen)-1].ID
		var items []Item
		for _, item := range unseen {
			item, vanished, err := p.ask(ctx, item)
			if err != nil {
				return err
			}
			if vanished {
				lost = append(lost, item)
				continue
			}
			items = append(items, item)
		}
		if err := p.Store.SaveFeed(ctx, p.feed.Name, items, p.position); err != nil {
			return err
		}
		if len(lost) > max(fewLost, taken/lostShare) {
			return errEmptied
		}
	}
	for i := range lost {
		if lost[i], err = p.gone(ctx, lost[i]); err != nil {
			return err
		}
	}
	return p.Store.SaveFeed(ctx, p.feed.Name, lost, p.position)
}

// ask reads one resource by its address. vanished tells that it is not there, without more.
func (p *poll) ask(ctx context.Context, before Item) (now Item, vanished bool, err error) {
	body, err := p.client.get(ctx, p.client.address("/CarePlan/"+url.PathEscape(before.ID), nil), p.keepLease)
	status, answered := errors.AsType[statusError](err)
	item := before
	item.Walk, item.Noticed = p.position.Walk, p.Now().UTC()
	switch {
	case answered && status.status == http.StatusNotFound:
		return item, true, nil
	case answered && status.status == http.StatusGone:
		item, err := p.gone(ctx, item)
		return item, false, err
	case err != nil:
		return Item{}, false, err
	}
	e, err := fhir.ReadFollowed(body)
	if err != nil {
		return Item{}, false, err
	}
	e.ID = item.ID
	item, wanted, err := p.take(ctx, e, before, true, map[string][]byte{})
	if err != nil || wanted == nil {
		return item, false, err
	}
	items := []Item{item}
	err = (&batch{poll: p, items: &items}).alone(ctx, *wanted)
	return items[0], false, err
}
