package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

// aside is a quarantine in memory.
type aside struct {
	entries []alerts.QuarantineEntry
	noted   []string
	replay  func(alerts.Quarantined) (alerts.Replayed, error)
}

func (a *aside) Quarantine(_ context.Context, after string, _ bool, most int) ([]alerts.QuarantineEntry, error) {
	page := a.entries
	for i, e := range a.entries {
		if e.ID == after {
			page = a.entries[i+1:]
		}
	}
	return page[:min(most, len(page))], nil
}

func (a *aside) QuarantineWaiting(context.Context) ([]alerts.QuarantineWaiting, error) {
	by := map[string]alerts.QuarantineWaiting{}
	for _, e := range a.entries {
		if e.Taken.IsZero() && e.Discarded.IsZero() {
			w := by[e.Sender]
			by[e.Sender] = alerts.QuarantineWaiting{Sender: e.Sender, Messages: w.Messages + 1, Newest: e.Received}
		}
	}
	return slices.Collect(maps.Values(by)), nil
}

func (a *aside) Quarantined(_ context.Context, id string) (alerts.QuarantineEntry, error) {
	for _, e := range a.entries {
		if strings.HasPrefix(e.ID, id) && len(id) >= 8 {
			return e, nil
		}
	}
	return alerts.QuarantineEntry{}, alerts.ErrNoQuarantined
}

func (a *aside) NoteReplay(_ context.Context, id string, r alerts.Replayed, _ time.Time, by journal.Actor) error {
	a.noted = append(a.noted, "replay "+id[:8]+" "+r.Answer+" "+by.Name)
	return nil
}

func (a *aside) DiscardQuarantined(_ context.Context, id string, _ time.Time, by journal.Actor) error {
	a.noted = append(a.noted, "discard "+id[:8]+" "+by.Name)
	return nil
}

func withQuarantine(a *aside) func(*Options) {
	return func(o *Options) {
		o.Quarantine = a
		o.Replay = func(_ context.Context, q alerts.Quarantined) (alerts.Replayed, error) { return a.replay(q) }
	}
}

func TestAnOperatorListsReadsReplaysAndDiscards(t *testing.T) {
	id := strings.Repeat("ab", 32)
	kept := alerts.Quarantined{
		Sender: "PAS|RQW", Received: now, Raw: []byte("MSH|\x00\xff 9990000018"), Answer: "AE", Condition: 101, Location: "MSH^1^10", Reason: "no control id",
		Listener: "trusts", Address: "192.0.2.1:4711", Subject: "CN=adt",
	}
	gone := strings.Repeat("cd", 32)
	a := &aside{entries: []alerts.QuarantineEntry{
		{ID: id, Quarantined: kept, First: now.Add(-time.Hour), Times: 3, Size: 17},
		{ID: gone, Quarantined: alerts.Quarantined{Answer: "AR"}, First: now, Times: 1, Discarded: now, By: "somebody"},
	}}
	w := newWorld(t, withQuarantine(a))
	const below = "/api/operations/quarantine"

	listed := w.ask("GET", below, "operator", "")
	want(t, listed, http.StatusOK)
	for _, text := range []string{`"id":"` + id + `"`, `"first":"2026-11-22T13:02:10Z"`, `"last":"2026-11-22T14:02:10Z"`, `"times":3`, `"size":17`, `"reason":"no control id"`, `"location":"MSH^1^10"`, `"condition":101`, `"listener":"trusts"`} {
		if !strings.Contains(listed.Body.String(), text) {
			t.Errorf("the list does not hold %s: %s", text, listed.Body)
		}
	}
	for _, path := range []string{below, below + "/" + id[:8]} {
		if body := w.ask("GET", path, "operator", "").Body.String(); strings.Contains(body, "9990000018") {
			t.Errorf("%s tells what the message says: %s", path, body)
		}
	}
	if n := len(w.entries(journal.QuarantineListed)); n != 3 {
		t.Errorf("%d readings journalled, want 3", n)
	}

	raw := w.ask("GET", below+"/"+id[:8]+"/bytes", "operator", "")
	want(t, raw, http.StatusOK)
	if raw.Body.String() != string(kept.Raw) || raw.Header().Get("Content-Type") != "application/octet-stream" || raw.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the bytes are %q as %s", raw.Body, raw.Header())
	}
	if read := w.entries(journal.MessageRead); len(read) != 1 || read[0].Subject != id[:16] || read[0].Actor.Name != "integration" {
		t.Errorf("journalled: %+v", read)
	}

	a.replay = func(q alerts.Quarantined) (alerts.Replayed, error) {
		if string(q.Raw) != string(kept.Raw) || q.Listener != "trusts" || q.Subject != "CN=adt" {
			t.Errorf("replayed %+v", q)
		}
		return alerts.Replayed{Answer: "AR", Condition: 201, Location: "MSH^1^9", Reason: "unsupported event"}, nil
	}
	same(t, w.ask("POST", below+"/"+id+"/replay", "operator", ""), `{"taken":false,"answer":"AR","condition":201,"location":"MSH^1^9","reason":"unsupported event"}`)
	a.replay = func(alerts.Quarantined) (alerts.Replayed, error) {
		return alerts.Replayed{Taken: true, Answer: "AA"}, nil
	}
	same(t, w.ask("POST", below+"/"+id+"/replay", "operator", ""), `{"taken":true,"answer":"AA"}`)
	want(t, w.ask("DELETE", below+"/"+id, "operator", ""), http.StatusNoContent)
	if got := strings.Join(a.noted, ", "); got != "replay abababab AR integration, replay abababab AA integration, discard abababab integration" {
		t.Errorf("noted: %s", got)
	}

	a.noted = nil
	a.replay = func(alerts.Quarantined) (alerts.Replayed, error) {
		return alerts.Replayed{}, errors.New("disk is full")
	}
	wantProblem(t, w.ask("POST", below+"/"+id+"/replay", "operator", ""), http.StatusServiceUnavailable, "could not be stored")
	a.replay = func(alerts.Quarantined) (alerts.Replayed, error) { return alerts.Replayed{}, alerts.ErrNoListener }
	wantProblem(t, w.ask("POST", below+"/"+id+"/replay", "operator", ""), http.StatusConflict, "not configured any more")
	for _, row := range []struct{ method, path string }{{"GET", "/bytes"}, {"POST", "/replay"}, {"DELETE", ""}} {
		wantProblem(t, w.ask(row.method, below+"/"+gone+row.path, "operator", ""), http.StatusGone, "discarded")
		wantProblem(t, w.ask(row.method, below+"/00000000"+row.path, "operator", ""), http.StatusNotFound, "No such message")
	}
	if len(a.noted) > 0 {
		t.Errorf("noted all the same: %v", a.noted)
	}

	w.unrecordable = errors.New("disk is full")
	for _, path := range []string{below, below + "/" + id, below + "/" + id + "/bytes"} {
		answer := w.ask("GET", path, "operator", "")
		want(t, answer, http.StatusServiceUnavailable)
		if strings.Contains(answer.Body.String(), "PAS") {
			t.Errorf("%s is shown though the reading could not be journalled", path)
		}
	}
}

