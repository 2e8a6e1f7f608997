package hl7

import (
	"cmp"
	"errors"
	"strings"
	"unicode"

	"github.com/ucpalert/ucpalert/alerts"
)

// Explanation tells people how a message is understood. Unless it is asked for, nothing in it tells who the patient is: letters stand as
// x and digits as 9, and of an NHS number the last four digits are shown.
type Explanation struct {
	// Message is its type and event, such as ADT^A04; Version is MSH-12; ControlID is MSH-10.
	Message   string `json:"message"`
	Version   string `json:"version"`
	ControlID string `json:"control_id"`
	Segments  int    `json:"segments"`
	// Charset is how the bytes were read, and CharsetWhy what says so. Delimiters are MSH-1 and MSH-2.
	Charset    Charset `json:"charset"`
	CharsetWhy string  `json:"charset_why"`
	Delimiters string  `json:"delimiters"`
	Profile    string  `json:"profile"`
	// Sender is MSH-3 and MSH-4 joined by "|"; Facility is MSH-4.
	Sender   string `json:"sender"`
	Facility string `json:"facility"`
	// Event is the trigger, and Meaning what it means here.
	Event   string           `json:"event"`
	Meaning string           `json:"meaning"`
	Fields  []ExplainedField `json:"fields"`
	// Refusal is why the message is not taken; nil if it is.
	Refusal *Refusal `json:"refusal,omitempty"`
	// Understood is the event; the zero event if the message is not taken.
	Understood alerts.Event `json:"-"`
}

// ExplainedField is one place of a message.
type ExplainedField struct {
	Place string `json:"place"` // PID-8
	Name  string `json:"name"`
	// Sent is what stands there, cleaned; empty if nothing does.
	Sent string `json:"sent,omitempty"`
	// State is stated, emptied, left out (there is something, and it cannot be used) or absent.
	State string `json:"state"`
	// Is is what it is understood as; Why is the reason: the table that was used, or what is wrong with it.
	Is  string `json:"is,omitempty"`
	Why string `json:"why,omitempty"`
}

// The states of a field.
const (
	FieldStated  = "stated"
	FieldEmptied = "emptied"
	FieldLeftOut = "left out"
	FieldAbsent  = "absent"
)

// Explain tells how an attendance message is understood, of which m was parsed from raw. With patient it shows who the patient is.
func (r Rules) Explain(m *Message, raw []byte, patient bool) Explanation {
	p, msh := r.profile(), m.Segment("MSH")
	e := Explanation{
		Message: Clean(m.kind('^')), Version: plain(msh.Field(12)), ControlID: shortID(msh.Field(10).Text()), Segments: len(m.segments),
		Charset: m.charset, CharsetWhy: r.charsetWhy(m), Delimiters: string(m.delims.Field) + msh.Field(2).text,
		Profile: p.Name, Sender: senderOf(m), Facility: upper(msh.Field(4)),
	}
	var err error
	if e.Understood, err = r.ReadEvent(m, raw); err != nil {
		errors.As(err, &e.Refusal) // ReadEvent's errors are nothing else
	}
	if isDocument(m) {
		e.Meaning = "a document: docs/documents.md tells how it becomes a plan"
		e.Refusal = nil
		_, err := r.ReadDocument(m, raw)
		errors.As(err, &e.Refusal)
		return e
	}
	trigger, refusal := readTrigger(m)
	if refusal != nil {
		e.Meaning = refusal.Text
		return e
	}
	use := p.Use(trigger)
	e.Event, e.Meaning = Clean(trigger), meaningOf(use)
	if use.Kind == 0 {
		return e
	}
	understood := r.understand(m, raw, trigger, use.Kind)
	_ = r.stamp(&understood, m) // a message without a time is told of by its refusal
	x := explainer{rules: r, profile: p, m: m, e: understood, patient: patient}
	x.times()
	x.person()
	x.visit()
	e.Fields = x.fields
	return e
}

// charsetWhy says what decided how the bytes are read.
func (r Rules) charsetWhy(m *Message) string {
	named := plain(m.Segment("MSH").Field(18))
	says := "MSH-18 says nothing"
	if named != "" {
		says = "MSH-18 says " + named
	}
	switch {
	case !m.oneByte:
		return "the bytes are nothing else; " + says
	case m.guessed && named == "":
		return says + "; the profile says " + string(r.profile().Charset)
	case m.guessed:
		return says + ", which tells nothing of these bytes; the profile says " + string(r.profile().Charset)
	case r.profile().CharsetAlways:
		return says + ", and the profile always reads " + string(r.profile().Charset)
	}
	return says
}

