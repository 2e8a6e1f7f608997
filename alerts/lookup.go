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
// (package matching, Key). Whoever has a plan is kept under keys; whoever is in a department under the traits that keys are made of, which are
// fewer to write for people who come and go.
//
// A plan that is published and a patient who arrives at the same moment must not miss each other. An arrival locks its keys shared, a
// publication its plans' keys for itself, each before it reads what the other may have written: whichever is second sees the first.

// Lookup finds people by keys.
type Lookup interface {
	// SavePlanKeys forgets some keys of a plan and adds others.
	SavePlanKeys(plan string, forget, add []matching.Key) error
	// SaveTraits keeps an attendance under other traits.
	SaveTraits(attendance string, t matching.Traits) error
	// PlansLike returns the newest version of each plan that is kept under one of the keys, in any status, each once.
	PlansLike(keys []matching.Key) ([]plans.Plan, error)
	// OpenAttendancesLike returns the open attendances that have one of the traits, each once, and perhaps others that are open.
	OpenAttendancesLike(t matching.Traits) ([]Attendance, error)
}

// sought is a patient made ready to be looked up and compared. That takes about as long as the look-up itself, so it is done once for each
// message, and before the transaction, in which everybody else waits.
type sought struct {
	patient plans.Identity
	person  matching.Person
	keys    []matching.Key
}

func seek(patient plans.Identity) sought {
	person := matching.Prepare(patient)
	return sought{patient, person, person.Keys()}
}

// of is the patient made ready, if it is another than the one that was.
func (s sought) of(patient plans.Identity) sought {
	if s.patient == patient {
		return s
	}
	return seek(patient)
}

// keysOf are the keys under which the plans of an attendance are found while the patient is in the department; none for others.
func keysOf(a Attendance) []matching.Key {
	if !a.Open() {
		return nil
	}
	return matching.Keys(a.Patient)
}

// saveAttendance writes an attendance that is held already.
func saveAttendance(tx Tx, a Attendance, now time.Time) error {
	who := matching.Prepare(a.Patient)
	return tx.SaveAttendance(Written{Attendance: a, Traits: who.Traits(), At: now})
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

// likely finds the plans that could be an attendance's patient's: by NHS number, and by the keys of the patient.
func likely(tx Tx, a Attendance, who sought) ([]plans.Plan, error) {
	var found []plans.Plan
	for _, n := range a.numbers() {
		of, err := tx.PlansOf(n)
		if err != nil {
			return nil, err
		}
		found = append(found, of...)
	}
	if !a.Open() || len(who.keys) == 0 {
		return found, nil
	}
	like, err := tx.PlansLike(who.keys)
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
	for i, patient := range about {
		if n := patient.NHSNumber; !n.IsZero() && !asked[n] {
			asked[n] = true
			if err := take(tx.OpenAttendances(n)); err != nil {
				return nil, err
			}
		}
		if slices.Contains(about[:i], patient) { // as a plan's before and after nearly always are
			continue
		}
		if err := take(alike(tx, patient)); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// alike finds the open attendances that have a key in common with a patient.
func alike(tx Tx, patient plans.Identity) ([]Attendance, error) {
	who := seek(patient)
	if len(who.keys) == 0 {
		return nil, nil
	}
	found, err := tx.OpenAttendancesLike(who.person.Traits())
	return slices.DeleteFunc(found, func(a Attendance) bool {
		return !slices.ContainsFunc(keysOf(a), func(k matching.Key) bool { return slices.Contains(who.keys, k) })
	}), err
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
			who := matching.Prepare(a.Patient)
			if err := tx.SaveTraits(a.ID, who.Traits()); err != nil {
				return err
			}
		}
		return nil
	})
	const page = 500
	var some []plans.Plan
	for last, more := "", true; err == nil && more; {
		if some, err = from.PlansAfter(ctx, last, page, some[:0]); err != nil {
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
