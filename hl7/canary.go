package hl7

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/plans"
)

// CanaryDesk takes the canary's arrivals.
type CanaryDesk interface {
	// TakeCanary returns nil when the canary went the whole way of an arrival in the department, and that is durable.
	TakeCanary(ctx context.Context, e alerts.Event, department string, every time.Duration) error
}

// CanaryDoor is where a receiver lets the canary in. Nobody else may name its number, and whoever shows one of its credentials may say
// nothing else.
type CanaryDoor struct {
	Desk   CanaryDesk
	Passes *Passes
	// Every is how often the canary comes.
	Every time.Duration
	// Fingerprint is that of the canary's own certificate, as an [mllp.Peer] has it: on a listener that asks for certificates it comes with this
	// one and no other. It is made anew at each start and is never written down.
	Fingerprint string
}

// Passes are the canary's credentials: each stands in MSH-8 (security) of one message and is worth nothing afterwards. They live in memory
// only. The zero value is ready.
type Passes struct {
	mu   sync.Mutex
	open map[string]string // the department, by pass
}

// Issue makes the pass of one message about a department. Whoever sends it calls spent afterwards, whatever became of it.
func (p *Passes) Issue(department string) (pass string, spent func()) {
	pass = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[string]string{}
	}
	p.open[pass] = department
	return pass, func() { p.redeem(pass) }
}

// redeem takes a pass, once.
func (p *Passes) redeem(pass string) (department string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	department, ok = p.open[pass]
	delete(p.open, pass)
	return department, ok
}

// canary answers a message that names the canary's number or shows its credentials, and tells whether it was one.
func (r *Receiver) canary(ctx context.Context, from mllp.Peer, m *Message, raw []byte) (answer []byte, was bool) {
	var department string
	var pass, own bool
	if r.Canary != nil {
		own = r.Canary.Fingerprint != "" && from.Fingerprint == r.Canary.Fingerprint
		if m != nil {
			department, pass = r.Canary.Passes.redeem(m.Segment("MSH").Field(8).Text())
		}
	}
	named := m != nil && namesCanary(m)
	switch {
	case !named && !pass && !own:
		return nil, false
	case named && pass && (own || r.Gate == nil):
		return r.takeCanary(ctx, m, raw, department), true
	}
	refusal := &Refusal{Code: AR, Condition: TableValue, Location: "PID^1^3", Text: "the NHS number is reserved for the service's own check, and is no patient's"}
	if !named {
		refusal = &Refusal{Code: AR, Condition: TableValue, Location: "MSH^1^8", Text: "these credentials are for the service's own check only"}
	}
	sender, _ := r.Gate.Admit(from)
	sender.Name = cmp.Or(sender.Name, "unproved sender on listener "+from.Listener)
	return r.turnAway(ctx, from, sender, m, refusal), true
}

// namesCanary tells whether a message names the canary's number as anybody's, of whatever type: of the patient, or of a record that is
// merged.
func namesCanary(m *Message) bool {
	pid, mrg := m.Segment("PID"), m.Segment("MRG")
	for _, field := range [...]Value{pid.Field(2), pid.Field(3), pid.Field(4), pid.Field(19), mrg.Field(1), mrg.Field(4)} {
		for id := range field.Repetitions() {
			if _, err := plans.ParseNHSNumber(Clean(id.Component(1).Text())); errors.Is(err, plans.ErrNHSNumberReserved) {
				return true
			}
		}
	}
	return false
}

// takeCanary takes the canary's message. It writes as the standard says, so it is read by the built-in profile. It is always answered, and
// never quarantined.
func (r *Receiver) takeCanary(ctx context.Context, m *Message, raw []byte, department string) []byte {
	rules := r.Rules
	rules.canary, rules.Profile = true, nil
	event, err := rules.ReadEvent(m, raw)
	if err == nil && event.Trigger != "A04" {
		err = &Refusal{Code: AR, Condition: UnsupportedEvent, Location: "MSH^1^9", Text: "the check is an arrival (A04)"}
	}
	if err == nil {
		err = r.Canary.Desk.TakeCanary(ctx, event, department, r.Canary.Every)
	}
	if err == nil {
		return r.Answers.always().Answer(m, nil)
	}
	r.Log.LogAttrs(ctx, slog.LevelWarn, "the canary was not taken", slog.String("department", department), slog.Any("error", err))
	refusal, is := errors.AsType[*Refusal](err)
	if !is {
		refusal = &Refusal{Code: AE, Condition: ApplicationInternal, Text: "the check was not taken; the log says why"}
	}
	return r.Answers.always().Answer(m, refusal)
}
