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

func TestALineIsPublishedWholeOrNotAtAll(t *testing.T) {
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
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

// A service that starts on a database into which a million plans were imported would otherwise make a million people's keys again, and
// take no message meanwhile.
func TestWhoeverIsImportedHasKeysWhenTheServiceStarts(t *testing.T) {
	folder := t.TempDir()
	name, err := writeTestConfig(folder, freePort(t), freePort(t), "")
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
