package subscribers

import (
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// ConflictView is a matter about which the plans of a patient disagree, side by side.
type ConflictView struct {
	About    string     `json:"about" enum:"cpr,ceiling,advance-decision,medicine"`
	Medicine string     `json:"medicine,omitempty"`
	Sides    []SideView `json:"sides" nullable:"false"`
}

// SideView is what one plan says in a conflict.
type SideView struct {
	Plan       string `json:"plan"`
	Version    int    `json:"version"`
	Centre     string `json:"centre"`
	CentreName string `json:"centre_name,omitempty"`
	// Says is a saying of the plan's content, or a use of the medicine, or "allergy".
	Says  string `json:"says"`
	Words string `json:"words,omitempty"`
	Since string `json:"since,omitempty"`
}

// DrawConflicts shows where an alert's plan disagrees with the other plans that a viewer in a role may see in full for the same visit.
func DrawConflicts(s alerts.Sight, role string, dir *directory.Directory, now time.Time) []ConflictView {
	if !s.Certain() || len(s.Beside) == 0 {
		return nil
	}
	var shown []plans.Plan
	for _, p := range append([]plans.Plan{s.Plan}, s.Beside...) {
		of := alerts.Sight{Alert: s.Alert, Attendance: s.Attendance, Plan: p}
		if of.Show(dir, now) == directory.Full && p.Restriction.Admits(role) {
			shown = append(shown, p)
		}
	}
	var out []ConflictView
	for _, c := range plans.Conflicts(shown) {
		v, own := ConflictView{About: string(c.About), Medicine: c.Medicine}, false
		for _, side := range c.Sides {
			own = own || side.Plan == s.Plan.ID
			drawn := SideView{side.Plan, side.Version, side.Centre, "", side.Says, side.Words, string(side.Since)}
			if org, ok := dir.Organisation(side.Centre); ok {
				drawn.CentreName = org.Name
			}
			v.Sides = append(v.Sides, drawn)
		}
		if own {
			out = append(out, v)
		}
	}
	return out
}

// ReviewOn tells how a plan stands against its day of review, on the day that it is in a department.
func ReviewOn(c plans.Content, department string, dir *directory.Directory, now time.Time) plans.Review {
	// Where every clock on earth gives the same answer, the zone need not be looked up: this is asked for every alert that is drawn.
	const farthest = 14 * time.Hour
	utc := now.UTC()
	if early := plans.ReviewOf(c.ReviewDue, utc.Add(-farthest)); early == plans.ReviewOf(c.ReviewDue, utc.Add(farthest)) {
		return early
	}
	if d, ok := dir.Department(department); ok {
		if zone, err := time.LoadLocation(d.TimeZone); err == nil {
			now = now.In(zone)
		}
	}
	return plans.ReviewOf(c.ReviewDue, now)
}
