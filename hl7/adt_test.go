package hl7

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// nhs is for numbers that a test knows to be valid.
func nhs(t testing.TB, digits string) plans.NHSNumber {
	t.Helper()
	n, err := plans.ParseNHSNumber(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func testRules(t testing.TB) Rules { return Rules{Zone: london(t), TestPatients: true} }

// understood reads a message that must be taken.
func understood(t testing.TB, raw string) alerts.Event {
	t.Helper()
	e, err := testRules(t).ReadEvent(mustParse(t, raw), []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var compareEvents = cmp.Options{cmpopts.EquateComparable(plans.NHSNumber{})}

func TestAnArrivalIsUnderstood(t *testing.T) {
	at := func(hour, minute, second int) time.Time {
		return time.Date(2026, 11, 22, hour, minute, second, 0, time.UTC)
	}
	want := alerts.Event{
		Sender: "EPR|RQW", ControlID: "MSG00042", Hash: sha256.Sum256([]byte(arrival)),
		Kind: alerts.Arrive, Trigger: "A04",
		Occurred: at(14, 1, 30), Recorded: at(14, 2, 5), Sent: at(14, 2, 9),
		Facility: "RQW", Visit: "V0098765", Class: "E",
		NHSNumber:      alerts.Stated(nhs(t, "9990000018")),
		HospitalNumber: alerts.Stated("H1234567"),
		Name:           alerts.Stated(alerts.Name{Family: "DOE", Given: "Amina"}),
		Others:         alerts.Stated([plans.MaxOtherNames]plans.PersonName{{Family: "SMITH", Given: "Amina"}}),
		BirthDate:      alerts.Stated(plans.Date("1980-02-13")),
		Sex:            alerts.Stated(plans.Female),
		Postcode:       alerts.Stated("CM20 1QX"),
		Location:       alerts.Stated(alerts.Location{PointOfCare: "AE", Room: "BAY2", Bed: "04", Site: "RQWG0"}),
		Arrived:        alerts.Stated(at(13, 59, 0)),
		Consent:        alerts.Stated(plans.Given),
		Unidentified:   alerts.Stated(false),
		Hiding:         alerts.Stated(alerts.HiddenNational),
	}
	if diff := cmp.Diff(want, understood(t, arrival), compareEvents); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// with sets whole fields of the usual arrival, by path.
func with(t testing.TB, changes ...string) string {
	t.Helper()
	segments := strings.Split(strings.TrimSuffix(arrival, "\r"), "\r")
	for i := 0; i < len(changes); i += 2 {
		name, number := changes[i][:3], 0
		for _, digit := range changes[i][4:] {
			number = number*10 + int(digit-'0')
		}
		if name == "MSH" {
			number--
		}
		for s, segment := range segments {
			if !strings.HasPrefix(segment, name) {
				continue
			}
			fields := strings.Split(segment, "|")
			for len(fields) <= number {
				fields = append(fields, "")
			}
			fields[number] = changes[i+1]
			segments[s] = strings.Join(fields, "|")
		}
	}
	return strings.Join(segments, "\r") + "\r"
}

// without takes the segments of a name out of the usual arrival.
func without(name string) string {
	var kept []string
	for segment := range strings.SplitSeq(arrival, "\r") {
		if !strings.HasPrefix(segment, name) {
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "\r")
}

func TestWhatEachEventMeans(t *testing.T) {
	for event, want := range map[string]alerts.Kind{
		"A01": alerts.Arrive, "A04": alerts.Arrive, "A08": alerts.Update, "A03": alerts.Depart, "A11": alerts.Cancel,
	} {
		if e := understood(t, with(t, "MSH-9", "ADT^"+event)); e.Kind != want || e.Trigger != event {
			t.Errorf("%s means %v (%s), want %v", event, e.Kind, e.Trigger, want)
		}
	}
	if e := understood(t, with(t, "MSH-9", "ADT")); e.Kind != alerts.Arrive {
		t.Errorf("an event named in EVN-1 only means %v, want an arrival", e.Kind)
	}
}

func TestWhichIdentifierIsTheNHSNumber(t *testing.T) {
	stated, absent, emptied := alerts.Stated(nhs(t, "9990000018")), alerts.Field[plans.NHSNumber]{}, alerts.Emptied[plans.NHSNumber]()
	for _, row := range []struct {
		name, ids string
		want      alerts.Field[plans.NHSNumber]
	}{
		{"the first", "9990000018^^^NHS^NH", stated},
		{"the third", "H1^^^RQW^MR~X2^^^RQW^PI~9990000018^^^NHS^NH", stated},
		{"by authority only", "9990000018^^^NHS", stated},
		{"by authority as a hierarchic designator", "9990000018^^^NHS&2.16.840.1.113883.2.1.4.1&ISO", stated},
		{"by type only", "9990000018^^^^NH", stated},
		{"type NHS", "9990000018^^^^NHS", stated},
		{"in small letters", "9990000018^^^nhs^nh", stated},
		{"with spaces", "999 000 0018^^^NHS^NH", stated},
		{"with hyphens", "999-000-0018^^^NHS^NH", stated},
		{"with a wrong check digit it is left out", "9990000019^^^NHS^NH", absent},
		{"a usable one after an unusable one", "9990000019^^^NHS^NH~9990000018^^^NHS^NH", stated},
		{"ten digits of the hospital's own are none", "9990000018^^^RQW^MR", absent},
		{"without type or authority it is none", "9990000018", absent},
		{"none in the list", "H1^^^RQW^MR", absent},
		{"no list at all", "", absent},
		{"emptied", "H1^^^RQW^MR~\"\"^^^NHS^NH", emptied},
		{"all identifiers emptied", `""`, emptied},
	} {
		t.Run(row.name, func(t *testing.T) {
			// The hospital number is not asked for here; the visit has a number of its own.
			if got := understood(t, with(t, "PID-3", row.ids)).NHSNumber; got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestTestNumbersAreNoneWherePatientsAreReal(t *testing.T) {
	rules := testRules(t)
	rules.TestPatients = false
	e, err := rules.ReadEvent(mustParse(t, arrival), []byte(arrival))
	if err != nil || e.NHSNumber.Presence != Absent {
		t.Errorf("got %v, %v; want the message taken and the number left out", e.NHSNumber, err)
	}
}

func TestWhichNameIsTaken(t *testing.T) {
	named := func(family, given string) alerts.Field[alerts.Name] {
		return alerts.Stated(alerts.Name{Family: family, Given: given})
	}
	absent, emptied := alerts.Field[alerts.Name]{}, alerts.Emptied[alerts.Name]()
	for _, row := range []struct {
		name, names string
		want        alerts.Field[alerts.Name]
	}{
		{"the legal name before an alias", "SMITH^A^^^^^A~DOE^Amina^^^^^L", named("DOE", "Amina")},
		{"a name without type before an alias", "SMITH^A^^^^^A~DOE^Amina", named("DOE", "Amina")},
		{"the legal name before one without type", "SMITH^A~DOE^Amina^^^^^L", named("DOE", "Amina")},
		{"an alias if there is nothing else", "SMITH^A^^^^^A", named("SMITH", "A")},
		{"an alias if the legal name is unknown", "Unknown^Unknown^^^^^L~SMITH^A^^^^^A", named("SMITH", "A")},
		{"a family name with its parts", "van der Berg&van der&Berg^Amina", named("van der Berg", "Amina")},
		{"the family name Unknown is no name", "Unknown^Female", absent},
		{"in capitals too", "UNKNOWN", absent},
		{"only a given name", "^Amina", named("", "Amina")},
		{"nothing", "", absent},
		{"emptied", `""`, emptied},
		{"both parts emptied", `""^""`, emptied},
		{"markup stays text", "<b>DOE</b>^Amina", named("<b>DOE</b>", "Amina")},
		{"line ends, terminal and bidirectional controls go", "D\\X0D0A\\OE\\X1B\\[31m\u202e^Am\\X07\\ina", named("D OE", "Amina")},
		{"an escaped ampersand", "O\\T\\NEIL^A", named("O&NEIL", "A")},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, understood(t, with(t, "PID-5", row.names)).Name); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := understood(t, with(t, "PID-5", strings.Repeat("É", 5000))).Name.Value.Family; got != strings.Repeat("É", longestText-1)+"…" {
		t.Errorf("a name of 5000 letters is kept with %d bytes", len(got))
	}
}

func TestWhatIsLeftOutWhatIsEmptiedAndWhatCannotBeUsed(t *testing.T) {
	e := understood(t, with(t, "PID-7", "19801301", "PID-8", "Q", "PID-11", "", "PV1-3", "", "PV1-44", "soon"))
	for what, presence := range map[string]Presence{
		"birth date in month 13": e.BirthDate.Presence, "sex Q": e.Sex.Presence, "no address": e.Postcode.Presence, "no location": e.Location.Presence,
		"arrival at an unreadable time": e.Arrived.Presence,
	} {
		if presence != Absent {
			t.Errorf("%s is %v, want it left out", what, presence)
		}
	}
	const null = `""`
	e = understood(t, with(t, "PID-3", null, "PID-5", null, "PID-7", null, "PID-8", null, "PID-11", "1 Street^^^^"+null, "PV1-3", null, "PV1-44", null))
	for what, presence := range map[string]Presence{
		"NHS number": e.NHSNumber.Presence, "hospital number": e.HospitalNumber.Presence, "name": e.Name.Presence, "birth date": e.BirthDate.Presence,
		"sex": e.Sex.Presence, "postcode": e.Postcode.Presence, "location": e.Location.Presence, "arrival": e.Arrived.Presence,
	} {
		if presence != Null {
			t.Errorf("an emptied %s is %v, want it emptied", what, presence)
		}
	}
}

func TestWhatThePatientSaidAboutSharing(t *testing.T) {
	for _, row := range []struct {
		what, code string
		want       alerts.Field[plans.Consent]
	}{
		{"nothing: consent is implied", "", alerts.Field[plans.Consent]{}},
		{"express consent", "1", alerts.Stated(plans.Given)},
		{"express dissent", "2", alerts.Stated(plans.Dissent)},
		{"not known", "3", alerts.Stated(plans.NotStated)},
		{"taken back", `""`, alerts.Emptied[plans.Consent]()},
		{"a code in no table", "9", alerts.Field[plans.Consent]{}},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := understood(t, with(t, "ZU8-2", row.code)).Consent; got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

func TestSexCodes(t *testing.T) {
	for sent, want := range map[string]plans.Sex{
		"1": plans.Male, "2": plans.Female, "0": plans.UnknownSex, "9": plans.OtherSex, "X": plans.UnknownSex, "M": plans.Male,
		"F": plans.Female, "f": plans.Female, "O": plans.OtherSex, "U": plans.UnknownSex,
	} {
		if got := understood(t, with(t, "PID-8", sent)).Sex.Value; got != want {
			t.Errorf("%s is %q, want %q", sent, got, want)
		}
	}
}

func TestWhichNumberIdentifiesTheVisit(t *testing.T) {
	for _, row := range []struct {
		name    string
		changes []string
		want    string
	}{
		{"the visit number", []string{"PV1-50", "A1", "PID-18", "B1"}, "V0098765"},
		{"the alternate visit id", []string{"PV1-19", "", "PV1-50", "A1", "PID-18", "B1"}, "alternate A1"},
		{"the account", []string{"PV1-19", "", "PID-18", "B1^^^RQW"}, "account B1"},
		{"last the hospital number", []string{"PV1-19", ""}, "patient H1234567"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := understood(t, with(t, row.changes...)).Visit; got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	if got := understood(t, without("PV1")).Visit; got != "patient H1234567" {
		t.Errorf("without PV1 the visit is %q", got)
	}
}

func TestWhichTimesAreRead(t *testing.T) {
	e := understood(t, with(t, "EVN-6", "", "EVN-2", "20261332"))
	if !e.Occurred.IsZero() || !e.Recorded.IsZero() || e.Sent.IsZero() {
		t.Errorf("occurred %v, recorded %v, sent %v; want only the last", e.Occurred, e.Recorded, e.Sent)
	}
	summer := understood(t, with(t, "EVN-6", "20260722140000"))
	if want := time.Date(2026, 7, 22, 13, 0, 0, 0, time.UTC); !summer.Occurred.Equal(want) {
		t.Errorf("a summer afternoon is at %v, want %v", summer.Occurred, want)
	}
}

func TestATimeWithoutAMinuteIsAsLateAsItCanBe(t *testing.T) {
	for _, row := range []struct{ name, occurred, recorded, sent, want string }{
		{"the day it was recorded, and when it was sent", "", "20260722", "20260722150209", "2026-07-22T14:02:09Z"},
		{"the hour it was recorded, and when it was sent", "", "2026072215", "20260722150209", "2026-07-22T14:02:09Z"},
		{"the day it occurred, and when it was recorded", "20260722", "20260722150205", "20260722150209", "2026-07-22T14:02:05Z"},
		{"only the day of both, and when it was sent", "20260722", "20260722", "20260722150209", "2026-07-22T14:02:09Z"},
		{"told the day after: the end of the day", "20260722", "20260723090000", "20260723090001", "2026-07-22T22:59:59.999Z"},
		{"told the year after: the end of the year", "2025", "20260723090000", "20260723090001", "2025-12-31T23:59:59.999Z"},
		{"nobody knows when it was told: the day's beginning", "20260722", "", "", "2026-07-21T23:00:00Z"},
		{"told before it was: the day's beginning", "20260722", "20260720090000", "20260720090001", "2026-07-21T23:00:00Z"},
		{"a minute is exact", "202607221500", "20260722150209", "20260722150209", "2026-07-22T14:00:00Z"},
		{"only the day that it was sent", "", "", "20260722", "2026-07-21T23:00:00Z"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := understood(t, with(t, "EVN-6", row.occurred, "EVN-2", row.recorded, "MSH-7", row.sent))
			if got := e.Stamp().Time().Format(time.RFC3339Nano); got != row.want {
				t.Errorf("messages are ordered by %s, want %s", got, row.want)
			}
		})
	}
	e := understood(t, with(t, "PV1-44", "20261122", "PV1-45", "2026112214"))
	if e.Arrived.Presence != Absent || e.Left.Presence != Absent {
		t.Errorf("arrived %v and left %v, of which no minute is stated", e.Arrived, e.Left)
	}
}

// TestHowExactATimeIsDoesNotChangeTheOrder tells of a visit step by step, each message sent before the next step happens. However exactly each
// states when that was, the messages stand in the order of the steps.
func TestHowExactATimeIsDoesNotChangeTheOrder(t *testing.T) {
	zone := london(t)
	layouts := []string{"", "20060102", "2006010215", "200601021504", "20060102150405"}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 22, 20, 0, 0, 0, zone)
		later := func(least, most int) time.Time {
			now = now.Add(time.Duration(rapid.IntRange(least, most).Draw(t, "seconds")) * time.Second)
			return now
		}
		var before alerts.Stamp
		for i := range rapid.IntRange(2, 8).Draw(t, "steps") {
			stated := func(at time.Time) string { return at.Format(rapid.SampledFrom(layouts).Draw(t, "layout")) }
			occurred, recorded := stated(later(61, 20_000)), stated(later(0, 4_000))
			raw := fmt.Sprintf("MSH|^~\\&|PAS|RQW|||%s||ADT^A08|%d|P|2.4\rEVN|A08|%s||||%s\rPID|1||H1^^^RQW^MR\rPV1|1|E|||||||||||||||||V1\r",
				later(0, 4_000).Format("20060102150405"), i, recorded, occurred)
			m, err := Parse([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			e, err := Rules{Zone: zone}.ReadEvent(m, []byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if e.Stamp() <= before {
				t.Fatalf("step %d (occurred %q, recorded %q) is at %s, the one before at %s", i, occurred, recorded, e.Stamp().Time(), before.Time())
			}
			before = e.Stamp()
		}
	})
}

func TestOtherSegmentsAndFieldsChangeNothing(t *testing.T) {
	more := with(t, "PID-60", "x", "MSH-40", "y") + "ZU8|1|2||1|" + strings.Repeat("z|", 100) + "\rZZ9|?\rOBX|1\r"
	got, plain := understood(t, more), understood(t, arrival)
	got.Hash = plain.Hash
	if diff := cmp.Diff(plain, got, compareEvents); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, row := range []struct {
		name, message string
		code          AckCode
		condition     Condition
		location      string
	}{
		{"a swap of two beds, which is not read", with(t, "MSH-9", "ADT^A17"), AR, UnsupportedEvent, "MSH^1^9"},
		{"an event that is none", with(t, "MSH-9", "ADT^<b>"), AR, UnsupportedEvent, "MSH^1^9"},
		{"a result", with(t, "MSH-9", "ORU^R01"), AR, UnsupportedType, "MSH^1^9"},
		{"no type", with(t, "MSH-9", ""), AE, FieldMissing, "MSH^1^9"},
		{"another version", with(t, "MSH-12", "3.0"), AR, UnsupportedVersion, "MSH^1^12"},
		{"no version", with(t, "MSH-12", ""), AR, UnsupportedVersion, "MSH^1^12"},
		{"another processing id", with(t, "MSH-11", "X"), AR, UnsupportedProcess, "MSH^1^11"},
		{"no processing id", with(t, "MSH-11", ""), AR, UnsupportedProcess, "MSH^1^11"},
		{"no control id", with(t, "MSH-10", ""), AE, FieldMissing, "MSH^1^10"},
		{"a control id of a thousand letters", with(t, "MSH-10", strings.Repeat("4", 1000)), AE, DataType, "MSH^1^10"},
		{"no sending facility", with(t, "MSH-4", ""), AE, FieldMissing, "MSH^1^4"},
		{"no patient", without("PID"), AE, SegmentSequence, "PID^1"},
		{"no visit and no hospital number", with(t, "PV1-19", "", "PID-3", "9990000018^^^NHS^NH"), AE, FieldMissing, "PV1^1^19"},
		{"a visit number of a thousand letters", with(t, "PV1-19", strings.Repeat("4", 1000)), AE, DataType, "PV1^1^19"},
		{"no time", with(t, "EVN-2", "", "EVN-6", "later", "MSH-7", ""), AE, FieldMissing, "MSH^1^7"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, err := testRules(t).ReadEvent(mustParse(t, row.message), []byte(row.message))
			var got *Refusal
			if !errors.As(err, &got) {
				t.Fatalf("got %v, %v; want a refusal", e, err)
			}
			if got.Code != row.code || got.Condition != row.condition || got.Location != row.location {
				t.Errorf("got %v, want %s %d at %s", got, row.code, row.condition, row.location)
			}
			for _, secret := range []string{"DOE", "9990000018", "1980", "CM20"} {
				if strings.Contains(got.Error(), secret) {
					t.Errorf("the refusal holds %s: %v", secret, got)
				}
			}
		})
	}
}

func TestTestMessagesAreTakenOnlyWhereTheyMay(t *testing.T) {
	raw := with(t, "MSH-11", "T")
	understood(t, raw)
	rules := testRules(t)
	rules.TestPatients = false
	_, err := rules.ReadEvent(mustParse(t, raw), []byte(raw))
	var got *Refusal
	if !errors.As(err, &got) || got.Code != AR || got.Condition != UnsupportedProcess {
		t.Errorf("got %v, want AR %d", err, UnsupportedProcess)
	}
}

func TestEveryVersionOfTheStandardIsRead(t *testing.T) {
	for _, version := range []string{"2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7.1", "2.8", "2.4^GBR"} {
		understood(t, with(t, "MSH-12", version))
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add([]byte(arrival))
	f.Add([]byte(strings.ReplaceAll(arrival, "9990000018", "9990000019")))
	rules := Rules{TestPatients: true}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err != nil || len(raw) > 8192 {
			return
		}
		e, err := rules.ReadEvent(m, raw)
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			if refusal.Code != AE && refusal.Code != AR && refusal.Code != AA {
				t.Errorf("refused with %s", refusal.Code)
			}
		case err != nil:
			t.Errorf("%v is no refusal", err)
		case e.ControlID == "" || e.Facility == "" || e.Visit == "" || e.Kind == 0 || e.Occurred.IsZero() && e.Recorded.IsZero() && e.Sent.IsZero():
			t.Errorf("taken without what an event must have: %q %q %q %v %q", e.ControlID, e.Facility, e.Visit, e.Kind, e.Stamp())
		}
	})
}
