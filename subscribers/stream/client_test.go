package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// service is a hub behind an HTTP server whose connections are pipes without a buffer, so that time is the test's own.
type service struct {
	w     *world
	hub   *Hub
	conns chan net.Conn
	stop  func() error // stops the hub, then everything
}

// routes are the addresses of all streams.
func routes(mux *http.ServeMux, hub *Hub) {
	for _, path := range []string{"departments/{department}", "organisations/{organisation}", "regions/{region}", "me"} {
		mux.Handle("GET /stream/"+path, hub)
	}
}

func (s *service) Accept() (net.Conn, error) {
	c, open := <-s.conns
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (s *service) Close() error   { return nil }
func (s *service) Addr() net.Addr { return &net.TCPAddr{} }

// serve starts a service in a synctest bubble. The hub has begun, and the feed has found the journal's head.
func serve(t testing.TB, w *world, adjust func(*Options)) *service {
	t.Helper()
	o := w.options()
	w.set(func() { w.feed = journal.NewFeed(w, o.Slog) })
	if adjust != nil {
		adjust(&o)
	}
	s := &service{w: w, hub: New(o), conns: make(chan net.Conn)}
	w.feed.Follow(s.hub.Follow)
	ctx, cancel := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	routes(mux, s.hub)
	server := &http.Server{Handler: mux}
	var all sync.WaitGroup
	ran := make(chan error, 1)
	all.Go(func() { _ = w.feed.Run(ctx) })
	all.Go(func() { ran <- s.hub.Run(ctx) })
	all.Go(func() { _ = server.Serve(s) })
	s.stop = sync.OnceValue(func() error {
		cancel()
		err := <-ran
		close(s.conns)
		_ = server.Close()
		all.Wait()
		return err
	})
	t.Cleanup(func() { _ = s.stop() })
	synctest.Wait()
	return s
}

// frame is any message of the service, as a client sees it.
type frame struct {
	Type, Department                                  string
	Departments                                       []string
	Position, Previous, Change, Command, Reason, Time string
	Resumed                                           bool
	HeartbeatSeconds                                  float64 `json:"heartbeat_seconds"`
	Alert                                             json.RawMessage
	Alerts                                            []subscribers.View
	Feed                                              *subscribers.FeedStatus
	Screens                                           *subscribers.ScreenStatus
}

func (f frame) view() subscribers.View {
	var v subscribers.View
	_ = json.Unmarshal(f.Alert, &v) // a reply's alert is its id: no view
	return v
}

// client is a screen as the protocol's documentation describes it: it keeps its board and position by what it is sent, and notes every
// breach of the promises.
type client struct {
	conn *websocket.Conn
	// department is the id of one, or the address of another stream after /stream/.
	department string
	token      string

	mu       sync.Mutex
	running  *sync.Cond
	stalled  bool
	frames   []frame
	raw      strings.Builder
	position string
	covers   []string                    // the departments of the stream, as the welcome says
	board    map[string]subscribers.View // by department and alert
	seen     map[string]bool             // positions of alert frames since the last snapshot
	breaches []string
	types    map[string]int // how many messages of each type were held against their description
	code     int            // of the close; 0 while open
	ended    chan struct{}
}

func (s *service) dial(department string, header http.Header, protocols ...string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{Subprotocols: protocols, NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		s.conns <- theirs
		return ours, nil
	}}
	if !strings.Contains(department, "/") && department != "me" {
		department = "departments/" + department
	}
	return dialer.Dial("ws://ucp.test/stream/"+department, header)
}

// connect opens a socket without saying anything.
func (s *service) connect(t testing.TB, department string) *client {
	t.Helper()
	conn, _, err := s.dial(department, nil, Subprotocol)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{conn: conn, department: department}
	c.start()
	return c
}

func (c *client) start() {
	c.running = sync.NewCond(&c.mu)
	c.ended = make(chan struct{})
	c.seen, c.types = map[string]bool{}, map[string]int{}
	if c.board == nil {
		c.board = map[string]subscribers.View{}
	}
	go c.listen()
}

// watch says hello, and waits for what comes of it.
func (s *service) watch(t testing.TB, department, token, after string) *client {
	t.Helper()
	c := s.connect(t, department)
	c.token = token
	c.position = after
	c.hello(token, after)
	synctest.Wait()
	return c
}

// again connects as the same screen, with the board and the position that it holds.
func (s *service) again(t testing.TB, old *client) *client {
	t.Helper()
	conn, _, err := s.dial(old.department, nil, Subprotocol)
	if err != nil {
		t.Fatal(err)
	}
	old.mu.Lock()
	c := &client{conn: conn, department: old.department, token: old.token, position: old.position, board: maps.Clone(old.board), breaches: old.breaches}
	old.mu.Unlock()
	c.start()
	c.hello(c.token, c.position)
	synctest.Wait()
	return c
}

func (c *client) hello(token, after string) {
	c.say(fmt.Sprintf(`{"type":"hello","token":%q,"after":%q}`, token, after))
}

func (c *client) say(message string) {
	_ = c.conn.WriteMessage(websocket.TextMessage, []byte(message)) // a test sees the lack of an answer
}

