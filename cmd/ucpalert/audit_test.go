package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// audited is a database with a journal of 25 entries, of which number 10 and number 25 were signed.
type audited struct {
	config, heads, public string
	raw                   *sqlx.DB
}

func newAudited(t *testing.T, o sql.Options) audited {
	t.Helper()
	folder := t.TempDir()
	a := audited{config: filepath.Join(folder, "ucpalert.yaml"), heads: filepath.Join(folder, "heads"), public: filepath.Join(folder, "public.pem")}
	public, err := makeSigningKey(filepath.Join(folder, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := makeSigningKey(filepath.Join(folder, "key.pem")); !errors.Is(err, os.ErrExist) {
		t.Errorf("a key is written over another: %v", err)
	}
	storage := "data_folder: " + o.DataDir
	if o.PostgresURL != "" {
		storage = "postgres_url: " + o.PostgresURL
	}
	text := "storage: {" + storage + "}\ndirectory: directory.yaml\naudit: {key_file: key.pem, heads_file: heads}\n"
	if err := errors.Join(os.WriteFile(a.public, public, 0o600), os.WriteFile(a.config, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := loadConfig(a.config, nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	store := sql.NewStore(db)
	signer, err := cfg.Audit.signer(store, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	signer.sign(t.Context()) // an empty journal has no head
	for i := range 25 {
		e := journal.Entry{Time: time.Now(), Kind: journal.PlanRead, Actor: journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}, Subject: fmt.Sprint("plan-", i), Version: 1}
		if err := store.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if i == 9 || i == 24 {
			signer.sign(t.Context())
		}
	}
	if c := signer.check(); !c.OK {
		t.Errorf("the signer says %+v", c)
	}
	driver, source := "sqlite3", filepath.Join(o.DataDir, "ucpalert.db")
	if o.PostgresURL != "" {
		driver, source = "pgx", o.PostgresURL
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if a.raw, err = sqlx.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.raw.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func (a audited) do(t *testing.T, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := a.raw.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func (a audited) verify(ctx context.Context) error {
	return auditVerifyCommand{atGlass: atGlass{a.config}, Heads: a.heads, Public: a.public}.Run(ctx)
}

// What somebody does who can write to the database is found, on both engines, and the first entry that does not fit is named.
func TestAuditFindsWhatWasDoneToTheDatabase(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		a := newAudited(t, o)
		if err := a.verify(t.Context()); err != nil {
			t.Fatalf("as it was written: %v", err)
		}
		a.do(t, "CREATE TABLE kept AS SELECT * FROM journal", "CREATE TABLE kept_head AS SELECT * FROM journal_head")
		for _, row := range []struct {
			what, names string
			statements  []string
		}{
			{"flip", "entry 7 was changed", []string{"UPDATE journal SET reason = 'emergency' WHERE number = 7"}},
			{"flip a name", "entry 25 was changed", []string{"UPDATE journal SET actor = 'nurse' WHERE number = 25"}},
			{"delete", "entry 13 follows entry 11", []string{"DELETE FROM journal WHERE number = 12"}},
			{"delete and close the gap", "entry 12 does not continue", []string{"DELETE FROM journal WHERE number = 12", "UPDATE journal SET number = -number WHERE number > 12", "UPDATE journal SET number = -number - 1 WHERE number < 0"}},
			{"insert", "entry 26 does not continue", []string{"INSERT INTO journal (number, at, kind, actor, role, actor_org, room, before, subject, version, reason, previous, hash) SELECT 26, at, kind, actor, role, actor_org, room, before, subject, version, reason, previous, hash FROM kept WHERE number = 3"}},
			{"swap", "entry 4 does not continue", []string{"UPDATE journal SET number = -4 WHERE number = 4", "UPDATE journal SET number = 4 WHERE number = 5", "UPDATE journal SET number = 5 WHERE number = -4"}},
			{"truncate", "entry 20 is missing", []string{"DELETE FROM journal WHERE number > 19"}},
			{"truncate and set the counter back", "entry 20 is missing: there were 25", []string{"DELETE FROM journal WHERE number > 19", "UPDATE journal_head SET number = 19, hash = (SELECT hash FROM journal WHERE number = 19)"}},
			{"all", "entry 1 is missing", []string{"DELETE FROM journal", "UPDATE journal_head SET number = 0"}},
		} {
			a.do(t, row.statements...)
			if err := a.verify(t.Context()); !errors.Is(err, journal.ErrBroken) || !strings.Contains(err.Error(), row.names) {
				t.Errorf("%s: found %v; want it to name %q", row.what, err, row.names)
			}
			a.do(t, "DELETE FROM journal", "INSERT INTO journal SELECT * FROM kept", "DELETE FROM journal_head", "INSERT INTO journal_head SELECT * FROM kept_head")
		}
		if err := a.verify(t.Context()); err != nil {
			t.Errorf("put back as it was: %v", err)
		}
		a.do(t, "DROP TABLE kept", "DROP TABLE kept_head")
	})
}

// An export holds every entry, and nothing that the journal does not hold.
func TestTheExportForAuditors(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		a := newAudited(t, o)
		glass, err := atGlass{a.config}.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := errors.Join(exportAudit(t.Context(), &out, glass, 5), glass.Close()); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		var first struct{ ResourceType, ID string }
		if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || len(lines) != 20 || first.ResourceType != "AuditEvent" || first.ID != "journal-6" {
			t.Errorf("%v, %d lines, the first %+v", err, len(lines), first)
		}
	})
}

func TestAHeadThatCannotBeKeptIsSaid(t *testing.T) {
	status, got := http.StatusServiceUnavailable, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = string(b)
		w.WriteHeader(status)
	}))
	defer server.Close()
	folder := t.TempDir()
	public, err := makeSigningKey(filepath.Join(folder, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "public.pem"), public, 0o600); err != nil {
		t.Fatal(err)
	}
	c := auditConfig{KeyFile: filepath.Join(folder, "key.pem"), HeadsURL: server.URL}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	db := sqltest.Open(t, sqltest.SQLite(t))
	store := sql.NewStore(db)
	if err := store.Record(t.Context(), journal.Entry{Time: time.Now(), Kind: journal.PlanRead, Actor: journal.Service, Subject: "p"}); err != nil {
		t.Fatal(err)
	}
	s, err := c.signer(store, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	s.now, s.since = func() time.Time { return at }, at
	s.sign(t.Context())
	at = at.Add(headsLate + time.Second)
	if k := s.check(); k.OK || !k.Advisory || k.Reason == "" || s.fault == nil {
		t.Errorf("where none is kept: %+v, %v", k, s.fault)
	}
	status = http.StatusNoContent
	s.sign(t.Context())
	key, err := publicKey(filepath.Join(folder, "public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	heads, err := journal.ReadHeads(strings.NewReader(got), key)
	if err != nil || len(heads) != 1 || heads[0].Epoch != store.Epoch() || !s.check().OK {
		t.Errorf("%v %+v %+v", err, heads, s.check())
	}
	if _, err := privateKey(filepath.Join(folder, "public.pem")); err == nil {
		t.Error("a public key is taken for a private one")
	}
	if err := postLine(t.Context(), outbound.Private.Client(time.Second), "http://169.254.169.254/", []byte("x")); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("a head goes to a link-local address: %v", err)
	}
	for _, bad := range []auditConfig{{KeyFile: "k"}, {HeadsFile: "h"}, {KeyFile: "k", HeadsFile: "h", HeadsURL: "https://a.example"}, {KeyFile: "k", HeadsURL: "http://a.example"}} {
		if bad.check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
