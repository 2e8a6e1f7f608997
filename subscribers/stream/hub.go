package stream

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// Acknowledger answers alerts.
type Acknowledger interface {
	// Acknowledge records that the actor answers an alert in a department; when it returns nil, that is durable. The first wins; the same actor again is
	// no error. It returns alerts.ErrNoAlert, alerts.ErrNotOpen or an alerts.AcknowledgedError where it refuses.
	Acknowledge(ctx context.Context, alert, department string, how alerts.Answering, actor journal.Actor) (alerts.Alert, error)
	// HandOver records that an answered alert is given on to somebody else in a department; when it returns nil, that is durable. It also
	// returns alerts.ErrNotAnswered, alerts.ErrHandTo and an alerts.HeldError.
	HandOver(ctx context.Context, alert, department, from, to string, actor journal.Actor) (alerts.Alert, error)
	// SeeRecall records that the actor has seen a recall in a department; when it returns nil, that is durable. Repeating it is no error. It
	// returns alerts.ErrNoAlert, or alerts.ErrNotOpen where there is no recall to see.
	SeeRecall(ctx context.Context, alert, department string, actor journal.Actor) error
	// Rule records what the actor says about whether the alert's visit and plan are about one patient; when it returns nil, that is durable.
	// It returns alerts.ErrNoAlert, alerts.ErrNotOpen, alerts.ErrNotSeen or an alerts.RuledError where it refuses.
	Rule(ctx context.Context, alert, department string, answer alerts.Identification, seen string, actor journal.Actor) (alerts.Alert, error)
}

// Sessions knows who has signed in with a browser.
type Sessions interface {
	// Cookie is what a request holds of a session; empty if nothing.
	Cookie(r *http.Request) string
	// Redeem uses up a ticket that was made for the session whose cookie comes with it, and returns the session's id and whose it is. It
	// returns ok false for a session or a ticket that does not hold.
	Redeem(ctx context.Context, cookie, ticket string) (session string, account access.Account, ok bool, err error)
	// Holds tells whether a session holds now.
	Holds(ctx context.Context, session string) (bool, error)
}

// Limits bound what screens may take. Zero means the default.
type Limits struct {
	// Sockets at once; 18,000 by default, which leaves a reserve of a process's 20,000 open files. Half of them may be waiting to say
	// hello.
	Sockets int
	// PerAccount is how many of them one account may hold; 400 by default.
	PerAccount int
}

// Options are what a hub needs. All are required unless a default is named.
type Options struct {
	Log          journal.Log
	Boards       subscribers.Boards
	Areas        subscribers.Areas
	Receipts     subscribers.Receipts
	Acknowledger Acknowledger
	Accounts     access.Book
	// Directory is asked whenever a department is looked up, so that it can be replaced while the service runs.
	Directory func() *directory.Directory
	// Record writes one entry to the journal. When it returns nil, the entry is durable.
	Record func(context.Context, journal.Entry) error
	// Refusals journals refusals; by default one of the hub's own, whose counts are journalled with the next refusal.
	Refusals *journal.Refusals
	// Fresh tells whether the journal has been read, and its entries handed to Follow, within the last few seconds. While it is false,
	// no heartbeat is sent and no screen is let in. It must be cheap.
	Fresh func() bool
	// Now dates what is drawn and journalled.
	Now  func() time.Time
	Slog *slog.Logger
	// Sessions lets browsers in by the cookie and a ticket; without it only tokens open a stream.
	Sessions Sessions
	// Statuses tells screens that ask how what their board depends on stands. Watches keeps which departments have a visible screen. Without
	// them nobody is told, and nothing is kept.
	Statuses subscribers.Statuses
	Watches  subscribers.Watches
	// Interests tells people in their own streams what they subscribed to; without it nobody subscribed to anything.
	Interests subscribers.Interests

	// Heartbeat is the time between two proofs of life of one screen; 5 s by default.
	Heartbeat time.Duration
	// Origins are web origins ("https://board.example.nhs.uk") whose pages may connect besides those of the request's own host.
	Origins []string
	Limits  Limits
	// CanaryEvery is how often the canary comes, which screens are told; 0: never.
	CanaryEvery time.Duration
	// UnwatchedAfter is how long nobody may be able to see a department's board before that is journalled and told; a minute by default.
	UnwatchedAfter time.Duration
}

// Hub shows each department's screens what the journal says. Register [Hub.Follow] with the feed before it runs, run the hub with
// [Hub.Run], and mount it at GET /stream/departments/{department}, /stream/organisations/{organisation}, /stream/regions/{region} and
// /stream/me. Outside of Run it refuses every screen with 503.
type Hub struct {
	o        Options
	upgrader websocket.Upgrader
	ping     *websocket.PreparedMessage
	ctx      context.Context // ends when the hub stops; every drawing and command hangs on it
	cancel   context.CancelFunc

	// greeters holds a token for each screen that is being let in.
	greeters chan struct{}

	// life guards running; goroutines counts those that the hub must wait for.
	life       sync.Mutex
	running    bool
	goroutines sync.WaitGroup

	// mu guards what follows. It is locked before a room or a screen, never after one.
	mu       sync.Mutex
	rooms    map[string]*room              // by their keys
	showing  map[string]map[*room]struct{} // by the departments that they show
	all      map[*screen]struct{}
	greeting int // how many of all have not said hello yet
	accounts map[string]int
	sessions map[string]map[*screen]struct{} // by the sessions that opened them
	slots    [slots]map[*screen]struct{}
	slot     int
	round    int
	late     map[*screen]struct{} // those whose next frame could not be drawn

	watching watching
	refusals *journal.Refusals
}

