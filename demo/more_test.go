package demo_test

import (
	"bytes"
	"image/png"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// asPublished are the demo's plans as the service reads them, by their ids.
func asPublished(t *testing.T) (contents map[string]plans.Content, published map[string]plans.Publication) {
	t.Helper()
	contents, published = map[string]plans.Content{}, map[string]plans.Publication{}
	for _, p := range demo.Plans() {
		bundle, err := p.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		transaction, err := fhir.ReadTransaction(bundle, p.Centre, fhir.Limits{})
		if err != nil {
			t.Fatalf("%s is refused: %v", p.ID, err)
		}
		published[p.ID] = transaction.Publications[0]
		contents[p.ID] = transaction.Publications[0].Plan.Content
	}
	return contents, published
}

func TestTheDemoShowsEveryHeadingOfAPlan(t *testing.T) {
	contents, published := asPublished(t)
	for id, c := range contents {
		if len(c.Actions) < 3 || len(c.Never) == 0 || c.Telephone.Number == "" || !isDrama(c.Telephone.Number) || c.Reviewed == "" || c.ReviewDue == "" || len(c.Kinds) == 0 {
			t.Errorf("%s lacks what every plan has: %+v", id, c)
		}
	}
	if s := contents["demo-pulmonary-hypertension"].CPR; s.Says != plans.ForCPR || !s.Reversed() {
		t.Errorf("no plan reverses its statement about CPR: %+v", s)
	}
	if s := contents["demo-motor-neurone"].AdvanceDecision; s.Says != plans.RefusesTreatment {
		t.Errorf("no plan has an advance decision: %+v", s)
	}
	if s := contents["demo-autonomic-dysreflexia"].AdvanceDecision; s.Says != plans.RefusalRetracted || !s.Reversed() {
		t.Errorf("no plan retracts an advance decision: %+v", s)
	}
	for _, id := range []string{"demo-tracheostomy", "demo-respect-cancer"} {
		files := contents[id].Attachments
		if len(files) != 1 {
			t.Fatalf("%s has %d files", id, len(files))
		}
		if _, shown := files[0].Shown(); !shown {
			t.Errorf("the file of %s is not shown", id)
		}
		data, err := fhir.AttachmentOf(published[id].Document, files[0])
		if err != nil {
			t.Fatal(err)
		}
		if files[0].Type == "image/png" {
			if _, err := png.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("the picture of %s is none: %v", id, err)
			}
		} else if !bytes.HasSuffix(data, []byte("%%EOF\n")) {
			t.Errorf("the letter of %s has no end", id)
		}
	}
}

func TestTwoCentresOfTheDemoDisagreeAboutOnePatient(t *testing.T) {
	_, published := asPublished(t)
	first, second := published["demo-respect-cancer"].Plan, published["demo-variceal-bleed"].Plan
	if first.Patient != second.Patient || first.Centre == second.Centre {
		t.Fatal("the two plans are not about one patient from two centres")
	}
	var about []plans.Matter
	for _, c := range plans.Conflicts([]plans.Plan{first, second}) {
		about = append(about, c.About)
	}
	if diff := cmp.Diff([]plans.Matter{plans.AboutCPR, plans.AboutCeiling}, about); diff != "" {
		t.Error("they do not disagree about this (- want, + got):\n" + diff)
	}
	other := map[string]string{}
	for id, pub := range published {
		if id == "demo-variceal-bleed" {
			continue
		}
		if twin := other[pub.Plan.Patient.NHSNumber.Reveal()]; twin != "" {
			t.Errorf("%s and %s are about one patient", id, twin)
		}
		other[pub.Plan.Patient.NHSNumber.Reveal()] = id
	}
}

func TestAPlanThatCrossedIntoAnotherRegionSaysTheSame(t *testing.T) {
	contents, published := asPublished(t)
	for id, pub := range published {
		pub.Plan.Version = 1
		whole, err := fhir.WriteWhole(plans.Held{Plan: pub.Plan, Document: pub.Document})
		if err != nil {
			t.Fatal(err)
		}
		there, err := fhir.ReadCarePlan(whole, id, pub.Plan.Centre, fhir.Limits{})
		if err != nil {
			t.Errorf("%s is refused there: %v", id, err)
			continue
		}
		if diff := cmp.Diff(contents[id], there.Plan.Content); diff != "" {
			t.Errorf("%s (- here, + there):\n%s", id, diff)
		}
		for _, file := range there.Plan.Content.Attachments {
			if _, err := fhir.AttachmentOf(there.Document, file); err != nil {
				t.Errorf("%s has lost a file: %v", id, err)
			}
		}
	}
}
