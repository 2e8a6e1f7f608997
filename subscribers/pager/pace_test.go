package pager

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// manyWaiting is a store in which so many alerts wait that a search takes a while. It tells when each began.
type manyWaiting struct {
	subscribers.Escalations
	takes  time.Duration
	looked []time.Time
}

func (m *manyWaiting) BeginEscalations(context.Context, time.Time, int) error {
	m.looked = append(m.looked, time.Now())
	time.Sleep(m.takes)
	return nil
}

func (m *manyWaiting) Escalate(context.Context, time.Time, int, func(subscribers.Standing) []subscribers.Decided) (int, error) {
	return 0, nil
}

func (m *manyWaiting) Alarmed(context.Context) ([]subscribers.AlarmedAlert, error) { return nil, nil }

// unwatched is a store that knows of no screen.
type unwatched struct{ watches }

type watches = subscribers.Watches

func (unwatched) Watches(context.Context, time.Time) ([]subscribers.Watch, error) { return nil, nil }

// nobody can be told.
type nobody struct{ subscribers.ContactBook }

func (nobody) UsableContacts(context.Context) ([]subscribers.Contact, error) { return nil, nil }

// lookedIn runs a pager for a time during which alerts come, one every few milliseconds, and tells when it searched.
func lookedIn(t *testing.T, takes, alertEvery, runs time.Duration) (looked []time.Time) {
	synctest.Test(t, func(t *testing.T) {
		m := &manyWaiting{takes: takes}
		p := New(Options{
			Escalations: m, Watches: unwatched{}, Plan: func() *Plan { return nil }, Teller: NewTeller(TellerOptions{Book: nobody{}, Now: time.Now}),
			Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.decide(ctx) }()
		for began := time.Now(); time.Since(began) < runs; time.Sleep(alertEvery) {
			p.Follow([]journal.Entry{{Kind: journal.AlertRaised}})
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		looked = m.looked
	})
	return looked
}

// However many alerts come while tens of thousands wait, to search takes a tenth of the time, and each is searched for within a second.
func TestASearchThatTakesLongLeavesTheOthersTheTime(t *testing.T) {
	t.Parallel()
	looked := lookedIn(t, 50*time.Millisecond, 3*time.Millisecond, 10*time.Second)
	if len(looked) < 10 || len(looked) > 21 {
		t.Errorf("searched %d times in 10 s, each for 50 ms", len(looked))
	}
	for i, at := range looked[1:] {
		if gap := at.Sub(looked[i]); gap > 50*time.Millisecond+lookEvery+3*time.Millisecond {
			t.Errorf("nothing was searched for during %s", gap)
		}
	}
}

// An alert that comes alone is searched for at once.
func TestALoneAlertIsSearchedForAtOnce(t *testing.T) {
	t.Parallel()
	looked := lookedIn(t, time.Millisecond, 400*time.Millisecond, 10*time.Second)
	if len(looked) != 25 {
		t.Errorf("searched %d times for 25 alerts", len(looked))
	}
}
