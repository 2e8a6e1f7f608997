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
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/profiles"
)

func TestADirectoryThatCannotBeUsedChangesNothingAndIsSaidOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "directory.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := string(demo.DirectoryYAML)
	write(good)
	dir, err := directory.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	var held atomic.Pointer[directory.Directory]
	held.Store(dir)
	var log bytes.Buffer
	var told []journal.Entry
	decided := 0
	w := &directoryWatch{
		file: name, held: &held, habits: fixedHabits(&profiles.Set{}), log: slog.New(slog.NewJSONHandler(&log, nil)),
		tokens:    []tokenConfig{{Name: "board", SHA256: strings.Repeat("ab", 32), Role: "screen", Organisation: "RQW", Department: "RQW-AE"}},
		record:    func(_ context.Context, e journal.Entry) error { told = append(told, e); return nil },
		reconcile: func(context.Context) (alerts.Reconciled, error) { decided++; return alerts.Reconciled{}, nil },
	}
	for _, row := range []struct {
		what, text     string
		takes, says, n int // how often it was taken, was refused, and differences were told, so far
	}{
		{"the file as it was", good, 0, 0, 0},
		{"half a file", good[:len(good)/2], 0, 1, 0},
		{"a board's department is gone", strings.ReplaceAll(good, "RQW-AE", "RQW-ED"), 0, 2, 0},
		{"a comment more", good + "# checked\n", 0, 2, 0},
		{"an agreement more", good + "  - {from: RAL, to: RAJ}\n", 1, 2, 1},
	} {
		write(row.text)
		w.look(t.Context())
		w.look(t.Context())
		if (held.Load() != dir) != (row.takes > 0) || decided != row.takes {
			t.Errorf("%s: decided %d times, want %d", row.what, decided, row.takes)
		}
		if got := strings.Count(log.String(), "cannot be used"); got != row.says {
			t.Errorf("%s: refused %d times, want %d", row.what, got, row.says)
		}
		if len(told) != row.n || row.n > 0 && (told[0].Kind != journal.DirectoryChanged || !strings.Contains(told[0].Reason, "was added")) {
			t.Errorf("%s: the journal tells %+v", row.what, told)
		}
	}
	w.again = time.Now().Add(-time.Second)
	w.look(t.Context())
	w.look(t.Context())
	if decided != 2 {
		t.Errorf("decided %d times, want once more after the change has settled", decided)
	}
}
