package rota

import (
	"errors"
	"fmt"
	"time"
)

// Swap is one person's wish that another is on instead of them, and what they do in return. It holds as a whole once the other has accepted
// it; until then it changes nothing.
type Swap struct {
	ID    string `yaml:"id"`
	Asks  string `yaml:"asks"`
	Takes string `yaml:"takes"`
	// Start and End are the time of Asks that Takes is asked to take.
	Start time.Time `yaml:"start"`
	End   time.Time `yaml:"end"`
	// BackStart and BackEnd are the time of Takes that Asks is on in return; both zero: nothing in return.
	BackStart time.Time `yaml:"back_start"`
	BackEnd   time.Time `yaml:"back_end"`
	Asked     time.Time `yaml:"asked"`
	// Accepted is when Takes agreed; Closed when Takes refused or Asks took the wish back. At most one of them is not zero.
	Accepted time.Time `yaml:"accepted"`
	Closed   time.Time `yaml:"closed"`
}

// What a swap is refused for.
var (
	ErrNotTheirs = errors.New("only who is asked can accept or refuse a swap, and only who asks can take it back")
	ErrSettled   = errors.New("the swap was accepted, refused or taken back already")
	ErrTooLate   = errors.New("a time of the swap has begun already")
)

// Accept is the swap once who was asked agrees. After one of its times has begun it cannot be: who was on was on.
func (s Swap) Accept(who string, now time.Time) (Swap, error) {
	switch {
	case who != s.Takes:
		return s, ErrNotTheirs
	case s.settled():
		return s, ErrSettled
	case !now.Before(s.Start) || !s.BackStart.IsZero() && !now.Before(s.BackStart):
		return s, ErrTooLate
	}
	s.Accepted = now
	return s, nil
}

// Close is the swap once who was asked refuses, or who asks takes it back.
func (s Swap) Close(who string, now time.Time) (Swap, error) {
	switch {
	case who != s.Takes && who != s.Asks:
		return s, ErrNotTheirs
	case s.settled():
		return s, ErrSettled
	}
	s.Closed = now
	return s, nil
}

func (s Swap) settled() bool { return !s.Accepted.IsZero() || !s.Closed.IsZero() }

// agreed are the overrides that an accepted swap is; none before.
func (s Swap) agreed() []Override {
	if s.Accepted.IsZero() {
		return nil
	}
	out := []Override{{ID: s.ID, Start: s.Start, End: s.End, Instead: s.Asks, By: s.Takes, Decided: s.Accepted}}
	if !s.BackStart.IsZero() {
		out = append(out, Override{ID: s.ID, Start: s.BackStart, End: s.BackEnd, Instead: s.Takes, By: s.Asks, Decided: s.Accepted})
	}
	return out
}

func (s Swap) check() error {
	if s.Asks == s.Takes {
		return fmt.Errorf("swap %s: nobody swaps with themselves", s.ID)
	}
	if !s.Accepted.IsZero() && !s.Closed.IsZero() {
		return fmt.Errorf("swap %s: it cannot be both accepted and refused", s.ID)
	}
	s.Accepted = s.Asked // so that both of its sides are looked at
	if s.Accepted.IsZero() {
		return fmt.Errorf("swap %s: when it was asked is not known", s.ID)
	}
	sides := s.agreed()
	for _, o := range sides {
		if err := o.check(); err != nil {
			return fmt.Errorf("swap: %w", err)
		}
	}
	if len(sides) == 2 && s.Start.Before(s.BackEnd) && s.BackStart.Before(s.End) {
		return fmt.Errorf("swap %s: its two times overlap", s.ID)
	}
	return nil
}
