package stream

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
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

// departmentStatus is how a department stands: the newest status frame, and what it says but for its time, to tell whether anything changed.
type departmentStatus struct {
	frame *websocket.PreparedMessage
	body  []byte
}

// told is a department's newest status in a room. serial counts the frames of the room: a screen that holds the number of the last that it
// was sent knows which it still has to get.
type told struct {
	serial uint32
	departmentStatus
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
	known := map[string]departmentStatus{}
	for _, r := range h.roomsNow() {
		wanting := r.wanting()
		if len(wanting) == 0 || ctx.Err() != nil || !h.renew(ctx, r, known) {
			continue
		}
		for _, s := range wanting {
			h.wake(s, 0)
		}
	}
}

// renew asks how the departments of a room stand, and tells whether any of that is news. Those that are known already are not asked again.
func (h *Hub) renew(ctx context.Context, r *room, known map[string]departmentStatus) bool {
	news := false
	for _, department := range r.departments {
		now, asked := known[department]
		if !asked {
			now = h.standingOf(ctx, department)
			known[department] = now
		}
		if now.frame != nil && r.tell(department, now) {
			news = true
		}
	}
	return news
}

// standingOf asks how a department stands; without a frame if that cannot be told now.
func (h *Hub) standingOf(ctx context.Context, department string) departmentStatus {
	ctx, cancel := context.WithTimeout(ctx, drawWithin)
	defer cancel()
	var now subscribers.Status
	if h.o.Statuses != nil {
		var err error
		if now, err = h.o.Statuses.Status(ctx, department); err != nil {
			if h.ctx.Err() == nil {
				h.o.Slog.Warn("the status of a department cannot be told", "department", department, "error", err)
			}
			return departmentStatus{}
		}
	}
	now.Screens = h.screensOf(department)
	body, err := json.Marshal(now)
	if err != nil {
		h.o.Slog.Error("a status could not be encoded", "department", department, "error", err)
		return departmentStatus{}
	}
	frame, err := prepare(statusFrame{"status", department, instant(h.o.Now()), now})
	if err != nil {
		h.o.Slog.Error("a status could not be encoded", "department", department, "error", err)
		return departmentStatus{}
	}
	return departmentStatus{frame, body}
}

// tell keeps a status if it says anything new.
func (r *room) tell(department string, now departmentStatus) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, known := r.statuses[department]; known && bytes.Equal(old.body, now.body) {
		return false
	}
	if r.statuses == nil {
		r.statuses = map[string]told{}
	}
	r.serial++
	r.statuses[department] = told{r.serial, now}
	return true
}

// stood tells whether the status of any department is known.
func (r *room) stood() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serial > 0
}

// standings are the newest statuses that are newer than a serial, in the order in which they became known.
func (r *room) standings(after uint32) []told {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.serial == after {
		return nil
	}
	var newer []told
	for _, t := range r.statuses {
		if t.serial > after {
			newer = append(newer, t)
		}
	}
	slices.SortFunc(newer, func(a, b told) int { return cmp.Compare(a.serial, b.serial) })
	return newer
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

// tellStatus writes the newest status of each department to a screen that asked for it and has not been told. It belongs to the drain.
func (h *Hub) tellStatus(s *screen, as hand) error {
	if !s.status {
		return nil
	}
	for _, newest := range s.room.standings(s.told) {
		if err := h.writeBy(s, as, func(c *websocket.Conn) error { return c.WritePreparedMessage(newest.frame) }); err != nil {
			return err
		}
		s.told = newest.serial
	}
	return nil
}
