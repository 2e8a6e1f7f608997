package fhir

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/alerts"
)

// SiteSystem is the identifier system of ODS site codes.
const SiteSystem = "https://fhir.nhs.uk/Id/ods-site-code"

// Hospital is whose system sends an attendance.
type Hospital struct {
	// Account is the name of the caller's account, Organisation its ODS code.
	Account, Organisation string
	// Owns tells whether an ODS code is the hospital's: its own, that of one of its sites, or that of an organisation it took over.
	Owns func(ods string) bool
}

// Report is what a hospital's system says about one attendance.
type Report struct {
	Event alerts.Event
	// Notes are what was passed by without refusing the rest, for whoever looks after the sending system.
	Notes []Issue
}

// encounterKinds are what each status of an Encounter says (FHIR R4 value set encounter-status).
var encounterKinds = map[string]alerts.Kind{
	"planned": alerts.Expect, "arrived": alerts.Arrive, "triaged": alerts.Arrive, "in-progress": alerts.Arrive, "onleave": alerts.Leave,
	"finished": alerts.Depart, "cancelled": alerts.Cancel, "entered-in-error": alerts.Cancel, "unknown": alerts.Update,
}

// encounterStatuses are the keys of encounterKinds, in the order in which a refusal names them.
var encounterStatuses = []string{
	"planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown",
}

// classes are the patient classes of HL7 v2 (table 0004) for those of an Encounter (HL7 v3 ActCode, ActEncounterCode).
var classes = map[string]string{
	"EMER": "E", "IMP": "I", "ACUTE": "I", "NONAC": "I", "OBSENC": "O", "AMB": "O", "SS": "O", "VR": "O", "HH": "O", "FLD": "O", "PRENC": "P",
}

// longestVisit is how many characters the number of a visit may have, over HL7 v2 too.
const longestVisit = 100

// ReadEncounter reads an Encounter that stands alone, with its Patient contained or named by NHS number. The id is the one of the address,
// or empty if it was POSTed to its type. An error is always an [*Outcome] with status 400, 403, 413 or 422.
func ReadEncounter(body []byte, id string, from Hospital, limits Limits) (Report, error) {
	doc, err := scan(body, "Encounter", limits)
	if err != nil {
		return Report{}, err
	}
	found, err := check(doc, "Encounter")
	if err != nil {
		return Report{}, err
	}
	root := element{doc, 0}
	if sent := root.get("id"); id != "" && sent.text() != id {
		return Report{}, Refuse(http.StatusBadRequest, Value, root.pathOf("id"), "The id must be there and equal the id in the address.")
	}
	r := visitReader{reader: reader{problems: found, doc: doc, centre: from.Organisation, limits: limits}, from: from}
	e := r.encounter(root)
	e.Hash = sha256.Sum256(body)
	return Report{e, r.notes}, r.outcome()
}

// AttendanceTransaction is a Bundle of the type transaction that tells of one attendance.
type AttendanceTransaction struct {
	Report
	entries []entry
	// at is the entry of the Encounter.
	at int
}

// ReadAttendanceTransaction reads a Bundle of the type transaction that holds one Encounter and what it refers to. Otherwise it is
// [ReadEncounter].
func ReadAttendanceTransaction(body []byte, from Hospital, limits Limits) (AttendanceTransaction, error) {
	r, root, err := readVisits(body, from, limits)
	if err != nil {
		return AttendanceTransaction{}, err
	}
	if kind := root.get("type"); kind.text() != "transaction" {
		r.add(kind, NotSupported, "Attendances come in a Bundle of the type transaction or batch; one of the type message is sent to $process-message.")
	}
	r.readBundle(root)
	t := AttendanceTransaction{entries: r.bundle.entries, at: none}
	for i, e := range r.bundle.entries {
		switch {
		case e.kind != "Encounter":
		case t.at != none:
			r.add(e.resource, NotSupported, "A transaction is about one Encounter. Send each attendance by itself, or several in a batch.")
		default:
			t.at = i
			t.Event = r.encounter(e.resource)
		}
	}
	if t.at == none {
		r.addPath("Bundle.entry", Required, "The transaction must hold an Encounter.")
	}
	t.Event.Hash, t.Notes = contentHash(root), r.notes
	return t, r.outcome()
}

