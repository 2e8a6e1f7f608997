package sql

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/bits-and-blooms/bloom/v3"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	planCount        = statement("plan_count")
	planKeysFrom     = statement("plan_keys_from")
	planNumbersAfter = statement("plan_numbers_after")
)

// sieve tells the one writer of an SQLite database of nearly every key and NHS number under which no plan is held that there is none, in
// memory. Nearly nobody who arrives has a plan; with a million held, looking for it read some ten pages of the database, each at random.
//
// It never holds back a key that has a plan. Whatever is written is noted before the commit, and the note stays if the transaction is undone;
// nothing is ever taken out. What was there before is read beside the writer, in parts, and the sieve is not used until all of it was read.
// Reading begins while nothing is uncommitted: a key was either committed before, and every part that is read later has it, or it is noted
// since. Nobody else writes to the database: its folder is locked. Where others write too there is none: a nil sieve may hold everything.
type sieve struct {
	db *DB
	// held is nil until everything was read: then everything may be held.
	held *bloom.BloomFilter
	// room is for how many entries held was made, and entries how many it may have.
	room, entries uint
	asked         bool
	reading       chan *reading // nil while nobody reads
	noted         []uint64      // since reading began
	stop          context.CancelFunc
	rests         time.Time // not to be read again before, since it failed
}

// reading is what came of reading everything.
type reading struct {
	held          *bloom.BloomFilter
	room, entries uint
	err           error
}

const (
	// sieveMisses is the share of keys without a plan that are looked up nevertheless.
	sieveMisses = 0.002
	// entriesOfPlan is how many keys and numbers a plan has.
	entriesOfPlan = 8
	// sieveSpare is for how many plans there is room at least beside those that are held when it is made, and half of those.
	sieveSpare = 16384
	// sieveRests is how long nobody reads after it failed. Until then everything is looked up.
	sieveRests = time.Minute
)

func entryOf(key matching.Key) uint64 { return uint64(key) }

// numberEntry is that of the blind index of an NHS number. It may be the same as a key's: that costs a look-up.
func numberEntry(index string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(index)) // a hash takes everything
	return h.Sum64()
}

// note is called before something is written.
func (s *sieve) note(entry uint64) {
	if s == nil {
		return
	}
	if s.held != nil {
		addEntry(s.held, entry)
		s.entries++
	}
	if s.reading != nil {
		s.noted = append(s.noted, entry)
	}
}

// mayHold tells whether it is to be looked up.
func (s *sieve) mayHold(entry uint64) bool {
	if s == nil {
		return true
	}
	s.asked = true
	if s.held == nil {
		return true
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], entry)
	return s.held.Test(b[:])
}

func addEntry(held *bloom.BloomFilter, entry uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], entry)
	held.Add(b[:])
}

// turn is called while nothing is uncommitted. It takes what was read, and has it read (again) if somebody asks and there is too little room.
func (s *sieve) turn() {
	if s.reading != nil {
		select {
		case r := <-s.reading:
			s.take(r)
		default:
		}
		return
	}
	if !s.asked || s.held != nil && s.entries <= s.room || time.Now().Before(s.rests) {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.reading = stop, make(chan *reading, 1)
	go func(into chan<- *reading) {
		r := new(reading)
		r.err = r.all(ctx, s.db)
		into <- r
	}(s.reading)
}

func (s *sieve) take(r *reading) {
	s.stop()
	noted := s.noted
	s.reading, s.noted = nil, nil
	if r.err != nil {
		s.rests = time.Now().Add(sieveRests)
		s.db.log.Warn("the keys of the plans could not be read into memory: every arrival is looked up in the database until they are", "error", r.err)
		return
	}
	for _, entry := range noted {
		addEntry(r.held, entry)
	}
	s.held, s.entries = r.held, r.entries+uint(len(noted))
	s.room = max(r.room, s.entries+s.entries/2) // had plans more keys than is usual, more misses are better than reading for ever
}

// close waits until nobody reads.
func (s *sieve) close() {
	if s.reading != nil {
		s.stop()
		<-s.reading
		s.reading = nil
	}
}

// entriesRow is a part of what is read.
type entriesRow struct {
	N       int    `db:"n"`
	Entries string `db:"entries"`
}

// all reads all keys and NHS numbers of plans.
func (r *reading) all(ctx context.Context, db *DB) error {
	var count uint
	if err := db.Get(ctx, &count, planCount, nil); err != nil {
		return fmt.Errorf("count the plans: %w", err)
	}
	r.room = (count + count/2 + sieveSpare) * entriesOfPlan
	r.held = bloom.NewWithEstimates(r.room, sieveMisses)
	if err := r.keys(ctx, db); err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	if err := r.numbers(ctx, db); err != nil {
		return fmt.Errorf("read the NHS numbers: %w", err)
	}
	return nil
}

func (r *reading) keys(ctx context.Context, db *DB) error {
	for from := int64(math.MinInt64); ; {
		var row struct {
			entriesRow
			Last int64 `db:"last"`
		}
		err := db.Get(ctx, &row, planKeysFrom, Args{"from": from})
		if err == nil {
			err = r.part(row.entriesRow, keyEntry)
		}
		if err != nil || row.N == 0 || row.Last == math.MaxInt64 {
			return err
		}
		from = row.Last + 1
	}
}

func (r *reading) numbers(ctx context.Context, db *DB) error {
	for after := ""; ; {
		var row struct {
			entriesRow
			Last string `db:"last"`
		}
		err := db.Get(ctx, &row, planNumbersAfter, Args{"after": after})
		if err == nil {
			err = r.part(row.entriesRow, db.ring.Load().numberEntryOf)
		}
		if err != nil || row.N == 0 {
			return err
		}
		after = row.Last
	}
}

// part adds some entries.
func (r *reading) part(row entriesRow, entry func(text string) (uint64, error)) error {
	if row.N == 0 {
		return nil
	}
	r.entries += uint(row.N)
	for text := range strings.SplitSeq(row.Entries, ",") {
		e, err := entry(text)
		if err != nil {
			return err
		}
		addEntry(r.held, e)
	}
	return nil
}

// keyEntry reads a key. Databases have signed numbers: the bits are kept.
func keyEntry(text string) (uint64, error) {
	signed, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, ownError("what is no number") // and may be about a patient: it is not quoted
	}
	return uint64(signed), nil
}

// numberEntryOf reads what stands for the NHS number of a plan: its blind index, or the number itself in a row that was written before.
func (r *keyring) numberEntryOf(text string) (uint64, error) {
	const digits = 10
	if len(text) != digits {
		return numberEntry(text), nil
	}
	n, err := plans.ParseNHSNumber(text)
	if err != nil {
		return 0, ownError("what is no NHS number") // it is not quoted
	}
	return numberEntry(r.numberIndex(n)), nil
}
