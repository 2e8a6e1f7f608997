package sql_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

type urgency string

// place stores itself as text.
type place struct{ site, department string }

func (p place) Value() (driver.Value, error) { return p.site + "/" + p.department, nil }

func (p *place) Scan(from any) error {
	text, ok := from.(string)
	if !ok {
		return errors.New("not text")
	}
	p.site, p.department, _ = strings.Cut(text, "/")
	return nil
}

type identityPart struct {
	Family string `db:"family"`
	Given  *string
}

type wideRow struct {
	identityPart
	ID       int64      `db:"id"`
	Small    uint8      `db:"small"`
	Urgency  urgency    `db:"urgency"`
	Place    place      `db:"place"`
	Arrived  time.Time  `db:"arrived"`
	Departed time.Time  `db:"departed"`
	Seen     *time.Time `db:"seen"`
	Open     bool       `db:"open"`
	Score    float64    `db:"score"`
	Raw      []byte     `db:"raw"`
	None     []byte     `db:"none"`
	Hash     [4]byte    `db:"hash"`
}

const (
	wideTable = `CREATE TABLE wide (id BIGINT NOT NULL PRIMARY KEY, family TEXT NOT NULL, given TEXT, small INTEGER NOT NULL, urgency TEXT NOT NULL,
		place TEXT NOT NULL, arrived BIGINT NOT NULL, departed BIGINT, seen BIGINT, open BOOLEAN NOT NULL, score DOUBLE PRECISION NOT NULL,
		raw /*sqlite BLOB *//*postgres BYTEA */ NOT NULL, none /*sqlite BLOB *//*postgres BYTEA */, hash /*sqlite BLOB *//*postgres BYTEA */ NOT NULL)`
	wideInsert = `INSERT INTO wide (id, family, given, small, urgency, place, arrived, departed, seen, open, score, raw, none, hash)
		VALUES (:id, :family, :given, :small, :urgency, :place, :arrived, :departed, :seen, :open, :score, :raw, :none, :hash)`
	wideSelect = `SELECT id, family, given, small, urgency, place, arrived, departed, seen, open, score, raw, none, hash FROM wide ORDER BY id`
)

func TestRowComesBackAsItWasWritten(t *testing.T) {
	seen := time.Date(2026, 11, 22, 14, 2, 10, 123456000, time.UTC)
	given := "Siân"
	london := time.FixedZone("BST", 3600)
	rows := []wideRow{
		{identityPart{"Test", &given}, 1, 255, "critical", place{"RQW", "AE"}, seen.In(london), seen, &seen, true, 0.5, []byte{0, 1, 255}, []byte{}, [4]byte{1, 2, 3, 4}},
		{identityPart{"", nil}, -1 << 63, 0, "", place{}, time.Unix(0, 0), time.Time{}, nil, false, -1, []byte{}, nil, [4]byte{}},
	}
	want := []wideRow{rows[1], rows[0]}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, wideTable, nil)
		insert, find := parse(t, wideInsert), parse(t, wideSelect)
		check := func(how string, err error, got []wideRow) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", how, err)
			}
			same := cmp.Options{cmp.AllowUnexported(wideRow{}, place{}), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })}
			if diff := cmp.Diff(want, got, same); diff != "" {
				t.Errorf("%s (-written +read):\n%s", how, diff)
			}
			if zone := got[1].Arrived.Location(); zone != time.UTC {
				t.Errorf("%s: an instant comes back in %s, want UTC", how, zone)
			}
		}
		var inside, later, pointers []wideRow
		err := db.Write(context.Background(), func(tx *sql.Tx) error {
			for i := range rows {
				if n, err := tx.Exec(insert, &rows[i]); err != nil || n != 1 {
					t.Errorf("%d rows were inserted, %v; want 1", n, err)
				}
			}
			return tx.Select(&inside, find, nil)
		})
		check("in the transaction", err, inside)
		check("by a reader", db.Select(context.Background(), &later, find, nil), later)
		var found []*wideRow
		err = db.Read(context.Background(), func(r sql.Reader) error { return r.Select(&found, find, nil) })
		for _, p := range found {
			pointers = append(pointers, *p)
		}
		check("as pointers, in a reading transaction", err, pointers)
	})
}

func TestOneColumnIsAValue(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE times (at BIGINT)", nil)
		at := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)
		exec(t, db, "INSERT INTO times (at) VALUES (:at)", sql.Args{"at": at})
		var got time.Time
		if err := db.Get(context.Background(), &got, parse(t, "SELECT at FROM times"), nil); err != nil || !got.Equal(at) {
			t.Errorf("the instant is %v, %v; want %v", got, err, at)
		}
		var all []int64
		if err := db.Select(context.Background(), &all, parse(t, "SELECT at FROM times"), nil); err != nil || !cmp.Equal(all, []int64{at.UnixMicro()}) {
			t.Errorf("stored is %v, %v; want %v", all, err, at.UnixMicro())
		}
		all = []int64{9}
		if err := db.Select(context.Background(), &all, parse(t, "SELECT at FROM times WHERE at < 0"), nil); err != nil || all != nil {
			t.Errorf("nothing found leaves %v, %v; want nil", all, err)
		}
	})
}

