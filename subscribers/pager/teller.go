package pager

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

const (
	// fileContact is the id of a contact point that is no row: the mail address of a person in the file. OperationsChannel is another.
	fileContact = "file"
	// minePath is the page of what is for a person now.
	minePath = "/me"
	// eachFor is how long each contact point is given where a person is told by the first that takes it.
	eachFor = 10 * time.Second
	// linkFor is how long a link to an alert can be used: longer than what is left of a shift.
	linkFor = 12 * time.Hour
)

// TellerOptions are what a teller needs. All but Address must be set.
type TellerOptions struct {
	Book     subscribers.ContactBook
	Circuits subscribers.Circuits
	Links    subscribers.AnswerLinks
	// Plan has the mail addresses of people in the file.
	Plan func() *Plan
	// Channels by name.
	Channels map[string]subscribers.Channel
	// Address is where the service is found, such as https://alerts.example.nhs.uk; empty: messages have no link.
	Address string
	// Zone is that of the clock that quiet hours go by.
	Zone *time.Location
	Now  func() time.Time
}

// Teller knows by what people can be told, and tells them.
type Teller struct {
	TellerOptions
	stale atomic.Bool

	mu     sync.Mutex
	held   map[string][]subscribers.Contact // by person, in order, without addresses
	loaded time.Time
}

// NewTeller makes a teller. What is kept is read when it is first needed.
func NewTeller(o TellerOptions) *Teller {
	t := &Teller{TellerOptions: o}
	t.stale.Store(true)
	return t
}

var _ subscribers.Contacts = (*Teller)(nil)

// Follow takes what the journal says: contact points that changed, and people who may not sign in any more, are read again.
func (t *Teller) Follow(entries []journal.Entry) {
	if slices.ContainsFunc(entries, func(e journal.Entry) bool {
		return strings.HasPrefix(string(e.Kind), "contact.") || e.Kind == journal.PersonDisabled || e.Kind == journal.PersonEnabled
	}) {
		t.stale.Store(true)
	}
}

// Refresh reads by what people can be told, if that may have changed.
func (t *Teller) Refresh(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Now()
	if !t.stale.Swap(false) && now.Sub(t.loaded).Abs() < searchEvery {
		return nil
	}
	all, err := t.Book.UsableContacts(ctx)
	if err != nil {
		t.stale.Store(true)
		return err
	}
	held := map[string][]subscribers.Contact{}
	for _, c := range all {
		if t.Channels[c.Kind] != nil {
			held[c.Person] = append(held[c.Person], c)
		}
	}
	t.held, t.loaded = held, now
	return nil
}

// To is by what a person can be told at an instant, in order, as it was at the last [Teller.Refresh]: without addresses. Who has no contact point of
// their own has the mail address of the file. A contact point that is quiet is left out, unless all are.
func (t *Teller) To(person string, at time.Time) []subscribers.Contact {
	t.mu.Lock()
	own := t.held[person]
	t.mu.Unlock()
	if len(own) == 0 && t.Channels[MailChannel] != nil && t.Plan().Email(person) != "" {
		return []subscribers.Contact{{ID: fileContact, Person: person, Kind: MailChannel, Place: 1}}
	}
	clock := at.In(t.Zone)
	loud := slices.DeleteFunc(slices.Clone(own), func(c subscribers.Contact) bool { return c.Quiet.At(clock) })
	if len(loud) == 0 {
		return own
	}
	return loud
}

// reaches tells whether a person can be told at all.
func (t *Teller) reaches(person string) bool { return len(t.To(person, t.Now())) > 0 }

