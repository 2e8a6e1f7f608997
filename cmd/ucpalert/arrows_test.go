package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ucpalert/ucpalert/"

// arrows is the import table of docs/design.md: for each room, the rooms of ours that it may import. Tests may import more.
var arrows = map[string][]string{
	"journal":                       {},
	"directory":                     {},
	"hl7/mllp":                      {},
	"subscribers/rota":              {},
	"subscribers/escalation":        {},
	"subscribers/rotas":             {"changes", "plans", "directory", "journal", "subscribers/rota", "subscribers/escalation"},
	"subscribers/subscriptions":     {"access", "plans", "directory", "journal"},
	"silence":                       {},
	"retention":                     {},
	"docs":                          {},
	"vault":                         {},
	"plans":                         {"directory", "journal"},
	"access":                        {"directory", "journal"},
	"outbound":                      {},
	"smart":                         {"access"},
	"oidc":                          {"access"},
	"oidc/oidctest":                 {}, // for tests only
	"people":                        {"access", "journal"},
	"privacy":                       {"plans", "journal"},
	"changes":                       {"journal"},
	"alerts":                        {"alerts/matching", "plans", "directory", "journal"},
	"alerts/matching":               {"plans"},
	"subscribers":                   {"alerts", "plans", "directory", "journal", "subscribers/rota", "subscribers/escalation"},
	"subscribers/stream":            {"subscribers", "access", "alerts", "plans", "directory", "journal"},
	"subscribers/pager":             {"subscribers", "access", "alerts", "plans", "directory", "journal", "subscribers/rota", "subscribers/escalation", "subscribers/rotas"},
	"subscribers/channels":          {"outbound", "subscribers", "access", "alerts", "plans", "directory", "journal"},
	"subscribers/contacts":          {"subscribers", "subscribers/channels", "journal"},
	"subscribers/channels/mailtest": {}, // for tests only
	"hl7":                           {"alerts", "plans", "directory", "hl7/mllp"},
	"canary":                        {"hl7", "hl7/mllp", "directory"},
	"profiles":                      {"hl7", "alerts", "plans", "directory"},
	"fhir":                          {"journal", "alerts", "plans", "directory"},
	"files":                         {"fhir", "plans"},
	"documents":                     {"hl7", "fhir", "plans", "directory", "journal"},
	"feeds":                         {"fhir", "plans", "journal"},
	"sql":                           {"vault", "retention", "people", "privacy", "changes", "access", "feeds", "silence", "subscribers", "subscribers/escalation", "subscribers/rota", "subscribers/rotas", "subscribers/subscriptions", "alerts", "alerts/matching", "plans", "directory", "journal"},
	"sql/sqltest":                   {"sql", "vault"}, // for tests only
	"web":                           {"docs", "people", "privacy", "changes", "smart", "oidc", "fhir", "access", "silence", "subscribers", "subscribers/stream", "subscribers/contacts", "subscribers/escalation", "subscribers/rota", "subscribers/rotas", "subscribers/subscriptions", "alerts", "plans", "directory", "journal"},
	"demo":                          {"hl7", "hl7/mllp", "fhir"},
}

// drawers are names of rooms that answer no question.
var drawers = []string{"util", "utils", "common", "types", "models", "helpers", "misc", "base"}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("list the packages: %v", err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	rooms := 0
	for {
		var room struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&room)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rooms++
		name := strings.TrimPrefix(room.ImportPath, module)
		for _, part := range strings.Split(name, "/") {
			if slices.Contains(drawers, part) {
				t.Errorf("%s is a drawer, not a room", name)
			}
		}
		if name == "cmd/ucpalert" {
			continue // wires everything
		}
		allowed, known := arrows[name]
		if !known {
			t.Errorf("%s is not in the table: draw a new room in docs/design.md and here first", name)
		}
		for _, path := range room.Imports {
			if to, ours := strings.CutPrefix(path, module); ours && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s, which the table does not allow", name, to)
			}
		}
	}
	if rooms < 10 {
		t.Errorf("only %d rooms were looked at", rooms)
	}
}
