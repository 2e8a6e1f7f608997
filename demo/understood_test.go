package demo

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/profiles"
)

// demoProfiles are those of the demo, as the service reads them.
func demoProfiles(t *testing.T) *profiles.Set {
	t.Helper()
	set, err := profiles.LoadFS(Profiles, "profiles")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestADayInTownIsUnderstood(t *testing.T) {
	dir, err := directory.Parse(DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	zone := london(t)
	rules := hl7.Rules{Zone: zone, TestPatients: true}
	set := demoProfiles(t)
	if dir, err = set.Apply(dir); err != nil {
		t.Fatal(err)
	}
	visits := map[*visit]alerts.Attendance{}
	sent := map[string]string{}
	town := newTown(11, 4*time.Second, noon, nil)
	for _, e := range live(town, noon, 30*time.Minute) {
		raw, err := e.message(zone)
		if err != nil {
			t.Fatal(err)
		}
		sent[e.hospital.trust] += string(raw)
		m, err := hl7.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		rules.Profile = set.For("", e.hospital.trust, dir, e.at)
		m = rules.Profile.Reread(m, raw)
		event, err := rules.ReadEvent(m, raw)
		if err != nil {
			t.Fatalf("%s of visit %s is refused: %v", e.step.trigger, e.visit.Number, err)
		}
		org, ok := dir.Facility(event.Facility, e.at)
		if !ok {
			t.Fatalf("nobody knows the sender %q", event.Facility)
		}
		a := visits[e.visit].Apply(event, org, dir)
		visits[e.visit] = a
		who := e.visit.patient
		if a.Department != e.hospital.department || a.Warning != "" {
			t.Errorf("visit %s is in %q with warning %q, not in %s", e.visit.Number, a.Department, a.Warning, e.hospital.department)
		}
		if want := map[string]alerts.State{
			"A04": alerts.InDepartment, "A08": alerts.InDepartment, "A03": alerts.Departed, "A11": alerts.Cancelled,
		}[e.step.trigger]; a.State != want {
			t.Errorf("after the %s visit %s is %s, not %s", e.step.trigger, e.visit.Number, a.State, want)
		}
		if got := a.Patient.NHSNumber.Reveal(); got != who.NHSNumber && !(e.step.untraced && got == "") {
			t.Errorf("after the %s of visit %s the NHS number is wrong or missing", e.step.trigger, e.visit.Number)
		}
		if string(a.Patient.BirthDate) != e.step.born.Format(time.DateOnly) || a.Patient.Family != who.Family || string(a.Patient.Sex) != who.Sex {
			t.Errorf("after the %s of visit %s the patient is somebody else", e.step.trigger, e.visit.Number)
		}
		if a.HospitalNumber != hospitalNumber(e.hospital, who) {
			t.Errorf("after the %s of visit %s the hospital number is another system's", e.step.trigger, e.visit.Number)
		}
		if a.Patient.Postcode != who.Postcode || a.Location.Bed != e.step.bay.bed || !a.Arrived().Equal(e.visit.Arrived.Truncate(time.Second)) {
			t.Errorf("after the %s of visit %s postcode, bed or time of arrival is wrong", e.step.trigger, e.visit.Number)
		}
	}
	for trust, want := range map[string]string{"RQW": "ADT^A01", "RWG": "^^^WGH", "RAJ": "|EMERG^"} {
		if strings.Count(sent[trust], want) == 0 {
			t.Errorf("%s has no habit: nothing that it sent holds %s", trust, want)
		}
	}
	if utf8.ValidString(sent["RWH"]) {
		t.Error("RWH sent nothing in windows-1252")
	}
	if len(visits) < 300 {
		t.Errorf("only %d visits in half an hour", len(visits))
	}
}
