package fhir

import (
	"fmt"
	"math"
	"net/http"
	"unicode/utf8"
)

// Limits bound what is taken. A number that is 0 has its default.
type Limits struct {
	// Bytes is the longest body, 1 MB by default.
	Bytes int
	// Depth is how deeply objects and arrays may be nested, 64 by default.
	Depth int
	// RefuseTestNumbers refuses NHS numbers of the range that is kept for tests: a service for real patients does.
	RefuseTestNumbers bool
}

// The default limits.
const (
	DefaultBytes = 1 << 20
	DefaultDepth = 64
)

// bytesPerValue bounds how many values a body may hold: at most one for each so many bytes. Resources have one for each 20 or more; a
// body of nothing but commas and brackets would otherwise take fifty times its size in memory.
const bytesPerValue = 4

func (l Limits) orDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	return l
}

// scan walks all bytes of a JSON text (RFC 8259) once and refuses what two readers could understand differently: duplicate names, text
// that is not UTF-8, lone surrogates, control characters, anything after the end. Numbers stay as they are written. The root names the
// expected resource in the answer until the resource has told its own type.
func scan(body []byte, root string, limits Limits) (*document, error) {
	limits = limits.orDefaults()
	if len(body) > limits.Bytes {
		return nil, Refuse(http.StatusRequestEntityTooLarge, TooLong, "", fmt.Sprintf("The body is longer than %d bytes. Send less at once.", limits.Bytes))
	}
	s := newScanner(body, root, limits)
	return s.all()
}

// rescan reads what was read before, and so keeps the limits or is refused nothing by them.
func rescan(body []byte) (*document, error) {
	s := newScanner(body, "", Limits{Bytes: math.MaxInt, Depth: math.MaxInt})
	s.dense = true
	return s.all()
}

type scanner struct {
	doc    *document
	at     int
	depth  int
	limits Limits
	// dense allows any number of values.
	dense bool
}

func newScanner(body []byte, root string, limits Limits) scanner {
	return scanner{doc: &document{body: body, root: root, nodes: make([]node, 0, len(body)/24+8)}, limits: limits}
}

// all reads the whole text.
func (s *scanner) all() (*document, error) {
	s.space()
	body := s.doc.body
	if s.at < len(body) && body[s.at] != '{' {
		return nil, s.refuse(0, Structure, "The body must be one JSON object that begins with {, without a byte-order mark.")
	}
	if _, err := s.value(none, "", 0); err != nil {
		return nil, err
	}
	s.space()
	if s.at < len(body) {
		return nil, s.refuse(0, Structure, "There is more after the end of the resource. Send one JSON object and nothing else.")
	}
	return s.doc, nil
}

// refuse makes the outcome for the byte that the scanner stands at, inside the given node.
func (s *scanner) refuse(in int32, code Code, sentence string) *Outcome {
	line, column := 1, 1
	for _, c := range s.doc.body[:s.at] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	sentence = fmt.Sprintf("%s (line %d, column %d)", sentence, line, column)
	return Refuse(http.StatusBadRequest, code, element{s.doc, in}.path(), sentence)
}

