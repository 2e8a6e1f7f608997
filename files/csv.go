package files

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// The columns of a CSV file. docs/import.md explains each, and a test holds the two together.
const (
	columnNHSNumber = "nhs_number"
	columnFamily    = "family"
	columnGiven     = "given"
	columnBirthDate = "birth_date"
	columnSex       = "sex"
	columnPostcode  = "postcode"
	columnPlanID    = "plan_id"
	columnStatus    = "status"
	columnUrgency   = "urgency"
	columnHeadline  = "headline"
	columnDo        = "what_to_do"
	columnDoNot     = "what_not_to_do"
	columnNotes     = "notes"
	columnAuthor    = "author"
	columnReviewDue = "review_due"
	columnPhone     = "phone"
	// sectionPrefix begins the name of any further column: its rest is the title of a section.
	sectionPrefix = "section:"
)

// Columns lists the columns that a file may have, in the order in which the documentation explains them.
var Columns = []string{
	columnNHSNumber, columnFamily, columnGiven, columnBirthDate, columnSex, columnPostcode, columnPlanID, columnStatus, columnUrgency,
	columnHeadline, columnDo, columnDoNot, columnNotes, columnAuthor, columnReviewDue, columnPhone,
}

// needed are the columns without which a row is no plan.
var needed = []string{columnNHSNumber, columnPlanID, columnHeadline}

// readCSV reads a header and one plan a row (RFC 4180). The separator is a comma, a semicolon or a tab, whichever the header has.
func readCSV(in *bufio.Reader, centre string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		if mark, err := in.Peek(3); err == nil && string(mark) == string(byteOrderMark) {
			_, _ = in.Discard(3) // they are in the buffer
		}
		rows := csv.NewReader(in)
		rows.Comma = separator(in)
		header, err := rows.Read()
		if err == nil {
			err = checkHeader(header)
		}
		if err != nil {
			yield(Line{}, fmt.Errorf("the header of the CSV file: %w", err))
			return
		}
		at := rows.InputOffset()
		for {
			cells, err := rows.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			size := rows.InputOffset() - at
			at += size
			line, err := readRow(rows, header, cells, err, centre)
			line.Size = size
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// separator is what stands between the names of the header.
func separator(in *bufio.Reader) rune {
	head, _ := in.Peek(4096) // as much as there is
	first, _, _ := strings.Cut(string(head), "\n")
	best := ','
	for _, candidate := range ";\t" {
		if strings.Count(first, string(candidate)) > strings.Count(first, string(best)) {
			best = candidate
		}
	}
	return best
}

// checkHeader refuses a header with a name that is not known, or without one that is needed. Names of columns are no patient data.
func checkHeader(header []string) error {
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
		if _, section := strings.CutPrefix(header[i], sectionPrefix); !section {
			header[i] = strings.ToLower(header[i])
			if !slices.Contains(Columns, header[i]) {
				return fmt.Errorf("column %d is none of %s, and does not begin with %s", i+1, strings.Join(Columns, ", "), sectionPrefix)
			}
		}
		if slices.Contains(header[:i], header[i]) {
			return fmt.Errorf("column %s stands there twice", header[i])
		}
	}
	for _, name := range needed {
		if !slices.Contains(header, name) {
			return fmt.Errorf("column %s is missing", name)
		}
	}
	return nil
}

// readRow makes a CarePlan of one row. An error that is no fault of the row ends the file.
func readRow(rows *csv.Reader, header, cells []string, err error, centre string) (Line, error) {
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrFieldCount):
		return refuse(wrong.StartLine, 0, fhir.Structure, "", fmt.Sprintf("The row has another number of cells than the header, which has %d.", len(header))), nil
	case errors.As(err, &wrong):
		return refuse(wrong.StartLine, 0, fhir.Structure, "", "The quotes of the row are not closed, or not doubled inside a cell."), nil
	case err != nil:
		return Line{}, err
	}
	number, _ := rows.FieldPos(0)
	r := row{cells: map[string]string{}, outline: fhir.Outline{Centre: centre}}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return refuse(number, 0, fhir.Structure, header[i], "The cell is not UTF-8. Save the file as CSV UTF-8."), nil
		}
		r.cells[header[i]] = strings.TrimSpace(cell)
	}
	r.read(header)
	if len(r.issues) > 0 {
		return Line{Number: number, Refusal: &fhir.Outcome{Status: http.StatusUnprocessableEntity, Issues: r.issues}}, nil
	}
	return Line{Number: number, Kind: CarePlan, ID: r.outline.ID, Body: fhir.Compose(r.outline)}, nil
}

