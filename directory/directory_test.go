package directory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/directory"
)

const sample = `
regions:
  - {id: Y56, name: London}
  - {id: QM7, name: Hertfordshire and West Essex}
  - {id: QH8, name: Mid and South Essex}
organisations:
  - {id: RP4, name: Great Ormond Street, region: Y56, centre: true}
  - {id: RAL, name: Royal Free, region: Y56, centre: true}
  - {id: RAP, name: North Middlesex, region: Y56, centre: true, last_day: 2024-12-31, successor: RAL}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
  - {id: RAJ, name: Mid and South Essex, region: QH8, main_site: RAJ12}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
  - {id: RQWG9, name: St Margaret's, organisation: RQW}
  - {id: RAJ12, name: Broomfield Hospital, organisation: RAJ}
departments:
  - {id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE, "MAJ*"]}
  - {id: RQW-UTC, name: Urgent treatment, site: RQWG0, locations: [UTC]}
  - {id: RAJ-AE, name: A&E, site: RAJ12, main: true, locations: [AE]}
agreements:
  - {from: Y56, to: QM7, first_day: 2026-04-01, last_day: 2027-03-31}
  - {from: RP4, to: QH8}
`

func load(t *testing.T, yaml string) *directory.Directory {
	t.Helper()
	d, err := directory.Parse([]byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestWhereAPatientIs(t *testing.T) {
	d := load(t, sample)
	org, ok := d.Facility("RQW", today)
	if !ok {
		t.Fatal("RQW is not found")
	}
	for _, row := range []struct {
		what, site, poc, want string
		warned                bool
	}{
		{"a location of the department", "RQWG0", "AE", "RQW-AE", false},
		{"lower case", "RQWG0", "ae", "RQW-AE", false},
		{"a wildcard", "RQWG0", "MAJORS", "RQW-AE", false},
		{"another department of the site", "RQWG0", "UTC", "RQW-UTC", false},
		{"no site: the main site is meant", "", "UTC", "RQW-UTC", false},
		{"an unknown location", "RQWG0", "WARD9", "RQW-AE", true},
		{"no location", "RQWG0", "", "RQW-AE", true},
		{"a site without a department", "RQWG9", "AE", "RQW-AE", true},
		{"an unknown site", "XXXXX", "AE", "RQW-AE", true},
		{"another trust's site", "RAJ12", "AE", "RQW-AE", true},
	} {
		t.Run(row.what, func(t *testing.T) {
			p := d.Locate(org, directory.Location{Site: row.site, PointOfCare: row.poc})
			if p.Department != row.want || (p.Warning != "") != row.warned {
				t.Errorf("got %+v, want %s, warned %v", p, row.want, row.warned)
			}
		})
	}
}

func TestWhoSharesWithWhom(t *testing.T) {
	d := load(t, sample)
	for _, row := range []struct {
		what, centre, department string
		on                       time.Time
		shared                   bool
	}{
		{"London with Hertfordshire", "RAL", "RQW-AE", today, true},
		{"London with Essex", "RAL", "RAJ-AE", today, false},
		{"one centre with Essex", "RP4", "RAJ-AE", today, true},
		{"the day before the agreement", "RAL", "RQW-AE", time.Date(2026, 3, 31, 22, 59, 0, 0, time.UTC), false},
		{"its first minute, in London's time", "RAL", "RQW-AE", time.Date(2026, 3, 31, 23, 0, 0, 0, time.UTC), true},
		{"its last minute", "RAL", "RQW-AE", time.Date(2027, 3, 31, 22, 59, 0, 0, time.UTC), true},
		{"the day after", "RAL", "RQW-AE", time.Date(2027, 3, 31, 23, 0, 0, 0, time.UTC), false},
		{"a closed centre whose successor shares", "RAP", "RQW-AE", today, true},
		{"a trust with its own department", "RQW", "RQW-AE", today, true},
		{"an unknown centre", "XXX", "RQW-AE", today, false},
		{"an unknown department", "RAL", "XXX", today, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := d.Shares(row.centre, row.department, nil, row.on); got.Covers(directory.Full) != row.shared {
				t.Errorf("shares %q", got)
			}
		})
	}
}

func TestWhosePlansADepartmentMayBeShown(t *testing.T) {
	d := load(t, strings.Replace(sample, "{from: RP4, to: QH8}", `{from: RP4, to: QH8, plans: [736373009], show: summary}`, 1))
	for _, row := range []struct {
		what, department string
		on               time.Time
		want             string
	}{
		{"a region's centres that exist", "RQW-AE", today, "RAL RP4"},
		{"while one of them was not closed yet, but before the agreement", "RQW-AE", time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC), ""},
		{"a summary of some plans of one centre", "RAJ-AE", today, "RP4"},
		{"an unknown department", "XXX", today, ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			var got []string
			for _, centre := range d.Sharers(row.department, row.on) {
				got = append(got, centre.ID)
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("%v may show plans, want %s", got, row.want)
			}
		})
	}
}

