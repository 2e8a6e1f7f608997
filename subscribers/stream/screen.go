package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/access"
)

const (
	// helloWithin is how long a client may take to say hello.
	helloWithin = 10 * time.Second
	// writeWithin and partWithin together are the ten seconds in which a client must take what it is sent: the first for the frame, the
	// second for the rest of it and the close frame.
	writeWithin = 8 * time.Second
	partWithin  = 2 * time.Second
)

// due says what a screen's drain has to do besides bringing it up to date.
type due uint8

const (
	lookDue due = 1 << iota
	beatDue
	pingDue
)

// screen is one socket. Its reader goroutine lives as long as it does; a drain goroutine only while there is something to write.
type screen struct {
	conn   *websocket.Conn
	wire   *wire
	target target
	since  time.Time
	// from is the network address that the request came from, as the page's handler found it: behind a proxy that is not the connection's.
	from string

	// arrival is what came with the request; nil after the greeting. session is that of a browser which signed in; empty for a token.
	arrival *arrival
	session string

	// Written once, before the screen is live.
	account access.Account
	room    *room // nil until the greeting; guarded by the hub, as heard is
	heard   bool  // it has said hello
	slot    int
	// status: it asked for status frames. told is the serial of the last that it was sent; that belongs to the drain.
	status bool
	told   uint32
	// canary is what is known of a screen that asked for the canary; nil for one that did not.
	canary *canaryScreen

	// position is the newest entry that the client has been sent. The reader sets it before the screen is live, then only the drain.
	position atomic.Int64
	// receipt is when it last gave a receipt for an alert, in nanoseconds since 1970; 0 if it has not.
	receipt atomic.Int64
	// failing is since when the next frame could not be drawn; zero if it could. It belongs to the drain.
	failing time.Time

	// pen holds one token for whoever writes a message to this socket, for writeWithin at most. Only the screen's own reader and drain
	// ever wait for it.
	pen chan struct{}

	// mu guards what follows; nothing is waited for while it is held.
	mu       sync.Mutex
	device   *device // nil if the client says nothing of it
	live     bool    // greeted: the drain may write
	draining bool
	due      due
	ended    *closing // how the stream was closed; nil while it is open
}

// place is where the screen is, as the journal has it: the address of the stream, and from where.
func (s *screen) place() string {
	return "GET /stream/" + s.target.scope.String() + " from " + s.from
}

// errGone says that the socket can no longer be read or written; how it ended is in the screen.
var errGone = errors.New("the socket is closed")

// read waits for the next message of the client. Errors: a closing, or errGone.
func (s *screen) read() (request, error) {
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return request{}, fmt.Errorf("%w: %w", errGone, err)
	}
	return requestOf(kind, r)
}

// requestOf reads a message that has begun. Errors: a closing, or errGone.
func requestOf(kind int, r io.Reader) (request, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxMessage+1))
	if err != nil {
		return request{}, fmt.Errorf("%w: %w", errGone, err)
	}
	return parseRequest(kind, body)
}

// extend gives the client another while to say something.
func (s *screen) extend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended == nil {
		_ = s.conn.SetReadDeadline(time.Now().Add(silence)) // fails only on a closed connection, which the reader sees
	}
}

// write lets one writer at a time write to the socket. It returns errGone after it has ended the screen, if the client does not take
// what is written.
func (h *Hub) write(s *screen, to func(*websocket.Conn) error) error {
	s.pen <- struct{}{}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeWithin)) // only notes it
	err := to(s.conn)
	<-s.pen
	return h.written(s, err)
}

// written ends a screen that could not be written to, and returns errGone then.
func (h *Hub) written(s *screen, err error) error {
	switch {
	case err == nil:
		return nil
	case isTimeout(err):
		h.end(s, errTooSlow)
	case !errors.Is(err, websocket.ErrCloseSent):
		h.lost(s)
	}
	return fmt.Errorf("%w: %w", errGone, err)
}

// writeBy writes as a patient hand does, or as a hasty one: that returns errWait where it would have to wait for another writer, or for the
// client to take what was written before.
func (h *Hub) writeBy(s *screen, as hand, to func(*websocket.Conn) error) error {
	if as == patient {
		return h.write(s, to)
	}
	if s.wire.owes.Load() {
		return errWait
	}
	select {
	case s.pen <- struct{}{}:
	default:
		return errWait
	}
	s.wire.hasty.Store(true)
	err := to(s.conn)
	s.wire.hasty.Store(false)
	<-s.pen
	return h.written(s, err)
}

