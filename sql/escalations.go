package sql

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
)

var (
	escalationMissing   = statement("escalation_missing")
	escalationBegin     = statement("escalation_begin")
	escalationAnyDue    = statement("escalation_any_due")
	escalationDue       = statement("escalation_due")
	escalationKeep      = statement("escalation_keep")
	escalationStepAdd   = statement("escalation_step_add")
	escalationSteps     = statement("escalation_steps")
	escalationAlarms    = statement("escalation_alarms")
	escalationAlarmOver = statement("escalation_alarm_over")
)

var _ subscribers.Escalations = (*Store)(nil)

// BeginEscalations implements [subscribers.Escalations]. What is missing is looked for once, outside of the transactions: it takes a look at every
// alert that waits.
func (s *Store) BeginEscalations(ctx context.Context, now time.Time, limit int) error {
	var ids []string
	if err := s.db.Select(ctx, &ids, escalationMissing, nil); err != nil {
		return fmt.Errorf("find alerts without an escalation: %w", err)
	}
	for some := range slices.Chunk(ids, limit) {
		err := s.db.Write(ctx, func(tx *Tx) error {
			for _, id := range some {
				if _, err := tx.Exec(escalationBegin, Args{"alert": id, "now": now}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("begin %d escalations: %w", len(some), err)
		}
	}
	return nil
}

// clockSkew is how far ahead a step may lie without being looked at again; package escalation has the rule.
const clockSkew = time.Minute

type dueRow struct {
	Alert         string    `db:"alert"`
	Department    string    `db:"department"`
	First         int       `db:"first"`
	Taken         int       `db:"taken"`
	Since         time.Time `db:"since"`
	Wait          int64     `db:"wait"`
	Open          bool      `db:"open"`
	State         string    `db:"state"`
	StateReason   string    `db:"state_reason"`
	Centre        string    `db:"centre"`
	Urgency       string    `db:"urgency"`
	NowDepartment string    `db:"now_department"`
}

func (r dueRow) standing() subscribers.Standing {
	s := subscribers.Standing{
		Alert: r.Alert, Department: r.Department, Centre: r.Centre, Urgency: plans.Urgency(r.Urgency),
		Progress: escalation.Progress{Taken: r.Taken, Since: r.Since, Wait: time.Duration(r.Wait) * time.Microsecond},
	}
	s.Waits = r.Open && r.State == string(alerts.Raised)
	switch {
	case s.Waits:
	case r.StateReason != "":
		s.Settled = r.StateReason
	default:
		s.Settled = r.State
	}
	return s
}

// Escalate implements [subscribers.Escalations].
func (s *Store) Escalate(ctx context.Context, now time.Time, limit int, decide func(subscribers.Standing) []subscribers.Decided) (looked int, err error) {
	due := Args{"now": now, "ahead": now.Add(clockSkew), "limit": limit}
	var some []string
	if err := s.db.Select(ctx, &some, escalationAnyDue, Args{"now": now, "ahead": now.Add(clockSkew)}); err != nil {
		return 0, fmt.Errorf("find escalations that are due: %w", err)
	}
	if len(some) == 0 {
		return 0, nil
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		var rows []dueRow
		if err := tx.Select(&rows, escalationDue, due); err != nil {
			return err
		}
		looked = len(rows)
		var told []journal.Entry
		for _, r := range rows {
			standing := r.standing()
			if standing.Waits && r.Department != r.NowDepartment {
				if _, err := tx.Exec(escalationBegin, Args{"alert": r.Alert, "now": now}); err != nil {
					return err
				}
				continue
			}
			entries, err := keepDecisions(tx, r, decide(standing))
			if err != nil {
				return err
			}
			told = append(told, entries...)
		}
		for _, e := range told { // the journal's counter is locked last
			if err := appendEntry(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("keep what was decided about %d escalations: %w", looked, err)
	}
	return looked, nil
}

// keepDecisions writes what was decided about an escalation, one decision after the other, and returns the entries that tell of it.
func keepDecisions(tx *Tx, r dueRow, all []subscribers.Decided) (told []journal.Entry, err error) {
	keep := Args{"alert": r.Alert, "taken": r.Taken, "since": r.Since, "wait": r.Wait, "due": time.Time{}, "settled": "", "alarmed": time.Time{}}
	for _, d := range all {
		keep["taken"], keep["since"], keep["wait"] = d.Then.Taken, d.Then.Since, d.Then.Wait.Microseconds()
		keep["due"], keep["settled"] = d.Then.Due(), ""
		switch d.Act {
		case escalation.Over:
			keep["due"], keep["settled"] = time.Time{}, d.Reason
		case escalation.Taking:
			if err := addStep(tx, r, d); err != nil {
				return nil, err
			}
			if d.Of.To == escalation.Alarm {
				keep["alarmed"] = d.At
			}
			if e, ok := entryOfStep(r, d); ok {
				told = append(told, e)
			}
		}
	}
	_, err = tx.Exec(escalationKeep, keep)
	return told, err
}

// addStep writes a step, and what is to be sent for it.
func addStep(tx *Tx, r dueRow, d subscribers.Decided) error {
	number := r.First + d.Step
	_, err := tx.Exec(escalationStepAdd, Args{
		"alert": r.Alert, "step": number, "name": d.Of.Name, "whom": string(d.Of.To), "rota": d.Of.Rota, "person": d.Person, "tells": d.Tells,
		"reason": d.Reason, "at": d.At,
	})
	if err != nil {
		return err
	}
	return addDeliveries(tx, r.Alert, number, d.Tell)
}

// entryOfStep tells of a step in the journal. What the board shows anyway is told there already.
func entryOfStep(r dueRow, d subscribers.Decided) (e journal.Entry, ok bool) {
	kind := journal.EscalationStep
	switch d.Of.To {
	case escalation.Board:
		return journal.Entry{}, false
	case escalation.Alarm:
		kind = journal.EscalationAlarm
	}
	return journal.Entry{Time: d.At, Kind: kind, Actor: journal.Service, Subject: r.Alert, Reason: d.Of.Name + ": " + d.Reason}, true
}

// Alarmed implements [subscribers.Escalations].
func (s *Store) Alarmed(ctx context.Context) ([]subscribers.AlarmedAlert, error) {
	var rows []struct {
		Alert      string    `db:"alert"`
		Department string    `db:"department"`
		Alarmed    time.Time `db:"alarmed"`
		Waits      int       `db:"waits"`
	}
	if err := s.db.Select(ctx, &rows, escalationAlarms, nil); err != nil {
		return nil, fmt.Errorf("list the alerts that are an alarm: %w", err)
	}
	var all []subscribers.AlarmedAlert
	for _, r := range rows {
		all = append(all, subscribers.AlarmedAlert{Alert: r.Alert, Department: r.Department, Since: r.Alarmed, Waits: r.Waits == 1})
	}
	return all, nil
}

// EndAlarm implements [subscribers.Escalations].
func (s *Store) EndAlarm(ctx context.Context, alert string) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(escalationAlarmOver, Args{"alert": alert})
		return err
	})
	if err != nil {
		return fmt.Errorf("end the alarm of alert %s: %w", alert, err)
	}
	return nil
}

type takenRow struct {
	Alert  string    `db:"alert"`
	Step   int       `db:"step"`
	Name   string    `db:"name"`
	Whom   string    `db:"whom"`
	Rota   string    `db:"rota"`
	Person string    `db:"person"`
	Tells  bool      `db:"tells"`
	Reason string    `db:"reason"`
	At     time.Time `db:"at"`
}

func (r takenRow) step() (subscribers.TakenStep, error) {
	return subscribers.TakenStep{Alert: r.Alert, Step: r.Step, Name: r.Name, To: escalation.To(r.Whom), Rota: r.Rota, Person: r.Person, Tells: r.Tells, Reason: r.Reason, At: r.At}, nil
}

// StepsOf implements [subscribers.Escalations].
func (s *Store) StepsOf(ctx context.Context, alert string) ([]subscribers.TakenStep, error) {
	var rows []takenRow
	if err := s.db.Select(ctx, &rows, escalationSteps, Args{"alert": alert}); err != nil {
		return nil, fmt.Errorf("read the steps of alert %s: %w", alert, err)
	}
	return collect(rows, takenRow.step)
}
