package sql

import (
	"context"

	"github.com/ucpalert/ucpalert/alerts"
)

// Store keeps what the domain's rooms ask to keep: it is their stores, on one database.
type Store struct{ db *DB }

// NewStore makes a store on an open database.
func NewStore(db *DB) *Store { return &Store{db} }

var _ alerts.Store = (*Store)(nil)

// Write implements [alerts.Store].
func (s *Store) Write(ctx context.Context, f func(alerts.Tx) error) error {
	return s.db.Write(ctx, func(tx *Tx) error { return f(s.desk(tx)) })
}

// desk is a transaction as package alerts sees it.
func (s *Store) desk(tx *Tx) deskTx {
	return deskTx{Tx: tx, saved: new([]savedVersion), names: s.db.names, now: s.db.now}
}
