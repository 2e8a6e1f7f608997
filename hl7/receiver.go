package hl7

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// Desk takes what attendance messages say.
type Desk interface {
	// Receive returns nil when the event and all that follows from it is durable. An event that was taken before changes nothing and is
	// no error. alerts.ErrUnknownSender, alerts.ErrBeyondSites and alerts.ErrWholeOrganisation are the sender's fault; any other error means that nothing was kept.
	Receive(ctx context.Context, e alerts.Event) (alerts.Outcome, error)
}

// Documents takes what document messages say.
type Documents interface {
	// TakeDocument returns nil when the document is durable as a plan. A message that was taken before, or that is older than what is
	// held, changes nothing and is no error. A [*Refusal] is the sender's fault; after any other error the same message may come again.
	TakeDocument(ctx context.Context, d Document) (DocumentTaken, error)
}

// DocumentTaken is what became of a document.
type DocumentTaken struct {
	// Plan and Version are the plan that it is held as.
	Plan    string
	Version int
	// Changed tells that the version is new.
	Changed bool
}

// Receiver answers MLLP senders: [Receiver.Handle] and [Receiver.Reject] are the hooks of an [mllp.Server]. Every field but Documents, Profiles,
// Gate, Refusals, Canary, SilentOnFailure and Counters must be set before use.
type Receiver struct {
	Desk       Desk
	Quarantine alerts.Quarantine // keeps what is answered AE because it could not be understood
	Answers    *Answerer
	Rules      Rules
	Now        func() time.Time
	Log        *slog.Logger
	Documents  Documents // takes MDM messages; nil takes none
	// Profiles finds how a sender writes, by what it calls itself (MSH-4) and where it connected; nil for the built-in profile.
	Profiles func(facility string, from mllp.Peer) *Profile
	// Gate decides who may say what; nil believes MSH-4. Refusals journals what it turns away; nil does not.
	Gate     *Gate
	Refusals alerts.Refusals
	// Canary lets the service's own check in; nil lets none in. Its number is refused to everybody else either way.
	Canary *CanaryDoor

	// SilentOnFailure closes the connection without an answer when a message could not be kept, instead of answering AE 207 ("send again").
	// It is for senders that go on to the next message after an AE.
	SilentOnFailure bool

	Counters ReceiverCounters

	ration ration
}

// ReceiverCounters count since the start. They may be read at any time.
type ReceiverCounters struct {
	Taken       atomic.Int64 // answered AA, resends included
	Resent      atomic.Int64 // answered AA and taken before
	Errors      atomic.Int64 // answered AE for what they say
	Rejected    atomic.Int64 // answered AR
	NotUsed     atomic.Int64 // answered AA, and nothing kept: the sender's profile has no use for the event
	Foreign     atomic.Int64 // answered AR because the sender may not say what they say
	Failed      atomic.Int64 // could not be kept
	Quarantined atomic.Int64
}

// Handle takes one message. It is an [mllp.Handler]. AA is only ever the answer after the desk has returned nil.
func (r *Receiver) Handle(ctx context.Context, from mllp.Peer, raw []byte) ([]byte, error) {
	m, err := Parse(raw)
	if answer, was := r.canary(ctx, from, m, raw); was {
		return answer, nil
	}
	sender, stranger := r.Gate.Admit(from)
	if stranger != nil {
		return r.turnAway(ctx, from, sender, m, stranger), nil
	}
	if err != nil {
		return r.refuse(ctx, from, sender, nil, raw, err)
	}
	if beyond := r.Gate.Examine(sender, m); beyond != nil {
		return r.turnAway(ctx, from, sender, m, beyond), nil
	}
	rules := r.Rules
	if r.Profiles != nil {
		rules.Profile = r.Profiles(upper(m.Segment("MSH").Field(4)), from)
		m = rules.profile().Reread(m, raw)
	}
	if r.Documents != nil && isDocument(m) {
		return r.handleDocument(ctx, from, sender, rules, m, raw)
	}
	event, err := rules.ReadEvent(m, raw)
	if err != nil {
		return r.refuse(ctx, from, sender, m, raw, err)
	}
	event.Sites = sender.Sites
	outcome, err := r.Desk.Receive(ctx, event)
	switch {
	case err == nil:
		r.tell(ctx, from, event, outcome)
		return r.Answers.Answer(m, nil), nil
	case errors.Is(err, alerts.ErrBeyondSites):
		return r.turnAway(ctx, from, sender, m, beyondSites()), nil
	case errors.Is(err, alerts.ErrWholeOrganisation):
		return r.turnAway(ctx, from, sender, m, beyondPersons()), nil
	case errors.Is(err, alerts.ErrUnknownSender):
		return r.refuse(ctx, from, sender, m, raw, UnknownFacility())
	}
	return r.failed(ctx, from, m, event.Trigger, err)
}

// handleDocument takes one message about a document.
func (r *Receiver) handleDocument(ctx context.Context, from mllp.Peer, sender Sender, rules Rules, m *Message, raw []byte) ([]byte, error) {
	d, err := rules.ReadDocument(m, raw)
	if err != nil {
		return r.refuse(ctx, from, sender, m, raw, err)
	}
	taken, err := r.Documents.TakeDocument(ctx, d)
	switch _, refused := errors.AsType[*Refusal](err); {
	case refused:
		return r.refuse(ctx, from, sender, m, raw, err)
	case err != nil:
		return r.failed(ctx, from, m, d.Trigger, err)
	}
	r.Counters.Taken.Add(1)
	if !taken.Changed {
		r.Counters.Resent.Add(1)
	}
	r.Log.LogAttrs(ctx, slog.LevelInfo, "HL7 document taken", slog.String("from", from.Address), slog.String("sender", d.Sender),
		slog.String("control_id", shortID(d.ControlID)), slog.String("event", d.Trigger), slog.String("plan", taken.Plan),
		slog.Int("version", taken.Version), slog.Bool("changed", taken.Changed))
	return r.Answers.Answer(m, nil), nil
}

