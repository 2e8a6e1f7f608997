package stream

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	handshakeWithin = 5 * time.Second
	// readBuffer holds a hello; a longer message is read in pieces. (Control frames need 125 bytes.)
	readBuffer = 256
	// writeBuffer is lent from a pool while a welcome, a heartbeat or a reply is written. None of them is longer: what does not fit would
	// be written in two pieces, and wire could not remember the second.
	writeBuffer = 2048
)

func newUpgrader() websocket.Upgrader {
	return websocket.Upgrader{
		HandshakeTimeout: handshakeWithin,
		ReadBufferSize:   readBuffer,
		WriteBufferSize:  writeBuffer,
		WriteBufferPool:  &sync.Pool{},
		Subprotocols:     []string{Subprotocol},
		// The origin was checked before the upgrade.
		CheckOrigin: func(*http.Request) bool { return true },
	}
}

// ServeHTTP takes a screen of what the path values name: "department" (one, or several with commas between), "organisation" or "region"; where
// there is none, it is the account's own stream. It refuses before the upgrade with 426 (not a WebSocket),
// 400 (another protocol), 403 (a page of a foreign origin) or 503 (the hub does not run); everything else is told by a close code. It
// returns after the upgrade: the hub owns the connection from there on, and the server's buffers are free.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		w.Header().Set("Upgrade", "websocket") // RFC 9110 §15.5.22
		http.Error(w, "This address speaks WebSocket.", http.StatusUpgradeRequired)
		return
	case !slices.Contains(websocket.Subprotocols(r), Subprotocol):
		http.Error(w, "The WebSocket subprotocol must be "+Subprotocol+".", http.StatusBadRequest)
		return
	case !h.allowed(r):
		h.o.Slog.Warn("a stream was asked for by a page of a foreign origin", "remote", r.RemoteAddr)
		http.Error(w, "Pages of this origin may not connect.", http.StatusForbidden)
		return
	case !h.Running():
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The service is starting or stopping; come back.", http.StatusServiceUnavailable)
		return
	}
	over := &hijacker{ResponseWriter: w}
	conn, err := h.upgrader.Upgrade(over, r, nil)
	if err != nil {
		h.o.Slog.Info("a stream's handshake failed", "remote", r.RemoteAddr, "error", err) // the library has answered
		return
	}
	over.wire.bound()
	s := &screen{conn: conn, wire: over.wire, pen: make(chan struct{}, 1), target: targetOf(r), since: time.Now(), from: hostOf(r.RemoteAddr), arrival: h.arrivalOf(r)}
	refusal := h.admit(s)
	if !h.spawn(func() { h.attend(s, refusal) }) {
		h.end(s, errRestart)
		h.leave(s)
	}
}

// hostOf is an address without its port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// Running tells whether screens are let in.
func (h *Hub) Running() bool {
	h.life.Lock()
	defer h.life.Unlock()
	return h.running
}

// allowed tells whether the request may come from where it says: not from a page at all, from a page of the very host that is asked, or
// of a listed origin (RFC 6455 §10.2). Hosts are compared whole, with their port; what came over TLS comes from no page in clear.
func (h *Hub) allowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	if slices.Contains(h.o.Origins, origins[0]) {
		return true
	}
	u, err := url.Parse(origins[0])
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" && r.TLS == nil) && u.Host != "" && origins[0] == u.Scheme+"://"+u.Host &&
		strings.EqualFold(u.Host, r.Host)
}

// admit counts a new socket. It returns the closing to greet it with if there are too many, else nil.
func (h *Hub) admit(s *screen) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[s] = struct{}{}
	h.greeting++
	if len(h.all) > h.o.Limits.Sockets || h.greeting > (h.o.Limits.Sockets+1)/2 {
		return errFull
	}
	return nil
}

// heard notes that a screen has said hello: however long it is let in for, it is none of those who say nothing.
func (h *Hub) heard(s *screen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.heard = true
	h.greeting--
}

// enter puts a greeted screen into its room and a slot of the scheduler. From here on the room gathers what the feed hands over, so that
// whatever is read from the database afterwards joins on to it. It returns a closing if the account holds too many.
func (h *Hub) enter(s *screen, c coverage) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accounts[s.account.Name] >= h.o.Limits.PerAccount {
		return errAccountFull
	}
	h.accounts[s.account.Name]++
	r := h.rooms[s.keyOf(c)]
	if r == nil {
		r = s.makeRoom(c)
		h.open(r)
	}
	r.mu.Lock()
	r.screens[s] = struct{}{}
	r.mu.Unlock()
	s.room = r
	s.slot = 0
	for i := range h.slots {
		if len(h.slots[i]) < len(h.slots[s.slot]) {
			s.slot = i
		}
	}
	h.slots[s.slot][s] = struct{}{}
	return nil
}

// leave forgets a screen; its room goes with the last.
func (h *Hub) leave(s *screen) {
	_ = s.wire.Close() // whatever there was to say has been said
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, s)
	delete(h.late, s)
	if s.session != "" {
		if delete(h.sessions[s.session], s); len(h.sessions[s.session]) == 0 {
			delete(h.sessions, s.session)
		}
	}
	if !s.heard {
		h.greeting--
	}
	if s.room == nil {
		return
	}
	delete(h.slots[s.slot], s)
	if h.accounts[s.account.Name]--; h.accounts[s.account.Name] == 0 {
		delete(h.accounts, s.account.Name)
	}
	s.room.mu.Lock()
	delete(s.room.screens, s)
	empty := len(s.room.screens) == 0
	s.room.mu.Unlock()
	if empty {
		h.close(s.room)
	}
}

// open begins to gather what the feed hands over for a room. The hub is locked.
func (h *Hub) open(r *room) {
	h.rooms[r.key] = r
	for _, id := range r.departments {
		if h.showing[id] == nil {
			h.showing[id] = map[*room]struct{}{}
		}
		h.showing[id][r] = struct{}{}
	}
}

// close forgets a room. The hub is locked.
func (h *Hub) close(r *room) {
	delete(h.rooms, r.key)
	for _, id := range r.departments {
		if delete(h.showing[id], r); len(h.showing[id]) == 0 {
			delete(h.showing, id)
		}
	}
}
