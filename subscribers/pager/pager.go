// Package pager answers: what has to be done now about alerts that nobody has answered?
//
// It follows the journal only to know when to look; the truth is in the rows. A step that is due is a row with a time, never a timer in memory,
// so that it outlives the process. What is decided is kept, with its reason, before anything is sent: package escalation decides, a transaction
// keeps it once whatever nodes there are, and then whoever claims the delivery sends it, at least once.
package pager

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
)

const (
	// lookEvery is how often it is looked what is due.
	lookEvery = time.Second
	// searchEvery is how often alerts without an escalation are looked for, beside when the journal tells of one.
	searchEvery = 30 * time.Second
	// restTimes is how many times as long as a look took no other begins, up to lookEvery: with tens of thousands of alerts that wait for an
	// answer a look takes long, and each new one asks for another.
	restTimes = 9
	// atOnce is how many escalations one transaction decides about: others wait for it.
	atOnce = 64
	// claimFor is how long a claim of a delivery holds; a try takes tryFor at most, so that a claim runs out only where a node stands still.
	claimFor = time.Minute
	tryFor   = 30 * time.Second
	// workers is how many deliveries a node sends at the same time.
	workers = 8
	// retryFirst is how long after a failed try the next is; each is twice as long after the one before, up to retryMost.
	retryFirst = 2 * time.Second
	retryMost  = 30 * time.Second
	// alarmFor is for how long it is tried to tell of an alarm.
	alarmFor = time.Hour
)

// OperationsChannel is the name of the channel that tells whoever runs the service.
const OperationsChannel = "operations"

// Options are what a pager needs. Every field must be set.
type Options struct {
	Escalations subscribers.Escalations
	Deliveries  subscribers.Deliveries
	Watches     subscribers.Watches
	Plan        func() *Plan
	// Teller tells people. OperationsChannel must be among its channels.
	Teller *Teller
	// Node is this process's own name.
	Node string
	Now  func() time.Time
	Log  *slog.Logger
}

// Pager escalates.
type Pager struct {
	Options
	search atomic.Bool
	wake   chan struct{} // one place

	mu      sync.Mutex
	alarmed []subscribers.AlarmedAlert
	trouble error // of the last look
}

// New makes a pager.
func New(o Options) *Pager {
	p := &Pager{Options: o, wake: make(chan struct{}, 1)}
	p.search.Store(true)
	return p
}

// Follow takes what the journal says: an alert that changed may need an escalation.
func (p *Pager) Follow(entries []journal.Entry) {
	p.Teller.Follow(entries)
	if slices.ContainsFunc(entries, func(e journal.Entry) bool { return strings.HasPrefix(string(e.Kind), "alert.") }) {
		p.search.Store(true)
		select {
		case p.wake <- struct{}{}:
		default: // it is awake
		}
	}
}

// Run looks and sends until the context ends.
func (p *Pager) Run(ctx context.Context) error {
	var parts errgroup.Group
	parts.Go(func() error { return p.decide(ctx) })
	parts.Go(func() error { return p.deliver(ctx) })
	return parts.Wait()
}

// decide looks every second, and when the journal tells of an alert, but rests after each look.
func (p *Pager) decide(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	searched := time.Time{}
	for ctx.Err() == nil {
		if now := p.Now(); now.Sub(searched).Abs() >= searchEvery {
			searched = now
			p.search.Store(true)
		}
		began := time.Now()
		err := p.Look(ctx)
		if err != nil && ctx.Err() == nil {
			p.search.Store(true)
			p.Log.ErrorContext(ctx, "escalations could not be looked after; trying again in a second", "error", err)
		}
		p.mu.Lock()
		p.trouble = err
		p.mu.Unlock()
		rest := time.NewTimer(min(restTimes*time.Since(began), lookEvery))
		select {
		case <-ctx.Done():
			rest.Stop()
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-p.wake:
		}
	}
	return nil
}

// Look begins escalations, decides about those that are due, and sees which alarms are over. Nothing is sent.
func (p *Pager) Look(ctx context.Context) error {
	if p.search.Swap(false) {
		if err := p.Escalations.BeginEscalations(ctx, p.Now(), atOnce); err != nil {
			return err
		}
	}
	watched, err := p.watched(ctx)
	if err != nil {
		return err
	}
	if err := p.Teller.Refresh(ctx); err != nil {
		return err
	}
	plan := p.Plan()
	for looked := atOnce; looked == atOnce; {
		looked, err = p.Escalations.Escalate(ctx, p.Now(), atOnce, func(s subscribers.Standing) []subscribers.Decided {
			return p.decideAbout(plan, s, watched[s.Department])
		})
		if err != nil {
			return err
		}
	}
	return p.lookAtAlarms(ctx)
}

// watched says which departments' boards somebody can see. One that was seen lately counts: screens come and go.
func (p *Pager) watched(ctx context.Context) (map[string]bool, error) {
	all, err := p.Watches.Watches(ctx, p.Now())
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(all))
	for _, w := range all {
		seen[w.Department] = w.Watched || w.Visible > 0
	}
	return seen, nil
}

// decideAbout decides step after step, until it is to be waited.
func (p *Pager) decideAbout(plan *Plan, s subscribers.Standing, watched bool) (all []subscribers.Decided) {
	policy := plan.Policy(s.Department, s.Urgency)
	facts := escalation.Facts{Waits: s.Waits, Settled: s.Settled, Watched: watched}
	for at := s.Progress; ; {
		now := p.Now()
		d := escalation.Next(policy, facts, at, now, func(step escalation.Step) (string, string) {
			return plan.Who(step, s.Centre, now, p.Teller.reaches)
		})
		all = append(all, subscribers.Decided{Decision: d, At: now, Tell: p.telling(d, now)})
		if d.Act != escalation.Taking {
			return all
		}
		at = d.Then
	}
}

// mostGap is after how long at most the next contact point of a person is used: whoever is called does not wait for long.
const mostGap = time.Minute

// telling is whom a step tells, and when: the person's contact points one after the other, all within the time of the step.
func (p *Pager) telling(d escalation.Decision, now time.Time) (t subscribers.Telling) {
	switch {
	case d.Act != escalation.Taking || !d.Tells:
	case d.Of.To == escalation.Alarm:
		t.To, t.Due, t.Ends = []subscribers.Contact{{ID: OperationsChannel, Kind: OperationsChannel}}, now, now.Add(alarmFor)
	case d.Person != "":
		t.To, t.Due, t.Ends = p.Teller.To(d.Person, now), now, now.Add(d.Of.Wait)
		t.Gap = min(mostGap, d.Of.Wait/time.Duration(max(len(t.To), 1)))
	}
	return t
}

// lookAtAlarms ends the alarms of alerts that were answered, and remembers the others.
func (p *Pager) lookAtAlarms(ctx context.Context) error {
	all, err := p.Escalations.Alarmed(ctx)
	if err != nil {
		return err
	}
	var left []subscribers.AlarmedAlert
	for _, a := range all {
		if a.Waits {
			left = append(left, a)
			continue
		}
		if err := p.Escalations.EndAlarm(ctx, a.Alert); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alarmed = left
	return nil
}

// Alarmed are the alerts that nobody had answered through all steps at the last look, and what kept it from looking, if anything did.
func (p *Pager) Alarmed() ([]subscribers.AlarmedAlert, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.alarmed, p.trouble
}
