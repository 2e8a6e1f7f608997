package silence

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// taught is a model that has heard the same number of messages in each hour by day (06 to 24) and by night, for months.
func taught(day, night float64, last time.Time) *Model {
	m := &Model{Began: last.AddDate(0, -3, 0), Last: last, Learnt: last, Looked: last, From: last.AddDate(0, -3, 0), Cursor: last.Truncate(time.Minute), Hour: last.Truncate(time.Hour), Messages: 1e6, Excess: 0.02, Square: 1}
	for i := range m.Cells {
		m.Cells[i] = Cell{Mean: day, Weeks: 12}
		if i%24 < 6 {
			m.Cells[i].Mean = night
		}
	}
	return m
}

// toldAfter looks every fifteen seconds after the last message, and returns after how long the silence is told; 0 if not within two days.
func toldAfter(m *Model) time.Duration {
	r := Default(london)
	for now := m.Last; now.Sub(m.Last) < 48*time.Hour; now = now.Add(15 * time.Second) {
		if m.Step(r, News{Last: m.Last}, now) == Stops {
			return now.Sub(m.Last)
		}
	}
	return 0
}

func TestASilenceIsToldWhenItIsImprobable(t *testing.T) {
	at := func(s string) time.Time {
		instant, err := time.ParseInLocation("2006-01-02 15:04", s, london)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	for _, row := range []struct {
		name        string
		day, night  float64
		last        time.Time
		least, most time.Duration
	}{
		{"a busy feed by day, at the minimum", 2400, 300, at("2026-06-10 14:00"), 3 * time.Minute, 3*time.Minute + 15*time.Second},
		{"the same feed at 04:00, a little later", 2400, 300, at("2026-06-10 04:00"), 4 * time.Minute, 6 * time.Minute},
		{"an A&E by day", 60, 12, at("2026-06-10 14:00"), 15 * time.Minute, 25 * time.Minute},
		{"the same A&E at 04:00 is patient", 60, 12, at("2026-06-10 02:00"), 70 * time.Minute, 2 * time.Hour},
		{"a gap that spans the night counts the night as little as it is", 6, 0.2, at("2026-06-09 23:30"), 8 * time.Hour, 10 * time.Hour},
		{"clocks go forward at 01:00: the hour that is left out is not waited for", 60, 12, at("2026-03-29 00:30"), 70 * time.Minute, 2 * time.Hour},
		{"clocks go back at 02:00: the hour that comes twice counts twice", 60, 12, at("2026-10-25 00:30"), 70 * time.Minute, 2 * time.Hour},
		{"ten messages a week say nothing by their absence", 0.06, 0.06, at("2026-06-10 14:00"), 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := toldAfter(taught(row.day, row.night, row.last)); got < row.least || got > row.most {
				t.Errorf("told after %s, wanted %s to %s", got, row.least, row.most)
			}
		})
	}
}

func TestNobodyIsWokenForAnUnitThatSleeps(t *testing.T) {
	last := time.Date(2026, 6, 10, 20, 0, 0, 0, london)
	m := taught(3, 0.4, last) // the silence becomes improbable before 05:00
	told := last.Add(toldAfter(m)).In(london)
	if told.Hour() != 6 {
		t.Errorf("told at %s", told)
	}
}

func TestTheHourThatComesTwiceIsExpectedTwice(t *testing.T) {
	r, m := Default(london), taught(60, 12, time.Now())
	for _, row := range []struct {
		name        string
		from, until string
		want        float64
	}{
		{"an ordinary night", "2026-10-24T00:00:00+01:00", "2026-10-24T04:00:00+01:00", 48},
		{"clocks go back", "2026-10-25T00:00:00+01:00", "2026-10-25T04:00:00Z", 60},
		{"clocks go forward", "2026-03-29T00:00:00Z", "2026-03-29T04:00:00+01:00", 36},
		{"twenty minutes across 06:00", "2026-06-10T05:50:00+01:00", "2026-06-10T06:10:00+01:00", 12},
		{"five weeks", "2026-06-01T00:00:00+01:00", "2026-07-06T00:00:00+01:00", 5 * 7 * (18*60 + 6*12)},
	} {
		from, _ := time.Parse(time.RFC3339, row.from)
		until, err := time.Parse(time.RFC3339, row.until)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Expected(r, from, until); math.Abs(got-row.want) > 1e-6 {
			t.Errorf("%s: %g, want %g", row.name, got, row.want)
		}
	}
}

