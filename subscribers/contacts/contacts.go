// Package contacts answers: by what can a person be told, and is it really theirs?
//
// A person keeps their own contact points. Nothing but a code is sent to one before its owner has entered that code, so that nobody is told of an
// alert whom somebody else has named.
package contacts

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/channels"
)

const (
	// Most is how many contact points a person has at most.
	Most = 10
	// mostAsked is how many codes and tests a person can ask for in askedIn: each is an SMS, or a mail to somebody who may not want it.
	mostAsked = 20
	askedIn   = time.Hour
	// codeEvery is how long after a code the next can be asked for.
	codeEvery = 30 * time.Second
	// sendFor is how long a code or a test may take: whoever asked for it waits.
	sendFor = 10 * time.Second
	// mostLabel is the longest label in letters, mostAddress the longest address in bytes.
	mostLabel   = 60
	mostAddress = 2000
)

// Options are what a desk needs. Every field must be set.
type Options struct {
	Book subscribers.ContactBook
	// Channels has the kinds that this service can tell by.
	Channels map[string]subscribers.Channel
	// Tell sends something to a contact point now.
	Tell func(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error
	// PlainWebhooks lets webhooks be at http:// on this machine.
	PlainWebhooks bool
	Now           func() time.Time
	Log           *slog.Logger
}

// Desk changes how people are reached. Each person changes their own, as an actor of the journal.
type Desk struct{ Options }

// kinds are all that a contact point can be, in the order in which they are offered.
var kinds = []string{subscribers.PushContact, subscribers.SMSContact, subscribers.MailContact, subscribers.WebhookContact}

// Kinds are those that this service can tell by.
func (d *Desk) Kinds() []string {
	return slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return d.Channels[k] == nil })
}

// Of is how a person is reached.
func (d *Desk) Of(ctx context.Context, person string) (subscribers.Reached, error) {
	return d.Book.Reached(ctx, person)
}

// Sent is what came of sending a code or a test. Words say why it was not sent; they are empty if it was.
type Sent struct{ Words string }

// OK tells whether it was sent.
func (s Sent) OK() bool { return s.Words == "" }

// Add keeps a new contact point of the actor, of which Kind, Address and Label count, and sends a code there. Errors: subscribers.ErrKind,
// ErrAddress, ErrLabel, ErrSameContact, ErrMostContact, ErrAskedOften.
func (d *Desk) Add(ctx context.Context, by journal.Actor, c subscribers.Contact) (subscribers.Contact, Sent, error) {
	if d.Channels[c.Kind] == nil || !slices.Contains(kinds, c.Kind) {
		return c, Sent{}, subscribers.ErrKind
	}
	now := d.Now()
	label, err := labelOf(c.Label)
	if err != nil {
		return c, Sent{}, err
	}
	c = subscribers.Contact{ID: uuid.NewString(), Person: by.Name, Kind: c.Kind, Label: label, Address: c.Address, Added: now}
	if c.Address, err = d.address(c); err != nil {
		return c, Sent{}, err
	}
	if c.Kind == subscribers.WebhookContact {
		c.Secret = newSecret()
	}
	err = d.Book.ChangeReached(ctx, by.Name, func(r *subscribers.Reached) ([]journal.Entry, error) {
		switch {
		case slices.ContainsFunc(r.Contacts, func(o subscribers.Contact) bool { return o.Kind == c.Kind && sameAddress(o, c) }):
			return nil, subscribers.ErrSameContact
		case len(r.Contacts) >= Most:
			return nil, subscribers.ErrMostContact
		}
		if err := ask(r, now); err != nil {
			return nil, err
		}
		c.Code, c.Place = subscribers.NewCode(newCode(), now), len(r.Contacts)+1
		r.Contacts = append(r.Contacts, c)
		return []journal.Entry{entry(journal.ContactAdded, by, c, now)}, nil
	})
	if err != nil {
		return c, Sent{}, err
	}
	sent := d.send(ctx, c, subscribers.WhatCode)
	return c, sent, nil
}

// entry tells of a contact point in the journal: its kind, never its address.
func entry(kind journal.Kind, by journal.Actor, c subscribers.Contact, now time.Time) journal.Entry {
	return journal.Entry{Time: now, Kind: kind, Actor: by, Subject: c.ID, Reason: c.Kind}
}

// ask counts a code or a test.
func ask(r *subscribers.Reached, now time.Time) error {
	if now.Sub(r.AskedSince).Abs() >= askedIn {
		r.Asked, r.AskedSince = 0, now
	}
	if r.Asked >= mostAsked {
		return subscribers.ErrAskedOften
	}
	r.Asked++
	return nil
}

