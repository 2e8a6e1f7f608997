package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Store keeps attendances, plans, alerts and the journal.
type Store interface {
	// Write runs f in one transaction: all that f writes is kept, or nothing. When it returns nil, what f wrote survives a power cut.
	// It may run f more than once (after a conflict with another node, or when a neighbour in the same commit failed), each time on a fresh
	// transaction.
	Write(ctx context.Context, f func(Tx) error) error
}

// Tx is the inside of one transaction. What it loads is what holds until the transaction ends, once the keys that guard it are locked.
type Tx interface {
	// Lock keeps other transactions from the keys until this one ends. Callers take them in the order visit, person, identifier, plan, nhs, like,
	// attendance, so that no two wait for each other; keys of one call are sorted by the store.
	Lock(keys ...string) error
	// Alone tells that no other transaction runs beside this one, as on SQLite: then nobody has to be kept from any key.
	Alone() bool
	// LockShared keeps those from the keys who Lock them, and not those who do the same.
	LockShared(keys ...string) error
	// Remember notes that a message was taken, and tells whether it is new: the same sender, control id and hash was not taken before.
	Remember(m Message) (isNew bool, err error)

	Attendance(organisation, visit string) (a Attendance, found bool, err error)
	AttendanceWithID(id string) (a Attendance, found bool, err error)
	// OpenAttendances returns the open attendances of a patient.
	OpenAttendances(n plans.NHSNumber) ([]Attendance, error)
	SaveAttendance(w Written) error
	PersonTx

	// Plan returns the newest version of a plan, or nil if none is held.
	Plan(id string) (*plans.Held, error)
	// PlansOf returns the newest version of each plan of a patient, in any status.
	PlansOf(n plans.NHSNumber) ([]plans.Plan, error)
	// SavePlan adds a version.
	SavePlan(p plans.Plan, document []byte) error
	// SaveNames notes the identifiers and the parts of a plan's newest version, instead of those of the version before.
	SaveNames(p plans.Plan, parts []plans.Part) error
	// PlansNamed returns the ids of the centre's plans that have all of the identifiers.
	PlansNamed(centre string, all []plans.Identifier) ([]string, error)

	// SaveCheck notes the last time that an attendance was looked at for plans, in place of the time before. The store knows which plan is
	// the newest, also of those that this transaction saved: PlansTo is its to fill in, here and in SaveAttendance.
	SaveCheck(c Check) error

	Lookup

	AlertsOf(attendance string) ([]Alert, error)
	// RulingsOf returns what people said about an attendance and plans.
	RulingsOf(attendance string) ([]Ruling, error)
	// SaveRuling keeps a ruling, instead of the one before on the same attendance and plan.
	SaveRuling(r Ruling) error
	// Alert returns ErrNoAlert if there is none.
	Alert(id string) (Alert, error)
	SaveAlert(a Alert, isNew bool) error
	RecallTx
	TalkTx
	CanaryTx
	DigestTx
	PersonDataTx

	// Append writes a journal entry and gives it its number, its place in its room and its seal. The counter behind it is the last
	// thing a transaction locks: append after everything else is written.
	Append(e journal.Entry) error
}

// Written is an attendance as it is to be written.
type Written struct {
	Attendance
	// IsNew tells that it was not held before.
	IsNew bool
	// Traits are those by which it is found while it is open; none for what is kept of people without a visit.
	Traits matching.Traits
	// Check, if not nil, is a look for plans that was made just now, in place of the one before.
	Check *Check
	// At is now.
	At time.Time
}

// Message is what is kept of every message taken, so that a resend is known.
type Message struct {
	Sender, ControlID string
	Hash              [32]byte
	Received          time.Time
}

// Errors of the desk that a caller can act on.
var (
	ErrNoAlert       = errors.New("no such alert")
	ErrNotOpen       = errors.New("the alert is no longer open")
	ErrUnknownSender = errors.New("the sending facility is not an organisation of the directory")
)

// AcknowledgedError refuses a second acknowledgement: there is one winner.
type AcknowledgedError struct{ Acknowledgement Acknowledgement }

func (e AcknowledgedError) Error() string {
	return "already acknowledged by " + e.Acknowledgement.By.Name
}

// Desk takes what hospitals and centres send and what people answer, decides, and keeps the result: one transaction each.
type Desk struct {
	store Store
	dir   func() *directory.Directory
	now   func() time.Time
	trust func(organisation string) matching.Trust
}

// NewDesk makes a desk. The directory is asked for at each message, so that it can be replaced while the service runs.
func NewDesk(store Store, dir func() *directory.Directory, now func() time.Time) *Desk {
	return &Desk{store, dir, now, func(string) matching.Trust { return matching.Trust{} }}
}

// WithTrust makes a desk that asks, at each decision, which statuses of an NHS number count at an organisation.
func (d *Desk) WithTrust(trust func(organisation string) matching.Trust) *Desk {
	with := *d
	with.trust = trust
	return &with
}

