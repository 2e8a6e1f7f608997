package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// part is something that runs until its context ends.
type part struct {
	name string
	run  func(context.Context) error
}

// stopTimeout is how long each part may take to end before the next is told to; a part that hangs must not keep the others open.
const stopTimeout = 15 * time.Second

// runParts runs all parts at the same time until the context ends or one of them does, and then stops them one after the other in the
// order given: who takes work in first, who the others need last.
func runParts(ctx context.Context, log *slog.Logger, parts ...part) error {
	ended := make(chan error, len(parts))
	cancels := make([]context.CancelFunc, len(parts))
	dones := make([]chan struct{}, len(parts))
	for i, p := range parts {
		partCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		cancels[i], dones[i] = cancel, make(chan struct{})
		go func() { // waited for through dones, below
			defer close(dones[i])
			err := p.run(partCtx)
			if errors.Is(err, context.Canceled) && partCtx.Err() != nil {
				err = nil // it was asked to
			}
			switch {
			case err != nil:
				ended <- fmt.Errorf("%s: %w", p.name, err)
			case partCtx.Err() == nil:
				ended <- fmt.Errorf("%s ended by itself", p.name)
			}
		}()
	}
	var failures []error
	select {
	case <-ctx.Done():
		log.Info("stopping")
	case err := <-ended:
		failures = append(failures, err)
	}
	for i, p := range parts {
		cancels[i]()
		select {
		case <-dones[i]:
		case <-time.After(stopTimeout):
			failures = append(failures, fmt.Errorf("%s did not stop within %s", p.name, stopTimeout))
		}
	}
	for len(ended) > 0 {
		failures = append(failures, <-ended)
	}
	return errors.Join(failures...)
}
