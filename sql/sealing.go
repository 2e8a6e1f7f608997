package sql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/vault"
)

var (
	sealingGet  = statement("sealing_get")
	sealingKeep = statement("sealing_keep")
	keyRewrap   = statement("key_rewrap")
)

// sealingRow is how far sealing again has come.
type sealingRow struct {
	Table  string `db:"table_at"`
	Row    string `db:"row_at"`
	Toward int    `db:"toward"`
	Done   int    `db:"done"`
}

// Sealing says how far what is kept is sealed with the newest key.
type Sealing struct {
	// Key is the number of the newest data key, Made when it was made, Master the fingerprint of the master key that wraps it.
	Key    int
	Made   time.Time
	Master string
	// Keys is how many data keys there are.
	Keys int
	// Whole says that nothing is in sight any more that was written before there were keys.
	Whole bool
	// Table is where sealing again has come; empty if everything is sealed with the newest key.
	Table string
}

func (db *DB) sealingState(ctx context.Context) (s Sealing, err error) {
	err = db.Read(ctx, func(from Reader) error {
		s, err = sealingStateIn(from)
		return err
	})
	return s, err
}

func sealingStateIn(from Reader) (s Sealing, err error) {
	var keys []wrappedKeyRow
	if err := from.Select(&keys, keyAll, nil); err != nil {
		return s, fmt.Errorf("read the keys: %w", err)
	}
	for _, k := range keys {
		if k.Purpose == purposeData {
			s.Key, s.Made, s.Master = k.Number, k.Made, k.Master
			s.Keys++
		}
	}
	var at sealingRow
	if err := from.Get(&at, sealingGet, nil); err != nil {
		return s, fmt.Errorf("read how far sealing has come: %w", err)
	}
	s.Whole = at.Done > 0
	if at.Done < s.Key {
		s.Table = at.Table
		if s.Table == "" {
			s.Table = sealings[0].table
		}
	}
	return s, nil
}

// Sealing says how far what is kept is sealed with the newest key.
func (s *Store) Sealing(ctx context.Context) (Sealing, error) { return s.db.sealingState(ctx) }

// Sealing says the same of a database that is only looked at. It needs no key.
func (g *Glass) Sealing(ctx context.Context) (Sealing, error) {
	return sealingStateIn(&view{ctx, g.dialect, g.pool, nil})
}

// ReplaceKey makes a new data key, with which everything is sealed from now on, and journals it. What was sealed before stays readable, and is
// sealed again by [Store.SealOn].
func (s *Store) ReplaceKey(ctx context.Context, by journal.Actor) (number int, err error) {
	source, err := s.db.options.source()
	if err != nil {
		return 0, err
	}
	master, _, err := source.Master(ctx, true)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(keysLock); err != nil {
			return err
		}
		var rows []wrappedKeyRow
		if err := tx.Select(&rows, keyAll, nil); err != nil {
			return err
		}
		number = 1
		for _, row := range rows {
			if row.Master != master.Fingerprint() {
				_, err := row.unwrap(master)
				return err
			}
			if row.Purpose == purposeData {
				number = row.Number + 1
			}
		}
		if number > mostKeys {
			return ownf("there are %d data keys already, and there cannot be more", mostKeys)
		}
		if _, err := addKey(tx, purposeData, number, master, s.db.now()); err != nil {
			return err
		}
		return appendEntry(tx, journal.Entry{Time: s.db.now(), Kind: journal.KeyReplaced, Actor: by, Subject: fmt.Sprintf("key %d", number)})
	})
	if err == nil {
		err = s.db.addKeys(s.db.ring.Load(), master)
	}
	if err != nil {
		return 0, fmt.Errorf("make a new key: %w", err)
	}
	return number, nil
}

// mostKeys is the greatest number that a sealed value has room for.
const mostKeys = 1<<16 - 1

