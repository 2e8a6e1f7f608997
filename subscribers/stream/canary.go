package stream

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// canary is a check that came through to a department: the number of its entry in the journal, and when it was taken.
type canary struct {
	department string
	number     int64
	at         time.Time
}

// canaryScreen is what is known of a screen that shows the canary.
type canaryScreen struct {
	// sent is the newest that it was sent: the drain writes it, the reader compares.
	sent atomic.Int64
	// displayed is when it last said that it displayed one, in nanoseconds since 1970; 0 before.
	displayed atomic.Int64
	// since is from when on the screen of one department is expected to. It belongs to whoever asks CanaryScreens.
	since time.Time
}

// canaryFrame tells a screen that the check came through: it was sent everything of its room that was journalled before. It is no entry
// of the room, and moves no position: a screen that was away is told of the newest only, if that is still new.
type canaryFrame struct {
	Type       string `json:"type"`
	Department string `json:"department"`
	// Position is that of the entry in the whole journal; the receipt names it.
	Position string `json:"position"`
	// Checked is when the check was taken, RFC 3339.
	Checked string `json:"checked"`
}

// reasonNoCanary refuses a receipt of a canary that the screen was not sent.
const reasonNoCanary = "this screen was sent no such check"

// reasonNoScreen refuses a receipt of whoever watches several departments: nobody stands before the board of one of them.
const reasonNoScreen = "a stream of several departments is no screen of any of them"

// canaryPassed notes that the canary came through, and wakes the screens of its department. The hub is locked.
func (h *Hub) canaryPassed(e journal.Entry) {
	c := canary{e.Subject, e.Number, e.Time}
	for r := range h.showing[c.department] {
		r.passed(c)
		h.spawn(func() {
			for _, s := range r.present() {
				if s.canary != nil {
					h.wake(s, 0)
				}
			}
		})
	}
}

// passed keeps a canary in place of the one before it of its department.
func (r *room) passed(c canary) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.canaries = append(slices.DeleteFunc(r.canaries, func(old canary) bool { return old.department == c.department }), c)
}

// unsentCanaries are the newest of each department that a screen which shows them was not sent, in the order of the journal.
func (s *screen) unsentCanaries() []canary {
	if s.canary == nil {
		return nil
	}
	sent := s.canary.sent.Load()
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	for i, c := range s.room.canaries {
		if c.number > sent {
			return slices.Clone(s.room.canaries[i:])
		}
	}
	return nil
}

// tellCanaries writes canaries to a screen that shows them. The screen has been sent everything that was journalled before.
func (h *Hub) tellCanaries(s *screen, unsent []canary, as hand) error {
	if as == hasty && len(unsent) > 0 {
		return errWait // what is noted as sent is written, whatever it takes
	}
	for _, c := range unsent {
		s.canary.sent.Store(c.number)
		if h.o.Now().Sub(c.at) > h.o.CanaryEvery {
			continue // it tells nothing of now
		}
		frame, err := prepare(canaryFrame{"canary", c.department, h.position(s.room, c.number), instant(c.at)})
		if err != nil {
			return err
		}
		if err := h.write(s, func(conn *websocket.Conn) error { return conn.WritePreparedMessage(frame) }); err != nil {
			return err
		}
	}
	return nil
}

// canaryEvery is what the welcome says of the canary.
func (s *screen) canaryEvery(every time.Duration) float64 {
	if s.canary == nil {
		return 0
	}
	return every.Seconds()
}

// canaryDisplayed takes the receipt of a canary: only of one that this screen was sent last, by somebody who may give receipts there.
func (h *Hub) canaryDisplayed(s *screen, r request) reply {
	if s.room.several {
		r.Position = ""
		return refused(r, reasonNoScreen)
	}
	at, err := journal.ParsePosition(r.Position)
	if err != nil || s.canary == nil || at.Epoch != h.o.Log.Epoch() || at.Number == 0 || at.Number != s.canary.sent.Load() {
		r.Position = ""
		return refused(r, reasonNoCanary)
	}
	if access.May(s.account, commands["canary_displayed"], object(h.o.Directory(), s.target.name)) != nil {
		return refused(r, reasonMayNot)
	}
	s.canary.displayed.Store(time.Now().UnixNano())
	return done(r)
}

// CanaryScreens is how many screens of a department, here, somebody can see and could show the canary; how many of these have not done so
// since an instant; and when one last did, the zero time if none has. One goroutine may ask at a time.
func (h *Hub) CanaryScreens(department string, since time.Time) (able, late int, last time.Time) {
	h.mu.Lock()
	r := h.rooms[department]
	h.mu.Unlock()
	if r == nil {
		return 0, 0, time.Time{}
	}
	now := time.Now()
	for _, s := range r.present() {
		if s.canary == nil {
			continue
		}
		var shown time.Time
		if nanos := s.canary.displayed.Load(); nanos != 0 {
			shown = time.Unix(0, nanos)
		}
		if shown.After(last) {
			last = shown
		}
		if !s.seenAt(now) { // hidden, frozen, or without a word of it
			s.canary.since = now // nobody expects it to paint
			continue
		}
		able++
		if shown.Before(since) && s.canary.since.Before(since) {
			late++
		}
	}
	return able, late, last
}
