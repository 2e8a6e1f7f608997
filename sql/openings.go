package sql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/privacy"
)

var (
	openingAdd      = statement("opening_add")
	openingGet      = statement("opening_get")
	openingStanding = statement("opening_standing")
	openingWaiting  = statement("opening_waiting")
	openingJudged   = statement("opening_judged")
	openingOfPlan   = statement("opening_of_plan")
	openingOfCentre = statement("opening_of_centre")
	openingJudge    = statement("opening_judge")
)

// The sealed columns of openings: what people wrote may name the patient.
const (
	openingWords   = "opening.words"
	openingFinding = "opening.finding"
)

var _ privacy.Openings = (*Store)(nil)

type openingRow struct {
	ID       string     `db:"id"`
	Plan     string     `db:"plan"`
	Centre   string     `db:"centre"`
	Alert    string     `db:"alert"`
	Actor    string     `db:"actor"`
	Role     string     `db:"role"`
	ActorOrg string     `db:"actor_org"`
	Glass    int        `db:"glass"`
	Special  int        `db:"special"`
	Why      string     `db:"why"`
	Words    cipherText `db:"words"`
	At       time.Time  `db:"at"`
	Until    time.Time  `db:"until"`
	findingRow
}

// findingRow is what a second person found; judged is zero until somebody did.
type findingRow struct {
	JudgedAt   time.Time  `db:"judged_at"`
	JudgedBy   string     `db:"judged_by"`
	JudgedRole string     `db:"judged_role"`
	JudgedOrg  string     `db:"judged_org"`
	Upheld     int        `db:"upheld"`
	Finding    cipherText `db:"finding"`
}

func (r openingRow) opening() (privacy.Opening, error) {
	words, err := r.Words.open(openingWords, r.ID)
	if err != nil {
		return privacy.Opening{}, err
	}
	o := privacy.Opening{
		ID: r.ID, Plan: r.Plan, Centre: r.Centre, Alert: r.Alert, By: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.ActorOrg},
		Glass: r.Glass == 1, Special: r.Special == 1, Why: privacy.Why(r.Why), Words: words, At: r.At, Until: r.Until,
	}
	if !r.JudgedAt.IsZero() {
		found, err := r.Finding.open(openingFinding, r.ID)
		if err != nil {
			return privacy.Opening{}, err
		}
		o.Finding = &privacy.Finding{By: journal.Actor{Name: r.JudgedBy, Role: r.JudgedRole, Organisation: r.JudgedOrg}, At: r.JudgedAt, Upheld: r.Upheld == 1, Words: found}
	}
	return o, nil
}

// bit is a truth as both engines keep it in a number.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// KeepOpening implements [privacy.Openings].
func (s *Store) KeepOpening(ctx context.Context, o privacy.Opening) error {
	row := openingRow{
		ID: o.ID, Plan: o.Plan, Centre: o.Centre, Alert: o.Alert, Actor: o.By.Name, Role: o.By.Role, ActorOrg: o.By.Organisation,
		Glass: bit(o.Glass), Special: bit(o.Special), Why: string(o.Why), At: o.At, Until: o.Until,
	}
	err := s.db.Write(ctx, func(tx *Tx) error {
		row.Words = tx.conn.ring().sealText(openingWords, o.ID, o.Words)
		if _, err := tx.Exec(openingAdd, &row); err != nil {
			return err
		}
		return appendEntry(tx, o.Entry())
	})
	if err != nil {
		return fmt.Errorf("keep the opening of plan %s: %w", o.Plan, err)
	}
	return nil
}

// Opening implements [privacy.Openings].
func (s *Store) Opening(ctx context.Context, id string) (privacy.Opening, error) {
	return s.opening(ctx, openingGet, Args{"id": id})
}

// StandingOpening implements [privacy.Openings].
func (s *Store) StandingOpening(ctx context.Context, by journal.Actor, plan string, now time.Time) (privacy.Opening, error) {
	return s.opening(ctx, openingStanding, Args{"plan": plan, "actor": by.Name, "role": by.Role, "actor_org": by.Organisation, "now": now})
}

func (s *Store) opening(ctx context.Context, st *Statement, args Args) (privacy.Opening, error) {
	var row openingRow
	err := s.db.Get(ctx, &row, st, args)
	if errors.Is(err, ErrNoRows) {
		return privacy.Opening{}, privacy.ErrNoOpening
	}
	if err != nil {
		return privacy.Opening{}, fmt.Errorf("find an opening: %w", err)
	}
	return row.opening()
}

// Broken implements [privacy.Openings].
func (s *Store) Broken(ctx context.Context, since time.Time, limit int) ([]privacy.Opening, error) {
	waiting, err := s.openings(ctx, openingWaiting, Args{"limit": limit})
	if err != nil || len(waiting) == limit {
		return waiting, err
	}
	judged, err := s.openings(ctx, openingJudged, Args{"since": since, "limit": limit - len(waiting)})
	return append(waiting, judged...), err
}

// OpeningsOf implements [privacy.Openings].
func (s *Store) OpeningsOf(ctx context.Context, plan string) ([]privacy.Opening, error) {
	return s.openings(ctx, openingOfPlan, Args{"plan": plan})
}

// OpeningsFor implements [privacy.Openings].
func (s *Store) OpeningsFor(ctx context.Context, centre string, since time.Time, limit int) ([]privacy.Opening, error) {
	return s.openings(ctx, openingOfCentre, Args{"centre": centre, "since": since, "limit": limit})
}

func (s *Store) openings(ctx context.Context, st *Statement, args Args) ([]privacy.Opening, error) {
	var rows []openingRow
	if err := s.db.Select(ctx, &rows, st, args); err != nil {
		return nil, fmt.Errorf("list openings: %w", err)
	}
	return collect(rows, openingRow.opening)
}

// KeepFinding implements [privacy.Openings].
func (s *Store) KeepFinding(ctx context.Context, o privacy.Opening, f privacy.Finding) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		kept, err := tx.Exec(openingJudge, &struct {
			ID string `db:"id"`
			findingRow
		}{o.ID, findingRow{f.At, f.By.Name, f.By.Role, f.By.Organisation, bit(f.Upheld), tx.conn.ring().sealText(openingFinding, o.ID, f.Words)}})
		if err == nil && kept == 0 {
			err = privacy.ErrJudged
		}
		if err != nil {
			return err
		}
		return appendEntry(tx, f.Entry(o))
	})
	if err != nil {
		return fmt.Errorf("keep what was found about opening %s: %w", o.ID, err)
	}
	return nil
}
