package demo

import (
	"encoding/base64"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
)

// More is what a plan says by its headings beside the steps.
type More struct {
	Allergies []Allergy
	// Give, Takes and Avoid are medicines: for the emergency, regular, and forbidden.
	Give, Takes, Avoid       []Medicine
	Equipment, Communication []string
	Carers                   []Carer
	// Ceiling is a code of fhir.CeilingSystem; empty for not stated.
	Ceiling string
	// Statements are about resuscitation and advance decisions, each with its day.
	Statements []Statement
	// About are sections of the personalised care and support plan, as title and text.
	About [][2]string
	// ReviewDue is the day by which the centre reads the plan again.
	ReviewDue time.Time
	Files     []File
}

// Allergy is what harms a patient, and how.
type Allergy struct {
	To, Reaction string
	Severe       bool
}

// Medicine is a medicine and its dose, or why it is forbidden.
type Medicine struct{ Name, Words string }

// Carer is somebody who cares for a patient.
type Carer struct{ Name, Relation, Phone string }

// Statement is a coded statement with the day from which it holds. Ended tells that it holds no longer.
type Statement struct {
	Concept Concept
	Since   time.Time
	Ended   bool
}

// File is an attachment.
type File struct {
	Title, Type string
	Data        []byte
}

// mores are what each plan says beside its steps, by its id. They are made once, with the picture that one of them holds, and are never
// changed.
var mores = sync.OnceValue(func() map[string]More {
	all := moreOfChildren()
	maps.Copy(all, moreOfAdults())
	return all
})

// more is what the plan of an id says beside its steps.
func more(id string) More { return mores()[id] }

// The shapes of FHIR R4 for it; see those in bundle.go.
type (
	fhirDate struct {
		URL   string `json:"url"`
		Value string `json:"valueDate"`
	}
	fhirManifest struct {
		Manifestation []fhirConcept `json:"manifestation"`
		Severity      string        `json:"severity,omitempty"`
	}
	fhirAllergy struct {
		ResourceType   string         `json:"resourceType"`
		ID             string         `json:"id"`
		ClinicalStatus fhirConcept    `json:"clinicalStatus"`
		Verification   fhirConcept    `json:"verificationStatus"`
		Criticality    string         `json:"criticality,omitempty"`
		Code           fhirConcept    `json:"code"`
		Patient        fhirReference  `json:"patient"`
		Reaction       []fhirManifest `json:"reaction"`
	}
	fhirDosage struct {
		Text string `json:"text"`
	}
	fhirMedication struct {
		ResourceType string           `json:"resourceType"`
		ID           string           `json:"id"`
		Status       string           `json:"status"`
		Intent       string           `json:"intent,omitempty"`
		DoNotPerform bool             `json:"doNotPerform,omitempty"`
		Medication   fhirConcept      `json:"medicationCodeableConcept"`
		Subject      fhirReference    `json:"subject"`
		Dosage       []fhirDosage     `json:"dosage,omitempty"`
		Note         []fhirAnnotation `json:"note,omitempty"`
	}
	fhirText struct {
		Text string `json:"text"`
	}
	fhirRelated struct {
		ResourceType string        `json:"resourceType"`
		ID           string        `json:"id"`
		Patient      fhirReference `json:"patient"`
		Relationship []fhirConcept `json:"relationship"`
		Name         []fhirText    `json:"name"`
		Telecom      []fhirContact `json:"telecom,omitempty"`
	}
	fhirStatement struct {
		ResourceType string        `json:"resourceType"`
		ID           string        `json:"id"`
		Status       string        `json:"status"`
		Category     []fhirConcept `json:"category"`
		Code         fhirConcept   `json:"code"`
		Subject      fhirReference `json:"subject"`
		Period       fhirPeriod    `json:"period"`
		Author       fhirReference `json:"author"`
	}
	fhirNarrative struct {
		Status string `json:"status"`
		Div    string `json:"div"`
	}
	fhirSection struct {
		Title string        `json:"title"`
		Text  fhirNarrative `json:"text"`
	}
	fhirComposition struct {
		ResourceType string          `json:"resourceType"`
		ID           string          `json:"id"`
		Status       string          `json:"status"`
		Type         fhirConcept     `json:"type"`
		Subject      fhirReference   `json:"subject"`
		Date         string          `json:"date"`
		Author       []fhirReference `json:"author"`
		Title        string          `json:"title"`
		Section      []fhirSection   `json:"section"`
	}
	fhirAttachment struct {
		ContentType string `json:"contentType"`
		Data        string `json:"data"`
		Title       string `json:"title"`
		Size        int    `json:"size"`
	}
	fhirFile struct {
		Attachment fhirAttachment `json:"attachment"`
	}
	fhirDocument struct {
		ResourceType string        `json:"resourceType"`
		ID           string        `json:"id"`
		Status       string        `json:"status"`
		Subject      fhirReference `json:"subject"`
		Description  string        `json:"description"`
		Content      []fhirFile    `json:"content"`
	}
)

// addMore puts what belongs into the CarePlan itself there: medicines to give, equipment, communication and the day of review.
func (p Plan) addMore(plan *fhirCarePlan) {
	if due := p.More.ReviewDue; !due.IsZero() {
		plan.Extension = append(plan.Extension, fhirDate{fhir.ReviewDueExtension, due.Format(time.DateOnly)})
	}
	add := func(d fhirDetail) {
		d.Status = "not-started"
		plan.Activity = append(plan.Activity, fhirActivity{d})
	}
	for _, m := range p.More.Give {
		add(fhirDetail{Kind: "MedicationRequest", Product: &fhirConcept{Text: m.Name}, Description: m.Words})
	}
	for _, words := range p.More.Equipment {
		add(fhirDetail{Kind: "DeviceRequest", Description: words})
	}
	for _, words := range p.More.Communication {
		add(fhirDetail{Kind: "CommunicationRequest", Description: words})
	}
}

