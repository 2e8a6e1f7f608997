package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	planIdentifierAdd    = statement("plan_identifier_add")
	planIdentifierForget = statement("plan_identifier_forget")
	planIdentifierDrop   = statement("plan_identifier_drop")
	planIdentifierFind   = statement("plan_identifier_find")
	planPartAdd          = statement("plan_part_add")
	planPartForget       = statement("plan_part_forget")
	planPartFind         = statement("plan_part_find")
	planChangeAdd        = statement("plan_change_add")
)

type identifierRow struct {
	Centre string `db:"centre"`
	Value  string `db:"value"`
	System string `db:"system"`
	ID     string `db:"id"`
}

type partRow struct {
	Centre string `db:"centre"`
	Type   string `db:"type"`
	Part   string `db:"part"`
	ID     string `db:"id"`
}

// savedVersion is a version of a plan whose journal entry is still to come.
type savedVersion struct {
	Centre  string    `db:"centre"`
	ID      string    `db:"id"`
	Version int       `db:"version"`
	At      time.Time `db:"at"`
	Number  int64     `db:"number"`
}

// SaveNames implements [alerts.Tx].
func (tx deskTx) SaveNames(p plans.Plan, parts []plans.Part) error {
	*tx.saved = append(*tx.saved, savedVersion{Centre: p.Centre, ID: p.ID, Version: p.Version, At: p.Published})
	if p.Version > 1 {
		for _, forget := range []*Statement{planIdentifierForget, planPartForget} {
			if _, err := tx.Exec(forget, Args{"id": p.ID}); err != nil {
				return err
			}
		}
	}
	for _, i := range p.Identifiers {
		if _, err := tx.Exec(planIdentifierAdd, &identifierRow{p.Centre, tx.conn.ring().identifierIndex(p.Centre, i.Value), i.System, p.ID}); err != nil {
			return err
		}
	}
	for _, part := range parts {
		if _, err := tx.Exec(planPartAdd, &partRow{p.Centre, part.Type, part.ID, p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// changed notes the number of the journal entry that tells of a version saved in this transaction.
func (tx deskTx) changed(e journal.Entry, number int64) error {
	for i, v := range *tx.saved {
		if v.ID != e.Subject || v.Version != e.Version {
			continue
		}
		v.Number = number
		*tx.saved = slices.Delete(*tx.saved, i, i+1)
		_, err := tx.Exec(planChangeAdd, &v)
		return err
	}
	return nil
}

// PlansNamed implements [alerts.Tx].
func (tx deskTx) PlansNamed(centre string, all []plans.Identifier) ([]string, error) {
	return tx.conn.ring().plansNamed(tx.Tx, centre, all)
}

func (k *keyring) plansNamed(from Reader, centre string, all []plans.Identifier) ([]string, error) {
	var found []string
	for n, asked := range all {
		var rows []identifierRow
		index, before := k.either(k.identifierIndex(centre, asked.Value), asked.Value)
		if err := from.Select(&rows, planIdentifierFind, Args{"centre": centre, "value": index, "value_before": before}); err != nil {
			return nil, err
		}
		var named []string
		for _, r := range rows {
			if asked.Names(plans.Identifier{System: r.System, Value: asked.Value}) && (n == 0 || slices.Contains(found, r.ID)) && !slices.Contains(named, r.ID) {
				named = append(named, r.ID)
			}
		}
		found = named
	}
	return found, nil
}

// PlanPart finds the plan that holds a part: a resource that the centre sent along under an id of its own. Of several plans that do, it is
// the one received last. It returns plans.ErrNotFound if there is none.
func (s *Store) PlanPart(ctx context.Context, centre, kind, id string) (plan string, err error) {
	err = s.db.Get(ctx, &plan, planPartFind, Args{"centre": centre, "type": kind, "part": id})
	if errors.Is(err, ErrNoRows) {
		return "", plans.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find the plan of %s/%s: %w", kind, id, err)
	}
	return plan, nil
}
