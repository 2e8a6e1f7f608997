package pager

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/subscribers"
)

// deliver sends what is due every second.
func (p *Pager) deliver(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := p.Send(ctx); err != nil && ctx.Err() == nil {
			p.Log.ErrorContext(ctx, "what is to be sent about alerts that nobody has answered could not be looked after; trying again in a second", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}

// Send claims what is due and sends it, until nothing is.
func (p *Pager) Send(ctx context.Context) error {
	for {
		now := p.Now()
		claimed, err := p.Deliveries.ClaimDeliveries(ctx, p.Node, now, now.Add(claimFor), workers)
		if err != nil || len(claimed) == 0 {
			return err
		}
		errs := make([]error, len(claimed))
		var all sync.WaitGroup
		for i, d := range claimed {
			all.Go(func() { errs[i] = p.send(ctx, d) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
}

// send tries one delivery and keeps what came of it. What was answered meanwhile is not sent any more.
func (p *Pager) send(ctx context.Context, d subscribers.Delivery) error {
	t := subscribers.Tried{Outcome: "sent"}
	err := p.try(ctx, d)
	if ctx.Err() != nil {
		return ctx.Err() // the claim runs out, and another try is made
	}
	if over, ok := errors.AsType[overError](err); ok {
		t.Outcome = "not sent: " + over.why
	} else if err != nil {
		t = p.failed(ctx, d, err)
	}
	t.At = p.Now()
	current, err := p.Deliveries.KeepTry(ctx, p.Node, d, t)
	if err == nil && !current {
		p.Log.WarnContext(ctx, "a node was so slow that another has sent this, too", "alert", d.Alert, "step", d.Step, "channel", d.Channel)
	}
	return err
}

// failed is what comes of a try that failed: another one while there is time, unless that would be in vain.
func (p *Pager) failed(ctx context.Context, d subscribers.Delivery, err error) subscribers.Tried {
	t := subscribers.Tried{Outcome: "failed: " + err.Error(), Failed: true}
	gone := errors.Is(err, subscribers.ErrGone)
	if again := p.Now().Add(retryAfter(d.Token)); again.Before(d.Ends) && !gone && !errors.Is(err, subscribers.ErrRefused) && !errors.Is(err, subscribers.ErrNoContact) {
		t.Again = again
	}
	p.Log.ErrorContext(ctx, "somebody could not be told of an alert", "alert", d.Alert, "step", d.Step, "channel", d.Channel, "person", d.Person, "again", !t.Again.IsZero(), "error", err)
	if gone {
		if err := p.Teller.Lose(ctx, d.Contact, d.Person); err != nil {
			p.Log.ErrorContext(ctx, "it could not be kept that a contact point is no more", "contact", d.Contact, "error", err)
		}
	}
	return t
}

// overError says why something is not sent any more.
type overError struct{ why string }

func (e overError) Error() string { return e.why }

// try sends one delivery.
func (p *Pager) try(ctx context.Context, d subscribers.Delivery) error {
	switch {
	case !d.Waits:
		return overError{"the alert was answered, or is gone"}
	case d.Place > 1 && d.Token == 1 && !p.Now().Before(d.Ends):
		return overError{"the time of the step was over"}
	}
	return p.Teller.Deliver(ctx, d)
}

// retryAfter is how long after a try, numbered from 1, the next is.
func retryAfter(try int64) time.Duration {
	after := retryFirst
	for range min(try-1, 10) {
		after = min(2*after, retryMost)
	}
	return after
}
