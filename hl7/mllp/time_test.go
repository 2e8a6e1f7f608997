package mllp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var tooManyFiles error = &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}

// pipes is a listener whose connections are in memory, so that a test's clock rules their deadlines.
type pipes struct {
	offered chan net.Conn
	closed  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.offered:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

// inMemory runs a test against a server on pipes, in fake time.
func inMemory(t *testing.T, server *Server, test func(t *testing.T, connect func() *sender)) {
	synctest.Test(t, func(t *testing.T) {
		listener := &pipes{make(chan net.Conn), make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		server.Handler = echo
		go func() { ended <- server.Serve(ctx, listener) }()
		test(t, func() *sender {
			ours, theirs := net.Pipe()
			listener.offered <- theirs
			t.Cleanup(func() { _ = ours.Close() })
			return &sender{ours, t, NewReader(ours, Limits{})}
		})
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// wantEndAfter reads until the connection ends and compares how long that took.
func (s *sender) wantEndAfter(want time.Duration) {
	s.t.Helper()
	began := time.Now()
	if got, err := s.frames.Next(); !errors.Is(err, io.EOF) {
		s.t.Fatalf("got %q, %v; want a clean close", got, err)
	}
	if took := time.Since(began); took != want {
		s.t.Errorf("closed after %v, want %v", took, want)
	}
}

func TestSilenceInsideAMessageClosesAfterFiveSeconds(t *testing.T) {
	server := &Server{}
	inMemory(t, server, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b" + arrival[:40])
		// Nothing is sent to a stalled peer here, but it is given a second to say goodbye.
		s.wantEndAfter(5*time.Second + time.Second)
		if n := server.Counters.Stalled.Load(); n != 1 {
			t.Errorf("counted %d stalled, want 1", n)
		}
	})
}

func TestAStalledMessageIsAnsweredBeforeTheClose(t *testing.T) {
	inMemory(t, &Server{Reject: refuseByName}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b" + arrival[:40])
		s.wantAnswer("refused: " + ErrStalled.Error())
		s.wantEndAfter(time.Second)
	})
}

func TestOneByteAMinuteIsClosed(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b")
		began, sent := time.Now(), 0
		for ; sent < len(arrival); sent++ {
			if _, err := s.Write([]byte{arrival[sent]}); err != nil {
				break
			}
			time.Sleep(time.Minute)
		}
		if sent > 1 || time.Since(began) > 2*time.Minute {
			t.Errorf("%d bytes in %v were taken", sent, time.Since(began))
		}
	})
}

func TestOneByteEveryFourSecondsIsClosedAfterAMinute(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b")
		began, sent := time.Now(), 0
		for ; sent < len(arrival); sent++ {
			if _, err := s.Write([]byte{arrival[sent]}); err != nil {
				break
			}
			time.Sleep(4 * time.Second)
		}
		if took := time.Since(began); took < time.Minute || took > 70*time.Second {
			t.Errorf("closed after %v and %d bytes, want about a minute", took, sent)
		}
	})
}

func TestTheLimitOfAMessageBeginsAnewWithEachMessage(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s := connect()
		for range 100 { // each message takes eight seconds, and begins in the segment that ends the one before
			s.send("\x0bfirst half,")
			time.Sleep(4 * time.Second)
			s.send("second")
			time.Sleep(4 * time.Second)
			s.send("\x1c\r")
			s.wantAnswer("taken first half,second")
		}
	})
}

func TestAQuietFeedStaysOpen(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send(frame("1"))
		s.wantAnswer("taken 1")
		time.Sleep(72 * time.Hour)
		s.send(frame("2"))
		s.wantAnswer("taken 2")
	})
}

func TestAQuietFeedIsClosedIfSoConfigured(t *testing.T) {
	inMemory(t, &Server{Limits: Limits{Idle: time.Hour}}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b1")
		time.Sleep(time.Second)
		s.send("\x1c\r")
		s.wantAnswer("taken 1")
		s.wantEndAfter(time.Hour)
	})
}

func TestAQuietFeedMayBeginItsNextMessageLongAfterASlowOne(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b1") // the server now waits inside a message, with a deadline
		time.Sleep(time.Second)
		s.send("\x1c\r")
		s.wantAnswer("taken 1")
		time.Sleep(time.Hour)
		s.send(frame("2"))
		s.wantAnswer("taken 2")
	})
}

func TestAMissingLastByteCostsFiveSecondsAndNoMessage(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s := connect()
		s.send("\x0b1\x1c")
		s.wantAnswer("taken 1")
		s.send("\x0b2\x1c")
		s.wantAnswer("taken 2")
	})
}

func TestAPeerThatNeverReadsItsAnswersIsClosed(t *testing.T) {
	inMemory(t, &Server{}, func(t *testing.T, connect func() *sender) {
		s, other := connect(), connect()
		s.send(frame("1")) // the answer waits for a reader: a pipe holds nothing
		time.Sleep(5 * time.Second)
		other.send(frame("2"))
		other.wantAnswer("taken 2")
		time.Sleep(6 * time.Second)
		s.wantClosed()
	})
}
