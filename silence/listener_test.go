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

func (s *shelf) KeepKnown(_ context.Context, looked time.Time, changed []Known) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range changed {
		model := *k.Model
		s.known[k.Feed] = &Known{Feed: k.Feed, Model: &model, Revision: k.Revision + 1}
		if k.Change != Same {
			s.told = append(s.told, k.Feed.String()+": "+k.Words)
		}
	}
	for _, k := range s.known {
		k.Model.Looked = looked
	}
	return nil
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
