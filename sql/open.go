package sql

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/vault"
)

// Options says where the database is and what it is given from outside.
type Options struct {
	// DataDir is the folder of an embedded SQLite database. It is made (mode 0700) if it is missing, and one process at a time may use it.
	DataDir string
	// PostgresURL is a connection URL or DSN as libpq takes it. Exactly one of DataDir and PostgresURL is set.
	PostgresURL string
	// MaxConns limits the connections of one node to PostgreSQL; 0 is 32. SQLite always has one writer and four readers.
	MaxConns int
	// Key is where the master key is, with which the keys in the database are wrapped (package vault); nil is a file beside the data folder, with
	// the ending .key. PostgreSQL has no such place: there it must be said, and must be the same for all nodes. [OpenGlass] reads nothing sealed
	// without it.
	Key *vault.Source
	// Log receives one line for each thing an operator should know; nil discards them.
	Log *slog.Logger
	// Now tells the time; nil is time.Now.
	Now func() time.Time
}

// DB is one database, of either engine. Its methods may be called from any goroutine.
type DB struct {
	engine  engine
	dialect dialect
	log     *slog.Logger
	now     func() time.Time
	options Options

	epoch  atomic.Pointer[string]
	ring   atomic.Pointer[keyring]
	broken atomic.Pointer[brokenError]
	closed atomic.Bool
	health health
	// writing counts the writes that wait or are under way; asked those since the start.
	writing, asked atomic.Int64

	hooksMu sync.RWMutex
	hooks   []func()

	names *pseudonyms
}

// engine is what SQLite and PostgreSQL do each in their own way.
type engine interface {
	// write runs fn in a transaction and returns nil once that is committed and synced.
	write(ctx context.Context, fn func(*Tx) error) error
	// readers is the pool that reads go through.
	readers() *sqlx.DB
	// readOnly describes a transaction that sees one state of the database and changes nothing.
	readOnly() *stdsql.TxOptions
	// listen calls wake when another process journalled, until ctx ends.
	listen(ctx context.Context, wake func()) error
	// identity names the database that is open, so that a restored one is noticed. See epoch.go.
	identity(ctx context.Context) (string, error)
	// marker is where the highest number known durable is kept outside the database, or nil.
	marker() *marker
	// close waits for what is under way.
	close() error
}

// Open opens the database, brings its tables up to date, and settles its epoch.
//
// It refuses a key that is not the one the database was sealed with, a data folder that another process holds, a SQLite older than 3.51.3, a PostgreSQL whose commits would not be durable,
// and a database made by a newer version of this program.
func Open(ctx context.Context, o Options) (*DB, error) {
	if err := loadError(); err != nil {
		return nil, fmt.Errorf("load statements: %w", err)
	}
	db := &DB{log: o.Log, now: o.Now, options: o}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.now == nil {
		db.now = time.Now
	}
	var err error
	switch {
	case o.DataDir != "" && o.PostgresURL != "":
		return nil, errors.New("open database: both a data folder and a PostgreSQL URL are given; give one")
	case o.DataDir != "":
		db.dialect = sqlite
		db.engine, err = openSQLite(ctx, db, o)
	case o.PostgresURL != "":
		db.dialect = postgres
		db.engine, err = openPostgres(ctx, db, o)
	default:
		return nil, errors.New("open database: neither a data folder nor a PostgreSQL URL is given")
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.unlock(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.engine.close())
	}
	if err := db.settleEpoch(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: settle its epoch: %w", err), db.engine.close())
	}
	if db.names, err = NewStore(db).loadPseudonyms(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.engine.close())
	}
	return db, nil
}

// Close waits for the writes under way and closes the database. Writes that come later are refused with [ErrClosed].
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	if err := db.engine.close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Write runs fn in one transaction. When it returns nil, what fn wrote survives a power cut; when it returns an error, nothing of it
// is kept — or, if the connection to PostgreSQL broke during the commit, nobody knows, and the caller must treat it as not done.
//
// fn may run more than once (PostgreSQL: after a deadlock; SQLite: when a neighbour fails, see writer) and must then do the same again: it
// sets its results anew and touches nothing but tx. A statement that failed spoils its transaction even if fn returns nil, as PostgreSQL
// has it. fn must be short and wait for nobody: on SQLite every other writer waits for it.
//
// On SQLite calls from all goroutines share one transaction and one fsync, and each can be undone by itself. An error of fn, too, is
// returned only after the commit, because it may rest on what a neighbour wrote (a duplicate of a message of the same group).
//
// If ctx ends before fn began, fn does not run. Once it began on SQLite, the outcome is waited for.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := db.writable(); err != nil {
		return err
	}
	db.asked.Add(1)
	db.writing.Add(1)
	defer db.writing.Add(-1)
	if place := journal.PlaceOf(ctx); place != "" {
		what := fn
		fn = func(tx *Tx) error {
			tx.place = place
			return what(tx)
		}
	}
	return db.engine.write(ctx, fn)
}

// Writing is how many calls of Write of this process wait for their transaction or its commit now.
func (db *DB) Writing() int { return int(db.writing.Load()) }

// Writes is how many calls of Write there were in this process since it started.
func (db *DB) Writes() int64 { return db.asked.Load() }

// OnCommit has hook called after each durable commit in this process that wrote journal entries. The hook must not wait: it wakes
// somebody who looks for himself. Wakes may be joined, so the hook says "look", never "one more".
func (db *DB) OnCommit(hook func()) {
	db.hooksMu.Lock()
	defer db.hooksMu.Unlock()
	db.hooks = append(db.hooks, hook)
}

func (db *DB) committed() {
	db.hooksMu.RLock()
	defer db.hooksMu.RUnlock()
	for _, hook := range db.hooks {
		hook()
	}
}

// Listen calls wake whenever another process may have journalled, and once after every time the connection was made again, because
// what happened meanwhile was not heard. It returns when ctx ends, with its error. With SQLite there is no other process and it only
// waits. A wake is a hint: the follower also polls.
func (db *DB) Listen(ctx context.Context, wake func()) error {
	return db.engine.listen(ctx, wake)
}

func (db *DB) writable() error {
	if b := db.broken.Load(); b != nil {
		return b
	}
	if db.closed.Load() {
		return ErrClosed
	}
	return nil
}
