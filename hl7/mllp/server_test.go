package mllp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is how longest a test waits for what happens at once: it is a bound on hanging, not a measurement.
const patient = 30 * time.Second

// echo answers each message with itself and the word "taken".
func echo(_ context.Context, _ Peer, message []byte) ([]byte, error) {
	return []byte("taken " + string(message)), nil
}

// refuseByName answers with the reason for the refusal.
func refuseByName(_ context.Context, _ Peer, _ []byte, reason error) []byte {
	return []byte("refused: " + reason.Error())
}

// logBook is a log that a test can read while the server writes it.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start serves on loopback until the test ends, and returns the address.
func start(t testing.TB, server *Server) string {
	t.Helper()
	address, stop := startUntil(t, server)
	t.Cleanup(stop)
	return address
}

// startUntil serves on loopback until stop is called. stop waits for Serve to return.
func startUntil(t testing.TB, server *Server) (address string, stop func()) {
	t.Helper()
	if server.Handler == nil {
		server.Handler = echo
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	var once sync.Once
	return listener.Addr().String(), func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("serve: %v", err)
			}
		})
	}
}

// sender is a hospital's end of a connection, free to misbehave.
type sender struct {
	net.Conn
	t      testing.TB
	frames *Reader
}

func connect(t testing.TB, address string) *sender {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patient)); err != nil {
		t.Fatal(err)
	}
	return &sender{conn, t, NewReader(conn, Limits{})}
}

func (s *sender) send(bytes string) {
	s.t.Helper()
	if _, err := s.Write([]byte(bytes)); err != nil {
		s.t.Fatalf("send: %v", err)
	}
}

func (s *sender) wantAnswer(want string) {
	s.t.Helper()
	got, err := s.frames.Next()
	if err != nil || string(got) != want {
		s.t.Fatalf("answer %q, %v; want %q", got, err, want)
	}
}

func (s *sender) wantClosed() {
	s.t.Helper()
	if got, err := s.frames.Next(); !errors.Is(err, io.EOF) {
		s.t.Fatalf("got %q, %v; want a clean close", got, err)
	}
}

func TestAMessageIsAnswered(t *testing.T) {
	server := &Server{}
	s := connect(t, start(t, server))
	s.send(frame(arrival))
	s.wantAnswer("taken " + arrival)
	s.send(frame(update))
	s.wantAnswer("taken " + update)
	if m, a := server.Counters.Messages.Load(), server.Counters.Answers.Load(); m != 2 || a != 2 {
		t.Errorf("counted %d messages and %d answers, want 2 and 2", m, a)
	}
}

func TestAPipeliningSenderIsAnsweredInOrder(t *testing.T) {
	s := connect(t, start(t, &Server{}))
	s.send(frame("1") + frame("2") + frame("3") + "\x0b4")
	s.wantAnswer("taken 1")
	s.wantAnswer("taken 2")
	s.wantAnswer("taken 3") // though the fourth is only half there
	s.send("\x1c\r")
	s.wantAnswer("taken 4")
}

func TestTheTwoEndBytesInTwoSegments(t *testing.T) {
	s := connect(t, start(t, &Server{}))
	s.send("\x0b" + arrival + "\x1c")
	s.send("\r")
	s.wantAnswer("taken " + arrival)
}

func TestASenderThatOnlyHalfClosesIsStillAnswered(t *testing.T) {
	s := connect(t, start(t, &Server{}))
	s.send(frame(arrival))
	if err := s.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	s.wantAnswer("taken " + arrival)
	s.wantClosed()
}

func TestAMessageOverTheLimitIsRefusedAndTheConnectionClosed(t *testing.T) {
	server := &Server{Reject: refuseByName, Limits: Limits{MessageBytes: 10_000}}
	s := connect(t, start(t, server))
	s.send("\x0b" + strings.Repeat("x", 50_000))
	s.wantAnswer("refused: " + ErrTooLarge.Error())
	s.wantClosed()
	if n := server.Counters.TooLarge.Load(); n != 1 {
		t.Errorf("counted %d, want 1", n)
	}
}

