package rotas

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// Store keeps rotas, policies, lines, calendars and the proposals about them.
type Store interface {
	// Rotas reads everything at one instant of the database, without versions, overrides and swaps that were over at an instant; the newest version
	// of each rota is always there.
	Rotas(ctx context.Context, since time.Time) (Kept, error)
	// ChangeRotas runs do in one transaction, alone among all that it runs. When it returns nil, what do wrote is durable; when do fails, nothing was
	// written and its error is in the chain. do may run more than once.
	ChangeRotas(ctx context.Context, do func(Tx) error) error
	// RotaEntries are the last entries of the journal about a rota, the newest first, with those of what was proposed about it.
	RotaEntries(ctx context.Context, id, proposals string, limit int) ([]journal.Entry, error)
	// OpenProposals are those that wait, have not lapsed at an instant, or are approved and not taken yet, of all subjects, the oldest first.
	OpenProposals(ctx context.Context, now time.Time) ([]changes.Proposal, error)
	// Calendars are those of a person; Calendar finds one by the hash of its token, or returns ErrNoFeed.
	Calendars(ctx context.Context, person string) ([]Calendar, error)
	Calendar(ctx context.Context, hash string) (Calendar, error)
	// Notices are what was told of the rotas, in order.
	Notices(ctx context.Context) ([]Notice, error)
}

// Tx reads and writes.
type Tx interface {
	Rotas(since time.Time) (Kept, error)
	// EndVersion ends the version of a rota that holds, if one does, and notes whether the rota is dropped. AddVersion keeps the next one, with the
	// rota if it is new.
	EndVersion(rota string, at time.Time, dropped bool) error
	AddVersion(rota, organisation string, v Version) error
	// KeepOverride and KeepSwap keep a new one, or one that is there.
	KeepOverride(rota string, o Override) error
	KeepSwap(rotaID string, s rota.Swap) error
	KeepPolicy(p Policy) error
	DropPolicy(id string) error
	KeepLine(l Line) error
	DropLine(centre string) error
	// KeepCalendar keeps one in the place of the one of the same person and rota; DropCalendar tells whether there was one.
	KeepCalendar(c Calendar) error
	DropCalendar(person, rota string) (bool, error)
	Notices() ([]Notice, error)
	AddNotice(n Notice, at time.Time) error
	DropNotice(n Notice) error
	Proposal(id string) (changes.Proposal, error)
	PendingProposal(subject, hash string, now time.Time) (changes.Proposal, error)
	// KeepProposal and MoveProposal are those of [changes.Store], in this transaction.
	KeepProposal(p changes.Proposal) error
	MoveProposal(p changes.Proposal, from changes.State, now time.Time) error
	Append(e journal.Entry) error
}

// Options are what a desk needs. Every field must be set.
type Options struct {
	Store Store
	File  func() File
	// People are all who can be on call now, by their ids.
	People    func(ctx context.Context) (map[string]Person, error)
	Directory func() *directory.Directory
	Now       func() time.Time
}

// Desk is where rotas, policies and lines are changed. It may be used by several goroutines. What an account may do is asked before.
type Desk struct{ o Options }

// NewDesk makes a desk.
func NewDesk(o Options) *Desk { return &Desk{o} }

// lately is how far back a change looks: over the clocks of all zones.
const lately = 48 * time.Hour

// Outcome is what became of a change.
type Outcome struct {
	// Change is the id of the proposal where the change waits for a second person; empty where it was taken.
	Change string
	// Revision is the one that holds with this.
	Revision int
	Summary  []string
}

