package sql

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	leaseTake   = statement("lease_take")
	leaseHolder = statement("lease_holder")
)

// TakeLease makes the holder the one who does a piece of work until an instant, and tells whether that worked: it does not while somebody
// else's lease runs. The holder may extend its own, or end it with an instant that has passed. Whoever must not do the work twice either
// comes under another name each time.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now, until time.Time) (ours bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		var err error
		ours, err = takeLease(tx, name, holder, now, until)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take the lease of %s: %w", name, err)
	}
	return ours, nil
}

// takeLease is [Store.TakeLease] inside a transaction.
func takeLease(tx *Tx, name, holder string, now, until time.Time) (ours bool, err error) {
	n, err := tx.Exec(leaseTake, Args{"name": name, "holder": holder, "now": now, "until": until})
	return n == 1, err
}

// LeaseHolder is who has a piece of work at an instant; empty if nobody has.
func (s *Store) LeaseHolder(ctx context.Context, name string, now time.Time) (string, error) {
	var holder string
	err := s.db.Get(ctx, &holder, leaseHolder, Args{"name": name, "now": now})
	if err != nil && !errors.Is(err, ErrNoRows) {
		return "", fmt.Errorf("find who has the lease of %s: %w", name, err)
	}
	return holder, nil
}
