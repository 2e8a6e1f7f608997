package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

var (
	canaryNote      = statement("canary_note")
	canaryDisplayed = statement("canary_displayed")
	canaryList      = statement("canary_list")
	canaryAlarm     = statement("canary_alarm")
	canaryBack      = statement("canary_back")
	canaryAlarms    = statement("canary_alarms")
)

// NoteCanary implements [alerts.CanaryTx].
func (tx deskTx) NoteCanary(department string, at, since time.Time) (bool, error) {
	n, err := tx.Exec(canaryNote, Args{"department": department, "at": at, "since": since})
	return n == 1, err
}

// CanaryDisplayed notes that a screen of the department showed the canary.
func (s *Store) CanaryDisplayed(ctx context.Context, department string, at time.Time) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(canaryDisplayed, Args{"department": department, "at": at})
		return err
	})
	if err != nil {
		return fmt.Errorf("note that %s showed the canary: %w", department, err)
	}
	return nil
}

// CanariesDisplayed is when a screen last showed the canary in each department, on any node.
func (s *Store) CanariesDisplayed(ctx context.Context) (map[string]time.Time, error) {
	var rows []struct {
		Department string    `db:"department"`
		Passed     time.Time `db:"passed"`
		Displayed  time.Time `db:"displayed"`
	}
	if err := s.db.Select(ctx, &rows, canaryList, nil); err != nil {
		return nil, fmt.Errorf("list the canaries: %w", err)
	}
	shown := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		shown[r.Department] = r.Displayed
	}
	return shown, nil
}

// canaryLease is the lease of whoever tells that the canary does not come through to a department.
func canaryLease(department string) string { return "canary " + department }

// AlarmCanary makes a node the one that tells until an instant that the canary does not come through to a department, and journals that if it
// is news. Of several nodes that say so one tells, and told is false for the others; so it is when whoever told before is gone, and this
// node takes over.
func (s *Store) AlarmCanary(ctx context.Context, department, node string, now, until time.Time, why string) (told bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		ours, err := takeLease(tx, canaryLease(department), node, now, until)
		if err != nil || !ours {
			return err
		}
		n, err := tx.Exec(canaryAlarm, Args{"department": department, "at": now})
		if told = err == nil && n == 1; !told {
			return err
		}
		return appendEntry(tx, journal.Entry{Time: now, Kind: journal.CanaryMissed, Actor: journal.Service, Subject: department, Reason: why})
	})
	if err != nil {
		return false, fmt.Errorf("tell that the canary does not come through to %s: %w", department, err)
	}
	return told, nil
}

// LeaveCanary ends a node's part in an alarm: another node for which it goes on may take it over.
func (s *Store) LeaveCanary(ctx context.Context, department, node string, now time.Time) error {
	_, err := s.TakeLease(ctx, canaryLease(department), node, now, now)
	return err
}

// CanaryBack journals that the canary comes through to a department again, once: when nobody has said for a while that it does not, and
// it has come through since that was journalled. told is false for all other nodes, and before.
func (s *Store) CanaryBack(ctx context.Context, department string, now time.Time, quiet time.Duration) (told bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		// The lease is taken as nobody, and for no time: it only shows that it has been free.
		free, err := takeLease(tx, canaryLease(department), "", now.Add(-quiet), now.Add(-quiet))
		if err != nil || !free {
			return err
		}
		n, err := tx.Exec(canaryBack, Args{"department": department})
		if told = err == nil && n == 1; !told {
			return err
		}
		return appendEntry(tx, journal.Entry{Time: now, Kind: journal.CanaryBack, Actor: journal.Service, Subject: department})
	})
	if err != nil {
		return false, fmt.Errorf("tell that the canary comes through to %s again: %w", department, err)
	}
	return told, nil
}

// CanaryAlarms are the departments whose alarm is journalled and not taken back.
func (s *Store) CanaryAlarms(ctx context.Context) ([]string, error) {
	var ids []string
	if err := s.db.Select(ctx, &ids, canaryAlarms, nil); err != nil {
		return nil, fmt.Errorf("list the canary's alarms: %w", err)
	}
	return ids, nil
}