// New makes a hub. It panics if a required option is missing: that is a mistake in the wiring, not in the world.
func New(o Options) *Hub {
	if o.Log == nil || o.Boards == nil || o.Areas == nil || o.Receipts == nil || o.Acknowledger == nil || o.Directory == nil || o.Record == nil ||
		o.Fresh == nil || o.Now == nil || o.Slog == nil {
		panic("stream: a required option is missing")
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 5 * time.Second
	}
	if o.UnwatchedAfter == 0 {
		o.UnwatchedAfter = time.Minute
	}
	if o.Limits.Sockets == 0 {
		o.Limits.Sockets = 18_000
	}
	if o.Limits.PerAccount == 0 {
		o.Limits.PerAccount = 400
	}
	h := &Hub{o: o, rooms: map[string]*room{}, showing: map[string]map[*room]struct{}{}, all: map[*screen]struct{}{}, accounts: map[string]int{}, sessions: map[string]map[*screen]struct{}{}, late: map[*screen]struct{}{}, watching: newWatching(),
		greeters: make(chan struct{}, greetersAtOnce)}
	if h.refusals = o.Refusals; h.refusals == nil {
		h.refusals = journal.NewRefusals(o.Record, o.Now)
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	for i := range h.slots {
		h.slots[i] = map[*screen]struct{}{}
	}
	h.upgrader = newUpgrader()
	ping, err := websocket.NewPreparedMessage(websocket.PingMessage, nil)
	if err != nil {
		panic("stream: prepare a ping: " + err.Error()) // it has no content that could fail
	}
	h.ping = ping
	return h
}

// Run lets screens in and sends heartbeats until the context ends; then it closes every socket with CloseRestart and returns when all
// its goroutines have ended, within a few seconds. It may be called once. It returns an error only if some did not end in time.
func (h *Hub) Run(ctx context.Context) error {
	h.life.Lock()
	h.running = true
	h.life.Unlock()
	if h.o.Statuses != nil || h.o.Watches != nil {
		h.spawn(func() { h.look(ctx) })
	}
	tick := time.NewTicker(h.o.Heartbeat / slots)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return h.stop()
		case <-tick.C:
			h.tick()
		}
	}
}

// Screens is how many sockets are open.
func (h *Hub) Screens() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}

// Follow takes entries that the feed hands over, in order. It never waits for a database or a socket.
func (h *Hub) Follow(entries []journal.Entry) {
	var stirred []*room
	h.mu.Lock()
	for _, e := range entries {
		if e.Kind == journal.CanaryPassed {
			h.canaryPassed(e)
			continue
		}
		if e.Kind == journal.SessionEnded {
			h.sessionEnded(e.Subject)
			continue
		}
		for r := range h.showing[e.Room] {
			if r.add(e) {
				stirred = append(stirred, r)
			}
		}
	}
	h.mu.Unlock()
	if len(stirred) > 0 {
		h.spawn(func() { h.announce(stirred) })
	}
}

// spawn runs f in a goroutine that Run waits for. After the stop it runs nothing and returns false.
func (h *Hub) spawn(f func()) bool {
	if !h.begun() {
		return false
	}
	go func() {
		defer h.goroutines.Done()
		f()
	}()
	return true
}

// begun counts a goroutine that is about to begin and says itself that it is done. After the stop it returns false: none may.
func (h *Hub) begun() bool {
	h.life.Lock()
	defer h.life.Unlock()
	if h.running {
		h.goroutines.Add(1)
	}
	return h.running
}

const (
	// closeWithin bounds the writing of a close frame, and then the wait for the client's own.
	closeWithin = time.Second
	// stopWithin bounds the wait for goroutines whose socket is already closed; only a database can keep them.
	stopWithin = 5 * time.Second
)

var errUnfinished = errors.New("stop the stream: some screens' goroutines are still waiting for the database")

// stop closes every screen. From its first line on no goroutine begins.
func (h *Hub) stop() error {
	h.life.Lock()
	h.running = false
	h.life.Unlock()
	h.cancel()

	h.mu.Lock()
	screens := make([]*screen, 0, len(h.all))
	for s := range h.all {
		screens = append(screens, s)
	}
	h.mu.Unlock()
	var farewells sync.WaitGroup
	for _, s := range screens {
		farewells.Go(func() { h.end(s, errRestart) })
	}
	farewells.Wait()

	ended := make(chan struct{})
	go func() { // ends with the last goroutine of the hub
		h.goroutines.Wait()
		close(ended)
	}()
	if within(ended, 2*closeWithin) {
		return nil
	}
	for _, s := range screens {
		s.wire.drop()
	}
	if within(ended, stopWithin) {
		return nil
	}
	return errUnfinished
}

func within(ended <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ended:
		return true
	case <-timer.C:
		return false
	}
}
