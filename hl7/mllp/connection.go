package mllp

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Peer is who a message came from, as far as the connection tells.
type Peer struct {
	Address  string // host:port
	Listener string // the name of the server that it came to
	// Subject and Fingerprint are of the client certificate, if one was given and verified: its distinguished name (RFC 2253) and
	// the SHA-256 of its DER in lower-case hexadecimal. Otherwise both are empty.
	Subject     string
	Fingerprint string
	// Names are the certificate's alternative names: DNS names in lower case, addresses, mail addresses and URIs.
	Names []string
}

// Reasons why the server ends a connection, beside those of frames.
var (
	errEnded     = errors.New("ended by the peer")
	errStopping  = errors.New("server is stopping")
	errIdle      = errors.New("no message for the idle limit")
	errUnsent    = errors.New("answer could not be sent")
	errNoAnswer  = errors.New("message was left without an answer")
	errPanic     = errors.New("handler panicked")
	errHandshake = errors.New("TLS handshake")
	errCrowded   = errors.New("the sender has as many connections as one may have")
)

// answerBuffer holds the answers to a pipelining sender until there is nothing more to read.
const answerBuffer = 2 << 10

// lingerBytes is the most that is read and dropped after a refusal, so that the answer is not lost to a reset.
const lingerBytes = 4 << 20

// keepAlive finds peers that vanished without a word after about a minute.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}

// connection is one sender. Its goroutine owns everything here but the fields under mu.
type connection struct {
	server *Server
	limits Limits
	peer   Peer
	sender string // under which its server counts it
	socket net.Conn
	conn   net.Conn // the socket, or TLS over it
	frames *Reader
	out    *bufio.Writer
	frame  []byte // room in which an answer is framed

	messages     int64
	skipped      int64     // of what frames counted, the part that is in the server's counters
	missingStart int64     // likewise
	frameSince   time.Time // when waiting inside the current frame began; zero if it has not

	mu       sync.Mutex
	stopping bool
	armed    bool // a read deadline is set
}

func newConnection(s *Server, conn net.Conn, limits Limits) *connection {
	if tcp, ok := conn.(*net.TCPConn); ok {
		// A failure leaves the system's keepalive, which is slower and harmless.
		_ = tcp.SetKeepAliveConfig(keepAlive)
	}
	c := &connection{server: s, limits: limits, socket: conn, conn: conn, peer: Peer{Address: conn.RemoteAddr().String(), Listener: s.Name}}
	c.sender = c.peer.Address
	if host, _, err := net.SplitHostPort(c.sender); err == nil {
		c.sender = host
	}
	if s.TLS != nil {
		c.conn = tls.Server(conn, s.TLS)
	}
	c.frames = NewReader(c, limits)
	c.out = bufio.NewWriterSize((*answerWriter)(c), answerBuffer)
	return c
}

// run handles the connection to its end, logs that, once, and returns why it ended.
func (c *connection) run(ctx context.Context) error {
	started := time.Now()
	cause := c.handshake(ctx)
	if cause == nil {
		cause = c.exchange(ctx)
	}
	if lingers(cause) {
		c.linger()
	}
	// The peer learns of it or has gone; there is nobody to tell of a failure.
	_ = c.conn.Close()

	c.server.Log.LogAttrs(ctx, c.level(cause), "MLLP connection closed", slog.String("from", c.peer.Address),
		slog.String("subject", c.peer.Subject), slog.Int64("messages", c.messages), slog.String("after", time.Since(started).String()),
		slog.String("cause", cause.Error()))
	return cause
}

// isFault reports whether a connection ended by what its sender did wrong.
func isFault(cause error) bool {
	var damage *FrameError
	return errors.As(cause, &damage) || errors.Is(cause, errHandshake)
}

