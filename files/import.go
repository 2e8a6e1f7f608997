package files

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/fhir"
)

// Fate is what became of a plan that was taken.
type Fate uint8

// The fates.
const (
	// Created: no such plan was held.
	Created Fate = iota + 1
	// Revised: another version was held.
	Revised
	// Unchanged: this very version was held already.
	Unchanged
	// Held: a version was held; whether it was this one is not told.
	Held
)

// Publisher takes plans. It is called from several goroutines.
type Publisher interface {
	// Publish returns once what the line holds is durable. A *fhir.Outcome as its error refuses this line; any other error means that
	// nothing more can be published now.
	Publish(ctx context.Context, line Line) (Fate, error)
}

// Gatherer is a Publisher that takes several lines faster than one after the other.
type Gatherer interface {
	Publisher
	// PublishTogether is Publish for several lines, and returns what became of each, in their order. A line that is refused does not stand in
	// the way of the others.
	PublishTogether(ctx context.Context, lines []Line) []Settled
}

// Settled is what became of a line: its fate, or the error of Publish.
type Settled struct {
	Fate Fate
	Err  error
}

// gathered is how many lines are published together at most: enough that what a transaction costs does not matter, and few enough that a
// service which shares the database need not wait long behind them.
const gathered = 25

// Refused is a line that was not taken, and why. It holds nothing of the patient.
type Refused struct {
	Line    int
	Outcome *fhir.Outcome
}

// Report is what became of a file.
type Report struct {
	// Lines counts the plans and what stood in place of one.
	Lines int
	// Created, Revised, Unchanged and Held count the fates.
	Created, Revised, Unchanged, Held int
	// Refused is sorted by line.
	Refused []Refused
}

// Published is how many plans the publisher holds now as they stand in the file.
func (r Report) Published() int { return r.Created + r.Revised + r.Unchanged + r.Held }

// Import publishes the lines through several submitters at once and tells done the size of each line when its fate is settled. Each plan
// may stand in a file once, so that the order does not matter and the same file can be imported again: what is held then stays as it is.
// That is also how an import that was interrupted goes on.
//
// With an error the report says what had been settled until then.
func Import(ctx context.Context, lines iter.Seq2[Line, error], to Publisher, submitters int, done func(size int64)) (Report, error) {
	t := &tally{done: done}
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan Line, max(submitters, 2*gathered))
	group.Go(func() error {
		defer close(queue)
		return t.sort(ctx, lines, queue)
	})
	for range submitters {
		group.Go(func() error {
			for line := range queue {
				if err := t.publish(ctx, line, queue, to); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	slices.SortFunc(t.report.Refused, func(a, b Refused) int { return cmp.Compare(a.Line, b.Line) })
	return t.report, err
}

// tally counts what became of the lines.
type tally struct {
	mu     sync.Mutex
	report Report
	done   func(size int64)
}

// sort hands on the lines that are plans. It ends early without an error when the context does: whoever ended it says why.
func (t *tally) sort(ctx context.Context, lines iter.Seq2[Line, error], queue chan<- Line) error {
	seen := sightings{seed: maphash.MakeSeed(), lines: map[uint64]int{}}
	for line, err := range lines {
		if err != nil {
			return err
		}
		if line.Refusal == nil {
			line.Refusal = seen.twice(line)
		}
		if line.Refusal != nil {
			if err := t.settle(line, 0, line.Refusal); err != nil {
				return err
			}
			continue
		}
		select {
		case queue <- line:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// publish publishes a line; with a Gatherer, together with those that wait behind it.
func (t *tally) publish(ctx context.Context, line Line, queue <-chan Line, to Publisher) error {
	gatherer, several := to.(Gatherer)
	if !several {
		fate, err := to.Publish(ctx, line)
		return t.settle(line, fate, err)
	}
	lines := append(make([]Line, 0, gathered), line)
	for more := true; more && len(lines) < gathered; {
		select {
		case next, open := <-queue:
			if more = open; open {
				lines = append(lines, next)
			}
		default:
			more = false
		}
	}
	for i, s := range gatherer.PublishTogether(ctx, lines) {
		if err := t.settle(lines[i], s.Fate, s.Err); err != nil {
			return err
		}
	}
	return nil
}

// settle notes the fate of a line. It returns the errors that are no refusals.
func (t *tally) settle(line Line, fate Fate, err error) error {
	outcome, refused := fhir.AsOutcome(err)
	if err != nil && !refused {
		return fmt.Errorf("publish line %d: %w", line.Number, err)
	}
	t.mu.Lock()
	t.report.Lines++
	switch {
	case refused:
		t.report.Refused = append(t.report.Refused, Refused{line.Number, outcome})
	case fate == Created:
		t.report.Created++
	case fate == Revised:
		t.report.Revised++
	case fate == Unchanged:
		t.report.Unchanged++
	default:
		t.report.Held++
	}
	t.mu.Unlock()
	t.done(line.Size)
	return nil
}

// sightings remembers in which line each plan stands. It keeps a hash of 64 bits for each id: of a million plans, two share one by
// chance less than once in ten million files.
type sightings struct {
	seed  maphash.Seed
	lines map[uint64]int
}

// twice refuses a plan that stands in an earlier line.
func (s sightings) twice(line Line) *fhir.Outcome {
	for _, id := range append(line.others, line.ID) {
		if id == "" {
			continue
		}
		key := maphash.String(s.seed, id)
		if first, known := s.lines[key]; known {
			return fhir.Refuse(422, fhir.Duplicate, "", fmt.Sprintf("The plan of this line stands in line %d already. Each plan may stand in a file once.", first))
		}
		s.lines[key] = line.Number
	}
	return nil
}
