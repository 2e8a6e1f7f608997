package hl7

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// DocumentRules say what the observations of a document are about, by the identifiers in OBX-3: its first component or, for another coding
// system, its fourth. An identifier may be followed by ^ and the coding system that it must be of. Case does not matter.
type DocumentRules struct {
	// Headline is what a board shows in one glance. Documents are taken only where it is set.
	Headline []string
	// Urgency is routine, urgent or critical, or a code of the FHIR value set flag-priority (PN, PL, PM, PH).
	Urgency []string
	// Do is what to do in an emergency, DoNot what must not be done.
	Do, DoNot []string
	// Sections give parts of the text a title of our own; any other is shown under the name that OBX-3 gives it.
	Sections []DocumentSection
}

// DocumentSection is the title of a part of the text.
type DocumentSection struct{ Identifier, Title string }

// Document is one message about a clinical document (HL7 2.4 chapter 9), understood: a plan, a part of one, or its end.
type Document struct {
	// Trigger is T02 (new), T06 (addendum), T08 (edited), T10 (replacement) or T11 (cancelled).
	Trigger string
	// Sender is MSH-3 and MSH-4 joined by "|", ControlID MSH-10, Facility MSH-4: the ODS code of the centre.
	Sender, ControlID, Facility string
	// Number is the document's unique number (TXA-12), Parent that of the document which it adds to or replaces (TXA-13).
	Number, Parent string
	// Stamp is its place among the messages about the same document.
	Stamp alerts.Stamp
	// Status is what the sender says of the document (TXA-17 and TXA-19), as the status of a plan.
	Status  plans.Status
	Patient plans.Identity
	Author  string
	// Written is the day on which the document originated (TXA-6); empty if not stated.
	Written plans.Date

	Headline  string
	Urgency   plans.Urgency // empty if not stated
	Do, DoNot []string
	Sections  []plans.Section
	Files     []DocumentFile

	// Raw is the message as it was received.
	Raw []byte
}

// DocumentFile is a PDF in an observation.
type DocumentFile struct {
	Title string
	Data  []byte
}

// documentKinds are the trigger events that are taken, with the rank that they have among messages of the same instant.
var documentKinds = map[string]alerts.Kind{
	"T02": alerts.Arrive, "T06": alerts.Update, "T08": alerts.Update, "T10": alerts.Update, "T11": alerts.Cancel,
}

// isDocument tells whether a message is about a document.
func isDocument(m *Message) bool { return m.Segment("MSH").Field(9).Component(1).Text() == "MDM" }

// ReadDocument says what an MDM message tells about a document. raw is the message as it was received, of which m was parsed.
//
// The error is a [*Refusal] that names the place. Unlike an arrival, a document is refused for what cannot be read in it: a plan without
// the part that mattered would look whole. The document then holds what had been understood before that.
func (r Rules) ReadDocument(m *Message, raw []byte) (Document, error) {
	trigger, refusal := r.acceptDocument(m)
	if refusal != nil {
		return Document{}, refusal
	}
	msh, txa := m.Segment("MSH"), m.Segment("TXA")
	d := Document{
		Trigger: trigger, Sender: senderOf(m), ControlID: msh.Field(10).Text(), Facility: upper(msh.Field(4)),
		Number: documentNumber(txa.Field(12)), Parent: documentNumber(txa.Field(13)), Author: documentAuthor(txa),
		Written: read(txa.Field(6), ReadDate).Value, Raw: raw,
	}
	e := alerts.Event{Kind: documentKinds[trigger], ControlID: d.ControlID, Hash: sha256.Sum256(raw)}
	if refusal := r.stamp(&e, m); refusal != nil {
		return Document{}, refusal
	}
	d.Stamp = e.Stamp()
	for _, step := range []func(*Message, *Document) *Refusal{r.documentHeader, r.documentPatient, r.observations} {
		if refusal := step(m, &d); refusal != nil {
			return d, refusal
		}
	}
	return d, nil
}

// acceptDocument checks the header and returns the trigger event.
func (r Rules) acceptDocument(m *Message) (string, *Refusal) {
	if refusal := r.acceptHeader(m); refusal != nil {
		return "", refusal
	}
	if len(r.Documents.Headline) == 0 {
		return "", &Refusal{Code: AR, Condition: UnsupportedType, Location: "MSH^1^9", Text: "unsupported message type: documents are not taken here"}
	}
	trigger := m.Segment("MSH").Field(9).Component(2).Text()
	if trigger == "" {
		trigger = m.Segment("EVN").Field(1).Text()
	}
	if _, ok := documentKinds[trigger]; ok {
		return trigger, nil
	}
	text := "unsupported event"
	if isEvent(trigger) {
		text += " " + trigger
	}
	return "", &Refusal{Code: AR, Condition: UnsupportedEvent, Location: "MSH^1^9", Text: text + ": of documents T02, T06, T08, T10 and T11 are taken"}
}

