// Package retention answers one question: for how long is what kept?
//
// What is kept is of some classes, each with a period that is configured. A run goes through the classes slice by slice, each a transaction of its
// own, and can be stopped at any moment: the next one goes on. What goes, and that it went, is one commit.
package retention

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Class is a kind of what is kept.
type Class string

// The classes, in the order in which a run goes through them: what rests on something else goes before it.
const (
	// Attendances are visits without an alert, after they ended: a digest takes their place.
	Attendances Class = "attendances"
	// Digests are what is left of such visits.
	Digests Class = "digests"
	// Messages are the marks by which a message that is sent again is known. Nothing of what it said is kept.
	Messages Class = "messages"
	// Quarantine holds messages that were not understood, byte for byte.
	Quarantine Class = "quarantine"
	// Drafts are plans that somebody began to write and never published, with their files.
	Drafts Class = "drafts"
	// Alerts are visits with an alert, after they ended, with all that was said and done about it.
	Alerts Class = "alerts"
	// Plans are plans that hold no more, in all versions, with their attachments.
	Plans Class = "plans"
	// Journal is the audit trail: its beginning goes once nothing is held that it explains.
	Journal Class = "journal"
)

// Classes are all of them in order.
var Classes = []Class{Attendances, Digests, Messages, Quarantine, Drafts, Alerts, Plans, Journal}

// What says in words what the class is.
func (c Class) What() string {
	switch c {
	case Attendances:
		return "visits without an alert"
	case Digests:
		return "digests of forgotten visits"
	case Messages:
		return "marks of messages taken"
	case Quarantine:
		return "messages of the quarantine"
	case Drafts:
		return "drafts of plans"
	case Alerts:
		return "visits with alerts"
	case Plans:
		return "plans that hold no more"
	}
	return "entries of the journal"
}

// Periods are for how long each class is kept; zero is for ever.
type Periods map[Class]time.Duration

// year is the mean length of a year of our calendar.
const year = 8766 * time.Hour

// Defaults are the periods that hold where nothing else is configured. docs/operating.md says where each comes from.
func Defaults() Periods {
	return Periods{
		Attendances: 72 * time.Hour, Digests: 2 * year, Messages: 90 * 24 * time.Hour, Quarantine: 90 * 24 * time.Hour, Drafts: 90 * 24 * time.Hour,
		Alerts: 8 * year, Plans: 8 * year, Journal: 8 * year,
	}
}

// leastVisit is the shortest time after which a visit may be forgotten: departures are cancelled, and told late. leastMark is the shortest for the
// marks of messages: hospitals send again what an outage of days kept back.
const (
	leastVisit = 24 * time.Hour
	leastMark  = 7 * 24 * time.Hour
)

// Check refuses periods that cannot be meant.
func (p Periods) Check() error {
	for _, c := range Classes {
		if p[c] < 0 {
			return fmt.Errorf("retention.%s cannot be negative", c)
		}
	}
	switch kept := func(c Class, least time.Duration) bool { return p[c] == 0 || p[c] >= least }; {
	case !kept(Attendances, leastVisit):
		return fmt.Errorf("retention.attendances must be at least %s, or 0 to keep them for ever", leastVisit)
	case !kept(Messages, leastMark) || !kept(Digests, leastMark):
		return fmt.Errorf("retention.messages and retention.digests must be at least %s, or 0 to keep them for ever", leastMark)
	case !kept(Digests, p[Messages]):
		return errors.New("retention.digests must be at least as long as retention.messages: by both a message that is sent again is known")
	case !kept(Alerts, leastVisit) || !kept(Plans, leastVisit) || !kept(Journal, leastVisit) || !kept(Quarantine, leastVisit) || !kept(Drafts, leastVisit):
		return fmt.Errorf("no period of retention can be shorter than %s", leastVisit)
	}
	return nil
}

// HealthRecordUntil is how long a health record is kept that ended at an instant: for the period, and that of a child until the 25th birthday, or the 26th
// if the young person was 17 when it ended (NHS Records Management Code of Practice 2021, appendix II). Of a birth that is not known to the day the end of
// the year counts; of one that is not known at all, the period alone.
func HealthRecordUntil(ended time.Time, born string, period time.Duration) time.Time {
	until := ended.Add(period)
	birth, ok := latestBirth(born)
	if !ok || ended.Before(birth) || !ended.Before(birth.AddDate(18, 0, 0)) {
		return until
	}
	grown := birth.AddDate(25, 0, 0)
	if !ended.Before(birth.AddDate(17, 0, 0)) {
		grown = birth.AddDate(26, 0, 0)
	}
	if grown.After(until) {
		return grown
	}
	return until
}

// latestBirth is the last day that a date of birth can mean: 1980-02-13, 1980-02 or 1980.
func latestBirth(born string) (time.Time, bool) {
	for layout, after := range map[string][3]int{time.DateOnly: {}, "2006-01": {0, 1, -1}, "2006": {1, 0, -1}} {
		if day, err := time.Parse(layout, born); err == nil {
			return day.AddDate(after[0], after[1], after[2]), true
		}
	}
	return time.Time{}, false
}

// Slice is a part of a class that is looked at in one go.
type Slice struct {
	Class Class
	// Period is that of the class; Now is when it is looked at.
	Period time.Duration
	Now    time.Time
	// After is where the slice before ended; empty for the first.
	After string
	// Rehearse counts what would go, and lets nothing go.
	Rehearse bool
}

// Before is the instant before which something must have ended to go.
func (s Slice) Before() time.Time { return s.Now.Add(-s.Period) }

// Went is what became of a slice.
type Went struct {
	// Gone is how many went; Next is where the slice ended, and More that there may be others after it.
	Gone int
	Next string
	More bool
}

// Store lets go what is no longer to be kept.
type Store interface {
	// Purge looks at a slice and lets go what is over, in one short transaction with the journal entry that tells of it and with where it ended. What
	// was let go is gone when it returns nil. What goes on, or is shown on a board, stays however old it is.
	Purge(ctx context.Context, s Slice) (Went, error)
	// PurgedTo is where the run before this one stopped in a class; empty if it came to its end.
	PurgedTo(ctx context.Context, c Class) (string, error)
}

// Result is what a run did to a class.
type Result struct {
	Class  Class
	Period time.Duration
	Gone   int
}

// Run goes through all classes. After each slice it calls pause with how long that took, which ends the run by an error. It returns what it did
// also where it was stopped.
func Run(ctx context.Context, store Store, periods Periods, now func() time.Time, rehearse bool, pause func(ctx context.Context, took time.Duration) error) ([]Result, error) {
	var done []Result
	for _, c := range Classes {
		r := Result{Class: c, Period: periods[c]}
		if r.Period == 0 {
			continue
		}
		s := Slice{Class: c, Period: r.Period, Now: now(), Rehearse: rehearse}
		var err error
		if !rehearse {
			if s.After, err = store.PurgedTo(ctx, c); err != nil {
				return done, fmt.Errorf("find where %s were purged to: %w", c, err)
			}
		}
		for more := true; more && err == nil; {
			began := now()
			var went Went
			if went, err = store.Purge(ctx, s); err != nil {
				err = fmt.Errorf("purge %s: %w", c, err)
				break
			}
			r.Gone += went.Gone
			s.After, more = went.Next, went.More
			if err = ctx.Err(); err == nil && more {
				err = pause(ctx, now().Sub(began))
			}
		}
		if done = append(done, r); err != nil {
			return done, err
		}
	}
	return done, nil
}
