package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/retention"
	"github.com/ucpalert/ucpalert/sql"
)

// retentionConfig says for how long each class of what is kept is kept.
type retentionConfig struct {
	Attendances period `yaml:"attendances"`
	Digests     period `yaml:"digests"`
	Messages    period `yaml:"messages"`
	Quarantine  period `yaml:"quarantine"`
	Drafts      period `yaml:"drafts"`
	Alerts      period `yaml:"alerts"`
	Plans       period `yaml:"plans"`
	Journal     period `yaml:"journal"`
}

// retentionOf are the keys by class.
func retentionOf(p retention.Periods) retentionConfig {
	of := func(c retention.Class) period { return period(p[c]) }
	return retentionConfig{
		of(retention.Attendances), of(retention.Digests), of(retention.Messages), of(retention.Quarantine), of(retention.Drafts), of(retention.Alerts),
		of(retention.Plans), of(retention.Journal),
	}
}

func (c retentionConfig) periods() retention.Periods {
	return retention.Periods{
		retention.Attendances: time.Duration(c.Attendances), retention.Digests: time.Duration(c.Digests), retention.Messages: time.Duration(c.Messages),
		retention.Quarantine: time.Duration(c.Quarantine), retention.Drafts: time.Duration(c.Drafts), retention.Alerts: time.Duration(c.Alerts),
		retention.Plans: time.Duration(c.Plans), retention.Journal: time.Duration(c.Journal),
	}
}

func (c retentionConfig) check() error {
	if err := c.periods().Check(); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// period is a length of time that may be long: 72h, 90d or 8y. A year is 365.25 days.
type period time.Duration

// UnmarshalYAML reads a period.
func (p *period) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "y": 8766 * time.Hour} {
		if digits, is := strings.CutSuffix(text, unit); is {
			n, err := strconv.Atoi(digits)
			if err != nil || n < 0 || n > 36525 {
				return errPeriod
			}
			*p = period(time.Duration(n) * length)
			return nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return errPeriod
	}
	*p = period(d)
	return nil
}

var errPeriod = errors.New("a period is written 72h, 90d or 8y, or 0s for ever")

// MarshalYAML writes a period as UnmarshalYAML reads it.
func (p period) MarshalYAML() (any, error) { return p.String(), nil }

// String writes a period in the largest unit that fits.
func (p period) String() string {
	for _, unit := range []struct {
		length time.Duration
		letter string
	}{{8766 * time.Hour, "y"}, {24 * time.Hour, "d"}} {
		if d := time.Duration(p); d >= unit.length && d%unit.length == 0 {
			return strconv.Itoa(int(d/unit.length)) + unit.letter
		}
	}
	return time.Duration(p).String()
}

const (
	// purgeHour is when what was kept long enough is let go, in UTC: an hour after the proof.
	purgeHour = 3
	// purgeWork names the lease of the work itself, and purgeDone the one that holds until it is due again. A node that dies leaves the work to another
	// after purgeLease.
	purgeWork, purgeDone = "purge", "purge done"
	purgeLease           = 3 * time.Minute
)

// errPurgeTaken ends a purge whose lease another node has now.
var errPurgeTaken = errors.New("another node has the purge now: this one was held up for minutes")

// keeper lets go what was kept long enough; one node at a time.
type keeper struct {
	store   *sql.Store
	periods retention.Periods
	log     *slog.Logger
	now     func() time.Time
	// writes is how often this node was asked to write since it started.
	writes func() int64
}

// look lets go what is over, if that is due and no other node does it.
func (k *keeper) look(ctx context.Context) {
	done, err := k.purgeIfDue(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		k.log.ErrorContext(ctx, "what was kept long enough could not all be let go; it is tried again in five minutes", "error", err)
	}
	for _, r := range done {
		if r.Gone > 0 {
			k.log.InfoContext(ctx, "what was kept long enough was let go", "class", string(r.Class), "gone", r.Gone, "kept for", period(r.Period).String())
		}
	}
}

func (k *keeper) purgeIfDue(ctx context.Context) ([]retention.Result, error) {
	holder := uuid.NewString()
	done, err := k.store.LeaseHolder(ctx, purgeDone, k.now())
	if err != nil || done != "" {
		return nil, err
	}
	ours, err := k.take(ctx, purgeWork, holder, k.now().Add(purgeLease))
	if err != nil || !ours {
		return nil, err
	}
	results, err := k.run(ctx, holder)
	if err == nil {
		_, err = k.take(ctx, purgeDone, holder, nextPurge(k.now()))
	}
	_, release := k.take(context.WithoutCancel(ctx), purgeWork, holder, k.now().Add(-time.Second))
	return results, errors.Join(err, release)
}

func (k *keeper) take(ctx context.Context, work, holder string, until time.Time) (bool, error) {
	return k.store.TakeLease(ctx, work, holder, k.now(), until)
}

// run lets go what is over, with rests, as long as the lease is ours.
func (k *keeper) run(ctx context.Context, holder string) ([]retention.Result, error) {
	extended := k.now()
	beside := newNeighbours(k.writes, k.now())
	return retention.Run(ctx, k.store, k.periods, k.now, false, func(ctx context.Context, took time.Duration) error {
		now := k.now()
		if now.Sub(extended) > purgeLease/4 {
			if ours, err := k.take(ctx, purgeWork, holder, now.Add(purgeLease)); err != nil || !ours {
				return errors.Join(err, errPurgeTaken)
			}
			extended = now
		}
		return rest(ctx, beside.restAfter(took, now))
	})
}

// nextPurge is when the next purge is due.
func nextPurge(now time.Time) time.Time {
	next := time.Date(now.UTC().Year(), now.UTC().Month(), now.UTC().Day(), purgeHour, 0, 0, 0, time.UTC)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

type retentionCommand struct {
	Plan retentionPlan `cmd:"" help:"Say for how long what is kept, and what would be let go now. Nothing is."`
	Run  retentionRun  `cmd:"" help:"Let go now what was kept long enough. The service does it every night."`
}

type retentionPlan struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped."`
}

func (c retentionPlan) Run(ctx context.Context) error { return printPurge(ctx, c.Config, true) }

type retentionRun struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped."`
	DryRun bool   `help:"Only say what would be let go, as plan does."`
}

func (c retentionRun) Run(ctx context.Context) error { return printPurge(ctx, c.Config, c.DryRun) }

func printPurge(ctx context.Context, configFile string, rehearse bool) error {
	lines, err := purgeNow(ctx, configFile, rehearse)
	return errors.Join(err, printLines(os.Stdout, lines))
}

// purgeNow lets go what is over, or only counts it, and says a line for each class.
func purgeNow(ctx context.Context, configFile string, rehearse bool) ([]string, error) {
	at, err := openDatabase(ctx, configFile)
	if err != nil {
		return nil, err
	}
	noPause := func(context.Context, time.Duration) error { return nil }
	done, err := retention.Run(ctx, at.store, at.cfg.Retention.periods(), time.Now, rehearse, noPause)
	lines := make([]string, 0, len(retention.Classes))
	for _, r := range done {
		verb := "gone"
		if rehearse {
			verb = "would go"
		}
		lines = append(lines, fmt.Sprintf("%-12s kept %-4s  %d %s", r.Class, period(r.Period), r.Gone, verb))
	}
	for _, c := range retention.Classes {
		if at.cfg.Retention.periods()[c] == 0 {
			lines = append(lines, fmt.Sprintf("%-12s kept for ever", c))
		}
	}
	return lines, errors.Join(err, at.db.Close())
}
