package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/journal"
)

const (
	// patience is how long a screen may wait for a frame that cannot be drawn before it is told to come back later.
	patience = 10 * time.Second
	// readAtOnce is how many entries of a room are read from the journal at once for a screen that is behind the tail.
	readAtOnce = 100
)

// errBroken says that the entries of a room do not follow one another. No frame may be sent then: the client would see a gap.
var errBroken = errors.New("the room's entries do not follow one another")

// wake makes sure that somebody looks what a screen needs. It never waits. A wake while a drain is at work is not lost: the drain looks
// once more.
func (h *Hub) wake(s *screen, d due) {
	s.mu.Lock()
	s.due |= d | lookDue
	start := s.live && !s.draining && s.ended == nil
	if start {
		s.draining = true
	}
	s.mu.Unlock()
	if start {
		h.spawn(func() { h.drain(s) }) // after the stop there is nothing to write but the farewell
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

// drain writes to a screen until it is up to date. There is at most one for a screen.
func (h *Hub) drain(s *screen) {
	for {
		d, more := s.take()
		if !more {
			return
		}
		if err := h.entitled(s); err != nil {
			h.end(s, *err)
			continue
		}
		checked := s.unsentCanaries() // before what the screen is brought up to date with
		err := h.catchUp(s)
		if err == nil {
			err = h.tellCanaries(s, checked)
		}
		if err == nil {
			err = h.tellStatus(s)
		}
		if d&pingDue != 0 && !errors.Is(err, errGone) {
			_ = h.write(s, func(c *websocket.Conn) error { return c.WritePreparedMessage(h.ping) }) // it has ended the screen if need be
		}
		switch {
		case err == nil:
			s.failing = time.Time{}
			if d&beatDue != 0 {
				h.beat(s)
			}
		case errors.Is(err, errGone) || h.ctx.Err() != nil:
		default:
			h.fail(s, err)
		}
	}
}

// catchUp writes every entry of the room that the screen has not been sent. Errors: errGone; else a frame could not be drawn, and the
// screen stands before it.
func (h *Hub) catchUp(s *screen) error {
	for {
		position := s.position.Load()
		items, hole := s.room.after(position)
		if hole {
			var err error
			if items, err = h.missed(s.room, position); err != nil {
				return err
			}
		}
		if len(items) == 0 {
			return nil
		}
		for _, it := range items {
			frame, err := h.frameOf(s.room, it)
			if err != nil {
				return err
			}
			if err := h.write(s, func(c *websocket.Conn) error { return c.WritePreparedMessage(frame) }); err != nil {
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

// beat proves to a screen that it is up to date, if the journal is being read.
func (h *Hub) beat(s *screen) {
	if !h.o.Fresh() {
		return
	}
	at := journal.Position{Epoch: h.o.Log.Epoch() + s.room.mark, Number: s.position.Load()}
	body, err := s.room.heartbeat(at, h.o.Now())
	if err != nil {
		h.o.Slog.Error("a heartbeat could not be encoded", "error", err)
		return
	}
	_ = h.write(s, func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, body) }) // it has ended the screen if need be
}