func (s *scanner) space() {
	for s.at < len(s.doc.body) {
		switch s.doc.body[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.doc.body) {
		return s.doc.body[s.at]
	}
	return 0
}

// value reads one value and returns its node.
func (s *scanner) value(parent int32, key string, index int32) (int32, error) {
	me := int32(len(s.doc.nodes))
	if !s.dense && len(s.doc.nodes)*bytesPerValue > len(s.doc.body)+256 {
		return 0, s.refuse(max(parent, 0), TooCostly, "The body holds more values than a resource of its length can have.")
	}
	s.doc.nodes = append(s.doc.nodes, node{key: key, index: index, parent: parent, start: int32(s.at), child: none, next: none})
	var err error
	var k kind
	switch c := s.peek(); {
	case c == '{':
		k, err = object, s.nested(me, s.object)
	case c == '[':
		k, err = array, s.nested(me, s.array)
	case c == '"':
		var escaped bool
		k = text
		escaped, err = s.text(me)
		s.doc.nodes[me].escaped = escaped
	case c == '-' || c >= '0' && c <= '9':
		k, err = number, s.number(me)
	case c == 't':
		k, err = boolean, s.word(me, "true")
	case c == 'f':
		k, err = boolean, s.word(me, "false")
	case c == 'n':
		k, err = null, s.word(me, "null")
	case s.at >= len(s.doc.body):
		return 0, s.refuse(me, Structure, "The body ends before the resource does.")
	default:
		return 0, s.refuse(me, Structure, "A JSON value must begin here.")
	}
	if err != nil {
		return 0, err
	}
	s.doc.nodes[me].kind, s.doc.nodes[me].end = k, int32(s.at)
	if me > 0 && parent == 0 && key == "resourceType" && k == text {
		if name := s.doc.textOf(me); isResourceType(name) {
			s.doc.root = name
		}
	}
	return me, nil
}

// nested reads the inside of an object or array, one level deeper.
func (s *scanner) nested(me int32, read func(int32) error) error {
	if s.depth == s.limits.Depth {
		return s.refuse(me, TooCostly, fmt.Sprintf("The resource is nested more than %d levels deep.", s.limits.Depth))
	}
	s.depth++
	s.at++
	err := read(me)
	s.depth--
	return err
}

func (s *scanner) object(me int32) error {
	names := names{doc: s.doc, of: me}
	last := int32(none)
	s.space()
	if s.peek() == '}' {
		s.at++
		return nil
	}
	for {
		s.space()
		if s.peek() != '"' {
			return s.refuse(me, Structure, "The name of an element, in double quotes, must stand here.")
		}
		from := s.at
		escaped, err := s.text(me)
		if err != nil {
			return err
		}
		key := s.doc.key(from, s.at, escaped)
		if names.twice(key) {
			return s.refuse(me, Structure, duplicateSentence(key))
		}
		s.space()
		if s.peek() != ':' {
			return s.refuse(me, Structure, "A colon must follow the name of an element.")
		}
		s.at++
		s.space()
		child, err := s.value(me, key, none)
		if err != nil {
			return err
		}
		s.link(me, &last, child)
		if done, err := s.separator(me, '}'); done || err != nil {
			return err
		}
	}
}

func duplicateSentence(key string) string {
	if name := safeName(key, ""); name != "" {
		return "The element " + name + " stands here twice. Send it once."
	}
	return "An element stands here twice. Send it once."
}

func (s *scanner) array(me int32) error {
	last := int32(none)
	s.space()
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for i := int32(0); ; i++ {
		s.space()
		child, err := s.value(me, "", i)
		if err != nil {
			return err
		}
		s.link(me, &last, child)
		if done, err := s.separator(me, ']'); done || err != nil {
			return err
		}
	}
}

func (s *scanner) link(parent int32, last *int32, child int32) {
	if *last == none {
		s.doc.nodes[parent].child = child
	} else {
		s.doc.nodes[*last].next = child
	}
	*last = child
}

// separator reads the comma or the closing bracket after a value.
func (s *scanner) separator(me int32, closing byte) (done bool, err error) {
	s.space()
	switch s.peek() {
	case ',':
		s.at++
		return false, nil
	case closing:
		s.at++
		return true, nil
	}
	return false, s.refuse(me, Structure, fmt.Sprintf("A comma or %c must stand here.", closing))
}

func (s *scanner) word(me int32, word string) error {
	if end := s.at + len(word); end <= len(s.doc.body) && string(s.doc.body[s.at:end]) == word {
		s.at = end
		return nil
	}
	return s.refuse(me, Structure, "A JSON value must begin here.")
}

// number reads a number and leaves it as source text (RFC 8259 §6; FHIR R4 §2.6.2: the precision of a decimal is significant).
func (s *scanner) number(me int32) error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return s.refuse(me, Structure, "A digit must stand here.")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.refuse(me, Structure, "A digit must follow the decimal point.")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.refuse(me, Structure, "A digit must follow the exponent.")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	from := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.at > from
}

// text reads a string with its quotes, and tells whether it has escapes.
func (s *scanner) text(in int32) (escaped bool, err error) {
	body := s.doc.body
	for s.at++; s.at < len(body); {
		switch c := body[s.at]; {
		case c == '"':
			s.at++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(in); err != nil {
				return false, err
			}
		case c < 0x20:
			return false, s.refuse(in, Structure, "A control character must not stand inside text; write a line break as \\n.")
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(body[s.at:])
			if r == utf8.RuneError && size == 1 {
				return false, s.refuse(in, Structure, "The text is not valid UTF-8. Send application/fhir+json in UTF-8.")
			}
			s.at += size
		}
	}
	return false, s.refuse(in, Structure, "The body ends inside text.")
}

// escape reads one escape sequence. Escapes of characters that FHIR does not allow in text are refused here, for all readers after us
// (FHIR R4 §2.24.0.1 string: no characters below 32 except tab, line feed and carriage return).
func (s *scanner) escape(in int32) error {
	s.at++
	switch s.peek() {
	case '"', '\\', '/', 'n', 'r', 't':
		s.at++
		return nil
	case 'b', 'f':
		return s.refuse(in, Value, "Text must not contain control characters other than tab and line breaks.")
	case 'u':
	default:
		return s.refuse(in, Structure, "This escape sequence does not exist in JSON.")
	}
	r, ok := s.hex4()
	switch {
	case !ok:
		return s.refuse(in, Structure, "Four hexadecimal digits must follow \\u.")
	case r < 0x20 && r != '\t' && r != '\n' && r != '\r':
		return s.refuse(in, Value, "Text must not contain control characters other than tab and line breaks.")
	case r >= 0xDC00 && r <= 0xDFFF:
		return s.refuse(in, Structure, "A low surrogate stands here without the high one before it.")
	case r >= 0xD800 && r <= 0xDBFF:
		if s.peek() != '\\' {
			return s.refuse(in, Structure, "A low surrogate must follow the high one.")
		}
		s.at++
		low, ok := s.hex4()
		if !ok || low < 0xDC00 || low > 0xDFFF {
			return s.refuse(in, Structure, "A low surrogate must follow the high one.")
		}
	}
	return nil
}

// hex4 reads "u" and four hexadecimal digits.
func (s *scanner) hex4() (rune, bool) {
	if s.peek() != 'u' || s.at+5 > len(s.doc.body) {
		return 0, false
	}
	var r rune
	for _, c := range s.doc.body[s.at+1 : s.at+5] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	s.at += 5
	return r, true
}
