package hl7

import (
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// readYesNo reads HL7 table 0136.
func readYesNo(text string) (bool, error) {
	switch strings.ToUpper(text) {
	case "Y":
		return true, nil
	case "N":
		return false, nil
	}
	return false, errNoSuchCode
}

// readVIP reads the VIP indicator (PV1-16, ITK HL7 v2 1.0.15): S sensitive, Y a stop is noted. Either keeps the patient off a wall. N is not
// of the ITK; senders use it for neither.
func readVIP(text string) (bool, error) {
	switch strings.ToUpper(text) {
	case "S", "Y":
		return true, nil
	case "N":
		return false, nil
	}
	return false, errNoSuchCode
}

// readHiding reads ZU8-4 (ITK HL7 v2 1.0.15): 1 hidden locally, 2 hidden nationally. 0 is not of the ITK; senders use it for neither.
func readHiding(text string) (alerts.Hiding, error) {
	switch text {
	case "1":
		return alerts.HiddenLocally, nil
	case "2":
		return alerts.HiddenNational, nil
	case "0":
		return alerts.NotHidden, nil
	}
	return "", errNoSuchCode
}

// disposition is the discharge disposition (PV1-36) in the standard's codes, without leading zeros. It is kept whatever it is: the tables of
// trusts differ.
func (p *Profile) disposition(v Value) alerts.Field[string] {
	code := p.Disposition.standard(upper(v.Component(1)))
	if trimmed := strings.TrimLeft(code, "0"); trimmed != "" {
		code = trimmed
	}
	if code == "" || len(code) > longestDisposition || strings.ContainsFunc(code, isNoCode) {
		return emptiedIfNull[string](v)
	}
	return alerts.Stated(code)
}

// longestDisposition is longer than any code in use.
const longestDisposition = 20

func isNoCode(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }

// prior lists the identifiers of MRG-1 (repeating from HL7 2.4 on), which do not survive a merge. One that is said to be an NHS number and
// is none is left out.
func (r Rules) prior(ids Value) alerts.Prior {
	var prior alerts.Prior
	for id := range ids.Repetitions() {
		switch text := plain(id.Component(1)); {
		case text == "":
		case r.profile().isNHS(id):
			n, err := plans.ParseNHSNumber(Clean(id.Component(1).Text()))
			if err == nil && (r.TestPatients || !n.IsTest()) && !slices.Contains(prior.NHSNumbers, n) {
				prior.NHSNumbers = append(prior.NHSNumbers, n)
			}
		case !slices.Contains(prior.HospitalNumbers, text):
			prior.HospitalNumbers = append(prior.HospitalNumbers, text)
		}
	}
	return prior
}

// ofPerson refuses a message about a person that names nobody, or a merge that does not say what was merged. The error is nil, or a [*Refusal].
func ofPerson(e alerts.Event) error {
	switch {
	case e.HospitalNumber.Value == "" && e.NHSNumber.Value.IsZero():
		return &Refusal{Code: AE, Condition: FieldMissing, Location: "PID^1^3", Text: "the message names nobody: neither a hospital number nor a usable NHS number is in PID-3"}
	case e.Kind == alerts.Merge && len(e.Prior.HospitalNumbers)+len(e.Prior.NHSNumbers) == 0:
		return &Refusal{Code: AE, Condition: FieldMissing, Location: "MRG^1^1", Text: "the message does not say which record was merged (MRG-1)"}
	}
	return nil
}
