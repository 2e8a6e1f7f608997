package alerts_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// described is what a record says of an invented person.
func described(t testing.TB, d demo.Described) plans.Identity {
	t.Helper()
	i := plans.Identity{Family: d.Family, Given: d.Given, BirthDate: plans.Date(d.Born), Sex: plans.Sex(d.Sex), Postcode: d.Postcode}
	if d.NHSNumber != "" {
		n, err := plans.ParseNHSNumber(d.NHSNumber)
		if err != nil {
			t.Fatal(err)
		}
		i.NHSNumber = n
	}
	if d.Former != "" || d.Alias != "" {
		i.Others[0] = plans.PersonName{Family: d.Former, Given: d.Alias}
	}
	return i
}

// people draws two records, of one person or of two, and what people and merged records say of them.
type people struct {
	testing.TB
	*rand.Rand
	pairs *demo.Pairs
}

func (p people) chance(one int) bool { return p.IntN(one) == 0 }

func (p people) oneOf(of ...string) string { return of[p.IntN(len(of))] }

func (p people) status() plans.Tracing {
	return plans.Tracing(p.oneOf("", "", "", "", "01", "01", "02", "03", "04", "05", "06", "07", "08", "9"))
}

// trust is that of a hospital's profile.
func (p people) trust() matching.Trust {
	if !p.chance(4) {
		return matching.Trust{}
	}
	only, err := matching.TrustOnly(plans.Verified)
	if err != nil {
		p.Fatal(err)
	}
	return only
}

// pair draws who arrived and whom a plan is about. Some are told only in part.
func (p people) pair() (here, there plans.Identity) {
	drawn := p.pairs.Next()
	here, there = described(p, drawn.Arrived), described(p, drawn.Planned)
	here.Tracing, there.Tracing = p.status(), p.status()
	if p.chance(8) {
		here.NHSNumber = there.NHSNumber
	}
	if p.chance(12) {
		here.Family, here.Given = "", ""
	}
	if p.chance(12) {
		here.BirthDate = ""
	}
	if p.chance(12) {
		here.Sex = ""
	}
	if p.chance(4) {
		here.Postcode = "" // so that what is left must find the plan
	}
	return here, there
}

// records are what merges add to a visit: nothing, the surviving record, or a second number.
func (p people) records(there plans.Identity) (r alerts.Records) {
	switch p.IntN(8) {
	case 0:
		r.Led = there
		r.Led.Tracing = p.status()
		if p.chance(3) {
			r.Led.BirthDate = ""
		}
	case 1:
		r.Numbers[p.IntN(len(r.Numbers))] = there.NHSNumber
	case 2:
		r.Led, _ = p.pair()
	}
	return r
}

// rulings are what somebody said when the evidence was as it is, or another.
func (p people) rulings(attendance, plan string, now alerts.Likeness) []alerts.Ruling {
	answer := alerts.SamePatient
	switch p.IntN(6) {
	case 0:
	case 1:
		answer = alerts.OtherPatient
	case 2:
		plan = "another" // what was said of another plan counts for nothing here
	default:
		return nil
	}
	seen := now
	if !p.chance(3) {
		seen = alerts.Likeness{Match: alerts.Match(p.oneOf("", "possible", "confirmed")), Fields: map[string]matching.Degree{}}
		for field, is := range now.Fields {
			seen.Fields[field] = is
			if p.chance(3) {
				seen.Fields[field] = matching.Degree(p.oneOf(string(matching.Agrees), string(matching.InPart), string(matching.Differs), string(matching.NotKnown)))
			}
		}
	}
	return []alerts.Ruling{{Attendance: attendance, Plan: plan, Answer: answer, By: journal.Actor{Name: "ward", Role: "nurse"}, At: noon, Seen: seen}}
}

