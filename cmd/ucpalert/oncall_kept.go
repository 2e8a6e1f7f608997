package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers/pager"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// keptSince is how far back the plan knows what is kept: no step asks for longer ago.
const keptSince = 48 * time.Hour

// keep lets the pager go by what is kept beside the file, too, and makes the desk at which that is changed.
func (o *onCall) keep(ctx context.Context, store *sql.Store, persons *people.Desk, tokens []tokenConfig) error {
	o.store, o.persons, o.tokens = store, persons, tokens
	o.desk = rotas.NewDesk(rotas.Options{
		Store: store, File: func() rotas.File { return o.ofFile.Load().File() }, People: o.people, Directory: o.current, Now: time.Now,
	})
	if err := o.build(ctx); err != nil {
		return err
	}
	o.lookAhead()
	return nil
}

// people are all who can be on call: those with an account, of the service's own or of the configuration, and those of the file. Who has an account
// and stands in the file is one person.
func (o *onCall) people(ctx context.Context) (map[string]rotas.Person, error) {
	accounts, _, err := o.persons.People(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]rotas.Person{}
	add := func(name, called string, role access.Role, organisations ...string) {
		if !role.OfSystem() && !role.OnWall() {
			all[name] = rotas.Person{ID: name, Name: cmp.Or(called, name), Role: string(role), Organisations: organisations}
		}
	}
	for _, t := range o.tokens {
		add(t.Name, "", access.Role(t.Role), t.Organisation)
	}
	for _, p := range accounts {
		if !p.Disabled.IsZero() {
			continue
		}
		var organisations []string
		for _, post := range p.Posts() {
			organisations = append(organisations, post.Organisation)
		}
		add(p.Name, p.FullName, p.Role, organisations...)
	}
	plan := o.ofFile.Load()
	for id, name := range plan.File().People {
		p := all[id]
		all[id] = rotas.Person{ID: id, Name: name, Role: p.Role}
	}
	reachable, err := o.reach.teller.Reachable(ctx)
	if err != nil {
		return nil, err
	}
	for id, p := range all {
		p.Reachable = reachable[id]
		all[id] = p
	}
	return all, nil
}

// build makes the plan of the file and of what is kept now.
func (o *onCall) build(ctx context.Context) error {
	plan, err := o.both(ctx, o.ofFile.Load())
	if err != nil {
		return fmt.Errorf("who is on call: %w", err)
	}
	o.held.Store(plan)
	return nil
}

// both is the plan of a file with what is kept beside it now.
func (o *onCall) both(ctx context.Context, file *pager.Plan) (*pager.Plan, error) {
	all, err := o.people(ctx)
	if err != nil {
		return nil, fmt.Errorf("list who can be on call: %w", err)
	}
	kept, err := o.store.Rotas(ctx, cmp.Or(o.since, time.Now().Add(-keptSince)))
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(all))
	for id, p := range all {
		names[id] = p.Name
	}
	return file.With(kept, names, o.current)
}

// Follow takes what the journal says: what is kept of who is on call may have changed, or a change of it was approved.
func (o *onCall) Follow(entries []journal.Entry) {
	o.Pager.Follow(entries)
	for _, e := range entries {
		if changesPlan(e.Kind) || e.Kind == journal.ChangeApproved {
			select {
			case o.wake <- struct{}{}:
			default: // it looks already
			}
			return
		}
	}
}

// changesPlan tells whether what is kept of who is on call changed with an entry.
func changesPlan(kind journal.Kind) bool {
	switch kind {
	case journal.RotaGap, journal.CalendarMade, journal.CalendarEnded:
		return false
	}
	return strings.HasPrefix(string(kind), "on_call.")
}

// watch takes a new file, and what is kept anew, into the running service, and looks eight weeks ahead. What failed is tried again a second later.
func (o *onCall) watch(ctx context.Context) error {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	looked, stale := time.Now(), true
	for {
		if o.takeFile(ctx) {
			stale = true
		}
		if stale {
			stale = !o.rebuild(ctx)
			looked = time.Time{}
		}
		if time.Since(looked) >= lookAheadEvery && !stale {
			looked = time.Now()
			o.lookAhead()
			o.tellAhead(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-o.wake:
			stale = true
		}
	}
}

// tellAhead journals what is found of the next eight weeks and was not told before. What fails is done at the next look.
func (o *onCall) tellAhead(ctx context.Context) {
	told, err := o.desk.TellAhead(ctx)
	if err != nil && ctx.Err() == nil {
		o.log.ErrorContext(ctx, "it could not be told what is found of the next eight weeks of the rotas", "error", err)
	}
	for rota, words := range told {
		o.log.WarnContext(ctx, "something of the next eight weeks of a rota deserves a look", "rota", rota, "first", words[0], "findings", len(words))
	}
}

// rebuild takes what was approved, and what is kept, and tells whether that could be done.
func (o *onCall) rebuild(ctx context.Context) bool {
	err := o.desk.Take(ctx)
	if err == nil {
		err = o.build(ctx)
	}
	if err != nil && ctx.Err() == nil {
		if text := err.Error(); text != o.trouble {
			o.trouble = text
			o.log.ErrorContext(ctx, "what is kept of who is on call could not be taken; what held before goes on", "error", err)
		}
		return false
	}
	o.trouble = ""
	return true
}
