package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	attendanceLook = statement("attendance_look")
	arrivalPage    = statement("arrival_page")
	arrivalCount   = statement("arrival_count")
	recentAlerts   = statement("recent_alerts")
	recentReceipts = statement("recent_receipts")
	recentEntries  = statement("recent_entries")
	recentOutcomes = statement("recent_outcomes")
)

// checkRow is the last look for the plans of an attendance.
type checkRow struct {
	Attendance string    `db:"attendance"`
	Department string    `db:"department"`
	Arrived    time.Time `db:"arrived"`
	Checked    time.Time `db:"checked"`
	PlansTo    time.Time `db:"plans_to"`
	Found      string    `db:"found"`
}

func (r checkRow) check() alerts.Check {
	return alerts.Check{Attendance: r.Attendance, Department: r.Department, Arrived: r.Arrived, At: r.Checked, PlansTo: r.PlansTo, Found: alerts.Found(r.Found)}
}

// lookRow is a look for plans as it stands beside an attendance: NULL where none was made.
type lookRow struct {
	Department *string   `db:"looked_department"`
	Arrived    time.Time `db:"arrived"`
	Checked    time.Time `db:"checked"`
	// PlansTo is the newest plan of this transaction's own, which the journal has not been told of yet. The statement knows the others.
	PlansTo time.Time `db:"plans_to"`
	Found   *string   `db:"found"`
}

func (tx deskTx) lookRowOf(c alerts.Check) lookRow {
	row := lookRow{&c.Department, c.Arrived, c.At, c.PlansTo, (*string)(&c.Found)}
	for _, saved := range *tx.saved {
		if saved.At.After(row.PlansTo) {
			row.PlansTo = saved.At
		}
	}
	return row
}

// SaveCheck implements [alerts.Tx].
func (tx deskTx) SaveCheck(c alerts.Check) error {
	_, err := tx.Exec(attendanceLook, struct {
		ID string `db:"id"`
		lookRow
	}{c.Attendance, tx.lookRowOf(c)})
	return err
}

var _ subscribers.Arrivals = (*Store)(nil)

type arrivalRow struct {
	checkRow
	Visit attendanceRow `db:"visit"`
}

// Arrivals implements [subscribers.Arrivals].
func (s *Store) Arrivals(ctx context.Context, q subscribers.ArrivalQuery) ([]subscribers.Arrival, error) {
	var rows []arrivalRow
	err := s.db.Select(ctx, &rows, arrivalPage, Args{
		"department": q.Department, "from": q.From, "before": q.Before, "before_id": q.BeforeID, "limit": q.Limit,
	})
	if err != nil {
		return nil, fmt.Errorf("list the arrivals of %s: %w", q.Department, err)
	}
	return collect(rows, func(r arrivalRow) (subscribers.Arrival, error) {
		a, err := r.Visit.attendance()
		return subscribers.Arrival{Attendance: a, Check: r.check()}, err
	})
}

// CountArrivals implements [subscribers.Arrivals].
func (s *Store) CountArrivals(ctx context.Context, department string, from, before time.Time) (subscribers.ArrivalCount, error) {
	var row struct {
		Arrivals  int       `db:"arrivals"`
		WithPlan  int       `db:"with_plan"`
		TooLittle int       `db:"too_little"`
		Checked   time.Time `db:"checked"`
		PlansTo   time.Time `db:"plans_to"`
	}
	err := s.db.Read(ctx, func(in Reader) error {
		return in.Get(&row, arrivalCount, Args{"department": department, "from": from, "before": before})
	})
	if err != nil {
		return subscribers.ArrivalCount{}, fmt.Errorf("count the arrivals of %s: %w", department, err)
	}
	return subscribers.ArrivalCount{Arrivals: row.Arrivals, WithPlan: row.WithPlan, TooLittle: row.TooLittle, Checked: row.Checked, PlansTo: row.PlansTo}, nil
}

// The longest lists of what a department's alerts went through.
const (
	mostRecentReceipts = 5000
	mostRecentEntries  = 5000
)

type recentRow struct {
	Alert       alertRow      `db:"alert"`
	Visit       attendanceRow `db:"visit"`
	PlanConsent string        `db:"plan_consent"`
}

type recentEntryRow struct {
	Subject string    `db:"subject"`
	Kind    string    `db:"kind"`
	At      time.Time `db:"at"`
	Actor   string    `db:"actor"`
	Role    string    `db:"role"`
	Org     string    `db:"actor_org"`
	Reason  string    `db:"reason"`
	Version int       `db:"version"`
}

// RecentAlerts implements [subscribers.Arrivals].
func (s *Store) RecentAlerts(ctx context.Context, department string, since time.Time, limit int) (recent []subscribers.Recent, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		var rows []recentRow
		if err := from.Select(&rows, recentAlerts, Args{"department": department, "since": since, "limit": limit}); err != nil {
			return err
		}
		recent, err = collect(rows, recentRow.recent)
		if err != nil || len(recent) == 0 {
			return err
		}
		at := map[string]*subscribers.Recent{}
		for i := range recent {
			at[recent[i].Alert.ID] = &recent[i]
		}
		var entries []recentEntryRow
		if err := from.Select(&entries, recentEntries, Args{"department": department, "since": since, "limit": mostRecentEntries}); err != nil {
			return err
		}
		for _, e := range entries {
			if r := at[e.Subject]; r != nil {
				r.Entries = append(r.Entries, journal.Entry{
					Kind: journal.Kind(e.Kind), Time: e.At, Actor: journal.Actor{Name: e.Actor, Role: e.Role, Organisation: e.Org},
					Room: department, Subject: e.Subject, Reason: e.Reason, Version: e.Version,
				})
			}
		}
		var receipts []receiptRow
		if err := from.Select(&receipts, recentReceipts, Args{"department": department, "since": since, "limit": mostRecentReceipts}); err != nil {
			return err
		}
		for _, receipt := range receipts {
			if r := at[receipt.Alert]; r != nil {
				r.Receipts = append(r.Receipts, receipt.receipt())
			}
		}
		var outcomes []outcomeRow
		if err := from.Select(&outcomes, recentOutcomes, Args{"department": department, "since": since}); err != nil {
			return err
		}
		for _, o := range outcomes {
			if r := at[o.Alert]; r != nil {
				r.Changed = alerts.Changed(o.Changed)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the recent alerts of %s: %w", department, err)
	}
	return recent, nil
}

func (r recentRow) recent() (subscribers.Recent, error) {
	a, err := r.Visit.attendance()
	return subscribers.Recent{Alert: r.Alert.alert(), Attendance: a, PlanConsent: plans.Consent(r.PlanConsent)}, err
}

func (r receiptRow) receipt() subscribers.Receipt {
	return subscribers.Receipt{
		Alert: r.Alert, Kind: journal.Kind(r.Kind), Actor: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.Organisation}, Screen: r.Screen, Version: r.Version, At: r.At,
	}
}
