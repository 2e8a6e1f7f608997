package fhir

import (
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// nameUses are the uses of a name, the most binding first; a name for no stated use stands between usual and temp, and one whose period
// has an end comes last: it is of the past, or soon will be.
var nameUses = [...]string{"official", "usual", "", "temp", "nickname", "anonymous", "maiden", "old", ended}

// ended stands for the use of a name whose period has an end.
const ended = "ended"

// humanName chooses the name to show of a Patient or Practitioner, by its use.
func humanName(e element) (family, given string) {
	for name := range humanNames(e) {
		return name.Family, name.Given
	}
	return "", ""
}

// humanNames goes through the names of a Patient or Practitioner, the one to show first.
func humanNames(e element) func(yield func(plans.PersonName) bool) {
	return func(yield func(plans.PersonName) bool) {
		for _, use := range nameUses {
			for name := range e.list("name") {
				if useOf(name) != use {
					continue
				}
				if n := readName(name); n != (plans.PersonName{}) && !yield(n) {
					return
				}
			}
		}
	}
}

func useOf(name element) string {
	if name.get("period").get("end").present() {
		return ended
	}
	return name.get("use").text()
}

// readName reads a HumanName. One that is not divided into its parts is all family name, a nickname all given name.
func readName(name element) plans.PersonName {
	var givens []string
	for part := range name.list("given") {
		if s := line(part.text()); s != "" {
			givens = append(givens, s)
		}
	}
	n := plans.PersonName{Family: line(name.get("family").text()), Given: strings.Join(givens, " ")}
	switch {
	case n != (plans.PersonName{}):
	case name.get("use").text() == "nickname":
		n.Given = line(name.get("text").text())
	default:
		n.Family = line(name.get("text").text())
	}
	return n
}

// otherNames are the names beside the one that is shown, each once.
func otherNames(e element, shown plans.PersonName) (kept [plans.MaxOtherNames]plans.PersonName) {
	var others []plans.PersonName
	for name := range humanNames(e) {
		if name != shown && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	copy(kept[:], others)
	return kept
}

// The extension that says how sure an NHS number is, of UK Core and, before it, of Care Connect: its address ends in one of these.
const verificationExtension = "NHSNumberVerificationStatus"

// verificationWords are the codes of UKCore-NHSNumberVerificationStatus for those of UKCore-NHSNumberVerificationStatusEngland.
var verificationWords = map[string]plans.Tracing{
	"number-present-and-verified": plans.Verified, "number-present-but-not-traced": plans.NotTraced, "trace-required": plans.TraceRequired,
	"trace-attempted-no-match-or-multiple-match-found": plans.NoOrMultipleMatch, "trace-needs-to-be-resolved": plans.TraceConflict,
	"trace-in-progress": plans.TraceInProgress, "number-not-present-and-trace-not-required": plans.NumberNotPresent,
	"trace-postponed": plans.TracePostponed,
}

// tracing is the NHS number verification status of an identifier, in either code system; unknown if none is stated.
func tracing(identifier element) plans.Tracing {
	for extension := range identifier.list("extension") {
		if !strings.Contains(extension.get("url").text(), verificationExtension) {
			continue
		}
		for coding := range extension.get("valueCodeableConcept").list("coding") {
			code := coding.get("code").text()
			if t, known := verificationWords[code]; known {
				return t
			}
			if len(code) == 2 && code >= string(plans.Verified) && code <= string(plans.TracePostponed) {
				return plans.Tracing(code)
			}
		}
	}
	return plans.TracingUnknown
}

// confidentiality is the code system of the label that restricts a patient's demographics (PDS: U unrestricted, R restricted, V very).
const confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

// isRestricted tells whether a Patient's address must not be given away: meta.security R, or V, which is stricter.
func isRestricted(e element) bool {
	for label := range e.get("meta").list("security") {
		system := label.get("system").text()
		if code := label.get("code").text(); (system == "" || system == confidentiality) && (code == "R" || code == "V") {
			return true
		}
	}
	return false
}
