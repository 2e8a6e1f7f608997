// Package escalation answers: who is told next of an alert that nobody has answered, and why?
//
// It is pure: [Next] reads no clock and no database. Whoever keeps what it decides must do that once for each step, in one transaction with
// what it was asked with.
package escalation

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// To is whom a step tells.
type To string

// Whom steps tell. An alarm is no step of a policy: it is the end of every one.
const (
	// Board: the department's screens, which show the alert already. Nobody is told beside that; the step is the time that they are given.
	Board To = "board"
	// OnCall: whoever is on in a rota.
	OnCall To = "on_call"
	// Centre: whoever is on for the centre whose plan it is.
	Centre To = "centre"
	// Alarm: whoever runs the service, and the department's and the region's pages.
	Alarm To = "alarm"
)

// Step is one step of a policy.
type Step struct {
	// Name is what people call it: "nurse in charge".
	Name string
	To   To
	// Rota is the id of the rota of an OnCall step; empty for others.
	Rota string
	// Wait is how long an answer is waited for before the next step is due.
	Wait time.Duration
}

// Policy is what happens while nobody answers.
type Policy struct {
	Steps []Step
	// Again is how often all steps but the board's are taken again before the alarm.
	Again int
}

// Default is the policy where none is written: the board has two minutes, and then it is an alarm.
var Default = Policy{Steps: []Step{{Name: "board", To: Board, Wait: 2 * time.Minute}}}

// skew is how far the clocks of two nodes may be apart. A step that was taken later than that from now was taken by a clock that was wrong.
const skew = time.Minute

const (
	mostSteps = 20
	mostAgain = 10
	shortest  = time.Second
	longest   = 2 * time.Hour
)

// Check refuses a policy that could tell nobody, or never end.
func (p Policy) Check() error {
	if len(p.Steps) == 0 || len(p.Steps) > mostSteps {
		return fmt.Errorf("a policy has from 1 to %d steps", mostSteps)
	}
	if p.Again < 0 || p.Again > mostAgain {
		return fmt.Errorf("again must be from 0 to %d", mostAgain)
	}
	for i, s := range p.Steps {
		if err := s.check(i); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	if p.Again > 0 && len(p.again()) == 0 {
		return errors.New("again: there is no step but the board's")
	}
	return nil
}

func (s Step) check(i int) error {
	switch {
	case s.Name == "":
		return errors.New("it has no name")
	case s.Wait < shortest || s.Wait > longest:
		return fmt.Errorf("wait must be from %s to %s", shortest, longest)
	case (s.To == OnCall) != (s.Rota != ""):
		return errors.New("a rota is named where the step tells who is on call, and nowhere else")
	}
	switch s.To {
	case Board:
		if i > 0 {
			return errors.New("the board can only be the first step")
		}
	case OnCall, Centre:
	default:
		return fmt.Errorf("to must be %s, %s or %s", Board, OnCall, Centre)
	}
	return nil
}

// again are the steps that are taken again.
func (p Policy) again() []Step {
	return slices.DeleteFunc(slices.Clone(p.Steps), func(s Step) bool { return s.To == Board })
}

// step is number n, from 0, of all that the policy takes, with how often it was taken before. ok is false after the alarm, which is the last.
func (p Policy) step(n int) (s Step, before int, ok bool) {
	if n < len(p.Steps) {
		return p.Steps[n], 0, true
	}
	again := p.again()
	n -= len(p.Steps)
	switch {
	case n < len(again)*p.Again:
		return again[n%len(again)], n/len(again) + 1, true
	case n == len(again)*p.Again:
		return Step{Name: "alarm", To: Alarm}, 0, true
	}
	return Step{}, 0, false
}

// Facts are what is known of an alert now.
type Facts struct {
	// Waits tells that the alert stands and nobody has answered it; Settled says in words why not.
	Waits   bool
	Settled string
	// Watched tells that somebody can see the department's board.
	Watched bool
}

// Progress is how far the escalation of an alert has come.
type Progress struct {
	// Taken is how many steps were taken.
	Taken int
	// Since is when the last of them was, or the escalation began; Wait how long after that the next is due.
	Since time.Time
	Wait  time.Duration
}

// Due is when the next step is due.
func (p Progress) Due() time.Time { return p.Since.Add(p.Wait) }

// Act is what is to be done now.
type Act string

// What can be to be done.
const (
	// Waiting: nothing before Decision.Then is due.
	Waiting Act = "wait"
	// Taking: the step is taken.
	Taking Act = "take"
	// Over: nothing any more.
	Over Act = "over"
)

// Decision is what is to be done about an alert, and why.
type Decision struct {
	Act Act
	// Step is the number of the step that is taken, from 0, and Of the step. Tells is false where nobody could be told; then the next is due at once,
	// except that the board has its time where no person comes after it.
	Step  int
	Of    Step
	Tells bool
	// Person is who is told, by a step that tells a person.
	Person string
	// Reason says it in words. It names no patient.
	Reason string
	// Then is how far it has come with this; it is to be kept, also where nothing is taken.
	Then Progress
}

// Who finds whom a step tells: a person, or nobody and why, in words.
type Who func(Step) (person, why string)

// Next decides what is to be done about an alert at an instant. After a step was taken it is asked again, with what that left, until it waits
// or is over.
//
// No step is taken after an answer, and none before the one before it has had its whole time: a service that was down does not make up for what
// it missed by taking several steps at once. If the clock was put back by more than a minute since the last step, that one's time is counted from
// now.
func Next(p Policy, f Facts, at Progress, now time.Time, who Who) Decision {
	if !f.Waits {
		return Decision{Act: Over, Reason: f.Settled, Then: at}
	}
	step, before, more := p.step(at.Taken)
	if !more {
		return Decision{Act: Over, Reason: "the alarm was raised", Then: at}
	}
	if now.Before(at.Since.Add(-skew)) {
		at.Since = now
	}
	if now.Before(at.Due()) {
		return Decision{Act: Waiting, Then: at}
	}
	d := Decision{Act: Taking, Step: at.Taken, Of: step, Tells: true, Then: Progress{Taken: at.Taken + 1, Since: now, Wait: step.Wait}}
	switch step.To {
	case Board:
		d.Tells, d.Reason = f.Watched, "the alert is on the board, which somebody can see"
		if !f.Watched {
			d.Reason = "no screen of the department can be seen"
		}
		if !f.Watched && len(p.again()) > 0 {
			d.Then.Wait = 0 // it begins at the first who is a person
		}
	case Alarm:
		d.Reason = fmt.Sprintf("nobody has answered, and all %d steps were taken", at.Taken)
	default:
		var why string
		d.Person, why = who(step)
		d.Tells = d.Person != ""
		d.Reason = d.told(why)
		if !d.Tells {
			d.Then.Wait = 0
		}
		if before > 0 {
			d.Reason += fmt.Sprintf(" (time %d)", before+1)
		}
	}
	if at.Wait > 0 {
		d.Reason = fmt.Sprintf("not answered for %s: %s", at.Wait, d.Reason)
	}
	return d
}

func (d Decision) told(why string) string {
	if d.Tells {
		return fmt.Sprintf("%s is told (%s)", d.Person, why)
	}
	return "nobody can be told: " + why
}