// failed answers a message that could not be kept.
func (r *Receiver) failed(ctx context.Context, from mllp.Peer, m *Message, trigger string, err error) ([]byte, error) {
	r.Counters.Failed.Add(1)
	r.Log.LogAttrs(ctx, slog.LevelError, "HL7 message not kept", slog.String("from", from.Address), slog.String("sender", senderOf(m)),
		slog.String("control_id", shortID(m.Segment("MSH").Field(10).Text())), slog.String("event", trigger), slog.Any("error", err))
	if r.SilentOnFailure || ctx.Err() != nil {
		return nil, err
	}
	return r.Answers.Answer(m, &Refusal{Code: AE, Condition: ApplicationInternal, Text: "not stored, send again"}), nil
}

// tell logs what became of a message: aloud if an alert or a guess came of it, else for whoever looks closely.
func (r *Receiver) tell(ctx context.Context, from mllp.Peer, e alerts.Event, o alerts.Outcome) {
	r.Counters.Taken.Add(1)
	if o.Duplicate {
		r.Counters.Resent.Add(1)
	}
	level := slog.LevelDebug
	if len(o.Changes) > 0 || o.Warning != "" {
		level = slog.LevelInfo
	}
	if !r.Log.Enabled(ctx, level) {
		return
	}
	r.Log.LogAttrs(ctx, level, "HL7 message taken", slog.String("from", from.Address), slog.String("sender", e.Sender),
		slog.String("control_id", shortID(e.ControlID)), slog.String("event", e.Trigger), slog.Bool("resent", o.Duplicate),
		slog.String("attendance", o.Attendance), slog.String("department", o.Department), slog.Int("alerts_changed", len(o.Changes)),
		slog.String("warning", o.Warning))
}

// refuse answers a message that is not taken for what it says. AE keeps it in quarantine, so that it can be taken when the fault is
// mended here; AR was understood and is not for us.
func (r *Receiver) refuse(ctx context.Context, from mllp.Peer, by Sender, m *Message, raw []byte, cause error) ([]byte, error) {
	var refusal *Refusal
	if !errors.As(cause, &refusal) {
		return nil, cause
	}
	sender, control := "", ""
	if m != nil {
		sender, control = senderOf(m), m.Segment("MSH").Field(10).Text()
	}
	if refusal.Code == AA {
		r.Counters.NotUsed.Add(1)
		r.Log.LogAttrs(ctx, slog.LevelDebug, "HL7 message not used", slog.String("from", from.Address), slog.String("sender", sender),
			slog.String("control_id", shortID(control)), slog.String("why", refusal.Text))
		return r.Answers.Answer(m, refusal), nil
	}
	r.Log.LogAttrs(ctx, slog.LevelWarn, "HL7 message refused", slog.String("from", from.Address), slog.String("sender", sender),
		slog.String("control_id", shortID(control)), slog.Any("answer", refusal))
	if refusal.Code == AR {
		r.Counters.Rejected.Add(1)
		return r.Answers.Answer(m, refusal), nil
	}
	r.Counters.Errors.Add(1)
	err := r.Quarantine.KeepQuarantined(ctx, alerts.Quarantined{
		Sender: sender, Received: r.Now(), Raw: raw,
		Answer: string(refusal.Code), Condition: int(refusal.Condition), Location: refusal.Location, Reason: refusal.Text,
		Listener: from.Listener, Address: from.Address, Fingerprint: from.Fingerprint, Subject: from.Subject, Names: from.Names,
		Organisation: by.Organisation,
	})
	if err != nil {
		r.Log.LogAttrs(ctx, slog.LevelError, "HL7 message not quarantined", slog.String("from", from.Address), slog.Any("error", err))
	} else {
		r.Counters.Quarantined.Add(1)
	}
	return r.Answers.Answer(m, refusal), nil
}

// Reject answers a message that did not arrive whole. It is an [mllp.Rejection]. Without the whole of MSH it sends nothing: half a
// control id may be that of another message.
func (r *Receiver) Reject(ctx context.Context, from mllp.Peer, head []byte, reason error) []byte {
	r.Log.LogAttrs(ctx, slog.LevelWarn, "HL7 message not whole", slog.String("from", from.Address), slog.Int("bytes", len(head)),
		slog.Any("reason", reason))
	m, err := Parse(head)
	if err != nil || len(m.segments) < 2 && !bytes.ContainsAny(head, "\r\n") {
		return nil
	}
	refusal := &Refusal{Code: AE, Condition: ApplicationInternal, Text: "the message did not arrive whole, send again"}
	if errors.Is(reason, mllp.ErrTooLarge) {
		refusal = &Refusal{Code: AR, Condition: ApplicationInternal, Text: "the message is larger than this service takes"}
	}
	return r.Answers.Answer(m, refusal)
}

// shortID is a control id fit for a log.
func shortID(id string) string {
	id = Clean(id)
	return id[:min(len(id), 64)]
}
