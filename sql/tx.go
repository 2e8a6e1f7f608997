package sql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/jmoiron/sqlx"
)

// Reader finds what is kept. A [Tx] is one, and so is what [DB.Read] gives.
type Reader interface {
	// Get writes the first row into dest: a pointer to a struct with `db` tags, or to a value if the row is one column. Every column
	// needs a field. Microseconds become a time.Time in UTC where the field is one. Without a row it returns ErrNoRows.
	Get(dest any, st *Statement, args any) error
	// Select sets dest, a pointer to a slice of the same, to all rows; to nil if there are none.
	Select(dest any, st *Statement, args any) error
}

// Tx is a transaction that may write. It belongs to the function it was given to and ends with it.
type Tx struct {
	conn       session
	failed     error
	journalled bool
	// place is where what this transaction journals was asked for ([journal.At]).
	place string
}

// session is one connection inside a transaction.
type session interface {
	exec(st *Statement, args any) (int64, error)
	query(st *Statement, args any) (driver.Rows, error)
	lock(keys []string) error
	// lockShared is lock beside others who do the same.
	lockShared(keys []string) error
	// alone tells that there is nothing to lock.
	alone() bool
	// present is whom the writer has in memory; nil where others write too, who would not be in it.
	present() *presence
	// sifted is what the writer knows in memory of the keys of plans; nil where others write too.
	sifted() *sieve
	// ring opens and seals; nil before the keys are known, and where nothing is to be opened.
	ring() *keyring
}

// Exec runs a statement that changes something and returns how many rows it changed. Args are [Args], a struct with `db` tags, or nil.
// Instants are stored as microseconds since 1970 UTC, the zero instant as NULL.
func (tx *Tx) Exec(st *Statement, args any) (int64, error) {
	if tx.failed != nil {
		return 0, tx.failed
	}
	n, err := tx.conn.exec(st, args)
	if err != nil {
		return 0, tx.fail(st, err)
	}
	return n, nil
}

// Get is [Reader.Get]; it sees what this transaction wrote.
func (tx *Tx) Get(dest any, st *Statement, args any) error {
	if tx.failed != nil {
		return tx.failed
	}
	rows, err := tx.conn.query(st, args)
	if err == nil {
		err = st.one(tx.conn.ring(), dest, rows)
	}
	return tx.fail(st, err)
}

// Select is [Reader.Select]; it sees what this transaction wrote.
func (tx *Tx) Select(dest any, st *Statement, args any) error {
	if tx.failed != nil {
		return tx.failed
	}
	rows, err := tx.conn.query(st, args)
	if err == nil {
		err = st.all(tx.conn.ring(), dest, rows)
	}
	return tx.fail(st, err)
}

// Lock makes every other transaction that locks one of the keys wait until this one ends. Call it once, before anything else is read,
// with all the keys that the decision rests on: they are locked in one fixed order, so that two transactions with the same keys do not
// wait for each other. Two keys rarely share a lock; that costs time only. On SQLite there is one writer, and nothing to lock.
func (tx *Tx) Lock(keys ...string) error {
	if tx.failed != nil {
		return tx.failed
	}
	if err := tx.conn.lock(keys); err != nil {
		tx.failed = fmt.Errorf("lock: %w", sealed(err))
		return tx.failed
	}
	return nil
}

// Alone tells that no other transaction runs beside this one.
func (tx *Tx) Alone() bool { return tx.conn.alone() }

// LockShared keeps those from the keys who Lock them; others may share them.
func (tx *Tx) LockShared(keys ...string) error {
	if tx.failed != nil {
		return tx.failed
	}
	if err := tx.conn.lockShared(keys); err != nil {
		tx.failed = fmt.Errorf("lock: %w", sealed(err))
		return tx.failed
	}
	return nil
}

// Journalled says that this transaction writes journal entries, so that their followers are woken once it is committed.
func (tx *Tx) Journalled() { tx.journalled = true }

// fail remembers that a statement failed. Not finding a row is no failure.
func (tx *Tx) fail(st *Statement, err error) error {
	if err == nil || errors.Is(err, ErrNoRows) {
		return err
	}
	tx.failed = &statementError{st.name, err}
	return tx.failed
}

// run calls fn and returns its error, or that of a statement whose error fn dropped, or what a panic left.
func (tx *Tx) run(fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.failed
}

// panicked is the error of a transaction that panicked. The text of a runtime error (an index, a nil map) is kept; that of another value
// might quote a patient.
func panicked(p any) error {
	if err, ok := p.(runtime.Error); ok {
		return fmt.Errorf("the transaction panicked: %w", err)
	}
	return fmt.Errorf("the transaction panicked with a %T", p)
}

