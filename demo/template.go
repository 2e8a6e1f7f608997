package demo

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// blank is a place in a template that is filled in for each message.
type blank int

const (
	blankControl blank = iota
	blankTime
	blankVisit
	blankNHSNumber
	blankHospitalNumber
	blankFamily
	blankGiven
	blankBorn
	blankSex
	blankPostcode
	blanks
)

// mark is how a blank stands in the message that a template is made of. HL7 gives braces no meaning, so no writer escapes them.
func (b blank) mark() string {
	return "{" + [...]string{"control", "time", "visit", "nhs", "hospital", "family", "given", "born", "sex", "postcode"}[b] + "}"
}

// template is a message in its MLLP frame, cut where something is to be filled in. A generator that shares its processor with the server
// it measures must not spend its time on formatting.
type template struct{ pieces []piece }

// piece is the fixed bytes before a blank; after the last there is none.
type piece struct {
	fixed []byte
	then  blank
	last  bool
}

// newTemplate cuts a message at its blanks. Each kind of blank must occur.
func newTemplate(message []byte) (template, error) {
	var t template
	seen := map[blank]bool{}
	rest := mllp.AppendFrame(nil, message)
	for {
		at, which := -1, blank(0)
		for b := range blanks {
			if i := bytes.Index(rest, []byte(b.mark())); i >= 0 && (at < 0 || i < at) {
				at, which = i, b
			}
		}
		if at < 0 {
			t.pieces = append(t.pieces, piece{fixed: rest, last: true})
			break
		}
		seen[which] = true
		t.pieces = append(t.pieces, piece{fixed: rest[:at:at], then: which})
		rest = rest[at+len(which.mark()):]
	}
	for b := range blanks {
		if !seen[b] {
			return template{}, fmt.Errorf("cut a message into a template: %s does not occur", b.mark())
		}
	}
	return t, nil
}

// filling is what goes into the blanks of one message.
type filling struct {
	run    time.Time
	number uint64
	person int
	// stamp is the time of the message, YYYYMMDDHHMMSS.
	stamp         []byte
	hospital      hospital
	family, given string
	born          time.Time
	sex, postcode string
	// unnumbered leaves the NHS number out.
	unnumbered bool
}

// append writes the message in its frame. The names must not hold a delimiter; invented ones do not.
func (t template) append(b []byte, f *filling) []byte {
	for _, p := range t.pieces {
		b = append(b, p.fixed...)
		if p.last {
			break
		}
		switch p.then {
		case blankControl:
			b = appendControl(b, f.run, f.number)
		case blankTime:
			b = append(b, f.stamp...)
		case blankVisit:
			b = appendVisit(b, f.run, f.number)
		case blankNHSNumber:
			if !f.unnumbered {
				b = appendDigits(b, uint64(nhsNumberAt(f.person)), 10)
			}
		case blankHospitalNumber:
			b = appendDigits(append(b, f.hospital.prefix...), uint64(f.person), 7)
		case blankFamily:
			b = append(b, f.family...)
		case blankGiven:
			b = append(b, f.given...)
		case blankBorn:
			y, m, d := f.born.Date()
			b = appendDigits(b, uint64(y*10_000+int(m)*100+d), 8)
		case blankSex:
			b = append(b, f.hospital.codeOf(f.sex)...)
		case blankPostcode:
			b = append(b, f.postcode...)
		}
	}
	return b
}

// appendVisit makes a visit number that no other run makes.
func appendVisit(b []byte, run time.Time, n uint64) []byte {
	return appendControl(append(b, 'L'), run, n)
}

// visitNumber is the visit number of a generated message.
func visitNumber(run time.Time, n uint64) string { return string(appendVisit(nil, run, n)) }
