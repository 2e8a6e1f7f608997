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
