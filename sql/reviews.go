package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var reviewCounts = statement("review_counts")

// NoteReviews journals for each centre how many of its plans are to be reviewed, if nobody has done so today: claim and entries are one
// transaction, so that every centre is told once a day, also by several nodes and when one of them stops. today is the day where the centres
// are. It returns what it noted, nothing if it was done before.
func (s *Store) NoteReviews(ctx context.Context, now, today time.Time) ([]plans.Reviews, error) {
	var noted []plans.Reviews
	err := s.db.Write(ctx, func(tx *Tx) error {
		noted = nil
		// Under a new name each time: who noted them may not do so again either.
		ours, err := takeLease(tx, "reviews", uuid.NewString(), now, plans.NextReviews(now))
		if err != nil || !ours {
			return err
		}
		day := func(t time.Time) string { return t.Format(time.DateOnly) }
		var rows []struct {
			Centre  string `db:"centre"`
			Due     int    `db:"due"`
			Overdue int    `db:"overdue"`
		}
		if err := tx.Select(&rows, reviewCounts, Args{"today": day(today), "until": day(today.Add(plans.ReviewNotice))}); err != nil {
			return err
		}
		for _, r := range rows {
			of := plans.Reviews{Centre: r.Centre, Due: r.Due, Overdue: r.Overdue}
			if err := appendEntry(tx, journal.Entry{Time: now, Kind: journal.ReviewsDue, Actor: journal.Service, Subject: r.Centre, Reason: of.Notice()}); err != nil {
				return err
			}
			noted = append(noted, of)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("note the reviews that are due: %w", err)
	}
	return noted, nil
}
