package canary

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// State is how the check of one department stands.
type State string

// The states. Only Alarm is one.
const (
	Passed   State = "passed"
	Missed   State = "missed"    // once
	Alarm    State = "alarm"     // twice or more, or a screen does not show it
	NoScreen State = "no_screen" // it comes through, and there is no screen that could show it
)

// Facts are what is known of one department on this node.
type Facts struct {
	// Since is when the check of the department began here.
	Since time.Time
	// Answered is when each listener last answered it well, and Faults what was wrong since then.
	Answered map[string]time.Time
	Faults   map[string]string
	// Passed is when this node last read in the journal that it came through.
	Passed time.Time
	// Screens is how many screens could show it now; Late are those of them that have not shown it though they should have twice.
	Screens, Late int
}

// Verdict is how the check of a department stands, in words for the department and for the engineer.
type Verdict struct {
	State State
	Words string
	// Where is where it stopped, for the engineer; empty if it did not.
	Where string
}

// slack is the part of the interval by which a check may be late.
const slack = 4

// missed is how many checks are missing if the last was at an instant.
func missed(last, now time.Time, every time.Duration) int {
	return max(int((now.Sub(last)-every/slack)/every), 0)
}

// Late is the instant before which a screen that could show the check must have done so.
func Late(now time.Time, every time.Duration) time.Time { return now.Add(-2*every - every/slack) }

// Judge says how the check of a department stands. It depends on nothing else. Nothing is missed before it is due: a check that has just
// begun is given its time.
func Judge(f Facts, every time.Duration, now time.Time) Verdict {
	worst, where := 0, ""
	blame := func(last time.Time, what string) {
		if n := missed(later(last, f.Since), now, every); n > worst {
			worst, where = n, what
		}
	}
	for _, listener := range slices.Sorted(maps.Keys(f.Answered)) {
		what := "listener " + listener
		if fault := f.Faults[listener]; fault != "" {
			what += ": " + fault
		}
		blame(f.Answered[listener], what)
	}
	blame(f.Passed, cmp.Or(where, "it was taken, but this node does not read it in the journal"))
	switch {
	case worst >= 2:
		return Verdict{Alarm, "The check does not come through: this screen may miss alerts. Use the phone list.", where}
	case worst == 1:
		return Verdict{Missed, "One check did not come through.", where}
	case f.Late > 0:
		return Verdict{Alarm, fmt.Sprintf("%d of %d screens of the department do not show the check: they may miss alerts.", f.Late, f.Screens), "screens"}
	case f.Screens == 0:
		return Verdict{State: NoScreen, Words: "The check comes through, but no screen shows the board."}
	}
	return Verdict{State: Passed}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Watch collects the facts of this node. Its methods may be called from anywhere.
type Watch struct {
	every     time.Duration
	listeners []string

	mu          sync.Mutex
	departments map[string]*Facts
	verdicts    map[string]Verdict
}

// NewWatch makes a watch of these listeners.
func NewWatch(every time.Duration, listeners []string) *Watch {
	return &Watch{every: every, listeners: listeners, departments: map[string]*Facts{}, verdicts: map[string]Verdict{}}
}

// of are the facts of a department, which begin now if there were none. The watch is locked.
func (w *Watch) of(department string, now time.Time) *Facts {
	f := w.departments[department]
	if f == nil {
		f = &Facts{Since: now, Answered: map[string]time.Time{}, Faults: map[string]string{}}
		for _, listener := range w.listeners {
			f.Answered[listener] = time.Time{}
		}
		w.departments[department] = f
	}
	return f
}

// Answered notes what became of a message: a fault, or nil if it was answered as it should be.
func (w *Watch) Answered(listener, department string, now time.Time, fault error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.of(department, now)
	if fault != nil {
		f.Faults[listener] = fault.Error()
		return
	}
	f.Answered[listener], f.Faults[listener] = now, ""
}

// Passed notes that this node read in the journal that the check of a department came through.
func (w *Watch) Passed(department string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of(department, now).Passed = now
}

// Change is a verdict that became an alarm, or ceased to be one.
type Change struct {
	Department string
	Verdict    Verdict
}

// Look judges the departments that exist now and returns those where an alarm begins or ends. screens tells how many screens of a
// department could show the check, and how many of them are late.
func (w *Watch) Look(now time.Time, departments []string, screens func(department string, late time.Time) (able, behind int)) []Change {
	var changes []Change
	judged := make(map[string]Verdict, len(departments))
	for _, id := range departments {
		able, behind := screens(id, Late(now, w.every))
		w.mu.Lock()
		f := w.of(id, now)
		f.Screens, f.Late = able, behind
		v, before := Judge(*f, w.every, now), w.verdicts[id]
		w.mu.Unlock()
		judged[id] = v
		if (v.State == Alarm) != (before.State == Alarm) {
			changes = append(changes, Change{id, v})
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.verdicts = judged
	for id := range w.departments {
		if _, exists := judged[id]; !exists {
			delete(w.departments, id)
		}
	}
	return changes
}

// Verdict is how a department stood at the last look; State is empty before the first.
func (w *Watch) Verdict(department string) Verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.verdicts[department]
}

// Verdicts are those of all departments at the last look.
func (w *Watch) Verdicts() map[string]Verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.verdicts // replaced as a whole by the next look
}

// Age is how long ago this node read that the check of a department came through; how long it has been waiting, if it never did.
func (w *Watch) Age(department string, now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := w.departments[department]
	if !ok {
		return 0
	}
	return now.Sub(later(f.Passed, f.Since))
}
