package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// usersFile is a configuration of a database that does not exist yet.
func usersFile(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	name := filepath.Join(folder, "ucpalert.yaml")
	for file, content := range map[string][]byte{name: []byte(smallest), filepath.Join(folder, "directory.yaml"): demo.DirectoryYAML} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

func TestPeopleAreLookedAfterOnTheCommandLine(t *testing.T) {
	at := atPeople{Config: usersFile(t), By: "Ann at the desk"}
	nurse := assignment{Role: "clinician", Organisation: "RQW"}
	for _, step := range []struct {
		what string
		run  func() error
		want error
	}{
		{"invite", func() error {
			return usersInviteCommand{at, nurse, "Ann Other", "https://alerts.example", "a.other"}.Run(t.Context())
		}, nil},
		{"invite again", func() error { return usersInviteCommand{at, nurse, "", "", "a.other"}.Run(t.Context()) }, people.ErrNameTaken},
		{"another role", func() error {
			return usersRolesCommand{at, assignment{Role: "nurse in charge", Organisation: "RQW"}, false, "a.other"}.Run(t.Context())
		}, nil},
		{"disable", func() error { return usersDisableCommand{at, "a.other"}.Run(t.Context()) }, nil},
		{"enable", func() error { return usersEnableCommand{at, "a.other"}.Run(t.Context()) }, nil},
		{"a new link", func() error { return usersResetCommand{at, "", "a.other"}.Run(t.Context()) }, nil},
		{"disable nobody", func() error { return usersDisableCommand{at, "nobody"}.Run(t.Context()) }, people.ErrNoPerson},
		{"list", func() error { return usersListCommand{at}.Run(t.Context()) }, nil},
	} {
		if err := step.run(); !errors.Is(err, step.want) {
			t.Errorf("%s: %v", step.what, err)
		}
	}
	var unfit people.AccountError
	if err := (usersInviteCommand{at, assignment{Role: "clinician", Organisation: "XXX"}, "", "", "b.other"}).Run(t.Context()); !errors.As(err, &unfit) || !strings.Contains(err.Error(), "XXX") {
		t.Errorf("an organisation that does not exist: %v", err)
	}
	db, err := openDatabase(t.Context(), at.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.db.Close() }()
	entries, err := db.store.After(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range entries {
		if e.Actor.Name == "Ann at the desk" {
			kinds = append(kinds, string(e.Kind))
		}
	}
	if got := strings.Join(kinds, " "); got != "person.invited person.assigned person.disabled person.enabled person.reset" {
		t.Errorf("journalled %s", got)
	}
}

// The first start without tokens prints a link, each start another one, until somebody has used it.
func TestTheFirstStartPrintsALinkForTheAdministrator(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		dir, err := directory.Parse(demo.DirectoryYAML)
		if err != nil {
			t.Fatal(err)
		}
		var printed bytes.Buffer
		n := node{cfg: defaults(), news: slog.New(slog.NewJSONHandler(&printed, nil))}
		desk := n.cfg.peopleDesk(sql.NewStore(db), func() *directory.Directory { return dir })
		links := map[string]bool{}
		for range 2 {
			printed.Reset()
			if err := n.first(t.Context(), desk); err != nil {
				t.Fatal(err)
			}
			link := regexp.MustCompile(`http://127\.0\.0\.1:8080/join#([\w-]{43})"`).FindStringSubmatch(printed.String())
			if link == nil || links[link[1]] {
				t.Fatalf("printed %s", &printed)
			}
			links[link[1]] = true
			if len(links) < 2 {
				continue
			}
			offer, err := desk.Offer(t.Context(), link[1])
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := desk.Accept(t.Context(), link[1], "chief", "tram violet bucket nine", people.Code(offer.Secret, time.Now()), people.From{Place: "127.0.0.1"}); err != nil {
				t.Fatal(err)
			}
		}
		printed.Reset()
		if err := n.first(t.Context(), desk); err != nil || printed.Len() > 0 {
			t.Errorf("%v, printed %s", err, &printed)
		}
		n.cfg.Tokens = []tokenConfig{{}}
		if err := n.first(t.Context(), desk); err != nil || printed.Len() > 0 {
			t.Errorf("beside configured tokens: %v, printed %s", err, &printed)
		}
	})
}
