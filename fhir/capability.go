package fhir

import (
	"slices"
	"time"
)

// Supported is what the service's addresses can do, as the CapabilityStatement tells it.
type Supported struct {
	// System are the interactions of the service as a whole, such as "transaction".
	System []string
	// Messages tells that there is a $process-message.
	Messages bool
	// Types are the resource types with an address, in order.
	Types []SupportedType
}

// SupportedType is what can be done with the resources of one type.
type SupportedType struct {
	Type string
	// Interactions are codes such as "read"; "conditional-update" is one that FHIR tells by a flag.
	Interactions []string
}

// The shapes of a CapabilityStatement (FHIR R4 §5.2). Only what is written is here.
type (
	capabilityStatement struct {
		ResourceType   string                `json:"resourceType"`
		Status         string                `json:"status"`
		Date           string                `json:"date"`
		Kind           string                `json:"kind"`
		Software       capabilitySoftware    `json:"software"`
		Implementation capabilityInstance    `json:"implementation"`
		FHIRVersion    string                `json:"fhirVersion"`
		Format         []string              `json:"format"`
		Rest           []capabilityRest      `json:"rest"`
		Messaging      []capabilityMessaging `json:"messaging,omitempty"`
		Document       []capabilityDocument  `json:"document"`
	}
	capabilitySoftware struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	capabilityInstance struct {
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	capabilityRest struct {
		Mode          string                `json:"mode"`
		Documentation string                `json:"documentation"`
		Security      capabilitySecurity    `json:"security"`
		Resource      []capabilityResource  `json:"resource"`
		Interaction   []capabilityCode      `json:"interaction"`
		Operation     []capabilityOperation `json:"operation,omitempty"`
	}
	capabilitySecurity struct {
		Description string `json:"description"`
	}
	capabilityCode struct {
		Code          string `json:"code"`
		Documentation string `json:"documentation,omitempty"`
	}
	capabilityResource struct {
		Type              string             `json:"type"`
		Documentation     string             `json:"documentation"`
		Interaction       []capabilityCode   `json:"interaction"`
		Versioning        string             `json:"versioning"`
		ReadHistory       bool               `json:"readHistory"`
		UpdateCreate      bool               `json:"updateCreate"`
		ConditionalCreate bool               `json:"conditionalCreate"`
		ConditionalRead   string             `json:"conditionalRead"`
		ConditionalUpdate bool               `json:"conditionalUpdate"`
		ReferencePolicy   []string           `json:"referencePolicy,omitempty"`
		SearchInclude     []string           `json:"searchInclude,omitempty"`
		SearchParam       []capabilitySearch `json:"searchParam,omitempty"`
	}
	capabilityOperation struct {
		Name          string `json:"name"`
		Definition    string `json:"definition"`
		Documentation string `json:"documentation"`
	}
	capabilityMessaging struct {
		Endpoint      []capabilityEndpoint `json:"endpoint"`
		Documentation string               `json:"documentation"`
	}
	capabilityEndpoint struct {
		Protocol capabilityProtocol `json:"protocol"`
		Address  string             `json:"address"`
	}
	capabilityProtocol struct {
		System string `json:"system"`
		Code   string `json:"code"`
	}
	capabilitySearch struct {
		Name          string `json:"name"`
		Type          string `json:"type"`
		Documentation string `json:"documentation"`
	}
	capabilityDocument struct {
		Mode          string `json:"mode"`
		Documentation string `json:"documentation"`
		Profile       string `json:"profile"`
	}
)

// says explains interactions where their code does not say all.
var says = map[string]string{
	"transaction":      "Several CarePlans, all or none, by POST or PUT; what is sent along is kept with each of them.",
	"batch":            "Each request stands for itself. A CarePlan has its Patient inside, or names the patient by NHS number.",
	"create":           "If-None-Exist by identifier finds a plan that was sent before.",
	"update":           "If-Match is honoured. The same body again makes no new version.",
	"history-instance": "The newest first, with _since and _count.",
	"history-type":     "The newest first, with _since and _count. Following the pages misses nothing that was there when the first was read.",
	"search-type":      "In the order in which the versions were received. Search for patients by POST to _search, so that the number stands in no log.",
}

// Capability writes the CapabilityStatement: what a client may count on. The software's version and the time it was released or started
// are the caller's; base is the service's own address, such as "https://example.nhs.uk/fhir".
func Capability(version string, at time.Time, base string, can Supported) []byte {
	rest := capabilityRest{
		Mode:          "server",
		Documentation: "Tertiary centres publish Urgent Care Plans. A plan raises alerts only while its status is active. Hospitals tell who arrived.",
		Security:      capabilitySecurity{"A bearer token of the organisation. A centre reads and writes its own plans only, a hospital tells of its own attendances only."},
		Interaction:   codes(can.System),
	}
	for _, t := range can.Types {
		rest.Resource = append(rest.Resource, t.resource())
	}
	var messaging []capabilityMessaging
	if can.Messages {
		rest.Operation = []capabilityOperation{{
			"process-message", "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
			"Admissions, transfers and discharges of A&E patients. The answer is a message; the same message again is answered the same.",
		}}
		messaging = []capabilityMessaging{{
			Endpoint:      []capabilityEndpoint{{capabilityProtocol{"http://terminology.hl7.org/CodeSystem/message-transport", "http"}, base + "/$process-message"}},
			Documentation: messagesTaken(),
		}}
	}
	return mustJSON(capabilityStatement{
		ResourceType: "CapabilityStatement", Status: "active", Date: instant(at), Kind: "instance",
		Software:       capabilitySoftware{"ucpalert", version},
		Implementation: capabilityInstance{"Urgent Care Plan alerts for emergency departments", base},
		FHIRVersion:    "4.0.1", Format: []string{"json", "application/fhir+json"},
		Rest: []capabilityRest{rest}, Messaging: messaging,
		Document: []capabilityDocument{{
			Mode: "consumer", Profile: "http://hl7.org/fhir/StructureDefinition/Bundle",
			Documentation: "A document is POSTed to the service itself. Its CarePlan is published, and the whole document kept.",
		}},
	})
}

func codes(interactions []string) []capabilityCode {
	var out []capabilityCode
	for _, code := range interactions {
		if code != "conditional-update" {
			out = append(out, capabilityCode{code, says[code]})
		}
	}
	return out
}

func (t SupportedType) resource() capabilityResource {
	can := func(code string) bool { return slices.Contains(t.Interactions, code) }
	r := capabilityResource{
		Type: t.Type, Interaction: codes(t.Interactions), Versioning: "versioned", ReadHistory: can("vread"), UpdateCreate: can("update"),
		ConditionalCreate: can("create"), ConditionalRead: "full-support", ConditionalUpdate: can("conditional-update"),
		Documentation: "Read as a part of the CarePlan that it was sent along with, whose versions it has. It is written with that plan, in a transaction or a document.",
	}
	if t.Type == "Encounter" {
		return capabilityResource{
			Type: t.Type, Interaction: codes(t.Interactions), Versioning: "no-version", UpdateCreate: true, ConditionalRead: "not-supported",
			Documentation: "An attendance of the hospital that is signed in, of the class EMER. Its identifier is the number of the visit: the same number is the " +
				"same attendance, whatever its id. The Patient is contained, in the same Bundle, or named by NHS number. It is taken, not given back.",
		}
	}
	if !can("update") {
		return r
	}
	r.Documentation = "The Patient, with an NHS number, is contained or in the same Bundle, or the subject is an identifier. What was sent is given back " +
		"unchanged, with id, meta.versionId and meta.lastUpdated. A plan is not deleted: it is sent with the status revoked or entered-in-error."
	if can("search-type") {
		r.SearchInclude = []string{"CarePlan:subject", "CarePlan:patient"}
		for _, p := range searchParameters {
			if p.says != "" {
				r.SearchParam = append(r.SearchParam, capabilitySearch{p.declared(), p.kind, p.says})
			}
		}
	}
	return r
}

// declared is the name under which a CapabilityStatement lists the parameter: of a chain, the first link.
func (p searchParameter) declared() string {
	if p.kind == "reference" {
		return p.name[:len("patient")]
	}
	return p.name
}
