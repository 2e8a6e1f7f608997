package fhir

import (
	"fmt"
	"net/http"
	"strings"
)

// check compares a document with the definitions. It refuses what is not FHIR R4, naming every element at fault; what is only missing or
// has an impossible value it returns as problems, so that reading can add its own.
func check(d *document, want string) (problems, error) {
	root := element{d, 0}
	switch found := root.resourceType(); {
	case !isResourceType(found):
		return problems{}, Refuse(http.StatusBadRequest, Structure, want+".resourceType", "The resourceType must be the name of a FHIR R4 resource.")
	case found != want:
		return problems{}, Refuse(http.StatusUnprocessableEntity, NotSupported, found, fmt.Sprintf("A %s is taken here, not a %s.", want, found))
	}
	c := checker{}
	c.resource(root)
	c.meaning(d)
	for _, i := range c.issues {
		if i.Code == Structure {
			return c.problems, c.outcome()
		}
	}
	return c.problems, nil
}

// checkEnvelope compares a Bundle with its definition, but not the resources in it: of a batch, each stands for itself.
func checkEnvelope(d *document) error {
	c := checker{envelope: true}
	c.members(element{d, 0}, "Bundle")
	return c.outcome()
}

type checker struct {
	problems
	// envelope leaves out the resources inside.
	envelope bool
}

// meaning refuses what changes the meaning of a resource in ways that we do not know (FHIR R4 §2.4.1.1 isModifier extensions and
// §2.26.3.2 implicitRules: a reader who does not understand them must not process the resource).
func (c *checker) meaning(d *document) {
	for i, n := range d.nodes {
		e := element{d, int32(i)}
		switch {
		case n.key == "modifierExtension" && n.child != none:
			c.add(e, Extension, "This modifierExtension is not known here, and it could change what the resource means. Send the resource without it.")
		case n.key == "implicitRules" && n.kind == text:
			c.add(e, NotSupported, "No implicit rules are known here. Send the resource without implicitRules.")
		}
	}
}

// resource checks a resource of any type. Types without a definition are only checked to be what FHIR calls a resource.
func (c *checker) resource(e element) {
	if e.kind() != object {
		c.add(e, Structure, "A resource must be a JSON object.")
		return
	}
	name := e.resourceType()
	if !isResourceType(name) {
		c.addPath(e.pathOf("resourceType"), Structure, "The resourceType must be the name of a FHIR R4 resource.")
		return
	}
	if _, defined := types[name]; !defined {
		name = "Resource"
	}
	c.members(e, name)
}

// members checks the members of an object against the definition of its type.
func (c *checker) members(e element, of string) {
	definition, defined := types[of]
	if !defined {
		definition = types["Element"]
	}
	chosen := ""
	for m := range e.children() {
		name := m.name()
		if primitive, companion := strings.CutPrefix(name, "_"); companion {
			c.companion(m, definition.members[primitive])
			continue
		}
		d, known := definition.members[name]
		switch {
		case !known:
			c.spelling(m, definition.members)
			continue
		case d.choice != "" && chosen == d.choice:
			c.add(m, Structure, "Only one of the elements "+d.choice+" may stand here.")
		case d.choice != "":
			chosen = d.choice
		}
		c.one(m, d, e.get("_"+name))
	}
	for _, name := range definition.required {
		if !e.get(name).present() {
			c.addPath(e.pathOf(name), Required, "The element "+name+" is required.")
		}
	}
	if of == "Extension" {
		c.extension(e, chosen != "")
	}
}

// spelling refuses a known name in another case: to pass it by would lose it in silence.
func (c *checker) spelling(m element, defined map[string]member) {
	for name := range defined {
		if strings.EqualFold(name, m.name()) {
			c.add(m, Structure, "The element is written "+name+": the case of letters matters.")
		}
	}
}

// extension checks that an extension has a value or extensions, not both (FHIR R4 ext-1).
func (c *checker) extension(e element, hasValue bool) {
	if nested := e.get("extension").present(); hasValue == nested && (hasValue || !e.hasCompanionValue()) {
		c.add(e, Invariant, "An extension must have either a value or extensions of its own.")
	}
}

// hasCompanionValue tells whether an extension's value is only a primitive's companion ("_valueString").
func (e element) hasCompanionValue() bool {
	for m := range e.children() {
		if strings.HasPrefix(m.name(), "_value") {
			return true
		}
	}
	return false
}

// one checks a member: an array where it repeats, a single value where it does not.
func (c *checker) one(m element, d member, companion element) {
	if !d.many {
		c.typed(m, d.kind)
		return
	}
	if m.kind() != array {
		c.add(m, Structure, "This element repeats: send an array, even for one.")
		return
	}
	if m.doc.nodes[m.at].child == none {
		c.add(m, Structure, "An array must not be empty. Leave the element out.")
	}
	for item := range m.children() {
		// FHIR R4 §2.6.2: null stands in an array of primitives where only the companion has something to say.
		if item.kind() == null && isPrimitive(d.kind) && companion.kind() == array {
			continue
		}
		c.typed(item, d.kind)
	}
}

// companion checks the extensions of a primitive ("_birthDate").
func (c *checker) companion(m element, d member) {
	if d.name != "" && !isPrimitive(d.kind) {
		c.add(m, Structure, "Only elements with a primitive type have a companion that begins with an underscore.")
		return
	}
	if m.kind() != array {
		c.typed(m, "Element")
		return
	}
	for item := range m.children() {
		if item.kind() != null {
			c.typed(item, "Element")
		}
	}
}

// typed checks one value of a type.
func (c *checker) typed(e element, kind string) {
	switch {
	case kind == "resource" && c.envelope:
	case kind == "resource":
		c.resource(e)
	case isPrimitive(kind):
		c.primitive(e, kind)
	case e.kind() != object:
		c.add(e, Structure, "A JSON object must stand here, of the type "+kind+".")
	case e.doc.nodes[e.at].child == none:
		c.add(e, Structure, "An object must not be empty. Leave the element out.")
	default:
		c.members(e, kind)
	}
}
