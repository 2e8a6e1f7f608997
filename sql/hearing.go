package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/silence"
)

var (
	hearingAdd       = statement("hearing_add")
	hearingMinuteAdd = statement("hearing_minute_add")
	hearingAll       = statement("hearing_all")
	hearingGet       = statement("hearing_get")
	hearingAfter     = statement("hearing_after")
	hearingKeep      = statement("hearing_keep")
	hearingLooked    = statement("hearing_looked")
	hearingForget    = statement("hearing_forget")
	hearingSince     = statement("hearing_since")
)

var _ silence.Store = (*Store)(nil)

type heardRow struct {
	Organisation string    `db:"organisation"`
	Application  string    `db:"application"`
	Event        string    `db:"event"`
	Site         string    `db:"site"`
	At           time.Time `db:"at"`
	Fresh        int       `db:"fresh"`
	Stale        int       `db:"stale"`
	First        time.Time `db:"first_at"`
	Last         time.Time `db:"last_at"`
}

type hearingRow struct {
	Organisation string    `db:"organisation"`
	Application  string    `db:"application"`
	Event        string    `db:"event"`
	Site         string    `db:"site"`
	Looked       time.Time `db:"looked"`
	Revision     int64     `db:"revision"`
	Model        string    `db:"model"`
}

func (r hearingRow) known() (silence.Known, error) {
	k := silence.Known{Feed: silence.Feed{Organisation: r.Organisation, Application: r.Application, Event: r.Event, Site: r.Site}, Model: &silence.Model{}, Revision: r.Revision}
	if err := json.Unmarshal([]byte(r.Model), k.Model); err != nil {
		return k, fmt.Errorf("read what is known of the feed %s: %w", k.Feed, err)
	}
	k.Model.Looked = r.Looked
	return k, nil
}

// AddHeard implements [silence.Store].
func (s *Store) AddHeard(ctx context.Context, heard []silence.Heard) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		var before silence.Feed
		for i, h := range heard {
			f := h.Feed
			if i == 0 || f != before {
				args := Args{"feed": f.String(), "organisation": f.Organisation, "application": f.Application, "event": f.Event, "site": f.Site}
				if _, err := tx.Exec(hearingAdd, args); err != nil {
					return err
				}
			}
			before = f
			args := Args{"feed": f.String(), "at": h.At, "fresh": h.Fresh, "stale": h.Stale, "first_at": h.First, "last_at": h.Last}
			if _, err := tx.Exec(hearingMinuteAdd, args); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what was heard of the feeds: %w", err)
	}
	return nil
}

// Known implements [silence.Store].
func (s *Store) Known(ctx context.Context) ([]silence.Known, error) {
	var rows []hearingRow
	if err := s.db.Select(ctx, &rows, hearingAll, nil); err != nil {
		return nil, fmt.Errorf("read the feeds that are listened to: %w", err)
	}
	return collect(rows, hearingRow.known)
}

// HeardAfter implements [silence.Store].
func (s *Store) HeardAfter(ctx context.Context) ([]silence.Heard, error) {
	return s.heard(ctx, hearingAfter, nil)
}

// HeardSince returns what was heard of each feed as a whole in the minutes since an instant, on all nodes, in order of time. The last
// seconds of a node are not kept yet.
func (s *Store) HeardSince(ctx context.Context, since time.Time) ([]silence.Heard, error) {
	return s.heard(ctx, hearingSince, Args{"since": since})
}

func (s *Store) heard(ctx context.Context, st *Statement, args Args) ([]silence.Heard, error) {
	var rows []heardRow
	if err := s.db.Select(ctx, &rows, st, args); err != nil {
		return nil, fmt.Errorf("read what was heard of the feeds: %w", err)
	}
	return collect(rows, func(r heardRow) (silence.Heard, error) {
		return silence.Heard{
			Feed:   silence.Feed{Organisation: r.Organisation, Application: r.Application, Event: r.Event, Site: r.Site},
			Minute: silence.Minute{At: r.At, Fresh: r.Fresh, Stale: r.Stale, First: r.First, Last: r.Last},
		}, nil
	})
}

// KeepKnown implements [silence.Store].
func (s *Store) KeepKnown(ctx context.Context, looked time.Time, changed []silence.Known) (kept []bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		kept = make([]bool, len(changed))
		if _, err := tx.Exec(hearingLooked, Args{"looked": looked}); err != nil {
			return err
		}
		for i, k := range changed {
			ours, err := keepKnown(tx, k)
			if err != nil {
				return err
			}
			kept[i] = ours
			kind := map[silence.Change]journal.Kind{silence.Stops: journal.FeedSilent, silence.Speaks: journal.FeedHeard}[k.Change]
			if !ours || kind == "" {
				continue
			}
			if err := appendEntry(tx, journal.Entry{Time: looked, Kind: kind, Actor: journal.Service, Subject: k.Feed.String(), Reason: k.Words}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keep what is known of the feeds: %w", err)
	}
	return kept, nil
}

// keepKnown keeps a model, unless somebody else kept it meanwhile.
func keepKnown(tx *Tx, k silence.Known) (ours bool, err error) {
	model, err := json.Marshal(k.Model)
	if err != nil {
		return false, fmt.Errorf("write what is known of the feed %s: %w", k.Feed, err)
	}
	cursor := int64(0)
	if !k.Model.Cursor.IsZero() {
		cursor = k.Model.Cursor.UnixMicro()
	}
	n, err := tx.Exec(hearingKeep, Args{"feed": k.Feed.String(), "revision": k.Revision, "cursor": cursor, "model": string(model)})
	return n == 1, err
}

// MuteFeed keeps a feed from being told until an instant, and journals that with the reason. Error: silence.ErrNoFeed.
func (s *Store) MuteFeed(ctx context.Context, feed string, m silence.Mute, by journal.Actor) error {
	for range 5 { // somebody may keep the model at the same time
		var row hearingRow
		err := s.db.Get(ctx, &row, hearingGet, Args{"feed": feed})
		if errors.Is(err, ErrNoRows) {
			return silence.ErrNoFeed
		}
		var k silence.Known
		if err == nil {
			k, err = row.known()
		}
		if err != nil {
			return fmt.Errorf("find the feed to mute: %w", err)
		}
		k.Model.Mute = &m
		ours := false
		err = s.db.Write(ctx, func(tx *Tx) error {
			var err error
			if ours, err = keepKnown(tx, k); err != nil || !ours {
				return err
			}
			reason := "not told of until " + m.Until.UTC().Format(time.RFC3339) + ": " + m.Reason
			return appendEntry(tx, journal.Entry{Time: m.From, Kind: journal.FeedMuted, Actor: by, Subject: feed, Reason: reason})
		})
		if err != nil {
			return fmt.Errorf("mute the feed %s: %w", feed, err)
		}
		if ours {
			return nil
		}
	}
	return fmt.Errorf("mute the feed %s: it changed each time it was tried", feed)
}

// ForgetHeard implements [silence.Store].
func (s *Store) ForgetHeard(ctx context.Context, before time.Time) error {
	err := s.db.Write(ctx, func(tx *Tx) error { _, err := tx.Exec(hearingForget, Args{"before": before}); return err })
	if err != nil {
		return fmt.Errorf("drop what was heard long ago: %w", err)
	}
	return nil
}
