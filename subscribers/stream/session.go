package stream

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ucpalert/ucpalert/access"
)

// arrival is what a request for a stream says of a session. Only a page of an allowed origin may use one: a browser sends the cookie with
// the request of any page, but a page cannot choose its Origin (RFC 6455 §10.2), and only one of ours can have asked for a ticket.
type arrival struct {
	cookie string
	// page: the request came from a page, and its origin was allowed.
	page bool
}

// arrivalOf reads a request whose origin was allowed; nil where no session can come of it.
func (h *Hub) arrivalOf(r *http.Request) *arrival {
	if h.o.Sessions == nil {
		return nil
	}
	cookie := h.o.Sessions.Cookie(r)
	if cookie == "" {
		return nil
	}
	return &arrival{cookie, r.Header.Get("Origin") != ""}
}

// bySession finds who has signed in, by the cookie of the request and the ticket of the hello: neither is enough, nor are both without an
// origin, or beside a token. From here on the screen ends with the session.
func (h *Hub) bySession(s *screen, came *arrival, hello request) (access.Account, bool, error) {
	if came == nil || !came.page || hello.Token != "" {
		return access.Account{}, false, nil
	}
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	session, account, ok, err := h.o.Sessions.Redeem(ctx, came.cookie, hello.Ticket)
	if err != nil || !ok {
		return access.Account{}, false, err
	}
	h.mu.Lock()
	s.session = session
	if h.sessions[session] == nil {
		h.sessions[session] = map[*screen]struct{}{}
	}
	h.sessions[session][s] = struct{}{}
	h.mu.Unlock()
	// It may have ended before the screen could be told so.
	holds, err := h.o.Sessions.Holds(ctx, session)
	if err != nil {
		return access.Account{}, false, fmt.Errorf("look whether a session holds: %w", err)
	}
	return account, holds, nil
}

// sessionEnded closes the streams of a session. The hub is locked: nothing is waited for here.
func (h *Hub) sessionEnded(session string) {
	for s := range h.sessions[session] {
		h.spawn(func() { h.end(s, errSignedOut) })
	}
}
