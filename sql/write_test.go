package sql_test

import (
	"context"
	"testing"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// parse is a statement that only a test has.
func parse(t testing.TB, text string) *sql.Statement {
	t.Helper()
	st, err := sql.Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// exec runs one statement in a transaction of its own.
func exec(t testing.TB, db *sql.DB, text string, args any) {
	t.Helper()
	st := parse(t, text)
	err := db.Write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(st, args)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		db := sqltest.Open(t, o)
		exec(t, db, "CREATE TABLE try_plan (id BIGINT NOT NULL PRIMARY KEY)", nil)
		exec(t, db, "INSERT INTO try_plan (id) VALUES (:id)", sql.Args{"id": 7})
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = sqltest.Open(t, o)
		var id int
		if err := db.Get(context.Background(), &id, parse(t, "SELECT id FROM try_plan"), nil); err != nil || id != 7 {
			t.Errorf("the plan is %d, %v; want 7", id, err)
		}
	})
}
