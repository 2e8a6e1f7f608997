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
		due, err := reviewsOf(tx, "", today)
		if err != nil {
			return err
		}
		for _, of := range due {
			if err := appendEntry(tx, journal.Entry{Time: now, Kind: journal.ReviewsDue, Actor: journal.Service, Subject: of.Centre, Reason: of.Notice()}); err != nil {
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

// Reviews counts the plans of a centre that are to be reviewed. today is the day where the centre is.
func (s *Store) Reviews(ctx context.Context, centre string, today time.Time) (plans.Reviews, error) {
	of := plans.Reviews{Centre: centre}
	err := s.db.Read(ctx, func(from Reader) error {
		due, err := reviewsOf(from, centre, today)
		if len(due) == 1 {
			of = due[0]
		}
		return err
	})
	if err != nil {
		return of, fmt.Errorf("count the reviews of %s: %w", centre, err)
	}
	return of, nil
}

type reviewsRow struct {
	Centre  string `db:"centre"`
	Due     int    `db:"due"`
	Overdue int    `db:"overdue"`
}

// reviewsOf counts what is to be reviewed of a centre, or of each if centre is empty; a centre without any is left out.
func reviewsOf(from Reader, centre string, today time.Time) ([]plans.Reviews, error) {
	var rows []reviewsRow
	args := Args{"centre": centre, "today": today.Format(time.DateOnly), "until": today.Add(plans.ReviewNotice).Format(time.DateOnly)}
	if err := from.Select(&rows, reviewCounts, args); err != nil {
		return nil, err
	}
	due := make([]plans.Reviews, len(rows))
	for i, r := range rows {
		due[i] = plans.Reviews(r)
	}
	return due, nil
}
