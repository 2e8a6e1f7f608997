package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/files"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// entry is a CarePlan of a Bundle with its request.
func entry(id, identifier, request string) string {
	return fmt.Sprintf(`{"resource":{"resourceType":"CarePlan","id":"%s","identifier":[{"system":"urn:x","value":"%s"}],"status":"active","intent":"plan","title":"H",`+
		`"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}}},"request":%s}`, id, identifier, request)
}

func put(id string) string { return fmt.Sprintf(`{"method":"PUT","url":"CarePlan/%s"}`, id) }

func bundle(entries ...string) string {
	return `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + "]}\n"
}

// demoDesk is a desk of the demo's hospitals on a database, and its store.
func demoDesk(t *testing.T, db *sql.DB) (*sql.Store, *alerts.Desk) {
	t.Helper()
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	store := sql.NewStore(db)
	return store, alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
}

func TestALineIsPublishedWholeOrNotAtAll(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store, desk := demoDesk(t, db)
		publish := func(centre, content string) files.Report {
			t.Helper()
			report, err := files.Import(t.Context(), files.Read(strings.NewReader(content), "x.ndjson", centre), deskPublisher{desk, centre, files.Limits(false)}, 1, func(int64) {})
			if err != nil {
				t.Fatal(err)
			}
			return report
		}
		if r := publish("RP4", bundle(entry("a", "1", put("a")), entry("b", "2", put("b")))); r.Created != 1 {
			t.Errorf("two plans in a line: %+v", r)
		}
		for _, row := range []struct{ what, centre, line, want string }{
			{"another centre's plan beside an own one", "RJZ", bundle(entry("c", "3", put("c")), entry("a", "1", put("a"))), "belongs to another centre"},
			{"a version that is no longer held", "RP4", bundle(entry("c", "3", put("c")), entry("a", "1", `{"method":"PUT","url":"CarePlan/a","ifMatch":"W/\"7\""}`)), "Another version is held"},
		} {
			r := publish(row.centre, row.line)
			if len(r.Refused) != 1 || !strings.Contains(r.Refused[0].Outcome.Error(), row.want) {
				t.Errorf("%s: %+v", row.what, r)
			}
			if _, err := store.Plan(t.Context(), "c"); err == nil {
				t.Errorf("%s: the other plan of the line was published", row.what)
			}
		}
		once := bundle(entry("ignored", "4", `{"method":"POST","url":"CarePlan","ifNoneExist":"identifier=urn:x|4"}`))
		if r := publish("RP4", once); r.Created != 1 {
			t.Errorf("a plan that must not exist: %+v", r)
		}
		if r := publish("RP4", once); r.Unchanged != 1 {
			t.Errorf("the same again: %+v", r)
		}
	})
}

// Lines that are published together end as each would for itself: one that is refused takes no other with it, and one that asks for a plan by an
// identifier finds the one that another line makes.
func TestLinesThatArePublishedTogetherEndAsEachForItself(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store, desk := demoDesk(t, db)
		publish := func(centre string, content ...string) []files.Settled {
			t.Helper()
			var lines []files.Line
			for line, err := range files.Read(strings.NewReader(strings.Join(content, "")), "x.ndjson", centre) {
				if err != nil || line.Refusal != nil {
					t.Fatalf("line %d: %v, %v", line.Number, line.Refusal, err)
				}
				lines = append(lines, line)
			}
			return deskPublisher{desk, centre, files.Limits(false)}.PublishTogether(t.Context(), lines)
		}
		if s := publish("RJZ", bundle(entry("theirs", "0", put("theirs")))); s[0] != (files.Settled{Fate: files.Created}) {
			t.Fatalf("%+v", s)
		}
		asks := bundle(entry("ignored", "4", `{"method":"POST","url":"CarePlan","ifNoneExist":"identifier=urn:x|4"}`))
		clean := []string{bundle(entry("a", "1", put("a")), entry("b", "2", put("b"))), bundle(entry("c", "3", put("c"))), asks, asks}
		for _, row := range []struct {
			what  string
			lines []string
			fates []files.Fate // 0: refused
		}{
			{"all are new, and the last asks for what the one before it made", clean, []files.Fate{files.Created, files.Created, files.Created, files.Unchanged}},
			{"the same again", clean, []files.Fate{files.Unchanged, files.Unchanged, files.Unchanged, files.Unchanged}},
			{"another centre's plan among them", []string{bundle(entry("d", "5", put("d"))), bundle(entry("theirs", "0", put("theirs"))), bundle(entry("e", "6", put("e")))},
				[]files.Fate{files.Created, 0, files.Created}},
			{"one that is no plan, and one that is revised", []string{strings.Replace(bundle(entry("f", "7", put("f"))), `"active"`, `"live"`, 1), strings.Replace(bundle(entry("d", "5", put("d"))), `"H"`, `"I"`, 1)},
				[]files.Fate{0, files.Revised}},
		} {
			for i, s := range publish("RP4", row.lines...) {
				if _, refused := fhir.AsOutcome(s.Err); s.Fate != row.fates[i] || refused != (row.fates[i] == 0) || s.Err != nil && !refused {
					t.Errorf("%s: line %d is %+v", row.what, i+1, s)
				}
			}
		}
		if held, err := store.Plan(t.Context(), "theirs"); err != nil || held.Plan.Version != 1 {
			t.Errorf("another centre's plan is %+v, %v", held, err)
		}
	})
}

// A service that starts on a database into which a million plans were imported would otherwise make a million people's keys again, and
// take no message meanwhile.
func TestWhoeverIsImportedHasKeysWhenTheServiceStarts(t *testing.T) {
	folder := t.TempDir()
	name, err := writeTestConfig(folder, freeAddress(t), freeAddress(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "directory.yaml"), demo.DirectoryYAML, 0o600); err != nil {
		t.Fatal(err)
	}
	into, err := intoDatabase(t.Context(), name, "RP4")
	if err != nil {
		t.Fatal(err)
	}
	if err := into.close(); err != nil {
		t.Fatal(err)
	}
	at, err := openDatabase(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = at.db.Close() }()
	if has, err := at.store.HasKeys(t.Context()); err != nil || !has {
		t.Errorf("has the keys of the recipe: %v, %v", has, err)
	}
}
