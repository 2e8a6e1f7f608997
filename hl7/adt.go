package hl7

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// Rules are what a deployment decides about reading.
type Rules struct {
	// Zone is where times without an offset are; UTC if nil.
	Zone *time.Location
	// TestPatients takes messages marked as test or training (MSH-11 T or D), and NHS numbers of the test range.
	TestPatients bool
	// Profile is how the sender writes; nil for the built-in one.
	Profile *Profile
	// Documents say what stands in document messages (MDM); without them none are taken.
	Documents DocumentRules
	// canary reads the message of the canary: its number is one.
	canary bool
}

// kinds are the trigger events that are taken (HL7 2.4 table 0003).
var kinds = map[string]alerts.Kind{
	"A01": alerts.Arrive, "A04": alerts.Arrive, "A08": alerts.Update, "A03": alerts.Depart, "A11": alerts.Cancel,
	"A02": alerts.Transfer, "A12": alerts.CancelTransfer, "A05": alerts.Expect, "A14": alerts.Expect, "A38": alerts.CancelExpected,
	"A13": alerts.Reopen, "A21": alerts.Leave, "A22": alerts.Return, "A52": alerts.CancelLeave, "A53": alerts.CancelReturn,
	"A28": alerts.Person, "A31": alerts.Person, "A34": alerts.Merge, "A40": alerts.Merge, "A47": alerts.Merge,
}

// errNoSuchCode is for a value in none of the tables that are read. It never leaves this package.
var errNoSuchCode = errors.New("no such code")

// Longest values that are kept, in characters. Identifiers beyond are refused, texts are shortened.
const (
	longestVisit = 100
	longestText  = 200
)

// ReadEvent says what an ADT message tells about an attendance. raw is the message as it was received, of which m was parsed.
//
// The error is a [*Refusal] if the message cannot be placed: of another type, event, version or processing id, or without control id,
// sender, patient, visit or time. What only makes a match harder refuses nothing: an NHS number whose check digit is wrong, a birth date
// in month 13 or a sex in no table are left out of the event, as if the message did not mention them.
func (r Rules) ReadEvent(m *Message, raw []byte) (alerts.Event, error) {
	trigger, kind, refusal := r.accept(m)
	if refusal != nil {
		return alerts.Event{}, refusal
	}
	pid, pv1 := m.Segment("PID"), m.Segment("PV1")
	if !pid.Exists() {
		return alerts.Event{}, &Refusal{Code: AE, Condition: SegmentSequence, Location: "PID^1", Text: "the message has no patient (PID)"}
	}
	p, e := r.profile(), r.understand(m, raw, trigger, kind)
	if refusal := r.stamp(&e, m); refusal != nil {
		return alerts.Event{}, refusal
	}
	if !e.Kind.OfVisit() {
		return e, ofPerson(e)
	}
	if e.Visit, refusal = p.visit(pid, pv1, e.HospitalNumber.Value); refusal != nil {
		return alerts.Event{}, refusal
	}
	return e, nil
}

// understand reads what a message says of a patient and a visit, without judging whether that is enough.
func (r Rules) understand(m *Message, raw []byte, trigger string, kind alerts.Kind) alerts.Event {
	p, pid, pv1 := r.profile(), m.Segment("PID"), m.Segment("PV1")
	msh := m.Segment("MSH")
	e := alerts.Event{
		Sender: senderOf(m), ControlID: msh.Field(10).Text(), Hash: sha256.Sum256(raw),
		Kind: kind, Trigger: trigger, Facility: upper(msh.Field(4)), Class: p.class(pv1.Field(2)),
		NHSNumber: r.nhsNumber(pid.Field(3)), HospitalNumber: p.hospitalNumber(pid.Field(3)), Name: name(pid.Field(5)),
		Tracing: readTracing(pid.Field(32)), Others: otherNames(pid.Field(5), pid.Field(9)),
		BirthDate: read(pid.Field(7), ReadDate), Sex: read(pid.Field(8), p.sex), Postcode: postcode(pid.Field(11)),
		Location: location(pv1.Field(3)), Arrived: read(pv1.Field(44), r.exact), Consent: read(m.Segment("ZU8").Field(2), p.consent),
		Left: read(pv1.Field(45), r.exact), Disposition: p.disposition(pv1.Field(36)),
		Dead: read(pid.Field(30), readYesNo), Unidentified: read(pid.Field(31), readYesNo),
		Sensitive: read(pv1.Field(16), readVIP), Hiding: read(m.Segment("ZU8").Field(4), readHiding),
	}
	if e.Kind == alerts.Merge {
		e.Prior = r.prior(m.Segment("MRG").Field(1))
	}
	return e
}

// profile is how the sender writes.
func (r Rules) profile() *Profile {
	if r.Profile == nil {
		return defaultProfile
	}
	return r.Profile
}

