package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/plans"
)

// Transaction is what a Bundle of the type transaction or document asks for.
type Transaction struct {
	// Publications are its plans, in the order of the entries; at least one.
	Publications []plans.Publication
	// Document tells that it came as a document, which is answered otherwise.
	Document bool
	entries  []entry
	// publications holds for each entry which publication it is, or none.
	publications []int
}

// maxPlans is how many plans one transaction may publish.
const maxPlans = 20

// ReadTransaction reads a Bundle of the type transaction with CarePlans, their Patients and anything else. The centre is the ODS code of
// the organisation that is signed in.
//
// A CarePlan that is POSTed gets a new id and must be new, unless ifNoneExist finds it; one that is PUT has the id of its url, or is
// found by the identifiers in it, and the IfMatch of its request. Entries of types that we do not read are kept with the document of each
// plan. An error is always an [*Outcome] with status 400, 403, 413 or 422.
func ReadTransaction(body []byte, centre string, limits Limits) (Transaction, error) {
	doc, err := scan(body, "Bundle", limits)
	if err != nil {
		return Transaction{}, err
	}
	return readTransaction(doc, centre, limits)
}

func readTransaction(doc *document, centre string, limits Limits) (Transaction, error) {
	found, err := check(doc, "Bundle")
	if err != nil {
		return Transaction{}, err
	}
	r := reader{problems: found, doc: doc, centre: centre, limits: limits}
	root := element{doc, 0}
	// FHIR R4 §3.1.0.11: a server that does not do a kind of Bundle must say so.
	if kind := root.get("type"); kind.text() != "transaction" {
		r.add(kind, NotSupported, "Only a Bundle of the type transaction, batch or document is taken here.")
	}
	r.readBundle(root)
	t := Transaction{entries: r.bundle.entries}
	for i, e := range r.bundle.entries {
		t.publications = append(t.publications, none)
		if e.kind != "CarePlan" {
			continue
		}
		if len(t.Publications) == maxPlans {
			return Transaction{}, Refuse(http.StatusUnprocessableEntity, TooCostly, "Bundle.entry", fmt.Sprintf("A transaction publishes at most %d plans.", maxPlans))
		}
		t.publications[i] = len(t.Publications)
		t.Publications = append(t.Publications, r.publication(e, i))
	}
	if len(t.Publications) == 0 {
		r.addPath("Bundle.entry", Required, "The transaction must hold a CarePlan.")
	}
	if err := r.outcome(); err != nil {
		return Transaction{}, err
	}
	return t, nil
}

// publication reads one CarePlan entry.
func (r *reader) publication(e entry, i int) plans.Publication {
	pub := plans.Publication{Plan: r.plan(e.resource), Document: wrap(r.doc.body, i), Parts: r.parts()}
	request := e.element.get("request")
	if e.method == "POST" {
		// FHIR R4 §3.1.0.8: an id in the body of a create is ignored.
		pub.Plan.ID, pub.MustBeNew = uuid.NewString(), true
		if condition := request.get("ifNoneExist"); condition.present() {
			pub.IfNone = r.condition(condition, condition.text())
		}
		return pub
	}
	pub.Plan.ID = e.resource.get("id").text()
	if _, query, conditional := strings.Cut(e.url, "?"); conditional {
		pub.Instead = r.condition(request.get("url"), query)
	}
	if match := request.get("ifMatch"); match.present() {
		version, ok := ParseETag(match.text())
		if !ok {
			r.add(match, Value, `ifMatch is written W/"n" with the number of a version.`)
		}
		pub.IfMatch = version
	}
	return pub
}

// condition reads the search of a conditional request.
func (r *reader) condition(at element, query string) []plans.Identifier {
	all, err := ReadCondition(query, at.path())
	if refused, ok := AsOutcome(err); ok {
		r.add(at, refused.Issues[0].Code, refused.Issues[0].Diagnostics)
	}
	return all
}

