package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/subscribers/pager"
)

// harlowOnCall is a rota by a spreadsheet, on top of one that has nobody on Christmas Day.
const harlowOnCall = `
bank_holidays: [2026-12-25]
people: [{id: ann, name: Sister Able, email: able@harlow.example}, {id: ben, name: Dr Bell}]
rotas:
  - id: nurses
    shifts: shifts.csv
    layers: [{name: days, handover: "30 1 * * *", people: [ann], first: 2026-01-01, windows: [{holidays: never}]}]
`

// writeOnCall writes the file and its shifts, and returns its name.
func writeOnCall(t *testing.T, folder, text, shifts string) string {
	t.Helper()
	name := filepath.Join(folder, "on_call.yaml")
	for file, content := range map[string]string{name: text, filepath.Join(folder, "shifts.csv"): "start,end,person\n" + shifts} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

func demoDirectory(t *testing.T) *directory.Directory {
	t.Helper()
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhoIsOnCallIsSaidOnTheCommandLine(t *testing.T) {
	plan, err := pager.LoadPlan(writeOnCall(t, t.TempDir(), harlowOnCall, "2026-12-01 08:00,2026-12-02 08:00,ben\n"), demoDirectory(t))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		name      string
		got, want []string
	}{
		{"check, where mail is sent", checkOnCall(plan, byMail(plan, []string{pager.MailChannel}), now), []string{
			"Rota nurses: 2 people, 1 gaps in eight weeks.",
			"  nobody from Fri 25 Dec 2026 00:00:00 GMT to Sat 26 Dec 2026 00:00:00 GMT",
			"  Dr Bell (ben) cannot be told: no channel",
		}},
		{"who, in the autumn night, before the clock goes back", whoIsOn(plan, time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)), []string{
			"Sun 25 Oct 2026 01:30:00 BST, rota nurses: Sister Able (ann), layer days"}},
		{"and after", whoIsOn(plan, time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)), []string{
			"Sun 25 Oct 2026 01:30:00 GMT, rota nurses: Sister Able (ann), layer days"}},
		{"by the spreadsheet", whoIsOn(plan, time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)), []string{
			"Tue 1 Dec 2026 08:00:00 GMT, rota nurses: Dr Bell (ben), override shifts.csv-1, instead of ann"}},
		{"nobody", whoIsOn(plan, time.Date(2026, 12, 25, 8, 0, 0, 0, time.UTC)), []string{
			"Fri 25 Dec 2026 08:00:00 GMT, rota nurses: nobody, no layer of the rota has anybody then"}},
	} {
		if diff := cmp.Diff(row.want, row.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
	var csv, ics, none strings.Builder
	if err := (onCallShifts{Rota: "nurses", Weeks: 1, Format: "csv"}).write(&csv, plan, now); err != nil {
		t.Fatal(err)
	}
	want := "start,end,person\n2026-11-30T12:00:00Z,2026-12-01T08:00:00Z,ann\n2026-12-01T08:00:00Z,2026-12-02T08:00:00Z,ben\n2026-12-02T08:00:00Z,2026-12-07T12:00:00Z,ann\n"
	if diff := cmp.Diff(want, csv.String()); diff != "" {
		t.Errorf("csv (-want +got):\n%s", diff)
	}
	if err := (onCallShifts{Rota: "nurses", Weeks: 1, Format: "ics"}).write(&ics, plan, now); err != nil {
		t.Fatal(err)
	}
	if text := ics.String(); strings.Count(text, "BEGIN:VEVENT") != 3 || !strings.Contains(text, "SUMMARY:On call: Dr Bell\r\n") {
		t.Errorf("ics: %s", text)
	}
	if err := (onCallShifts{Rota: "doctors", Weeks: 1, Format: "csv"}).write(&none, plan, now); err == nil || !strings.Contains(err.Error(), "only nurses") {
		t.Errorf("a rota that is not there: %v", err)
	}
}

// TestANewFileOfWhoIsOnCallIsTakenAndABadOneIsNot writes files while a node looks at them.
func TestANewFileOfWhoIsOnCallIsTakenAndABadOneIsNot(t *testing.T) {
	folder, dir := t.TempDir(), demoDirectory(t)
	file := writeOnCall(t, folder, harlowOnCall, "")
	o, err := newOnCall(t.Context(), onCallConfig{File: file}, nil, func() *directory.Directory { return dir }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		name, text, shifts string
		taken              bool
		who                string
	}{
		{"nothing was written", "", "", false, "Sister Able (ann)"},
		{"another spreadsheet", harlowOnCall, "2026-12-01 08:00,2026-12-02 08:00,ben\n", true, "Dr Bell (ben)"},
		{"one that cannot be read", harlowOnCall, "2026-12-01 08:00,ben\n", false, "Dr Bell (ben)"},
		{"a person who is not there", harlowOnCall, "2026-12-01 08:00,2026-12-02 08:00,cat\n", false, "Dr Bell (ben)"},
		{"another name", strings.ReplaceAll(harlowOnCall, "Sister Able", "Sister Smith"), "", true, "Sister Smith (ann)"},
	} {
		if step.text != "" {
			writeOnCall(t, folder, step.text, step.shifts)
		}
		if taken := o.takeFile(t.Context()); taken != step.taken {
			t.Errorf("%s: taken %v", step.name, taken)
		}
		if lines := whoIsOn(o.ofFile.Load(), at); len(lines) != 1 || !strings.Contains(lines[0], step.who) {
			t.Errorf("%s: %v, want %s", step.name, lines, step.who)
		}
	}
}

func TestAMailServerThatCannotBeMeantIsRefused(t *testing.T) {
	good := mailConfig{Address: "smtp.example.nhs.uk:587", Encryption: "starttls", From: "ucpalert@example.nhs.uk"}
	for _, row := range []struct {
		name   string
		change func(*mailConfig)
		want   string
	}{
		{"as it should be", func(*mailConfig) {}, ""},
		{"none", func(m *mailConfig) { *m = mailConfig{} }, ""},
		{"no port", func(m *mailConfig) { m.Address = "smtp.example.nhs.uk" }, "address"},
		{"a port that is none", func(m *mailConfig) { m.Address = "smtp.example.nhs.uk:smtp" }, "port"},
		{"no encryption over a network", func(m *mailConfig) { m.Encryption = "none" }, "encryption"},
		{"no encryption on this machine", func(m *mailConfig) { m.Encryption, m.Address = "none", "127.0.0.1:25" }, ""},
		{"a word for it", func(m *mailConfig) { m.Encryption = "ssl" }, "encryption"},
		{"no sender", func(m *mailConfig) { m.From = "" }, "from"},
		{"a user without a password", func(m *mailConfig) { m.User = "u" }, "password_file"},
	} {
		m := good
		row.change(&m)
		err := onCallConfig{Mail: m}.check()
		if (err != nil) != (row.want != "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want an error about %q", row.name, err, row.want)
		}
	}
}
