package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// Vouched is somebody for whom an identity provider vouches.
type Vouched struct {
	// Provider is the issuer, Subject what it calls the person, for ever and nobody else.
	Provider, Subject string
	// Name is what the journal is to call them, FullName what others do.
	Name, FullName string
	// Posts are what the provider's claims make them.
	Posts []access.Post
	// SID and Hint are as in Session.
	SID, Hint string
	// Once is what counts once on all nodes: the state of the sign-in, which ends at Until.
	Once  string
	Until time.Time
	// Before is the id of the session that the browser had; it ends. Empty if there was none.
	Before string
}

// usedFor is how long it is kept that a provider's word was used after it has ended, for clocks that differ.
const usedFor = time.Hour

// KnockOutside counts a sign-in by way of a provider before anything is tried; a TooManyError says that too many failed from the place.
func (d *Desk) KnockOutside(ctx context.Context, from From) error {
	err := d.store.ChangePeople(ctx, func(tx Tx) error { return count(tx, addressKey(from.Place), freeForAddress, d.now()) })
	if err != nil {
		return fmt.Errorf("sign in by way of a provider: %w", err)
	}
	return nil
}

// RefuseOutside journals that somebody was not let in who came from a provider. The reason holds nothing that the provider said.
func (d *Desk) RefuseOutside(ctx context.Context, reason string, from From) error {
	err := d.store.ChangePeople(ctx, func(tx Tx) error {
		return tx.Append(d.entry(journal.SignInRefused, journal.Actor{Name: "unknown", Role: "none"}, "", reason+", from "+plain(from.Place, 60)))
	})
	if err != nil {
		return fmt.Errorf("journal a refused sign-in: %w", err)
	}
	return nil
}

// SignInOutside begins a session for somebody whom a provider vouches for. Who comes for the first time is given an account without a password; of
// whoever came before, sessions in posts that they do not have any more end. Posts that do not fit the directory are left out. Errors:
// ErrReplayed, ErrDisabled, and an AccountError where no post fits.
func (d *Desk) SignInOutside(ctx context.Context, v Vouched, from From) (cookie string, s Session, err error) {
	posts, err := d.fitting(v)
	if err != nil {
		return "", Session{}, err
	}
	cookie = token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		first, err := tx.UseOnce(v.Provider, hashed(v.Once), v.Until, d.now().Add(-usedFor))
		if err != nil {
			return err
		}
		if !first {
			return ErrReplayed
		}
		p, err := d.known(tx, v, posts)
		if err != nil {
			return err
		}
		if err := giveBack(tx, from.Place); err != nil {
			return err
		}
		if err := d.endBefore(tx, p, v.Before); err != nil {
			return err
		}
		s = d.session(p, cookie, from, d.limits.Idle, d.limits.Absolute)
		s.Provider, s.Subject, s.SID, s.Hint = v.Provider, v.Subject, v.SID, v.Hint
		return d.begin(tx, p, s)
	})
	if err != nil {
		return "", Session{}, fmt.Errorf("sign in by way of a provider: %w", err)
	}
	return cookie, s, nil
}

// fitting are the posts that fit the directory, at most mostPosts; an AccountError if none does.
func (d *Desk) fitting(v Vouched) (posts []access.Post, err error) {
	unfit := AccountError{errors.New("the provider names no role")}
	for _, post := range v.Posts {
		p := Person{Name: "whoever comes"}
		p.in([]access.Post{post})
		if err := d.fits(p); err != nil {
			unfit = AccountError{err}
			continue
		}
		if !slices.Contains(posts, post) && len(posts) < mostPosts {
			posts = append(posts, post)
		}
	}
	if len(posts) == 0 {
		return nil, unfit
	}
	return posts, nil
}

