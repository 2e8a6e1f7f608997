package fhir

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// The codes for the answers of a form, in the words of plans.Saying; docs/plan.md says where each is read.
var (
	formCPR     = map[string]formCode{"not-for": {plans.NotForCPR, SNOMEDSystem, "450476008", "Not for attempted CPR"}, "for": {plans.ForCPR, SNOMEDSystem, "450475007", "For attempted CPR"}}
	formCeiling = map[string]formCode{
		"comfort":  {plans.ComfortOnly, CeilingSystem, string(plans.ComfortOnly), "Comfort only"},
		"home":     {plans.ReversibleAtHome, CeilingSystem, string(plans.ReversibleAtHome), "Reversible conditions at home or hospice"},
		"hospital": {plans.ReversibleInHospital, CeilingSystem, string(plans.ReversibleInHospital), "Reversible conditions in hospital"},
		"full":     {plans.FullTreatment, CeilingSystem, string(plans.FullTreatment), "Full intensive treatment"},
	}
	formADRT = map[string]formCode{
		"made":      {plans.RefusesTreatment, SNOMEDSystem, "816301000000100", "Advance decision to refuse treatment"},
		"retracted": {plans.RefusalRetracted, SNOMEDSystem, "962601000000103", "Advance decision to refuse treatment: retracted"},
	}
)

type formCode struct {
	says               plans.Saying
	system, code, text string
}

// answerOf is the answer of a form for what a plan says; empty if it says nothing that the form can.
func answerOf(codes map[string]formCode, says plans.Saying) string {
	for answer, code := range codes {
		if code.says == says {
			return answer
		}
	}
	return ""
}

// made is a resource, or a part of one, that WriteForm writes. Its members are written in the order of their names.
type made map[string]any

func madeText(text string) made { return made{"text": text} }

// severeMark after a reaction says that it is severe.
const severeMark = " (severe)"

// WriteForm writes the CarePlan of a form in which plans.Form.Faults finds nothing; one that came in a file may leave out more (all but the
// NHS number and the headline), and the centre. It is read by [ReadCarePlan] like one that a centre's own system sent, and like one given
// back by [ReadForm]. The same form gives the same bytes.
func WriteForm(id, centre string, status plans.Status, f plans.Form) ([]byte, error) {
	return WriteFormWith(id, centre, status, f, nil)
}

// WriteFormWith is [WriteForm] for a form with attachments, whose bytes are found by their hashes.
func WriteFormWith(id, centre string, status plans.Status, f plans.Form, files map[string][]byte) ([]byte, error) {
	number, err := plans.ParseNHSNumber(f.NHSNumber)
	if err != nil {
		return nil, fmt.Errorf("write the CarePlan of a form: %w", err)
	}
	var born, decided, reviewed, due, starts, ends plans.Date
	for into, typed := range map[*plans.Date]string{&born: f.BirthDate, &decided: f.CPRDate, &reviewed: f.Reviewed, &due: f.ReviewDue, &starts: f.Starts, &ends: f.Ends} {
		if *into, err = plans.TypedDate(typed); err != nil {
			return nil, fmt.Errorf("write the CarePlan of a form: %w", err)
		}
	}
	trim := strings.TrimSpace
	patient := madePatientOf(plans.Identity{
		NHSNumber: number, Family: trim(f.Family), Given: trim(f.Given), BirthDate: born, Sex: plans.Sex(f.Sex), Postcode: trim(f.Postcode),
	})
	w := formWriter{cp: made{
		"resourceType": "CarePlan", "id": id, "status": status, "intent": "plan", "title": line(f.Headline), "subject": patientReference,
	}}
	if centre != "" {
		w.cp["contributor"] = []madeReference{{Type: "Organization", Identifier: &madeIdentifier{OrganisationSystem, centre}}}
	}
	w.contain("Patient", "patient", made{"identifier": patient.Identifier})
	w.person(patient, plans.Lines(f.Carers))
	w.decisions(f, decided)
	w.steps(f)
	for i, typed := range plans.Lines(f.Allergies) {
		w.allergy("allergy-"+strconv.Itoa(i+1), typed)
	}
	for i, typed := range plans.Lines(f.Takes) {
		w.takes("takes-"+strconv.Itoa(i+1), typed)
	}
	w.signature(f, reviewed, due)
	w.sections(f, reviewed)
	w.sharing(f, starts, ends)
	if err := w.files(f.Attachments, files); err != nil {
		return nil, err
	}
	w.cp["contained"] = w.contained
	written, err := json.Marshal(w.cp)
	if err != nil {
		return nil, fmt.Errorf("write the CarePlan of a form: %w", err)
	}
	return written, nil
}

// formWriter gathers the parts of one CarePlan.
type formWriter struct {
	cp        made
	contained []made
}

func (w *formWriter) contain(kind, id string, resource made) {
	resource["resourceType"], resource["id"] = kind, id
	w.contained = append(w.contained, resource)
}

