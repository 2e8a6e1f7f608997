package sql

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

var (
	journalHead      = statement("journal_head")
	journalAdvance   = statement("journal_advance")
	journalSeal      = statement("journal_seal")
	journalRoomHead  = statement("journal_room_head")
	journalAdd       = statement("journal_add")
	journalAfter     = statement("journal_after")
	journalRoomAfter = statement("journal_room_after")
)

type entryRow struct {
	Number   int64     `db:"number"`
	At       time.Time `db:"at"`
	Kind     string    `db:"kind"`
	Actor    string    `db:"actor"`
	Role     string    `db:"role"`
	ActorOrg string    `db:"actor_org"`
	Room     string    `db:"room"`
	Before   int64     `db:"before"`
	Subject  string    `db:"subject"`
	Version  int       `db:"version"`
	Reason   string    `db:"reason"`
	Place    string    `db:"place"`
	Previous [32]byte  `db:"previous"`
	Hash     [32]byte  `db:"hash"`
}

func (r entryRow) entry() (journal.Entry, error) {
	return journal.Entry{
		Number: r.Number, Time: r.At, Kind: journal.Kind(r.Kind), Actor: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.ActorOrg},
		Room: r.Room, Before: r.Before, Subject: r.Subject, Version: r.Version, Reason: r.Reason, Place: r.Place, Previous: r.Previous, Hash: r.Hash,
	}, nil
}

// Append implements [alerts.Tx]. The first entry about a version that this transaction saved gives it its place in the histories.
func (tx deskTx) Append(e journal.Entry) error {
	number, err := appendNumbered(tx.Tx, e)
	if err != nil {
		return err
	}
	return tx.changed(e, number)
}

func appendEntry(tx *Tx, e journal.Entry) error {
	_, err := appendNumbered(tx, e)
	return err
}

// appendNumbered gives an entry its number, its place in its room and its seal, and writes it. The counter row that it takes stays locked
// until the transaction ends, so everything else is written before.
func appendNumbered(tx *Tx, e journal.Entry) (int64, error) {
	var head struct {
		Number int64  `db:"number"`
		Hash   []byte `db:"hash"`
	}
	if err := tx.Get(&head, journalAdvance, nil); err != nil {
		return 0, err
	}
	e.Number = head.Number
	copy(e.Previous[:], head.Hash) // empty before the first entry
	e.Time = e.Time.UTC().Truncate(time.Microsecond)
	if e.Place == "" {
		e.Place = tx.place
	}
	if e.Room != "" {
		if err := tx.Get(&e.Before, journalRoomHead, Args{"room": e.Room}); err != nil {
			return 0, err
		}
	}
	e.Hash = e.Seal()
	row := entryRow{e.Number, e.Time, string(e.Kind), e.Actor.Name, e.Actor.Role, e.Actor.Organisation, e.Room, e.Before, e.Subject, e.Version, e.Reason, e.Place, e.Previous, e.Hash}
	if _, err := tx.Exec(journalAdd, &row); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(journalSeal, Args{"hash": e.Hash[:]}); err != nil {
		return 0, err
	}
	tx.Journalled()
	return e.Number, nil
}

var _ journal.Log = (*Store)(nil)

// Record appends an entry about something that changes nothing else: a reading, a refusal.
func (s *Store) Record(ctx context.Context, e journal.Entry) error {
	if err := s.db.Write(ctx, func(tx *Tx) error { return appendEntry(tx, e) }); err != nil {
		return fmt.Errorf("journal %s of %s: %w", e.Kind, e.Subject, err)
	}
	return nil
}

// RecordAll is [Store.Record] for several entries: all of them, or none.
func (s *Store) RecordAll(ctx context.Context, all []journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		for _, e := range all {
			if err := appendEntry(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("journal %d entries: %w", len(all), err)
	}
	return nil
}

// Epoch implements [journal.Log].
func (s *Store) Epoch() string { return s.db.Epoch() }

// Head implements [journal.Log].
func (s *Store) Head(ctx context.Context) (int64, error) {
	var n int64
	if err := s.db.Get(ctx, &n, journalHead, nil); err != nil {
		return 0, fmt.Errorf("find the head of the journal: %w", err)
	}
	return n, nil
}

// After implements [journal.Log].
func (s *Store) After(ctx context.Context, number int64, limit int) ([]journal.Entry, error) {
	return s.entries(ctx, journalAfter, Args{"number": number, "limit": limit})
}

// RoomHeads implements [journal.Log].
func (s *Store) RoomHeads(ctx context.Context, rooms []string) (heads map[string]int64, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		heads, err = roomHeads(from, rooms)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the heads of %d rooms: %w", len(rooms), err)
	}
	return heads, nil
}

// roomHeads is the number of the newest entry of each room, 0 if it has none.
func roomHeads(from Reader, rooms []string) (map[string]int64, error) {
	heads := make(map[string]int64, len(rooms))
	for _, room := range rooms {
		var n int64
		if err := from.Get(&n, journalRoomHead, Args{"room": room}); err != nil {
			return nil, err
		}
		heads[room] = n
	}
	return heads, nil
}

// RoomsAfter implements [journal.Log].
func (s *Store) RoomsAfter(ctx context.Context, rooms []string, number int64, limit int) ([]journal.Entry, error) {
	if len(rooms) == 1 {
		return s.entries(ctx, journalRoomAfter, Args{"room": rooms[0], "number": number, "limit": limit})
	}
	var rows []entryRow
	err := s.db.Read(ctx, func(from Reader) error {
		for _, room := range rooms {
			var more []entryRow
			if err := from.Select(&more, journalRoomAfter, Args{"room": room, "number": number, "limit": limit}); err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the journal of %d rooms: %w", len(rooms), err)
	}
	slices.SortFunc(rows, func(a, b entryRow) int { return cmp.Compare(a.Number, b.Number) })
	return collect(rows[:min(limit, len(rows))], entryRow.entry)
}

func (s *Store) entries(ctx context.Context, st *Statement, args Args) ([]journal.Entry, error) {
	var rows []entryRow
	if err := s.db.Select(ctx, &rows, st, args); err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return collect(rows, entryRow.entry)
}
