package hl7

import "fmt"

// Draft is a message being written: values are set by path, in any order, and are text; whatever has a meaning in HL7 is escaped.
// Segments stand in the order in which they are first named.
type Draft struct {
	segments []draftSegment
	err      error
}

type draftSegment struct {
	name   string
	fields [][][][]string // field, repetition, component, subcomponent; all from 0
}

// NewDraft begins a message of a type and event, such as "ADT" and "A04". The rest of MSH is set like any other segment.
func NewDraft(messageType, event string) *Draft {
	d := &Draft{}
	d.Set("MSH-9.1", messageType)
	d.Set("MSH-9.2", event)
	return d
}

// Set puts a text at a path. An empty text leaves the place absent. A path that cannot be set makes [Draft.Bytes] fail.
func (d *Draft) Set(path, text string) { d.put(path, string(appendEscaped(nil, text))) }

// SetNull puts "" at a path: the receiver is told that there is no value.
func (d *Draft) SetNull(path string) { d.put(path, `""`) }

func (d *Draft) put(path, escaped string) {
	p, err := ParsePath(path)
	if err == nil && p.Segment == "MSH" && p.Field < 3 {
		err = fmt.Errorf("HL7 path %q is for the delimiters, which are the standard ones", path)
	}
	if err != nil {
		if d.err == nil {
			d.err = err
		}
		return
	}
	s := d.segment(p.Segment, p.Occurrence)
	*at(at(at(at(&s.fields, p.Field), p.Repetition), p.Component), p.Subcomponent) = escaped
}

// segment finds or adds the nth segment of a name, and those before it.
func (d *Draft) segment(name string, n int) *draftSegment {
	for i := range d.segments {
		if d.segments[i].name == name {
			if n--; n == 0 {
				return &d.segments[i]
			}
		}
	}
	for ; n > 0; n-- {
		d.segments = append(d.segments, draftSegment{name: name})
	}
	return &d.segments[len(d.segments)-1]
}

// at is the nth element, counted from 1, of a slice that grows as needed. Zero is the first.
func at[T any](list *[]T, n int) *T {
	n = max(n, 1)
	for len(*list) < n {
		var none T
		*list = append(*list, none)
	}
	return &(*list)[n-1]
}

// Bytes writes the message in UTF-8, without a frame. If it has letters outside ASCII and MSH-18 is not set, MSH-18 says so.
func (d *Draft) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, fmt.Errorf("write HL7 message: %w", d.err)
	}
	b := d.append(nil)
	if msh := d.segment("MSH", 1); !isASCII(b) && (len(msh.fields) < 18 || len(msh.fields[17]) == 0) {
		d.Set("MSH-18", string(UTF8))
		b = d.append(b[:0])
	}
	return b, nil
}

func (d *Draft) append(b []byte) []byte {
	for _, s := range d.segments {
		b = append(b, s.name...)
		fields := s.fields
		if s.name == "MSH" {
			b = append(b, `|^~\&`...)
			fields = fields[min(2, len(fields)):]
		}
		for _, field := range fields {
			b = append(b, standard.Field)
			b = appendDivided(b, field, standard.Repetition, func(b []byte, repetition [][]string) []byte {
				return appendDivided(b, repetition, standard.Component, func(b []byte, component []string) []byte {
					return appendDivided(b, component, standard.Subcomponent, func(b []byte, text string) []byte { return append(b, text...) })
				})
			})
		}
		b = append(b, '\r')
	}
	return b
}

// appendDivided appends parts with a separator between them.
func appendDivided[T any](b []byte, parts []T, separator byte, appendPart func([]byte, T) []byte) []byte {
	for i, part := range parts {
		if i > 0 {
			b = append(b, separator)
		}
		b = appendPart(b, part)
	}
	return b
}
