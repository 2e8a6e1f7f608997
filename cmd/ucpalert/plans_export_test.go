package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/files"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// take imports a file into a database as `ucpalert plans import --config` does.
func take(t *testing.T, store *sql.Store, name, content string) files.Report {
	t.Helper()
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
	to := deskPublisher{desk, "RP4", files.Limits(false)}
	report, err := files.Import(t.Context(), files.Read(strings.NewReader(content), name, "RP4"), to, 16, func(int64) {})
	if err != nil || len(report.Refused) > 0 {
		t.Fatalf("import %s: %+v %v", name, report, err)
	}
	return report
}

func export(t *testing.T, store *sql.Store, query plans.Query) string {
	t.Helper()
	query.Limit = 7 // several pages
	var b strings.Builder
	if _, err := exportPlans(t.Context(), store, query, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsExportedIsImportedAgainAsItWas(t *testing.T) {
	var bundles, rows bytes.Buffer
	if err := demo.ImportBundles(&bundles, "RP4", 30); err != nil {
		t.Fatal(err)
	}
	if err := demo.ImportRows(&rows, 30); err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		take(t, store, "a.ndjson", bundles.String())
		take(t, store, "a.csv", rows.String())
		exported := export(t, store, plans.Query{Centre: "RP4"})
		if lines := strings.Count(exported, "\n"); lines != 60 {
			t.Fatalf("%d lines", lines)
		}
		if again := take(t, store, "again.ndjson", exported); again.Unchanged != 60 {
			t.Errorf("where it came from it changes something: %+v", again)
		}

		other, err := sql.Open(t.Context(), sql.Options{DataDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = other.Close() }()
		if first := take(t, sql.NewStore(other), "first.ndjson", exported); first.Created != 60 {
			t.Errorf("elsewhere: %+v", first)
		}
		for _, id := range []string{"load-0000007", "row-7"} {
			a, err := store.Plan(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			b, err := sql.NewStore(other).Plan(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if string(a.Document) != string(b.Document) || a.Plan.Patient != b.Plan.Patient || a.Plan.Headline != b.Plan.Headline {
				t.Errorf("plan %s is another one elsewhere", id)
			}
		}
	})
}

func TestAnExportIsByCentreAndStatusAndJournalled(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		var rows strings.Builder
		rows.WriteString("nhs_number,plan_id,headline,status\n")
		for i, status := range []string{"active", "revoked", "active", "draft"} {
			fmt.Fprintf(&rows, "9990000018,p-%d,H,%s\n", i, status)
		}
		take(t, store, "a.csv", rows.String())
		before, err := store.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			query plans.Query
			want  int
		}{
			{plans.Query{Centre: "RP4", Statuses: []plans.Status{plans.Active}}, 2},
			{plans.Query{Centre: "RP4", Statuses: []plans.Status{plans.Active, plans.Draft}}, 3},
			{plans.Query{Centre: "RJZ"}, 0},
		} {
			if got := strings.Count(export(t, store, row.query), "\n"); got != row.want {
				t.Errorf("%+v: %d lines, want %d", row.query, got, row.want)
			}
		}
		entries, err := store.After(t.Context(), before, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Kind != journal.PlanRead || e.Actor.Organisation != "RP4" {
				t.Errorf("journalled %s by %+v", e.Kind, e.Actor)
			}
		}
		if len(entries) != 5 {
			t.Errorf("%d readings are journalled, want 5", len(entries))
		}
	})
}
