package hl7

import (
	"strings"
	"testing"
	"time"
)

func testAnswerer() *Answerer {
	a := NewAnswerer("UCPALERT", "QM7", func() time.Time { return time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC) })
	a.series = "SERIES"
	return a
}

func TestAnswers(t *testing.T) {
	missing := &Refusal{Code: AE, Condition: FieldMissing, Location: "PV1^1^19", Text: "the visit has no number"}
	refused := &Refusal{Code: AR, Condition: UnsupportedEvent, Location: "MSH^1^9", Text: "unsupported event"}
	const (
		msh24 = "MSH|^~\\&|EPR|RQW|UCP|QM7|20261122140209||ADT^A04|42|P|2.4\r"
		turn  = "MSH|^~\\&|UCP|QM7|EPR|RQW|20261122140210+0000||ACK^A04|SERIES1|P|2.4\r"
	)
	for _, row := range []struct {
		name, message string
		refusal       *Refusal
		want          string
	}{
		{"taken", msh24, nil, turn + "MSA|AA|42\r"},
		{"an error that HL7 2.4 locates in ERR-1", msh24, missing, turn + "MSA|AE|42|the visit has no number\rERR|PV1^1^19^101&Required field missing&HL70357\r"},
		{"refused for good", msh24, refused, turn + "MSA|AR|42|unsupported event\rERR|MSH^1^9^201&Unsupported event code&HL70357\r"},
		{
			"an error without a place", msh24, &Refusal{Code: AE, Condition: ApplicationInternal, Text: "not stored | send again"},
			turn + "MSA|AE|42|not stored \\F\\ send again\rERR|^^^207&Application internal error&HL70357\r",
		},
		{
			"from 2.5 on the place is in ERR-2", strings.Replace(msh24, "2.4", "2.5.1", 1), missing,
			strings.Replace(turn, "2.4", "2.5.1", 1) + "MSA|AE|42|the visit has no number\rERR||PV1^1^19|101^Required field missing^HL70357|E||||the visit has no number\r",
		},
		{
			"a sender that addresses nobody", "MSH|^~\\&|EPR|RQW|||20261122||ADT^A08|43|T|2.3\r", nil,
			"MSH|^~\\&|UCPALERT|QM7|EPR|RQW|20261122140210+0000||ACK^A08|SERIES1|T|2.3\rMSA|AA|43\r",
		},
		{
			"other delimiters become the usual ones", "MSH#*+!%#EPR*1.2.3*ISO#RQW#U|P##20261122##ADT*A04#4!S!2#P#2.4\r", nil,
			"MSH|^~\\&|U\\F\\P|QM7|EPR^1.2.3^ISO|RQW|20261122140210+0000||ACK^A04|SERIES1|P|2.4\rMSA|AA|4\\S\\2\r",
		},
		{
			"no control id, no event, no version", "MSH|^~\\&|EPR|RQW\r", missing,
			"MSH|^~\\&|UCPALERT|QM7|EPR|RQW|20261122140210+0000||ACK|SERIES1|P|2.4\rMSA|AE||the visit has no number\rERR|PV1^1^19^101&Required field missing&HL70357\r",
		},
		{
			"a version and a process nobody knows", "MSH|^~\\&|EPR|RQW|||||ADT^<b>|42|X|3.0\r", refused,
			"MSH|^~\\&|UCPALERT|QM7|EPR|RQW|20261122140210+0000||ACK|SERIES1|P|2.4\rMSA|AR|42|unsupported event\rERR|MSH^1^9^201&Unsupported event code&HL70357\r",
		},
		{
			"letters outside ASCII are declared", "MSH|^~\\&|EPR|RQW|||||ADT^A04|é|P|2.4\r", nil,
			"MSH|^~\\&|UCPALERT|QM7|EPR|RQW|20261122140210+0000||ACK^A04|SERIES1|P|2.4||||||UNICODE UTF-8\rMSA|AA|é\r",
		},
		{
			"a control id that tries to write a segment", "MSH|^~\\&|EPR|RQW|||||ADT^A04|42\rmsa\x1c\x0b|P|2.4\r", nil,
			"MSH|^~\\&|UCPALERT|QM7|EPR|RQW|20261122140210+0000||ACK^A04|SERIES1|P|2.4\rMSA|AA|42\\X0D\\msa\\X1C\\\\X0B\\\r",
		},
		{"MSH-15 set to null is the original mode", "MSH|^~\\&|EPR|RQW|UCP|QM7|||ADT^A04|42|P|2.4|||\"\"|\"\"\r", nil, turn + "MSA|AA|42\r"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(testAnswerer().Answer(mustParse(t, row.message), row.refusal)); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}

// HL7 2.4 §2.9.3, table 0155: what MSH-15 and MSH-16 ask for, and the one answer that there is.
func TestTheModeOfTheAnswer(t *testing.T) {
	mistake := &Refusal{Code: AE, Condition: FieldMissing, Location: "PV1^1^19", Text: "the visit has no number"}
	never := &Refusal{Code: AR, Condition: UnsupportedEvent, Location: "MSH^1^9", Text: "unsupported event"}
	const none = "nothing"
	for _, row := range []struct {
		name, accept, application string
		taken, mistake, never     string
	}{
		{"neither is stated: the original mode", "", "", "AA", "AE", "AR"},
		{"both set to null: the original mode", `""`, `""`, "AA", "AE", "AR"},
		{"accept always", "AL", "", "CA", "CE", "CR"},
		{"accept always, application never", "AL", "NE", "CA", "CE", "CR"},
		{"both always: the one answer is the accept acknowledgement", "AL", "AL", "CA", "CE", "CR"},
		{"application always: the original mode in other words", "NE", "AL", "AA", "AE", "AR"},
		{"application always, accept not stated", "", "AL", "AA", "AE", "AR"},
		{"application on errors", "NE", "ER", none, "AE", "AR"},
		{"application on success", "NE", "SU", "AA", none, none},
		{"accept on errors", "ER", "NE", none, "CE", "CR"},
		{"accept on errors, application not stated", "ER", "", none, "CE", "CR"},
		{"accept on success", "SU", "NE", "CA", none, none},
		{"accept on errors, application always", "ER", "AL", "AA", "CE", "CR"},
		{"accept on success, application on errors", "SU", "ER", "CA", "AE", "AR"},
		{"accept on errors, application on success", "ER", "SU", "AA", "CE", "CR"},
		{"nothing at all", "NE", "NE", none, none, none},
		{"a condition in no table is answered", "XX", "NE", "CA", "CE", "CR"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := mustParse(t, "MSH|^~\\&|EPR|RQW|UCP|QM7|||ADT^A04|42|P|2.4|||"+row.accept+"|"+row.application+"\r")
			for _, of := range []struct {
				refusal *Refusal
				want    string
			}{{nil, row.taken}, {mistake, row.mistake}, {never, row.never}} {
				got := none
				if answer := testAnswerer().Answer(m, of.refusal); answer != nil {
					back := mustParse(t, string(answer))
					got = back.Segment("MSA").Field(1).Text()
					if back.Segment("MSA").Field(2).Text() != "42" || back.Segment("ERR").Exists() != (of.refusal != nil) {
						t.Errorf("the answer is %q", answer)
					}
				}
				if got != of.want {
					t.Errorf("answered %s, want %s", got, of.want)
				}
			}
		})
	}
}

func TestTheAnswerToWhatCouldNotBeReadNamesNoControlID(t *testing.T) {
	_, err := Parse([]byte("GET / HTTP/1.1"))
	got := string(testAnswerer().Answer(nil, err.(*Refusal)))
	want := "MSH|^~\\&|UCPALERT|QM7|||20261122140210+0000||ACK|SERIES1|P|2.4\rMSA|AE||the message does not begin with MSH\rERR|MSH^1^^100&Segment sequence error&HL70357\r"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnswersHaveControlIDsOfTheirOwn(t *testing.T) {
	m := mustParse(t, arrival)
	clock := func() time.Time { return time.Time{} }
	one, other := NewAnswerer("A", "B", clock), NewAnswerer("A", "B", clock)
	seen := map[string]bool{}
	for _, a := range []*Answerer{one, other, one, other} {
		id := mustParse(t, string(a.Answer(m, nil))).Segment("MSH").Field(10).Text()
		if seen[id] || id == "" || len(id) > 20 {
			t.Errorf("control id %q; want a new one of at most 20 characters", id)
		}
		seen[id] = true
	}
}

func TestAnAnswerRepeatsNothingOfThePatient(t *testing.T) {
	got := string(testAnswerer().Answer(mustParse(t, arrival), &Refusal{Code: AE, Condition: DataType, Location: "PID^1^5", Text: "no"}))
	for _, secret := range []string{"9990000018", "DOE^", "Amina", "19800213", "CM20"} {
		if strings.Contains(got, secret) {
			t.Errorf("the answer holds %s: %q", secret, got)
		}
	}
}

func TestAnAnswerDoesNotGrowWithTheMessage(t *testing.T) {
	m := mustParse(t, "MSH|^~\\&|"+strings.Repeat("é", 9000)+"|RQW|||||ADT^A04|"+strings.Repeat("9é", 9000)+"|P|2.4\r")
	got := testAnswerer().Answer(m, nil)
	if len(got) > 1000 {
		t.Errorf("the answer has %d bytes", len(got))
	}
	if back := mustParse(t, string(got)); back.Charset() != UTF8 {
		t.Errorf("the answer is cut in the middle of a letter: %s", back.Charset())
	}
}

func BenchmarkAnswer(b *testing.B) {
	m := mustParse(b, arrival)
	a := NewAnswerer("UCPALERT", "QM7", time.Now)
	b.ReportAllocs()
	for b.Loop() {
		if a.Answer(m, nil) == nil {
			b.Fatal("no answer")
		}
	}
}
