package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/canary"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/web"
)

// canaryConfig says how often an arrival is sent for each department to see whether it comes through; 0 never.
type canaryConfig struct {
	Every time.Duration `yaml:"every"`
}

func (c canaryConfig) check() error {
	if c.Every != 0 && (c.Every < time.Second || c.Every > 10*time.Minute) {
		return errors.New("configuration: canary.every must be from 1s to 10m, or 0s: no check, and nobody is told when arrivals do not come through")
	}
	return nil
}

// bird is the canary of this node: its credentials, which live as long as the process does, and what it has seen. A nil bird does not fly.
type bird struct {
	every  time.Duration
	passes hl7.Passes
	pair   tls.Certificate

	watch     *canary.Watch
	mu        sync.Mutex
	displayed map[string]time.Time // on any node, by department; replaced as a whole
}

// newBird makes the canary and a certificate of its own, which no file holds; nil if it is off.
func newBird(c canaryConfig) (*bird, error) {
	if c.Every == 0 {
		return nil, nil
	}
	pair, err := selfSigned("ucpalert canary", x509.ExtKeyUsageClientAuth)
	if err != nil {
		return nil, fmt.Errorf("make the canary's certificate: %w", err)
	}
	return &bird{every: c.Every, pair: pair}, nil
}

func (b *bird) interval() time.Duration {
	if b == nil {
		return 0
	}
	return b.every
}

func (b *bird) leaf() *x509.Certificate {
	if b == nil {
		return nil
	}
	return b.pair.Leaf
}

// door lets the canary in at one listener.
func (b *bird) door(desk *alerts.Desk) *hl7.CanaryDoor {
	if b == nil {
		return nil
	}
	sum := sha256.Sum256(b.pair.Leaf.Raw)
	return &hl7.CanaryDoor{Desk: desk, Passes: &b.passes, Every: b.every, Fingerprint: hex.EncodeToString(sum[:])}
}

// client connects to a listener of ours as a hospital does. A listener with TLS must show the certificate that it was given.
func (b *bird) client(l *hospitalListener) *mllp.Client {
	c := &mllp.Client{Address: l.socket.Addr().String(), Timeout: min(b.every/2, 10*time.Second)}
	if l.certificates == nil {
		return c
	}
	c.TLS = &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{b.pair},
		InsecureSkipVerify: true, // not by its names, which are those of the network outside: VerifyConnection compares the whole certificate
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 || !bytes.Equal(state.PeerCertificates[0].Raw, l.certificates.held.Load().Certificates[0].Certificate[0]) {
				return errors.New("the listener shows another certificate than its own")
			}
			return nil
		},
	}
	return c
}

// canaryKeeper is what the canary's rounds need of the rest of the node.
type canaryKeeper struct {
	*bird
	hub     *stream.Hub
	store   *sql.Store
	current func() *directory.Directory
	log     *slog.Logger
	alarms  *canaryAlarms
}

// part sends the canary and watches it until the context ends. Off, it only says so.
func (b *bird) part(hub *stream.Hub, store *sql.Store, current func() *directory.Directory, log *slog.Logger, listeners hospitals) func(context.Context) error {
	if b == nil {
		return func(ctx context.Context) error {
			log.WarnContext(ctx, "THE CANARY IS OFF (canary.every is 0s): nobody is told when arrivals do not come through to the screens")
			<-ctx.Done()
			return nil
		}
	}
	keeper := canaryKeeper{b, hub, store, current, log, newCanaryAlarms(store, log)}
	sender := &canary.Sender{
		Every: b.every, Directory: current, Issue: b.passes.Issue, Watch: b.watch, Log: log,
		Patient: canary.Patient{
			NHSNumber: plans.CanaryNumber().Reveal(), Family: alerts.CanaryFamily, Given: alerts.CanaryGiven,
			Born: strings.ReplaceAll(string(alerts.CanaryBorn), "-", ""),
		},
	}
	return func(ctx context.Context) error {
		for _, l := range listeners { // they listen by now
			sender.Ways = append(sender.Ways, canary.Way{Listener: l.Name, Client: b.client(l)})
		}
		var both sync.WaitGroup
		both.Go(func() { _ = every(ctx, min(b.every/4, 5*time.Second), keeper.look) }) // it ends with the context
		err := sender.Run(ctx)
		both.Wait()
		return err
	}
}

// begin makes the watch, before anything runs.
func (b *bird) begin(listeners hospitals) {
	if b == nil {
		return
	}
	var names []string
	for _, l := range listeners {
		names = append(names, l.Name)
	}
	b.watch = canary.NewWatch(b.every, names)
}

// follow takes what the journal says of the canary.
func (b *bird) follow(entries []journal.Entry) {
	if b == nil {
		return
	}
	now := time.Now()
	for _, e := range entries {
		if e.Kind == journal.CanaryPassed && now.Sub(e.Time) < b.every {
			b.watch.Passed(e.Subject, now)
		}
	}
}

