package sql_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

var operator = journal.Actor{Name: "integration", Role: "operator", Organisation: "QM7"}

func rubbish(text string, at time.Time) alerts.Quarantined {
	return alerts.Quarantined{
		Sender: "PAS|RQW", Received: at, Raw: []byte(text), Answer: "AE", Condition: 101, Location: "MSH^1^10", Reason: "no control id",
		Listener: "trusts", Address: "192.0.2.1:4711", Fingerprint: strings.Repeat("ab", 32), Subject: "CN=adt", Names: []string{"adt.example", "192.0.2.1"},
	}
}

func TestTheQuarantineIsListedReadAndSettled(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx := t.Context()
		keep := func(q alerts.Quarantined) {
			t.Helper()
			if err := s.store.KeepQuarantined(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		keep(rubbish("one\x00\xff", noon))
		keep(rubbish("two", noon.Add(time.Minute)))
		keep(rubbish("three", noon.Add(time.Minute)))
		changed := rubbish("one\x00\xff", noon.Add(2*time.Minute))
		changed.Reason, changed.Condition, changed.Listener = "another reason", 102, "other"
		keep(changed)

		waiting := func(after string, settled bool, most int) []alerts.QuarantineEntry {
			t.Helper()
			page, err := s.store.Quarantine(ctx, after, settled, most)
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		all := waiting("", false, 10)
		if len(all) != 3 {
			t.Fatalf("%d entries, want 3", len(all))
		}
		counted := func(want ...alerts.QuarantineWaiting) {
			t.Helper()
			got, err := s.store.QuarantineWaiting(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("waiting (-want +got):\n%s", diff)
			}
		}
		counted(alerts.QuarantineWaiting{Sender: "PAS|RQW", Messages: 3, Newest: noon.Add(2 * time.Minute)})
		first := all[0]
		want := changed
		want.Raw = nil
		if diff := cmp.Diff(alerts.QuarantineEntry{ID: first.ID, Quarantined: want, First: noon, Times: 2, Size: 5}, first); diff != "" {
			t.Error(diff)
		}
		if next := waiting(first.ID, false, 1); len(next) != 1 || next[0].ID != all[1].ID {
			t.Errorf("after the first comes %+v", next)
		}
		if last := waiting(all[1].ID, false, 9); len(last) != 1 || last[0].ID != all[2].ID {
			t.Errorf("of the same instant, after the second comes %+v", last)
		}

		whole, err := s.store.Quarantined(ctx, first.ID[:8])
		if err != nil || string(whole.Raw) != "one\x00\xff" || whole.ID != first.ID {
			t.Errorf("read %+v, %v", whole, err)
		}
		for _, id := range []string{"", "0", first.ID[:7], "zzzzzzzz", "00000000", first.ID + "00"} {
			if _, err := s.store.Quarantined(ctx, id); !errors.Is(err, alerts.ErrNoQuarantined) {
				t.Errorf("%q: %v", id, err)
			}
		}

		note := func(id string, r alerts.Replayed) {
			t.Helper()
			if err := s.store.NoteReplay(ctx, id, r, noon.Add(time.Hour), operator); err != nil {
				t.Fatal(err)
			}
		}
		note(first.ID, alerts.Replayed{Answer: "AR", Condition: 201, Location: "MSH^1^9", Reason: "unsupported event"})
		again, err := s.store.Quarantined(ctx, first.ID)
		if err != nil || again.Reason != "unsupported event" || again.Condition != 201 || again.Replays != 1 || !again.Taken.IsZero() || again.Times != 2 {
			t.Errorf("after a replay that was refused: %+v, %v", again, err)
		}
		note(first.ID, alerts.Replayed{Taken: true, Answer: "AA"})
		if err := s.store.DiscardQuarantined(ctx, all[1].ID, noon.Add(time.Hour), operator); err != nil {
			t.Fatal(err)
		}
		if left := waiting("", false, 10); len(left) != 1 || left[0].ID != all[2].ID {
			t.Errorf("waiting: %+v", left)
		}
		counted(alerts.QuarantineWaiting{Sender: "PAS|RQW", Messages: 1, Newest: noon.Add(time.Minute)})
		settled := waiting("", true, 10)
		if len(settled) != 3 || settled[0].Taken.IsZero() || settled[0].By != "integration" || settled[1].Discarded.IsZero() || settled[1].Size != 0 {
			t.Errorf("all: %+v", settled)
		}
		for _, err := range []error{
			s.store.DiscardQuarantined(ctx, all[1].ID, noon, operator), s.store.DiscardQuarantined(ctx, first.ID[:8], noon, operator),
			s.store.NoteReplay(ctx, all[1].ID, alerts.Replayed{}, noon, operator), s.store.NoteReplay(ctx, strings.Repeat("0", 64), alerts.Replayed{}, noon, operator),
		} {
			if !errors.Is(err, alerts.ErrNoQuarantined) {
				t.Errorf("got %v", err)
			}
		}

		// Whoever sends a discarded message again has it waiting again, whole.
		again2 := rubbish(map[bool]string{true: "two", false: "three"}[string(mustRead(t, s, all[2].ID).Raw) == "three"], noon.Add(3*time.Hour))
		keep(again2)
		if e := waiting("", false, 10)[0]; e.Size != len(again2.Raw) || !e.Discarded.IsZero() || e.By != "" || e.Times != 2 {
			t.Errorf("sent again: %+v", e)
		}
		wantKinds := []journal.Kind{journal.MessageQuarantined, journal.MessageQuarantined, journal.MessageQuarantined, journal.MessageReplayed, journal.MessageReplayed, journal.MessageDiscarded}
		if diff := cmp.Diff(wantKinds, kinds(s.journal(t))); diff != "" {
			t.Error(diff)
		}
	})
}

func mustRead(t *testing.T, s service, id string) alerts.QuarantineEntry {
	t.Helper()
	e, err := s.store.Quarantined(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
