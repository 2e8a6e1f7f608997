package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	draftAdd    = statement("draft_add")
	draftGet    = statement("draft_get")
	draftOfPlan = statement("draft_of_plan")
	draftList   = statement("draft_list")
	draftKeep   = statement("draft_keep")
	draftDrop   = statement("draft_drop")

	draftFileAdd   = statement("draft_file_add")
	draftFileList  = statement("draft_file_list")
	draftFileGet   = statement("draft_file_get")
	draftFileDrop  = statement("draft_file_drop")
	draftFilesDrop = statement("draft_files_drop")
)

type draftRow struct {
	ID       string     `db:"id"`
	Centre   string     `db:"centre"`
	Author   string     `db:"author"`
	Plan     string     `db:"plan"`
	Base     int        `db:"base"`
	Revision int        `db:"revision"`
	Form     cipherText `db:"form"`
	Saved    time.Time  `db:"saved"`
}

// The sealed columns of drafts and their files.
const (
	draftForm   = "draft.form"
	fileContent = "draft_file.content"
)

func (k *keyring) draftRowOf(d plans.DraftPlan) (draftRow, error) {
	form, err := json.Marshal(d.Form)
	if err != nil {
		return draftRow{}, fmt.Errorf("write the form of draft %s: %w", d.ID, err)
	}
	return draftRow{d.ID, d.Centre, d.Author, d.Plan, d.Base, d.Revision, k.sealText(draftForm, d.ID, string(form)), d.Saved}, nil
}

func (r draftRow) draft() (plans.DraftPlan, error) {
	d := plans.DraftPlan{ID: r.ID, Centre: r.Centre, Author: r.Author, Plan: r.Plan, Base: r.Base, Revision: r.Revision, Saved: r.Saved}
	form, err := r.Form.open(draftForm, r.ID)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(form), &d.Form); err != nil {
		return d, fmt.Errorf("read the form of draft %s: %w", r.ID, err)
	}
	return d, nil
}

func findDraft(from Reader, st *Statement, args Args) (plans.DraftPlan, error) {
	var row draftRow
	if err := from.Get(&row, st, args); err != nil {
		if errors.Is(err, ErrNoRows) {
			err = plans.ErrNoDraft
		}
		return plans.DraftPlan{}, err
	}
	d, err := row.draft()
	if err != nil {
		return d, err
	}
	d.Files, err = filesOf(from, d.ID)
	return d, err
}

// BeginDraft keeps a new draft with the files of the plan that it revises, and journals the entry with it. If its author has a draft for the same plan already, that one is returned
// and nothing is written but the entry, about that draft.
func (s *Store) BeginDraft(ctx context.Context, d plans.DraftPlan, e journal.Entry) (begun plans.DraftPlan, err error) {
	row, err := s.db.ring.Load().draftRowOf(d)
	if err != nil {
		return d, err
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		begun = d
		n, err := tx.Exec(draftAdd, &row)
		if err != nil {
			return err
		}
		if n == 0 {
			if begun, err = findDraft(tx, draftOfPlan, Args{"plan": d.Plan, "centre": d.Centre, "author": d.Author}); err != nil {
				return err
			}
		} else {
			for _, f := range d.Files {
				if err := keepFile(tx, d.ID, f); err != nil {
					return err
				}
			}
		}
		e.Subject = begun.ID
		return appendEntry(tx, e)
	})
	if err != nil {
		return d, fmt.Errorf("begin draft %s: %w", d.ID, err)
	}
	return begun, nil
}

// Draft finds a draft of an author, or plans.ErrNoDraft.
func (s *Store) Draft(ctx context.Context, id, centre, author string) (d plans.DraftPlan, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		d, err = findDraft(from, draftGet, Args{"id": id, "centre": centre, "author": author})
		return err
	})
	if err != nil {
		return d, fmt.Errorf("find draft %s: %w", id, err)
	}
	return d, nil
}

// Drafts are the drafts of an author, at most a hundred, the one that was written last first.
func (s *Store) Drafts(ctx context.Context, centre, author string) ([]plans.DraftPlan, error) {
	var rows []draftRow
	if err := s.db.Select(ctx, &rows, draftList, Args{"centre": centre, "author": author, "limit": 100}); err != nil {
		return nil, fmt.Errorf("list the drafts of %s: %w", author, err)
	}
	return collect(rows, draftRow.draft)
}

// KeepDraft keeps what was typed, and journals the entry with it. d.Revision is the one that the window has; the next one is returned. A
// draft that was kept elsewhere since is plans.ErrDraftChanged.
func (s *Store) KeepDraft(ctx context.Context, d plans.DraftPlan, e journal.Entry) (revision int, err error) {
	row, err := s.db.ring.Load().draftRowOf(d)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(draftKeep, &row)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := findDraft(tx, draftGet, Args{"id": d.ID, "centre": d.Centre, "author": d.Author}); err != nil {
				return err
			}
			return plans.ErrDraftChanged
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return 0, fmt.Errorf("keep draft %s: %w", d.ID, err)
	}
	return d.Revision + 1, nil
}

// DropDraft throws a draft away and journals the entry with it. A draft that is not there is no error, and writes nothing.
func (s *Store) DropDraft(ctx context.Context, id, centre, author string, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(draftDrop, Args{"id": id, "centre": centre, "author": author})
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.Exec(draftFilesDrop, Args{"draft": id}); err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("drop draft %s: %w", id, err)
	}
	return nil
}