// readVisits scans and checks a Bundle of a hospital's.
func readVisits(body []byte, from Hospital, limits Limits) (visitReader, element, error) {
	doc, err := scan(body, "Bundle", limits)
	if err != nil {
		return visitReader{}, element{}, err
	}
	found, err := check(doc, "Bundle")
	if err != nil {
		return visitReader{}, element{}, err
	}
	root := element{doc, 0}
	r := visitReader{reader: reader{problems: found, doc: doc, centre: from.Organisation, limits: limits}, from: from, sent: moment(root.get("timestamp"))}
	return r, root, nil
}

// contentHash is the SHA-256 of the entries of a Bundle. What is around them changes with every sending (FHIR R4 §2.5.2: Bundle.id and
// Bundle.timestamp).
func contentHash(root element) [sha256.Size]byte {
	entries := root.get("entry")
	if !entries.present() {
		return sha256.Sum256(nil)
	}
	return sha256.Sum256(entries.raw())
}

// Response writes the Bundle of the type transaction-response. The location is that of the Encounter, for one that was POSTed.
func (t AttendanceTransaction) Response(location string) []byte {
	type response struct {
		Status   string `json:"status"`
		Location string `json:"location,omitempty"`
	}
	type responseEntry struct {
		Response response `json:"response"`
	}
	out := struct {
		ResourceType string          `json:"resourceType"`
		Type         string          `json:"type"`
		Entry        []responseEntry `json:"entry"`
	}{ResourceType: "Bundle", Type: "transaction-response"}
	for i := range t.entries {
		one := response{Status: "200 OK"}
		if i == t.at && t.entries[i].method == "POST" {
			one = response{Status: "201 Created", Location: location}
		}
		out.Entry = append(out.Entry, responseEntry{one})
	}
	return mustJSON(out)
}

// visitReader turns Encounters into events.
type visitReader struct {
	reader
	from  Hospital
	notes []Issue
	// sent is when the Bundle was put together; zero if it does not say, or if there is none.
	sent time.Time
}

// note passes by what cannot be used, and says so.
func (r *visitReader) note(at element, code Code, sentence string) {
	if len(r.notes) < maxIssues {
		r.notes = append(r.notes, Issue{code, at.path(), sentence})
	}
}

// encounter reads one Encounter and what it refers to.
func (r *visitReader) encounter(enc element) alerts.Event {
	status := enc.get("status").text()
	e := alerts.Event{
		Sender: r.from.Account + "|" + r.from.Organisation, ControlID: enc.get("meta").get("versionId").text(),
		Kind: encounterKinds[status], Trigger: "Encounter " + status, Facility: r.from.Organisation, Visit: r.visit(enc), Sent: r.sent,
	}
	if e.Kind == 0 {
		e.Kind, e.Trigger = alerts.Update, "Encounter"
		r.code(enc, "status", encounterStatuses...)
	}
	r.class(enc, &e)
	r.provider(enc, &e)
	r.who(enc, &e)
	e.Location = r.place(enc)
	r.times(enc, &e)
	if disposition := dispositionOf(enc); disposition != "" {
		e.Disposition = alerts.Stated(disposition)
	}
	for label := range enc.get("meta").list("security") {
		// HL7 v3 Confidentiality: restricted and very restricted.
		if code := label.get("code").text(); label.get("system").text() == confidentialitySystem && (code == "R" || code == "V") {
			e.Sensitive = alerts.Stated(true)
		}
	}
	return e
}

const confidentialitySystem = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

// visit is the number of the visit: the identifier of the type VN (HL7 table 0203), else the first that is not old. Its system is not part
// of it: the same visit may be told of over HL7 v2, which has none.
func (r *visitReader) visit(enc element) string {
	var best element
	for i := range enc.list("identifier") {
		if i.get("value").text() == "" || i.get("use").text() == "old" {
			continue
		}
		if hasCode(i.get("type"), identifierTypes, "VN") {
			best = i
			break
		}
		if !best.present() {
			best = i
		}
	}
	number := line(best.get("value").text())
	switch {
	case number == "":
		r.addPath(enc.pathOf("identifier"), Required, "The Encounter needs an identifier: the number of the visit, as the hospital's other messages have it.")
	case utf8.RuneCountInString(number) > longestVisit:
		r.add(best.get("value"), TooLong, "The number of a visit has at most 100 characters.")
	}
	return number
}