// row is one plan on its way from cells to an outline.
type row struct {
	cells   map[string]string
	outline fhir.Outline
	issues  []fhir.Issue
}

func (r *row) refuse(column string, code fhir.Code, diagnostics string) {
	r.issues = append(r.issues, fhir.Issue{Code: code, Expression: column, Diagnostics: diagnostics})
}

func (r *row) read(header []string) {
	d := &r.outline
	r.patient(&d.Patient)
	d.ID = r.cells[columnPlanID]
	if !fhir.IsID(d.ID) {
		r.refuse(columnPlanID, fhir.Value, "The id of a plan is 1 to 64 of A-Z a-z 0-9 - and '.', and always the same for the same plan.")
	}
	d.Status = plans.Active
	if cell := r.cells[columnStatus]; cell != "" {
		var known bool
		if d.Status, known = plans.ParseStatus(strings.ToLower(cell)); !known {
			r.refuse(columnStatus, fhir.Value, "The status must be draft, active, on-hold, revoked, completed, entered-in-error or unknown.")
		}
	}
	switch d.Urgency = plans.Urgency(strings.ToLower(r.cells[columnUrgency])); d.Urgency {
	case "", plans.Routine, plans.Urgent, plans.Critical:
	default:
		r.refuse(columnUrgency, fhir.Value, "The urgency must be routine, urgent or critical.")
	}
	d.Headline = r.cells[columnHeadline]
	switch length := utf8.RuneCountInString(d.Headline); {
	case length == 0:
		r.refuse(columnHeadline, fhir.Required, "A plan needs a headline.")
	case length > plans.MaxHeadline:
		r.refuse(columnHeadline, fhir.TooLong, fmt.Sprintf("The headline is %d characters long; at most %d are shown.", length, plans.MaxHeadline))
	}
	d.Do, d.DoNot = steps(r.cells[columnDo]), steps(r.cells[columnDoNot])
	for _, column := range header {
		if title, section := strings.CutPrefix(column, sectionPrefix); section && r.cells[column] != "" {
			d.Sections = append(d.Sections, plans.Section{Title: strings.TrimSpace(title), Text: r.cells[column]})
		}
	}
	if notes := r.cells[columnNotes]; notes != "" {
		d.Sections = append(d.Sections, plans.Section{Text: notes})
	}
	d.Author, d.Phone = r.cells[columnAuthor], r.cells[columnPhone]
	d.ReviewDue = r.date(columnReviewDue)
}

func (r *row) patient(who *plans.Identity) {
	var err error
	if who.NHSNumber, err = plans.ParseNHSNumber(r.cells[columnNHSNumber]); err != nil {
		r.refuse(columnNHSNumber, fhir.Value, "This is not a valid NHS number: "+err.Error()+".")
	}
	who.Family, who.Given, who.Postcode = r.cells[columnFamily], r.cells[columnGiven], r.cells[columnPostcode]
	who.BirthDate = r.date(columnBirthDate)
	sexes := map[string]plans.Sex{
		"": "", "male": plans.Male, "m": plans.Male, "female": plans.Female, "f": plans.Female, "other": plans.OtherSex, "unknown": plans.UnknownSex,
	}
	var known bool
	if who.Sex, known = sexes[strings.ToLower(r.cells[columnSex])]; !known {
		r.refuse(columnSex, fhir.Value, "The sex must be male, female, other or unknown.")
	}
}

// date reads YYYY-MM-DD, or DD/MM/YYYY as spreadsheets in this country write it.
func (r *row) date(column string) plans.Date {
	cell := r.cells[column]
	if cell == "" {
		return ""
	}
	if parts := strings.Split(cell, "/"); len(parts) == 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && len(parts[2]) == 4 {
		two := func(digits string) string { return strings.Repeat("0", 2-len(digits)) + digits }
		cell = parts[2] + "-" + two(parts[1]) + "-" + two(parts[0])
	}
	date, err := plans.ParseDate(cell)
	if err != nil || !date.Whole() {
		r.refuse(column, fhir.Value, "The date must be written YYYY-MM-DD or DD/MM/YYYY and exist in the calendar.")
	}
	return date
}

// steps are the lines of a cell.
func steps(cell string) []string {
	var out []string
	for line := range strings.Lines(cell) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
