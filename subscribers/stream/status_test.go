package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// ledger keeps who can see which board, with the promises of the store.
type ledger struct {
	mu     sync.Mutex
	counts map[string]map[string]subscribers.ScreenCount // by node and department
	until  map[string]time.Time
	seen   map[string]subscribers.Watch
	notes  []string
	writes int
}

func newLedger() *ledger {
	return &ledger{counts: map[string]map[string]subscribers.ScreenCount{}, until: map[string]time.Time{}, seen: map[string]subscribers.Watch{}}
}

func (l *ledger) NoteScreens(_ context.Context, node string, counts []subscribers.ScreenCount, _, until time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writes++
	if l.counts[node] == nil {
		l.counts[node] = map[string]subscribers.ScreenCount{}
	}
	for _, c := range counts {
		l.counts[node][c.Department] = c
	}
	l.until[node] = until
	return nil
}

func (l *ledger) Watches(_ context.Context, now time.Time) ([]subscribers.Watch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[string]subscribers.Watch{}
	for department, w := range l.seen {
		all[department] = w
	}
	for node, counts := range l.counts {
		if !l.until[node].After(now) {
			continue
		}
		for department, c := range counts {
			w := all[department]
			w.Department, w.Connected, w.Visible = department, w.Connected+c.Connected, w.Visible+c.Visible
			all[department] = w
		}
	}
	var list []subscribers.Watch
	for _, w := range all {
		list = append(list, w)
	}
	return list, nil
}

func (l *ledger) NoteWatched(_ context.Context, department string, watched bool, at time.Time, _ string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, known := l.seen[department]; known && w.Watched == watched {
		return false, nil
	}
	l.seen[department] = subscribers.Watch{ScreenCount: subscribers.ScreenCount{Department: department}, Watched: watched, Since: at}
	l.notes = append(l.notes, fmt.Sprintf("%s %v", department, watched))
	return true, nil
}

func (l *ledger) noted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.notes)
}

// greet opens a socket and says this hello.
func (s *service) greet(t *testing.T, department, hello string) *client {
	t.Helper()
	c := s.connect(t, department)
	c.say(hello)
	synctest.Wait()
	return c
}

func TestTheServiceKnowsWhichBoardsCanBeSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		s := serve(t, newWorld(t), func(o *Options) { o.Watches = l })
		want := func(what string, notes ...string) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(notes, l.noted()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		alive := func(c *client, visible bool, lasting time.Duration) {
			for end := time.Now().Add(lasting); time.Now().Before(end); time.Sleep(aliveEvery) {
				c.say(fmt.Sprintf(`{"type":"alive","visible":%v}`, visible))
			}
		}
		s.watch(t, "RWG-AE", watfordToken, "") // answers pings, and says nothing
		c := s.greet(t, "RQW-AE", `{"type":"hello","token":"screen-RQW-AE","screen":"majors-1","visible":true}`)
		time.Sleep(6 * time.Second)
		want("a screen that says nothing is not visible", "RQW-AE true")
		alive(c, true, 3*time.Minute)
		want("while it says so, it is visible", "RQW-AE true")
		writes := l.writes
		if writes > 8 {
			t.Errorf("what did not change was written %d times in three minutes", writes)
		}
		alive(c, false, 45*time.Second)
		alive(c, true, 15*time.Second)
		want("a short look elsewhere is no news", "RQW-AE true")
		alive(c, false, 75*time.Second)
		want("hidden for more than a minute", "RQW-AE true", "RQW-AE false")
		alive(c, true, 15*time.Second)
		want("and shown again", "RQW-AE true", "RQW-AE false", "RQW-AE true")
		time.Sleep(visibleFor + 80*time.Second)
		want("a page that says nothing more is frozen", "RQW-AE true", "RQW-AE false", "RQW-AE true", "RQW-AE false")
		if c.closed() != 0 {
			t.Errorf("it answers pings, and was closed with %d", c.closed())
		}
		if name := s.hub.Connected()[0].Name; name != "majors-1" {
			t.Errorf("the screen is called %q", name)
		}
	})
}

func TestAnotherNodesScreensCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		one, two := serve(t, newWorld(t), func(o *Options) { o.Watches = l }), serve(t, newWorld(t), func(o *Options) { o.Watches = l })
		hello := `{"type":"hello","token":"screen-RQW-AE","visible":true}`
		a, b := one.greet(t, "RQW-AE", hello), two.greet(t, "RQW-AE", hello)
		time.Sleep(6 * time.Second)
		a.cut()
		for range 12 {
			b.say(`{"type":"alive","visible":true}`)
			time.Sleep(10 * time.Second)
		}
		if diff := cmp.Diff([]string{"RQW-AE true"}, l.noted()); diff != "" {
			t.Errorf("one node lost its screen, the other has one (-want +got):\n%s", diff)
		}
		b.cut()
		time.Sleep(80 * time.Second)
		if diff := cmp.Diff([]string{"RQW-AE true", "RQW-AE false"}, l.noted()); diff != "" {
			t.Errorf("both lost theirs, and one of the nodes says so (-want +got):\n%s", diff)
		}
	})
}

