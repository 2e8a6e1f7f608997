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
	// Cut is where it begins.
	Cut(ctx context.Context) (Cut, error)
}

// Audited is what was found to hold.
type Audited struct {
	// Entries is the number of the newest entry up to which all follow one another; Last is when it was written.
	Entries int64
	Last    time.Time
	// Cut is the number of the last entry that was let go before them; 0 if none was.
	Cut int64
	// Heads is how many signed heads were compared.
	Heads int
}

// Audit checks a journal from its first entry to its last, and against the heads that were signed. Where its beginning was let go, an entry must say so. It returns [ErrBroken] and names the first
// entry that does not fit: one that was changed, deleted, inserted or swapped, one that is missing at the end, and the first of those that
// were written anew with all hashes after them.
func Audit(ctx context.Context, chain Chain, heads []Head) (Audited, error) {
	counted, err := chain.Head(ctx)
	if err != nil {
		return Audited{}, err
	}
	heads = slices.Clone(heads)
	slices.SortStableFunc(heads, func(a, b Head) int { return int(min(1, max(-1, a.Number-b.Number))) })
	cut, err := chain.Cut(ctx)
	if err != nil {
		return Audited{}, err
	}
	done := Audited{Entries: cut.Number, Cut: cut.Number}
	previous := cut.Hash
	told := cut.Number == 0
	var sure int64 // the entry up to which a head holds
	left, err := cut.after(heads)
	if err != nil {
		return done, err
	}
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
			told = told || e.Kind == JournalCut && e.Subject == cut.String()
		}
		last := page[len(page)-1]
		done.Entries, previous = last.Number, last.Hash
	}
	if done.Entries < counted {
		return done, fmt.Errorf("%w: entry %d is missing: the journal counts %d", ErrBroken, done.Entries+1, counted)
	}
	if !told {
		return done, fmt.Errorf("%w: it begins after entry %d, and no entry says that those before were let go", ErrBroken, cut.Number)
	}
	if len(left) > 0 {
		h := left[len(left)-1]
		return done, fmt.Errorf("%w: entry %d is missing: there were %d when a head of epoch %s was signed at %s", ErrBroken, done.Entries+1, h.Number, h.Epoch, h.Time.UTC().Format(time.RFC3339))
	}
	return done, nil
}

// after are the heads of entries after a cut. One of the entry at the cut must be of that one.
func (c Cut) after(heads []Head) ([]Head, error) {
	for len(heads) > 0 && heads[0].Number <= c.Number {
		if h := heads[0]; h.Number == c.Number && h.Hash != c.Hash {
			return nil, fmt.Errorf("%w: entry %d, after which it was cut, is not the one that was there when a head of epoch %s was signed at %s", ErrBroken, c.Number, h.Epoch, h.Time.UTC().Format(time.RFC3339))
		}
		heads = heads[1:]
	}
	return heads, nil
}
