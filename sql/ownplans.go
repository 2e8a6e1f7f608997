package sql

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	ownPlans      = statement("own_plans")
	ownNames      = statement("own_names")
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
	Headline  cipherText `db:"headline"`
	Author    string     `db:"author"`
	Published time.Time  `db:"published"`
	ReviewDue string     `db:"review_due"`
	Alerts    int        `db:"alerts"`
	LastUsed  time.Time  `db:"last_used"`
}

func (r ownPlanRow) own() (plans.Own, error) {
	p, err := r.planRow.plan()
	if err != nil {
		return plans.Own{}, err
	}
	p.Author, p.Published = r.Author, r.Published
	if p.Headline, err = r.Headline.open(versionHeadline, versionName(r.ID, r.Version)); err != nil {
		return plans.Own{}, err
	}
	return plans.Own{Plan: p, ReviewDue: plans.Date(r.ReviewDue), Alerts: r.Alerts, LastUsed: r.LastUsed}, nil
}

// ownNameRow is by what a plan has its place in its centre's list.
type ownNameRow struct {
	patientRow
	ID string `db:"id"`
}

// OwnPlans is a page of a centre's plans in the order of the patients' names, and how many there are in all. The names are sealed: those of all
// plans of the centre are opened to find and sort them.
func (s *Store) OwnPlans(ctx context.Context, centre string, q plans.Search) (page []plans.Own, total int, err error) {
	args := Args{"centre": centre, "statuses": "", "due_until": ""}
	ring := s.db.ring.Load()
	args["nhs_number"], args["nhs_number_before"] = ring.either(ring.numberIndex(q.NHSNumber), q.NHSNumber.Reveal())
	if len(q.Statuses) > 0 {
		words := make([]string, len(q.Statuses))
		for i, status := range q.Statuses {
			words[i] = string(status)
		}
		args["statuses"] = " " + strings.Join(words, " ") + " "
	}
	switch q.Review {
	case plans.ReviewOverdue:
		args["due_until"] = string(dayBefore(q.Today))
	case plans.ReviewSoon:
		args["due_until"] = string(q.SoonEnds)
	}
	found := firstNames{most: q.From + q.Limit}
	var row ownNameRow
	err = s.db.Each(ctx, &row, ownNames, args, func() error {
		patient, _, err := row.who(planPatient, row.ID, names{})
		if err == nil && begins(patient, q.Name) {
			found.add(ownName{patient.Family, patient.Given, row.ID})
		}
		return err
	})
	if err == nil {
		page, err = s.ownPage(ctx, found.page(q.From))
	}
	if err != nil {
		return nil, 0, fmt.Errorf("list the plans of %s: %w", centre, err)
	}
	return page, found.total, nil
}

// begins tells whether one of the patient's names begins with what was typed, in capitals or not.
func begins(patient plans.Identity, typed string) bool {
	typed = strings.ToLower(typed)
	return strings.HasPrefix(strings.ToLower(patient.Family), typed) || strings.HasPrefix(strings.ToLower(patient.Given), typed)
}

// ownName is the place of a plan in its centre's list.
type ownName struct{ family, given, id string }

func (n ownName) compare(other ownName) int {
	return cmp.Or(strings.Compare(n.family, other.family), strings.Compare(n.given, other.given), strings.Compare(n.id, other.id))
}

// firstNames keeps the first of many names, and counts them all.
type firstNames struct {
	most, total int
	kept        []ownName
}

func (f *firstNames) add(n ownName) {
	f.total++
	if f.kept = append(f.kept, n); len(f.kept) > 2*f.most+searchPage {
		f.cut()
	}
}

func (f *firstNames) cut() {
	slices.SortFunc(f.kept, ownName.compare)
	f.kept = f.kept[:min(len(f.kept), f.most)]
}

// page are the ids of those from a place on.
func (f *firstNames) page(from int) []string {
	f.cut()
	var ids []string
	for _, n := range f.kept[min(from, len(f.kept)):] {
		ids = append(ids, n.id)
	}
	return ids
}

// ownPage reads some plans, in the order of the ids.
func (s *Store) ownPage(ctx context.Context, ids []string) (page []plans.Own, err error) {
	var rows []ownPlanRow
	if err := s.db.Read(ctx, func(from Reader) error {
		rows, err = selectAmong[ownPlanRow](from, ownPlans, ids)
		return err
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b ownPlanRow) int { return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID)) })
	return collect(rows, ownPlanRow.own)
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
	ID      string `db:"id"`
	Version int    `db:"version"`
	textRow
	Author    string      `db:"author"`
	Published time.Time   `db:"published"`
	Document  cipherBytes `db:"document"`
	Status    string      `db:"status"`
	Reason    cipherText  `db:"status_reason"`
}

func (r editionRow) edition() (plans.Edition, error) {
	e := plans.Edition{Version: r.Version, Status: plans.Status(r.Status), Author: r.Author, Published: r.Published}
	var err error
	if e.Headline, e.Sections, e.Content, err = r.open(r.ID, r.Version); err != nil {
		return e, err
	}
	name := versionName(r.ID, r.Version)
	if e.StatusReason, err = r.Reason.open(versionReason, name); err != nil {
		return e, err
	}
	e.Document, err = r.Document.open(versionDocument, name)
	return e, err
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
