package fhir

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/alerts"
)

// event is one thing that a message can tell of.
type event struct {
	system, code string
	kind         alerts.Kind
	// statuses are those of an Encounter that agree with it; with others the message contradicts itself. Cancelled and entered-in-error may
	// stand beside every event: they take it back.
	statuses []string
}

// The code systems of the events that are taken.
const (
	// adtEvents is HL7 table 0003, the trigger events of HL7 v2.
	adtEvents = "http://terminology.hl7.org/CodeSystem/v2-0003"
	// notificationEvents are those of HL7's Da Vinci Unsolicited Notifications guide.
	notificationEvents = "http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event"
	// nhsEvents are those that UK Core names (UKCore-MessageEvent).
	nhsEvents = "https://fhir.nhs.uk/CodeSystem/message-event"
)

var (
	here      = []string{"arrived", "triaged", "in-progress"}
	stillHere = []string{"arrived", "triaged", "in-progress", "onleave"}
	takenBack = []string{"cancelled", "entered-in-error"}
)

// events is the whole list. An event without a kind tells what the Encounter's status tells.
var events = []event{
	{notificationEvents, "notification-admit", alerts.Arrive, here},
	{notificationEvents, "notification-transfer", alerts.Transfer, stillHere},
	{notificationEvents, "notification-discharge", alerts.Depart, []string{"finished"}},
	{adtEvents, "A01", alerts.Arrive, here},
	{adtEvents, "A02", alerts.Transfer, stillHere},
	{adtEvents, "A03", alerts.Depart, []string{"finished"}},
	{adtEvents, "A04", alerts.Arrive, here},
	{adtEvents, "A05", alerts.Expect, []string{"planned"}},
	{adtEvents, "A08", 0, nil},
	{adtEvents, "A11", alerts.Cancel, takenBack},
	{adtEvents, "A12", alerts.CancelTransfer, stillHere},
	{adtEvents, "A13", alerts.Reopen, stillHere},
	{adtEvents, "A14", alerts.Expect, []string{"planned"}},
	{adtEvents, "A21", alerts.Leave, []string{"onleave"}},
	{adtEvents, "A22", alerts.Return, here},
	{adtEvents, "A38", alerts.CancelExpected, takenBack},
	{nhsEvents, "encounter", 0, nil},
}

// messagesTaken lists the events that are taken, in words.
func messagesTaken() string {
	var of []string
	for _, e := range events {
		of = append(of, e.system+"|"+e.code)
	}
	return "Events: " + strings.Join(of, ", ") + "."
}

// Message is a Bundle of the type message (FHIR R4 §2.5) that tells of one attendance. It knows how it is answered.
type Message struct {
	Report
	// ID is that of the MessageHeader: the same id with the same content is the same message, however often it is sent.
	ID string
	// sender is where the answer is for; event what it answers to.
	sender string
	event  *event
}

// ReadMessage reads a Bundle that is sent to $process-message. An error is always an [*Outcome] with status 400, 403, 413 or 422; if the
// message has an ID in spite of it, it can be answered with that as a message, too.
func ReadMessage(body []byte, from Hospital, limits Limits) (Message, error) {
	r, root, err := readVisits(body, from, limits)
	if err != nil {
		return Message{}, err
	}
	if kind := root.get("type"); kind.text() != "message" {
		r.add(kind, NotSupported, "Only a Bundle of the type message is taken here.")
	}
	r.readEntries(root)
	m := Message{}
	var header element
	if len(r.bundle.entries) > 0 {
		header = r.bundle.entries[0].resource
	}
	if header.resourceType() != "MessageHeader" {
		r.addPath("Bundle.entry[0].resource", Invariant, "The first entry of a message must be its MessageHeader.")
		return m, r.outcome()
	}
	m.sender = header.get("source").get("endpoint").text()
	if id := header.get("id"); id.present() {
		m.ID = id.text()
	} else if id := root.get("identifier").get("value").text(); IsID(id) {
		m.ID = id
	} else {
		r.addPath(header.pathOf("id"), Required, "The MessageHeader needs an id, the same whenever the message is sent again.")
	}
	m.event = r.eventOf(header)
	if enc := r.focus(header); enc.present() {
		m.Event = r.encounter(enc)
		m.Event.ControlID, m.Event.Hash = m.ID, contentHash(root)
		r.agree(enc, m.event, &m.Event)
	}
	m.Notes = r.notes
	return m, r.outcome()
}

