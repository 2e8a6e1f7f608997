package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/vault"
)

var (
	keyAll = statement("key_all")
	keyAdd = statement("key_add")
)

// keyring is the keys of an open database.
type keyring struct {
	*vault.Ring
	// plain says that rows may stand in the database that were written before anything was sealed: they are looked for by what they say, too.
	plain atomic.Bool
}

// The purposes of keys, as they stand in the database.
const (
	purposeIndex = "index"
	purposeData  = "data"
)

// wrappedKeyRow is one key, wrapped with the master key of that fingerprint.
type wrappedKeyRow struct {
	Purpose string    `db:"purpose"`
	Number  int       `db:"number"`
	Master  string    `db:"master"`
	Wrapped []byte    `db:"wrapped"`
	Made    time.Time `db:"made"`
}

func (r wrappedKeyRow) wrappedFor() string { return fmt.Sprintf("%s %d", r.Purpose, r.Number) }

// unlock reads the keys, or makes them in a database that has none yet.
func (db *DB) unlock(ctx context.Context, o Options) error {
	source, err := o.source()
	if err != nil {
		return err
	}
	var rows []wrappedKeyRow
	if err := db.Select(ctx, &rows, keyAll, nil); err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	master, made, err := source.Master(ctx, len(rows) > 0)
	if err != nil {
		return err
	}
	if made != "" {
		db.log.Warn("a key was made with which this database is sealed: keep a copy of it, apart from the backups of the database. Without it they cannot be read",
			"file", made, "fingerprint", master.Fingerprint())
	}
	if len(rows) == 0 {
		if rows, err = db.firstKeys(ctx, master); err != nil {
			return fmt.Errorf("make the keys: %w", err)
		}
	}
	ring, err := unwrapped(rows, master, db.addKeys)
	if err != nil {
		return err
	}
	state, err := db.sealingState(ctx)
	if err != nil {
		return err
	}
	ring.plain.Store(!state.Whole)
	db.ring.Store(ring)
	return nil
}

// source is where the master key is.
func (o Options) source() (vault.Source, error) {
	switch {
	case o.Key != nil:
		return *o.Key, nil
	case o.DataDir != "":
		return KeyBeside(o.DataDir), nil
	}
	return vault.Source{}, errors.New("with PostgreSQL it must be said where the key is (keys.file, keys.credential or keys.command): all nodes need the same one")
}

// KeyBeside is the key file beside a data folder: apart from it, since whoever copies the folder should not have copied the key.
func KeyBeside(dataDir string) vault.Source {
	return vault.Source{File: strings.TrimRight(dataDir, "/") + ".key"}
}

// firstKeys makes the keys of a new database, or finds those that another node made meanwhile.
func (db *DB) firstKeys(ctx context.Context, master vault.Key) (rows []wrappedKeyRow, err error) {
	err = db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(keysLock); err != nil {
			return err
		}
		if err := tx.Select(&rows, keyAll, nil); err != nil || len(rows) > 0 {
			return err
		}
		for _, purpose := range []string{purposeIndex, purposeData} {
			row, err := addKey(tx, purpose, 1, master, db.now())
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, err
}

// keysLock is what whoever makes keys locks.
const keysLock = "keys"

func addKey(tx *Tx, purpose string, number int, master vault.Key, at time.Time) (wrappedKeyRow, error) {
	row := wrappedKeyRow{Purpose: purpose, Number: number, Master: master.Fingerprint(), Made: at}
	row.Wrapped = master.Wrap(vault.NewKey(), row.wrappedFor())
	_, err := tx.Exec(keyAdd, &row)
	return row, err
}

// unwrapped makes a ring of the keys in the database. more is asked, with the master key, for keys that others make later.
func unwrapped(rows []wrappedKeyRow, master vault.Key, more func(*keyring, vault.Key) error) (*keyring, error) {
	ring := &keyring{}
	for _, row := range rows {
		if row.Purpose != purposeIndex {
			continue
		}
		index, err := row.unwrap(master)
		if err != nil {
			return nil, err
		}
		ring.Ring = vault.NewRing(index, func(uint16) error { return more(ring, master) })
	}
	if ring.Ring == nil {
		return nil, errors.New("the database has no key of its indexes: somebody changed the table sealing_key")
	}
	return ring, ring.take(rows, master)
}

// take adds the data keys that the ring does not hold.
func (r *keyring) take(rows []wrappedKeyRow, master vault.Key) error {
	for _, row := range rows {
		if row.Purpose != purposeData || r.Holds(uint16(row.Number)) {
			continue
		}
		k, err := row.unwrap(master)
		if err != nil {
			return err
		}
		r.Add(uint16(row.Number), k)
	}
	return nil
}

func (r wrappedKeyRow) unwrap(master vault.Key) (vault.Key, error) {
	k, err := master.Unwrap(r.Wrapped, r.wrappedFor())
	if err == nil {
		return k, nil
	}
	if given := master.Fingerprint(); given != r.Master {
		return k, fmt.Errorf("this database was sealed with the key %s, and the one given is %s: give it the right key (all nodes need the same); nothing was changed", r.Master, given)
	}
	return k, fmt.Errorf("the %s key %d in the database is damaged: %w", r.Purpose, r.Number, err)
}

// mostWait is how long a value waits for a key that another node made.
const mostWait = 5 * time.Second

// addKeys takes the keys that others made since.
func (db *DB) addKeys(ring *keyring, master vault.Key) error {
	ctx, cancel := context.WithTimeout(context.Background(), mostWait)
	defer cancel()
	var rows []wrappedKeyRow
	if err := db.Select(ctx, &rows, keyAll, nil); err != nil {
		return err
	}
	return ring.take(rows, master)
}

// unlock reads the keys of a database that is only looked at.
func (g *Glass) unlock(ctx context.Context, source *vault.Source) error {
	from := &view{ctx, g.dialect, g.pool, nil}
	var rows []wrappedKeyRow
	if err := from.Select(&rows, keyAll, nil); err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	if len(rows) == 0 {
		return errors.New("the database has no keys yet: the service makes them when it starts")
	}
	master, _, err := source.Master(ctx, true)
	if err != nil {
		return err
	}
	g.ring, err = unwrapped(rows, master, func(ring *keyring, master vault.Key) error {
		var rows []wrappedKeyRow
		if err := from.Select(&rows, keyAll, nil); err != nil {
			return err
		}
		return ring.take(rows, master)
	})
	if err != nil {
		return err
	}
	state, err := sealingStateIn(from)
	if err != nil {
		return err
	}
	g.ring.plain.Store(!state.Whole)
	return nil
}
