package fhir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// PartTypes are the resources that can be read by id as parts of the plan that they came along with.
var PartTypes = []string{
	"Patient", "Flag", "AllergyIntolerance", "MedicationStatement", "Consent", "DocumentReference", "Binary", "Provenance", "Composition",
}

// maxID is the longest logical id (FHIR R4 §2.24.0.1).
const maxID = 64

// part is a resource of a plan's Bundle that can be read by itself.
type part struct {
	kind, id string
	// urn is what the Bundle called it, if that was a urn.
	urn         string
	resource    element
	version     int
	lastUpdated time.Time
}

// partID is the id of the part that stands in an entry: its own if it was PUT, else one made of the plan's and the place of the entry.
// Empty if it has none: its type is not readable by itself, or the plan's id leaves no room.
func partID(e entry, plan string, at int) string {
	if !slices.Contains(PartTypes, e.kind) {
		return ""
	}
	if id := ownID(e); id != "" {
		return id
	}
	if id := plan + "." + strconv.Itoa(at); len(id) <= maxID {
		return id
	}
	return ""
}

// ownID is the id under which an entry was PUT; empty if it was not, or its type is not readable by itself.
func ownID(e entry) string {
	if e.method != "PUT" || strings.Contains(e.url, "?") || !slices.Contains(PartTypes, e.kind) {
		return ""
	}
	return e.resource.get("id").text()
}

// PlanOfPart is the plan that a part belongs to whose id was made from the plan's; empty if this id was not.
func PlanOfPart(id string) string {
	at := strings.LastIndexByte(id, '.')
	if at < 1 || at == len(id)-1 || strings.Trim(id[at+1:], "0123456789") != "" {
		return ""
	}
	return id[:at]
}

// parts walks over the readable parts of a version.
func parts(v plans.Version, yield func(part) bool) error {
	doc, err := rescan(v.Document)
	if err != nil {
		return fmt.Errorf("find the parts of plan %s: %w", v.ID, ErrDocument)
	}
	root := element{doc, 0}
	if root.get("resourceType").present() {
		return nil // a CarePlan that came alone
	}
	at := 0
	for e := range root.get("bundle").list("entry") {
		next := entry{element: e, resource: e.get("resource"), method: e.get("request").get("method").text(), url: e.get("request").get("url").text()}
		next.kind = next.resource.resourceType()
		p := part{kind: next.kind, id: partID(next, v.ID, at), resource: next.resource, version: v.Number, lastUpdated: v.Published}
		if url := e.get("fullUrl").text(); strings.HasPrefix(url, "urn:") {
			p.urn = url
		}
		at++
		if p.id != "" && !yield(p) {
			return nil
		}
	}
	return nil
}

// WritePart gives back a part of a version by type and id, byte for byte as it was sent, with the id, meta.versionId and
// meta.lastUpdated of the service: those of its plan. It returns plans.ErrNotFound if the version has no such part.
func WritePart(v plans.Version, kind, id string) ([]byte, error) {
	var found *part
	err := parts(v, func(p part) bool {
		if p.kind == kind && p.id == id {
			found = &p
		}
		return found == nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, plans.ErrNotFound
	}
	return found.write()
}

func (p part) write() ([]byte, error) {
	return identified(p.resource.raw(), p.kind, p.id, p.version, p.lastUpdated)
}

// subjectPart finds the Patient that a version is about, if it came along in the Bundle.
func subjectPart(v plans.Version) (subject part, found bool, err error) {
	sent, err := CarePlanOf(v.Document)
	if err != nil {
		return part{}, false, err
	}
	doc, err := rescan(sent)
	if err != nil {
		return part{}, false, fmt.Errorf("find the subject of plan %s: %w", v.ID, ErrDocument)
	}
	reference := element{doc, 0}.get("subject").get("reference").text()
	if reference == "" || strings.HasPrefix(reference, "#") {
		return part{}, false, nil
	}
	err = parts(v, func(p part) bool {
		if p.kind == "Patient" && (p.urn == reference || "Patient/"+p.resource.get("id").text() == reference) {
			subject, found = p, true
		}
		return !found
	})
	return subject, found, err
}
