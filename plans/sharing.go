package plans

import (
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

// ShownIn tells how much of the plan a department may be shown on a day, and if nothing, why not in words.
func (p Plan) ShownIn(dir *directory.Directory, department string, on time.Time) (show directory.Show, why string) {
	show = dir.Shares(p.Centre, department, p.Categories, on)
	if show == directory.Nothing {
		return show, "no sharing agreement covers this plan and region"
	}
	return show, ""
}
