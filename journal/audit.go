package journal

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Chain is a journal to be checked; a [Log] is one.
type Chain interface {
	// Head returns the number of the newest entry as the journal counts, 0 for an empty one.
	Head(ctx context.Context) (int64, error)
	// After returns at most limit entries with numbers greater than the given one, in order.
	After(ctx context.Context, number int64, limit int) ([]Entry, error)
}

// Audited is what was found to hold.
type Audited struct {
	// Entries is how many entries follow one another from the first on; Last is when the newest was written.
	Entries int64
	Last    time.Time
	// Heads is how many signed heads were compared.
	Heads int
}

// Audit checks a journal from its first entry to its last, and against the heads that were signed. It returns [ErrBroken] and names the first
// entry that does not fit: one that was changed, deleted, inserted or swapped, one that is missing at the end, and the first of those that
// were written anew with all hashes after them.
func Audit(ctx context.Context, chain Chain, heads []Head) (Audited, error) {
	counted, err := chain.Head(ctx)
	if err != nil {
		return Audited{}, err
	}
	heads = slices.Clone(heads)
	slices.SortStableFunc(heads, func(a, b Head) int { return int(min(1, max(-1, a.Number-b.Number))) })
	var done Audited
	var previous [32]byte
	var sure int64 // the entry up to which a head holds
	left := heads
	for {
		page, err := chain.After(ctx, done.Entries, batch)
		if err != nil {
			return done, err
		}
		if len(page) == 0 {
			break
		}
		if err := Verify(done.Entries, previous, page); err != nil {
			return done, err
		}
		for _, e := range page {
			for ; len(left) > 0 && left[0].Number <= e.Number; left = left[1:] {
				if h := left[0]; h.Number != e.Number || h.Hash != e.Hash {
					return done, fmt.Errorf("%w: entry %d or one after it, up to %d, is not the one that was there when head %d of epoch %s was signed at %s", ErrBroken, sure+1, h.Number, h.Number, h.Epoch, h.Time.UTC().Format(time.RFC3339))
				}
				sure = e.Number
				done.Heads++
			}
			done.Last = e.Time
		}
		last := page[len(page)-1]
		done.Entries, previous = last.Number, last.Hash
	}
	if done.Entries < counted {
		return done, fmt.Errorf("%w: entry %d is missing: the journal counts %d", ErrBroken, done.Entries+1, counted)
	}
	if len(left) > 0 {
		h := left[len(left)-1]
		return done, fmt.Errorf("%w: entry %d is missing: there were %d when a head of epoch %s was signed at %s", ErrBroken, done.Entries+1, h.Number, h.Epoch, h.Time.UTC().Format(time.RFC3339))
	}
	return done, nil
}
