package alerts

import (
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// Found is what looking for the plans of an arrival came to. It says no more than the department may know: a plan that exists and may not
// be shown there, because no agreement covers it, because it is restricted, or because the patient told the centre not to share it, gives
// the same as no plan at all. Whoever could tell the two apart would know of the plan.
type Found string

// What can be found.
const (
	// PlanFound: at least one alert stands, and nobody doubts who the patient is.
	PlanFound Found = "plan"
	// PlanPossible: only possible matches stand.
	PlanPossible Found = "possible"
	// NoPlan: no plan is held that may be shown in this department.
	NoPlan Found = "none"
	// NotShared: the patient told the hospital not to share. It is found for every such patient, with a plan or without one.
	NotShared Found = "not shared"
	// TooLittle: not enough is known of the patient to look for a plan at all.
	TooLittle Found = "too little known"
)

// Check is the last time that somebody's plans were looked for: when a message came, when a plan of theirs changed, or when everybody was
// decided again.
type Check struct {
	Attendance, Department string
	// Arrived is when the patient came, as far as the messages say.
	Arrived time.Time
	// At is when it was done. PlansTo is when the newest plan was received among those that were looked through: zero if there was none.
	At, PlansTo time.Time
	Found       Found
}

// checked is what a decision amounts to, given the alerts that stand after it.
func checked(a Attendance, who sought, standing []Alert, now time.Time) Check {
	c := Check{Attendance: a.ID, Department: a.Department, Arrived: a.Arrived(), At: now, Found: NoPlan}
	for _, alert := range standing {
		switch {
		case !alert.Open():
		case alert.Match == Confirmed:
			c.Found = PlanFound
		case c.Found != PlanFound:
			c.Found = PlanPossible
		}
	}
	switch {
	case c.Found != NoPlan:
	case a.Consent == plans.Dissent:
		c.Found = NotShared
	case len(a.numbers()) == 0 && len(who.keys) == 0: // neither a number nor enough of name, birth and postcode
		c.Found = TooLittle
	}
	return c
}

// seen tells whether any board shows one of the changes.
func seen(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool {
		return slices.ContainsFunc(c.Tell, func(t Told) bool { return t.Room != "" })
	})
}

// standing are the alerts of an attendance after the changes.
func standing(held []Alert, changes []Change) []Alert {
	var after []Alert
	for _, alert := range held {
		kept := true
		for _, c := range changes {
			kept = kept && c.Alert.ID != alert.ID
		}
		if kept {
			after = append(after, alert)
		}
	}
	for _, c := range changes {
		after = append(after, c.Alert)
	}
	return after
}