// accept checks the header and returns the trigger event and what it means.
func (r Rules) accept(m *Message) (trigger string, kind alerts.Kind, refusal *Refusal) {
	if refusal := r.acceptHeader(m); refusal != nil {
		return "", 0, refusal
	}
	trigger, refusal = readTrigger(m)
	if refusal != nil {
		return "", 0, refusal
	}
	use := r.profile().Use(trigger)
	if use.Kind != 0 {
		return trigger, use.Kind, nil
	}
	if use.Answer == AA && isEvent(trigger) {
		return "", 0, &Refusal{Code: AA, Condition: UnsupportedEvent, Location: "MSH^1^9", Text: trigger + " is not used here: nothing was kept"}
	}
	text := "unsupported event"
	if isEvent(trigger) {
		text += " " + trigger
	}
	return "", 0, &Refusal{Code: AR, Condition: UnsupportedEvent, Location: "MSH^1^9", Text: text}
}

// acceptHeader checks what the header of any message must have.
func (r Rules) acceptHeader(m *Message) *Refusal {
	msh := m.Segment("MSH")
	refuse := func(code AckCode, c Condition, location, text string) *Refusal {
		return &Refusal{Code: code, Condition: c, Location: location, Text: text}
	}
	if control := msh.Field(10); control.Text() == "" {
		return refuse(AE, FieldMissing, "MSH^1^10", "the message has no control id (MSH-10)")
	} else if len(control.text) > longestControlID {
		return refuse(AE, DataType, "MSH^1^10", "the control id (MSH-10) is too long")
	}
	if !isVersion(msh.Field(12).Text()) {
		return refuse(AR, UnsupportedVersion, "MSH^1^12", "the version (MSH-12) is none of HL7 2.1 to 2.8")
	}
	switch processing := msh.Field(11).Text(); {
	case processing == "P":
	case processing == "T" || processing == "D":
		if !r.TestPatients {
			return refuse(AR, UnsupportedProcess, "MSH^1^11", "test and training messages (MSH-11 T or D) are not taken here")
		}
	default:
		return refuse(AR, UnsupportedProcess, "MSH^1^11", "the processing id (MSH-11) is none of P, T and D")
	}
	if upper(msh.Field(4)) == "" {
		return refuse(AE, FieldMissing, "MSH^1^4", "the message does not name its sending facility (MSH-4)")
	}
	return nil
}

// readTrigger returns the event of an attendance message. Senders before HL7 2.3 may name it in EVN-1 only.
func readTrigger(m *Message) (string, *Refusal) {
	field := m.Segment("MSH").Field(9)
	switch field.Component(1).Text() {
	case "ADT":
	case "":
		return "", &Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^9", Text: "the message has no type (MSH-9)"}
	default:
		return "", &Refusal{Code: AR, Condition: UnsupportedType, Location: "MSH^1^9", Text: "unsupported message type: only ADT is taken"}
	}
	if trigger := field.Component(2).Text(); trigger != "" {
		return trigger, nil
	}
	return m.Segment("EVN").Field(1).Text(), nil
}

// senderOf is MSH-3 and MSH-4, joined.
func senderOf(m *Message) string {
	msh := m.Segment("MSH")
	return plain(msh.Field(3)) + "|" + upper(msh.Field(4))
}

// stamp reads when the event occurred, was recorded and was sent. One of these must be usable: messages are ordered by them. One that does not
// state its minute is made as exact as those after it say: what occurs is recorded later, and sent last.
func (r Rules) stamp(e *alerts.Event, m *Message) *Refusal {
	evn, msh := m.Segment("EVN"), m.Segment("MSH")
	e.Sent = read(msh.Field(7), r.period).Value.from
	e.Recorded = read(evn.Field(2), r.period).Value.before(e.Sent)
	told := e.Recorded
	if told.IsZero() {
		told = e.Sent
	}
	e.Occurred = read(evn.Field(6), r.period).Value.before(told)
	if e.Occurred.IsZero() && e.Recorded.IsZero() && e.Sent.IsZero() {
		return &Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^7", Text: "the message has no usable time (EVN-6, EVN-2 or MSH-7)"}
	}
	return nil
}

func (r Rules) period(text string) (period, error) { return readPeriod(text, r.zone()) }

// errCoarse is for a time of which only the day or the hour is stated, where that is too little. It never leaves this package.
var errCoarse = errors.New("no minute is stated")

// exact reads a time that states its minute. Of one that does not, the registration or the departure itself says better when it was.
func (r Rules) exact(text string) (time.Time, error) {
	p, err := r.period(text)
	if err == nil && !p.end.IsZero() {
		err = errCoarse
	}
	return p.from, err
}

// zone is where times without an offset are.
func (r Rules) zone() *time.Location {
	return cmp.Or(r.profile().Zone, r.Zone, time.UTC)
}

