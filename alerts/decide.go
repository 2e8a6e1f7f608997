package alerts

import (
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Change is one alert that must be written, and the journal entries that tell of it.
type Change struct {
	Alert Alert
	// New tells that the alert was not held before.
	New bool
	// Tell lists what happened in which room.
	Tell []Told
}

// Told is one entry for a room's journal.
type Told struct {
	Kind   journal.Kind
	Room   string
	Reason string
}

// Decide reconciles one attendance: it compares the alerts that are held with those that should stand, and returns what to write. For
// an open attendance there must be exactly one open alert for each live plan that matches and may be shared; for any other, none.
//
// The plans must include every plan that could match, and the plan of each held alert where that still exists; held are all alerts of
// this attendance in any state, and on is what the decision rests on besides. The answer depends on nothing else: no clock, no database.
func Decide(a Attendance, candidates []plans.Plan, held []Alert, on Grounds, dir *directory.Directory, now time.Time) []Change {
	return arrive(a, on, dir).decide(candidates, held, now)
}

// decide is [Decide] for an attendance that is made ready.
func (a arrival) decide(candidates []plans.Plan, held []Alert, now time.Time) []Change {
	byPlan := make(map[string]Alert, len(held))
	for _, alert := range held {
		byPlan[alert.Plan] = alert
	}
	var changes []Change
	for _, p := range candidates {
		alert, known := byPlan[p.ID]
		delete(byPlan, p.ID)
		verdict := judge(a, p, now)
		if change, needed := settle(a.Attendance, p, alert, known, verdict, now); needed {
			changes = append(changes, change)
		}
	}
	for _, alert := range held {
		if _, left := byPlan[alert.Plan]; left && alert.Open() {
			changes = append(changes, end(alert, Withdrawn, "the plan is no longer held"))
		}
	}
	return changes
}

// verdict is what should hold between one attendance and one plan.
type verdict struct {
	stands bool
	// withheld: it would stand if the patient did not object. That is kept, so that it can be told afterwards why nobody was.
	withheld bool
	// recalled: the centre withdrew the plan or marked it as entered in error. Whoever was shown it must be told.
	recalled bool
	match    Match
	show     directory.Show
	// reason explains the match if it stands; otherwise why it does not.
	reason string
	// end is the state of an alert that no longer stands.
	end AlertState
}

func judge(a arrival, p plans.Plan, now time.Time) verdict {
	switch {
	case a.State == Departed:
		return verdict{end: Closed, reason: a.Marks.ended()}
	case a.State == Lapsed:
		return verdict{end: Closed, reason: LapsedReason}
	case a.State == Cancelled:
		return verdict{end: Withdrawn, reason: "the arrival was cancelled"}
	case !a.Open():
		return verdict{end: Withdrawn, reason: "no arrival is known"}
	}
	found := a.compare(p)
	match, reason := found.Match, found.Reason
	if match == "" {
		return verdict{end: Withdrawn, reason: reason}
	}
	if live, why := p.Live(now); !live {
		return verdict{end: Withdrawn, recalled: p.Status == plans.Revoked || p.Status == plans.EnteredInError, reason: why}
	}
	show, why := p.ShownIn(a.dir, a.Department, now)
	if show == directory.Nothing {
		return verdict{end: Withdrawn, reason: why}
	}
	if withheld, why := p.Withheld(a.Consent); withheld {
		return verdict{end: Withdrawn, withheld: true, match: match, show: directory.Nothing, reason: why}
	}
	return verdict{stands: true, match: match, show: show, reason: reason}
}

// settle turns a verdict into the change that it needs, if any.
func settle(a Attendance, p plans.Plan, alert Alert, known bool, v verdict, now time.Time) (Change, bool) {
	switch {
	case v.withheld && !known:
		alert = Alert{ID: alertID(a.ID, p.ID), Attendance: a.ID, Plan: p.ID, Raised: now}
		return withhold(alert, true, a, p, v), true
	case v.withheld && !alert.Open() && alert.StateReason != v.reason:
		return withhold(alert, false, a, p, v), true
	case v.recalled && known && alert.wasShown() && (alert.Recall == nil || alert.StateReason != v.reason):
		return recall(alert, p, v, now), true
	case !v.stands && (!known || !alert.Open()):
		return Change{}, false
	case !v.stands:
		return end(alert, v.end, v.reason), true
	case !known:
		alert = Alert{ID: alertID(a.ID, p.ID), Attendance: a.ID, Plan: p.ID}
		return raise(alert, true, a, p, v, now), true
	case !alert.Open():
		return raise(alert, false, a, p, v, now), true
	case alert.Department != a.Department:
		return move(alert, a, p, v), true
	}
	return update(alert, a, p, v)
}

func (alert *Alert) decide(a Attendance, p plans.Plan, v verdict) {
	alert.Department, alert.Version, alert.Centre, alert.Urgency = a.Department, p.Version, p.Centre, p.Urgency
	alert.Match, alert.Reason, alert.Show = v.match, v.reason, v.show
	alert.Whereabouts = a.whereabouts()
}

// wasShown tells whether the alert gave anything of the plan away: a possible match and a withheld alert did not.
func (a Alert) wasShown() bool { return a.Match == Confirmed && a.Show != directory.Nothing }

// recall tells the department where the patient is, also if the alert had gone from its board before for another reason. The alert keeps the
// version that was shown. Departments that the patient has left are told one by one (recall.go), since each has to see it for itself.
func recall(alert Alert, p plans.Plan, v verdict, now time.Time) Change {
	alert.Also = ""
	change := end(alert, Withdrawn, v.reason)
	change.Alert.Recall = &Recall{At: now, Version: p.Version}
	return change
}

// withhold keeps an alert that does not come to a board: it is told to the journal alone, in no room. What an alert had shown before it
// keeps: a recall still has to reach those who saw it.
func withhold(alert Alert, isNew bool, a Attendance, p plans.Plan, v verdict) Change {
	if isNew {
		alert.decide(a, p, v)
	}
	alert.State, alert.StateReason = Withdrawn, v.reason
	return Change{alert, isNew, []Told{{journal.SharingWithheld, "", v.reason}}}
}

func raise(alert Alert, isNew bool, a Attendance, p plans.Plan, v verdict, now time.Time) Change {
	alert.decide(a, p, v)
	alert.State, alert.StateReason, alert.Raised, alert.Acknowledgement = Raised, "", now, nil
	alert.Recall, alert.Also = nil, ""
	return Change{alert, isNew, []Told{{journal.AlertRaised, a.Department, v.reason}}}
}

// move takes an open alert to the department the patient is in now. The people there have not answered it yet. Where nobody had answered
// it before, it stays on that board too, until somebody in either department does: a patient on the way between two is nobody's.
func move(alert Alert, a Attendance, p plans.Plan, v verdict) Change {
	from, before, answered := alert.Department, alert.Also, alert.State == Acknowledged
	alert.decide(a, p, v)
	alert.State, alert.Acknowledgement, alert.Also = Raised, nil, ""
	var tell []Told
	if before != "" && before != a.Department {
		tell = append(tell, Told{journal.AlertWithdrawn, before, MovedReason})
	}
	if answered {
		tell = append(tell, Told{journal.AlertWithdrawn, from, MovedReason})
	} else {
		alert.Also = from
		tell = append(tell, Told{journal.AlertUpdated, from, "the patient moved to another department, and nobody has answered yet"})
	}
	if before == a.Department {
		return Change{alert, false, append(tell, Told{journal.AlertUpdated, a.Department, "the patient is back"})}
	}
	return Change{alert, false, append(tell, Told{journal.AlertRaised, a.Department, v.reason})}
}

// tell is one thing told in every room that has the alert.
func (a Alert) tell(kind journal.Kind, reason string) []Told {
	told := []Told{{kind, a.Department, reason}}
	if a.Also != "" {
		told = append(told, Told{kind, a.Also, reason})
	}
	return told
}

// MovedReason is what a department reads of an alert whose patient is in another department now.
const MovedReason = "the patient moved to another department"

// LapsedReason is why an alert is closed whose patient's departure was never told.
const LapsedReason = "nothing was heard of the visit for a long time; the patient must have left"

// update changes an open alert in place. An acknowledgement stands when the plan was revised (the board shows that it is older than the
// plan), but not when the match became another: whoever answered a possible one could not see the plan, and whoever answered a certain one did not
// know of the doubt.
func update(alert Alert, a Attendance, p plans.Plan, v verdict) (Change, bool) {
	before := alert
	alert.decide(a, p, v)
	if alert == before {
		return Change{}, false
	}
	reason := v.reason
	switch {
	case before.Match != alert.Match:
		alert.State, alert.Acknowledgement = Raised, nil
	case before.Match == alert.Match && before.Version != alert.Version:
		reason = "the centre revised the plan"
	case before.Match == alert.Match && before.Show != alert.Show && alert.Show == directory.Summary:
		reason = "the sharing agreement now covers the headline only"
	case before.Match == alert.Match && before.Show != alert.Show:
		reason = "the sharing agreement now covers the whole plan"
	case before.Match == alert.Match && before.Reason == alert.Reason && before.Whereabouts != alert.Whereabouts:
		reason = a.nowSaid()
	}
	return Change{alert, false, alert.tell(journal.AlertUpdated, reason)}, true
}

func end(alert Alert, state AlertState, reason string) Change {
	alert.State, alert.StateReason = state, reason
	kind := journal.AlertWithdrawn
	if state == Closed {
		kind = journal.AlertClosed
	}
	told := alert.tell(kind, reason)
	alert.Also = ""
	return Change{alert, false, told}
}
