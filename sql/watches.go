package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	screensKeep   = statement("screens_keep")
	screensForget = statement("screens_forget")
	screensSum    = statement("screens_sum")
	boardSeenKeep = statement("board_seen_keep")
)

var _ subscribers.Watches = (*Store)(nil)

// NoteScreens implements [subscribers.Watches].
func (s *Store) NoteScreens(ctx context.Context, node string, counts []subscribers.ScreenCount, now, until time.Time) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(screensForget, Args{"now": now}); err != nil {
			return err
		}
		for _, c := range counts {
			ends := until
			if c.Connected == 0 {
				ends = now // nothing to believe in any longer
			}
			if _, err := tx.Exec(screensKeep, Args{"node": node, "department": c.Department, "connected": c.Connected, "visible": c.Visible, "until": ends}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the screens of node %s: %w", node, err)
	}
	return nil
}

type watchRow struct {
	Department string    `db:"department"`
	Connected  int       `db:"connected"`
	Visible    int       `db:"visible"`
	Watched    bool      `db:"watched"`
	Since      time.Time `db:"since"`
}

// Watches implements [subscribers.Watches].
func (s *Store) Watches(ctx context.Context, now time.Time) ([]subscribers.Watch, error) {
	var rows []watchRow
	if err := s.db.Select(ctx, &rows, screensSum, Args{"now": now}); err != nil {
		return nil, fmt.Errorf("read who can see which board: %w", err)
	}
	return collect(rows, func(r watchRow) (subscribers.Watch, error) {
		return subscribers.Watch{ScreenCount: subscribers.ScreenCount{Department: r.Department, Connected: r.Connected, Visible: r.Visible}, Watched: r.Watched, Since: r.Since}, nil
	})
}

// NoteWatched implements [subscribers.Watches].
func (s *Store) NoteWatched(ctx context.Context, department string, watched bool, at time.Time, reason string) (changed bool, err error) {
	kind := journal.BoardUnseen
	if watched {
		kind = journal.BoardSeen
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(boardSeenKeep, Args{"department": department, "watched": watched, "since": at})
		if changed = err == nil && n == 1; !changed {
			return err
		}
		return appendEntry(tx, journal.Entry{Time: at, Kind: kind, Actor: journal.Service, Subject: department, Reason: reason})
	})
	if err != nil {
		return false, fmt.Errorf("note whether the board of %s can be seen: %w", department, err)
	}
	return changed, nil
}
