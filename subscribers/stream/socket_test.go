package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/journal"
)

// listen runs a service on a real socket of the loopback and returns its host and port.
func listen(t testing.TB, w *world, secure bool) (s *service, server *httptest.Server) {
	t.Helper()
	o := w.options()
	o.Limits.PerAccount = 18_000
	w.set(func() { w.feed = journal.NewFeed(w, o.Slog) })
	s = &service{w: w, hub: New(o)}
	w.feed.Follow(s.hub.Follow)
	ctx, cancel := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	routes(mux, s.hub)
	server = httptest.NewUnstartedServer(mux)
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	var all sync.WaitGroup
	ran := make(chan error, 1)
	all.Go(func() { _ = w.feed.Run(ctx) })
	all.Go(func() { ran <- s.hub.Run(ctx) })
	s.stop = sync.OnceValue(func() error {
		cancel()
		err := <-ran
		server.Close()
		all.Wait()
		return err
	})
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	until(t, "the hub runs", func() bool { return s.hub.Running() && w.fresh() })
	return s, server
}

// until waits for something that a busy machine may take its time for.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute in vain until %s", what)
		}
	}
}

func TestOverRealSockets(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("TLS %v", secure), func(t *testing.T) {
			w := newWorld(t)
			w.raise("RQW-AE", "a0")
			s, server := listen(t, w, secure)
			dialer := websocket.Dialer{Subprotocols: []string{Subprotocol}}
			if secure {
				dialer.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
			}
			var screens []*client
			for range 10 {
				conn, res, err := dialer.Dial("ws"+strings.TrimPrefix(server.URL, "http")+"/stream/departments/RQW-AE", nil)
				if err != nil {
					t.Fatal(err)
				}
				same(t, "subprotocol", res.Header.Get("Sec-WebSocket-Protocol"), Subprotocol)
				c := &client{conn: conn, department: "RQW-AE"}
				c.start()
				c.hello(screenToken, "")
				screens = append(screens, c)
			}
			for i := range 300 { // more than a room keeps in memory
				w.raise("RQW-AE", fmt.Sprintf("a%d", i+1))
			}
			for _, c := range screens {
				until(t, "every screen shows every alert", func() bool { c.mu.Lock(); defer c.mu.Unlock(); return len(c.board) == 301 })
				c.mu.Lock()
				same(t, "breaches", len(c.breaches), 0)
				c.mu.Unlock()
			}
			if err := s.stop(); err != nil {
				t.Error(err)
			}
			for _, c := range screens {
				<-c.ended
				same(t, "close code", c.code, CloseRestart)
			}
		})
	}
}

// owing tells whether a client has not taken what it was written.
func (h *Hub) owing() bool {
	for _, r := range h.roomsNow() {
		for _, s := range r.present() {
			if s.wire.owes.Load() {
				return true
			}
		}
	}
	return false
}

func TestAScreenThatReadsNothingForAWhileDelaysNobodyAndMissesNothing(t *testing.T) {
	w := newWorld(t)
	s, server := listen(t, w, false)
	dialer := websocket.Dialer{Subprotocols: []string{Subprotocol}, NetDial: func(network, address string) (net.Conn, error) {
		conn, err := net.Dial(network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(4096)
		}
		return conn, err
	}}
	var screens []*client
	for range 2 {
		conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(server.URL, "http")+"/stream/departments/RQW-AE", nil)
		if err != nil {
			t.Fatal(err)
		}
		c := &client{conn: conn, department: "RQW-AE"}
		c.start()
		c.hello(screenToken, "")
		screens = append(screens, c)
	}
	until(t, "both are there", func() bool { return s.hub.Screens() == 2 })
	reads, slow := screens[0], screens[1]
	shows := func(c *client, n int) func() bool {
		return func() bool { c.mu.Lock(); defer c.mu.Unlock(); return len(c.board) == n }
	}
	slow.stall(true)
	n := 0
	for ; n < 2000 && !s.hub.owing(); n++ {
		w.raise("RQW-AE", fmt.Sprintf("a%d", n))
		until(t, "the other shows it", shows(reads, n+1))
	}
	if n == 2000 {
		t.Fatal("a screen that reads nothing took 2,000 alerts")
	}
	slow.stall(false)
	until(t, "it shows what it missed", shows(slow, n))
	for _, c := range screens {
		c.mu.Lock()
		same(t, "breaches", len(c.breaches), 0)
		c.mu.Unlock()
	}
}

// bare is a screen that costs its own side next to nothing, so that the memory measured is the service's.
type bare struct{ net.Conn }

func connectBare(b testing.TB, address, department, token string) bare {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	hello := []byte(`{"type":"hello","token":"` + token + `"}`)
	frame := []byte{0x81, 0x80 | byte(len(hello)), 0, 0, 0, 0} // RFC 6455 §5.2: FIN, text; masked, with a mask of zeros
	request := "GET /stream/departments/" + department + " HTTP/1.1\r\nHost: ucp.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " + Subprotocol + "\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		b.Fatal(err)
	}
	for end := ""; !strings.HasSuffix(end, "\r\n\r\n"); {
		var one [1]byte
		if _, err := conn.Read(one[:]); err != nil {
			b.Fatal(err)
		}
		end += string(one[:])
	}
	if _, err := conn.Write(append(frame, hello...)); err != nil {
		b.Fatal(err)
	}
	c := bare{conn}
	c.next(b, `{"type":"welcome"`)
	c.next(b, `{"type":"snapshot"`)
	return c
}

// next reads until a message that begins so, and passes over heartbeats and pings.
func (c bare) next(b testing.TB, begins string) {
	for {
		body, err := c.message()
		if err != nil {
			b.Fatal(err)
		}
		switch {
		case strings.HasPrefix(string(body), begins):
			return
		case len(body) == 0, strings.HasPrefix(string(body), `{"type":"heartbeat"`):
		default:
			b.Fatalf("%s instead of %s", body, begins)
		}
	}
}

func (c bare) message() ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return nil, err
	}
	length := uint64(head[1])
	switch length {
	case 126:
		var more [2]byte
		if _, err := io.ReadFull(c, more[:]); err != nil {
			return nil, err
		}
		length = uint64(binary.BigEndian.Uint16(more[:]))
	case 127:
		return nil, errors.New("a frame of more than 64 KB")
	}
	body := make([]byte, length)
	_, err := io.ReadFull(c, body)
	return body, err
}

// inUse is the memory that is held: heap and stacks, in bytes.
func inUse() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// BenchmarkScreens measures what each of 1,000 idle screens of one department costs, and how long an alert takes to the last of them. Clients and service share the process and its cores.
func BenchmarkScreens(b *testing.B) {
	const screens = 1000
	w := newWorld(b)
	w.raise("RQW-AE", "a0")
	_, server := listen(b, w, false)
	before := inUse()
	var all []bare
	for range screens {
		all = append(all, connectBare(b, server.Listener.Addr().String(), "RQW-AE", screenToken))
	}
	runtime.GC()
	time.Sleep(100 * time.Millisecond) // stacks shrink when they are next scanned
	memory := (inUse() - before) / screens
	goroutines := runtime.NumGoroutine()
	n := 0
	b.ResetTimer()
	for b.Loop() {
		n++
		w.raise("RQW-AE", fmt.Sprintf("a%d", n))
		for _, c := range all {
			c.next(b, `{"type":"alert"`)
		}
	}
	b.StopTimer()
	b.ReportMetric(memory, "B/screen")
	b.ReportMetric(float64(goroutines)/screens, "goroutines/screen")
	for _, c := range all {
		_ = c.Close()
	}
}
