package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
)

const (
	// watchInterval is how often the directory file is looked at.
	watchInterval = time.Second
	// settleAfter is when everybody is decided once more after a change: a message may have been on its way with the directory before.
	settleAfter = 20 * time.Second
	// longestReason is how much of a list of differences the journal holds, in bytes.
	longestReason = 2000
)

// directoryWatch takes a new directory file into the running service.
type directoryWatch struct {
	file   string
	tokens []tokenConfig
	held   *atomic.Pointer[directory.Directory]
	// reconcile decides everybody who is in a department again.
	reconcile func(context.Context) (alerts.Reconciled, error)
	record    func(context.Context, journal.Entry) error
	log       *slog.Logger
	// habits are the profiles, whose rules every directory has.
	habits *habits
	// senders are checked against the directory; nil where nobody proves who they are.
	senders *entitled

	// guard keeps a new directory waiting until a second person agreed; nil where nobody is asked.
	guard *guard

	seen fileState
	// waits: the file that was seen waits for a second person.
	waits bool
	// again is when to decide once more; zero if not.
	again time.Time
}

func (w *directoryWatch) run(ctx context.Context) error { return every(ctx, watchInterval, w.look) }

// look takes new files of the directory and of the profiles, and new senders, into the service.
func (w *directoryWatch) look(ctx context.Context) {
	w.lookAtDirectory(ctx)
	w.lookAtProfiles(ctx)
	w.lookAtSenders(ctx)
}

// lookAtDirectory decides everybody once more when that is due, and reads the file if it is another than before. A file that cannot be used
// changes nothing: it is said once, and what holds goes on.
func (w *directoryWatch) lookAtDirectory(ctx context.Context) {
	if !w.again.IsZero() && time.Now().After(w.again) {
		w.again = time.Time{}
		w.decide(ctx)
	}
	state, err := stateOf(w.file)
	if err == nil && state == w.seen && !w.waits {
		return
	}
	var after *directory.Directory
	var text string
	if err == nil {
		w.seen = state
		text, after, err = readDirectory(w.file)
	}
	if err == nil {
		_, err = accounts(w.tokens, after)
	}
	if err == nil {
		after, err = w.habits.fit(after)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) { // it is being replaced
			w.log.ErrorContext(ctx, "the new directory cannot be used; the one before goes on", "error", err)
		}
		return
	}
	held, err := w.guard.hold(ctx, guardDirectory, text, directoryDifferences(text))
	if err != nil {
		w.waits = true
		w.log.ErrorContext(ctx, "the new directory is not taken; trying again", "error", err)
		return
	}
	if w.waits = held != text; w.waits {
		return
	}
	if lines := directory.Differences(w.held.Load(), after); len(lines) > 0 {
		w.take(ctx, after, lines)
	}
}

// readDirectory reads and checks a directory file, and returns its text, too.
func readDirectory(name string) (string, *directory.Directory, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", nil, fmt.Errorf("read the directory: %w", err)
	}
	dir, err := directory.Parse(text)
	if err != nil {
		return "", nil, fmt.Errorf("directory %s: %w", name, err)
	}
	return string(text), dir, nil
}

// take puts the new directory in place, notes what changed, and lets it take effect.
func (w *directoryWatch) take(ctx context.Context, after *directory.Directory, lines []string) {
	w.held.Store(after)
	for _, line := range lines {
		w.log.InfoContext(ctx, "the directory was replaced", "difference", line)
	}
	if err := w.record(ctx, journal.Entry{Time: time.Now(), Kind: journal.DirectoryChanged, Actor: journal.Service, Subject: "directory", Reason: reasonOf(lines)}); err != nil {
		w.log.ErrorContext(ctx, "the change of the directory could not be journalled", "error", err)
	}
	w.decide(ctx)
	w.again = time.Now().Add(settleAfter)
}

// reasonOf joins differences for the journal, as far as there is room.
func reasonOf(lines []string) string {
	reason := strings.Join(lines, " ")
	if len(reason) <= longestReason {
		return reason
	}
	cut := longestReason
	for !utf8.RuneStart(reason[cut]) {
		cut--
	}
	return reason[:cut] + "…"
}

func (w *directoryWatch) decide(ctx context.Context) {
	done, err := w.reconcile(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		w.log.ErrorContext(ctx, "deciding with the new directory or profiles failed for some; it is tried again within five minutes", "error", err, "visits", done.Visits)
	default:
		w.log.InfoContext(ctx, "open attendances decided with the new directory or profiles", "visits", done.Visits, "changes", done.Changes)
	}
}
