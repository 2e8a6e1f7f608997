package fhir

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// LastReviewExtension says when a resource was last reviewed (FHIR R4 StructureDefinition/resource-lastReviewDate).
const LastReviewExtension = "http://hl7.org/fhir/StructureDefinition/resource-lastReviewDate"

// interpreterExtension says that the patient needs an interpreter (FHIR R4 StructureDefinition/patient-interpreterRequired).
const interpreterExtension = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"

// telephone finds the number that answers at any hour: that of the plan's care team, else of its author, else of a contributor.
func (r *reader) telephone(cp element) plans.Telephone {
	look := func(ref element) plans.Telephone {
		for depth := 0; depth < 3 && ref.present(); depth++ {
			found := r.resolve(ref, cp)
			if number := phoneOf(found); number != "" {
				who := line(found.get("name").text())
				if who == "" {
					who = r.nameOf(ref, cp)
				}
				return plans.Telephone{Number: number, Who: who}
			}
			ref = first(found, "organization", "managingOrganization")
		}
		return plans.Telephone{}
	}
	refs := slices.Collect(cp.list("careTeam"))
	refs = append(refs, cp.get("author"))
	refs = append(refs, slices.Collect(cp.list("contributor"))...)
	for _, ref := range refs {
		if t := look(ref); t.Number != "" {
			return t
		}
	}
	return plans.Telephone{}
}

// phoneOf is the telephone number of a resource with the lowest rank, as FHIR orders them; empty if it has none.
func phoneOf(of element) string {
	best, lowest := "", math.MaxInt
	for contact := range of.list("telecom") {
		if contact.get("system").text() != "phone" || contact.get("use").text() == "old" {
			continue
		}
		rank := math.MaxInt - 1
		if stated := contact.get("rank"); stated.kind() == number {
			if n, err := strconv.Atoi(string(stated.raw())); err == nil {
				rank = n
			}
		}
		if value := strings.TrimPrefix(line(contact.get("value").text()), "tel:"); value != "" && rank < lowest {
			best, lowest = value, rank
		}
	}
	return best
}

// roleOf is the role of the author, where the plan names it apart.
func (r *reader) roleOf(ref, in element) string {
	found := r.resolve(ref, in)
	if found.resourceType() != "PractitionerRole" {
		return ""
	}
	for code := range found.list("code") {
		if words := concept(code); words != "" {
			return words
		}
	}
	return ""
}

// reviews are the day on which the plan was last reviewed and the day by which it will be again.
func (r *reader) reviews(cp element) (last, due plans.Date) {
	for ext := range cp.list("extension") {
		date := dateOf(first(ext, "valueDate", "valueDateTime").text())
		switch url := ext.get("url").text(); {
		case url != LastReviewExtension && url != ReviewDueExtension:
		case date == "":
			r.add(ext, Value, "The extension needs a valueDate.")
		case url == LastReviewExtension:
			last = date
		default:
			due = date
		}
	}
	if last != "" {
		return last, due
	}
	later := func(d plans.Date) {
		if d > last {
			last = d
		}
	}
	for c := range cp.list("contained") {
		if c.resourceType() == "Provenance" {
			later(dateOf(c.get("recorded").text()))
		}
	}
	for _, e := range r.bundle.entries {
		if e.kind != "Provenance" {
			continue
		}
		for target := range e.resource.list("target") {
			if r.resolve(target, e.resource).at == cp.at {
				later(dateOf(e.resource.get("recorded").text()))
			}
		}
	}
	for of := range r.around(cp) {
		if of.resourceType() == "Composition" {
			later(dateOf(of.get("date").text()))
		}
	}
	if last == "" {
		last = dateOf(cp.get("created").text())
	}
	return last, due
}

// patientSays adds what the Patient tells about communication and carers: of a restricted patient no contacts, who may live there, too.
func patientSays(p element, restricted bool, c *plans.Content) {
	for communication := range p.list("communication") {
		language := communication.get("language")
		words := concept(language)
		if words == "" {
			words = codeOf(language)
		}
		if words != "" && !strings.HasPrefix(codeOf(language), "en") {
			c.Communication = append(c.Communication, plans.Step{Title: "Language", Text: words})
		}
	}
	for ext := range p.list("extension") {
		if ext.get("url").text() == interpreterExtension && ext.get("valueBoolean").isTrue() {
			c.Communication = append(c.Communication, plans.Step{Text: "An interpreter is needed."})
		}
	}
	if restricted {
		return
	}
	for contact := range p.list("contact") {
		family, given := contactName(contact.get("name"))
		addCarer(c, given, family, relation(contact), phoneOf(contact))
	}
}

// relatedPerson adds a carer, unless the centre says that they are one no longer; that of a restricted patient without a telephone number.
func relatedPerson(of element, restricted bool, c *plans.Content) {
	if active := of.get("active"); active.kind() == boolean && !active.isTrue() {
		return
	}
	family, given := humanName(of)
	phone := phoneOf(of)
	if restricted {
		phone = ""
	}
	addCarer(c, given, family, relation(of), phone)
}

func addCarer(c *plans.Content, given, family, relation, phone string) {
	if name := strings.TrimSpace(given + " " + family); name != "" || phone != "" {
		c.Carers = append(c.Carers, plans.Person{Name: name, Relation: relation, Phone: phone})
	}
}

// relation is how somebody is related to the patient, in words.
func relation(of element) string {
	var out []string
	for relationship := range of.list("relationship") {
		out = appendWords(out, concept(relationship))
	}
	return strings.Join(out, ", ")
}

// contactName reads the one name of a contact.
func contactName(name element) (family, given string) {
	var givens []string
	for part := range name.list("given") {
		givens = appendWords(givens, line(part.text()))
	}
	family, given = line(name.get("family").text()), strings.Join(givens, " ")
	if family == "" && given == "" {
		family = line(name.get("text").text())
	}
	return family, given
}

// device adds a device of the patient.
func device(of element, c *plans.Content) {
	if status := of.get("status").text(); status == "inactive" || status == "entered-in-error" {
		return
	}
	name := concept(of.get("type"))
	for stated := range of.list("deviceName") {
		if words := line(stated.get("name").text()); words != "" {
			name = words
			break
		}
	}
	switch words := notes(of); {
	case name != "" && words != "":
		c.Equipment = append(c.Equipment, plans.Step{Title: name, Text: words})
	case name != "" || words != "":
		c.Equipment = append(c.Equipment, plans.Step{Text: name + words})
	}
}

// composition adds the sections of a Composition, inner ones after the outer with both titles.
func composition(of element, c *plans.Content) {
	if of.get("status").text() == "entered-in-error" {
		return
	}
	var walk func(section element, above string)
	walk = func(section element, above string) {
		title := line(section.get("title").text())
		if title == "" {
			title = concept(section.get("code"))
		}
		switch {
		case above != "" && title != "":
			title = above + ": " + title
		case title == "":
			title = above
		}
		words := plainText(section.get("text").get("div").text())
		if empty := concept(section.get("emptyReason")); words == "" && empty != "" {
			words = "Nothing stated: " + empty
		}
		if words != "" {
			c.Sections = append(c.Sections, plans.Section{Title: title, Text: words})
		}
		for inner := range section.list("section") {
			walk(inner, title)
		}
	}
	for section := range of.list("section") {
		walk(section, "")
	}
}