func TestNothingFoundIsNoFailure(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE try_plan (id BIGINT)", nil)
		find, insert := parse(t, "SELECT id FROM try_plan"), parse(t, "INSERT INTO try_plan (id) VALUES (1)")
		var id int
		err := db.Write(context.Background(), func(tx *sql.Tx) error {
			if err := tx.Get(&id, find, nil); err != sql.ErrNoRows { // callers may compare it so
				t.Errorf("in a transaction it is %v, want ErrNoRows", err)
			}
			_, err := tx.Exec(insert, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		exec(t, db, "DELETE FROM try_plan", nil)
		if err := db.Get(context.Background(), &id, find, nil); err != sql.ErrNoRows {
			t.Errorf("for a reader it is %v, want ErrNoRows", err)
		}
	})
}

// The texts must name the place of the mistake and never the value: it may be a patient's.
func TestValueThatDoesNotFitIsNamedByItsPlaceOnly(t *testing.T) {
	const secret = "SECRETNAME"
	big := uint64(1 << 63)
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE kept (id BIGINT NOT NULL PRIMARY KEY, name TEXT)", nil)
		exec(t, db, "INSERT INTO kept (id, name) VALUES (1, :name)", sql.Args{"name": secret})
		exec(t, db, "INSERT INTO kept (id, name) VALUES (300, NULL)", nil)
		byID, names := parse(t, "SELECT id, name FROM kept WHERE id = :id"), parse(t, "SELECT name FROM kept ORDER BY id")
		var row struct{ ID int64 }
		var number int
		var text []string
		var tiny uint8
		var at place
		tests := []struct {
			name, want string
			get        func(sql.Reader) error
		}{
			{"no value", "no value for :id", func(r sql.Reader) error { return r.Get(&row, byID, nil) }},
			{"no such value", "no value for :id", func(r sql.Reader) error { return r.Get(&row, byID, sql.Args{}) }},
			{"no such field", "no value for :id in struct", func(r sql.Reader) error { return r.Get(&row, byID, struct{ Name string }{secret}) }},
			{"a value too many", "there is no parameter :oops", func(r sql.Reader) error { return r.Get(&row, byID, sql.Args{"id": 1, "oops": secret}) }},
			{"not a struct", "values come from", func(r sql.Reader) error { return r.Get(&row, byID, secret) }},
			{"a type nobody can store", "value for :id: a []string cannot be stored", func(r sql.Reader) error { return r.Get(&row, byID, sql.Args{"id": []string{secret}}) }},
			{"a number too large", "value for :id", func(r sql.Reader) error { return r.Get(&row, byID, sql.Args{"id": big}) }},
			{"a column without a field", "has no field for the column name", func(r sql.Reader) error { return r.Get(&row, byID, sql.Args{"id": 1}) }},
			{"text for a number", "column name: it is a string, and does not fit a int", func(r sql.Reader) error { return r.Get(&number, names, nil) }},
			{"NULL for text", "column name: it is NULL", func(r sql.Reader) error { return r.Select(&text, names, nil) }},
			{"a number that does not fit", "column id", func(r sql.Reader) error { return r.Get(&tiny, parse(t, "SELECT max(id) AS id FROM kept"), nil) }},
			{"a type that refuses", "column id: a sql_test.place does not take this int64", func(r sql.Reader) error { return r.Get(&at, parse(t, "SELECT id FROM kept WHERE id = 1"), nil) }},
			{"two columns for one value", "2 columns for one int", func(r sql.Reader) error { return r.Get(&number, byID, sql.Args{"id": 1}) }},
			{"no pointer", "not a pointer", func(r sql.Reader) error { return r.Get(row, byID, sql.Args{"id": 1}) }},
			{"no slice", "not a pointer to a slice", func(r sql.Reader) error { return r.Select(&row, byID, sql.Args{"id": 1}) }},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				inside := db.Write(context.Background(), func(tx *sql.Tx) error { return tt.get(tx) })
				outside := db.Read(context.Background(), tt.get)
				for _, err := range []error{inside, outside} {
					if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "statement test") {
						t.Errorf("the error is %v; want %q of statement test", err, tt.want)
					}
					if err != nil && strings.Contains(err.Error(), secret) {
						t.Errorf("the error quotes a value: %v", err)
					}
				}
			})
		}
	})
}

func TestConstraintIsNamedAndTheValueIsNot(t *testing.T) {
	const secret = "SECRETNAME"
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE kept (name TEXT NOT NULL PRIMARY KEY, n BIGINT)", nil)
		insert := parse(t, "INSERT INTO kept (name) VALUES (:name)")
		add := func(tx *sql.Tx) error { _, err := tx.Exec(insert, sql.Args{"name": secret}); return err }
		if err := db.Write(context.Background(), add); err != nil {
			t.Fatal(err)
		}
		err := db.Write(context.Background(), add)
		if err == nil || !strings.Contains(err.Error(), "kept") || strings.Contains(err.Error(), secret) {
			t.Errorf("the error is %v; want it to name the constraint and not the value", err)
		}
	})
}