// identifierTypes is the code system of HL7 table 0203.
const identifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203"

// hasCode tells whether a concept has a code of a system.
func hasCode(concept element, system string, codes ...string) bool {
	for coding := range concept.list("coding") {
		if coding.get("system").text() == system && slices.Contains(codes, coding.get("code").text()) {
			return true
		}
	}
	return false
}

// class reads the patient class. One that is not known says nothing: whether it is an arrival then depends on the location.
func (r *visitReader) class(enc element, e *alerts.Event) {
	code := enc.get("class").get("code")
	class, known := classes[strings.ToUpper(code.text())]
	switch {
	case known:
		e.Class = class
	case code.present():
		e.Class = "U" // HL7 table 0004: unknown
		r.note(code, NotSupported, "This class is not known here. The attendance raises alerts if its location is an A&E department; send EMER for one at A&E.")
	default:
		r.addPath(enc.get("class").pathOf("code"), Required, "The class needs a code: EMER for an attendance at A&E.")
	}
}

// provider refuses an Encounter of another hospital than the one that is signed in.
func (r *visitReader) provider(enc element, e *alerts.Event) {
	ref := enc.get("serviceProvider")
	for _, ods := range r.odsCodes(ref, enc) {
		code := strings.ToUpper(line(ods.get("value").text()))
		switch {
		case !r.from.Owns(code):
			r.add(ods.get("value"), Forbidden, "The Encounter is of another organisation than the one that is signed in. A hospital tells of its own attendances only.")
		case ods.get("system").text() == SiteSystem:
			e.Facility = code
		}
	}
}

// odsCodes finds the identifiers with ODS codes that a reference to an organisation or a site leads to.
func (r *visitReader) odsCodes(ref, in element) []element {
	var codes []element
	note := func(identifier element) {
		if system := identifier.get("system").text(); (system == OrganisationSystem || system == SiteSystem) && identifier.get("value").text() != "" {
			codes = append(codes, identifier)
		}
	}
	note(ref.get("identifier"))
	for identifier := range r.resolve(ref, in).list("identifier") {
		note(identifier)
	}
	return codes
}

// times reads when the patient came and went, and by what the message is ordered among those of its visit: when the hospital's system last
// changed the Encounter (meta.lastUpdated), else the latest moment that the Encounter tells of, else when the Bundle was put together. Never
// when it was received: the same attendances in any order must give the same.
func (r *visitReader) times(enc element, e *alerts.Event) {
	start, end := moment(enc.get("period").get("start")), moment(enc.get("period").get("end"))
	if !start.IsZero() && e.Kind != alerts.Expect {
		e.Arrived = alerts.Stated(start)
	}
	if !end.IsZero() && e.Kind == alerts.Depart {
		e.Left = alerts.Stated(end)
	}
	if period := enc.get("period"); !start.IsZero() && !end.IsZero() && end.Before(start) {
		r.add(period, Invariant, "The period ends before it starts.")
	}
	e.Occurred = moment(enc.get("meta").get("lastUpdated"))
	if e.Occurred.IsZero() {
		e.Occurred = latest(enc)
	}
	if e.Occurred.IsZero() && e.Sent.IsZero() {
		r.addPath(enc.pathOf("meta"), Required, "The Encounter needs meta.lastUpdated: when the hospital's system last changed it. Attendances are ordered by it, not by when they are received.")
	}
}

// latest is the latest moment that an Encounter tells of; zero if it tells of none.
func latest(enc element) time.Time {
	var last time.Time
	look := func(period element) {
		for _, end := range [...]string{"start", "end"} {
			if t := moment(period.get(end)); t.After(last) {
				last = t
			}
		}
	}
	look(enc.get("period"))
	for _, name := range [...]string{"statusHistory", "classHistory", "location"} {
		for part := range enc.list(name) {
			look(part.get("period"))
		}
	}
	return last
}

// moment is an instant that is stated to the second; zero for less. A day alone could be any hour of it.
func moment(e element) time.Time {
	t, precise, ok := parseDateTime(e.text())
	if !ok || precise != toSecond {
		return time.Time{}
	}
	return t.UTC()
}
