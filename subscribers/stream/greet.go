package stream

import (
	"context"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
)

// resumable is how many entries a screen may have missed and still be sent each of them.
const resumable = 1000

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
	s.status = hello.Status
	if hello.Canary && h.o.CanaryEvery > 0 {
		s.canary = &canaryScreen{since: time.Now()}
	}
	if err := h.identify(s, hello.Token); err != nil {
		return err
	}
	s.extend()
	s.conn.SetPongHandler(func(string) error { s.extend(); return nil })
	if !h.o.Fresh() {
		return errUnreadable // what happens now might not reach it
	}
	if err := h.enter(s); err != nil {
		return err
	}
	if err := h.record(s, journal.AlertsRead, ""); err != nil {
		return h.unreadable(s, err)
	}
	if err := h.begin(s, hello.After); err != nil {
		return err
	}
	if s.status && s.room.standing().serial == 0 {
		h.renew(h.ctx, s.room)
	}
	s.mu.Lock()
	s.live = true
	s.mu.Unlock()
	h.wake(s, 0)
	return nil
}

// identify finds whose token it is and whether they may watch this department.
func (h *Hub) identify(s *screen, token string) error {
	account, known := h.o.Accounts.Find(token)
	if !known {
		if h.notable(h.o.Now()) {
			s.account = access.Account{Name: "unknown", Role: "none"}
			return h.turnAway(s, errSignIn)
		}
		return errSignIn
	}
	s.account = account
	if err := h.entitled(s); err != nil {
		return h.turnAway(s, *err)
	}
	return nil
}

// entitled asks whether the screen's account may watch the department now; nil if it may.
func (h *Hub) entitled(s *screen) *closing {
	dir := h.o.Directory()
	if dep, ok := dir.Department(s.department); !ok || !dep.Covers(h.o.Now()) {
		return &errNoDepartment
	}
	if access.May(s.account, access.WatchBoard, object(dir, s.department)) != nil {
		return &errForbidden
	}
	return nil
}

// object is a department as package access sees it.
func object(dir *directory.Directory, department string) access.Object {
	org, _ := dir.OrganisationOf(department) // without an organisation nobody's relation holds
	return access.Object{Department: department, Organisation: org.ID}
}

// turnAway journals a refusal and returns it. If it cannot be journalled, the log says so: the caller is refused all the same.
func (h *Hub) turnAway(s *screen, c closing) error {
	if err := h.record(s, journal.AccessRefused, "watch a board: "+c.reason); err != nil {
		h.o.Slog.Error("a refusal could not be journalled", "department", h.known(s.department), "account", s.account.Name, "error", err)
	}
	return c
}

// record journals what a screen did to its department.
func (h *Hub) record(s *screen, kind journal.Kind, reason string) error {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	entry := journal.Entry{Time: h.o.Now(), Kind: kind, Actor: s.account.Actor(), Subject: h.known(s.department), Reason: reason}
	if err := h.o.Record(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", kind, err)
	}
	return nil
}

// known keeps text that a stranger made up out of the journal and the log.
func (h *Hub) known(department string) string {
	if _, ok := h.o.Directory().Department(department); ok {
		return department
	}
	return "unknown department"
}

// unreadable logs why a screen cannot be served now, and returns how to close it.
func (h *Hub) unreadable(s *screen, err error) error {
	if h.ctx.Err() != nil {
		return errRestart
	}
	h.o.Slog.Error("a screen cannot be served", "department", s.department, "error", err)
	return errUnreadable
}

// begin finds where the screen starts, and writes the welcome and, unless it resumes, the snapshot.
func (h *Hub) begin(s *screen, after string) error {
	position, resumed, err := h.resume(s.room, after)
	if err != nil {
		return h.unreadable(s, err)
	}
	var board picture
	if !resumed {
		if board, err = h.pictureOf(s.room); err != nil {
			return h.unreadable(s, err)
		}
		position = board.number
	}
	s.position.Store(position)
	err = h.writeJSON(s, welcome{
		Type: "welcome", Department: s.department, Position: h.position(position), Resumed: resumed,
		HeartbeatSeconds: h.o.Heartbeat.Seconds(), CanarySeconds: s.canaryEvery(h.o.CanaryEvery),
	})
	if err != nil || resumed {
		return err
	}
	return h.write(s, func(c *websocket.Conn) error { return c.WritePreparedMessage(board.frame) })
}

// resume finds the entry of the room that stands at or before the position that a client holds. A client that cannot resume from there
// starts again from a snapshot: so does one whose position is no position, for it would send the same for ever.
func (h *Hub) resume(r *room, after string) (number int64, resumed bool, err error) {
	held, err := journal.ParsePosition(after)
	if err != nil || held.Epoch != h.o.Log.Epoch() {
		return 0, false, nil
	}
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	newest, err := h.o.Log.RoomHead(ctx, r.department)
	if err != nil {
		return 0, false, fmt.Errorf("find the newest entry of %s: %w", r.department, err)
	}
	if newest <= held.Number {
		head, err := h.o.Log.Head(ctx)
		if err != nil {
			return 0, false, fmt.Errorf("find the journal's head: %w", err)
		}
		return newest, held.Number <= head, nil
	}
	entries, err := h.o.Log.RoomAfter(ctx, r.department, held.Number, resumable+1)
	if err != nil {
		return 0, false, fmt.Errorf("read the journal of %s after %d: %w", r.department, held.Number, err)
	}
	if len(entries) == 0 || len(entries) > resumable {
		return 0, false, nil
	}
	number = entries[0].Before
	if number > held.Number || !chained(number, entries) {
		h.o.Slog.Error("a room's entries do not follow one another", "department", r.department, "after", held.Number, "error", errBroken)
		return 0, false, nil
	}
	r.keep(entries)
	return number, true, nil
}

// strangers counts the refusals of unknown callers in the current minute, so that nobody can fill the journal by knocking.
type strangers struct {
	minute time.Time
	count  int
}

// strangersAMinute is how many refusals of unknown callers are journalled in a minute; all of them are in the log.
const strangersAMinute = 60

// notable tells whether the refusal of an unknown caller is to be journalled.
func (h *Hub) notable(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(h.strangers.minute) {
		h.strangers = strangers{minute: minute}
	}
	h.strangers.count++
	return h.strangers.count <= strangersAMinute
}
