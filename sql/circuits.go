package sql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	circuitGet  = statement("circuit_get")
	circuitKeep = statement("circuit_keep")
	circuitDrop = statement("circuit_drop")
)

var _ subscribers.Circuits = (*Store)(nil)

type circuitRow struct {
	Failed int       `db:"failed"`
	Until  time.Time `db:"until"`
}

// circuitOf turns what was found into a circuit: no row is that of a server that answers.
func circuitOf(row circuitRow, err error) (subscribers.Circuit, error) {
	if err != nil && !errors.Is(err, ErrNoRows) {
		return subscribers.Circuit{}, err
	}
	return subscribers.Circuit(row), nil
}

// Circuit implements [subscribers.Circuits].
func (s *Store) Circuit(ctx context.Context, name string) (subscribers.Circuit, error) {
	var row circuitRow
	err := s.db.Get(ctx, &row, circuitGet, Args{"name": name})
	c, err := circuitOf(row, err)
	if err != nil {
		return c, fmt.Errorf("find how a server has answered: %w", err)
	}
	return c, nil
}

// ChangeCircuit implements [subscribers.Circuits].
func (s *Store) ChangeCircuit(ctx context.Context, name string, change func(subscribers.Circuit) subscribers.Circuit) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock("circuit " + name); err != nil {
			return err
		}
		var row circuitRow
		err := tx.Get(&row, circuitGet, Args{"name": name})
		before, err := circuitOf(row, err)
		if err != nil {
			return err
		}
		switch after := change(before); after {
		case before:
			return nil
		case subscribers.Circuit{}:
			_, err = tx.Exec(circuitDrop, Args{"name": name})
		default:
			_, err = tx.Exec(circuitKeep, Args{"name": name, "failed": after.Failed, "until": after.Until})
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("keep how a server has answered: %w", err)
	}
	return nil
}
