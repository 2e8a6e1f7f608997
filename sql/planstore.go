package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

var (
	planOfPatient  = statement("plan_of_patient")
	planGet        = statement("plan_get")
	planKeep       = statement("plan_keep")
	planVersionAdd = statement("plan_version_add")
)

// planRow is what deciding needs of a plan's newest version.
type planRow struct {
	identityRow
	ID      string    `db:"id"`
	Version int       `db:"version"`
	Centre  string    `db:"centre"`
	Status  string    `db:"status"`
	Urgency string    `db:"urgency"`
	From    time.Time `db:"valid_from"`
	To      time.Time `db:"valid_to"`
	sharingRow
}

// sharingRow is what decides who may be shown a plan.
type sharingRow struct {
	Categories  string `db:"categories"`
	Restriction string `db:"restriction"`
	Consent     string `db:"consent"`
}

func sharingOf(p plans.Plan) (sharingRow, error) {
	row := sharingRow{Categories: "[]", Restriction: "{}", Consent: string(p.Consent)}
	if len(p.Categories) > 0 {
		b, err := json.Marshal(p.Categories)
		if err != nil {
			return row, fmt.Errorf("write the categories of plan %s: %w", p.ID, err)
		}
		row.Categories = string(b)
	}
	b, err := json.Marshal(p.Restriction)
	if err != nil {
		return row, fmt.Errorf("write the restriction of plan %s: %w", p.ID, err)
	}
	row.Restriction = string(b)
	return row, nil
}

// into reads the row. Most plans restrict nothing: those cost no decoding.
func (r sharingRow) into(p *plans.Plan) error {
	p.Consent = plans.Consent(r.Consent)
	if r.Categories != "[]" {
		if err := json.Unmarshal([]byte(r.Categories), &p.Categories); err != nil {
			return fmt.Errorf("read the categories of plan %s: %w", p.ID, err)
		}
	}
	if r.Restriction != "{}" {
		if err := json.Unmarshal([]byte(r.Restriction), &p.Restriction); err != nil {
			return fmt.Errorf("read the restriction of plan %s: %w", p.ID, err)
		}
	}
	return nil
}

func (r planRow) plan() (plans.Plan, error) {
	patient, err := r.identity()
	if err != nil {
		return plans.Plan{}, fmt.Errorf("plan %s: %w", r.ID, err)
	}
	p := plans.Plan{
		ID: r.ID, Version: r.Version, Centre: r.Centre, Status: plans.Status(r.Status), Urgency: plans.Urgency(r.Urgency),
		Patient: patient, From: r.From, To: r.To,
	}
	return p, r.sharingRow.into(&p)
}

// wholePlanRow is a version with its text.
type wholePlanRow struct {
	planRow
	Headline  string    `db:"headline"`
	Sections  string    `db:"sections"`
	Content   string    `db:"content"`
	Author    string    `db:"author"`
	Published time.Time `db:"published"`
}

func (r wholePlanRow) plan() (plans.Plan, error) {
	p, err := r.planRow.plan()
	if err != nil {
		return plans.Plan{}, err
	}
	p.Headline, p.Author, p.Published = r.Headline, r.Author, r.Published
	if err := json.Unmarshal([]byte(r.Sections), &p.Sections); err != nil {
		return plans.Plan{}, fmt.Errorf("read the sections of plan %s version %d: %w", r.ID, r.Version, err)
	}
	if r.Content == "" { // a statement that does not ask for it
		return p, nil
	}
	if err := json.Unmarshal([]byte(r.Content), &p.Content); err != nil {
		return plans.Plan{}, fmt.Errorf("read the content of plan %s version %d: %w", r.ID, r.Version, err)
	}
	return p, nil
}

type heldRow struct {
	wholePlanRow
	Document []byte `db:"document"`
	// ReviewDue stands beside what deciding needs, for the lists of what is to be reviewed.
	ReviewDue plans.Date `db:"review_due"`
	// StatusReason is of the version.
	StatusReason string `db:"status_reason"`
	// RestrictedOwn is what the centre says of the patient; identityRow.Restricted is what holds.
	RestrictedOwn bool `db:"restricted_own"`
}

func heldPlan(from Reader, id string) (*plans.Held, error) {
	var row heldRow
	err := from.Get(&row, planGet, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		return nil, nil //nolint:nilnil // no plan is an answer here, not a failure
	}
	if err != nil {
		return nil, err
	}
	p, err := row.plan()
	if err != nil {
		return nil, err
	}
	return &plans.Held{Plan: p, Document: row.Document}, nil
}

func (tx deskTx) Plan(id string) (*plans.Held, error) { return heldPlan(tx.Tx, id) }

func (tx deskTx) PlansOf(n plans.NHSNumber) ([]plans.Plan, error) {
	if !n.IsZero() && !tx.conn.sifted().mayHold(numberEntry(n)) {
		return nil, nil
	}
	var rows []planRow
	err := tx.Select(&rows, planOfPatient, struct {
		NHSNumber string `db:"nhs_number"`
	}{n.Reveal()})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b planRow) int { return strings.Compare(a.ID, b.ID) })
	return collect(rows, planRow.plan)
}

func (tx deskTx) SavePlan(p plans.Plan, document []byte) error {
	sections, err := json.Marshal(p.Sections)
	if err != nil {
		return fmt.Errorf("write the sections of plan %s: %w", p.ID, err)
	}
	content, err := json.Marshal(p.Content)
	if err != nil {
		return fmt.Errorf("write the content of plan %s: %w", p.ID, err)
	}
	sharing, err := sharingOf(p)
	if err != nil {
		return err
	}
	row := heldRow{
		wholePlanRow: wholePlanRow{
			planRow: planRow{
				identityRow: identityOf(p.Patient), ID: p.ID, Version: p.Version, Centre: p.Centre, Status: string(p.Status),
				Urgency: string(p.Urgency), From: p.From, To: p.To, sharingRow: sharing,
			},
			Headline: p.Headline, Sections: string(sections), Content: string(content), Author: p.Author, Published: p.Published,
		},
		Document: document, ReviewDue: p.Content.ReviewDue, StatusReason: p.StatusReason,
	}
	here, err := tx.restricted(p.Patient.NHSNumber)
	if err != nil {
		return err
	}
	row.RestrictedOwn, row.Restricted = p.Patient.Restricted, p.Patient.Restricted || here
	if n := p.Patient.NHSNumber; !n.IsZero() {
		tx.conn.sifted().note(numberEntry(n))
	}
	if _, err := tx.Exec(planKeep, &row); err != nil {
		return err
	}
	_, err = tx.Exec(planVersionAdd, &row)
	return err
}

// Plan returns the newest version of a plan and its document, or plans.ErrNotFound.
func (s *Store) Plan(ctx context.Context, id string) (held *plans.Held, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		held, err = heldPlan(from, id)
		return err
	})
	if err == nil && held == nil {
		err = plans.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find plan %s: %w", id, err)
	}
	return held, nil
}
