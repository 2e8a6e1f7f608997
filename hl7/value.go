package hl7

import (
	"iter"
	"log/slog"
)

// level is how deep in a segment a value stands.
type level uint8

const (
	fieldLevel level = iota
	repetitionLevel
	componentLevel
	subcomponentLevel
	literalLevel // MSH-1 and MSH-2, which hold delimiters as they are
)

// Value is a field, one of its repetitions, or a component or subcomponent of these. The zero Value is absent.
//
// Asked for a part that is below the next, it looks in the first: the component of a field is that of its first repetition. Every
// value is its own first part and has no others below: older versions of the standard have one value where newer ones have several.
type Value struct {
	text   string
	delims *Delimiters
	level  level
}

// Presence tells absent, null ("") and present apart. A value of nothing but delimiters is absent, one of nothing but nulls is null.
func (v Value) Presence() Presence {
	switch v.text {
	case "":
		return Absent
	case `""`:
		return Null
	}
	if v.level >= subcomponentLevel {
		return Present
	}
	presence := Absent
	for inner := range v.parts(v.level + 1) {
		switch inner.Presence() {
		case Present:
			return Present
		case Null:
			presence = Null
		}
	}
	return presence
}

// Text is the value, or the first of its parts if it has several, with escapes resolved; empty if it is absent or null. It is exactly
// what was sent and may hold control characters: [Clean] it before it is shown.
func (v Value) Text() string {
	v = v.first(subcomponentLevel)
	switch {
	case v.text == `""`:
		return ""
	case v.level == literalLevel:
		return v.text
	}
	return unescape(v.text, v.delims)
}

// Repetitions goes through the repetitions of a field, empty ones included.
func (v Value) Repetitions() iter.Seq[Value] { return v.parts(repetitionLevel) }

// Repetition returns a repetition of a field, counted from 1.
func (v Value) Repetition(n int) Value { return v.part(repetitionLevel, n) }

// Component returns a component, counted from 1.
func (v Value) Component(n int) Value { return v.part(componentLevel, n) }

// Subcomponent returns a subcomponent, counted from 1.
func (v Value) Subcomponent(n int) Value { return v.part(subcomponentLevel, n) }

// part returns the nth part at a level.
func (v Value) part(at level, n int) Value {
	v = v.first(at - 1)
	if v.level >= at {
		if n == 1 {
			return v
		}
		return Value{delims: v.delims, level: at}
	}
	if n < 1 || v.text == "" {
		return Value{delims: v.delims, level: at}
	}
	return Value{part(v.text, v.separator(at), n), v.delims, at}
}

// parts goes through the parts at a level.
func (v Value) parts(at level) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		v := v.first(at - 1)
		if v.text == "" {
			return
		}
		if v.level >= at {
			yield(v)
			return
		}
		rest, separator := v.text, v.separator(at)
		for {
			i := indexByte(rest, separator)
			if i < 0 {
				yield(Value{rest, v.delims, at})
				return
			}
			if !yield(Value{rest[:i], v.delims, at}) {
				return
			}
			rest = rest[i+1:]
		}
	}
}

// first goes down to a level by the first part of each.
func (v Value) first(to level) Value {
	if v.text == "" || v.level == literalLevel {
		return v
	}
	for v.level < to {
		v.level++
		v.text = part(v.text, v.separator(v.level), 1)
	}
	return v
}

// separator divides the parts at a level.
func (v Value) separator(at level) byte {
	switch at {
	case repetitionLevel:
		return v.delims.Repetition
	case componentLevel:
		return v.delims.Component
	default:
		return v.delims.Subcomponent
	}
}

// String says whether there is a value, never which.
func (v Value) String() string {
	switch v.Presence() {
	case Absent:
		return "absent"
	case Null:
		return "null"
	}
	return "present"
}

// GoString hides the value in %#v.
func (v Value) GoString() string { return v.String() }

// LogValue hides the value in structured logs.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }
