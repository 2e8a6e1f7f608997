package fhir

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/plans"
)

// Transaction is what a Bundle of the type transaction asks for.
type Transaction struct {
	// Publications are its plans, in the order of the entries; at least one.
	Publications []plans.Publication
	// entries holds for each entry which publication it is, or none.
	entries []int
}

// maxPlans is how many plans one transaction may publish.
const maxPlans = 20

// ReadTransaction reads a Bundle of the type transaction with CarePlans, their Patients and anything else. The centre is the ODS code of
// the organisation that is signed in.
//
// A CarePlan that is POSTed gets a new id and must be new; one that is PUT has the id of its url and the IfMatch of its request. Entries
// of types that we do not read are kept with the document of each plan. An error is always an [*Outcome] with status 400, 403, 413 or 422.
func ReadTransaction(body []byte, centre string, limits Limits) (Transaction, error) {
	doc, err := scan(body, "Bundle", limits)
	if err != nil {
		return Transaction{}, err
	}
	found, err := check(doc, "Bundle")
	if err != nil {
		return Transaction{}, err
	}
	r := reader{problems: found, doc: doc, centre: centre, limits: limits}
	root := element{doc, 0}
	r.readBundle(root)
	var t Transaction
	for i, e := range r.bundle.entries {
		t.entries = append(t.entries, none)
		if e.kind != "CarePlan" {
			continue
		}
		if len(t.Publications) == maxPlans {
			return Transaction{}, Refuse(http.StatusUnprocessableEntity, TooCostly, "Bundle.entry", fmt.Sprintf("A transaction publishes at most %d plans.", maxPlans))
		}
		t.entries[i] = len(t.Publications)
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
	pub := plans.Publication{Plan: r.plan(e.resource), Document: wrap(r.doc.body, i)}
	if e.method == "POST" {
		// FHIR R4 §3.1.0.8: an id in the body of a create is ignored.
		pub.Plan.ID, pub.MustBeNew = uuid.NewString(), true
		return pub
	}
	pub.Plan.ID = e.resource.get("id").text()
	if match := e.element.get("request").get("ifMatch"); match.present() {
		version, ok := ParseETag(match.text())
		if !ok {
			r.add(match, Value, `ifMatch is written W/"n" with the number of a version.`)
		}
		pub.IfMatch = version
	}
	return pub
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
// The results are those of the Publications. Entries that are no CarePlan are kept with the plan and have no address of their own; the
// response says so.
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
	for _, i := range t.entries {
		if i == none {
			out.Entry = append(out.Entry, responseEntry{response{Status: "200 OK", Outcome: keptWithPlan}})
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

var keptWithPlan = &operationOutcome{ResourceType: "OperationOutcome", Issue: []outcomeIssue{{
	Severity: "information", Code: Informational, Diagnostics: "Kept with the plan; it has no address of its own.",
}}}

// instant writes a FHIR instant in UTC.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
