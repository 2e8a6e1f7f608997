package fhir

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/plans"
)

// ReadNewCarePlan reads a CarePlan that is POSTed to its type (FHIR R4 §3.1.0.8, create): it gets a new id, whatever id it has, and must
// be new. Otherwise it is [ReadCarePlan].
func ReadNewCarePlan(body []byte, centre string, limits Limits) (plans.Publication, error) {
	plan, _, err := readPlan(body, centre, limits)
	plan.ID = uuid.NewString()
	return plans.Publication{Plan: plan, Document: body, MustBeNew: true}, err
}

// ReadNamedCarePlan reads a CarePlan that is PUT to its type with a search (FHIR R4 §3.1.0.4.3, conditional update): it has the id of the
// plan with these identifiers, and must not name another. Otherwise it is [ReadCarePlan].
func ReadNamedCarePlan(body []byte, named []plans.Identifier, centre string, limits Limits) (plans.Publication, error) {
	plan, id, err := readPlan(body, centre, limits)
	plan.ID = id
	return plans.Publication{Plan: plan, Document: body, Instead: named}, err
}

// readPlan reads a CarePlan that stands alone, and the id that it names.
func readPlan(body []byte, centre string, limits Limits) (plan plans.Plan, id string, err error) {
	doc, err := scan(body, "CarePlan", limits)
	if err != nil {
		return plans.Plan{}, "", err
	}
	found, err := check(doc, "CarePlan")
	if err != nil {
		return plans.Plan{}, "", err
	}
	r := reader{problems: found, doc: doc, centre: centre, limits: limits}
	root := element{doc, 0}
	plan = r.plan(root)
	return plan, root.get("id").text(), r.outcome()
}

// identifiers are what a centre calls a plan. Those without a value name nothing.
func identifiers(cp element) []plans.Identifier {
	var all []plans.Identifier
	for i := range cp.list("identifier") {
		if value := i.get("value").text(); value != "" {
			all = append(all, plans.Identifier{System: i.get("system").text(), Value: value})
		}
	}
	return all
}

// Submission is what a Bundle that is POSTed to the service asks for.
type Submission struct {
	// Transaction is what must be done as a whole: a transaction, or a document.
	Transaction Transaction
	// Batch are requests that stand each for itself.
	Batch []Request
	// IsBatch tells which of the two it is.
	IsBatch bool
}

// Request is one request of a batch. Its resource is not checked yet.
type Request struct {
	Method, URL                                        string
	IfMatch, IfNoneMatch, IfModifiedSince, IfNoneExist string
	// Resource is its body; nil if it has none.
	Resource []byte
}

// maxBatch is how many requests one batch may hold.
const maxBatch = 100

// ReadBundle reads a Bundle of the type transaction, batch or document. An error is always an [*Outcome] with status 400, 403, 413 or
// 422; of a batch, only what is wrong with the Bundle itself is one.
func ReadBundle(body []byte, centre string, limits Limits) (Submission, error) {
	doc, err := scan(body, "Bundle", limits)
	if err != nil {
		return Submission{}, err
	}
	root := element{doc, 0}
	var s Submission
	switch kind := root.get("type").text(); {
	case root.resourceType() == "Bundle" && kind == "batch":
		s.IsBatch = true
		s.Batch, err = readBatch(doc)
	case root.resourceType() == "Bundle" && kind == "document":
		s.Transaction, err = readDocument(doc, centre, limits)
	default:
		s.Transaction, err = readTransaction(doc, centre, limits)
	}
	return s, err
}

// IsBatch tells whether a body is a Bundle of the type batch, as far as it can be read.
func IsBatch(body []byte) bool {
	doc, err := scan(body, "Bundle", Limits{Bytes: len(body)})
	root := element{doc, 0}
	return err == nil && root.resourceType() == "Bundle" && root.get("type").text() == "batch"
}

