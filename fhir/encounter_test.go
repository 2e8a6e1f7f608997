package fhir_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// pas is the hospital system of these tests: it has one site, and took over the organisation OLD.
var pas = fhir.Hospital{Account: "pas", Organisation: "RQW", Owns: func(ods string) bool { return ods == "RQW" || ods == "RQWG0" || ods == "OLD" }}

const patientHere = `{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},{"system":"urn:mrn","value":"H1"}],` +
	`"name":[{"family":"Testpatient","given":["Ada"]}],"gender":"female","birthDate":"1980-02-13","address":[{"postalCode":"cm20 1qx"}]}`

// encounter is one of the class EMER with the visit number V1 and Ada inside. What is added may replace nothing that stands here.
func encounter(status, more string, contained ...string) string {
	all := append([]string{patientHere}, contained...)
	return `{"resourceType":"Encounter","id":"v-1","contained":[` + strings.Join(all, ",") + `],"identifier":[{"system":"urn:visits","value":"V1"}],"status":"` + status +
		`","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"EMER"},"subject":{"reference":"#p"}` + more + `}`
}

const updated = `,"meta":{"lastUpdated":"2026-11-22T14:02:00Z"}`

func mustEncounter(t *testing.T, body string) fhir.Report {
	t.Helper()
	r, err := fhir.ReadEncounter([]byte(body), "v-1", pas, fhir.Limits{})
	if err != nil {
		t.Fatalf("refused: %v\n%s", err, body)
	}
	return r
}

func TestAnEncounterIsReadAsAnAttendance(t *testing.T) {
	r := mustEncounter(t, encounter("in-progress", updated+`,"period":{"start":"2026-11-22T14:00:00+00:00"},"serviceProvider":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"rqw"}}`))
	e := r.Event
	if e.Kind != alerts.Arrive || e.Visit != "V1" || e.Class != "E" || e.Facility != "RQW" || e.Sender != "pas|RQW" {
		t.Errorf("the event is %s of visit %q, class %q, from %q by %q", e.Kind, e.Visit, e.Class, e.Facility, e.Sender)
	}
	if e.NHSNumber != alerts.Stated(mustNumber(t, "9990000018")) || e.HospitalNumber != alerts.Stated("H1") || e.Name != alerts.Stated(alerts.Name{Family: "Testpatient", Given: "Ada"}) ||
		e.BirthDate != alerts.Stated(plans.Date("1980-02-13")) || e.Sex != alerts.Stated(plans.Female) || e.Postcode != alerts.Stated("CM20 1QX") {
		t.Error("the patient was not read")
	}
	if want := time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC); !e.Occurred.Equal(want) {
		t.Errorf("it is ordered by %v, not by meta.lastUpdated", e.Occurred)
	}
	if e.Arrived != alerts.Stated(time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)) {
		t.Errorf("the arrival is %v", e.Arrived)
	}
	if e.Location.Presence != alerts.Absent || len(r.Notes) > 0 {
		t.Errorf("what was not said was read: %+v, %v", e.Location, r.Notes)
	}
}

func TestWhatAStatusSays(t *testing.T) {
	for status, kind := range map[string]alerts.Kind{
		"planned": alerts.Expect, "arrived": alerts.Arrive, "triaged": alerts.Arrive, "in-progress": alerts.Arrive, "onleave": alerts.Leave,
		"finished": alerts.Depart, "cancelled": alerts.Cancel, "entered-in-error": alerts.Cancel, "unknown": alerts.Update,
	} {
		if got := mustEncounter(t, encounter(status, updated)).Event.Kind; got != kind {
			t.Errorf("%s is read as %s, not %s", status, got, kind)
		}
	}
	left := mustEncounter(t, encounter("finished", updated+`,"period":{"start":"2026-11-22T12:00:00Z","end":"2026-11-22T13:50:00Z"},`+
		`"hospitalization":{"dischargeDisposition":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/discharge-disposition","code":"aadvice"}]}}`)).Event
	if left.Left != alerts.Stated(time.Date(2026, 11, 22, 13, 50, 0, 0, time.UTC)) || left.Disposition != alerts.Stated("13") {
		t.Errorf("left %v, disposition %v", left.Left, left.Disposition)
	}
	planned := mustEncounter(t, encounter("planned", updated+`,"period":{"start":"2026-11-22T16:00:00Z"}`)).Event
	if planned.Arrived.Presence != alerts.Absent {
		t.Error("a patient who is expected at four has arrived at four")
	}
}

