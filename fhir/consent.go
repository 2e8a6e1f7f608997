package fhir

import (
	"slices"

	"github.com/ucpalert/ucpalert/plans"
)

// RoleSystem is the code system of the roles that a plan can be restricted to: "clinician", "screen".
const RoleSystem = "https://github.com/ucpalert/ucpalert/CodeSystem/role"

// The two policies that a Consent can rest on (HL7 v3 ActCode, used by Consent.policyRule).
const (
	actCodeSystem = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	optOut        = "OPTOUT"
)

// consent reads the active Consents about the patient of a CarePlan, in the Bundle and contained. An opt-out without exceptions is
// dissent; an opt-out with permits, or a permit, for named organisations and roles is a restriction to these. What cannot be honoured is
// refused rather than passed by: a plan must not be shown more widely than its patient was told.
func (r *reader) consent(cp element, patient plans.NHSNumber) (plans.Consent, plans.Restriction) {
	said, only := plans.NotStated, plans.Restriction{}
	take := func(c, in element) {
		if c.resourceType() != "Consent" {
			return
		}
		r.code(c, "status", "draft", "proposed", "active", "rejected", "inactive", "entered-in-error")
		if c.get("status").text() != "active" {
			return
		}
		about, ok := r.subject(c.get("patient"), in)
		if !c.get("patient").present() {
			r.addPath(c.pathOf("patient"), Required, "The Consent must say whose it is, by patient.")
		}
		if !ok || about.NHSNumber != patient {
			return
		}
		one, narrowed := r.oneConsent(c, in)
		if one == plans.Dissent || said == plans.NotStated {
			said = one
		}
		if narrowed.Organisations == nil && narrowed.Roles == nil {
			return
		}
		if only.Organisations != nil || only.Roles != nil {
			r.add(c, NotSupported, "Two active Consents name who may be shown the plan. Send one that names them all.")
		}
		only = narrowed
	}
	for _, e := range r.bundle.entries {
		take(e.resource, e.resource)
	}
	for contained := range cp.list("contained") {
		take(contained, cp)
	}
	return said, only
}

// oneConsent reads the policy of one Consent and the exceptions below it.
func (r *reader) oneConsent(c, in element) (plans.Consent, plans.Restriction) {
	root := c.get("provision")
	out := root.get("type").text() == "deny"
	for coding := range c.get("policyRule").list("coding") {
		out = out || coding.get("system").text() == actCodeSystem && coding.get("code").text() == optOut
	}
	var only plans.Restriction
	permits := 0
	permit := func(p element) {
		permits++
		for actor := range p.list("actor") {
			r.actor(actor.get("reference"), in, &only)
		}
	}
	r.evaluable(root)
	if out && root.get("type").text() == "deny" && root.get("actor").present() {
		r.add(root.get("actor"), NotSupported, noExceptions)
	}
	if root.get("type").text() == "permit" && root.get("actor").present() {
		permit(root)
	}
	for nested := range root.list("provision") {
		r.evaluable(nested)
		switch {
		case nested.get("type").text() != "permit":
			r.add(nested, NotSupported, noExceptions)
		case !nested.get("actor").present():
			r.addPath(nested.pathOf("actor"), Required, "The permit must name who may be shown the plan, by actor.")
		default:
			permit(nested)
		}
	}
	if out && permits == 0 {
		return plans.Dissent, plans.Restriction{}
	}
	return plans.Given, only
}

const noExceptions = "Only who may be shown the plan can be named, not who may not: send an opt-out with a permit for each."

// evaluable refuses a provision whose effect would have to be worked out anew every day, or for a part of the plan only.
func (r *reader) evaluable(p element) {
	for _, name := range []string{"period", "dataPeriod", "securityLabel", "purpose", "class", "code", "data"} {
		if e := p.get(name); e.present() {
			r.add(e, NotSupported, "A Consent holds here for the whole plan and until it is replaced. Send it without this element.")
		}
	}
	for deeper := range p.list("provision") {
		for e := range deeper.list("provision") {
			r.add(e, NotSupported, "Exceptions to exceptions are not supported.")
		}
	}
}

// actor adds who is named: an organisation by its ODS code, a role by a PractitionerRole, or both.
func (r *reader) actor(ref, in element, only *plans.Restriction) {
	named := false
	add := func(to *[]string, value string) {
		named = true
		if !slices.Contains(*to, value) {
			*to = append(*to, value)
		}
	}
	for _, ods := range r.organisationsOf(ref, in) {
		add(&only.Organisations, ods)
	}
	found := r.resolve(ref, in)
	for code := range found.list("code") {
		for coding := range code.list("coding") {
			if coding.get("system").text() == RoleSystem {
				add(&only.Roles, coding.get("code").text())
			}
		}
	}
	if !named {
		r.add(ref, NotFound, "The actor must lead to an organisation by its ODS code ("+OrganisationSystem+") or to a PractitionerRole with a code of the system "+RoleSystem+".")
	}
}
