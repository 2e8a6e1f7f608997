package hl7

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// unescape resolves the escapes of a value (HL7 2.4 §2.10): \F\ \S\ \T\ \R\ \E\ for the delimiters, \P\ for the truncation character
// and \Xhh…\ for bytes. Escapes that format text or switch character sets, and whatever else stands between escape characters, stay
// as they are: a letter lost is worse than a backslash shown.
func unescape(text string, d *Delimiters) string {
	i := -1
	if d != nil {
		i = indexByte(text, d.Escape)
	}
	if i < 0 {
		return text
	}
	b := make([]byte, 0, len(text))
	for {
		b, text = append(b, text[:i]...), text[i:]
		length := strings.IndexByte(text[1:], d.Escape)
		if length < 0 {
			return string(append(b, text...))
		}
		code, whole := text[1:1+length], text[:length+2]
		switch {
		case appendEscape(&b, code, d):
			text = text[len(whole):]
		case stays(code):
			b, text = append(b, whole...), text[len(whole):]
		default: // a backslash that nobody escaped: the next may begin an escape
			b, text = append(b, d.Escape), text[1:]
		}
		if i = strings.IndexByte(text, d.Escape); i < 0 {
			return string(append(b, text...))
		}
	}
}

// appendEscape appends what an escape stands for, or reports that it does not know it.
func appendEscape(b *[]byte, code string, d *Delimiters) bool {
	var meant byte
	switch code {
	case "F":
		meant = d.Field
	case "S":
		meant = d.Component
	case "T":
		meant = d.Subcomponent
	case "R":
		meant = d.Repetition
	case "E":
		meant = d.Escape
	case "P":
		meant = d.Truncation
	default:
		if len(code) < 3 || code[0] != 'X' {
			return false
		}
		raw, err := hex.DecodeString(code[1:])
		if err != nil {
			return false
		}
		*b = append(*b, meaning(raw)...)
		return true
	}
	if meant == 0 {
		return false
	}
	*b = append(*b, meant)
	return true
}

// meaning reads the bytes of \X…\, which are in the sender's character set: UTF-8 if they can be, else windows-1252.
func meaning(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	return decodeWith(charmap.Windows1252, raw)
}

// stays reports whether code is a known escape that has no letter of its own: highlighting, formatting (\.br\), character sets
// (\Cxxyy\, \Mxxyyzz\) and those that a site defined (\Z…\).
func stays(code string) bool {
	if code == "H" || code == "N" {
		return true
	}
	return len(code) > 1 && strings.IndexByte(".CMZ", code[0]) >= 0 && strings.IndexByte(code, ' ') < 0
}

// appendEscaped appends text with the standard delimiters, and control characters, as escapes.
func appendEscaped(b []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; c {
		case standard.Field:
			b = append(b, `\F\`...)
		case standard.Component:
			b = append(b, `\S\`...)
		case standard.Subcomponent:
			b = append(b, `\T\`...)
		case standard.Repetition:
			b = append(b, `\R\`...)
		case standard.Escape:
			b = append(b, `\E\`...)
		default:
			if c >= ' ' && c != 0x7F {
				b = append(b, c)
				continue
			}
			const digits = "0123456789ABCDEF"
			b = append(b, '\\', 'X', digits[c>>4], digits[c&15], '\\')
		}
	}
	return b
}

// Clean makes a text fit to be shown on one line: without control characters, terminal sequences, and the marks that turn the direction
// of writing (which can make one name look like another); with single spaces between words and none around. Letters stay as they are.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	space := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == 0x1B:
			i += terminalSequence(text[i:])
			continue
		case r == ' ', r == '\t', r == '\r', r == '\n', r == 0x85, r == 0x2028, r == 0x2029:
			space = b.Len() > 0
		case !isInvisible(r):
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// isClean reports whether a text is printable ASCII with single spaces inside, as nearly all are.
func isClean(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= 0x7F || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return text == "" || before != ' '
}

// isInvisible reports whether r is a control character (C0, C1) or a mark without width that changes how others are shown.
func isInvisible(r rune) bool {
	switch {
	case r < ' ', r >= 0x7F && r <= 0x9F:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069: // bidirectional embeddings, overrides and isolates
		return true
	case r == 0x200E, r == 0x200F, r == 0x061C, r == 0x200B, r == 0xFEFF:
		return true
	}
	return false
}

// terminalSequence is the length of an escape sequence that begins a text: ESC [ parameters letter, or ESC alone (ECMA-48 §5.4).
func terminalSequence(text string) int {
	if len(text) < 2 || text[1] != '[' {
		return 1
	}
	i := 2
	for i < len(text) && text[i] >= 0x20 && text[i] <= 0x3F {
		i++
	}
	if i < len(text) && text[i] >= 0x40 && text[i] <= 0x7E {
		i++
	}
	return i
}
