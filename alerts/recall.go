package alerts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Recalled is what became of one recall: where the plan had been shown, and who has seen since that it must not be acted on.
type Recalled struct {
	Alert, Attendance, Department string
	// Reason says in words why the plan was recalled; Shown is the version that had been shown.
	Reason string
	Shown  int
	Recall Recall
	SeenBy []Seen
}

// DepartmentRecall is the recall of a plan in a department that had been shown it, and that the patient has left since.
type DepartmentRecall struct {
	Department string
	// Reason says in words why the plan was recalled; Shown is the version that had been shown.
	Reason string
	Shown  int
	Recall
}

// Shown is a department that had the text of a plan before it, and the version at last.
type Shown struct {
	Department string
	Version    int
}

// RecallTx keeps which departments were shown a plan, and what they were told afterwards.
type RecallTx interface {
	NoteShown(alert string, s Shown) error
	ShownIn(alert string) ([]Shown, error)
	RecallsOf(alert string) ([]DepartmentRecall, error)
	// SaveRecallIn keeps the recall in a department, instead of the one before.
	SaveRecallIn(alert string, r DepartmentRecall) error
	DropRecalls(alert string) error
	// SaveRecallSeen notes who has seen the recall of a version where the patient is, and tells whether that is new; SaveRecallSeenIn does so
	// for a department that the patient has left.
	SaveRecallSeen(alert string, version int, by Seen) (isNew bool, err error)
	SaveRecallSeenIn(alert, department string, version int, by Seen) (isNew bool, err error)
}

// RecallIn is the recall in a department for which the alert itself does not stand.
func (s Sight) RecallIn(department string) (DepartmentRecall, bool) {
	for _, r := range s.Recalls {
		if r.Department == department && !(s.Alert.OnBoard() && s.Alert.ShownIn(department)) {
			return r, true
		}
	}
	return DepartmentRecall{}, false
}

// recallElsewhere tells every department that was shown a plan during an open attendance, and that the alert itself does not tell, that its
// centre withdrew it. What they are told is added to the changes. If the plan holds again, what they have not seen is taken back.
func recallElsewhere(tx Tx, a Attendance, candidates []plans.Plan, held []Alert, changes []Change, now time.Time) ([]Change, error) {
	if !a.Open() {
		return changes, nil
	}
	for _, before := range held {
		of := slices.IndexFunc(candidates, func(p plans.Plan) bool { return p.ID == before.Plan })
		if of < 0 {
			continue
		}
		at, after := slices.IndexFunc(changes, func(c Change) bool { return c.Alert.ID == before.ID }), before
		if at >= 0 {
			after = changes[at].Alert
		}
		var tell []Told
		var err error
		switch p := candidates[of]; {
		case p.Status == plans.Revoked || p.Status == plans.EnteredInError:
			tell, err = recallIn(tx, after, p, now)
		case after.Open() && !before.Open():
			tell, err = takeBack(tx, after)
		}
		switch {
		case err != nil:
			return nil, err
		case len(tell) == 0:
		case at >= 0:
			changes[at].Tell = append(changes[at].Tell, tell...)
		default:
			changes = append(changes, Change{before, false, tell})
		}
	}
	return changes, nil
}

// recallIn recalls a plan in the departments that were shown it, but for the one that the alert tells.
func recallIn(tx Tx, alert Alert, p plans.Plan, now time.Time) ([]Told, error) {
	shown, err := tx.ShownIn(alert.ID)
	if err != nil || len(shown) == 0 {
		return nil, err
	}
	known, err := tx.RecallsOf(alert.ID)
	if err != nil {
		return nil, err
	}
	var tell []Told
	_, reason := p.Live(now)
	for _, s := range shown {
		isKnown := slices.ContainsFunc(known, func(r DepartmentRecall) bool { return r.Department == s.Department && r.Reason == reason })
		if isKnown || alert.Recall != nil && s.Department == alert.Department {
			continue
		}
		if err := tx.SaveRecallIn(alert.ID, DepartmentRecall{s.Department, reason, s.Version, Recall{At: now, Version: p.Version}}); err != nil {
			return nil, err
		}
		tell = append(tell, Told{journal.AlertWithdrawn, s.Department, reason})
	}
	return tell, nil
}

// takeBack ends the recalls of a plan that holds again.
func takeBack(tx Tx, alert Alert) ([]Told, error) {
	known, err := tx.RecallsOf(alert.ID)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	var tell []Told
	for _, r := range known {
		if r.Seen.IsZero() && r.Department != alert.Department {
			tell = append(tell, Told{journal.AlertWithdrawn, r.Department, "the plan holds again"})
		}
	}
	return tell, tx.DropRecalls(alert.ID)
}

// Seen is somebody who has seen a recall.
type Seen struct {
	By journal.Actor
	At time.Time
}

// SeeRecall records that somebody in a department has seen that a plan was recalled, wherever the patient is now. The first takes the recall off the board; each
// further actor is recorded, too. The same actor again changes nothing and is no error.
//
// Errors: ErrNoAlert; ErrNotOpen if the alert is no recall in this department.
func (d *Desk) SeeRecall(ctx context.Context, id, department string, actor journal.Actor) error {
	now := d.now()
	err := d.store.Write(ctx, func(tx Tx) error {
		alert, err := tx.Alert(id)
		if err != nil {
			return err
		}
		if err = tx.Lock("attendance:" + alert.Attendance); err != nil {
			return err
		}
		if alert, err = tx.Alert(id); err != nil { // as it is now that nobody else can change it
			return err
		}
		if alert.Recall == nil || !alert.ShownIn(department) {
			return seeElsewhere(tx, alert, department, Seen{actor, now})
		}
		isNew, err := tx.SaveRecallSeen(id, alert.Recall.Version, Seen{actor, now})
		if err != nil || !isNew {
			return err
		}
		if alert.Recall.Seen.IsZero() {
			seen := *alert.Recall
			seen.Seen = now
			alert.Recall = &seen
			if err := tx.SaveAlert(alert, false); err != nil {
				return err
			}
		}
		for _, t := range alert.tell(journal.AlertRecallSeen, "") {
			entry := journal.Entry{Time: now, Kind: t.Kind, Actor: actor, Room: t.Room, Subject: alert.ID, Version: alert.Recall.Version}
			if err := tx.Append(entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("see the recall %s: %w", id, err)
	}
	return nil
}

// seeElsewhere records who has seen a recall in a department that the patient has left.
func seeElsewhere(tx Tx, alert Alert, department string, by Seen) error {
	known, err := tx.RecallsOf(alert.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(known, func(r DepartmentRecall) bool { return r.Department == department })
	if at < 0 {
		return ErrNotOpen
	}
	r := known[at]
	isNew, err := tx.SaveRecallSeenIn(alert.ID, department, r.Version, by)
	if err != nil || !isNew {
		return err
	}
	if r.Seen.IsZero() {
		r.Seen = by.At
		if err := tx.SaveRecallIn(alert.ID, r); err != nil {
			return err
		}
	}
	return tx.Append(journal.Entry{Time: by.At, Kind: journal.AlertRecallSeen, Actor: by.By, Room: department, Subject: alert.ID, Version: r.Version})
}