func TestTheExampleOfAnAttendance(t *testing.T) {
	body, err := os.ReadFile("../docs/examples/attendance.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhir.ReadEncounter(body, "", pas, fhir.Limits{})
	if err != nil || len(r.Notes) > 0 || r.Event.Location.Value.Bed != "BAY 4" || r.Event.NHSNumber.Presence != alerts.Present {
		t.Errorf("the example: %v, %v, %+v", err, r.Notes, r.Event.Location)
	}
}

func TestWhatElseIsSaidOfThePatient(t *testing.T) {
	who := strings.NewReplacer(`"value":"9990000018"}`, `"value":"9990000018","extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",`+
		`"valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":"01"}]}}]}`,
		`"given":["Ada"]}]`, `"given":["Ada"]},{"use":"maiden","family":"Born","given":["Ada"]}]`,
		`"id":"p",`, `"id":"p","deceasedBoolean":false,"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},`).Replace(patientHere)
	e := mustEncounter(t, strings.Replace(encounter("arrived", updated), patientHere, who, 1)).Event
	if e.Tracing != alerts.Stated(plans.Verified) || e.Others.Value[0].Family != "Born" || e.Restricted != alerts.Stated(true) || e.Dead != alerts.Stated(false) {
		t.Errorf("tracing %v, others %d, restricted %v, dead %v", e.Tracing, e.Others.Presence, e.Restricted, e.Dead)
	}
	sensitive := strings.Replace(encounter("arrived", updated), `"meta":{`, `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}],`, 1)
	if e := mustEncounter(t, sensitive).Event; e.Sensitive != alerts.Stated(true) {
		t.Error("a visit that is very restricted is not sensitive")
	}
}

func TestWhatOrdersAttendances(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 22, hour, minute, 0, 0, time.UTC) }
	for _, row := range []struct {
		when, more string
		want       time.Time
	}{
		{"the last change outweighs the period", updated + `,"period":{"start":"2026-11-22T15:00:00Z"}`, at(14, 2)},
		{"without it, the latest moment that is told", `,"period":{"start":"2026-11-22T12:00:00Z"},"location":[{"location":{"display":"AE"},"period":{"start":"2026-11-22T12:40:00Z"}}]`, at(12, 40)},
		{"a day is no moment", `,"period":{"start":"2026-11-22"},"statusHistory":[{"status":"arrived","period":{"start":"2026-11-22T11:10:00Z"}}]`, at(11, 10)},
	} {
		if got := mustEncounter(t, encounter("in-progress", row.more)).Event.Occurred; !got.Equal(row.want) {
			t.Errorf("%s: %v, not %v", row.when, got, row.want)
		}
	}
}

func TestWhereThePatientIs(t *testing.T) {
	kind := func(code string) string {
		return `"physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"` + code + `"}]}`
	}
	bed := `{"resourceType":"Location","id":"bed","identifier":[{"system":"urn:beds","value":"BAY 4"}],` + kind("bd") + `,"partOf":{"reference":"#room"}}`
	room := `{"resourceType":"Location","id":"room","name":"MAJORS",` + kind("ro") + `,"partOf":{"reference":"#ward"}}`
	ward := `{"resourceType":"Location","id":"ward","identifier":[{"system":"urn:wards","value":"AE"}],"name":"Emergency Department","partOf":{"reference":"#site"}}`
	site := `{"resourceType":"Location","id":"site","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-site-code","value":"rqwg0"}],"name":"The Princess Alexandra Hospital",` + kind("si") + `}`
	loop := `{"resourceType":"Location","id":"loop","name":"AE","partOf":{"reference":"#loop"}}`
	for _, row := range []struct {
		when, location string
		want           alerts.Location
	}{
		{"from the bed to the site", `[{"location":{"reference":"#bed"}}]`, alerts.Location{PointOfCare: "AE", Room: "MAJORS", Bed: "BAY 4", Site: "RQWG0"}},
		{"as HL7 v2 writes it", `[{"location":{"identifier":{"value":"AE^MAJORS^BAY 4^rqwg0"}}}]`, alerts.Location{PointOfCare: "AE", Room: "MAJORS", Bed: "BAY 4", Site: "RQWG0"}},
		{"in words", `[{"location":{"display":"AE"}}]`, alerts.Location{PointOfCare: "AE"}},
		{"a site alone", `[{"location":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-site-code","value":"RQWG0"},"display":"Harlow"}}]`, alerts.Location{Site: "RQWG0"}},
		{"the active one, wherever it stands", `[{"status":"active","location":{"display":"AE"}},{"status":"completed","location":{"display":"TRIAGE"}}]`, alerts.Location{PointOfCare: "AE"}},
		{"the last that began", `[{"location":{"display":"AE"},"period":{"start":"2026-11-22T13:00:00Z"}},{"location":{"display":"TRIAGE"},"period":{"start":"2026-11-22T12:00:00Z"}}]`, alerts.Location{PointOfCare: "AE"}},
		{"not where the patient will be", `[{"location":{"display":"AE"}},{"status":"planned","location":{"display":"WARD 7"}}]`, alerts.Location{PointOfCare: "AE"}},
		{"a part of itself", `[{"location":{"reference":"#loop"}}]`, alerts.Location{PointOfCare: "AE"}},
	} {
		got := mustEncounter(t, encounter("in-progress", updated+`,"location":`+row.location, bed, room, ward, site, loop)).Event.Location
		if got != alerts.Stated(row.want) {
			t.Errorf("%s: %+v, not %+v", row.when, got.Value, row.want)
		}
	}
}

