package mllp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A Handler takes one message and returns the answer for its sender, both without frames. A nil answer sends nothing. When it
// returns an error the connection is closed without an answer, so that the sender keeps the message and sends it again.
//
// The handler of one connection is called for one message at a time, in the order of arrival; handlers of several connections run
// at the same time. ctx lasts as long as the server, and through its stop until [Limits.Drain] is over. The message is the handler's to keep.
type Handler func(ctx context.Context, from Peer, message []byte) (answer []byte, err error)

// A Rejection returns the answer to a message that could not be read whole, or nil to send none. head is what was read of it, and
// reason is ErrTooLarge, ErrLostEnd, ErrCut, ErrStalled or ErrRubbish. Unless the reason is ErrLostEnd the connection is closed next.
type Rejection func(ctx context.Context, from Peer, head []byte, reason error) (answer []byte)

// Counters count since the server began. They may be read at any time.
type Counters struct {
	Accepted     atomic.Int64 // connections
	Open         atomic.Int64 // connections now
	Refused      atomic.Int64 // connections closed because Limits.Connections or Limits.PerSender were open
	NoHandshake  atomic.Int64 // connections whose TLS handshake failed
	Messages     atomic.Int64 // whole messages given to the handler
	Answers      atomic.Int64 // answers written
	Failed       atomic.Int64 // messages whose handler returned an error
	Panics       atomic.Int64 // messages whose handler panicked
	TooLarge     atomic.Int64 // frames over the size limit
	Stalled      atomic.Int64 // frames that did not arrive in time
	Damaged      atomic.Int64 // frames without an end, and rubbish
	MissingStart atomic.Int64 // messages without a start byte, taken nevertheless
	Skipped      atomic.Int64 // bytes between messages
}

// Server takes messages from any number of senders and answers them. Set the fields before Serve, which is called once, and leave
// them alone afterwards.
type Server struct {
	Handler  Handler
	Reject   Rejection   // nil sends no answer to what is not whole
	Name     string      // of the listener, which peers carry; may be empty
	Limits   Limits      // the zero value has the defaults
	TLS      *tls.Config // nil listens without TLS
	Log      *slog.Logger
	Counters Counters

	mu          sync.Mutex
	connections map[*connection]struct{}
	senders     map[string]int // how many connections each sender has
	warned      time.Time      // when it was last logged that a limit of connections is reached
}

// Serve accepts connections from listener until ctx is done; then it returns nil. It closes the listener.
//
// It stops in this order: no new connections; connections between messages are closed; a message in hand is handled to its end and
// answered; what is left after [Limits.Drain] has its context cancelled and its connection closed. When Serve returns, no goroutine
// of it is left.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	if s.Handler == nil {
		return errors.New("serve MLLP: no handler")
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	limits := s.Limits.withDefaults()
	handling, cancelHandling := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelHandling()
	accepting, stopAccepting := context.WithCancel(ctx)
	defer stopAccepting()

	var all, watcher sync.WaitGroup
	drained := make(chan struct{})
	watcher.Go(func() {
		<-accepting.Done()
		s.closeListener(listener)
		s.stopAll()
		select {
		case <-drained:
		case <-time.After(limits.Drain):
			cancelHandling()
			s.closeAll()
		}
	})
	err := s.accept(accepting, handling, listener, limits, &all)
	stopAccepting()
	all.Wait()
	close(drained)
	watcher.Wait()
	return err
}

// accept starts a goroutine for each connection, which all waits for.
func (s *Server) accept(accepting, handling context.Context, listener net.Listener, limits Limits, all *sync.WaitGroup) error {
	pause := time.Duration(0)
	for {
		conn, err := listener.Accept()
		switch {
		case err != nil && accepting.Err() != nil:
			return nil
		case err != nil && !isPassing(err):
			return fmt.Errorf("accept MLLP connection: %w", err)
		case err != nil: // senders wait in the listener's queue until there is room again
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			s.Log.Warn("accept MLLP connection", "error", err, "retry_in", pause)
			sleep(accepting, pause)
			continue
		}
		pause = 0
		s.Counters.Accepted.Add(1)
		c := newConnection(s, conn, limits)
		if !s.admit(c, accepting, limits) {
			c.cut()
			continue
		}
		all.Go(func() {
			defer s.leave(c)
			if cause := c.run(handling); isFault(cause) {
				sleep(accepting, limits.Penalty) // whoever floods us with faults cannot do so faster than this lets places free
			}
		})
	}
}

// isPassing reports whether Accept may succeed later: descriptors or memory have run out, or the peer was gone before we took it.
func isPassing(err error) bool {
	for _, passing := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// admit enters a connection, unless the server is full or stopping, or its sender has as many as one may have.
func (s *Server) admit(c *connection, accepting context.Context, limits Limits) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case accepting.Err() != nil:
		return false
	case len(s.connections) >= limits.Connections:
		s.turnAway(c, "MLLP connections at their limit, further ones are closed", limits.Connections)
		return false
	case s.senders[c.sender] >= limits.PerSender:
		s.turnAway(c, "a sender has as many MLLP connections as one may have, further ones are closed", limits.PerSender)
		return false
	}
	if s.connections == nil {
		s.connections, s.senders = make(map[*connection]struct{}), make(map[string]int)
	}
	s.connections[c] = struct{}{}
	s.senders[c.sender]++
	s.Counters.Open.Add(1)
	return true
}

// identify counts a connection under the sender that it proved to be, and no longer under its address: many senders may stand behind one
// address, and one behind many.
func (s *Server) identify(c *connection, sender string, limits Limits) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.senders[sender] >= limits.PerSender {
		s.turnAway(c, "a sender has as many MLLP connections as one may have, further ones are closed", limits.PerSender)
		return false
	}
	s.release(c.sender)
	c.sender = sender
	s.senders[sender]++
	return true
}

// turnAway counts a connection that is closed because of a limit, and says so at most once in warnInterval: whoever knocks without end
// must not fill the log either.
func (s *Server) turnAway(c *connection, why string, limit int) {
	s.Counters.Refused.Add(1)
	if now := time.Now(); now.Sub(s.warned) > warnInterval {
		s.warned = now
		s.Log.Warn(why, "limit", limit, "from", c.peer.Address, "subject", c.peer.Subject)
	}
}

// warnInterval is how often it is logged that connections are at a limit.
const warnInterval = time.Minute

func (s *Server) leave(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.connections, c)
	s.release(c.sender)
	s.Counters.Open.Add(-1)
}

func (s *Server) release(sender string) {
	if s.senders[sender]--; s.senders[sender] == 0 {
		delete(s.senders, sender)
	}
}

// stopAll asks each connection to end after the message in hand.
func (s *Server) stopAll() {
	for _, c := range s.open() {
		c.stop()
	}
}

// closeAll ends each connection at once.
func (s *Server) closeAll() {
	for _, c := range s.open() {
		c.cut()
	}
}

func (s *Server) open() []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := make([]*connection, 0, len(s.connections))
	for c := range s.connections {
		open = append(open, c)
	}
	return open
}

func (s *Server) closeListener(listener net.Listener) {
	if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		s.Log.Warn("close MLLP listener", "error", err)
	}
}
