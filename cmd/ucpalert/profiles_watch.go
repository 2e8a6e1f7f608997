package main

import (
	"context"
	"encoding/json"
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
	// guard keeps new files waiting until a second person agreed, as those that were seen do while waits; nil where nobody is asked.
	guard *guard
	waits bool
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
	texts, err := profiles.Read(h.name)
	if err != nil {
		return nil, nil, err
	}
	set, dir, err := h.make(texts, dir)
	if err != nil {
		return nil, nil, err
	}
	h.held.Store(set)
	return h, dir, nil
}

// make makes profiles of what files say, and fits them to a directory and to the listeners there are.
func (h *habits) make(texts []profiles.Text, dir *directory.Directory) (*profiles.Set, *directory.Directory, error) {
	set, err := profiles.Of(texts)
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

// settle puts in place what a second person agreed to last, where the files wait for one, and gives the directory its rules.
func (h *habits) settle(ctx context.Context, g *guard, dir *directory.Directory) (*directory.Directory, error) {
	h.guard = g
	if h.name == "" {
		return h.fit(dir)
	}
	texts, err := profiles.Read(h.name)
	if err != nil {
		return nil, err
	}
	held, waits, err := h.agreed(ctx, texts)
	if err != nil {
		return nil, err
	}
	if h.waits = waits; !waits {
		return h.fit(dir)
	}
	set, dir, err := h.make(held, dir)
	if err != nil {
		return nil, fmt.Errorf("the profiles that a second person agreed to last: %w", err)
	}
	h.held.Store(set)
	return dir, nil
}

// agreed is what holds of what the files say: all, or what held before while that waits for a second person.
func (h *habits) agreed(ctx context.Context, texts []profiles.Text) (held []profiles.Text, waits bool, err error) {
	whole, err := json.Marshal(texts)
	if err != nil {
		return nil, false, fmt.Errorf("write the profiles as one text: %w", err)
	}
	text, err := h.guard.hold(ctx, guardProfiles, string(whole), func(held string) []string { return profileDifferences(held, texts) })
	if err != nil || text == string(whole) {
		return texts, false, err
	}
	if err := json.Unmarshal([]byte(text), &held); err != nil {
		return nil, true, fmt.Errorf("read the profiles that a second person agreed to last: %w", err)
	}
	return held, true, nil
}

// profileDifferences says in plain language what changes from profiles that hold to others.
func profileDifferences(held string, after []profiles.Text) []string {
	var before []profiles.Text
	if err := json.Unmarshal([]byte(held), &before); err != nil {
		return []string{"The profiles that held cannot be read any more: compare the files."}
	}
	old, err := profiles.Of(before)
	if err != nil {
		return []string{"The profiles that held cannot be read any more: compare the files."}
	}
	now, err := profiles.Of(after)
	if err != nil {
		return []string{"The new profiles cannot be read: refuse them."}
	}
	if lines := profiles.Differences(old, now); len(lines) > 0 {
		return lines
	}
	return []string{"Nothing that the service knows changes; the text of the files does."}
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
	if now != nil && slices.Equal(now, h.seen) && !h.waits {
		return
	}
	texts, err := profiles.Read(h.name)
	var set *profiles.Set
	var dir *directory.Directory
	if err == nil {
		set, dir, err = h.make(texts, w.held.Load())
	}
	if err != nil {
		h.refuse(ctx, now, err)
		return
	}
	if _, h.waits, err = h.agreed(ctx, texts); err != nil {
		h.waits = true
		w.log.ErrorContext(ctx, "the new profiles are not taken; trying again", "error", err)
	}
	if h.seen = now; h.waits {
		return
	}
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
