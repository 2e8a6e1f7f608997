package fhir_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// restrictedPatient is a Patient whose every place that tells where they live says MARK.
const restrictedPatient = `{"resourceType":"Patient","id":"pat","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},
	"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">MARK narrative</div>"},
	"extension":[{"url":"https://example.org/pharmacy","extension":[{"url":"at","valueAddress":{"text":"MARK pharmacy"}}]},
		{"url":"https://example.org/other","valueString":"kept extension"}],
	"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"name":[{"family":"Testcase","given":["Ann"]}],"birthDate":"1980-02-13",
	"telecom":[{"system":"phone","value":"MARK phone"}],"address":[{"line":["MARK street"],"postalCode":"ZZ1 1ZZ"}],
	"contact":[{"name":{"family":"MARK contact"},"telecom":[{"system":"phone","value":"MARK contact phone"}]}],
	"generalPractitioner":[{"reference":"urn:uuid:gp"},{"reference":"#inner"},{"display":"MARK surgery"}],
	"contained":[{"resourceType":"Organization","id":"inner","name":"MARK inner surgery"}]}`

const restrictedPlan = `{"resourceType":"Bundle","type":"transaction","entry":[
	{"fullUrl":"urn:uuid:1","resource":{"resourceType":"CarePlan","id":"p-1","status":"active","intent":"plan","title":"Hydrocortisone at once","subject":{"reference":"urn:uuid:2"}},"request":{"method":"PUT","url":"CarePlan/p-1"}},
	{"fullUrl":"urn:uuid:2","resource":PATIENT,"request":{"method":"PUT","url":"Patient/pat"}},
	{"fullUrl":"urn:uuid:gp","resource":{"resourceType":"Practitioner","name":[{"family":"MARK doctor"}],"telecom":[{"system":"phone","value":"MARK doctor phone"}]},"request":{"method":"POST","url":"Practitioner"}},
	{"fullUrl":"urn:uuid:mother","resource":{"resourceType":"RelatedPerson","patient":{"reference":"urn:uuid:2"},"name":[{"family":"Mother"}],"telecom":[{"system":"phone","value":"MARK mother phone"}],"address":[{"line":["MARK mother street"]}]},"request":{"method":"POST","url":"RelatedPerson"}}]}`

// contained is the same plan as one CarePlan, with everybody contained.
const containedPlan = `{"resourceType":"CarePlan","id":"p-1","status":"active","intent":"plan","title":"Hydrocortisone at once","subject":{"reference":"#pat"},"contained":[PATIENT,
	{"resourceType":"Organization","id":"inner","name":"MARK inner surgery"},
	{"resourceType":"RelatedPerson","id":"mother","patient":{"reference":"#pat"},"name":[{"family":"Mother"}],"telecom":[{"system":"phone","value":"MARK mother phone"}]}]}`

func readBundle(t *testing.T, text string) plans.Publication {
	t.Helper()
	read, err := fhir.ReadTransaction([]byte(text), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return read.Publications[0]
}

func readSingle(t *testing.T, text string) plans.Publication {
	t.Helper()
	pub, err := fhir.ReadCarePlan([]byte(text), "p-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

func TestWhereARestrictedPatientLivesIsNeitherShownNorCrosses(t *testing.T) {
	inner := `,
	"contained":[{"resourceType":"Organization","id":"inner","name":"MARK inner surgery"}]`
	for what, pub := range map[string]plans.Publication{
		"in a Bundle": readBundle(t, strings.Replace(restrictedPlan, "PATIENT", restrictedPatient, 1)),
		"contained":   readSingle(t, strings.Replace(containedPlan, "PATIENT", strings.Replace(restrictedPatient, inner, "", 1), 1)),
	} {
		t.Run(what, func(t *testing.T) {
			if !pub.Plan.Patient.Restricted || !strings.Contains(string(pub.Document), "MARK street") {
				t.Fatal("what was sent is not kept as it came")
			}
			shown, err := json.Marshal([]any{pub.Plan.Content, pub.Plan.Sections})
			if err != nil || strings.Contains(string(shown), "MARK") || !strings.Contains(string(shown), "Mother") {
				t.Errorf("a department is shown %s, %v", shown, err)
			}
			there, written := crossed(t, plans.Held{Plan: pub.Plan, Document: pub.Document})
			if strings.Contains(string(written), "MARK") || strings.Contains(string(written), "ZZ1") {
				t.Errorf("it crossed as %s", written)
			}
			if !there.Patient.Restricted || there.Patient.Family != "Testcase" || !strings.Contains(string(written), "kept extension") {
				t.Errorf("in the other region the patient is %#v: %s", fmt.Sprint(there.Patient.Restricted, there.Patient.Family), written)
			}
		})
	}
}

func TestWhatIsKeptBackOfARestrictedPatientIsGivenOfOthers(t *testing.T) {
	open := strings.Replace(restrictedPatient, `"code":"R"`, `"code":"U"`, 1)
	pub := readBundle(t, strings.Replace(restrictedPlan, "PATIENT", open, 1))
	shown, err := json.Marshal(pub.Plan.Content)
	if err != nil || !strings.Contains(string(shown), "MARK contact phone") || !strings.Contains(string(shown), "MARK mother phone") {
		t.Errorf("a department is shown %s, %v", shown, err)
	}
	_, written := crossed(t, plans.Held{Plan: pub.Plan, Document: pub.Document})
	for _, text := range []string{"MARK street", "MARK phone", "MARK contact", "MARK doctor", "MARK inner surgery", "MARK mother street", "MARK narrative"} {
		if !strings.Contains(string(written), text) {
			t.Errorf("%s did not cross: %s", text, written)
		}
	}
}
