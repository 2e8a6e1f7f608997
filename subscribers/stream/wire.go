package stream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

// wire is the connection below a WebSocket. It remembers the rest of a frame that was cut by a write deadline, so that a reader which was
// too slow can still be told so in a frame of its own, if it takes that rest after all. (Over TLS it cannot: crypto/tls is unusable after
// a write has timed out. Such a client sees a lost connection, which means the same: come back.)
//
// The WebSocket library calls Write and SetWriteDeadline from one goroutine at a time, and not again after an error.
type wire struct {
	net.Conn
	// hasty: Write does not wait for the client. owes: a rest is left that the client has not taken; the next Write waits for that first.
	hasty, owes atomic.Bool
	rest        []byte
}

// prompt is the connection as it can be written without waiting; ok is false where there is no such way (TLS).
func (w *wire) prompt() (raw syscall.Conn, ok bool) {
	raw, ok = w.Conn.(syscall.Conn)
	return raw, ok
}

// writeAtOnce writes as much as the system takes now.
func writeAtOnce(conn syscall.Conn, p []byte) (n int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	done := raw.Write(func(fd uintptr) bool {
		for {
			if n, err = syscall.Write(int(fd), p); !errors.Is(err, syscall.EINTR) {
				return true
			}
		}
	})
	if errors.Is(err, syscall.EAGAIN) {
		err = nil
	}
	return max(n, 0), errors.Join(done, err)
}

// Write implements net.Conn. While the wire is hasty all of p counts as written; what was not taken is the rest.
func (w *wire) Write(p []byte) (int, error) {
	if w.hasty.Load() {
		return w.writeHastily(p)
	}
	if w.owes.Load() {
		n, err := w.Conn.Write(w.rest)
		if w.rest = w.rest[n:]; err != nil {
			return 0, err
		}
		w.rest = nil
		w.owes.Store(false)
	}
	n, err := w.Conn.Write(p)
	if n < len(p) && errors.Is(err, os.ErrDeadlineExceeded) {
		w.rest = bytes.Clone(p[n:])
	}
	return n, err
}

// writeHastily writes what is taken at once and keeps the rest.
func (w *wire) writeHastily(p []byte) (n int, err error) {
	if conn, can := w.prompt(); can && !w.owes.Load() {
		n, err = writeAtOnce(conn, p)
		if errors.Is(err, os.ErrDeadlineExceeded) { // that of a writing long ago
			_ = w.Conn.SetWriteDeadline(time.Time{}) // fails only on a closed connection, which the writing sees
			n, err = writeAtOnce(conn, p)
		}
		if err != nil {
			return n, err
		}
	}
	if n < len(p) {
		w.rest = append(w.rest, p[n:]...)
		w.owes.Store(true)
	}
	return len(p), nil
}

// SetWriteDeadline implements net.Conn. What does not wait needs no deadline.
func (w *wire) SetWriteDeadline(t time.Time) error {
	if w.hasty.Load() {
		return nil
	}
	return w.Conn.SetWriteDeadline(t)
}

// part writes the rest of the frame under way and a close frame, until the deadline. It may be called once, after Write has timed out.
func (w *wire) part(c closing, deadline time.Time) error {
	if err := w.Conn.SetWriteDeadline(deadline); err != nil {
		return fmt.Errorf("set the deadline of the parting words: %w", err)
	}
	payload := c.message()
	// RFC 6455 §5.2 and §5.5.1: FIN, opcode 8, no mask from a server; a control frame's length fits seven bits.
	frame := append(w.rest, 0x80|websocket.CloseMessage, byte(len(payload)))
	if _, err := w.Conn.Write(append(frame, payload...)); err != nil {
		return fmt.Errorf("write the parting words: %w", err)
	}
	return nil
}

// sendBuffer is how much the system may hold of what a client has not taken, in bytes. (Linux doubles it, for what it needs itself.) Left to
// itself it lets that grow to megabytes for each.
const sendBuffer = 32 << 10

// bound keeps a slow client from holding the system's memory.
func (w *wire) bound() {
	conn := w.Conn
	for {
		over, is := conn.(interface{ NetConn() net.Conn })
		if !is {
			break
		}
		conn = over.NetConn()
	}
	if tcp, is := conn.(interface{ SetWriteBuffer(int) error }); is {
		_ = tcp.SetWriteBuffer(sendBuffer) // fails only on a closed connection, which the first writing sees
	}
}

// drop closes the connection and lets the kernel forget what the peer did not take.
func (w *wire) drop() {
	if tcp, ok := w.Conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0) // only saves kernel memory
	}
	_ = w.Conn.Close() // the reader sees the end; nothing else can be done about it
}

// hijacker gives the upgrader our wire in place of the bare connection. It reaches through wrapped response writers.
type hijacker struct {
	http.ResponseWriter
	wire *wire
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take the connection over: %w", err)
	}
	h.wire = &wire{Conn: conn}
	return h.wire, rw, nil
}

// isTimeout tells whether an operation on a connection ended at its deadline. (The library hides os.ErrDeadlineExceeded.)
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
