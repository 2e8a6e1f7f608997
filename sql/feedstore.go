package sql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/feeds"
)

var (
	feedGet      = statement("feed_get")
	feedKeep     = statement("feed_keep")
	feedItemGet  = statement("feed_item_get")
	feedItemKeep = statement("feed_item_keep")
	feedUnseen   = statement("feed_unseen")
	feedCount    = statement("feed_count")
	feedOther    = statement("feed_other")
)

// feedResource is the sealed column of what was put aside.
const feedResource = "feed_item.resource"

// itemName is what the row of a resource is called where its bytes are bound to it.
func itemName(feed, id string) string { return feed + "/" + id }

var _ feeds.Store = (*Store)(nil)

type feedRow struct {
	Since        time.Time `db:"since"`
	Walk         int64     `db:"walk"`
	Next         string    `db:"next"`
	Until        time.Time `db:"until"`
	Comparing    bool      `db:"comparing"`
	Wait         time.Time `db:"wait"`
	Completed    time.Time `db:"completed"`
	Compared     time.Time `db:"compared"`
	Failing      string    `db:"failing"`
	FailingSince time.Time `db:"failing_since"`
}

type namedFeedRow struct {
	feedRow
	Name string `db:"name"`
}

type feedItemRow struct {
	ID      string    `db:"id"`
	Version string    `db:"version"`
	Updated time.Time `db:"updated"`
	Hash    [32]byte  `db:"hash"`
	Plan    string    `db:"plan"`
	State   string    `db:"state"`
	Reason  string    `db:"reason"`
	Walk    int64     `db:"walk"`
	Noticed time.Time `db:"noticed"`
}

type wholeFeedItemRow struct {
	feedItemRow
	Feed     string      `db:"feed"`
	Resource cipherBytes `db:"resource"`
}

func (r feedItemRow) item() (feeds.Item, error) {
	return feeds.Item{
		ID: r.ID, Version: r.Version, Updated: r.Updated, Hash: r.Hash, Plan: r.Plan, State: feeds.State(r.State), Reason: r.Reason,
		Walk: r.Walk, Noticed: r.Noticed,
	}, nil
}

// FeedPosition implements [feeds.Store].
func (s *Store) FeedPosition(ctx context.Context, feed string) (feeds.Position, error) {
	var row feedRow
	err := s.db.Get(ctx, &row, feedGet, Args{"name": feed})
	if err != nil && !errors.Is(err, ErrNoRows) {
		return feeds.Position{}, fmt.Errorf("find how far feed %s was read: %w", feed, err)
	}
	return feeds.Position(row), nil
}

// SaveFeed implements [feeds.Store].
func (s *Store) SaveFeed(ctx context.Context, feed string, items []feeds.Item, p feeds.Position) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		for _, i := range items {
			row := wholeFeedItemRow{
				feedItemRow: feedItemRow{i.ID, i.Version, i.Updated, i.Hash, i.Plan, string(i.State), i.Reason, i.Walk, i.Noticed},
				Feed:        feed, Resource: tx.conn.ring().sealBytes(feedResource, itemName(feed, i.ID), i.Resource),
			}
			if _, err := tx.Exec(feedItemKeep, &row); err != nil {
				return err
			}
		}
		_, err := tx.Exec(feedKeep, &namedFeedRow{feedRow(p), feed})
		return err
	})
	if err != nil {
		return fmt.Errorf("keep how far feed %s was read: %w", feed, err)
	}
	return nil
}

// FeedItem implements [feeds.Store].
func (s *Store) FeedItem(ctx context.Context, feed, id string) (feeds.Item, bool, error) {
	var row feedItemRow
	err := s.db.Get(ctx, &row, feedItemGet, Args{"feed": feed, "id": id})
	switch {
	case errors.Is(err, ErrNoRows):
		return feeds.Item{}, false, nil
	case err != nil:
		return feeds.Item{}, false, fmt.Errorf("find what was read of feed %s: %w", feed, err)
	}
	item, err := row.item()
	return item, true, err
}

// FeedUnseen implements [feeds.Store].
func (s *Store) FeedUnseen(ctx context.Context, feed string, walk int64, after string, limit int) ([]feeds.Item, error) {
	var rows []feedItemRow
	if err := s.db.Select(ctx, &rows, feedUnseen, Args{"feed": feed, "walk": walk, "after": after, "limit": limit}); err != nil {
		return nil, fmt.Errorf("list what feed %s did not show: %w", feed, err)
	}
	return collect(rows, feedItemRow.item)
}

// FeedCount implements [feeds.Store].
func (s *Store) FeedCount(ctx context.Context, feed string, in feeds.State) (int, error) {
	var n int
	if err := s.db.Get(ctx, &n, feedCount, Args{"feed": feed, "state": string(in)}); err != nil {
		return 0, fmt.Errorf("count the resources of feed %s: %w", feed, err)
	}
	return n, nil
}

// OtherFeedOf implements [feeds.Store].
func (s *Store) OtherFeedOf(ctx context.Context, feed, plan string) (string, error) {
	var other string
	err := s.db.Get(ctx, &other, feedOther, Args{"feed": feed, "plan": plan})
	if err != nil && !errors.Is(err, ErrNoRows) {
		return "", fmt.Errorf("find the feed of plan %s: %w", plan, err)
	}
	return other, nil
}
