// Package sqltest gives a test a fresh database of each engine.
//
// SQLite is always tried. PostgreSQL is tried when UCPALERT_TEST_POSTGRES is the URL of a server where the test may create databases
// (scripts/postgres.sh starts one); with UCPALERT_TEST_POSTGRES_REQUIRED=1 its absence is a failure.
package sqltest

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/vault"
)

// Each runs test on an open, empty database of each engine, as a subtest named after it, and closes it afterwards.
func Each(t *testing.T, test func(t *testing.T, db *sql.DB)) {
	t.Helper()
	EachOptions(t, func(t *testing.T, o sql.Options) { test(t, Open(t, o)) })
}

// EachOptions runs test with the options of a database of each engine that has the tables and nothing else, for tests that open it themselves,
// and again.
func EachOptions(t *testing.T, test func(t *testing.T, o sql.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Open opens a database and closes it at the end of the test.
func Open(t testing.TB, o sql.Options) *sql.DB {
	t.Helper()
	db, err := sql.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return db
}

// SQLite are options for an embedded database in a folder of the test's own. Its tables are a copy: to make them takes a second under the race
// detector.
func SQLite(t testing.TB) sql.Options {
	t.Helper()
	dir := t.TempDir()
	file, err := madeSQLite()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, databaseFile), file, 0o600)
	}
	if err != nil {
		t.Fatalf("make the tables: %v", err)
	}
	key := sql.KeyBeside(dir)
	return sql.Options{DataDir: dir, Key: &key}
}

// databaseFile is the file in the data folder of an embedded database.
const databaseFile = "ucpalert.db"

// madeSQLite is the file of a database with all tables and nothing in them, made once for a package's tests.
var madeSQLite = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "ucpalert-tables-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := sql.Migrate(context.Background(), sql.Options{DataDir: dir}); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, databaseFile))
})

var databases atomic.Int64

// Postgres are options for a PostgreSQL database of the test's own, which is dropped afterwards. Without a server the test is skipped, or
// fails if one was required.
func Postgres(t testing.TB) sql.Options {
	t.Helper()
	server := os.Getenv("UCPALERT_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("UCPALERT_TEST_POSTGRES_REQUIRED") == "1" {
			t.Fatal("UCPALERT_TEST_POSTGRES_REQUIRED=1, but UCPALERT_TEST_POSTGRES names no server: start one with scripts/postgres.sh start")
		}
		t.Skip("UCPALERT_TEST_POSTGRES names no server")
	}
	at, err := url.Parse(server)
	if err != nil || at.Scheme == "" {
		t.Fatal("UCPALERT_TEST_POSTGRES is not a URL such as postgres://postgres@127.0.0.1:5432/postgres")
	}
	name := fmt.Sprintf("ucpalert_test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), databases.Add(1))
	administer(t, server, `CREATE DATABASE "`+name+`" TEMPLATE "`+tables(t, at)+`"`)
	t.Cleanup(func() { administer(t, server, `DROP DATABASE "`+name+`" WITH (FORCE)`) })
	at.Path = "/" + name
	return sql.Options{PostgresURL: strings.TrimSpace(at.String()), MaxConns: 16, Key: &vault.Source{File: filepath.Join(t.TempDir(), "ucpalert.key")}}
}

var (
	templateMade sync.Mutex
	template     string
)

// tables is the name of a database with all tables and nothing in them. The first test that asks makes it; the server of the tests ends with
// them.
func tables(t testing.TB, server *url.URL) string {
	t.Helper()
	templateMade.Lock()
	defer templateMade.Unlock()
	if template != "" {
		return template
	}
	name := fmt.Sprintf("ucpalert_tables_%d_%d", os.Getpid(), time.Now().UnixNano())
	administer(t, server.String(), `CREATE DATABASE "`+name+`" TEMPLATE template0`)
	at := *server
	at.Path = "/" + name
	if err := sql.Migrate(context.Background(), sql.Options{PostgresURL: at.String()}); err != nil {
		t.Fatalf("make the tables: %v", err)
	}
	template = name
	return name
}

func administer(t testing.TB, server, statement string) {
	t.Helper()
	db, err := stdsql.Open("pgx", server)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}
