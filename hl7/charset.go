package hl7

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Charset is a character set by the name that HL7 table 0211 gives it; windows-1252, which the table lacks, by its IANA name.
type Charset string

// The character sets that are read besides ISO 8859-2 to 8859-15, whose names are 8859/2 to 8859/15.
const (
	ASCII       Charset = "ASCII"
	UTF8        Charset = "UNICODE UTF-8"
	UTF16       Charset = "UNICODE UTF-16"
	Windows1252 Charset = "windows-1252" // read also where 8859/1 is declared: it has the same letters, and more
)

// tables are the single-byte character sets by what is left of their many spellings; see spelling.
var tables = map[string]struct {
	charset Charset
	table   *charmap.Charmap
}{
	"88592": {"8859/2", charmap.ISO8859_2}, "88593": {"8859/3", charmap.ISO8859_3}, "88594": {"8859/4", charmap.ISO8859_4},
	"88595": {"8859/5", charmap.ISO8859_5}, "88596": {"8859/6", charmap.ISO8859_6}, "88597": {"8859/7", charmap.ISO8859_7},
	"88598": {"8859/8", charmap.ISO8859_8}, "88599": {"8859/9", charmap.ISO8859_9}, "885915": {"8859/15", charmap.ISO8859_15},
}

// spelling reduces the name of a character set to what the spellings have in common: 8859/15, ISO-8859-15 and "iso 8859_15" are 885915.
func spelling(label string) string {
	return strings.TrimPrefix(strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, label), "iso")
}

var (
	markUTF8    = []byte("\xEF\xBB\xBF")
	markUTF16LE = []byte("\xFF\xFE")
	markUTF16BE = []byte("\xFE\xFF")
)

// decode turns a message into UTF-8. What the bytes are counts before what MSH-18 calls them, for a wrong label must not cost a letter:
//
//   - a byte-order mark, or a zero beside the first letter, says UTF-16;
//   - bytes that are valid UTF-8 are UTF-8 (in other sets such sequences are two letters that no name has side by side);
//   - otherwise MSH-18 decides, and where it says nothing usable (absent, ASCII, UTF-8, unknown) they are in the set that the sender is
//     known to use; that is windows-1252 for hospital systems of which nothing else is known.
func decode(raw []byte, usual Charset, always bool) decoded {
	switch {
	case bytes.HasPrefix(raw, markUTF8):
		raw = raw[len(markUTF8):]
	case bytes.HasPrefix(raw, markUTF16LE), bytes.HasPrefix(raw, []byte("M\x00")):
		return decoded{text: decodeWith(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), raw), charset: UTF16}
	case bytes.HasPrefix(raw, markUTF16BE), bytes.HasPrefix(raw, []byte("\x00M")):
		return decoded{text: decodeWith(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), raw), charset: UTF16}
	}
	switch {
	case isASCII(raw):
		return decoded{text: string(raw), charset: ASCII}
	case utf8.Valid(raw):
		return decoded{text: string(raw), charset: UTF8}
	}
	named := spelling(label(raw))
	if !always {
		if t, ok := tables[named]; ok {
			return decoded{text: decodeWith(t.table, raw), charset: t.charset, oneByte: true}
		}
	}
	guessed := named != "88591" && named != "windows1252" && named != "cp1252"
	if guessed || always {
		if t, ok := tables[spelling(string(usual))]; ok {
			return decoded{text: decodeWith(t.table, raw), charset: t.charset, oneByte: true, guessed: guessed}
		}
	}
	return decoded{text: decodeWith(charmap.Windows1252, raw), charset: Windows1252, oneByte: true, guessed: guessed}
}

// decoded is a message in UTF-8, and how its bytes were read.
type decoded struct {
	text    string
	charset Charset
	// oneByte: each letter was one byte, so that only a name tells which letter it is. guessed: MSH-18 did not name one that is known.
	oneByte, guessed bool
}

// ParseCharset finds a character set by any of its usual names.
func ParseCharset(name string) (Charset, bool) {
	switch s := spelling(name); s {
	case "ascii":
		return ASCII, true
	case "unicodeutf8", "utf8":
		return UTF8, true
	case "unicodeutf16", "utf16", "utf16le", "utf16be":
		return UTF16, true
	case "88591", "windows1252", "cp1252", "latin1":
		return Windows1252, true
	default:
		t, ok := tables[s]
		return t.charset, ok
	}
}

func isASCII(raw []byte) bool {
	var all byte
	for _, b := range raw {
		all |= b
	}
	return all < utf8.RuneSelf
}

// decodeWith decodes; what has no meaning in the character set becomes U+FFFD.
func decodeWith(e encoding.Encoding, raw []byte) string {
	text, err := e.NewDecoder().Bytes(raw)
	if err != nil { // no decoder used here fails: each replaces what it cannot read
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(text)
}

// label is the first repetition of MSH-18, read from bytes that are not decoded yet: everything up to it is ASCII in practice.
func label(raw []byte) string {
	raw = bytes.TrimLeft(raw, "\r\n\t \x00")
	if end := bytes.IndexAny(raw, "\r\n"); end >= 0 {
		raw = raw[:end]
	}
	if len(raw) < 6 {
		return ""
	}
	name := part(string(raw), raw[3], 18)
	if mark := raw[5]; mark != raw[3] {
		name = part(name, mark, 1)
	}
	return name
}
