package sql

import (
	"context"
	"crypto/sha256"
	stdsql "database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

const (
	defaultConns = 32
	leastConns   = 4 // one listens, and that one needs another to settle the epoch

	// writeAttempts is how often a transaction is tried that others made impossible: a deadlock or a serialization failure.
	writeAttempts = 8

	// channel wakes the other nodes.
	channel = "ucpalert_journal"
)

// postgresEngine is a database that several nodes share.
type postgresEngine struct {
	db   *DB
	pool *sqlx.DB
}

func openPostgres(ctx context.Context, db *DB, o Options) (_ *postgresEngine, err error) {
	config, err := pgx.ParseConfig(o.PostgresURL)
	if err != nil {
		return nil, errors.New("the PostgreSQL URL cannot be read") // the reason would quote the password
	}
	if err := setSession(config); err != nil {
		return nil, err
	}
	e := &postgresEngine{db: db, pool: sqlx.NewDb(stdlib.OpenDB(*config), "pgx")}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	conns := o.MaxConns
	if conns <= 0 {
		conns = defaultConns
	}
	conns = max(conns, leastConns)
	e.pool.SetMaxOpenConns(conns)
	e.pool.SetMaxIdleConns(conns)
	if err := e.checkDurable(ctx); err != nil {
		return nil, err
	}
	return e, migrate(ctx, postgres, e.pool.DB, db.log)
}

// setSession says how each connection behaves, unless the URL already does.
func setSession(config *pgx.ConnConfig) error {
	for name, value := range map[string]string{
		"application_name":                    "ucpalert",
		"timezone":                            "UTC",
		"synchronous_commit":                  "on",
		"idle_in_transaction_session_timeout": "60000", // ms: a node that hangs does not hold its locks for ever
	} {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	switch mode := config.RuntimeParams["synchronous_commit"]; mode {
	case "on", "remote_apply":
	default:
		return fmt.Errorf("synchronous_commit=%s would lose answered messages: it must be on or remote_apply", mode)
	}
	config.OnNotice = noteWarning
	return nil
}

// checkDurable warns of a server that was told not to sync; for tests that is welcome.
func (e *postgresEngine) checkDurable(ctx context.Context) error {
	for _, setting := range []string{"fsync", "full_page_writes"} {
		var value string
		if err := e.pool.GetContext(ctx, &value, "SHOW "+setting); err != nil {
			return fmt.Errorf("ask PostgreSQL for %s: %w", setting, sealed(err))
		}
		if value != "on" {
			e.db.log.WarnContext(ctx, "PostgreSQL will lose answered messages in a power cut", setting, value)
		}
	}
	return nil
}

func (e *postgresEngine) readers() *sqlx.DB { return e.pool }

// readOnly: REPEATABLE READ sees one state throughout, as a reader of SQLite does.
func (e *postgresEngine) readOnly() *stdsql.TxOptions {
	return &stdsql.TxOptions{Isolation: stdsql.LevelRepeatableRead, ReadOnly: true}
}

func (e *postgresEngine) marker() *marker { return nil }

func (e *postgresEngine) close() error { return e.pool.Close() }

// write runs fn, again if it lost against other transactions. A connection that broke during the commit is not tried again: the
// transaction may have been committed.
func (e *postgresEngine) write(ctx context.Context, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		journalled, err := e.attempt(ctx, fn)
		if err == nil {
			if journalled {
				e.db.committed()
			}
			return nil
		}
		if attempt == writeAttempts || !lostToOthers(err) {
			return err
		}
		pause := time.Duration(rand.Int64N(int64(time.Millisecond) << attempt))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

// lostToOthers: serialization_failure and deadlock_detected; the server has rolled the transaction back.
func lostToOthers(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func (e *postgresEngine) attempt(ctx context.Context, fn func(*Tx) error) (journalled bool, err error) {
	conn, err := e.pool.Connx(ctx)
	if err != nil {
		return false, fmt.Errorf("connect: %w", sealed(err))
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool; the commit has been answered
	t, err := conn.BeginTxx(ctx, &stdsql.TxOptions{Isolation: stdsql.LevelReadCommitted})
	if err != nil {
		return false, fmt.Errorf("begin: %w", sealed(err))
	}
	defer func() { _ = t.Rollback() }() // after a commit it does nothing
	tx := &Tx{conn: &pgSession{ctx, t, e.db.ring.Load()}}
	err = tx.run(fn)
	tx.conn = over{}
	if err != nil {
		return false, err
	}
	if tx.journalled {
		if _, err := t.ExecContext(ctx, "NOTIFY "+channel); err != nil {
			return false, fmt.Errorf("notify: %w", sealed(err))
		}
	}
	if err := forgetWarnings(conn); err != nil {
		return false, fmt.Errorf("commit: %w", sealed(err))
	}
	if err := t.Commit(); err != nil {
		return false, fmt.Errorf("commit: %w", sealed(err))
	}
	return tx.journalled, confirmed(conn)
}

// warned is where a connection keeps the warning that its last statement gave.
const warned = "ucpalert warned"

// noteWarning is called on the goroutine that uses the connection, while it reads the answer to its statement.
func noteWarning(conn *pgconn.PgConn, notice *pgconn.Notice) {
	if severity := notice.SeverityUnlocalized; severity == "WARNING" || severity == "" && notice.Severity == "WARNING" {
		conn.CustomData()[warned] = notice.Code
	}
}

func forgetWarnings(conn *sqlx.Conn) error {
	return conn.Raw(func(c any) error {
		delete(c.(*stdlib.Conn).Conn().PgConn().CustomData(), warned)
		return nil
	})
}

// confirmed fails if the commit gave a warning. "Canceling wait for synchronous replication" is one: the transaction is committed here,
// but the standby may not have it, and if the standby takes over the change is lost. The text is translated by the server and the code
// is that of any warning, so every warning counts: the price of a false one is that a sender sends again.
func confirmed(conn *sqlx.Conn) error {
	return conn.Raw(func(c any) error {
		code, warned := c.(*stdlib.Conn).Conn().PgConn().CustomData()[warned]
		if warned {
			return fmt.Errorf("%w: warning %s", ErrUnconfirmed, code)
		}
		return nil
	})
}

// pgSession is a connection inside a transaction. pgx prepares each text once a connection by itself.
type pgSession struct {
	ctx  context.Context
	tx   *sqlx.Tx
	keys *keyring
}

var _ session = (*pgSession)(nil)

func (s *pgSession) exec(st *Statement, args any) (int64, error) {
	bound, err := bindPool(postgres, st, args)
	if err != nil {
		return 0, err
	}
	result, err := s.tx.ExecContext(s.ctx, st.compiled[postgres].text, bound...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *pgSession) query(st *Statement, args any) (driver.Rows, error) {
	return queryPool(s.ctx, s.tx, postgres, st, args)
}

// lock takes the locks in the order of their numbers, which is the same for every transaction on every node.
func (s *pgSession) lock(keys []string) error { return s.take("pg_advisory_xact_lock", keys) }

func (s *pgSession) alone() bool { return false }

func (s *pgSession) present() *presence { return nil }

func (s *pgSession) sifted() *sieve { return nil }

func (s *pgSession) ring() *keyring { return s.keys }

func (s *pgSession) lockShared(keys []string) error {
	return s.take("pg_advisory_xact_lock_shared", keys)
}

// take asks for all locks at once; the server takes them in the order in which they are listed.
func (s *pgSession) take(how string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := s.tx.ExecContext(s.ctx, "SELECT "+how+"(n) FROM unnest($1::bigint[]) AS n", lockNumbers(keys))
	return err
}

// lockNumbers are the keys' 64-bit hashes, each once, in ascending order. Every node must compute the same, so the hash is a fixed one.
func lockNumbers(keys []string) []int64 {
	numbers := make([]int64, len(keys))
	for i, key := range keys {
		sum := sha256.Sum256([]byte(key))
		numbers[i] = int64(binary.BigEndian.Uint64(sum[:8]))
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// identity is the server, its timeline, and the database and table in it. Where a managed server does not tell one of them, the rest
// must do.
func (e *postgresEngine) identity(ctx context.Context) (string, error) {
	var own string
	err := e.pool.GetContext(ctx, &own, `SELECT d.oid || '/' || c.oid FROM pg_database d, pg_class c
		WHERE d.datname = current_database() AND c.oid = to_regclass('journal_head')`)
	if err != nil {
		return "", sealed(err)
	}
	system, err := e.tells(ctx, "SELECT system_identifier::text FROM pg_control_system()")
	if err != nil {
		return "", err
	}
	// The name of the log file begins with the timeline being written; the control file still holds the one before for a moment after
	// a standby was promoted.
	timeline, err := e.tells(ctx, "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("system %s timeline %s table %s", system, timeline, own), nil
}

// tells is what the server says of itself, "untold" if it does not want to: insufficient_privilege, undefined_function,
// feature_not_supported.
func (e *postgresEngine) tells(ctx context.Context, query string) (value string, err error) {
	err = e.pool.GetContext(ctx, &value, query)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42501" || pg.Code == "42883" || pg.Code == "0A000") {
		return "untold", nil
	}
	return value, sealed(err)
}
