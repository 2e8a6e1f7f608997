package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// TalkTx is the part of a transaction that keeps what is said about alerts.
type TalkTx interface {
	// Line returns ErrNoLine if there is none.
	Line(id string) (Line, error)
	// Lines are those of an alert, in the order of time.
	Lines(alert string) ([]Line, error)
	SaveLine(l Line, isNew bool) error
	Effect(alert, department string) (e Effect, found bool, err error)
	// SaveEffect replaces what was said there before.
	SaveEffect(e Effect) error
}

// Say records a question or a dispute of a department. The same text from the same account again, while it waits, changes nothing and is no
// error.
//
// Errors: ErrNoAlert, ErrNotOpen, ErrLine, ErrLines.
func (d *Desk) Say(ctx context.Context, alert, department string, kind LineKind, typed string, actor journal.Actor) (Line, error) {
	text, err := ReadLine(typed)
	if err != nil {
		return Line{}, err
	}
	now := d.now()
	var said Line
	err = d.onAlert(ctx, alert, func(tx Tx, a Alert) error {
		if !a.ShownIn(department) || a.Match != Confirmed || !a.Open() && a.State != Closed {
			return ErrNotOpen
		}
		lines, err := tx.Lines(alert)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(lines, func(l Line) bool { return l.Open && l.Kind == kind && l.Text == text && l.By == actor }); i >= 0 {
			said = lines[i]
			return nil
		}
		if len(lines) >= mostLines {
			return ErrLines
		}
		said = Line{
			ID: newID(), Alert: a.ID, Plan: a.Plan, Version: a.Version, Centre: a.Centre, Department: a.Department, Kind: kind, Text: text,
			By: actor, At: now, Open: true,
		}
		if err := tx.SaveLine(said, true); err != nil {
			return err
		}
		told := journal.QuestionAsked
		if kind == Dispute {
			told = journal.PlanDisputed
		}
		return tx.Append(lineEntry(told, a, actor, now))
	})
	if err != nil {
		return Line{}, fmt.Errorf("say something about alert %s: %w", alert, err)
	}
	return said, nil
}

// Reply records a centre's answer to a question or a dispute. The same text from the same account again changes nothing and is no error.
//
// Errors: ErrNoLine, also for a line about another centre's plan; ErrNotWaiting, ErrLine, ErrLines.
func (d *Desk) Reply(ctx context.Context, line, centre, typed string, actor journal.Actor) (Line, error) {
	text, err := ReadLine(typed)
	if err != nil {
		return Line{}, err
	}
	now := d.now()
	var said Line
	err = d.store.Write(ctx, func(tx Tx) error {
		asked, err := tx.Line(line)
		if err != nil {
			return err
		}
		a, err := lockedAlert(tx, asked.Alert)
		if err != nil {
			return err
		}
		if asked, err = tx.Line(line); err != nil { // as it is now that nobody else can change it
			return err
		}
		lines, err := tx.Lines(asked.Alert)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(lines, func(l Line) bool { return l.Answers == line && l.Text == text && l.By == actor })
		switch {
		case asked.Centre != centre:
			return ErrNoLine
		case i >= 0:
			said = lines[i]
			return nil
		case !asked.Open:
			return ErrNotWaiting
		case len(lines) >= 2*mostLines:
			return ErrLines
		}
		said = Line{
			ID: newID(), Alert: a.ID, Plan: a.Plan, Version: asked.Version, Centre: a.Centre, Department: a.Department, Kind: Answer, Answers: line,
			Text: text, By: actor, At: now,
		}
		if err := tx.SaveLine(said, true); err != nil {
			return err
		}
		asked.Open = false
		if asked.Read.IsZero() {
			asked.Read = now
		}
		if err := tx.SaveLine(asked, false); err != nil {
			return err
		}
		return tx.Append(lineEntry(journal.QuestionAnswered, a, actor, now))
	})
	if err != nil {
		return Line{}, fmt.Errorf("answer line %s: %w", line, err)
	}
	return said, nil
}

// SeeAnswers records that somebody in a department has the answers about an alert before them. If all were read before, nothing changes.
//
// Errors: ErrNoAlert, ErrNotOpen.
func (d *Desk) SeeAnswers(ctx context.Context, alert, department string, actor journal.Actor) error {
	now := d.now()
	err := d.onAlert(ctx, alert, func(tx Tx, a Alert) error {
		if !a.ShownIn(department) {
			return ErrNotOpen
		}
		lines, err := tx.Lines(alert)
		if err != nil {
			return err
		}
		read := false
		for _, l := range lines {
			if l.Kind != Answer || !l.Read.IsZero() {
				continue
			}
			l.Read, read = now, true
			if err := tx.SaveLine(l, false); err != nil {
				return err
			}
		}
		if !read {
			return nil
		}
		return tx.Append(lineEntry(journal.AnswerSeen, a, actor, now))
	})
	if err != nil {
		return fmt.Errorf("see the answers about alert %s: %w", alert, err)
	}
	return nil
}

// GiveOutcome records what a plan changed for the visit to a department, or corrects it. The same again changes nothing.
//
// Errors: ErrNoAlert, ErrNotOpen, ErrChanged.
func (d *Desk) GiveOutcome(ctx context.Context, alert, department string, changed Changed, actor journal.Actor) error {
	if !slices.Contains(AllChanged, changed) {
		return ErrChanged
	}
	now := d.now()
	err := d.onAlert(ctx, alert, func(tx Tx, a Alert) error {
		if !a.ShownIn(department) || a.Match != Confirmed || !a.Open() && a.State != Closed {
			return ErrNotOpen
		}
		held, found, err := tx.Effect(alert, department)
		if err != nil || found && held.Changed == changed {
			return err
		}
		e := Effect{Alert: a.ID, Department: department, Plan: a.Plan, Version: a.Version, Changed: changed, By: actor, At: now}
		if err := tx.SaveEffect(e); err != nil {
			return err
		}
		told := journal.OutcomeGiven
		if found {
			told = journal.OutcomeCorrected
		}
		return tx.Append(lineEntry(told, a, actor, now))
	})
	if err != nil {
		return fmt.Errorf("say what the plan of alert %s changed: %w", alert, err)
	}
	return nil
}

// onAlert does something about an alert in one transaction, while nobody else can change it.
func (d *Desk) onAlert(ctx context.Context, id string, do func(Tx, Alert) error) error {
	return d.store.Write(ctx, func(tx Tx) error {
		a, err := lockedAlert(tx, id)
		if err != nil {
			return err
		}
		return do(tx, a)
	})
}

// lockedAlert is an alert as it is now that nobody else can change it.
func lockedAlert(tx Tx, id string) (Alert, error) {
	a, err := tx.Alert(id)
	if err != nil {
		return a, err
	}
	if err := tx.Lock("attendance:" + a.Attendance); err != nil {
		return a, err
	}
	return tx.Alert(id)
}

// lineEntry tells the department's board that something was said about an alert; never what.
func lineEntry(kind journal.Kind, a Alert, actor journal.Actor, now time.Time) journal.Entry {
	return journal.Entry{Time: now, Kind: kind, Actor: actor, Room: a.Department, Subject: a.ID, Version: a.Version}
}