// known finds the account of somebody from outside, or makes it, and keeps what the provider says now.
func (d *Desk) known(tx Tx, v Vouched, posts []access.Post) (Person, error) {
	p, err := tx.PersonVouched(v.Provider, v.Subject)
	if errors.Is(err, ErrNoPerson) {
		return d.newcomer(tx, v, posts)
	}
	switch {
	case err != nil:
		return Person{}, err
	case !p.Disabled.IsZero():
		return Person{}, ErrDisabled
	}
	before := p.Posts()
	if slices.Equal(before, posts) && p.FullName == plain(v.FullName, 100) {
		return p, nil
	}
	p.in(posts)
	p.FullName = plain(v.FullName, 100)
	if err := tx.KeepPerson(p); err != nil || slices.Equal(before, posts) {
		return p, err
	}
	if err := tx.Append(d.entry(journal.PersonAssigned, journal.Service, p.ID, "the provider says now: "+describe(p))); err != nil {
		return p, err
	}
	return p, d.endOthers(tx, p)
}

// newcomer makes an account for somebody who comes for the first time.
func (d *Desk) newcomer(tx Tx, v Vouched, posts []access.Post) (Person, error) {
	p := Person{ID: uuid.NewString(), Name: vouchedName(v.Name), FullName: plain(v.FullName, 100), Provider: v.Provider, Subject: v.Subject, Created: d.now()}
	p.in(posts)
	err := tx.AddPerson(p)
	if errors.Is(err, ErrNameTaken) { // by an account of the service's own, or by somebody whom another provider calls so
		p.Name += "-" + hashed(v.Provider + " " + v.Subject)[:8]
		err = tx.AddPerson(p)
	}
	if err != nil {
		return Person{}, err
	}
	return p, tx.Append(d.entry(journal.PersonJoined, p.Account().Actor(), p.ID, v.Provider+" vouches for "+describe(p)))
}

// vouchedName makes a name of what a provider calls somebody: the letters that names have, and room for eight more.
func vouchedName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._@-", r) {
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimSpace(s)))
	if len(s) > 54 {
		s = s[:54]
	}
	s = strings.TrimLeft(s, "._@-")
	if len(s) < 2 {
		return "somebody-" + s
	}
	return s
}

// endOthers ends the sessions of a person in posts that they do not have any more.
func (d *Desk) endOthers(tx Tx, p Person) error {
	held, err := tx.SessionsOf(p.ID)
	if err != nil {
		return err
	}
	for _, s := range held {
		if (s.Post != access.Post{}) && !slices.Contains(p.Posts(), s.Post) {
			if err := d.end(tx, journal.Service, s, "the provider does not give this role any more"); err != nil {
				return err
			}
		}
	}
	return nil
}

// endBefore ends the session that a browser had before, whoever's it was: nobody can have planted it for later.
func (d *Desk) endBefore(tx Tx, p Person, id string) error {
	if id == "" {
		return nil
	}
	s, err := tx.SessionByID(id)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.end(tx, p.Account().Actor(), s, "signed in anew in the same browser")
}

// SignedOut is what a provider says when somebody signed out there (OpenID Connect Back-Channel Logout 1.0 §2.4): Subject or SID, or both.
type SignedOut struct {
	Provider, Subject, SID string
	// ID is that of the logout token, which counts once, until Until.
	ID    string
	Until time.Time
}

// EndOutside ends the sessions of somebody who signed out at the provider, and returns how many. Errors: ErrReplayed.
func (d *Desk) EndOutside(ctx context.Context, o SignedOut) (ended int, err error) {
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		ended = 0
		first, err := tx.UseOnce(o.Provider, hashed("logout "+o.ID), o.Until, d.now().Add(-usedFor))
		if err != nil {
			return err
		}
		if !first {
			return ErrReplayed
		}
		held, err := tx.SessionsVouched(o.Provider, o.Subject, o.SID)
		if err != nil {
			return err
		}
		for _, s := range held {
			if err := d.end(tx, journal.Service, s, "signed out at "+o.Provider); err != nil {
				return err
			}
		}
		ended = len(held)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("end the sessions of somebody who signed out at the provider: %w", err)
	}
	return ended, nil
}
