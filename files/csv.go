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

// sectionPrefix begins the name of any further column: its rest is the title of a section.
const sectionPrefix = "section:"

// Columns lists the columns that a file may have, in the order in which docs/import.md explains them. A test holds the two together.
var Columns = []string{
	"nhs_number", "family", "given", "birth_date", "sex", "postcode", "plan_id", "status", "urgency", "headline", "what_to_do",
	"what_not_to_do", "cpr", "cpr_date", "ceiling", "adrt", "adrt_text", "allergies", "medicines_to_give", "medicines_to_avoid", "equipment",
	"communication", "carers", "notes", "author", "role", "last_reviewed", "review_due", "phone",
}

// needed are the columns without which a row is no plan.
var needed = []string{"nhs_number", "plan_id", "headline"}

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
	r := row{cells: map[string]string{}}
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return refuse(number, 0, fhir.Structure, header[i], "The cell is not UTF-8. Save the file as CSV UTF-8."), nil
		}
		r.cells[header[i]] = strings.TrimSpace(cell)
	}
	form := r.form(header)
	id, status := r.id(), r.status()
	if len(r.issues) > 0 {
		return Line{Number: number, Refusal: &fhir.Outcome{Status: http.StatusUnprocessableEntity, Issues: r.issues}}, nil
	}
	body, err := fhir.WriteForm(id, centre, status, form)
	if err != nil {
		return Line{}, fmt.Errorf("row %d: %w", number, err)
	}
	return Line{Number: number, Kind: CarePlan, ID: id, Body: body}, nil
}

// row is one plan on its way from cells to a form.
type row struct {
	cells  map[string]string
	issues []fhir.Issue
}

func (r *row) refuse(column string, code fhir.Code, diagnostics string) {
	r.issues = append(r.issues, fhir.Issue{Code: code, Expression: column, Diagnostics: diagnostics})
}

func (r *row) id() string {
	id := r.cells["plan_id"]
	if !fhir.IsID(id) {
		r.refuse("plan_id", fhir.Value, "The id of a plan is 1 to 64 of A-Z a-z 0-9 - and '.', and always the same for the same plan.")
	}
	return id
}

func (r *row) status() plans.Status {
	cell := r.cells["status"]
	if cell == "" {
		return plans.Active
	}
	status, known := plans.ParseStatus(strings.ToLower(cell))
	if !known {
		r.refuse("status", fhir.Value, "The status must be draft, active, on-hold, revoked, completed, entered-in-error or unknown.")
	}
	return status
}

// form fills in the form that a person would have: a file may leave more of it empty, but what is there must be right.
func (r *row) form(header []string) plans.Form {
	f := plans.Form{
		NHSNumber: r.cells["nhs_number"], Family: r.cells["family"], Given: r.cells["given"], BirthDate: r.date("birth_date"),
		Sex: r.choice("sex", "sex"), Postcode: r.cells["postcode"], Headline: r.cells["headline"], Urgency: r.choice("urgency", "urgency"),
		Do: r.cells["what_to_do"], DoNot: r.cells["what_not_to_do"],
		CPR: r.choice("cpr", "cpr"), CPRDate: r.date("cpr_date"), Ceiling: r.choice("ceiling", "ceiling"),
		ADRT: r.choice("adrt", "adrt"), ADRTText: r.cells["adrt_text"], Allergies: r.cells["allergies"],
		Give: r.cells["medicines_to_give"], Avoid: r.cells["medicines_to_avoid"], Equipment: r.cells["equipment"],
		Communication: r.cells["communication"], Carers: r.cells["carers"],
		Phone: r.cells["phone"], Author: r.cells["author"], Role: r.cells["role"],
		Reviewed: r.date("last_reviewed"), ReviewDue: r.date("review_due"),
	}
	for _, column := range header {
		if title, section := strings.CutPrefix(column, sectionPrefix); section && r.cells[column] != "" {
			f.Sections = append(f.Sections, plans.Section{Title: strings.TrimSpace(title), Text: r.cells[column]})
		}
	}
	if notes := r.cells["notes"]; notes != "" {
		f.Sections = append(f.Sections, plans.Section{Title: "Notes", Text: notes})
	}
	if _, err := plans.ParseNHSNumber(f.NHSNumber); err != nil {
		r.refuse("nhs_number", fhir.Value, "This is not a valid NHS number: "+err.Error()+".")
	}
	switch length := utf8.RuneCountInString(f.Headline); {
	case length == 0:
		r.refuse("headline", fhir.Required, "A plan needs a headline.")
	case length > plans.MaxHeadline:
		r.refuse("headline", fhir.TooLong, fmt.Sprintf("The headline is %d characters long; at most %d are shown.", length, plans.MaxHeadline))
	}
	if f.CPR == "" && f.CPRDate != "" {
		r.refuse("cpr", fhir.Required, "There is a date of a CPR decision, but no decision.")
	}
	if f.ADRT == "" && f.ADRTText != "" {
		r.refuse("adrt", fhir.Required, "There is the text of an advance decision, but not whether it was made or retracted.")
	}
	return f
}

// choice is one of the answers that a form has for a field.
func (r *row) choice(column, field string) string {
	cell := strings.ToLower(r.cells[column])
	switch {
	case field == "sex" && cell == "m":
		cell = string(plans.Male)
	case field == "sex" && cell == "f":
		cell = string(plans.Female)
	}
	if cell != "" && !slices.Contains(plans.Choices[field], cell) {
		r.refuse(column, fhir.Value, "The cell must be empty or one of "+strings.Join(plans.Choices[field], ", ")+".")
	}
	return cell
}

// date reads YYYY-MM-DD, or DD/MM/YYYY as spreadsheets in this country write it.
func (r *row) date(column string) string {
	cell := r.cells[column]
	if cell == "" {
		return ""
	}
	if parts := strings.Split(cell, "/"); len(parts) == 3 {
		cell = parts[2] + "-" + parts[1] + "-" + parts[0]
	}
	date, err := plans.TypedDate(cell)
	if err != nil || date == "" {
		r.refuse(column, fhir.Value, "The date must be written YYYY-MM-DD or DD/MM/YYYY and exist in the calendar.")
	}
	return string(date)
}
