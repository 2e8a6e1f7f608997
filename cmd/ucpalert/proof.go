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
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
)

type proofCommand struct {
	Run  proofRun  `cmd:"" default:"withargs" help:"Prove once that no alert is missing and none is false, mend what is, and print the report."`
	List proofList `cmd:"" help:"List the newest reports."`
	Show proofShow `cmd:"" help:"Print one report with its findings."`
}

// proofPlace is where proofs are made and kept.
type proofPlace struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped: while it runs it proves by itself, and whenever it is asked with POST /api/proofs."`
}

type proofRun struct{ proofPlace }

// Run proves once, keeps and prints the report, and fails if there was a difference.
func (c proofRun) Run(ctx context.Context) error {
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	return errors.Join(c.prove(ctx, newProver(at.desk(), at.db, slog.New(slog.DiscardHandler))), at.db.Close())
}

func (c proofRun) prove(ctx context.Context, p *prover) error {
	by := journal.Actor{Name: "ucpalert proof", Role: journal.Service.Role}
	id, began, err := p.Prove(ctx, by)
	if err != nil {
		return err
	}
	if !began {
		return fmt.Errorf("a node of the service proves just now: read its report with `ucpalert proof show %s` when it has ended", id)
	}
	report, err := p.prove(ctx, <-p.begun)
	if report.Ended.IsZero() {
		return err
	}
	err = errors.Join(err, printProof(os.Stdout, report))
	if n := len(report.Findings); n > 0 {
		err = errors.Join(err, fmt.Errorf("%d alerts were not as they should be", n))
	}
	return err
}

type proofList struct{ proofPlace }

// Run prints a line for each report, the newest first.
func (c proofList) Run(ctx context.Context) error {
	return c.read(ctx, func(store *sql.Store) error {
		kept, err := store.Proofs(ctx, 31)
		if err != nil {
			return err
		}
		var lines []string
		for _, p := range kept {
			lines = append(lines, fmt.Sprintf("%s  %s  %d attendances, %d plans: %s", p.Ended.UTC().Format(time.RFC3339), p.ID, p.Visits, p.Plans, p.Outcome()))
		}
		if len(kept) == 0 {
			lines = []string{"there was no proof yet"}
		}
		return printLines(os.Stdout, lines)
	})
}

type proofShow struct {
	proofPlace
	ID string `arg:"" help:"The id of the report."`
}

// Run prints one report.
func (c proofShow) Run(ctx context.Context) error {
	return c.read(ctx, func(store *sql.Store) error {
		report, err := store.Proof(ctx, c.ID)
		if err != nil {
			return err
		}
		return printProof(os.Stdout, report)
	})
}

func (c proofPlace) read(ctx context.Context, do func(*sql.Store) error) error {
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	return errors.Join(do(at.store), at.db.Close())
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
