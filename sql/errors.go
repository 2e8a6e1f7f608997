package sql

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

var (
	// ErrNoRows is what Get returns when nothing was found. It does not spoil the transaction.
	ErrNoRows = stdsql.ErrNoRows
	// ErrClosed refuses a write after Close.
	ErrClosed = errors.New("the database is closed")
	// ErrInUse refuses a data folder that another process holds.
	ErrInUse = errors.New("is in use by another ucpalert")
	// ErrBroken is the answer to every write after the disk failed: what it holds is no longer known, so only a restart, which reads
	// the files again, can help. A second fsync could report success for pages that the kernel has already thrown away.
	ErrBroken = errors.New("storage failed: restart needed")
	// ErrFull says that the disk has no room. Writes work again when there is room.
	ErrFull = errors.New("the disk is full")
	// ErrUnconfirmed says that PostgreSQL committed with a warning: the standby may not have the change, so it counts as not done.
	ErrUnconfirmed = errors.New("the commit was not confirmed")
)

// brokenError is ErrBroken with what broke it.
type brokenError struct{ cause error }

func (e *brokenError) Error() string   { return ErrBroken.Error() + ": " + e.cause.Error() }
func (e *brokenError) Unwrap() []error { return []error{ErrBroken, e.cause} }

// statementError says which statement failed and how, and quotes no value: a driver's text may hold a patient's name ("invalid input
// syntax for type bigint: …"). The driver's error is still there for errors.As.
type statementError struct {
	statement string
	cause     error
}

func (e *statementError) Error() string {
	return "statement " + e.statement + ": " + describe(e.cause)
}
func (e *statementError) Unwrap() error { return e.cause }

// withoutValues wraps an error of the driver outside of any one statement so that its text quotes no value.
type withoutValues struct{ cause error }

func (e *withoutValues) Error() string { return describe(e.cause) }
func (e *withoutValues) Unwrap() error { return e.cause }

func sealed(err error) error {
	if err == nil {
		return nil
	}
	return &withoutValues{err}
}

// ownError marks errors written in this package, whose texts name columns and types and never values.
type ownError string

func (e ownError) Error() string { return string(e) }

func ownf(format string, args ...any) error { return ownError(fmt.Sprintf(format, args...)) }

// harmless are errors whose text is fixed.
var harmless = []error{
	context.Canceled, context.DeadlineExceeded, stdsql.ErrNoRows, stdsql.ErrConnDone, stdsql.ErrTxDone, io.ErrUnexpectedEOF, io.EOF,
	driver.ErrBadConn, pgx.ErrTxCommitRollback, pgx.ErrTxClosed,
}

// describe is the text of a driver's error with everything left out that might be a value.
func describe(err error) string {
	var pg *pgconn.PgError
	var lite sqlite3.Error
	var own ownError
	var network net.Error
	switch {
	case errors.As(err, &pg):
		if pg.ConstraintName != "" {
			return fmt.Sprintf("SQLSTATE %s (constraint %s)", pg.Code, pg.ConstraintName)
		}
		return "SQLSTATE " + pg.Code
	case errors.As(err, &lite):
		// SQLite names tables and columns here, not values.
		return fmt.Sprintf("%s (code %d)", lite.Error(), lite.ExtendedCode)
	case errors.As(err, &own):
		return own.Error()
	case errors.As(err, &network):
		return network.Error()
	}
	for _, known := range harmless {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("%T (its text is withheld: it may quote a value)", err)
}

// fate is what an error of SQLite means for the transactions it touched.
type fate int

const (
	fateOfJob   fate = iota // the job failed, its neighbours are well
	fateOfGroup             // the whole transaction failed; the next may succeed
	fateOfStore             // the disk cannot be trusted any more
)

// sqliteFate judges err. See https://www.sqlite.org/rescode.html and https://www.sqlite.org/lang_transaction.html, "response to errors
// within a transaction".
func sqliteFate(err error) fate {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return fateOfJob
	}
	switch e.Code {
	case sqlite3.ErrIoErr, sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrCantOpen, sqlite3.ErrReadonly:
		return fateOfStore
	case sqlite3.ErrFull, sqlite3.ErrNomem, sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrInterrupt, sqlite3.ErrProtocol:
		return fateOfGroup
	}
	return fateOfJob
}
