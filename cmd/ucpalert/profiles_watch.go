package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/profiles"
	"github.com/ucpalert/ucpalert/web"
)

// habits are the profiles in force. Messages ask for them one by one, so new ones hold from the next message on, and no connection
// notices. New files are looked at beside the directory's, by the same goroutine: each is fitted to the other.
type habits struct {
	name string // a file or a folder; empty for none
	// listeners are the names that a profile may be for.
	listeners []string
	log       *slog.Logger
	held      atomic.Pointer[profiles.Set]
	// refused is why the newest files are not used; empty if they are.
	refused atomic.Pointer[string]

	seen []profileFile
}

// profileFile is a file as it was at the last look.
type profileFile struct {
	name  string
	state fileState
}

// newHabits reads the profiles of a configuration and gives the directory their rules.
func newHabits(cfg config, dir *directory.Directory, log *slog.Logger) (*habits, *directory.Directory, error) {
	h := &habits{name: cfg.Profiles, log: log, seen: profileFiles(cfg.Profiles)}
	for _, l := range cfg.MLLP.all() {
		h.listeners = append(h.listeners, l.Name)
	}
	set, dir, err := h.load(dir)
	if err != nil {
		return nil, nil, err
	}
	h.held.Store(set)
	return h, dir, nil
}

// load reads the files and fits them to a directory and to the listeners there are.
func (h *habits) load(dir *directory.Directory) (*profiles.Set, *directory.Directory, error) {
	set, err := profiles.Load(h.name)
	if err != nil {
		return nil, nil, err
	}
	if dir, err = set.Apply(dir); err != nil {
		return nil, nil, err
	}
	for _, p := range set.Profiles() {
		if p.Listener != "" && !slices.Contains(h.listeners, p.Listener) {
			return nil, nil, fmt.Errorf("%s: there is no listener %q in mllp.listeners", p.File, p.Listener)
		}
	}
	return set, dir, nil
}

// fixedHabits are profiles that are part of the program.
func fixedHabits(set *profiles.Set) *habits {
	h := &habits{}
	h.held.Store(set)
	return h
}

// forSender is how a sender writes.
func (h *habits) forSender(current func() *directory.Directory) func(string, mllp.Peer) *hl7.Profile {
	return func(facility string, from mllp.Peer) *hl7.Profile {
		return h.held.Load().For(from.Listener, facility, current(), time.Now())
	}
}

// trust says with which status an NHS number counts at an organisation: as its profile says, else as matching does by itself.
func (h *habits) trust(organisation string) matching.Trust {
	statuses, ok := h.held.Load().Trusted(organisation)
	if !ok {
		return matching.Trust{}
	}
	trust, err := matching.TrustOnly(statuses...)
	if err != nil { // profiles are read with statuses that exist only
		return matching.Trust{}
	}
	return trust
}

// profileFiles lists the files of a folder, or the one file, as they are; nil if they cannot be listed.
func profileFiles(name string) []profileFile {
	if name == "" {
		return nil
	}
	files, err := profiles.Files(name)
	if err != nil {
		return nil
	}
	var out []profileFile
	for _, file := range files {
		state, err := stateOf(file)
		if err != nil {
			return nil
		}
		out = append(out, profileFile{file, state})
	}
	return out
}

// fit gives a directory the rules of the profiles in force.
func (h *habits) fit(dir *directory.Directory) (*directory.Directory, error) {
	return h.held.Load().Apply(dir)
}

// lookAtProfiles takes new profiles into the running service. Files that cannot be used change nothing: that is said once in the log, and by readyz and
// the metrics for as long as it lasts.
func (w *directoryWatch) lookAtProfiles(ctx context.Context) {
	h := w.habits
	if h.name == "" {
		return
	}
	now := profileFiles(h.name)
	if now != nil && slices.Equal(now, h.seen) {
		return
	}
	set, dir, err := h.load(w.held.Load())
	if err != nil {
		h.refuse(ctx, now, err)
		return
	}
	h.seen = now
	if h.refused.Swap(nil) != nil {
		w.log.InfoContext(ctx, "the profiles can be used again")
	}
	lines := profiles.Differences(h.held.Load(), set)
	if len(lines) == 0 {
		return
	}
	// The directory first: a message that is read in the new way is placed by the new rules.
	w.held.Store(dir)
	h.held.Store(set)
	for _, line := range lines {
		w.log.InfoContext(ctx, "the profiles were replaced", "difference", line)
	}
	entry := journal.Entry{Time: time.Now(), Kind: journal.ProfilesChanged, Actor: journal.Service, Subject: "profiles", Reason: reasonOf(lines)}
	if err := w.record(ctx, entry); err != nil {
		w.log.ErrorContext(ctx, "the change of the profiles could not be journalled", "error", err)
	}
	w.decide(ctx)
	w.again = time.Now().Add(settleAfter)
}

// refuse notes that new files cannot be used. A folder that is not there may be about to be replaced: it is looked for again.
func (h *habits) refuse(ctx context.Context, now []profileFile, err error) {
	reason := err.Error()
	before := h.refused.Swap(&reason)
	h.seen = now
	if before != nil && *before == reason {
		return
	}
	h.log.ErrorContext(ctx, "the new profiles cannot be used; those before go on", "error", err, "missing", os.IsNotExist(err))
}

// check is what readyz says. It is advisory: messages are taken all the same, with the profiles before.
func (h *habits) check() web.Check {
	check := web.Check{Name: "profiles", OK: true, Advisory: true}
	if reason := h.refused.Load(); reason != nil {
		check.OK, check.Reason = false, "the new profiles cannot be used; those before go on: "+*reason
	}
	return check
}

// register shows whether the newest profiles are in use.
func (h *habits) register(r *prometheus.Registry) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "ucpalert", Name: "profiles_refused", Help: "1 while the newest profiles cannot be used and those before go on.",
	}, func() float64 {
		if h.refused.Load() != nil {
			return 1
		}
		return 0
	}))
}
