package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/silence"
)

// operated is a service with a feed, a message in quarantine, checks and something that waits.
func operated(t *testing.T) *world {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	model, part := &silence.Model{Last: now}, &silence.Model{}
	model.Cells[14] = silence.Cell{Mean: 240, Weeks: 3} // Sunday, 14:00
	feed := silence.Feed{Organisation: "RQW", Application: "PAS"}
	minute := func(ago int, fresh, stale int) silence.Heard {
		return silence.Heard{Feed: feed, Minute: silence.Minute{At: now.Truncate(time.Minute).Add(-time.Duration(ago) * time.Minute), Fresh: fresh, Stale: stale}}
	}
	e := &ears{
		heard: []silence.Heard{minute(60, 9, 9), minute(59, 1, 2), minute(1, 5, 0), minute(0, 2, 0)},
		standing: []silence.Standing{
			{Feed: feed, Model: model, Rules: silence.Default(zone), Verdict: silence.Verdict{State: silence.Alive, Last: now, Words: "last message 1 second ago"}},
			{Feed: silence.Feed{Organisation: "RQW", Application: "PAS", Site: "RQWG0"}, Model: part, Rules: silence.Default(zone), Verdict: silence.Verdict{State: silence.Silent, Words: "no message since 13:00"}},
			{Feed: silence.Feed{Organisation: "RWG", Application: "PAS"}, Model: part, Rules: silence.Default(zone), Verdict: silence.Verdict{State: silence.Learning}},
		},
	}
	return newWorld(t, func(o *Options) {
		o.HeardFeeds = e
		o.Quarantine = &aside{entries: []alerts.QuarantineEntry{
			{ID: "1", Quarantined: alerts.Quarantined{Sender: "PAS|RQW", Received: now, Answer: "AE"}}, {ID: "2", Quarantined: alerts.Quarantined{Sender: "PAS|RQW", Received: now, Answer: "AE"}, Discarded: now},
		}}
		o.Canaries = func() []Canary {
			return []Canary{{Department: "RQW-AE", State: "alarm", Words: "Use the phone list.", Where: "listener hospitals", Every: time.Minute, Age: 3 * time.Minute, Displayed: now.Add(-3 * time.Minute)}}
		}
		o.Depths = func() []Depth { return []Depth{{Name: "writes", Now: 3, Minutes: []int{0, 7, 3}}} }
	})
}

func TestWhoeverRunsTheServiceSeesHowItStands(t *testing.T) {
	w := operated(t)
	w.checks = []Check{{Name: "database", OK: false, Reason: "the disk is full"}}
	answer := w.ask("GET", "/api/operations/now", "operator", "")
	want(t, answer, http.StatusOK)
	got := read[operations](t, answer)
	if len(got.Feeds) != 2 || len(got.Feeds[0].Parts) != 1 || got.Feeds[0].Parts[0].Site != "Princess Alexandra Hospital" || got.Feeds[0].Parts[0].State != "silent" {
		t.Fatalf("the feeds are %+v", got.Feeds)
	}
	f := got.Feeds[0]
	if len(f.Minutes) != 60 || f.Minutes[0] != 3 || f.Minutes[58] != 5 || f.Minutes[59] != 2 || !f.From.Equal(time.Date(2026, 11, 22, 13, 3, 0, 0, time.UTC)) {
		t.Errorf("the minutes from %s are %v", f.From, f.Minutes)
	}
	// Four a minute are usual from 14:00, and what is usual before is not known.
	if len(f.Bands) != 1 || f.Bands[0].Usual != 4 || f.Bands[0].Low >= 4 || f.Bands[0].High <= 4 || !f.Bands[0].From.Equal(time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("the bands are %+v", f.Bands)
	}
	if quiet := got.Feeds[1]; len(quiet.Minutes) != 60 || len(quiet.Bands) != 0 {
		t.Errorf("a feed that was not heard in the hour is %+v", quiet)
	}
	if got.Waiting.Messages != 1 || !got.Waiting.Newest.Equal(now) {
		t.Errorf("waiting: %+v", got.Waiting)
	}
	at := got.Departments[0]
	if at.Department != "RQW-AE" || at.OrganisationName != "Princess Alexandra Hospital" || at.Screens[0].Screen != "majors-1" || at.Screens[0].Behind != 4 || !at.Screens[0].Receipt.Equal(now) {
		t.Errorf("the department is %+v", at)
	}
	if c := at.Canary; c == nil || c.State != "alarm" || c.Age != 180 || c.Every != 60 || c.Where != "listener hospitals" || c.Displayed == nil {
		t.Errorf("the canary is %+v", c)
	}
	if got.Checks[0].Reason != "the disk is full" || got.Depths[0].Now != 3 || len(got.Depths[0].Minutes) != 3 || got.Version != "1.0" || !got.Time.Equal(now) {
		t.Errorf("the rest is %+v", got)
	}
	if len(w.recorded) > 0 {
		t.Errorf("it is asked every few seconds, and journalled: %+v", w.recorded)
	}
	for _, token := range []string{"screen-RQW-AE", "centre-RP4", "clinician-RQW", "hospital-RQW"} {
		want(t, w.ask("GET", "/api/operations/now", token, ""), http.StatusForbidden)
	}
	if body := answer.Body.String(); strings.Contains(body, "999") {
		t.Errorf("a number of a patient is told: %s", body)
	}
}

func TestAnEngineerSeesHowTheOwnHospitalsStand(t *testing.T) {
	w := operated(t)
	for who, want := range map[string][3]int{"operator": {2, 1, 2}, "engineer-RQW": {1, 1, 1}, "engineer-RWG": {1, 0, 1}, "operator-Y56": {0, 0, 0}} {
		got := read[operations](t, w.ask("GET", "/api/operations/now", who, ""))
		if seen := [3]int{len(got.Feeds), got.Waiting.Messages, len(got.Departments)}; seen != want {
			t.Errorf("%s sees %v feeds, messages that wait and departments; want %v", who, seen, want)
		}
	}
}
