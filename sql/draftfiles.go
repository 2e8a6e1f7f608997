package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

type draftFileRow struct {
	SHA256  string      `db:"sha256"`
	Type    string      `db:"type"`
	Bytes   int         `db:"bytes"`
	Content cipherBytes `db:"content"`
	At      time.Time   `db:"at"`
}

// fileName is what a file's row is called where its content is bound to it.
func fileName(draft, sha256 string) string { return draft + "/" + sha256 }

func (r draftFileRow) file(draft string) (plans.DraftFile, error) {
	content, err := r.Content.open(fileContent, fileName(draft, r.SHA256))
	return plans.DraftFile{SHA256: r.SHA256, Type: r.Type, Bytes: r.Bytes, Content: content, At: r.At}, err
}

// fileListRow is a row without what is in the file.
type fileListRow struct {
	SHA256 string    `db:"sha256"`
	Type   string    `db:"type"`
	Bytes  int       `db:"bytes"`
	At     time.Time `db:"at"`
}

func filesOf(from Reader, draft string) ([]plans.DraftFile, error) {
	var rows []fileListRow
	if err := from.Select(&rows, draftFileList, Args{"draft": draft}); err != nil {
		return nil, err
	}
	return collect(rows, func(r fileListRow) (plans.DraftFile, error) {
		return plans.DraftFile{SHA256: r.SHA256, Type: r.Type, Bytes: r.Bytes, At: r.At}, nil
	})
}

func keepFile(tx *Tx, draft string, f plans.DraftFile) error {
	content := tx.conn.ring().sealBytes(fileContent, fileName(draft, f.SHA256), f.Content)
	_, err := tx.Exec(draftFileAdd, Args{"draft": draft, "sha256": f.SHA256, "type": f.Type, "bytes": f.Bytes, "content": content, "at": f.At})
	return err
}

// KeepDraftFile keeps a file of a draft and journals the entry with it. Files that the form has not had for an hour go; what would be more than
// a plan may have, twice over, is plans.ErrFiles. A draft of somebody else's is plans.ErrNoDraft.
func (s *Store) KeepDraftFile(ctx context.Context, draft, centre, author string, f plans.DraftFile, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		d, err := findDraft(tx, draftGet, Args{"id": draft, "centre": centre, "author": author})
		if err != nil {
			return err
		}
		all := f.Bytes
		for _, held := range d.Files {
			used := slices.ContainsFunc(d.Form.Attachments, func(a plans.FormFile) bool { return a.SHA256 == held.SHA256 })
			if !used && held.At.Before(f.At.Add(-time.Hour)) {
				if _, err := tx.Exec(draftFileDrop, Args{"draft": draft, "sha256": held.SHA256}); err != nil {
					return err
				}
				continue
			}
			if held.SHA256 != f.SHA256 {
				all += held.Bytes
			}
		}
		if all > 2*plans.MaxFileBytes {
			return plans.ErrFiles
		}
		if err := keepFile(tx, draft, f); err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("keep a file of draft %s: %w", draft, err)
	}
	return nil
}

// DraftFile finds a file of an author's draft, or plans.ErrNoDraft or plans.ErrNoFile.
func (s *Store) DraftFile(ctx context.Context, draft, centre, author, sha256 string) (f plans.DraftFile, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		if _, err := findDraft(from, draftGet, Args{"id": draft, "centre": centre, "author": author}); err != nil {
			return err
		}
		var row draftFileRow
		err := from.Get(&row, draftFileGet, Args{"draft": draft, "sha256": sha256})
		if errors.Is(err, ErrNoRows) {
			return plans.ErrNoFile
		}
		if err != nil {
			return err
		}
		f, err = row.file(draft)
		return err
	})
	if err != nil {
		return f, fmt.Errorf("find a file of draft %s: %w", draft, err)
	}
	return f, nil
}
