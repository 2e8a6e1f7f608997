package journal_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// chain makes n sealed entries.
func chain(n int) []journal.Entry {
	var out []journal.Entry
	var previous [32]byte
	for i := range n {
		e := journal.Entry{Number: int64(i + 1), Time: time.UnixMicro(int64(i)), Kind: journal.AlertRaised, Room: "RQW-AE", Subject: "a", Reason: "r", Previous: previous}
		e.Hash = e.Seal()
		previous = e.Hash
		out = append(out, e)
	}
	return out
}

func TestVerifyNamesTheFirstEntryThatDoesNotFit(t *testing.T) {
	for _, row := range []struct {
		what   string
		change func([]journal.Entry) []journal.Entry
		ok     bool
	}{
		{"untouched", func(e []journal.Entry) []journal.Entry { return e }, true},
		{"a reason changed", func(e []journal.Entry) []journal.Entry { e[2].Reason = "x"; return e }, false},
		{"an actor changed", func(e []journal.Entry) []journal.Entry { e[2].Actor.Name = "x"; return e }, false},
		{"a time changed", func(e []journal.Entry) []journal.Entry { e[2].Time = e[2].Time.Add(time.Microsecond); return e }, false},
		{"text moved from one field to the next", func(e []journal.Entry) []journal.Entry { e[2].Subject, e[2].Reason = "ar", ""; return e }, false},
		{"an entry deleted", func(e []journal.Entry) []journal.Entry { return slices.Delete(e, 2, 3) }, false},
		{"two swapped", func(e []journal.Entry) []journal.Entry { e[1], e[2] = e[2], e[1]; return e }, false},
		{"one inserted twice", func(e []journal.Entry) []journal.Entry { return slices.Insert(e, 2, e[1]) }, false},
		{"changed and sealed again", func(e []journal.Entry) []journal.Entry { e[2].Reason = "x"; e[2].Hash = e[2].Seal(); return e }, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			err := journal.Verify(0, [32]byte{}, row.change(chain(6)))
			if (err == nil) != row.ok || err != nil && !errors.Is(err, journal.ErrBroken) {
				t.Errorf("verify says %v", err)
			}
		})
	}
}

func TestParsePosition(t *testing.T) {
	p, err := journal.ParsePosition("k3v9q2/1042")
	if err != nil || p != (journal.Position{Epoch: "k3v9q2", Number: 1042}) || p.String() != "k3v9q2/1042" {
		t.Errorf("got %v, %v", p, err)
	}
	for _, bad := range []string{"", "1042", "/1042", "k3v9q2/", "k3v9q2/-1", "k3v9q2/x", "k3v9q2/1/2"} {
		if _, err := journal.ParsePosition(bad); !errors.Is(err, journal.ErrPosition) {
			t.Errorf("%q was taken: %v", bad, err)
		}
	}
}

// fakeLog is a log in memory that can fail.
type fakeLog struct {
	mu      sync.Mutex
	entries []journal.Entry
	err     error
}

func (l *fakeLog) set(entries []journal.Entry, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.err = entries, err
}

func (l *fakeLog) Epoch() string { return "e" }
func (l *fakeLog) Head(context.Context) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.entries)), l.err
}
func (l *fakeLog) After(_ context.Context, n int64, limit int) ([]journal.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.entries[n:]
	return rest[:min(limit, len(rest))], l.err
}
func (l *fakeLog) RoomHeads(context.Context, []string) (map[string]int64, error) { return nil, nil }
func (l *fakeLog) RoomsAfter(context.Context, []string, int64, int) ([]journal.Entry, error) {
	return nil, nil
}

func TestTheFeedHandsEachEntryToEveryFollowerOnceAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := chain(5000)
		log := &fakeLog{entries: all[:10]}
		feed := journal.NewFeed(log, slog.New(slog.DiscardHandler))
		var got [2][]int64
		for i := range got {
			feed.Follow(func(entries []journal.Entry) {
				for _, e := range entries {
					got[i] = append(got[i], e.Number)
				}
			})
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- feed.Run(ctx) }()
		synctest.Wait()
		if len(got[0]) != 0 || feed.Number() != 10 {
			t.Fatalf("a feed begins at the head; it handed over %d entries and stands at %d", len(got[0]), feed.Number())
		}
		log.set(all[:12], nil)
		feed.Wake()
		feed.Wake() // twice is no harm
		synctest.Wait()
		if !slices.Equal(got[0], []int64{11, 12}) {
			t.Fatalf("after a wake: %v", got[0])
		}
		log.set(all, nil)
		time.Sleep(journal.PollInterval) // the wake was lost
		synctest.Wait()
		for i := range got {
			if len(got[i]) != 4990 || !slices.IsSorted(got[i]) {
				t.Fatalf("follower %d got %d entries", i, len(got[i]))
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTheFeedSaysSinceWhenItCannotReadAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{err: errors.New("disk")}
		feed := journal.NewFeed(log, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- feed.Run(ctx) }()
		time.Sleep(3 * journal.PollInterval)
		if !feed.LastRead().IsZero() {
			t.Error("nothing was ever read, but the feed says when")
		}
		log.set(chain(3), nil)
		time.Sleep(journal.PollInterval)
		synctest.Wait()
		if feed.LastRead().IsZero() || feed.Number() != 3 {
			t.Errorf("the feed did not recover: at %d, last read %v", feed.Number(), feed.LastRead())
		}
		stop()
		<-done
	})
}
