package fhir

import "slices"

// SNOMEDSystem is the code system of SNOMED CT.
const SNOMEDSystem = "http://snomed.info/sct"

// categories are the SNOMED CT codes of the kinds of plan it is, each once. The code tells, never the display.
func categories(cp element) []string {
	var codes []string
	for category := range cp.list("category") {
		for coding := range category.list("coding") {
			code := coding.get("code").text()
			if coding.get("system").text() == SNOMEDSystem && code != "" && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}
