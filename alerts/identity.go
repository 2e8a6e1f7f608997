package alerts

import (
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// Grounds are what a decision rests on beside the attendance and the plans.
type Grounds struct {
	// Rulings are what people said about the attendance.
	Rulings []Ruling
	// Trust is the trust in the NHS numbers of the hospital; the zero value is the usual one.
	Trust matching.Trust
}

func (d *Desk) grounds(a Attendance, rulings []Ruling) Grounds {
	return Grounds{Rulings: rulings, Trust: d.trust(a.Organisation)}
}

// Compared is how an attendance and a plan compare, and what follows from it and from what was ruled.
type Compared struct {
	// Match is empty if they are not taken for the same patient. Reason is in words either way.
	Match  Match
	Reason string
	Fields []matching.Field
}

// arrival is an attendance made ready to be compared with several plans.
type arrival struct {
	Attendance
	person  matching.Person
	grounds Grounds
	dir     *directory.Directory
}

func arrive(a Attendance, g Grounds, dir *directory.Directory) arrival {
	return arrival{a, matching.Prepare(a.Patient), g, dir}
}

func compare(person matching.Person, p plans.Plan, trust matching.Trust) Compared {
	planned := matching.Prepare(p.Patient)
	found := person.Compare(&planned, trust)
	return Compared{matchOf(found.Tier), found.Reason, found.Fields}
}

// compare compares the arrival with whom a plan is about, by what the visit says and by what merged records add, and adds what was ruled.
func (a arrival) compare(p plans.Plan) Compared {
	c := a.byRecords(p, compare(a.person, p, a.grounds.Trust))
	if a.Marks.Unidentified && c.Match != "" {
		c.Match, c.Reason = Possible, c.Reason+"; the hospital says that it does not know who the patient is"
	}
	if said := rulingOn(a.grounds.Rulings, p.ID); said != nil {
		c.Match, c.Reason = identify(c, *said, zoneOf(a.Department, a.dir))
	}
	return c
}

// matchOf is the tier of a comparison as alerts have it.
func matchOf(t matching.Tier) Match {
	switch t {
	case matching.Confirmed:
		return Confirmed
	case matching.Possible:
		return Possible
	}
	return ""
}

// identify tells how sure it is that an attendance and a plan are about the same patient, from what the two say and from what a person
// ruled who had both before them. The reason is in words either way.
//
// A ruling holds as long as the evidence is what the person saw, or says the same. What a person denied is never taken for certain by the
// service alone, and what a person confirmed is never withdrawn by it: where the evidence turns against a ruling, somebody is asked again.
func identify(found Compared, said Ruling, zone *time.Location) (Match, string) {
	now := LikenessOf(found)
	switch {
	case said.Answer == SamePatient && found.Match == Confirmed:
		return Confirmed, found.Reason
	case said.Answer == SamePatient:
		if against := now.against(said.Seen); against != "" {
			return Possible, fmt.Sprintf("%s; since then the %s differs", said.words(zone), against)
		}
		return Confirmed, said.words(zone)
	}
	if better := now.better(said.Seen); better != "" && found.Match != "" {
		return Possible, fmt.Sprintf("%s; but %s: %s", said.words(zone), better, found.Reason)
	}
	return "", said.words(zone)
}

// LikenessOf is what is remembered of a comparison on which somebody rules.
func LikenessOf(c Compared) Likeness {
	l := Likeness{Match: c.Match, Fields: make(map[string]matching.Degree, len(c.Fields))}
	for _, f := range c.Fields {
		l.Fields[f.Name] = f.Degree
	}
	return l
}

// zoneOf is the time zone of a department; UTC if there is no such department.
func zoneOf(department string, dir *directory.Directory) *time.Location {
	if d, ok := dir.Department(department); ok {
		if zone, err := time.LoadLocation(d.TimeZone); err == nil {
			return zone
		}
	}
	return time.UTC
}