func TestALongQuarantineIsListedPageByPage(t *testing.T) {
	a := &aside{}
	for i := range quarantinePage + 1 {
		a.entries = append(a.entries, alerts.QuarantineEntry{ID: strings.Repeat("0", 61) + string([]byte{'0' + byte(i/100), '0' + byte(i/10%10), '0' + byte(i%10)}), Quarantined: alerts.Quarantined{Answer: "AE"}})
	}
	w := newWorld(t, withQuarantine(a))
	first := w.ask("GET", "/api/operations/quarantine", "operator", "").Body.String()
	last := a.entries[quarantinePage-1].ID
	if strings.Count(first, `"id"`) != quarantinePage || !strings.Contains(first, `"next":"`+last+`"`) {
		t.Errorf("the first page: %s", first[len(first)-200:])
	}
	second := w.ask("GET", "/api/operations/quarantine?after="+last, "operator", "").Body.String()
	if strings.Count(second, `"id"`) != 1 || strings.Contains(second, "next") {
		t.Errorf("the second page: %s", second)
	}
}

func TestAnEngineerSeesTheQuarantineOfTheOwnHospitals(t *testing.T) {
	id := func(digits string) string { return strings.Repeat(digits, 32) }
	entry := func(digits, sender, certified string) alerts.QuarantineEntry {
		return alerts.QuarantineEntry{ID: id(digits), Quarantined: alerts.Quarantined{Answer: "AE", Sender: sender, Organisation: certified, Raw: []byte("MSH|"), Reason: "no visit"}, First: now, Times: 1}
	}
	a := &aside{entries: []alerts.QuarantineEntry{
		entry("a1", "PAS|RQW", ""), entry("b1", "PAS|RWG02", ""), entry("c1", "PAS|NOBODY", ""),
		entry("d1", "", "RQW"), entry("e1", "PAS|RQW", "RWG"), // the certificate says more than the message
	}}
	a.replay = func(alerts.Quarantined) (alerts.Replayed, error) {
		return alerts.Replayed{Taken: true, Answer: "AA"}, nil
	}
	w := newWorld(t, withQuarantine(a))
	const below = "/api/operations/quarantine"
	for who, sees := range map[string]string{"operator": "a1 b1 c1 d1 e1", "engineer-RQW": "a1 d1", "engineer-RWG": "b1 e1", "operator-Y56": "c1"} {
		listed := w.ask("GET", below, who, "")
		want(t, listed, http.StatusOK)
		for _, e := range a.entries {
			theirs := strings.Contains(sees, e.ID[:2])
			if strings.Contains(listed.Body.String(), e.ID) != theirs {
				t.Errorf("%s sees %s: %s", who, e.ID[:2], listed.Body)
			}
			for _, ask := range []struct {
				method, path string
				status       int
			}{{"GET", "", 200}, {"GET", "/bytes", 200}, {"POST", "/replay", 200}, {"DELETE", "", 204}} {
				status := map[bool]int{true: ask.status, false: http.StatusForbidden}[theirs]
				if got := w.ask(ask.method, below+"/"+e.ID+ask.path, who, ""); got.Code != status {
					t.Errorf("%s %s %s of %s: %d, want %d", who, ask.method, ask.path, e.ID[:2], got.Code, status)
				}
			}
		}
	}
	if n := len(w.entries(journal.AccessRefused)); n == 0 {
		t.Error("no refusal was journalled")
	}

	// Nothing is passed over however much others sent.
	a.entries = nil
	for i := range 3*quarantinePage + 7 {
		e := entry("", "PAS|RQW", "")
		if i%2 == 0 {
			e.Sender = "PAS|RWG"
		}
		e.ID = fmt.Sprintf("%064d", i)
		a.entries = append(a.entries, e)
	}
	seen, after := map[string]bool{}, ""
	for range 20 {
		var list quarantineList
		if err := json.Unmarshal(w.ask("GET", below+"?after="+after, "engineer-RWG", "").Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		for _, m := range list.Messages {
			if m.Sender != "PAS|RWG" || seen[m.ID] {
				t.Errorf("listed %+v", m)
			}
			seen[m.ID] = true
		}
		if after = list.Next; after == "" {
			break
		}
	}
	if len(seen) != (3*quarantinePage+8)/2 {
		t.Errorf("%d messages were listed", len(seen))
	}
}
