package sql

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

// What the tests may see and do that nobody else may.

// Statements are all that the package's variables asked for.
func Statements() []*Statement { return catalogue.statements }

// QueryFiles are the names in queries/, without their ending.
func QueryFiles() ([]string, error) {
	entries, err := queryFiles.ReadDir("queries")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name()[:len(e.Name())-len(".sql")])
	}
	return names, nil
}

// QueryText is the text of queries/NAME.sql.
func QueryText(name string) string {
	text, err := queryFiles.ReadFile("queries/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Missing loads a statement that has no file and says what Open would say, leaving no trace.
func Missing(name string) error {
	kept := catalogue.errs
	defer func() { catalogue.errs = kept }()
	statement(name)
	return loadError()
}

// Prepare has the engine read st without running it.
func Prepare(ctx context.Context, db *DB, st *Statement) error {
	prepared, err := db.engine.readers().PrepareContext(ctx, st.compiled[db.dialect].text)
	if err != nil {
		return err
	}
	return prepared.Close()
}

// Compiled is st as an engine takes it.
func Compiled(st *Statement, postgresql bool) string {
	if postgresql {
		return st.compiled[postgres].text
	}
	return st.compiled[sqlite].text
}

// Fault puts f between the writer of an SQLite database and its disk: what it returns for "COMMIT" or "ROLLBACK TO" is what that step
// returned. Nil mends the disk.
func Fault(db *DB, f func(step string) error) {
	w := db.engine.(*sqliteEngine).writer
	if f == nil {
		w.faulty.Store(nil)
		return
	}
	w.faulty.Store(&f)
}

// IOError is what SQLite says when an fsync failed.
func IOError() error {
	return sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync}
}

// LimitPages makes the disk of an SQLite database n pages large, and returns how many are used.
func LimitPages(db *DB, n int64) (used int64, err error) {
	err = db.Write(context.Background(), func(tx *Tx) error {
		s := tx.conn.(*liteSession)
		row, err := s.row("PRAGMA page_count")
		if err != nil {
			return err
		}
		used = row[0].(int64)
		_, err = s.row(fmt.Sprintf("PRAGMA max_page_count = %d", n))
		return err
	})
	return used, err
}

// MaxGroup is how many jobs share a commit at most.
const MaxGroup = maxGroup

// CarefulGroups is how many groups have savepoints after a job has failed.
const CarefulGroups = carefulGroups

// LogSize is how long the write-ahead log is, in bytes.
func LogSize(db *DB) int64 {
	info, err := os.Stat(db.engine.(*sqliteEngine).path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// LockNumbers are the PostgreSQL locks that keys stand for, in the order in which they are taken.
func LockNumbers(keys ...string) []int64 { return lockNumbers(keys) }

// Queued is how many jobs wait for the writer of an SQLite database.
func Queued(db *DB) int {
	w := db.engine.(*sqliteEngine).writer
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// Closing says whether Close has begun.
func Closing(db *DB) bool { return db.closed.Load() }

// FullError is what SQLite says when the disk is full.
func FullError() error {
	return sqlite3.Error{Code: sqlite3.ErrFull, ExtendedCode: sqlite3.ErrNoExtended(sqlite3.ErrFull)}
}

// WriterPragma is a setting of the writer's connection to an SQLite database.
func WriterPragma(db *DB, name string) (value string, err error) {
	err = db.Write(context.Background(), func(tx *Tx) error {
		row, err := tx.conn.(*liteSession).row("PRAGMA " + name)
		if err == nil {
			value = fmt.Sprint(row[0])
		}
		return err
	})
	return value, err
}

// Searched is whom SQL itself finds in a transaction by traits, by a hospital number or by an NHS number, whatever the writer has in memory.
func Searched(tx alerts.Tx, traits matching.Traits, organisation, number string, nhs plans.NHSNumber) (ids []string, err error) {
	desk := tx.(deskTx)
	var like, same, known []attendanceRow
	ring := desk.conn.ring()
	number = ring.hospitalIndex(organisation, number)
	if err := desk.Select(&like, attendanceOpenLike, ring.traitsRowOf(traits)); err != nil {
		return nil, err
	}
	err = desk.Select(&same, attendanceOpenNumber, Args{"organisation": organisation, "hospital_number": number, "hospital_number_before": number})
	if err == nil {
		err = desk.Select(&known, attendanceOpenOf, Args{"nhs_number": ring.numberIndex(nhs), "nhs_number_before": nhs.Reveal()})
	}
	for _, r := range slices.Concat(like, same, known) {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// Tire has everybody who is here read again before the next group, as after many have left.
func Tire(tx alerts.Tx) { tx.(deskTx).conn.present().idle = math.MaxInt }

// HeldUnder is which plans SQL itself finds in a transaction, by keys and by an NHS number, whatever the writer has in memory.
func HeldUnder(tx alerts.Tx, keys []matching.Key, n plans.NHSNumber) (ids []string, err error) {
	desk := tx.(deskTx)
	var rows, named []planRow
	ring := desk.conn.ring()
	err = eachKeys("", ring.blindKeys(keys), func(args *keyRow) error {
		var some []planRow
		err := desk.Select(&some, planLike, args)
		rows = append(rows, some...)
		return err
	})
	if err == nil {
		err = desk.Select(&named, planOfPatient, Args{"nhs_number": ring.numberIndex(n), "nhs_number_before": ""})
	}
	for _, r := range append(rows, named...) {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// Sifted tells whether the writer has the keys of all plans in memory, and whether it would look one up.
func Sifted(tx alerts.Tx, key matching.Key) (ready, looks bool) {
	sieve := tx.(deskTx).conn.sifted()
	looks = sieve.mayHold(entryOf(tx.(deskTx).conn.ring().blindKeys([]matching.Key{key})[0]))
	return sieve.held != nil, looks
}

// Overfill has the keys of all plans read again before the next group, as after many were published.
func Overfill(tx alerts.Tx) { tx.(deskTx).conn.sifted().room = 0 }

// Rows are the rows of a query as text, their columns joined, with the bytes of blobs as hexadecimal digits and, where they are text, as that.
func Rows(ctx context.Context, db *DB, query string) ([]string, error) {
	found, err := db.engine.readers().QueryxContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	var out []string
	for found.Next() {
		columns, err := found.SliceScan()
		if err != nil {
			return nil, err
		}
		var words []string
		for _, c := range columns {
			if b, ok := c.([]byte); ok {
				words = append(words, fmt.Sprintf("%x", b))
				c = string(b)
			}
			words = append(words, fmt.Sprint(c))
		}
		out = append(out, strings.Join(words, " "))
	}
	return out, found.Err()
}

// Dropped are the texts of what drops a visit and a plan, with all that hangs on them.
func Dropped() (texts []string) {
	for _, st := range append(slices.Clone(ofAlert), rulingForget, alertForget, visitDrop, planForget) {
		texts = append(texts, st.compiled[sqlite].text)
	}
	return texts
}
