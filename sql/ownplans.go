package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	ownPlans      = statement("own_plans")
	ownPlansCount = statement("own_plans_count")
	ownVersions   = statement("own_versions")
	versionsShown = statement("versions_shown")
	ownVersion    = statement("own_version")
	planUses      = statement("plan_uses")
	planReceipts  = statement("plan_receipts")
)

// The longest lists that one page of a centre shows.
const (
	mostVersions = 50
	mostUses     = 100
	mostReceipts = 2000
)

type ownPlanRow struct {
	planRow
	Headline  string    `db:"headline"`
	Author    string    `db:"author"`
	Published time.Time `db:"published"`
	ReviewDue string    `db:"review_due"`
	Alerts    int       `db:"alerts"`
	LastUsed  time.Time `db:"last_used"`
}

func (r ownPlanRow) own() (plans.Own, error) {
	p, err := r.planRow.plan()
	if err != nil {
		return plans.Own{}, err
	}
	p.Headline, p.Author, p.Published = r.Headline, r.Author, r.Published
	return plans.Own{Plan: p, ReviewDue: plans.Date(r.ReviewDue), Alerts: r.Alerts, LastUsed: r.LastUsed}, nil
}

// OwnPlans is a page of a centre's plans in the order of the patients' names, and how many there are in all.
func (s *Store) OwnPlans(ctx context.Context, centre string, q plans.Search) (page []plans.Own, total int, err error) {
	args := Args{"centre": centre, "statuses": "", "nhs_number": q.NHSNumber.Reveal(), "name": "", "typed": "", "due_until": ""}
	if len(q.Statuses) > 0 {
		words := make([]string, len(q.Statuses))
		for i, status := range q.Statuses {
			words[i] = string(status)
		}
		args["statuses"] = " " + strings.Join(words, " ") + " "
	}
	if q.Name != "" {
		typed := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(q.Name) + "%"
		args["name"], args["typed"] = strings.ToLower(typed), typed
	}
	switch q.Review {
	case plans.ReviewOverdue:
		args["due_until"] = string(dayBefore(q.Today))
	case plans.ReviewSoon:
		args["due_until"] = string(q.SoonEnds)
	}
	err = s.db.Read(ctx, func(from Reader) error {
		if err := from.Get(&total, ownPlansCount, args); err != nil {
			return err
		}
		args["limit"], args["from"] = q.Limit, q.From
		var rows []ownPlanRow
		if err := from.Select(&rows, ownPlans, args); err != nil {
			return err
		}
		page, err = collect(rows, ownPlanRow.own)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list the plans of %s: %w", centre, err)
	}
	return page, total, nil
}

func dayBefore(d plans.Date) plans.Date {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return plans.Date(day.AddDate(0, 0, -1).Format(time.DateOnly))
}

// editionRow is one version of a plan as it was published.
type editionRow struct {
	Version   int       `db:"version"`
	Headline  string    `db:"headline"`
	Author    string    `db:"author"`
	Sections  string    `db:"sections"`
	Content   string    `db:"content"`
	Published time.Time `db:"published"`
	Document  []byte    `db:"document"`
	Status    string    `db:"status"`
	Reason    string    `db:"status_reason"`
}

func (r editionRow) edition() (plans.Edition, error) {
	e := plans.Edition{
		Version: r.Version, Status: plans.Status(r.Status), StatusReason: r.Reason, Headline: r.Headline, Author: r.Author, Published: r.Published, Document: r.Document,
	}
	if err := json.Unmarshal([]byte(r.Sections), &e.Sections); err != nil {
		return e, fmt.Errorf("read the sections of version %d: %w", r.Version, err)
	}
	if err := json.Unmarshal([]byte(r.Content), &e.Content); err != nil {
		return e, fmt.Errorf("read the content of version %d: %w", r.Version, err)
	}
	return e, nil
}

// Edition is one version of a plan with its document, or plans.ErrNotFound.
func (s *Store) Edition(ctx context.Context, plan string, version int) (plans.Edition, error) {
	var row editionRow
	err := s.db.Get(ctx, &row, ownVersion, Args{"id": plan, "version": version})
	if errors.Is(err, ErrNoRows) {
		err = plans.ErrNotFound
	}
	if err != nil {
		return plans.Edition{}, fmt.Errorf("read version %d of plan %s: %w", version, plan, err)
	}
	return row.edition()
}

// Editions are the last versions of a plan, at most fifty, the newest first.
func (s *Store) Editions(ctx context.Context, plan string) ([]plans.Edition, error) {
	var rows []editionRow
	if err := s.db.Select(ctx, &rows, ownVersions, Args{"id": plan, "limit": mostVersions}); err != nil {
		return nil, fmt.Errorf("read the versions of plan %s: %w", plan, err)
	}
	editions, err := collect(rows, editionRow.edition)
	if err != nil {
		return nil, fmt.Errorf("read the versions of plan %s: %w", plan, err)
	}
	return editions, nil
}

// VersionsShown are the versions of the plan behind an alert from the one with which it first came before a department on, the newest first;
// none if that is the newest, or if nothing of the plan was ever shown there. Of more than fifty, the first and the last fifty.
func (s *Store) VersionsShown(ctx context.Context, alert, department string) ([]plans.Edition, error) {
	var rows []shownEditionRow
	if err := s.db.Select(ctx, &rows, versionsShown, Args{"alert": alert, "department": department, "most": mostVersions}); err != nil {
		return nil, fmt.Errorf("read the versions that %s was shown on alert %s: %w", department, alert, err)
	}
	editions, err := collect(rows, shownEditionRow.edition)
	if err != nil {
		return nil, fmt.Errorf("read the versions that %s was shown on alert %s: %w", department, alert, err)
	}
	return editions, nil
}

type shownEditionRow struct {
	editionRow
	Restriction string `db:"restriction"`
}

func (r shownEditionRow) edition() (plans.Edition, error) {
	e, err := r.editionRow.edition()
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(r.Restriction), &e.Restriction); err != nil {
		return e, fmt.Errorf("read whom version %d was for: %w", r.Version, err)
	}
	return e, nil
}

