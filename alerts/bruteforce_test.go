package alerts

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

const provenDirectory = `
regions: [{id: Y56, name: London}, {id: QM7, name: Hertfordshire}, {id: QH8, name: Essex}]
organisations:
  - {id: RP4, name: Great Ormond Street, region: Y56, centre: true}
  - {id: RAL, name: Royal Free, region: Y56, centre: true}
  - {id: RAP, name: North Middlesex, region: Y56, centre: true, last_day: 2024-12-31, successor: RAL}
  - {id: RXX, name: Closed for good, region: Y56, centre: true, last_day: 2024-12-31}
  - {id: RQW, name: Princess Alexandra, region: QM7, centre: true, main_site: RQWG0}
  - {id: RAJ, name: Mid and South Essex, region: QH8, main_site: RAJ12}
sites: [{id: RQWG0, name: Harlow, organisation: RQW}, {id: RAJ12, name: Broomfield, organisation: RAJ}]
departments:
  - {id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE]}
  - {id: RAJ-AE, name: A&E, site: RAJ12, main: true, locations: [AE]}
agreements:
  - {from: Y56, to: QM7, first_day: 2026-04-01, last_day: 2026-11-22}
  - {from: RP4, to: QH8, plans: [736373009], show: summary}
  - {from: RAP, to: RAJ, plans: [736373009, 325691000000100]}
  - {from: RAL, to: RAJ, show: summary, first_day: 2026-11-23}
`

func TestTheTwoOpinionsAgree(t *testing.T) {
	dir, err := directory.Parse([]byte(provenDirectory))
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	stood := 0
	// So many draws that each rule decides some of them: a few hundred would mostly be refused by the first.
	draw := rand.New(rand.NewPCG(1, 2))
	for range 500_000 {
		pick := func(_ string, of ...string) string { return of[draw.IntN(len(of))] }
		number := func(what string) plans.NHSNumber {
			n, _ := plans.ParseNHSNumber(pick(what, "9990000018", "9990000018", "9990000018", "9990000026", "")) // none is one of them
			return n
		}
		list := func(what string, of ...string) []string {
			if s := pick(what, of...); s != "" {
				return strings.Split(s, " ")
			}
			return nil
		}
		hour := func(what string) time.Time {
			h := pick(what, "", "", "-1h", "0h", "1h")
			d, err := time.ParseDuration(h)
			if err != nil {
				return time.Time{}
			}
			return noon.Add(d)
		}
		consent := func(what string) plans.Consent { return plans.Consent(pick(what, "", "", "given", "dissent")) }
		a := Attendance{
			ID: "a1", State: State(pick("state", "in department", "in department", "admitted", "on leave", "departed", "cancelled", "unseen", "expected", "lapsed")),
			Department: pick("department", "RQW-AE", "RAJ-AE", "RAJ-AE", "GONE"), Consent: consent("at the desk"), Marks: Marks{Unidentified: draw.IntN(5) == 0},
			Patient: plans.Identity{NHSNumber: number("number of the attendance"), BirthDate: plans.Date(pick("born", "1980-02-13", "1980-02-14", "1980", ""))},
		}
		p := plans.Plan{
			ID: "p1", Version: 1, Centre: pick("centre", "RP4", "RAL", "RAP", "RXX", "RQW", "R00"), Status: plans.Status(pick("status", "active", "active", "active", "draft", "on-hold", "revoked", "entered-in-error")),
			Patient:    plans.Identity{NHSNumber: number("number of the plan"), BirthDate: plans.Date(pick("born, as planned", "1980-02-13", "1980-02", ""))},
			Categories: list("categories", "", "736373009", "325691000000100", "736373009 736366004", "736366004"), From: hour("from"), To: hour("to"), Consent: consent("in the plan"),
			Restriction: plans.Restriction{Organisations: list("only", "", "", "RQW", "RAJ", "RAP RAJ", "RAJ12")},
		}
		now := noon.AddDate(0, 0, draw.IntN(2))
		what, stands := expect(a, p, Grounds{}, dir, now)
		var decided []Alert
		for _, c := range Decide(a, []plans.Plan{p}, nil, Grounds{}, dir, now) {
			if c.Alert.Open() {
				decided = append(decided, c.Alert)
			}
		}
		switch {
		case stands != (len(decided) == 1):
			t.Fatalf("the proof expects %v %+v, Decide says %+v", stands, what, decided)
		case stands && !what.equals(decided[0]):
			t.Fatalf("the proof expects %+v, Decide says %+v", what, decided[0])
		case stands:
			stood++
		}
	}
	if stood < 1000 {
		t.Errorf("only %d stood: the draw proves little", stood)
	}
}

// Whom somebody took for the plan's patient is compared however unlike the two have become; whom nothing speaks for is not.
func TestWhoWasRuledOnIsNotOverlooked(t *testing.T) {
	dir, err := directory.Parse([]byte(provenDirectory))
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	who := plans.Identity{Family: "Okafor", Given: "Adaeze", BirthDate: "1980-02-13", Postcode: "CM20 1QX"}
	other := plans.Identity{Family: "Llewellyn", Given: "Siân", BirthDate: "1955-11-30", Postcode: "SG1 4XY"}
	open := []Attendance{
		{ID: "a1", State: InDepartment, Department: "RQW-AE", Patient: other}, {ID: "a2", State: InDepartment, Department: "RQW-AE", Patient: other},
	}
	p := plans.Plan{ID: "p1", Version: 1, Centre: "RP4", Status: plans.Active, Patient: who}
	said := Ruling{Attendance: "a2", Plan: "p1", Answer: SamePatient, Seen: Likeness{Match: Possible}}
	expected := map[pair]should{}
	gather(open, []Ruling{said}, func(_ Attendance, of []Ruling) Grounds { return Grounds{Rulings: of} }).compare([]plans.Plan{p}, dir, noon, expected)
	if what, stands := expected[pair{"a2", "p1"}]; !stands || what.match != "possible" || len(expected) != 1 {
		t.Errorf("the proof expects %+v", expected)
	}
}
