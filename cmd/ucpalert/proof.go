package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/web"
)

const (
	// proofHour is when the nightly proof is due, in UTC: the quietest hour of an A&E department.
	proofHour = 2
	// proofLease is for how long one node has the proof; it takes a minute for a million plans.
	proofLease = 30 * time.Minute
	// proofStale is how old the newest report may be.
	proofStale = 48 * time.Hour
)

type proofCommand struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped: while it runs it proves by itself, see /api/proofs."`
}

// Run proves once, keeps and prints the report, and fails if there was a difference.
func (c proofCommand) Run(ctx context.Context) error {
	db, store, dir, _, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
	report, err := prove(ctx, desk, store)
	if report.Ended.IsZero() {
		return errors.Join(err, db.Close())
	}
	err = errors.Join(err, printProof(os.Stdout, report))
	if n := len(report.Findings); n > 0 {
		err = errors.Join(err, fmt.Errorf("%d alerts were not as they should be", n))
	}
	return errors.Join(err, db.Close())
}

// prove compares, and keeps the report.
func prove(ctx context.Context, desk *alerts.Desk, store *sql.Store) (alerts.Proof, error) {
	report, err := desk.Prove(ctx, store, rest)
	if report.Ended.IsZero() {
		return report, err
	}
	return report, errors.Join(err, store.KeepProof(ctx, report))
}

// rest leaves the machine to others for twice as long as the work took: hospitals wait for their answers, a proof can wait.
func rest(ctx context.Context, took time.Duration) {
	timer := time.NewTimer(2 * took)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func printProof(w io.Writer, p alerts.Proof) error {
	lines := []string{
		fmt.Sprintf("%d open attendances compared with %d plans in %s", p.Visits, p.Plans, p.Ended.Sub(p.Began).Round(time.Millisecond)),
		fmt.Sprintf("%d alerts should stand, %d did", p.Expected, p.Found),
	}
	for _, f := range p.Findings {
		outcome := "mended"
		if !f.Mended {
			outcome = "NOT MENDED"
		}
		lines = append(lines, fmt.Sprintf("%s: attendance %s, plan %s of %s, department %s: %s", f.Fault, f.Attendance, f.Plan, f.Centre, f.Department, outcome))
	}
	if len(p.Findings) == 0 {
		lines = append(lines, "no alert is missing, and none is false")
	}
	return printLines(w, lines)
}

// nightlyProof proves when that is due, on one node at a time.
type nightlyProof struct {
	desk  *alerts.Desk
	store *sql.Store
	log   *slog.Logger
	now   func() time.Time
	// holder names this node to the others.
	holder string
}

// proofDue tells whether no proof has ended since the last time that one was due.
func proofDue(now, newest time.Time) bool {
	due := time.Date(now.UTC().Year(), now.UTC().Month(), now.UTC().Day(), proofHour, 0, 0, 0, time.UTC)
	if now.Before(due) {
		due = due.AddDate(0, 0, -1)
	}
	return newest.Before(due)
}

// look proves if it is time and nobody else does. A difference is an alarm, also if it was mended: something went wrong before.
func (n *nightlyProof) look(ctx context.Context) {
	report, did, err := n.run(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		n.log.ErrorContext(ctx, "the proof of no miss could not be finished; it is tried again", "error", err, "findings", len(report.Findings))
	case did && len(report.Findings) > 0:
		n.log.ErrorContext(ctx, "the proof of no miss found alerts that were not as they should be; see /api/proofs", "proof", report.ID,
			"findings", len(report.Findings), "mended", report.Mended())
	case did:
		n.log.InfoContext(ctx, "no alert is missing and none is false", "proof", report.ID, "visits", report.Visits, "plans", report.Plans,
			"alerts", report.Expected, "took", report.Ended.Sub(report.Began).String())
	}
}

func (n *nightlyProof) run(ctx context.Context) (report alerts.Proof, did bool, err error) {
	newest, err := n.store.Proofs(ctx, 1)
	if err != nil {
		return alerts.Proof{}, false, err
	}
	now := n.now()
	if len(newest) > 0 && !proofDue(now, newest[0].Ended) {
		return alerts.Proof{}, false, nil
	}
	mine, err := n.store.Claim(ctx, "proof", n.holder, now, now.Add(proofLease))
	if err != nil || !mine {
		return alerts.Proof{}, false, err
	}
	report, err = prove(ctx, n.desk, n.store)
	return report, true, err
}

// proofCheck tells of the newest report. It is advisory: a node that is sent no messages would only miss more.
func proofCheck(ctx context.Context, proofs web.Proofs, now time.Time) web.Check {
	check := web.Check{Name: "proof", OK: true, Advisory: true}
	newest, err := proofs.Proofs(ctx, 1)
	switch {
	case err != nil:
		check.OK, check.Reason = false, "the reports of the proof cannot be read; see the log"
	case len(newest) == 0: // none was due yet
	case !newest[0].Mended():
		check.OK, check.Reason = false, "the newest proof found alerts that were not as they should be, and not all could be mended; see /api/proofs"
	case len(newest[0].Findings) > 0:
		check.OK, check.Reason = false, "the newest proof found alerts that were not as they should be; they were mended; see /api/proofs"
	case now.Sub(newest[0].Ended) > proofStale:
		check.OK, check.Reason = false, "there was no proof for two days; see the log"
	}
	return check
}
