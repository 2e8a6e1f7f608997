package fhir

import (
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// subject reads the patient that a reference leads to: a Patient of the Bundle, a contained one, or one that is only named by NHS number.
// A Patient whose number disagrees with the number in the reference is refused: one of the two is the wrong person.
func (r *reader) subject(ref, in element) (plans.Identity, bool) {
	if !ref.present() {
		return plans.Identity{}, false // noted as missing by the check
	}
	literal, logical := ref.get("reference"), ref.get("identifier")
	named := logical.get("system").text() == NHSNumberSystem
	found := r.resolve(ref, in)
	switch {
	case found.present() && found.resourceType() != "Patient":
		r.add(ref, NotSupported, "The subject must be a Patient.")
	case found.present():
		who, ok := r.patient(found)
		if !named || !ok {
			return who, ok
		}
		number, ok := r.nhsNumber(logical)
		if ok && number != who.NHSNumber {
			r.add(logical.get("value"), Conflict, "The NHS number of this reference is not that of the Patient that it refers to.")
		}
		return who, ok
	case named && !isInternal(literal.text()):
		number, ok := r.nhsNumber(logical)
		return plans.Identity{NHSNumber: number}, ok
	case literal.present():
		r.add(literal, NotFound, "The Patient is neither in the Bundle nor contained. Send it along, or refer to it by NHS number.")
	default:
		r.add(ref, Required, "The reference must lead to a Patient: by reference, or by an identifier with the system "+NHSNumberSystem+".")
	}
	return plans.Identity{}, false
}

// isInternal tells that a reference can only lead into what was sent.
func isInternal(reference string) bool {
	return strings.HasPrefix(reference, "#") || strings.HasPrefix(reference, "urn:")
}

// patient reads who a Patient is, once for each.
func (r *reader) patient(e element) (plans.Identity, bool) {
	if known, ok := r.patients[e.at]; ok {
		return known.who, known.valid
	}
	who, valid := r.readPatient(e)
	if r.patients == nil {
		r.patients = map[int32]patient{}
	}
	r.patients[e.at] = patient{who, valid}
	return who, valid
}

// patient is what was read of a Patient, and whether its number is valid.
type patient struct {
	who   plans.Identity
	valid bool
}

func (r *reader) readPatient(e element) (plans.Identity, bool) {
	var who plans.Identity
	count, valid := 0, true
	for identifier := range e.list("identifier") {
		if identifier.get("system").text() != NHSNumberSystem || identifier.get("use").text() == "old" {
			continue
		}
		count++
		number, ok := r.nhsNumber(identifier)
		valid = valid && ok
		if ok && count > 1 && number != who.NHSNumber {
			r.add(identifier.get("value"), Conflict, `The Patient has two different NHS numbers. Send the one that holds; mark the other with the use "old".`)
			valid = false
		}
		who.NHSNumber, who.Tracing = number, tracing(identifier)
	}
	if count == 0 {
		r.addPath(e.pathOf("identifier"), Required, "The Patient needs an identifier with the system "+NHSNumberSystem+" that is not old.")
		valid = false
	}
	who.Family, who.Given = humanName(e)
	who.Others = otherNames(e, plans.PersonName{Family: who.Family, Given: who.Given})
	who.Restricted = isRestricted(e)
	if date, err := plans.ParseDate(e.get("birthDate").text()); err == nil {
		who.BirthDate = date
	}
	r.code(e, "gender", string(plans.Male), string(plans.Female), string(plans.OtherSex), string(plans.UnknownSex))
	who.Sex = plans.Sex(e.get("gender").text())
	for address := range e.list("address") {
		if code := line(address.get("postalCode").text()); code != "" && address.get("use").text() != "old" {
			who.Postcode = code
			break
		}
	}
	return who, valid
}

// nhsNumber reads the value of an identifier as an NHS number.
func (r *reader) nhsNumber(identifier element) (plans.NHSNumber, bool) {
	value := identifier.get("value")
	if !value.present() {
		r.addPath(identifier.pathOf("value"), Required, "The identifier needs a value: ten digits.")
		return plans.NHSNumber{}, false
	}
	number, err := plans.ParseNHSNumber(value.text())
	if err != nil {
		r.reserved(err)
		r.add(value, Value, "This is not a valid NHS number: "+err.Error()+".")
		return plans.NHSNumber{}, false
	}
	if number.IsTest() && r.limits.RefuseTestNumbers {
		r.add(value, BusinessRule, "NHS numbers from 999 000 0000 are for tests and are not taken here.")
		return plans.NHSNumber{}, false
	}
	return number, true
}
