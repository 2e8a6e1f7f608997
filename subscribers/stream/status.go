package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/subscribers"
)

// lookEvery is how often the hub asks how departments stand and who can see them.
const lookEvery = 5 * time.Second

// statusFrame says how what a board depends on stands. It is no entry of the journal: it has no position, and only the newest counts.
type statusFrame struct {
	Type       string `json:"type"`
	Department string `json:"department"`
	Time       string `json:"time"`
	subscribers.Status
}

// told is a room's newest status frame.
type told struct {
	// serial counts the frames; 0 before the first.
	serial uint32
	frame  *websocket.PreparedMessage
	// body is what the frame says but for its time, to tell whether anything changed.
	body []byte
}

// look asks every few seconds how departments stand, until the context ends.
func (h *Hub) look(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.lookOnce(ctx)
		}
	}
}

// lookOnce notes who can see which board, asks for the status of each room where a screen wants it, and wakes those to whom there is
// something to tell.
func (h *Hub) lookOnce(ctx context.Context) {
	if h.o.Watches != nil {
		h.watch(ctx)
	}
	for _, r := range h.roomsNow() {
		wanting := r.wanting()
		if len(wanting) == 0 || ctx.Err() != nil || !h.renew(ctx, r) {
			continue
		}
		for _, s := range wanting {
			h.wake(s, 0)
		}
	}
}

// renew asks how the department of a room stands, and tells whether that is news.
func (h *Hub) renew(ctx context.Context, r *room) bool {
	ctx, cancel := context.WithTimeout(ctx, drawWithin)
	defer cancel()
	var now subscribers.Status
	if h.o.Statuses != nil {
		var err error
		if now, err = h.o.Statuses.Status(ctx, r.key); err != nil {
			if h.ctx.Err() == nil {
				h.o.Slog.Warn("the status of a department cannot be told", "department", r.key, "error", err)
			}
			return false
		}
	}
	now.Screens = h.screensOf(r.key)
	body, err := json.Marshal(now)
	if err != nil {
		h.o.Slog.Error("a status could not be encoded", "department", r.key, "error", err)
		return false
	}
	frame, err := prepare(statusFrame{"status", r.key, instant(h.o.Now()), now})
	if err != nil {
		h.o.Slog.Error("a status could not be encoded", "department", r.key, "error", err)
		return false
	}
	return r.tell(body, frame)
}

// tell keeps a status if it says anything new.
func (r *room) tell(body []byte, frame *websocket.PreparedMessage) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status.serial > 0 && bytes.Equal(r.status.body, body) {
		return false
	}
	r.status = told{r.status.serial + 1, frame, body}
	return true
}

// standing is the newest status.
func (r *room) standing() told {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// wanting lists the screens that asked for the status.
func (r *room) wanting() []*screen {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*screen
	for s := range r.screens {
		if s.status {
			list = append(list, s)
		}
	}
	return list
}

// tellStatus writes the newest status to a screen that asked for it and has not been told. It belongs to the drain.
func (h *Hub) tellStatus(s *screen) error {
	if !s.status {
		return nil
	}
	newest := s.room.standing()
	if newest.serial == s.told {
		return nil
	}
	if err := h.write(s, func(c *websocket.Conn) error { return c.WritePreparedMessage(newest.frame) }); err != nil {
		return err
	}
	s.told = newest.serial
	return nil
}