// level is how loudly the end of the connection is logged.
func (c *connection) level(cause error) slog.Level {
	ended := errors.Is(cause, errEnded) || errors.Is(cause, syscall.ECONNRESET)
	switch {
	case ended && c.messages == 0 && c.frames.Skipped() == 0: // a load balancer asking whether anybody listens
		return slog.LevelDebug
	case errors.Is(cause, errEnded), errors.Is(cause, errStopping), errors.Is(cause, errIdle):
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

// handshake completes TLS and learns the peer's certificate.
func (c *connection) handshake(ctx context.Context) error {
	secure, ok := c.conn.(*tls.Conn)
	if !ok {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, c.limits.Handshake)
	defer cancel()
	if err := secure.HandshakeContext(limited); err != nil {
		if c.isStopping() {
			return errStopping
		}
		c.server.Counters.NoHandshake.Add(1)
		return fmt.Errorf("%w: %w", errHandshake, err)
	}
	state := secure.ConnectionState()
	if len(state.VerifiedChains) > 0 {
		leaf := state.PeerCertificates[0]
		sum := sha256.Sum256(leaf.Raw)
		c.peer.Subject, c.peer.Fingerprint, c.peer.Names = leaf.Subject.String(), hex.EncodeToString(sum[:]), AlternativeNames(leaf)
		if !c.server.identify(c, "certificate "+c.peer.Fingerprint, c.limits) {
			return errCrowded
		}
	}
	return nil
}

// AlternativeNames are the names in a certificate beside its subject, as a [Peer] has them.
func AlternativeNames(leaf *x509.Certificate) []string {
	var names []string
	for _, name := range leaf.DNSNames {
		names = append(names, strings.ToLower(name))
	}
	for _, address := range leaf.IPAddresses {
		names = append(names, address.String())
	}
	names = append(names, leaf.EmailAddresses...)
	for _, uri := range leaf.URIs {
		names = append(names, uri.String())
	}
	return names
}

// exchange reads messages and answers them, in order, until the connection is to end, and returns why.
func (c *connection) exchange(ctx context.Context) error {
	for {
		err := c.next(ctx)
		if err == nil {
			continue
		}
		if unsent := c.flush(); unsent != nil && !errors.Is(err, errUnsent) {
			return fmt.Errorf("%w; after: %w", unsent, err)
		}
		return err
	}
}

// next handles one message, or refuses one that is not whole.
func (c *connection) next(ctx context.Context) error {
	if c.isStopping() {
		return errStopping
	}
	message, err := c.frames.Next()
	c.frameSince = time.Time{}
	c.countSkipped()
	var damage *FrameError
	switch {
	case err == nil:
		return c.handle(ctx, message)
	case err == io.EOF:
		return errEnded
	case errors.As(err, &damage) && !c.isStopping():
		return c.refuse(ctx, damage)
	}
	return err
}

// countSkipped carries what the frame reader passed over into the server's counters.
func (c *connection) countSkipped() {
	if n := c.frames.Skipped(); n != c.skipped {
		c.server.Counters.Skipped.Add(n - c.skipped)
		c.skipped = n
	}
	if n := c.frames.MissingStart(); n != c.missingStart {
		c.server.Counters.MissingStart.Add(n - c.missingStart)
		c.missingStart = n
	}
}

// handle has one message handled and writes its answer.
func (c *connection) handle(ctx context.Context, message []byte) error {
	c.messages++
	c.server.Counters.Messages.Add(1)
	var answer []byte
	err := c.guard(func() (err error) {
		answer, err = c.server.Handler(ctx, c.peer, message)
		return err
	})
	if err != nil {
		if !errors.Is(err, errPanic) {
			c.server.Counters.Failed.Add(1)
		}
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	return c.answer(answer)
}

// refuse answers a message that was not whole. It returns nil if the connection can go on.
func (c *connection) refuse(ctx context.Context, damage *FrameError) error {
	switch damage.Reason {
	case ErrTooLarge:
		c.server.Counters.TooLarge.Add(1)
	case ErrStalled:
		c.server.Counters.Stalled.Add(1)
	default:
		c.server.Counters.Damaged.Add(1)
	}
	if c.server.Reject != nil {
		var answer []byte
		err := c.guard(func() error {
			answer = c.server.Reject(ctx, c.peer, damage.Head, damage.Reason)
			return nil
		})
		if err != nil {
			return fmt.Errorf("%w: %w", errNoAnswer, err)
		}
		if err := c.answer(answer); err != nil {
			return err
		}
	}
	if damage.Resumable() {
		return nil
	}
	return damage
}

// guard turns a panic into an error and logs where it was. The panic's own words may hold patient data and are logged only if they
// are the Go runtime's.
func (c *connection) guard(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			c.server.Counters.Panics.Add(1)
			c.server.Log.Error("MLLP handler panicked", "from", c.peer.Address, "panic", describePanic(value), "at", callers())
			err = errPanic
		}
	}()
	return call()
}

func describePanic(value any) string {
	if bug, ok := value.(runtime.Error); ok {
		return bug.Error()
	}
	return fmt.Sprintf("%T", value)
}

// callers names the functions that were active when a deferred function recovered: no arguments, no values.
func callers() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var b strings.Builder
	for {
		frame, more := frames.Next()
		fmt.Fprintf(&b, "%s:%d ", frame.Function, frame.Line)
		if !more {
			return b.String()
		}
	}
}

