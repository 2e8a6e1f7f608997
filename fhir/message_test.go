package fhir_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/fhir"
)

// message is a Bundle of the type message about an Encounter.
func message(id, event, enc string) string {
	return `{"resourceType":"Bundle","id":"b-1","type":"message","timestamp":"2026-11-22T14:02:05Z","entry":[` +
		`{"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader","id":"` + id + `",` + event + `,"source":{"endpoint":"urn:harlow:pas"},"focus":[{"reference":"urn:uuid:e"}]}},` +
		`{"fullUrl":"urn:uuid:e","resource":` + enc + `}]}`
}

func coding(system, code string) string {
	return `"eventCoding":{"system":"` + system + `","code":"` + code + `"}`
}

const (
	davinci = "http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event"
	adt     = "http://terminology.hl7.org/CodeSystem/v2-0003"
	nhs     = "https://fhir.nhs.uk/CodeSystem/message-event"
)

func TestWhatAMessageTells(t *testing.T) {
	for _, row := range []struct {
		event, status string
		kind          alerts.Kind
	}{
		{coding(davinci, "notification-admit"), "in-progress", alerts.Arrive},
		{coding(davinci, "notification-transfer"), "in-progress", alerts.Transfer},
		{coding(davinci, "notification-discharge"), "finished", alerts.Depart},
		{coding(davinci, "notification-admit"), "entered-in-error", alerts.Cancel},
		{coding(adt, "A04"), "arrived", alerts.Arrive},
		{coding(adt, "A05"), "planned", alerts.Expect},
		{coding(adt, "A11"), "cancelled", alerts.Cancel},
		{coding(adt, "A13"), "in-progress", alerts.Reopen},
		{coding(adt, "A38"), "cancelled", alerts.CancelExpected},
		{coding(adt, "A08"), "finished", alerts.Depart},
		{coding(nhs, "encounter"), "triaged", alerts.Arrive},
		{`"eventUri":"` + davinci + `#notification-admit"`, "arrived", alerts.Arrive},
		{`"eventUri":"` + adt + `|A03"`, "finished", alerts.Depart},
	} {
		m, err := fhir.ReadMessage([]byte(message("m-1", row.event, encounter(row.status, updated))), pas, fhir.Limits{})
		if err != nil {
			t.Errorf("%s of an Encounter that is %s: %v", row.event, row.status, err)
			continue
		}
		if m.Event.Kind != row.kind || m.Event.ControlID != "m-1" || m.ID != "m-1" {
			t.Errorf("%s of an Encounter that is %s is a %s with the control id %q", row.event, row.status, m.Event.Kind, m.Event.ControlID)
		}
	}
}

func TestMessagesThatAreRefused(t *testing.T) {
	admit, here := coding(davinci, "notification-admit"), encounter("arrived", updated)
	for _, row := range []struct {
		when, body string
		code       fhir.Code
		answerable bool
	}{
		{"a discharge of a patient who is there", message("m-1", coding(davinci, "notification-discharge"), here), fhir.Conflict, true},
		{"an admission of one who has left", message("m-1", admit, encounter("finished", updated)), fhir.Conflict, true},
		{"an event of another kind", message("m-1", coding(nhs, "vaccinations"), here), fhir.NotSupported, true},
		{"the right code of another system", message("m-1", coding("urn:x", "notification-admit"), here), fhir.NotSupported, true},
		{"no Encounter", message("m-1", admit, patientHere), fhir.Required, true},
		{"no id", strings.Replace(message("m-1", admit, here), `"id":"m-1",`, "", 1), fhir.Required, false},
		{"no header", `{"resourceType":"Bundle","type":"message","entry":[{"resource":` + here + `}]}`, fhir.Invariant, false},
		{"not a message", strings.Replace(message("m-1", admit, here), `"type":"message"`, `"type":"collection"`, 1), fhir.NotSupported, true},
	} {
		t.Run(row.when, func(t *testing.T) {
			m, err := fhir.ReadMessage([]byte(row.body), pas, fhir.Limits{})
			o, ok := fhir.AsOutcome(err)
			if !ok || o.Issues[0].Code != row.code || (m.ID != "") != row.answerable {
				t.Errorf("it is %+v, with the id %q", o, m.ID)
			}
		})
	}
}

func TestAnAnswerIsAMessage(t *testing.T) {
	type answer struct {
		ResourceType, Type string
		Entry              []struct {
			Resource struct {
				ResourceType string
				Response     struct{ Identifier, Code string }
				Destination  []struct{ Endpoint string }
				Issue        []struct{ Severity, Code, Diagnostics string }
			}
		}
	}
	m, err := fhir.ReadMessage([]byte(message("m-1", coding(adt, "A04"), encounter("arrived", updated))), pas, fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m.Notes = append(m.Notes, fhir.Issue{Code: fhir.Value, Diagnostics: "A guess."})
	for _, row := range []struct {
		failed   *fhir.Outcome
		code     string
		severity []string
	}{
		{nil, "ok", []string{"information", "warning"}},
		{fhir.Refuse(http.StatusUnprocessableEntity, fhir.Value, "", "No."), "fatal-error", []string{"error"}},
		{fhir.Refuse(http.StatusServiceUnavailable, fhir.Transient, "", "Later."), "transient-error", []string{"error"}},
	} {
		written := m.Answer("https://example.org/fhir/$process-message", row.failed)
		if again := m.Answer("https://example.org/fhir/$process-message", row.failed); string(again) != string(written) {
			t.Error("the same message is answered otherwise the second time")
		}
		var a answer
		if err := json.Unmarshal(written, &a); err != nil {
			t.Fatal(err)
		}
		head, outcome := a.Entry[0].Resource, a.Entry[1].Resource
		if a.Type != "message" || head.Response.Identifier != "m-1" || head.Response.Code != row.code || head.Destination[0].Endpoint != "urn:harlow:pas" {
			t.Errorf("the header is %+v", head)
		}
		if len(outcome.Issue) != len(row.severity) {
			t.Fatalf("the outcome is %+v", outcome)
		}
		for i, severity := range row.severity {
			if outcome.Issue[i].Severity != severity {
				t.Errorf("issue %d is %+v", i, outcome.Issue[i])
			}
		}
	}
}

func TestAMessageSentAgainIsTheSame(t *testing.T) {
	read := func(body string) alerts.Event {
		m, err := fhir.ReadMessage([]byte(body), pas, fhir.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return m.Event
	}
	first := message("m-1", coding(adt, "A04"), encounter("arrived", updated))
	wrapped := strings.NewReplacer(`"id":"b-1"`, `"id":"b-2"`, "14:02:05Z", "14:09:00Z").Replace(first)
	a, b := read(first), read(wrapped)
	if a.ControlID != b.ControlID || a.Hash != b.Hash {
		t.Error("in a new Bundle it is another message")
	}
	if c := read(message("m-1", coding(adt, "A04"), encounter("triaged", updated))); c.Hash == a.Hash {
		t.Error("another message under the same id is taken for the first")
	}
}
