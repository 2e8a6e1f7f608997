package sql

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

var (
	metaGet     = statement("meta_get")
	metaSet     = statement("meta_set")
	durableHead = statement("journal_durable")
)

// Epoch names the history that the journal's numbers belong to: ten letters and digits. A position in the journal is epoch/number, and a
// position of another epoch means nothing here.
//
// The epoch changes when the database was, or may have been, restored: then numbers that were already given out will be given out again,
// for other entries, and a client that went on from its position would miss them. A restored database is recognised by two signs:
//
//   - It is another database than the one that noted its identity in itself. For SQLite that is the file's device and inode: a copy is
//     another file. For PostgreSQL it is the server's system identifier and timeline (a restore to a point in time and a promoted standby
//     begin a new one), and the oids of the database and of the journal's table (a dump that was read in again has new ones).
//   - SQLite: the journal is shorter, or of another epoch, than a marker file beside the database says was durable already. That finds
//     an old copy written over the file in place. A missing marker counts too.
//
// What leaves neither sign, above all a whole virtual machine set back to an earlier picture, must be told: delete the marker file while
// the service is stopped. On PostgreSQL, delete the row "identity" of the table meta.
//
// An epoch changed without need (the folder was moved to another disk, a standby that had everything was promoted) is harmless: each
// client is told that its position is unknown, takes a snapshot of what is open now, and goes on from there. It shows nothing twice,
// since alerts are known by their id. So in doubt the epoch changes.
func (db *DB) Epoch() string { return *db.epoch.Load() }

// settleEpoch reads the epoch, or begins a new one if this is not the database that it was.
func (db *DB) settleEpoch(ctx context.Context) error {
	identity, err := db.engine.identity(ctx)
	if err != nil {
		return fmt.Errorf("identify the database: %w", err)
	}
	mark := db.engine.marker()
	var epoch, reason string
	var head int64
	err = db.engine.write(ctx, func(tx *Tx) error {
		epoch, reason, head = "", "", 0
		// Several nodes may find the same restored database at once: one gives the new epoch, the others find it.
		if err := tx.Lock("epoch"); err != nil {
			return err
		}
		known, err := readMeta(tx, "identity")
		if err != nil {
			return err
		}
		if epoch, err = readMeta(tx, "epoch"); err != nil {
			return err
		}
		if err := tx.Get(&head, durableHead, nil); err != nil {
			return err
		}
		switch {
		case epoch == "":
			reason = "the database is new"
		case known != identity:
			reason = "it is another database than before"
		default:
			if reason, err = mark.contradicts(epoch, head); err != nil || reason == "" {
				return err
			}
		}
		epoch = newEpoch()
		return errors.Join(writeMeta(tx, "epoch", epoch), writeMeta(tx, "identity", identity))
	})
	if err != nil {
		return err
	}
	if reason != "" {
		level := slog.LevelWarn
		if head == 0 {
			level = slog.LevelInfo // nobody has a position in it yet
		}
		db.log.Log(ctx, level, "new epoch: every client starts again from a snapshot", "reason", reason, "epoch", epoch, "journal", head)
	}
	db.epoch.Store(&epoch)
	return mark.write(epoch, head)
}

func readMeta(tx *Tx, name string) (value string, err error) {
	err = tx.Get(&value, metaGet, Args{"name": name})
	if errors.Is(err, ErrNoRows) {
		return "", nil
	}
	return value, err
}

func writeMeta(tx *Tx, name, value string) error {
	_, err := tx.Exec(metaSet, Args{"name": name, "value": value})
	return err
}

// newEpoch is fifty random bits: two histories of one service never share one.
func newEpoch() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: it ends the program instead
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])[:10])
}

// marker is a file beside the database that says how far the journal was durable, so that an older database put in its place is noticed.
// A nil marker keeps nothing.
type marker struct{ dir string }

const markerFile = "ucpalert.journal"

// contradicts says in words why the database cannot be the one that the marker was written for, or "".
func (m *marker) contradicts(epoch string, head int64) (reason string, err error) {
	if m == nil {
		return "", nil
	}
	text, err := os.ReadFile(filepath.Join(m.dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "the marker of the journal is missing", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the marker of the journal: %w", err)
	}
	var marked string
	var number int64
	if _, err := fmt.Sscanf(string(text), "%s %d\n", &marked, &number); err != nil {
		return "the marker of the journal cannot be read", nil
	}
	switch {
	case marked != epoch:
		return "the marker of the journal is of another epoch", nil
	case head < number:
		return fmt.Sprintf("the journal ends at %d but was durable to %d", head, number), nil
	}
	return "", nil
}

// write notes that the journal is durable to number. The old marker is there until the new one is.
func (m *marker) write(epoch string, number int64) error {
	if m == nil {
		return nil
	}
	path := filepath.Join(m.dir, markerFile)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the marker of the journal: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %d\n", epoch, number)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the marker of the journal: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write the marker of the journal: %w", err)
	}
	return syncFolder(m.dir)
}
