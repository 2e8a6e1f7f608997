package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/web"
)

// entitled are the senders in force: which certificate may speak for whom. Each message asks for them, so new ones hold from the next message
// on, and no connection notices. The configuration is looked at beside the directory, by the same goroutine: senders are checked against it.
type entitled struct {
	// file is the configuration in which they stand; empty for a service that has none.
	file string
	log  *slog.Logger
	held atomic.Pointer[hl7.Senders]
	// refused is why the newest ones are not used; empty if they are.
	refused atomic.Pointer[string]

	// started is the configuration that the service runs with, but for the senders.
	started config
	// seen and against are the file and the directory at the last look.
	seen    fileState
	against *directory.Directory
}

// newEntitled checks the senders of a configuration against a directory.
func newEntitled(cfg config, file string, dir *directory.Directory, log *slog.Logger) (*entitled, error) {
	senders, err := sendersOf(cfg.MLLP.Senders, dir)
	if err != nil {
		return nil, err
	}
	e := &entitled{file: file, log: log, started: withoutSenders(cfg)}
	e.held.Store(&senders)
	return e, nil
}

func withoutSenders(cfg config) config {
	cfg.MLLP.Senders = nil
	return cfg
}

// senders are those in force.
func (e *entitled) senders() hl7.Senders { return *e.held.Load() }

// lookAtSenders takes new senders into the running service if the configuration or the directory is another than before. Those that cannot be
// used change nothing: that is said once in the log, and by readyz for as long as it lasts.
func (w *directoryWatch) lookAtSenders(ctx context.Context) {
	e, dir := w.senders, w.held.Load()
	if e == nil || e.file == "" {
		return
	}
	state, err := stateOf(e.file)
	if os.IsNotExist(err) || err == nil && state == e.seen && dir == e.against {
		return // it is being replaced, or the same
	}
	var cfg config
	if err == nil {
		e.seen, e.against = state, dir
		cfg, _, err = loadConfig(e.file, os.Environ())
	}
	var senders hl7.Senders
	if err == nil {
		senders, err = sendersOf(cfg.MLLP.Senders, dir)
	}
	if err != nil {
		e.refuse(ctx, err)
		return
	}
	if e.refused.Swap(nil) != nil {
		e.log.InfoContext(ctx, "the senders of the configuration can be used again")
	}
	if rest := withoutSenders(cfg); !reflect.DeepEqual(rest, e.started) {
		e.started = rest // said once
		e.log.WarnContext(ctx, "the configuration changed: only mllp.senders is taken while the service runs, the rest at its next start")
	}
	lines := senderDifferences(e.senders(), senders)
	if len(lines) == 0 {
		return
	}
	e.held.Store(&senders)
	for _, line := range lines {
		e.log.InfoContext(ctx, "the senders were replaced", "difference", line)
	}
	entry := journal.Entry{Time: time.Now(), Kind: journal.SendersChanged, Actor: journal.Service, Subject: "senders", Reason: reasonOf(lines)}
	if err := w.record(ctx, entry); err != nil {
		e.log.ErrorContext(ctx, "the change of the senders could not be journalled", "error", err)
	}
}

// refuse notes that new senders cannot be used.
func (e *entitled) refuse(ctx context.Context, err error) {
	reason := err.Error()
	before := e.refused.Swap(&reason)
	if before == nil || *before != reason {
		e.log.ErrorContext(ctx, "the new senders cannot be used; those before go on", "error", err)
	}
}

// check is what readyz says. It is advisory: messages are taken all the same, from the senders before.
func (e *entitled) check() web.Check {
	check := web.Check{Name: "senders", OK: true, Advisory: true}
	if reason := e.refused.Load(); reason != nil {
		check.OK, check.Reason = false, "the new senders cannot be used; those before go on: "+*reason
	}
	return check
}

// senderDifferences says in words what is another between two lists of senders; nothing if nothing is.
func senderDifferences(before, after hl7.Senders) (lines []string) {
	named := func(of hl7.Senders, name string) (hl7.Sender, bool) {
		i := slices.IndexFunc(of, func(s hl7.Sender) bool { return s.Name == name })
		if i < 0 {
			return hl7.Sender{}, false
		}
		return of[i], true
	}
	for _, s := range before {
		if _, still := named(after, s.Name); !still {
			lines = append(lines, fmt.Sprintf("Sender %s may not send any more.", s.Name))
		}
	}
	for _, s := range after {
		was, had := named(before, s.Name)
		switch {
		case !had:
			lines = append(lines, fmt.Sprintf("Sender %s is new: %s.", s.Name, rightsOf(s)))
		case !reflect.DeepEqual(was, s):
			lines = append(lines, fmt.Sprintf("Sender %s: %s; before, %s.", s.Name, rightsOf(s), rightsOf(was)))
		}
	}
	return lines
}

// rightsOf says which certificate speaks for whom.
func rightsOf(s hl7.Sender) string {
	where := "all sites"
	if len(s.Sites) > 0 {
		where = "sites " + strings.Join(s.Sites, ", ")
	}
	return fmt.Sprintf("the certificate %s speaks for %s, %s", s.Fingerprint+s.Subject+s.SAN, s.Organisation, where)
}
