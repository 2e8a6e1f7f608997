package sql

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

var (
	planVersionGet      = statement("plan_version_get")
	planHistoryOfPlan   = statement("plan_history_of_plan")
	planHistoryOfCentre = statement("plan_history_of_centre")
	planSearchCentre    = statement("plan_search_centre")
	planSearchPatient   = statement("plan_search_patient")
	planSearchID        = statement("plan_search_id")
)

// skew is how far the times of two versions may be from the order in which they were committed: clocks of nodes differ, and a version is
// committed a moment after it was received.
const skew = time.Hour

// searchPage is how many candidates are compared at a time.
const searchPage = 500

type changeRow struct {
	Number    int64     `db:"number"`
	ID        string    `db:"id"`
	Version   int       `db:"version"`
	Published time.Time `db:"published"`
	Size      int       `db:"size"`
}

func (r changeRow) change() (plans.Change, error) {
	return plans.Change{Position: r.Number, ID: r.ID, Version: r.Version, Published: r.Published, Size: r.Size}, nil
}

type candidateRow struct {
	changeRow
	Status     string      `db:"status"`
	NHSNumber  string      `db:"nhs_number"`
	Patient    cipherBytes `db:"patient"`
	Categories string      `db:"categories"`
}

func (r candidateRow) candidate() (plans.Candidate, error) {
	change, err := r.change()
	if err != nil {
		return plans.Candidate{}, err
	}
	c := plans.Candidate{Change: change, Status: plans.Status(r.Status)}
	row := patientRow{identityRow{NHSNumber: r.NHSNumber, OtherNames: noNames}, r.Patient}
	patient, _, err := row.who(planPatient, r.ID, names{})
	if err != nil {
		return plans.Candidate{}, fmt.Errorf("plan %s: %w", r.ID, err)
	}
	c.Patient = patient.NHSNumber
	if r.Categories != "[]" {
		if err := json.Unmarshal([]byte(r.Categories), &c.Categories); err != nil {
			return plans.Candidate{}, fmt.Errorf("read the categories of plan %s: %w", r.ID, err)
		}
	}
	return c, nil
}

// PlanVersion returns one version of a plan, or plans.ErrNotFound.
func (s *Store) PlanVersion(ctx context.Context, id string, version int) (plans.Version, error) {
	var row struct {
		Centre    string      `db:"centre"`
		Published time.Time   `db:"published"`
		Document  cipherBytes `db:"document"`
	}
	err := s.db.Get(ctx, &row, planVersionGet, Args{"id": id, "version": version})
	if errors.Is(err, ErrNoRows) {
		err = plans.ErrNotFound
	}
	if err != nil {
		return plans.Version{}, fmt.Errorf("find version %d of plan %s: %w", version, id, err)
	}
	document, err := row.Document.open(versionDocument, versionName(id, version))
	if err != nil {
		return plans.Version{}, fmt.Errorf("read version %d of plan %s: %w", version, id, err)
	}
	return plans.Version{ID: id, Number: version, Centre: row.Centre, Published: row.Published, Document: document}, nil
}

// PlanHistory returns versions of a centre's plans, the newest first, and whether there are more.
func (s *Store) PlanHistory(ctx context.Context, h plans.History) (page []plans.Change, more bool, err error) {
	if h.Before == 0 {
		h.Before = math.MaxInt64
	}
	st, args := planHistoryOfCentre, Args{"centre": h.Centre, "before": h.Before, "since": floor(h.Since), "roughly": floor(h.Since.Add(-skew)), "limit": h.Limit + 1}
	if h.ID != "" {
		st = planHistoryOfPlan
		args["id"] = h.ID
		delete(args, "roughly")
	}
	var rows []changeRow
	if err := s.db.Select(ctx, &rows, st, args); err != nil {
		return nil, false, fmt.Errorf("list the versions of plans: %w", err)
	}
	if more = len(rows) > h.Limit; more {
		rows = rows[:h.Limit]
	}
	page, err = collect(rows, changeRow.change)
	return page, more, err
}

// floor is a time as a lower bound: the zero time is stored as no time, and nothing is later than that.
func floor(t time.Time) time.Time {
	if t.Before(time.UnixMicro(1)) {
		return time.UnixMicro(1)
	}
	return t
}

