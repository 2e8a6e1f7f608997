// Package hl7 answers one question: what does this HL7 v2 message say, and so what is its sender to be told?
//
// A [Message] keeps the bytes it came in and is split only where somebody looks. Nothing in it prints itself: messages and values shown
// with fmt or slog give their kind, never their content.
package hl7

import (
	"log/slog"
	"math/bits"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
)

// Delimiters are the characters that divide a message, as its MSH-1 and MSH-2 declare them (HL7 2.4 §2.7). A zero is a delimiter that
// the message does not have.
type Delimiters struct {
	Field, Component, Repetition, Escape, Subcomponent byte
	// Truncation is the fifth character of MSH-2 (HL7 2.7 §2.5.5.2).
	Truncation byte
}

// standard are the delimiters that HL7 recommends, and that we write.
var standard = Delimiters{Field: '|', Component: '^', Repetition: '~', Escape: '\\', Subcomponent: '&'}

// Message is one HL7 v2 message, readable in parts. It is immutable and may be read by several goroutines.
type Message struct {
	text     string // UTF-8
	segments []string
	delims   Delimiters
	charset  Charset
	oneByte  bool // see decoded
	guessed  bool
}

// Parse reads a message without its frame. It takes segments that end in CR, LF or CRLF, any delimiters, and any character set that
// [Charset] names. The bytes are not kept.
//
// The error is always a [*Refusal]: without MSH, or with delimiters that delimit nothing, there is no message to read.
func Parse(raw []byte) (*Message, error) { return parse(raw, Windows1252, false) }

// parse reads a message; usual and always are what is known of the sender's character set.
func parse(raw []byte, usual Charset, always bool) (*Message, error) {
	d := decode(raw, usual, always)
	m := &Message{text: strings.TrimLeft(d.text, "\r\n\t \x00"), charset: d.charset, oneByte: d.oneByte, guessed: d.guessed}
	if !strings.HasPrefix(m.text, "MSH") {
		return nil, &Refusal{Code: AE, Condition: SegmentSequence, Location: "MSH^1", Text: "the message does not begin with MSH"}
	}
	var refusal *Refusal
	if m.delims, refusal = declared(m.text); refusal != nil {
		return nil, refusal
	}
	m.segments = split(m.text, m.delims.Field)
	return m, nil
}

// declared reads the delimiters from the beginning of MSH.
func declared(msh string) (Delimiters, *Refusal) {
	if len(msh) < 5 {
		return Delimiters{}, &Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^2", Text: "MSH declares no delimiters"}
	}
	d := Delimiters{Field: msh[3]}
	rest := msh[4:]
	if end := strings.IndexAny(rest, string(d.Field)+"\r\n"); end >= 0 {
		rest = rest[:end]
	}
	if rest == "" {
		return Delimiters{}, &Refusal{Code: AE, Condition: FieldMissing, Location: "MSH^1^2", Text: "MSH-2 declares no delimiters"}
	}
	for i, to := range []*byte{&d.Component, &d.Repetition, &d.Escape, &d.Subcomponent, &d.Truncation} {
		if i < len(rest) {
			*to = rest[i]
		}
	}
	all := string(d.Field) + rest[:min(len(rest), 5)]
	for i := range len(all) {
		if !delimits(all[i]) || strings.IndexByte(all[i+1:], all[i]) >= 0 {
			return Delimiters{}, &Refusal{Code: AE, Condition: DataType, Location: "MSH^1^2", Text: "MSH-1 and MSH-2 must be different punctuation characters"}
		}
	}
	return d, nil
}

// delimits reports whether b can be a delimiter: visible ASCII, no letter, no digit, and not the quotation mark that writes null.
func delimits(b byte) bool {
	return b > ' ' && b < 0x7F && b != '"' && !isUpper(b) && !isDigit(b) && (b < 'a' || b > 'z')
}

func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// split finds the segments. A line break ends a segment only if a segment name or nothing follows on the next line: line breaks inside
// a field, which senders should have escaped and did not, stay in the field.
func split(text string, field byte) []string {
	segments := make([]string, 0, 16)
	onlyCR := strings.IndexByte(text, '\n') < 0
	for start, from := 0, 0; start < len(text); {
		end := lineEnd(text, from, onlyCR)
		next := end
		for next < len(text) && (text[next] == '\r' || text[next] == '\n') {
			next++
		}
		if next < len(text) && !beginsSegment(text[next:], field) {
			from = next
			continue
		}
		segments = append(segments, text[start:end])
		start, from = next, next
	}
	return segments
}

// lineEnd is the index of the first CR or LF at or after from, or the end of text.
func lineEnd(text string, from int, onlyCR bool) int {
	var i int
	if onlyCR {
		i = strings.IndexByte(text[from:], '\r')
	} else {
		i = strings.IndexAny(text[from:], "\r\n")
	}
	if i < 0 {
		return len(text)
	}
	return from + i
}

// beginsSegment reports whether a line begins with a segment name: a capital, two capitals or digits, then the separator or the end.
func beginsSegment(line string, field byte) bool {
	return len(line) >= 3 && isUpper(line[0]) && (isUpper(line[1]) || isDigit(line[1])) && (isUpper(line[2]) || isDigit(line[2])) &&
		(len(line) == 3 || line[3] == field || line[3] == '\r' || line[3] == '\n')
}

