package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

// encounter is an attendance of Ada's at the visit, whose patient is named by number.
func encounter(id, visit, status, more string) string {
	return `{"resourceType":"Encounter","id":"` + id + `","meta":{"lastUpdated":"2026-11-22T14:02:00Z"},"identifier":[{"value":"` + visit + `"}],"status":"` + status +
		`","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"EMER"},` +
		`"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}}` + more + `}`
}

func admission(id, visit, status string) string {
	return `{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader","id":"` + id +
		`","eventCoding":{"system":"http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event","code":"notification-admit"},"source":{"endpoint":"urn:pas"}}},` +
		`{"resource":` + encounter("e", visit, status, "") + `}]}`
}

func TestAHospitalTellsOfAnAttendance(t *testing.T) {
	w := newWorld(t)
	answer := w.ask("POST", "/fhir/Encounter", "hospital-RQW", encounter("any", "V1", "arrived", ""))
	want(t, answer, http.StatusCreated)
	if got := answer.Header().Get("Location"); got != "http://example.com/fhir/Encounter/att-V1" {
		t.Errorf("the location is %q", got)
	}
	if body := answer.Body.String(); !strings.Contains(body, `"severity":"information"`) || strings.Contains(body, "9990000018") {
		t.Errorf("the answer is %s", body)
	}
	want(t, w.ask("PUT", "/fhir/Encounter/att-V1", "hospital-RQW", encounter("att-V1", "V1", "finished", "")), http.StatusOK)
	if len(w.received) != 2 || w.received[0].Kind != alerts.Arrive || w.received[1].Kind != alerts.Depart || w.received[1].Visit != "V1" || w.received[1].Sender != "pas|RQW" {
		t.Errorf("the desk has %d events", len(w.received))
	}
	first := w.ask("PUT", "/fhir/Encounter/v-2", "hospital-RQW", encounter("v-2", "V2", "arrived", ""))
	again := w.ask("PUT", "/fhir/Encounter/v-2", "hospital-RQW", encounter("v-2", "V2", "arrived", ""))
	want(t, again, http.StatusOK)
	if first.Body.String() != again.Body.String() || len(w.received) != 3 {
		t.Error("what was sent again is answered otherwise, or taken twice")
	}
	minimal := w.ask("POST", "/fhir/Encounter", "hospital-RQW", encounter("any", "V3", "arrived", ""), "Prefer", "return=minimal")
	want(t, minimal, http.StatusCreated)
	if minimal.Body.Len() > 0 {
		t.Error("more was given back than was wanted")
	}
	guessed := w.ask("POST", "/fhir/Encounter", "hospital-RQW", encounter("any", "V4", "arrived", `,"location":[{"location":{"display":"CUPBOARD"}}]`))
	if !strings.Contains(guessed.Body.String(), `"severity":"warning","code":"value","diagnostics":"The location in the message is not known`) {
		t.Errorf("nobody is told of the guess: %s", guessed.Body)
	}
}

func TestAHospitalSpeaksForItselfOnly(t *testing.T) {
	w := newWorld(t)
	foreign := encounter("any", "V1", "arrived", `,"serviceProvider":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RWG"}}`)
	wantOutcome(t, w.ask("POST", "/fhir/Encounter", "hospital-RQW", foreign), http.StatusForbidden, "forbidden")
	if refused := w.entries(journal.AccessRefused); len(refused) != 1 || refused[0].Actor.Name != "pas" || strings.Contains(refused[0].Reason, "RWG") {
		t.Errorf("the journal holds %+v", refused)
	}
	own := encounter("any", "V1", "arrived", `,"serviceProvider":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-site-code","value":"RQWG0"}}`)
	want(t, w.ask("POST", "/fhir/Encounter", "hospital-RQW", own), http.StatusCreated)
	if len(w.received) != 1 || w.received[0].Facility != "RQWG0" {
		t.Error("the site of the hospital's own was not taken")
	}
	wantOutcome(t, w.ask("PUT", "/fhir/CarePlan/x", "hospital-RQW", carePlan("x", "A")), http.StatusForbidden, "forbidden")
}

