package main

import (
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/retention"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestPeriodsAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{"72h": "3d", "90d": "90d", "8y": "8y", "0s": "0s", "36h": "36h0m0s", "366d": "366d"} {
		var c struct{ Retention retentionConfig }
		got, _, err := load(t, smallest+"retention: {digests: 9y, quarantine: "+text+"}\n")
		if c.Retention = got.Retention; err != nil || c.Retention.Quarantine.String() != want || c.Retention.Alerts.String() != "8y" {
			t.Errorf("%s is %s, %v", text, c.Retention.Quarantine, err)
		}
	}
	got, _, err := load(t, smallest, "UCPALERT_RETENTION_QUARANTINE=7d")
	if err != nil || got.Retention.Quarantine.String() != "7d" {
		t.Errorf("the variable: %s, %v", got.Retention.Quarantine, err)
	}
	for _, wrong := range []string{"soon", "8 years", "-1d", "1h", "100000y", "d"} {
		if _, _, err := load(t, smallest+"retention: {quarantine: "+wrong+"}\n"); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

func TestWhenThePurgeIsDue(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-22T02:59:00Z": "2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z": "2026-11-23T03:00:00Z", "2026-11-22T14:00:00Z": "2026-11-23T03:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextPurge(at).Format(time.RFC3339); got != want {
			t.Errorf("after %s it is due at %s, want %s", now, got, want)
		}
	}
}

// TestOneNodePurgesOnceANight has two nodes look, and the next night another one.
func TestOneNodePurgesOnceANight(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		now := time.Date(2026, 11, 22, 3, 2, 0, 0, time.UTC)
		db := sqltest.Open(t, o)
		store := sql.NewStore(db)
		node := func() *keeper {
			return &keeper{store: store, periods: retention.Defaults(), log: slog.New(slog.NewTextHandler(io.Discard, nil)), now: func() time.Time { return now }, writes: db.Writes}
		}
		looked := func(when string, want bool) {
			t.Helper()
			done, err := node().purgeIfDue(t.Context())
			if err != nil || (len(done) > 0) != want {
				t.Errorf("%s it did %v, %v", when, done, err)
			}
		}
		looked("at night", true)
		looked("five minutes later, another node,", false)
		now = now.Add(12 * time.Hour)
		looked("by day", false)
		now = now.Add(12 * time.Hour)
		if ours, err := store.TakeLease(t.Context(), purgeWork, "a node that died", now, now.Add(purgeLease)); err != nil || !ours {
			t.Fatalf("%v, %v", ours, err)
		}
		looked("while another node does it", false)
		now = now.Add(purgeLease + time.Second)
		looked("after that node died", true)
	})
}

// TestRetentionAndPersonsOnTheCommandLine lets an old journal go and erases nobody, and audit verify agrees afterwards.
func TestRetentionAndPersonsOnTheCommandLine(t *testing.T) {
	config := usersFile(t)
	if err := os.WriteFile(config, []byte(smallest+"allow_test_patients: true\nretention: {plans: 0s}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at, err := openDatabase(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		e := journal.Entry{Time: time.Now().AddDate(-9, 0, i), Kind: journal.PlanRead, Actor: journal.Service, Subject: "plan-1"}
		if err := at.store.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := at.db.Close(); err != nil {
		t.Fatal(err)
	}
	says := func(want string, lines []string, err error) {
		t.Helper()
		if err != nil || !slices.Contains(lines, want) {
			t.Errorf("it says %q, %v; want %q", lines, err, want)
		}
	}
	lines, err := purgeNow(t.Context(), config, true)
	says("journal      kept 8y    20 would go", lines, err)
	says("plans        kept for ever", lines, err)
	lines, err = purgeNow(t.Context(), config, false)
	says("journal      kept 8y    20 gone", lines, err)
	if err := (auditVerifyCommand{atGlass: atGlass{config}}).Run(t.Context()); err != nil {
		t.Errorf("audit verify: %v", err)
	}
	one := onePerson{Config: config, By: "A. Officer", Reason: "request 17", NHSNumber: "999 000 0018"}
	lines, err = personErase{one, true}.erase(t.Context())
	says("0 visits, 0 alerts, 0 plans, 0 records of the hospital, 0 messages of the quarantine would be erased", lines, err)
	for _, step := range []struct {
		lift bool
		want string
	}{{false, "restricted"}, {false, "was restricted already"}, {true, "restricted no more"}, {true, "was not restricted here"}} {
		lines, err = personRestrict{one, step.lift}.restrict(t.Context())
		says(step.want, lines, err)
	}
	one.NHSNumber = "9990000019"
	if _, err := (personErase{onePerson: one}).erase(t.Context()); err == nil || strings.Contains(err.Error(), "9990000019") {
		t.Errorf("a number with a wrong check digit: %v", err)
	}
}
