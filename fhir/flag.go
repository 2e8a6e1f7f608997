package fhir

import (
	"cmp"
	"slices"

	"github.com/ucpalert/ucpalert/plans"
)

// The extension that says how urgent a flag is, and the system of its codes (FHIR R4 StructureDefinition/flag-priority).
const (
	priorityExtension = "http://hl7.org/fhir/StructureDefinition/flag-priority"
	prioritySystem    = "http://hl7.org/fhir/flag-priority-code"
)

// flag is an active Flag about the patient of a plan.
type flag struct {
	resource element
	urgency  plans.Urgency
}

// rank orders urgencies; none is the least.
func rank(u plans.Urgency) int {
	return slices.Index([]plans.Urgency{"", plans.Routine, plans.Urgent, plans.Critical}, u)
}

// flagsOf finds the active Flags about the patient of a CarePlan, in the Bundle and contained, the most urgent first. A Flag whose
// subject cannot be told is refused: it could be the one that makes the plan critical.
func (r *reader) flagsOf(cp element, patient plans.NHSNumber) []flag {
	var flags []flag
	take := func(f, in element) {
		if f.resourceType() != "Flag" {
			return
		}
		r.code(f, "status", "active", "inactive", "entered-in-error")
		about, ok := r.subject(f.get("subject"), in)
		urgency := r.priority(f)
		if ok && f.get("status").text() == "active" && about.NHSNumber == patient {
			flags = append(flags, flag{f, urgency})
		}
	}
	for _, e := range r.bundle.entries {
		take(e.resource, e.resource)
	}
	for contained := range cp.list("contained") {
		take(contained, cp)
	}
	slices.SortStableFunc(flags, func(a, b flag) int { return cmp.Compare(rank(b.urgency), rank(a.urgency)) })
	return flags
}

// urgency is the highest priority that a flag of the plan, or the plan itself, states. A plan that states none is urgent: an Urgent Care
// Plan that says nothing of itself must not be less.
func (r *reader) urgency(cp element, flags []flag) plans.Urgency {
	highest := r.priority(cp)
	for _, f := range flags {
		if rank(f.urgency) > rank(highest) {
			highest = f.urgency
		}
	}
	if highest == "" {
		return plans.Urgent
	}
	return highest
}

// priority reads the flag-priority extension of a resource; empty if it has none.
func (r *reader) priority(e element) plans.Urgency {
	var highest plans.Urgency
	for ext := range e.list("extension") {
		if ext.get("url").text() != priorityExtension {
			continue
		}
		value := ext.get("valueCodeableConcept")
		stated := plans.Urgency("")
		for coding := range value.list("coding") {
			if system := coding.get("system").text(); system != "" && system != prioritySystem {
				continue
			}
			switch coding.get("code").text() {
			case "PN", "PL":
				stated = plans.Routine
			case "PM":
				stated = plans.Urgent
			case "PH":
				stated = plans.Critical
			}
		}
		if stated == "" {
			r.add(ext, Value, "The priority must be a valueCodeableConcept with one of the codes PN, PL, PM, PH of "+prioritySystem+".")
		}
		if rank(stated) > rank(highest) {
			highest = stated
		}
	}
	return highest
}
