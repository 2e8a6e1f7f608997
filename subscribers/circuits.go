package subscribers

import (
	"context"
	"time"
)

// Circuit is how a server that takes messages has answered: one that fails again and again is left alone for a while, so that what is to be sent
// goes another way at once. The zero value is that of a server that answers.
type Circuit struct {
	// Failed is how often it failed, one time after the other.
	Failed int
	// Until is when it is tried again, by one node, once.
	Until time.Time
}

const (
	// circuitFails is how many failures open a circuit; it is open for circuitFirst, and after each further failure for circuitNext.
	circuitFails = 5
	circuitFirst = 30 * time.Second
	circuitNext  = time.Minute
	// circuitProbe is how long whoever tries an open circuit has it for itself.
	circuitProbe = 40 * time.Second
)

// Enter tells whether something may be sent at an instant. then is what is to be kept: while one node tries a server that failed, no other does.
func (c Circuit) Enter(now time.Time) (then Circuit, may bool) {
	switch {
	case c.Failed < circuitFails:
		return c, true
	case now.Before(c.Until):
		return c, false
	}
	c.Until = now.Add(circuitProbe)
	return c, true
}

// After is the circuit after a try.
func (c Circuit) After(answered bool, now time.Time) Circuit {
	if answered {
		return Circuit{}
	}
	c.Failed++
	switch {
	case c.Failed == circuitFails:
		c.Until = now.Add(circuitFirst)
	case c.Failed > circuitFails:
		c.Until = now.Add(circuitNext)
	}
	return c
}

// Circuits keeps them by name, for all nodes.
type Circuits interface {
	// Circuit is one; that of a server that answers where none is kept.
	Circuit(ctx context.Context, name string) (Circuit, error)
	// ChangeCircuit lets change say what is kept of one from now on. change may run more than once.
	ChangeCircuit(ctx context.Context, name string, change func(Circuit) Circuit) error
}
