package hl7

import (
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestEscapes(t *testing.T) {
	for _, row := range []struct{ name, sent, want string }{
		{"no escape", "SMITH", "SMITH"},
		{"the delimiters", `\F\\S\\T\\R\\E\`, `|^&~\`},
		{"between letters", `MARKS \T\ SPENCER`, "MARKS & SPENCER"},
		{"bytes that are UTF-8", `SI\XC382\N`, "SIÂN"},
		{"bytes that are windows-1252", `SI\XC2\N`, "SIÂN"},
		{"a line end", `A\X0D\B`, "A\rB"},
		{"lower-case digits", `\x0d\ \X0d\`, "\\x0d\\ \r"},
		{"half a byte stays text", `\X4\`, `\X4\`},
		{"no byte stays text", `\X\`, `\X\`},
		{"letters that are no digits stay text", `\XZZ\`, `\XZZ\`},
		{"formatting stays text", `one\.br\two`, `one\.br\two`},
		{"highlighting stays text", `\H\bold\N\`, `\H\bold\N\`},
		{"character sets stay text", `\C2842\ \M244142\`, `\C2842\ \M244142\`},
		{"a site's own escape stays text", `\Z01\`, `\Z01\`},
		{"an unknown escape stays text", `\Q\`, `\Q\`},
		{"a truncation that the message does not have stays text", `\P\`, `\P\`},
		{"a path on a disk stays text", `C:\temp\new`, `C:\temp\new`},
		{"a lone escape character", `A\B`, `A\B`},
		{"at the end", `AB\`, `AB\`},
		{"a lone one before an escape", `A\B \T\ C`, `A\B & C`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := unescape(row.sent, &standard); got != row.want {
				t.Errorf("%q is read as %q, want %q", row.sent, got, row.want)
			}
		})
	}
}

func TestANullThatIsEscapedIsAText(t *testing.T) {
	m := mustParse(t, `MSH|^~\&|\X22\\X22\`)
	if v := m.Segment("MSH").Field(3); v.Presence() != Present || v.Text() != `""` {
		t.Errorf("got %v, %q", v.Presence(), v.Text())
	}
}

func TestNamesFitToBeShown(t *testing.T) {
	for _, row := range []struct{ name, sent, want string }{
		{"as nearly all are", "Amina Jane", "Amina Jane"},
		{"accents", "SIÂN ŁUKASZ 王", "SIÂN ŁUKASZ 王"},
		{"spaces around and doubled", "  Amina   Jane ", "Amina Jane"},
		{"only spaces", "   ", ""},
		{"line breaks", "DOE\r\nsmith", "DOE smith"},
		{"a terminal told to write red", "\x1b[31mDOE\x1b[0m", "DOE"},
		{"a terminal told to clear itself", "DOE\x1b[2J\x1bcX", "DOEcX"},
		{"a terminal sequence without end", "DOE\x1b[", "DOE"},
		{"a name written backwards", "DOE\u202eEOD\u2066x\u2069", "DOEEODx"},
		{"marks without width", "D\u200bO\ufeffE\u200f", "DOE"},
		{"C1 controls", "D\u0085O\u009bE", "D OE"},
		{"zero", "D\x00OE", "DOE"},
		{"markup is text", "<script>alert(1)</script>", "<script>alert(1)</script>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Clean(row.sent); got != row.want {
				t.Errorf("%q is shown as %q, want %q", row.sent, got, row.want)
			}
		})
	}
}

func TestACleanTextHasNoControlsAndStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := Clean(rapid.String().Draw(t, "text"))
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
	})
}
