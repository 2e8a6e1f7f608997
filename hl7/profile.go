package hl7

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// Profile is how one sender writes its messages, where senders differ. It is made once, when it is loaded, and then only read.
// [DefaultProfile] is what holds for a sender that has none of its own.
type Profile struct {
	// Name is what people call it.
	Name string
	// Zone is where times without an offset are; nil for the zone of the [Rules].
	Zone *time.Location
	// Charset is how bytes are read that are neither ASCII, UTF-8 nor UTF-16 and of which MSH-18 says nothing usable.
	Charset Charset
	// CharsetAlways reads such bytes in Charset whatever MSH-18 says.
	CharsetAlways bool
	// Events are the trigger events by what is done with them; Others is for every event that is not among them.
	Events map[string]Use
	Others Use
	// What the sender's codes mean, as codes of the standard: patient class (PV1-2), sex (PID-8), consent to share (ZU8-2), discharge
	// disposition (PV1-36). A code that is not in the table is read as the standard has it.
	Class, Sex, Consent, Disposition Codes
	// NHSNumber are the authorities (CX.4) and types (CX.5) by which an NHS number is recognised in PID-3.
	NHSNumber []string
	// HospitalAuthorities, where there are any, are the only ones (CX.4) whose identifiers are hospital numbers; HospitalTypes are the
	// types (CX.5) that are preferred.
	HospitalAuthorities, HospitalTypes []string
	// Visit are the places that may identify the visit, the best first.
	Visit []VisitSource
	// Trusted are the statuses of an NHS number (PID-32) in which this sender's word is taken for it; TracingUnknown is none stated.
	Trusted []plans.Tracing
}

// Use is what is done with an event.
type Use struct {
	// Kind is what it means; zero if it is not taken.
	Kind alerts.Kind
	// Answer is for an event that is not taken: AA, it is not used here; or AR, it should not be sent here.
	Answer AckCode
}

// The uses of events that are not taken.
var (
	NotUsed = Use{Answer: AA}
	Refused = Use{Answer: AR}
)

func (u Use) String() string {
	switch {
	case u.Kind != 0:
		return u.Kind.String()
	case u.Answer == AA:
		return "not used"
	}
	return "refused"
}

// Codes translates a sender's codes into those of the standard. Keys have no case: they are capitals.
type Codes map[string]string

// standard is what a code means; itself if the table does not have it.
func (c Codes) standard(code string) string {
	if len(c) > 0 {
		if meant, ok := c[strings.ToUpper(code)]; ok {
			return meant
		}
	}
	return code
}

// PatientClasses are the codes of HL7 2.4 table 0004, and PatientClassWords words that stand for some of them.
var (
	PatientClasses    = []string{"E", "I", "O", "P", "R", "B", "C", "N", "U"}
	PatientClassWords = map[string]string{"EMERGENCY": "E", "INPATIENT": "I", "OUTPATIENT": "O"}
)

// class is the patient class in the codes of the standard. One that is in no table is left out, as if it were not stated: then a registration
// counts as an arrival, and a needless look is better than a missed alert.
func (p *Profile) class(v Value) string {
	class := p.Class.standard(upper(v))
	if meant, ok := PatientClassWords[class]; ok {
		return meant
	}
	if !slices.Contains(PatientClasses, class) {
		return ""
	}
	return class
}

// VisitSource is a place that may identify a visit.
type VisitSource string

// The places that may identify a visit.
const (
	VisitNumber      VisitSource = "PV1-19"
	AlternateVisit   VisitSource = "PV1-50"
	PatientAccount   VisitSource = "PID-18"
	PatientInsteadOf VisitSource = "PID-3" // the hospital number: makes one visit of all that a patient makes
)

// prefix keeps identifiers of one source apart from those of another.
func (v VisitSource) prefix() string {
	switch v {
	case AlternateVisit:
		return "alternate "
	case PatientAccount:
		return "account "
	case PatientInsteadOf:
		return "patient "
	}
	return ""
}

// notUsed are events that real feeds send and that tell nothing of who is where (HL7 2.4 table 0003): tracking on the way, pending
// moves, the state of beds, doctors, allergies.
var notUsed = []string{
	"A09", "A10", "A15", "A16", "A20", "A25", "A26", "A27", "A32", "A33", "A54", "A55", "A60", "A61", "A62",
}

