package subscriptions

import (
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
)

// PreviewDays is how far back a preview looks.
const PreviewDays = 30

// mostExamples is how many of the newest a preview names.
const mostExamples = 20

// Preview is what a subscription would have told.
type Preview struct {
	// Told counts what would have been told to anybody; Held of it would have waited for a quiet time to end.
	Told, Held int
	// People counts who would have been told of anything.
	People int
	// Days counts by the day on which something happened, in the subscription's zone, the first first; days without are there, too.
	Days   []DayTold
	Events map[Event]int
	// Examples are the newest, the last first.
	Examples []Example
}

// DayTold is a day of a preview: YYYY-MM-DD, and how many were told.
type DayTold struct {
	Date string
	Told int
}

// Example is something that would have been told.
type Example struct {
	Happening
	Due  time.Time
	Held bool
}

// Foresee finds what a subscription would have told of what has happened, by what holds now: the lists, the directory, the policy, and what people may
// work as. It is asked while somebody writes the subscription, which need not be kept.
func Foresee(s Subscription, lists []List, past []Happening, dir *directory.Directory, policy Policy, now time.Time, posts func(name string) ([]access.Post, error)) (Preview, error) {
	x := NewIndex()
	for _, l := range lists {
		x.PutList(l)
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		zone = time.UTC
	}
	s.Paused, s.Until = false, time.Time{}
	x.Put(s)
	p := Preview{Events: map[Event]int{}}
	byDay, people := map[string]int{}, map[string]bool{}
	for _, h := range past {
		all, err := x.Route(h, dir, policy, posts)
		if err != nil {
			return Preview{}, err
		}
		if len(all) == 0 {
			continue
		}
		for _, t := range all {
			people[t.Person] = true
		}
		p.Told++
		p.Events[h.Event]++
		byDay[h.At.In(zone).Format(time.DateOnly)]++
		if all[0].Held {
			p.Held++
		}
		p.Examples = append(p.Examples, Example{h, all[0].Due, all[0].Held})
	}
	p.People = len(people)
	slices.SortStableFunc(p.Examples, func(a, b Example) int { return b.At.Compare(a.At) })
	p.Examples = p.Examples[:min(len(p.Examples), mostExamples)]
	today := now.In(zone)
	for back := PreviewDays - 1; back >= 0; back-- {
		date := time.Date(today.Year(), today.Month(), today.Day()-back, 12, 0, 0, 0, zone).Format(time.DateOnly)
		p.Days = append(p.Days, DayTold{date, byDay[date]})
	}
	return p, nil
}

// PreviewFrom is the instant at which the first day of a preview begins.
func PreviewFrom(now time.Time, zone *time.Location) time.Time {
	today := now.In(zone)
	return time.Date(today.Year(), today.Month(), today.Day()-PreviewDays+1, 0, 0, 0, 0, zone)
}
