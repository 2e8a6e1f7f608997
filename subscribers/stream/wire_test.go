package stream

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

func TestAFrameCutByItsDeadlineIsFinishedBeforeTheClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		w := &wire{Conn: ours}
		frame := []byte("0123456789")
		head := make([]byte, 3)
		go func() { _, _ = io.ReadFull(theirs, head) }() // takes three bytes and no more
		_ = w.SetWriteDeadline(time.Now().Add(writeWithin))
		if n, err := w.Write(frame); n != 3 || !isTimeout(err) {
			t.Fatalf("wrote %d bytes: %v", n, err)
		}
		rest := make(chan []byte)
		go func() {
			all, _ := io.ReadAll(theirs)
			rest <- all
		}()
		if err := w.part(errTooSlow, time.Now().Add(partWithin)); err != nil {
			t.Fatal(err)
		}
		w.drop()
		message := errTooSlow.message()
		want := append([]byte("3456789"), 0x88, byte(len(message)))
		if got := <-rest; !bytes.Equal(got, append(want, message...)) {
			t.Errorf("the peer reads %q", got)
		}
		same(t, "close code", websocket.FormatCloseMessage(CloseTooSlow, errTooSlow.reason), message)
	})
}

// pair are the two ends of a connection of the loopback. The first takes little at once.
func pair(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if theirs, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return ours, theirs
}

func TestWhatIsNotTakenAtOnceIsWrittenBeforeTheNext(t *testing.T) {
	ours, theirs := pair(t)
	w := &wire{Conn: ours}
	w.bound()
	_ = ours.SetWriteDeadline(time.Now().Add(-time.Second)) // of an earlier writing: it means nothing to one that does not wait
	var sent bytes.Buffer
	w.hasty.Store(true)
	for i := 0; !w.owes.Load() && i < 10_000; i++ {
		part := bytes.Repeat([]byte{byte(i)}, 3000)
		sent.Write(part)
		if n, err := w.Write(part); n != len(part) || err != nil {
			t.Fatalf("wrote %d bytes: %v", n, err)
		}
	}
	if !w.owes.Load() {
		t.Fatal("a client that reads nothing took 30 MB")
	}
	sent.WriteString("a pong")
	if n, err := w.Write([]byte("a pong")); n != 6 || err != nil {
		t.Fatalf("wrote %d bytes: %v", n, err)
	}
	w.hasty.Store(false)
	_ = w.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
	if n, err := w.Write([]byte("too late")); n != 0 || !isTimeout(err) {
		t.Fatalf("wrote %d bytes to a client that reads nothing: %v", n, err)
	}
	got := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(theirs)
		got <- all
	}()
	_ = w.SetWriteDeadline(time.Now().Add(time.Minute))
	sent.WriteString("the next")
	if n, err := w.Write([]byte("the next")); n != 8 || err != nil {
		t.Fatalf("wrote %d bytes: %v", n, err)
	}
	_ = ours.Close()
	if !bytes.Equal(<-got, sent.Bytes()) {
		t.Error("the client reads something else than was written")
	}
}

func TestAWakeDuringADrainIsNotLost(t *testing.T) {
	h := New(newWorld(t).options())
	s := &screen{live: true, draining: true}
	h.wake(s, beatDue)
	if d, more := s.take(); !more || d&beatDue == 0 || d&lookDue == 0 {
		t.Errorf("due is %b", d)
	}
	if _, more := s.take(); more || s.draining {
		t.Error("the drain does not end")
	}
}