// TestTheTwoOpinionsAgreeAboutPeople holds Decide and the proof's second opinion together about who is whom: names with errors, numbers
// that are missing or not to be trusted, twins and namesakes, merged records, and what somebody ruled on older evidence.
func TestTheTwoOpinionsAgreeAboutPeople(t *testing.T) {
	dir := hospitalDirectory(t)
	draw := people{t, rand.New(rand.NewPCG(3, 4)), demo.NewPairs(11)}
	seen := map[string]int{}
	for range 40_000 {
		here, there := draw.pair()
		a := alerts.Attendance{
			ID: "a1", Organisation: "RQW", State: alerts.State(draw.oneOf("in department", "in department", "in department", "admitted", "on leave", "departed")),
			Department: "RQW-AE", Patient: here, Records: draw.records(there), Marks: alerts.Marks{Unidentified: draw.chance(12)},
		}
		p := planFor(there.NHSNumber, there.BirthDate)
		p.ID, p.Patient = "p1", there
		on := alerts.Grounds{Trust: draw.trust()}
		desk := alerts.NewDesk(nil, func() *directory.Directory { return dir }, nil)
		on.Rulings = draw.rulings(a.ID, p.ID, alerts.LikenessOf(desk.Compare(alerts.Pair{Sight: alerts.Sight{Attendance: a, Plan: p}})))
		want, stands := alerts.SecondOpinion(a, p, on, dir, noon)
		var got []alerts.Alert
		for _, c := range alerts.Decide(a, []plans.Plan{p}, nil, on, dir, noon) {
			if c.Alert.Open() {
				got = append(got, c.Alert)
			}
		}
		if stands != (len(got) == 1) || stands && (got[0].Match != want.Match || got[0].Show != want.Show || got[0].Department != want.Department || got[0].Version != want.Version) {
			t.Fatalf("the proof expects %v %+v, Decide says %+v, ruled %+v", stands, want, got, on.Rulings)
		}
		if !a.Open() {
			continue
		}
		by := "weighed"
		switch {
		case len(on.Rulings) > 0 && on.Rulings[0].Plan == p.ID:
			by = "ruled " + string(on.Rulings[0].Answer)
		case a.Records != (alerts.Records{}):
			by = "merged"
		case here.NHSNumber.IsZero():
			by = "no number"
		}
		seen[by+": "+cmp.Or(string(want.Match), "none")]++
	}
	for _, kind := range strings.Split("weighed: confirmed|weighed: possible|weighed: none|no number: possible|no number: none|merged: confirmed|merged: possible|merged: none|"+
		"ruled same: confirmed|ruled same: possible|ruled other: possible|ruled other: none", "|") {
		if seen[kind] < 300 {
			t.Errorf("%s: only %d times; the draw proves little", kind, seen[kind])
		}
	}
	t.Log(seen)
	if seen["no number: confirmed"]+seen["ruled other: confirmed"] > 0 {
		t.Errorf("confirmed without a number, or against what somebody said: %v", seen)
	}
}

// lossOfKeys is the most pairs in a thousand that are possible without an NHS number and have no key in common (docs/matching.md).
const lossOfKeys = 1

// TestNobodyWhoCouldBeThePatientIsOverlooked compares everybody with everybody, and asks the two short cuts, that of arrivals (keys) and that
// of the proof (sets), whether they find all who are like each other.
func TestNobodyWhoCouldBeThePatientIsOverlooked(t *testing.T) {
	draw := people{t, rand.New(rand.NewPCG(5, 6)), demo.NewPairs(12)}
	const crowds, crowd = 60, 512
	var like, withoutNumber, byKeys, byProof int
	for range crowds {
		var open []alerts.Attendance
		var planned []plans.Identity
		for range crowd {
			here, there := draw.pair()
			open = append(open, alerts.Attendance{Patient: here, State: alerts.InDepartment})
			planned = append(planned, there)
		}
		near := alerts.Near(open)
		for i, there := range planned {
			found := near(there)
			// With the record that was made from the same person, and with a few that were not.
			for _, j := range []int{i, draw.IntN(crowd), draw.IntN(crowd)} {
				here := open[j].Patient
				if matching.Compare(here, there, matching.Trust{}).Tier == matching.None {
					continue
				}
				like++
				if !slices.Contains(found, j) {
					byProof++
					t.Logf("the proof: %q %q %s %s, %q %q %s %s", here.Family, here.Given, here.BirthDate, here.Postcode, there.Family, there.Given, there.BirthDate, there.Postcode)
				}
				if !here.NHSNumber.IsZero() && here.NHSNumber == there.NHSNumber {
					continue // found by the number
				}
				withoutNumber++
				keys := matching.Keys(there)
				if !slices.ContainsFunc(matching.Keys(here), func(k matching.Key) bool { return slices.Contains(keys, k) }) {
					byKeys++
				}
			}
		}
	}
	t.Logf("%d like each other, of whom the proof overlooks %d; %d without a number, of whom keys lose %d", like, byProof, withoutNumber, byKeys)
	if withoutNumber < 5000 {
		t.Errorf("only %d pairs without a number: the draw proves little", withoutNumber)
	}
	if byProof > 0 {
		t.Errorf("the proof overlooks %d of %d", byProof, like)
	}
	if byKeys*1000 > withoutNumber*lossOfKeys {
		t.Errorf("keys lose %d of %d", byKeys, withoutNumber)
	}
}
