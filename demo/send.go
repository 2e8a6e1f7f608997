package demo

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// letter is a message on its way.
type letter struct {
	visit   *visit
	control string
	trust   string
	message []byte
}

// runHospitals lets people arrive and the hospitals tell of it until ctx ends.
//
// One goroutine owns the town; one for each hospital sends. A visit has at most one letter on its way, and at most maxInside visits are
// inside, so the channels between them never fill.
func runHospitals(ctx context.Context, o Options) error {
	book := notebook(o.Notebook)
	remembered, err := book.read()
	if err != nil {
		o.Log.Warn("the hospitals begin without the patients of the last run", "error", err)
	}
	if o.zone, err = zoneOfHospitals(); err != nil {
		return err
	}
	t := newTown(o.Seed, o.Interval, o.Now(), remembered)
	group, ctx := errgroup.WithContext(ctx)
	answered := make(chan *visit, maxInside)
	outboxes := make(map[string]chan letter, len(hospitals))
	for _, h := range hospitals {
		outbox := make(chan letter, maxInside)
		outboxes[h.trust] = outbox
		group.Go(func() error { return o.post(ctx, outbox, answered) })
	}
	group.Go(func() error { return o.live(ctx, t, book, outboxes, answered) })
	return group.Wait()
}

// live runs the town: it notes and sends what is due, notes what was answered, and waits.
func (o Options) live(ctx context.Context, t *town, book notebook, outboxes map[string]chan letter, answered <-chan *visit) error {
	note := func() {
		if err := book.write(t.inside); err != nil {
			o.Log.Warn("patients inside will be forgotten if the demo stops now", "error", err)
		}
	}
	for {
		errands, next := t.due(o.Now())
		if len(errands) > 0 {
			note() // before anybody is told of an arrival, so that the patient leaves whatever happens
		}
		for _, e := range errands {
			message, err := e.message(o.zone)
			if err != nil {
				return err
			}
			if e.step.trigger == "A04" && e.visit.Plan != "" {
				o.Log.Info("a patient with a plan arrives", "department", e.hospital.department, "visit", e.visit.Number)
			}
			outboxes[e.visit.Trust] <- letter{e.visit, e.control, e.visit.Trust, message}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case v := <-answered:
			t.done(v)
			note()
		case <-o.After(next.Sub(o.Now())):
		}
	}
}

// post sends a hospital's letters in order, each until it is answered.
func (o Options) post(ctx context.Context, outbox <-chan letter, answered chan<- *visit) error {
	client := &mllp.Client{Address: o.MLLPAddr}
	defer func() {
		if err := client.Close(); err != nil {
			o.Log.Debug("close a hospital's connection", "error", err)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case l := <-outbox:
			if err := o.deliver(ctx, client, l); err != nil {
				return err
			}
			answered <- l.visit
		}
	}
}

// tries is how often a message that is answered with an error is sent before the hospital puts it aside.
const tries = 5

// deliver sends one letter, the same bytes again until there is an answer, with pauses that grow from 100 ms to 5 s. Only ctx's end is
// an error: a message that the receiver will not have is logged and put aside.
func (o Options) deliver(ctx context.Context, client *mllp.Client, l letter) error {
	log := o.Log.With("sender", l.trust, "control", l.control, "visit", l.visit.Number)
	pause := 100 * time.Millisecond
	for n := 1; ; n++ {
		answer, err := client.Send(ctx, l.message)
		code, control := readAnswer(answer)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("send message %s: %w", l.control, ctx.Err())
		case err != nil && n == 1:
			log.Warn("no answer; sending again until there is one", "error", err)
		case err != nil:
			// said once
		case string(control) != l.control:
			log.Warn("the answer is not for this message; sending again")
		case isAccept(code):
			log.Debug("answered", "code", string(code))
			return nil
		case isError(code) && n < tries:
			log.Warn("answered with an error; sending again", "code", string(code))
		default:
			log.Warn("not taken; put aside", "code", string(code))
			return nil
		}
		if err := o.sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, 5*time.Second)
	}
}
