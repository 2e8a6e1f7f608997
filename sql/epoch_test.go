package sql_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// advanceJournal moves the journal on to number, as somebody who writes entries does.
func advanceJournal(t *testing.T, db *sql.DB, number int) {
	t.Helper()
	advance := parse(t, "UPDATE journal_head SET number = :number")
	err := db.Write(context.Background(), func(tx *sql.Tx) error {
		tx.Journalled()
		_, err := tx.Exec(advance, sql.Args{"number": number})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// session opens the database, does something, closes it, and returns the epoch it had.
func session(t *testing.T, o sql.Options, do func(db *sql.DB)) string {
	t.Helper()
	db, err := sql.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if do != nil {
		do(db)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return db.Epoch()
}

// copyOver writes the content of one file over another in place, as cp does.
func copyOver(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEpochStaysWhenNothingWasRestored(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		first := session(t, o, func(db *sql.DB) { advanceJournal(t, db, 7) })
		if !regexp.MustCompile(`^[a-z2-7]{10}$`).MatchString(first) {
			t.Errorf("the epoch is %q, want ten letters and digits", first)
		}
		if again := session(t, o, nil); again != first {
			t.Errorf("after a restart the epoch is %s, was %s", again, first)
		}
	})
}

// Otherwise a copy of the database file alone would be a copy of the past.
func TestCloseClearsTheLog(t *testing.T) {
	o := sqltest.SQLite(t)
	session(t, o, func(db *sql.DB) { advanceJournal(t, db, 7) })
	if _, err := os.Stat(filepath.Join(o.DataDir, "ucpalert.db-wal")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the write-ahead log is still there: %v", err)
	}
}

func TestTwoNewDatabasesHaveTwoEpochs(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		if session(t, o, nil) == session(t, sqltest.SQLite(t), nil) {
			t.Error("two databases have one epoch")
		}
	})
}

func TestTwoNodesThatStartAtOnceAgreeOnTheEpoch(t *testing.T) {
	o := sqltest.Postgres(t)
	epochs := make(chan string, 4)
	for range cap(epochs) {
		go func() {
			db, err := sql.Open(context.Background(), o)
			if err != nil {
				t.Error(err)
				epochs <- ""
				return
			}
			epochs <- db.Epoch()
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	first := <-epochs
	for range cap(epochs) - 1 {
		if other := <-epochs; other != first {
			t.Errorf("one node has epoch %q, another %q", first, other)
		}
	}
}

func TestEpochChangesWhenTheDatabaseWasRestored(t *testing.T) {
	tests := []struct {
		name    string
		restore func(t *testing.T, database, backup, marker string)
	}{
		{"a backup was put in its place", func(t *testing.T, database, backup, _ string) {
			if err := os.Rename(backup, database); err != nil {
				t.Fatal(err)
			}
		}},
		{"a backup was written over it", func(t *testing.T, database, backup, _ string) { copyOver(t, backup, database) }},
		{"an operator said so by deleting the marker", func(t *testing.T, _, _, marker string) {
			if err := os.Remove(marker); err != nil {
				t.Fatal(err)
			}
		}},
		{"the marker was torn", func(t *testing.T, _, _, marker string) {
			if err := os.WriteFile(marker, []byte("ab"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := sqltest.SQLite(t)
			database, backup := filepath.Join(o.DataDir, "ucpalert.db"), filepath.Join(t.TempDir(), "backup.db")
			session(t, o, func(db *sql.DB) { advanceJournal(t, db, 7) })
			copyOver(t, database, backup)
			before := session(t, o, func(db *sql.DB) { advanceJournal(t, db, 9) })
			tt.restore(t, database, backup, filepath.Join(o.DataDir, "ucpalert.journal"))
			after := session(t, o, nil)
			if after == before {
				t.Errorf("the epoch is still %s", before)
			}
			if again := session(t, o, nil); again != after {
				t.Errorf("the new epoch %s did not last: %s", after, again)
			}
		})
	}
}

// A backup of the first epoch is longer than the journal of the second: only the epoch beside it tells.
func TestEpochChangesWhenAnOlderEpochIsRestored(t *testing.T) {
	o := sqltest.SQLite(t)
	database, backup := filepath.Join(o.DataDir, "ucpalert.db"), filepath.Join(t.TempDir(), "backup.db")
	first := session(t, o, func(db *sql.DB) { advanceJournal(t, db, 100) })
	copyOver(t, database, backup)
	if err := os.Remove(filepath.Join(o.DataDir, "ucpalert.journal")); err != nil {
		t.Fatal(err)
	}
	second := session(t, o, func(db *sql.DB) { advanceJournal(t, db, 5) })
	copyOver(t, backup, database)
	if third := session(t, o, nil); third == second || third == first {
		t.Errorf("the epochs are %s, %s and then %s; want a third", first, second, third)
	}
}

func TestEpochChangesWhenADumpIsReadIn(t *testing.T) {
	o := sqltest.Postgres(t)
	before := session(t, o, func(db *sql.DB) {
		advanceJournal(t, db, 7)
		// What pg_restore --clean does to a table.
		exec(t, db, "CREATE TABLE kept AS SELECT id, number, hash FROM journal_head", nil)
		exec(t, db, "DROP TABLE journal_head", nil)
		exec(t, db, "ALTER TABLE kept RENAME TO journal_head", nil)
	})
	after := session(t, o, nil)
	if after == before {
		t.Errorf("the epoch is still %s", before)
	}
	if again := session(t, o, nil); again != after {
		t.Errorf("the new epoch %s did not last: %s", after, again)
	}
}

func TestTablesOfANewerProgramAreLeftAlone(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		session(t, o, func(db *sql.DB) {
			exec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, :yes)", sql.Args{"yes": true})
		})
		_, err := sql.Open(context.Background(), o)
		if err == nil || !regexp.MustCompile(`version 99999, made by a newer ucpalert`).MatchString(err.Error()) {
			t.Errorf("an older program says %v", err)
		}
	})
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	tests := []struct {
		name, want string
		o          sql.Options
	}{
		{"neither", "neither a data folder nor", sql.Options{}},
		{"both", "both a data folder and", sql.Options{DataDir: "x", PostgresURL: "postgres://x"}},
		{"a URL that cannot be read", "cannot be read", sql.Options{PostgresURL: "postgres://u:SECRET@[::1:5432/"}},
		{"commits that are not durable", "would lose answered messages", sql.Options{PostgresURL: "postgres://127.0.0.1:1/x?synchronous_commit=off"}},
		{"a folder that cannot be made", "make the data folder", sql.Options{DataDir: "/dev/null/data"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sql.Open(context.Background(), tt.o)
			if err == nil || !regexp.MustCompile(tt.want).MatchString(err.Error()) || regexp.MustCompile("SECRET").MatchString(err.Error()) {
				t.Errorf("it says %v, want %q", err, tt.want)
			}
		})
	}
}
