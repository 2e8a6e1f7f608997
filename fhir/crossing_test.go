package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// crossed sends a held plan to another region and reads it there.
func crossed(t *testing.T, held plans.Held) (plans.Plan, []byte) {
	t.Helper()
	written, err := fhir.WriteWhole(held)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := fhir.WriteWhole(held); err != nil || !bytes.Equal(written, again) {
		t.Errorf("the same version gives other bytes (%v)", err)
	}
	stated, err := fhir.ReadStated(written, fhir.Limits{})
	if err != nil || len(stated.Centres) != 1 || stated.Centres[0] != held.Plan.Centre {
		t.Errorf("it states the centres %v (%v)", stated.Centres, err)
	}
	pub, err := fhir.ReadCarePlan(written, held.Plan.ID, held.Plan.Centre, fhir.Limits{})
	if err != nil {
		t.Fatalf("it cannot be taken: %v\n%s", err, written)
	}
	return pub.Plan, written
}

func TestADemoPlanIsTheSamePlanInAnotherRegion(t *testing.T) {
	for _, p := range demo.Plans() {
		bundle, err := p.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		transaction, err := fhir.ReadTransaction(bundle, p.Centre, fhir.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, pub := range transaction.Publications {
			here := pub.Plan
			here.Version, here.Published = 3, time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)
			there, written := crossed(t, plans.Held{Plan: here, Document: pub.Document})
			there.Version, there.Published = here.Version, here.Published
			if d := cmp.Diff(here, there, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b plans.NHSNumber) bool { return a == b })); d != "" {
				t.Errorf("plan %s changed at the border:\n%s", here.ID, d)
			}
			if !json.Valid(written) || !strings.Contains(string(written), `"versionId":"3"`) {
				t.Errorf("plan %s was written as %s", here.ID, written)
			}
		}
	}
}

func TestWhatAPlanCameWithCrossesInsideIt(t *testing.T) {
	bundle := `{"resourceType":"Bundle","type":"transaction","entry":[
		{"fullUrl":"urn:uuid:1","resource":{"resourceType":"CarePlan","id":"p-1","meta":{"profile":["x"],"tag":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","code":"RAL"},{"code":"kept"}]},
			"status":"active","intent":"plan","title":"H\u00e4","subject":{"reference":"urn:uuid:2"},"_title":{"extension":[{"url":"u","valueDecimal":1.50}]},
			"contained":[{"resourceType":"CareTeam","id":"part-2"}],"careTeam":[{"reference":"#part-2"}]},"request":{"method":"PUT","url":"CarePlan/p-1"}},
		{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","id":"pat","meta":{"versionId":"9"},"birthDate":"1980-02-13","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]},"request":{"method":"PUT","url":"Patient/pat"}},
		{"resource":{"resourceType":"MedicationStatement","status":"active","subject":{"reference":"Patient/pat"},"medicationReference":{"reference":"#m"},"contained":[{"resourceType":"Medication","id":"m","code":{"text":"Aspirin"}}]},"request":{"method":"POST","url":"MedicationStatement"}}]}`
	transaction, err := fhir.ReadTransaction([]byte(bundle), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	pub := transaction.Publications[0]
	there, written := crossed(t, plans.Held{Plan: pub.Plan, Document: pub.Document})
	if there.Headline != "Hä" || there.Patient.BirthDate != "1980-02-13" || !strings.Contains(fmt.Sprintf("%+v", there.Content), "Aspirin") {
		t.Errorf("it arrived as %+v", there)
	}
	for text, want := range map[string]bool{
		`"subject":{"reference":"#pat"}`: true, `"valueDecimal":1.50`: true, `"profile":["x"]`: true, `{"code":"kept"}`: true, `"code":"RP4"`: true,
		`"code":"RAL"`: false, `urn:uuid`: false, `"versionId":"9"`: false, `"Patient/pat"`: false,
	} {
		if strings.Contains(string(written), text) != want {
			t.Errorf("%s: want %v in %s", text, want, written)
		}
	}
}

func TestASummarySaysTheHeadlineAndWhomToAskAndNothingElse(t *testing.T) {
	number, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	here := plans.Plan{
		ID: "p-1", Version: 4, Centre: "RAL", Status: plans.Active, Patient: plans.Identity{NHSNumber: number, Family: "Testcase", BirthDate: "1980-02-13"},
		Headline: "Not for resuscitation", Urgency: plans.Critical, Sections: []plans.Section{{Title: "Secret", Text: "Secret"}}, Author: "Secret",
		Categories: []string{"736373009"}, From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		Published: time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC),
	}
	written := fhir.WriteSummary(here, "Royal Free London", "01632 960700")
	if strings.Contains(string(written), "Secret") {
		t.Fatalf("the text crossed: %s", written)
	}
	for _, text := range []string{`SUBSETTED`, `Royal Free London`, `01632 960700`, `"versionId":"4"`} {
		if !strings.Contains(string(written), text) {
			t.Errorf("%s is missing in %s", text, written)
		}
	}
	pub, err := fhir.ReadCarePlan(written, "p-1", "RAL", fhir.Limits{})
	if err != nil {
		t.Fatalf("it cannot be taken: %v", err)
	}
	there := pub.Plan
	if there.Headline != here.Headline || there.Urgency != here.Urgency || there.Patient != here.Patient || !there.From.Equal(here.From) ||
		!there.To.Equal(here.To) || !cmp.Equal(there.Categories, here.Categories) {
		t.Errorf("it arrived as %+v", there)
	}
}
