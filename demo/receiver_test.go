package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receiver is a small MLLP receiver that keeps what it was sent.
type receiver struct {
	address string

	mu       sync.Mutex
	received []string
	arrived  chan struct{} // gets a token for each message, as long as somebody looks
}

// stray is the code of an answer that is for another message.
const stray = "stray"

// answer decides the code for the n-th message (from 1); "" closes the connection without an answer.
type answer func(n int, message *hl7.Message) string

// alwaysAccept answers AA.
func alwaysAccept(int, *hl7.Message) string { return "AA" }

// receive starts a receiver on a free port. It ends with the test.
func receive(t testing.TB, how answer) *receiver {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{address: listener.Addr().String(), arrived: make(chan struct{}, 1<<16)}
	serve(t, listener, func(_ context.Context, _ mllp.Peer, message []byte) ([]byte, error) {
		r.mu.Lock()
		r.received = append(r.received, string(message))
		n := len(r.received)
		r.mu.Unlock()
		select {
		case r.arrived <- struct{}{}:
		default:
		}
		m, err := hl7.Parse(message)
		if err != nil {
			return nil, err
		}
		code := how(n, m)
		if code == "" {
			return nil, errors.New("no answer today")
		}
		control := m.Segment("MSH").Field(10).Text()
		if code == stray {
			code, control = "AA", control+"0"
		}
		return fmt.Appendf(nil, "MSH|^~\\&|T|T|||||ACK|%d|P|2.4\rMSA|%s|%s\r", n, code, control), nil
	})
	return r
}

// serve runs an MLLP server until the test ends.
func serve(t testing.TB, listener net.Listener, handler mllp.Handler) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	server := &mllp.Server{Handler: handler}
	go func() { ended <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the receiver ended with: %v", err)
		}
	})
}

// wait blocks until so many more messages have come; whoever sends them must not end before.
func (r *receiver) wait(t *testing.T, n int, ended <-chan error) {
	t.Helper()
	for range n {
		select {
		case <-r.arrived:
		case err := <-ended:
			t.Fatalf("the sender ended before %d messages had come: %v", n, err)
		}
	}
}

// messages are those received so far, in order.
func (r *receiver) messages() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.received...)
}

// text is the value at a path of a message.
func text(t testing.TB, message, path string) string {
	t.Helper()
	m, err := hl7.Parse([]byte(message))
	if err != nil {
		t.Fatalf("not an HL7 message: %v", err)
	}
	v, err := m.Get(path)
	if err != nil {
		t.Fatal(err)
	}
	return v.Text()
}
