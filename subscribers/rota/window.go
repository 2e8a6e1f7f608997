package rota

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Window is a time of day on some days. What is left out of its conditions always holds.
type Window struct {
	Weekdays []Weekday   `yaml:"weekdays" json:"weekdays,omitempty"`
	Dates    []Date      `yaml:"dates" json:"dates,omitempty"`
	Holidays HolidayRule `yaml:"holidays" json:"holidays,omitempty"`
	// From and To are times of the wall clock, such as "08:00". A window that ends at its beginning or before ends on the next day, and belongs to
	// the day on which it begins. Left out they are midnight: the whole day.
	From TimeOfDay `yaml:"from" json:"from,omitempty"`
	To   TimeOfDay `yaml:"to" json:"to,omitempty"`
}

// Weekday is a day of the week: one of "mon", "tue", "wed", "thu", "fri", "sat", "sun".
type Weekday string

// weekdays are in the order of [time.Weekday].
var weekdays = [...]Weekday{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// HolidayRule says whether a window is for bank holidays.
type HolidayRule string

// The rules.
const (
	AnyDay       HolidayRule = ""
	OnlyHolidays HolidayRule = "only"
	NoHolidays   HolidayRule = "never"
)

// TimeOfDay is a time of the wall clock, "HH:MM"; empty is midnight.
type TimeOfDay string

// wall is how long after midnight. The time was checked.
func (t TimeOfDay) wall() wall {
	at, err := time.Parse("15:04", string(t))
	if err != nil {
		return 0
	}
	return wall(at.Hour()*60+at.Minute()) * minute
}

func (t TimeOfDay) check() error {
	if _, err := time.Parse("15:04", string(t)); t != "" && (err != nil || len(t) != len("15:04")) {
		return fmt.Errorf("%q is not a time such as 08:00", string(t))
	}
	return nil
}

func (w Window) check() error {
	for _, d := range w.Dates {
		if err := d.check(); err != nil {
			return err
		}
	}
	for _, d := range w.Weekdays {
		if !slices.Contains(weekdays[:], d) {
			return fmt.Errorf("%q is not a day of the week such as mon", string(d))
		}
	}
	switch w.Holidays {
	case AnyDay, OnlyHolidays, NoHolidays:
	default:
		return errors.New(`holidays must be "only" or "never", or be left out`)
	}
	if err := w.From.check(); err != nil {
		return err
	}
	return w.To.check()
}

// on tells whether the window is for a day.
func (w Window) on(midnight wall, holidays map[Date]bool) bool {
	date := dateOf(midnight)
	if len(w.Weekdays) > 0 && !slices.Contains(w.Weekdays, weekdays[midnight.clock().Weekday()]) {
		return false
	}
	if len(w.Dates) > 0 && !slices.Contains(w.Dates, date) {
		return false
	}
	return w.Holidays == AnyDay || holidays[date] == (w.Holidays == OnlyHolidays)
}

// span is the window of a day on the wall clock.
func (w Window) span(midnight wall) (from, to wall) {
	from, to = midnight+w.From.wall(), midnight+w.To.wall()
	if to <= from {
		to += day
	}
	return from, to
}

// hours are the windows of a layer, as instants, that touch the time from one instant to another. A layer without windows has none.
func (r *Rota) hours(l *layer, from, to time.Time) (spans []span) {
	// A clock is changed by a day at most: two days on either side are enough.
	first := wallAt(r.zone, from)/day*day - 2*day
	for midnight := first; midnight <= wallAt(r.zone, to)+2*day; midnight += day {
		for _, w := range l.Windows {
			if !w.on(midnight, r.holidays) {
				continue
			}
			begins, ends := w.span(midnight)
			s := span{instant(r.zone, begins), instant(r.zone, ends)}
			if s.start.Before(s.end) && s.start.Before(to) && from.Before(s.end) {
				spans = append(spans, s)
			}
		}
	}
	return spans
}

// span is the time from one instant to before another.
type span struct{ start, end time.Time }

func (s span) covers(t time.Time) bool { return !t.Before(s.start) && t.Before(s.end) }
