package hl7

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/plans"
)

// under reads a message as a sender with this profile writes it.
func under(t testing.TB, p *Profile, raw string) (alerts.Event, error) {
	t.Helper()
	rules := testRules(t)
	rules.Profile = p
	return rules.ReadEvent(p.Reread(mustParse(t, raw), []byte(raw)), []byte(raw))
}

func habit(change func(*Profile)) *Profile {
	p := DefaultProfile()
	change(p)
	return p
}

func TestWhatASendersHabitsChange(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what    string
		profile *Profile
		raw     string
		want    func(alerts.Event) bool
	}{
		{"its own code for a sex", habit(func(p *Profile) { p.Sex = Codes{"W": "2"} }), with(t, "PID-8", "w"),
			func(e alerts.Event) bool { return e.Sex.Value == plans.Female }},
		{"a code of the standard beside its own", habit(func(p *Profile) { p.Sex = Codes{"W": "2"} }), with(t, "PID-8", "1"),
			func(e alerts.Event) bool { return e.Sex.Value == plans.Male }},
		{"codes that are the standard's, but the other way round", habit(func(p *Profile) { p.Sex = Codes{"1": "2", "2": "1"} }), with(t, "PID-8", "1"),
			func(e alerts.Event) bool { return e.Sex.Value == plans.Female }},
		{"its own code for dissent", habit(func(p *Profile) { p.Consent = Codes{"NO": "2"} }), with(t, "ZU8-2", "no"),
			func(e alerts.Event) bool { return e.Consent.Value == plans.Dissent }},
		{"its own code for an emergency", habit(func(p *Profile) { p.Class = Codes{"AE": "E"} }), with(t, "PV1-2", "ae"),
			func(e alerts.Event) bool { return e.Class == "E" }},
		{"a word for an emergency", habit(func(p *Profile) {}), with(t, "PV1-2", "Emergency"), func(e alerts.Event) bool { return e.Class == "E" }},
		{"a code for an emergency that nobody listed", habit(func(p *Profile) {}), with(t, "PV1-2", "AEATT"), func(e alerts.Event) bool { return e.Class == "" }},
		{"a code that the profile says is no arrival", habit(func(p *Profile) { p.Class = Codes{"DC": "O"} }), with(t, "PV1-2", "dc"),
			func(e alerts.Event) bool { return e.Class == "O" }},
		{"an update that is an arrival", habit(func(p *Profile) { p.Events["A28"] = Use{Kind: alerts.Arrive} }), with(t, "MSH-9", "ADT^A28"),
			func(e alerts.Event) bool { return e.Kind == alerts.Arrive && e.Trigger == "A28" }},
		{"times in its own zone", habit(func(p *Profile) { p.Zone = tokyo }), with(t, "EVN-6", "20261122140000"),
			func(e alerts.Event) bool { return e.Occurred.Equal(time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)) }},
		{"an NHS number under another name", habit(func(p *Profile) { p.NHSNumber = []string{"NHSNO"} }), with(t, "PID-3", "9990000018^^^^NHSNO"),
			func(e alerts.Event) bool { return e.NHSNumber.Value == nhs(t, "9990000018") }},
		{"a hospital number of one authority only", habit(func(p *Profile) { p.HospitalAuthorities = []string{"LISTER"} }),
			with(t, "PID-3", "A1^^^OTHER^MR~B2^^^Lister"),
			func(e alerts.Event) bool { return e.HospitalNumber.Value == "B2" }},
		{"another number for the visit first", habit(func(p *Profile) { p.Visit = []VisitSource{PatientAccount, VisitNumber} }),
			with(t, "PID-18", "77", "PV1-19", "V1"), func(e alerts.Event) bool { return e.Visit == "account 77" }},
	} {
		t.Run(row.what, func(t *testing.T) {
			e, err := under(t, row.profile, row.raw)
			if err != nil || !row.want(e) {
				t.Errorf("read as %+v, %v", e, err)
			}
		})
	}
}

