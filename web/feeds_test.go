package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/silence"
)

// ears are feeds that are listened to.
type ears struct {
	standing []silence.Standing
	muted    map[string]silence.Mute
	heard    []silence.Heard
}

func (e *ears) Standing() []silence.Standing { return e.standing }

func (e *ears) HeardSince(_ context.Context, since time.Time) ([]silence.Heard, error) {
	var out []silence.Heard
	for _, h := range e.heard {
		if !h.At.Before(since) {
			out = append(out, h)
		}
	}
	return out, nil
}

func (e *ears) MuteFeed(_ context.Context, feed string, m silence.Mute, by journal.Actor) error {
	if feed != "RQW|PAS" {
		return silence.ErrNoFeed
	}
	e.muted[feed] = m
	return nil
}

func TestAnOperatorSeesAndMutesASilentFeed(t *testing.T) {
	last := now.Add(-7 * time.Minute)
	model := &silence.Model{Last: last, Break: &silence.Break{Since: last, Said: now.Add(-time.Minute), Usual: 41}}
	model.Cells[14] = silence.Cell{Mean: 360, Weeks: 9}
	e := &ears{muted: map[string]silence.Mute{}, standing: []silence.Standing{{
		Feed: silence.Feed{Organisation: "RQW", Application: "PAS"}, Model: model,
		Verdict: silence.Verdict{State: silence.Silent, Last: last, Since: last, Usual: 42, Rate: 360, Chance: 1e-12, Told: 1e-8, Words: "no message since 13:55"},
	}}}
	w := newWorld(t, func(o *Options) { o.HeardFeeds = e })
	answer := w.ask("GET", "/api/operations/feeds", "operator", "")
	want(t, answer, http.StatusOK)
	var list feedList
	if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil || len(list.Feeds) != 1 {
		t.Fatalf("%v, %+v", err, list)
	}
	if f := list.Feeds[0]; f.Feed != "RQW|PAS" || f.State != "silent" || !f.Since.Equal(last) || f.Words != "no message since 13:55" || len(f.Rates) != 168 || f.Rates[14] != 360 {
		t.Errorf("%+v", f)
	}

	until := now.Add(2 * time.Hour).Format(time.RFC3339)
	for _, row := range []struct {
		what, body string
		status     int
	}{
		{"without a reason", `{"feed":"RQW|PAS","until":"` + until + `","reason":"  "}`, http.StatusUnprocessableEntity},
		{"for two years", `{"feed":"RQW|PAS","until":"2028-11-22T00:00:00Z","reason":"upgrade"}`, http.StatusUnprocessableEntity},
		{"one that was never heard", `{"feed":"RQW|NO","until":"` + until + `","reason":"upgrade"}`, http.StatusNotFound},
		{"for two hours", `{"feed":"RQW|PAS","until":"` + until + `","reason":"upgrade of the PAS"}`, http.StatusNoContent},
	} {
		if answer := w.ask("POST", "/api/operations/feeds/mute", "operator", row.body); answer.Code != row.status {
			t.Errorf("%s: %d %s", row.what, answer.Code, strings.TrimSpace(answer.Body.String()))
		}
	}
	if m := e.muted["RQW|PAS"]; m.Reason != "upgrade of the PAS" || m.By != "integration" || !m.Until.Equal(now.Add(2*time.Hour)) {
		t.Errorf("%+v", m)
	}
}

func TestAnEngineerSeesTheFeedsOfTheOwnHospitals(t *testing.T) {
	e := &ears{muted: map[string]silence.Mute{}}
	for _, of := range []string{"RQW", "RWG", "GONE"} {
		e.standing = append(e.standing, silence.Standing{Feed: silence.Feed{Organisation: of, Application: "PAS"}, Model: &silence.Model{}, Verdict: silence.Verdict{State: silence.Learning}})
	}
	w := newWorld(t, func(o *Options) { o.HeardFeeds = e })
	for _, row := range []struct {
		who   string
		sees  []string
		mutes int
	}{
		{"operator", []string{"RQW|PAS", "RWG|PAS", "GONE|PAS"}, http.StatusNoContent},
		{"engineer-RQW", []string{"RQW|PAS"}, http.StatusNoContent},
		{"engineer-RWG", []string{"RWG|PAS"}, http.StatusForbidden},
		{"operator-Y56", []string{"GONE|PAS"}, http.StatusForbidden}, // whose feed is nobody's must be seen by somebody
	} {
		answer := w.ask("GET", "/api/operations/feeds", row.who, "")
		want(t, answer, http.StatusOK)
		var list feedList
		if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		var sees []string
		for _, f := range list.Feeds {
			sees = append(sees, f.Feed)
		}
		if !slices.Equal(sees, row.sees) {
			t.Errorf("%s sees %v, want %v", row.who, sees, row.sees)
		}
		body := `{"feed":"RQW|PAS","until":"` + now.Add(time.Hour).Format(time.RFC3339) + `","reason":"upgrade"}`
		if answer := w.ask("POST", "/api/operations/feeds/mute", row.who, body); answer.Code != row.mutes {
			t.Errorf("%s mutes the feed of RQW: %d", row.who, answer.Code)
		}
	}
	for _, who := range []string{"clinician-RQW", "hospital-RQW", "screen-RQW-AE", "centre-RP4"} {
		want(t, w.ask("GET", "/api/operations/feeds", who, ""), http.StatusForbidden)
	}
}