// readBatch reads the requests of a batch (FHIR R4 §3.1.0.11.1).
func readBatch(doc *document) ([]Request, error) {
	if err := checkEnvelope(doc); err != nil {
		return nil, err
	}
	var p problems
	var requests []Request
	for e := range (element{doc, 0}).list("entry") {
		request := e.get("request")
		if !request.present() {
			p.addPath(e.pathOf("request"), Required, "Each entry of a batch needs a request with method and url.")
		}
		if len(requests) == maxBatch {
			return nil, Refuse(http.StatusUnprocessableEntity, TooCostly, "Bundle.entry", "A batch holds at most 100 requests.")
		}
		next := Request{
			Method: request.get("method").text(), URL: request.get("url").text(), IfMatch: request.get("ifMatch").text(),
			IfNoneMatch: request.get("ifNoneMatch").text(), IfModifiedSince: request.get("ifModifiedSince").text(), IfNoneExist: request.get("ifNoneExist").text(),
		}
		if resource := e.get("resource"); resource.present() {
			next.Resource = resource.raw()
		}
		requests = append(requests, next)
	}
	return requests, p.outcome()
}

// readDocument reads a Bundle of the type document (FHIR R4 §3.3): a Composition and what it is composed of, among it one CarePlan. The
// plan is the one with the id of the CarePlan; without an id, the one of the centre with the identifiers of the CarePlan.
func readDocument(doc *document, centre string, limits Limits) (Transaction, error) {
	found, err := check(doc, "Bundle")
	if err != nil {
		return Transaction{}, err
	}
	r := reader{problems: found, doc: doc, centre: centre, limits: limits}
	root := element{doc, 0}
	r.documentRules(root)
	r.readEntries(root)
	t := Transaction{Document: true, entries: r.bundle.entries}
	for i, e := range r.bundle.entries {
		t.publications = append(t.publications, none)
		if e.kind != "CarePlan" {
			continue
		}
		if len(t.Publications) > 0 {
			r.add(e.resource, NotSupported, "A document is about one CarePlan. Send several plans in a transaction.")
			continue
		}
		t.publications[i] = 0
		pub := plans.Publication{Plan: r.plan(e.resource), Document: wrap(doc.body, i)}
		if pub.Plan.ID = e.resource.get("id").text(); pub.Plan.ID == "" {
			if pub.Instead = pub.Plan.Identifiers; len(pub.Instead) == 0 {
				r.addPath(e.resource.pathOf("identifier"), Required, "The CarePlan of a document needs an id or an identifier, so that the next document about it is known for its next version.")
			}
		}
		r.sameSubject(pub.Plan.Patient.NHSNumber)
		t.Publications = append(t.Publications, pub)
	}
	if len(t.Publications) == 0 {
		r.addPath("Bundle.entry", Required, "The document must hold a CarePlan.")
	}
	if err := r.outcome(); err != nil {
		return Transaction{}, err
	}
	return t, nil
}

// documentRules are what makes a Bundle a document (FHIR R4 Bundle, bdl-9, bdl-10, bdl-11).
func (r *reader) documentRules(root element) {
	if i := root.get("identifier"); i.get("system").text() == "" || i.get("value").text() == "" {
		r.addPath(root.pathOf("identifier"), Required, "A document needs an identifier with a system and a value.")
	}
	if !root.get("timestamp").present() {
		r.addPath(root.pathOf("timestamp"), Required, "A document needs a timestamp.")
	}
	for e := range root.list("entry") {
		if e.get("resource").resourceType() != "Composition" {
			r.addPath("Bundle.entry[0].resource", Invariant, "The first entry of a document must be its Composition.")
		}
		return
	}
}

// sameSubject refuses a document whose Composition is about somebody else than its plan.
func (r *reader) sameSubject(planned plans.NHSNumber) {
	if len(r.bundle.entries) == 0 {
		return
	}
	composition := r.bundle.entries[0].resource
	subject := composition.get("subject")
	if composition.resourceType() != "Composition" || !subject.present() {
		return
	}
	if who, ok := r.subject(subject, composition); ok && who.NHSNumber != planned {
		r.add(subject, Conflict, "The Composition is about another patient than the CarePlan.")
	}
}
