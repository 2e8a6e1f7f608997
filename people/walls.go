package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

const (
	// codeFor is how long a screen's code can be approved.
	codeFor = 10 * time.Minute
	// codeLetters cannot be mistaken for one another from two metres away.
	codeLetters = "ACDEFHJKLMNPRTUVWXY3479"
	codeLength  = 8
	// mostWaiting screens may wait at once: nobody fills the database by asking.
	mostWaiting = 200
)

// newCode makes what a screen shows: about 36 bits, good for ten minutes and of use only to somebody who is signed in.
func newCode() string {
	var b strings.Builder
	for b.Len() < codeLength {
		var one [1]byte
		_, _ = rand.Read(one[:])
		if int(one[0]) < 256/len(codeLetters)*len(codeLetters) { // each letter as likely as the others
			b.WriteByte(codeLetters[int(one[0])%len(codeLetters)])
		}
	}
	return b.String()
}

// Enrol lets a screen wait: it shows the code and holds the secret. Errors: ErrManyWaiting.
func (d *Desk) Enrol(ctx context.Context) (code, secret string, err error) {
	code, secret = newCode(), token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		waiting, err := tx.Waiting(d.now())
		if err != nil {
			return err
		}
		if waiting >= mostWaiting {
			return ErrManyWaiting
		}
		return tx.AddEnrolment(Enrolment{Hash: hashed(secret), Code: code, Until: d.now().Add(codeFor)})
	})
	if err != nil {
		return "", "", fmt.Errorf("enrol a screen: %w", err)
	}
	return code, secret, nil
}

// Approve gives the screen that shows a code an account of its own in a department: it may show the wall there, nothing else. Errors:
// ErrNoEnrolment, an AccountError.
func (d *Desk) Approve(ctx context.Context, by journal.Actor, code, where, organisation, department string) (Person, error) {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	p := Person{
		ID: uuid.NewString(), Name: "wall-" + strings.ToLower(department+"-"+rand.Text()[:6]), FullName: plain(where, 100),
		Role: access.BoardViewer, Organisation: organisation, Department: department, Created: d.now(),
	}
	if err := d.check(p.Account()); err != nil {
		return Person{}, AccountError{err}
	}
	err := d.store.ChangePeople(ctx, func(tx Tx) error {
		e, err := tx.EnrolmentCoded(code)
		if err != nil {
			return err
		}
		if e.Person != "" || !d.now().Before(e.Until) {
			return ErrNoEnrolment
		}
		if err := tx.AddPerson(p); err != nil {
			return err
		}
		if err := tx.ApproveEnrolment(e.Hash, p.ID); err != nil {
			return err
		}
		return tx.Append(d.entry(journal.ScreenApproved, by, p.ID, "approved a screen on a wall: "+describe(p)))
	})
	if err != nil {
		return Person{}, fmt.Errorf("approve a screen: %w", err)
	}
	return p, nil
}

// Claim begins the session of a screen that was approved. Errors: ErrNoEnrolment, ErrNotApproved.
func (d *Desk) Claim(ctx context.Context, secret string, from From) (cookie string, err error) {
	e, err := d.enrolment(ctx, hashed(secret))
	switch {
	case err != nil:
		return "", err
	case e.Person == "":
		return "", ErrNotApproved
	}
	cookie = token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		e, err := tx.Enrolment(hashed(secret))
		if err != nil {
			return err
		}
		p, err := tx.Person(e.Person)
		if errors.Is(err, ErrNoPerson) || err == nil && !p.Disabled.IsZero() {
			return ErrNoEnrolment
		}
		if err != nil {
			return err
		}
		if err := tx.DropEnrolment(e.Hash); err != nil {
			return err
		}
		return d.begin(tx, p, d.session(p, cookie, from, wallFor, wallFor))
	})
	if err != nil {
		return "", fmt.Errorf("sign a screen in: %w", err)
	}
	return cookie, nil
}

// enrolment finds a screen that waits and whose time is not over.
func (d *Desk) enrolment(ctx context.Context, hash string) (e Enrolment, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error { e, err = from.Enrolment(hash); return err })
	if err == nil && !d.now().Before(e.Until) {
		return Enrolment{}, ErrNoEnrolment
	}
	return e, err
}