// writeJSON writes a small message of this screen's own.
func (h *Hub) writeJSON(s *screen, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	return h.write(s, func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, body) })
}

// end closes the stream with a code, once; who comes second changes nothing. It waits for the client to take the close frame, within
// the bounds above. The reader then sees the client's own close frame, or the end of its patience, and leaves.
func (h *Hub) end(s *screen, c closing) {
	s.mu.Lock()
	if s.ended != nil {
		s.mu.Unlock()
		return
	}
	s.ended = &c
	s.mu.Unlock()
	var err error
	if c.code == CloseTooSlow {
		err = s.wire.part(c, time.Now().Add(partWithin))
	} else {
		err = s.conn.WriteControl(websocket.CloseMessage, c.message(), time.Now().Add(closeWithin))
	}
	if err != nil {
		s.wire.drop()
		return
	}
	_ = s.conn.SetReadDeadline(time.Now().Add(closeWithin)) // fails only on a closed connection, which the reader sees
}

// lost notes that the connection broke.
func (h *Hub) lost(s *screen) {
	s.mu.Lock()
	if s.ended == nil {
		s.ended = &closing{websocket.CloseAbnormalClosure, "the connection was lost"}
	}
	s.mu.Unlock()
	s.wire.drop()
}

// attend greets a screen; then another goroutine listens to it, for the greeting has made the stack of this one several times as large as
// waiting needs. A refusal, if there is one, is all that the screen is told.
func (h *Hub) attend(s *screen, refusal error) {
	err := refusal
	if err == nil {
		err = h.greet(s)
	}
	if err == nil {
		if h.begun() {
			go h.listen(s)
			return
		}
		err = errRestart
	}
	h.part(s, err)
}

// listen is the life of a greeted screen, on its reader goroutine. What a message needs stands in a function that it calls, so that so little
// of the stack is used while it waits that the collector halves one that a command has made larger.
func (h *Hub) listen(s *screen) {
	defer h.goroutines.Done()
	for {
		kind, r, err := s.conn.NextReader()
		if !h.hear(s, kind, r, err) {
			return
		}
	}
}

// part ends a stream for an error, hears the client out, and forgets the screen.
func (h *Hub) part(s *screen, err error) {
	defer h.leave(s)
	var c closing
	if errors.As(err, &c) {
		h.end(s, c)
	}
	h.hearOut(s)
	h.tell(s, err)
}

// hear takes one command or heartbeat of the client, or the error with which the wait for it ended. It returns false when it has parted with
// the screen.
func (h *Hub) hear(s *screen, kind int, body io.Reader, err error) bool {
	if err != nil {
		err = fmt.Errorf("%w: %w", errGone, err)
	} else {
		err = h.take(s, kind, body)
	}
	if err != nil {
		h.part(s, err)
	}
	return err == nil
}

// take answers one message.
func (h *Hub) take(s *screen, kind int, body io.Reader) error {
	r, err := requestOf(kind, body)
	if err != nil {
		return err
	}
	s.extend()
	if r.Type == "alive" {
		s.alive(r, time.Now())
		return nil
	}
	return h.writeJSON(s, h.obey(s, r))
}

// hearOut reads until the client's close frame, or until the deadline that end set: closing a TCP connection with unread bytes would
// reset it, and the client could lose the close frame.
func (h *Hub) hearOut(s *screen) {
	for {
		if _, _, err := s.conn.NextReader(); err != nil {
			return
		}
	}
}

// tell logs how a stream ended: one line for each.
func (h *Hub) tell(s *screen, err error) {
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	var theirs *websocket.CloseError
	switch {
	case ended != nil:
	case errors.As(err, &theirs):
		ended = &closing{theirs.Code, "closed by the client"}
	case isTimeout(err):
		ended = &closing{websocket.CloseAbnormalClosure, "the client fell silent"}
	default:
		ended = &closing{websocket.CloseAbnormalClosure, "the connection was lost"}
	}
	h.o.Slog.Info("a stream ended", "stream", s.target.known(h.o.Directory()), "account", s.account.Name, "code", ended.code, "reason", ended.reason,
		"position", s.position.Load(), "seconds", int(time.Since(s.since).Seconds()), "remote", s.conn.RemoteAddr().String())
}
