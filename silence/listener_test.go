package silence

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// shelf is a store in memory.
type shelf struct {
	mu      sync.Mutex
	known   map[Feed]*Known
	heard   []Heard
	told    []string
	broken  bool
	holder  string
	expires time.Time
	// first is done by somebody else before models are kept; nil for nothing.
	first func()
}

func (s *shelf) AddHeard(_ context.Context, heard []Heard) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return errors.New("the disk is full")
	}
	for _, h := range heard {
		if s.known[h.Feed] == nil {
			s.known[h.Feed] = &Known{Feed: h.Feed, Model: &Model{}}
		}
	}
	s.heard = append(s.heard, heard...)
	return nil
}

func (s *shelf) Known(context.Context) (all []Known, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.known {
		model := *k.Model
		all = append(all, Known{Feed: k.Feed, Model: &model, Revision: k.Revision})
	}
	return all, nil
}

func (s *shelf) HeardAfter(context.Context) ([]Heard, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.heard), nil
}

func (s *shelf) KeepKnown(_ context.Context, looked time.Time, changed []Known) (kept []bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first != nil {
		s.first()
	}
	for _, k := range changed {
		ours := s.known[k.Feed].Revision == k.Revision
		if kept = append(kept, ours); !ours {
			continue
		}
		model := *k.Model
		s.known[k.Feed] = &Known{Feed: k.Feed, Model: &model, Revision: k.Revision + 1}
		if k.Change != Same {
			s.told = append(s.told, k.Feed.String()+": "+k.Words)
		}
	}
	for _, k := range s.known {
		k.Model.Looked = looked
	}
	return kept, nil
}

// mute does what the store's MuteFeed does.
func (s *shelf) mute(f Feed, m Mute) {
	k := s.known[f]
	model := *k.Model
	model.Mute = &m
	s.known[f] = &Known{Feed: f, Model: &model, Revision: k.Revision + 1}
}

// journal is what was told so far.
func (s *shelf) journal() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.told)
}

func (s *shelf) ForgetHeard(context.Context, time.Time) error { return nil }

func (s *shelf) TakeLease(_ context.Context, _, holder string, now, until time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder != holder && s.expires.After(now) {
		return false, nil
	}
	s.holder, s.expires = holder, until
	return true, nil
}

func TestTwoNodesListenAndOneTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(10 * time.Hour) // from midnight to the morning
		feed, part := Feed{Organisation: "RQW", Application: "PAS"}, Feed{Organisation: "RQW", Application: "PAS", Event: "arrivals"}
		store := &shelf{known: map[Feed]*Known{}}
		for _, f := range []Feed{feed, part} {
			store.known[f] = &Known{Feed: f, Model: taught(2400, 300, time.Now())}
		}
		ctx, stop := context.WithCancel(t.Context())
		var nodes sync.WaitGroup
		listeners := []*Listener{}
		for _, name := range []string{"a", "b"} {
			l := &Listener{
				Store: store, Every: 15 * time.Second, Node: name, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
				Rules: func(organisation string) (Rules, bool) { return Default(london), organisation == "RQW" },
			}
			listeners = append(listeners, l)
			nodes.Go(func() { _ = l.Run(ctx) })
		}
		for range 600 { // ten minutes of messages on both nodes
			for _, l := range listeners {
				l.Hear(part, true)
			}
			time.Sleep(time.Second)
		}
		if told := store.journal(); len(told) > 0 {
			t.Fatalf("told while messages came: %v", told)
		}
		time.Sleep(4 * time.Minute)
		if told := store.journal(); len(told) != 1 || !strings.HasPrefix(told[0], "RQW|PAS: no message since ") {
			t.Errorf("told %v: once, of the whole and not of its part", told)
		}
		for _, l := range listeners {
			if all := l.Standing(); len(all) != 2 || all[0].Verdict.State != Silent {
				t.Errorf("node %s: %+v", l.Node, all)
			}
		}
		store.mu.Lock()
		store.broken = true
		store.mu.Unlock()
		listeners[1].Hear(part, true)
		time.Sleep(time.Minute)
		store.mu.Lock()
		store.broken = false // what was heard meanwhile has waited
		store.mu.Unlock()
		time.Sleep(time.Minute)
		if told := store.journal(); len(told) != 2 || !strings.HasPrefix(told[1], "RQW|PAS: heard again after ") {
			t.Errorf("told %v", told)
		}
		stop()
		nodes.Wait()
	})
}

