package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	reachedGet    = statement("reached_get")
	reachedKeep   = statement("reached_keep")
	contactList   = statement("contact_list")
	contactUsable = statement("contact_usable")
	contactGet    = statement("contact_get")
	contactKeep   = statement("contact_keep")
	contactDrop   = statement("contact_drop")
)

// The sealed columns of contact points.
const (
	contactLabel   = "contact.label"
	contactAddress = "contact.address"
	contactSecret  = "contact.secret"
	contactCode    = "contact.code"
)

var _ subscribers.ContactBook = (*Store)(nil)

type contactRow struct {
	ID        string     `db:"id"`
	Person    string     `db:"person"`
	Kind      string     `db:"kind"`
	Label     cipherText `db:"label"`
	Address   cipherText `db:"address"`
	Secret    cipherText `db:"secret"`
	Place     int        `db:"place"`
	QuietFrom string     `db:"quiet_from"`
	QuietTo   string     `db:"quiet_to"`
	Added     time.Time  `db:"added"`
	Verified  time.Time  `db:"verified"`
	Lost      time.Time  `db:"lost"`
	Code      cipherText `db:"code"`
	CodeSent  time.Time  `db:"code_sent"`
	CodeUntil time.Time  `db:"code_until"`
	CodeWrong int        `db:"code_wrong"`
}

func (k *keyring) contactRowOf(c subscribers.Contact) *contactRow {
	return &contactRow{
		ID: c.ID, Person: c.Person, Kind: c.Kind, Label: k.sealText(contactLabel, c.ID, c.Label), Address: k.sealText(contactAddress, c.ID, c.Address),
		Secret: k.sealText(contactSecret, c.ID, c.Secret), Place: c.Place, QuietFrom: c.Quiet.From, QuietTo: c.Quiet.To, Added: c.Added, Verified: c.Verified, Lost: c.Lost,
		Code: k.sealText(contactCode, c.ID, c.Code.Text), CodeSent: c.Code.Sent, CodeUntil: c.Code.Until, CodeWrong: c.Code.Wrong,
	}
}

func (r contactRow) contact() (subscribers.Contact, error) {
	c := subscribers.Contact{
		ID: r.ID, Person: r.Person, Kind: r.Kind, Place: r.Place, Quiet: subscribers.Quiet{From: r.QuietFrom, To: r.QuietTo}, Added: r.Added, Verified: r.Verified, Lost: r.Lost,
		Code: subscribers.Code{Sent: r.CodeSent, Until: r.CodeUntil, Wrong: r.CodeWrong},
	}
	for _, value := range []struct {
		into   *string
		from   *cipherText
		column string
	}{{&c.Label, &r.Label, contactLabel}, {&c.Address, &r.Address, contactAddress}, {&c.Secret, &r.Secret, contactSecret}, {&c.Code.Text, &r.Code, contactCode}} {
		text, err := value.from.open(value.column, r.ID)
		if err != nil {
			return subscribers.Contact{}, err
		}
		*value.into = text
	}
	return c, nil
}

type reachedRow struct {
	Asked      int       `db:"asked"`
	AskedSince time.Time `db:"asked_since"`
}

// reachedOf is how a person is reached.
func reachedOf(from Reader, person string) (subscribers.Reached, error) {
	var asked reachedRow
	if err := from.Get(&asked, reachedGet, Args{"person": person}); err != nil && !errors.Is(err, ErrNoRows) {
		return subscribers.Reached{}, err
	}
	var rows []contactRow
	if err := from.Select(&rows, contactList, Args{"person": person}); err != nil {
		return subscribers.Reached{}, err
	}
	all, err := collect(rows, contactRow.contact)
	return subscribers.Reached{Person: person, Contacts: all, Asked: asked.Asked, AskedSince: asked.AskedSince}, err
}

// Reached implements [subscribers.ContactBook].
func (s *Store) Reached(ctx context.Context, person string) (r subscribers.Reached, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		r, err = reachedOf(from, person)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("find how %s is reached: %w", person, err)
	}
	return r, nil
}

// ChangeReached implements [subscribers.ContactBook].
func (s *Store) ChangeReached(ctx context.Context, person string, change func(*subscribers.Reached) ([]journal.Entry, error)) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock("reached " + person); err != nil {
			return err
		}
		before, err := reachedOf(tx, person)
		if err != nil {
			return err
		}
		after := before
		after.Contacts = slices.Clone(before.Contacts)
		told, err := change(&after)
		if err != nil {
			return err
		}
		return keepReached(tx, before, after, told)
	})
	if err != nil {
		return fmt.Errorf("change how %s is reached: %w", person, err)
	}
	return nil
}

// keepReached writes what differs, and the entries that tell of it.
func keepReached(tx *Tx, before, after subscribers.Reached, told []journal.Entry) error {
	for _, c := range before.Contacts {
		if slices.ContainsFunc(after.Contacts, func(o subscribers.Contact) bool { return o.ID == c.ID }) {
			continue
		}
		if _, err := tx.Exec(contactDrop, Args{"id": c.ID}); err != nil {
			return err
		}
	}
	for _, c := range after.Contacts {
		if slices.Contains(before.Contacts, c) {
			continue
		}
		if _, err := tx.Exec(contactKeep, tx.conn.ring().contactRowOf(c)); err != nil {
			return err
		}
	}
	if after.Asked != before.Asked || !after.AskedSince.Equal(before.AskedSince) {
		if _, err := tx.Exec(reachedKeep, Args{"person": after.Person, "asked": after.Asked, "asked_since": after.AskedSince}); err != nil {
			return err
		}
	}
	for _, e := range told {
		if err := appendEntry(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// UsableContacts implements [subscribers.ContactBook].
func (s *Store) UsableContacts(ctx context.Context) ([]subscribers.Contact, error) {
	var rows []struct {
		ID        string `db:"id"`
		Person    string `db:"person"`
		Kind      string `db:"kind"`
		Place     int    `db:"place"`
		QuietFrom string `db:"quiet_from"`
		QuietTo   string `db:"quiet_to"`
	}
	if err := s.db.Select(ctx, &rows, contactUsable, nil); err != nil {
		return nil, fmt.Errorf("find how people are reached: %w", err)
	}
	all := make([]subscribers.Contact, 0, len(rows))
	for _, r := range rows {
		all = append(all, subscribers.Contact{ID: r.ID, Person: r.Person, Kind: r.Kind, Place: r.Place, Quiet: subscribers.Quiet{From: r.QuietFrom, To: r.QuietTo}})
	}
	return all, nil
}

// Contact implements [subscribers.ContactBook].
func (s *Store) Contact(ctx context.Context, id string) (subscribers.Contact, error) {
	var row contactRow
	if err := s.db.Get(ctx, &row, contactGet, Args{"id": id}); err != nil {
		return subscribers.Contact{}, fmt.Errorf("find contact point %s: %w", id, foundAs(err, subscribers.ErrNoContact))
	}
	return row.contact()
}
