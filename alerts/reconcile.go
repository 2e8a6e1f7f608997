package alerts

import (
	"context"
	"errors"
	"fmt"

	"github.com/ucpalert/ucpalert/journal"
)

// Visit names an attendance by what its hospital calls it.
type Visit struct{ Organisation, Number string }

// Visits finds what may have to be decided again.
type Visits interface {
	// OpenVisits lists the open attendances .
	OpenVisits(ctx context.Context) ([]Visit, error)
}

// Reconciled says what Reconcile found.
type Reconciled struct {
	// Visits were decided again; Changes are the alerts that had to be raised, changed or withdrawn.
	Visits, Changes int
}

// Reconcile decides every open attendance again. Messages and publications are decided when they come; what changes by itself is found
// here: a plan whose period begins or ends, an agreement that begins or ends, a directory that was replaced. Each attendance is a
// transaction of its own, so that messages are not held up, and one that fails does not keep the others from being decided.
func (d *Desk) Reconcile(ctx context.Context, visits Visits) (Reconciled, error) {
	open, err := visits.OpenVisits(ctx)
	if err != nil {
		return Reconciled{}, fmt.Errorf("list the open attendances: %w", err)
	}
	var done Reconciled
	var failures []error
	for _, v := range open {
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		changes, err := d.again(ctx, v)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		done.Visits++
		done.Changes += len(changes)
	}
	return done, errors.Join(failures...)
}

// again decides one attendance as it is now.
func (d *Desk) again(ctx context.Context, v Visit) ([]Change, error) {
	now, dir := d.now(), d.dir()
	var changes []Change
	err := d.store.Write(ctx, func(tx Tx) error {
		changes = nil
		if err := tx.Lock("visit:" + v.Organisation + "/" + v.Number); err != nil {
			return err
		}
		a, found, err := tx.Attendance(v.Organisation, v.Number)
		if err != nil || !found {
			return err
		}
		after := a
		if org, ok := dir.Organisation(a.Organisation); ok {
			if after, err = withRecords(tx, a.own(), org, dir, records{}); err != nil {
				return err
			}
		}
		if err := lockPatients(tx, a, after); err != nil {
			return err
		}
		if after != a {
			if err := saveAttendance(tx, after, now); err != nil {
				return err
			}
			a = after
		}
		changes, err = d.reconcile(tx, []Attendance{a}, dir, now, journal.Service)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("decide visit again: %w", err)
	}
	return changes, nil
}