// Read runs fn on one state of the database: what was committed when it first looked. fn must not keep it open for long: on SQLite the
// write-ahead log cannot be cleared while an old state is still being read.
func (db *DB) Read(ctx context.Context, fn func(Reader) error) error {
	tx, err := db.engine.readers().BeginTxx(ctx, db.engine.readOnly())
	if err != nil {
		return fmt.Errorf("begin to read: %w", sealed(err))
	}
	defer func() { _ = tx.Rollback() }() // nothing was written: there is nothing to lose
	return fn(&view{ctx, db.dialect, tx, db.ring.Load()})
}

// Get is one [Reader.Get] on what is committed now.
func (db *DB) Get(ctx context.Context, dest any, st *Statement, args any) error {
	return (&view{ctx, db.dialect, db.engine.readers(), db.ring.Load()}).Get(dest, st, args)
}

// Select is one [Reader.Select] on what is committed now.
func (db *DB) Select(ctx context.Context, dest any, st *Statement, args any) error {
	return (&view{ctx, db.dialect, db.engine.readers(), db.ring.Load()}).Select(dest, st, args)
}

// Each writes the rows of one [Reader.Select] on what is committed now into row, one after the other, and calls take after each. It ends with
// take's error. Where many rows pass by it leaves nothing behind.
func (db *DB) Each(ctx context.Context, row any, st *Statement, args any, take func() error) error {
	rows, err := queryPool(ctx, db.engine.readers(), db.dialect, st, args)
	if err != nil {
		return readError(st, err)
	}
	return st.each(db.ring.Load(), row, rows, take)
}

// view reads through database/sql.
type view struct {
	ctx     context.Context
	dialect dialect
	from    sqlx.QueryerContext
	ring    *keyring
}

func (v *view) Get(dest any, st *Statement, args any) error {
	rows, err := queryPool(v.ctx, v.from, v.dialect, st, args)
	if err == nil {
		err = st.one(v.ring, dest, rows)
	}
	return readError(st, err)
}

func (v *view) Select(dest any, st *Statement, args any) error {
	rows, err := queryPool(v.ctx, v.from, v.dialect, st, args)
	if err == nil {
		err = st.all(v.ring, dest, rows)
	}
	return readError(st, err)
}

func readError(st *Statement, err error) error {
	if err == nil || errors.Is(err, ErrNoRows) {
		return err
	}
	return &statementError{st.name, err}
}

// queryPool runs a query through database/sql, where the drivers keep their own caches of prepared statements.
func queryPool(ctx context.Context, from sqlx.QueryerContext, d dialect, st *Statement, args any) (driver.Rows, error) {
	bound, err := bindPool(d, st, args)
	if err != nil {
		return nil, err
	}
	rows, err := from.QueryxContext(ctx, st.compiled[d].text, bound...)
	if err != nil {
		return nil, err
	}
	return &poolRows{rows: rows}, nil
}

func bindPool(d dialect, st *Statement, args any) ([]any, error) {
	named, err := st.bind(d, args, nil)
	if err != nil {
		return nil, err
	}
	bound := make([]any, len(named))
	for i := range named {
		bound[i] = named[i].Value
	}
	return bound, nil
}

// poolRows gives the rows of database/sql as the driver had them, so that one scanner serves both ways.
type poolRows struct {
	rows  *sqlx.Rows
	into  []any
	names []string
}

var _ driver.Rows = (*poolRows)(nil)

func (r *poolRows) Columns() []string {
	if r.names == nil {
		// The only error is that the rows are closed already; Next then says why.
		r.names, _ = r.rows.Columns()
	}
	return r.names
}

func (r *poolRows) Next(row []driver.Value) error {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	if r.into == nil {
		r.into = make([]any, len(row))
	}
	for i := range row {
		r.into[i] = (*any)(&row[i])
	}
	return r.rows.Scan(r.into...)
}

func (r *poolRows) Close() error { return r.rows.Close() }

// over is the session of a transaction that has ended: whoever kept the Tx is told so, instead of writing into somebody else's.
type over struct{}

var errOver = ownError("the transaction has ended")

func (over) exec(*Statement, any) (int64, error)        { return 0, errOver }
func (over) query(*Statement, any) (driver.Rows, error) { return nil, errOver }
func (over) lock([]string) error                        { return errOver }
func (over) lockShared([]string) error                  { return errOver }
func (over) alone() bool                                { return false }
func (over) present() *presence                         { return nil }
func (over) sifted() *sieve                             { return nil }
func (over) ring() *keyring                             { return nil }
