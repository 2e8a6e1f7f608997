package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/silence"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/web"
)

// silenceConfig says when a feed that sends nothing is told.
type silenceConfig struct {
	Minimum  time.Duration `yaml:"minimum"`
	LearnFor time.Duration `yaml:"learn_for"`
}

func (c silenceConfig) check() error {
	if c.Minimum < time.Second || c.LearnFor < 24*time.Hour {
		return errors.New("configuration: silence.minimum must be at least 1s, and silence.learn_for at least 24h")
	}
	return nil
}

// old is how long after it was sent a message says nothing about how many come: it waited in a queue. A sender whose clock is an hour wrong
// is heard all the same.
const old = 2 * time.Hour

// lookAtFeeds is the longest time between two looks at whether a feed is silent.
const lookAtFeeds = 15 * time.Second

// listener listens to the feeds of all hospitals of the directory.
func (n node) listener(store *sql.Store, current func() *directory.Directory) *silence.Listener {
	return &silence.Listener{
		Store: store, Every: min(lookAtFeeds, n.cfg.Silence.Minimum/4), Node: rand.Text(), Now: time.Now, Log: n.log,
		Rules: func(organisation string) (silence.Rules, bool) {
			org, ok := current().Facility(organisation, time.Now())
			if !ok || org.ID != organisation {
				return silence.Rules{}, false
			}
			rules := silence.Default(subscribers.Zone(departmentOf(current(), organisation), current()))
			rules.Minimum, rules.LearnFor = n.cfg.Silence.Minimum, n.cfg.Silence.LearnFor
			return rules, true
		},
	}
}

// departmentOf is one of the departments of an organisation: its clocks are those of the hospital.
func departmentOf(dir *directory.Directory, organisation string) string {
	for _, d := range dir.Departments(time.Now()) {
		if org, ok := dir.OrganisationOf(d.ID); ok && org.ID == organisation {
			return d.ID
		}
	}
	return ""
}

// heardDesk is a desk whose messages are listened to. Only what is durable proves that a feed lives.
type heardDesk struct {
	hl7.Desk
	ears    *silence.Listener
	current func() *directory.Directory
}

// Receive implements [hl7.Desk] and [web.Reception].
func (d heardDesk) Receive(ctx context.Context, e alerts.Event) (alerts.Outcome, error) {
	out, err := d.Desk.Receive(ctx, e)
	if err != nil || ctx.Value(replayKey{}) != nil {
		return out, err
	}
	dir, now := d.current(), time.Now()
	org, ok := dir.Sending(e.Facility, now)
	if !ok {
		return out, err
	}
	site := ""
	if dep, ok := dir.Department(out.Department); ok {
		site = dep.Site
	}
	application, _, _ := strings.Cut(e.Sender, "|")
	fresh := !out.Duplicate && (e.Sent.IsZero() || now.Sub(e.Sent) < old)
	d.ears.Hear(silence.Feed{Organisation: org.ID, Application: nameOfFeed(application), Event: eventGroup(e.Kind), Site: site}, fresh)
	return out, err
}

// heardBy has all listeners heard.
func (h hospitals) heardBy(ears *silence.Listener, current func() *directory.Directory) {
	for _, l := range h {
		l.receiver.Desk = heardDesk{l.receiver.Desk, ears, current}
	}
}

// replayKey marks the context of a message that an operator has taken again.
type replayKey struct{}

// replayed marks messages that an operator has taken again: they prove nothing about their sender.
func replayed(replay web.Replay) web.Replay {
	return func(ctx context.Context, q alerts.Quarantined) (alerts.Replayed, error) {
		return replay(context.WithValue(ctx, replayKey{}, true), q)
	}
}

// nameOfFeed is what an application calls itself, fit for a board and a log.
func nameOfFeed(application string) string {
	name := strings.ReplaceAll(hl7.Clean(application), "|", " ")
	if len(name) > 40 {
		name = strings.ToValidUTF8(name[:40], "")
	}
	return name
}

// eventGroup is what kinds of events are listened to as one.
func eventGroup(k alerts.Kind) string {
	switch k {
	case alerts.Arrive:
		return "arrivals"
	case alerts.Depart:
		return "departures"
	case alerts.Update:
		return "updates"
	case alerts.Transfer:
		return "transfers"
	case alerts.Expect, alerts.CancelExpected:
		return "expected arrivals"
	case alerts.Person:
		return "persons"
	case alerts.Merge:
		return "merged records"
	}
	return "corrections"
}

