package sql

import (
	"context"
	"fmt"
	"time"
)

var (
	assertionUse    = statement("assertion_use")
	assertionForget = statement("assertion_forget")
)

// UseAssertion keeps that a client used an assertion, and tells whether it is the first time, on any node. When it returns true, that is
// durable. What ended before forget is dropped.
func (s *Store) UseAssertion(ctx context.Context, client, id string, ends, forget time.Time) (first bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		first, err = useAssertion(tx, client, id, ends, forget)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep that an assertion of %s was used: %w", client, err)
	}
	return first, nil
}

// useAssertion is UseAssertion in a transaction.
func useAssertion(tx *Tx, client, id string, ends, forget time.Time) (first bool, err error) {
	if _, err := tx.Exec(assertionForget, Args{"forget": forget}); err != nil {
		return false, err
	}
	added, err := tx.Exec(assertionUse, Args{"client": client, "id": id, "ends": ends})
	return added > 0, err
}
