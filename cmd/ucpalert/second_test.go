package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// TestProfilesWaitForASecondPerson has new rules of where patients are wait over a restart, until somebody agrees.
func TestProfilesWaitForASecondPerson(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		log := slog.New(slog.DiscardHandler)
		cfg := config{Profiles: filepath.Join(t.TempDir(), "profiles"), SecondPerson: []string{guardProfiles}}
		write := func(text string) {
			t.Helper()
			if err := os.MkdirAll(cfg.Profiles, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(cfg.Profiles, "rqw.yaml"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		begin := func() *directoryWatch {
			t.Helper()
			n := node{cfg: cfg, log: log}
			var err error
			if n.habits, n.dir, err = newHabits(cfg, demoDirectory(t), log); err != nil {
				t.Fatal(err)
			}
			if err := n.settle(t.Context(), newGuard(cfg.SecondPerson, store, log)); err != nil {
				t.Fatal(err)
			}
			var held atomic.Pointer[directory.Directory]
			held.Store(n.dir)
			return &directoryWatch{
				held: &held, log: log, habits: n.habits,
				reconcile: func(context.Context) (alerts.Reconciled, error) { return alerts.Reconciled{}, nil },
				record:    func(context.Context, journal.Entry) error { return nil },
			}
		}
		rules := func(w *directoryWatch) (files int) {
			for _, p := range w.habits.held.Load().Profiles() {
				files += len(p.Locations)
			}
			return files
		}
		const none, one = "organisations: [RQW]\n", "organisations: [RQW]\nlocations:\n  - {point_of_care: CORRIDOR, department: RQW-AE}\n"
		write(none)
		w := begin()
		write(one)
		w.lookAtProfiles(t.Context())
		w.lookAtProfiles(t.Context())
		if n := rules(w); n != 0 {
			t.Fatalf("%d rules hold that nobody agreed to", n)
		}
		if w = begin(); rules(w) != 0 {
			t.Fatal("after a restart the new rules hold")
		}
		all, err := store.Proposals(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(p changes.Proposal) bool { return p.Subject == guardProfiles && p.State == changes.Waiting })
		if i < 0 || len(all[i].Summary) != 1 {
			t.Fatalf("proposed was %+v", all)
		}
		agreed, err := all[i].Decide(journal.Actor{Name: "officer", Role: "privacy officer"}, true, "", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Move(t.Context(), agreed, changes.Waiting, time.Now()); err != nil {
			t.Fatal(err)
		}
		if w.lookAtProfiles(t.Context()); rules(w) != 1 {
			t.Fatal("what was agreed to does not hold")
		}
		if w = begin(); rules(w) != 1 {
			t.Fatal("after another restart what was agreed to does not hold")
		}
	})
}