// FindPlans returns the answers to a search in the order in which they were received, and whether there are more.
func (s *Store) FindPlans(ctx context.Context, q plans.Query) (page []plans.Change, more bool, err error) {
	if q.Nothing {
		return nil, false, nil
	}
	err = s.db.Read(ctx, func(from Reader) error {
		page, err = s.db.ring.Load().findPlans(from, q)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("search plans: %w", err)
	}
	if more = len(page) > q.Limit; more {
		page = page[:q.Limit]
	}
	return page, more, nil
}

// CountPlans tells how many answers a search has, on all its pages together. It turns the pages itself, so that neither memory nor an old
// state of the database is held for long; what is published meanwhile may be counted or not.
func (s *Store) CountPlans(ctx context.Context, q plans.Query) (int, error) {
	q.After, q.Limit = 0, 2*searchPage
	for count := 0; ; {
		page, more, err := s.FindPlans(ctx, q)
		if err != nil {
			return 0, err
		}
		if count += len(page); !more {
			return count, nil
		}
		q.After = page[len(page)-1].Position
	}
}

// findPlans returns up to one answer more than the limit. The rarest of what is asked for leads to the candidates.
func (r *keyring) findPlans(from Reader, q plans.Query) ([]plans.Change, error) {
	ids := q.IDs
	for n, any := range q.Identifiers {
		var named []string
		for _, asked := range any {
			of, err := r.plansNamed(from, q.Centre, []plans.Identifier{asked})
			if err != nil {
				return nil, err
			}
			named = append(named, of...)
		}
		if n > 0 || len(q.IDs) > 0 {
			named = slices.DeleteFunc(named, func(id string) bool { return !slices.Contains(ids, id) })
		}
		ids = named
	}
	switch {
	case len(q.IDs)+len(q.Identifiers) > 0:
		slices.Sort(ids)
		var asked []Args
		for _, id := range slices.Compact(ids) {
			asked = append(asked, Args{"centre": q.Centre, "id": id})
		}
		return fewPlans(from, q, planSearchID, asked)
	case len(q.Patients) > 0:
		numbers := slices.Clone(q.Patients)
		slices.SortFunc(numbers, func(a, b plans.NHSNumber) int { return cmp.Compare(a.Reveal(), b.Reveal()) })
		var asked []Args
		for _, n := range slices.Compact(numbers) {
			index, before := r.either(r.numberIndex(n), n.Reveal())
			asked = append(asked, Args{"centre": q.Centre, "nhs_number": index, "nhs_number_before": before})
		}
		return fewPlans(from, q, planSearchPatient, asked)
	}
	return allPlans(from, q)
}

// fewPlans compares the plans that a statement finds for each of what is asked.
func fewPlans(from Reader, q plans.Query, st *Statement, asked []Args) ([]plans.Change, error) {
	var found []plans.Change
	for _, args := range asked {
		var rows []candidateRow
		if err := from.Select(&rows, st, args); err != nil {
			return nil, err
		}
		for _, r := range rows {
			c, err := r.candidate()
			if err != nil {
				return nil, err
			}
			if c.Position > q.After && q.Wants(c) {
				found = append(found, c.Change)
			}
		}
	}
	slices.SortFunc(found, func(a, b plans.Change) int { return cmp.Compare(a.Position, b.Position) })
	return found[:min(len(found), q.Limit+1)], nil
}

// allPlans compares the plans of the centre in their order until there are enough.
func allPlans(from Reader, q plans.Query) ([]plans.Change, error) {
	var found []plans.Change
	for after := q.After; ; {
		var rows []candidateRow
		args := Args{"centre": q.Centre, "after": after, "roughly": floor(q.From.Add(-skew)), "limit": searchPage}
		if err := from.Select(&rows, planSearchCentre, args); err != nil {
			return nil, err
		}
		for _, r := range rows {
			c, err := r.candidate()
			if err != nil {
				return nil, err
			}
			if !q.Wants(c) {
				continue
			}
			if found = append(found, c.Change); len(found) > q.Limit {
				return found, nil
			}
		}
		if len(rows) < searchPage {
			return found, nil
		}
		after = rows[len(rows)-1].Number
	}
}

// pageKey is the secret with which the addresses of pages are sealed.
const pageKey = "page key"

// PageKey is the secret with which the addresses of further pages are sealed. All nodes have the same; it is made when it is first asked
// for.
func (s *Store) PageKey(ctx context.Context) ([]byte, error) { return s.secret(ctx, pageKey) }
