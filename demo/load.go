package demo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Load sends arrivals (A04, about 1 KB each) as fast as the receiver answers them: over each connection one message at a time, the next
// when the answer is there. Every message is another patient's, as long as there are patients enough.
type Load struct {
	// Address is host:port of the MLLP receiver.
	Address string
	// Connections is how many send at once; 1 if zero.
	Connections int
	// Messages ends the load after so many: from 1 to MaxMessages, which 0 means too.
	Messages int
	// Duration ends the load after so long; 0 means no such end. Messages on their way are still answered.
	Duration time.Duration
	// Rate is how many messages a second are begun over all connections together, evenly; 0 sends as fast as they are answered.
	Rate float64
	// Plans tells how many people have a plan: PersonAt(0) to PersonAt(Plans-1), as made by PlanBundle. Flagged is the part of the
	// messages, 0 to 1, that are about one of them.
	Plans   int
	Flagged float64
	// Unnumbered is the part of the messages, 0 to 1, that hold no NHS number.
	Unnumbered float64
	// Trusts are the ODS codes of the hospitals that send, in turn; those of Hertfordshire and West Essex, where every plan may be
	// shown, if nil.
	Trusts []string
	// Seed decides who comes in which order.
	Seed uint64
	// Run makes control ids and visit numbers differ from those of every other run; the present if zero. It counts in milliseconds.
	Run time.Time
	// Resend lets a connection that is lost, or never made, be made again, and the message sent again until it is answered, for as long
	// as ctx lasts. Without it a lost connection ends the load with an error.
	Resend bool
	// Timeout bounds the wait for one answer; 30 s if zero.
	Timeout time.Duration
	// Ledger, if not nil, gets every message and its answer.
	Ledger *Ledger
	// OnFlagged, if not nil, is called for each message about somebody with a plan as soon as its last byte is handed to the
	// network, with that instant and before the answer is read, and again each time that it is sent again. Several goroutines call it.
	OnFlagged func(s Sent, at time.Time)

	zone  *time.Location
	began time.Time
}

// MaxMessages is how many messages one load can number.
const MaxMessages = 9_999_999

// Report is how a load went.
type Report struct {
	// Seed is that of the load.
	Seed uint64
	// Accepted were answered AA, Refused otherwise, Unanswered not at all. Resent counts further sends of the same message.
	Accepted, Refused, Unanswered, Resent int
	// Elapsed is the time from the first send to the last answer.
	Elapsed time.Duration
	// Latency is the time from the beginning of a send to its answer, for each answered message.
	Latency Histogram
}

// Rate is how many messages were answered in a second.
func (r *Report) Rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Accepted+r.Refused) / r.Elapsed.Seconds()
}

// Send sends the load and returns when it has ended: after Messages or Duration, or when ctx ends, which is no error. The report is
// valid in any case.
func (l Load) Send(ctx context.Context) (*Report, error) {
	l, makers, err := l.prepare()
	if err != nil {
		return &Report{Seed: l.Seed}, fmt.Errorf("send load: %w", err)
	}
	var next atomic.Uint64
	senders := make([]*sender, l.Connections)
	began := time.Now()
	l.began = began
	var group errgroup.Group
	for i := range senders {
		s := &sender{load: &l, makers: makers, next: &next}
		if l.Duration > 0 {
			s.until = began.Add(l.Duration)
		}
		senders[i] = s
		group.Go(func() error { return s.run(ctx) })
	}
	err = group.Wait()
	report := &Report{Seed: l.Seed, Elapsed: time.Since(began)}
	for _, s := range senders {
		report.Accepted += s.accepted
		report.Refused += s.refused
		report.Unanswered += s.unanswered
		report.Resent += s.resent
		report.Latency.Merge(&s.latency)
	}
	if err != nil {
		return report, fmt.Errorf("send load: %w", err)
	}
	return report, nil
}

// prepare fills in what the caller left out, and makes a template for each hospital.
func (l Load) prepare() (Load, []maker, error) {
	l.Connections = max(l.Connections, 1)
	if l.Run.IsZero() {
		l.Run = time.Now()
	}
	if l.Timeout <= 0 {
		l.Timeout = 30 * time.Second
	}
	if l.Trusts == nil {
		l.Trusts = []string{"RQW", "RWG", "RWH"}
	}
	if l.Messages == 0 {
		l.Messages = MaxMessages
	}
	if l.Messages < 0 || l.Messages > MaxMessages {
		return l, nil, fmt.Errorf("a load has at most %d messages", MaxMessages)
	}
	var err error
	if l.zone, err = zoneOfHospitals(); err != nil {
		return l, nil, err
	}
	if l.Flagged < 0 || l.Flagged > 1 || l.Flagged > 0 && l.Plans == 0 {
		return l, nil, errors.New("the flagged part is from 0 to 1, and above 0 there must be plans")
	}
	if l.Unnumbered < 0 || l.Unnumbered > 1 {
		return l, nil, errors.New("the part without NHS number is from 0 to 1")
	}
	if l.Plans < 0 || l.Plans >= People {
		return l, nil, fmt.Errorf("there are %d invented people; some must be without a plan", People)
	}
	makers, err := l.makers()
	return l, makers, err
}

// makers makes a template for each hospital that sends.
func (l Load) makers() ([]maker, error) {
	var makers []maker
	for _, trust := range l.Trusts {
		i, ok := hospitalOf(trust)
		if !ok {
			return nil, fmt.Errorf("the demo has no hospital of trust %q", trust)
		}
		m, err := newMaker(i)
		if err != nil {
			return nil, err
		}
		makers = append(makers, m)
	}
	if len(makers) == 0 {
		return nil, errors.New("no hospital is to send")
	}
	return makers, nil
}

// maker makes the messages of one hospital.
type maker struct {
	index    int
	template template
}

func newMaker(i int) (maker, error) {
	message, err := blankArrival(hospitals[i])
	if err != nil {
		return maker{}, err
	}
	t, err := newTemplate(message)
	if err != nil {
		return maker{}, err
	}
	return maker{i, t}, nil
}