func TestWhatMakesAMatchHarderRefusesNothing(t *testing.T) {
	for _, row := range []struct{ when, patient, note string }{
		{"a wrong check digit", `"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000019"}]`, "not a valid NHS number"},
		{"no number at all", `"name":[{"family":"Unknown"}]`, ""},
	} {
		body := strings.Replace(encounter("arrived", updated), patientHere, `{"resourceType":"Patient","id":"p",`+row.patient+`}`, 1)
		r := mustEncounter(t, body)
		if r.Event.NHSNumber.Presence != alerts.Absent || r.Event.Name.Presence != alerts.Absent {
			t.Errorf("%s: something was read", row.when)
		}
		if (len(r.Notes) == 1) != (row.note != "") || row.note != "" && !strings.Contains(r.Notes[0].Diagnostics, row.note) {
			t.Errorf("%s: the notes are %v", row.when, r.Notes)
		}
	}
}

func TestWhatIsTakenBack(t *testing.T) {
	old := strings.Replace(patientHere, `"value":"9990000018"`, `"use":"old","value":"9990000018"`, 1)
	if got := mustEncounter(t, strings.Replace(encounter("arrived", updated), patientHere, old, 1)).Event.NHSNumber; got != alerts.Emptied[plans.NHSNumber]() {
		t.Errorf("a number that is old gives %v", got.Presence)
	}
	unborn := strings.Replace(patientHere, `"birthDate":"1980-02-13"`, `"_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}`, 1)
	if got := mustEncounter(t, strings.Replace(encounter("arrived", updated), patientHere, unborn, 1)).Event.BirthDate; got != alerts.Emptied[plans.Date]() {
		t.Errorf("a birth date that is absent gives %v", got.Presence)
	}
}

func TestDissentOverFHIR(t *testing.T) {
	consent := func(status string) string {
		return `{"resourceType":"Consent","id":"c","status":"` + status + `","scope":{"text":"sharing"},"category":[{"text":"sharing"}],"patient":{"reference":"#p"},` +
			`"policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTOUT"}]}}`
	}
	if got := mustEncounter(t, encounter("arrived", updated, consent("active"))).Event.Consent; got != alerts.Stated(plans.Dissent) {
		t.Errorf("an opt-out is read as %v", got)
	}
	if got := mustEncounter(t, encounter("arrived", updated, consent("inactive"))).Event.Consent; got.Presence != alerts.Absent {
		t.Errorf("an opt-out of before is read as %v", got)
	}
}

