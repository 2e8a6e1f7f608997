package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
)

// What can be made to wait for a second person.
const (
	guardDirectory = "directory"
	guardRetention = "retention"
	guardCanary    = "canary"
	guardProfiles  = "profiles"
)

// checkSecondPerson refuses what cannot wait for a second person: a mistyped word would guard nothing.
func checkSecondPerson(subjects []string) error {
	known := []string{guardDirectory, guardProfiles, guardRetention, guardCanary}
	for _, s := range subjects {
		if !slices.Contains(known, s) {
			return fmt.Errorf("configuration: second_person can name %s, not %q", strings.Join(known, ", "), s)
		}
	}
	return nil
}

// guard lets changes of some subjects hold only when a second person agreed.
type guard struct {
	subjects []string
	store    changes.Store
	log      *slog.Logger
	// told are the hashes of the texts of which the log was told that they wait.
	told map[string]bool
}

func newGuard(subjects []string, store changes.Store, log *slog.Logger) *guard {
	return &guard{subjects, store, log, map[string]bool{}}
}

// hold returns what holds for a subject: the text, or what held before while it waits. A nil guard lets everything hold.
func (g *guard) hold(ctx context.Context, subject, text string, differences func(held string) []string) (string, error) {
	if g == nil || !slices.Contains(g.subjects, subject) {
		return text, nil
	}
	held, agreed, err := changes.Settle(ctx, g.store, subject, text, differences, time.Now())
	if err != nil {
		return "", fmt.Errorf("find whether a second person agreed to the change of %s: %w", subject, err)
	}
	if hash := changes.HashOf(text); !agreed && !g.told[hash] {
		g.told[hash] = true
		g.log.WarnContext(ctx, "a change waits for a second person, who agrees to it at /changes; what held goes on", "subject", subject)
	}
	return held, nil
}

// settle puts into the node what holds, before anything runs: of the directory, and of what the configuration says of the guarded subjects.
func (n *node) settle(ctx context.Context, g *guard) error {
	if n.cfg.Directory != "" {
		text, err := os.ReadFile(n.cfg.Directory)
		if err != nil {
			return fmt.Errorf("read the directory: %w", err)
		}
		held, err := g.hold(ctx, guardDirectory, string(text), directoryDifferences(string(text)))
		if err != nil {
			return err
		}
		if held != string(text) {
			if n.dir, err = directory.Parse([]byte(held)); err != nil {
				return fmt.Errorf("the directory that a second person agreed to last: %w", err)
			}
		}
	}
	dir, err := n.habits.settle(ctx, g, n.dir)
	if err != nil {
		return err
	}
	n.dir = dir
	kept := struct {
		Visits    visitsConfig    `yaml:"visits"`
		Retention retentionConfig `yaml:"retention"`
	}{n.cfg.Visits, n.cfg.Retention}
	if err := settled(ctx, g, guardRetention, &kept); err != nil {
		return err
	}
	n.cfg.Visits, n.cfg.Retention = kept.Visits, kept.Retention
	return settled(ctx, g, guardCanary, &n.cfg.Canary)
}

// settled puts what holds in the place of a part of the configuration.
func settled[T any](ctx context.Context, g *guard, subject string, part *T) error {
	text, err := yaml.Marshal(part)
	if err != nil {
		return fmt.Errorf("write the configuration of %s: %w", subject, err)
	}
	held, err := g.hold(ctx, subject, string(text), func(held string) []string { return lineDifferences(held, string(text)) })
	if err != nil || held == string(text) {
		return err
	}
	if err := yaml.UnmarshalWithOptions([]byte(held), part, yaml.Strict()); err != nil {
		return fmt.Errorf("read what a second person agreed to last of %s: %w", subject, err)
	}
	return nil
}

// lineDifferences are the lines of a text that another does not have, and the other way round.
func lineDifferences(before, after string) []string {
	var out []string
	old, now := strings.Split(strings.TrimSpace(before), "\n"), strings.Split(strings.TrimSpace(after), "\n")
	for _, line := range old {
		if !slices.Contains(now, line) {
			out = append(out, "Until now: "+line)
		}
	}
	for _, line := range now {
		if !slices.Contains(old, line) {
			out = append(out, "From then on: "+line)
		}
	}
	return out
}

// directoryDifferences says in plain language what changes from a directory that holds to another.
func directoryDifferences(after string) func(held string) []string {
	return func(held string) []string {
		old, err := directory.Parse([]byte(held))
		if err != nil {
			return []string{"The directory that held cannot be read any more: compare the files."}
		}
		now, err := directory.Parse([]byte(after))
		if err != nil {
			return []string{"The new directory cannot be read: refuse it."}
		}
		lines := directory.Differences(old, now)
		if len(lines) == 0 {
			return []string{"Nothing that the service knows changes; the text of the file does."}
		}
		return lines
	}
}
