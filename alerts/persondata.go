package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// PersonDataTx is what is done to all that is held of one person.
type PersonDataTx interface {
	// Pseudonym is a name that stands for a person and tells nobody who it is; the journal calls people by it.
	Pseudonym(n plans.NHSNumber) string
	// Restrict notes that a person is to be shown with more care, in plans that are held and in those that come, or that this is over. It tells whether
	// that is new.
	Restrict(n plans.NHSNumber, restricted bool) (changed bool, err error)
	// ErasePerson drops what is held of a person: ids are of the visits and quarantined the messages that were found before.
	ErasePerson(n plans.NHSNumber, found PersonData) (Erased, error)
}

// PersonData names what was found of a person, to be looked at again when it is erased.
type PersonData struct {
	// Visits are the ids of attendances, and of records of people without a visit. Quarantined are the ids of messages that were not understood.
	Visits, Quarantined []string
}

// PersonFinder finds what is held of a person, outside of any transaction: it looks through everything.
type PersonFinder interface {
	FindPerson(ctx context.Context, n plans.NHSNumber) (PersonData, error)
}

// Erased is how much was erased.
type Erased struct{ Visits, Alerts, Plans, Records, Quarantined int }

func (e Erased) String() string {
	return fmt.Sprintf("%d visits, %d alerts, %d plans, %d records of the hospital, %d messages of the quarantine", e.Visits, e.Alerts, e.Plans, e.Records, e.Quarantined)
}

// Errors of erasing.
var (
	// ErrHere: an alert that stands must not be silenced by it.
	ErrHere = errors.New("the patient is in a department or a hospital now: nothing is erased before they have left")
	// ErrPlanHolds: an arrival tomorrow must raise its alert.
	ErrPlanHolds = errors.New("a plan of the patient's holds: its centre withdraws it first")
	// ErrPlanShown: who acted on it must learn that it was withdrawn.
	ErrPlanShown = errors.New("a board shows a plan of the patient's, or tells that it was withdrawn: nothing is erased before that was seen")
	// ErrNoReason: the journal must say why.
	ErrNoReason = errors.New("a reason must be given")
	// errRehearsal ends a rehearsal: nothing of it is kept.
	errRehearsal = errors.New("nothing is erased: this is a rehearsal")
)

// Erase drops what is held of one person: visits and what was said and done about them, plans in all their versions, what hospitals said of the person,
// and messages in quarantine that name the number. It returns how much that is; a rehearsal only tells. What the journal says of it stays: it holds
// nothing of who anybody is. Nothing is erased of somebody who is here, or whose plan holds.
//
// Errors: ErrHere, ErrPlanHolds, ErrPlanShown, ErrNoReason.
func (d *Desk) Erase(ctx context.Context, finder PersonFinder, n plans.NHSNumber, reason string, actor journal.Actor, rehearse bool) (Erased, error) {
	if reason == "" {
		return Erased{}, ErrNoReason
	}
	found, err := finder.FindPerson(ctx, n)
	if err != nil {
		return Erased{}, fmt.Errorf("find what is held of a person: %w", err)
	}
	now := d.now()
	var done Erased
	err = d.store.Write(ctx, func(tx Tx) error {
		if err := tx.Lock(patientKeys(n)...); err != nil {
			return err
		}
		open, err := tx.OpenAttendances(n)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return ErrHere
		}
		held, err := tx.PlansOf(n)
		if err != nil {
			return err
		}
		for _, p := range held {
			if live, _ := p.Live(now); live {
				return ErrPlanHolds
			}
		}
		if done, err = tx.ErasePerson(n, found); err != nil {
			return err
		}
		if rehearse {
			return errRehearsal
		}
		return tx.Append(journal.Entry{Time: now, Kind: journal.PersonErased, Actor: actor, Subject: tx.Pseudonym(n), Reason: reason + ": " + done.String()})
	})
	if err != nil && !errors.Is(err, errRehearsal) {
		return Erased{}, fmt.Errorf("erase what is held of a person: %w", err)
	}
	return done, nil
}

// RestrictedReason is what boards are told of an alert whose patient is shown with more care from now on, or no longer.
const RestrictedReason = "how the patient may be shown was changed"

// Restrict has one person shown as somebody who is restricted is shown, whatever the centre says of that, or takes it back. It holds for plans that are
// held and for those that come. Boards that show the patient are told. It tells whether anything changed.
//
// Errors: ErrNoReason.
func (d *Desk) Restrict(ctx context.Context, n plans.NHSNumber, restricted bool, reason string, actor journal.Actor) (changed bool, err error) {
	if reason == "" {
		return false, ErrNoReason
	}
	now := d.now()
	err = d.store.Write(ctx, func(tx Tx) error {
		if err := tx.Lock(patientKeys(n)...); err != nil {
			return err
		}
		if changed, err = tx.Restrict(n, restricted); err != nil || !changed {
			return err
		}
		kind := journal.PersonUnrestricted
		if restricted {
			kind = journal.PersonRestricted
		}
		if err := tx.Append(journal.Entry{Time: now, Kind: kind, Actor: actor, Subject: tx.Pseudonym(n), Reason: reason}); err != nil {
			return err
		}
		return tellRestricted(tx, n, now, actor)
	})
	if err != nil {
		return false, fmt.Errorf("restrict a person: %w", err)
	}
	return changed, nil
}

// tellRestricted tells every board that shows a patient to look again.
func tellRestricted(tx Tx, n plans.NHSNumber, now time.Time, actor journal.Actor) error {
	open, err := tx.OpenAttendances(n)
	if err != nil {
		return err
	}
	for _, a := range open {
		held, err := tx.AlertsOf(a.ID)
		if err != nil {
			return err
		}
		for _, alert := range held {
			if !alert.Open() {
				continue
			}
			for _, t := range alert.tell(journal.AlertUpdated, RestrictedReason) {
				e := journal.Entry{Time: now, Kind: t.Kind, Actor: actor, Room: t.Room, Subject: alert.ID, Version: alert.Version, Reason: t.Reason}
				if err := tx.Append(e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
