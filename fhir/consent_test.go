package fhir_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/plans"
)

func consentWith(members string) string {
	return `{"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},` +
		`"category":[{"coding":[{"system":"http://snomed.info/sct","code":"887031000000108"}]}],"patient":{"reference":"#pat"}` + members + `}`
}

// byRepresentative is a consent that somebody gave or refused for the patient, by its SNOMED CT code.
func byRepresentative(members string) string {
	return strings.Replace(consentWith(members), "887031000000108", "882981000000105", 1)
}

const (
	optsOut = `,"policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTOUT"}]}`
	harlow  = `{"role":{"text":"recipient"},"reference":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RQW"}}}`
	doctors = `{"role":{"text":"recipient"},"reference":{"reference":"#doctors"}}`
)

func TestWhatAConsentMeans(t *testing.T) {
	role := `{"resourceType":"PractitionerRole","id":"doctors","code":[{"coding":[{"system":"https://github.com/ucpalert/ucpalert/CodeSystem/role","code":"clinician"}]}]}`
	for _, row := range []struct {
		what, consent string
		want          plans.Consent
		only          plans.Restriction
	}{
		{"consent to share", consentWith(""), plans.Given, plans.Restriction{}},
		{"an opt-out", consentWith(optsOut), plans.Dissent, plans.Restriction{}},
		{"consent by a representative", byRepresentative(""), plans.Given, plans.Restriction{}},
		{"an opt-out by a representative", byRepresentative(optsOut), plans.Dissent, plans.Restriction{}},
		{"a denial without exceptions", consentWith(`,"provision":{"type":"deny"}`), plans.Dissent, plans.Restriction{}},
		{"an opt-out that is not active", strings.Replace(consentWith(optsOut), `"active"`, `"inactive"`, 1), plans.NotStated, plans.Restriction{}},
		{"an opt-out except for one hospital", consentWith(optsOut + `,"provision":{"provision":[{"type":"permit","actor":[` + harlow + `]}]}`),
			plans.Given, plans.Restriction{Organisations: []string{"RQW"}}},
		{"a permit for one hospital", consentWith(`,"provision":{"type":"permit","actor":[` + harlow + `]}`), plans.Given, plans.Restriction{Organisations: []string{"RQW"}}},
		{"an opt-out except for one hospital's clinicians", consentWith(optsOut + `,"provision":{"type":"permit","actor":[` + harlow + `,` + doctors + `]}`),
			plans.Given, plans.Restriction{Organisations: []string{"RQW"}, Roles: []string{"clinician"}}},
	} {
		t.Run(row.what, func(t *testing.T) {
			p := mustPut(t, carePlan(`,"title":"Sickle cell crisis"`, row.consent, role))
			if p.Consent != row.want {
				t.Errorf("consent is %q, want %q", p.Consent, row.want)
			}
			if diff := cmp.Diff(row.only, p.Restriction); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAConsentThatCannotBeHonouredIsRefused(t *testing.T) {
	for _, row := range []struct{ what, consent, want string }{
		{"all but one hospital", consentWith(`,"provision":{"provision":[{"type":"deny","actor":[` + harlow + `]}]}`), "not who may not"},
		{"a denial of one hospital", consentWith(`,"provision":{"type":"deny","actor":[` + harlow + `]}`), "not who may not"},
		{"for a time", consentWith(optsOut + `,"provision":{"period":{"end":"2027-01-01"}}`), "until it is replaced"},
		{"a permit for nobody", consentWith(optsOut + `,"provision":{"provision":[{"type":"permit"}]}`), "must name who"},
		{"a permit for somebody who cannot be found", consentWith(optsOut + `,"provision":{"type":"permit","actor":[{"role":{"text":"x"},"reference":{"display":"the GP"}}]}`), "ODS code"},
		{"nobody's", strings.Replace(consentWith(optsOut), `,"patient":{"reference":"#pat"}`, "", 1), "whose it is"},
	} {
		t.Run(row.what, func(t *testing.T) {
			_, err := put(t, carePlan(`,"title":"Sickle cell crisis"`, row.consent))
			if err == nil || !strings.Contains(explain(err), row.want) {
				t.Errorf("got %v, want a refusal that says %q", err, row.want)
			}
		})
	}
}
