package sql

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var planHeard = statement("plan_heard")

// CentreHeard is when a plan of a centre, or a version of one, was last received; the zero time if none ever was.
func (s *Store) CentreHeard(ctx context.Context, centre string) (time.Time, error) {
	var at time.Time
	err := s.db.Get(ctx, &at, planHeard, Args{"centre": centre})
	if errors.Is(err, ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("find when centre %s was last heard: %w", centre, err)
	}
	return at, nil
}
