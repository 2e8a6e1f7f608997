package alerts

import (
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// This file is the second opinion of the proof of no miss. It says from the rules in words which alerts should stand, and uses nothing of
// what Decide is made of: not its matching, not Plan.Live, not Plan.ShownIn, not Directory.Shares. Keep it slow and plain; two ways of
// saying the same are of use only as long as they are two.

// should is what the second opinion expects of an attendance and a plan.
type should struct {
	match      Match
	show       directory.Show
	department string
	version    int
}

// present is everybody who is in a department, held in memory while all plans pass by.
type present struct {
	attendances []Attendance
	// prints are those of the attendances, side by side: each plan is compared with each of them. An attendance has more than one if the
	// hospital merged records; whose says which attendance a print is of.
	prints []print
	whose  []int
}

// print is what of an identity decides at once that two people cannot be one. It is small, so that those of everybody who is in a
// department fit into a processor's cache.
type print struct {
	number plans.NHSNumber
}

func printOf(i plans.Identity) print { return print{i.NHSNumber} }

// near tells whether two people could be one. It may say yes too often: expect has the last word. It is called for every attendance and every
// plan, some thousand million times a night, so it must be a few comparisons, without a call or a branch more.
func (p print) near(o print) bool { return p.number == o.number }

func gather(open []Attendance) present {
	here := present{open, make([]print, 0, len(open)), make([]int, 0, len(open))}
	for i, a := range open {
		here.add(i, printOf(a.Patient))
		for _, n := range a.numbers() {
			if n != a.Patient.NHSNumber {
				here.add(i, print{n})
			}
		}
	}
	return here
}

func (here *present) add(i int, p print) {
	here.prints, here.whose = append(here.prints, p), append(here.whose, i)
}

// compare adds what should stand for a slice of the plans and everybody present.
func (here present) compare(slice []plans.Plan, dir *directory.Directory, now time.Time, expected map[pair]should) {
	for _, p := range slice {
		passing := printOf(p.Patient)
		for i := range here.prints {
			if !here.prints[i].near(passing) {
				continue
			}
			a := here.attendances[here.whose[i]]
			if what, stands := expect(a, p, dir, now); stands {
				expected[pair{a.ID, p.ID}] = what
			}
		}
	}
}

// expect tells whether an alert should stand for an attendance and a plan.
func expect(a Attendance, p plans.Plan, dir *directory.Directory, now time.Time) (should, bool) {
	// The patient is in a department, or came through it and is still in the hospital, or is away for a while.
	here := a.State == "in department" || a.State == "admitted" || a.State == "on leave"
	if !here || a.Department == "" {
		return should{}, false
	}
	// The NHS numbers are there and are the same, digit by digit. Where the hospital merged records, another number may be the patient's, too.
	own, planned := a.Patient.NHSNumber.Reveal(), p.Patient.NHSNumber.Reveal()
	sameRecord, led := len(own) == 10 && own == planned, false
	if len(planned) == 10 && !sameRecord {
		for _, n := range a.Records.Numbers {
			sameRecord = sameRecord || n.Reveal() == planned
		}
		led = a.Records.Led.NHSNumber.Reveal() == planned
	}
	if !sameRecord && !led {
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
	expected := should{match: "possible", show: show, department: a.Department, version: p.Version}
	// Only a whole date of birth that is the same leaves no doubt.
	born := string(a.Patient.BirthDate)
	if born == "" && own != planned {
		born = string(a.Records.Led.BirthDate) // the visit does not say, and the record that it was merged into does
	}
	if len(born) == len("1980-02-13") && born == string(p.Patient.BirthDate) && sameRecord {
		expected.match = "confirmed"
	}
	// Whom the hospital itself does not know is nobody for certain.
	if a.Marks.Unidentified {
		expected.match = "possible"
	}
	return expected, true
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