// documentNumber is an EI: the number, and the namespace where there is one, because two systems of a centre may count alike.
func documentNumber(ei Value) string {
	number, namespace := plain(ei.Component(1)), plain(ei.Component(2))
	if number != "" && namespace != "" {
		number += "^" + namespace
	}
	return number
}

// documentAuthor names the originator (TXA-9), else who did what is documented (TXA-5).
func documentAuthor(txa Segment) string {
	for _, n := range [...]int{9, 5} {
		who := txa.Field(n).Repetition(1)
		parts := []string{plain(who.Component(6)), plain(who.Component(3)), plain(who.Component(2))}
		if name := strings.Join(strings.Fields(strings.Join(parts, " ")), " "); name != "" {
			return name
		}
	}
	return ""
}

// documentHeader checks TXA: which document this is and what holds of it.
func (r Rules) documentHeader(m *Message, d *Document) *Refusal {
	txa := m.Segment("TXA")
	missing := func(field int, text string) *Refusal {
		return &Refusal{Code: AE, Condition: FieldMissing, Location: "TXA^1^" + strconv.Itoa(field), Text: text}
	}
	switch {
	case !txa.Exists():
		return &Refusal{Code: AE, Condition: SegmentSequence, Location: "TXA^1", Text: "the message has no document header (TXA)"}
	case d.Number == "":
		return missing(12, "the document has no unique number (TXA-12)")
	case d.Parent == "" && (d.Trigger == "T06" || d.Trigger == "T10"):
		return missing(13, "an addendum or a replacement must name the document it belongs to (TXA-13)")
	case d.Parent == d.Number:
		return &Refusal{Code: AE, Condition: TableValue, Location: "TXA^1^13", Text: "the document names itself as the one it belongs to (TXA-13)"}
	case d.Trigger == "T11":
		d.Status = plans.Revoked
		return nil
	}
	switch upper(txa.Field(17)) { // HL7 table 0271
	case "AU", "LA":
		d.Status = plans.Active
	case "DI", "DO", "IN", "IP", "PA":
		d.Status = plans.Draft
	case "":
		return missing(17, "the document does not say whether it is authenticated (TXA-17)")
	default:
		return &Refusal{Code: AE, Condition: TableValue, Location: "TXA^1^17", Text: "the completion status (TXA-17) is none of AU, LA, DI, DO, IN, IP and PA"}
	}
	switch upper(txa.Field(19)) { // HL7 table 0273
	case "CA", "OB":
		d.Status = plans.Revoked
	case "UN":
		if d.Status == plans.Active {
			d.Status = plans.OnHold
		}
	}
	return nil
}

// documentPatient reads PID. A plan is about exactly one person: without a usable NHS number it could reach the wrong one, or nobody.
func (r Rules) documentPatient(m *Message, d *Document) *Refusal {
	pid := m.Segment("PID")
	if !pid.Exists() {
		return &Refusal{Code: AE, Condition: SegmentSequence, Location: "PID^1", Text: "the message has no patient (PID)"}
	}
	name := name(pid.Field(5)).Value
	d.Patient = plans.Identity{
		NHSNumber: r.nhsNumber(pid.Field(3)).Value, Family: name.Family, Given: name.Given, BirthDate: read(pid.Field(7), ReadDate).Value,
		Sex: read(pid.Field(8), r.profile().sex).Value, Postcode: postcode(pid.Field(11)).Value,
		Tracing: readTracing(pid.Field(32)).Value, Others: otherNames(pid.Field(5), pid.Field(9)).Value,
	}
	if d.Patient.NHSNumber.IsZero() {
		return &Refusal{Code: AE, Condition: FieldMissing, Location: "PID^1^3", Text: "a plan needs a valid NHS number that is taken here (PID-3, type or authority NHS)"}
	}
	return nil
}

// Ahead tells whether the message claims to be of more than a day after an instant: it would win over all that is said later.
func (d Document) Ahead(now time.Time) bool { return d.Stamp.Time().After(now.Add(24 * time.Hour)) }