// DefaultProfile is what holds for senders without a profile of their own, and for what a profile leaves out.
func DefaultProfile() *Profile { return defaultProfile.Clone() }

var defaultProfile = func() *Profile {
	p := &Profile{
		Name: "built in", Charset: Windows1252, Events: map[string]Use{}, Others: Refused,
		Class: Codes{}, Sex: Codes{}, Consent: Codes{}, Disposition: Codes{},
		NHSNumber: []string{"NHS", "NH"}, HospitalTypes: []string{"MR", "PI"},
		Visit:   []VisitSource{VisitNumber, AlternateVisit, PatientAccount, PatientInsteadOf},
		Trusted: []plans.Tracing{plans.TracingUnknown, plans.Verified, plans.NotTraced, plans.TraceRequired, plans.TraceInProgress, plans.TracePostponed},
	}
	for trigger, kind := range kinds {
		p.Events[trigger] = Use{Kind: kind}
	}
	for _, trigger := range notUsed {
		p.Events[trigger] = NotUsed
	}
	return p
}()

// Clone is a copy that can be changed.
func (p *Profile) Clone() *Profile {
	c := *p
	c.Events = maps.Clone(p.Events)
	c.Class, c.Sex, c.Consent, c.Disposition = maps.Clone(p.Class), maps.Clone(p.Sex), maps.Clone(p.Consent), maps.Clone(p.Disposition)
	c.NHSNumber, c.Visit, c.Trusted = slices.Clone(p.NHSNumber), slices.Clone(p.Visit), slices.Clone(p.Trusted)
	c.HospitalAuthorities, c.HospitalTypes = slices.Clone(p.HospitalAuthorities), slices.Clone(p.HospitalTypes)
	return &c
}

// Use tells what is done with an event.
func (p *Profile) Use(trigger string) Use {
	if use, ok := p.Events[trigger]; ok {
		return use
	}
	return p.Others
}

// Trusts tells whether an NHS number of this status may be taken for the patient's on this sender's word.
func (p *Profile) Trusts(t plans.Tracing) bool { return slices.Contains(p.Trusted, t) }

// Reread reads a message again in the profile's character set, where it had to be guessed. raw is what it was parsed from.
func (p *Profile) Reread(m *Message, raw []byte) *Message {
	if !m.guessed && !(p.CharsetAlways && m.oneByte) || p.Charset == m.charset {
		return m
	}
	again, err := parse(raw, p.Charset, p.CharsetAlways)
	if err != nil { // it could be read before, and delimiters are ASCII in every set
		return m
	}
	return again
}

// isNHS reports whether an identifier (CX) is said to be an NHS number: by its assigning authority (CX.4) or its type (CX.5).
func (p *Profile) isNHS(id Value) bool {
	return isOneOf(p.NHSNumber, upper(id.Component(4))) || isOneOf(p.NHSNumber, upper(id.Component(5)))
}

// isOneOf does not find the empty code.
func isOneOf(codes []string, code string) bool { return code != "" && slices.Contains(codes, code) }

// hospitalNumber is the identifier of a preferred type, else the first that is no NHS number; of the profile's authorities only, where it
// names any.
func (p *Profile) hospitalNumber(ids Value) alerts.Field[string] {
	found := emptiedIfNull[string](ids)
	for id := range ids.Repetitions() {
		number := plain(id.Component(1))
		if number == "" || p.isNHS(id) || len(p.HospitalAuthorities) > 0 && !isOneOf(p.HospitalAuthorities, upper(id.Component(4))) {
			continue
		}
		if isOneOf(p.HospitalTypes, upper(id.Component(5))) {
			return alerts.Stated(number)
		}
		if found.Presence != Present {
			found = alerts.Stated(number)
		}
	}
	return found
}

// sourceOf finds the identifier of a visit at one of its places.
func (v VisitSource) sourceOf(pid, pv1 Segment, hospitalNumber string) (text, location string) {
	switch v {
	case AlternateVisit:
		return plain(pv1.Field(50)), "PV1^1^50"
	case PatientAccount:
		return plain(pid.Field(18)), "PID^1^18"
	case PatientInsteadOf:
		return hospitalNumber, "PID^1^3"
	}
	return plain(pv1.Field(19)), "PV1^1^19"
}