func TestAGigabyteWithoutAnEndIsCutShort(t *testing.T) {
	server := &Server{Reject: refuseByName, Limits: Limits{Linger: 100 * time.Millisecond}}
	address := start(t, server)
	s := connect(t, address)
	block := bytes.Repeat([]byte("x"), 64<<10)
	block[0] = startBlock
	sent := 0
	for sent < 1<<30 {
		n, err := s.Write(block)
		sent += n
		if err != nil {
			break
		}
		block[0] = 'x'
	}
	// 1 MiB is the message limit and 4 MiB are read on for politeness; the rest is what two sockets hold.
	if sent >= 64<<20 {
		t.Errorf("%d bytes were taken before the connection was closed", sent)
	}
	other := connect(t, address)
	other.send(frame(arrival))
	other.wantAnswer("taken " + arrival)
}

func TestRubbishClosesOnlyItsOwnConnection(t *testing.T) {
	address := start(t, &Server{Limits: Limits{RubbishBytes: 100}})
	good, bad := connect(t, address), connect(t, address)
	good.send(frame("1"))
	good.wantAnswer("taken 1")
	bad.send(strings.Repeat("?", 101))
	bad.wantClosed()
	good.send(frame("2"))
	good.wantAnswer("taken 2")
}

func TestAMessageThatLostItsEndIsRefusedAndTheNextTaken(t *testing.T) {
	s := connect(t, start(t, &Server{Reject: refuseByName}))
	s.send("\x0b" + arrival[:40] + frame(update))
	s.wantAnswer("refused: " + ErrLostEnd.Error())
	s.wantAnswer("taken " + update)
}

func TestWhatCannotBeKeptIsNotAnswered(t *testing.T) {
	server := &Server{Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
		if string(message) == "lost" {
			return []byte("never sent"), errors.New("disk is full")
		}
		return echo(ctx, from, message)
	}}
	address := start(t, server)
	s := connect(t, address)
	s.send(frame("kept") + frame("lost") + frame("not looked at"))
	s.wantAnswer("taken kept")
	s.wantClosed()
	if n := server.Counters.Failed.Load(); n != 1 {
		t.Errorf("counted %d failures, want 1", n)
	}
	next := connect(t, address)
	next.send(frame("kept"))
	next.wantAnswer("taken kept")
}

func TestAPanicClosesOneConnectionAndIsLoggedWithoutTheMessage(t *testing.T) {
	book := &logBook{}
	server := &Server{Log: slog.New(slog.NewTextHandler(book, nil)), Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
		if string(message) == arrival {
			panic("cannot handle " + string(message))
		}
		return echo(ctx, from, message)
	}}
	address, stop := startUntil(t, server)
	good, bad := connect(t, address), connect(t, address)
	bad.send(frame(arrival))
	bad.wantClosed()
	good.send(frame(update))
	good.wantAnswer("taken " + update)
	stop()
	if n := server.Counters.Panics.Load(); n != 1 {
		t.Errorf("counted %d panics, want 1", n)
	}
	log := book.String()
	if !strings.Contains(log, "handler panicked") || !strings.Contains(log, "TestAPanicClosesOneConnection") {
		t.Errorf("the log does not say where it happened:\n%s", log)
	}
	if strings.Contains(log, "9990000018") || strings.Contains(log, "PID") {
		t.Errorf("the log holds the message:\n%s", log)
	}
}

func TestAPanicWhileRefusingClosesOneConnection(t *testing.T) {
	server := &Server{Limits: Limits{MessageBytes: 10}, Reject: func(context.Context, Peer, []byte, error) []byte { panic("no") }}
	s := connect(t, start(t, server))
	s.send(frame(arrival))
	s.wantClosed()
}

func TestConnectionsOverTheLimitAreClosedOnArrival(t *testing.T) {
	server := &Server{Limits: Limits{Connections: 2}}
	address := start(t, server)
	a, b := connect(t, address), connect(t, address)
	for _, s := range []*sender{a, b} {
		s.send(frame("1"))
		s.wantAnswer("taken 1")
	}
	connect(t, address).wantClosed()
	if n := server.Counters.Refused.Load(); n != 1 {
		t.Errorf("counted %d refused, want 1", n)
	}
	a.send(frame("2"))
	a.wantAnswer("taken 2")
}

