package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// fillAndLook fills the server's database, before it is started, as an import does, and measures what a look-up costs.
func (c benchCommand) fillAndLook(ctx context.Context, s *benchServer, r *benchReport) error {
	at, err := openToPublish(ctx, s.config())
	if err != nil {
		return err
	}
	began := time.Now()
	if err := c.fill(ctx, at.desk(), benchLimits(at)); err != nil {
		return errors.Join(err, at.db.Close())
	}
	r.more(fmt.Sprintf("import of %d plans into the database", c.Held), float64(c.Held)/time.Since(began).Seconds(), "plans/s", 100_000.0/60)
	if err := c.lookUps(ctx, at.store, r); err != nil {
		return errors.Join(err, at.db.Close())
	}
	return at.db.Close()
}

// importers is how many publish at the same time; they share commits.
const importers = 128

func (c benchCommand) fill(ctx context.Context, desk *alerts.Desk, limits fhir.Limits) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range importers {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= c.Held || ctx.Err() != nil {
					return ctx.Err()
				}
				if err := publishAt(ctx, desk, limits, i); err != nil {
					return fmt.Errorf("plan %d: %w", i, err)
				}
			}
		})
	}
	return group.Wait()
}

// planned is how many people have all the plans between them, two or three each where there are more plans: the others of the invented
// people must have none, or every arrival would raise an alert.
const planned = demo.People / 2

// publishAt publishes the i-th plan.
func publishAt(ctx context.Context, desk *alerts.Desk, limits fhir.Limits, i int) error {
	of := i % planned
	p, err := demo.PlanBundle(of)
	if err != nil {
		return err
	}
	read, err := fhir.ReadTransaction(p.Bundle, p.Centre, limits)
	if err != nil {
		return err
	}
	for _, pub := range read.Publications {
		if of != i {
			pub.Plan.ID = fmt.Sprintf("further-%07d", i)
		}
		if _, _, err := desk.Publish(ctx, pub, journal.Actor{Name: "bench", Role: "centre", Organisation: p.Centre}); err != nil {
			return err
		}
	}
	return nil
}

// errMeasured ends a transaction that only looked.
var errMeasured = errors.New("measured")

// lookUps times what every arrival asks: which plans has this patient? Half of those asked for have one.
func (c benchCommand) lookUps(ctx context.Context, store alerts.Store, r *benchReport) error {
	dice := rand.New(rand.NewPCG(c.Seed, 1))
	var taken demo.Histogram
	err := store.Write(ctx, func(tx alerts.Tx) error {
		taken = demo.Histogram{}
		for range 50_000 {
			n, err := plans.ParseNHSNumber(demo.PersonAt(dice.IntN(2 * min(c.Held, planned))).NHSNumber)
			if err != nil {
				return err
			}
			began := time.Now()
			if _, err := tx.PlansOf(n); err != nil {
				return err
			}
			taken.Record(time.Since(began))
		}
		return errMeasured
	})
	if !errors.Is(err, errMeasured) {
		return err
	}
	r.milliseconds(fmt.Sprintf("plans of an arrival, %d plans held, p50", c.Held), taken.Quantile(0.5), 0)
	r.milliseconds(fmt.Sprintf("plans of an arrival, %d plans held, p99", c.Held), taken.Quantile(0.99), 0.2)
	return nil
}

// full repeats the intake with all plans held, compares, and reads the memory.
func (c benchCommand) full(ctx context.Context, s *benchServer, r *benchReport) error {
	before := r.value("intake, 64 connections")
	load := c.load(s, 64)
	load.Seed += 2000
	load.Plans = min(c.Held, planned)
	sent, err := load.Send(ctx)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("intake, 64 connections, %d plans", c.Held)
	r.more(name, sent.Rate(), "messages/s", 0)
	r.milliseconds(name+", answer p99", sent.Latency.Quantile(0.99), 30)
	r.more(name+", of the rate before", 100*sent.Rate()/before, "%", 85)
	if err := c.halfUnnumbered(ctx, load, name, r); err != nil {
		return err
	}
	used, err := s.memory()
	r.less(fmt.Sprintf("server memory, %d plans", c.Held), used, "MB", 300)
	return err
}

// halfUnnumbered repeats a load with every second message without an NHS number: whoever has none is found by name, date of birth and postcode.
func (c benchCommand) halfUnnumbered(ctx context.Context, load demo.Load, name string, r *benchReport) error {
	load.Seed, load.Unnumbered = load.Seed+1000, 0.5
	sent, err := load.Send(ctx)
	if err != nil {
		return err
	}
	if sent.Refused+sent.Unanswered > 0 {
		return fmt.Errorf("%d messages were refused and %d not answered", sent.Refused, sent.Unanswered)
	}
	r.more(name+", half without NHS number", sent.Rate(), "messages/s", 4000)
	r.milliseconds(name+", half without NHS number, answer p99", sent.Latency.Quantile(0.99), 0)
	return nil
}

// value finds a figure by its name.
func (r *benchReport) value(name string) float64 {
	for _, f := range r.Figures {
		if f.Name == name {
			return f.Value
		}
	}
	return 0
}

// benchLimits takes test numbers where the configuration does.
func benchLimits(at *opened) fhir.Limits {
	return fhir.Limits{RefuseTestNumbers: !at.cfg.AllowTestPatients}
}
