// Package files answers: which plans stand in a file, and what became of each?
//
// A file holds one FHIR resource a line (NDJSON: transaction Bundles, or CarePlans with a contained Patient), or one plan a row (CSV, see
// docs/import.md). Every line becomes the FHIR resource that a centre would have sent, so that a file is refused what the FHIR endpoint
// refuses, with the same words.
package files

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/ucpalert/ucpalert/fhir"
)

// Kind is the type of the resource of a line.
type Kind string

// The kinds that a line can be.
const (
	CarePlan Kind = "CarePlan"
	Bundle   Kind = "Bundle"
)

// Line is one line of a file: a plan, or the reason why it is none.
type Line struct {
	// Number is where it begins, counted from 1.
	Number int
	Kind   Kind
	// ID is the logical id of the plan; of a Bundle that of its first one.
	ID string
	// others are the ids of a Bundle's further plans.
	others []string
	// Body is the FHIR resource in JSON.
	Body []byte
	// Refusal says why the line is not a plan; then Body is not set.
	Refusal *fhir.Outcome
	// Size is how many bytes of the file it takes, its end included.
	Size int64
}

// Format is how a file is written.
type Format string

// The formats that are read.
const (
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
)

// FormatOf tells the format by the name's ending, or, where that says nothing, by the first character: JSON begins with {.
func FormatOf(name string, head []byte) Format {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv":
		return CSV
	case ".ndjson", ".jsonl", ".json":
		return NDJSON
	}
	if head = bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n"); len(head) > 0 && head[0] == '{' {
		return NDJSON
	}
	return CSV
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// LongestLine is how many bytes a line may have: room for a plan with a scanned document in it.
const LongestLine = 8 << 20

// Limits are what a resource of a file may be.
func Limits(refuseTestNumbers bool) fhir.Limits {
	return fhir.Limits{Bytes: LongestLine, RefuseTestNumbers: refuseTestNumbers}
}

// Read goes through the lines of a file. The name and the first bytes tell the format; the centre, which may be empty, is written into
// plans that come from rows. A second value that is not nil ends the file: it cannot be read any further.
func Read(from io.Reader, name, centre string) iter.Seq2[Line, error] {
	in := bufio.NewReaderSize(from, 64<<10)
	head, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return func(yield func(Line, error) bool) { yield(Line{}, fmt.Errorf("read %s: %w", filepath.Base(name), err)) }
	}
	lines := readNDJSON(in)
	if FormatOf(name, head) == CSV {
		lines = readCSV(in, centre)
	}
	return func(yield func(Line, error) bool) {
		for line, err := range lines {
			if err != nil {
				err = fmt.Errorf("read %s: %w", filepath.Base(name), err)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// refuse is a line that is no plan.
func refuse(number int, size int64, code fhir.Code, expression, diagnostics string) Line {
	return Line{Number: number, Size: size, Refusal: fhir.Refuse(http.StatusUnprocessableEntity, code, expression, diagnostics)}
}
