package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// privacyConfig says how long plans may be open.
type privacyConfig struct {
	OpenAfterDeparture time.Duration `yaml:"open_after_departure"`
	GlassLasts         time.Duration `yaml:"glass_lasts"`
	ReasonLasts        time.Duration `yaml:"reason_lasts"`
}

// The bounds of privacyConfig: shorter than a minute nobody could read a plan, and longer than a day it would be nobody's exception any more.
const (
	shortestOpen = time.Minute
	longestOpen  = 24 * time.Hour
	longestGrace = 7 * 24 * time.Hour
)

func (c privacyConfig) check() error {
	if c.OpenAfterDeparture < shortestOpen || c.OpenAfterDeparture > longestGrace {
		return errors.New("configuration: privacy.open_after_departure must be between 1m and 168h")
	}
	for _, d := range []time.Duration{c.GlassLasts, c.ReasonLasts} {
		if d < shortestOpen || d > longestOpen {
			return errors.New("configuration: privacy.glass_lasts and privacy.reason_lasts must be between 1m and 24h")
		}
	}
	return nil
}

// countRefusals journals how many refusals were only counted, until the context ends.
func countRefusals(refusals *journal.Refusals, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		refusals.Run(ctx, func(err error) {
			log.ErrorContext(ctx, "how often somebody was refused could not be journalled; the access log has it", "error", err)
		})
		return nil
	}
}
