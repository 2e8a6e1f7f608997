package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// backlog measures how long a backlog takes over as many connections as the intake has at most.
func (c benchCommand) backlog(ctx context.Context, s *benchServer, r *benchReport) error {
	load := c.load(s, 64)
	load.Duration, load.Messages = 0, c.Backlog
	load.Seed += 3000
	sent, err := load.Send(ctx)
	if err != nil {
		return err
	}
	if sent.Accepted != c.Backlog {
		return fmt.Errorf("%d of %d messages were accepted", sent.Accepted, c.Backlog)
	}
	r.less(fmt.Sprintf("backlog of %d messages, 64 connections", c.Backlog), sent.Elapsed.Seconds(), "s", 20*float64(c.Backlog)/100_000)
	return nil
}

// goodConnections is how many connections the feed has whose answers are timed.
const goodConnections = 8

// neighbours times a feed alone, and beside senders that do everything wrong.
func (c benchCommand) neighbours(ctx context.Context, s *benchServer, r *benchReport) error {
	measure := func(seed uint64, name string) error {
		load := c.load(s, goodConnections)
		load.Seed += seed
		sent, err := load.Send(ctx)
		if err != nil {
			return err
		}
		if sent.Refused+sent.Unanswered > 0 {
			return fmt.Errorf("%d messages of the good feed were refused and %d not answered", sent.Refused, sent.Unanswered)
		}
		r.more(name, sent.Rate(), "messages/s", 0)
		r.milliseconds(name+", answer p99", sent.Latency.Quantile(0.99), 30)
		return nil
	}
	if err := measure(4000, "a feed alone, 8 connections"); err != nil {
		return err
	}
	bad, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for _, misbehave := range misbehaviours {
		for range 8 {
			all.Go(func() { misbehaveUntil(bad, s.mllp, misbehave) })
		}
	}
	err := measure(5000, "the feed beside 48 senders that do everything wrong")
	stop()
	all.Wait()
	return err
}

// What misbehaving senders send is made once, or making it would take the processor from whom it is measured against.
var (
	rubbish  = bytes.Repeat([]byte("rubbish "), 4000)
	oversize = append([]byte{0x0b}, bytes.Repeat([]byte("x"), 2<<20)...)
)

// misbehaviours are what a sender can do wrong with one connection.
var misbehaviours = []func(net.Conn){
	func(c net.Conn) { // bytes so slow that the message does not end
		for _, b := range []byte("\x0bMSH|^~\\&|SLOW|RQW|") {
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	},
	func(c net.Conn) { _, _ = c.Write(rubbish) },
	func(c net.Conn) { _, _ = c.Write(oversize) },           // over the limit
	func(c net.Conn) { time.Sleep(200 * time.Millisecond) }, // says nothing
	func(net.Conn) {}, // comes and goes
	func(c net.Conn) { // messages that nobody understands
		answers := mllp.NewReader(c, mllp.Limits{})
		for range 20 {
			if _, err := c.Write(mllp.AppendFrame(nil, []byte("MSH|^~\\&|BAD|RQW|||20261122||ADT^A04||P|2.4\rPID|1\r"))); err != nil {
				return
			}
			if _, err := answers.Next(); err != nil {
				return
			}
		}
	},
}

// misbehaveUntil connects from another address of this machine, misbehaves, and does so again.
func misbehaveUntil(ctx context.Context, address string, misbehave func(net.Conn)) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}, Timeout: time.Second}
	for ctx.Err() == nil {
		if conn, err := dialer.DialContext(ctx, "tcp", address); err == nil {
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second)) // whoever misbehaves does not mind how it ends
			misbehave(conn)
			_ = conn.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
}
