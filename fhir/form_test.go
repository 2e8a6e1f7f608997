package fhir_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

var wholeForm = plans.Form{
	NHSNumber: "9991000003", Family: "O'Neill-<Tester>", Given: "Ana", BirthDate: "1980-02-13", Sex: "female", Postcode: "CM20 1QX",
	Headline: "Adrenal crisis: hydrocortisone 50 mg IM before anything else", Urgency: "critical",
	Do: "Hydrocortisone 50 mg IM at once\nGlucose and blood gas\nCall the registrar", DoNot: "Do not wait for results\nDo not send home after one dose",
	Warnings: "Difficult airway\nViolent when confused", CPR: "not-for", CPRDate: "2026-01-02", Ceiling: "hospital", ADRT: "made", ADRTText: "Refuses intubation. Signed 3 March 2025.",
	Allergies: "Penicillin: anaphylaxis (severe)\nLatex", Give: "Hydrocortisone: 50 mg IM at once", Avoid: "Dexamethasone alone", Takes: "Warfarin: 3 mg at night\nFludrocortisone", Equipment: "Portacath, left",
	Communication: "Uses BSL", Carers: "Sarah Tester, mother: 020 7946 0001\nNeighbour", Phone: "020 7946 0000", Author: "Dr Ida Invented", Role: "consultant endocrinologist",
	Reviewed: "2026-11-01", ReviewDue: "2027-11-01", Kinds: "325691000000100", Starts: "2026-11-01", Ends: "2028-11-01",
	Consent: "given", OnlyOrganisations: "RQW\nRWG", OnlyRoles: "clinician",
	Sections: []plans.Section{{Title: "About me", Text: "Likes to be called Annie.\nSwims."}, {Title: "Contingency plan", Text: "If her mother is ill, ring the aunt."}},
}

func published(t *testing.T, f plans.Form) (plans.Plan, []byte) {
	t.Helper()
	document, err := fhir.WriteForm("form-1", "RP4", plans.Active, f)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := fhir.ReadCarePlan(document, "form-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatalf("what the form writes is refused: %v\n%s", err, document)
	}
	return pub.Plan, pub.Document
}

func TestAFormIsPublishedAndComesBackAsItWas(t *testing.T) {
	if faults := wholeForm.Faults(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); len(faults) > 0 {
		t.Fatalf("the form has faults: %v", faults)
	}
	plan, document := published(t, wholeForm)
	if plan.Headline != wholeForm.Headline || plan.Urgency != plans.Critical || plan.Patient.NHSNumber.Reveal() != wholeForm.NHSNumber {
		t.Errorf("the plan is %+v", plan)
	}
	c := plan.Content
	if plan.Consent != plans.Given || cmp.Diff(plans.Restriction{Organisations: []string{"RQW", "RWG"}, Roles: []string{"clinician"}}, plan.Restriction) != "" {
		t.Errorf("it may be shown to %+v, consent %q", plan.Restriction, plan.Consent)
	}
	if len(plan.Categories) != 1 || plan.To.IsZero() || plan.From.IsZero() {
		t.Errorf("kinds %v, from %s to %s", plan.Categories, plan.From, plan.To)
	}
	want := plans.Content{
		Kinds: []string{"Contingency plan"}, Warnings: []string{"Difficult airway", "Violent when confused"},
		CPR: plans.Standing{Says: plans.NotForCPR, Since: "2026-01-02", Words: "Not for attempted CPR"}, Ceiling: plans.Standing{Says: plans.ReversibleInHospital, Words: "Reversible conditions in hospital"},
		AdvanceDecision: plans.Standing{Says: plans.RefusesTreatment, Words: "Refuses intubation. Signed 3 March 2025."},
		Allergies:       []plans.Allergy{{To: "Penicillin", Reaction: "anaphylaxis (severe)", Severe: true}, {To: "Latex"}},
		Actions:         []plans.Step{{Text: "Hydrocortisone 50 mg IM at once"}, {Text: "Glucose and blood gas"}, {Text: "Call the registrar"}},
		Never:           []plans.Step{{Text: "Do not wait for results"}, {Text: "Do not send home after one dose"}},
		Medicines:       []plans.Medicine{{Use: plans.Give, Name: "Hydrocortisone", Note: "50 mg IM at once"}, {Use: plans.Avoid, Name: "Dexamethasone alone"}, {Use: plans.Takes, Name: "Warfarin", Dose: "3 mg at night"}, {Use: plans.Takes, Name: "Fludrocortisone"}},
		Equipment:       []plans.Step{{Text: "Portacath, left"}}, Communication: []plans.Step{{Text: "Uses BSL"}},
		Carers:    []plans.Person{{Name: "Sarah Tester", Relation: "mother", Phone: "020 7946 0001"}, {Name: "Neighbour"}},
		Telephone: plans.Telephone{Number: "020 7946 0000"}, Role: "consultant endocrinologist", Reviewed: "2026-11-01", ReviewDue: "2027-11-01",
		Sections: wholeForm.Sections,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("the content: %s", diff)
	}
	back, whole := fhir.ReadForm(plan, document)
	if !whole {
		t.Error("the form does not show all that it wrote")
	}
	if diff := cmp.Diff(wholeForm, back); diff != "" {
		t.Error(diff)
	}
}