// person writes who the patient is, and who cares for them: "Sarah Tester, mother: 020 7946 0001".
func (w *formWriter) person(p madePatient, carers []string) {
	patient := w.contained[0]
	if len(p.Name) > 0 {
		patient["name"] = p.Name
	}
	if p.Gender != "" {
		patient["gender"] = p.Gender
	}
	if p.BirthDate != "" {
		patient["birthDate"] = p.BirthDate
	}
	if len(p.Address) > 0 {
		patient["address"] = p.Address
	}
	var contacts []made
	for _, typed := range carers {
		name, phone, hasPhone := strings.Cut(typed, ": ")
		contact := made{}
		if who, relation, related := strings.Cut(name, ", "); related {
			name, contact["relationship"] = who, []made{madeText(line(relation))}
		}
		contact["name"] = madeText(line(name))
		if hasPhone {
			contact["telecom"] = []made{{"system": "phone", "value": line(phone)}}
		}
		contacts = append(contacts, contact)
	}
	if contacts != nil {
		patient["contact"] = contacts
	}
}

// decisions writes what was decided with the patient, as Flags: those are codes, and shown as what they are.
func (w *formWriter) decisions(f plans.Form, decided plans.Date) {
	flag := func(id string, code formCode, text string, since plans.Date) {
		if code.code == "" {
			return
		}
		concept := made{"coding": []madeCoding{{code.system, code.code}}, "text": code.text}
		if text != "" {
			concept["text"] = text
		}
		resource := made{"status": "active", "subject": patientReference, "code": concept}
		if since != "" {
			resource["period"] = made{"start": since}
		}
		w.contain("Flag", id, resource)
	}
	flag("cpr", formCPR[f.CPR], "", decided)
	flag("ceiling", formCeiling[f.Ceiling], "", "")
	flag("adrt", formADRT[f.ADRT], line(f.ADRTText), "")
	for i, typed := range plans.Lines(f.Warnings) {
		w.contain("Flag", "warning-"+strconv.Itoa(i+1), made{"status": "active", "subject": patientReference, "code": madeText(line(typed))})
	}
	if code, ok := priorityCodes[plans.Urgency(f.Urgency)]; ok {
		w.cp["extension"] = []made{{"url": priorityExtension, "valueCodeableConcept": made{"coding": []madeCoding{{prioritySystem, code}}}}}
	}
}

// steps writes what stands in the plan itself, each line as one activity.
func (w *formWriter) steps(f plans.Form) {
	var activities []made
	add := func(text string, more made) {
		for _, typed := range plans.Lines(text) {
			detail := made{"status": "not-started"}
			for name, value := range more {
				detail[name] = value
			}
			if detail["kind"] == "MedicationRequest" {
				name, how, said := strings.Cut(typed, ": ")
				detail["productCodeableConcept"] = madeText(line(name))
				if said {
					detail["description"] = how
				}
			} else {
				detail["description"] = typed
			}
			activities = append(activities, made{"detail": detail})
		}
	}
	add(f.Do, nil)
	add(f.DoNot, made{"doNotPerform": true})
	add(f.Give, made{"kind": "MedicationRequest"})
	add(f.Avoid, made{"kind": "MedicationRequest", "doNotPerform": true})
	add(f.Equipment, made{"kind": "DeviceRequest"})
	add(f.Communication, made{"kind": "CommunicationRequest"})
	if activities != nil {
		w.cp["activity"] = activities
	}
}

// allergy writes one line such as "Penicillin: anaphylaxis (severe)".
func (w *formWriter) allergy(id, typed string) {
	to, reaction, said := strings.Cut(typed, ": ")
	resource := made{
		"patient": patientReference, "code": madeText(line(to)),
		"clinicalStatus": made{"coding": []madeCoding{{"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"}}},
	}
	if said {
		what, severe := strings.CutSuffix(reaction, severeMark)
		r := made{"manifestation": []made{madeText(line(what))}}
		if severe {
			r["severity"] = "severe"
		}
		resource["reaction"] = []made{r}
	}
	w.contain("AllergyIntolerance", id, resource)
}

// takes writes one line such as "Warfarin: 3 mg at night".
func (w *formWriter) takes(id, typed string) {
	name, how, said := strings.Cut(typed, ": ")
	resource := made{"status": "active", "subject": patientReference, "medicationCodeableConcept": madeText(line(name))}
	if said {
		resource["dosage"] = []made{madeText(how)}
	}
	w.contain("MedicationStatement", id, resource)
}

