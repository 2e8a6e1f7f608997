package alerts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/journal"
)

// Done is what somebody does who answers an alert.
type Done string

// What can be done. That the alert is about somebody else is no answer but a ruling: see [Identification].
const (
	// TakenOn: whoever answers looks after the patient by the plan.
	TakenOn Done = "taken_on"
	// AlreadyKnown: the team knew the plan.
	AlreadyKnown Done = "already_known"
)

// words say in the journal what is done.
func (d Done) words() string {
	if d == AlreadyKnown {
		return "already known"
	}
	return "taken on"
}

// Answering is how somebody answers an alert. The zero value takes it on, on a screen without a name.
type Answering struct {
	Done   Done
	Screen string
}

// Handover is to whom an answered alert was given on. To is how the department calls them: a person or a role.
type Handover struct {
	To string
	By journal.Actor
	At time.Time
}

// Holder is who looks after an answered alert: whom it was handed over to last, else who answered it.
func (a Acknowledgement) Holder() string {
	if a.Handed != nil {
		return a.Handed.To
	}
	return a.By.Name
}

// Errors of answering.
var (
	// ErrDone: what is done is nothing that can be.
	ErrDone = errors.New("what is done must be taken_on or already_known")
	// ErrHandTo: the name to hand over to cannot stand in the journal.
	ErrHandTo = errors.New("name who takes over: at most 60 letters, spaces and . ' -")
	// ErrNotAnswered: nobody has answered the alert that is to be handed over.
	ErrNotAnswered = errors.New("nobody has acknowledged the alert yet")
)

// HeldError refuses a handover from somebody who does not hold the alert any more: there is one winner.
type HeldError struct{ Holder string }

func (e HeldError) Error() string { return "it is now with " + e.Holder }

// Acknowledge records that somebody in a department answers an alert. The first wins; the same actor again is no error and changes
// nothing. The department may be one that the patient has left, as long as nobody answered: the answer takes the alert off its board.
//
// Errors: ErrNoAlert, ErrNotOpen, ErrDone, AcknowledgedError.
func (d *Desk) Acknowledge(ctx context.Context, id, department string, how Answering, actor journal.Actor) (Alert, error) {
	if how.Done == "" {
		how.Done = TakenOn
	}
	if how.Done != TakenOn && how.Done != AlreadyKnown {
		return Alert{}, fmt.Errorf("acknowledge alert %s: %w", id, ErrDone)
	}
	now := d.now()
	alert, err := d.answering(ctx, id, department, func(tx Tx, alert *Alert) error {
		switch {
		case alert.State == Acknowledged && alert.Acknowledgement.By == actor:
			return nil
		case alert.State == Acknowledged:
			return AcknowledgedError{*alert.Acknowledgement}
		}
		alert.State = Acknowledged
		alert.Acknowledgement = &Acknowledgement{By: actor, At: now, Version: alert.Version, Done: how.Done, Screen: how.Screen}
		left := alert.Also
		alert.Also = ""
		if err := tx.SaveAlert(*alert, false); err != nil {
			return err
		}
		entry := journal.Entry{
			Time: now, Kind: journal.AlertAcknowledged, Actor: actor, Room: alert.Department, Subject: alert.ID, Version: alert.Version, Reason: how.words(),
		}
		if err := tx.Append(entry); err != nil || left == "" {
			return err
		}
		entry.Kind, entry.Room, entry.Reason = journal.AlertWithdrawn, left, MovedReason
		return tx.Append(entry)
	})
	if err != nil {
		return Alert{}, fmt.Errorf("acknowledge alert %s: %w", id, err)
	}
	return alert, nil
}

// words say in the journal what was answered, and where.
func (how Answering) words() string {
	if how.Screen == "" {
		return how.Done.words()
	}
	return how.Done.words() + ", on screen " + how.Screen
}

// HandOver records that an answered alert is given on to somebody else in the department, as at the change of a shift. from is who holds it, as
// whoever hands it over was shown; if somebody else does by now, that one has won. The same again is no error and changes nothing.
//
// Errors: ErrNoAlert, ErrNotOpen, ErrNotAnswered, ErrHandTo, HeldError.
func (d *Desk) HandOver(ctx context.Context, id, department, from, to string, actor journal.Actor) (Alert, error) {
	to = strings.Join(strings.Fields(to), " ")
	if !isStaffName(to) {
		return Alert{}, fmt.Errorf("hand alert %s over: %w", id, ErrHandTo)
	}
	now := d.now()
	alert, err := d.answering(ctx, id, department, func(tx Tx, alert *Alert) error {
		if alert.State != Acknowledged || alert.Department != department {
			return ErrNotAnswered
		}
		ack := *alert.Acknowledgement
		switch {
		case ack.Handed != nil && ack.Handed.To == to && ack.Handed.By == actor:
			return nil
		case ack.Holder() != from:
			return HeldError{ack.Holder()}
		}
		ack.Handed = &Handover{To: to, By: actor, At: now}
		alert.Acknowledgement = &ack
		if err := tx.SaveAlert(*alert, false); err != nil {
			return err
		}
		return tx.Append(journal.Entry{
			Time: now, Kind: journal.AlertHandedOver, Actor: actor, Room: alert.Department, Subject: alert.ID, Version: alert.Version, Reason: "to " + to,
		})
	})
	if err != nil {
		return Alert{}, fmt.Errorf("hand alert %s over: %w", id, err)
	}
	return alert, nil
}

// isStaffName tells whether a text may name a colleague or a role. It stands in the journal: no number can hide in it.
func isStaffName(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 60 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" .'’-", r)
	})
}

// answering has something done to an open alert of a department, while nobody else can change it.
func (d *Desk) answering(ctx context.Context, id, department string, do func(Tx, *Alert) error) (alert Alert, err error) {
	err = d.store.Write(ctx, func(tx Tx) error {
		if alert, err = tx.Alert(id); err != nil {
			return err
		}
		if err = tx.Lock("attendance:" + alert.Attendance); err != nil {
			return err
		}
		if alert, err = tx.Alert(id); err != nil { // as it is now that nobody else can change it
			return err
		}
		if !alert.Open() || !alert.ShownIn(department) {
			return ErrNotOpen
		}
		return do(tx, &alert)
	})
	return alert, err
}
