package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	deliveryAdd     = statement("delivery_add")
	deliveryClaim   = statement("delivery_claim")
	deliveryStep    = statement("delivery_step")
	deliveryEnd     = statement("delivery_end")
	deliveryForward = statement("delivery_forward")
	deliveryTryAdd  = statement("delivery_try_add")
	deliveryTries   = statement("delivery_tries")
	deliveryAnyDue  = statement("delivery_any_due")
	deliveryOf      = statement("delivery_of")
)

var _ subscribers.Deliveries = (*Store)(nil)

type deliveryRow struct {
	Alert   string    `db:"alert"`
	Step    int       `db:"step"`
	Contact string    `db:"contact"`
	Channel string    `db:"channel"`
	Place   int       `db:"place"`
	Token   int64     `db:"token"`
	Ends    time.Time `db:"ends"`
}

// deliveredStep is the step that something is sent for.
type deliveredStep struct {
	takenRow
	Department string `db:"department"`
	Plan       string `db:"plan"`
	Waits      int    `db:"waits"`
	Ways       int    `db:"ways"`
}

// addDeliveries writes what is to be sent for a step, to each contact point.
func addDeliveries(tx *Tx, alert string, step int, t subscribers.Telling) error {
	for _, send := range t.Sendings() {
		_, err := tx.Exec(deliveryAdd, Args{
			"alert": alert, "step": step, "contact": send.Contact, "channel": send.Channel, "place": send.Place, "due": send.Due, "ends": send.Ends,
		})
		if err != nil {
			return err
		}
	}
	return nil
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
			d, err := r.delivery(tx)
			if err != nil {
				return err
			}
			claimed = append(claimed, d)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim what is to be sent: %w", err)
	}
	return claimed, nil
}

// delivery is what the row says, with the step that it is for.
func (r deliveryRow) delivery(from Reader) (subscribers.Delivery, error) {
	var of deliveredStep
	if err := from.Get(&of, deliveryStep, Args{"alert": r.Alert, "step": r.Step}); err != nil {
		return subscribers.Delivery{}, err
	}
	step, err := of.step()
	return subscribers.Delivery{
		What: subscribers.WhatStep, TakenStep: step, Department: of.Department, Plan: of.Plan, Waits: of.Waits == 1, Only: of.Ways == 1,
		Contact: r.Contact, Channel: r.Channel, Place: r.Place, Token: r.Token, Ends: r.Ends,
	}, err
}

// KeepTry implements [subscribers.Deliveries].
func (s *Store) KeepTry(ctx context.Context, node string, d subscribers.Delivery, t subscribers.Tried) (current bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(deliveryEnd, Args{
			"alert": d.Alert, "step": d.Step, "contact": d.Contact, "token": d.Token, "node": node, "due": t.Again, "outcome": t.Outcome,
		})
		if err != nil {
			return err
		}
		current = n == 1
		if t.Failed {
			if _, err := tx.Exec(deliveryForward, Args{"alert": d.Alert, "step": d.Step, "place": d.Place + 1, "now": t.At}); err != nil {
				return err
			}
		}
		_, err = tx.Exec(deliveryTryAdd, Args{
			"alert": d.Alert, "step": d.Step, "contact": d.Contact, "token": d.Token, "channel": d.Channel, "node": node, "outcome": t.Outcome, "at": t.At,
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
		Contact string    `db:"contact"`
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

type keptDeliveryRow struct {
	Step    int        `db:"step"`
	Contact string     `db:"contact"`
	Channel string     `db:"channel"`
	Place   int        `db:"place"`
	Due     time.Time  `db:"due"`
	Ends    time.Time  `db:"ends"`
	Outcome string     `db:"outcome"`
	Label   cipherText `db:"label"`
}

func (r keptDeliveryRow) delivery() (subscribers.KeptDelivery, error) {
	label, err := r.Label.open(contactLabel, r.Contact)
	return subscribers.KeptDelivery{Step: r.Step, Contact: r.Contact, Channel: r.Channel, Place: r.Place, Due: r.Due, Ends: r.Ends, Outcome: r.Outcome, Label: label}, err
}

// DeliveriesOf implements [subscribers.Deliveries].
func (s *Store) DeliveriesOf(ctx context.Context, alert string) ([]subscribers.KeptDelivery, error) {
	var rows []keptDeliveryRow
	if err := s.db.Select(ctx, &rows, deliveryOf, Args{"alert": alert}); err != nil {
		return nil, fmt.Errorf("read what was sent about alert %s: %w", alert, err)
	}
	return collect(rows, keptDeliveryRow.delivery)
}
