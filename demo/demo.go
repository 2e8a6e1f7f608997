// Package demo answers one question: what would London's centres and Hertfordshire's hospitals send?
//
// It is a pretend world that speaks only the public protocols: centres publish Urgent Care Plans over FHIR, hospitals send HL7 v2
// attendance messages over MLLP, and nothing here knows how the service works inside. It feeds the demonstration ([Run]), benchmarks
// and the tests that kill the server under load ([Load]). Every patient is invented, with an NHS number from the range kept for tests.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// DefaultInterval is the time between two arrivals, on average, if Options does not say.
const DefaultInterval = 4 * time.Second

// Options says where the pretend world sends to, and how lively it is.
type Options struct {
	// FHIRBase is the FHIR endpoint to publish to, such as "http://127.0.0.1:8080/fhir".
	FHIRBase string
	// MLLPAddr is the host:port that hospitals send to.
	MLLPAddr string
	// Arrivals lets the hospitals send. Without it, only the plans are published.
	Arrivals bool
	// Seed decides who comes, when, and what happens to them.
	Seed uint64
	// Interval is the time between two arrivals, on average; DefaultInterval if zero. It is the world's unit of time: a stay lasts
	// from 30 to 100 intervals, so a test makes the world quick by making it short.
	Interval time.Duration
	// Notebook is a file in which the hospitals keep who is with them, so that those patients leave after a restart too. If empty,
	// a restarted world has forgotten them, and they stay for ever.
	Notebook string
	// HTTPClient publishes; http.DefaultClient if nil.
	HTTPClient *http.Client
	// Log may be nil.
	Log *slog.Logger

	// Now and After are the clock; time.Now and time.After if nil.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time

	zone *time.Location // of the hospitals' clocks
}

func (o Options) withDefaults() Options {
	if o.Interval <= 0 {
		o.Interval = DefaultInterval
	}
	if o.HTTPClient == nil {
		o.HTTPClient = http.DefaultClient
	}
	if o.Log == nil {
		o.Log = discard
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	return o
}

// sleep waits, or returns ctx's error when it ends first.
func (o Options) sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait: %w", ctx.Err())
	case <-o.After(d):
		return nil
	}
}

// Run publishes the plans (see [Publish]), and then lets the hospitals send until ctx ends. It returns nil when ctx ends, and without
// Arrivals as soon as the plans are held. When it returns, nothing of it is left running.
func Run(ctx context.Context, o Options) error {
	o = o.withDefaults()
	if err := Publish(ctx, o); err != nil {
		return fmt.Errorf("run the demo: %w", err)
	}
	if !o.Arrivals || ctx.Err() != nil {
		return nil
	}
	if err := runHospitals(ctx, o); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("run the demo: %w", err)
	}
	return nil
}
