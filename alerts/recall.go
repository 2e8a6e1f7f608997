package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
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

// Seen is somebody who has seen a recall.
type Seen struct {
	By journal.Actor
	At time.Time
}

// SeeRecall records that somebody in a department has seen that a plan was recalled. The first takes the recall off the board; each
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
			return ErrNotOpen
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
