package subscriptions

import (
	"slices"
	"time"
)

// defaultZone is the zone of what names none.
const defaultZone = "Europe/London"

// Day is a day of the week: one of "mon", "tue", "wed", "thu", "fri", "sat", "sun".
type Day string

// days are in the order of [time.Weekday].
var days = [...]Day{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Window is a time of day on some days of the week; without days on each. From and To are what the clock on the wall shows, such as "08:00"; left
// out they are midnight. A window that ends at its beginning or before ends on the next day, and belongs to the day on which it begins.
type Window struct {
	Days []Day  `json:"days,omitempty"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

func checkWindows(what string, all []Window) error {
	if len(all) > mostWindows {
		return fault("%s: at most %d times.", what, mostWindows)
	}
	for _, w := range all {
		for _, d := range w.Days {
			if !slices.Contains(days[:], d) {
				return fault("%s: %q is not a day such as mon.", what, string(d))
			}
		}
		for _, at := range []string{w.From, w.To} {
			if _, err := time.Parse("15:04", at); at != "" && (err != nil || len(at) != len("15:04")) {
				return fault("%s: %q is not a time such as 08:00.", what, at)
			}
		}
	}
	return nil
}

// minutes is how long after midnight a time of day is. It was checked.
func minutes(at string) int {
	t, err := time.Parse("15:04", at)
	if err != nil {
		return 0
	}
	return 60*t.Hour() + t.Minute()
}

func (w Window) on(day time.Weekday) bool {
	return len(w.Days) == 0 || slices.Contains(w.Days, days[day])
}

// covers tells whether the window holds what a clock shows, and if so, whether it ends on the next day of that clock.
func (w Window) covers(clock time.Time) (holds, tomorrow bool) {
	now, from, to := 60*clock.Hour()+clock.Minute(), minutes(w.From), minutes(w.To)
	today, yesterday := w.on(clock.Weekday()), w.on((clock.Weekday()+6)%7)
	switch {
	case from < to:
		return today && from <= now && now < to, false
	case today && now >= from:
		return true, true
	}
	return yesterday && now < to, false
}

// within tells whether one of some windows holds an instant.
func within(all []Window, zone *time.Location, at time.Time) bool {
	clock := at.In(zone)
	return slices.ContainsFunc(all, func(w Window) bool { holds, _ := w.covers(clock); return holds })
}

// longestQuiet bounds how long something waits for a quiet time to end.
const longestQuiet = 7 * 24 * time.Hour

// quietUntil is the first instant, from one on, at which none of some windows holds; at most a week later, for times that leave no other.
func quietUntil(all []Window, zone *time.Location, at time.Time) time.Time {
	last := at.Add(longestQuiet)
	for from := at; from.Before(last); {
		end, clock := time.Time{}, from.In(zone)
		for _, w := range all {
			if holds, tomorrow := w.covers(clock); holds {
				if e := w.end(clock, tomorrow); e.After(end) {
					end = e
				}
			}
		}
		if end.IsZero() {
			return from.UTC()
		}
		if !end.After(from) { // the clock was put back: it shows the same minutes again
			end = from.Add(time.Minute)
		}
		from = end
	}
	return last.UTC()
}

// end is when the window ends that holds what a clock shows.
func (w Window) end(clock time.Time, tomorrow bool) time.Time {
	day := clock.Day()
	if tomorrow {
		day++
	}
	return time.Date(clock.Year(), clock.Month(), day, 0, minutes(w.To), 0, 0, clock.Location())
}
