package main

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"
)

const (
	// doorPlaces is how many new connections are greeted at the same time: the TLS handshake, and the first request up to its answer. Where each
	// waits for a slow client until its patience ends, 1,900 a second still come in. With more the hospitals' answers take longer (docs/measured.md).
	doorPlaces = 96
	// doorPatience is for how long one keeps its place; a client that says nothing delays nobody for longer.
	doorPatience = 50 * time.Millisecond
	// doorQueue is how many more are accepted and wait. Those of the kernel's own queue would be refused when it is full, and come again only
	// after seconds.
	doorQueue = 16 << 10
	// doorPause is the wait after a connection could not be accepted, for want of open files mostly.
	doorPause = 100 * time.Millisecond
)

// door is a listener that lets new connections in some at a time, in the order in which they came. After an outage thousands of screens come
// back in the same second; the messages of the hospitals, on connections of their own, must find the processors free.
type door struct {
	net.Listener
	log      *slog.Logger
	places   chan struct{}
	accepted chan net.Conn
	closing  chan struct{} // closed when the door is; ended, when nothing is accepted any more
	ended    chan struct{}
	close    func() error
	// desks are for connections that must shake hands first: at each the service computes for one. Nil where no TLS is spoken.
	desks chan struct{}

	mu sync.Mutex
	in map[net.Conn]*time.Timer // those that have a place
}

// newDoor stands before a listener and accepts its connections until it is closed.
func newDoor(l net.Listener, log *slog.Logger) *door {
	d := &door{
		Listener: l, log: log, places: make(chan struct{}, doorPlaces), accepted: make(chan net.Conn, doorQueue),
		closing: make(chan struct{}), ended: make(chan struct{}), in: map[net.Conn]*time.Timer{},
	}
	d.close = sync.OnceValue(d.shut)
	go d.take()
	return d
}

// forTLS makes the door's connections guests until they have shaken hands: the service computes for as many of them at the same time as it has
// processors, but one. With none to spare each of the database's calls would wait for the end of a handshake, and a group of commits for
// thousands. It must be called before Accept.
func (d *door) forTLS() *door {
	d.desks = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))
	return d
}

// take accepts until the listener is closed.
func (d *door) take() {
	defer close(d.ended)
	for {
		conn, err := d.Listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			d.log.Warn("accept a browser's connection", "error", err)
			time.Sleep(doorPause)
			continue
		}
		select {
		case d.accepted <- conn:
		case <-d.closing:
			_ = conn.Close() // nobody has said anything on it
			return
		}
	}
}

// Accept implements net.Listener: the connection that has waited longest, as soon as there is a place. After Close it returns net.ErrClosed.
func (d *door) Accept() (net.Conn, error) {
	select {
	case d.places <- struct{}{}:
	case <-d.closing:
		return nil, net.ErrClosed
	}
	select {
	case conn := <-d.accepted:
		return d.admit(conn), nil
	case <-d.closing:
		return nil, net.ErrClosed
	}
}

// admit gives a connection its place, and begins to lose patience.
func (d *door) admit(conn net.Conn) net.Conn {
	var g *guest
	if d.desks != nil {
		g = &guest{Conn: conn, desks: d.desks}
		conn = g
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	timer := time.AfterFunc(doorPatience, func() { d.pass(conn) })
	d.in[conn] = timer
	if g != nil {
		g.patience = timer
	}
	return conn
}

// pass gives the place of a connection to the next, once.
func (d *door) pass(conn net.Conn) {
	d.mu.Lock()
	timer := d.in[conn]
	delete(d.in, conn)
	d.mu.Unlock()
	if timer != nil {
		timer.Stop()
		<-d.places
	}
}

// state is for http.Server.ConnState: a connection leaves its place when its first request is answered, or it becomes a stream, or ends.
func (d *door) state(conn net.Conn, s http.ConnState) {
	if over, is := conn.(*tls.Conn); is {
		conn = over.NetConn()
	}
	if g, is := conn.(*guest); is && s != http.StateNew {
		g.settle()
	}
	if s != http.StateNew && s != http.StateActive {
		d.pass(conn)
	}
}

// Close implements net.Listener. Whoever still waits is turned away.
func (d *door) Close() error { return d.close() }

func (d *door) shut() error {
	close(d.closing)
	err := d.Listener.Close()
	<-d.ended
	for {
		select {
		case conn := <-d.accepted:
			_ = conn.Close() // nobody has said anything on it
		default:
			return err
		}
	}
}
