package fhir

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/plans"
)

// Identifier systems of the NHS.
const (
	NHSNumberSystem    = "https://fhir.nhs.uk/Id/nhs-number"
	OrganisationSystem = "https://fhir.nhs.uk/Id/ods-organization-code"
)

// ReadCarePlan reads a CarePlan that is sent to its own address, with its Patient contained or named by NHS number. The id is the one of
// the address, the centre is the ODS code of the organisation that is signed in: a resource cannot choose whose plan it is.
//
// The publication holds the body as its document; IfMatch is left to the caller. An error is always an [*Outcome] with status 400, 403,
// 413 or 422.
func ReadCarePlan(body []byte, id, centre string, limits Limits) (plans.Publication, error) {
	doc, err := scan(body, "CarePlan", limits)
	if err != nil {
		return plans.Publication{}, err
	}
	c, err := check(doc, "CarePlan")
	if err != nil {
		return plans.Publication{}, err
	}
	root := element{doc, 0}
	// FHIR R4 §3.1.0.4: the body must have an id, and it must be the one of the address; otherwise 400.
	if sent := root.get("id"); sent.text() != id {
		return plans.Publication{}, Refuse(http.StatusBadRequest, Value, root.pathOf("id"), "The id must be there and equal the id in the address.")
	}
	r := reader{problems: c, doc: doc, centre: centre, limits: limits}
	plan := r.plan(root)
	plan.ID = id
	return plans.Publication{Plan: plan, Document: body}, r.outcome()
}

// reader turns the CarePlans of one checked document into plans, and collects what stands in the way.
type reader struct {
	problems
	doc    *document
	centre string
	limits Limits
	bundle bundle
	// patients holds each Patient that was read, by its place in the document.
	patients map[int32]patient
	// contained finds contained resources by id, for each resource that was asked; see inside.
	contained map[int32]map[string]int32
}

// plan reads one CarePlan and what it refers to.
func (r *reader) plan(cp element) plans.Plan {
	p := plans.Plan{Centre: r.centre}
	p.Patient, _ = r.subject(cp.get("subject"), cp)
	var known bool
	if p.Status, known = plans.ParseStatus(cp.get("status").text()); !known {
		r.addPath(cp.pathOf("status"), Value, "The status must be draft, active, on-hold, revoked, completed, entered-in-error or unknown.")
	}
	p.StatusReason = statusReasonOf(cp)
	r.code(cp, "intent", "proposal", "plan", "order", "option")
	flags := r.flagsOf(cp, p.Patient.NHSNumber)
	p.Urgency = r.urgency(cp, flags)
	p.Headline = r.headline(cp, flags)
	p.Sections = r.sections(cp, flags, p.Headline)
	p.Content = r.content(cp, flags, p.Headline)
	p.Author = r.author(cp)
	p.Identifiers = identifiers(cp)
	p.Categories = categories(cp)
	p.Consent, p.Restriction = r.consent(cp, p.Patient.NHSNumber)
	period := cp.get("period")
	p.From, p.To = from(period.get("start").text()), until(period.get("end").text())
	if !p.From.IsZero() && !p.To.IsZero() && p.To.Before(p.From) {
		r.add(period, Invariant, "The period ends before it starts.")
	}
	return p
}

// code refuses a value outside a required value set.
func (r *reader) code(in element, name string, values ...string) {
	if e := in.get(name); e.present() && !slices.Contains(values, e.text()) {
		r.add(e, Value, "The code must be one of "+strings.Join(values, ", ")+".")
	}
}

// headline is the title, else the first words of the most urgent flag, else the first line of the description: what a board shows in
// one glance. It is never cut: half a sentence can say the opposite.
func (r *reader) headline(cp element, flags []flag) string {
	at := cp.get("title")
	headline := line(at.text())
	for _, f := range flags {
		if headline != "" {
			break
		}
		at, headline = f.resource.get("code"), concept(f.resource.get("code"))
	}
	if headline == "" {
		at = cp.get("description")
		first, _, _ := strings.Cut(block(at.text()), "\n")
		headline = line(first)
	}
	switch length := utf8.RuneCountInString(headline); {
	case length == 0:
		r.addPath(cp.pathOf("title"), Required, "A plan needs a headline: send a title, or a Flag with a text, or a description.")
	case length > plans.MaxHeadline:
		r.add(at, TooLong, fmt.Sprintf("The headline is %d characters long; at most %d are shown. Send a shorter CarePlan.title.", length, plans.MaxHeadline))
	}
	return headline
}

// author names who wrote the plan, and refuses a plan that names another organisation than the one that is signed in. Contributors are
// asked only where the author does not tell the organisation, and one of them must then be the centre.
func (r *reader) author(cp element) string {
	author := cp.get("author")
	organisations := r.organisationsOf(author, cp)
	at := author
	if len(organisations) == 0 {
		for contributor := range cp.list("contributor") {
			organisations = append(organisations, r.organisationsOf(contributor, cp)...)
		}
		at = cp.get("contributor")
	}
	own := func(ods string) bool { return strings.EqualFold(ods, r.centre) }
	if len(organisations) > 0 && !slices.ContainsFunc(organisations, own) {
		r.add(at, Forbidden, "The plan names another organisation as its author than the one that is signed in. A centre publishes its own plans only.")
	}
	return r.nameOf(author, cp)
}

// organisationsOf finds the ODS codes that a reference leads to: its own identifier, that of the Organization, or that of the
// Organization of the PractitionerRole.
func (r *reader) organisationsOf(ref, in element) []string {
	var codes []string
	note := func(identifier element) {
		if identifier.get("system").text() == OrganisationSystem {
			codes = append(codes, strings.TrimSpace(identifier.get("value").text()))
		}
	}
	note(ref.get("identifier"))
	found := r.resolve(ref, in)
	if found.resourceType() == "PractitionerRole" {
		note(found.get("organization").get("identifier"))
		found = r.resolve(found.get("organization"), in)
	}
	if found.resourceType() == "Organization" {
		for identifier := range found.list("identifier") {
			note(identifier)
		}
	}
	return codes
}

// nameOf is how the centre names the author; empty if it does not.
func (r *reader) nameOf(ref, in element) string {
	if display := line(ref.get("display").text()); display != "" {
		return display
	}
	found := r.resolve(ref, in)
	switch found.resourceType() {
	case "Organization":
		return line(found.get("name").text())
	case "PractitionerRole":
		if name := r.nameOf(found.get("practitioner"), in); name != "" {
			return name
		}
		return r.nameOf(found.get("organization"), in)
	case "Practitioner":
		family, given := humanName(found)
		return strings.TrimSpace(given + " " + family)
	}
	return ""
}
