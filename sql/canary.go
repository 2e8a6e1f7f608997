package sql

import (
	"context"
	"fmt"
	"time"
)

var (
	canaryNote      = statement("canary_note")
	canaryDisplayed = statement("canary_displayed")
	canaryList      = statement("canary_list")
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