// settle makes a change that somebody asked for hold, or propose it where a second person has to agree.
func (d *Desk) settle(ctx context.Context, by journal.Actor, c change) (out Outcome, err error) {
	err = d.change(ctx, func(tx Tx, b Book) error {
		out = Outcome{Revision: c.Revision}
		if err := c.check(b); err != nil {
			return err
		}
		second, summary, _, err := c.weigh(b)
		if err != nil {
			return err
		}
		out.Summary = summary
		if !second {
			out.Revision++
			return c.apply(tx, b, by)
		}
		text := c.text()
		p, err := tx.PendingProposal(c.subject(), changes.HashOf(text), b.Now)
		if err == nil && p.Open(b.Now) {
			out.Change = p.ID // it waits already
			return nil
		} else if err != nil && !errors.Is(err, changes.ErrNone) {
			return err
		}
		p = changes.Propose(c.subject(), text, summary, by, b.Now)
		out.Change = p.ID
		return tx.KeepProposal(p)
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("change %s: %w", c.subject(), err)
	}
	return out, nil
}

// change runs do with everything as it stands in the transaction.
func (d *Desk) change(ctx context.Context, do func(Tx, Book) error) error {
	people, err := d.o.People(ctx)
	if err != nil {
		return fmt.Errorf("list who can be on call: %w", err)
	}
	return d.o.Store.ChangeRotas(ctx, func(tx Tx) error {
		now := d.o.Now()
		kept, err := tx.Rotas(now.Add(-lately))
		if err != nil {
			return err
		}
		b, err := newBook(kept, d.o.File(), people, d.o.Directory(), now)
		if err != nil {
			return err
		}
		return do(tx, b)
	})
}

// Draft is a rota as somebody would have it. Its planned shifts stay as they are.
type Draft struct {
	ID, Organisation string
	// Revision is the version that it was made of, 0 for a new rota.
	Revision int
	Plan
}

func (r Draft) change(b Book) change {
	held, revision := b.standing(r.ID)
	if v, ok := held.newest(); ok && revision == r.Revision {
		r.Shifts = v.Shifts
	}
	return change{About: AboutRota, ID: r.ID, Organisation: r.Organisation, Name: r.Name, Revision: r.Revision, Plan: &r.Plan}
}

// Preview is what a change would mean.
type Preview struct {
	Faults  []Fault
	Summary []string
	Effect
	// Second tells that a second person would have to agree.
	Second bool
}

// Preview says what a draft would mean. Errors: ErrNone, ErrStale, ErrOfFile, ErrForeign; faults are in the preview.
func (d *Desk) Preview(ctx context.Context, r Draft) (Preview, Book, error) {
	b, err := d.Book(ctx, d.o.Now().Add(-lately))
	if err != nil {
		return Preview{}, b, err
	}
	p, err := r.change(b).preview(b)
	return p, b, err
}

func (c change) preview(b Book) (p Preview, err error) {
	err = c.check(b)
	if faults, ok := errors.AsType[FaultsError](err); ok {
		return Preview{Faults: faults}, nil
	}
	if err == nil {
		p.Second, p.Summary, p.Effect, err = c.weigh(b)
	}
	return p, err
}

// Keep keeps a rota. Errors: ErrNone, ErrStale, ErrOfFile, ErrForeign, a FaultsError.
func (d *Desk) Keep(ctx context.Context, by journal.Actor, r Draft) (Outcome, error) {
	b, err := d.Book(ctx, d.o.Now().Add(-lately))
	if err != nil {
		return Outcome{}, err
	}
	return d.settle(ctx, by, r.change(b))
}

// Drop drops a rota once a second person agrees. Errors: ErrNone, ErrStale, ErrOfFile, ErrNamed.
func (d *Desk) Drop(ctx context.Context, by journal.Actor, id, organisation string, revision int) (Outcome, error) {
	return d.settle(ctx, by, change{About: AboutRota, ID: id, Organisation: organisation, Name: id, Revision: revision, Drop: true})
}

// PreviewImport says what planned shifts would mean, and Import keeps them: they take the place of those that a rota has between the first of them and
// the last. text has the columns start, end and person ([rota.ReadCSV]). Errors as of Keep.
func (d *Desk) PreviewImport(ctx context.Context, id string, revision int, text string) (Preview, Book, error) {
	b, err := d.Book(ctx, d.o.Now().Add(-lately))
	if err != nil {
		return Preview{}, b, err
	}
	c, err := importing(b, id, revision, text)
	if faults, ok := errors.AsType[FaultsError](err); ok {
		return Preview{Faults: faults}, b, nil
	}
	if err != nil {
		return Preview{}, b, err
	}
	p, err := c.preview(b)
	return p, b, err
}

// Import is with PreviewImport.
func (d *Desk) Import(ctx context.Context, by journal.Actor, id string, revision int, text string) (Outcome, error) {
	b, err := d.Book(ctx, d.o.Now().Add(-lately))
	if err != nil {
		return Outcome{}, err
	}
	c, err := importing(b, id, revision, text)
	if err != nil {
		return Outcome{}, err
	}
	return d.settle(ctx, by, c)
}

func importing(b Book, id string, revision int, text string) (change, error) {
	if b.File.has(id) {
		return change{}, ErrOfFile
	}
	r, held := b.standing(id)
	switch {
	case held == 0:
		return change{}, ErrNone
	case held != revision:
		return change{}, ErrStale
	}
	v, _ := r.newest()
	shifts, err := rota.ReadCSV(strings.NewReader(text), zoneOf(v.Zone))
	if err != nil {
		return change{}, FaultsError{{"csv", sentence(err.Error())}}
	}
	if len(shifts) == 0 {
		return change{}, FaultsError{{"csv", "There is no shift of anybody."}}
	}
	plan := v.Plan
	first, last := shifts[0].Start, shifts[len(shifts)-1].End
	plan.Shifts = slices.DeleteFunc(slices.Clone(plan.Shifts), func(s Planned) bool { return s.Start.Before(last) && first.Before(s.End) })
	for _, s := range shifts {
		plan.Shifts = append(plan.Shifts, Planned{s.Start, s.End, s.Person})
	}
	slices.SortStableFunc(plan.Shifts, func(x, y Planned) int { return x.Start.Compare(y.Start) })
	return change{About: AboutRota, ID: id, Organisation: r.Organisation, Name: v.Name, Revision: revision, Plan: &plan}, nil
}

// Wish is a policy as somebody would have it.
type Wish struct {
	ID, Organisation string
	Revision         int
	Terms
}

func (w Wish) change() change {
	return change{About: AboutPolicy, ID: w.ID, Organisation: w.Organisation, Name: w.Name, Revision: w.Revision, Terms: &w.Terms}
}

// PreviewPolicy says what a policy would mean, KeepPolicy keeps it and DropPolicy drops one, once a second person agrees. Errors: ErrNone, ErrStale,
// ErrForeign, a FaultsError.
func (d *Desk) PreviewPolicy(ctx context.Context, w Wish) (Preview, Book, error) {
	b, err := d.Book(ctx, d.o.Now().Add(-lately))
	if err != nil {
		return Preview{}, b, err
	}
	p, err := w.change().preview(b)
	return p, b, err
}

// KeepPolicy is with PreviewPolicy.
func (d *Desk) KeepPolicy(ctx context.Context, by journal.Actor, w Wish) (Outcome, error) {
	return d.settle(ctx, by, w.change())
}

// DropPolicy is with PreviewPolicy.
func (d *Desk) DropPolicy(ctx context.Context, by journal.Actor, p Policy, revision int) (Outcome, error) {
	return d.settle(ctx, by, change{About: AboutPolicy, ID: p.ID, Organisation: p.Organisation, Name: p.Name, Revision: revision, Drop: true})
}

// KeepLine makes a rota a centre's own line; another than before, and none (an empty rota), once a second person agrees. Errors: ErrNone, ErrStale,
// ErrOfFile, a FaultsError.
func (d *Desk) KeepLine(ctx context.Context, by journal.Actor, l Line) (Outcome, error) {
	return d.settle(ctx, by, change{About: AboutLine, ID: l.Centre, Organisation: l.Centre, Name: l.Centre, Revision: l.Revision, Rota: l.Rota, Drop: l.Rota == ""})
}

// newID is ours: random, without meaning.
func newID() string { return strings.ToLower(rand.Text()) }

// Override puts somebody on in a rota, from now at the earliest. Errors: ErrNone, ErrOfFile, ErrOver, a FaultsError.
func (d *Desk) Override(ctx context.Context, by journal.Actor, id string, o rota.Override) (made Override, err error) {
	err = d.change(ctx, func(tx Tx, b Book) error {
		r, err := b.keptRota(id)
		if err != nil {
			return err
		}
		now := b.Now.UTC().Truncate(time.Second)
		o.ID, o.Decided = newID(), b.Now.UTC()
		o.Start, o.End = later(o.Start.UTC().Truncate(time.Second), now), o.End.UTC().Truncate(time.Second)
		if !now.Before(o.End) {
			return ErrOver
		}
		if o.End.Sub(o.Start) > longestOverride {
			return FaultsError{{"end", "Somebody is put on for a year at most: for longer, change the rota."}}
		}
		faults := b.strangers("by", r.Organisation, []string{o.By})
		if o.Instead != "" {
			faults = append(faults, b.strangers("instead", r.Organisation, []string{o.Instead})...)
		}
		if len(faults) > 0 {
			return FaultsError(faults)
		}
		made = Override{Override: o, DecidedBy: by.Name}
		r.Overrides = append(r.Overrides, made)
		if _, err := r.Timeline(); err != nil {
			return FaultsError{{"end", "It must end after it begins."}}
		}
		if err := tx.KeepOverride(id, made); err != nil {
			return err
		}
		return tx.Append(journal.Entry{Time: b.Now, Kind: journal.RotaOverridden, Actor: by, Subject: id, Reason: "override " + o.ID + ": " + o.By + " is on from " + instant(o.Start) + " to " + instant(o.End)})
	})
	if err != nil {
		return Override{}, fmt.Errorf("override rota %s: %w", id, err)
	}
	return made, nil
}

const longestOverride = 366 * 24 * time.Hour

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// keptRota finds a rota that is kept and stands.
func (b Book) keptRota(id string) (Rota, error) {
	if b.File.has(id) {
		return Rota{}, ErrOfFile
	}
	r, revision := b.standing(id)
	if revision == 0 {
		return r, ErrNone
	}
	return r, nil
}

// CancelOverride takes an override back, from now on; once a second person agrees, where nobody would be on. Errors: ErrNone, ErrOfFile, ErrOver.
func (d *Desk) CancelOverride(ctx context.Context, by journal.Actor, id, organisation, override string) (Outcome, error) {
	return d.settle(ctx, by, change{About: AboutOverride, ID: override, Organisation: organisation, Rota: id, Name: id, Drop: true})
}

// History is what was done about a rota, the newest first.
func (d *Desk) History(ctx context.Context, id string) ([]journal.Entry, error) {
	return d.o.Store.RotaEntries(ctx, id, subjects[AboutRota]+id, mostEntries)
}

const mostEntries = 200