// standing is what a test says of every department.
type standing struct {
	mu  sync.Mutex
	now subscribers.Status
	err error
}

func (s *standing) Status(context.Context, string) (subscribers.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.err
}

func (s *standing) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func TestAScreenThatAsksIsToldHowItsBoardStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := &standing{now: subscribers.Status{Feed: &subscribers.FeedStatus{State: "heard", Last: "2026-11-22T14:02:00Z"}}}
		w := newWorld(t)
		s := serve(t, w, func(o *Options) { o.Statuses, o.Watches = state, newLedger() })
		plain := s.watch(t, "RQW-AE", screenToken, "")
		c := s.greet(t, "RQW-AE", `{"type":"hello","token":"screen-RQW-AE","status":true,"visible":true}`)
		if got := len(c.all("status")); got != 1 {
			t.Fatalf("told %d times at once", got)
		}
		time.Sleep(21 * time.Second) // the screens are counted, and nothing else changes
		state.set(func() { state.now.Feed = &subscribers.FeedStatus{State: "silent", Words: "no message since 14:02"} })
		time.Sleep(6 * time.Second)
		state.set(func() { state.err = errors.New("not now") })
		w.raise("RQW-AE", "a1")
		time.Sleep(6 * time.Second)
		var told []string
		for _, f := range c.all("status") {
			var screens int
			if f.Screens != nil {
				screens = f.Screens.Visible
			}
			told = append(told, fmt.Sprintf("%s %s, %d visible", f.Department, f.Feed.State, screens))
		}
		if diff := cmp.Diff([]string{"RQW-AE heard, 0 visible", "RQW-AE heard, 1 visible", "RQW-AE silent, 1 visible"}, told); diff != "" {
			t.Errorf("each change once, and nothing while it is not known (-want +got):\n%s", diff)
		}
		if got := plain.all("status"); len(got) != 0 {
			t.Errorf("a screen that did not ask was told %d times", len(got))
		}
		for _, screen := range []*client{plain, c} {
			if len(screen.all("alert")) != 1 || len(screen.breaches) > 0 {
				t.Errorf("%d alerts; %v", len(screen.all("alert")), screen.breaches)
			}
		}
	})
}

func TestAReceiptNamesItsScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, nil)
		c := s.greet(t, "RQW-AE", `{"type":"hello","token":"screen-RQW-AE","screen":"majors-1"}`)
		for _, command := range []string{"delivered", "displayed", "seen"} {
			c.command(command, "a1")
		}
		synctest.Wait()
		var kept []string
		w.set(func() {
			for _, r := range w.receipts {
				kept = append(kept, string(r.Kind)+" "+r.Screen)
			}
		})
		want := []string{string(journal.AlertDelivered) + " majors-1", string(journal.AlertDisplayed) + " majors-1", string(journal.AlertSeen) + " majors-1"}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if at := s.hub.Connected()[0]; time.Since(at.Receipt) > time.Minute || at.Behind != 0 {
			t.Errorf("the screen is %+v", at)
		}
	})
}

func TestAScreensNameIsShortAndPlain(t *testing.T) {
	for name, fine := range map[string]bool{"": true, "majors-1": true, "3f2a_9.b+c": true, "a b": false, "ä": false, "x\n": false, fmt.Sprintf("%065d", 0): false} {
		hello, _ := json.Marshal(map[string]string{"type": "hello", "token": screenToken, "screen": name})
		synctest.Test(t, func(t *testing.T) {
			c := serve(t, newWorld(t), nil).greet(t, "RQW-AE", string(hello))
			time.Sleep(2 * time.Second)
			if code := c.closed(); (code == 0) != fine || !fine && code != CloseProtocol {
				t.Errorf("%q is closed with %d", name, code)
			}
		})
	}
}

func TestAnAnsweredAlertIsHandedOverOnAllScreens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, nil)
		c, other := s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-AE", clinicianToken, "")
		hand := func(by *client, from, to string) {
			by.say(fmt.Sprintf(`{"type":"hand_over","alert":"a1","from":%q,"to":%q}`, from, to))
			synctest.Wait()
		}
		hand(c, screenToken, "Night registrar")
		c.command("acknowledge", "a1")
		synctest.Wait()
		hand(c, screenToken, "Night registrar")
		hand(other, screenToken, "Dr Patel")
		hand(other, "Night registrar", "Dr Patel")
		same(t, "what the first is told", reasons(c), []string{"nobody has acknowledged the alert yet"})
		same(t, "what the second is told", reasons(other), []string{"it is now with Night registrar"})
		for _, screen := range []*client{c, other} {
			same(t, "changes", screen.changes(), []string{"acknowledged a1", "handed_over a1", "handed_over a1"})
			same(t, "holder", screen.board["RQW-AE a1"].Acknowledged.Holder, "Dr Patel")
		}
		mustAgree(t, w, c, other)
	})
}

// reasons are those for which commands were refused.
func reasons(c *client) []string {
	var of []string
	for _, f := range c.all("refused") {
		of = append(of, f.Reason)
	}
	return of
}
