package mllp

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestOneFeedMisbehavesInEveryWayAndTheOtherIsAnsweredAlways lets senders from one address do everything wrong at the same time, with as many
// connections as they get, while another sends message after message and waits for each answer.
func TestOneFeedMisbehavesInEveryWayAndTheOtherIsAnsweredAlways(t *testing.T) {
	server := &Server{
		Reject: refuseByName,
		Limits: Limits{Connections: 40, PerSender: 30, MessageBytes: 4 << 10, RubbishBytes: 256, FrameIdle: 50 * time.Millisecond, FrameTotal: 100 * time.Millisecond, Linger: 10 * time.Millisecond, Penalty: 20 * time.Millisecond},
		Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
			if bytes.HasPrefix(message, []byte("bug")) {
				panic("content that nobody thought of")
			}
			return echo(ctx, from, message)
		},
	}
	address := start(t, server)
	ctx, cancel := context.WithCancel(t.Context())
	var bad sync.WaitGroup
	var done [6]atomic.Int64
	for kind, misbehave := range []func(net.Conn){
		func(c net.Conn) { // bytes so slow that the message never ends
			for _, b := range []byte("\x0bMSH|slow") {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		},
		func(c net.Conn) { _, _ = c.Write(bytes.Repeat([]byte("rubbish "), 1000)) },
		func(c net.Conn) { _, _ = c.Write(append([]byte{startBlock}, bytes.Repeat([]byte("x"), 64<<10)...)) },
		func(c net.Conn) { time.Sleep(30 * time.Millisecond) }, // says nothing
		func(c net.Conn) {}, // comes and goes
		func(c net.Conn) {
			_, _ = c.Write([]byte(frame("bug")))
			_, _ = c.Read(make([]byte, 1))
		},
	} {
		for range 8 {
			bad.Go(func() {
				dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
				for ctx.Err() == nil {
					conn, err := dialer.DialContext(ctx, "tcp", address)
					if err != nil {
						time.Sleep(5 * time.Millisecond)
						continue
					}
					_ = conn.SetDeadline(time.Now().Add(time.Second))
					misbehave(conn)
					_ = conn.(*net.TCPConn).SetLinger(0)
					_ = conn.Close()
					done[kind].Add(1)
					time.Sleep(2 * time.Millisecond)
				}
			})
		}
	}
	defer func() { cancel(); bad.Wait() }()

	client := &Client{Address: address}
	defer func() { _ = client.Close() }()
	enough := func() bool {
		for i := range done {
			if done[i].Load() < 3 {
				return false
			}
		}
		return server.Counters.Panics.Load() > 0 && server.Counters.TooLarge.Load() > 0 && server.Counters.Stalled.Load() > 0 &&
			server.Counters.Damaged.Load() > 0 && server.Counters.Refused.Load() > 0
	}
	deadline := time.Now().Add(patient)
	for i := 0; i < 300 || !enough(); i++ {
		message := fmt.Sprint("good ", i)
		if answer, err := client.Send(t.Context(), []byte(message)); err != nil || string(answer) != "taken "+message {
			t.Fatalf("message %d: %q, %v", i, answer, err)
		}
		if i%10 == 9 {
			_ = client.Close() // to be let in again beside the others
		}
		if time.Now().After(deadline) {
			t.Fatalf("not every misbehaviour was seen: %v, panics %d, too large %d, stalled %d, damaged %d, refused %d", &done, server.Counters.Panics.Load(),
				server.Counters.TooLarge.Load(), server.Counters.Stalled.Load(), server.Counters.Damaged.Load(), server.Counters.Refused.Load())
		}
	}
}
