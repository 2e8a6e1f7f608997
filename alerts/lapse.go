package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// Quiet are for how long nothing may be heard of a visit before it is closed. Zero never closes.
type Quiet struct {
	// InDepartment is for patients in a department; Elsewhere for those who were admitted or are on leave.
	InDepartment, Elsewhere time.Duration
}

// QuietVisits finds visits that nobody speaks of any more.
type QuietVisits interface {
	// QuietVisits returns the attendances in a state of which no message came since an instant.
	QuietVisits(ctx context.Context, state State, since time.Time) ([]Attendance, error)
}

// Lapse closes the visits of which nothing was heard for too long: their departure was lost, and an alert that nobody can answer hides those
// that matter. A message that is newer than what was known opens a visit again. It returns how many were closed; one that fails does not
// keep the others from being closed.
func (d *Desk) Lapse(ctx context.Context, visits QuietVisits, quiet Quiet) (closed int, err error) {
	var failures []error
	for _, of := range [...]struct {
		state State
		after time.Duration
	}{{InDepartment, quiet.InDepartment}, {Admitted, quiet.Elsewhere}, {OnLeave, quiet.Elsewhere}} {
		if of.after <= 0 {
			continue
		}
		list, err := visits.QuietVisits(ctx, of.state, d.now().Add(-of.after))
		if err != nil {
			return closed, fmt.Errorf("list the visits of which nothing was heard: %w", err)
		}
		for _, a := range list {
			if ctx.Err() != nil {
				return closed, ctx.Err()
			}
			done, err := d.lapse(ctx, a)
			if err != nil {
				failures = append(failures, err)
			}
			if done {
				closed++
			}
		}
	}
	return closed, errors.Join(failures...)
}

// lapse closes one visit, unless something came meanwhile.
func (d *Desk) lapse(ctx context.Context, quiet Attendance) (closed bool, err error) {
	now, dir := d.now(), d.dir()
	org, ok := dir.Organisation(quiet.Organisation)
	if !ok {
		return false, nil // it left the directory; its visits are decided when it is back
	}
	err = d.store.Write(ctx, func(tx Tx) error {
		closed = false
		if err := tx.Lock("visit:" + quiet.Organisation + "/" + quiet.Visit); err != nil {
			return err
		}
		a, found, err := tx.Attendance(quiet.Organisation, quiet.Visit)
		if err != nil || !found || a != quiet {
			return err
		}
		before := a
		if a, err = withRecords(tx, a.own().lapse(org, dir), org, dir, records{}); err != nil {
			return err
		}
		if closed = a.State == Lapsed; !closed {
			return nil
		}
		if err := lockPatients(tx, before, a); err != nil {
			return err
		}
		if err := saveAttendance(tx, a, now); err != nil {
			return err
		}
		_, err = d.reconcile(tx, []Attendance{a}, dir, now, journal.Service)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("close attendance %s: %w", quiet.ID, err)
	}
	return closed, nil
}
