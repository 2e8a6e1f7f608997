package sql

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// probeEvery is how long an answer of Ready is good for: however often the service is asked, it writes once a second.
const probeEvery = time.Second

// health remembers the last probe.
type health struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// Ready writes and commits a row and says whether that worked; for one second it answers the same again. After the disk failed it is
// [ErrBroken] for good; after the disk was full it is well again when there is room.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.writable(); err != nil {
		return err
	}
	h := &db.health
	h.mu.Lock()
	defer h.mu.Unlock()
	now := db.now()
	if age := now.Sub(h.at); !h.at.IsZero() && age >= 0 && age < probeEvery {
		return h.err
	}
	err := db.Write(ctx, func(tx *Tx) error {
		return writeMeta(tx, "probe", strconv.FormatInt(now.UnixMicro(), 10))
	})
	if ctx.Err() != nil {
		return fmt.Errorf("write a probe: %w", err) // the caller went away: that says nothing about the database
	}
	if err != nil {
		err = fmt.Errorf("write a probe: %w", err)
	}
	h.at, h.err = now, err
	return err
}

// breakStorage refuses every write from now on, and returns the refusal. It is logged once.
func (db *DB) breakStorage(cause error) error {
	b := &brokenError{cause}
	if !db.broken.CompareAndSwap(nil, b) {
		return db.broken.Load()
	}
	db.log.Error("storage failed: nothing is taken any more until a restart", "error", cause)
	return b
}