func TestWhatIsHeardEndsTheSilence(t *testing.T) {
	r, last := Default(london), time.Date(2026, 6, 10, 14, 0, 0, 0, london)
	m := taught(2400, 300, last)
	after := toldAfter(m)
	now := last.Add(after)
	if v := m.Judge(r, now); v.State != Silent || !strings.HasPrefix(v.Words, "no message since 14:00; about ") || !strings.Contains(v.Words, "by chance") {
		t.Errorf("%+v", v)
	}
	heard := now.Add(time.Minute)
	if c := m.Step(r, News{Last: heard}, heard.Add(10*time.Second)); c != Speaks || m.Break != nil {
		t.Errorf("one message: %d, %+v", c, m.Break)
	}
	if v := m.Judge(r, heard.Add(10*time.Second)); v.State != Alive {
		t.Errorf("%+v", v)
	}
}

func TestABacklogTeachesNoRate(t *testing.T) {
	r, last := Default(london), time.Date(2026, 6, 10, 14, 0, 0, 0, london)
	for _, row := range []struct {
		name         string
		fresh, stale int
	}{{"10,000 with the times of the outage", 0, 10000}, {"10,000 stamped anew", 10000, 0}} {
		m := taught(60, 12, last)
		at := last.Add(time.Minute)
		m.learn(r, Minute{At: at, Fresh: row.fresh, Stale: row.stale, First: at, Last: at.Add(50 * time.Second)})
		next := at.Add(2 * time.Hour)
		m.learn(r, Minute{At: next, Fresh: 1, First: next, Last: next})
		if got := m.Usual(r.cell(at)); got < 45 || got > 75 {
			t.Errorf("%s: %g an hour from 60", row.name, got)
		}
	}
}

func TestWhileTheServiceDidNotRunNothingWasSilent(t *testing.T) {
	r, last := Default(london), time.Date(2026, 6, 10, 10, 0, 0, 0, london)
	m := taught(2400, 300, last)
	now := last.Add(6 * time.Hour) // the first look since
	if c := m.Step(r, News{Last: last}, now); c != Same {
		t.Error("told at the first look after the service was down")
	}
	c := Same
	for end := now.Add(4 * time.Minute); c == Same && now.Before(end); {
		now = now.Add(15 * time.Second)
		c = m.Step(r, News{Last: last}, now)
	}
	if c != Stops {
		t.Error("a feed that does not come back with the service is not told")
	}
}

func TestAMutedFeedIsNotToldUntilItIsTime(t *testing.T) {
	r, last := Default(london), time.Date(2026, 6, 10, 10, 0, 0, 0, london)
	m := taught(2400, 300, last)
	m.Mute = &Mute{From: last, Until: last.Add(2 * time.Hour), Reason: "upgrade of the PAS", By: "integration"}
	told := toldAfter(m)
	if told < 2*time.Hour+r.Minimum || told > 2*time.Hour+r.Minimum+time.Minute {
		t.Errorf("told after %s", told)
	}
	m = taught(2400, 300, last)
	m.Mute = &Mute{From: last, Until: last.Add(2 * time.Hour), Reason: "upgrade of the PAS", By: "integration"}
	if v := m.Judge(r, last.Add(time.Hour)); v.State != Muted || v.Words != "not told of until 12:00: upgrade of the PAS" {
		t.Errorf("%+v", v)
	}
}

