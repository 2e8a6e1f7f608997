package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// Names of systems and profiles (FHIR R4; HL7 UK Core).
const (
	systemNHSNumber     = "https://fhir.nhs.uk/Id/nhs-number"
	systemODS           = "https://fhir.nhs.uk/Id/ods-organization-code"
	systemVerification  = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
	systemPriority      = "http://hl7.org/fhir/flag-priority-code"
	systemFlagCategory  = "http://terminology.hl7.org/CodeSystem/flag-category"
	extVerification     = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
	extPriority         = "http://hl7.org/fhir/StructureDefinition/flag-priority"
	profilePatient      = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"
	profileCarePlan     = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-CarePlan"
	profileFlag         = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Flag"
	systemCarePlanLocal = "https://demo.ucpalert.example/Id/plan"
)

// The shapes of FHIR R4 that a centre of the demo writes. Only what is written is here.
type (
	fhirBundle struct {
		ResourceType string      `json:"resourceType"`
		Type         string      `json:"type"`
		Entry        []fhirEntry `json:"entry"`
	}
	fhirEntry struct {
		FullURL  string      `json:"fullUrl"`
		Resource any         `json:"resource"`
		Request  fhirRequest `json:"request"`
	}
	fhirRequest struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	fhirMeta struct {
		Profile []string `json:"profile"`
	}
	fhirCoding struct {
		System  string `json:"system"`
		Code    string `json:"code"`
		Display string `json:"display,omitempty"`
	}
	fhirConcept struct {
		Coding []fhirCoding `json:"coding,omitempty"`
		Text   string       `json:"text,omitempty"`
	}
	fhirExtension struct {
		URL   string       `json:"url"`
		Value *fhirConcept `json:"valueCodeableConcept"`
	}
	fhirIdentifier struct {
		Extension []fhirExtension `json:"extension,omitempty"`
		System    string          `json:"system"`
		Value     string          `json:"value"`
	}
	fhirReference struct {
		Reference  string          `json:"reference,omitempty"`
		Type       string          `json:"type,omitempty"`
		Identifier *fhirIdentifier `json:"identifier,omitempty"`
		Display    string          `json:"display,omitempty"`
	}
	fhirName struct {
		Use    string   `json:"use"`
		Family string   `json:"family"`
		Given  []string `json:"given"`
	}
	fhirAddress struct {
		Use        string   `json:"use"`
		Line       []string `json:"line"`
		City       string   `json:"city"`
		PostalCode string   `json:"postalCode"`
	}
	fhirPatient struct {
		ResourceType string           `json:"resourceType"`
		ID           string           `json:"id"`
		Meta         fhirMeta         `json:"meta"`
		Identifier   []fhirIdentifier `json:"identifier"`
		Name         []fhirName       `json:"name"`
		Gender       string           `json:"gender"`
		BirthDate    string           `json:"birthDate"`
		Address      []fhirAddress    `json:"address"`
	}
	fhirPeriod struct {
		Start string `json:"start"`
	}
	fhirContact struct {
		System string `json:"system"`
		Value  string `json:"value"`
		Use    string `json:"use"`
	}
	fhirCareTeam struct {
		ResourceType         string          `json:"resourceType"`
		ID                   string          `json:"id"`
		Name                 string          `json:"name"`
		ManagingOrganization []fhirReference `json:"managingOrganization"`
		Telecom              []fhirContact   `json:"telecom"`
	}
	fhirDetail struct {
		Kind         string       `json:"kind,omitempty"`
		Status       string       `json:"status"`
		DoNotPerform bool         `json:"doNotPerform,omitempty"`
		Product      *fhirConcept `json:"productCodeableConcept,omitempty"`
		Description  string       `json:"description,omitempty"`
	}
	fhirActivity struct {
		Detail fhirDetail `json:"detail"`
	}
	fhirAnnotation struct {
		Text string `json:"text"`
	}
	fhirCarePlan struct {
		ResourceType string           `json:"resourceType"`
		ID           string           `json:"id"`
		Meta         fhirMeta         `json:"meta"`
		Contained    []fhirCareTeam   `json:"contained,omitempty"`
		Extension    []fhirDate       `json:"extension,omitempty"`
		Identifier   []fhirIdentifier `json:"identifier"`
		Status       string           `json:"status"`
		Intent       string           `json:"intent"`
		Category     []fhirConcept    `json:"category"`
		Title        string           `json:"title"`
		Description  string           `json:"description"`
		Subject      fhirReference    `json:"subject"`
		Period       fhirPeriod       `json:"period"`
		Created      string           `json:"created"`
		Author       fhirReference    `json:"author"`
		Contributor  []fhirReference  `json:"contributor"`
		CareTeam     []fhirReference  `json:"careTeam,omitempty"`
		Activity     []fhirActivity   `json:"activity"`
		Note         []fhirAnnotation `json:"note"`
	}
	fhirFlag struct {
		ResourceType string           `json:"resourceType"`
		ID           string           `json:"id"`
		Meta         fhirMeta         `json:"meta"`
		Extension    []fhirExtension  `json:"extension"`
		Identifier   []fhirIdentifier `json:"identifier"`
		Status       string           `json:"status"`
		Category     []fhirConcept    `json:"category"`
		Code         fhirConcept      `json:"code"`
		Subject      fhirReference    `json:"subject"`
		Period       fhirPeriod       `json:"period"`
		Author       fhirReference    `json:"author"`
	}
)

