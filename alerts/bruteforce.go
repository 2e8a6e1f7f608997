package alerts

import (
	"cmp"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// This file is the second opinion of the proof of no miss. It says from the rules in words which alerts should stand, and uses nothing of
// what Decide is made of: not how it finds candidates, not what it makes of rulings, not Plan.Live, not Plan.ShownIn, not Directory.Shares.
// What it shares is the weighing of two identities (package matching), which is proved on its own. Keep it slow and plain; two ways of saying
// the same are of use only as long as they are two.

// should is what the second opinion expects of an attendance and a plan.
type should struct {
	match      Match
	show       directory.Show
	department string
	version    int
}

// expect tells whether an alert should stand for an attendance and a plan.
func expect(a Attendance, p plans.Plan, on Grounds, dir *directory.Directory, now time.Time) (should, bool) {
	// The patient is in a department, or came through it and is still in the hospital, or is away for a while.
	here := a.State == "in department" || a.State == "admitted" || a.State == "on leave"
	if !here || a.Department == "" {
		return should{}, false
	}
	// The centre says that the plan is active, and it is neither too early nor too late.
	tooEarly := !p.From.IsZero() && p.From.After(now)
	tooLate := !p.To.IsZero() && !p.To.After(now)
	if p.Status != "active" || tooEarly || tooLate {
		return should{}, false
	}
	// The patient has not said no, neither to the centre nor at the desk.
	if p.Consent == "dissent" || a.Consent == "dissent" {
		return should{}, false
	}
	// Somebody agreed that it may be shown there, and the plan itself does not say otherwise.
	show := agreed(p, a.Department, dir, now)
	if show == "" || !named(p.Restriction.Organisations, runs(dir, a.Department), dir, now) {
		return should{}, false
	}
	// It is, or may be, the same person.
	match := who(a, p, on)
	return should{match: match, show: show, department: a.Department, version: p.Version}, match != ""
}

// who says how sure it is that the two are one person: first by what stands in both, then by what somebody said of them.
func who(a Attendance, p plans.Plan, on Grounds) Match {
	match, degree := likened(a.Patient, p.Patient, on)
	// Where the hospital merged records, another number may be the patient's, too: for certain if both are of one record, possibly if this
	// record was merged into another one.
	if n := p.Patient.NHSNumber; !n.IsZero() && n != a.Patient.NHSNumber && match != "confirmed" {
		other, led, sameRecord := a.Patient, a.Records.Led, false
		for _, of := range a.Records.Numbers {
			sameRecord = sameRecord || of == n
		}
		other.NHSNumber, other.Tracing = n, ""
		if led.NHSNumber == n {
			other.Tracing = led.Tracing
		}
		if other.Family+other.Given == "" {
			other.Family, other.Given = led.Family, led.Given
		}
		other.BirthDate, other.Sex, other.Postcode = cmp.Or(other.BirthDate, led.BirthDate), cmp.Or(other.Sex, led.Sex), cmp.Or(other.Postcode, led.Postcode)
		sure, how := likened(other, p.Patient, on)
		switch {
		case sameRecord && (sure == "confirmed" || match == ""):
			match, degree = sure, how
		case !sameRecord && led.NHSNumber == n && match == "":
			match, degree = "possible", how
		}
	}
	// Whom the hospital itself does not know is nobody for certain.
	if a.Marks.Unidentified && match == "confirmed" {
		match = "possible"
	}
	for _, said := range on.Rulings {
		if said.Attendance != a.ID || said.Plan != p.ID {
			continue
		}
		// What agrees now and did not when somebody looked, and what differs now and did not.
		var hope, doubt bool
		for _, field := range []string{"NHS number", "date of birth", "given name", "family name"} {
			was, is := said.Seen.Fields[field], degree[field]
			hope = hope || is == "agrees" && was != "agrees" && field != "family name"
			doubt = doubt || is == "differs" && was != "differs"
		}
		hope = hope || match == "confirmed" && said.Seen.Match != "confirmed"
		switch {
		case said.Answer == "same" && (match == "confirmed" || !doubt):
			return "confirmed"
		case said.Answer == "same":
			return "possible"
		case match == "" || !hope:
			return ""
		}
		return "possible"
	}
	return match
}

// likened weighs two identities.
func likened(here, there plans.Identity, on Grounds) (Match, map[string]matching.Degree) {
	x, y := matching.Prepare(here), matching.Prepare(there)
	found := x.Compare(&y, on.Trust)
	degree := map[string]matching.Degree{}
	for _, f := range found.Fields {
		degree[f.Name] = f.Degree
	}
	// The NHS numbers are there and are the same, digit by digit; or so much else is alike that it is hardly chance.
	sameNumber := len(here.NHSNumber.Reveal()) == 10 && here.NHSNumber.Reveal() == there.NHSNumber.Reveal()
	// Two whole dates of birth that differ always leave a doubt; whether the names do is for the weighing to say. One of 1 January 1900 or
	// before is what is typed where none is known.
	isDay := func(d plans.Date) bool { return len(d) == len("1980-02-13") && d > "1900-01-01" }
	born := here.BirthDate == there.BirthDate || !isDay(here.BirthDate) || !isDay(there.BirthDate)
	switch {
	case sameNumber && found.Tier == matching.Confirmed && born:
		return "confirmed", degree
	case sameNumber || found.Weight >= matching.BuiltIn().Threshold:
		return "possible", degree
	}
	return "", degree
}

// runs is the organisation that a department belongs to; empty if there is no such department.
func runs(dir *directory.Directory, department string) string {
	d, there := dir.Department(department)
	if !there {
		return ""
	}
	site, there := dir.Site(d.Site)
	if !there {
		return ""
	}
	return site.Organisation
}

// today is the organisation that an organisation is today: itself while it exists, else the one that took it over; empty if none did.
func today(code string, dir *directory.Directory, now time.Time) string {
	seen := map[string]bool{}
	for code != "" && !seen[code] {
		seen[code] = true
		org, there := dir.Organisation(code)
		if !there {
			return ""
		}
		if !now.Before(org.First) && (org.Last.IsZero() || now.Before(org.Last)) {
			return code
		}
		code = org.Successor
	}
	return ""
}

// agreed goes through all agreements and returns the most that one of them allows.
func agreed(p plans.Plan, department string, dir *directory.Directory, now time.Time) directory.Show {
	receiver, giver := runs(dir, department), today(p.Centre, dir, now)
	if receiver == "" || giver == "" {
		return ""
	}
	if receiver == giver {
		return "full"
	}
	from, _ := dir.Organisation(giver)
	to, _ := dir.Organisation(receiver)
	most := directory.Show("")
	for _, a := range dir.Agreements() {
		gives := a.From == p.Centre || a.From == giver || a.From == from.Region
		takes := a.To == receiver || a.To == to.Region
		holds := !now.Before(a.First) && (a.Last.IsZero() || now.Before(a.Last))
		kind := len(a.Categories) == 0
		for _, want := range a.Categories {
			for _, is := range p.Categories {
				kind = kind || want == is
			}
		}
		if gives && takes && holds && kind && most != "full" {
			most = a.Show
		}
	}
	return most
}

// named tells whether an organisation is on a list, or has taken over one that is; an empty list names everybody.
func named(list []string, organisation string, dir *directory.Directory, now time.Time) bool {
	for _, code := range list {
		if code == organisation || today(code, dir, now) == organisation {
			return true
		}
		if site, there := dir.Site(code); there && today(site.Organisation, dir, now) == organisation {
			return true
		}
	}
	return len(list) == 0
}