func TestASenderCannotMakeUpAnyNumberOfFeeds(t *testing.T) {
	l := &Listener{Now: time.Now}
	for i := range 1000 {
		l.Hear(Feed{Organisation: "RQW", Application: strings.Repeat("x", i)}, true)
	}
	if len(l.pending) != mostApplications+1 {
		t.Errorf("%d feeds", len(l.pending))
	}
}

// young is a feed that was heard for three days only, often enough to be waited for.
func young(last time.Time) *Model {
	return &Model{Began: last.Add(-72 * time.Hour), Last: last, Learnt: last, Looked: last, From: last.Add(-72 * time.Hour), Cursor: last.Truncate(time.Minute), Hour: last.Truncate(time.Hour), Messages: 5000, Longest: 10 * time.Minute}
}

func TestAPartIsNotToldOfWhileItsFeedIsLearnt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(9 * time.Hour) // from midnight to the morning
		whole := Feed{Organisation: "RQW", Application: "PAS"}
		arrivals, updates := Feed{Organisation: "RQW", Application: "PAS", Event: "arrivals"}, Feed{Organisation: "RQW", Application: "PAS", Event: "updates"}
		site := Feed{Organisation: "RQW", Application: "PAS", Site: "RQWG0"}
		store := &shelf{known: map[Feed]*Known{}}
		for _, f := range []Feed{whole, arrivals, updates, site} {
			store.known[f] = &Known{Feed: f, Model: young(time.Now())}
		}
		log := &lines{}
		l := &Listener{
			Store: store, Every: 15 * time.Second, Node: "a", Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
			Rules: func(string) (Rules, bool) { return Default(london), true },
		}
		ctx, stop := context.WithCancel(t.Context())
		var node sync.WaitGroup
		node.Go(func() { _ = l.Run(ctx) })
		for range 240 { // four hours of updates; no arrival, and nothing from the site
			l.Hear(updates, true)
			time.Sleep(time.Minute)
		}
		if told := store.journal(); len(told) > 0 {
			t.Errorf("told of a part of a feed that is not known yet: %v", told)
		}
		for _, of := range l.Standing() {
			if of.Feed.IsPart() && (of.Verdict.State != Learning || !strings.Contains(of.Verdict.Words, "until then only the silence of the whole feed is told")) {
				t.Errorf("%s: %+v", of.Feed, of.Verdict)
			}
		}
		time.Sleep(45 * time.Minute) // and then nothing at all
		if told := store.journal(); len(told) != 1 || !strings.HasPrefix(told[0], "RQW|PAS: no message since ") {
			t.Errorf("told %v, want the silence of the whole", told)
		}
		l.Hear(updates, true)
		time.Sleep(time.Minute)
		stop()
		node.Wait()
		if text := log.String(); strings.Count(text, `"a feed is silent`) != 1 || strings.Count(text, `"a feed is heard again"`) != 1 {
			t.Errorf("a line when the silence began and one when it ended: %s", text)
		}
	})
}

func TestWhoMutesAFeedIsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(10 * time.Hour)
		feed := Feed{Organisation: "RQW", Application: "PAS"}
		store := &shelf{known: map[Feed]*Known{feed: {Feed: feed, Model: taught(2400, 300, time.Now())}}}
		log := &lines{}
		l := &Listener{
			Store: store, Every: 15 * time.Second, Node: "a", Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
			Rules: func(string) (Rules, bool) { return Default(london), true },
		}
		muted := Mute{From: time.Now(), Until: time.Now().Add(time.Hour), Reason: "upgrade", By: "engineer"}
		time.Sleep(4 * time.Minute)
		store.first = func() { store.mute(feed, muted); store.first = nil } // after the look, and before what it found is kept
		if err := l.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if told := store.journal(); len(told) > 0 || log.String() != "" {
			t.Errorf("told %v, logged %s", told, log)
		}
		if all := l.Standing(); len(all) != 1 || all[0].Verdict.State != Muted {
			t.Errorf("%+v", all)
		}

		// Muted after it was told: the silence ends, and nobody says that the feed is heard.
		store.known[feed] = &Known{Feed: feed, Model: taught(2400, 300, time.Now())}
		time.Sleep(4 * time.Minute)
		if err := l.look(t.Context()); err != nil || len(store.journal()) != 1 {
			t.Fatalf("told %v, %v", store.journal(), err)
		}
		store.mute(feed, muted)
		time.Sleep(15 * time.Second)
		if err := l.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if told := store.journal(); len(told) != 2 || !strings.HasPrefix(told[1], "RQW|PAS: not told of until ") {
			t.Errorf("told %v", told)
		}
		if text := log.String(); !strings.Contains(text, "is not told any more") || strings.Contains(text, "heard again") {
			t.Error(text)
		}
	})
}

// lines is a log that is written while it is read.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