func TestAStopAnswersTheMessageInHandAndClosesTheRest(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	server := &Server{Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
		if string(message) == "slow" {
			close(begun)
			<-goOn
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return echo(ctx, from, message)
	}}
	address, stop := startUntil(t, server)
	idle, half, busy := connect(t, address), connect(t, address), connect(t, address)
	idle.send(frame("1"))
	idle.wantAnswer("taken 1")
	half.send(frame("1") + "\x0bhalf a mess")
	half.wantAnswer("taken 1")
	busy.send(frame("slow") + frame("next"))
	<-begun

	stopped := make(chan struct{})
	go func() { defer close(stopped); stop() }()
	idle.wantClosed()
	half.wantClosed()
	close(goOn)
	busy.wantAnswer("taken slow")
	if got, err := busy.frames.Next(); err == nil {
		t.Errorf("got %q after the stop, want no further answer", got)
	}
	<-stopped
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("a stopped server still accepts")
	}
	if n := server.Counters.Open.Load(); n != 0 {
		t.Errorf("%d connections counted as open after the stop", n)
	}
}

func TestAStopDoesNotWaitForAHandlerLongerThanTheDrainLimit(t *testing.T) {
	begun := make(chan struct{})
	server := &Server{Limits: Limits{Drain: time.Millisecond}, Handler: func(ctx context.Context, _ Peer, _ []byte) ([]byte, error) {
		close(begun)
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	address, stop := startUntil(t, server)
	s := connect(t, address)
	s.send(frame(arrival))
	<-begun
	stop()
	if got, err := s.frames.Next(); err == nil {
		t.Errorf("got %q, want no answer", got)
	}
}

// brokenListener fails as a listener does when descriptors run out, and then for good.
type brokenListener struct {
	net.Listener
	errs []error
}

func (b *brokenListener) Accept() (net.Conn, error) {
	err := b.errs[0]
	b.errs = b.errs[1:]
	return nil, err
}

func TestAListenerThatFailsForGoodEndsTheServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	server := &Server{Handler: echo}
	if err := server.Serve(context.Background(), &brokenListener{listener, []error{tooManyFiles, tooManyFiles, gone}}); !errors.Is(err, gone) {
		t.Errorf("got %v, want %v", err, gone)
	}
}

func TestAServerWithoutHandlerDoesNotServe(t *testing.T) {
	if err := new(Server).Serve(context.Background(), nil); err == nil {
		t.Error("it served")
	}
}

func TestOneSenderCannotTakeAllConnections(t *testing.T) {
	server := &Server{Limits: Limits{Connections: 3, PerSender: 2}}
	address := start(t, server)
	greedy := []*sender{connect(t, address), connect(t, address)}
	for _, s := range greedy {
		s.send(frame("1"))
		s.wantAnswer("taken 1")
	}
	connect(t, address).wantClosed()
	other := connectFrom(t, "127.0.0.2", address)
	other.send(frame("1"))
	other.wantAnswer("taken 1")
	if n := server.Counters.Refused.Load(); n != 1 {
		t.Errorf("counted %d refused, want 1", n)
	}
	_ = greedy[0].Close()
	await(t, func() bool { return server.Counters.Open.Load() == 2 })
	again := connect(t, address)
	again.send(frame("2"))
	again.wantAnswer("taken 2")
}

func TestAConnectionThatEndedByAFaultKeepsItsPlaceForAWhile(t *testing.T) {
	server := &Server{Limits: Limits{PerSender: 1, RubbishBytes: 10, Linger: time.Millisecond, Penalty: 300 * time.Millisecond}}
	address := start(t, server)
	faulty := connect(t, address)
	faulty.send(strings.Repeat("rubbish ", 10))
	faulty.wantClosed()
	connect(t, address).wantClosed()
	await(t, func() bool { return server.Counters.Open.Load() == 0 })
	later := connect(t, address)
	later.send(frame("1"))
	later.wantAnswer("taken 1")
}

// connectFrom connects from another address of this machine.
func connectFrom(t testing.TB, from, address string) *sender {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patient)); err != nil {
		t.Fatal(err)
	}
	return &sender{conn, t, NewReader(conn, Limits{})}
}

// await waits until something is so.
func await(t testing.TB, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patient); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited too long")
		}
	}
}
