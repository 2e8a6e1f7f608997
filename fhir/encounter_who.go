package fhir

import (
	"errors"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// who reads the patient of an Encounter: contained, in the Bundle, or named by NHS number alone. What only makes a match harder refuses
// nothing, and is noted: a patient without a usable number is at the hospital all the same.
func (r *visitReader) who(enc element, e *alerts.Event) {
	ref := enc.get("subject")
	if !ref.present() {
		r.addPath(enc.pathOf("subject"), Required, "The Encounter must say who the patient is: by a Patient contained or in the Bundle, or by NHS number.")
		return
	}
	literal, logical := ref.get("reference"), ref.get("identifier")
	found := r.resolve(ref, enc)
	switch {
	case found.present() && found.resourceType() != "Patient":
		r.add(ref, NotSupported, "The subject must be a Patient.")
		return
	case !found.present() && logical.get("system").text() == NHSNumberSystem && !isInternal(literal.text()):
		if e.NHSNumber = r.number(logical); e.NHSNumber.Presence == alerts.Present && tracing(logical) != plans.TracingUnknown {
			e.Tracing = alerts.Stated(tracing(logical))
		}
		r.patientConsent(enc, found, e)
		return
	case !found.present() && literal.present():
		r.add(literal, NotFound, "The Patient is neither in the Bundle nor contained. Send it along, or refer to it by NHS number.")
		return
	case !found.present():
		r.add(ref, Required, "The reference must lead to a Patient: by reference, or by an identifier with the system "+NHSNumberSystem+".")
		return
	}
	r.person(found, e)
	if logical.get("system").text() == NHSNumberSystem {
		if named := r.number(logical); named.Presence == alerts.Present && e.NHSNumber.Presence == alerts.Present && named != e.NHSNumber {
			r.add(logical.get("value"), Conflict, "The NHS number of this reference is not that of the Patient that it refers to.")
		}
	}
	r.patientConsent(enc, found, e)
}

// person reads a Patient. What is not there changes nothing.
func (r *visitReader) person(p element, e *alerts.Event) {
	r.numbers(p, e)
	if family, given := humanName(p); (family != "" || given != "") && !strings.EqualFold(family, "unknown") {
		e.Name = alerts.Stated(alerts.Name{Family: family, Given: given})
	}
	if others := otherNames(p, plans.PersonName(e.Name.Value)); others != [plans.MaxOtherNames]plans.PersonName{} {
		e.Others = alerts.Stated(others)
	}
	if isRestricted(p) {
		e.Restricted = alerts.Stated(true)
	}
	switch date, err := plans.ParseDate(p.get("birthDate").text()); {
	case err == nil:
		e.BirthDate = alerts.Stated(date)
	case isAbsent(p.get("_birthDate")):
		e.BirthDate = alerts.Emptied[plans.Date]()
	}
	r.code(p, "gender", string(plans.Male), string(plans.Female), string(plans.OtherSex), string(plans.UnknownSex))
	if sex := p.get("gender").text(); sex != "" {
		e.Sex = alerts.Stated(plans.Sex(sex))
	}
	for address := range p.list("address") {
		if code := line(address.get("postalCode").text()); code != "" && address.get("use").text() != "old" {
			e.Postcode = alerts.Stated(strings.ToUpper(code))
			break
		}
	}
	switch dead := p.get("deceasedBoolean"); {
	case p.get("deceasedDateTime").present() || dead.isTrue():
		e.Dead = alerts.Stated(true)
	case dead.present():
		e.Dead = alerts.Stated(false)
	}
}

// numbers reads the identifiers of a Patient: the NHS number, and the number that the hospital gives (the type MR or PI of HL7 table 0203,
// else the first that is neither the NHS number nor old). An NHS number that is marked as old or as absent, with no other beside it, empties
// the one that was known: so a wrong one is taken back.
func (r *visitReader) numbers(p element, e *alerts.Event) {
	nhs, hospital, typed := &e.NHSNumber, &e.HospitalNumber, false
	for i := range p.list("identifier") {
		value, old := line(i.get("value").text()), i.get("use").text() == "old"
		switch {
		case i.get("system").text() == NHSNumberSystem && (old || isAbsent(i.get("_value"))):
			if nhs.Presence == alerts.Absent {
				*nhs = alerts.Emptied[plans.NHSNumber]()
			}
		case i.get("system").text() == NHSNumberSystem:
			number := r.number(i)
			if number.Presence != alerts.Present {
				continue
			}
			if nhs.Presence == alerts.Present && *nhs != number {
				r.add(i.get("value"), Conflict, `The Patient has two different NHS numbers. Send the one that holds; mark the other with the use "old".`)
			}
			*nhs = number
			if traced := tracing(i); traced != plans.TracingUnknown {
				e.Tracing = alerts.Stated(traced)
			}
		case old || value == "" || typed:
		case hasCode(i.get("type"), identifierTypes, "MR", "PI"):
			*hospital, typed = alerts.Stated(value), true
		case hospital.Presence == alerts.Absent:
			*hospital = alerts.Stated(value)
		}
	}
}

// number is an NHS number, if it is one that can be used.
func (r *visitReader) number(identifier element) alerts.Field[plans.NHSNumber] {
	value := identifier.get("value")
	number, err := plans.ParseNHSNumber(value.text())
	switch {
	case !value.present():
	case errors.Is(err, plans.ErrNHSNumberReserved):
		r.reserved(err)
		r.add(value, BusinessRule, "This is not a valid NHS number: "+err.Error()+".") // a patient under it would not be looked for
	case err != nil:
		r.note(value, Value, "This is not a valid NHS number, and is not used: "+err.Error()+".")
	case number.IsTest() && r.limits.RefuseTestNumbers:
		r.note(value, BusinessRule, "NHS numbers from 999 000 0000 are for tests, and are not used here.")
	default:
		return alerts.Stated(number)
	}
	return alerts.Field[plans.NHSNumber]{}
}

// absentReason says why an element has no value (FHIR R4 StructureDefinition/data-absent-reason).
const absentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

// isAbsent tells whether the companion of a primitive says that there is no value.
func isAbsent(companion element) bool {
	for ext := range companion.list("extension") {
		if ext.get("url").text() == absentReason {
			return true
		}
	}
	return false
}

// patientConsent reads what the patient said about sharing, from the active Consents that came along and are about the Encounter's Patient.
func (r *visitReader) patientConsent(enc, p element, e *alerts.Event) {
	take := func(c, in element) {
		if c.resourceType() != "Consent" || c.get("status").text() != "active" {
			return
		}
		ref := c.get("patient")
		same := p.present() && r.resolve(ref, in).at == p.at
		if logical := ref.get("identifier"); !same && logical.get("system").text() == NHSNumberSystem {
			number, err := plans.ParseNHSNumber(logical.get("value").text())
			same = err == nil && e.NHSNumber.Presence == alerts.Present && number == e.NHSNumber.Value
		}
		if !same {
			return
		}
		said, only := r.oneConsent(c, in)
		if only.Organisations != nil || only.Roles != nil {
			r.add(c, NotSupported, "The Consent of an attendance is for sharing or against it. Who may be shown a plan is said with the plan.")
		}
		if said == plans.Dissent || e.Consent.Presence == alerts.Absent {
			e.Consent = alerts.Stated(said)
		}
	}
	for _, of := range r.bundle.entries {
		take(of.resource, of.resource)
	}
	for contained := range enc.list("contained") {
		take(contained, enc)
	}
}
