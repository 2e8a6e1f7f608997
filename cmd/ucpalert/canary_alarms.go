package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/ucpalert/ucpalert/canary"
	"github.com/ucpalert/ucpalert/sql"
)

const (
	// alarmKept is how long a node's word counts that the canary does not come through; it says so again after alarmAgain.
	alarmKept  = 45 * time.Second
	alarmAgain = 15 * time.Second
	// alarmQuiet is how long no node may have an alarm before it is journalled that the canary comes through again: long enough for another
	// node, for which it goes on, to say so again, at its second look at the latest.
	alarmQuiet = alarmAgain + 10*time.Second
)

// canaryAlarms journals the canary's alarms for all nodes: each watches its own listeners, reader and screens, and an alarm of a department is
// told once, by the first that has it, and taken back when none has it any more.
type canaryAlarms struct {
	store *sql.Store
	log   *slog.Logger
	node  string
	// said is when this node last said of a department that it is an alarm.
	said map[string]time.Time
}

func newCanaryAlarms(store *sql.Store, log *slog.Logger) *canaryAlarms {
	return &canaryAlarms{store: store, log: log, node: rand.Text(), said: map[string]time.Time{}}
}

// keep tells what this node sees. What cannot be kept is tried again at the next look.
func (a *canaryAlarms) keep(ctx context.Context, verdicts map[string]canary.Verdict, now time.Time) {
	for id, v := range verdicts {
		said, alarmed := a.said[id]
		switch {
		case v.State == canary.Alarm && now.Sub(said) >= alarmAgain:
			if _, err := a.store.AlarmCanary(ctx, id, a.node, now, now.Add(alarmKept), v.Where+": "+v.Words); err != nil {
				a.failed(ctx, id, err)
				continue
			}
			a.said[id] = now
		case v.State != canary.Alarm && alarmed:
			if err := a.store.LeaveCanary(ctx, id, a.node, now); err != nil {
				a.failed(ctx, id, err)
				continue
			}
			delete(a.said, id)
		}
	}
	journalled, err := a.store.CanaryAlarms(ctx)
	if err != nil {
		a.failed(ctx, "", err)
		return
	}
	for _, id := range journalled {
		if state := verdicts[id].State; state != canary.Passed && state != canary.NoScreen {
			continue
		}
		if _, err := a.store.CanaryBack(ctx, id, now, alarmQuiet); err != nil {
			a.failed(ctx, id, err)
		}
	}
}

func (a *canaryAlarms) failed(ctx context.Context, department string, err error) {
	if ctx.Err() == nil {
		a.log.ErrorContext(ctx, "the canary's alarm could not be journalled", "department", department, "error", err)
	}
}