func TestHowMuchOfAPlanIsShown(t *testing.T) {
	const emergency, endOfLife, resus = "887701000000100", "736373009", "1382601000000107"
	d := load(t, strings.Replace(sample, "{from: RP4, to: QH8}", `{from: Y56, to: QH8, show: summary, plans: [887701000000100, 736373009]}
  - {from: RP4, to: RAJ, plans: [736373009], last_day: 2026-12-31}
  - {from: RP4, to: RAJ, plans: all, show: summary}`, 1))
	for _, row := range []struct {
		what, centre string
		categories   []string
		on           time.Time
		want         directory.Show
	}{
		{"a kind that is covered", "RAL", []string{emergency}, today, directory.Summary},
		{"one of its kinds is covered", "RAL", []string{resus, endOfLife}, today, directory.Summary},
		{"a kind that is not covered", "RAL", []string{resus}, today, directory.Nothing},
		{"no kind, where kinds are named", "RAL", nil, today, directory.Nothing},
		{"no kind, where all are covered", "RP4", nil, today, directory.Summary},
		{"the strongest of three agreements wins", "RP4", []string{endOfLife}, today, directory.Full},
		{"the strongest has ended", "RP4", []string{endOfLife}, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), directory.Summary},
		{"its own department", "RAJ", nil, today, directory.Full},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := d.Shares(row.centre, "RAJ-AE", row.categories, row.on); got != row.want {
				t.Errorf("%q is shown, want %q", got, row.want)
			}
		})
	}
}

func TestEveryCategoryOfTheStandardCanBeNamed(t *testing.T) {
	for _, code := range []string{
		"736253002", "887701000000100", "861421000000109", "1382601000000107", "325691000000100", "736373009", "736366004", "735324008", "2181441000000107",
	} {
		load(t, strings.Replace(sample, "{from: RP4, to: QH8}", "{from: RP4, to: QH8, plans: ["+code+"]}", 1))
	}
}

func TestFacilityFollowsSuccessorsAndSites(t *testing.T) {
	d := load(t, sample)
	for _, row := range []struct {
		what, code, want string
		on               time.Time
	}{
		{"an organisation", "RQW", "RQW", today},
		{"one of its sites", "RQWG9", "RQW", today},
		{"a closed one", "RAP", "RAL", today},
		{"the same while it was open", "RAP", "RAP", time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)},
		{"unknown", "XXX", "", today},
	} {
		t.Run(row.what, func(t *testing.T) {
			if org, _ := d.Facility(row.code, row.on); org.ID != row.want {
				t.Errorf("found %q, want %q", org.ID, row.want)
			}
		})
	}
}

func TestSendersAreKnownByTheirOwnCodesToo(t *testing.T) {
	with := func(codes string) string {
		return strings.Replace(sample, "main_site: RQWG0}", "main_site: RQWG0, sending_codes: "+codes+"}", 1)
	}
	d := load(t, with("[pah, PAS_PROD]"))
	for code, want := range map[string]string{"PAH": "RQW", "PAS_PROD": "RQW", "RQW": "RQW", "RQWG9": "RQW", "XXX": ""} {
		if org, _ := d.Sending(code, today); org.ID != want {
			t.Errorf("%s is %q, want %q", code, org.ID, want)
		}
	}
	if org, ok := d.Facility("PAH", today); ok {
		t.Errorf("an ODS code is expected, and PAH is %s", org.ID)
	}
	for codes, want := range map[string]string{
		"[RAJ]": "the ODS code of an organisation", "[raj12]": "the ODS code of an organisation or a site", "[PAH, pah]": "is one of RQW, too", `[""]`: "is empty",
	} {
		if _, err := directory.Parse([]byte(with(codes))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want that it says %q", codes, err, want)
		}
	}
	if said := strings.Join(directory.Differences(load(t, sample), d), " "); !strings.Contains(said, "the sending codes PAH, PAS_PROD now") {
		t.Errorf("the difference is told as %q", said)
	}
}

func TestADirectoryThatCouldLoseAnAlertIsRefused(t *testing.T) {
	for _, row := range []struct{ what, old, new, want string }{
		{"a key that is not known", "main_site: RQWG0", "main_sites: RQWG0", "main_sites"},
		{"a site without a main department", "site: RQWG0, main: true", "site: RQWG0", "exactly one"},
		{"two main departments", "site: RQWG0, locations: [UTC]", "site: RQWG0, main: true, locations: [UTC]", "exactly one"},
		{"a trust without a main site", ", main_site: RQWG0", "", "main_site"},
		{"a region that is not there", "region: QM7,", "region: QM8,", "QM8"},
		{"an agreement with nobody", "{from: RP4, to: QH8}", "{from: RP4, to: QH9}", "QH9"},
		{"an agreement of a trust that publishes nothing", "{from: RP4, to: QH8}", "{from: RQW, to: QH8}", "publishes no plans"},
		{"an agreement about a mistyped category", "{from: RP4, to: QH8}", "{from: RP4, to: QH8, plans: [736373008]}", "736373008"},
		{"an agreement about no category", "{from: RP4, to: QH8}", "{from: RP4, to: QH8, plans: []}", "plans"},
		{"an agreement about some plans", "{from: RP4, to: QH8}", "{from: RP4, to: QH8, plans: some}", "plans"},
		{"an agreement that shows a part", "{from: RP4, to: QH8}", "{from: RP4, to: QH8, show: part}", "show"},
		{"an organisation twice", "{id: RAL,", "{id: RP4,", "twice"},
		{"a day that does not exist", "2026-04-01", "2026-04-31", "first_day"},
		{"an agreement that ends before it begins", "2027-03-31", "2025-03-31", "before"},
		{"a zone that does not exist", "locations: [UTC]", "locations: [UTC], time_zone: Europe/Harlow", "time_zone"},
		{"a location that is empty", "locations: [UTC]", `locations: [UTC, ""]`, "RQW-UTC"},
	} {
		t.Run(row.what, func(t *testing.T) {
			if !strings.Contains(sample, row.old) {
				t.Fatalf("the sample has no %q", row.old)
			}
			_, err := directory.Parse([]byte(strings.Replace(sample, row.old, row.new, 1)))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want an error that names %q", err, row.want)
			}
		})
	}
}
