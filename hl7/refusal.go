package hl7

import "strconv"

// AckCode is the first field of MSA (HL7 table 0008).
type AckCode string

// The acknowledgement codes of the original mode, and those of the enhanced mode that stand for them.
const (
	AA AckCode = "AA" // taken, and durable
	AE AckCode = "AE" // not taken; may be sent again
	AR AckCode = "AR" // will never be taken
	CA AckCode = "CA"
	CE AckCode = "CE"
	CR AckCode = "CR"
)

// enhanced is the code that says the same in enhanced mode.
func (c AckCode) enhanced() AckCode { return "C" + c[1:] }

// Condition is an error code of HL7 table 0357.
type Condition int

// The conditions of table 0357 that are answered.
const (
	SegmentSequence     Condition = 100
	FieldMissing        Condition = 101
	DataType            Condition = 102
	TableValue          Condition = 103
	UnsupportedType     Condition = 200
	UnsupportedEvent    Condition = 201
	UnsupportedProcess  Condition = 202
	UnsupportedVersion  Condition = 203
	ApplicationInternal Condition = 207
)

// meaning is the text of table 0357.
func (c Condition) meaning() string {
	switch c {
	case SegmentSequence:
		return "Segment sequence error"
	case FieldMissing:
		return "Required field missing"
	case DataType:
		return "Data type error"
	case TableValue:
		return "Table value not found"
	case UnsupportedType:
		return "Unsupported message type"
	case UnsupportedEvent:
		return "Unsupported event code"
	case UnsupportedProcess:
		return "Unsupported processing id"
	case UnsupportedVersion:
		return "Unsupported version id"
	}
	return "Application internal error"
}

// Refusal is the error of a message that is not taken. It is its own answer. Its text names places, never what stands there.
type Refusal struct {
	Code      AckCode   `json:"code"` // AE or AR; AA for a message that is understood and not used here
	Condition Condition `json:"condition"`
	Location  string    `json:"location"` // segment ^ occurrence ^ field, such as PV1^1^19; the field may be left out, and so may all
	Text      string    `json:"text"`     // one sentence for whoever looks after the sending system
}

// UnknownFacility refuses a message whose sender the directory does not know. AE: it can be taken once the directory is mended.
func UnknownFacility() *Refusal {
	return &Refusal{Code: AE, Condition: TableValue, Location: "MSH^1^4", Text: "the sending facility (MSH-4) is not in the directory"}
}

func (r *Refusal) Error() string {
	text := string(r.Code) + " " + strconv.Itoa(int(r.Condition)) + ": " + r.Text
	if r.Location != "" {
		text += " (" + r.Location + ")"
	}
	return text
}