type useRow struct {
	Alert         alertRow  `db:"alert"`
	StatedArrival time.Time `db:"stated_arrival"`
	Marks         string    `db:"marks"`
	Stamps        string    `db:"stamps"`
	State         string    `db:"visit_state"`
}

func (r useRow) use() (subscribers.Use, error) {
	visit := alerts.Attendance{StatedArrival: r.StatedArrival, State: alerts.State(r.State)}
	if err := visit.Stamps.UnmarshalText([]byte(r.Stamps)); err != nil {
		return subscribers.Use{}, fmt.Errorf("attendance %s: %w", r.Alert.Attendance, err)
	}
	if err := visit.Marks.UnmarshalText([]byte(r.Marks)); err != nil {
		return subscribers.Use{}, fmt.Errorf("attendance %s: %w", r.Alert.Attendance, err)
	}
	return subscribers.Use{Alert: r.Alert.alert(), Arrived: visit.Arrived(), Departed: visit.Left()}, nil
}

type receiptRow struct {
	Alert        string    `db:"alert"`
	Version      int       `db:"version"`
	Kind         string    `db:"kind"`
	Actor        string    `db:"actor"`
	Screen       string    `db:"screen"`
	Role         string    `db:"role"`
	Organisation string    `db:"organisation"`
	At           time.Time `db:"at"`
}

// Uses says what became of a plan: its last alerts, at most a hundred, the newest first, each with its receipts.
func (s *Store) Uses(ctx context.Context, plan string) (uses []subscribers.Use, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		var rows []useRow
		if err := from.Select(&rows, planUses, Args{"plan": plan, "limit": mostUses}); err != nil {
			return err
		}
		if uses, err = collect(rows, useRow.use); err != nil {
			return err
		}
		var receipts []receiptRow
		if err := from.Select(&receipts, planReceipts, Args{"plan": plan, "limit": mostReceipts}); err != nil {
			return err
		}
		of := map[string][]subscribers.Receipt{}
		for _, r := range receipts {
			actor := journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.Organisation}
			of[r.Alert] = append(of[r.Alert], subscribers.Receipt{Alert: r.Alert, Kind: journal.Kind(r.Kind), Actor: actor, Screen: r.Screen, Version: r.Version, At: r.At})
		}
		left, err := recalled(from, recallLeftOfPlan, plan)
		if err != nil {
			return err
		}
		for i := range uses {
			uses[i].Receipts = of[uses[i].Alert.ID]
			for _, r := range left {
				if r.Alert == uses[i].Alert.ID {
					uses[i].Recalls = append(uses[i].Recalls, r)
				}
			}
		}
		return talkAbout(from, plan, uses)
	})
	if err != nil {
		return nil, fmt.Errorf("read what became of plan %s: %w", plan, err)
	}
	return uses, nil
}
