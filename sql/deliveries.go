package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	deliveryClaim  = statement("delivery_claim")
	deliveryStep   = statement("delivery_step")
	deliveryEnd    = statement("delivery_end")
	deliveryTryAdd = statement("delivery_try_add")
	deliveryTries  = statement("delivery_tries")
	deliveryAnyDue = statement("delivery_any_due")
)

var _ subscribers.Deliveries = (*Store)(nil)

type deliveryRow struct {
	Alert   string    `db:"alert"`
	Step    int       `db:"step"`
	Channel string    `db:"channel"`
	Token   int64     `db:"token"`
	Ends    time.Time `db:"ends"`
}

// deliveredStep is the step that something is sent for.
type deliveredStep struct {
	takenRow
	Department string `db:"department"`
	Waits      int    `db:"waits"`
}

// ClaimDeliveries implements [subscribers.Deliveries].
func (s *Store) ClaimDeliveries(ctx context.Context, node string, now, until time.Time, limit int) (claimed []subscribers.Delivery, err error) {
	var some []string
	if err := s.db.Select(ctx, &some, deliveryAnyDue, Args{"now": now}); err != nil {
		return nil, fmt.Errorf("find what is to be sent: %w", err)
	}
	if len(some) == 0 {
		return nil, nil
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		claimed = nil
		var rows []deliveryRow
		if err := tx.Select(&rows, deliveryClaim, Args{"node": node, "now": now, "until": until, "limit": limit}); err != nil {
			return err
		}
		for _, r := range rows {
			var of deliveredStep
			if err := tx.Get(&of, deliveryStep, Args{"alert": r.Alert, "step": r.Step}); err != nil {
				return err
			}
			step, err := of.step()
			if err != nil {
				return err
			}
			claimed = append(claimed, subscribers.Delivery{TakenStep: step, Department: of.Department, Channel: r.Channel, Token: r.Token, Ends: r.Ends, Waits: of.Waits == 1})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim what is to be sent: %w", err)
	}
	return claimed, nil
}

// KeepTry implements [subscribers.Deliveries].
func (s *Store) KeepTry(ctx context.Context, node string, d subscribers.Delivery, t subscribers.Tried) (current bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(deliveryEnd, Args{
			"alert": d.Alert, "step": d.Step, "channel": d.Channel, "token": d.Token, "node": node, "due": t.Again, "outcome": t.Outcome,
		})
		if err != nil {
			return err
		}
		current = n == 1
		_, err = tx.Exec(deliveryTryAdd, Args{
			"alert": d.Alert, "step": d.Step, "channel": d.Channel, "token": d.Token, "node": node, "outcome": t.Outcome, "at": t.At,
		})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep what came of step %d of alert %s: %w", d.Step, d.Alert, err)
	}
	return current, nil
}

// TriesOf implements [subscribers.Deliveries].
func (s *Store) TriesOf(ctx context.Context, alert string) ([]subscribers.DeliveryTry, error) {
	var rows []struct {
		Step    int       `db:"step"`
		Channel string    `db:"channel"`
		Token   int64     `db:"token"`
		Node    string    `db:"node"`
		Outcome string    `db:"outcome"`
		At      time.Time `db:"at"`
	}
	if err := s.db.Select(ctx, &rows, deliveryTries, Args{"alert": alert}); err != nil {
		return nil, fmt.Errorf("read the trail of alert %s: %w", alert, err)
	}
	var all []subscribers.DeliveryTry
	for _, r := range rows {
		all = append(all, subscribers.DeliveryTry(r))
	}
	return all, nil
}