func TestBytesOfWhichNothingIsSaidAreInTheSendersOwnSet(t *testing.T) {
	polish := habit(func(p *Profile) { p.Charset = "8859/2" })
	always := habit(func(p *Profile) { p.Charset, p.CharsetAlways = "8859/2", true })
	encoded := func(label string) string {
		raw, err := charmap.ISO8859_2.NewEncoder().String("MSH|^~\\&|EPR|RQW|||20261122120000||ADT^A04|1|P|2.4||||||" + label + "\rPID|1||X^^^RQW^MR||ŁUKASZ^JÓZEF\rPV1|1|E|||||||||||||||||V1\r")
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, row := range []struct {
		what    string
		profile *Profile
		raw     string
		family  string
	}{
		{"no label", polish, encoded(""), "ŁUKASZ"},
		{"a label nobody knows", polish, encoded("PLAIN"), "ŁUKASZ"},
		{"a wrong label: it counts", polish, encoded("8859/1"), "£UKASZ"},
		{"a wrong label that is never believed", always, encoded("8859/1"), "ŁUKASZ"},
		{"a wrong label of another table that is never believed", always, encoded("8859/5"), "ŁUKASZ"},
		{"UTF-8 all the same", always, "MSH|^~\\&|EPR|RQW|||20261122120000||ADT^A04|1|P|2.4\rPID|1||X^^^RQW^MR||ŁUKASZ\rPV1|1|E|||||||||||||||||V1\r", "ŁUKASZ"},
		{"nothing known of the sender", DefaultProfile(), encoded(""), "£UKASZ"},
	} {
		t.Run(row.what, func(t *testing.T) {
			e, err := under(t, row.profile, row.raw)
			if err != nil || e.Name.Value.Family != row.family {
				t.Errorf("the name is %q (%v), want %q", e.Name.Value.Family, err, row.family)
			}
		})
	}
}

func TestEventsWithoutUseAreAnsweredAsTheProfileSays(t *testing.T) {
	lenient := habit(func(p *Profile) { p.Others = NotUsed })
	strict := habit(func(p *Profile) { p.Events["A60"] = Refused })
	for _, row := range []struct {
		what    string
		profile *Profile
		event   string
		code    AckCode
	}{
		{"an allergy is not used", DefaultProfile(), "A60", AA},
		{"an allergy, where nobody should send it", strict, "A60", AR},
		{"an event that might mean something", DefaultProfile(), "A99", AR},
		{"the same, where everything else is to be passed by", lenient, "A99", AA},
		{"what is no event at all", lenient, "HELLO", AR},
		{"no event", lenient, "", AR},
	} {
		t.Run(row.what, func(t *testing.T) {
			r := newRig(t)
			r.Profiles = func(facility string, from mllp.Peer) *Profile {
				if facility != "RQW" || from.Address == "" {
					t.Errorf("asked for the profile of %q at %q", facility, from.Address)
				}
				return row.profile
			}
			answer := r.answered(t, with(t, "MSH-9", "ADT^"+row.event, "EVN-1", row.event))
			if !strings.HasPrefix(answer, "MSA|"+string(row.code)+"|MSG00042") {
				t.Errorf("answered %q, want %s", answer, row.code)
			}
			if (row.code == AA) == strings.Contains(answer, "ERR|") {
				t.Errorf("an ERR segment in, or missing from, %q", answer)
			}
			if row.code == AA && (r.Counters.NotUsed.Load() != 1 || !strings.Contains(answer, "not used here")) {
				t.Errorf("not counted or not said: %q", answer)
			}
			if len(r.desk.kept)+len(r.shelf.kept) > 0 {
				t.Error("something was kept")
			}
		})
	}
}

func TestAProfileThatIsClonedLeavesTheFirstAlone(t *testing.T) {
	p := DefaultProfile()
	p.Events["A04"], p.NHSNumber[0], p.Visit[0], p.Trusted[0] = Refused, "X", "Y", "Z"
	p.Sex["W"] = "2"
	if d := DefaultProfile(); d.Use("A04") == Refused || d.NHSNumber[0] == "X" || d.Visit[0] == "Y" || d.Trusts("Z") || len(d.Sex) > 0 {
		t.Error("the built-in profile was changed through a copy")
	}
}
