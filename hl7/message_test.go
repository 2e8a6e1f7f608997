package hl7

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// arrival is a usual A04 of about 900 bytes, as an emergency department's system sends it.
const arrival = "MSH|^~\\&|EPR|RQW|UCPALERT|QM7|20261122140209||ADT^A04^ADT_A01|MSG00042|P|2.4|||||GBR|UNICODE UTF-8|EN\r" +
	"EVN|A04|20261122140205||||20261122140130\r" +
	"PID|1||H1234567^^^RQW^MR~9990000018^^^NHS^NH||DOE^Amina^Jane^^Mrs^^L~SMITH^Amina^^^^^A||19800213|2|||1 Invented Street^Flat 2^Harlow^Essex^CM20 1QX^GBR^H" +
	"||01279000000^PRN^PH~07700900000^PRN^CP||EN|M|C22||||||A||||||||N|||03\r" +
	"PD1|||INVENTED SURGERY^^F81000|G9999999^DOCTOR^A^^^DR\r" +
	"NK1|1|DOE^John^^^Mr|SPOUSE|1 Invented Street^^Harlow^Essex^CM20 1QX|01279000001\r" +
	"PV1|1|E|AE^BAY2^04^RQWG0||||C1234567^CONSULTANT^A^^^DR|||180||||7|||||V0098765^^^RQW^VN|||||||||||||||||||||||||20261122135900\r" +
	"PV2|||^CHEST PAIN\r" +
	"OBX|1|ST|TRIAGE||2^VERY URGENT||||||F\r" +
	"ZU8|1|1||2\r"

// mustParse is for messages that a test knows to be readable.
func mustParse(t testing.TB, raw string) *Message {
	t.Helper()
	m, err := Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhereAValueStands(t *testing.T) {
	m := mustParse(t, arrival)
	for _, row := range []struct{ name, path, want string }{
		{"MSH-1 is the separator itself", "MSH-1", "|"},
		{"MSH-2 is the other delimiters, not split by them", "MSH-2", `^~\&`},
		{"MSH-2 has no components", "MSH-2.2", ""},
		{"the sending facility", "MSH-4", "RQW"},
		{"the event", "MSH-9.2", "A04"},
		{"the control id", "MSH-10", "MSG00042"},
		{"when it occurred", "EVN-6", "20261122140130"},
		{"the first identifier when none is asked for", "PID-3.1", "H1234567"},
		{"the second identifier", "PID-3[2].1", "9990000018"},
		{"the type of the second identifier", "PID-3[2].5", "NH"},
		{"a field read as one value is its first part", "PID-5", "DOE"},
		{"a component read by subcomponent is its first", "PID-5.2.1", "Amina"},
		{"and has no second", "PID-5.2.2", ""},
		{"the alias", "PID-5[2].1", "SMITH"},
		{"a third repetition that is not there", "PID-5[3].1", ""},
		{"the postcode", "PID-11.5", "CM20 1QX"},
		{"a field past the end of its segment", "PV2-40", ""},
		{"the last field", "PV1-44", "20261122135900"},
		{"a segment that is not there", "ZZZ-1", ""},
		{"a second segment that is not there", "PID[2]-3", ""},
		{"a site's own segment", "ZU8-4", "2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			value, err := m.Get(row.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := value.Text(); got != row.want {
				t.Errorf("%s is %q, want %q", row.path, got, row.want)
			}
		})
	}
	if n := m.Segment("ZU8").Fields(); n != 4 {
		t.Errorf("ZU8 has %d fields, want 4", n)
	}
	if n := m.Segment("MSH").Fields(); n != 19 {
		t.Errorf("MSH has %d fields, want 19", n)
	}
}