// parts are the entries that are kept under ids of their own.
func (r *reader) parts() []plans.Part {
	var parts []plans.Part
	for _, e := range r.bundle.entries {
		if id := ownID(e); id != "" {
			parts = append(parts, plans.Part{Type: e.kind, ID: id})
		}
	}
	return parts
}

// Result is what became of a publication.
type Result struct {
	ID      string
	Version int
	// Created tells that the plan was not held before.
	Created bool
	// LastUpdated is when the version that holds now was received.
	LastUpdated time.Time
}

// Location is the address of the version, relative to the service.
func (r Result) Location() string { return fmt.Sprintf("CarePlan/%s/_history/%d", r.ID, r.Version) }

// Response writes the Bundle of the type transaction-response: one entry for each that was sent, in the same order (FHIR R4 §3.1.0.11.3).
// The results are those of the Publications. What came along with the plans has their versions; some of it has no address of its own, and
// the response says so.
func (t Transaction) Response(results []Result) []byte {
	type response struct {
		Status       string            `json:"status"`
		Location     string            `json:"location,omitempty"`
		ETag         string            `json:"etag,omitempty"`
		LastModified string            `json:"lastModified,omitempty"`
		Outcome      *operationOutcome `json:"outcome,omitempty"`
	}
	type responseEntry struct {
		Response response `json:"response"`
	}
	out := struct {
		ResourceType string          `json:"resourceType"`
		Type         string          `json:"type"`
		Entry        []responseEntry `json:"entry"`
	}{ResourceType: "Bundle", Type: "transaction-response"}
	for at, i := range t.publications {
		if i == none {
			with := results[0]
			kept := response{Status: "200 OK", Outcome: keptWithPlan}
			if id := partID(t.entries[at], with.ID, at); id != "" {
				kept = response{
					Status: "200 OK", Location: fmt.Sprintf("%s/%s/_history/%d", t.entries[at].kind, id, with.Version), ETag: ETag(with.Version),
					LastModified: instant(with.LastUpdated),
				}
			}
			out.Entry = append(out.Entry, responseEntry{kept})
			continue
		}
		r := results[i]
		status := "200 OK"
		if r.Created {
			status = "201 Created"
		}
		out.Entry = append(out.Entry, responseEntry{response{
			Status: status, Location: r.Location(), ETag: ETag(r.Version), LastModified: instant(r.LastUpdated),
		}})
	}
	return mustJSON(out)
}

// EntryOf is the entry that a publication came in.
func (t Transaction) EntryOf(publication int) int { return slices.Index(t.publications, publication) }

// Answer is what became of one request of a batch.
type Answer struct {
	Status                       int
	Location, ETag, LastModified string
	// Body is a resource, or empty.
	Body []byte
}

// BatchResponse writes the Bundle of the type batch-response: one entry for each request, in the same order (FHIR R4 §3.1.0.11.1). What
// was read stands there as a resource, a refusal as the outcome of its entry.
func BatchResponse(answers []Answer) []byte {
	b := Listing{Total: -1}.begin("batch-response")
	for _, a := range answers {
		response := map[string]any{"status": strings.TrimSpace(strconv.Itoa(a.Status) + " " + http.StatusText(a.Status))}
		for name, value := range map[string]string{"location": a.Location, "etag": a.ETag} {
			if value != "" {
				response[name] = value
			}
		}
		if at, err := http.ParseTime(a.LastModified); err == nil {
			response["lastModified"] = instant(at)
		}
		body := bytes.TrimSpace(a.Body)
		if a.Status >= http.StatusBadRequest && len(body) > 0 {
			response["outcome"] = json.RawMessage(body)
			body = nil
		}
		b.entry("", body)
		b.member("response", response)
		b.end()
	}
	return b.close()
}

var keptWithPlan = &operationOutcome{ResourceType: "OperationOutcome", Issue: []outcomeIssue{{
	Severity: "information", Code: Informational, Diagnostics: "Kept with the plan; it has no address of its own.",
}}}

// instant writes a FHIR instant in UTC.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
