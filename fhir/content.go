package fhir

import (
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// content reads what an A&E must see of a plan from the CarePlan and the resources that came with it. docs/plan.md is the table of which
// element is read as what. What is read as nothing stays in the document.
func (r *reader) content(cp element, flags []flag, headline string) plans.Content {
	c := plans.Content{Kinds: kinds(cp)}
	r.standings(cp, &c)
	for _, f := range flags {
		code := f.resource.get("code")
		if words := concept(code); words != "" && words != headline && len(sayings(code)) == 0 {
			c.Warnings = append(c.Warnings, words)
		}
	}
	r.activities(cp, &c)
	patient := r.resolve(cp.get("subject"), cp)
	restricted := isRestricted(patient)
	for of := range r.around(cp) {
		switch of.resourceType() {
		case "AllergyIntolerance":
			r.allergy(of, &c)
		case "MedicationStatement", "MedicationRequest":
			r.medication(of, cp, &c)
		case "Device":
			device(of, &c)
		case "RelatedPerson":
			relatedPerson(of, restricted, &c)
		case "Composition":
			composition(of, &c)
		case "DocumentReference":
			r.attachments(of, cp, &c)
		}
	}
	allergiesByWeight(c.Allergies)
	patientSays(patient, restricted, &c)
	c.Telephone = r.telephone(cp)
	c.Role = r.roleOf(cp.get("author"), cp)
	c.Reviewed, c.ReviewDue = r.reviews(cp)
	r.remainder(cp, &c)
	return c
}

// around walks over the resources that came with a CarePlan and are about its patient: entries of the Bundle, and contained ones.
func (r *reader) around(cp element) func(yield func(element) bool) {
	patient, _ := r.subject(cp.get("subject"), cp)
	several := r.plans() > 1
	return func(yield func(element) bool) {
		for _, e := range r.bundle.entries {
			if read[e.kind] != "" && r.mine(e.resource, e.resource, patient.NHSNumber, several) && !yield(e.resource) {
				return
			}
		}
		for c := range cp.list("contained") {
			if read[c.resourceType()] != "" && r.mine(c, cp, patient.NHSNumber, false) && !yield(c) {
				return
			}
		}
	}
}

// read are the types that content is read from, and the element that says whom each is about.
var read = map[string]string{
	"Flag": "subject", "Observation": "subject", "Consent": "patient", "DocumentReference": "subject", "AllergyIntolerance": "patient",
	"MedicationStatement": "subject", "MedicationRequest": "subject", "Device": "patient", "RelatedPerson": "patient",
	"Composition": "subject",
}

// mine tells whether a resource is about a patient. One that names a patient who cannot be told is refused: it could be the allergy that
// matters. One that names nobody belongs to the only plan that it came with.
func (r *reader) mine(of, in element, patient plans.NHSNumber, several bool) bool {
	about := of.get(read[of.resourceType()])
	if !about.present() {
		return !several
	}
	who, ok := r.subject(about, in)
	return ok && who.NHSNumber == patient
}

// plans counts the CarePlans of the Bundle.
func (r *reader) plans() int {
	n := 0
	for _, e := range r.bundle.entries {
		if e.kind == "CarePlan" {
			n++
		}
	}
	return n
}

// kindNames are the kinds of plans by their SNOMED CT codes; what a code means does not depend on the display that came with it.
var kindNames = map[string]string{
	"736253002":        "Mental health crisis plan",
	"887701000000100":  "Emergency health care plan",
	"861421000000109":  "End of life care coordination summary",
	"1382601000000107": "ReSPECT form",
	"325691000000100":  "Contingency plan",
	"736373009":        "End of life care plan",
	"736366004":        "Advance care plan",
	"735324008":        "Treatment escalation plan",
	"2181441000000107": "Personalised care and support plan",
}

// kinds are the categories of a plan in words.
func kinds(cp element) []string {
	var out []string
	for category := range cp.list("category") {
		words := concept(category)
		for coding := range category.list("coding") {
			if name := kindNames[snomedCode(coding)]; name != "" {
				words = name
				break
			}
		}
		if words != "" && len(sayings(category)) == 0 {
			out = append(out, words)
		}
	}
	return out
}

// activities sorts the activities into what they are: medicines, equipment, communication, and what to do and not to do.
func (r *reader) activities(cp element, c *plans.Content) {
	if words := block(cp.get("description").text()); words != "" {
		c.Actions = append(c.Actions, plans.Step{Text: words})
	}
	for activity := range cp.list("activity") {
		detail := activity.get("detail")
		if !detail.present() || detail.get("status").text() == "entered-in-error" {
			continue
		}
		kind := detail.get("kind").text()
		if kind == "MedicationRequest" || detail.get("productCodeableConcept").present() || detail.get("productReference").present() {
			if m := r.activityMedicine(detail, cp); m.Name != "" {
				c.Medicines = append(c.Medicines, m)
				continue
			}
		}
		step := stepOf(detail)
		switch {
		case step.Text == "":
		case detail.get("doNotPerform").isTrue():
			c.Never = append(c.Never, step)
		case kind == "DeviceRequest":
			c.Equipment = append(c.Equipment, step)
		case kind == "CommunicationRequest":
			c.Communication = append(c.Communication, step)
		default:
			c.Actions = append(c.Actions, step)
		}
	}
}

// stepOf is an activity in words.
func stepOf(detail element) plans.Step {
	s := plans.Step{Title: concept(detail.get("code")), State: activityState(detail.get("status").text())}
	lines := []string{}
	for _, words := range []string{
		block(detail.get("description").text()), labelled("When: ", schedule(detail)), labelled("Amount: ", quantity(detail.get("quantity"))),
		labelled("Amount a day: ", quantity(detail.get("dailyAmount"))),
	} {
		if words != "" {
			lines = append(lines, words)
		}
	}
	if s.Text = strings.Join(lines, "\n"); s.Text == "" {
		s.Title, s.Text = "", s.Title
	}
	return s
}

// activityState is the state of an activity that is not simply to be done.
func activityState(status string) string {
	switch status {
	case "on-hold", "completed", "cancelled", "stopped":
		return strings.ReplaceAll(status, "-", " ")
	}
	return ""
}

func labelled(label, words string) string {
	if words == "" {
		return ""
	}
	return label + words
}

// remainder is the text that has no heading of its own: goals, notes, and the narrative where the plan says nothing else.
func (r *reader) remainder(cp element, c *plans.Content) {
	add := func(title, text string) {
		if text != "" {
			c.Sections = append(c.Sections, plans.Section{Title: title, Text: text})
		}
	}
	for ref := range cp.list("goal") {
		add("Goal", r.goal(ref, cp))
	}
	for note := range cp.list("note") {
		add("Note", block(note.get("text").text()))
	}
	if len(c.Sections)+len(c.Actions)+len(c.Never)+len(c.Medicines) == 0 {
		add("", plainText(cp.get("text").get("div").text()))
	}
	var elsewhere []string
	for activity := range cp.list("activity") {
		ref := activity.get("reference")
		if ref.present() && !activity.get("detail").present() && read[r.resolve(ref, cp).resourceType()] == "" {
			elsewhere = append(elsewhere, line(ref.get("display").text()))
		}
	}
	add("More in the plan", separately(elsewhere))
}
