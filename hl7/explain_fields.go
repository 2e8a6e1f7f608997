package hl7

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// times explains when the event was, and by which of the times it is ordered.
func (x *explainer) times() {
	ordered := false
	for _, t := range [...]struct {
		place, name string
		at          time.Time
	}{{"EVN-6", "when it occurred", x.e.Occurred}, {"EVN-2", "when it was recorded", x.e.Recorded}, {"MSH-7", "when it was sent", x.e.Sent}} {
		presence, why := presenceOf(!t.at.IsZero()), x.timeWhy(t.place)
		if presence == Present && !ordered {
			ordered = true
			why += "; messages are ordered by it"
		}
		x.open(t.place, t.name, presence, x.instant(t.at), why)
	}
}

func presenceOf(stated bool) Presence {
	if stated {
		return Present
	}
	return Absent
}

func (x *explainer) zone() *time.Location { return x.rules.zone() }

// instant writes a time as the hospital's clocks show it.
func (x *explainer) instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(x.zone()).Format("2 January 2006 15:04:05 -0700")
}

// timeWhy says how a time was read, or why it could not be.
func (x *explainer) timeWhy(place string) string {
	text := Clean(x.value(place).Text())
	if text == "" {
		return ""
	}
	read, err := readPeriod(text, x.zone())
	switch {
	case err != nil:
		return err.Error()
	case !read.end.IsZero() && strings.HasPrefix(place, "PV1"):
		return errCoarse.Error() + ", so the time of the message counts instead"
	case !read.end.IsZero():
		return errCoarse.Error() + ", so it is as late as it can be: not after what follows it"
	}
	if isISO(text) {
		return isoWhy + "; where it says no offset from UTC, it is read in " + x.zone().String()
	}
	if strings.ContainsAny(text, "+-") {
		return "it says its offset from UTC"
	}
	return "read in " + x.zone().String()
}

// isoWhy says how a date that is not written as HL7 has it was read.
const isoWhy = "written as in ISO 8601, year first: read all the same"

// person explains who the patient is.
func (x *explainer) person() {
	number := x.e.NHSNumber.Value.String()
	if x.patient {
		number = x.e.NHSNumber.Value.Reveal()
	}
	if x.e.NHSNumber.Presence != Present {
		number = ""
	}
	x.add("PID-3", "NHS number", x.e.NHSNumber.Presence, number, x.numberWhy(), x.masked("PID-3", 4, 5))
	x.personal("PID-3", "hospital number", x.e.HospitalNumber.Presence, x.e.HospitalNumber.Value, x.hospitalWhy(), 4, 5)
	trust := "it is not trusted here"
	if x.profile.Trusts(x.e.Tracing.Value) {
		trust = "it is trusted here"
	}
	x.open("PID-32", "NHS number status", x.e.Tracing.Presence, statusOf(x.e.Tracing.Value), when(x.e.Tracing.Presence == Present, trust))
	x.personal("PID-5", "name", x.e.Name.Presence, nameOf(plans.PersonName(x.e.Name.Value)), x.nameWhy(), 7)
	var others []string
	for _, n := range x.e.Others.Value {
		if n != (plans.PersonName{}) {
			others = append(others, nameOf(n))
		}
	}
	if len(others) > 0 {
		x.personal("PID-5", "other names", x.e.Others.Presence, strings.Join(others, "; "), "of the other repetitions and of PID-9", 7)
	}
	x.personal("PID-7", "date of birth", x.e.BirthDate.Presence, string(x.e.BirthDate.Value), x.birthWhy())
	x.open("PID-8", "sex", x.e.Sex.Presence, string(x.e.Sex.Value), x.codeWhy("PID-8", "sex", x.profile.Sex, x.e.Sex.Presence))
	x.personal("PID-11", "postcode", x.e.Postcode.Presence, x.e.Postcode.Value, "of the first address that has one (PID-11.5)")
	x.open("PID-30", "has died", x.e.Dead.Presence, yesNo(x.e.Dead), "")
	x.open("PID-31", "nobody knows who it is", x.e.Unidentified.Presence, yesNo(x.e.Unidentified), "")
	if x.e.Kind == alerts.Merge {
		gone := len(x.e.Prior.HospitalNumbers) + len(x.e.Prior.NHSNumbers)
		x.add("MRG-1", "identifiers that do not survive", presenceOf(gone > 0),
			fmt.Sprintf("%d hospital numbers, %d NHS numbers", len(x.e.Prior.HospitalNumbers), len(x.e.Prior.NHSNumbers)), "", x.masked("MRG-1", 4, 5))
	}
}