// signature writes who answers for the plan, where they are reached, and when it is read again.
func (w *formWriter) signature(f plans.Form, reviewed, due plans.Date) {
	name, role := line(f.Author), line(f.Role)
	switch {
	case name == "":
	case role == "":
		w.cp["author"] = madeReference{Display: name}
	default:
		w.contain("PractitionerRole", "author", made{"practitioner": madeReference{Display: name}, "code": []made{madeText(role)}})
		w.cp["author"] = madeReference{Reference: "#author", Display: name}
	}
	if phone := line(f.Phone); phone != "" {
		w.contain("CareTeam", "team", made{"telecom": []madeContact{{"phone", phone, "work"}}})
		w.cp["careTeam"] = []madeReference{{Reference: "#team"}}
	}
	extensions, _ := w.cp["extension"].([]made)
	if reviewed != "" {
		extensions = append(extensions, made{"url": LastReviewExtension, "valueDate": reviewed})
	}
	if due != "" {
		extensions = append(extensions, made{"url": ReviewDueExtension, "valueDate": due})
	}
	if extensions != nil {
		w.cp["extension"] = extensions
	}
}

// sections writes the rest as a Composition, which is how the PRSB plan is sent. A Composition has a date and an author; without them the
// sections are activities.
func (w *formWriter) sections(f plans.Form, reviewed plans.Date) {
	var sections []made
	if reviewed == "" || line(f.Author) == "" {
		activities, _ := w.cp["activity"].([]made)
		for _, s := range f.Sections {
			if title, text := line(s.Title), block(s.Text); title != "" && text != "" {
				activities = append(activities, made{"detail": made{"status": "not-started", "code": madeText(title), "description": text}})
			}
		}
		if activities != nil {
			w.cp["activity"] = activities
		}
		return
	}
	for _, s := range f.Sections {
		title, text := line(s.Title), block(s.Text)
		if title == "" || text == "" {
			continue
		}
		div := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(text)
		sections = append(sections, made{"title": title, "text": made{"status": "generated", "div": `<div xmlns="http://www.w3.org/1999/xhtml">` + div + `</div>`}})
	}
	if sections == nil {
		return
	}
	w.contain("Composition", "sections", made{
		"status": "final", "type": made{"coding": []madeCoding{{SNOMEDSystem, "2181441000000107"}}}, "subject": patientReference, "date": reviewed,
		"author": []madeReference{{Display: line(f.Author)}}, "title": "Personalised care and support plan", "section": sections,
	})
}

// files writes each file as a DocumentReference with its bytes in it.
func (w *formWriter) files(list []plans.FormFile, files map[string][]byte) error {
	for i, f := range list {
		content, held := files[f.SHA256]
		if !held {
			return fmt.Errorf("write file %d of a form: %w", i+1, ErrNoAttachment)
		}
		attachment := made{"contentType": f.Type, "title": line(f.Title), "size": len(content), "data": base64.StdEncoding.EncodeToString(content)}
		w.contain("DocumentReference", "file-"+strconv.Itoa(i+1), made{"status": "current", "subject": patientReference, "content": []made{{"attachment": attachment}}})
	}
	return nil
}

// sharing writes what kind of plan it is, when it holds, and who may be shown it, as a Consent.
func (w *formWriter) sharing(f plans.Form, starts, ends plans.Date) {
	var kinds []made
	for _, code := range plans.Lines(f.Kinds) {
		concept := made{"coding": []madeCoding{{SNOMEDSystem, code}}}
		if name := kindNames[code]; name != "" {
			concept["text"] = name
		}
		kinds = append(kinds, concept)
	}
	if kinds != nil {
		w.cp["category"] = kinds
	}
	period := made{}
	if starts != "" {
		period["start"] = starts
	}
	if ends != "" {
		period["end"] = ends
	}
	if len(period) > 0 {
		w.cp["period"] = period
	}
	var actors []made
	named := func(ref madeReference) {
		actors = append(actors, made{"role": madeText("recipient"), "reference": ref})
	}
	for _, ods := range plans.Lines(f.OnlyOrganisations) {
		named(madeReference{Identifier: &madeIdentifier{OrganisationSystem, strings.ToUpper(ods)}})
	}
	for i, role := range plans.Lines(f.OnlyRoles) {
		id := "role-" + strconv.Itoa(i+1)
		w.contain("PractitionerRole", id, made{"code": []made{{"coding": []madeCoding{{RoleSystem, role}}}}})
		named(madeReference{Reference: "#" + id})
	}
	if f.Consent == "" && actors == nil {
		return
	}
	consent := made{
		"status": "active", "scope": made{"coding": []madeCoding{{"http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"}}},
		"category": []made{{"coding": []madeCoding{{SNOMEDSystem, "887031000000108"}}}}, "patient": patientReference,
	}
	if f.Consent == string(plans.Dissent) || actors != nil {
		consent["policyRule"] = made{"coding": []madeCoding{{actCodeSystem, optOut}}}
	} else {
		consent["policyRule"] = made{"coding": []madeCoding{{actCodeSystem, "OPTIN"}}}
	}
	if actors != nil {
		consent["provision"] = made{"provision": []made{{"type": "permit", "actor": actors}}}
	}
	w.contain("Consent", "consent", consent)
}
