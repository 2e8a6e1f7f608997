package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
)

func TestPartsStopInTheOrderGiven(t *testing.T) {
	var mu sync.Mutex
	var stopped []string
	running := func(name string) part {
		return part{name, func(ctx context.Context) error {
			<-ctx.Done()
			mu.Lock()
			defer mu.Unlock()
			stopped = append(stopped, name)
			return ctx.Err()
		}}
	}
	failure := errors.New("port taken")
	failing := part{"failing", func(context.Context) error { return failure }}
	ended := part{"ended", func(context.Context) error { return nil }}
	asked, ask := context.WithCancel(t.Context())
	ask()
	for _, row := range []struct {
		what  string
		ctx   context.Context
		parts []part
		fails bool
	}{
		{"asked to stop", asked, []part{running("a"), running("b"), running("c")}, false},
		{"one fails", t.Context(), []part{running("a"), failing, running("b"), running("c")}, true},
		{"one ends by itself", t.Context(), []part{running("a"), running("b"), ended, running("c")}, true},
	} {
		t.Run(row.what, func(t *testing.T) {
			stopped = nil
			err := runParts(row.ctx, slog.New(slog.DiscardHandler), row.parts...)
			if (err != nil) != row.fails {
				t.Errorf("ended with %v", err)
			}
			if !slices.Equal(stopped, []string{"a", "b", "c"}) {
				t.Errorf("stopped in the order %v", stopped)
			}
		})
	}
}
