package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/ucpalert/ucpalert/alerts"
)

// reconcileSchedule is how often every open attendance is decided again, in UTC: what it finds is rare (a plan expires, an agreement
// begins), and no patient should wait for it until the night.
const reconcileSchedule = "*/5 * * * *"

// housekeeping does the timed work until the context ends. Deciding again is idempotent, so that several nodes may do it at the same time;
// the proof is for one node, which claims it.
func housekeeping(ctx context.Context, log *slog.Logger, desk *alerts.Desk, visits alerts.Visits, proof *nightlyProof) error {
	reconcile := func() {
		began := time.Now()
		done, err := desk.Reconcile(ctx, visits)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			log.Error("deciding the open attendances again failed for some; it is tried again in five minutes", "error", err, "visits", done.Visits)
		default:
			log.Info("open attendances decided again", "visits", done.Visits, "changes", done.Changes, "took", time.Since(began).String())
		}
	}
	reconcile() // the directory may be another one since the last run
	jobs := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	if _, err := jobs.AddFunc(reconcileSchedule, reconcile); err != nil {
		return err
	}
	if _, err := jobs.AddFunc(proofSchedule, func() { proof.look(ctx) }); err != nil {
		return err
	}
	jobs.Start()
	<-ctx.Done()
	<-jobs.Stop().Done()
	return nil
}