func (c *client) command(kind, alert string) {
	c.say(fmt.Sprintf(`{"type":%q,"alert":%q}`, kind, alert))
}

func (c *client) listen() {
	defer close(c.ended)
	for {
		c.mu.Lock()
		for c.stalled {
			c.running.Wait()
		}
		c.mu.Unlock()
		_, body, err := c.conn.ReadMessage()
		c.mu.Lock()
		if err != nil {
			c.code = websocket.CloseAbnormalClosure
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				c.code = closed.Code
			}
			c.mu.Unlock()
			_ = c.conn.Close()
			return
		}
		c.take(body)
		c.mu.Unlock()
	}
}

// stall stops reading; resume goes on.
func (c *client) stall(stalled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled = stalled
	c.running.Broadcast()
}

// cut breaks the connection without a word.
func (c *client) cut() {
	_ = c.conn.Close()
	c.stall(false)
	<-c.ended
}

func (c *client) breach(format string, args ...any) {
	c.breaches = append(c.breaches, fmt.Sprintf(format, args...))
}

// take applies a message to the client's board.
func (c *client) take(body []byte) {
	c.raw.Write(body)
	var f frame
	if err := json.Unmarshal(body, &f); err != nil {
		c.breach("not JSON: %v", err)
		return
	}
	c.frames = append(c.frames, f)
	if c.types[f.Type]++; c.types[f.Type] <= 20 { // of a burst the first are enough
		if err := described(f.Type, body); err != nil {
			c.breach("a %s that is not as described: %v", f.Type, err)
		}
	}
	switch f.Type {
	case "welcome":
		if f.Resumed && f.Position != c.position {
			// The room's newest entry may be older than what the client said, never newer.
			held, err1 := journal.ParsePosition(c.position)
			at, err2 := journal.ParsePosition(f.Position)
			if err1 != nil || err2 != nil || held.Epoch != at.Epoch || at.Number > held.Number {
				c.breach("resumed from %s at %s", c.position, f.Position)
			}
		}
		c.position, c.covers = f.Position, f.Departments
		if f.Department != "" {
			c.covers = []string{f.Department}
		}
	case "snapshot":
		if f.Position != c.position {
			c.breach("snapshot at %s after a welcome at %s", f.Position, c.position)
		}
		clear(c.board)
		for _, v := range f.Alerts {
			c.board[v.Department+" "+v.ID] = v
		}
	case "alert":
		c.takeAlert(f)
	case "heartbeat":
		if f.Position != c.position {
			c.breach("heartbeat at %s, but was sent up to %s", f.Position, c.position)
		}
	}
}

func (c *client) takeAlert(f frame) {
	was, err1 := journal.ParsePosition(c.position)
	is, err2 := journal.ParsePosition(f.Position)
	switch {
	case err1 != nil || err2 != nil || is.Epoch != was.Epoch || is.Number <= was.Number:
		c.breach("position %s after %s", f.Position, c.position)
	case f.Previous != c.position:
		c.breach("previous is %s, but the client holds %s", f.Previous, c.position)
	case c.seen[f.Position]:
		c.breach("%s was sent twice", f.Position)
	}
	c.seen[f.Position] = true
	c.position = f.Position
	v := f.view()
	if v.State == "raised" || v.State == "acknowledged" {
		c.board[v.Department+" "+v.ID] = v
	} else {
		delete(c.board, v.Department+" "+v.ID)
	}
}

// all waits until nothing moves and returns the frames of some types so far.
func (c *client) all(types ...string) []frame {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	var of []frame
	for _, f := range c.frames {
		for _, t := range types {
			if f.Type == t {
				of = append(of, f)
			}
		}
	}
	return of
}

// changes tells what happened to which alert, in the order in which the client was told: "raised a1".
func (c *client) changes() []string {
	var of []string
	for _, f := range c.all("alert") {
		of = append(of, f.Change+" "+f.view().ID)
	}
	return of
}

// closed waits until nothing moves and returns the close code, 0 if the socket is open.
func (c *client) closed() int {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code
}

// agrees compares the client's board with what the department's is, and reports every breach of a promise.
func (c *client) agrees(w *world) error {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.breaches) > 0 {
		return errors.New(strings.Join(c.breaches, "; "))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	want := map[string]subscribers.View{}
	account, _ := accounts().Find(c.token)
	for _, department := range c.covers {
		for _, s := range w.board(department) {
			v := subscribers.Draw(s, department, w.dir, w.now())
			if c.token == regionalToken {
				v = v.Unnamed()
			}
			if c.department == "me" {
				v = v.For(account.Actor(), w.did(account.Actor(), v.ID), c.token == clinicianToken && w.wanted[v.ID])
			}
			want[department+" "+v.ID] = v
		}
	}
	if diff := cmp.Diff(want, c.board); diff != "" {
		return fmt.Errorf("the board of %s (-is +shown):\n%s", c.department, diff)
	}
	return nil
}

func mustAgree(t testing.TB, w *world, clients ...*client) {
	t.Helper()
	for i, c := range clients {
		if err := c.agrees(w); err != nil {
			t.Errorf("screen %d: %v", i+1, err)
		}
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