func TestTheLeastFormThatCanBePublished(t *testing.T) {
	least := plans.Form{
		NHSNumber: "999 100 0003", Family: "Tester", BirthDate: "1980-2-3", Headline: "Ring us", Urgency: "routine", Do: "Ring us", Phone: "999",
		Author: "A nurse", Reviewed: "2026-11-01", Sections: []plans.Section{},
	}
	plan, document := published(t, least)
	back, whole := fhir.ReadForm(plan, document)
	least.NHSNumber, least.BirthDate = "9991000003", "1980-02-03"
	if !whole || cmp.Diff(least, back) != "" {
		t.Errorf("whole is %v\n%s", whole, cmp.Diff(least, back))
	}
}

func TestDissentInAFormIsDissent(t *testing.T) {
	f := wholeForm
	f.Consent, f.OnlyOrganisations, f.OnlyRoles = "dissent", "", ""
	plan, document := published(t, f)
	back, whole := fhir.ReadForm(plan, document)
	if plan.Consent != plans.Dissent || back.Consent != "dissent" || !whole {
		t.Errorf("consent is %q, in the form %q, whole %v", plan.Consent, back.Consent, whole)
	}
}

func TestAPlanOfAnotherSystemIsNotWholeInAForm(t *testing.T) {
	sent := `{"resourceType":"CarePlan","id":"theirs","status":"active","intent":"plan","title":"Theirs","description":"Do this.",
 "goal":[{"display":"Walk again"}],"subject":{"reference":"#p"},
 "contained":[{"resourceType":"Patient","id":"p","birthDate":"1980-02-13","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9991000003"}]}]}`
	pub, err := fhir.ReadCarePlan([]byte(sent), "theirs", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f, whole := fhir.ReadForm(pub.Plan, pub.Document)
	if whole || f.Do != "Do this." || len(f.Sections) != 1 {
		t.Errorf("whole is %v: %#v", whole, f.Sections)
	}
}

func TestWhatHoldsNoLongerIsNotReadIntoAForm(t *testing.T) {
	p := plans.Plan{Content: plans.Content{
		Actions: []plans.Step{{Text: "Inject"}, {Text: "Done before", State: "completed"}}, Allergies: []plans.Allergy{{To: "Latex", Status: "resolved"}, {To: "Nuts"}},
		Medicines: []plans.Medicine{{Use: plans.Takes, Name: "Warfarin", State: "stopped"}, {Use: plans.Takes, Name: "Aspirin"}},
	}}
	f, whole := fhir.ReadForm(p, []byte(`{"resourceType":"CarePlan","status":"active"}`))
	if f.Do != "Inject" || f.Allergies != "Nuts" || f.Takes != "Aspirin" || whole {
		t.Errorf("the form says %q, %q, %q, whole %v", f.Do, f.Allergies, f.Takes, whole)
	}
}

func TestWithdrawingChangesTheStatusAndNothingElse(t *testing.T) {
	_, document := published(t, wholeForm)
	for _, reason := range []string{"Wrong patient", `a "quoted" reason with <markup>`} {
		changed, err := fhir.WithStatus(document, plans.EnteredInError, reason)
		if err != nil {
			t.Fatal(err)
		}
		pub, err := fhir.ReadCarePlan(changed, "form-1", "RP4", fhir.Limits{})
		if err != nil || pub.Plan.Status != plans.EnteredInError || fhir.StatusReason(changed) != reason {
			t.Errorf("the status is %s because %q, %v", pub.Plan.Status, fhir.StatusReason(changed), err)
		}
		again, err := fhir.WithStatus(changed, plans.Revoked, "Another reason")
		if err != nil || fhir.StatusReason(again) != "Another reason" || bytes.Count(again, []byte("_status")) != 1 {
			t.Errorf("a second reason gives %s, %v", again, err)
		}
		if _, whole := fhir.ReadForm(pub.Plan, changed); !whole {
			t.Error("the form is not whole any more")
		}
	}
}

func TestWithdrawingAPlanThatCameInATransaction(t *testing.T) {
	bundle := `{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:6a1c1c52-0d4e-4f5c-9f5e-000000000001","resource":{"resourceType":"Patient","birthDate":"1980-02-13","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9991000003"}]},"request":{"method":"POST","url":"Patient"}},
 {"fullUrl":"urn:uuid:6a1c1c52-0d4e-4f5c-9f5e-000000000002","resource":{"resourceType":"CarePlan","id":"tx","status" : "active","intent":"plan","title":"Theirs","subject":{"reference":"urn:uuid:6a1c1c52-0d4e-4f5c-9f5e-000000000001"}},"request":{"method":"PUT","url":"CarePlan/tx"}}]}`
	tx, err := fhir.ReadTransaction([]byte(bundle), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := fhir.WithStatus(tx.Publications[0].Document, plans.Revoked, "Replaced")
	if err != nil {
		t.Fatal(err)
	}
	cp, err := fhir.CarePlanOf(changed)
	if err != nil || !strings.Contains(string(cp), `"status" : "revoked"`) || fhir.StatusReason(changed) != "Replaced" {
		t.Errorf("the CarePlan is %s, %v", cp, err)
	}
}
