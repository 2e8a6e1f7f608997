package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// times is a handover as a set of times, from which the cron expression is written: the oracle reads no cron.
type times struct {
	minute int
	hours  []int
	days   []int // of the week; none: every day
	dates  []int // of the month; none: every day
}

func (h times) cron() string {
	list := func(of []int) string {
		if len(of) == 0 {
			return "*"
		}
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(of), " ", ","), "[]")
	}
	return fmt.Sprintf("%d %s %s * %s", h.minute, list(h.hours), list(h.dates), list(h.days))
}

func (h times) at(minute time.Time) bool {
	return minute.Minute() == h.minute && slices.Contains(h.hours, minute.Hour()) &&
		(len(h.days) == 0 || slices.Contains(h.days, int(minute.Weekday()))) && (len(h.dates) == 0 || slices.Contains(h.dates, minute.Day()))
}

// oracle goes through time step by step, and knows one rule: the rota goes by the latest time that the clock on the wall has shown so far. While
// an autumn night repeats an hour that stands still; where a spring night skips one it jumps, and everything that was skipped happens at once.
// It shares nothing with the rota but its specification.
type oracle struct {
	spec      Spec
	handovers []times
	shown     time.Time // the latest the clock has shown, written as UTC
	begun     []int     // turns of each layer
	over      []bool
}

func newOracle(spec Spec, handovers []times, zone *time.Location, start time.Time) *oracle {
	return &oracle{spec: spec, handovers: handovers, shown: shown(zone, start), begun: make([]int, len(handovers)), over: make([]bool, len(handovers))}
}

// shown is what the clock shows at an instant, written as UTC.
func shown(zone *time.Location, t time.Time) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}

// step goes on to an instant and answers who is on.
func (o *oracle) step(zone *time.Location, t time.Time) string {
	for now := shown(zone, t); o.shown.Before(now); {
		next := o.shown.Truncate(time.Minute).Add(time.Minute)
		if next.After(now) {
			o.shown = now
			break
		}
		o.shown = next
		for i, h := range o.handovers {
			if !h.at(next) {
				continue
			}
			if of, date := o.spec.Layers[i], Date(next.Format(time.DateOnly)); date >= of.First {
				o.over[i] = o.over[i] || of.Last != "" && date > of.Last
				o.begun[i]++
			}
		}
	}
	person := ""
	for i, l := range o.spec.Layers {
		if o.begun[i] > 0 && !o.over[i] && o.inHours(l) {
			person = l.People[(o.begun[i]-1)%len(l.People)]
		}
	}
	for _, v := range o.spec.Overrides {
		if !t.Before(v.Start) && t.Before(v.End) && (v.Instead == "" || v.Instead == person) {
			person = v.By
		}
	}
	return person
}

func (o *oracle) inHours(l Layer) bool {
	for _, w := range l.Windows {
		for back := range 2 {
			midnight := o.shown.Truncate(24*time.Hour).AddDate(0, 0, -back)
			of := func(t TimeOfDay) time.Time {
				if t == "" {
					t = "00:00"
				}
				clock, err := time.Parse("15:04", string(t))
				if err != nil {
					panic(err)
				}
				return midnight.Add(clock.Sub(clock.Truncate(24 * time.Hour)))
			}
			begins, ends := of(w.From), of(w.To)
			if !begins.Before(ends) {
				ends = ends.AddDate(0, 0, 1)
			}
			date := Date(midnight.Format(time.DateOnly))
			named := strings.ToLower(midnight.Weekday().String()[:3])
			holiday := slices.Contains(o.spec.Holidays, date)
			if (len(w.Weekdays) == 0 || slices.Contains(w.Weekdays, Weekday(named))) && (len(w.Dates) == 0 || slices.Contains(w.Dates, date)) &&
				(w.Holidays == AnyDay || (w.Holidays == OnlyHolidays) == holiday) && !o.shown.Before(begins) && o.shown.Before(ends) {
				return true
			}
		}
	}
	return len(l.Windows) == 0
}

