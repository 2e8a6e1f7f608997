package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/journal"
)

func TestNewProfilesAreTakenAndBrokenOnesChangeNothing(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "rqw.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const first = "organisations: [RQW]\nname: first\n"
	write(first)
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	h, dir, err := newHabits(config{Profiles: folder}, dir, logger)
	if err != nil {
		t.Fatal(err)
	}
	var held atomic.Pointer[directory.Directory]
	held.Store(dir)
	var told []journal.Entry
	decided := 0
	w := &directoryWatch{
		file: filepath.Join(folder, "none"), held: &held, habits: h, log: logger,
		record:    func(_ context.Context, e journal.Entry) error { told = append(told, e); return nil },
		reconcile: func(context.Context) (alerts.Reconciled, error) { decided++; return alerts.Reconciled{}, nil },
	}
	org, _ := dir.Organisation("RQW")
	sender := h.forSender(held.Load)
	for _, row := range []struct {
		what, text     string
		taken, refused int
		name, rule     string
		ok             bool
	}{
		{"as it was", first, 0, 0, "first", "", true},
		{"a comment more", first + "# checked\n", 0, 0, "first", "", true},
		{"a key that is not known", first + "colour: red\n", 0, 1, "first", "", false},
		{"another fault", first + "colour: green\nshape: round\n", 0, 2, "first", "", false},
		{"a department that the directory does not have", first + "locations: [{point_of_care: X, department: RQW-XX}]\n", 0, 3, "first", "", false},
		{"a listener that there is not", "listener: vpn\n", 0, 4, "first", "", false},
		{"mended, with a rule", "organisations: [RQW]\nname: second\nlocations: [{point_of_care: X, department: RQW-AE}]\n", 1, 4, "second", "rqw.yaml, rule 1", true},
		{"back to the first", first, 2, 4, "first", "", true},
	} {
		write(row.text)
		w.look(t.Context())
		w.look(t.Context())
		if decided != row.taken || len(told) != row.taken {
			t.Errorf("%s: decided %d times and journalled %d, want %d", row.what, decided, len(told), row.taken)
		}
		if got := strings.Count(log.String(), "the new profiles cannot be used"); got != row.refused {
			t.Errorf("%s: refused %d times, want %d", row.what, got, row.refused)
		}
		if got := sender("RQW", mllp.Peer{}).Name; got != row.name {
			t.Errorf("%s: RQW has the profile %q, want %q", row.what, got, row.name)
		}
		place := held.Load().Locate(org, directory.Location{PointOfCare: "X"})
		if (place.Rule == nil) != (row.rule == "") || place.Rule != nil && place.Rule.Written != row.rule {
			t.Errorf("%s: the location X is found by %v, want %q", row.what, place.Rule, row.rule)
		}
		if check := h.check(); check.OK != row.ok || !check.Advisory || check.OK != (check.Reason == "") {
			t.Errorf("%s: readyz says %+v", row.what, check)
		}
	}
	if told[0].Kind != journal.ProfilesChanged || !strings.Contains(told[0].Reason, "point of care X is RQW-AE: this rule is new.") {
		t.Errorf("the journal tells %+v", told[0])
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	w.look(t.Context())
	if sender("RQW", mllp.Peer{}).Name != "first" || h.check().OK {
		t.Error("profiles that are gone are forgotten, or nobody is told")
	}
}
