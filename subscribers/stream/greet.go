package stream

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// resumable is how many entries a screen may have missed and still be sent each of them.
const resumable = 1000

// greetersAtOnce is how many screens are let in at the same time. After an outage all come at once; what is decided meanwhile about those who
// arrive in a hospital must not queue behind thousands of them.
const greetersAtOnce = 64

// greet hears the hello, lets the screen in, and brings it to where it can follow. Errors: a closing, or errGone.
func (h *Hub) greet(s *screen) error {
	_ = s.conn.SetReadDeadline(time.Now().Add(helloWithin)) // fails only on a closed connection, which the read below sees
	hello, err := s.read()
	switch {
	case isTimeout(err):
		return errHelloLate
	case err != nil:
		return err
	case hello.Type != "hello":
		return protocol("the first message must be hello")
	}
	if s.device, err = deviceOf(hello, time.Now()); err != nil { // nobody else knows the screen yet
		return err
	}
	h.heard(s)
	s.status = hello.Status
	if hello.Canary && h.o.CanaryEvery > 0 {
		s.canary = &canaryScreen{since: time.Now()}
	}
	start, err := h.letIn(s, hello)
	if err != nil {
		return err
	}
	if err := h.begin(s, start); err != nil {
		return err
	}
	if s.status && !s.room.stood() {
		h.renew(h.ctx, s.room, map[string]departmentStatus{})
	}
	s.mu.Lock()
	s.live = true
	s.mu.Unlock()
	h.wake(s, 0)
	return nil
}

// start is where a screen begins.
type start struct {
	position int64
	resumed  bool
	// board is what it is shown first, unless it resumes.
	board picture
}

// letIn lets a screen in that has said hello, one of some at a time: nothing here waits for a client. Errors: a closing.
func (h *Hub) letIn(s *screen, hello request) (start, error) {
	h.greeters <- struct{}{}
	defer func() { <-h.greeters }()
	covered, err := h.identify(s, hello)
	if err != nil {
		return start{}, err
	}
	s.extend()
	s.conn.SetPongHandler(func(string) error { s.extend(); return nil })
	if !h.o.Fresh() {
		return start{}, errUnreadable // what happens now might not reach it
	}
	if err := h.enter(s, covered); err != nil {
		return start{}, err
	}
	if err := h.record(s, journal.AlertsRead, s.room.read()); err != nil {
		return start{}, h.unreadable(s, err)
	}
	at, err := h.startOf(s.room, hello.After)
	if err != nil {
		return start{}, h.unreadable(s, err)
	}
	return at, nil
}

// identify finds whose token or session it is and what they may be shown of what was asked for.
func (h *Hub) identify(s *screen, hello request) (coverage, error) {
	came := s.arrival
	s.arrival = nil
	account, known := h.o.Accounts.Find(hello.Token)
	if hello.Ticket != "" {
		var err error
		if account, known, err = h.bySession(s, came, hello); err != nil {
			return coverage{}, h.unreadable(s, err)
		}
	}
	if !known {
		s.account = access.Account{Name: "unknown", Role: "none"}
		return coverage{}, h.turnAway(s, errSignIn)
	}
	s.account = account
	covered, refusal := h.covers(s)
	if refusal != nil {
		return coverage{}, h.turnAway(s, *refusal)
	}
	return covered, nil
}

// turnAway journals a refusal and returns it. If it cannot be journalled, the log says so: the caller is refused all the same.
func (h *Hub) turnAway(s *screen, c closing) error {
	if err := h.record(s, journal.AccessRefused, "watch a board: "+c.reason); err != nil {
		h.o.Slog.Error("a refusal could not be journalled", "stream", s.target.known(h.o.Directory()), "account", s.account.Name, "error", err)
	}
	return c
}

// record journals what a screen did to what it is shown.
func (h *Hub) record(s *screen, kind journal.Kind, reason string) error {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	entry := journal.Entry{Time: h.o.Now(), Kind: kind, Actor: s.account.Actor(), Subject: s.target.known(h.o.Directory()), Reason: reason, Place: s.place()}
	note := h.o.Record
	if kind == journal.AccessRefused {
		note = h.refusals.Note
	}
	if err := note(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", kind, err)
	}
	return nil
}

// unreadable logs why a screen cannot be served now, and returns how to close it.
func (h *Hub) unreadable(s *screen, err error) error {
	if h.ctx.Err() != nil {
		return errRestart
	}
	h.o.Slog.Error("a screen cannot be served", "stream", s.target.known(h.o.Directory()), "error", err)
	return errUnreadable
}

