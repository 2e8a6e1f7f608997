package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// benchCommand measures the program that is running: it starts itself as a server on a fresh folder and sends to it, on the same cores.
type benchCommand struct {
	Out     string        `default:"bench-out" help:"Folder for the figures as JSON."`
	Data    string        `help:"Folder to make the servers' databases in, on the disk to be measured; the system's folder for temporary files if empty."`
	Seed    uint64        `default:"1" help:"Decides who comes in which order."`
	Plans   int           `default:"100000" help:"How many plans are held."`
	Held    int           `default:"0" help:"Then measure again with this many plans (1000000, say), imported into a fresh database; 0: do not."`
	Each    time.Duration `default:"10s" name:"each" help:"How long each load lasts."`
	Screens int           `default:"200" help:"How many screens are connected while latency is measured."`
	Idle    int           `default:"1000" help:"How many screens are connected while memory is measured."`
	Backlog int           `default:"100000" help:"How many messages a hospital has to send after an outage."`
}

// figure is one thing measured. Target is empty where none was set.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Target string  `json:"target,omitempty"`
	// Reached is nil where there is no target.
	Reached *bool `json:"reached,omitempty"`
}

// report is what a run writes.
type benchReport struct {
	Began   time.Time `json:"began"`
	Version string    `json:"version"`
	Go      string    `json:"go"`
	CPUs    int       `json:"cpus"`
	Seed    uint64    `json:"seed"`
	Plans   int       `json:"plans"`
	Seconds float64   `json:"seconds_per_load"`
	Figures []figure  `json:"figures"`
}

// more and less add a figure with the value that it should at least, or at most, have; no limit for 0.
func (r *benchReport) more(name string, value float64, unit string, atLeast float64) {
	f := figure{Name: name, Value: value, Unit: unit}
	if atLeast > 0 {
		reached := value >= atLeast
		f.Target, f.Reached = fmt.Sprintf("≥ %g", atLeast), &reached
	}
	r.Figures = append(r.Figures, f)
}

func (r *benchReport) less(name string, value float64, unit string, below float64) {
	f := figure{Name: name, Value: value, Unit: unit}
	if below > 0 {
		reached := value < below
		f.Target, f.Reached = fmt.Sprintf("< %g", below), &reached
	}
	r.Figures = append(r.Figures, f)
}

func (r *benchReport) milliseconds(name string, d time.Duration, below float64) {
	r.less(name, float64(d.Microseconds())/1000, "ms", below)
}

// benchStep is one group of figures.
type benchStep struct {
	name string
	run  func(context.Context, *benchServer, *benchReport) error
}

// Run measures in turn: publishing, memory, the way from a message to a screen, intake at 1, 8 and 64 connections, a
// backlog, and a feed beside others that misbehave. Nobody of the loads ever
// leaves, so what has to do with screens is measured before the boards are longer than any real one.
func (c benchCommand) Run(ctx context.Context) error {
	r := &benchReport{
		Began: time.Now().UTC(), Version: version, Go: runtime.Version(), CPUs: runtime.NumCPU(), Seed: c.Seed, Plans: c.Plans,
		Seconds: c.Each.Seconds(),
	}
	err := c.onServer(ctx, r, demoServer, []benchStep{
		{"start", startServer}, {"publish", c.publish}, {"memory", c.memory}, {"latency", c.latency}, {"intake", c.intake}, {"backlog", c.backlog}, {"neighbours", c.neighbours},
	})
	if err == nil {
		err = c.onServer(ctx, r, demoServer, []benchStep{{"import a file", c.importDirect}, {"start", startServer}})
	}
	if err == nil {
		err = c.onServer(ctx, r, demoServer, []benchStep{{"start", startServer}, {"import a file over HTTP", c.importOverHTTP}})
	}
	if err == nil && c.Held > c.Plans {
		// A fresh folder: in the other one thousands of people stand in a department, and would all get an alert with their plan.
		err = c.onServer(ctx, r, demoServer, []benchStep{{"import and look-up", c.fillAndLook}, {"start", startServer}, {"proof beside the intake", c.proofBeside}, {"intake with all plans", c.full}})
	}
	if err != nil {
		return err
	}
	return r.write(c.Out)
}

// onServer goes through the steps with a server on a fresh folder, which is prepared by prepare.
func (c benchCommand) onServer(ctx context.Context, r *benchReport, prepare func(*benchServer, *config) error, steps []benchStep) error {
	server, err := newBenchServer(c.Data, prepare)
	if err != nil {
		return err
	}
	defer server.remove()
	for _, step := range append(steps, benchStep{"stop", stopServer}) {
		fmt.Fprintf(os.Stderr, "%s …\n", step.name)
		if err := step.run(ctx, server, r); err != nil {
			return fmt.Errorf("measure %s: %w", step.name, err)
		}
	}
	return nil
}

// write prints the table and keeps the figures as JSON.
func (r *benchReport) write(folder string) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "figure\tvalue\tunit\ttarget\t\n")
	for _, f := range r.Figures {
		mark := ""
		if f.Reached != nil {
			mark = map[bool]string{true: "reached", false: "NOT reached"}[*f.Reached]
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", f.Name, number(f.Value), f.Unit, f.Target, mark)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("keep the figures: %w", err)
	}
	name := filepath.Join(folder, "bench-"+r.Began.Format("20060102T150405")+".json")
	if err := os.WriteFile(name, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("keep the figures: %w", err)
	}
	fmt.Println("figures kept in", name)
	return nil
}

// number writes a value with as many digits as it deserves.
func number(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}
