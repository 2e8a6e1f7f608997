package rotas

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// Calendar is an address at which a calendar program reads shifts, without signing in. Only the hash of what stands in it is kept.
type Calendar struct {
	Hash, Person string
	// Rota is empty for all shifts of the person; else everybody's in that rota.
	Rota string
	Made time.Time
}

// hashOf is the hash of what stands in an address.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// MakeCalendar makes an address for whoever asks, in the place of the one before: what stands in it is returned this once. Errors: ErrNone.
func (d *Desk) MakeCalendar(ctx context.Context, by journal.Actor, id string) (token string, err error) {
	secret := make([]byte, 24)
	_, _ = rand.Read(secret) // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	err = d.change(ctx, func(tx Tx, b Book) error {
		if _, ok := b.Rota(id); id != "" && !ok {
			return ErrNone
		}
		if err := tx.KeepCalendar(Calendar{hashOf(token), by.Name, id, b.Now}); err != nil {
			return err
		}
		return tx.Append(journal.Entry{Time: b.Now, Kind: journal.CalendarMade, Actor: by, Subject: by.Name, Reason: "an address for " + ofWhat(id)})
	})
	if err != nil {
		return "", fmt.Errorf("make a calendar: %w", err)
	}
	return token, nil
}

func ofWhat(id string) string {
	if id == "" {
		return "the own shifts"
	}
	return "the rota " + id
}

// EndCalendar ends an address. Errors: ErrNoFeed.
func (d *Desk) EndCalendar(ctx context.Context, by journal.Actor, id string) error {
	err := d.o.Store.ChangeRotas(ctx, func(tx Tx) error {
		there, err := tx.DropCalendar(by.Name, id)
		if err == nil && !there {
			err = ErrNoFeed
		}
		if err != nil {
			return err
		}
		return tx.Append(journal.Entry{Time: d.o.Now(), Kind: journal.CalendarEnded, Actor: by, Subject: by.Name, Reason: "the address for " + ofWhat(id)})
	})
	if err != nil {
		return fmt.Errorf("end a calendar: %w", err)
	}
	return nil
}

// Calendars are the addresses of a person.
func (d *Desk) Calendars(ctx context.Context, person string) ([]Calendar, error) {
	return d.o.Store.Calendars(ctx, person)
}

// The time that a calendar has: some days back, so that a program does not lose the shift that just ended.
const (
	calendarBack  = 7 * 24 * time.Hour
	calendarAhead = 26 * 7 * 24 * time.Hour
)

// Calendar is what a calendar program reads (iCalendar, RFC 5545) with what stands in an address: nothing once whoever made it can be on call no
// more. Errors: ErrNoFeed.
func (d *Desk) Calendar(ctx context.Context, token string) (string, error) {
	c, err := d.o.Store.Calendar(ctx, hashOf(token))
	if err != nil {
		return "", err
	}
	now := d.o.Now()
	b, err := d.Book(ctx, now.Add(-calendarBack))
	if err != nil {
		return "", err
	}
	p, known := b.people[c.Person]
	if !known {
		return "", ErrNoFeed
	}
	name := func(id string) string { return b.Person(id).Name }
	if c.Rota == "" {
		return rota.Calendar("of "+c.Person, "On call: "+p.Name, b.MyShifts(c.Person, now.Add(-calendarBack), now.Add(calendarAhead)).shifts(), name, now), nil
	}
	s, ok := b.Rota(c.Rota)
	if !ok || !s.OfFile && !p.fits(s.Organisation) {
		return "", ErrNoFeed
	}
	return rota.Calendar(s.ID, "On call: "+s.Name, s.Between(now.Add(-calendarBack), now.Add(calendarAhead)), name, now), nil
}

// Mine is a shift of somebody in one of the rotas.
type Mine struct {
	Rota Shown
	rota.Shift
}

// Mines are the shifts of somebody in all rotas, in the order of time.
type Mines []Mine

// shifts name the rota where they say why.
func (all Mines) shifts() (out []rota.Shift) {
	for _, m := range all {
		m.Why = m.Rota.Name + ", " + m.Why
		out = append(out, m.Shift)
	}
	return out
}

// MyShifts are the shifts of a person from one instant to before another.
func (b Book) MyShifts(person string, from, to time.Time) (all Mines) {
	for _, s := range b.rotas {
		if !s.OfFile && !slices.Contains(s.People(), person) {
			continue
		}
		for _, shift := range s.Between(from, to) {
			if shift.Person == person {
				all = append(all, Mine{s, shift})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Mine) int { return x.Start.Compare(y.Start) })
	return all
}
