package fhir_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

func composed(t *testing.T) fhir.Outline {
	t.Helper()
	number, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	return fhir.Outline{
		ID: "p-1", Centre: "RP4", Status: plans.Draft, Headline: `Never "sedate" <b>`, Urgency: plans.Critical,
		Patient: plans.Identity{NHSNumber: number, Family: "Testcase", Given: "Siân", BirthDate: "1980-02", Sex: plans.OtherSex, Postcode: "CM20 1QX"},
		Do:      []string{"Call the centre", "Give oxygen"}, DoNot: []string{"Lay flat"},
		Sections: []plans.Section{{Title: "Airway", Text: "Difficult\nVery"}, {Text: "A note"}},
		Author:   "Dr A Author", Phone: "020 7946 0001", Created: "2026-11-01", Attachments: []fhir.Attachment{{ContentType: "application/pdf", Title: "Plan.pdf", Data: []byte("%PDF-1.4")}},
		Originals: [][]byte{[]byte("MSH|\r")}, OriginalType: "x-application/hl7-v2+er7",
	}
}

func TestAComposedPlanReadsAsWhatItWasMadeFrom(t *testing.T) {
	outline := composed(t)
	document := fhir.Compose(outline)
	if !json.Valid(document) || bytes.ContainsAny(document, "\n\r") {
		t.Fatalf("not one line of JSON: %s", document)
	}
	pub, err := fhir.ReadCarePlan(document, "p-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p := pub.Plan
	if p.Patient != outline.Patient || p.Status != plans.Draft || p.Urgency != plans.Critical || p.Headline != outline.Headline || p.Author != outline.Author || p.Content.Telephone.Number != outline.Phone {
		t.Errorf("read %s %s %q by %q", p.Status, p.Urgency, p.Headline, p.Author)
	}
	var text strings.Builder
	for _, s := range p.Sections {
		text.WriteString(s.Title + "=" + s.Text + ";")
	}
	for _, want := range []string{"=Call the centre;", "=Give oxygen;", "Do not=Lay flat;", "Airway=Difficult\nVery;", "=A note;"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in %q", want, text.String())
		}
	}
	if !bytes.Equal(document, fhir.Compose(outline)) {
		t.Error("the same outline makes other bytes")
	}
	if originals := fhir.Originals(document); len(originals) != 1 || string(originals[0]) != "MSH|\r" {
		t.Errorf("originals: %q", originals)
	}
}

func TestTheLeastOutlineIsAPlan(t *testing.T) {
	full := composed(t)
	least := fhir.Outline{ID: "p-1", Status: plans.Active, Headline: "H", Patient: plans.Identity{NHSNumber: full.Patient.NHSNumber}}
	pub, err := fhir.ReadCarePlan(fhir.Compose(least), "p-1", "RP4", fhir.Limits{})
	if err != nil || pub.Plan.Urgency != plans.Urgent {
		t.Errorf("%s %v", pub.Plan.Urgency, err)
	}
}

func TestAComposedPlanIsItsCentresOnly(t *testing.T) {
	_, err := fhir.ReadCarePlan(fhir.Compose(composed(t)), "p-1", "RJZ", fhir.Limits{})
	if refusal, ok := fhir.AsOutcome(err); !ok || refusal.Status != 403 {
		t.Errorf("another centre's plan was read: %v", err)
	}
}
