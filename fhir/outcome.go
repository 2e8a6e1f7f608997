// Package fhir answers: what does this FHIR R4 resource say, and how is a value of ours written as one?
//
// The bytes that were received are the record: they are kept and given back unchanged, and this package only looks into them. It reads
// the few elements that a plan is made of through narrow views, after one strict walk over all bytes, because a lenient reader loses what
// it does not expect: encoding/json would match keys in any case, keep the last of two duplicates and repair broken text in silence.
package fhir

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// Code is the kind of an issue (FHIR R4 value set issue-type).
type Code string

// The codes in use.
const (
	Invalid      Code = "invalid"
	Structure    Code = "structure"
	Incomplete   Code = "incomplete"
	Required     Code = "required"
	Value        Code = "value"
	Invariant    Code = "invariant"
	Extension    Code = "extension"
	NotSupported Code = "not-supported"
	Duplicate    Code = "duplicate"
	NotFound     Code = "not-found"
	Expired      Code = "expired"
	TooLong      Code = "too-long"
	TooCostly    Code = "too-costly"
	Conflict     Code = "conflict"
	MultipleHits Code = "multiple-matches"
	BusinessRule Code = "business-rule"
	Login        Code = "login"
	Forbidden    Code = "forbidden"
	Transient    Code = "transient"
	Exception    Code = "exception"
	// Informational is for what is no fault.
	Informational Code = "informational"
)

// Issue is one thing that is wrong, and what the sender should change. It never quotes what the sender wrote: that may be about a patient.
type Issue struct {
	Code Code
	// Expression is the FHIRPath of the element, such as "Bundle.entry[0].resource.birthDate"; empty if the issue is about no element.
	Expression string
	// Diagnostics is a sentence for the person who maintains the sending system.
	Diagnostics string
}

// Outcome refuses a request. It is an error that knows its own answer: an HTTP status and an OperationOutcome resource.
type Outcome struct {
	// Status is the HTTP status, 400 to 599.
	Status int
	// Issues is never empty.
	Issues []Issue
	// Warnings are what was passed by in something that was taken all the same.
	Warnings []Issue
	// Cause is plans.ErrNHSNumberReserved if one of the issues is that; else nil. It is for errors.Is: the answer says it in words.
	Cause error
}

// Refuse makes an outcome of one issue.
func Refuse(status int, code Code, expression, diagnostics string) *Outcome {
	return &Outcome{Status: status, Issues: []Issue{{code, expression, diagnostics}}}
}

// Unwrap is the cause.
func (o *Outcome) Unwrap() error { return o.Cause }

// Error names the first issue. It holds no patient's details.
func (o *Outcome) Error() string {
	first := o.Issues[0]
	if first.Expression == "" {
		return first.Diagnostics
	}
	return first.Expression + ": " + first.Diagnostics
}

// JSON writes the OperationOutcome (FHIR R4 §2.36).
func (o *Outcome) JSON() []byte { return mustJSON(o.resource()) }

func (o *Outcome) resource() operationOutcome {
	severity := "error"
	if o.Status < http.StatusBadRequest {
		severity = "information"
	}
	out := operationOutcome{ResourceType: "OperationOutcome"}
	add := func(severity string, issues []Issue) {
		for _, i := range issues {
			written := outcomeIssue{Severity: severity, Code: i.Code, Diagnostics: i.Diagnostics}
			if i.Expression != "" {
				written.Expression = []string{i.Expression}
			}
			out.Issue = append(out.Issue, written)
		}
	}
	add(severity, o.Issues)
	add("warning", o.Warnings)
	return out
}

type operationOutcome struct {
	ResourceType string         `json:"resourceType"`
	ID           string         `json:"id,omitempty"`
	Issue        []outcomeIssue `json:"issue"`
}

type outcomeIssue struct {
	Severity    string   `json:"severity"`
	Code        Code     `json:"code"`
	Diagnostics string   `json:"diagnostics"`
	Expression  []string `json:"expression,omitempty"`
}

// mustJSON writes a value of this package, whose types can always be written.
func mustJSON(v any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return []byte(b.String())
}

// AsOutcome finds the outcome in a chain of errors.
func AsOutcome(err error) (*Outcome, bool) { return errors.AsType[*Outcome](err) }

// maxIssues is how many issues one answer lists: enough to mend a mapping, too few to be a weapon.
const maxIssues = 25

// problems collects what is wrong with a resource, so that a sender learns of all of it at once.
type problems struct {
	issues []Issue
	cause  error // as in Outcome
}

// reserved notes that an NHS number could not be read because it is the canary's: somebody has to hear of that.
func (p *problems) reserved(err error) {
	if errors.Is(err, plans.ErrNHSNumberReserved) {
		p.cause = plans.ErrNHSNumberReserved
	}
}

// add notes an issue about an element: the first of its kind for each.
func (p *problems) add(at element, code Code, diagnostics string) {
	p.addPath(at.path(), code, diagnostics)
}

func (p *problems) addPath(expression string, code Code, diagnostics string) {
	for _, known := range p.issues {
		if known.Expression == expression && (known.Code == code || known.Code == Required) {
			return
		}
	}
	if len(p.issues) < maxIssues {
		p.issues = append(p.issues, Issue{code, expression, diagnostics})
	}
}

func (p *problems) any() bool { return len(p.issues) > 0 }

// outcome is the refusal, or nil. What may not be done outweighs what cannot be read, and that outweighs what cannot be processed
// (FHIR R4 §3.1.0.4.1: 400 for a resource that fails basic validation, 422 for one that breaks a rule of the server).
func (p *problems) outcome() error {
	if !p.any() {
		return nil
	}
	status := http.StatusUnprocessableEntity
	for _, i := range p.issues {
		switch {
		case i.Code == Forbidden:
			status = http.StatusForbidden
		case (i.Code == Structure || i.Code == Invalid) && status != http.StatusForbidden:
			status = http.StatusBadRequest
		}
	}
	return &Outcome{Status: status, Issues: p.issues, Cause: p.cause}
}
