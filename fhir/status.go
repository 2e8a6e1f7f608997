package fhir

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/ucpalert/ucpalert/plans"
)

// statusReason is where a CarePlan says why it has its status (HL7 FHIR R4 StructureDefinition/event-statusReason).
const statusReason = "http://hl7.org/fhir/StructureDefinition/event-statusReason"

// WithStatus gives the CarePlan in a document another status, and the reason for it in words. Everything else in the document stays byte
// for byte as it was sent.
func WithStatus(document []byte, status plans.Status, reason string) ([]byte, error) {
	cp, err := heldCarePlan(document)
	if err != nil {
		return nil, err
	}
	held := cp.get("status")
	if held.kind() != text {
		return nil, fmt.Errorf("change the status of a plan: %w", ErrDocument)
	}
	why := `{"extension":[{"url":` + strconv.Quote(statusReason) + `,"valueCodeableConcept":{"text":` + string(bytes.TrimSpace(mustJSON(reason))) + `}}]}`
	var edits splices
	edits.replace(held, strconv.Quote(string(status)))
	if sent := cp.get("_status"); sent.present() {
		edits.replace(sent, why)
	} else {
		edits.insert(held, `,"_status":`+why)
	}
	return edits.apply(document), nil
}

// StatusReason is why the CarePlan in a document has its status, in words; empty if it does not say.
func StatusReason(document []byte) string {
	cp, err := heldCarePlan(document)
	if err != nil {
		return ""
	}
	return statusReasonOf(cp)
}

func statusReasonOf(cp element) string {
	for extension := range cp.get("_status").list("extension") {
		if extension.get("url").text() == statusReason {
			return line(extension.get("valueCodeableConcept").get("text").text())
		}
	}
	return ""
}

// heldCarePlan finds the CarePlan in a document, with its place in the document's bytes.
func heldCarePlan(document []byte) (element, error) {
	doc, err := rescan(document)
	if err != nil {
		return element{}, fmt.Errorf("find the CarePlan in a document: %w", ErrDocument)
	}
	root := element{doc, 0}
	if root.get("resourceType").present() {
		return root, nil
	}
	index, err := strconv.Atoi(string(root.get("carePlanEntry").raw()))
	if err != nil {
		return element{}, fmt.Errorf("find the CarePlan in a document: %w", ErrDocument)
	}
	for entry := range root.get("bundle").list("entry") {
		if index == 0 {
			return entry.get("resource"), nil
		}
		index--
	}
	return element{}, fmt.Errorf("find the CarePlan in a document: %w", ErrDocument)
}

// StatusOf is the status of the CarePlan in a document; plans.UnknownStatus if it cannot be told.
func StatusOf(document []byte) plans.Status {
	cp, err := heldCarePlan(document)
	if err != nil {
		return plans.UnknownStatus
	}
	if status, known := plans.ParseStatus(cp.get("status").text()); known {
		return status
	}
	return plans.UnknownStatus
}
