package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// TestTheDemoHasSomebodyOnCall furnishes an empty demo, twice.
func TestTheDemoHasSomebodyOnCall(t *testing.T) {
	t.Parallel()
	dir := demoDirectory(t)
	current := func() *directory.Directory { return dir }
	store := sql.NewStore(sqltest.Open(t, sqltest.SQLite(t)))
	cfg := defaults()
	o, err := newOnCall(t.Context(), cfg.OnCall, store, current, slog.New(slog.DiscardHandler))
	if err == nil {
		err = o.keep(t.Context(), store, cfg.peopleDesk(store, current), tokensOf(demo.Accounts()))
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := furnishOnCall(context.Background(), o.desk, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if !o.rebuild(t.Context()) {
		t.Fatal("what was kept is not taken")
	}
	plan := o.held.Load()
	policy := plan.Policy("RQW-AE", plans.Critical)
	if len(plan.Rotas()) != 3 || len(policy.Steps) != 4 {
		t.Fatalf("%d rotas, and a policy of %d steps", len(plan.Rotas()), len(policy.Steps))
	}
	for _, step := range policy.Steps[1:] {
		if person, why := plan.Who(step, "RP4", time.Now(), func(string) bool { return true }); person == "" {
			t.Errorf("%s: %s", step.Name, why)
		}
	}
}
