package fhir

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The document of a plan is what it was published with, byte for byte: a CarePlan as it came, or, of a transaction, the whole Bundle
// wrapped with the number of the entry that is the plan:
//
//	{"carePlanEntry":1,"bundle":{"resourceType":"Bundle",…}}
//
// The same request makes the same document, which is how a repeated one is known.
const (
	wrapEntry  = `{"carePlanEntry":`
	wrapBundle = `,"bundle":`
)

func wrap(bundle []byte, entry int) []byte {
	b := make([]byte, 0, len(bundle)+len(wrapEntry)+len(wrapBundle)+8)
	b = strconv.AppendInt(append(b, wrapEntry...), int64(entry), 10)
	b = append(append(b, wrapBundle...), bundle...)
	return append(b, '}')
}

// ErrDocument is returned for a document that this package did not make.
var ErrDocument = errors.New("the document of the plan is not readable")

// CarePlanOf gives the bytes of the CarePlan in a document, as they were sent.
func CarePlanOf(document []byte) ([]byte, error) {
	if !bytes.HasPrefix(document, []byte(wrapEntry)) {
		return document, nil
	}
	doc, err := rescan(document)
	if err != nil {
		return nil, fmt.Errorf("find the CarePlan in its Bundle: %w", ErrDocument)
	}
	root := element{doc, 0}
	if root.get("resourceType").present() {
		return document, nil // a CarePlan that only begins like a wrapper
	}
	index, err := strconv.Atoi(string(root.get("carePlanEntry").raw()))
	if err != nil {
		return nil, fmt.Errorf("find the CarePlan in its Bundle: %w", ErrDocument)
	}
	i := 0
	for entry := range root.get("bundle").list("entry") {
		if i == index && entry.get("resource").present() {
			return entry.get("resource").raw(), nil
		}
		i++
	}
	return nil, fmt.Errorf("find the CarePlan in its Bundle: %w", ErrDocument)
}

// WriteCarePlan gives back the CarePlan of a document byte for byte as it was sent, with the id, meta.versionId and meta.lastUpdated that
// the service gave it. Everything else, in meta too, stays as it was.
func WriteCarePlan(document []byte, id string, version int, lastUpdated time.Time) ([]byte, error) {
	body, err := CarePlanOf(document)
	if err != nil {
		return nil, err
	}
	return identified(body, "CarePlan", id, version, lastUpdated)
}

// identified gives a resource the id and the version that the service knows it by, and leaves everything else as it was.
func identified(body []byte, what, id string, version int, lastUpdated time.Time) ([]byte, error) {
	doc, err := rescan(body)
	if err != nil {
		return nil, fmt.Errorf("write %s %s: %w", what, id, ErrDocument)
	}
	root := element{doc, 0}
	kind, meta := root.get("resourceType"), root.get("meta")
	if !kind.present() || meta.present() && meta.kind() != object {
		return nil, fmt.Errorf("write %s %s: %w", what, id, ErrDocument)
	}
	quotedID, versionID := strconv.Quote(id), strconv.Quote(strconv.Itoa(version))
	updated := strconv.Quote(instant(lastUpdated))
	var edits splices
	after := kind
	if sent := root.get("id"); sent.present() {
		edits.replace(sent, quotedID)
		after = sent
	} else {
		edits.insert(kind, `,"id":`+quotedID)
	}
	if !meta.present() {
		edits.insert(after, `,"meta":{"versionId":`+versionID+`,"lastUpdated":`+updated+`}`)
	} else {
		edits.members(meta, [][2]string{{"versionId", versionID}, {"lastUpdated", updated}})
	}
	return edits.apply(body), nil
}

// splice replaces the bytes from start to end.
type splice struct {
	start, end int32
	with       string
}

type splices []splice

func (s *splices) replace(e element, with string) {
	n := e.doc.nodes[e.at]
	*s = append(*s, splice{n.start, n.end, with})
}

// insert writes after a value.
func (s *splices) insert(after element, with string) {
	end := after.doc.nodes[after.at].end
	*s = append(*s, splice{end, end, with})
}

// members replaces members of an object; those that it does not have are put in front.
func (s *splices) members(of element, members [][2]string) {
	var added []string
	for _, m := range members {
		if sent := of.get(m[0]); sent.present() {
			s.replace(sent, m[1])
		} else {
			added = append(added, strconv.Quote(m[0])+":"+m[1])
		}
	}
	if len(added) == 0 {
		return
	}
	n := of.doc.nodes[of.at]
	with := strings.Join(added, ",")
	if n.child != none {
		with += ","
	}
	*s = append(*s, splice{n.start + 1, n.start + 1, with})
}

// apply makes the edits; those at the same place keep their order.
func (s splices) apply(body []byte) []byte {
	slices.SortStableFunc(s, func(a, b splice) int { return int(a.start) - int(b.start) })
	var out []byte
	at := int32(0)
	for _, edit := range s {
		out = append(append(out, body[at:edit.start]...), edit.with...)
		at = edit.end
	}
	return append(out, body[at:]...)
}
