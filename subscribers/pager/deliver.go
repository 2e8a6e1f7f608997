package pager

import (
	"context"
	"errors"
	"fmt"
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
	switch err := p.try(ctx, d); {
	case ctx.Err() != nil:
		return ctx.Err() // the claim runs out, and another try is made
	case errors.Is(err, errSettled):
		t.Outcome = err.Error()
	case err != nil:
		t.Outcome = "failed: " + err.Error()
		if again := p.Now().Add(retryAfter(d.Token)); again.Before(d.Ends) {
			t.Again = again
		}
		p.Log.ErrorContext(ctx, "somebody could not be told of an alert", "alert", d.Alert, "step", d.Step, "channel", d.Channel, "person", d.Person, "again", !t.Again.IsZero(), "error", err)
	}
	t.At = p.Now()
	current, err := p.Deliveries.KeepTry(ctx, p.Node, d, t)
	if err == nil && !current {
		p.Log.WarnContext(ctx, "a node was so slow that another has sent this, too", "alert", d.Alert, "step", d.Step, "channel", d.Channel)
	}
	return err
}

var (
	errSettled   = errors.New("not sent: the alert was answered, or is gone")
	errNoChannel = errors.New("this node has no such channel")
	errNoAddress = errors.New("the person has no address any more")
)

// try sends one delivery.
func (p *Pager) try(ctx context.Context, d subscribers.Delivery) error {
	if !d.Waits {
		return errSettled
	}
	channel, ok := p.Channels[d.Channel]
	if !ok {
		return errNoChannel
	}
	address := p.Plan().Address(d.Person, d.Channel)
	if address == "" && d.Channel != OperationsChannel {
		return errNoAddress
	}
	within, stop := context.WithTimeout(ctx, tryFor)
	defer stop()
	if err := channel.Tell(within, address, d); err != nil {
		return fmt.Errorf("channel %s: %w", d.Channel, err)
	}
	return nil
}

// retryAfter is how long after a try, numbered from 1, the next is.
func retryAfter(try int64) time.Duration {
	after := retryFirst
	for range min(try-1, 10) {
		after = min(2*after, retryMost)
	}
	return after
}