// look judges all departments, keeps when screens showed the canary, and tells what became an alarm or ceased to be one.
func (k canaryKeeper) look(ctx context.Context) {
	var ids []string
	for _, dep := range k.current().Departments(time.Now()) {
		ids = append(ids, dep.ID)
	}
	k.mu.Lock()
	known := k.displayed
	k.mu.Unlock()
	changes := k.watch.Look(time.Now(), ids, func(id string, late time.Time) (int, int) {
		able, behind, last := k.hub.CanaryScreens(id, late)
		if last.After(known[id].Add(k.every / 2)) {
			if err := k.store.CanaryDisplayed(ctx, id, last); err != nil && ctx.Err() == nil {
				k.log.ErrorContext(ctx, "that a screen showed the canary could not be kept", "department", id, "error", err)
			}
		}
		return able, behind
	})
	if shown, err := k.store.CanariesDisplayed(ctx); err == nil {
		k.mu.Lock()
		k.displayed = shown
		k.mu.Unlock()
	}
	for _, c := range changes {
		k.tell(ctx, c)
	}
	k.alarms.keep(ctx, k.watch.Verdicts(), time.Now())
}

// tell logs an alarm of this node that begins or ends.
func (k canaryKeeper) tell(ctx context.Context, c canary.Change) {
	if c.Verdict.State == canary.Alarm {
		k.log.ErrorContext(ctx, "THE CANARY DOES NOT COME THROUGH: screens of the department may miss alerts", "department", c.Department,
			"where", c.Verdict.Where, "words", c.Verdict.Words)
		return
	}
	k.log.WarnContext(ctx, "the canary comes through again", "department", c.Department)
}

// status is the canary's part of a department's status.
func (b *bird) status(_ context.Context, department string, into *subscribers.Status) error {
	if b == nil {
		into.Canary = &subscribers.CanaryStatus{State: "off", Words: "Arrivals are not checked: the check is switched off."}
		return nil
	}
	verdict := b.watch.Verdict(department)
	if verdict.State == "" {
		return nil // it was not looked yet
	}
	into.Canary = &subscribers.CanaryStatus{State: string(verdict.State), Words: verdict.Words}
	b.mu.Lock()
	defer b.mu.Unlock()
	if last := b.displayed[department]; !last.IsZero() {
		into.Canary.Last = last.UTC().Format(time.RFC3339)
	}
	return nil
}

// canaries is how the check of each department stood at the last look; none before the first.
func (b *bird) canaries() []web.Canary {
	if b == nil {
		return nil
	}
	verdicts, now := b.watch.Verdicts(), time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []web.Canary
	for _, id := range slices.Sorted(maps.Keys(verdicts)) {
		v := verdicts[id]
		out = append(out, web.Canary{
			Department: id, State: string(v.State), Words: v.Words, Where: v.Where, Every: b.every, Age: b.watch.Age(id, now), Displayed: b.displayed[id],
		})
	}
	return out
}

// check is the canary's line in /readyz. It is advisory: a node that is sent nothing any more cannot show what it may still get.
func (b *bird) check() web.Check {
	c := web.Check{Name: "canary", OK: true, Advisory: true}
	if b == nil {
		c.OK, c.Reason = false, "the canary is off: set canary.every"
		return c
	}
	verdicts := b.watch.Verdicts()
	var bad []string
	for _, id := range slices.Sorted(maps.Keys(verdicts)) {
		if verdicts[id].State == canary.Alarm {
			bad = append(bad, id+" ("+verdicts[id].Where+")")
		}
	}
	if len(bad) > 0 {
		c.OK, c.Reason = false, "the check does not come through to "+strings.Join(bad, ", ")+"; see the log"
	}
	return c
}

// Describe and Collect make the bird a collector: how old the newest check of each department is on this node, and whether it is an alarm.
func (b *bird) Describe(out chan<- *prometheus.Desc) { out <- canaryAge; out <- canaryAlarm }

// Collect implements [prometheus.Collector].
func (b *bird) Collect(out chan<- prometheus.Metric) {
	now := time.Now()
	for id, verdict := range b.watch.Verdicts() {
		alarm := 0.0
		if verdict.State == canary.Alarm {
			alarm = 1
		}
		out <- prometheus.MustNewConstMetric(canaryAge, prometheus.GaugeValue, b.watch.Age(id, now).Seconds(), id)
		out <- prometheus.MustNewConstMetric(canaryAlarm, prometheus.GaugeValue, alarm, id)
	}
}

var (
	canaryAge   = prometheus.NewDesc("ucpalert_canary_age_seconds", "How long ago this node read that the check of a department came through.", []string{"department"}, nil)
	canaryAlarm = prometheus.NewDesc("ucpalert_canary_alarm", "1 while two checks of a department were missed, or a screen does not show them.", []string{"department"}, nil)
)
