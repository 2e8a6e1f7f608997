package profiles_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/profiles"
)

// parse reads a profile of RQW that says this.
func parse(t testing.TB, text string) *profiles.Profile {
	t.Helper()
	p, faults := profiles.Parse("rqw.yaml", []byte("organisations: [RQW]\n"+text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return p
}

func TestTheBuiltInProfileIsWrittenOutAsItIs(t *testing.T) {
	text := strings.Replace(string(profiles.DefaultYAML), "organisations: []", "organisations: [RQW]", 1)
	p, faults := profiles.Parse("default.yaml", []byte(text))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if p.Reading.Zone == nil || p.Reading.Zone.String() != directory.DefaultTimeZone {
		t.Errorf("the zone is %v", p.Reading.Zone)
	}
	if diff := cmp.Diff(hl7.DefaultProfile(), p.Reading, cmpopts.IgnoreFields(hl7.Profile{}, "Zone"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("default.yaml is not what is built in (-built in +written):\n%s", diff)
	}
	for event := range hl7.DefaultProfile().Events {
		if !strings.Contains(text, "\n  "+event+": ") {
			t.Errorf("default.yaml does not say what %s means", event)
		}
	}
	for _, key := range []string{
		"name", "organisations", "listener", "time_zone", "character_set", "character_set_always", "locations", "events", "other_events", "codes",
		"identifiers", "  patient_class", "  sex", "  consent", "  discharge", "  nhs_number", "  hospital_number", "    authorities", "    types", "  visit",
		"  trusted_statuses",
	} {
		before, _, found := strings.Cut(text, "\n"+key+":")
		lines := strings.Split(before, "\n")
		if explained := strings.Contains(lines[len(lines)-1], "#"); !found || !explained && key != "listener" && key != "codes" && key != "identifiers" && key != "  hospital_number" {
			t.Errorf("no comment stands above %s", key)
		}
	}
}

const everything = `
name: Princess Alexandra
time_zone: Europe/Dublin
character_set: ISO 8859-15
character_set_always: true
locations:
  - {point_of_care: ED, room: PAED*, department: RQW-CED}
  - point_of_care: ED*
    site: RQWG0
    bed: 0?
    department: RQW-AE
  - {point_of_care: WARD*, department: none}
events: {A28: arrival, A60: refused, a08: not used, A99: update}
other_events: not used
codes:
  patient_class: {ae: emergency, 5: I}
  sex: {W: female, 01: 1}
  consent: {Y: given, "N": dissent}
  discharge: {died: 10}
identifiers:
  nhs_number: [NHSNO]
  hospital_number: {authorities: [PAH], types: PAS}
  visit: [PID-18, PV1-19]
  trusted_statuses: [NSTS01, "02"]
`

func TestWhatAProfileSays(t *testing.T) {
	p := parse(t, everything)
	dublin, err := time.LoadLocation("Europe/Dublin")
	if err != nil {
		t.Fatal(err)
	}
	want := hl7.DefaultProfile()
	want.Name, want.Zone, want.Charset, want.CharsetAlways, want.Others = "Princess Alexandra", dublin, "8859/15", true, hl7.NotUsed
	want.Events["A28"], want.Events["A60"], want.Events["A08"] = hl7.Use{Kind: alerts.Arrive}, hl7.Refused, hl7.NotUsed
	want.Events["A99"] = hl7.Use{Kind: alerts.Update}
	want.Class, want.Sex = hl7.Codes{"AE": "E", "5": "I"}, hl7.Codes{"W": "2", "01": "1"}
	want.Consent, want.Disposition = hl7.Codes{"Y": "1", "N": "2"}, hl7.Codes{"DIED": "10"}
	want.NHSNumber, want.HospitalAuthorities, want.HospitalTypes = []string{"NHSNO"}, []string{"PAH"}, []string{"PAS"}
	want.Visit, want.Trusted = []hl7.VisitSource{hl7.PatientAccount, hl7.VisitNumber}, []plans.Tracing{plans.Verified, plans.NotTraced}
	if diff := cmp.Diff(want, p.Reading, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	rules := []directory.Rule{
		{PointOfCare: "ED", Room: "PAED*", Department: "RQW-CED", Written: "rqw.yaml, rule 1"},
		{PointOfCare: "ED*", Site: "RQWG0", Bed: "0?", Department: "RQW-AE", Written: "rqw.yaml, rule 2"},
		{PointOfCare: "WARD*", Written: "rqw.yaml, rule 3"},
	}
	if diff := cmp.Diff(rules, p.Locations); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryFaultOfAFileIsNamedWithItsLine(t *testing.T) {
	_, faults := profiles.Parse("bad.yaml", []byte(`organisations: [RQW, RQW]
listner: x
time_zone: Europe/Harlow
character_set: EBCDIC
character_set_always: perhaps
locations:
  - {point_of_care: ED*}
  - {point_of_care: ED*, department: RQW-AE}
  - {point_of_care: ED*, room: R1, department: RQW-CED}
  - {poc: X, department: RQW-AE}
events:
  A4: arrival
  A01: come
  A08: merged records
  A01: arrival
other_events: ignore
codes:
  gender: {W: F}
  sex: {W: woman}
  discharge: {X: home}
identifiers:
  nhs_number: []
  visit: [PV1-18]
  trusted_statuses: [NSTS09]
  hospital_number: [MR]
`))
	text := strings.Join(faults, "\n")
	for _, want := range []string{
		"line 1: RQW stands twice", `line 2: a profile has no key "listner"`, `line 3: there is no time zone "Europe/Harlow"`, `line 4: the character set "EBCDIC"`,
		"line 5: character_set_always must be true or false", "line 7: the rule does not say which department", "line 9: the rule is never reached: rule 1",
		`line 10: a rule of locations has no key "poc"; it has bed, department, point_of_care, room, site`, `line 12: "A4" is no ADT event`, `line 13: A01 cannot be "come"`,
		`line 15: A01 stands here a second time`, "line 16: other_events must be refused", `line 18: codes has no key "gender"`, `line 19: the sex "W" cannot mean "WOMAN"; it can mean`,
		`line 20: the discharge "X" cannot mean "HOME"`, "line 22: nhs_number must name", `line 23: a visit is not identified by "PV1-18"`, "line 23: visit must name at least one",
		`line 24: "NSTS09" is no NHS number status`, "line 25: hospital_number must be keys and values",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not among the faults:\n%s", want, text)
		}
	}
}

func TestFilesThatAreNoProfile(t *testing.T) {
	for _, row := range []struct{ what, text, want string }{
		{"nothing", "", "nobody writes like this"},
		{"comments only", "# later\n", "nobody writes like this"},
		{"a list", "- a\n- b\n", "line 1: a profile must be keys and values"},
		{"half a bracket", "organisations: [RQW\n", "no YAML"},
		{"two profiles", "organisations: [RQW]\n---\norganisations: [RWG]\n", "a second begins here"},
		{"both ways to choose", "organisations: [RQW]\nlistener: harlow\n", "cannot both"},
		{"locations for a listener", "listener: harlow\nlocations: [{department: RQW-AE}]\n", "locations belong to organisations"},
		{"a value that is a list", "organisations: [RQW]\nname: [a]\n", "name must be a plain value"},
		{"an anchor", "organisations: &a [RQW]\n", "plain value"},
		{"far too long", "# " + strings.Repeat("x", 1<<20), "longer than"},
	} {
		t.Run(row.what, func(t *testing.T) {
			p, faults := profiles.Parse("x.yaml", []byte(row.text))
			if p != nil || !strings.Contains(strings.Join(faults, "\n"), row.want) {
				t.Errorf("got %v, want %q", faults, row.want)
			}
		})
	}
}

func demoDirectory(t testing.TB) *directory.Directory {
	t.Helper()
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhoseProfileItIs(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"rqw.yaml": "organisations: [RQW]\n", "ral.yml": "organisations: [RAL]\n", "vpn.yaml": "listener: vpn\n", "notes.txt": "not a profile", ".hidden.yaml": "nor this",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := profiles.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	dir, now := demoDirectory(t), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct{ what, listener, facility, want string }{
		{"an organisation", "", "RQW", "rqw"},
		{"a site of it", "", "RQWG0", "rqw"},
		{"one that is closed has its successor's", "", "RAP", "ral"},
		{"a listener goes first", "vpn", "RQW", "vpn"},
		{"another listener", "other", "RQW", "rqw"},
		{"who has none", "", "RWG", "built in"},
		{"who is nobody", "", "NOBODY", "built in"},
	} {
		if got := set.For(row.listener, row.facility, dir, now).Name; got != row.want {
			t.Errorf("%s has the profile %q, want %q", row.what, got, row.want)
		}
	}
	if trusted, ok := set.Trusted("RQW"); !ok || !slices.Equal(trusted, hl7.DefaultProfile().Trusted) || slices.Contains(trusted, plans.TraceConflict) {
		t.Errorf("RQW is trusted with %v", trusted)
	}
	if _, ok := set.Trusted("RWG"); ok {
		t.Error("who has no profile has a list of statuses")
	}
	var none *profiles.Set
	if none.For("", "RQW", dir, now).Name != "built in" {
		t.Error("without profiles somebody has one")
	}
}

func TestTwoProfilesForOneSenderAreRefusedAndAllFilesAreRead(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"a.yaml": "organisations: [RQW, RWG]\n", "b.yaml": "organisations: [RWG]\n", "c.yaml": "colour: red\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := profiles.Load(folder)
	for _, want := range []string{`c.yaml, line 1: a profile has no key "colour"`, "b.yaml: organisation RWG has a profile already, in a.yaml"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err := profiles.Load(filepath.Join(folder, "missing")); err == nil {
		t.Error("a folder that is not there is read")
	}
}

func TestRulesMustFitTheDirectory(t *testing.T) {
	good := parse(t, "locations: [{point_of_care: X, room: R*, department: RQW-AE}]\n")
	set, _ := profiles.NewSet(good)
	dir, err := set.Apply(demoDirectory(t))
	if err != nil {
		t.Fatal(err)
	}
	org, _ := dir.Organisation("RQW")
	if p := dir.Locate(org, directory.Location{PointOfCare: "X", Room: "R1"}); p.Rule == nil || p.Department != "RQW-AE" {
		t.Errorf("the rule does not place: %+v", p)
	}
	bad := parse(t, "locations: [{point_of_care: X, department: RQW-ED}, {point_of_care: Y, department: RWG-AE}]\n")
	set, _ = profiles.NewSet(bad)
	_, err = set.Apply(demoDirectory(t))
	for _, want := range []string{"rqw.yaml, rule 1: department RQW-ED is not in the directory", "rqw.yaml, rule 2: department RWG-AE is one of RWG"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func TestWhatANewProfileChangesIsSaidInWords(t *testing.T) {
	set := func(all ...*profiles.Profile) *profiles.Set {
		s, faults := profiles.NewSet(all...)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		return s
	}
	other, faults := profiles.Parse("rwg.yaml", []byte("organisations: [RWG]\n"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	before := set(parse(t, "locations: [{point_of_care: A, department: RQW-AE}, {point_of_care: B, department: RQW-AE}]\ncodes: {sex: {W: 2, X: 9}}\n"))
	after := set(parse(t, "locations: [{point_of_care: B, department: RQW-AE}, {point_of_care: A, department: RQW-AE}, {point_of_care: C, department: none}]\n"+
		"codes: {sex: {W: 1}}\nevents: {A08: not used, A77: refused}\ncharacter_set: ISO 8859-2\ncharacter_set_always: true\n"), other)
	title := "The profile rqw (rqw.yaml): "
	want := []string{
		title + "the character set is 8859/2 now; it was windows-1252.",
		title + "the character set in spite of MSH-18 is always the same now; it was not said.",
		title + "the event A08 is not used now; it was update.",
		title + "the event A77 is refused now; it was not said.",
		title + "the sex W is 1 now; it was 2.",
		title + "the sex X is not said any more; it was 9.",
		title + "point of care C is in no A&E department: this rule is new.",
		title + "the rules for locations stand in another order.",
		"The profile rwg (rwg.yaml) was added, for messages of RWG.",
	}
	if got := profiles.Differences(before, after); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := profiles.Differences(after, before); len(got) != len(want) || !strings.Contains(fmt.Sprint(got), "rwg (rwg.yaml) was removed") {
		t.Errorf("the way back is told as\n%s", strings.Join(got, "\n"))
	}
	if got := profiles.Differences(after, after); len(got) > 0 {
		t.Errorf("nothing changed, and it says %v", got)
	}
}

func TestTheExamplesInTheManualAreProfiles(t *testing.T) {
	text, err := os.ReadFile("../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```yaml\n")[1:]
	if len(blocks) < 4 {
		t.Fatalf("only %d examples", len(blocks))
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		if strings.HasPrefix(block, "# ucpalert.yaml") {
			continue
		}
		for example := range strings.SplitSeq(block, "\n---") {
			if !strings.Contains(example, "organisations:") {
				example = "organisations: [RQW]\n" + example
			}
			if _, faults := profiles.Parse("example.yaml", []byte(example)); len(faults) > 0 {
				t.Errorf("%v in\n%s", faults, example)
			}
		}
	}
	for key := range strings.FieldsSeq("name organisations listener time_zone character_set character_set_always locations events other_events codes.patient_class codes.sex " +
		"codes.consent codes.discharge identifiers.nhs_number identifiers.hospital_number.authorities identifiers.hospital_number.types identifiers.visit identifiers.trusted_statuses") {
		if !strings.Contains(string(text), "| `"+key+"` |") {
			t.Errorf("docs/profiles.md does not explain %s", key)
		}
	}
}
