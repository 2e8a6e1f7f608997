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
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
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
	r.more(fmt.Sprintf("%d plans published into the database, one at a time", c.Held), float64(c.Held)/time.Since(began).Seconds(), "plans/s", 0)
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

// lookWarm is for how long people are looked up before it is measured: as in a service that has run for a while, what is held is in memory.
const lookWarm = 30 * time.Second

// lookUps times what every arrival asks: which plans are this patient's, by NHS number and by the keys of all else that is known? As in
// every load one in fifty has a plan; those are told by themselves, too.
func (c benchCommand) lookUps(ctx context.Context, store alerts.Store, r *benchReport) error {
	dice := rand.New(rand.NewPCG(c.Seed, 1))
	for began := time.Now(); time.Since(began) < lookWarm; {
		if _, err := c.lookUp(ctx, store, dice.IntN(demo.People)); err != nil {
			return err
		}
	}
	var all, held demo.Histogram
	with := min(c.Held, planned)
	for i := range 50_000 {
		person := with + dice.IntN(demo.People-with)
		if i%50 == 0 {
			person = dice.IntN(with)
		}
		took, err := c.lookUp(ctx, store, person)
		if err != nil {
			return err
		}
		all.Record(took)
		if person < with {
			held.Record(took)
		}
	}
	name := fmt.Sprintf("plans of an arrival, %d plans held", c.Held)
	r.milliseconds(name+", p50", all.Quantile(0.5), 0)
	r.milliseconds(name+", p99", all.Quantile(0.99), 0.2)
	r.milliseconds(name+", of those who have one, p50", held.Quantile(0.5), 0)
	r.milliseconds(name+", of those who have one, p99", held.Quantile(0.99), 0)
	return nil
}

// lookUp looks one person up, in a transaction of its own, and tells how long that took within it.
func (c benchCommand) lookUp(ctx context.Context, store alerts.Store, person int) (took time.Duration, err error) {
	p := demo.PersonAt(person)
	who, err := identityOf(demo.Described{NHSNumber: p.NHSNumber, Family: p.Family, Given: p.Given, Born: p.Born.Format(time.DateOnly), Sex: p.Sex, Postcode: p.Postcode})
	if err != nil {
		return 0, err
	}
	keys := matching.Keys(who)
	err = store.Write(ctx, func(tx alerts.Tx) error {
		began := time.Now()
		if _, err := tx.PlansOf(who.NHSNumber); err != nil {
			return err
		}
		if _, err := tx.PlansLike(keys); err != nil {
			return err
		}
		took = time.Since(began)
		return nil
	})
	return took, err
}

// full repeats the intake with all plans held, compares, and reads the memory.
func (c benchCommand) full(ctx context.Context, s *benchServer, r *benchReport) error {
	before := r.value("intake, 64 connections")
	load := c.load(s, 64)
	load.Seed += 2000
	load.Plans = min(c.Held, planned)
	if _, err := steady(ctx, load); err != nil { // not measured: the figure that it is compared with came after two other loads
		return err
	}
	load.Seed += 100
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
