package rota

import "time"

// wall is what the clock on the wall shows: seconds since that clock showed 1970-01-01 00:00:00.
type wall int64

const (
	minute wall = 60
	day    wall = 24 * 60 * minute
)

// wallAt is what the clock shows at an instant.
func wallAt(zone *time.Location, t time.Time) wall {
	_, offset := t.In(zone).Zone()
	return wall(t.Unix() + int64(offset))
}

// clock is the reading as a time without a zone, for the parser of cron expressions.
func (w wall) clock() time.Time { return time.Unix(int64(w), 0).UTC() }

// dateOf is the day of a reading.
func dateOf(w wall) Date { return Date(w.clock().Format(time.DateOnly)) }

// farthest is further than any zone is from UTC.
const farthest = 26 * time.Hour

// instant is the first instant at which the clock shows w or later: the rule of this package. It looks at the stretches between two changes of
// the clock, the earliest first.
func instant(zone *time.Location, w wall) time.Time {
	for at := w.clock().Add(-farthest); ; {
		_, offset := at.In(zone).Zone()
		start, end := at.In(zone).ZoneBounds()
		t := time.Unix(int64(w)-int64(offset), 0)
		switch {
		case t.Before(start): // w was skipped when the stretch began
			return start.UTC()
		case end.IsZero() || t.Before(end):
			return t.UTC()
		}
		at = end
	}
}
