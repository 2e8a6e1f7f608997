package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

var recallOfPlan = statement("recall_of_plan")

// SaveRecallSeen implements [alerts.Tx].
func (tx deskTx) SaveRecallSeen(alert string, version int, by alerts.Seen) (bool, error) {
	return keepReceipt(tx.Tx, subscribers.Receipt{Alert: alert, Kind: journal.AlertRecallSeen, Actor: by.By, Version: version, At: by.At})
}

type recallRow struct {
	Alert        string    `db:"alert"`
	Attendance   string    `db:"attendance"`
	Department   string    `db:"department"`
	Reason       string    `db:"state_reason"`
	Shown        int       `db:"version"`
	RecalledAt   time.Time `db:"recalled_at"`
	Version      int       `db:"recall_version"`
	SeenAt       time.Time `db:"recall_seen_at"`
	Actor        string    `db:"actor"`
	Role         string    `db:"role"`
	Organisation string    `db:"organisation"`
	At           time.Time `db:"at"`
}

// Recalls lists where a plan had been shown before it was recalled, in the order of the recalls, and who has seen each of them.
func (s *Store) Recalls(ctx context.Context, plan string) ([]alerts.Recalled, error) {
	var rows []recallRow
	if err := s.db.Select(ctx, &rows, recallOfPlan, Args{"plan": plan}); err != nil {
		return nil, fmt.Errorf("list the recalls of plan %s: %w", plan, err)
	}
	var out []alerts.Recalled
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Alert != r.Alert {
			out = append(out, alerts.Recalled{
				Alert: r.Alert, Attendance: r.Attendance, Department: r.Department, Reason: r.Reason, Shown: r.Shown,
				Recall: alerts.Recall{At: r.RecalledAt, Version: r.Version, Seen: r.SeenAt},
			})
		}
		if r.Actor != "" {
			last := &out[len(out)-1]
			last.SeenBy = append(last.SeenBy, alerts.Seen{By: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.Organisation}, At: r.At})
		}
	}
	return out, nil
}
