package stream

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/journal"
)

const (
	// patience is how long a screen may wait for a frame that cannot be drawn before it is told to come back later.
	patience = 10 * time.Second
	// readAtOnce is how many entries of a room are read from the journal at once for a screen that is behind the tail.
	readAtOnce = 100
	// wakeAtLeast is how many screens one goroutine of wakeAll serves before another is worth its while.
	wakeAtLeast = 32
)

// errBroken says that the entries of a room do not follow one another. No frame may be sent then: the client would see a gap.
var errBroken = errors.New("the room's entries do not follow one another")

// wake makes sure that somebody looks what a screen needs. It never waits. A wake while a drain is at work is not lost: the drain looks
// once more.
func (h *Hub) wake(s *screen, d due) {
	if s.claim(d) {
		h.spawn(func() { h.drain(s) }) // after the stop there is nothing to write but the farewell
	}
}

// claim notes what is due, and tells whether the caller must drain the screen: nobody else does.
func (s *screen) claim(d due) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due |= d | lookDue
	if !s.live || s.draining || s.ended != nil {
		return false
	}
	s.draining = true
	return true
}

// hand is who drains a screen. A hasty one waits for nothing: where it would have to, it says errWait.
type hand bool

const (
	patient hand = false
	hasty   hand = true
)

// errWait says that a screen can be served only by somebody who waits: for the client, the database, or another writer.
var errWait = errors.New("serving this screen takes a while")

// wakeAll is wake for many screens at once. What all of them need is mostly there, and their clients take it: a few goroutines serve them, one
// after the other, for thousands would cost more to begin than to write one frame each. Whoever has to be waited for gets a drain of its
// own. It returns when all others are served.
func (h *Hub) wakeAll(screens []*screen, d due) {
	parts := runtime.GOMAXPROCS(0)
	size := max(wakeAtLeast, (len(screens)+parts-1)/parts)
	if len(screens) <= size {
		h.wakePart(screens, d)
		return
	}
	var all sync.WaitGroup
	for part := range slices.Chunk(screens, size) {
		all.Go(func() { h.wakePart(part, d) }) // waited for below
	}
	all.Wait()
}

func (h *Hub) wakePart(screens []*screen, d due) {
	for _, s := range screens {
		_, can := s.wire.prompt()
		switch {
		case !can:
			h.wake(s, d)
		case s.claim(d):
			if errors.Is(h.serve(s, hasty), errWait) {
				h.spawn(func() { h.drain(s) })
			}
		}
	}
}

// take returns what is due, or ends the draining.
func (s *screen) take() (d due, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.due == 0 || s.ended != nil {
		s.draining = false
		return 0, false
	}
	d, s.due = s.due, 0
	return d, true
}

// drain serves a screen, whatever has to be waited for. There is at most one for a screen, or a hasty hand in its place.
func (h *Hub) drain(s *screen) { _ = h.serve(s, patient) }

// serve writes to a screen that the caller has claimed until it is up to date. A patient hand ends only then, and returns nil. A hasty one returns
// errWait instead where it would have to wait: then somebody else must go on.
func (h *Hub) serve(s *screen, as hand) error {
	for {
		d, more := s.take()
		if !more {
			return nil
		}
		if closing := h.entitled(s); closing != nil {
			if as == hasty {
				return s.putOff(d)
			}
			h.end(s, *closing)
			continue
		}
		err := h.bring(s, d, as)
		switch {
		case err == nil && as == hasty && s.wire.owes.Load():
			return s.putOff(pingDue) // a ping pushes what is owed
		case err == nil:
			s.failing = time.Time{}
		case errors.Is(err, errGone) || h.ctx.Err() != nil:
		case as == hasty:
			return s.putOff(d | pingDue)
		default:
			h.fail(s, err)
		}
	}
}

// putOff leaves what is due to somebody else, who goes on with the draining.
func (s *screen) putOff(d due) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due |= d
	return errWait
}

