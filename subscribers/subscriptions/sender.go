package subscriptions

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
)

// State says how far it has come that somebody is told.
type State string

// The states.
const (
	// Waits: it is not due yet, or is tried again.
	Waits State = "waits"
	Sent  State = "sent"
	// Failed: it was tried until its time was over.
	Failed State = "failed"
	// Nobody: the person has no way to be told by.
	Nobody State = "nobody"
	// Dropped: it was not told, because it did not stand any more, or the person may not be told any more.
	Dropped State = "dropped"
)

// ToTell is something that a node has claimed to tell somebody. Token tells this claim from later ones.
type ToTell struct {
	Happening
	Person string
	Post   access.Post
	Due    time.Time
	Ends   time.Time
	Token  int64
	// Open and Now are how the alert stands now, and the department that it is in; for what is about a plan only they are empty.
	Open bool
	Now  string
	// Posts are what the person may work as now.
	Posts []access.Post
}

// Key is the same for every try of the same telling.
func (t ToTell) Key() string { return t.Happening.ID + "/" + t.Person }

// Tried is what came of a try to tell somebody.
type Tried struct {
	State State
	// Words say why, or by what.
	Words string
	At    time.Time
	// Again is when it is tried again; zero: it is not.
	Again time.Time
}

// Tellings keeps who is to be told, for all nodes.
type Tellings interface {
	// ClaimTellings makes a node the one that tells some of what is due, until an instant.
	ClaimTellings(ctx context.Context, node string, now, until time.Time, limit int) ([]ToTell, error)
	// KeepTold keeps what came of a try. current is false if the claim had run out and another node has made one since: then it changes nothing.
	KeepTold(ctx context.Context, node string, t ToTell, tried Tried) (current bool, err error)
}

// ErrNobody is returned by who tells people for somebody who cannot be reached at all.
var ErrNobody = errors.New("the person has said of no way to be told by that it works")

// Teller tells people.
type Teller interface {
	// TellOf tells somebody that something happened, and returns by what kind of channel; or ErrNobody. What it tells says nothing of a patient.
	TellOf(ctx context.Context, t ToTell) (by string, err error)
}

const (
	// claimFor is how long a claim holds; a try takes tryFor at most.
	claimFor = 2 * time.Minute
	tryFor   = time.Minute
	// workers is how many are told at the same time.
	workers = 8
	// retryFirst is how long after a failed try the next is; each is twice as long after the one before, up to retryMost.
	retryFirst = 5 * time.Second
	retryMost  = 5 * time.Minute
)

// Sender tells people what is due. Every field must be set.
type Sender struct {
	Tellings  Tellings
	Teller    Teller
	Directory func() *directory.Directory
	Node      string
	Now       func() time.Time
	Log       *slog.Logger
}

// Run tells until the context ends.
func (s *Sender) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := s.SendDue(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "what people subscribed to could not be told; trying again in a second", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}

// SendDue claims what is due and tells it, until nothing is.
func (s *Sender) SendDue(ctx context.Context) error {
	for {
		now := s.Now()
		claimed, err := s.Tellings.ClaimTellings(ctx, s.Node, now, now.Add(claimFor), workers)
		if err != nil || len(claimed) == 0 {
			return err
		}
		errs := make([]error, len(claimed))
		var all sync.WaitGroup
		for i, t := range claimed {
			all.Go(func() { errs[i] = s.send(ctx, t) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
}

// send tells one person and keeps what came of it.
func (s *Sender) send(ctx context.Context, t ToTell) error {
	tried := s.try(ctx, t)
	if ctx.Err() != nil {
		return ctx.Err() // the claim runs out, and another try is made
	}
	tried.At = s.Now()
	current, err := s.Tellings.KeepTold(ctx, s.Node, t, tried)
	if err == nil && !current {
		s.Log.WarnContext(ctx, "a node was so slow that another has told this, too", "happening", t.Happening.ID, "person", t.Person)
	}
	return err
}

// try tells one person, if that still stands and they still may be told.
func (s *Sender) try(ctx context.Context, t ToTell) Tried {
	if why := t.dropped(s.Directory()); why != "" {
		return Tried{State: Dropped, Words: why}
	}
	within, stop := context.WithTimeout(ctx, tryFor)
	defer stop()
	by, err := s.Teller.TellOf(within, t)
	switch {
	case err == nil:
		return Tried{State: Sent, Words: by}
	case errors.Is(err, ErrNobody):
		return Tried{State: Nobody, Words: err.Error()}
	}
	tried := Tried{State: Failed, Words: err.Error()}
	if again := s.Now().Add(retryAfter(t.Token)); again.Before(t.Ends) {
		tried.State, tried.Again = Waits, again
	}
	s.Log.ErrorContext(ctx, "somebody could not be told of what they subscribed to", "happening", t.Happening.ID, "person", t.Person, "again", !tried.Again.IsZero(), "error", err)
	return tried
}

// dropped says why it is not told any more; empty if it is.
func (t ToTell) dropped(dir *directory.Directory) string {
	h := t.Happening
	if h.Alert != "" && !h.Event.lasts() {
		if !t.Open {
			return "the alert does not stand any more"
		}
		h.Department, h.From = t.Now, "" // where the patient is now
	}
	for _, p := range t.Posts {
		if p == t.Post && h.Entitled(t.Person, p, dir) {
			return ""
		}
	}
	return "the person may not be told of this any more"
}

// retryAfter is how long after a try, numbered from 1, the next is.
func retryAfter(try int64) time.Duration {
	after := retryFirst
	for range min(try-1, 10) {
		after = min(2*after, retryMost)
	}
	return after
}