func TestANewFeedIsOnlyToldWhenItsSilenceIsLongByDay(t *testing.T) {
	r := Default(london)
	m, began := &Model{}, time.Date(2026, 6, 8, 9, 0, 0, 0, london)
	now := began
	for ; now.Sub(began) < 3*24*time.Hour; now = now.Add(15 * time.Minute) { // a message each quarter of an hour
		if c := m.Step(r, News{Settled: []Minute{{At: now, Fresh: 1, First: now, Last: now}}, Last: now}, now); c != Same {
			t.Fatalf("told at %s", now)
		}
	}
	if v := m.Judge(r, m.Last); v.State != Learning || v.Words != "learning, heard for 72 hours of 14 days; until then only a silence of more than 30 minutes by day is told" {
		t.Errorf("%+v", v)
	}
	for ; now.Sub(m.Last) < time.Hour; now = now.Add(15 * time.Second) {
		if m.Step(r, News{Last: m.Last}, now) == Stops {
			if quiet := now.Sub(m.Last); quiet < youngMinimum || !m.Break.Young {
				t.Errorf("told after %s: %+v", quiet, m.Break)
			}
			return
		}
	}
	t.Error("not told within an hour at 09:00")
}

// TestPortionsDoNotMatter: the same minutes, looked at every few seconds or twice an hour, teach the same; and the model survives its JSON.
func TestPortionsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, at := Default(london), time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC)
		var minutes []Minute
		for range rapid.IntRange(1, 60).Draw(t, "minutes") {
			at = at.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "later")) * time.Minute)
			minutes = append(minutes, Minute{At: at, Fresh: rapid.IntRange(0, 50).Draw(t, "fresh"), Stale: rapid.IntRange(1, 9).Draw(t, "stale"), First: at.Add(time.Second), Last: at.Add(59 * time.Second)})
		}
		one, other := &Model{}, &Model{}
		for _, m := range minutes {
			one.learn(r, m)
		}
		for i := 0; i < len(minutes); {
			n := min(rapid.IntRange(1, 9).Draw(t, "portion"), len(minutes)-i)
			for _, m := range minutes[:i+n] { // what was told before comes again
				other.learn(r, m)
			}
			i += n
			kept, err := json.Marshal(other)
			if err != nil {
				t.Fatal(err)
			}
			other = &Model{}
			if err := json.Unmarshal(kept, other); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(one, other, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestChanceFalls: the longer a silence, the less likely it is; the more irregular the feed, the likelier; and improbable is the inverse.
func TestChanceFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, more := rapid.Float64Range(0, 200).Draw(t, "expected"), rapid.Float64Range(0.01, 50).Draw(t, "more")
		spread := rapid.Float64Range(0.001, 1).Draw(t, "spread")
		p := Chance(e, spread)
		if p <= 0 || p > 1 || Chance(e+more, spread) >= p || Chance(e, 0) > p*(1+1e-9) {
			t.Fatalf("chance %g", p)
		}
		if back := improbable(p, spread); math.Abs(back-e) > 1e-6*(1+e) {
			t.Fatalf("%g became %g", e, back)
		}
	})
}

func TestAFeedSaysWhatItIs(t *testing.T) {
	part := Feed{Organisation: "RQW", Application: "PAS", Site: "RQWG0"}
	if part.String() != "RQW|PAS|site=RQWG0" || part.Whole().String() != "RQW|PAS" || !part.IsPart() || part.Whole().IsPart() {
		t.Error(part, part.Whole())
	}
}

func TestTheBandOfAnHourHoldsWhatChanceBrings(t *testing.T) {
	rules := Default(time.UTC)
	m := &Model{}
	at := time.Date(2026, 11, 22, 14, 30, 0, 0, time.UTC) // a Sunday
	if _, _, _, ok := m.Band(rules, at); ok {
		t.Error("an hour that was never heard has a band")
	}
	m.Cells[14] = Cell{Mean: 240, Weeks: 5}
	low, usual, high, ok := m.Band(rules, at)
	if !ok || usual != 4 || low != 0 || high < 4+2*math.Sqrt(4) || high > 10 {
		t.Errorf("the band of four a minute is %.2f to %.2f around %.2f", low, high, usual)
	}
	m.Square, m.Excess = 1e6, 1e4 // as regular as a hospital can be
	if _, _, narrow, _ := m.Band(rules, at); narrow >= high {
		t.Errorf("a regular feed has a band up to %.2f, an unknown one up to %.2f", narrow, high)
	}
}