// eventOf finds the event of a message: eventCoding, or eventUri written as system and code with # or | between them.
func (r *visitReader) eventOf(header element) *event {
	at := first(header, "eventCoding", "eventUri")
	system, code := at.get("system").text(), at.get("code").text()
	if uri := header.get("eventUri").text(); uri != "" {
		if cut := strings.LastIndexAny(uri, "#|"); cut > 0 {
			system, code = uri[:cut], uri[cut+1:]
		}
	}
	for i := range events {
		if events[i].system == system && events[i].code == code {
			return &events[i]
		}
	}
	if at.present() {
		r.add(at, NotSupported, "This event is not taken here. docs/fhir.md lists those that are.")
	}
	return nil
}

// focus finds the Encounter that a message is about: the one that its header names, else the only one.
func (r *visitReader) focus(header element) element {
	var found []element
	for ref := range header.list("focus") {
		if e := r.resolve(ref, header); e.resourceType() == "Encounter" {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		for _, e := range r.bundle.entries {
			if e.kind == "Encounter" {
				found = append(found, e.resource)
			}
		}
	}
	switch len(found) {
	case 0:
		r.addPath("Bundle.entry", Required, "The message must hold the Encounter that it is about.")
	case 1:
		return found[0]
	default:
		r.addPath(header.pathOf("focus"), NotSupported, "A message is about one Encounter. Send each attendance in a message of its own.")
	}
	return header.absent()
}

// agree makes one of what the event says and what the Encounter's status says. A message that says two things is refused: to take the one
// could close an alert for a patient who is there, to take the other could leave one open.
func (r *visitReader) agree(enc element, told *event, e *alerts.Event) {
	status := enc.get("status")
	if told == nil || encounterKinds[status.text()] == 0 {
		return // refused already
	}
	e.Trigger = told.code
	switch {
	case told.kind == 0, slices.Contains(takenBack, status.text()) && !slices.Contains(told.statuses, status.text()):
		return // as the status says
	case !slices.Contains(told.statuses, status.text()):
		r.add(status, Conflict, "The event of the message says one thing of the patient, and the status of the Encounter another. Send the status that goes with the event.")
		return
	}
	e.Kind = told.kind
}

// messageNamespace makes the ids of answers, so that the answer to a message is the same whenever it is given.
var messageNamespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/ucpalert/ucpalert/message"))

// Answer writes the message that answers this one (FHIR R4 §2.5.3): ok, with what was noted, or how it failed. A failure that passes is a
// transient-error: the same message may be sent again. The endpoint is this service's own.
func (m Message) Answer(endpoint string, failed *Outcome) []byte {
	code, outcome := "ok", Kept(m.Notes)
	if failed != nil {
		code, outcome = "fatal-error", failed
		if failed.Status >= http.StatusInternalServerError {
			code = "transient-error"
		}
	}
	id := func(of string) string { return uuid.NewSHA1(messageNamespace, []byte(of+" "+m.ID+" "+code)).String() }
	about := map[string]any{"system": nhsEvents, "code": "encounter"}
	if m.event != nil {
		about = map[string]any{"system": m.event.system, "code": m.event.code}
	}
	header := map[string]any{
		"resourceType": "MessageHeader", "id": id("header"), "eventCoding": about,
		"source":   map[string]any{"name": "ucpalert", "endpoint": endpoint},
		"response": map[string]any{"identifier": m.ID, "code": code, "details": map[string]any{"reference": "OperationOutcome/" + id("outcome")}},
	}
	if m.sender != "" {
		header["destination"] = []any{map[string]any{"endpoint": m.sender}}
	}
	written := outcome.resource()
	written.ID = id("outcome")
	return mustJSON(map[string]any{
		"resourceType": "Bundle", "id": id("bundle"), "type": "message",
		"entry": []any{
			map[string]any{"fullUrl": "urn:uuid:" + id("header"), "resource": header},
			map[string]any{"fullUrl": "urn:uuid:" + id("outcome"), "resource": written},
		},
	})
}

// Kept is the outcome of an attendance that was taken, with what was passed by as warnings.
func Kept(notes []Issue) *Outcome {
	o := &Outcome{Status: http.StatusOK, Issues: []Issue{{Informational, "", "The attendance is kept."}}}
	o.Warnings = notes
	return o
}
