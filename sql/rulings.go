package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

var (
	attendanceWithID   = statement("attendance_with_id")
	rulingOfAttendance = statement("ruling_of_attendance")
	rulingKeep         = statement("ruling_keep")
	rulingOpenAll      = statement("ruling_open_all")
	rulingGet          = statement("ruling_get")
	rulingRuledOut     = statement("ruling_ruled_out")
)

type rulingRow struct {
	Attendance   string    `db:"attendance"`
	Plan         string    `db:"plan"`
	Answer       string    `db:"answer"`
	Actor        string    `db:"actor"`
	Role         string    `db:"role"`
	Organisation string    `db:"organisation"`
	At           time.Time `db:"at"`
	Seen         string    `db:"seen"`
}

func (r rulingRow) ruling() (alerts.Ruling, error) {
	said := alerts.Ruling{
		Attendance: r.Attendance, Plan: r.Plan, Answer: alerts.Identification(r.Answer), At: r.At,
		By: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.Organisation},
	}
	if err := json.Unmarshal([]byte(r.Seen), &said.Seen); err != nil {
		return said, fmt.Errorf("read the ruling on attendance %s and plan %s: %w", r.Attendance, r.Plan, err)
	}
	return said, nil
}

// AttendanceWithID implements [alerts.Tx].
func (tx deskTx) AttendanceWithID(id string) (alerts.Attendance, bool, error) {
	var row attendanceRow
	err := tx.Get(&row, attendanceWithID, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		return alerts.Attendance{}, false, nil
	}
	if err != nil {
		return alerts.Attendance{}, false, err
	}
	a, err := row.attendance()
	return a, err == nil, err
}

// RulingsOf implements [alerts.Tx].
func (tx deskTx) RulingsOf(attendance string) ([]alerts.Ruling, error) {
	var rows []rulingRow
	if err := tx.Select(&rows, rulingOfAttendance, Args{"attendance": attendance}); err != nil {
		return nil, err
	}
	return collect(rows, rulingRow.ruling)
}

// OpenRulings implements [alerts.Evidence].
func (s *Store) OpenRulings(ctx context.Context) ([]alerts.Ruling, error) {
	var rows []rulingRow
	if err := s.db.Select(ctx, &rows, rulingOpenAll, nil); err != nil {
		return nil, fmt.Errorf("read the rulings on open attendances: %w", err)
	}
	return collect(rows, rulingRow.ruling)
}

// SaveRuling implements [alerts.Tx].
func (tx deskTx) SaveRuling(said alerts.Ruling) error {
	seen, err := json.Marshal(said.Seen)
	if err != nil {
		return fmt.Errorf("write a ruling: %w", err)
	}
	_, err = tx.Exec(rulingKeep, &rulingRow{
		said.Attendance, said.Plan, string(said.Answer), said.By.Name, said.By.Role, said.By.Organisation, said.At, string(seen),
	})
	return err
}

// Pair returns an alert with what was said about whom it is about, or alerts.ErrNoAlert.
func (s *Store) Pair(ctx context.Context, alert string) (alerts.Pair, error) {
	var pair alerts.Pair
	err := s.db.Read(ctx, func(from Reader) error {
		var err error
		pair, err = pairOf(from, alert)
		return err
	})
	if err != nil {
		return alerts.Pair{}, fmt.Errorf("read alert %s and what was said of it: %w", alert, err)
	}
	return pair, nil
}

// pairOf reads an alert and what was said of it.
func pairOf(from Reader, alert string) (pair alerts.Pair, err error) {
	rows, err := selectAmong[sightRow](from, sightOf, []string{alert})
	if err != nil {
		return pair, err
	}
	if len(rows) == 0 {
		return pair, alerts.ErrNoAlert
	}
	if pair.Sight, err = rows[0].sight(); err != nil {
		return pair, err
	}
	var said rulingRow
	err = from.Get(&said, rulingGet, Args{"attendance": pair.Alert.Attendance, "plan": pair.Alert.Plan})
	if errors.Is(err, ErrNoRows) {
		return pair, nil
	}
	if err != nil {
		return pair, err
	}
	ruling, err := said.ruling()
	pair.Ruling = &ruling
	return pair, err
}

// RuledOut returns the alerts of those who are in a department now of which somebody said that the plan is not the patient's, and which do
// not stand, with what was said.
func (s *Store) RuledOut(ctx context.Context, department string) ([]alerts.Pair, error) {
	var out []alerts.Pair
	err := s.db.Read(ctx, func(from Reader) error {
		var ids []struct {
			ID string `db:"id"`
		}
		if err := from.Select(&ids, rulingRuledOut, Args{"department": department}); err != nil {
			return err
		}
		for _, id := range ids { // a handful in a department at a time
			pair, err := pairOf(from, id.ID)
			if err != nil {
				return err
			}
			out = append(out, pair)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was ruled out in %s: %w", department, err)
	}
	return out, nil
}
