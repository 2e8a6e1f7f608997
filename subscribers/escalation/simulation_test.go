package escalation

import (
	"math/rand/v2"
	"testing"
	"time"
)

// row is what a database keeps of one alert: its state, how far the escalation has come, and each step once.
type row struct {
	answered bool
	at       Progress
	steps    map[int]taken
	order    []int
}

type taken struct {
	Decision
	// clock is what the node's clock said, and true what time it was; so is since what the wait before it was counted from, by the clock.
	clock, true, since time.Time
	wait               time.Duration
}

// commit keeps a decision if the alert is still as it was when it was read, as a transaction that locks it does.
func (r *row) commit(d Decision, read Progress, clock, now time.Time) bool {
	if r.answered || r.at != read {
		return false
	}
	if d.Act == Taking {
		if _, twice := r.steps[d.Step]; twice {
			return false
		}
		since := read.Since
		if since.Sub(clock) > time.Minute {
			since = clock // it was taken by a clock that was wrong
		}
		r.steps[d.Step] = taken{d, clock, now, since, read.Wait}
		r.order = append(r.order, d.Step)
	}
	r.at = d.Then
	return true
}

// node is a copy of the service with a clock of its own. A stalled one has decided and not yet written.
type node struct {
	ahead   time.Duration
	stalled *stall
}

type stall struct {
	d     Decision
	read  Progress
	clock time.Time
	until time.Time
}

// how one alert's hour goes.
type hour struct {
	dice    *rand.Rand
	row     row
	nodes   [3]node
	watched bool
	answer  time.Time // when somebody answers; zero: never
	race    int       // the step at the due time of which somebody answers, give or take a second; 0: none
	jumps   bool
	now     time.Time
}

// mostLate is how late a step may be beside its due time in the simulation: the longest stall and look.
const mostLate = 45 * time.Second

func newHour(n uint64) *hour {
	h := &hour{dice: rand.New(rand.NewPCG(n, 7)), now: noon, row: row{at: Progress{Since: noon}, steps: map[int]taken{}}}
	h.watched, h.jumps = h.dice.IntN(4) > 0, h.dice.IntN(4) == 0
	if h.dice.IntN(3) > 0 {
		h.answer = noon.Add(time.Duration(h.dice.Int64N(int64(40 * time.Minute))))
		if h.dice.IntN(3) == 0 {
			h.answer, h.race = time.Time{}, 1+h.dice.IntN(7)
		}
	}
	return h
}

// settle lets the answer come, if it is time.
func (h *hour) settle() {
	if !h.answer.IsZero() && !h.now.Before(h.answer) {
		h.row.answered = true
	}
}

// look is what one node does when it looks: it goes on where it stalled, or reads, decides, and then dies, stalls or writes.
func (h *hour) look(n *node) {
	if n.stalled != nil {
		if h.now.Before(n.stalled.until) {
			return
		}
		h.row.commit(n.stalled.d, n.stalled.read, n.stalled.clock, h.now)
		n.stalled = nil
		return
	}
	if h.jumps && h.dice.IntN(20) == 0 {
		n.ahead = time.Duration(h.dice.Int64N(int64(20*time.Minute))) - 10*time.Minute
	}
	for range 20 {
		read, clock := h.row.at, h.now.Add(n.ahead)
		d := Next(full, Facts{Waits: !h.row.answered, Settled: "acknowledged", Watched: h.watched}, read, clock, h.who)
		switch fate := h.dice.IntN(20); {
		case d.Act == Over || d.Act == Waiting && d.Then == read || fate == 0: // nothing to write, or it dies before it has written
			return
		case fate < 3:
			n.stalled = &stall{d, read, clock, h.now.Add(time.Duration(h.dice.Int64N(int64(30 * time.Second))))}
			return
		}
		h.row.commit(d, read, clock, h.now)
	}
}

// who finds nobody in one rota of four.
func (h *hour) who(s Step) (string, string) {
	if h.dice.IntN(4) == 0 {
		return "", "nobody is on"
	}
	return s.Name, "layer days"
}

