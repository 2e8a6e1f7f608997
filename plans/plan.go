// Package plans answers: whose plan is it, which version holds, and who may be shown it?
package plans

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// Urgency says how much a plan matters in the first minutes. The zero value is not valid.
type Urgency string

// The urgencies, from the least to the most.
const (
	Routine  Urgency = "routine"
	Urgent   Urgency = "urgent"
	Critical Urgency = "critical"
)

// Status is the life of a plan as FHIR R4 names it (RequestStatus).
type Status string

// The states of a plan. Only an active plan raises alerts.
const (
	Draft          Status = "draft"
	Active         Status = "active"
	OnHold         Status = "on-hold"
	Revoked        Status = "revoked"
	Completed      Status = "completed"
	EnteredInError Status = "entered-in-error"
	UnknownStatus  Status = "unknown"
)

// ParseStatus reads a FHIR R4 RequestStatus code.
func ParseStatus(s string) (Status, bool) {
	switch Status(s) {
	case Draft, Active, OnHold, Revoked, Completed, EnteredInError, UnknownStatus:
		return Status(s), true
	}
	return "", false
}

// MaxHeadline is the longest headline, in characters: what a board shows in one glance.
const MaxHeadline = 140

// Section is one part of a plan's text, in the order in which the centre wrote it. Title may be empty. Both are plain text.
type Section struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Plan is one version of an Urgent Care Plan.
type Plan struct {
	// ID is the FHIR logical id: 1 to 64 of A-Z a-z 0-9 - and '.'.
	ID string
	// Version begins at 1 and grows by one.
	Version int
	// Centre is the ODS code of the tertiary centre that owns the plan.
	Centre string
	Status Status
	// StatusReason is why the plan has its status, in the centre's words; it may be empty. A plan that was found does not tell it, its editions do.
	StatusReason string

	Patient  Identity
	Headline string
	Urgency  Urgency
	Sections []Section
	// Content is what an A&E must see, by its headings.
	Content Content
	// Author is who wrote it, as the centre names them; may be empty.
	Author string
	// Identifiers are the centre's own names for the plan. They serve to find it; a plan that was found does not list them.
	Identifiers []Identifier
	// From and To bound the time in which the plan holds (CarePlan.period); zero means open.
	From, To time.Time
	// Categories are the SNOMED CT codes of the kinds of plan it is (CarePlan.category). An agreement may cover named kinds only.
	Categories []string
	// Restriction names who may be shown the plan beside what agreements say; the zero value restricts nothing.
	Restriction Restriction
	// Consent is what the patient said about sharing this plan.
	Consent Consent
	// Published is when this version was received.
	Published time.Time
}

// Live tells whether the plan may raise alerts at an instant, and if not, why not in words.
func (p Plan) Live(at time.Time) (live bool, why string) {
	switch {
	case p.Status == EnteredInError:
		return false, "the centre marked the plan as entered in error"
	case p.Status == Revoked:
		return false, "the centre withdrew the plan"
	case p.Status == Completed:
		return false, "the centre marked the plan as completed"
	case p.Status == OnHold:
		return false, "the centre put the plan on hold"
	case p.Status != Active:
		return false, "the plan is not active"
	case !p.From.IsZero() && at.Before(p.From):
		return false, "the plan does not hold yet"
	case !p.To.IsZero() && !at.Before(p.To):
		return false, "the plan has expired"
	}
	return true, ""
}

// Ended is when a plan came to hold no more: when its newest version was received, or when its period ended after that. It is zero for a plan that may hold
// again by itself or has no end.
func (p Plan) Ended() time.Time {
	switch {
	case p.Status == Revoked || p.Status == EnteredInError || p.Status == Completed:
		return p.Published
	case p.To.IsZero():
		return time.Time{}
	case p.To.Before(p.Published):
		return p.Published
	}
	return p.To
}

// Over tells whether a plan has held no more since an instant.
func (p Plan) Over(since time.Time) bool { return !p.Ended().IsZero() && p.Ended().Before(since) }

// Publication is what a centre sends: the wanted state of one plan and the bytes that it came in.
type Publication struct {
	Plan Plan
	// Document is the resource as received; it is given back unchanged.
	Document []byte
	// IfMatch is the version that the sender believes to be the newest; 0 if the sender does not say.
	IfMatch int
	// MustBeNew refuses the publication if a plan with this id is held (a create with an id that we made).
	MustBeNew bool
	// IfNone publishes only if no plan of the centre has all of these identifiers; a plan that has them is left as it is.
	IfNone []Identifier
	// Instead revises the plan of the centre that has all of these identifiers. If there is none, the plan is new: with the id that it
	// names, else with one that is made for it.
	Instead []Identifier
	// Parts are the resources that came along under ids of their own.
	Parts []Part
}

// Held is a plan as it is kept: the newest version and the document it came in.
type Held struct {
	Plan     Plan
	Document []byte
}

// ErrForeign is returned when a centre asks for another centre's plan.
var ErrForeign = errors.New("the plan belongs to another centre")

// ErrNotFound is returned for a plan that is not held.
var ErrNotFound = errors.New("no such plan is held")

// StaleError refuses a publication that is based on a version which is no longer the newest.
type StaleError struct {
	// Sent is the version that the sender believed to be the newest; Held the one that is, 0 if none is held.
	Sent, Held int
}

func (e StaleError) Error() string {
	if e.Held == 0 {
		return fmt.Sprintf("the publication is based on version %d, but no such plan is held", e.Sent)
	}
	return fmt.Sprintf("the publication is based on version %d, but version %d is held", e.Sent, e.Held)
}

// Next decides what a publication does to the plan that is held, if any: it returns the version to keep, and whether it is a new one.
// The same document again is no new version, so that a sender may repeat a request whose answer was lost.
//
// Errors: ErrForeign if the held plan belongs to another centre, StaleError if IfMatch names another version than the one held.
func Next(held *Held, pub Publication) (next Plan, changed bool, err error) {
	if held == nil {
		if pub.IfMatch != 0 {
			return Plan{}, false, StaleError{Sent: pub.IfMatch}
		}
		next = pub.Plan
		next.Version = 1
		return next, true, nil
	}
	switch {
	case held.Plan.Centre != pub.Plan.Centre:
		return Plan{}, false, ErrForeign
	case pub.MustBeNew:
		return Plan{}, false, StaleError{Held: held.Plan.Version}
	case pub.IfMatch != 0 && pub.IfMatch != held.Plan.Version:
		return Plan{}, false, StaleError{Sent: pub.IfMatch, Held: held.Plan.Version}
	case bytes.Equal(held.Document, pub.Document):
		return held.Plan, false, nil
	}
	next = pub.Plan
	next.Version = held.Plan.Version + 1
	next.Content = next.Content.After(held.Plan.Content, held.Plan.Version)
	return next, true, nil
}

// Published is what became of one publication.
type Published struct {
	// Plan is the version that holds now.
	Plan Plan
	// Changed tells that this version is new. It is not if the same document was sent again, or if a plan was found that had to be left
	// as it is.
	Changed bool
}
