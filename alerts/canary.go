package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// CanaryTx keeps when the canary last came through.
type CanaryTx interface {
	// NoteCanary notes that the canary came through to a department, and tells whether that is news: it is not if it did after the instant
	// since.
	NoteCanary(department string, at, since time.Time) (news bool, err error)
}

// What the canary says of itself. Nobody is called so, and the day of birth agrees with the canary's plan.
const (
	CanaryFamily = "Canary"
	CanaryGiven  = "Check"
	CanaryBorn   = plans.Date("1948-07-05")
)

var errCanary = errors.New("the canary's number is for the canary only")

// TakeCanary takes the canary's arrival in a department. It goes the way of any arrival: it is folded into a visit and placed by the
// directory, it is looked for among the plans, and Decide must raise exactly one confirmed alert for the department. But neither visit nor
// plan nor alert is ever written, so that nothing which lists, counts or sends these could meet them: only the canary's row is, and one
// entry in the journal, in the same transaction, at most once in half of every.
//
// An error says where it stopped.
func (d *Desk) TakeCanary(ctx context.Context, e Event, department string, every time.Duration) error {
	now, dir := d.now(), d.dir()
	org, ok := dir.Facility(e.Facility, now)
	switch {
	case !ok:
		return ErrUnknownSender
	case !e.NHSNumber.Value.IsCanary() || e.Kind != Arrive:
		return errors.New("the message is not the canary's")
	}
	err := d.store.Write(ctx, func(tx Tx) error {
		if err := tx.Lock("visit:" + org.ID + "/" + e.Visit); err != nil {
			return err
		}
		before, found, err := tx.Attendance(org.ID, e.Visit)
		if err != nil {
			return err
		}
		if found {
			return errors.New("a visit of a patient has the canary's visit number")
		}
		before.ID = newID()
		visit, err := withRecords(tx, before.Apply(e, org, dir), org, dir, records{})
		if err != nil {
			return err
		}
		held, err := likely(tx, visit, seek(visit.Patient))
		if err != nil {
			return err
		}
		for _, p := range held {
			if p.Patient.NHSNumber.IsCanary() {
				return errors.New("a plan is held under the canary's number")
			}
		}
		changes := Decide(visit, []plans.Plan{canaryPlan(org.ID)}, nil, d.grounds(visit, nil), dir, now)
		if err := canaryRaised(visit, changes, department); err != nil {
			return err
		}
		news, err := tx.NoteCanary(department, now, now.Add(-every/2))
		if err != nil || !news {
			return err
		}
		return tx.Append(journal.Entry{Time: now, Kind: journal.CanaryPassed, Actor: journal.Service, Subject: department})
	})
	if err != nil {
		return fmt.Errorf("take the canary of %s: %w", department, err)
	}
	return nil
}

// canaryPlan is the plan that the canary's arrival must find. The hospital's own organisation is its centre: no agreement is needed.
func canaryPlan(organisation string) plans.Plan {
	return plans.Plan{
		ID: "canary", Version: 1, Centre: organisation, Status: plans.Active, Urgency: plans.Routine, Headline: "Check",
		Patient: plans.Identity{NHSNumber: plans.CanaryNumber(), Family: CanaryFamily, Given: CanaryGiven, BirthDate: CanaryBorn},
	}
}

// canaryRaised says what is wrong with what was decided for the canary; nil if all is as it must be.
func canaryRaised(a Attendance, changes []Change, department string) error {
	switch {
	case a.Department != department || a.Warning != "":
		return fmt.Errorf("its location leads to %s: %s", a.Department, a.Warning)
	case len(changes) != 1:
		return fmt.Errorf("it raised %d alerts instead of one", len(changes))
	case changes[0].Alert.Match != Confirmed || changes[0].Alert.Department != department || !changes[0].Alert.Open():
		return fmt.Errorf("its alert is not as it should be: match %s in %s", changes[0].Alert.Match, changes[0].Alert.Department)
	}
	return nil
}
