package fhir

import (
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// allergy reads an AllergyIntolerance. One that was refuted or entered in error is none.
func (r *reader) allergy(of element, c *plans.Content) {
	r.code(of, "criticality", "low", "high", "unable-to-assess")
	verification := codeOf(of.get("verificationStatus"))
	if verification == "refuted" || verification == "entered-in-error" {
		return
	}
	a := plans.Allergy{To: concept(of.get("code")), Code: codedAs(of.get("code")), Note: notes(of), Severe: of.get("criticality").text() == "high"}
	var reactions []string
	for reaction := range of.list("reaction") {
		r.code(reaction, "severity", "mild", "moderate", "severe")
		severity := reaction.get("severity").text()
		a.Severe = a.Severe || severity == "severe"
		var words []string
		for manifestation := range reaction.list("manifestation") {
			words = appendWords(words, concept(manifestation))
		}
		words = appendWords(words, line(reaction.get("description").text()))
		what := strings.Join(words, ", ")
		if what != "" && severity != "" {
			what += " (" + severity + ")"
		}
		reactions = appendWords(reactions, what)
		if a.To == "" {
			a.To, a.Code = concept(reaction.get("substance")), codedAs(reaction.get("substance"))
		}
	}
	a.Reaction = strings.Join(reactions, "; ")
	switch clinical := codeOf(of.get("clinicalStatus")); {
	case clinical == "resolved" || clinical == "inactive":
		a.Status = clinical
	case verification == "unconfirmed" || verification == "presumed":
		a.Status = "unconfirmed"
	}
	if a.To == "" {
		r.addPath(of.pathOf("code"), Required, "An allergy needs to say to what: send a code with a text or a display.")
		return
	}
	c.Allergies = append(c.Allergies, a)
}

func appendWords(to []string, words string) []string {
	if words == "" {
		return to
	}
	return append(to, words)
}

// allergiesByWeight puts what holds before what does not, and the severe first.
func allergiesByWeight(a []plans.Allergy) {
	weight := func(a plans.Allergy) int {
		switch {
		case !a.Holds():
			return 2
		case a.Severe:
			return 0
		}
		return 1
	}
	slices.SortStableFunc(a, func(x, y plans.Allergy) int { return weight(x) - weight(y) })
}

// medication reads a MedicationStatement (what the patient takes) or a MedicationRequest (what to give, or with doNotPerform to avoid).
func (r *reader) medication(of, cp element, c *plans.Content) {
	m := plans.Medicine{Use: plans.Takes, Note: notes(of)}
	r.medicineName(of.get("medicationCodeableConcept"), of.get("medicationReference"), of, cp, &m)
	dosages := of.get("dosage")
	if of.resourceType() == "MedicationRequest" {
		m.Use, dosages = plans.Give, of.get("dosageInstruction")
		if of.get("doNotPerform").isTrue() {
			m.Use = plans.Avoid
		}
	}
	switch status := of.get("status").text(); status {
	case "entered-in-error":
		return
	case "active", "intended", "draft":
	default:
		m.State = strings.ReplaceAll(status, "-", " ")
	}
	var doses, reasons []string
	for d := range dosages.children() {
		doses = appendWords(doses, dosage(d))
	}
	for reason := range of.list("reasonCode") {
		reasons = appendWords(reasons, concept(reason))
	}
	m.Dose, m.Reason = strings.Join(doses, "; "), strings.Join(reasons, ", ")
	if m.Name == "" {
		r.addPath(of.path(), Required, "A medicine needs a name: send a medicationCodeableConcept with a text or a display, or a Medication with a code.")
		return
	}
	c.Medicines = append(c.Medicines, m)
}

// activityMedicine reads a medicine that stands in the plan itself.
func (r *reader) activityMedicine(detail, cp element) plans.Medicine {
	m := plans.Medicine{Use: plans.Give, State: activityState(detail.get("status").text())}
	if detail.get("doNotPerform").isTrue() {
		m.Use = plans.Avoid
	}
	r.medicineName(detail.get("productCodeableConcept"), detail.get("productReference"), cp, cp, &m)
	words := block(detail.get("description").text())
	if m.Name == "" {
		m.Name, m.Code = concept(detail.get("code")), codedAs(detail.get("code"))
	}
	if m.Name == "" {
		m.Name, words = line(words), ""
	}
	m.Note = words
	var doses, reasons []string
	for _, s := range []string{quantity(detail.get("quantity")), labelled("a day: ", quantity(detail.get("dailyAmount"))), schedule(detail)} {
		doses = appendWords(doses, s)
	}
	for reason := range detail.list("reasonCode") {
		reasons = appendWords(reasons, concept(reason))
	}
	m.Dose, m.Reason = strings.Join(doses, ", "), strings.Join(reasons, ", ")
	return m
}

// medicineName reads a medicine that is named by a concept or by a reference to a Medication.
func (r *reader) medicineName(code, ref, in, cp element, m *plans.Medicine) {
	if ref.present() {
		found := r.resolve(ref, in)
		if !found.present() {
			found = r.resolve(ref, cp)
		}
		if found.resourceType() == "Medication" {
			code = found.get("code")
		}
		m.Name = line(ref.get("display").text())
	}
	if words := concept(code); words != "" {
		m.Name = words
	}
	m.Code = codedAs(code)
}

// dosage is a Dosage in words: the centre's own, else what its parts say.
func dosage(d element) string {
	if words := block(d.get("text").text()); words != "" {
		return words
	}
	var parts []string
	for rate := range d.list("doseAndRate") {
		parts = appendWords(parts, quantity(rate.get("doseQuantity")))
		if r := rate.get("doseRange"); r.present() {
			parts = appendWords(parts, strings.Trim(quantity(r.get("low"))+" to "+quantity(r.get("high")), " "))
		}
	}
	for _, words := range []string{concept(d.get("route")), concept(d.get("timing").get("code"))} {
		parts = appendWords(parts, words)
	}
	switch needed := concept(d.get("asNeededCodeableConcept")); {
	case needed != "":
		parts = append(parts, "as needed for "+needed)
	case d.get("asNeededBoolean").isTrue():
		parts = append(parts, "as needed")
	}
	return strings.Join(append(parts, appendWords(nil, block(d.get("patientInstruction").text()))...), ", ")
}

// codedAs is the first code of a concept with its system, "system|code"; empty if it has none.
func codedAs(c element) string {
	for coding := range c.list("coding") {
		system, code := coding.get("system").text(), coding.get("code").text()
		if system != "" && code != "" {
			return system + "|" + code
		}
	}
	return ""
}

// codeOf is the first code of a concept.
func codeOf(c element) string {
	for coding := range c.list("coding") {
		if code := coding.get("code").text(); code != "" {
			return code
		}
	}
	return ""
}
