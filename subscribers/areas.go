package subscribers

import (
	"context"
	"unicode"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

// Areas finds what the boards of several departments show, and whom that concerns.
type Areas interface {
	// BoardsOf returns the open alerts of each department, and the number of the newest entry in any of their rooms that they are true at, all
	// from one snapshot. An alert that stands on two of the boards is in both lists.
	BoardsOf(ctx context.Context, departments []string) (number int64, open map[string][]alerts.Sight, err error)
	// Sights returns alerts as they stand at one moment, by their ids. One that is not held is left out.
	Sights(ctx context.Context, ids []string) (map[string]alerts.Sight, error)
	// Concerns returns what somebody did about each of some alerts that changed a board: the kinds of journal entries, each once. An alert about
	// which they did nothing is left out.
	Concerns(ctx context.Context, who journal.Actor, ids []string) (map[string][]journal.Kind, error)
}

// Why an alert concerns the person whose stream it is in: they look after it, or acknowledged it, handed it over, asked the centre, or subscribed to
// such.
const (
	Holds      = "holds"
	Answered   = "acknowledged"
	HandedOver = "handed_over"
	Asked      = "asked"
	Subscribed = "subscribed"
)

// Interests knows what people subscribed to.
type Interests interface {
	// Subscribed tells whether somebody who works as who subscribed to what an alert is about.
	Subscribed(who journal.Actor, s alerts.Sight) bool
	// Mark changes whenever somebody of a name subscribes to something else.
	Mark(name string) int64
}

// For is an alert as it stands in somebody's own stream, with why it concerns them.
func (v View) For(who journal.Actor, did []journal.Kind, subscribed bool) View {
	v.Mine = nil
	add := func(why string, kinds ...journal.Kind) {
		for _, have := range did {
			for _, kind := range kinds {
				if have == kind && (len(v.Mine) == 0 || v.Mine[len(v.Mine)-1] != why) {
					v.Mine = append(v.Mine, why)
				}
			}
		}
	}
	if v.Acknowledged != nil && v.Acknowledged.Holder == who.Name {
		v.Mine = append(v.Mine, Holds)
	}
	add(Answered, journal.AlertAcknowledged)
	add(HandedOver, journal.AlertHandedOver)
	add(Asked, journal.QuestionAsked, journal.PlanDisputed)
	if subscribed {
		v.Mine = append(v.Mine, Subscribed)
	}
	return v
}

// Unnamed is an alert as somebody sees it who is not told who the patient is, nor where in the department: a region's coordinator, whose
// work needs neither. What tells whose plan it is stays, for it is needed to speak with the department.
func (v View) Unnamed() View {
	v.Patient, v.Attendance, v.Location, v.Warnings = nil, "", "", nil
	return v
}

// OnWall is an alert as everybody who passes a wall may see it: that somebody with a plan is there, where, since when and how urgently, whether
// it was answered, and initials. No name, number or birth date, nothing of the plan, nobody's account.
func (v View) OnWall() View {
	wall := View{
		ID: v.ID, Department: v.Department, Sensitive: v.Sensitive, Urgency: v.Urgency, Raised: v.Raised, Arrived: v.Arrived, Location: v.Location,
		State: v.State, Recall: v.Recall, Recalled: v.Recalled, Version: v.Version,
	}
	if v.Patient != nil {
		wall.Patient = &PatientView{Given: initial(v.Patient.Given), Family: initial(v.Patient.Family)}
	}
	return wall
}

// initial is the first letter of a name; empty if it has none.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}