// moreEntries are the resources of their own.
func (p Plan) moreEntries() []fhirEntry {
	var entries []fhirEntry
	add := func(kind string, i int, resource func(id string) any) {
		id := p.ID + "-" + strings.ToLower(kind) + "-" + strconv.Itoa(i+1)
		url := "urn:uuid:5b0f2f4e-6d1c-4d7a-9a40-6f9f0a5d" + hex4(len(entries))
		entries = append(entries, fhirEntry{url, resource(id), fhirRequest{"PUT", kind + "/" + id}})
	}
	for i, a := range p.More.Allergies {
		add("AllergyIntolerance", i, func(id string) any { return p.allergy(id, a) })
	}
	for i, m := range p.More.Takes {
		add("MedicationStatement", i, func(id string) any {
			return fhirMedication{ResourceType: "MedicationStatement", ID: id, Status: "active", Medication: fhirConcept{Text: m.Name}, Subject: p.subject(), Dosage: []fhirDosage{{m.Words}}}
		})
	}
	for i, m := range p.More.Avoid {
		add("MedicationRequest", i, func(id string) any {
			return fhirMedication{ResourceType: "MedicationRequest", ID: id, Status: "active", Intent: "plan", DoNotPerform: true,
				Medication: fhirConcept{Text: m.Name}, Subject: p.subject(), Note: []fhirAnnotation{{m.Words}}}
		})
	}
	for i, c := range p.More.Carers {
		add("RelatedPerson", i, func(id string) any { return p.carer(id, c) })
	}
	for i, s := range p.statements() {
		add("Flag", i+10, func(id string) any { return p.stated(id, s) })
	}
	if len(p.More.About) > 0 {
		add("Composition", 0, func(id string) any { return p.composition(id) })
	}
	for i, f := range p.More.Files {
		add("DocumentReference", i, func(id string) any {
			file := fhirAttachment{f.Type, base64.StdEncoding.EncodeToString(f.Data), f.Title, len(f.Data)}
			return fhirDocument{ResourceType: "DocumentReference", ID: id, Status: "current", Subject: p.subject(), Description: f.Title, Content: []fhirFile{{file}}}
		})
	}
	return entries
}

func hex4(n int) string {
	s := strconv.FormatInt(int64(n), 16)
	return strings.Repeat("0", 4-len(s)) + s
}

// statements are those of the plan, the ceiling of treatment among them.
func (p Plan) statements() []Statement {
	all := p.More.Statements
	if p.More.Ceiling != "" {
		all = append(all[:len(all):len(all)], Statement{Concept: Concept{fhir.CeilingSystem, p.More.Ceiling, "Ceiling of treatment: " + strings.ReplaceAll(p.More.Ceiling, "-", " ")}, Since: p.Reviewed})
	}
	return all
}

func (p Plan) stated(id string, s Statement) fhirStatement {
	status := "active"
	if s.Ended {
		status = "inactive"
	}
	return fhirStatement{
		ResourceType: "Flag", ID: id, Status: status, Category: []fhirConcept{{Coding: []fhirCoding{{systemFlagCategory, "advance-directive", "Advance Directive"}}}},
		Code:    fhirConcept{Coding: []fhirCoding{{s.Concept.System, s.Concept.Code, s.Concept.Display}}},
		Subject: p.subject(), Period: fhirPeriod{s.Since.Format(time.DateOnly)}, Author: p.organisation(),
	}
}

func (p Plan) allergy(id string, a Allergy) fhirAllergy {
	const systems = "http://terminology.hl7.org/CodeSystem/allergyintolerance-"
	out := fhirAllergy{
		ResourceType: "AllergyIntolerance", ID: id,
		ClinicalStatus: fhirConcept{Coding: []fhirCoding{{System: systems + "clinical", Code: "active"}}},
		Verification:   fhirConcept{Coding: []fhirCoding{{System: systems + "verification", Code: "confirmed"}}},
		Code:           fhirConcept{Text: a.To}, Patient: p.subject(), Reaction: []fhirManifest{{Manifestation: []fhirConcept{{Text: a.Reaction}}}},
	}
	if a.Severe {
		out.Criticality, out.Reaction[0].Severity = "high", "severe"
	}
	return out
}

func (p Plan) carer(id string, c Carer) fhirRelated {
	out := fhirRelated{ResourceType: "RelatedPerson", ID: id, Patient: p.subject(), Relationship: []fhirConcept{{Text: c.Relation}}, Name: []fhirText{{c.Name}}}
	if c.Phone != "" {
		out.Telecom = []fhirContact{{"phone", c.Phone, "mobile"}}
	}
	return out
}

// composition is the personalised care and support plan: the person's own words.
func (p Plan) composition(id string) fhirComposition {
	out := fhirComposition{
		ResourceType: "Composition", ID: id, Status: "final", Title: "Personalised care and support plan",
		Type:    fhirConcept{Coding: []fhirCoding{{snomed, "2181441000000107", "Personalised care and support plan"}}},
		Subject: p.subject(), Date: p.Reviewed.Format(time.DateOnly), Author: []fhirReference{p.organisation()},
	}
	for _, about := range p.More.About {
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(about[1])
		out.Section = append(out.Section, fhirSection{about[0], fhirNarrative{"generated", `<div xmlns="http://www.w3.org/1999/xhtml"><p>` + escaped + `</p></div>`}})
	}
	return out
}
