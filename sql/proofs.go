package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	attendanceOpenAll = statement("attendance_open_all")
	planPage          = statement("plan_page")
	alertStanding     = statement("alert_standing")
	proofAdd          = statement("proof_add")
	proofNewest       = statement("proof_newest")
	proofGet          = statement("proof_get")
)

var (
	_ alerts.Evidence = (*Store)(nil)
	_ alerts.Proofs   = (*Store)(nil)
)

// OpenAttendances implements [alerts.Evidence].
func (s *Store) OpenAttendances(ctx context.Context) ([]alerts.Attendance, error) {
	var rows []attendanceRow
	if err := s.db.Select(ctx, &rows, attendanceOpenAll, nil); err != nil {
		return nil, fmt.Errorf("read the open attendances: %w", err)
	}
	return collect(rows, attendanceRow.attendance)
}

// PlansAfter implements [alerts.Evidence].
func (s *Store) PlansAfter(ctx context.Context, id string, limit int, to []plans.Plan) ([]plans.Plan, error) {
	var row planRow
	err := s.db.Each(ctx, &row, planPage, Args{"after": id, "limit": limit}, func() error {
		p, err := row.plan()
		to = append(to, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the plans: %w", err)
	}
	return to, nil
}

type standingRow struct {
	Alert        alertRow    `db:"alert"`
	Organisation string      `db:"organisation"`
	Visit        string      `db:"visit"`
	Patient      cipherBytes `db:"patient"`
}

// StandingAlerts implements [alerts.Evidence].
func (s *Store) StandingAlerts(ctx context.Context) ([]alerts.Standing, error) {
	var rows []standingRow
	if err := s.db.Select(ctx, &rows, alertStanding, nil); err != nil {
		return nil, fmt.Errorf("read the standing alerts: %w", err)
	}
	var out []alerts.Standing
	for _, r := range rows {
		a := r.Alert.alert()
		if !a.Open() {
			continue
		}
		visit, err := visitRow{a.Attendance, r.Organisation, r.Visit, r.Patient}.visit()
		if err != nil {
			return nil, fmt.Errorf("read the standing alerts: %w", err)
		}
		out = append(out, alerts.Standing{Alert: a, Visit: visit})
	}
	return out, nil
}

type proofRow struct {
	ID          string    `db:"id"`
	Began       time.Time `db:"began"`
	Ended       time.Time `db:"ended"`
	Visits      int       `db:"visits"`
	Plans       int       `db:"plans"`
	Expected    int       `db:"expected"`
	Found       int       `db:"found"`
	Differences int       `db:"differences"`
	Mended      bool      `db:"mended"`
	Findings    string    `db:"findings"`
}

// KeepProof implements [alerts.Proofs].
func (s *Store) KeepProof(ctx context.Context, p alerts.Proof, by journal.Actor) error {
	findings, err := json.Marshal(p.Findings)
	if err != nil {
		return fmt.Errorf("write the findings of proof %s: %w", p.ID, err)
	}
	row := proofRow{p.ID, p.Began, p.Ended, p.Visits, p.Plans, p.Expected, p.Found, len(p.Findings), p.Mended(), string(findings)}
	err = s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(proofAdd, &row); err != nil {
			return err
		}
		return appendEntry(tx, journal.Entry{Time: p.Ended, Kind: journal.ProofEnded, Actor: by, Subject: p.ID, Reason: p.Outcome()})
	})
	if err != nil {
		return fmt.Errorf("keep proof %s: %w", p.ID, err)
	}
	return nil
}

// Proofs implements [alerts.Proofs].
func (s *Store) Proofs(ctx context.Context, limit int) ([]alerts.Proof, error) {
	var rows []proofRow
	if err := s.db.Select(ctx, &rows, proofNewest, Args{"limit": limit}); err != nil {
		return nil, fmt.Errorf("read the proofs: %w", err)
	}
	return collect(rows, proofRow.proof)
}

// Proof is one report. Error: alerts.ErrNoProof.
func (s *Store) Proof(ctx context.Context, id string) (alerts.Proof, error) {
	var row proofRow
	err := s.db.Get(ctx, &row, proofGet, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		err = alerts.ErrNoProof
	}
	if err != nil {
		return alerts.Proof{}, fmt.Errorf("read proof %s: %w", id, err)
	}
	return row.proof()
}

func (r proofRow) proof() (alerts.Proof, error) {
	p := alerts.Proof{ID: r.ID, Began: r.Began, Ended: r.Ended, Visits: r.Visits, Plans: r.Plans, Expected: r.Expected, Found: r.Found}
	if err := json.Unmarshal([]byte(r.Findings), &p.Findings); err != nil {
		return p, fmt.Errorf("read the findings of proof %s: %w", r.ID, err)
	}
	return p, nil
}