func TestAttendancesThatAreRefused(t *testing.T) {
	plain := encounter("arrived", updated)
	foreign := `"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RWG"}`
	for _, row := range []struct {
		when, body string
		status     int
		code       fhir.Code
		at         string
	}{
		{"no visit number", strings.Replace(plain, `"value":"V1"`, `"use":"official"`, 1), 422, fhir.Required, "Encounter.identifier"},
		{"a status that is none", strings.Replace(plain, `"arrived"`, `"here"`, 1), 422, fhir.Value, "Encounter.status"},
		{"no patient", strings.Replace(plain, `,"subject":{"reference":"#p"}`, "", 1), 422, fhir.Required, "Encounter.subject"},
		{"a patient who is not there", strings.Replace(plain, `"#p"`, `"Patient/7"`, 1), 422, fhir.NotFound, "Encounter.subject.reference"},
		{"nothing to order it by", encounter("arrived", ""), 422, fhir.Required, "Encounter.meta"},
		{"another hospital's", encounter("arrived", updated+`,"serviceProvider":{`+foreign+`}`), 403, fhir.Forbidden, "Encounter.serviceProvider.identifier.value"},
		{"at another hospital's site", encounter("arrived", updated+`,"location":[{"location":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-site-code","value":"RWG02"}}}]`), 403, fhir.Forbidden, "Encounter.location[0].location.identifier.value"},
		{"another id", strings.Replace(plain, `"id":"v-1"`, `"id":"v-2"`, 1), 400, fhir.Value, "Encounter.id"},
		{"not an Encounter", `{"resourceType":"Patient"}`, 422, fhir.NotSupported, "Patient"},
		{"a class that is an array", strings.Replace(plain, `"class":{`, `"class":[{`, 1), 400, fhir.Structure, ""},
		{"two numbers of one patient", strings.Replace(plain, `{"system":"urn:mrn","value":"H1"}`, `{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}`, 1), 422, fhir.Conflict, "Encounter.contained[0].identifier[1].value"},
		{"an end before the start", encounter("finished", updated+`,"period":{"start":"2026-11-22T12:00:00Z","end":"2026-11-22T11:00:00Z"}`), 422, fhir.Invariant, "Encounter.period"},
	} {
		t.Run(row.when, func(t *testing.T) {
			_, err := fhir.ReadEncounter([]byte(row.body), "v-1", pas, fhir.Limits{})
			o, ok := fhir.AsOutcome(err)
			if !ok || o.Status != row.status || o.Issues[0].Code != row.code || row.at != "" && o.Issues[0].Expression != row.at {
				t.Errorf("it is %+v", o)
			}
			for _, secret := range []string{"9990000018", "Testpatient", "RWG", "V1"} {
				if ok && strings.Contains(string(o.JSON()), secret) {
					t.Errorf("the refusal quotes %q", secret)
				}
			}
		})
	}
	if _, err := fhir.ReadEncounter([]byte(encounter("arrived", updated+`,"serviceProvider":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"OLD"}}`)), "v-1", pas, fhir.Limits{}); err != nil {
		t.Errorf("an organisation that was taken over: %v", err)
	}
}

func TestATransactionAboutOneAttendance(t *testing.T) {
	enc := strings.Replace(strings.Replace(encounter("arrived", updated), `"contained":[`+patientHere+`],`, "", 1), `"#p"`, `"urn:uuid:p"`, 1)
	patient := `{"fullUrl":"urn:uuid:p","resource":` + patientHere + `,"request":{"method":"POST","url":"Patient"}}`
	visit := `{"resource":` + enc + `,"request":{"method":"POST","url":"Encounter"}}`
	bundle := func(entries ...string) []byte {
		return []byte(`{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`)
	}
	tx, err := fhir.ReadAttendanceTransaction(bundle(patient, visit), pas, fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if tx.Event.Visit != "V1" || tx.Event.NHSNumber.Presence != alerts.Present {
		t.Error("the Patient of the Bundle was not found")
	}
	const want = `{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"200 OK"}},{"response":{"status":"201 Created","location":"Encounter/a"}}]}` + "\n"
	if got := string(tx.Response("Encounter/a")); got != want {
		t.Errorf("the response is %s", got)
	}
	again, err := fhir.ReadAttendanceTransaction([]byte(strings.Replace(string(bundle(patient, visit)), `"type"`, `"timestamp":"2026-11-22T15:00:00Z","type"`, 1)), pas, fhir.Limits{})
	if err != nil || again.Event.Hash != tx.Event.Hash {
		t.Error("put together again, the same entries are another message")
	}
	for _, entries := range [][]string{{patient}, {patient, visit, visit}} {
		if _, err := fhir.ReadAttendanceTransaction(bundle(entries...), pas, fhir.Limits{}); err == nil {
			t.Errorf("%d entries were taken", len(entries))
		}
	}
	if _, err := fhir.ReadAttendanceTransaction([]byte(`{"resourceType":"Bundle","type":"collection","entry":[`+visit+`]}`), pas, fhir.Limits{}); err == nil {
		t.Error("a collection was taken")
	}
}
