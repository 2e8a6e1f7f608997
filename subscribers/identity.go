package subscribers

import (
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// PairView is an arrival beside a plan: who the hospital says is there, and whom the plan is about. It holds nothing of what the plan says.
type PairView struct {
	Alert      string `json:"alert"`
	Department string `json:"department"`
	// Seen names what is shown here: a ruling names it, too, so that nobody rules on what they did not see, or without knowing what was ruled.
	Seen string `json:"seen"`
	// State is that of the alert; Match is "confirmed", "possible" or, for two who are not taken for one patient, absent. Reason is why.
	State      string `json:"state"`
	Match      string `json:"match,omitempty"`
	Reason     string `json:"reason"`
	Centre     string `json:"centre"`
	CentreName string `json:"centre_name,omitempty"`
	// Ruling is what somebody said last about the two.
	Ruling *RulingView `json:"ruling,omitempty"`
	Fields []FieldView `json:"fields" nullable:"false"`
}

// RulingView is what somebody said about whether an arrival and a plan are about one patient (at: RFC 3339, UTC).
type RulingView struct {
	Answer string `json:"answer" enum:"same,other"`
	By     string `json:"by"`
	Role   string `json:"role"`
	At     string `json:"at"`
}

// FieldView is one identifier on both sides.
type FieldView struct {
	Name    string `json:"name"`
	Arrival string `json:"arrival,omitempty"`
	Plan    string `json:"plan,omitempty"`
	// Agreement is how far the two agree; absent for what is shown and not compared. Words say the same, with how.
	Agreement string `json:"agreement,omitempty" enum:"agrees,agrees in part,differs,not known"`
	Words     string `json:"words,omitempty"`
	// Hidden: nobody may learn from here where the patient lives. Only whether it agrees is told.
	Hidden bool `json:"hidden,omitempty"`
}

// postcodeField is the name of the field that says where a patient lives.
const postcodeField = "postcode"

// DrawPair shows an arrival beside a plan, as the two were found to compare.
func DrawPair(p alerts.Pair, found alerts.Compared, dir *directory.Directory) PairView {
	v := PairView{
		Alert: p.Alert.ID, Department: p.Alert.Department, Seen: p.SeenAs(), State: string(p.Alert.State),
		Match: string(found.Match), Reason: found.Reason, Centre: p.Alert.Centre, Fields: []FieldView{},
	}
	if org, ok := dir.Organisation(p.Alert.Centre); ok {
		v.CentreName = org.Name
	}
	v.Ruling = DrawRuling(p.Ruling)
	arrived, planned := p.Attendance.Patient, p.Plan.Patient
	here, there := identifiers(arrived), identifiers(planned)
	for _, f := range found.Fields {
		field := FieldView{Name: f.Name, Arrival: here[f.Name], Plan: there[f.Name], Agreement: string(f.Degree), Words: f.Agreement}
		if f.Name == postcodeField && (arrived.Restricted || planned.Restricted) {
			field.Arrival, field.Plan, field.Hidden = "", "", true
		}
		v.Fields = append(v.Fields, field)
	}
	for _, name := range [...]string{otherNamesField, statusField} {
		if here[name] != "" || there[name] != "" {
			v.Fields = append(v.Fields, FieldView{Name: name, Arrival: here[name], Plan: there[name]})
		}
	}
	return v
}

// DrawRuling shows what somebody said about a pair; nil if nobody said anything.
func DrawRuling(said *alerts.Ruling) *RulingView {
	if said == nil {
		return nil
	}
	return &RulingView{Answer: string(said.Answer), By: said.By.Name, Role: said.By.Role, At: instant(said.At)}
}

// What is shown beside the fields that are compared.
const (
	otherNamesField = "other names"
	statusField     = "NHS number status"
)

func identifiers(i plans.Identity) map[string]string {
	return map[string]string{
		"NHS number": i.NHSNumber.Reveal(), "family name": i.Family, "given name": i.Given, "date of birth": string(i.BirthDate), "sex": string(i.Sex),
		postcodeField: i.Postcode, otherNamesField: otherNames(i), statusField: statusWords[i.Tracing],
	}
}

func otherNames(i plans.Identity) string {
	var all []string
	for _, n := range i.Others {
		switch {
		case n.Family != "" && n.Given != "":
			all = append(all, n.Family+", "+n.Given)
		case n != (plans.PersonName{}):
			all = append(all, n.Family+n.Given)
		}
	}
	return strings.Join(all, "; ")
}

// statusWords say the NHS number status (NHS Data Dictionary, NHS NUMBER STATUS INDICATOR CODE).
var statusWords = map[plans.Tracing]string{
	plans.Verified: "verified", plans.NotTraced: "not traced", plans.TraceRequired: "trace required", plans.NoOrMultipleMatch: "traced: no match, or several",
	plans.TraceConflict: "traced: conflict to be resolved", plans.TraceInProgress: "trace in progress", plans.NumberNotPresent: "said not to be present",
	plans.TracePostponed: "trace postponed: baby under six weeks",
}