// answer puts an answer into the buffer; Read sends it before it waits.
func (c *connection) answer(answer []byte) error {
	if answer == nil {
		return nil
	}
	c.frame = AppendFrame(c.frame[:0], answer)
	if _, err := c.out.Write(c.frame); err != nil {
		return fmt.Errorf("%w: %w", errUnsent, err)
	}
	c.server.Counters.Answers.Add(1)
	return nil
}

func (c *connection) flush() error {
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errUnsent, err)
	}
	return nil
}

// Read gives the frame reader bytes from the network. Whatever was answered is sent first: so a pipelining sender costs one write for
// many answers, and nobody waits for an answer that lies in our buffer.
func (c *connection) Read(p []byte) (int, error) {
	if c.out.Buffered() > 0 {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	if err := c.armRead(); err != nil {
		return 0, err
	}
	n, err := c.conn.Read(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		switch {
		case c.isStopping():
			return 0, errStopping
		case c.frames.inside:
			return 0, ErrStalled
		}
		return 0, errIdle
	}
	return n, err
}

// armRead sets how long the next read may wait: inside a frame the idle limit, but never past the limit of the whole frame.
func (c *connection) armRead() error {
	var deadline time.Time
	switch now := time.Now(); {
	case c.frames.inside:
		if c.frameSince.IsZero() {
			c.frameSince = now
		}
		deadline = now.Add(c.limits.FrameIdle)
		if total := c.frameSince.Add(c.limits.FrameTotal); total.Before(deadline) {
			deadline = total
		}
	case c.limits.Idle > 0:
		deadline = now.Add(c.limits.Idle)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopping {
		return errStopping
	}
	if deadline.IsZero() && !c.armed {
		return nil
	}
	c.armed = !deadline.IsZero()
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		return fmt.Errorf("set read deadline: %w", err)
	}
	return nil
}

// answerWriter writes to the network, never longer than the write limit.
type answerWriter connection

func (w *answerWriter) Write(p []byte) (int, error) {
	if err := w.conn.SetWriteDeadline(time.Now().Add(w.limits.Write)); err != nil {
		return 0, err
	}
	return w.conn.Write(p)
}

// stop lets the message in hand end and no other begin.
func (c *connection) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopping = true
	// A failure means that the connection is gone already.
	_ = c.conn.SetReadDeadline(time.Unix(1, 0))
}

func (c *connection) isStopping() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping
}

// lingers reports whether the peer may still be sending when the connection is ended. A close would then reset it, and the reset
// overtake the last answer.
func lingers(cause error) bool {
	var damage *FrameError
	return errors.As(cause, &damage) || errors.Is(cause, errNoAnswer)
}

// linger says that nothing more will be sent, and reads on for a little while.
func (c *connection) linger() {
	c.mu.Lock()
	until := time.Now().Add(c.limits.Linger)
	if c.stopping {
		until = time.Unix(1, 0)
	}
	err := c.conn.SetReadDeadline(until)
	c.mu.Unlock()
	if err != nil {
		return
	}
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() != nil {
		return
	}
	// However this ends, the connection is closed next.
	_, _ = io.CopyN(io.Discard, c.conn, lingerBytes)
}

// cut closes the socket at once, from whichever goroutine.
func (c *connection) cut() {
	// There is nobody to tell of a failure.
	_ = c.socket.Close()
}
