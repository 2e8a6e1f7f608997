package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/hl7"
)

// hl7Seconds is how a hospital writes a time: to the second, in local time without saying so (HL7 2.4 §2.A.78, TS).
const hl7Seconds = "20060102150405"

// zoneOfHospitals is the zone of the hospitals' clocks.
func zoneOfHospitals() (*time.Location, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("load the hospitals' time zone: %w", err)
	}
	return zone, nil
}

// form is what a hospital's system fills in; an empty text is left out.
type form struct {
	hospital                hospital
	habits                  habits
	trigger, control, stamp string
	visit, arrived          string
	nhsNumber, reliability  string
	hospitalNumber          string
	family, given           string
	born, sex               string
	line, town, postcode    string
	bay                     bay
	complaint               string
	departed, disposition   string
}

// structures are the message structures of the events (HL7 2.4 table 0354).
var structures = map[string]string{"A01": "ADT_A01", "A04": "ADT_A01", "A08": "ADT_A01", "A03": "ADT_A03", "A11": "ADT_A09"}

// write makes the message, as an NHS hospital's system would (NHS ITK HL7 v2 message specifications).
func (f form) write() ([]byte, error) {
	values := slices.Concat(f.header(), f.person())
	whole := structures[f.trigger] == "ADT_A01" // the others have no place for relatives and allergies
	if whole {
		values = append(values, f.relative()...)
	}
	values = append(values, f.stay()...)
	values = append(values, f.findings(whole)...)
	d := hl7.NewDraft("ADT", f.trigger)
	for _, v := range values {
		if v.text != "" {
			d.Set(v.path, v.text)
		}
	}
	message, err := d.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write an %s message of %s: %w", f.trigger, f.hospital.trust, err)
	}
	if f.habits.latin {
		message = encode(message)
	}
	return message, nil
}

// value is a text and its place in the message.
type value struct{ path, text string }

func (f form) header() []value {
	charset := string(hl7.UTF8)
	if f.habits.latin {
		charset = ""
	}
	return []value{
		{"MSH-3", f.hospital.application}, {"MSH-4", f.hospital.trust}, {"MSH-5", "UCPALERT"}, {"MSH-6", "UCPALERT"},
		{"MSH-7", f.stamp}, {"MSH-9.3", structures[f.trigger]}, {"MSH-10", f.control}, {"MSH-11", "P"}, {"MSH-12", "2.4"},
		{"MSH-17", "GBR"}, {"MSH-18", charset}, {"MSH-19.1", "en"},
		{"EVN-1", f.trigger}, {"EVN-2", f.stamp}, {"EVN-5.1", "C9999997"}, {"EVN-5.2", "Clerk"}, {"EVN-5.3", "Invented"}, {"EVN-6", f.stamp},
	}
}

func (f form) person() []value {
	values := []value{
		{"PID-1", "1"},
		{"PID-5.1", f.family}, {"PID-5.2", f.given}, {"PID-5.7", "L"}, {"PID-7", f.born}, {"PID-8", f.sex}, {"PID-10.1", "Z"}, {"PID-10.2", "Not stated"},
		{"PID-11.1", f.line}, {"PID-11.3", f.town}, {"PID-11.5", f.postcode}, {"PID-11.6", "GBR"}, {"PID-11.7", "H"},
		{"PID-13.1", "01632 960999"}, {"PID-13.2", "PRN"}, {"PID-13.3", "PH"}, {"PID-15", "en"}, {"PID-32", f.reliability},
		{"PD1-3.1", "The Invented Surgery"}, {"PD1-3.3", "Y99999"}, {"PD1-4.1", "G9999999"}, {"PD1-4.2", "Invented"}, {"PD1-4.6", "Dr"},
	}
	if f.habits.authority == "" {
		values = append(values, value{"PID-3[1].1", f.hospitalNumber}, value{"PID-3[1].4", f.hospital.trust}, value{"PID-3[1].5", "MR"})
	} else {
		values = append(values, value{"PID-3[1].1", "X" + f.visit}, value{"PID-3[1].4", "AMBULANCE"}, value{"PID-3[3].1", f.hospitalNumber}, value{"PID-3[3].4", f.habits.authority})
	}
	if f.nhsNumber == "" {
		return values
	}
	return append(values, value{"PID-3[2].1", f.nhsNumber}, value{"PID-3[2].4", "NHS"}, value{"PID-3[2].5", "NH"})
}

func (f form) relative() []value {
	return []value{
		{"NK1-1", "1"}, {"NK1-2.1", f.family}, {"NK1-2.2", "Next of kin"}, {"NK1-3.1", "01"}, {"NK1-3.2", "Family member"},
		{"NK1-4.1", f.line}, {"NK1-4.3", f.town}, {"NK1-4.5", f.postcode}, {"NK1-4.6", "GBR"}, {"NK1-4.7", "H"},
		{"NK1-5.1", "01632 960998"}, {"NK1-5.2", "PRN"}, {"NK1-5.3", "PH"}, {"NK1-7.1", "N"}, {"NK1-7.2", "Next-of-kin"},
	}
}