// meaningOf says in words what an event means here, and what follows from that.
func meaningOf(u Use) string {
	switch u.Kind {
	case 0:
		if u.Answer == AA {
			return "not used here: it is answered AA and nothing is kept"
		}
		return "refused: it should not be sent here"
	case alerts.Arrive:
		return "arrival: the patient is here, if the visit is an emergency (patient class E, none or one of no table) or the location is an A&E department"
	case alerts.Update:
		return "update: something is known better"
	case alerts.Depart:
		return "departure: the visit has ended"
	case alerts.Cancel:
		return "cancelled arrival: the patient was never here"
	case alerts.Expect:
		return "expected arrival: the patient is expected and has not arrived"
	case alerts.Transfer:
		return "transfer: the patient is somewhere else in the hospital now"
	case alerts.Person:
		return "person: something is known better about a person, whatever the visit"
	case alerts.Merge:
		return "merged records: what was kept under the identifiers of MRG-1 is this patient's"
	}
	return u.Kind.String()
}

// explainer gathers the fields of one message.
type explainer struct {
	rules   Rules
	profile *Profile
	m       *Message
	e       alerts.Event
	patient bool
	fields  []ExplainedField
}

// value is what stands at a place such as PID-8.
func (x *explainer) value(place string) Value {
	v, err := x.m.Get(place)
	if err != nil {
		panic("hl7: " + err.Error()) // the places are written in this file
	}
	return v
}

// add explains a field: what stands at its place, what it is understood as, and why.
func (x *explainer) add(place, name string, presence Presence, is, why string, sent string) {
	f := ExplainedField{Place: place, Name: name, Sent: sent, Is: is, Why: why}
	switch stands := x.value(place).Presence(); {
	case presence == Present:
		f.State = FieldStated
	case presence == Null:
		f.State, f.Why = FieldEmptied, `the message says "": there is no value any more`
	case stands == Absent:
		f.State, f.Why = FieldAbsent, ""
	default:
		f.State, f.Why = FieldLeftOut, cmp.Or(why, "it is in no table that is read")
	}
	x.fields = append(x.fields, f)
}

// open explains a field that tells nothing of who the patient is.
func (x *explainer) open(place, name string, presence Presence, is, why string) {
	x.add(place, name, presence, is, why, Clean(x.value(place).text))
}

// personal explains a field that tells who the patient is, but for the components that are shown.
func (x *explainer) personal(place, name string, presence Presence, is, why string, shown ...int) {
	if !x.patient {
		is = shape(is)
	}
	x.add(place, name, presence, is, why, x.masked(place, shown...))
}

// masked is what stands at a place, with only the shape of what tells who the patient is.
func (x *explainer) masked(place string, shown ...int) string {
	v := x.value(place)
	if x.patient {
		return Clean(v.text)
	}
	var b strings.Builder
	for i, repetition := range enumerate(v.Repetitions()) {
		if i > 0 {
			b.WriteByte(x.m.delims.Repetition)
		}
		for n, component := range enumerate(repetition.parts(componentLevel)) {
			if n > 0 {
				b.WriteByte(x.m.delims.Component)
			}
			text := Clean(component.text)
			if text != `""` && !isShown(shown, n+1) {
				text = shape(text)
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

func isShown(shown []int, n int) bool {
	for _, s := range shown {
		if s == n {
			return true
		}
	}
	return false
}

// enumerate numbers the values of a sequence, from 0.
func enumerate(all func(func(Value) bool)) func(func(int, Value) bool) {
	return func(yield func(int, Value) bool) {
		i := 0
		all(func(v Value) bool {
			i++
			return yield(i-1, v)
		})
	}
}

// shape keeps the form of a text and nothing of what it says: letters are x, digits 9.
func shape(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '9'
		case unicode.IsLetter(r), unicode.IsMark(r):
			return 'x'
		}
		return r
	}, text)
}

// Code is the value of a place that holds a code, as it is read: in capitals.
func Code(v Value) string { return upper(v) }