// send sends a code or a test now. A fault is logged, and told in words that say nothing of what is behind an address.
func (d *Desk) send(ctx context.Context, c subscribers.Contact, what subscribers.What) Sent {
	now := d.Now()
	ctx, stop := context.WithTimeout(ctx, sendFor)
	defer stop()
	err := d.Tell(ctx, c, subscribers.Delivery{
		What: what, Subject: fmt.Sprintf("%s-%d", c.ID, now.Unix()), TakenStep: subscribers.TakenStep{Person: c.Person}, Contact: c.ID, Channel: c.Kind, Place: 1, Token: 1, Only: true,
		Ends: c.Code.Until, Code: c.Code.Text,
	})
	if err == nil {
		return Sent{}
	}
	d.Log.WarnContext(ctx, "a contact point could not be sent what its owner asked for", "contact", c.ID, "kind", c.Kind, "what", what, "error", err)
	return Sent{wordsOf[c.Kind]}
}

// wordsOf are what the owner of a contact point can do if nothing could be sent there.
var wordsOf = map[string]string{
	subscribers.MailContact:    "The mail could not be handed over. Check the address, and try again in a minute.",
	subscribers.SMSContact:     "The text message could not be handed over. Check the number, and try again in a minute.",
	subscribers.PushContact:    "The browser's push service did not take it. Try again in a minute; if that does not help, remove this browser and add it again.",
	subscribers.WebhookContact: "The server did not take it: it must answer with 200 to 299 within 10 seconds, at an address that this service may connect to.",
}

// change changes one contact point of the actor.
func (d *Desk) change(ctx context.Context, by journal.Actor, id string, change func(*subscribers.Reached, *subscribers.Contact) (journal.Kind, error)) (changed subscribers.Contact, err error) {
	err = d.Book.ChangeReached(ctx, by.Name, func(r *subscribers.Reached) ([]journal.Entry, error) {
		i := slices.IndexFunc(r.Contacts, func(c subscribers.Contact) bool { return c.ID == id })
		if i < 0 {
			return nil, subscribers.ErrNoContact
		}
		kind, err := change(r, &r.Contacts[i])
		changed = r.Contacts[i]
		if err != nil || kind == "" {
			return nil, err
		}
		return []journal.Entry{entry(kind, by, changed, d.Now())}, nil
	})
	return changed, err
}

// SendCode sends a new code. Errors: subscribers.ErrNoContact, ErrAskedOften.
func (d *Desk) SendCode(ctx context.Context, by journal.Actor, id string) (subscribers.Contact, Sent, error) {
	c, err := d.change(ctx, by, id, func(r *subscribers.Reached, c *subscribers.Contact) (journal.Kind, error) {
		now := d.Now()
		if c.Usable() || now.Sub(c.Code.Sent).Abs() < codeEvery {
			return "", subscribers.ErrAskedOften
		}
		c.Code = subscribers.NewCode(newCode(), now)
		return "", ask(r, now)
	})
	if err != nil {
		return c, Sent{}, err
	}
	return c, d.send(ctx, c, subscribers.WhatCode), nil
}

// Verify takes the code that was sent to a contact point. Errors: subscribers.ErrNoContact, ErrCodeWrong, ErrCodeOver.
func (d *Desk) Verify(ctx context.Context, by journal.Actor, id, code string) (subscribers.Contact, error) {
	var wrong error // a wrong try is kept, too
	c, err := d.change(ctx, by, id, func(_ *subscribers.Reached, c *subscribers.Contact) (journal.Kind, error) {
		now := d.Now()
		if c.Code, wrong = c.Code.Enter(code, now); wrong != nil {
			return "", nil
		}
		c.Verified = now
		return journal.ContactVerified, nil
	})
	return c, cmp.Or(err, wrong)
}

// Test sends a test to a contact point that is verified. Errors: subscribers.ErrNoContact, ErrUnverified, ErrAskedOften.
func (d *Desk) Test(ctx context.Context, by journal.Actor, id string) (Sent, error) {
	c, err := d.change(ctx, by, id, func(r *subscribers.Reached, c *subscribers.Contact) (journal.Kind, error) {
		if !c.Usable() {
			return "", subscribers.ErrUnverified
		}
		return journal.ContactTested, ask(r, d.Now())
	})
	if err != nil {
		return Sent{}, err
	}
	c.Code.Until = d.Now().Add(time.Minute)
	return d.send(ctx, c, subscribers.WhatTest), nil
}

// Describe gives a contact point a label and quiet hours. Errors: subscribers.ErrNoContact, ErrLabel, ErrQuiet.
func (d *Desk) Describe(ctx context.Context, by journal.Actor, id, label string, quiet subscribers.Quiet) (subscribers.Contact, error) {
	label, err := labelOf(label)
	if err = errors.Join(err, quiet.Check()); err != nil {
		return subscribers.Contact{}, err
	}
	return d.change(ctx, by, id, func(_ *subscribers.Reached, c *subscribers.Contact) (journal.Kind, error) {
		c.Label, c.Quiet = label, quiet
		return journal.ContactChanged, nil
	})
}

