package fhir

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/journal"
)

// The code systems of an AuditEvent.
const (
	dicomSystem = "http://dicom.nema.org/resources/ontology/DCM"
	// JournalKindSystem is the code system of the kinds of the journal's entries.
	JournalKindSystem = "https://ucpalert.example/CodeSystem/journal-kind"
	// JournalSubjectSystem is the namespace of what entries are about.
	JournalSubjectSystem = "https://ucpalert.example/Id/journal-subject"
)

// AuditEvent writes an entry of the journal (FHIR R4 §6.4). It holds what the entry holds: ids and reasons, nothing that a plan says and nobody's
// name but that of who acted.
func AuditEvent(e journal.Entry) []byte {
	agent := map[string]any{
		"who": map[string]any{"identifier": map[string]any{"value": e.Actor.Name}, "display": e.Actor.Name}, "altId": e.Actor.Name, "requestor": true,
		"role": []any{map[string]any{"text": e.Actor.Role}},
	}
	agents := []any{agent}
	if e.Actor.Organisation != "" {
		agents = append(agents, map[string]any{
			"type": map[string]any{"text": "on behalf of"}, "requestor": false,
			"who": map[string]any{"type": "Organization", "identifier": map[string]any{"system": OrganisationSystem, "value": e.Actor.Organisation}},
		})
	}
	if _, from, ok := strings.Cut(e.Place, " from "); ok {
		agent["network"] = map[string]any{"address": from, "type": "2"} // an IP address (FHIR R4, network-type)
	}
	if e.Room != "" {
		agent["location"] = map[string]any{"display": e.Room}
	}
	code, display, action := auditKind(e.Kind)
	event := map[string]any{
		"resourceType": "AuditEvent", "id": "journal-" + strconv.FormatInt(e.Number, 10),
		"type":     map[string]any{"system": dicomSystem, "code": code, "display": display},
		"subtype":  []any{map[string]any{"system": JournalKindSystem, "code": string(e.Kind)}},
		"action":   action,
		"recorded": e.Time.UTC().Format("2006-01-02T15:04:05.000000Z07:00"),
		"outcome":  "0", "agent": agents,
		"source": map[string]any{"observer": map[string]any{"display": "ucpalert"}},
	}
	if strings.HasSuffix(string(e.Kind), ".refused") {
		event["outcome"] = "4" // minor failure: the action was not done
	}
	if e.Reason != "" {
		event["outcomeDesc"] = e.Reason
	}
	event["entity"] = []any{auditEntity(e)}
	b, err := json.Marshal(event)
	if err != nil {
		panic(err) // cannot be: it is made of text and numbers
	}
	return b
}

// auditEntity is what the entry is about, with its place in the chain, so that the export can be held against the journal.
func auditEntity(e journal.Entry) map[string]any {
	detail := []any{
		map[string]any{"type": "journal number", "valueString": strconv.FormatInt(e.Number, 10)},
		map[string]any{"type": "journal hash", "valueString": hex.EncodeToString(e.Hash[:])},
	}
	if e.Place != "" {
		detail = append(detail, map[string]any{"type": "place", "valueString": e.Place})
	}
	entity := map[string]any{"detail": detail}
	switch {
	case strings.HasPrefix(string(e.Kind), "plan.") && IsID(e.Subject) && e.Version > 0:
		entity["what"] = map[string]any{"reference": fmt.Sprintf("CarePlan/%s/_history/%d", e.Subject, e.Version)}
	case e.Subject != "":
		entity["what"] = map[string]any{"identifier": map[string]any{"system": JournalSubjectSystem, "value": e.Subject}}
	}
	return entity
}

// auditKind is what kind of event (DICOM PS3.16, CID 400) and which action (FHIR R4, audit-event-action) an entry is.
func auditKind(kind journal.Kind) (code, display, action string) {
	room, deed, _ := strings.Cut(string(kind), ".")
	switch {
	case room == "token" || room == "session":
		return "110114", "User Authentication", "E"
	case deed == "refused":
		return "110113", "Security Alert", "E"
	case strings.HasSuffix(deed, "read") || strings.HasSuffix(deed, "listed"):
		return "110110", "Patient Record", "R"
	case deed == "published" || deed == "raised" || deed == "asked":
		return "110110", "Patient Record", "C"
	case room == "alert" || room == "plan" || room == "draft" || room == "identity" || room == "records":
		return "110110", "Patient Record", "U"
	}
	return "110100", "Application Activity", "E"
}
