package main

import (
	"net"
	"sync/atomic"
	"time"
)

// guest is a connection that shakes hands. While the service computes for it, it sits at one of a few desks: ten thousand handshakes at once would
// each get their turn of the processors, and so delay whatever else has to be done by all of them. While the client is waited for it holds
// none, and the door's patience runs out. (What the service writes in a handshake fits into the socket's buffer: no desk waits for a client.)
type guest struct {
	net.Conn
	desks    chan struct{}
	patience *time.Timer
	// settled: the first request has come. seated: it holds a desk.
	settled, seated atomic.Bool
}

// Read implements net.Conn.
func (g *guest) Read(p []byte) (int, error) {
	if g.settled.Load() {
		return g.Conn.Read(p)
	}
	g.rise()
	g.patience.Reset(doorPatience)
	n, err := g.Conn.Read(p)
	g.patience.Stop()
	g.desks <- struct{}{}
	g.seated.Store(true)
	if g.settled.Load() { // it was closed while it waited
		g.rise()
	}
	return n, err
}

// NetConn is the connection below, as crypto/tls names it.
func (g *guest) NetConn() net.Conn { return g.Conn }

// rise leaves the desk, if it holds one.
func (g *guest) rise() {
	if g.seated.CompareAndSwap(true, false) {
		<-g.desks
	}
}

// settle ends the handshake: from here on it is a connection like any other.
func (g *guest) settle() {
	if !g.settled.Swap(true) {
		g.rise()
		g.patience.Reset(doorPatience)
	}
}

// Close implements net.Conn.
func (g *guest) Close() error {
	g.settle()
	return g.Conn.Close()
}
