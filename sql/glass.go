package sql

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
)

var (
	messageTaken = statement("message_taken")
	locationsOf  = statement("locations_of")
)

// Glass is a database behind glass: it is looked at, also while a service uses it, and nothing in it is changed. It is a store of which
// every transaction is forgotten, so that one can see what would follow from a message.
type Glass struct {
	pool    *sqlx.DB
	dialect dialect
	options *stdsql.TxOptions
	ring    *keyring
}

var _ alerts.Store = (*Glass)(nil)

// OpenGlass opens a database that exists, to look at it. Without a key in the options it reads what is not sealed, such as the journal. It takes no lock and brings no tables up to date: a database of another version
// of this program may not be readable.
func OpenGlass(ctx context.Context, o Options) (*Glass, error) {
	if err := loadError(); err != nil {
		return nil, fmt.Errorf("load statements: %w", err)
	}
	g := &Glass{}
	switch {
	case o.DataDir != "":
		path, err := filepath.Abs(filepath.Join(o.DataDir, databaseFile))
		if err == nil {
			_, err = os.Stat(path)
		}
		if errors.Is(err, os.ErrNotExist) {
			return nil, errors.New("look into the database: there is none in the data folder yet")
		}
		if err != nil {
			return nil, fmt.Errorf("look into the database: %w", err)
		}
		g.dialect, g.pool = sqlite, openReadOnly(path)
	case o.PostgresURL != "":
		config, err := pgx.ParseConfig(o.PostgresURL)
		if err != nil {
			return nil, errors.New("the PostgreSQL URL cannot be read") // the reason would quote the password
		}
		config.RuntimeParams["default_transaction_read_only"] = "on"
		config.RuntimeParams["timezone"] = "UTC"
		g.dialect, g.pool = postgres, sqlx.NewDb(stdlib.OpenDB(*config), "pgx")
		g.options = &stdsql.TxOptions{Isolation: stdsql.LevelRepeatableRead, ReadOnly: true}
	default:
		return nil, errors.New("look into the database: neither a data folder nor a PostgreSQL URL is given")
	}
	g.pool.SetMaxOpenConns(1)
	if err := g.pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("look into the database: %w", sealed(err)), g.pool.Close())
	}
	if o.Key == nil {
		return g, nil
	}
	if err := g.unlock(ctx, o.Key); err != nil {
		return nil, errors.Join(fmt.Errorf("look into the database: %w", err), g.pool.Close())
	}
	return g, nil
}

// Close ends looking.
func (g *Glass) Close() error { return g.pool.Close() }

// Write runs f on what is held now and forgets what it writes; what f wrote it does not read back.
func (g *Glass) Write(ctx context.Context, f func(alerts.Tx) error) error {
	if g.ring == nil {
		return fmt.Errorf("look into the database: %w", errNoKey)
	}
	t, err := g.pool.BeginTxx(ctx, g.options)
	if err != nil {
		return fmt.Errorf("look into the database: %w", sealed(err))
	}
	defer func() { _ = t.Rollback() }() // nothing was written: there is nothing to lose
	tx := &Tx{conn: &glassSession{ctx, g.dialect, t, g.ring}}
	return tx.run(func(tx *Tx) error {
		names, err := pseudonymsHeld(tx)
		if err != nil {
			return err
		}
		return f(glassTx{deskTx{Tx: tx, saved: new([]savedVersion), names: names, now: time.Now}})
	})
}

// glassTx answers by reading what a transaction that writes learns by writing.
type glassTx struct{ deskTx }

func (tx glassTx) Remember(m alerts.Message) (bool, error) {
	var n int
	err := tx.Get(&n, messageTaken, struct {
		Sender    string   `db:"sender"`
		ControlID string   `db:"control_id"`
		Hash      [32]byte `db:"hash"`
	}{m.Sender, m.ControlID, m.Hash})
	return n == 0, err
}

// Append forgets the entry: it gets no number.
func (tx glassTx) Append(journal.Entry) error { return nil }

// glassSession reads, and forgets what it is told to write.
type glassSession struct {
	ctx     context.Context
	dialect dialect
	from    sqlx.QueryerContext
	keys    *keyring
}

func (s *glassSession) exec(*Statement, any) (int64, error) { return 1, nil }
func (s *glassSession) lock([]string) error                 { return nil }
func (s *glassSession) lockShared([]string) error           { return nil }
func (s *glassSession) alone() bool                         { return true }
func (s *glassSession) present() *presence                  { return nil }
func (s *glassSession) sifted() *sieve                      { return nil }
func (s *glassSession) ring() *keyring                      { return s.keys }
func (s *glassSession) query(st *Statement, args any) (driver.Rows, error) {
	return queryPool(s.ctx, s.from, s.dialect, st, args)
}

// LocationSeen is a location that messages named.
type LocationSeen struct {
	Organisation string
	Location     directory.Location
	// Visits were there; the newest of them changed at Last.
	Visits int
	Last   time.Time
}

// LocationsSince lists the locations of the visits that changed since an instant.
func (g *Glass) LocationsSince(ctx context.Context, since time.Time) ([]LocationSeen, error) {
	var rows []struct {
		Organisation string    `db:"organisation"`
		Site         string    `db:"site"`
		PointOfCare  string    `db:"point_of_care"`
		Room         string    `db:"room"`
		Bed          string    `db:"bed"`
		Visits       int       `db:"visits"`
		Last         time.Time `db:"last"`
	}
	if err := (&view{ctx, g.dialect, g.pool, g.ring}).Select(&rows, locationsOf, Args{"since": since}); err != nil {
		return nil, fmt.Errorf("list the locations: %w", err)
	}
	out := make([]LocationSeen, len(rows))
	for i, r := range rows {
		out[i] = LocationSeen{r.Organisation, directory.Location{Site: r.Site, PointOfCare: r.PointOfCare, Room: r.Room, Bed: r.Bed}, r.Visits, r.Last}
	}
	return out, nil
}

var _ journal.Chain = (*Glass)(nil)

// Head is the number of the newest entry as the journal counts.
func (g *Glass) Head(ctx context.Context) (int64, error) {
	var n int64
	if err := (&view{ctx, g.dialect, g.pool, g.ring}).Get(&n, journalHead, nil); err != nil {
		return 0, fmt.Errorf("find the head of the journal: %w", err)
	}
	return n, nil
}

// After returns at most limit entries of the journal with numbers greater than the given one, in order.
func (g *Glass) After(ctx context.Context, number int64, limit int) ([]journal.Entry, error) {
	var rows []entryRow
	if err := (&view{ctx, g.dialect, g.pool, g.ring}).Select(&rows, journalAfter, Args{"number": number, "limit": limit}); err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return collect(rows, entryRow.entry)
}
