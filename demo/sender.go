package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// sender is one stop-and-wait connection of a load. It belongs to one goroutine.
type sender struct {
	load   *Load
	makers []maker
	next   *atomic.Uint64 // the number of the last message taken by any sender
	until  time.Time

	conn    net.Conn
	answers *mllp.Reader
	unwatch func() bool

	frame   []byte
	filling filling
	stamped int64 // the second that filling.stamp is of

	accepted, refused, unanswered, resent int
	latency                               Histogram
}

// errLost says that a connection ended while the load went on.
var errLost = errors.New("a connection was lost")

// run sends until the load ends.
func (s *sender) run(ctx context.Context) error {
	defer s.disconnect()
	for ctx.Err() == nil {
		now := time.Now()
		if !s.until.IsZero() && !now.Before(s.until) {
			return nil
		}
		n := s.next.Add(1)
		if n > uint64(s.load.Messages) {
			return nil
		}
		if now = s.turn(ctx, n, now); ctx.Err() != nil {
			return nil
		}
		r := s.compose(n, now)
		err := s.deliver(ctx, &r)
		if s.load.Ledger != nil {
			s.load.Ledger.add(r)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return nil
		default:
			return err
		}
	}
	return nil
}

// turn waits until the n-th message is to be sent, and returns when that is.
func (s *sender) turn(ctx context.Context, n uint64, now time.Time) time.Time {
	if s.load.Rate <= 0 {
		return now
	}
	due := s.load.began.Add(time.Duration(float64(n) / s.load.Rate * float64(time.Second)))
	if wait := due.Sub(now); wait > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		return time.Now()
	}
	return now
}

// compose writes the n-th message into s.frame.
func (s *sender) compose(n uint64, now time.Time) record {
	draw := newDice(s.load.Seed^n*0x9e3779b97f4a7c15, "load")
	m := &s.makers[int(n)%len(s.makers)]
	flagged := float64(draw.next()>>11)/(1<<53) < s.load.Flagged
	f := &s.filling
	f.run, f.number, f.hospital = s.load.Run, n, hospitals[m.index]
	if second := now.Unix(); second != s.stamped || f.stamp == nil {
		f.stamp, s.stamped = now.In(s.load.zone).AppendFormat(f.stamp[:0], hl7Seconds), second
	}
	// In turn and not by chance: nobody comes twice before everybody has come.
	turn := int((s.load.Seed%People + n) % People)
	if flagged {
		f.person = turn % s.load.Plans
		p := PersonAt(f.person)
		f.family, f.given, f.born, f.sex, f.postcode = p.Family, p.Given, p.Born, p.Sex, p.Postcode
	} else {
		f.person = s.load.Plans + turn%(People-s.load.Plans)
		r := resident(draw)
		f.family, f.given, f.born, f.sex, f.postcode = r.Family, r.Given, r.day, r.Sex, r.Postcode
	}
	f.unnumbered = float64(draw.next()>>11)/(1<<53) < s.load.Unnumbered
	s.frame = m.template.append(s.frame[:0], f)
	return record{
		run: f.run.UnixMilli(), number: n, person: int32(f.person), hospital: int8(m.index), flagged: flagged,
	}
}

// deliver sends s.frame until it is answered, and notes the code; without Resend it sends once.
func (s *sender) deliver(ctx context.Context, r *record) error {
	pause := time.Millisecond
	for n := 0; ; n++ {
		if n > 0 {
			s.resent++
		}
		err := s.exchange(ctx, r)
		if err == nil {
			return nil
		}
		s.disconnect()
		if !s.load.Resend || ctx.Err() != nil {
			s.unanswered++
			return err
		}
		select {
		case <-ctx.Done():
			s.unanswered++
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, 200*time.Millisecond)
	}
}

// exchange sends s.frame once and reads its answer.
func (s *sender) exchange(ctx context.Context, r *record) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	began := time.Now()
	if err := s.conn.SetDeadline(began.Add(s.load.Timeout)); err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	if _, err := s.conn.Write(s.frame); err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	if r.flagged && s.load.OnFlagged != nil {
		s.load.OnFlagged(r.sent(), time.Now())
	}
	answer, err := s.answers.Next()
	if err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	code, control := readAnswer(answer)
	var expected [20]byte
	if string(control) != string(appendControl(expected[:0], s.load.Run, r.number)) {
		return fmt.Errorf("%w: the answer is not for the message sent", errLost)
	}
	s.latency.Record(time.Since(began))
	copy(r.code[:], code)
	if isAccept(code) {
		s.accepted++
	} else {
		s.refused++
	}
	return nil
}

// connect connects, if need be. The connection is closed when ctx ends, which ends any wait.
func (s *sender) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	conn, err := (&net.Dialer{Timeout: s.load.Timeout}).DialContext(ctx, "tcp", s.load.Address)
	if err != nil {
		return fmt.Errorf("connect to MLLP receiver: %w", err)
	}
	s.conn, s.answers = conn, mllp.NewReader(conn, mllp.Limits{})
	s.unwatch = context.AfterFunc(ctx, func() { _ = conn.Close() }) // a failure means that it is closed already
	return nil
}

func (s *sender) disconnect() {
	if s.conn == nil {
		return
	}
	s.unwatch()
	// A failure means that it is closed already.
	_ = s.conn.Close()
	s.conn, s.answers = nil, nil
}