// changes are nights in which clocks are changed, forward or back, by an hour, by half of one, and by a whole day.
var changes = []struct {
	zone string
	at   time.Time
}{
	{"Europe/London", time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)},
	{"Europe/London", time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)},
	{"Australia/Lord_Howe", time.Date(2026, 4, 4, 15, 0, 0, 0, time.UTC)},
	{"Australia/Lord_Howe", time.Date(2026, 10, 3, 15, 30, 0, 0, time.UTC)},
	{"America/St_Johns", time.Date(2010, 11, 7, 2, 31, 0, 0, time.UTC)}, // at 00:01 on the wall, back into the day before
	{"Pacific/Apia", time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC)},    // 30 December 2011 was skipped
	{"UTC", time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)},
}

var people = []string{"ann", "ben", "cat", "dan"}

func some[T any](from []T, least, most int) *rapid.Generator[[]T] {
	return rapid.Custom(func(t *rapid.T) []T {
		n := rapid.IntRange(least, most).Draw(t, "how many")
		return rapid.Permutation(from).Draw(t, "which")[:n]
	})
}

// drawSpec invents a rota around an instant.
func drawSpec(t *rapid.T, zone string, at time.Time) (Spec, []times) {
	date := func(name string, least, most int) Date {
		return Date(at.AddDate(0, 0, rapid.IntRange(least, most).Draw(t, name)).Format(time.DateOnly))
	}
	clock := rapid.SampledFrom([]TimeOfDay{"", "00:30", "01:00", "01:15", "01:30", "01:59", "02:00", "02:15", "08:00", "20:00", "23:45"})
	s := Spec{ID: "rota", Zone: zone, Holidays: []Date{date("holiday", -2, 2)}}
	var handovers []times
	for i := range rapid.IntRange(0, 3).Draw(t, "layers") {
		h := times{minute: rapid.SampledFrom([]int{0, 1, 15, 30, 59}).Draw(t, "minute"), hours: some([]int{0, 1, 2, 3, 8, 20, 23}, 1, 4).Draw(t, "hours")}
		switch rapid.IntRange(0, 2).Draw(t, "days") {
		case 1:
			h.days = some([]int{0, 1, 2, 3, 4, 5, 6}, 1, 7).Draw(t, "weekdays")
		case 2:
			h.dates = some([]int{1, 4, 7, 24, 25, 28, 29, 30, 31}, 1, 6).Draw(t, "dates")
		}
		slices.Sort(h.hours)
		l := Layer{Name: fmt.Sprint(i), Handover: h.cron(), People: some(people, 1, 4).Draw(t, "people"), First: date("first", -6, 2)}
		if rapid.Bool().Draw(t, "ends") {
			l.Last = max(l.First, date("last", -3, 3))
		}
		for range rapid.IntRange(0, 2).Draw(t, "windows") {
			l.Windows = append(l.Windows, Window{
				Weekdays: some(weekdays[:], 0, 5).Draw(t, "on weekdays"), Holidays: rapid.SampledFrom([]HolidayRule{AnyDay, OnlyHolidays, NoHolidays}).Draw(t, "rule"),
				From: clock.Draw(t, "from"), To: clock.Draw(t, "to"),
			})
		}
		s.Layers, handovers = append(s.Layers, l), append(handovers, h)
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "overrides") {
		start := at.Add(time.Duration(rapid.IntRange(-5000, 5000).Draw(t, "start")) * time.Second)
		s.Overrides = append(s.Overrides, Override{
			ID: fmt.Sprint(i), Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 9000).Draw(t, "long")) * time.Second),
			Instead: rapid.SampledFrom([]string{"", "ann", "ben"}).Draw(t, "instead"), By: rapid.SampledFrom(people).Draw(t, "by"),
			Decided: at.AddDate(0, 0, i-10),
		})
	}
	return s, handovers
}

// TestTheRotaAgreesWithWhoeverWatchesTheClock compares every minute of four days around a change of the clock, and every second of the hours
// around it, with the oracle.
func TestTheRotaAgreesWithWhoeverWatchesTheClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		change := rapid.SampledFrom(changes).Draw(t, "change")
		spec, handovers := drawSpec(t, change.zone, change.at)
		r, err := New(spec)
		if err != nil {
			if strings.Contains(err.Error(), "an hour apart") || strings.Contains(err.Error(), "no such time") {
				t.Skip(err)
			}
			t.Fatal(err)
		}
		compare(t, r, newOracle(spec, handovers, r.zone, change.at.AddDate(0, 0, -8)), change.at)
	})
}

