package mllp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// ErrNoAnswer says that the receiver closed the connection, or took too long, without answering. The message may or may not have been
// taken: send it again, unchanged.
var ErrNoAnswer = errors.New("no answer")

// Client sends messages over one connection, one at a time, and waits for each answer. The connection is made when first needed and
// again after a failure. A client may be used by several goroutines; they take turns.
type Client struct {
	Address string        // host:port
	TLS     *tls.Config   // nil connects without TLS
	Timeout time.Duration // to connect, and again for each answer; 30 s if zero
	Limits  Limits        // of answers; only the byte limits are used

	mu     sync.Mutex
	conn   net.Conn
	frames *Reader
	frame  []byte
}

// Dial connects, if the client is not connected yet.
func (c *Client) Dial(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dial(ctx)
}

func (c *Client) dial(ctx context.Context) error {
	if c.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	dialer := &net.Dialer{KeepAliveConfig: keepAlive}
	var conn net.Conn
	var err error
	if c.TLS != nil {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: c.TLS}).DialContext(ctx, "tcp", c.Address)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", c.Address)
	}
	if err != nil {
		return fmt.Errorf("connect to MLLP receiver: %w", err)
	}
	c.conn, c.frames = conn, NewReader(conn, c.Limits)
	return nil
}

func (c *Client) timeout() time.Duration { return atLeastOne(c.Timeout, 30*time.Second) }

// Send sends one message, without frame, and returns the answer, without frame. It sends once: after an error the connection is closed,
// and it is for the caller to send the same bytes again. The error wraps [ErrNoAnswer] if the message left and no answer came, and
// ctx's error if ctx ended the wait.
func (c *Client) Send(ctx context.Context, message []byte) (answer []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("send message: %w", err)
	}
	if c.conn != nil && c.frames.stream.Buffered() > 0 {
		_ = c.close() // nobody asked for these bytes: they must not be taken for the answer
	}
	if err := c.dial(ctx); err != nil {
		return nil, err
	}
	answer, err = c.exchange(ctx, message)
	if err != nil {
		// A late answer must not be taken for that of the next message.
		_ = c.close()
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		return nil, err
	}
	return answer, nil
}

// exchange writes one frame and reads one.
func (c *Client) exchange(ctx context.Context, message []byte) ([]byte, error) {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout())); err != nil {
		return nil, fmt.Errorf("send message: %w", err)
	}
	if ctx.Done() != nil {
		conn := c.conn
		unwatch := context.AfterFunc(ctx, func() {
			// A failure means that the connection is closed already.
			_ = conn.SetDeadline(time.Unix(1, 0))
		})
		defer func() {
			if !unwatch() { // the connection has, or will have, a deadline that is not its own
				_ = c.close()
			}
		}()
	}
	c.frame = AppendFrame(c.frame[:0], message)
	if _, err := c.conn.Write(c.frame); err != nil {
		return nil, fmt.Errorf("send message: %w", err)
	}
	answer, err := c.frames.Next()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	return answer, nil
}

// Close closes the connection, if there is one. The client may be used again.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.close()
}

func (c *Client) close() error {
	if c.conn == nil {
		return nil
	}
	conn := c.conn
	c.conn, c.frames = nil, nil
	if err := conn.Close(); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("close MLLP connection: %w", err)
	}
	return nil
}
