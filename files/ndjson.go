package files

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/ucpalert/ucpalert/fhir"
)

// readNDJSON reads one JSON object a line. Empty lines are passed by.
func readNDJSON(in *bufio.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for number := 1; ; number++ {
			text, size, err := readLine(in)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Line{}, err)
				return
			}
			line, some := resource(text, number, size)
			if some && !yield(line, nil) || err != nil {
				return
			}
		}
	}
}

// readLine reads up to the next line feed. Of a line that is too long only the size is kept: text is then nil, the size is not 0.
func readLine(in *bufio.Reader) (text []byte, size int64, err error) {
	for {
		piece, err := in.ReadSlice('\n')
		size += int64(len(piece))
		if size <= LongestLine {
			text = append(text, piece...)
		} else {
			text = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, size, err
		}
	}
}

// resource reads a line as far as it must be known here: what it is, and which plans it holds. Everything else is read by whoever takes it.
func resource(text []byte, number int, size int64) (line Line, some bool) {
	if size > LongestLine {
		return refuse(number, size, fhir.TooLong, "", fmt.Sprintf("The line is longer than %d bytes.", LongestLine)), true
	}
	if number == 1 {
		text = bytes.TrimPrefix(text, byteOrderMark)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return Line{}, false
	}
	var seen peeked
	if err := json.Unmarshal(text, &seen); err != nil {
		return Line{Number: number, Size: size, Refusal: broken(text)}, true
	}
	line = Line{Number: number, Kind: Kind(seen.ResourceType), ID: seen.ID, Body: fhir.FromLine(text), Size: size}
	switch line.Kind {
	case CarePlan:
		if seen.ID == "" {
			return refuse(number, size, fhir.Required, "CarePlan.id", "The plan needs an id, so that the file can be imported again without making it twice."), true
		}
	case Bundle:
		refusal := seen.bundle(&line)
		if refusal != nil {
			return Line{Number: number, Size: size, Refusal: refusal}, true
		}
	default:
		return refuse(number, size, fhir.Structure, "", "The line must be a CarePlan or a Bundle of the type transaction."), true
	}
	return line, true
}

// broken says what is wrong with the JSON of a line.
func broken(text []byte) *fhir.Outcome {
	_, err := fhir.ReadCarePlan(text, "", "", Limits(false))
	if outcome, ok := fhir.AsOutcome(err); ok {
		return outcome
	}
	return fhir.Refuse(422, fhir.Structure, "", "The line must be one JSON object.")
}

// peeked is what must be known of a resource to send it.
type peeked struct {
	ResourceType string `json:"resourceType"`
	ID           string `json:"id"`
	Type         string `json:"type"`
	Entry        []struct {
		Resource struct {
			ResourceType string `json:"resourceType"`
			ID           string `json:"id"`
		} `json:"resource"`
		Request struct {
			Method      string `json:"method"`
			IfNoneExist string `json:"ifNoneExist"`
		} `json:"request"`
	} `json:"entry"`
}

// bundle notes the plans of a Bundle. A plan that would get a new id each time is refused: a file must be safe to import again.
func (p peeked) bundle(line *Line) *fhir.Outcome {
	line.ID = ""
	if p.Type == "batch" {
		return fhir.Refuse(422, fhir.NotSupported, "Bundle.type", "The Bundle of a line must be a transaction, so that all of it is kept or nothing.")
	}
	for i, entry := range p.Entry {
		if entry.Resource.ResourceType != string(CarePlan) || p.Type != "transaction" {
			continue
		}
		switch {
		case strings.EqualFold(entry.Request.Method, "POST") && entry.Request.IfNoneExist == "":
			return fhir.Refuse(422, fhir.BusinessRule, fmt.Sprintf("Bundle.entry[%d].request.method", i),
				"A POST would make a new plan each time the file is imported. Send PUT CarePlan/{id}, or a POST with ifNoneExist.")
		case line.ID == "":
			line.ID = entry.Resource.ID
		default:
			line.others = append(line.others, entry.Resource.ID)
		}
	}
	return nil
}