// Order puts the contact points of the actor in an order: all of them, or subscribers.ErrOrder.
func (d *Desk) Order(ctx context.Context, by journal.Actor, ids []string) error {
	return d.Book.ChangeReached(ctx, by.Name, func(r *subscribers.Reached) ([]journal.Entry, error) {
		if len(ids) != len(r.Contacts) {
			return nil, subscribers.ErrOrder
		}
		var told []journal.Entry
		for i := range r.Contacts {
			c := &r.Contacts[i]
			place := slices.Index(ids, c.ID) + 1
			if place == 0 {
				return nil, subscribers.ErrOrder
			}
			if place != c.Place {
				c.Place = place
				told = append(told, entry(journal.ContactChanged, by, *c, d.Now()))
			}
		}
		return told, nil
	})
}

// Remove removes a contact point. Errors: subscribers.ErrNoContact.
func (d *Desk) Remove(ctx context.Context, by journal.Actor, id string) error {
	return d.Book.ChangeReached(ctx, by.Name, func(r *subscribers.Reached) ([]journal.Entry, error) {
		i := slices.IndexFunc(r.Contacts, func(c subscribers.Contact) bool { return c.ID == id })
		if i < 0 {
			return nil, subscribers.ErrNoContact
		}
		gone := r.Contacts[i]
		r.Contacts = slices.Delete(r.Contacts, i, i+1)
		for j := range r.Contacts {
			r.Contacts[j].Place = j + 1
		}
		return []journal.Entry{entry(journal.ContactRemoved, by, gone, d.Now())}, nil
	})
}

// newCode is six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // never: the reader ends the program instead
	}
	return fmt.Sprintf("%06d", n)
}

// newSecret is a symmetric key of Standard Webhooks: 256 bits.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b[:])
}

func labelOf(s string) (string, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > mostLabel || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", subscribers.ErrLabel
	}
	return s, nil
}

// sameAddress compares two of a kind.
func sameAddress(a, b subscribers.Contact) bool {
	if a.Kind == subscribers.MailContact {
		return strings.EqualFold(a.Address, b.Address)
	}
	return a.Address == b.Address
}

// address is the address of a contact point as it is kept, or subscribers.ErrAddress.
func (d *Desk) address(c subscribers.Contact) (string, error) {
	typed := strings.TrimSpace(c.Address)
	if len(typed) > mostAddress {
		return "", subscribers.ErrAddress
	}
	switch c.Kind {
	case subscribers.MailContact:
		return mailAddress(typed)
	case subscribers.SMSContact:
		return phoneNumber(typed)
	case subscribers.WebhookContact:
		return d.webAddress(typed)
	}
	return d.pushAddress(typed)
}

func mailAddress(typed string) (string, error) {
	at, err := mail.ParseAddress(typed)
	if err != nil || at.Address != typed || len(typed) > 254 || strings.ContainsAny(typed, "\r\n\"") { // RFC 5321 §4.5.3.1.3
		return "", subscribers.ErrAddress
	}
	return typed, nil
}

// e164 is a phone number as the world writes it (ITU-T E.164). domestic is how a mobile phone's is written in the United Kingdom.
var (
	e164     = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	domestic = regexp.MustCompile(`^07[0-9]{9}$`)
)

func phoneNumber(typed string) (string, error) {
	number := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(typed)
	if domestic.MatchString(number) {
		number = "+44" + number[1:]
	}
	if !e164.MatchString(number) || strings.HasPrefix(number, "+440") {
		return "", subscribers.ErrAddress
	}
	return number, nil
}

// webAddress takes https only. Where its name leads is asked when it is connected to (package outbound).
func (d *Desk) webAddress(typed string) (string, error) {
	u, err := url.Parse(typed)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return "", subscribers.ErrAddress
	}
	if plain := d.PlainWebhooks && u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost"); u.Scheme != "https" && !plain {
		return "", subscribers.ErrAddress
	}
	return u.String(), nil
}

// pushAddress takes what the browser gave, and keeps what is needed of it.
func (d *Desk) pushAddress(typed string) (string, error) {
	p, err := subscribers.Contact{Kind: subscribers.PushContact, Address: typed}.Push()
	if err == nil {
		err = channels.CheckPush(p)
	}
	if err == nil {
		_, err = d.webAddress(p.Endpoint)
	}
	if err != nil {
		return "", subscribers.ErrAddress
	}
	kept, err := json.Marshal(p)
	return string(kept), err
}
