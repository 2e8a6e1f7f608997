package stream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

// wire is the connection below a WebSocket. It remembers the rest of a frame that was cut by a write deadline, so that a reader which was
// too slow can still be told so in a frame of its own, if it takes that rest after all. (Over TLS it cannot: crypto/tls is unusable after
// a write has timed out. Such a client sees a lost connection, which means the same: come back.)
type wire struct {
	net.Conn
	rest []byte
}

// Write implements net.Conn. The WebSocket library calls it from one goroutine at a time and not again after an error.
func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	if n < len(p) && errors.Is(err, os.ErrDeadlineExceeded) {
		w.rest = bytes.Clone(p[n:])
	}
	return n, err
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