// Rewrap wraps all keys with another master key, and journals it. What is sealed stays as it is. Every node needs the new one when it starts next.
func (s *Store) Rewrap(ctx context.Context, to vault.Key, by journal.Actor) error {
	source, err := s.db.options.source()
	if err != nil {
		return err
	}
	master, _, err := source.Master(ctx, true)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(keysLock); err != nil {
			return err
		}
		var rows []wrappedKeyRow
		if err := tx.Select(&rows, keyAll, nil); err != nil {
			return err
		}
		for _, row := range rows {
			k, err := row.unwrap(master)
			if err != nil {
				return err
			}
			row.Master, row.Wrapped = to.Fingerprint(), to.Wrap(k, row.wrappedFor())
			if _, err := tx.Exec(keyRewrap, Args{"purpose": row.Purpose, "number": row.Number, "master": row.Master, "wrapped": row.Wrapped}); err != nil {
				return err
			}
		}
		return appendEntry(tx, journal.Entry{Time: s.db.now(), Kind: journal.KeysRewrapped, Actor: by, Subject: "master key " + to.Fingerprint()})
	})
	if err != nil {
		return fmt.Errorf("wrap the keys anew: %w", err)
	}
	return nil
}

// rowsOfSealing is how many rows are sealed again in one transaction.
const rowsOfSealing = 50

// SealOn seals a few rows again that are not sealed with the newest key, or are not sealed at all, in one short transaction, and tells whether
// there may be more. It goes on where it, or another node, stopped.
func (s *Store) SealOn(ctx context.Context) (more bool, err error) {
	ring := s.db.ring.Load()
	var whole bool
	err = s.db.Write(ctx, func(tx *Tx) error {
		more, whole = false, false
		if err := tx.Lock("sealing"); err != nil {
			return err
		}
		var at sealingRow
		if err := tx.Get(&at, sealingGet, nil); err != nil {
			return err
		}
		newest := int(ring.Newest())
		if whole = at.Done > 0; at.Done >= newest {
			return nil
		}
		if at.Toward != newest {
			at.Table, at.Row, at.Toward = sealings[0].table, "", newest
		}
		if err := at.step(tx); err != nil {
			return err
		}
		more, whole = at.Done < newest, at.Done > 0
		_, err := tx.Exec(sealingKeep, &at)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("seal again: %w", err)
	}
	if whole {
		ring.plain.Store(false)
	}
	return more, s.sealSecrets(ctx, more)
}

// step seals the next rows, or goes on to the next table.
func (at *sealingRow) step(tx *Tx) error {
	for i, t := range sealings {
		if t.table != at.Table {
			continue
		}
		last, err := t.next(tx, tx.conn.ring(), at.Row)
		switch {
		case err != nil:
			return fmt.Errorf("table %s: %w", t.table, err)
		case last != "":
			at.Row = last
		case i+1 < len(sealings):
			at.Table, at.Row = sealings[i+1].table, ""
		default:
			at.Table, at.Row, at.Done = "", "", at.Toward
		}
		return nil
	}
	return errors.New("sealing again stopped in a table that this version of the program does not know")
}

// sealSecrets seals the secrets in the table meta, once the tables are done.
func (s *Store) sealSecrets(ctx context.Context, more bool) error {
	if more {
		return nil
	}
	for _, name := range []string{pageKey, tokenKey, pseudonymKey, pushKey} {
		if _, err := s.secret(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// SealedKeys takes the keys that other nodes made since, so that nobody has to wait for one.
func (s *Store) SealedKeys(ctx context.Context) error {
	source, err := s.db.options.source()
	if err != nil {
		return err
	}
	state, err := s.Sealing(ctx)
	if err != nil || s.db.ring.Load().Holds(uint16(state.Key)) {
		return err
	}
	master, _, err := source.Master(ctx, true)
	if err != nil {
		return err
	}
	return s.db.addKeys(s.db.ring.Load(), master)
}
