package rotas

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// Shown is a rota as it is read: one that is kept and stands, or one of the file.
type Shown struct {
	ID, Name string
	// Organisation is empty for rotas of the file.
	Organisation string
	OfFile       bool
	Answers
	// Rota is zero for rotas of the file.
	Rota Rota
	Version
}

// Book is everything that is known at an instant, for reading.
type Book struct {
	Kept
	File   File
	Now    time.Time
	people map[string]Person
	dir    *directory.Directory
	rotas  []Shown
}

// newBook makes what is kept ready to be asked. An error says that a row is not as this program writes it.
func newBook(k Kept, f File, people map[string]Person, dir *directory.Directory, now time.Time) (Book, error) {
	b := Book{Kept: k, File: f, Now: now, people: people, dir: dir}
	for _, r := range k.Rotas {
		v, stands := r.newest()
		if !stands {
			continue
		}
		t, err := r.Timeline()
		if err != nil {
			return Book{}, fmt.Errorf("rota %s: %w", r.ID, err)
		}
		b.rotas = append(b.rotas, Shown{ID: r.ID, Name: v.Name, Organisation: r.Organisation, Answers: t, Rota: r, Version: v})
	}
	for _, r := range f.Rotas {
		b.rotas = append(b.rotas, Shown{ID: r.ID, Name: r.ID, OfFile: true, Answers: r.Answers})
	}
	slices.SortStableFunc(b.rotas, func(x, y Shown) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	return b, nil
}

// Rotas are all that stand, in the order of their names.
func (b Book) Rotas() []Shown { return b.rotas }

// Rota finds one that stands.
func (b Book) Rota(id string) (Shown, bool) {
	i := slices.IndexFunc(b.rotas, func(s Shown) bool { return s.ID == id })
	if i < 0 {
		return Shown{}, false
	}
	return b.rotas[i], true
}

// Then is a rota through its versions, also of one that was dropped since: the past does not change.
func (b Book) Then(id string) (Answers, bool) {
	if s, ok := b.Rota(id); ok {
		return s.Answers, true
	}
	if r, ok := b.rota(id); ok {
		if t, err := r.Timeline(); err == nil {
			return t, true
		}
	}
	return nil, false
}

// nameOfRota is what people call a rota.
func (b Book) nameOfRota(id string) string {
	if s, ok := b.Rota(id); ok {
		return s.Name
	}
	return id
}

// mayName tells whether a policy or a line of an organisation may name a rota: its own, or one of the file.
func (b Book) mayName(id, organisation string) bool {
	s, ok := b.Rota(id)
	return ok && (s.OfFile || s.Organisation == organisation)
}

// Person is somebody as the book knows them; whoever it does not know is nobody who could be told.
func (b Book) Person(id string) Person {
	if p, ok := b.people[id]; ok {
		return p
	}
	return Person{ID: id, Name: id}
}

// Candidates are those who may be put on a rota of an organisation, in the order of their names.
func (b Book) Candidates(organisation string) (all []Person) {
	for _, p := range b.people {
		if p.fits(organisation) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(x, y Person) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	return all
}

// Absent is somebody on a rota whom nothing reaches, with the first shift that they have.
type Absent struct {
	Person
	First time.Time
}

// Unreachable are those among shifts whom nothing reaches, the first first.
func (b Book) Unreachable(shifts []rota.Shift) (all []Absent) {
	seen := map[string]bool{"": true}
	for _, s := range shifts {
		if seen[s.Person] {
			continue
		}
		seen[s.Person] = true
		if p := b.Person(s.Person); !p.Reachable {
			all = append(all, Absent{p, s.Start})
		}
	}
	return all
}

// Named is where a rota is named: by policies, and as the line of centres.
func (b Book) Named(id string) (policies []Policy, centres []string) {
	for _, p := range append(slices.Clone(b.Policies), b.File.Policies...) {
		if slices.ContainsFunc(p.Steps, func(s escalation.Step) bool { return s.Rota == id }) {
			policies = append(policies, p)
		}
	}
	for _, l := range b.Lines {
		if l.Rota == id {
			centres = append(centres, l.Centre)
		}
	}
	for centre, rota := range b.File.Lines {
		if rota == id {
			centres = append(centres, centre)
		}
	}
	slices.Sort(centres)
	return policies, centres
}

// Holding is the policy that holds for a department and an urgency: one that is kept, else the first of the file that fits. ok is false where the
// default does.
func (b Book) Holding(department string, urgency plans.Urgency) (p Policy, ok bool) {
	org, _ := b.dir.OrganisationOf(department)
	if p, ok = b.PolicyFor(org.ID, department, urgency); ok {
		return p, true
	}
	for _, p := range b.File.Policies {
		if p.isFor(department, urgency) {
			return p, true
		}
	}
	return Policy{}, false
}

// Told is what a policy does in words, as [Terms.Told] has it.
func (b Book) Told(t Terms) (words []string, first, alarm time.Duration) { return t.Told(b.nameOfRota) }

// Book reads everything that matters since an instant.
func (d *Desk) Book(ctx context.Context, since time.Time) (Book, error) {
	people, err := d.o.People(ctx)
	if err != nil {
		return Book{}, fmt.Errorf("list who can be on call: %w", err)
	}
	kept, err := d.o.Store.Rotas(ctx, since)
	if err != nil {
		return Book{}, err
	}
	return newBook(kept, d.o.File(), people, d.o.Directory(), d.o.Now())
}

const mostName = 80

// plainName tells whether a text is a name on one line.
func plainName(s string) bool {
	n := utf8.RuneCountInString(s)
	if n == 0 || n > mostName || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return s[0] != ' ' && s[len(s)-1] != ' '
}
