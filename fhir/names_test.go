package fhir_test

import (
	"fmt"
	"testing"

	"github.com/ucpalert/ucpalert/plans"
)

func TestWhoAPatientIsBesideTheNumber(t *testing.T) {
	const status = `"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus%s","code":"%s"}]}}],`
	for _, row := range []struct {
		because, meta, status, names string
		want                         plans.Identity
	}{
		{"a maiden name beside the official one", "", "", `{"use":"maiden","family":"Smith","given":["Ada"]},{"use":"official","family":"Jones","given":["Ada","May"]}`,
			plans.Identity{Family: "Jones", Given: "Ada May", Others: [3]plans.PersonName{{Family: "Smith", Given: "Ada"}}}},
		{"a name that has ended is not shown", "", "", `{"use":"official","family":"Smith","given":["Ada"],"period":{"end":"2001-05-01"}},{"use":"usual","family":"Jones","given":["Ada"]}`,
			plans.Identity{Family: "Jones", Given: "Ada", Others: [3]plans.PersonName{{Family: "Smith", Given: "Ada"}}}},
		{"verified, in England's codes", "", fmt.Sprintf(status, "England", "01"), `{"family":"Jones"}`, plans.Identity{Family: "Jones", Tracing: plans.Verified}},
		{"not traced, in words", "", fmt.Sprintf(status, "", "number-present-but-not-traced"), `{"family":"Jones"}`, plans.Identity{Family: "Jones", Tracing: plans.NotTraced}},
		{"a status that nobody knows", "", fmt.Sprintf(status, "England", "09"), `{"family":"Jones"}`, plans.Identity{Family: "Jones"}},
		{"restricted", `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},`, "", `{"family":"Jones"}`, plans.Identity{Family: "Jones", Restricted: true}},
		{"unrestricted", `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"U"}]},`, "", `{"family":"Jones"}`, plans.Identity{Family: "Jones"}},
	} {
		t.Run(row.because, func(t *testing.T) {
			p := mustPut(t, `{"resourceType":"CarePlan","id":"ada-1","title":"Steroid at once","contained":[{"resourceType":"Patient","id":"pat",`+row.meta+`"identifier":[{`+row.status+
				`"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000034"}],"name":[`+row.names+`]}],"status":"active","intent":"plan","subject":{"reference":"#pat"}}`)
			row.want.NHSNumber = mustNumber(t, "9990000034")
			if p.Patient != row.want {
				t.Errorf("read %q %q %v, tracing %q, restricted %v", p.Patient.Family, p.Patient.Given, p.Patient.Others, p.Patient.Tracing, p.Patient.Restricted)
			}
		})
	}
}
