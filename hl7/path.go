package hl7

import (
	"fmt"
	"strconv"
	"strings"
)

// Path names a place in a message: SEG-field.component.subcomponent, with a number in brackets for the occurrence of the segment or the
// repetition of the field where it is not the first: PID-5.1, PID-3[2].1, ZU8[2]-4, PV1-3.4.2. All count from 1; 0 is what the path
// leaves out, of a field or below.
type Path struct {
	Segment                                                string
	Occurrence, Field, Repetition, Component, Subcomponent int
}

// highest is the highest number that a path may hold; it keeps a slip from making a [Draft] of gigabytes.
const highest = 999

// ParsePath reads a path. The error quotes it: a path is no patient data.
func ParsePath(path string) (Path, error) {
	wrong := fmt.Errorf("HL7 path %q is not like PID-3[2].1", path)
	segment, rest, ok := strings.Cut(path, "-")
	p := Path{}
	if p.Segment, p.Occurrence = bracket(segment); !ok || p.Occurrence < 1 || !beginsSegment(p.Segment, 0) || len(p.Segment) != 3 {
		return Path{}, wrong
	}
	parts := strings.Split(rest, ".")
	if len(parts) > 3 {
		return Path{}, wrong
	}
	digits, repetition := bracket(parts[0])
	if repetition != 1 || strings.HasSuffix(parts[0], "]") {
		p.Repetition = repetition
	}
	parts[0] = digits
	for i, to := range []*int{&p.Field, &p.Component, &p.Subcomponent}[:len(parts)] {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 1 || n > highest {
			return Path{}, wrong
		}
		*to = n
	}
	if p.Repetition < 0 {
		return Path{}, wrong
	}
	return p, nil
}

// bracket takes the [n] off the end of a text. Without one n is 1, and if it is malformed -1.
func bracket(text string) (before string, n int) {
	before, inside, ok := strings.Cut(text, "[")
	if !ok {
		return text, 1
	}
	digits, closed := strings.CutSuffix(inside, "]")
	n, err := strconv.Atoi(digits)
	if !closed || err != nil || n < 1 || n > highest {
		return before, -1
	}
	return before, n
}

// At returns the value at a path; it is absent where the message has none.
func (m *Message) At(p Path) Value {
	v := m.occurrence(p.Segment, p.Occurrence).Field(p.Field)
	if p.Repetition > 0 {
		v = v.Repetition(p.Repetition)
	}
	if p.Component > 0 {
		v = v.Component(p.Component)
	}
	if p.Subcomponent > 0 {
		v = v.Subcomponent(p.Subcomponent)
	}
	return v
}

// Get returns the value at a path such as "PID-5.1". The error is that of [ParsePath].
func (m *Message) Get(path string) (Value, error) {
	p, err := ParsePath(path)
	if err != nil {
		return Value{}, err
	}
	return m.At(p), nil
}