// run lets the nodes look until the alert is settled, or an hour and a half is over.
func (h *hour) run() {
	end := noon.Add(90 * time.Minute)
	for h.now.Before(end) && !h.row.answered && h.row.at.Taken < 8 {
		// Nothing happens until shortly before the next step is due by the fastest clock; then the nodes look every second or so.
		quiet := h.row.at.Due()
		for i := range h.nodes {
			if due := h.row.at.Due().Add(-h.nodes[i].ahead); due.Before(quiet) {
				quiet = due
			}
		}
		if quiet = quiet.Add(-time.Second); quiet.After(h.now) && !h.jumps && h.idle() {
			h.now = quiet
		}
		step := 1200 * time.Millisecond
		if h.jumps {
			step = 10 * time.Second
		}
		h.now = h.now.Add(time.Duration(h.dice.Int64N(int64(step))))
		if h.race > 0 && h.row.at.Taken == h.race && !h.now.Add(time.Second).Before(h.row.at.Due()) {
			h.answer, h.race = h.now.Add(time.Duration(h.dice.Int64N(int64(2*time.Second)))), 0
		}
		h.settle()
		h.look(&h.nodes[h.dice.IntN(len(h.nodes))])
	}
}

func (h *hour) idle() bool {
	for _, n := range h.nodes {
		if n.stalled != nil {
			return false
		}
	}
	return true
}

// TestAHundredThousandAlertsAreEscalatedOnceNeverEarlyAndNeverAfterAnAnswer runs three nodes that die, stall and have wrong clocks, with people
// who answer at the very moment.
func TestAHundredThousandAlertsAreEscalatedOnceNeverEarlyAndNeverAfterAnAnswer(t *testing.T) {
	const alerts = 100_000
	counts := map[string]int{}
	for n := range uint64(alerts) {
		h := newHour(n)
		h.run()
		if t.Failed() {
			return
		}
		h.judge(t, n, counts)
	}
	t.Logf("of %d alerts: %v", alerts, counts)
	for _, want := range []string{"answered", "alarm", "skipped the board", "answered within a second after a step", "answered while a step was due", "steps"} {
		if counts[want] < alerts/100 {
			t.Errorf("only %d alerts with %q: the simulation does not try that", counts[want], want)
		}
	}
}

// judge checks one alert's hour.
func (h *hour) judge(t *testing.T, n uint64, counts map[string]int) {
	t.Helper()
	for i, number := range h.row.order {
		s := h.row.steps[number]
		counts["steps"]++
		if number != i {
			t.Errorf("alert %d: step %d is the %dth that was taken", n, number, i)
		}
		if s.clock.Before(s.since.Add(s.wait)) {
			t.Errorf("alert %d: step %d was taken at %s, and was due at %s", n, number, s.clock, s.since.Add(s.wait))
		}
		if i > 0 && !h.jumps {
			before := h.row.steps[i-1]
			if gap := s.clock.Sub(before.clock); gap < before.Then.Wait {
				t.Errorf("alert %d: step %d followed %s after the one before, which has %s", n, number, gap, before.Then.Wait)
			}
			if late := s.true.Sub(before.true) - before.Then.Wait; late > mostLate {
				t.Errorf("alert %d: step %d is %s late", n, number, late)
			}
		}
		if !h.answer.IsZero() && !s.true.Before(h.answer) {
			t.Errorf("alert %d: step %d was taken at %s, after the answer at %s", n, number, s.true, h.answer)
		}
		if !h.answer.IsZero() && h.answer.Sub(s.true) < time.Second {
			counts["answered within a second after a step"]++
		}
		if s.Of.To == Board && !s.Tells {
			counts["skipped the board"]++
		}
	}
	if due := h.row.at.Due(); h.row.answered && !due.After(h.answer) {
		counts["answered while a step was due"]++
	}
	switch {
	case h.row.answered:
		counts["answered"]++
	case h.row.at.Taken == 8 && h.row.steps[7].Of.To == Alarm:
		counts["alarm"]++
	default:
		t.Errorf("alert %d: nobody answered, and it ended at %+v", n, h.row.at)
	}
}