// Bundle writes the plan as a FHIR R4 transaction Bundle in JSON: PUT of the Patient, the CarePlan and its Flags, each under an id of
// its own, so that sending it again is harmless. The same plan gives the same bytes.
func (p Plan) Bundle() ([]byte, error) {
	b, err := json.Marshal(p.bundle())
	if err != nil {
		return nil, fmt.Errorf("write the bundle of plan %s: %w", p.ID, err)
	}
	return b, nil
}

// subjectURL names the Patient inside a Bundle. It needs to be unique within the Bundle only (FHIR R4, Bundle, "Resolving references").
const subjectURL = "urn:uuid:5b0f2f4e-6d1c-4d7a-9a40-6f9f0a5c1e01"

func (p Plan) bundle() fhirBundle {
	entries := []fhirEntry{
		{subjectURL, p.patient(), fhirRequest{"PUT", "Patient/" + p.ID}},
		{"urn:uuid:5b0f2f4e-6d1c-4d7a-9a40-6f9f0a5c1e02", p.carePlan(), fhirRequest{"PUT", "CarePlan/" + p.ID}},
	}
	for i, f := range p.flags() {
		entries = append(entries, fhirEntry{
			"urn:uuid:5b0f2f4e-6d1c-4d7a-9a40-6f9f0a5c1f0" + strconv.Itoa(i), f, fhirRequest{"PUT", "Flag/" + f.ID},
		})
	}
	entries = append(entries, p.moreEntries()...)
	return fhirBundle{ResourceType: "Bundle", Type: "transaction", Entry: entries}
}

func (p Plan) patient() fhirPatient {
	// UKCore-NHSNumberVerificationStatusEngland 01: number present and verified.
	verified := fhirExtension{extVerification, &fhirConcept{Coding: []fhirCoding{{systemVerification, "01", "Number present and verified"}}}}
	who := p.Patient
	return fhirPatient{
		ResourceType: "Patient", ID: p.ID, Meta: fhirMeta{[]string{profilePatient}},
		Identifier: []fhirIdentifier{{Extension: []fhirExtension{verified}, System: systemNHSNumber, Value: who.NHSNumber}},
		Name:       []fhirName{{"official", who.Family, []string{who.Given}}},
		Gender:     who.Sex, BirthDate: who.Born.Format(time.DateOnly),
		Address: []fhirAddress{{"home", []string{who.Line}, who.Town, who.Postcode}},
	}
}

// carePlan puts the first step into the description, where a reader looks first, the others into activities, and the background last.
func (p Plan) carePlan() fhirCarePlan {
	plan := fhirCarePlan{
		ResourceType: "CarePlan", ID: p.ID, Meta: fhirMeta{[]string{profileCarePlan}},
		Identifier: []fhirIdentifier{{System: systemCarePlanLocal, Value: p.ID}},
		Status:     "active", Intent: "plan", Category: []fhirConcept{p.Category.concept()},
		Title: p.Headline, Description: p.Do[0], Subject: p.subject(), Period: p.period(), Created: p.Reviewed.Format(time.DateOnly),
		Author:      fhirReference{Type: "Practitioner", Display: p.Author},
		Contributor: []fhirReference{p.organisation()},
		Note: []fhirAnnotation{
			{fmt.Sprintf("At any hour: %s, %s, %s.", p.Phone, p.Team, nameOfCentre(p.Centre))},
			{"Background: " + p.Background},
		},
	}
	plan.Contained = []fhirCareTeam{{
		"CareTeam", "team", p.Team, []fhirReference{p.organisation()}, []fhirContact{{"phone", p.Phone, "work"}},
	}}
	plan.CareTeam = []fhirReference{{Reference: "#team", Display: p.Team}}
	for _, step := range p.Do[1:] {
		plan.Activity = append(plan.Activity, fhirActivity{fhirDetail{Status: "not-started", Description: step}})
	}
	for _, step := range p.DoNot {
		plan.Activity = append(plan.Activity, fhirActivity{fhirDetail{Status: "not-started", DoNotPerform: true, Description: step}})
	}
	for _, note := range p.Notes {
		plan.Note = append(plan.Note, fhirAnnotation{note})
	}
	p.addMore(&plan)
	return plan
}

