package rotas

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// TestATimelineAnswersAsTheVersionOfEachInstant makes rotas of some versions and compares At and Between with asking the version that held.
func TestATimelineAnswersAsTheVersionOfEachInstant(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		r := Rota{ID: "r"}
		since := start.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "first")) * time.Hour)
		for i := range rapid.IntRange(1, 4).Draw(t, "versions") {
			v := Version{Revision: i + 1, Since: since, Plan: Plan{Zone: "Europe/London"}}
			for j := range rapid.IntRange(0, 2).Draw(t, "layers") {
				l := rota.Layer{Name: fmt.Sprint(j), Handover: rapid.SampledFrom([]string{"30 1 * * *", "0 8,20 * * *"}).Draw(t, "handover"), People: []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "people")], First: "2026-10-20"}
				if rapid.Bool().Draw(t, "windows") {
					l.Windows = []rota.Window{{Weekdays: []rota.Weekday{"sat", "sun"}, From: "20:00", To: "08:00"}}
				}
				v.Layers = append(v.Layers, l)
			}
			since = since.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
			if i > 0 {
				r.Versions[i-1].Until = v.Since
			}
			r.Versions = append(r.Versions, v)
		}
		if rapid.Bool().Draw(t, "dropped") {
			r.Versions[len(r.Versions)-1].Until = since
		}
		line, err := r.Timeline()
		if err != nil {
			t.Fatal(err)
		}
		brute := func(at time.Time) string {
			for _, v := range r.Versions {
				if !at.Before(v.Since) && (v.Until.IsZero() || at.Before(v.Until)) {
					one, err := rota.New(r.spec(v.Plan))
					if err != nil {
						t.Fatal(err)
					}
					return one.At(at).Person
				}
			}
			return ""
		}
		end := start.Add(21 * 24 * time.Hour)
		at := start
		for _, s := range line.Between(start, end) {
			if !s.Start.Equal(at) || !s.Start.Before(s.End) {
				t.Fatalf("a shift from %s, not %s", s.Start, at)
			}
			for _, instant := range []time.Time{s.Start, s.Start.Add(s.End.Sub(s.Start) / 2).Truncate(time.Second), s.End.Add(-time.Second)} {
				if want := brute(instant); s.Person != want || line.At(instant).Person != want {
					t.Fatalf("at %s %q is on, by the shift %q, by the version %q", instant, line.At(instant).Person, s.Person, want)
				}
			}
			at = s.End
		}
		if !at.Equal(end) {
			t.Fatalf("the shifts end at %s", at)
		}
	})
}

// TestAnEffectIsWhatDiffers compares two rotas hour by hour with the differences that were found.
func TestAnEffectIsWhatDiffers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) Answers {
			if rapid.IntRange(0, 4).Draw(t, label+" none") == 0 {
				return nil
			}
			l := rota.Layer{Name: "l", Handover: rapid.SampledFrom([]string{"0 8 * * *", "0 8,20 * * *", "0 9 * * 1"}).Draw(t, label), People: []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, label+" people")], First: "2026-11-01"}
			if rapid.Bool().Draw(t, label+" windows") {
				l.Windows = []rota.Window{{Weekdays: []rota.Weekday{"mon", "wed", "sat"}}}
			}
			r, err := rota.New(rota.Spec{ID: "r", Zone: "Europe/London", Layers: []rota.Layer{l}})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		before, after := draw("before"), draw("after")
		e := effectOf(before, after, now)
		who := func(of Answers, at time.Time) string {
			if of == nil {
				return ""
			}
			return of.At(at).Person
		}
		for at := now; at.Before(now.Add(rota.Ahead)); at = at.Add(time.Hour) {
			was, is, lost := who(before, at), who(after, at), false
			differs := ""
			for _, d := range e.Differences {
				if !at.Before(d.Start) && at.Before(d.End) {
					differs = d.Before + "→" + d.After
				}
			}
			if want := was + "→" + is; was != is && differs != want || was == is && differs != "" {
				t.Fatalf("at %s it is %s, found %q", at, want, differs)
			}
			for _, s := range e.Lost {
				lost = lost || !at.Before(s.Start) && at.Before(s.End)
			}
			if lost != (was != "" && is == "") {
				t.Fatalf("at %s: lost %v, before %q, after %q", at, lost, was, is)
			}
		}
	})
}
