package sql

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

const (
	databaseFile = "ucpalert.db"

	// oldestSQLite is 3.51.3: before it, a write-ahead log could lose commits.
	oldestSQLite = 3_051_003

	readerConns = 4

	// statementCache is how many prepared statements a reader's connection keeps.
	statementCache = 256
)

// sqliteEngine is an embedded database: one writer, a few readers, and the folder held by a lock.
type sqliteEngine struct {
	path   string
	lock   *folderLock
	writer *writer
	read   *sqlx.DB
	mark   *marker
}

func openSQLite(ctx context.Context, db *DB, o Options) (_ *sqliteEngine, err error) {
	version, number, _ := sqlite3.Version()
	if number < oldestSQLite {
		return nil, fmt.Errorf("SQLite %s may lose commits (https://www.sqlite.org/wal.html): 3.51.3 or newer is needed", version)
	}
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return nil, err
	}
	if err := makeFolder(dir); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	e := &sqliteEngine{path: filepath.Join(dir, databaseFile), mark: &marker{dir: dir}}
	if e.lock, err = lockFolder(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	pool := openPool(e.path, writerPragmas, 0)
	if err := migrate(ctx, sqlite, pool.DB, db.log); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if e.writer, err = newWriter(ctx, db, pool, e.path+"-wal"); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	e.read = openPool(e.path, readerPragmas, statementCache)
	e.read.SetMaxOpenConns(readerConns)
	e.read.SetMaxIdleConns(readerConns)
	return e, e.read.PingContext(ctx)
}

// makeFolder makes the data folder and sees that its name survives a power cut, as the files in it will. Only its owner may look in:
// it holds patients.
func makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// A pragma is set on every connection, and read back where a silent refusal would cost data.
type pragma struct{ name, value, want string }

var (
	commonPragmas = []pragma{
		{"journal_mode", "WAL", "wal"},
		// FULL syncs the log at every commit. With NORMAL, the driver's default in WAL mode, a power cut loses answered messages.
		{"synchronous", "FULL", "2"},
		{"foreign_keys", "ON", "1"},
		{"temp_store", "MEMORY", "2"}, // savepoints keep what they may have to put back there
		{"trusted_schema", "OFF", "0"},
	}
	writerPragmas = append([]pragma{
		{"cache_size", "-32768", ""}, // KiB
		// The writer clears the log itself, after the answers have gone out: see checkpoint.go.
		{"wal_autocheckpoint", "0", "0"},
		{"journal_size_limit", "67108864", "67108864"},
	}, commonPragmas...)
	readerPragmas = append([]pragma{
		{"cache_size", "-4096", ""},
		{"query_only", "ON", "1"},
	}, commonPragmas...)
)

// connector opens connections of one kind.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c *connector) Driver() driver.Driver                        { return c.driver }

func openPool(path string, pragmas []pragma, cached int) *sqlx.DB {
	return openAs(path, "rwc", pragmas, cached)
}

// openReadOnly opens a database that another process may be using, for somebody who changes nothing in it.
func openReadOnly(path string) *sqlx.DB {
	return openAs(path, "ro", []pragma{{"query_only", "ON", "1"}, {"trusted_schema", "OFF", "0"}}, 0)
}

func openAs(path, mode string, pragmas []pragma, cached int) *sqlx.DB {
	// A connection is used by one goroutine at a time, so it needs no mutex of its own. Deferred BEGIN is for readers; the writer has
	// its own. Another program that looks into the file (a backup) is waited for, five seconds.
	query := fmt.Sprintf("mode=%s&_mutex=no&_txlock=deferred&_busy_timeout=5000&_stmt_cache_size=%d", mode, cached)
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: query}
	c := &connector{
		driver: &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error { return setPragmas(conn, pragmas) }},
		dsn:    dsn.String(),
	}
	return sqlx.NewDb(stdsql.OpenDB(c), "sqlite3")
}

func setPragmas(conn *sqlite3.SQLiteConn, pragmas []pragma) error {
	for _, p := range pragmas {
		if _, err := conn.Exec("PRAGMA "+p.name+" = "+p.value, nil); err != nil {
			return fmt.Errorf("set %s: %w", p.name, err)
		}
		if p.want == "" {
			continue
		}
		got, err := pragmaValue(conn, p.name)
		if err != nil {
			return fmt.Errorf("read %s back: %w", p.name, err)
		}
		if got != p.want {
			return fmt.Errorf("SQLite set %s to %q, not to %q", p.name, got, p.want)
		}
	}
	return nil
}

func pragmaValue(conn *sqlite3.SQLiteConn, name string) (string, error) {
	rows, err := conn.Query("PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	row := make([]driver.Value, len(rows.Columns()))
	err = rows.Next(row)
	if err := errors.Join(err, rows.Close()); err != nil {
		return "", err
	}
	return strings.ToLower(fmt.Sprint(row[0])), nil
}

func (e *sqliteEngine) write(ctx context.Context, fn func(*Tx) error) error {
	return e.writer.submit(ctx, fn)
}

func (e *sqliteEngine) readers() *sqlx.DB { return e.read }

// readOnly needs no options: the readers' connections refuse to write, and in WAL mode a transaction sees one state.
func (e *sqliteEngine) readOnly() *stdsql.TxOptions { return nil }

// listen only waits: nobody else writes to an embedded database.
func (e *sqliteEngine) listen(ctx context.Context, _ func()) error {
	<-ctx.Done()
	return ctx.Err()
}

// identity is the file itself: a restored database is another file, wherever it is.
func (e *sqliteEngine) identity(context.Context) (string, error) {
	info, err := os.Stat(e.path)
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", errors.New("this system does not number its files")
	}
	return fmt.Sprintf("file %d:%d", stat.Dev, stat.Ino), nil
}

func (e *sqliteEngine) marker() *marker { return e.mark }

// close ends in the order in which the parts need each other: the writer finishes its group and clears the log, then the readers go,
// then the folder is free.
func (e *sqliteEngine) close() error {
	var errs []error
	if e.read != nil {
		errs = append(errs, e.read.Close())
	}
	if e.writer != nil {
		errs = append(errs, e.writer.close())
	}
	return errors.Join(append(errs, e.lock.release())...)
}