// Outcome is what became of a message.
type Outcome struct {
	// Duplicate: the message had been taken before, or is older than what was known of a visit that is forgotten; nothing followed from it.
	Duplicate  bool
	Attendance string
	Department string
	// Warning says in words that the department is a guess.
	Warning string
	Changes []Change
}

// Receive takes one attendance message. When it returns nil, the message and everything that follows from it is durable, and the
// sender may be answered AA. A message that was taken before changes nothing and is no error.
//
// Errors: ErrUnknownSender, ErrBeyondSites, ErrWholeOrganisation; anything else is a failure of the store, and the sender must not be told that the message was taken.
func (d *Desk) Receive(ctx context.Context, e Event) (Outcome, error) {
	now, dir := d.now(), d.dir()
	e = e.plausible(now)
	if e.NHSNumber.Value.IsCanary() {
		return Outcome{}, errCanary
	}
	org, ok := dir.Sending(e.Facility, now)
	if !ok {
		return Outcome{}, ErrUnknownSender
	}
	if !e.Kind.OfVisit() && len(e.Sites) > 0 {
		return Outcome{}, ErrWholeOrganisation
	}
	e.Location.Value = dir.SentFrom(e.Facility, e.Location.Value)
	actor := journal.Actor{Name: e.Sender, Role: "hospital", Organisation: org.ID}
	stated := seek(e.patient())
	var out Outcome
	err := d.store.Write(ctx, func(tx Tx) error {
		out = Outcome{}
		isNew, err := tx.Remember(Message{e.Sender, e.ControlID, e.Hash, now})
		if err != nil {
			return err
		}
		if !isNew {
			out.Duplicate = true
			return out.again(tx, org.ID, e.Visit)
		}
		if !e.Kind.OfVisit() {
			out.Changes, err = d.receivePerson(tx, e, org, dir, now, actor)
			return err
		}
		if err := tx.Lock("visit:" + org.ID + "/" + e.Visit); err != nil {
			return err
		}
		before, found, people, err := visitOf(tx, e, org.ID)
		if err != nil {
			return err
		}
		if !found {
			var told, left bool
			if before, left, told, err = leftOf(tx, e, org.ID); err != nil {
				return err
			}
			if told {
				out.Duplicate, out.Attendance, out.Department, out.Warning = true, before.ID, before.Department, before.Warning
				return nil
			}
			if !left {
				before.ID = newID()
			}
		}
		after, err := withRecords(tx, before.own().Apply(e, org, dir), org, dir, people)
		if err != nil {
			return err
		}
		if !e.within(dir, before.Department, after.Department) {
			return ErrBeyondSites
		}
		out.Attendance, out.Department, out.Warning = after.ID, after.Department, after.Warning
		if err := lockPatients(tx, before, after); err != nil {
			return err
		}
		out.Changes, err = d.decideAndSave(tx, after, stated.of(after.Patient), found, dir, now, actor)
		return err
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("receive %s %s: %w", e.Trigger, e.ControlID, err)
	}
	return out, nil
}

// decideAndSave writes a visit as a message left it, with the look for plans that this leads to, and what follows. held tells that the visit was
// held before.
func (d *Desk) decideAndSave(tx Tx, a Attendance, who sought, held bool, dir *directory.Directory, now time.Time, actor journal.Actor) ([]Change, error) {
	w := Written{Attendance: a, IsNew: !held, Traits: who.person.Traits(), At: now}
	if !held && !a.Open() {
		return nil, tx.SaveAttendance(w) // nothing can stand for it, and nothing stood before
	}
	changes, after, err := d.decideOne(tx, a, who, held, dir, now)
	if err != nil {
		return nil, err
	}
	if a.Open() {
		check := checked(a, who, after, now)
		w.Check = &check
	}
	if err := tx.SaveAttendance(w); err != nil {
		return nil, err
	}
	return changes, keepChanges(tx, changes, now, actor)
}

// visitOf finds the visit that a message is about. Where nobody else can change them meanwhile, the records of the person whom the message
// names are read in the same breath: nearly every message is the first of its visit, and its person has none.
func visitOf(tx Tx, e Event, organisation string) (a Attendance, found bool, people records, err error) {
	if !tx.Alone() {
		a, found, err = tx.Attendance(organisation, e.Visit)
		return a, found, records{}, err
	}
	people.asked = personVisits(e.records())
	read, err := tx.Persons(organisation, append([]string{e.Visit}, people.asked...)...)
	for _, r := range read {
		if r.Visit == e.Visit {
			a, found = r, true
			continue
		}
		people.found = append(people.found, r)
	}
	return a, found, people, err
}

// withRecords adds the hospital's records of the person to a visit, which nobody else can change meanwhile. Some of them may have been read.
func withRecords(tx Tx, a Attendance, org directory.Organisation, dir *directory.Directory, people records) (Attendance, error) {
	if !tx.Alone() {
		keys := a.records()
		for i, name := range keys {
			keys[i] = "person:" + a.Organisation + "/" + name
		}
		if err := tx.Lock(keys...); err != nil {
			return a, err
		}
	}
	a, err := known(tx, a, people)
	return a.place(org, dir), err
}

// again fills in what a message that was taken before came to, as the visit is now: whoever sends again is answered the same.
func (out *Outcome) again(tx Tx, organisation, visit string) error {
	a, found, err := tx.Attendance(organisation, visit)
	if err == nil && !found {
		a, found, err = tx.Digest(organisation, visit)
	}
	if err == nil && found {
		out.Attendance, out.Department, out.Warning = a.ID, a.Department, a.Warning
	}
	return err
}

// reconcile decides attendances that are written already, and writes what follows.
//
// What is decided for a plan that was published just now, and changes nothing that the department sees, leaves the check as it was: a check
// made at that moment, for this patient alone, would tell that there is a plan.
func (d *Desk) reconcile(tx Tx, as []Attendance, dir *directory.Directory, now time.Time, actor journal.Actor, first ...journal.Entry) ([]Change, error) {
	slices.SortFunc(as, func(x, y Attendance) int { return strings.Compare(x.ID, y.ID) })
	published := slices.ContainsFunc(first, func(e journal.Entry) bool {
		return e.Kind == journal.PlanPublished || e.Kind == journal.PlanRevised || e.Kind == journal.PlanWithdrawn
	})
	var changes []Change
	for _, a := range as {
		who := seek(a.Patient)
		of, after, err := d.decideOne(tx, a, who, true, dir, now)
		if err != nil {
			return nil, err
		}
		changes = append(changes, of...)
		if !a.Open() || published && !seen(of) {
			continue
		}
		if err := tx.SaveCheck(checked(a, who, after, now)); err != nil {
			return nil, err
		}
	}
	return changes, keepChanges(tx, changes, now, actor, first...)
}

// keepChanges writes what was decided: alerts first, journal entries last.
func keepChanges(tx Tx, changes []Change, now time.Time, actor journal.Actor, first ...journal.Entry) error {
	for _, c := range changes {
		if err := tx.SaveAlert(c.Alert, c.New); err != nil {
			return err
		}
		if c.Alert.Open() && c.Alert.wasShown() {
			if err := tx.NoteShown(c.Alert.ID, Shown{c.Alert.Department, c.Alert.Version}); err != nil {
				return err
			}
		}
	}
	for _, entry := range first {
		if err := tx.Append(entry); err != nil {
			return err
		}
	}
	for _, c := range changes {
		for _, t := range c.Tell {
			entry := journal.Entry{Time: now, Kind: t.Kind, Actor: actor, Room: t.Room, Subject: c.Alert.ID, Version: c.Alert.Version, Reason: t.Reason}
			if err := tx.Append(entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// decideOne loads what Decide needs for one attendance, and returns what changes and the alerts that are held afterwards. mayHold is false
// for an attendance that is new, and so has no alerts yet.
func (d *Desk) decideOne(tx Tx, a Attendance, who sought, mayHold bool, dir *directory.Directory, now time.Time) (changes []Change, after []Alert, err error) {
	var held []Alert
	if mayHold {
		if err := tx.Lock("attendance:" + a.ID); err != nil {
			return nil, nil, err
		}
		if held, err = tx.AlertsOf(a.ID); err != nil {
			return nil, nil, err
		}
	}
	candidates, err := candidatesOf(tx, a, who, held) // after the lock: who held it may have decided on a newer version of one of them
	if err != nil || len(candidates)+len(held) == 0 {
		return nil, nil, err
	}
	var rulings []Ruling
	if len(held) > 0 { // a ruling is made on an alert
		if rulings, err = tx.RulingsOf(a.ID); err != nil {
			return nil, nil, err
		}
	}
	here := arrival{a, who.person, d.grounds(a, rulings), dir}
	changes, err = recallElsewhere(tx, a, candidates, held, here.decide(candidates, held, now), now)
	return changes, standing(held, changes), err
}

// candidatesOf finds the plans that could be an attendance's patient's, and those of the alerts that are held for it.
func candidatesOf(tx Tx, a Attendance, who sought, held []Alert) ([]plans.Plan, error) {
	candidates, err := likely(tx, a, who)
	if err != nil {
		return nil, err
	}
	for _, alert := range held {
		if slices.ContainsFunc(candidates, func(p plans.Plan) bool { return p.ID == alert.Plan }) {
			continue
		}
		p, err := tx.Plan(alert.Plan)
		if err != nil {
			return nil, err
		}
		if p != nil {
			candidates = append(candidates, p.Plan)
		}
	}
	return candidates, nil
}

// patientKeys are the lock keys of NHS numbers; none for a patient without one.
func patientKeys(numbers ...plans.NHSNumber) []string {
	var keys []string
	for _, n := range numbers {
		if key := "nhs:" + n.Reveal(); !n.IsZero() && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// newID returns a random id whose beginning grows with time, so that new rows lie side by side on disk (UUID version 7, RFC 9562).
func newID() string { return uuid.Must(uuid.NewV7()).String() }
