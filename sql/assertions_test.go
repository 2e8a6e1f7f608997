package sql_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestAnAssertionCountsOnce(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store, ctx := sql.NewStore(db), t.Context()
		ends := time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)
		for _, row := range []struct {
			what, client, id string
			forget           time.Time
			first            bool
		}{
			{"the first time", "gosh", "1", ends.Add(-time.Hour), true},
			{"again", "gosh", "1", ends.Add(-time.Hour), false},
			{"another client's with the same id", "kings", "1", ends.Add(-time.Hour), true},
			{"again at the very end", "gosh", "1", ends, false},
			{"another id", "gosh", "2", ends, true},
			{"when it was forgotten", "gosh", "1", ends.Add(time.Second), true},
		} {
			if first, err := store.UseAssertion(ctx, row.client, row.id, ends, row.forget); err != nil || first != row.first {
				t.Errorf("%s: %v, %v", row.what, first, err)
			}
		}
		one, err := store.TokenKey(ctx)
		again, err2 := store.TokenKey(ctx)
		pages, err3 := store.PageKey(ctx)
		if err != nil || err2 != nil || err3 != nil || len(one) != 32 || !bytes.Equal(one, again) || bytes.Equal(one, pages) {
			t.Errorf("the keys are of %d bytes, the same again: %v; %v %v %v", len(one), bytes.Equal(one, again), err, err2, err3)
		}
	})
}
