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
	// Cancel: the arrival did not happen (A11); where the patient had been admitted meanwhile, the admission did not.
	Cancel
	// Expect: the patient is expected (A05, A14), and has not arrived.
	Expect
	// CancelExpected: the patient is not expected any more (A38).
	CancelExpected
	// Transfer: the patient is somewhere else in the hospital now (A02).
	Transfer
	// CancelTransfer: the transfer did not happen (A12).
	CancelTransfer
	// Reopen: the departure did not happen (A13).
	Reopen
	// Leave: the patient goes on leave and comes back to this visit (A21).
	Leave
	// Return: the patient is back from leave (A22).
	Return
	// CancelLeave: the patient did not go on leave (A52).
	CancelLeave
	// CancelReturn: the patient is not back from leave (A53).
	CancelReturn
	// Person: something is known better about a person, without a visit (A28, A31).
	Person
	// Merge: two records of the hospital were about one person (A40; A34 and A47 say the same of their identifiers).
	Merge
)

var kindWords = [...]string{
	Arrive: "arrival", Update: "update", Depart: "departure", Cancel: "cancelled arrival", Expect: "expected arrival",
	CancelExpected: "cancelled expectation", Transfer: "transfer", CancelTransfer: "cancelled transfer", Reopen: "cancelled departure",
	Leave: "leave", Return: "return from leave", CancelLeave: "cancelled leave", CancelReturn: "cancelled return", Person: "person",
	Merge: "merged records",
}

func (k Kind) String() string {
	if int(k) < len(kindWords) && k > 0 {
		return kindWords[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// OfVisit tells whether events of this kind are about a visit. The others are about a person, wherever that person is.
func (k Kind) OfVisit() bool { return k != Person && k != Merge }

// Hiding tells from whom a hospital hides where a patient is (ITK HL7 v2 1.0.15, ZU8-4). Either way a board says who is there, not where.
type Hiding string

// The ways of hiding a patient's location.
const (
	NotHidden      Hiding = ""
	HiddenLocally  Hiding = "1"
	HiddenNational Hiding = "2"
)

// Prior are the identifiers that do not survive when records are merged (MRG-1).
type Prior struct {
	HospitalNumbers []string
	NHSNumbers      []plans.NHSNumber
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
	// Sites are the ODS codes of the sites that the sender may speak for, by what it proved; none means every site of the organisation.
	Sites []string
	// Visit identifies the visit within the organisation (PV1-19, or a stated fallback). Empty only for kinds that are not of a visit.
	Visit string
	// Class is the patient class (PV1-2, HL7 table 0004): "E" emergency, "I" inpatient, "O" outpatient; empty if not stated.
	Class string

	NHSNumber Field[plans.NHSNumber]
	// Tracing is how sure the NHS number is (PID-32).
	Tracing        Field[plans.Tracing]
	HospitalNumber Field[string]
	Name           Field[Name]
	// Others are further names (the other repetitions of PID-5, and PID-9); unused places are empty and come last.
	Others    Field[[plans.MaxOtherNames]plans.PersonName]
	BirthDate Field[plans.Date]
	Sex       Field[plans.Sex]
	Postcode  Field[string]
	// Restricted: nobody may learn from us where the patient lives (as FHIR R4 has it in meta.security: R).
	Restricted Field[bool]
	Location   Field[Location]
	// Consent is what the patient said about sharing (ZU8-2).
	Consent Field[plans.Consent]
	// Arrived is PV1-44, when the message states it; Left is PV1-45.
	Arrived, Left Field[time.Time]
	// Disposition is the discharge disposition (PV1-36), as a code of the NHS Data Dictionary.
	Disposition Field[string]
	// Dead: the patient has died (PID-30). Unidentified: nobody knows yet who the patient is (PID-31).
	Dead, Unidentified Field[bool]
	// Sensitive: who the patient is may be shown to clinicians only, not on a wall (PV1-16 S or Y).
	Sensitive Field[bool]
	// Hiding is from whom the hospital hides where the patient is (ZU8-4).
	Hiding Field[Hiding]
	// Prior are the identifiers that do not survive; only for Merge.
	Prior Prior
}

// patient is who the patient is by this message alone.
func (e Event) patient() plans.Identity {
	return plans.Identity{
		NHSNumber: e.NHSNumber.Value, Tracing: e.Tracing.Value, Family: e.Name.Value.Family, Given: e.Name.Value.Given, Others: e.Others.Value,
		BirthDate: e.BirthDate.Value, Sex: e.Sex.Value, Postcode: e.Postcode.Value, Restricted: e.Restricted.Value,
	}
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
	b = append(b, e.Kind.order())
	b = appendControl(b, e.ControlID)
	return Stamp(hex.AppendEncode(append(b, '~'), e.Hash[:6]))
}

// order is the place of a kind among messages of the same instant. It stands in stamps that are kept: it never changes.
func (k Kind) order() byte {
	if k == Expect {
		return '0' // whoever arrives in the same instant is here
	}
	return '0' + byte(k)
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