// startOf finds where a screen begins that holds a position.
func (h *Hub) startOf(r *room, after string) (start, error) {
	position, resumed, err := h.resume(r, after)
	if err != nil || resumed {
		return start{position: position, resumed: resumed}, err
	}
	board, err := h.pictureOf(r)
	if err != nil {
		return start{}, err
	}
	r.reach(board.number)
	return start{position: board.number, board: board}, nil
}

// begin writes the welcome and, unless the screen resumes, the snapshot. Errors: errGone.
func (h *Hub) begin(s *screen, at start) error {
	s.position.Store(at.position)
	if err := h.welcome(s, at.position, at.resumed); err != nil || at.resumed {
		return err
	}
	return h.write(s, func(c *websocket.Conn) error { return c.WritePreparedMessage(at.board.frame) })
}

// welcome tells a screen where it stands.
func (h *Hub) welcome(s *screen, position int64, resumed bool) error {
	message := welcome{
		Type: "welcome", Position: h.position(s.room, position), Resumed: resumed,
		HeartbeatSeconds: h.o.Heartbeat.Seconds(), CanarySeconds: s.canaryEvery(h.o.CanaryEvery),
	}
	if !s.room.several {
		message.Department = s.target.name
		return h.writeJSON(s, message)
	}
	message.Departments = s.room.departments
	frame, err := prepare(message) // it may be longer than the buffer of small messages
	if err != nil {
		return err
	}
	return h.write(s, func(c *websocket.Conn) error { return c.WritePreparedMessage(frame) })
}

// resume finds the entry of the room that stands at or before the position that a client holds. A client that cannot resume from there
// starts again from a snapshot: so does one whose position is no position, for it would send the same for ever.
func (h *Hub) resume(r *room, after string) (number int64, resumed bool, err error) {
	held, err := journal.ParsePosition(after)
	if err != nil || held.Epoch != h.o.Log.Epoch()+r.mark {
		return 0, false, nil
	}
	if missed, hole := r.after(held.Number); len(missed) > 0 && !hole {
		return held.Number, true, nil // as for a screen that was never away: what it missed was read for others who came back
	}
	now, err := h.headsOf(r, held.Number)
	if err != nil {
		return 0, false, err
	}
	newest := slices.Max(slices.Collect(maps.Values(now.rooms)))
	if newest <= held.Number {
		return newest, held.Number <= now.journal, nil
	}
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	entries, err := h.o.Log.RoomsAfter(ctx, r.departments, held.Number, resumable+1)
	if err != nil {
		return 0, false, fmt.Errorf("read the journal of %s after %d: %w", r.key, held.Number, err)
	}
	if len(entries) == 0 || len(entries) > resumable {
		return 0, false, nil
	}
	number = before(now.rooms, entries)
	if number > held.Number || !r.chain(number, entries) {
		h.o.Slog.Error("a room's entries do not follow one another", "room", r.key, "after", held.Number, "error", errBroken)
		return 0, false, nil
	}
	r.keep(entries)
	return number, true, nil
}

// heads are the numbers of the newest entries at a moment: of the whole journal, and of each department of a room.
type heads struct {
	journal int64
	rooms   map[string]int64
}

// headsOf returns the heads of a room. They are read once for all who come back together, and again for one who holds something newer: of
// what the others' reading may not have seen, that one may have been sent a part.
func (h *Hub) headsOf(r *room, held int64) (heads, error) {
	known := r.head()
	return r.heads.get(h.ctx,
		func(now heads) bool {
			return now.journal >= held && slices.Max(slices.Collect(maps.Values(now.rooms))) >= known
		},
		func() (heads, error) { return h.readHeads(r) })
}

// readHeads reads the journal's head first: whatever stands before it is in the heads of the departments.
func (h *Hub) readHeads(r *room) (now heads, err error) {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	if now.journal, err = h.o.Log.Head(ctx); err != nil {
		return heads{}, fmt.Errorf("find the journal's head: %w", err)
	}
	if now.rooms, err = h.o.Log.RoomHeads(ctx, r.departments); err != nil {
		return heads{}, fmt.Errorf("find the newest entry of %s: %w", r.key, err)
	}
	return now, nil
}

// before is the number of the newest entry of some departments that stands before the missed ones: of each department, the one before the
// first that was missed there, or the newest of all where none was.
func before(rooms map[string]int64, missed []journal.Entry) int64 {
	heads := maps.Clone(rooms)
	for _, e := range slices.Backward(missed) {
		heads[e.Room] = e.Before
	}
	return slices.Max(slices.Collect(maps.Values(heads)))
}
