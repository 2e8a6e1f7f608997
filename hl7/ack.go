package hl7

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// Longest header values that an answer repeats, in bytes of the message: HL7 2.4 allows 20 for MSH-10 and 180 for the others.
const (
	longestControlID = 199
	longestHeader    = 227
)

// Answerer writes acknowledgements. It is for any number of goroutines.
type Answerer struct {
	application, facility string // who we are where a message does not say whom it addresses
	now                   func() time.Time
	series                string // makes our control ids differ from those of other processes
	count                 atomic.Uint64
	original              bool // answers in the original mode, whatever the message asks for
}

// NewAnswerer makes acknowledgements in the name of application and facility, which stand in MSH-3 and MSH-4 of the answer unless the
// message itself says how it addresses us, in MSH-5 and MSH-6.
func NewAnswerer(application, facility string, now func() time.Time) *Answerer {
	return &Answerer{application: application, facility: facility, now: now, series: rand.Text()[:8]}
}

// always makes answers in the original mode, whatever a message asks for.
func (a *Answerer) always() *Answerer {
	always := NewAnswerer(a.application, a.facility, a.now)
	always.original = true
	return always
}

// Answer writes the acknowledgement of m: AA (or CA) if refusal is nil, else what the refusal says. A refusal with AA is an acceptance
// that says why nothing was kept. It holds header values and our own words, nothing of the patient. m may be nil, if nothing of the
// message could be read; then there is no control id to name.
//
// The answer is nil if the sender asked for none: in enhanced mode MSH-15 and MSH-16 may say so (HL7 2.4 §2.9.3, table 0155).
func (a *Answerer) Answer(m *Message, refusal *Refusal) []byte {
	h := headerOf(m)
	code := AA
	if refusal != nil {
		code = refusal.Code
	}
	if h.enhanced && !a.original {
		if code = h.choose(code); code == "" {
			return nil
		}
	}
	b := make([]byte, 0, 320)
	b = a.appendMSH(b, h)
	b = append(b, "MSA|"...)
	b = append(b, code...)
	b = append(b, '|')
	b = h.appendHeader(b, h.controlID, longestControlID)
	if refusal != nil {
		b = append(b, '|')
		b = appendEscaped(b, refusal.Text)
		b = append(b, '\r')
		if refusal.Code != AA {
			b = appendERR(b, refusal, h.version)
		}
	} else {
		b = append(b, '\r')
	}
	if !isASCII(b) {
		b = declareUTF8(b)
	}
	return b
}

// Ack is what an answer says to the sender of a message.
type Ack struct {
	Code      AckCode
	ControlID string // of the message that is answered
	Text      string // MSA-3, or where that is empty the text of the first error; empty if neither stands there
}

// errNoMSA is for an answer that answers nothing.
var errNoMSA = errors.New("the answer has no MSA segment with an acknowledgement code")

// ReadAck reads an answer, whoever wrote it.
func ReadAck(answer []byte) (Ack, error) {
	m, err := Parse(answer)
	if err != nil {
		return Ack{}, fmt.Errorf("read answer: %w", err)
	}
	msa, failure := m.Segment("MSA"), m.Segment("ERR")
	a := Ack{Code: AckCode(upper(msa.Field(1))), ControlID: plain(msa.Field(2)), Text: plain(msa.Field(3))}
	if a.Code == "" {
		return Ack{}, errNoMSA
	}
	for _, place := range []Value{failure.Field(8), failure.Field(3).Component(2), failure.Field(1).Component(4).Subcomponent(2)} {
		if a.Text == "" {
			a.Text = plain(place)
		}
	}
	return a, nil
}

// header is what an answer needs of the message.
type header struct {
	delims                                  Delimiters
	application, facility                   string // of the sender, as sent
	receivingApplication, receivingFacility string // how the sender calls us, as sent
	controlID                               string // as sent
	event, processing, version              string
	enhanced                                bool
	acceptance, answer                      string // when the sender wants to be told: MSH-15, MSH-16
}

func headerOf(m *Message) header {
	if m == nil {
		return header{delims: standard, processing: "P", version: "2.4"}
	}
	msh := m.Segment("MSH")
	h := header{
		delims:      m.delims,
		application: msh.Field(3).text, facility: msh.Field(4).text,
		receivingApplication: msh.Field(5).text, receivingFacility: msh.Field(6).text,
		controlID: msh.Field(10).text,
		event:     msh.Field(9).Component(2).Text(), processing: msh.Field(11).Component(1).Text(), version: msh.Field(12).Component(1).Text(),
		acceptance: msh.Field(15).Text(), answer: msh.Field(16).Text(),
		enhanced: msh.Field(15).Presence() == Present || msh.Field(16).Presence() == Present,
	}
	if !isEvent(h.event) {
		h.event = ""
	}
	if h.processing != "T" && h.processing != "D" {
		h.processing = "P"
	}
	if !isVersion(h.version) {
		h.version = "2.4"
	}
	return h
}

// isEvent reports whether a text looks like a trigger event: a capital and two digits.
func isEvent(s string) bool {
	return len(s) == 3 && isUpper(s[0]) && isDigit(s[1]) && isDigit(s[2])
}