// when is the text if the condition holds.
func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

func nameOf(n plans.PersonName) string {
	return strings.Trim(n.Family+", "+n.Given, ", ")
}

func yesNo(f alerts.Field[bool]) string {
	switch {
	case f.Presence != Present:
		return ""
	case f.Value:
		return "yes"
	}
	return "no"
}

func (x *explainer) nameWhy() string {
	if x.e.Name.Presence == Absent {
		return "nobody is named: the family name Unknown is no name"
	}
	return "the legal name (type L) first, then one without a type"
}

// statusOf says in words how sure an NHS number is.
func statusOf(t plans.Tracing) string {
	words := map[plans.Tracing]string{
		plans.Verified: "present and verified", plans.NotTraced: "present, not traced", plans.TraceRequired: "trace required",
		plans.NoOrMultipleMatch: "trace attempted: no match, or several", plans.TraceConflict: "trace found a conflict", plans.TraceInProgress: "trace in progress",
		plans.NumberNotPresent: "not present, no trace required", plans.TracePostponed: "trace postponed (baby under six weeks)",
	}
	return words[t]
}

// numberWhy says by what the NHS number was recognised, or why there is none.
func (x *explainer) numberWhy() string {
	codes := strings.Join(x.profile.NHSNumber, " or ")
	found := 0
	why := "no identifier has " + codes + " as its authority (CX.4) or type (CX.5)"
	for id := range x.value("PID-3").Repetitions() {
		found++
		if !x.profile.isNHS(id) {
			why += x.perhapsNHS(found, id)
			continue
		}
		switch number, err := plans.ParseNHSNumber(Clean(id.Component(1).Text())); {
		case err != nil && id.Component(1).Presence() == Present:
			why = fmt.Sprintf("repetition %d says that it is one, but %v", found, err)
		case err != nil:
			why = fmt.Sprintf("repetition %d is for one, and is empty", found)
		case number.IsTest() && !x.rules.TestPatients:
			why = fmt.Sprintf("repetition %d is a test number, and these are not taken here", found)
		default:
			return fmt.Sprintf("repetition %d, by its authority or type %s", found, codes)
		}
	}
	return why
}

// perhapsNHS says of an identifier by which codes it would be recognised, if it is an NHS number: its check digit is right.
func (x *explainer) perhapsNHS(repetition int, id Value) string {
	code := cmp.Or(upper(id.Component(4)), upper(id.Component(5)))
	if _, err := plans.ParseNHSNumber(Clean(id.Component(1).Text())); err != nil || code == "" {
		return ""
	}
	return fmt.Sprintf("; repetition %d has the form of one: if it is, name %s in identifiers.nhs_number of the profile", repetition, code)
}

func (x *explainer) hospitalWhy() string {
	only := ""
	if len(x.profile.HospitalAuthorities) > 0 {
		only = ", only of the authority " + strings.Join(x.profile.HospitalAuthorities, " or ") + " (profile)"
	}
	if x.e.HospitalNumber.Presence == Absent {
		return "no identifier is a hospital number" + only
	}
	return "the first of type " + strings.Join(x.profile.HospitalTypes, " or ") + ", else the first that is no NHS number" + only
}

func (x *explainer) birthWhy() string {
	text := Clean(x.value("PID-7").Text())
	if _, err := ReadDate(text); err != nil {
		return err.Error()
	}
	return when(isISO(text), isoWhy)
}

// codeWhy says which table told what a code means, or that none does.
func (x *explainer) codeWhy(place, what string, table Codes, presence Presence) string {
	code := upper(x.value(place))
	if code == "" {
		return ""
	}
	if meant, ok := table[code]; ok {
		return fmt.Sprintf("the profile's table says that the %s %s means %s", what, code, meant)
	}
	if presence == Absent {
		return fmt.Sprintf("the %s is in no table: neither the profile's nor the standard's; name it in codes.%s of the profile", what, what)
	}
	return "by the table of the standard"
}

