package fhir

import "time"

// Capability writes the CapabilityStatement (FHIR R4 §5.2): what a client may count on. The software's version and the time it was
// released or started are the caller's; base is the service's own address, such as "https://example.nhs.uk/fhir".
func Capability(version string, at time.Time, base string) []byte {
	type code struct {
		Code          string `json:"code"`
		Documentation string `json:"documentation,omitempty"`
	}
	type resource struct {
		Type              string `json:"type"`
		Documentation     string `json:"documentation"`
		Interaction       []code `json:"interaction"`
		Versioning        string `json:"versioning"`
		UpdateCreate      bool   `json:"updateCreate"`
		ConditionalCreate bool   `json:"conditionalCreate"`
		ConditionalUpdate bool   `json:"conditionalUpdate"`
	}
	type security struct {
		Description string `json:"description"`
	}
	type rest struct {
		Mode          string     `json:"mode"`
		Documentation string     `json:"documentation"`
		Security      security   `json:"security"`
		Resource      []resource `json:"resource"`
		Interaction   []code     `json:"interaction"`
	}
	type software struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	type implementation struct {
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	return mustJSON(struct {
		ResourceType   string         `json:"resourceType"`
		Status         string         `json:"status"`
		Date           string         `json:"date"`
		Kind           string         `json:"kind"`
		Software       software       `json:"software"`
		Implementation implementation `json:"implementation"`
		FHIRVersion    string         `json:"fhirVersion"`
		Format         []string       `json:"format"`
		Rest           []rest         `json:"rest"`
	}{
		ResourceType: "CapabilityStatement", Status: "active", Date: instant(at), Kind: "instance",
		Software:       software{"ucpalert", version},
		Implementation: implementation{"Urgent Care Plan alerts for emergency departments", base},
		FHIRVersion:    "4.0.1", Format: []string{"json"},
		Rest: []rest{{
			Mode:          "server",
			Documentation: "Tertiary centres publish Urgent Care Plans. A plan raises alerts only while its status is active.",
			Security:      security{"A bearer token of the publishing organisation. A centre reads and writes its own plans only."},
			Resource: []resource{{
				Type: "CarePlan",
				Documentation: "The Patient, with an NHS number, is contained or in the same transaction, or the subject is an identifier. " +
					"What was sent is given back unchanged, with id, meta.versionId and meta.lastUpdated.",
				Interaction: []code{{Code: "read"}, {Code: "update", Documentation: "If-Match is honoured. The same body again makes no new version."}},
				Versioning:  "versioned", UpdateCreate: true,
			}},
			Interaction: []code{{Code: "transaction", Documentation: "One CarePlan a transaction, by POST or PUT; other resources are kept with it."}},
		}},
	})
}
