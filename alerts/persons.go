package alerts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// PersonTx is what is kept of people and of merged records.
type PersonTx interface {
	// Persons returns the records of an organisation that have these names among the visits.
	Persons(organisation string, visits ...string) ([]Attendance, error)
	// OpenAttendancesOf returns the open attendances of an organisation with a hospital number.
	OpenAttendancesOf(organisation, hospitalNumber string) ([]Attendance, error)
	// Links returns every merge that names a record on either side, undone ones too.
	Links(organisation, record string) ([]Link, error)
	// Link returns one merge; ErrNoMerge if there is none.
	Link(id string) (Link, error)
	SaveLink(l Link, isNew bool, at time.Time) error
	ForgetTx
}

// ErrNoMerge is returned for a merge that is not held.
var ErrNoMerge = fmt.Errorf("no such merge is held")

// records are records of people that were read already: those under the names that were asked for.
type records struct {
	asked []string
	found []Attendance
}

// of returns the records under some names; those that were not read yet are read now.
func (r records) of(tx Tx, organisation string, names []string) ([]Attendance, error) {
	if len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(r.asked, name) }) {
		return r.found, nil
	}
	return tx.Persons(organisation, names...)
}

// known adds to a visit what the hospital's records of the person say. It must be the visit as its own messages tell it.
func known(tx Tx, a Attendance, people records) (Attendance, error) {
	found, err := people.of(tx, a.Organisation, personVisits(a.records()))
	if err != nil {
		return a, err
	}
	if len(found) == 0 {
		return a, nil
	}
	byName := map[string]Attendance{}
	for _, p := range found {
		byName[p.Visit] = p
	}
	if a.HospitalNumber != "" {
		a = a.with(byName[PersonVisit(recordOf(a.HospitalNumber))])
	}
	if n := a.Patient.NHSNumber; !n.IsZero() {
		name := PersonVisit(recordOfNHS(n))
		if _, had := byName[name]; !had {
			more, err := tx.Persons(a.Organisation, name)
			if err != nil {
				return a, err
			}
			for _, p := range more {
				byName[p.Visit] = p
			}
		}
		a = a.with(byName[name])
	}
	return lead(tx, a, byName)
}

// lead adds what merges say.
func lead(tx Tx, a Attendance, byName map[string]Attendance) (Attendance, error) {
	links, names, err := linksOf(tx, a.Organisation, a.records())
	if err != nil || len(links) == 0 {
		return a, err
	}
	persons, err := personsOf(tx, a.Organisation, names, byName)
	if err != nil {
		return a, err
	}
	led := a.led(persons, links)
	if n := led.Records.Led.NHSNumber; !n.IsZero() && a.Patient.NHSNumber.IsZero() {
		more, _, err := linksOf(tx, a.Organisation, append(names, recordOfNHS(n)))
		if err != nil {
			return a, err
		}
		led = a.led(persons, more)
	}
	return led, nil
}

// linksOf returns every merge that can be reached from some records, and the names of all records on the way.
func linksOf(tx Tx, organisation string, names []string) (links []Link, reached []string, err error) {
	reached = slices.Clone(names)
	have := map[string]bool{}
	for i := 0; i < len(reached) && i < mostRecords; i++ {
		found, err := tx.Links(organisation, reached[i])
		if err != nil {
			return nil, nil, err
		}
		for _, l := range found {
			if !have[l.ID] {
				have[l.ID] = true
				links = append(links, l)
			}
			for _, r := range [...]string{l.From, l.Into} {
				if !slices.Contains(reached, r) {
					reached = append(reached, r)
				}
			}
		}
	}
	return links, reached, nil
}

// mostRecords bounds how far merges are followed: a hospital that merges everybody into one must not stop the service.
const mostRecords = 64

func personsOf(tx Tx, organisation string, names []string, have map[string]Attendance) (map[string]Attendance, error) {
	out := map[string]Attendance{}
	for _, name := range names {
		visit := PersonVisit(name)
		p, ok := have[visit]
		if !ok {
			found, err := tx.Persons(organisation, visit)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 {
				p = found[0]
			}
		}
		out[name] = p
	}
	return out, nil
}

func personVisits(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = PersonVisit(name)
	}
	return out
}

// receivePerson takes a message about a person: what it says is kept with the person's record, merges are kept as facts, and every open visit
// that they concern is decided again.
func (d *Desk) receivePerson(tx Tx, e Event, org directory.Organisation, dir *directory.Directory, now time.Time, actor journal.Actor) ([]Change, error) {
	subject, links := e.subject(org.ID)
	if subject == "" {
		return nil, nil
	}
	names := []string{subject}
	for _, l := range links {
		names = append(names, l.From, l.Into)
	}
	touched, err := d.lockPersons(tx, org.ID, names)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		found, err := tx.Persons(org.ID, PersonVisit(name))
		if err != nil {
			return nil, err
		}
		record := Attendance{ID: newID(), Organisation: org.ID, Visit: PersonVisit(name), State: Unseen}
		if len(found) > 0 {
			record = found[0]
		}
		if name == subject {
			record = applyPerson(record, name, e, org, dir)
		}
		if err := tx.SaveAttendance(Written{Attendance: record, IsNew: len(found) == 0, At: now}); err != nil {
			return nil, err
		}
	}
	var told []journal.Entry
	for _, l := range links {
		kept, changed, err := keepLink(tx, l, now)
		if err != nil {
			return nil, err
		}
		if changed {
			told = append(told, journal.Entry{Time: now, Kind: journal.RecordsMerged, Actor: actor, Subject: kept.ID})
		}
	}
	return d.decideAgain(tx, touched, names, org.ID, dir, now, actor, told)
}

