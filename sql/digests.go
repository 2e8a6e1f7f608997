package sql

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
)

var (
	digestGet  = statement("digest_get")
	digestKeep = statement("digest_keep")
	digestDrop = statement("digest_drop")
	digestAny  = statement("digest_any")
)

// pseudonymKey is the secret under which names stand for patients' visits.
const pseudonymKey = "pseudonym key"

// pseudonyms name what may not be named.
type pseudonyms struct {
	key []byte
	// any tells whether a visit was ever forgotten here. Where one process writes it saves asking at every arrival; several ask each time.
	any atomic.Bool
}

// loadPseudonyms reads the key, or makes it.
func (s *Store) loadPseudonyms(ctx context.Context) (*pseudonyms, error) {
	key, err := s.secret(ctx, pseudonymKey)
	if err != nil {
		return nil, err
	}
	p := &pseudonyms{key: key}
	var some int
	if err := s.db.Get(ctx, &some, digestAny, nil); err != nil {
		return nil, fmt.Errorf("look for digests: %w", err)
	}
	p.any.Store(some > 0)
	return p, nil
}

// pseudonymsHeld reads the key where nothing is written. Where there is none, nothing was named by it.
func pseudonymsHeld(tx *Tx) (*pseudonyms, error) {
	stored, err := readMeta(tx, pseudonymKey)
	if err != nil {
		return nil, err
	}
	kept := cipherText{stored, tx.conn.ring()}
	text, err := kept.open(metaValue, pseudonymKey)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("find the %s: it is not hexadecimal", pseudonymKey)
	}
	p := &pseudonyms{key: key}
	p.any.Store(len(key) > 0)
	return p, nil
}

// pseudonymBytes are enough that no two of a thousand million visits have one name.
const pseudonymBytes = 16

// of is the name that stands for something: nobody who has the database without its key finds out for what, nor who has a list of all numbers.
func (p *pseudonyms) of(what string, parts ...string) []byte {
	h := hmac.New(sha256.New, p.key)
	h.Write([]byte(what))
	for _, part := range parts {
		fmt.Fprintf(h, "\x00%d\x00%s", len(part), part)
	}
	return h.Sum(nil)[:pseudonymBytes]
}

type digestRow struct {
	Name         []byte    `db:"name"`
	ID           string    `db:"id"`
	Organisation string    `db:"organisation"`
	Department   string    `db:"department"`
	State        string    `db:"state"`
	Warning      string    `db:"warning"`
	Marks        string    `db:"marks"`
	Stamps       string    `db:"stamps"`
	Arrived      time.Time `db:"arrived"`
	Gone         time.Time `db:"gone"`
}

func (p *pseudonyms) visit(organisation, visit string) []byte {
	return p.of("visit", organisation, visit)
}

// Digest implements [alerts.DigestTx].
func (tx deskTx) Digest(organisation, visit string) (alerts.Attendance, bool, error) {
	if tx.Alone() && !tx.names.any.Load() {
		return alerts.Attendance{}, false, nil
	}
	var row struct {
		ID           string    `db:"id"`
		Organisation string    `db:"organisation"`
		Department   string    `db:"department"`
		State        string    `db:"state"`
		Warning      string    `db:"warning"`
		Marks        string    `db:"marks"`
		Stamps       string    `db:"stamps"`
		Arrived      time.Time `db:"arrived"`
	}
	err := tx.Get(&row, digestGet, Args{"name": tx.names.visit(organisation, visit)})
	if errors.Is(err, ErrNoRows) {
		return alerts.Attendance{}, false, nil
	}
	if err != nil {
		return alerts.Attendance{}, false, err
	}
	a := alerts.Attendance{
		ID: row.ID, Organisation: row.Organisation, Visit: visit, Department: row.Department, Warning: row.Warning, State: alerts.State(row.State),
		StatedArrival: row.Arrived,
	}
	if err := errors.Join(a.Marks.UnmarshalText([]byte(row.Marks)), a.Stamps.UnmarshalText([]byte(row.Stamps))); err != nil {
		return alerts.Attendance{}, false, fmt.Errorf("digest of attendance %s: %w", row.ID, err)
	}
	return a, true, nil
}

// DropDigest implements [alerts.DigestTx].
func (tx deskTx) DropDigest(organisation, visit string) error {
	_, err := tx.Exec(digestDrop, Args{"name": tx.names.visit(organisation, visit)})
	return err
}

// keepDigest puts a digest in the place of a visit.
func (tx deskTx) keepDigest(d alerts.Attendance, at time.Time) error {
	marks, err := d.Marks.MarshalText()
	if err != nil {
		return fmt.Errorf("write the marks of attendance %s: %w", d.ID, err)
	}
	stamps, err := d.Stamps.MarshalText()
	if err != nil {
		return fmt.Errorf("write the stamps of attendance %s: %w", d.ID, err)
	}
	tx.names.any.Store(true) // before the commit: it may say that there are some where there are none, never the other way
	_, err = tx.Exec(digestKeep, &digestRow{
		tx.names.visit(d.Organisation, d.Visit), d.ID, d.Organisation, d.Department, string(d.State), d.Warning, string(marks), string(stamps),
		d.StatedArrival, at,
	})
	return err
}
