package fhir_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// wholeBundle is a transaction with every kind of resource that content is read from, written as real systems write: odd spaces, nested
// extensions, decimals with their zeros, companions of primitives, contained resources, elements that nobody here knows.
const wholeBundle = `{ "resourceType":"Bundle", "type":"transaction",
 "entry" : [
 {"fullUrl":"urn:uuid:6b1d1a6e-1f0a-4d8a-9a55-0d7e1e2b1001","resource":{"resourceType":"Patient","id":"p",
   "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"name":[{"family":"Testpatient","given":["Ada"]}],
   "birthDate":"1980-02-13","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1980-02-13T04:31:00Z"}]}},
  "request":{"method":"PUT","url":"Patient/p"}},
 {"fullUrl":"urn:uuid:6b1d1a6e-1f0a-4d8a-9a55-0d7e1e2b1002","resource":{"resourceType":"CarePlan","id":"whole-1","meta":{"versionId":"77","tag":[{"code":"x"}]},
   "contained":[{"resourceType":"Observation","id":"w","status":"final","code":{"text":"Weight"},"valueQuantity":{"value":21.50,"unit":"kg"}}],
   "extension":[{"url":"http://example.org/outer","extension":[{"url":"inner","extension":[{"url":"innermost","valueDecimal":1.500}]}]}],
   "status":"active","intent":"plan","title":"Whole","subject":{"reference":"urn:uuid:6b1d1a6e-1f0a-4d8a-9a55-0d7e1e2b1001"},
   "nobodyKnows":{"this":[1.0,2.00,1e3]},"description":"Step\u0020one"},
  "request":{"method":"PUT","url":"CarePlan/whole-1"}},
 {"resource":{"resourceType":"Flag","status":"active","code":{"coding":[{"system":"http://snomed.info/sct","code":"450476008"}]},
   "period":{"start":"2026-10-06T10:00:00+01:00"},"subject":{"reference":"Patient/p"}},"request":{"method":"POST","url":"Flag"}},
 {"resource":{"resourceType":"Observation","status":"final","code":{"text":"Decision"},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-11-01",
   "valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"304252001"}]},"note":[{"text":"She changed her mind."}]},"request":{"method":"POST","url":"Observation"}},
 {"resource":{"resourceType":"AllergyIntolerance","code":{"text":"Penicillin"},"patient":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0018"}}},
  "request":{"method":"POST","url":"AllergyIntolerance"}},
 {"fullUrl":"urn:uuid:6b1d1a6e-1f0a-4d8a-9a55-0d7e1e2b1003","resource":{"resourceType":"Binary","contentType":"image/jpeg","data":"/9j/4AA="},"request":{"method":"POST","url":"Binary"}},
 {"resource":{"resourceType":"DocumentReference","status":"current","subject":{"reference":"Patient/p"},"content":[{"attachment":{"title":"Wound","url":"urn:uuid:6b1d1a6e-1f0a-4d8a-9a55-0d7e1e2b1003"}}]},
  "request":{"method":"POST","url":"DocumentReference"}},
 {"resource":{"resourceType":"Provenance","target":[{"reference":"CarePlan/whole-1"}],"recorded":"2026-11-02T09:00:00.123Z","agent":[{"who":{"display":"System"}}]},
  "request":{"method":"POST","url":"Provenance"}},
 {"resource":{"resourceType":"Provenance","target":[{"reference":"Patient/p"}],"recorded":"2026-11-20T09:00:00Z","agent":[{"who":{"display":"System"}}]},
  "request":{"method":"POST","url":"Provenance"}}
 ] }`

func TestAWholeBundleIsReadAndKeptByteForByte(t *testing.T) {
	pub := publish(t, wholeBundle)
	picture := []byte{0xff, 0xd8, 0xff, 0xe0, 0x00}
	sum := sha256.Sum256(picture)
	want := plans.Content{
		CPR:       plans.Standing{Says: plans.ForCPR, Since: "2026-11-01", Words: "She changed her mind.", Earlier: &plans.Earlier{Says: plans.NotForCPR, Since: "2026-10-06"}},
		Allergies: []plans.Allergy{{To: "Penicillin"}}, Actions: []plans.Step{{Text: "Step one"}}, Reviewed: "2026-11-02",
		Attachments: []plans.Attachment{{Title: "Wound", Type: "image/jpeg", Bytes: 5, SHA256: hex.EncodeToString(sum[:])}},
	}
	got := pub.Plan.Content
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("the content differs (- want, + read):\n" + diff)
	}
	if file, err := fhir.AttachmentOf(pub.Document, got.Attachments[0]); err != nil || !bytes.Equal(file, picture) {
		t.Errorf("the picture comes back as %x, %v", file, err)
	}
	if !bytes.Contains(pub.Document, []byte(wholeBundle)) {
		t.Error("the document does not hold the bytes that were sent")
	}
	back, err := fhir.WriteCarePlan(pub.Document, "whole-1", 3, time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	sent := wholeBundle[strings.Index(wholeBundle, `{"resourceType":"CarePlan"`):strings.Index(wholeBundle, `,
  "request":{"method":"PUT","url":"CarePlan/whole-1"}`)]
	sent = with(t, sent, `"meta":{"versionId":"77",`, `"meta":{"lastUpdated":"2026-11-22T14:02:10.000Z","versionId":"3",`)
	if diff := cmp.Diff(sent, string(back)); diff != "" {
		t.Error("the CarePlan does not come back as it was sent (- sent, + back):\n" + diff)
	}
}

