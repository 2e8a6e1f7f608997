package alerts

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// Presence tells apart what a message leaves out, what it empties and what it states (HL7 2.4 §2.7.1: absent leaves the value
// unchanged, "" sets it to null).
type Presence uint8

// The presences of a field.
const (
	Absent Presence = iota
	Null
	Present
)

// Field is a value together with whether the message states it. For Absent and Null the value is the zero value.
type Field[T any] struct {
	Value    T
	Presence Presence
}

// Stated makes a present field.
func Stated[T any](v T) Field[T] { return Field[T]{Value: v, Presence: Present} }

// Emptied makes a field that the message sets to null.
func Emptied[T any]() Field[T] { return Field[T]{Presence: Null} }

// Kind is what an event says about the visit.
type Kind uint8

// The kinds of events, in the order in which they win when nothing else tells two messages of the same instant apart.
const (
	// Arrive: the patient is registered or admitted (HL7 A04, A01).
	Arrive Kind = iota + 1
	// Update: something is known better (A08).
	Update
	// Depart: the visit has ended (A03).
	Depart
	// Cancel: the arrival did not happen (A11).
	Cancel
)

func (k Kind) String() string {
	switch k {
	case Arrive:
		return "arrival"
	case Update:
		return "update"
	case Depart:
		return "departure"
	case Cancel:
		return "cancelled arrival"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Name is a person's name as displayed: cleaned of control characters; either part may be empty.
type Name struct{ Family, Given string }

// Location is where in a hospital a patient is.
type Location = directory.Location

// Event is one attendance message, understood: everything past the door is valid or absent.
type Event struct {
	// Sender is MSH-3 and MSH-4 joined by "|": who may use the same control id again.
	Sender string
	// ControlID is MSH-10. Hash is the SHA-256 of the message bytes as received. Sender, control id and hash together are unique.
	ControlID string
	Hash      [32]byte

	Kind Kind
	// Trigger is the HL7 event code, such as "A04", for the words in which a decision is explained.
	Trigger string
	// When the event occurred (EVN-6), was recorded (EVN-2) and was sent (MSH-7); zero if not stated. At least one is stated.
	Occurred, Recorded, Sent time.Time

	// Facility is the ODS code of the sending organisation or site (MSH-4).
	Facility string
	// Visit identifies the visit within the organisation (PV1-19, or a stated fallback). Never empty.
	Visit string
	// Class is the patient class (PV1-2, HL7 table 0004): "E" emergency, "I" inpatient, "O" outpatient; empty if not stated.
	Class string

	NHSNumber      Field[plans.NHSNumber]
	HospitalNumber Field[string]
	Name           Field[Name]
	BirthDate      Field[plans.Date]
	Sex            Field[plans.Sex]
	Postcode       Field[string]
	Location       Field[Location]
	// Consent is what the patient said about sharing (ZU8-2).
	Consent Field[plans.Consent]
	// Arrived is PV1-44, when the message states it.
	Arrived Field[time.Time]
}

// Stamp orders the messages of one visit by what they say of themselves, never by arrival on the wire: by EVN-6, else EVN-2, else
// MSH-7; within the same instant by the time recorded, the time sent, the kind, the control id, and last by content. Stamps compare as
// strings; two messages have the same stamp only if they are the same message. The empty stamp is before every other.
type Stamp string

// Stamp returns the event's place among the messages of its visit.
func (e Event) Stamp() Stamp {
	when := e.Occurred
	if when.IsZero() {
		when = e.Recorded
	}
	if when.IsZero() {
		when = e.Sent
	}
	var b []byte
	for _, t := range [...]time.Time{when, e.Recorded, e.Sent} {
		b = appendMillis(b, t)
	}
	b = append(b, '0'+byte(e.Kind))
	b = appendControl(b, e.ControlID)
	return Stamp(hex.AppendEncode(append(b, '~'), e.Hash[:6]))
}

// plausible drops times that lie more than a day ahead of the clock: a wrong year would win over everything that is said of the visit
// afterwards, its departure too. A message that is left with no time was sent now.
func (e Event) plausible(now time.Time) Event {
	latest := now.Add(24 * time.Hour)
	for _, t := range [...]*time.Time{&e.Occurred, &e.Recorded, &e.Sent} {
		if t.After(latest) {
			*t = time.Time{}
		}
	}
	if e.Occurred.IsZero() && e.Recorded.IsZero() && e.Sent.IsZero() {
		e.Sent = now
	}
	return e
}

// Time is the instant that the stamp begins with, to the millisecond; zero for the empty stamp.
func (s Stamp) Time() time.Time {
	if len(s) < millisDigits {
		return time.Time{}
	}
	ms, err := strconv.ParseInt(string(s[:millisDigits]), 16, 64)
	if err != nil || ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// millisDigits is how many hexadecimal digits a time takes in a stamp.
const millisDigits = 11

// appendMillis writes a time as millisDigits hexadecimal digits of milliseconds since 1970, so that later times compare greater.
func appendMillis(b []byte, t time.Time) []byte {
	var ms uint64
	if !t.IsZero() && t.UnixMilli() > 0 {
		ms = uint64(t.UnixMilli())
	}
	const digits = "0123456789abcdef"
	for shift := 4 * (millisDigits - 1); shift >= 0; shift -= 4 {
		b = append(b, digits[ms>>shift&15])
	}
	return b
}

// appendControl writes a control id so that numbers compare as numbers ("9" before "10") and anything else as text.
func appendControl(b []byte, id string) []byte {
	digits := strings.TrimLeft(id, "0")
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return hex.AppendEncode(append(b, 'z'), []byte(id))
		}
	}
	return append(append(b, 'a'+byte(min(len(digits), 24))), digits...)
}
