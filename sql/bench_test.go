package sql

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
)

// benchRow is about as wide as an attendance.
type benchRow struct {
	ID      string    `db:"id"`
	Site    string    `db:"site"`
	Control string    `db:"control"`
	At      time.Time `db:"at"`
	Open    bool      `db:"open"`
	Number  int64     `db:"number"`
	Hash    [32]byte  `db:"hash"`
}

const (
	benchTable = `CREATE TABLE bench (id TEXT NOT NULL PRIMARY KEY, site TEXT NOT NULL, control TEXT NOT NULL, at BIGINT NOT NULL,
		open BOOLEAN NOT NULL, number BIGINT NOT NULL, hash BLOB NOT NULL)`
	benchInsert = `INSERT INTO bench (id, site, control, at, open, number, hash) VALUES (:id, :site, :control, :at, :open, :number, :hash)`
	benchSelect = `SELECT id, site, control, at, open, number, hash FROM bench WHERE id = :id`
	benchUpdate = `UPDATE bench SET number = :number, at = :at WHERE id = :id`
)

func benchDB(b *testing.B) (*DB, func(string) *Statement) {
	b.Helper()
	db, err := Open(context.Background(), Options{DataDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	parse := func(text string) *Statement {
		st, err := Parse("bench", text)
		if err != nil {
			b.Fatal(err)
		}
		return st
	}
	create := parse(benchTable)
	if err := db.Write(context.Background(), func(tx *Tx) error { _, err := tx.Exec(create, nil); return err }); err != nil {
		b.Fatal(err)
	}
	return db, parse
}

// BenchmarkWrite is what one row a job costs, synced, from so many goroutines that each wait for their answer.
func BenchmarkWrite(b *testing.B) {
	for _, submitters := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("submitters=%d", submitters), func(b *testing.B) {
			db, parse := benchDB(b)
			insert := parse(benchInsert)
			submit(b, db, submitters, func(tx *Tx, n int64) error {
				_, err := tx.Exec(insert, &benchRow{ID: fmt.Sprintf("%016x", n*0x9E3779B97F4A7C1), Site: "RQW", Control: "7", At: time.Unix(1, 0), Number: n})
				return err
			})
		})
	}
}

// BenchmarkMessage is about what one hospital message costs: two rows found or not, one added, one changed, one remembered.
func BenchmarkMessage(b *testing.B) {
	for _, submitters := range []int{1, 64} {
		b.Run(fmt.Sprintf("submitters=%d", submitters), func(b *testing.B) {
			db, parse := benchDB(b)
			insert, find, update := parse(benchInsert), parse(benchSelect), parse(benchUpdate)
			submit(b, db, submitters, func(tx *Tx, n int64) error {
				row := benchRow{ID: fmt.Sprintf("%016x", n*0x9E3779B97F4A7C1), Site: "RQW", Control: "7", At: time.Unix(1, 0), Number: n}
				var found benchRow
				if err := tx.Get(&found, find, &row); err != ErrNoRows {
					return fmt.Errorf("found: %w", err)
				}
				if _, err := tx.Exec(insert, &row); err != nil {
					return err
				}
				if err := tx.Get(&found, find, &row); err != nil {
					return err
				}
				if _, err := tx.Exec(update, &row); err != nil {
					return err
				}
				row.ID += "m"
				_, err := tx.Exec(insert, &row)
				return err
			})
		})
	}
}

func submit(b *testing.B, db *DB, submitters int, fn func(tx *Tx, n int64) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	waits := make([][]time.Duration, submitters)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range submitters {
		all.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				began := time.Now()
				if err := db.Write(context.Background(), func(tx *Tx) error { return fn(tx, n) }); err != nil {
					b.Error(err)
					return
				}
				waits[i] = append(waits[i], time.Since(began))
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	reportWaits(b, waits)
}

func reportWaits(b *testing.B, waits [][]time.Duration) {
	b.Helper()
	var flat []time.Duration
	for _, w := range waits {
		flat = append(flat, w...)
	}
	slices.Sort(flat)
	b.ReportMetric(float64(flat[len(flat)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(flat[len(flat)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(flat[len(flat)-1].Microseconds()), "max-µs")
}

// BenchmarkPaths compares the two ways to the driver, inside one transaction: the reason for liteSession.
func BenchmarkPaths(b *testing.B) {
	db, parse := benchDB(b)
	insert, find := parse(benchInsert), parse(benchSelect)
	row := benchRow{ID: "one", Site: "RQW", Control: "7", At: time.Unix(1, 0)}
	write := func(fn func(tx *Tx) error) {
		if err := db.Write(context.Background(), fn); err != nil {
			b.Fatal(err)
		}
	}
	write(func(tx *Tx) error { _, err := tx.Exec(insert, &row); return err })
	b.Run("driver/get", func(b *testing.B) {
		b.ReportAllocs()
		write(func(tx *Tx) error {
			var found benchRow
			for b.Loop() {
				if err := tx.Get(&found, find, &row); err != nil {
					return err
				}
			}
			return nil
		})
	})
	b.Run("driver/exec", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		write(func(tx *Tx) error {
			for b.Loop() {
				n++
				row.ID = fmt.Sprintf("d%d-%d", b.N, n)
				if _, err := tx.Exec(insert, &row); err != nil {
					return err
				}
			}
			return nil
		})
	})
	b.Run("driver/savepoint", func(b *testing.B) {
		write(func(tx *Tx) error {
			s := tx.conn.(*liteSession)
			for b.Loop() {
				for _, stmt := range []*sqlite3.SQLiteStmt{s.savepoint, s.release} {
					if err := s.step(stmt); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	benchSqlx(b, db)
}

func benchSqlx(b *testing.B, db *DB) {
	b.Helper()
	pool := openPool(db.engine.(*sqliteEngine).path, writerPragmas, 0)
	defer func() { _ = pool.Close() }()
	tx := pool.MustBegin()
	defer func() { _ = tx.Rollback() }()
	find, err := tx.Preparex(`SELECT id, site, control, at, open, number FROM bench WHERE id = ?`)
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.Preparex(`INSERT INTO bench (id, site, control, at, open, number, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("sqlx/get", func(b *testing.B) {
		b.ReportAllocs()
		var found struct {
			ID      string
			Site    string
			Control string
			At      int64
			Open    bool
			Number  int64
		}
		for b.Loop() {
			if err := find.Get(&found, "one"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sqlx/exec", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			if _, err := insert.Exec(fmt.Sprintf("s%d-%d", b.N, n), "RQW", "7", int64(1), false, int64(n), make([]byte, 32)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
