package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// quietLog is an empty journal that can always be read.
type quietLog struct{}

func (quietLog) Epoch() string                       { return "e" }
func (quietLog) Head(context.Context) (int64, error) { return 0, nil }
func (quietLog) RoomHeads(context.Context, []string) (map[string]int64, error) {
	return nil, nil
}
func (quietLog) After(context.Context, int64, int) ([]journal.Entry, error) {
	return nil, nil
}
func (quietLog) RoomsAfter(context.Context, []string, int64, int) ([]journal.Entry, error) {
	return nil, nil
}

func TestNoScreenIsLiveWhileNothingCanBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		life := &liveness{feed: journal.NewFeed(quietLog{}, slog.New(slog.DiscardHandler))}
		var full atomic.Bool
		probe := func(context.Context) error {
			if full.Load() {
				return errors.New("disk full")
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 2)
		go func() { done <- life.feed.Run(ctx) }()
		go func() { done <- life.run(ctx, probe) }()
		for _, row := range []struct {
			what string
			full bool
			wait time.Duration
			want bool
		}{
			{"all is well", false, time.Second, true},
			{"the disk has been full for a moment", true, 2 * time.Second, true},
			{"the disk stays full", true, freshness, false},
			{"there is room again", false, 2 * time.Second, true},
		} {
			full.Store(row.full)
			time.Sleep(row.wait)
			synctest.Wait()
			if life.fresh() != row.want {
				t.Errorf("%s: fresh is %v", row.what, life.fresh())
			}
			if !life.reads() {
				t.Errorf("%s: the journal is not read", row.what)
			}
		}
		stop()
		<-done
		<-done
	})
}
