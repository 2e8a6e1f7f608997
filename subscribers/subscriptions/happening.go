package subscriptions

import (
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// Happening is something that happened to an alert, or to a plan.
type Happening struct {
	ID    string
	Event Event
	At    time.Time
	// Alert is empty for what is about a plan only; Department is where the patient is then, and From where they came from, if they moved.
	Alert, Department, From string
	Plan, Centre            string
	Version                 int
	Categories              []string
	Urgency                 plans.Urgency
}

// places are the departments that a happening is about, with whose they are.
func (h Happening) places(dir *directory.Directory) []access.Object {
	var all []access.Object
	for _, id := range []string{h.Department, h.From} {
		if id == "" {
			continue
		}
		org, _ := dir.OrganisationOf(id) // without an organisation nobody's relation holds
		all = append(all, access.Object{Department: id, Organisation: org.ID, Region: org.Region, Centre: h.Centre})
	}
	if len(all) == 0 {
		all = append(all, access.Object{Centre: h.Centre})
	}
	return all
}

// Entitled tells whether somebody who works in a post may be told of a happening now.
func (h Happening) Entitled(name string, post access.Post, dir *directory.Directory) bool {
	return slices.ContainsFunc(h.places(dir), func(to access.Object) bool { return access.May(post.In(name), access.Subscribe, to) == nil })
}

// Standing is how an alert stands now.
type Standing struct {
	Alert, Plan, Centre, Department string
	Version                         int
	Categories                      []string
	Urgency                         plans.Urgency
	// Open: it stands on the board. Ended: it does not, because the patient left.
	Open, Ended, Answered, Admitted, Recalled bool
}

// Seen is how an alert stood when it was looked at last. The zero value is an alert that was not looked at before.
type Seen struct {
	Department                         string
	Version                            int
	Open, Answered, Admitted, Recalled bool
}

// Seen is what is remembered of how an alert stands.
func (s Standing) Seen() Seen {
	return Seen{s.Department, s.Version, s.Open, s.Open && s.Answered, s.Admitted, s.Recalled}
}

// Happened is what has happened to an alert since it was looked at last, in the order of a visit.
func Happened(before Seen, now Standing) []Event {
	var all []Event
	add := func(holds bool, e Event) {
		if holds {
			all = append(all, e)
		}
	}
	stayed := before.Open && now.Open
	add(!before.Open && now.Open, Arrived)
	add(stayed && before.Department != now.Department, Moved)
	add(stayed && !before.Admitted && now.Admitted, Admitted)
	add(stayed && before.Version < now.Version, Revised)
	add(now.Open && now.Answered && !before.Answered, Answered)
	add(before.Open && !now.Open && now.Ended, Departed)
	add(now.Recalled && !before.Recalled, Recalled)
	return all
}

// happening is an event of an alert.
func (s Standing) happening(id string, e Event, at time.Time, before Seen) Happening {
	h := Happening{
		ID: id, Event: e, At: at, Alert: s.Alert, Department: s.Department, Plan: s.Plan, Centre: s.Centre, Version: s.Version, Categories: s.Categories, Urgency: s.Urgency,
	}
	if e == Moved {
		h.From = before.Department
	}
	return h
}
