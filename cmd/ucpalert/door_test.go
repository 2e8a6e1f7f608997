package main

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// knock is a listener whose connections are made by a test.
type knock struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (k knock) Accept() (net.Conn, error) {
	select {
	case c := <-k.conns:
		return c, nil
	case <-k.closed:
		return nil, net.ErrClosed
	}
}

func (k knock) Close() error   { close(k.closed); return nil }
func (k knock) Addr() net.Addr { return &net.TCPAddr{} }

// come makes connections that wait before the door, and returns their far ends.
func (k knock) come(n int) []net.Conn {
	var far []net.Conn
	for range n {
		near, other := net.Pipe()
		k.conns <- near
		far = append(far, other)
	}
	return far
}

// letIn counts the connections that the door has let in, until it is closed; the last is kept.
type letIn struct {
	mu   sync.Mutex
	n    int
	last net.Conn
	err  error
}

func (l *letIn) all(d *door) {
	for {
		conn, err := d.Accept()
		l.mu.Lock()
		if err != nil {
			l.err = err
			l.mu.Unlock()
			return
		}
		l.n, l.last = l.n+1, conn
		l.mu.Unlock()
	}
}

func (l *letIn) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

func (l *letIn) newest() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last, l.err
}

func TestTheDoorLetsConnectionsInSomeAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := knock{make(chan net.Conn), make(chan struct{})}
		d := newDoor(k, slog.New(slog.DiscardHandler))
		var in letIn
		go in.all(d)
		far := k.come(3 * doorPlaces)
		synctest.Wait()
		if in.count() != doorPlaces {
			t.Fatalf("%d are in at first, want %d", in.count(), doorPlaces)
		}
		newest, _ := in.newest()
		d.state(newest, http.StateActive)
		synctest.Wait()
		if in.count() != doorPlaces {
			t.Errorf("one whose request has begun gave its place away")
		}
		d.state(tls.Server(newest, nil), http.StateHijacked) // it is a stream now
		synctest.Wait()
		if in.count() != doorPlaces+1 {
			t.Errorf("after one became a stream %d are in", in.count())
		}
		before, _ := in.newest()
		d.state(before, http.StateIdle)
		d.state(before, http.StateClosed) // a place is given away once
		synctest.Wait()
		if in.count() != doorPlaces+2 {
			t.Errorf("after one was answered and left %d are in", in.count())
		}
		time.Sleep(doorPatience)
		synctest.Wait()
		if in.count() != 2*doorPlaces+2 {
			t.Errorf("after those inside said nothing for %s, %d are in", doorPatience, in.count())
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if _, err := in.newest(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the closed door says %v", err)
		}
		if _, err := far[len(far)-1].Read(make([]byte, 1)); err == nil {
			t.Error("one who waited was not turned away")
		}
	})
}

func TestHandshakesAreComputedForSomeAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := knock{make(chan net.Conn), make(chan struct{})}
		d := newDoor(k, slog.New(slog.DiscardHandler)).forTLS()
		desks := cap(d.desks)
		seated := make(chan *guest, desks+3)
		go func() {
			for {
				conn, err := d.Accept()
				if err != nil {
					return
				}
				go func() {
					if n, err := conn.Read(make([]byte, 1)); n == 1 && err == nil {
						seated <- conn.(*guest)
					}
				}()
			}
		}()
		far := k.come(desks + 3)
		for _, client := range far[1:] { // the first says nothing, and holds no desk
			go func() { _, _ = client.Write([]byte{1}) }()
		}
		synctest.Wait()
		if len(seated) != desks {
			t.Fatalf("%d handshakes are computed at once, want %d", len(seated), desks)
		}
		first := <-seated
		d.state(tls.Server(first, nil), http.StateActive) // its request has come
		synctest.Wait()
		if len(seated) != desks {
			t.Errorf("%d follow one that has shaken hands, want 1", len(seated)-desks+1)
		}
		second := <-seated
		go func() { _, _ = second.Read(make([]byte, 1)) }() // it waits for its client
		synctest.Wait()
		if len(seated) != desks {
			t.Errorf("%d follow one that waits for its client, want 1", len(seated)-desks+1)
		}
		for _, g := range append(drained(seated), first, second) {
			_ = g.Close()
		}
		synctest.Wait()
		if len(d.desks) != 0 {
			t.Errorf("%d desks are taken when all have gone", len(d.desks))
		}
		_ = d.Close()
		_ = far[0].Close()
	})
}

// drained is what lies in a channel.
func drained(c chan *guest) (all []*guest) {
	for len(c) > 0 {
		all = append(all, <-c)
	}
	return all
}
