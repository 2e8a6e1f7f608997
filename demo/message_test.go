package demo

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func london(t testing.TB) *time.Location {
	t.Helper()
	zone, err := zoneOfHospitals()
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestAnArrivalAsItIsWritten(t *testing.T) {
	p := PersonAt(4711)
	v := &visit{Number: "VABC00001", Trust: "RWG", Arrived: time.Date(2026, time.July, 1, 23, 30, 0, 0, time.UTC), patient: p}
	e := errand{
		visit: v, hospital: hospitals[1], control: "17827362000000000042", at: v.Arrived.Add(time.Minute),
		step: step{trigger: "A04", bay: bay{"MAJORS", "BAY 4"}, born: p.Born},
	}
	got, err := e.message(london(t))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		`MSH|^~\&|PAS|RWG|UCPALERT|UCPALERT|20260702003100||ADT^A04^ADT_A01|17827362000000000042|P|2.4|||||GBR|UNICODE UTF-8|en`,
		`EVN|A04|20260702003100|||C9999997^Clerk^Invented|20260702003100`,
		`PID|1||XVABC00001^^^AMBULANCE~9990052352^^^NHS^NH~W0052352^^^WGH||Wincroft^Mason^^^^^L||20020330|1||Z^Not stated|117 Willow Bank^^Borehamwood^^WD6 9XY^GBR^H||01632 960999^PRN^PH||en|||||||||||||||||NSTS01`,
		`PD1|||The Invented Surgery^^Y99999|G9999999^Invented^^^^Dr`,
		`NK1|1|Wincroft^Next of kin|01^Family member|117 Willow Bank^^Borehamwood^^WD6 9XY^GBR^H|01632 960998^PRN^PH||N^Next-of-kin`,
		`PV1|1|E|AE^MAJORS^BAY 4^RWG02|21|||C9999998^Invented^Emma^^^Dr|G9999999^Invented^Ravi^^^Dr||180||||00|||C9999998^Invented^Emma^^^Dr|EMERGENCY|VABC00001|||||||||||||||||||||||||20260702003000`,
		`PV2|||^Chest pain|||||||||2||||||||||N||||||||||||||||AMB^Arrived by ambulance`,
		`OBX|1|NM|NEWS2^National early warning score^L||3||||||F|||20260702003100`,
		`AL1|1|DA|^No known drug allergies`,
		`DG1|1|||Chest pain|20260702003100|A`,
	}, "\n")
	if diff := cmp.Diff(want, strings.ReplaceAll(strings.TrimSuffix(string(got), "\r"), "\r", "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryMessageOfADaySaysWhatHappened(t *testing.T) {
	town := newTown(5, 4*time.Second, noon, nil)
	zone := london(t)
	for _, e := range live(town, noon, 30*time.Minute) {
		b, err := e.message(zone)
		if err != nil {
			t.Fatal(err)
		}
		message, who := string(b), e.visit.patient
		numberOfNHS, tracing := who.NHSNumber, "NSTS01"
		if e.step.untraced {
			numberOfNHS, tracing = "", "NSTS03"
		}
		departed := ""
		if e.step.trigger == "A03" {
			departed = e.at.In(zone).Format("20060102150405")
		}
		h, event := e.hospital.habits, e.step.trigger
		if event == "A04" {
			event = or(h.arrival, event)
		}
		for path, want := range map[string]string{
			"MSH-4": e.visit.Trust, "MSH-7": e.at.In(zone).Format("20060102150405"), "MSH-9.1": "ADT", "MSH-9.2": event,
			"MSH-10": e.control, "MSH-11": "P", "MSH-12": "2.4", "MSH-15": "", "MSH-16": "",
			"EVN-1": event, "EVN-6": e.at.In(zone).Format("20060102150405"),
			"PID-3[2].1": numberOfNHS, "PID-5.1": who.Family, "PID-5.2": who.Given, "PID-5.7": "L", "PID-32": tracing,
			"PID-7": e.step.born.Format("20060102"), "PID-11.5": who.Postcode,
			"PV1-2": or(h.class, "E"), "PV1-3.1": or(h.pointOfCare, "AE"), "PV1-3.2": e.step.bay.room, "PV1-3.3": e.step.bay.bed, "PV1-3.4": e.hospital.site,
			"PV1-19": e.visit.Number, "PV1-44": e.visit.Arrived.In(zone).Format("20060102150405"), "PV1-45": departed, "PV1-36": e.step.disposition,
		} {
			if got := text(t, message, path); got != want {
				t.Errorf("%s of visit %s: %s is %q, not %q", e.step.trigger, e.visit.Number, path, got, want)
			}
		}
		if hospital := text(t, message, "PID-3[1].1"); hospital == "" || hospital == who.NHSNumber {
			t.Errorf("visit %s has the hospital number %q", e.visit.Number, hospital)
		}
	}
}
