package fhir

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// Outline is a plan that did not come as FHIR but in words, such as an HL7 v2 document. Texts may be empty; only the id, the status, the
// NHS number and the headline are needed for a CarePlan that [ReadCarePlan] takes.
type Outline struct {
	// ID is the FHIR logical id of the plan.
	ID string
	// Centre is the ODS code of the centre; empty leaves it to whoever is signed in.
	Centre string
	// Identifiers are the centre's own names for the plan.
	Identifiers []plans.Identifier
	Status      plans.Status
	Patient     plans.Identity
	// Headline is at most plans.MaxHeadline characters.
	Headline string
	// Urgency is how urgent the plan says it is; empty if it does not say.
	Urgency plans.Urgency
	// Do is what to do in an emergency, the first step first; DoNot what must not be done.
	Do, DoNot []string
	// Sections are further parts of the text, each with a title or without.
	Sections []plans.Section
	// Author is the person who wrote it; Phone where the centre is reached at any hour.
	Author, Phone string
	// Created is when it was written.
	Created plans.Date
	// Attachments are kept with the plan, to be read.
	Attachments []Attachment
	// Originals are what the plan was made from, of the media type OriginalType. They are kept, and given back by [Originals].
	Originals    [][]byte
	OriginalType string
}

// Attachment is a file that belongs to a plan.
type Attachment struct {
	// ContentType is a media type, such as application/pdf.
	ContentType string
	// Title is what a reader is shown of it.
	Title string
	Data  []byte
}

// The types that Compose writes: as much of FHIR R4 as an Outline needs.
type (
	madeCoding struct {
		System string `json:"system,omitempty"`
		Code   string `json:"code,omitempty"`
	}
	madeConcept struct {
		Coding []madeCoding `json:"coding,omitempty"`
		Text   string       `json:"text,omitempty"`
	}
	madeIdentifier struct {
		System string `json:"system"`
		Value  string `json:"value"`
	}
	madeReference struct {
		Reference  string          `json:"reference,omitempty"`
		Type       string          `json:"type,omitempty"`
		Identifier *madeIdentifier `json:"identifier,omitempty"`
		Display    string          `json:"display,omitempty"`
	}
	madeName struct {
		Use    string   `json:"use"`
		Family string   `json:"family,omitempty"`
		Given  []string `json:"given,omitempty"`
	}
	madeAddress struct {
		Use        string `json:"use"`
		PostalCode string `json:"postalCode"`
	}
	madePatient struct {
		ResourceType string           `json:"resourceType"`
		ID           string           `json:"id"`
		Identifier   []madeIdentifier `json:"identifier"`
		Name         []madeName       `json:"name,omitempty"`
		Gender       string           `json:"gender,omitempty"`
		BirthDate    string           `json:"birthDate,omitempty"`
		Address      []madeAddress    `json:"address,omitempty"`
	}
	madeContact struct {
		System string `json:"system"`
		Value  string `json:"value"`
		Use    string `json:"use"`
	}
	madeCareTeam struct {
		ResourceType string        `json:"resourceType"`
		ID           string        `json:"id"`
		Telecom      []madeContact `json:"telecom"`
	}
	madeAttachment struct {
		ContentType string `json:"contentType"`
		Data        string `json:"data"`
		Title       string `json:"title,omitempty"`
	}
	madeContent struct {
		Attachment madeAttachment `json:"attachment"`
	}
	madeDocument struct {
		ResourceType string        `json:"resourceType"`
		ID           string        `json:"id"`
		Status       string        `json:"status"`
		Subject      madeReference `json:"subject"`
		Content      []madeContent `json:"content"`
	}
	madeBinary struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
		ContentType  string `json:"contentType"`
		Data         string `json:"data"`
	}
	madeDetail struct {
		Code         *madeConcept `json:"code,omitempty"`
		Status       string       `json:"status"`
		DoNotPerform bool         `json:"doNotPerform,omitempty"`
		Description  string       `json:"description"`
	}
	madeActivity struct {
		Detail madeDetail `json:"detail"`
	}
	madeNote struct {
		Text string `json:"text"`
	}
	madeExtension struct {
		URL   string       `json:"url"`
		Value *madeConcept `json:"valueCodeableConcept,omitempty"`
	}
	madeCarePlan struct {
		ResourceType   string           `json:"resourceType"`
		ID             string           `json:"id"`
		Contained      []any            `json:"contained"`
		Extension      []madeExtension  `json:"extension,omitempty"`
		Identifier     []madeIdentifier `json:"identifier,omitempty"`
		Status         string           `json:"status"`
		Intent         string           `json:"intent"`
		Title          string           `json:"title"`
		Description    string           `json:"description,omitempty"`
		Subject        madeReference    `json:"subject"`
		Created        string           `json:"created,omitempty"`
		Author         *madeReference   `json:"author,omitempty"`
		Contributor    []madeReference  `json:"contributor,omitempty"`
		CareTeam       []madeReference  `json:"careTeam,omitempty"`
		SupportingInfo []madeReference  `json:"supportingInfo,omitempty"`
		Activity       []madeActivity   `json:"activity,omitempty"`
		Note           []madeNote       `json:"note,omitempty"`
	}
)

