package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// arrivals sends people with a plan, one after the other, evenly and over several connections, and measures how long it takes until
// screens show them. A message without an answer is sent again until it has one.
type arrivals struct {
	address string
	rate    int                      // a second
	place   func(number int) int     // the department that the message goes to
	expect  func(department int) int // screens that must show it

	mu    sync.Mutex
	sent  map[string]*arrival // by NHS number
	taken demo.Histogram      // from the last byte sent to each screen's frame
	after demo.Histogram      // from the answer, which follows the commit, to each screen's frame; 0 where the frame came first
	// last is when the last of an arrival's screens showed it, from the last byte sent.
	last []time.Duration

	answers  demo.Histogram // of messages begun since counting was set
	counting atomic.Bool
	resent   atomic.Int64
	open     atomic.Int64 // screens that have yet to show something
}

// arrival is one message on its way.
type arrival struct {
	began, answered time.Time
	early           []time.Time // frames before the answer
	missing         int
}

// arrivalSenders is over how many connections the arrivals come.
const arrivalSenders = 16

func newArrivals(address string, rate int) *arrivals {
	return &arrivals{address: address, rate: rate, sent: map[string]*arrival{}}
}

// send sends messages number first to first+n-1.
func (a *arrivals) send(ctx context.Context, first, n int) error {
	var next atomic.Int64
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range arrivalSenders {
		group.Go(func() error {
			client := &mllp.Client{Address: a.address}
			defer func() { _ = client.Close() }()
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return ctx.Err()
				}
				if wait := time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(a.rate))); wait > 0 {
					time.Sleep(wait)
				}
				if err := a.one(ctx, client, first+i); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// one sends a message until it is answered.
func (a *arrivals) one(ctx context.Context, client *mllp.Client, number int) error {
	person, department := demo.PersonAt(number), a.place(number)
	message := crowdMessage(number, person, department, time.Now())
	it := a.await(number, a.expect(department))
	for {
		began := time.Now()
		a.mu.Lock()
		it.began = began
		a.mu.Unlock()
		counted := a.counting.Load()
		answer, err := client.Send(ctx, message)
		if err == nil {
			if !bytes.Contains(answer, []byte("MSA|AA")) {
				return fmt.Errorf("message %d was answered %q", number, answer)
			}
			a.answered(it, time.Now(), counted)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.resent.Add(1)
		time.Sleep(20 * time.Millisecond)
	}
}

// await notes that a number of screens must show somebody.
func (a *arrivals) await(number, screens int) *arrival {
	it := &arrival{missing: screens}
	a.open.Add(int64(screens))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent[demo.PersonAt(number).NHSNumber] = it
	return it
}

func (a *arrivals) answered(it *arrival, at time.Time, counted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	it.answered = at
	if counted {
		a.answers.Record(at.Sub(it.began))
	}
	for range it.early {
		a.after.Record(0)
	}
	it.early = nil
}

// seen notes that a screen shows a patient.
func (a *arrivals) seen(nhsNumber string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	it := a.sent[nhsNumber]
	if it == nil {
		return // of an earlier load
	}
	it.missing--
	a.open.Add(-1)
	a.taken.Record(at.Sub(it.began))
	if it.answered.IsZero() {
		it.early = append(it.early, at)
	} else {
		a.after.Record(at.Sub(it.answered))
	}
	if it.missing == 0 {
		a.last = append(a.last, at.Sub(it.began))
	}
}

// settle waits until every screen has shown what it must, and says how often that has not happened in time.
func (a *arrivals) settle(within time.Duration) (missed int64) {
	deadline := time.Now().Add(within)
	for a.open.Load() > 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	return a.open.Load()
}
