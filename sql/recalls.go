package sql

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	recallOfPlan     = statement("recall_of_plan")
	recallLeftOfPlan = statement("recall_left_of_plan")
	recallOfAlert    = statement("recall_of_alert")
	recallOnBoard    = statement("recall_on_board")
	recallKeep       = statement("recall_keep")
	recallDrop       = statement("recall_drop")
	recallSeenAdd    = statement("recall_seen_add")
	shownKeep        = statement("shown_keep")
	shownIn          = statement("shown_in")
)

// NoteShown implements [alerts.RecallTx].
func (tx deskTx) NoteShown(alert string, s alerts.Shown) error {
	_, err := tx.Exec(shownKeep, Args{"alert": alert, "department": s.Department, "version": s.Version})
	return err
}

// ShownIn implements [alerts.RecallTx].
func (tx deskTx) ShownIn(alert string) ([]alerts.Shown, error) {
	var all []alerts.Shown
	return all, tx.Select(&all, shownIn, Args{"alert": alert})
}

type departmentRecallRow struct {
	Alert      string    `db:"alert"`
	Department string    `db:"department"`
	Version    int       `db:"version"`
	Shown      int       `db:"shown"`
	Reason     string    `db:"reason"`
	At         time.Time `db:"at"`
	SeenAt     time.Time `db:"seen_at"`
}

func (r departmentRecallRow) recall() alerts.DepartmentRecall {
	return alerts.DepartmentRecall{Department: r.Department, Reason: r.Reason, Shown: r.Shown, Recall: alerts.Recall{At: r.At, Version: r.Version, Seen: r.SeenAt}}
}

// recallsOf are the recalls of an alert where the patient is no longer.
func recallsOf(from Reader, alert string) ([]alerts.DepartmentRecall, error) {
	var rows []departmentRecallRow
	if err := from.Select(&rows, recallOfAlert, Args{"alert": alert}); err != nil {
		return nil, err
	}
	return collect(rows, func(r departmentRecallRow) (alerts.DepartmentRecall, error) { return r.recall(), nil })
}

// recallsOnBoard makes the alerts of patients who have left the department the recalls that it has to see.
func recallsOnBoard(from Reader, department string, board []alerts.Sight) error {
	var rows []departmentRecallRow
	if err := from.Select(&rows, recallOnBoard, Args{"department": department}); err != nil {
		return err
	}
	for _, r := range rows {
		for i := range board {
			if board[i].Alert.ID != r.Alert {
				continue
			}
			board[i].Recalls = append(board[i].Recalls, r.recall())
			if _, told := board[i].RecallIn(department); told {
				board[i] = board[i].From(department)
			}
		}
	}
	return nil
}

// RecallsOf implements [alerts.RecallTx].
func (tx deskTx) RecallsOf(alert string) ([]alerts.DepartmentRecall, error) {
	return recallsOf(tx.Tx, alert)
}

// SaveRecallIn implements [alerts.RecallTx].
func (tx deskTx) SaveRecallIn(alert string, r alerts.DepartmentRecall) error {
	_, err := tx.Exec(recallKeep, &departmentRecallRow{alert, r.Department, r.Version, r.Shown, r.Reason, r.At, r.Seen})
	return err
}

// DropRecalls implements [alerts.RecallTx].
func (tx deskTx) DropRecalls(alert string) error {
	_, err := tx.Exec(recallDrop, Args{"alert": alert})
	return err
}

// SaveRecallSeenIn implements [alerts.RecallTx].
func (tx deskTx) SaveRecallSeenIn(alert, department string, version int, by alerts.Seen) (bool, error) {
	n, err := tx.Exec(recallSeenAdd, Args{
		"alert": alert, "department": department, "version": version, "actor": by.By.Name, "role": by.By.Role, "organisation": by.By.Organisation, "at": by.At,
	})
	return n == 1, err
}

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
func (s *Store) Recalls(ctx context.Context, plan string) (all []alerts.Recalled, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		there, err := recalled(from, recallOfPlan, plan)
		if err != nil {
			return err
		}
		left, err := recalled(from, recallLeftOfPlan, plan)
		all = append(there, left...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the recalls of plan %s: %w", plan, err)
	}
	slices.SortStableFunc(all, func(x, y alerts.Recalled) int {
		return cmp.Or(x.Recall.At.Compare(y.Recall.At), cmp.Compare(x.Alert, y.Alert))
	})
	return all, nil
}

func recalled(from Reader, by *Statement, plan string) ([]alerts.Recalled, error) {
	var rows []recallRow
	if err := from.Select(&rows, by, Args{"plan": plan}); err != nil {
		return nil, err
	}
	var out []alerts.Recalled
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Alert != r.Alert || out[len(out)-1].Department != r.Department {
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