// feedStatus tells the boards of a hospital how its feeds stand: the worst of them.
func feedStatus(ears *silence.Listener, current func() *directory.Directory) subscribers.StatusPart {
	return func(_ context.Context, department string, into *subscribers.Status) error {
		dir := current()
		org, ok := dir.OrganisationOf(department)
		if !ok {
			return nil
		}
		into.Feed = standingOf(ears.Standing(), org.ID, dir)
		return nil
	}
}

// standingOf is how the feeds of an organisation stand, for its boards: silent if one is, as a whole before in part.
func standingOf(all []silence.Standing, organisation string, dir *directory.Directory) *subscribers.FeedStatus {
	status := &subscribers.FeedStatus{State: "unknown"}
	var newest time.Time
	silent := false
	for _, s := range all {
		if s.Feed.Organisation != organisation {
			continue
		}
		v := s.Verdict
		if !s.Feed.IsPart() && v.Last.After(newest) {
			newest = v.Last
		}
		if status.State == "unknown" && !v.Last.IsZero() {
			status.State = "heard"
		}
		if v.State != silence.Silent || silent {
			continue // a whole feed stands before its parts
		}
		silent = true
		status.State, status.Since, status.Words = "silent", v.Last.UTC().Format(time.RFC3339), v.Words
		status.Usual, status.Part = s.Model.Break.Usual, s.Feed.Event
		if site, ok := dir.Site(s.Feed.Site); ok {
			status.Part = site.Name
		}
	}
	if !newest.IsZero() {
		status.Last = newest.UTC().Truncate(time.Minute).Format(time.RFC3339) // a board needs no frame for every message
	}
	return status
}

// silenceCheck tells which feeds are silent. It is advisory: the fault is with the sender.
func silenceCheck(ears *silence.Listener) web.Check {
	check := web.Check{Name: "silence", OK: true, Advisory: true}
	var silent []string
	for _, s := range ears.Standing() {
		if s.Verdict.State == silence.Silent {
			silent = append(silent, s.Feed.String())
		}
	}
	if len(silent) > 0 {
		check.OK, check.Reason = false, fmt.Sprintf("silent feeds: %s; ask the hospital's integration desk; see /api/operations/feeds", strings.Join(silent, ", "))
	}
	return check
}

// feedMetrics shows each feed as a whole: when it was heard, and whether it is silent.
type feedMetrics struct{ ears *silence.Listener }

var (
	feedLastMetric   = prometheus.NewDesc("ucpalert_hospital_feed_last_seconds", "When the newest message of a hospital's feed came, in seconds since 1970.", []string{"organisation", "application"}, nil)
	feedSilentMetric = prometheus.NewDesc("ucpalert_hospital_feed_silent", "1 while a hospital's feed is silent, or the parts of it that are; 0 is well.", []string{"organisation", "application", "event", "site"}, nil)
)

// Describe implements [prometheus.Collector].
func (feedMetrics) Describe(to chan<- *prometheus.Desc) { to <- feedLastMetric; to <- feedSilentMetric }

// Collect implements [prometheus.Collector].
func (m feedMetrics) Collect(to chan<- prometheus.Metric) {
	for _, s := range m.ears.Standing() {
		f, silent := s.Feed, 0.0
		if s.Verdict.State == silence.Silent {
			silent = 1
		}
		to <- prometheus.MustNewConstMetric(feedSilentMetric, prometheus.GaugeValue, silent, f.Organisation, f.Application, f.Event, f.Site)
		if !f.IsPart() && !s.Verdict.Last.IsZero() {
			to <- prometheus.MustNewConstMetric(feedLastMetric, prometheus.GaugeValue, float64(s.Verdict.Last.UnixMilli())/1000, f.Organisation, f.Application)
		}
	}
}

// feedsAPI is what operators ask about feeds.
type feedsAPI struct {
	*silence.Listener
	*sql.Store
}

var (
	_ web.Reception  = heardDesk{}
	_ web.HeardFeeds = feedsAPI{}
)