// Charset is how the message's bytes were read.
func (m *Message) Charset() Charset { return m.charset }

// Delimiters are those that the message declares.
func (m *Message) Delimiters() Delimiters { return m.delims }

// Segment returns the first segment of that name. If there is none, all its fields are absent.
func (m *Message) Segment(name string) Segment { return m.occurrence(name, 1) }

// Segments returns all segments of that name, in order.
func (m *Message) Segments(name string) []Segment {
	var found []Segment
	for _, text := range m.segments {
		if isNamed(text, name) {
			found = append(found, Segment{text, &m.delims})
		}
	}
	return found
}

// All returns every segment, in order.
func (m *Message) All() []Segment {
	all := make([]Segment, len(m.segments))
	for i, text := range m.segments {
		all[i] = Segment{text, &m.delims}
	}
	return all
}

// occurrence returns the nth segment of that name, counted from 1.
func (m *Message) occurrence(name string, n int) Segment {
	for _, text := range m.segments {
		if isNamed(text, name) {
			if n--; n == 0 {
				return Segment{text, &m.delims}
			}
		}
	}
	return Segment{"", &m.delims}
}

// isNamed relies on split: after the name comes the separator or the end.
func isNamed(segment, name string) bool { return len(name) == 3 && strings.HasPrefix(segment, name) }

// String names the message by its type and event only.
func (m *Message) String() string { return "HL7 message " + Clean(m.kind(standard.Component)) }

// GoString hides the content in %#v.
func (m *Message) GoString() string { return m.String() }

// LogValue hides the content in structured logs.
func (m *Message) LogValue() slog.Value { return slog.StringValue(m.String()) }

// kind is message type and event with a byte between them, such as ADT^A04.
func (m *Message) kind(between byte) string {
	field := m.Segment("MSH").Field(9)
	return field.Component(1).Text() + string(between) + field.Component(2).Text()
}

// Segment is one segment of a message.
type Segment struct {
	text   string
	delims *Delimiters
}

// Exists reports whether the message has the segment.
func (s Segment) Exists() bool { return s.text != "" }

// Name is the three letters that the segment begins with; empty if it does not exist.
func (s Segment) Name() string { return s.text[:min(3, len(s.text))] }

// Fields is the number of the last field.
func (s Segment) Fields() int {
	n := strings.Count(s.text, string(s.delims.Field))
	if s.Name() == "MSH" {
		n++
	}
	return n
}

// Field returns a field by the number that the standard gives it: MSH-1 is the separator itself and MSH-2 the other delimiters.
func (s Segment) Field(n int) Value {
	if s.text == "" || n < 1 {
		return Value{delims: s.delims}
	}
	if s.Name() == "MSH" {
		switch n {
		case 1:
			return Value{s.text[3:4], s.delims, literalLevel}
		case 2:
			return Value{part(s.text, s.delims.Field, 2), s.delims, literalLevel}
		}
		n--
	}
	return Value{part(s.text, s.delims.Field, n+1), s.delims, fieldLevel}
}

// String names the segment only.
func (s Segment) String() string { return "HL7 segment " + s.Name() }

// GoString hides the content in %#v.
func (s Segment) GoString() string { return s.String() }

// LogValue hides the content in structured logs.
func (s Segment) LogValue() slog.Value { return slog.StringValue(s.String()) }

// part is the nth part, counted from 1, of a text divided by a separator; empty if there are fewer. Most parts are a few bytes long,
// for which one plain loop is faster than a search for each; eight bytes with too few separators are passed over at once.
func part(text string, separator byte, n int) string {
	if n > 1 && separator == 0 {
		return ""
	}
	start := 0
	for n > 1 && len(text)-start > 8 {
		passed := countOf(text[start:start+8], separator)
		if passed >= n-1 {
			break
		}
		n -= passed
		start += 8
	}
	for i := start; n > 1; i++ {
		if i == len(text) {
			return ""
		}
		if text[i] == separator {
			n--
			start = i + 1
		}
	}
	text = text[start:]
	if i := indexByte(text, separator); i >= 0 {
		return text[:i]
	}
	return text
}

// countOf is how often a byte stands in a text of eight bytes. It adds up the bytes of a word that are zero once each differs by what is sought
// (H. S. Warren, Hacker's Delight, 2nd edition, 6-1).
func countOf(eight string, sought byte) int {
	const low, rest = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	_ = eight[7]
	word := uint64(eight[0]) | uint64(eight[1])<<8 | uint64(eight[2])<<16 | uint64(eight[3])<<24 |
		uint64(eight[4])<<32 | uint64(eight[5])<<40 | uint64(eight[6])<<48 | uint64(eight[7])<<56
	word ^= low * uint64(sought)
	return bits.OnesCount64(^(word&rest + rest | word | rest))
}

// indexByte is strings.IndexByte, except that no text contains the separator zero, which stands for none.
func indexByte(text string, separator byte) int {
	if separator == 0 {
		return -1
	}
	return strings.IndexByte(text, separator)
}

// Presence of a value: see [alerts.Presence].
type Presence = alerts.Presence

// The presences, by their short names.
const (
	Absent  = alerts.Absent
	Null    = alerts.Null
	Present = alerts.Present
)