// isVersion reports whether a text is a version of HL7 v2 that we know: 2.1 to 2.8, with or without a third number.
func isVersion(s string) bool {
	return (len(s) == 3 || len(s) == 5 && s[3] == '.' && isDigit(s[4])) && s[:2] == "2." && s[2] >= '1' && s[2] <= '8'
}

// choose is the code of the one answer that a message in enhanced mode gets, or "" for none. An exchange over MLLP has one answer, and when
// it is given the message has been both stored and decided on: it is the accept acknowledgement (CA, CE, CR) if MSH-15 wants one, else the
// application acknowledgement (AA, AE, AR) if MSH-16 does. So MSH-15 NE with MSH-16 AL is the original mode, as HL7 2.4 §2.9.2 has it.
func (h *header) choose(code AckCode) AckCode {
	switch success := code == AA; {
	case wants(h.acceptance, success):
		return code.enhanced()
	case wants(h.answer, success):
		return code
	}
	return ""
}

// wants reports whether a condition of HL7 table 0155 wants an answer: AL always, NE never, ER errors only, SU success only. A condition
// that is not stated is never; one that is in no table, always.
func wants(condition string, success bool) bool {
	switch condition {
	case "NE", "":
		return false
	case "ER":
		return !success
	case "SU":
		return success
	}
	return true
}

// appendMSH turns the header round: receiver becomes sender (HL7 2.4 §2.9.2). MSH-9 is ACK and the event that is acknowledged.
func (a *Answerer) appendMSH(b []byte, h header) []byte {
	b = append(b, `MSH|^~\&|`...)
	b = h.appendOr(b, h.receivingApplication, a.application)
	b = append(b, '|')
	b = h.appendOr(b, h.receivingFacility, a.facility)
	b = append(b, '|')
	b = h.appendHeader(b, h.application, longestHeader)
	b = append(b, '|')
	b = h.appendHeader(b, h.facility, longestHeader)
	b = append(b, '|')
	b = appendTime(b, a.now())
	b = append(b, "||ACK"...)
	if h.event != "" {
		b = append(b, '^')
		b = append(b, h.event...)
	}
	b = append(b, '|')
	b = append(b, a.series...)
	b = strconv.AppendUint(b, a.count.Add(1), 36)
	b = append(b, '|')
	b = append(b, h.processing...)
	b = append(b, '|')
	b = append(b, h.version...)
	return append(b, '\r')
}

// appendOr repeats a header value as sent, or writes ours where there is none.
func (h *header) appendOr(b []byte, sent, ours string) []byte {
	if sent == "" || sent == `""` {
		return appendEscaped(b, ours)
	}
	return h.appendHeader(b, sent, longestHeader)
}

// appendHeader repeats a header value with its parts, in our delimiters and not longer than most. A control character becomes an
// escape, so that no sender can write a segment of its own into the answer.
func (h *header) appendHeader(b []byte, sent string, most int) []byte {
	if len(sent) > most {
		for !utf8.RuneStart(sent[most]) {
			most--
		}
		sent = sent[:most]
	}
	for i := range len(sent) {
		c := sent[i]
		switch {
		case c == h.delims.Component:
			b = append(b, standard.Component)
		case c == h.delims.Repetition && c != 0:
			b = append(b, standard.Repetition)
		case c == h.delims.Escape && c != 0:
			b = append(b, standard.Escape)
		case c == h.delims.Subcomponent && c != 0:
			b = append(b, standard.Subcomponent)
		default:
			b = appendEscaped(b, sent[i:i+1])
		}
	}
	return b
}

// appendERR names the error: in ERR-1 as ELD up to HL7 2.4 (§2.16.5), in ERR-2 to 4 and 8 from 2.5 on (§2.15.5).
func appendERR(b []byte, r *Refusal, version string) []byte {
	if version >= "2.5" {
		b = append(b, "ERR||"...)
		b = append(b, r.Location...)
		b = append(b, '|')
		b = strconv.AppendInt(b, int64(r.Condition), 10)
		b = append(b, '^')
		b = append(b, r.Condition.meaning()...)
		b = append(b, "^HL70357|E||||"...)
		b = appendEscaped(b, r.Text)
		return append(b, '\r')
	}
	b = append(b, "ERR|"...)
	b = append(b, r.Location...)
	for parts := 1 + strings.Count(r.Location, "^"); parts < 4; parts++ { // the code is the fourth component, after segment, sequence and field
		b = append(b, '^')
	}
	b = strconv.AppendInt(b, int64(r.Condition), 10)
	b = append(b, '&')
	b = append(b, r.Condition.meaning()...)
	return append(b, "&HL70357\r"...)
}

// declareUTF8 fills in MSH-18 of an answer that repeats a letter outside ASCII.
func declareUTF8(b []byte) []byte {
	end := bytes.IndexByte(b, '\r')
	declared := make([]byte, 0, len(b)+len("||||||")+len(UTF8))
	declared = append(declared, b[:end]...)
	declared = append(declared, "||||||"...) // from MSH-12 to MSH-18
	declared = append(declared, UTF8...)
	return append(declared, b[end:]...)
}
