package hl7

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestNamesInEveryCharacterSet(t *testing.T) {
	write := func(e encoding.Encoding, text string) string {
		raw, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	message := func(label, name string) string {
		return "MSH|^~\\&|EPR|RQW|||20261122||ADT^A04|1|P|2.4||||||" + label + "\rPID|1||X||" + name + "^SIÔN\rPV1|1|E\r"
	}
	little := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	bareLittle := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	bareBig := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for _, row := range []struct {
		name, raw, family string
		charset           Charset
	}{
		{"UTF-8, so labelled", message("UNICODE UTF-8", "SIÂN"), "SIÂN", UTF8},
		{"UTF-8 without a label", message("", "SIÂN"), "SIÂN", UTF8},
		{"UTF-8 labelled as 8859/1", message("8859/1", "SIÂN"), "SIÂN", UTF8},
		{"UTF-8 labelled as ASCII", message("ASCII", "SIÂN"), "SIÂN", UTF8},
		{"UTF-8 with a byte-order mark", "\xEF\xBB\xBF" + message("", "ŁUKASZ"), "ŁUKASZ", UTF8},
		{"8859/1, so labelled", write(charmap.ISO8859_1, message("8859/1", "SIÂN")), "SIÂN", Windows1252},
		{"windows-1252, so labelled", write(charmap.Windows1252, message("windows-1252", "O’NEIL")), "O’NEIL", Windows1252},
		{"windows-1252 without a label", write(charmap.Windows1252, message("", "O’NEIL")), "O’NEIL", Windows1252},
		{"windows-1252 labelled as 8859/1", write(charmap.Windows1252, message("8859/1", "O’NEIL")), "O’NEIL", Windows1252},
		{"windows-1252 labelled as UTF-8", write(charmap.Windows1252, message("UNICODE UTF-8", "SIÂN")), "SIÂN", Windows1252},
		{"windows-1252 labelled as ASCII", write(charmap.Windows1252, message("ASCII", "SIÂN")), "SIÂN", Windows1252},
		{"windows-1252 with a label nobody knows", write(charmap.Windows1252, message("EBCDIC", "SIÂN")), "SIÂN", Windows1252},
		{"8859/2", write(charmap.ISO8859_2, message("8859/2", "ŁUKASZÔ")), "ŁUKASZÔ", "8859/2"},
		{"8859/15, spelled as IANA does, first of two", write(charmap.ISO8859_15, message("ISO-8859-15~8859/2", "ŒUVRE")), "ŒUVRE", "8859/15"},
		{"UTF-16, little end first", write(little, message("UNICODE UTF-16", "ŁUKASZ")), "ŁUKASZ", UTF16},
		{"UTF-16, big end first", write(big, message("", "ŁUKASZ")), "ŁUKASZ", UTF16},
		{"UTF-16 without a mark, little end first", write(bareLittle, message("8859/1", "ŁUKASZ")), "ŁUKASZ", UTF16},
		{"UTF-16 without a mark, big end first", write(bareBig, message("", "ŁUKASZ")), "ŁUKASZ", UTF16},
		{"nothing but ASCII, labelled as UTF-8", strings.ReplaceAll(message("UNICODE UTF-8", "SMITH"), "SIÔN", "SION"), "SMITH", ASCII},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := mustParse(t, row.raw)
			if got := m.Segment("PID").Field(5).Component(1).Text(); got != row.family {
				t.Errorf("the name is %q, want %q", got, row.family)
			}
			if got := m.Segment("PV1").Field(2).Text(); got != "E" {
				t.Errorf("what follows the name reads %q, want E", got)
			}
			if m.Charset() != row.charset {
				t.Errorf("read as %s, want %s", m.Charset(), row.charset)
			}
		})
	}
}

func TestHalfAUTF16LetterIsNoEnd(t *testing.T) {
	m := mustParse(t, "\xff\xfeM\x00S\x00H\x00|\x00^\x00~\x00\\\x00&\x00|\x00E\x00X")
	if got := m.Segment("MSH").Field(3).Text(); !strings.HasPrefix(got, "E") {
		t.Errorf("got %q", got)
	}
}
