package alerts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

// This file finds who could be whom without looking at everybody: by NHS number, and by what two records of one person have in common
// (package matching, Key). Whoever is in a department and whoever has a plan are kept under their keys.
//
// A plan that is published and a patient who arrives at the same moment must not miss each other. An arrival locks its keys shared, a
// publication its plans' keys for itself, each before it reads what the other may have written: whichever is second sees the first.

// Lookup keeps and finds people by keys.
type Lookup interface {
	// SavePlanKeys and SaveAttendanceKeys forget some keys and add others.
	SavePlanKeys(plan string, forget, add []matching.Key) error
	SaveAttendanceKeys(attendance string, forget, add []matching.Key) error
	// PlansLike returns the newest version of each plan that is kept under one of the keys, in any status, each once.
	PlansLike(keys []matching.Key) ([]plans.Plan, error)
	// OpenAttendancesLike returns the open attendances that are kept under one of the keys, each once.
	OpenAttendancesLike(keys []matching.Key) ([]Attendance, error)
}

// keysOf are the keys under which an attendance is found while the patient is in the department; none for others.
func keysOf(a Attendance) []matching.Key {
	if !a.Open() {
		return nil
	}
	return matching.Keys(a.Patient)
}

// saveAttendance writes an attendance and the keys under which it is found.
func saveAttendance(tx Tx, before, after Attendance, isNew bool, now time.Time) error {
	if err := tx.SaveAttendance(after, isNew, now); err != nil {
		return err
	}
	if before.Patient == after.Patient && before.Open() == after.Open() {
		return nil
	}
	forget, add := differences(keysOf(before), keysOf(after))
	if len(forget)+len(add) == 0 {
		return nil
	}
	return tx.SaveAttendanceKeys(after.ID, forget, add)
}

// savePlanKeys writes the keys under which the patient of a plan is found. held is the version before; nil if there is none.
func savePlanKeys(tx Tx, held *plans.Held, kept plans.Plan) error {
	var before []matching.Key
	if held != nil {
		if held.Plan.Patient == kept.Patient {
			return nil
		}
		before = matching.Keys(held.Plan.Patient)
	}
	forget, add := differences(before, matching.Keys(kept.Patient))
	if len(forget)+len(add) == 0 {
		return nil
	}
	return tx.SavePlanKeys(kept.ID, forget, add)
}

// differences are what stands only before, and only after.
func differences(before, after []matching.Key) (forget, add []matching.Key) {
	for _, k := range before {
		if !slices.Contains(after, k) {
			forget = append(forget, k)
		}
	}
	for _, k := range after {
		if !slices.Contains(before, k) {
			add = append(add, k)
		}
	}
	return forget, add
}

// lockPatients keeps publications about whomever the attendances are like from this transaction.
func lockPatients(tx Tx, as ...Attendance) error {
	if tx.Alone() {
		return nil
	}
	var numbers []plans.NHSNumber
	var keys []matching.Key
	for _, a := range as {
		numbers = append(numbers, a.numbers()...)
		keys = append(keys, keysOf(a)...)
	}
	if err := tx.Lock(patientKeys(numbers...)...); err != nil {
		return err
	}
	return tx.LockShared(stripes(keys)...)
}

// likeStripes is how many locks there are for all keys together: a publication of many plans must not fill a server's table of locks.
// Arrivals do not wait for one another, so two keys that share a lock cost little.
const likeStripes = 2048

// stripes are the lock keys of keys.
func stripes(keys []matching.Key) []string {
	locks := make([]string, 0, len(keys))
	for _, k := range keys {
		locks = append(locks, fmt.Sprintf("like:%d", uint64(k)%likeStripes))
	}
	slices.Sort(locks)
	return slices.Compact(locks)
}

// likely finds the plans that could be an attendance's patient's: by NHS number, and by keys.
func likely(tx Tx, a Attendance) ([]plans.Plan, error) {
	var found []plans.Plan
	for _, n := range a.numbers() {
		of, err := tx.PlansOf(n)
		if err != nil {
			return nil, err
		}
		found = append(found, of...)
	}
	keys := keysOf(a)
	if len(keys) == 0 {
		return found, nil
	}
	like, err := tx.PlansLike(keys)
	if err != nil {
		return nil, err
	}
	for _, p := range like {
		if !slices.ContainsFunc(found, func(f plans.Plan) bool { return f.ID == p.ID }) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(x, y plans.Plan) int { return strings.Compare(x.ID, y.ID) })
	return found, nil
}

// concerned finds the open attendances that plans could be about, before and after they change.
func concerned(tx Tx, about []plans.Identity) ([]Attendance, error) {
	var keys []matching.Key
	var open []Attendance
	seen := map[string]bool{}
	take := func(of []Attendance, err error) error {
		for _, a := range of {
			if !seen[a.ID] {
				seen[a.ID] = true
				open = append(open, a)
			}
		}
		return err
	}
	asked := map[plans.NHSNumber]bool{}
	for _, i := range about {
		keys = append(keys, matching.Keys(i)...)
		if i.NHSNumber.IsZero() || asked[i.NHSNumber] {
			continue
		}
		asked[i.NHSNumber] = true
		if err := take(tx.OpenAttendances(i.NHSNumber)); err != nil {
			return nil, err
		}
	}
	slices.Sort(keys)
	return open, take(tx.OpenAttendancesLike(slices.Compact(keys)))
}

// lockPlanned keeps arrivals of whomever plans are about, and other publications about them, from this transaction.
func lockPlanned(tx Tx, about []plans.Identity) error {
	var numbers []plans.NHSNumber
	var keys []matching.Key
	for _, i := range about {
		numbers = append(numbers, i.NHSNumber)
		keys = append(keys, matching.Keys(i)...)
	}
	if err := tx.Lock(patientKeys(numbers...)...); err != nil {
		return err
	}
	return tx.Lock(stripes(keys)...)
}

// MakeKeys keeps every plan and everybody who is in a department under their keys, as a database from before there were keys needs it. It is
// done before messages are taken; doing it twice changes nothing.
func (d *Desk) MakeKeys(ctx context.Context, from Evidence) error {
	open, err := from.OpenAttendances(ctx)
	if err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	err = d.store.Write(ctx, func(tx Tx) error {
		for _, a := range open {
			if err := tx.SaveAttendanceKeys(a.ID, nil, keysOf(a)); err != nil {
				return err
			}
		}
		return nil
	})
	const page = 500
	for last, more := "", true; err == nil && more; {
		var some []plans.Plan
		if some, err = from.PlansAfter(ctx, last, page); err != nil {
			break
		}
		err = d.store.Write(ctx, func(tx Tx) error {
			for _, p := range some {
				if err := tx.SavePlanKeys(p.ID, nil, matching.Keys(p.Patient)); err != nil {
					return err
				}
			}
			return nil
		})
		if more = len(some) == page; more {
			last = some[len(some)-1].ID
		}
	}
	if err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	return nil
}
