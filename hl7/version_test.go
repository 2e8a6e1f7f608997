package hl7

import (
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
)

// TestEachVersionAsItsSystemsWriteIt reads the same arrival as systems of each version write it, and looks at both answers.
func TestEachVersionAsItsSystemsWriteIt(t *testing.T) {
	const (
		before25 = "ERR|PV1^1^19^101&Required field missing&HL70357\r"
		from25   = "ERR||PV1^1^19|101^Required field missing^HL70357|E||||no visit\r"
	)
	for _, row := range []struct {
		version, what string
		delimiters    string // MSH-2
		kind, field12 string // MSH-9 and MSH-12
		evn           string
		event         string // MSH-9 of the answer
		err           string
	}{
		{"2.1", "MSH-9 is the type alone, the event stands in EVN-1 only", `^~\&`, "ADT", "2.1", "EVN|A04|202611221402", "ACK", before25},
		{"2.2", "the event in both places", `^~\&`, "ADT^A04", "2.2", "EVN|A04|202611221402", "ACK^A04", before25},
		{"2.3", "EVN-6 is there", `^~\&`, "ADT^A04", "2.3", "EVN|A04|20261122140205||||20261122140130", "ACK^A04", before25},
		{"2.3.1", "MSH-9 names the structure", `^~\&`, "ADT^A04^ADT_A01", "2.3.1", "EVN|A04|20261122140205", "ACK^A04", before25},
		{"2.4", "MSH-12 names a country", `^~\&`, "ADT^A04^ADT_A01", "2.4^GBR", "EVN|A04|20261122140205", "ACK^A04", before25},
		{"2.5", "ERR has fields of its own", `^~\&`, "ADT^A04^ADT_A01", "2.5^GBR^1.0", "EVN|A04|20261122140205", "ACK^A04", from25},
		{"2.5.1", "", `^~\&`, "ADT^A04^ADT_A01", "2.5.1", "EVN|A04|20261122140205", "ACK^A04", from25},
		{"2.6", "fractions of a second and an offset", `^~\&`, "ADT^A04^ADT_A01", "2.6", "EVN|A04|20261122140205.123+0000", "ACK^A04", from25},
		{"2.7", "a fifth delimiter, and EVN-1 is withdrawn", `^~\&#`, "ADT^A04^ADT_A01", "2.7", "EVN||20261122140205", "ACK^A04", from25},
		{"2.7.1", "", `^~\&#`, "ADT^A04^ADT_A01", "2.7.1", "EVN||20261122140205", "ACK^A04", from25},
		{"2.8", "", `^~\&#`, "ADT^A04^ADT_A01", "2.8", "EVN||20261122140205", "ACK^A04", from25},
	} {
		t.Run(row.version+" "+row.what, func(t *testing.T) {
			raw := "MSH|" + row.delimiters + "|EPR|RQW|UCP|QM7|20261122140209||" + row.kind + "|42|P|" + row.field12 + "\r" + row.evn + "\r" +
				"PID|1||H1234567^^^RQW^MR~9990000018^^^NHS^NH||DOE^Amina||19800213|F\rPV1|1|E|AE^BAY2^04^RQWG0||||||||||||||||V0098765\r"
			e := understood(t, raw)
			if e.Kind != alerts.Arrive || e.Trigger != "A04" || e.Visit != "V0098765" || e.NHSNumber.Value != nhs(t, "9990000018") || e.BirthDate.Value != "1980-02-13" ||
				e.Name.Value.Family != "DOE" || e.Location.Value.Room != "BAY2" || e.Stamp().Time().UTC().Format("15:04") < "14:01" {
				t.Errorf("understood as %+v", e)
			}
			head := "MSH|^~\\&|UCP|QM7|EPR|RQW|20261122140210+0000||" + row.event + "|SERIES1|P|" + row.version + "\r"
			if got := string(testAnswerer().Answer(mustParse(t, raw), nil)); got != head+"MSA|AA|42\r" {
				t.Errorf("taken, answered %q", got)
			}
			missing := &Refusal{Code: AE, Condition: FieldMissing, Location: "PV1^1^19", Text: "no visit"}
			if got := string(testAnswerer().Answer(mustParse(t, raw), missing)); got != head+"MSA|AE|42|no visit\r"+row.err {
				t.Errorf("not taken, answered %q", got)
			}
		})
	}
	for _, version := range []string{"2.0", "2.9", "3.0", "2", "", "2.10", "2.4.10", "2.x"} {
		raw := with(t, "MSH-12", version)
		_, err := testRules(t).ReadEvent(mustParse(t, raw), []byte(raw))
		if err == nil || !strings.Contains(err.Error(), "AR 203") {
			t.Errorf("%q: %v", version, err)
		}
	}
}