// classWhy says how the patient class was read, and what follows where it could not be.
func (x *explainer) classWhy() string {
	sent := x.value("PV1-2")
	switch meant, word := PatientClassWords[upper(sent)]; {
	case upper(sent) == "":
		return ""
	case x.e.Class == "":
		return "the patient class is in no table: neither the profile's nor the standard's; so a registration counts as an arrival. " +
			"Say what it means in codes.patient_class of the profile"
	case word && meant == x.e.Class:
		return "by the word"
	}
	return x.codeWhy("PV1-2", "patient class", x.profile.Class, Present)
}

// visit explains which visit this is, and where the patient is.
func (x *explainer) visit() {
	source := x.visitSource()
	visit, refusal := x.profile.visit(x.m.Segment("PID"), x.m.Segment("PV1"), x.e.HospitalNumber.Value)
	switch {
	case !x.e.Kind.OfVisit() && refusal != nil:
		x.open("PV1-19", "visit", Absent, "", "")
	case source == PatientInsteadOf && !x.patient:
		x.add(string(source), "visit", presenceOf(refusal == nil), shape(visit), "the first of "+x.profile.visitPlaces()+" that is there", x.masked("PID-3", 4, 5))
	default:
		x.open(string(source), "visit", presenceOf(refusal == nil), visit, "the first of "+x.profile.visitPlaces()+" that is there")
	}
	x.open("PV1-2", "patient class", presenceOf(x.e.Class != ""), classOf(x.e.Class), x.classWhy())
	l := x.e.Location
	var where []string
	for _, part := range [...]struct{ name, text string }{
		{"point of care ", l.Value.PointOfCare}, {"room ", l.Value.Room}, {"bed ", l.Value.Bed}, {"site ", l.Value.Site},
	} {
		if part.text != "" {
			where = append(where, part.name+part.text)
		}
	}
	x.open("PV1-3", "location", l.Presence, strings.Join(where, ", "), "")
	x.open("PV1-44", "arrived", x.e.Arrived.Presence, x.instant(x.e.Arrived.Value), x.timeWhy("PV1-44"))
	x.open("PV1-45", "left", x.e.Left.Presence, x.instant(x.e.Left.Value), x.timeWhy("PV1-45"))
	x.open("PV1-36", "discharge disposition", x.e.Disposition.Presence, x.e.Disposition.Value, x.codeWhy("PV1-36", "discharge", x.profile.Disposition, x.e.Disposition.Presence))
	x.open("PV1-16", "sensitive", x.e.Sensitive.Presence, yesNo(x.e.Sensitive), "")
	x.open("ZU8-2", "consent to share", x.e.Consent.Presence, consentOf(x.e.Consent.Value), x.codeWhy("ZU8-2", "consent", x.profile.Consent, x.e.Consent.Presence))
	x.open("ZU8-4", "location hidden", x.e.Hiding.Presence, hidingOf(x.e.Hiding), "")
}

// visitSource is the place that identifies the visit; the first choice if none does.
func (x *explainer) visitSource() VisitSource {
	i := slices.IndexFunc(x.profile.Visit, func(v VisitSource) bool {
		text, _ := v.sourceOf(x.m.Segment("PID"), x.m.Segment("PV1"), x.e.HospitalNumber.Value)
		return text != ""
	})
	return x.profile.Visit[max(i, 0)]
}

func classOf(class string) string {
	switch class {
	case "E":
		return "E, emergency"
	case "I":
		return "I, inpatient"
	case "O":
		return "O, outpatient"
	}
	return class
}

func consentOf(c plans.Consent) string {
	switch c {
	case plans.Given:
		return "express consent"
	case plans.Dissent:
		return "express dissent"
	case plans.NotStated:
		return "unknown"
	}
	return ""
}

func hidingOf(f alerts.Field[alerts.Hiding]) string {
	switch {
	case f.Presence != Present:
		return ""
	case f.Value == alerts.HiddenLocally:
		return "from the locality"
	case f.Value == alerts.HiddenNational:
		return "from everybody"
	}
	return "no"
}