func compare(t *rapid.T, r *Rota, o *oracle, change time.Time) {
	from, to := change.AddDate(0, 0, -2), change.AddDate(0, 0, 2)
	for at := change.AddDate(0, 0, -8); at.Before(from); at = at.Add(time.Minute) {
		o.step(r.zone, at)
	}
	shifts := contiguous(t, r.Between(from, to), from, to)
	closely := 75 * time.Minute
	for at := from; at.Before(to); {
		want := o.step(r.zone, at)
		for !at.Before(shifts[0].End) {
			shifts = shifts[1:]
		}
		if shifts[0].Person != want {
			t.Fatalf("%s (%s): %q is in the shifts, the oracle has %q", at.Format(time.RFC3339), at.In(r.zone), shifts[0].Person, want)
		}
		step := time.Minute
		if d := at.Sub(change).Abs(); d < closely {
			step = time.Second
		}
		if at.Second() == 0 && at.Minute()%15 == 0 || at.Second() == 59 {
			if got := r.At(at.Add(999 * time.Millisecond)); got.Person != want {
				t.Fatalf("%s (%s): %q is on, the oracle has %q", at.Format(time.RFC3339), at.In(r.zone), got.Person, want)
			}
		}
		at = at.Add(step)
	}
}

// contiguous wants exactly one shift at every second.
func contiguous(t interface{ Fatalf(string, ...any) }, shifts []Shift, from, to time.Time) []Shift {
	if len(shifts) == 0 || !shifts[0].Start.Equal(from) || !shifts[len(shifts)-1].End.Equal(to) {
		t.Fatalf("the shifts do not reach from %s to %s: %v", from, to, shifts)
	}
	for i, s := range shifts {
		if !s.Start.Before(s.End) || i > 0 && (!s.Start.Equal(shifts[i-1].End) || s.Answer == shifts[i-1].Answer) {
			t.Fatalf("shift %d: %v after %v", i, s, shifts[max(i-1, 0)])
		}
	}
	return shifts
}

// TestTenYearsHaveOneAnswerForEverySecond looks at ten years: the shifts have neither gap nor overlap, and at every quarter of an hour, which is
// when anything in it begins or ends, the oracle agrees.
func TestTenYearsHaveOneAnswerForEverySecond(t *testing.T) {
	day, night, week := times{minute: 0, hours: []int{8, 20}}, times{minute: 30, hours: []int{1}}, times{minute: 15, hours: []int{9}, days: []int{1}}
	spec := Spec{ID: "ten years", Zone: "Europe/London", Holidays: []Date{"2026-12-25", "2030-12-25", "2034-12-26"}, Layers: []Layer{
		{Name: "all", Handover: day.cron(), People: people[:3], First: "2026-01-01"},
		{Name: "night", Handover: night.cron(), People: people[1:], First: "2026-02-01", Last: "2033-10-30", Windows: []Window{{From: "22:15", To: "01:45"}}},
		{Name: "week", Handover: week.cron(), People: people, First: "2026-01-01", Windows: []Window{
			{Weekdays: []Weekday{"mon", "wed"}, Holidays: NoHolidays, From: "09:00", To: "17:00"}, {Holidays: OnlyHolidays}}},
	}}
	r, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(10, 0, 0)
	o := newOracle(spec, []times{day, night, week}, r.zone, from.Add(-time.Minute))
	shifts, changed := contiguous(t, r.Between(from, to), from, to), 0
	before := ""
	for at := from; at.Before(to); at = at.Add(15 * time.Minute) {
		for !at.Before(shifts[0].End) {
			shifts = shifts[1:]
		}
		want := o.step(r.zone, at)
		if shifts[0].Person != want {
			t.Fatalf("%s: %q is on, the oracle has %q", at.In(r.zone), shifts[0].Person, want)
		}
		if want != before {
			changed++
		}
		before = want
	}
	if changed < 7000 {
		t.Errorf("only %d changes in ten years: the test looks at nothing", changed)
	}
}