// Compose writes the CarePlan of an outline, with the Patient and the attachments contained. The same outline gives the same bytes.
func Compose(d Outline) []byte {
	cp := madeCarePlan{
		ResourceType: "CarePlan", ID: d.ID, Contained: []any{madePatientOf(d.Patient)}, Status: string(d.Status), Intent: "plan",
		Title: d.Headline, Subject: patientReference, Created: string(d.Created),
	}
	if code, ok := priorityCodes[d.Urgency]; ok {
		cp.Extension = append(cp.Extension, madeExtension{
			URL: priorityExtension, Value: &madeConcept{Coding: []madeCoding{{prioritySystem, code}}},
		})
	}
	if d.Author != "" {
		cp.Author = &madeReference{Display: d.Author}
	}
	if d.Centre != "" {
		cp.Contributor = []madeReference{{Type: "Organization", Identifier: &madeIdentifier{OrganisationSystem, d.Centre}}}
	}
	for _, i := range d.Identifiers {
		cp.Identifier = append(cp.Identifier, madeIdentifier{i.System, i.Value})
	}
	cp.addSteps(d)
	if d.Phone != "" {
		cp.Contained = append(cp.Contained, madeCareTeam{"CareTeam", "team", []madeContact{{"phone", d.Phone, "work"}}})
		cp.CareTeam = []madeReference{{Reference: "#team"}}
	}
	cp.addAttachments(d)
	return bytes.TrimSuffix(mustJSON(cp), []byte("\n"))
}

var patientReference = madeReference{Reference: "#patient"}

// priorityCodes are the codes of flag-priority for our urgencies.
var priorityCodes = map[plans.Urgency]string{plans.Routine: "PL", plans.Urgent: "PM", plans.Critical: "PH"}

func madePatientOf(who plans.Identity) madePatient {
	p := madePatient{
		ResourceType: "Patient", ID: "patient", Identifier: []madeIdentifier{{NHSNumberSystem, who.NHSNumber.Reveal()}},
		Gender: string(who.Sex), BirthDate: string(who.BirthDate),
	}
	if who.Family != "" || who.Given != "" {
		name := madeName{Use: "official", Family: who.Family}
		if who.Given != "" {
			name.Given = []string{who.Given}
		}
		p.Name = []madeName{name}
	}
	if who.Postcode != "" {
		p.Address = []madeAddress{{"home", who.Postcode}}
	}
	return p
}

// addSteps writes the text where sections reads it: the first step as the description, the others as activities.
func (cp *madeCarePlan) addSteps(d Outline) {
	step := func(detail madeDetail) {
		detail.Status = "not-started"
		cp.Activity = append(cp.Activity, madeActivity{detail})
	}
	for i, text := range d.Do {
		if i == 0 {
			cp.Description = text
		} else {
			step(madeDetail{Description: text})
		}
	}
	for _, text := range d.DoNot {
		step(madeDetail{DoNotPerform: true, Description: text})
	}
	for _, s := range d.Sections {
		if s.Title == "" {
			cp.Note = append(cp.Note, madeNote{s.Text})
		} else {
			step(madeDetail{Code: &madeConcept{Text: s.Title}, Description: s.Text})
		}
	}
}

// addAttachments contains the files: what is to be read as DocumentReferences, which readers are shown, and what the plan was made from as
// Binaries, which they are not.
func (cp *madeCarePlan) addAttachments(d Outline) {
	contain := func(id string, resource any) {
		cp.Contained = append(cp.Contained, resource)
		cp.SupportingInfo = append(cp.SupportingInfo, madeReference{Reference: "#" + id})
	}
	for i, a := range d.Attachments {
		id := "document-" + strconv.Itoa(i+1)
		made := madeAttachment{ContentType: a.ContentType, Data: base64.StdEncoding.EncodeToString(a.Data), Title: a.Title}
		contain(id, madeDocument{"DocumentReference", id, "current", patientReference, []madeContent{{made}}})
	}
	for i, original := range d.Originals {
		id := originalPrefix + strconv.Itoa(i+1)
		contain(id, madeBinary{"Binary", id, d.OriginalType, base64.StdEncoding.EncodeToString(original)})
	}
}

// originalPrefix begins the ids of what a plan was made from.
const originalPrefix = "original-"

// IdentifiersOf gives the identifiers of a CarePlan that are of one system, in their order.
func IdentifiersOf(document []byte, system string) []plans.Identifier {
	doc, err := rescan(document)
	if err != nil {
		return nil
	}
	var found []plans.Identifier
	for identifier := range (element{doc, 0}).list("identifier") {
		if identifier.get("system").text() == system {
			found = append(found, plans.Identifier{System: system, Value: identifier.get("value").text()})
		}
	}
	return found
}

// Originals gives what a composed plan was made from, in its order; none for a document that Compose did not write.
func Originals(document []byte) [][]byte {
	doc, err := rescan(document)
	if err != nil {
		return nil
	}
	var originals [][]byte
	for contained := range (element{doc, 0}).list("contained") {
		if contained.resourceType() != "Binary" || !strings.HasPrefix(contained.get("id").text(), originalPrefix) {
			continue
		}
		if data, err := base64.StdEncoding.DecodeString(contained.get("data").text()); err == nil {
			originals = append(originals, data)
		}
	}
	return originals
}
