package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/web"
)

const (
	// proofHour is when the nightly proof is due, in UTC: the quietest hour of an A&E department.
	proofHour = 2
	// proofWork names the lease; its holder is the id of the report. A node that dies leaves the work to another after proofLease.
	proofWork  = "proof"
	proofLease = 3 * time.Minute
	// proofStale is how old the newest report may be.
	proofStale = 48 * time.Hour
)

// errProofTaken ends a proof whose lease another node has now.
var errProofTaken = errors.New("another node has the proof now: this one was held up for minutes")

// prover proves by night when that is due, and whenever somebody asks; one proof at a time on all nodes.
type prover struct {
	desk  *alerts.Desk
	store *sql.Store
	log   *slog.Logger
	now   func() time.Time
	// writes is how often this node was asked to write since it started.
	writes func() int64
	// begun are proofs whose lease this node has taken. The lease lets only one be under way.
	begun chan begunProof
	// under is the proof that this node has under way, and how many plans it has gone through.
	under atomic.Pointer[underWay]
}

// underWay is the evidence of a proof, which counts the plans that pass.
type underWay struct {
	alerts.Evidence
	id       string
	compared atomic.Int64
}

// PlansAfter implements [alerts.Evidence].
func (u *underWay) PlansAfter(ctx context.Context, id string, limit int, to []plans.Plan) ([]plans.Plan, error) {
	slice, err := u.Evidence.PlansAfter(ctx, id, limit, to)
	u.compared.Add(int64(len(slice) - len(to)))
	return slice, err
}

type begunProof struct {
	id string
	by journal.Actor
}

// newProver proves with the desk and the store of a database.
func newProver(desk *alerts.Desk, db *sql.DB, log *slog.Logger) *prover {
	return &prover{desk: desk, store: sql.NewStore(db), log: log, now: time.Now, writes: db.Writes, begun: make(chan begunProof, 1)}
}

// Prove implements [web.Prover].
func (p *prover) Prove(ctx context.Context, by journal.Actor) (id string, began bool, err error) {
	id = alerts.NewProofID()
	ours, err := p.take(ctx, id)
	if err != nil {
		return "", false, err
	}
	if !ours {
		other, err := p.Proving(ctx)
		if err == nil && other == "" { // it ended just now
			return p.Prove(ctx, by)
		}
		return other, false, err
	}
	select {
	case p.begun <- begunProof{id, by}:
		return id, true, nil
	case <-ctx.Done():
		return "", false, errors.Join(ctx.Err(), p.release(context.WithoutCancel(ctx), id))
	}
}

// Proving implements [web.Prover].
func (p *prover) Proving(ctx context.Context) (string, error) {
	return p.store.LeaseHolder(ctx, proofWork, p.now())
}

// Compared implements [web.Prover].
func (p *prover) Compared(id string) int {
	if under := p.under.Load(); under != nil && under.id == id {
		return int(under.compared.Load())
	}
	return 0
}

func (p *prover) take(ctx context.Context, id string) (bool, error) {
	now := p.now()
	return p.store.TakeLease(ctx, proofWork, id, now, now.Add(proofLease))
}

// release lets the next proof begin at once. If it fails, the lease runs out by itself.
func (p *prover) release(ctx context.Context, id string) error {
	now := p.now()
	_, err := p.store.TakeLease(ctx, proofWork, id, now, now.Add(-time.Second))
	return err
}

// run does what was begun until the context ends.
func (p *prover) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case b := <-p.begun:
			p.say(ctx)(p.prove(ctx, b))
		}
	}
}

// prove compares, and keeps the report.
func (p *prover) prove(ctx context.Context, b begunProof) (report alerts.Proof, err error) {
	defer func() { err = errors.Join(err, p.release(context.WithoutCancel(ctx), b.id)) }()
	extended := p.now()
	under := &underWay{Evidence: p.store, id: b.id}
	p.under.Store(under)
	defer p.under.Store(nil)
	beside := newNeighbours(p.writes, p.now())
	report, err = p.desk.Prove(ctx, under, alerts.ProofRequest{ID: b.id, Pause: func(ctx context.Context, took time.Duration) error {
		now := p.now()
		if now.Sub(extended) > proofLease/4 {
			if ours, err := p.take(ctx, b.id); err != nil || !ours {
				return errors.Join(err, errProofTaken)
			}
			extended = now
		}
		return rest(ctx, beside.restAfter(took, now))
	}})
	if report.Ended.IsZero() {
		return report, err
	}
	return report, errors.Join(err, p.store.KeepProof(ctx, report, b.by))
}

// fewWrites is up to how many writes in a second a node has nothing else to do: its own probe writes once.
const fewWrites = 3

// neighbours tells how long a proof leaves the machine to others: hospitals wait for their answers, a proof can wait.
type neighbours struct {
	writes func() int64
	// before is how many writes there had been at since, when the second that is watched began.
	before int64
	since  time.Time
	quiet  bool // in the second before
}

// newNeighbours takes the first second for a busy one.
func newNeighbours(writes func() int64, now time.Time) *neighbours {
	return &neighbours{writes: writes, before: writes(), since: now}
}

// restAfter is how long to rest after work that took so long: a quarter as long again, and a quarter of it where nothing arrives.
func (n *neighbours) restAfter(took time.Duration, now time.Time) time.Duration {
	writes := n.writes()
	few := writes-n.before <= fewWrites
	if now.Sub(n.since) >= time.Second {
		n.before, n.since, n.quiet = writes, now, few
	}
	if few && n.quiet {
		return took / 4
	}
	return took + took/4
}

// rest waits.
func rest(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// say tells the log how a proof ended. A difference is an alarm, also if it was mended: something went wrong before.
func (p *prover) say(ctx context.Context) func(alerts.Proof, error) {
	return func(report alerts.Proof, err error) {
		switch {
		case ctx.Err() != nil:
		case err != nil:
			p.log.ErrorContext(ctx, "the proof of no miss could not be finished; it is tried again", "error", err, "findings", len(report.Findings))
		case len(report.Findings) > 0:
			p.log.ErrorContext(ctx, "the proof of no miss found alerts that were not as they should be; see /api/proofs", "proof", report.ID,
				"findings", len(report.Findings), "mended", report.Mended())
		default:
			p.log.InfoContext(ctx, "no alert is missing and none is false", "proof", report.ID, "visits", report.Visits, "plans", report.Plans,
				"alerts", report.Expected, "took", report.Ended.Sub(report.Began).String())
		}
	}
}

// look begins the nightly proof if it is time and none is under way.
func (p *prover) look(ctx context.Context) {
	err := p.beginIfDue(ctx)
	if err != nil && ctx.Err() == nil {
		p.log.ErrorContext(ctx, "the proof of no miss could not be begun; it is tried again in five minutes", "error", err)
	}
}

func (p *prover) beginIfDue(ctx context.Context) error {
	newest, err := p.store.Proofs(ctx, 1)
	if err != nil || len(newest) > 0 && !proofDue(p.now(), newest[0].Ended) {
		return err
	}
	_, _, err = p.Prove(ctx, journal.Service)
	if err != nil {
		return fmt.Errorf("begin the nightly proof: %w", err)
	}
	return nil
}

// proofDue tells whether no proof has ended since the last time that one was due.
func proofDue(now, newest time.Time) bool {
	due := time.Date(now.UTC().Year(), now.UTC().Month(), now.UTC().Day(), proofHour, 0, 0, 0, time.UTC)
	if now.Before(due) {
		due = due.AddDate(0, 0, -1)
	}
	return newest.Before(due)
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