// flags are the headline with its priority, and one more for each further warning.
func (p Plan) flags() []fhirFlag {
	priority := fhirExtension{extPriority, &fhirConcept{Coding: []fhirCoding{{System: systemPriority, Code: string(p.Priority)}}}}
	codes := []fhirConcept{{Text: p.Headline}}
	for _, f := range p.Flags {
		codes = append(codes, f.concept())
	}
	flags := make([]fhirFlag, 0, len(codes))
	for i, code := range codes {
		id := p.ID + "-flag-" + strconv.Itoa(i+1)
		flags = append(flags, fhirFlag{
			ResourceType: "Flag", ID: id, Meta: fhirMeta{[]string{profileFlag}}, Extension: []fhirExtension{priority},
			Identifier: []fhirIdentifier{{System: systemCarePlanLocal, Value: id}}, Status: "active",
			Category: []fhirConcept{{Coding: []fhirCoding{{systemFlagCategory, "clinical", "Clinical"}}}},
			Code:     code, Subject: p.subject(), Period: p.period(), Author: p.organisation(),
		})
	}
	return flags
}

func (p Plan) subject() fhirReference {
	return fhirReference{
		Reference: subjectURL, Type: "Patient", Identifier: &fhirIdentifier{System: systemNHSNumber, Value: p.Patient.NHSNumber},
	}
}

func (p Plan) organisation() fhirReference {
	return fhirReference{
		Type: "Organization", Identifier: &fhirIdentifier{System: systemODS, Value: p.Centre}, Display: nameOfCentre(p.Centre),
	}
}

func (p Plan) period() fhirPeriod { return fhirPeriod{p.Reviewed.Format(time.DateOnly)} }

func (c Concept) concept() fhirConcept {
	return fhirConcept{Coding: []fhirCoding{{c.System, c.Code, c.Display}}, Text: c.Display}
}

// Publication is a plan ready to be sent.
type Publication struct {
	// ID is the FHIR logical id of the CarePlan; Centre the ODS code of who publishes it.
	ID, Centre string
	// Patient is whom the plan is for.
	Patient Person
	// Bundle is the FHIR R4 transaction Bundle in JSON.
	Bundle []byte
}

// PlanBundle makes the i-th of any number of plans for benchmarks, about 3 KB each: the patient is PersonAt(i), the text that of one of
// the demo's plans, shortened. The ids begin with "load-". The same index gives the same bytes.
func PlanBundle(i int) (Publication, error) {
	p, b, err := loadPlan(i, "")
	if err != nil {
		return Publication{}, err
	}
	return Publication{p.ID, p.Centre, p.Patient, b}, nil
}

// loadPlan makes the i-th plan for benchmarks and its Bundle, in the name of another centre if one is given.
func loadPlan(i int, centre string) (Plan, []byte, error) {
	short := shortPlans()
	p := short[wrap(i, len(short))]
	p.ID = fmt.Sprintf("load-%07d", i)
	p.Patient = PersonAt(i)
	if centre != "" {
		p.Centre = centre
	}
	b, err := p.Bundle()
	return p, b, err
}

// shortPlans are the demo's plans with at most two steps, one thing not to do and one note. Made when first asked for: most commands do
// without.
var shortPlans = sync.OnceValue(func() []Plan {
	plans := Plans()
	for i := range plans {
		p := &plans[i]
		p.Do, p.DoNot, p.Notes = p.Do[:min(2, len(p.Do))], p.DoNot[:min(1, len(p.DoNot))], p.Notes[:min(1, len(p.Notes))]
		p.More = More{}
	}
	return plans
})
