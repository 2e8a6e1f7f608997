package plans

import (
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/directory"
)

// Restriction narrows who may be shown a plan below what sharing agreements allow. An empty list restricts nothing; where both lists
// name somebody, both must hold.
type Restriction struct {
	// Organisations are ODS codes of organisations whose departments may be shown the plan.
	Organisations []string `json:"organisations,omitempty"`
	// Roles are the roles of viewers who may be shown the plan, such as "clinician".
	Roles []string `json:"roles,omitempty"`
}

// Consent is what a patient, or who decides for them, said about sharing.
type Consent string

// What can be known about consent. Not stated counts as consent: care that was asked for is care that may be informed.
const (
	NotStated Consent = ""
	Given     Consent = "given"
	Dissent   Consent = "dissent"
)

// ShownIn tells how much of the plan a department may be shown on a day, as agreements and the plan's own restriction allow, and if
// nothing, why not in words. What the patient said is asked beside it: see [Plan.Withheld].
func (p Plan) ShownIn(dir *directory.Directory, department string, on time.Time) (show directory.Show, why string) {
	show = dir.Shares(p.Centre, department, p.Categories, on)
	if show == directory.Nothing {
		return show, "no sharing agreement covers this plan and region"
	}
	if !p.Restriction.admits(dir, department, on) {
		return directory.Nothing, "the plan is restricted to other organisations"
	}
	return show, ""
}

// admits tells whether a department's organisation is one of those named, or took one of them over.
func (r Restriction) admits(dir *directory.Directory, department string, on time.Time) bool {
	if len(r.Organisations) == 0 {
		return true
	}
	receiver, ok := dir.OrganisationOf(department)
	return ok && slices.ContainsFunc(r.Organisations, func(code string) bool {
		named, exists := dir.Facility(code, on)
		return code == receiver.ID || exists && named.ID == receiver.ID
	})
}

// Admits tells whether a viewer in a role may be shown the plan.
func (r Restriction) Admits(role string) bool {
	return len(r.Roles) == 0 || slices.Contains(r.Roles, role)
}

// Withheld tells whether the patient does not want the plan to be shown, and why in words: as the plan says, or as the hospital does.
func (p Plan) Withheld(atTheDesk Consent) (withheld bool, why string) {
	switch {
	case p.Consent == Dissent:
		return true, "the patient told the centre not to share the plan"
	case atTheDesk == Dissent:
		return true, "the patient told the hospital not to share"
	}
	return false, ""
}
