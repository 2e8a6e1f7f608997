package sql

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

var planNewest = statement("plan_newest")

// NewestPlans returns the newest version of each plan that was received since an instant, whoever's it is, the last received first; before
// is the position that the page before ended at, or 0. It tells whether there may be more.
func (s *Store) NewestPlans(ctx context.Context, since time.Time, before int64, limit int) (page []plans.Change, more bool, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var rows []changeRow
	if err := s.db.Select(ctx, &rows, planNewest, Args{"before": before, "limit": limit}); err != nil {
		return nil, false, fmt.Errorf("list the newest plans: %w", err)
	}
	more = len(rows) == limit
	for _, r := range rows {
		switch {
		case r.Published.Before(since.Add(-skew)):
			return page, false, nil // what comes after it was received earlier still
		case r.Published.Before(since):
			continue
		}
		c, err := r.change()
		if err != nil {
			return nil, false, err
		}
		page = append(page, c)
	}
	if len(page) == 0 && more {
		// All of this page was a little too early: go on from its end.
		return s.NewestPlans(ctx, since, rows[len(rows)-1].Number, limit)
	}
	return page, more, nil
}