// subject is the record that an event about a person speaks of, and the merges that it tells.
func (e Event) subject(organisation string) (subject string, links []Link) {
	stamp := e.Stamp()
	hospital, nhs := e.HospitalNumber.Value, e.NHSNumber.Value
	if !nhs.IsZero() {
		subject = recordOfNHS(nhs)
	}
	if hospital != "" {
		subject = recordOf(hospital)
	}
	if e.Kind != Merge {
		return subject, nil
	}
	for _, from := range e.Prior.HospitalNumbers {
		if hospital != "" && from != hospital {
			links = append(links, Link{Organisation: organisation, From: recordOf(from), Into: recordOf(hospital), Stamp: stamp})
		}
	}
	for _, from := range e.Prior.NHSNumbers {
		if !nhs.IsZero() && from != nhs {
			links = append(links, Link{Organisation: organisation, From: recordOfNHS(from), Into: recordOfNHS(nhs), Stamp: stamp})
		}
	}
	return subject, links
}

// keepLink keeps a merge, unless a newer message said the same.
func keepLink(tx Tx, l Link, now time.Time) (kept Link, changed bool, err error) {
	held, err := tx.Links(l.Organisation, l.From)
	if err != nil {
		return l, false, err
	}
	for _, h := range held {
		if h.From != l.From || h.Into != l.Into {
			continue
		}
		if h.Stamp >= l.Stamp {
			return h, false, nil
		}
		h.Stamp, h.Undone = l.Stamp, false
		return h, true, tx.SaveLink(h, false, now)
	}
	l.ID = newID()
	return l, true, tx.SaveLink(l, true, now)
}

// lockPersons locks what a change to some records concerns: the open visits of all records that they are merged with, then the records.
func (d *Desk) lockPersons(tx Tx, organisation string, names []string) ([]Attendance, error) {
	_, all, err := linksOf(tx, organisation, names)
	if err != nil {
		return nil, err
	}
	open, err := openOf(tx, organisation, all)
	if err != nil {
		return nil, err
	}
	var visits, records []string
	for _, a := range open {
		visits = append(visits, "visit:"+organisation+"/"+a.Visit)
	}
	for _, name := range all {
		records = append(records, "person:"+organisation+"/"+name)
	}
	if err := tx.Lock(visits...); err != nil {
		return nil, err
	}
	return open, tx.Lock(records...)
}

// openOf returns the open visits that some records speak of.
func openOf(tx Tx, organisation string, names []string) ([]Attendance, error) {
	byID := map[string]Attendance{}
	for _, name := range names {
		var found []Attendance
		var err error
		if digits, isNHS := strings.CutPrefix(name, nhsRecord); isNHS {
			n, parse := plans.ParseNHSNumber(digits)
			if parse != nil {
				continue
			}
			found, err = tx.OpenAttendances(n)
		} else {
			found, err = tx.OpenAttendancesOf(organisation, strings.TrimPrefix(name, hospitalRecord))
		}
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			if a.Organisation == organisation {
				byID[a.ID] = a
			}
		}
	}
	var out []Attendance
	for _, a := range byID {
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y Attendance) int { return cmp.Compare(x.ID, y.ID) })
	return out, nil
}

// decideAgain decides the open visits again that a change to some records concerns, after it was written.
func (d *Desk) decideAgain(tx Tx, before []Attendance, names []string, organisation string, dir *directory.Directory, now time.Time, actor journal.Actor, told []journal.Entry) ([]Change, error) {
	_, all, err := linksOf(tx, organisation, names)
	if err != nil {
		return nil, err
	}
	open, err := openOf(tx, organisation, all)
	if err != nil {
		return nil, err
	}
	for _, a := range before {
		if !slices.ContainsFunc(open, func(b Attendance) bool { return b.ID == a.ID }) {
			open = append(open, a) // the change took it out of the records' reach
		}
	}
	org, _ := dir.Organisation(organisation)
	var decide []Attendance
	var both []Attendance
	for _, a := range open {
		after, err := known(tx, a.own(), records{})
		if err != nil {
			return nil, err
		}
		after = after.place(org, dir)
		both = append(both, a, after)
		decide = append(decide, after)
	}
	if err := lockPatients(tx, both...); err != nil {
		return nil, err
	}
	for _, a := range decide {
		if err := saveAttendance(tx, a, now); err != nil {
			return nil, err
		}
	}
	return d.reconcile(tx, decide, dir, now, actor, told...)
}

// UndoMerge takes back a merge that a hospital told by mistake: its visits are decided again as if it had not been told. A newer message of the
// hospital that says the same makes it hold again. Undoing twice changes nothing.
//
// Errors: ErrNoMerge.
func (d *Desk) UndoMerge(ctx context.Context, id, reason string, actor journal.Actor) (Link, error) {
	now, dir := d.now(), d.dir()
	var link Link
	err := d.store.Write(ctx, func(tx Tx) error {
		var err error
		if link, err = tx.Link(id); err != nil || link.Undone {
			return err
		}
		names := []string{link.From, link.Into}
		touched, err := d.lockPersons(tx, link.Organisation, names)
		if err != nil {
			return err
		}
		link.Undone = true
		if err := tx.SaveLink(link, false, now); err != nil {
			return err
		}
		told := []journal.Entry{{Time: now, Kind: journal.MergeUndone, Actor: actor, Subject: link.ID, Reason: reason}}
		_, err = d.decideAgain(tx, touched, names, link.Organisation, dir, now, actor, told)
		return err
	})
	if err != nil {
		return Link{}, fmt.Errorf("undo merge %s: %w", id, err)
	}
	return link, nil
}
