package hl7

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/plans"
)

// observations reads the OBX segments of a document. T11 needs none, T06 no headline.
func (r Rules) observations(m *Message, d *Document) *Refusal {
	if d.Trigger == "T11" {
		return nil
	}
	var headline []string
	headlineAt := "OBX"
	for i, obx := range m.Segments("OBX") {
		switch upper(obx.Field(11)) { // HL7 table 0085
		case "D", "W", "X": // deleted, wrong, not obtained
			continue
		}
		o := observation{segment: obx, at: i + 1}
		if refusal := o.read(); refusal != nil {
			return refusal
		}
		switch rules := r.Documents; {
		case o.pdf != nil:
			d.Files = append(d.Files, DocumentFile{o.name(), o.pdf})
		case o.text == "":
		case o.is(rules.Headline...):
			headline, headlineAt = append(headline, strings.Join(strings.Fields(o.text), " ")), o.place(5)
		case o.is(rules.Urgency...):
			if d.Urgency = readUrgency(o.text); d.Urgency == "" {
				return &Refusal{Code: AE, Condition: TableValue, Location: o.place(5), Text: "the urgency is none of routine, urgent and critical"}
			}
		case o.is(rules.Do...):
			d.Do = append(d.Do, strings.Split(o.text, "\n")...)
		case o.is(rules.DoNot...):
			d.DoNot = append(d.DoNot, strings.Split(o.text, "\n")...)
		default:
			d.addSection(o.title(rules.Sections), o.text)
		}
	}
	d.Headline = strings.Join(headline, " ")
	switch length := utf8.RuneCountInString(d.Headline); {
	case length == 0 && d.Trigger != "T06":
		return &Refusal{Code: AE, Condition: FieldMissing, Location: headlineAt, Text: "the document has no headline: an OBX with " + r.Documents.Headline[0] + " in OBX-3"}
	case length > plans.MaxHeadline:
		return &Refusal{Code: AE, Condition: DataType, Location: headlineAt, Text: fmt.Sprintf("the headline is %d characters long; at most %d are shown", length, plans.MaxHeadline)}
	}
	return nil
}

// addSection adds text; what follows under the same title belongs to the same section.
func (d *Document) addSection(title, text string) {
	if last := len(d.Sections) - 1; last >= 0 && d.Sections[last].Title == title {
		d.Sections[last].Text += "\n" + text
		return
	}
	d.Sections = append(d.Sections, plans.Section{Title: title, Text: text})
}

func readUrgency(text string) plans.Urgency {
	switch strings.ToUpper(text) {
	case "ROUTINE", "PL", "PN":
		return plans.Routine
	case "URGENT", "PM":
		return plans.Urgent
	case "CRITICAL", "PH":
		return plans.Critical
	}
	return ""
}

// observation is one OBX: text, or a PDF.
type observation struct {
	segment Segment
	at      int
	text    string
	pdf     []byte
}

// place is where a field stands, for an answer.
func (o *observation) place(field int) string { return fmt.Sprintf("OBX^%d^%d", o.at, field) }

// read reads OBX-5 by the type in OBX-2 (HL7 2.4 §7.4.2).
func (o *observation) read() *Refusal {
	value := o.segment.Field(5)
	switch kind := upper(o.segment.Field(2)); kind {
	case "TX", "FT", "ST", "":
		o.text = longText(value)
	case "CE", "CWE", "CNE":
		if o.text = plain(value.Component(2)); o.text == "" {
			o.text = plain(value.Component(1))
		}
	case "NM", "DT", "TS", "DTM", "SN":
		o.text = plain(value)
	case "ED":
		if value.Presence() != Present {
			return nil
		}
		if o.pdf = embedded(value); o.pdf == nil {
			return &Refusal{Code: AE, Condition: DataType, Location: o.place(5), Text: "only a PDF in Base64 is taken as encapsulated data (OBX-5 of type ED)"}
		}
	default:
		return &Refusal{Code: AE, Condition: DataType, Location: o.place(2), Text: "the observation is neither text (TX, FT, ST, CE, NM) nor a PDF (ED)"}
	}
	return nil
}

// is tells whether OBX-3 is one of the identifiers.
func (o *observation) is(identifiers ...string) bool {
	field := o.segment.Field(3)
	for _, wanted := range identifiers {
		code, system, ofSystem := strings.Cut(wanted, "^")
		for _, first := range [...]int{1, 4} { // CE: identifier, text, system, and the same in another system
			if strings.EqualFold(plain(field.Component(first)), code) && (!ofSystem || strings.EqualFold(plain(field.Component(first+2)), system)) {
				return true
			}
		}
	}
	return false
}

// name is what OBX-3 calls the observation, in words.
func (o *observation) name() string {
	field := o.segment.Field(3)
	for _, n := range [...]int{2, 5} {
		if name := plain(field.Component(n)); name != "" {
			return name
		}
	}
	return ""
}

// title is what the text is shown under.
func (o *observation) title(sections []DocumentSection) string {
	for _, s := range sections {
		if o.is(s.Identifier) {
			return s.Title
		}
	}
	return o.name()
}

// formatting are the escapes that begin a new line, or a paragraph (HL7 2.4 §2.10.7). The others indent or highlight.
var formatting = map[string]string{".br": "\n", ".sp": "\n", ".ce": "\n", ".fi": "", ".nf": "", ".in": "", ".ti": "", ".sk": " ", "H": "", "N": ""}

// longText is the whole of a text field in lines: its repetitions, and what its escapes and line ends divide. A component separator that
// nobody escaped is a letter here: text has no components.
func longText(v Value) string {
	if v.Presence() == Null {
		return ""
	}
	var lines []string
	for text := range strings.SplitSeq(v.text, string(v.delims.Repetition)) {
		text = unescape(formatted(text, v.delims.Escape), v.delims)
		for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
			lines = append(lines, Clean(line))
		}
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n ")
}

// formatted replaces the escapes that format text by what they do to it.
func formatted(text string, escape byte) string {
	if escape == 0 {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, string(escape))
		b.WriteString(before)
		if !found {
			return b.String()
		}
		code, after, closed := strings.Cut(rest, string(escape))
		name := strings.TrimRight(strings.ToLower(code), "+-0123456789 ")
		if code == "H" || code == "N" {
			name = code
		}
		instead, known := formatting[name]
		switch {
		case closed && known:
			b.WriteString(instead)
			text = after
		case closed && name != "" && len(code) <= 8: // another escape: unescape knows it
			b.WriteString(string(escape) + code + string(escape))
			text = after
		default:
			b.WriteByte(escape)
			text = rest
		}
	}
}

// embedded decodes encapsulated data (ED: source, type, subtype, encoding, data) and returns it if it is a PDF, else nil.
func embedded(v Value) []byte {
	text := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, formatted(v.Component(5).text, v.delims.Escape))
	var decoded []byte
	var err error
	if upper(v.Component(4)) == "HEX" {
		decoded, err = hex.DecodeString(text)
	} else {
		decoded, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	}
	if err != nil || !bytes.HasPrefix(decoded, []byte("%PDF-")) {
		return nil
	}
	return decoded
}

// String counts what the document holds, never what it says.
func (d Document) String() string {
	return "document " + d.Trigger + " with " + strconv.Itoa(len(d.Sections)) + " sections and " + strconv.Itoa(len(d.Files)) + " files"
}

// GoString hides the document in %#v.
func (d Document) GoString() string { return d.String() }