func TestAbsentNullAndPresentDiffer(t *testing.T) {
	m := mustParse(t, "MSH|^~\\&|\rPID|1|||\"\"|^~^&|\"\"^\"\"|\"\"^X|A^\"\"^||\"\"\"\"|\"\r")
	for _, row := range []struct {
		name, path string
		want       Presence
	}{
		{"a value", "PID-1", Present},
		{"nothing between two separators", "PID-2", Absent},
		{"two quotation marks", "PID-4", Null},
		{"nothing but delimiters", "PID-5", Absent},
		{"nothing but nulls", "PID-6", Null},
		{"a null beside a value", "PID-7", Present},
		{"the null component of it", "PID-7.1", Null},
		{"a null component", "PID-8.2", Null},
		{"an empty component", "PID-8.3", Absent},
		{"a component past the last", "PID-8.4", Absent},
		{"four quotation marks are a text", "PID-10", Present},
		{"one quotation mark is a text", "PID-11", Present},
		{"past the end of the segment", "PID-12", Absent},
		{"no such segment", "PV1-2", Absent},
	} {
		t.Run(row.name, func(t *testing.T) {
			value, err := m.Get(row.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := value.Presence(); got != row.want {
				t.Errorf("%s is %v, want %v", row.path, got, row.want)
			}
		})
	}
	if got := m.Segment("PID").Field(4).Text(); got != "" {
		t.Errorf("a null reads as %q, want nothing", got)
	}
	if (Value{}).Presence() != Absent || (Value{}).Component(2).Subcomponent(3).Text() != "" {
		t.Error("the zero value is not absent")
	}
}

func TestOtherDelimiters(t *testing.T) {
	for _, row := range []struct{ name, message, path, want string }{
		{"every delimiter another", "MSH#*+!%#EPR#RQW\rPID#1##A*B%C+9990000018***NHS*NH#!S!x!T!\r", "PID-3[2].4", "NHS"},
		{"escapes follow", "MSH#*+!%#EPR#RQW\rPID#1##A*B%C#!S!x!T!\r", "PID-4", "*x%"},
		{"the usual ones are letters then", "MSH#*+!%#EPR#RQW\rPID#1##A|B^C~D\\E\\&\r", "PID-3", "A|B^C~D\\E\\&"},
		{"a fifth character for truncation", "MSH|^~\\&#|EPR\rPID|1||A#^B\\P\\\r", "PID-3.2", "B#"},
		{"it is no delimiter of fields", "MSH|^~\\&#|EPR\rPID|1||A#^B\r", "PID-3.1", "A#"},
		{"a zero byte is no delimiter where there is none", "MSH|^|EPR\rPID|1||A\x00B\r", "PID-3[2]", ""},
		{"only components", "MSH|^|EPR\rPID|1||A~B&C\\F\\^D\r", "PID-3.1", "A~B&C\\F\\"},
	} {
		t.Run(row.name, func(t *testing.T) {
			value, err := mustParse(t, row.message).Get(row.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := value.Text(); got != row.want {
				t.Errorf("%s is %q, want %q", row.path, got, row.want)
			}
		})
	}
}

func TestLineEnds(t *testing.T) {
	for _, row := range []struct{ name, message string }{
		{"CR, as the standard says", "MSH|^~\\&|EPR\rPID|1||X\rPV1|1|E\r"},
		{"LF", "MSH|^~\\&|EPR\nPID|1||X\nPV1|1|E\n"},
		{"CRLF", "MSH|^~\\&|EPR\r\nPID|1||X\r\nPV1|1|E\r\n"},
		{"a mixture, and blank lines", "\r\nMSH|^~\\&|EPR\r\r\nPID|1||X\n\nPV1|1|E"},
		{"none at the end", "MSH|^~\\&|EPR\rPID|1||X\rPV1|1|E"},
		{"a byte-order mark", "\xEF\xBB\xBFMSH|^~\\&|EPR\rPID|1||X\rPV1|1|E\r"},
		{"zeros in front", "\x00\x00 MSH|^~\\&|EPR\rPID|1||X\rPV1|1|E\r"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := mustParse(t, row.message)
			got := []string{m.Segment("MSH").Field(3).Text(), m.Segment("PID").Field(3).Text(), m.Segment("PV1").Field(2).Text()}
			if diff := cmp.Diff([]string{"EPR", "X", "E"}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestALineBreakInsideANameDoesNotLoseTheRestOfTheSegment(t *testing.T) {
	for _, lineBreak := range []string{"\r", "\n", "\r\n"} {
		m := mustParse(t, "MSH|^~\\&|EPR\rPID|1||X||DOE"+lineBreak+"smith^Amina||19800213\rPV1|1|E\r")
		if got := m.Segment("PID").Field(7).Text(); got != "19800213" {
			t.Errorf("after %q the birth date is %q", lineBreak, got)
		}
		if got := Clean(m.Segment("PID").Field(5).Text()); got != "DOE smith" {
			t.Errorf("after %q the name is %q", lineBreak, got)
		}
		if got := m.Segment("PV1").Field(2).Text(); got != "E" {
			t.Errorf("after %q the next segment reads %q", lineBreak, got)
		}
	}
}

func TestSegmentsThatRepeat(t *testing.T) {
	m := mustParse(t, "MSH|^~\\&|\rOBX|1\rZU8|x\rOBX|2\rOBX|4\rOBXY|3\r")
	var got []string
	for _, s := range m.Segments("OBX") {
		got = append(got, s.Field(1).Text())
	}
	// The last line has no name of three letters, and so belongs to the segment before.
	if diff := cmp.Diff([]string{"1", "2", "4\rOBXY"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err := m.Get("OBX[2]-1"); err != nil || got.Text() != "2" {
		t.Errorf("the second is %q, %v", got.Text(), err)
	}
	if len(m.All()) != 5 {
		t.Errorf("%d segments, want 5", len(m.All()))
	}
}

func TestWhatIsNoMessage(t *testing.T) {
	for _, row := range []struct {
		name, raw string
		want      Refusal
	}{
		{"nothing", "", Refusal{Code: AE, Condition: SegmentSequence, Location: "MSH^1"}},
		{"a web browser", "GET / HTTP/1.1\r\n\r\n", Refusal{Code: AE, Condition: SegmentSequence, Location: "MSH^1"}},
		{"another segment first", "PID|1\rMSH|^~\\&|\r", Refusal{Code: AE, Condition: SegmentSequence, Location: "MSH^1"}},
		{"a batch", "FHS|^~\\&|\r", Refusal{Code: AE, Condition: SegmentSequence, Location: "MSH^1"}},
		{"MSH alone", "MSH", Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^2"}},
		{"MSH and its separator", "MSH|", Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^2"}},
		{"an empty MSH-2", "MSH||EPR", Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^2"}},
		{"the same delimiter twice", "MSH|^~^&|EPR", Refusal{Code: AE, Condition: DataType, Location: "MSH^1^2"}},
		{"letters as delimiters", "MSHabcde", Refusal{Code: AE, Condition: DataType, Location: "MSH^1^2"}},
		{"a delimiter outside ASCII", "MSH§^~\\&§", Refusal{Code: AE, Condition: DataType, Location: "MSH^1^2"}},
		{"the quotation mark as delimiter", "MSH|\"~\\&|", Refusal{Code: AE, Condition: DataType, Location: "MSH^1^2"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Parse([]byte(row.raw))
			var got *Refusal
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want a refusal", err)
			}
			row.want.Text = got.Text
			if diff := cmp.Diff(row.want, *got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNothingOfAMessagePrintsItself(t *testing.T) {
	m := mustParse(t, arrival)
	name := m.Segment("PID").Field(5)
	for _, shown := range []string{
		fmt.Sprint(m), fmt.Sprintf("%+v %#v %s", m, m, m.Segment("PID")), fmt.Sprintf("%v %+v %#v %s %q", name, name, name, name, name),
		fmt.Sprintf("%v %#v", m.Segment("PID"), m.Segment("PID")),
	} {
		if strings.Contains(shown, "DOE") || strings.Contains(shown, "9990000018") {
			t.Errorf("shown: %s", shown)
		}
	}
	if got := m.String(); got != "HL7 message ADT^A04" {
		t.Errorf("got %q", got)
	}
}

func TestPathsThatAreNone(t *testing.T) {
	for _, path := range []string{"", "PID", "PID-", "PID-x", "PID-0", "PID-1.0", "PID-1.1.1.1", "pid-1", "PI-1", "PID[0]-1", "PID[x]-1", "PID-3[0].1", "PID-3[.1", "PID-3[2.1", "PID-3]2", "PID-1000"} {
		if p, err := ParsePath(path); err == nil {
			t.Errorf("%q is read as %+v", path, p)
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune(`|^~\&#"'`+"\r\n\x0b\x1cEFXé")))).
		Filter(func(s string) bool { return s != `""` })
	rapid.Check(t, func(t *rapid.T) {
		draft := NewDraft("ADT", "A04")
		want := map[string]string{}
		for i, s := range rapid.SliceOfN(text, 1, 8).Draw(t, "texts") {
			path := fmt.Sprintf("PID-%d[%d].%d.%d", rapid.IntRange(1, 3).Draw(t, "field"), rapid.IntRange(1, 3).Draw(t, "repetition"), i+1, rapid.IntRange(1, 3).Draw(t, "sub"))
			want[path] = s
			draft.Set(path, s)
		}
		raw, err := draft.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		for path, s := range want {
			if got, err := m.Get(path); err != nil || got.Text() != s {
				t.Fatalf("%s is %q, %v; want %q in\n%q", path, got.Text(), err, s, raw)
			}
		}
	})
}

func TestADraftIsWrittenAsOneWouldByHand(t *testing.T) {
	draft := NewDraft("ADT", "A04")
	draft.Set("MSH-3", "EPR")
	draft.Set("MSH-10", "42")
	draft.Set("PID-3[2].1", "9990000018")
	draft.Set("PID-5.1", "O'NEIL & SONS|\r")
	draft.SetNull("PID-7")
	draft.Set("OBX[2]-1", "2")
	raw, err := draft.Bytes()
	want := "MSH|^~\\&|EPR||||||ADT^A04|42\rPID|||~9990000018||O'NEIL \\T\\ SONS\\F\\\\X0D\\||\"\"\rOBX\rOBX|2\r"
	if err != nil || string(raw) != want {
		t.Errorf("got  %q, %v\nwant %q", raw, err, want)
	}
	draft.Set("PID-5.1", "SIÂN")
	if raw, err = draft.Bytes(); err != nil || !strings.HasPrefix(string(raw), "MSH|^~\\&|EPR||||||ADT^A04|42||||||||UNICODE UTF-8\r") {
		t.Errorf("the character set is not declared: %q, %v", raw, err)
	}
	draft.Set("PID5", "x")
	if _, err := draft.Bytes(); err == nil {
		t.Error("a wrong path is not reported")
	}
}

// touch reads everything that a message has, in every way.
func touch(m *Message) {
	for _, s := range m.All() {
		for n := range s.Fields() + 2 {
			for r := range s.Field(n).Repetitions() {
				for c := range 4 {
					for sub := range 3 {
						_ = Clean(r.Component(c).Subcomponent(sub).Text())
						_ = r.Component(c).Presence()
					}
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{arrival, "MSH|^~\\&", "MSH|^", "\xff\xfeM\x00S\x00H\x00|\x00^\x00", "MSH|^~\\&|\\X\\\\X4\\\\XZZ\\\\", "MSH|^~\\&|||||||ADT^A04\rPID|1||\"\"^~&\r\n\x1b[31m"} {
		f.Add([]byte(seed))
	}
	answerer := NewAnswerer("UCPALERT", "QM7", func() time.Time { return time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC) })
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 4096 {
			return
		}
		m, err := Parse(raw)
		var refusal *Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%v is no refusal", err)
		}
		if m != nil {
			touch(m)
		}
		answer := answerer.Answer(m, refusal)
		if answer == nil {
			return
		}
		if n := strings.Count(string(answer), "\r"); n > 3 {
			t.Fatalf("the answer has %d segments: %q", n, answer)
		}
		if strings.ContainsAny(string(answer), "\x0b\x1c\n") {
			t.Fatalf("the answer breaks its frame: %q", answer)
		}
		if back, err := Parse(answer); err != nil || back.Segment("MSA").Field(1).Text() == "" {
			t.Fatalf("the answer does not read: %q, %v", answer, err)
		}
	})
}

// BenchmarkRead parses a usual A04 and reads what an attendance needs.
func BenchmarkRead(b *testing.B) {
	raw := []byte(arrival)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		m, err := Parse(raw)
		if err != nil {
			b.Fatal(err)
		}
		msh, pid, pv1 := m.Segment("MSH"), m.Segment("PID"), m.Segment("PV1")
		found := 0
		for id := range pid.Field(3).Repetitions() {
			if id.Component(5).Text() == "NH" {
				found += len(id.Component(1).Text())
			}
		}
		for _, n := range []int{3, 4, 7, 9, 10, 11, 12} {
			found += len(msh.Field(n).Text())
		}
		for _, n := range []int{5, 7, 8, 11} {
			found += len(pid.Field(n).Text())
		}
		for _, n := range []int{2, 3, 19, 44} {
			found += len(pv1.Field(n).Text())
		}
		if found == 0 {
			b.Fatal("nothing read")
		}
	}
}

// The nth part is that of a plain split, wherever the separators stand.
func TestAPartIsThatOfASplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("||||ab\x7f\x80\xff|")), 0, 60, -1).Draw(t, "text")
		n := rapid.IntRange(1, 40).Draw(t, "n")
		want := ""
		if parts := strings.Split(text, "|"); n <= len(parts) {
			want = parts[n-1]
		}
		if got := part(text, '|', n); got != want {
			t.Fatalf("part %d of %q is %q, not %q", n, text, got, want)
		}
	})
}
