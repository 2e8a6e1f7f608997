package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/sql"
)

// The schedules, in UTC.
const (
	// reconcileSchedule is how often every open attendance is decided again: what it finds is rare (a plan expires, an agreement begins),
	// and no patient should wait for it until the night. Midnight in London is one of its times, when most periods end.
	reconcileSchedule = "*/5 * * * *"
	// proofSchedule and reviewSchedule are how often it is looked whether the day's work was done: a node that stops with it undone leaves
	// it to another one, not to the next day. They stand between two runs of reconcileSchedule.
	proofSchedule  = "3-59/5 * * * *"
	reviewSchedule = "4-59/5 * * * *"
	// forgetSchedule is how often records of people are dropped that nobody needs any more. Several nodes may do it at the same time.
	forgetSchedule = "17 * * * *"
	// purgeSchedule is how often it is looked whether the night's purge was done.
	purgeSchedule = "2-59/5 * * * *"
)

// housekeeping does the timed work until the context ends. Deciding again is idempotent, so that several nodes may do it at the same time;
// the proof, the notices of reviews and the purge are for one node, which has a lease of them.
func housekeeping(ctx context.Context, log *slog.Logger, desk *alerts.Desk, store *sql.Store, proof *prover, keep *keeper, visits visitsConfig) error {
	quiet := alerts.Quiet{InDepartment: visits.CloseAfter, Elsewhere: visits.CloseAdmittedAfter}
	reconcile(ctx, log, desk, store) // the directory may be another one since the last run
	jobs := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	for _, job := range []struct {
		schedule string
		do       func()
	}{
		{reconcileSchedule, func() { reconcile(ctx, log, desk, store); lapse(ctx, log, desk, store, quiet) }},
		{proofSchedule, func() { proof.look(ctx) }},
		{reviewSchedule, func() { noteReviews(ctx, log, store) }},
		{purgeSchedule, func() { keep.look(ctx) }},
		{forgetSchedule, func() { forgetPersons(ctx, log, desk, store, visits.ForgetPersonsAfter) }},
	} {
		if _, err := jobs.AddFunc(job.schedule, job.do); err != nil {
			return fmt.Errorf("schedule %s: %w", job.schedule, err)
		}
	}
	jobs.Start()
	<-ctx.Done()
	<-jobs.Stop().Done()
	return nil
}

func reconcile(ctx context.Context, log *slog.Logger, desk *alerts.Desk, visits alerts.Visits) {
	began := time.Now()
	done, err := desk.Reconcile(ctx, visits)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.ErrorContext(ctx, "deciding the open attendances again failed for some; it is tried again in five minutes", "error", err, "visits", done.Visits)
	default:
		log.InfoContext(ctx, "open attendances decided again", "visits", done.Visits, "changes", done.Changes, "took", time.Since(began).String())
	}
}

// lapse closes visits whose departure was never told. It does not run at the start: the messages of an outage may be on their way.
func lapse(ctx context.Context, log *slog.Logger, desk *alerts.Desk, visits alerts.QuietVisits, quiet alerts.Quiet) {
	closed, err := desk.Lapse(ctx, visits, quiet)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.ErrorContext(ctx, "visits of which nothing was heard could not all be closed; it is tried again in five minutes", "error", err, "closed", closed)
	case closed > 0:
		log.WarnContext(ctx, "visits were closed because nothing was heard of them: the departures may not be sent", "visits", closed)
	}
}

// forgetPersons drops what was said of people who have no visit. It does not run at the start either.
func forgetPersons(ctx context.Context, log *slog.Logger, desk *alerts.Desk, records alerts.QuietPersons, after time.Duration) {
	if after <= 0 {
		return
	}
	began := time.Now()
	dropped, err := desk.ForgetPersons(ctx, records, after)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.ErrorContext(ctx, "records of people of which nothing was heard could not all be dropped; it is tried again in an hour", "error", err, "dropped", dropped)
	case dropped > 0:
		log.InfoContext(ctx, "records of people of which nothing was heard were dropped", "records", dropped, "took", time.Since(began).String())
	}
}

// noteReviews tells each centre once a day, in the journal, how many of its plans are to be reviewed. The centre's pages list them.
func noteReviews(ctx context.Context, log *slog.Logger, store *sql.Store) {
	zone, err := time.LoadLocation(directory.DefaultTimeZone)
	if err != nil {
		log.ErrorContext(ctx, "the zone of the centres is not known", "error", err)
		return
	}
	now := time.Now()
	noted, err := store.NoteReviews(ctx, now, now.In(zone))
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.ErrorContext(ctx, "the reviews that are due could not be noted; it is tried again in five minutes", "error", err)
	}
	for _, r := range noted {
		log.InfoContext(ctx, "a centre's plans are to be reviewed", "centre", r.Centre, "due", r.Due, "overdue", r.Overdue)
	}
}
