package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	patientRow
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
	patient, _, err := r.who(planPatient, r.ID, names{})
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
	textRow
	Author    string    `db:"author"`
	Published time.Time `db:"published"`
}

// The sealed columns of a plan and its versions.
const (
	planPatient     = "plan.patient"
	versionHeadline = "plan_version.headline"
	versionSections = "plan_version.sections"
	versionContent  = "plan_version.content"
	versionReason   = "plan_version.status_reason"
	versionDocument = "plan_version.document"
)

// versionName is what a version's row is called where its values are bound to it.
func versionName(id string, version int) string { return id + "/" + strconv.Itoa(version) }

// textRow is what a version says. A statement that does not ask for the content leaves it empty.
type textRow struct {
	Headline cipherText `db:"headline"`
	Sections cipherText `db:"sections"`
	Content  cipherText `db:"content"`
}

// open reads what a version says.
func (r *textRow) open(id string, version int) (headline string, sections []plans.Section, content plans.Content, err error) {
	row := versionName(id, version)
	if headline, err = r.Headline.open(versionHeadline, row); err != nil {
		return headline, sections, content, err
	}
	text, err := r.Sections.open(versionSections, row)
	if err != nil {
		return headline, sections, content, err
	}
	if err := json.Unmarshal([]byte(text), &sections); err != nil {
		return headline, sections, content, fmt.Errorf("read the sections of version %s: %w", row, err)
	}
	if r.Content.stored == "" { // a statement that does not ask for it
		return headline, sections, content, nil
	}
	if text, err = r.Content.open(versionContent, row); err != nil {
		return headline, sections, content, err
	}
	if err := json.Unmarshal([]byte(text), &content); err != nil {
		return headline, sections, content, fmt.Errorf("read the content of version %s: %w", row, err)
	}
	return headline, sections, content, nil
}

func (r wholePlanRow) plan() (plans.Plan, error) {
	p, err := r.planRow.plan()
	if err != nil {
		return plans.Plan{}, err
	}
	p.Author, p.Published = r.Author, r.Published
	p.Headline, p.Sections, p.Content, err = r.open(r.ID, r.Version)
	return p, err
}

type heldRow struct {
	wholePlanRow
	Document cipherBytes `db:"document"`
	// ReviewDue stands beside what deciding needs, for the lists of what is to be reviewed.
	ReviewDue plans.Date `db:"review_due"`
	// StatusReason is of the version.
	StatusReason cipherText `db:"status_reason"`
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
	document, err := row.Document.open(versionDocument, versionName(row.ID, row.Version))
	if err != nil {
		return nil, err
	}
	return &plans.Held{Plan: p, Document: document}, nil
}

func (tx deskTx) Plan(id string) (*plans.Held, error) { return heldPlan(tx.Tx, id) }

func (tx deskTx) PlansOf(n plans.NHSNumber) ([]plans.Plan, error) {
	index, before := tx.conn.ring().either(tx.conn.ring().numberIndex(n), n.Reveal())
	if !n.IsZero() && !tx.conn.sifted().mayHold(numberEntry(index)) {
		return nil, nil
	}
	var rows []planRow
	err := tx.Select(&rows, planOfPatient, struct {
		NHSNumber string `db:"nhs_number"`
		Before    string `db:"nhs_number_before"`
	}{index, before})
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
	ring, name := tx.conn.ring(), versionName(p.ID, p.Version)
	row := heldRow{
		wholePlanRow: wholePlanRow{
			planRow: planRow{
				patientRow: ring.patientRowOf(planPatient, p.ID, p.Patient, names{}), ID: p.ID, Version: p.Version, Centre: p.Centre, Status: string(p.Status),
				Urgency: string(p.Urgency), From: p.From, To: p.To, sharingRow: sharing,
			},
			textRow: textRow{
				ring.sealText(versionHeadline, name, p.Headline), ring.sealText(versionSections, name, string(sections)), ring.sealText(versionContent, name, string(content)),
			},
			Author: p.Author, Published: p.Published,
		},
		Document: ring.sealBytes(versionDocument, name, document), ReviewDue: p.Content.ReviewDue, StatusReason: ring.sealText(versionReason, name, p.StatusReason),
	}
	here, err := tx.restricted(p.Patient.NHSNumber)
	if err != nil {
		return err
	}
	row.RestrictedOwn, row.Restricted = p.Patient.Restricted, p.Patient.Restricted || here
	if row.NHSNumber != "" {
		tx.conn.sifted().note(numberEntry(row.NHSNumber))
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