func TestABundleOfAHospital(t *testing.T) {
	w := newWorld(t)
	one := w.ask("POST", "/fhir", "hospital-RQW", transactionOf(entry(encounter("e", "V1", "arrived", ""), "POST", "Encounter")))
	want(t, one, http.StatusOK)
	if !strings.Contains(one.Body.String(), `"status":"201 Created","location":"Encounter/att-V1"`) {
		t.Errorf("the response is %s", one.Body)
	}
	batch := strings.Replace(transactionOf(entry(encounter("e", "V2", "arrived", ""), "POST", "Encounter"), entry(encounter("f", "V3", "no-status", ""), "PUT", "Encounter/f"),
		entry(carePlan("x", "A"), "PUT", "CarePlan/x")), "transaction", "batch", 1)
	several := w.ask("POST", "/fhir", "hospital-RQW", batch)
	want(t, several, http.StatusOK)
	for _, status := range []string{"201 Created", "422 Unprocessable Entity", "403 Forbidden"} {
		if !strings.Contains(several.Body.String(), status) {
			t.Errorf("none is %s: %s", status, several.Body)
		}
	}
	if len(w.received) != 2 || len(w.held) > 0 {
		t.Errorf("%d attendances and %d plans were taken", len(w.received), len(w.held))
	}
	wantOutcome(t, w.ask("POST", "/fhir", "hospital-RQW", transactionOf(entry(carePlan("x", "A"), "PUT", "CarePlan/x"))), http.StatusUnprocessableEntity, "required")
	wantOutcome(t, w.ask("POST", "/fhir", "centre-RP4", transactionOf(entry(encounter("e", "V9", "arrived", ""), "POST", "Encounter"))), http.StatusUnprocessableEntity, "required")
}

func TestAMessageIsAnsweredWithOne(t *testing.T) {
	w := newWorld(t)
	const address = "/fhir/$process-message"
	ok := w.ask("POST", address, "hospital-RQW", admission("m-1", "V1", "arrived"))
	want(t, ok, http.StatusOK)
	for _, text := range []string{`"type":"message"`, `"code":"ok"`, `"identifier":"m-1"`, `"endpoint":"http://example.com/fhir/$process-message"`} {
		if !strings.Contains(ok.Body.String(), text) {
			t.Errorf("the answer lacks %s: %s", text, ok.Body)
		}
	}
	again := w.ask("POST", address, "hospital-RQW", admission("m-1", "V1", "arrived"))
	want(t, again, http.StatusOK)
	if again.Body.String() != ok.Body.String() || len(w.received) != 1 {
		t.Error("the same message is answered otherwise, or taken twice")
	}
	fatal := w.ask("POST", address, "hospital-RQW", admission("m-2", "V2", "finished"))
	want(t, fatal, http.StatusUnprocessableEntity)
	if !strings.Contains(fatal.Body.String(), `"code":"fatal-error"`) || !strings.Contains(fatal.Body.String(), `Bundle.entry[1].resource.status`) {
		t.Errorf("the refusal is %s", fatal.Body)
	}
	wantOutcome(t, w.ask("POST", address, "hospital-RQW", "{"), http.StatusBadRequest, "structure")
	wantOutcome(t, w.ask("POST", address, "centre-RP4", admission("m-3", "V3", "arrived")), http.StatusForbidden, "forbidden")

	w.broken = errDisk
	failed := w.ask("POST", address, "hospital-RQW", admission("m-4", "V4", "arrived"))
	want(t, failed, http.StatusInternalServerError)
	if body := failed.Body.String(); !strings.Contains(body, `"code":"transient-error"`) || strings.Contains(body, "disk") {
		t.Errorf("the failure is %s", body)
	}
	wantOutcome(t, w.ask("POST", "/fhir/Encounter", "hospital-RQW", encounter("any", "V5", "arrived", "")), http.StatusInternalServerError, "exception")
	if len(w.received) != 1 {
		t.Error("something was taken that could not be kept")
	}
	if strings.Contains(w.log.String(), "9990000018") {
		t.Error("the log holds an NHS number")
	}
}