func (f form) stay() []value {
	return []value{
		{"PV1-1", "1"}, {"PV1-2", or(f.habits.class, "E")}, {"PV1-3.1", or(f.habits.pointOfCare, "AE")}, {"PV1-3.2", f.bay.room}, {"PV1-3.3", f.bay.bed}, {"PV1-3.4", f.hospital.site},
		{"PV1-4", "21"}, {"PV1-7.1", "C9999998"}, {"PV1-7.2", "Invented"}, {"PV1-7.3", "Emma"}, {"PV1-7.6", "Dr"},
		{"PV1-8.1", "G9999999"}, {"PV1-8.2", "Invented"}, {"PV1-8.3", "Ravi"}, {"PV1-8.6", "Dr"}, {"PV1-10", "180"},
		{"PV1-14", "00"}, {"PV1-17.1", "C9999998"}, {"PV1-17.2", "Invented"}, {"PV1-17.3", "Emma"}, {"PV1-17.6", "Dr"}, {"PV1-18", "EMERGENCY"}, {"PV1-19", f.visit}, {"PV1-36", f.disposition}, {"PV1-44", f.arrived}, {"PV1-45", f.departed},
		{"PV2-3.2", f.complaint}, {"PV2-12", "2"}, {"PV2-22", "N"}, {"PV2-38.1", "AMB"}, {"PV2-38.2", "Arrived by ambulance"},
	}
}

func (f form) findings(allergies bool) []value {
	values := []value{
		{"OBX-1", "1"}, {"OBX-2", "NM"}, {"OBX-3.1", "NEWS2"}, {"OBX-3.2", "National early warning score"}, {"OBX-3.3", "L"}, {"OBX-5", "3"},
		{"OBX-11", "F"}, {"OBX-14", f.stamp},
	}
	if allergies {
		values = append(values, value{"AL1-1", "1"}, value{"AL1-2", "DA"}, value{"AL1-3.2", "No known drug allergies"})
	}
	return append(values, value{"DG1-1", "1"}, value{"DG1-4", f.complaint}, value{"DG1-5", f.stamp}, value{"DG1-6", "A"})
}

// Reliability of the NHS number (PID-32; NHS ITK HL7 v2 reference tables, NHS number tracing status).
const (
	verified      = "NSTS01"
	traceRequired = "NSTS03"
)

// message writes the HL7 message of an errand.
func (e errand) message(zone *time.Location) ([]byte, error) {
	who, v := e.visit.patient, e.visit
	f := form{
		hospital: e.hospital, habits: e.hospital.habits, trigger: e.step.trigger, control: e.control, stamp: e.at.In(zone).Format(hl7Seconds),
		visit: v.Number, arrived: v.Arrived.In(zone).Format(hl7Seconds),
		nhsNumber: who.NHSNumber, reliability: verified, hospitalNumber: hospitalNumber(e.hospital, who),
		family: who.Family, given: who.Given, born: e.step.born.Format("20060102"), sex: e.hospital.habits.codeOf(who.Sex, e.hospital.codeOf(who.Sex)),
		line: who.Line, town: who.Town, postcode: who.Postcode, bay: e.step.bay,
		complaint: complaints[v.Seed%uint64(len(complaints))], disposition: e.step.disposition,
	}
	if e.step.untraced {
		f.nhsNumber, f.reliability = "", traceRequired
	}
	if e.step.trigger == "A04" {
		f.trigger = or(f.habits.arrival, "A04")
	}
	if e.step.trigger == "A03" {
		f.departed = f.stamp
	}
	return f.write()
}

// hospitalNumber is the hospital's own number for a person: the same at each visit, another in each hospital.
func hospitalNumber(h hospital, p Person) string { return h.prefix + p.NHSNumber[len(p.NHSNumber)-7:] }

// codeOf is how the hospital's system codes a sex.
func (h hospital) codeOf(sex string) string {
	if sex == "female" {
		return h.female
	}
	return h.male
}

// codeOf is how a system with these habits codes a sex that most code as usual.
func (h habits) codeOf(sex, usual string) string {
	if sex == "female" {
		return or(h.female, usual)
	}
	return or(h.male, usual)
}

// blankArrival is an arrival with a mark wherever a load fills something in.
func blankArrival(h hospital) ([]byte, error) {
	return form{
		hospital: h, trigger: "A04", control: blankControl.mark(), stamp: blankTime.mark(), visit: blankVisit.mark(), arrived: blankTime.mark(),
		nhsNumber: blankNHSNumber.mark(), reliability: verified, hospitalNumber: blankHospitalNumber.mark(),
		family: blankFamily.mark(), given: blankGiven.mark(), born: blankBorn.mark(), sex: blankSex.mark(),
		line: "1 Invented Street", town: "Harlow", postcode: blankPostcode.mark(), bay: waitingRoom, complaint: complaints[0],
	}.write()
}
