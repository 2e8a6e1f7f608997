package alerts

import (
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// OwnFacts are what the messages of a visit say of it, without what is known of the person elsewhere.
type OwnFacts struct {
	Patient plans.Identity
	Marks   Marks
	Stamps  Stamps
}

// Records are what a hospital's records of a person add to a visit. The zero value adds nothing.
type Records struct {
	// Own is what the visit's own messages say, where the person's record says something newer. Its stamps are empty if it does not.
	Own OwnFacts
	// Led is who the patient is by the record that the hospital merged this one into. It adds to what the visit says and replaces nothing: a
	// merge that was a mistake must not silence an alert.
	Led plans.Identity
	// Numbers are further NHS numbers of the patient, because the hospital merged the records of two. Unused places come last.
	Numbers [maxNumbers]plans.NHSNumber
}

// Name tells whether the records give the patient an NHS number, whichever of them it is.
func (r Records) Name(n plans.NHSNumber) bool {
	return r.Own.Patient.NHSNumber == n || r.Led.NHSNumber == n || slices.Contains(r.Numbers[:], n)
}

// maxNumbers is how many further NHS numbers of a patient are looked at. Nobody has more than two.
const maxNumbers = 4

// personal are the facts that a message about a person can state. They are a visit's facts, too.
var personal = [...]fact{
	factNHSNumber, factTracing, factName, factOthers, factBirthDate, factSex, factPostcode, factRestricted, factDead, factUnidentified,
}

// take copies a fact and its stamp.
func (a *Attendance) take(f fact, from Attendance) {
	a.Stamps[f] = from.Stamps[f]
	switch f {
	case factNHSNumber:
		a.Patient.NHSNumber = from.Patient.NHSNumber
	case factTracing:
		a.Patient.Tracing = from.Patient.Tracing
	case factName:
		a.Patient.Family, a.Patient.Given = from.Patient.Family, from.Patient.Given
	case factOthers:
		a.Patient.Others = from.Patient.Others
	case factBirthDate:
		a.Patient.BirthDate = from.Patient.BirthDate
	case factSex:
		a.Patient.Sex = from.Patient.Sex
	case factPostcode:
		a.Patient.Postcode = from.Patient.Postcode
	case factRestricted:
		a.Patient.Restricted = from.Patient.Restricted
	case factDead:
		a.Marks.Dead = from.Marks.Dead
	case factUnidentified:
		a.Marks.Unidentified = from.Marks.Unidentified
	}
}

// own is the visit as its own messages tell it.
func (a Attendance) own() Attendance {
	if own := a.Records.Own; own.Stamps != (Stamps{}) {
		a.Patient, a.Marks, a.Stamps = own.Patient, own.Marks, own.Stamps
	}
	a.Records = Records{}
	return a
}

// with adds what a person's record says later than the visit.
func (a Attendance) with(person Attendance) Attendance {
	before := a
	for _, f := range personal {
		if person.Stamps[f] > a.Stamps[f] {
			a.take(f, person)
		}
	}
	if a != before && a.Records.Own.Stamps == (Stamps{}) {
		a.Records.Own = OwnFacts{before.Patient, before.Marks, before.Stamps}
	}
	return a
}

// Numbers are the NHS numbers by which plans of the patient are found.
func (a Attendance) numbers() []plans.NHSNumber {
	var out []plans.NHSNumber
	for _, n := range append([]plans.NHSNumber{a.Patient.NHSNumber, a.Records.Led.NHSNumber}, a.Records.Numbers[:]...) {
		if !n.IsZero() && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// as is the patient under another NHS number: what the visit does not say of them is what the surviving record says.
func (a Attendance) as(n plans.NHSNumber) plans.Identity {
	i, led := a.Patient, a.Records.Led
	i.NHSNumber, i.Tracing = n, ""
	if led.NHSNumber == n {
		i.Tracing = led.Tracing
	}
	if i.Family == "" && i.Given == "" {
		i.Family, i.Given = led.Family, led.Given
	}
	if i.BirthDate == "" {
		i.BirthDate = led.BirthDate
	}
	if i.Sex == "" {
		i.Sex = led.Sex
	}
	if i.Postcode == "" {
		i.Postcode = led.Postcode
	}
	return i
}

// The words before the reason of a match that a merge leads to.
const (
	mergedNumbers = "the hospital merged the records of two NHS numbers; of the other one: "
	mergedRecords = "the hospital merged this record into that of a patient with another NHS number; of that one: "
)

// byRecords is a better comparison than the one by what the visit says, where merged records add one.
func (a arrival) byRecords(p plans.Plan, found Compared) Compared {
	if a.Records == (Records{}) || found.Match == Confirmed {
		return found
	}
	n := p.Patient.NHSNumber
	switch {
	case n.IsZero() || n == a.Patient.NHSNumber:
	case slices.Contains(a.Records.Numbers[:], n):
		if as := a.as(n, p); as.Match == Confirmed || found.Match == "" {
			as.Reason = mergedNumbers + as.Reason
			return as
		}
	case n == a.Records.Led.NHSNumber && found.Match == "":
		if as := a.as(n, p); as.Match != "" {
			as.Match, as.Reason = Possible, mergedRecords+as.Reason
			return as
		}
	}
	return found
}

// as compares the patient under another NHS number.
func (a arrival) as(n plans.NHSNumber, p plans.Plan) Compared {
	return compare(matching.Prepare(a.Attendance.as(n)), p, a.grounds.Trust)
}

// identifiers of a hospital's records: a hospital number or an NHS number, told apart by what stands before them.
func recordOf(hospitalNumber string) string { return hospitalRecord + hospitalNumber }

func recordOfNHS(n plans.NHSNumber) string { return nhsRecord + n.Reveal() }

const (
	hospitalRecord = "mr "
	nhsRecord      = "nhs "
)

// PersonVisit is the name under which a person's record is kept among the visits. No hospital's visit begins with a control character: they
// are cleaned away.
func PersonVisit(record string) string { return "\x1f" + record }

// IsPerson tells whether this is no visit, but what is known of a person without one. It is never open.
func (a Attendance) IsPerson() bool { return strings.HasPrefix(a.Visit, "\x1f") }

// records are the names of the records that speak of a visit's patient.
func (a Attendance) records() []string { return RecordNames(a.HospitalNumber, a.Patient.NHSNumber) }

// records are the names of the records that a message speaks of.
func (e Event) records() []string { return RecordNames(e.HospitalNumber.Value, e.NHSNumber.Value) }

// RecordNames are the names of the records under which an organisation may know a person.
func RecordNames(hospitalNumber string, n plans.NHSNumber) []string {
	var out []string
	if hospitalNumber != "" {
		out = append(out, recordOf(hospitalNumber))
	}
	if !n.IsZero() {
		out = append(out, recordOfNHS(n))
	}
	return out
}

// Link says that an organisation merged one of its records into another.
type Link struct {
	ID, Organisation string
	// From does not survive, Into does.
	From, Into string
	// Stamp is that of the newest message that said so.
	Stamp Stamp
	// Undone tells that somebody here took it back. A newer message of the hospital makes it hold again.
	Undone bool
}

// survivor follows merges to the record that survives. Of two merges of one record the later counts. Where they lead in a circle (A into B,
// and B into A), the oldest of the circle does not count: the later message took it back.
func survivor(record string, links []Link) string {
	out := map[string]Link{}
	for _, l := range links {
		if !l.Undone && l.From != l.Into && l.Stamp > out[l.From].Stamp {
			out[l.From] = l
		}
	}
	var path []Link
	at := map[string]int{}
	for {
		if begin, circle := at[record]; circle {
			oldest := slices.MinFunc(path[begin:], func(a, b Link) int { return strings.Compare(string(a.Stamp), string(b.Stamp)) })
			return oldest.From
		}
		next, more := out[record]
		if !more {
			return record
		}
		at[record] = len(path)
		path = append(path, next)
		record = next.Into
	}
}

// family lists the records that survive as the same one, in order.
func family(record string, links []Link) []string {
	root := survivor(record, links)
	out := []string{record}
	for _, l := range links {
		for _, r := range [...]string{l.From, l.Into} {
			if !slices.Contains(out, r) && survivor(r, links) == root {
				out = append(out, r)
			}
		}
	}
	slices.Sort(out)
	return out
}

// led adds what merges say: links are all that touch the visit's records, persons all records that they name.
func (a Attendance) led(persons map[string]Attendance, links []Link) Attendance {
	if a.HospitalNumber != "" {
		mine := recordOf(a.HospitalNumber)
		if into := survivor(mine, links); into != mine {
			a.Records.Led = persons[into].Patient
		}
	}
	number := a.Patient.NHSNumber
	if number.IsZero() {
		number = a.Records.Led.NHSNumber
	}
	if number.IsZero() {
		return a
	}
	i := 0
	for _, r := range family(recordOfNHS(number), links) {
		digits, isNHS := strings.CutPrefix(r, nhsRecord)
		if n, err := plans.ParseNHSNumber(digits); isNHS && err == nil && n != a.Patient.NHSNumber && i < maxNumbers {
			a.Records.Numbers[i] = n
			i++
		}
	}
	return a
}

// applyPerson folds an event about a person into a record.
func applyPerson(record Attendance, name string, e Event, org directory.Organisation, dir *directory.Directory) Attendance {
	e.Visit, e.Class = PersonVisit(name), ""
	e.Location = Field[Location]{}
	return record.Apply(e, org, dir)
}