// Reachable implements [subscribers.Contacts].
func (t *Teller) Reachable(ctx context.Context) (map[string]bool, error) {
	if err := t.Refresh(ctx); err != nil {
		return nil, err
	}
	all := map[string]bool{}
	if t.Channels[MailChannel] != nil {
		for _, person := range t.Plan().mailed() {
			all[person] = true
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for person := range t.held {
		all[person] = true
	}
	return all, nil
}

// ContactsOf implements [subscribers.Contacts].
func (t *Teller) ContactsOf(ctx context.Context, person string) ([]subscribers.Contact, error) {
	if err := t.Refresh(ctx); err != nil {
		return nil, err
	}
	t.mu.Lock()
	own := t.held[person]
	t.mu.Unlock()
	if len(own) == 0 {
		own = t.To(person, t.Now())
	}
	var all []subscribers.Contact
	for _, c := range own {
		found, err := t.contact(ctx, c.ID, person)
		if errors.Is(err, subscribers.ErrNoContact) {
			continue // it was removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found)
	}
	return all, nil
}

// contact finds a contact point of a person with its address, or subscribers.ErrNoContact.
func (t *Teller) contact(ctx context.Context, id, person string) (subscribers.Contact, error) {
	switch id {
	case OperationsChannel:
		return subscribers.Contact{ID: id, Kind: OperationsChannel}, nil
	case fileContact:
		address := t.Plan().Email(person)
		if address == "" {
			return subscribers.Contact{}, subscribers.ErrNoContact
		}
		return subscribers.Contact{ID: id, Person: person, Kind: MailChannel, Address: address, Place: 1}, nil
	}
	return t.Book.Contact(ctx, id)
}

var (
	errNoChannel = errors.New("this node has no such channel")
	errCircuit   = errors.New("not tried: its server has failed again and again, and is left alone for a while")
)

// Deliver sends something to the contact point that it names.
func (t *Teller) Deliver(ctx context.Context, d subscribers.Delivery) error {
	to, err := t.contact(ctx, d.Contact, d.Person)
	if err != nil {
		return err
	}
	return t.Tell(ctx, to, d)
}

// Tell sends something to a contact point, unless its server is left alone for a while. A link is made for what is told of an alert.
func (t *Teller) Tell(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	channel := t.Channels[to.Kind]
	if channel == nil {
		return errNoChannel
	}
	name := strings.TrimSpace(to.Kind + " " + to.Host())
	if !d.Only {
		if err := t.enter(ctx, name); err != nil {
			return err
		}
	}
	var err error
	if d.Link, err = t.link(ctx, d); err != nil {
		return err
	}
	within, stop := context.WithTimeout(ctx, tryFor)
	defer stop()
	err = channel.Tell(within, to, d)
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the service stops: the server is not to blame
	}
	if kept := t.leave(context.WithoutCancel(ctx), name, err); kept != nil {
		return errors.Join(err, kept)
	}
	if err != nil {
		return fmt.Errorf("channel %s: %w", to.Kind, err)
	}
	return nil
}

// TellPerson tells a person by the first of their contact points that takes it, and returns which that is. Where none does, it returns why;
// subscribers.ErrUnreachable where there is none.
func (t *Teller) TellPerson(ctx context.Context, d subscribers.Delivery) (by subscribers.Contact, err error) {
	if err := t.Refresh(ctx); err != nil {
		return by, err
	}
	all := t.To(d.Person, t.Now())
	if len(all) == 0 {
		return by, subscribers.ErrUnreachable
	}
	var faults []error
	for i, to := range all {
		d.Contact, d.Channel, d.Place, d.Only = to.ID, to.Kind, i+1, len(all) == 1
		within, stop := context.WithTimeout(ctx, eachFor)
		err := t.Deliver(within, d)
		stop()
		switch {
		case err == nil:
			return to, nil
		case ctx.Err() != nil:
			return by, ctx.Err()
		case errors.Is(err, subscribers.ErrGone):
			err = errors.Join(err, t.Lose(ctx, to.ID, to.Person))
		}
		faults = append(faults, err)
	}
	return by, errors.Join(faults...)
}

// enter asks whether a server is left alone. Only where it failed before is anything written.
func (t *Teller) enter(ctx context.Context, name string) error {
	now := t.Now()
	seen, err := t.Circuits.Circuit(ctx, name)
	if err != nil {
		return err
	}
	switch then, may := seen.Enter(now); {
	case !may:
		return errCircuit
	case then == seen:
		return nil
	}
	may := false
	if err := t.Circuits.ChangeCircuit(ctx, name, func(c subscribers.Circuit) (then subscribers.Circuit) {
		then, may = c.Enter(now)
		return then
	}); err != nil {
		return err
	}
	if !may {
		return errCircuit // another node tries it now
	}
	return nil
}

// leave keeps how a server answered. One that refuses an address has answered.
func (t *Teller) leave(ctx context.Context, name string, err error) error {
	answered := err == nil || errors.Is(err, subscribers.ErrRefused) || errors.Is(err, subscribers.ErrGone)
	if answered {
		if seen, err := t.Circuits.Circuit(ctx, name); err != nil || seen == (subscribers.Circuit{}) {
			return err
		}
	}
	return t.Circuits.ChangeCircuit(ctx, name, func(c subscribers.Circuit) subscribers.Circuit { return c.After(answered, t.Now()) })
}

// link is where whoever is told goes. Whose turn it is to answer gets a new link of their own with each try.
func (t *Teller) link(ctx context.Context, d subscribers.Delivery) (string, error) {
	switch {
	case t.Address == "" || d.What == subscribers.WhatCode || d.What == subscribers.WhatTest || d.Contact == OperationsChannel:
		return "", nil
	case d.What != subscribers.WhatStep:
		return t.Address + minePath, nil
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	token := base64.RawURLEncoding.EncodeToString(b[:])
	now := t.Now()
	err := t.Links.KeepLink(ctx, subscribers.AnswerLink{Hash: subscribers.HashOfLink(token), Alert: d.Alert, Person: d.Person, Made: now, Until: now.Add(linkFor)})
	return t.Address + "/answer/" + token, err
}

// Lose notes that a contact point is no more, as its server said.
func (t *Teller) Lose(ctx context.Context, id, person string) error {
	now := t.Now()
	return t.Book.ChangeReached(ctx, person, func(r *subscribers.Reached) ([]journal.Entry, error) {
		i := slices.IndexFunc(r.Contacts, func(c subscribers.Contact) bool { return c.ID == id && c.Lost.IsZero() })
		if i < 0 {
			return nil, nil
		}
		r.Contacts[i].Lost = now
		return []journal.Entry{{Time: now, Kind: journal.ContactLost, Actor: journal.Service, Subject: id, Reason: "its server says that it is no more"}}, nil
	})
}