func TestWhatAnotherPatientsResourcesSayIsNotShown(t *testing.T) {
	other := strings.ReplaceAll(wholeBundle, `"value":"999 000 0018"`, `"value":"999 000 0026"`)
	if c := publish(t, other).Plan.Content; len(c.Allergies) != 0 {
		t.Errorf("the allergies of another patient are shown: %v", c.Allergies)
	}
	_, err := fhir.ReadTransaction([]byte(strings.ReplaceAll(wholeBundle, `"patient":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0018"}}`, `"patient":{"reference":"Patient/elsewhere"}`)), "RP4", fhir.Limits{})
	expect(t, err, 422, fhir.NotFound, "Bundle.entry[4].resource.patient.reference", "Send it along")
}

func TestHostileContent(t *testing.T) {
	allergy := func(members string) string {
		return `{"resourceType":"AllergyIntolerance","id":"a","patient":` + ada + `,` + members + `}`
	}
	for _, row := range []struct {
		because, resource string
		status            int
		code              fhir.Code
		expression        string
	}{
		{"a concept that is a text", allergy(`"code":"Penicillin"`), 400, fhir.Structure, "CarePlan.contained[1].code"},
		{"a list that is none", allergy(`"code":{"text":"A"},"reaction":{"severity":"mild"}`), 400, fhir.Structure, "CarePlan.contained[1].reaction"},
		{"a reaction without a manifestation", allergy(`"code":{"text":"A"},"reaction":[{"severity":"mild"}]`), 422, fhir.Required, "CarePlan.contained[1].reaction[0].manifestation"},
		{"a severity that does not exist", allergy(`"code":{"text":"A"},"reaction":[{"severity":"awful","manifestation":[{"text":"B"}]}]`), 422, fhir.Value, "CarePlan.contained[1].reaction[0].severity"},
		{"a name in another case", allergy(`"Code":{"text":"A"}`), 400, fhir.Structure, "CarePlan.contained[1].Code"},
		{"two medicines in one statement", `{"resourceType":"MedicationStatement","id":"m","status":"active","subject":` + ada + `,"medicationCodeableConcept":{"text":"A"},"medicationReference":{"display":"B"}}`, 400, fhir.Structure, "CarePlan.contained[1].medicationReference"},
		{"a medicine without a name", `{"resourceType":"MedicationStatement","id":"m","status":"active","subject":` + ada + `}`, 422, fhir.Required, "CarePlan.contained[1]"},
		{"a dose that is a text", `{"resourceType":"MedicationStatement","id":"m","status":"active","subject":` + ada + `,"medicationCodeableConcept":{"text":"A"},"dosage":[{"doseAndRate":[{"doseQuantity":{"value":"5"}}]}]}`, 400, fhir.Structure, "CarePlan.contained[1].dosage[0].doseAndRate[0].doseQuantity.value"},
		{"a flag from a day that does not exist", flagged("f", "active", "450476008", "2026-02-30"), 422, fhir.Value, "CarePlan.contained[1].period.start"},
		{"a modifier", allergy(`"code":{"text":"A"},"modifierExtension":[{"url":"http://example.org/not","valueBoolean":true}]`), 422, fhir.Extension, "CarePlan.contained[1].modifierExtension"},
	} {
		t.Run(row.because, func(t *testing.T) {
			_, err := put(t, carePlan(`,"title":"A"`, row.resource))
			expect(t, err, row.status, row.code, row.expression, "")
		})
	}
	_, err := put(t, carePlan(`,"title":"A","extension":[{"url":"`+fhir.ReviewDueExtension+`","valueString":"soon"}]`))
	expect(t, err, 422, fhir.Value, "CarePlan.extension[0]", "valueDate")
	c := contentOf(t, "", allergy(`"code":{"text":"not \u202efor\u202c <script>alert(1)</script>"}`))
	if got := c.Allergies[0].To; got != "not for <script>alert(1)</script>" {
		t.Errorf("the text is %q: marks that turn or hide words must go, markup stays as the text that it is", got)
	}
}

func TestAResourceThatNamesNobodyBelongsToTheOnlyPlanThatItCameWith(t *testing.T) {
	nobody := strings.Replace(wholeBundle, `"resourceType":"DocumentReference","status":"current","subject":{"reference":"Patient/p"},`, `"resourceType":"DocumentReference","status":"current",`, 1)
	if c := publish(t, nobody).Plan.Content; len(c.Attachments) != 1 {
		t.Errorf("the file of the only plan is not shown: %v", c.Attachments)
	}
	second := `,{"resource":{"resourceType":"CarePlan","id":"two","status":"active","intent":"plan","title":"Second plan",
		"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0026"}}},"request":{"method":"PUT","url":"CarePlan/two"}}
 ] }`
	tr, err := fhir.ReadTransaction([]byte(strings.Replace(nobody, "\n ] }", second, 1)), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(explain(err))
	}
	for _, pub := range tr.Publications {
		if len(pub.Plan.Content.Attachments) != 0 {
			t.Errorf("a file that may be about another patient is shown with %s", pub.Plan.ID)
		}
	}
}