// visit is what identifies the visit within its organisation: usually PV1-19, the visit number. Where a sender has none it is the
// alternate visit id (PV1-50) or the patient account (PID-18), and last the hospital number, which makes one visit of all that a patient
// makes: better than no alert. A prefix keeps what is no visit number apart from what is.
func (p *Profile) visit(pid, pv1 Segment, hospitalNumber string) (string, *Refusal) {
	for _, source := range p.Visit {
		text, location := source.sourceOf(pid, pv1, hospitalNumber)
		if text == "" {
			continue
		}
		visit := source.prefix() + text
		if utf8.RuneCountInString(visit) > longestVisit {
			return "", &Refusal{Code: AE, Condition: DataType, Location: location, Text: "the identifier of the visit is too long"}
		}
		return visit, nil
	}
	_, location := p.Visit[0].sourceOf(pid, pv1, "")
	return "", &Refusal{Code: AE, Condition: FieldMissing, Location: location, Text: "nothing identifies the visit (" + p.visitPlaces() + ")"}
}

// visitPlaces names the places in words.
func (p *Profile) visitPlaces() string {
	var b strings.Builder
	for i, source := range p.Visit {
		switch {
		case i == 0:
		case i == len(p.Visit)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		if source == PatientInsteadOf {
			b.WriteString("a hospital number in ")
		}
		b.WriteString(string(source))
	}
	return b.String()
}

// nhsNumber is the first usable one among the identifiers of type or authority NHS, wherever it stands.
func (r Rules) nhsNumber(ids Value) alerts.Field[plans.NHSNumber] {
	p, found := r.profile(), emptiedIfNull[plans.NHSNumber](ids)
	for id := range ids.Repetitions() {
		if !p.isNHS(id) {
			continue
		}
		if id.Component(1).Presence() == Null {
			found = alerts.Emptied[plans.NHSNumber]()
		}
		number, err := plans.ParseNHSNumber(Clean(id.Component(1).Text()))
		if r.canary && errors.Is(err, plans.ErrNHSNumberReserved) {
			return alerts.Stated(plans.CanaryNumber())
		}
		if err == nil && (r.TestPatients || !number.IsTest()) {
			return alerts.Stated(number)
		}
	}
	return found
}

// sex reads a sex in the sender's codes.
func (p *Profile) sex(text string) (plans.Sex, error) { return readSex(p.Sex.standard(text)) }

// consent reads consent to share in the sender's codes.
func (p *Profile) consent(text string) (plans.Consent, error) {
	return readConsent(p.Consent.standard(text))
}

// readSex reads the codes of the NHS Data Dictionary (0 not known, 1 male, 2 female, 9 not specified, X not known) and of HL7 table 0001.
func readSex(text string) (plans.Sex, error) {
	switch strings.ToUpper(text) {
	case "1", "M":
		return plans.Male, nil
	case "2", "F":
		return plans.Female, nil
	case "9", "O", "A":
		return plans.OtherSex, nil
	case "0", "X", "U", "N":
		return plans.UnknownSex, nil
	}
	return "", errNoSuchCode
}

// readConsent reads consent to share (ITK HL7 v2 1.0.15, ZU8-2): 1 express consent, 2 express dissent, 3 unknown. Absent implies consent.
func readConsent(text string) (plans.Consent, error) {
	switch text {
	case "1":
		return plans.Given, nil
	case "2":
		return plans.Dissent, nil
	case "3":
		return plans.NotStated, nil
	}
	return "", errNoSuchCode
}

// postcode is that of the first address that has one.
func postcode(addresses Value) alerts.Field[string] {
	found := emptiedIfNull[string](addresses)
	for address := range addresses.Repetitions() {
		switch at := address.Component(5); at.Presence() {
		case Present:
			return alerts.Stated(upper(at))
		case Null:
			found = alerts.Emptied[string]()
		}
	}
	return found
}

// location reads a PL: point of care, room, bed and facility.
func location(pl Value) alerts.Field[alerts.Location] {
	if pl.Presence() != Present {
		return emptiedIfNull[alerts.Location](pl)
	}
	return alerts.Stated(alerts.Location{
		PointOfCare: plain(pl.Component(1)), Room: plain(pl.Component(2)), Bed: plain(pl.Component(3)), Site: upper(pl.Component(4)),
	})
}

// read reads a field by its type. What it cannot read it leaves out.
func read[T any](v Value, parse func(string) (T, error)) alerts.Field[T] {
	if v.Presence() == Present {
		if parsed, err := parse(Clean(v.Text())); err == nil {
			return alerts.Stated(parsed)
		}
	}
	return emptiedIfNull[T](v)
}

// emptiedIfNull is a field without a value: emptied by the message, or not mentioned.
func emptiedIfNull[T any](v Value) alerts.Field[T] {
	if v.Presence() == Null {
		return alerts.Emptied[T]()
	}
	return alerts.Field[T]{}
}

// plain is a value fit to be shown, and no longer than what is kept.
func plain(v Value) string {
	s := Clean(v.Text())
	if len(s) > longestText && utf8.RuneCountInString(s) > longestText {
		s = string([]rune(s)[:longestText-1]) + "…"
	}
	return s
}

// upper is a value whose letters have no case, as that of a code.
func upper(v Value) string { return strings.ToUpper(plain(v)) }