// bring brings a screen up to date and writes the heartbeat and the ping that are due.
func (h *Hub) bring(s *screen, d due, as hand) error {
	checked := s.unsentCanaries() // before what the screen is brought up to date with
	err := h.catchUp(s, as)
	if err == nil {
		err = h.tellCanaries(s, checked, as)
	}
	if err == nil {
		err = h.tellStatus(s, as)
	}
	if d&pingDue != 0 && !errors.Is(err, errGone) && !errors.Is(err, errWait) {
		if gone := h.writeBy(s, as, func(c *websocket.Conn) error { return c.WritePreparedMessage(h.ping) }); err == nil {
			err = gone
		}
	}
	if err == nil && d&beatDue != 0 {
		err = h.beat(s, as)
	}
	return err
}

// catchUp writes every entry of the room that the screen has not been sent. Errors: errGone, errWait; else a frame could not be drawn, and
// the screen stands before it.
func (h *Hub) catchUp(s *screen, as hand) error {
	for {
		position := s.position.Load()
		items, hole := s.room.after(position)
		if hole {
			if as == hasty {
				return errWait
			}
			var err error
			if items, err = h.missed(s.room, position); err != nil {
				return err
			}
		}
		if len(items) == 0 {
			return nil
		}
		for _, it := range items {
			frame, err := h.frameOf(s.room, it, as)
			if err != nil {
				return err
			}
			if err := h.writeBy(s, as, func(c *websocket.Conn) error { return c.WritePreparedMessage(frame) }); err != nil {
				return err
			}
			s.position.Store(it.number)
		}
	}
}

// missed reads the entries of a room that follow a position from the journal.
func (h *Hub) missed(r *room, position int64) ([]*item, error) {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	entries, err := h.o.Log.RoomsAfter(ctx, r.departments, position, readAtOnce)
	if err != nil {
		return nil, fmt.Errorf("read the journal of %s after %d: %w", r.key, position, err)
	}
	if len(entries) == 0 || !r.chain(position, entries) {
		return nil, fmt.Errorf("%s after %d: %w", r.key, position, errBroken)
	}
	return r.keep(entries), nil
}

// chain tells whether entries of a room follow one another from a position on, without a gap in any department, and makes the Before of each
// that of the room: of several departments, the one before it in any of them.
func (r *room) chain(position int64, entries []journal.Entry) bool {
	start, last := position, map[string]int64{}
	for i, e := range entries {
		before, seen := last[e.Room]
		switch {
		case e.Number <= position:
			return false
		case seen && e.Before != before, !seen && e.Before > start, !r.several && e.Before != position:
			return false
		}
		last[e.Room] = e.Number
		entries[i].Before = position
		position = e.Number
	}
	return true
}

// fail puts a screen off that could not be served: it is woken at the next tick, gets no heartbeat, and is closed when it has waited
// too long.
func (h *Hub) fail(s *screen, err error) {
	now := time.Now()
	if s.failing.IsZero() {
		s.failing = now
	}
	if now.Sub(s.failing) > patience || errors.Is(err, errBroken) {
		h.o.Slog.Error("a screen cannot be served", "stream", s.target.known(h.o.Directory()), "position", s.position.Load(), "error", err)
		h.end(s, errUnreadable)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, here := h.all[s]; here {
		h.late[s] = struct{}{}
	}
}

// beat proves to a screen that it is up to date, if the journal is being read. Errors: errGone, errWait.
func (h *Hub) beat(s *screen, as hand) error {
	if !h.o.Fresh() {
		return nil
	}
	at := journal.Position{Epoch: h.o.Log.Epoch() + s.room.mark, Number: s.position.Load()}
	body, err := s.room.heartbeat(at, h.o.Now())
	if err != nil {
		h.o.Slog.Error("a heartbeat could not be encoded", "error", err)
		return nil
	}
	return h.writeBy(s, as, func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, body) })
}
