package fhir

import (
	"slices"
	"strings"
)

// This file keeps back where a restricted patient lives (PDS: meta.security R): address, telephone and GP of the patient, and whatever of
// the people around may tell the same. The narrative goes, too, since it says in words what the elements say.

// keptBack are the elements of each type of resource that are never shown of a restricted patient but to the centre that sent them.
var keptBack = map[string][]string{
	"Patient":       {"address", "telecom", "contact", "generalPractitioner", "text"},
	"RelatedPerson": {"address", "telecom", "text"},
}

// placed is a resource of a document: the names that find it, those of contained resources only inside the one that holds them.
type placed struct {
	resource element
	holder   int32
	names    []string
}

// place lists all resources of a document: of the CarePlan what it contains, of a Bundle the entries, too, and what they contain.
func place(doc *document, carePlan element) []placed {
	var all []placed
	inside := func(holder element) {
		for c := range holder.list("contained") {
			all = append(all, placed{c, holder.at, []string{"#" + c.get("id").text()}})
		}
	}
	inside(carePlan)
	for e := range (element{doc, 0}).get("bundle").list("entry") {
		resource := e.get("resource")
		all = append(all, placed{resource, resource.at, namesOf(e)})
		if resource.at != carePlan.at {
			inside(resource)
		}
	}
	return all
}

// keepBack marks what of a document may not cross because its patient is restricted.
func (c *crossing) keepBack(doc *document, carePlan element) {
	all := place(doc, carePlan)
	if !slices.ContainsFunc(all, func(p placed) bool { return p.resource.resourceType() == "Patient" && isRestricted(p.resource) }) {
		return
	}
	for _, p := range all {
		for m := range p.resource.children() {
			if slices.Contains(keptBack[p.resource.resourceType()], m.name()) {
				c.kept[m.at] = true
			}
		}
		if p.resource.resourceType() != "Patient" {
			continue
		}
		for gp := range p.resource.list("generalPractitioner") {
			c.keepBackNamed(all, p.holder, gp.get("reference").text())
		}
		for extension := range p.resource.list("extension") {
			if tellsWhere(extension) {
				c.kept[extension.at] = true
			}
		}
	}
}

// keepBackNamed marks the resource that a reference leads to.
func (c *crossing) keepBackNamed(all []placed, holder int32, reference string) {
	unversioned, _, _ := strings.Cut(reference, "/_history/")
	for _, p := range all {
		if (p.holder == holder || !strings.HasPrefix(unversioned, "#")) && slices.Contains(p.names, unversioned) {
			c.kept[p.resource.at] = true
		}
	}
}

// tellsWhere tells whether an extension holds an address or a telephone number, at any depth.
func tellsWhere(extension element) bool {
	if extension.get("valueAddress").present() || extension.get("valueContactPoint").present() {
		return true
	}
	for inner := range extension.list("extension") {
		if tellsWhere(inner) {
			return true
		}
	}
	return false
}
