package rota

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// csvHeader is the first line of the file. Times are of the wall clock where they have no offset.
var csvHeader = []string{"start", "end", "person"}

// WriteCSV writes shifts as comma-separated values: start, end (RFC 3339 with the zone's offset) and person, which is empty where nobody is on.
func WriteCSV(to io.Writer, shifts []Shift, zone *time.Location) error {
	w := csv.NewWriter(to)
	rows := [][]string{csvHeader}
	for _, s := range shifts {
		rows = append(rows, []string{s.Start.In(zone).Format(time.RFC3339), s.End.In(zone).Format(time.RFC3339), s.Person})
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write the shifts: %w", err)
	}
	return nil
}

// mostRows bounds a file: ten years of shifts of six hours.
const mostRows = 15_000

// ReadCSV reads shifts as WriteCSV writes them, or with times of the wall clock such as "2026-10-25 08:00", which are read by the rule of this
// package. Rows without a person are left out. The shifts must be in order and must not overlap; the error names the line that is not so.
func ReadCSV(from io.Reader, zone *time.Location) ([]Shift, error) {
	r := csv.NewReader(from)
	r.FieldsPerRecord = len(csvHeader)
	header, err := r.Read()
	if err != nil || strings.TrimPrefix(strings.Join(header, ","), "\uFEFF") != strings.Join(csvHeader, ",") { // spreadsheets write a byte-order mark
		return nil, errors.New("line 1 must be start,end,person")
	}
	var shifts []Shift
	var before time.Time
	for n := 0; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return shifts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the shifts: %w", err)
		}
		line, _ := r.FieldPos(0)
		if n == mostRows {
			return nil, fmt.Errorf("line %d: more than %d shifts", line, mostRows)
		}
		s, err := readShift(row, zone)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if s.Start.Before(before) {
			return nil, fmt.Errorf("line %d: the shift begins before the one above it ends", line)
		}
		before = s.End
		if s.Person != "" {
			shifts = append(shifts, s)
		}
	}
}

func readShift(row []string, zone *time.Location) (Shift, error) {
	start, err := readTime(row[0], zone)
	if err != nil {
		return Shift{}, err
	}
	end, err := readTime(row[1], zone)
	if err != nil {
		return Shift{}, err
	}
	person := strings.TrimSpace(row[2])
	switch {
	case !start.Before(end):
		return Shift{}, errors.New("the shift must end after it begins")
	case person != "" && !personID.MatchString(person):
		return Shift{}, errors.New("the third column does not name a person")
	}
	return Shift{Start: start, End: end, Answer: Answer{Person: person}}, nil
}

// readTime reads an instant, or a time of the wall clock.
func readTime(text string, zone *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339, text); err == nil && whole(t) {
		return t.UTC(), nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return instant(zone, wall(t.Unix())), nil
		}
	}
	return time.Time{}, errors.New("a time must be such as 2026-10-25 08:00 or 2026-10-25T08:00:00Z")
}

// Planned makes the shifts of a file overrides, decided at an instant: what the file says holds, whoever the layers would have. Their ids are
// made of a name and their number.
func Planned(name string, shifts []Shift, decided time.Time) []Override {
	var out []Override
	for i, s := range shifts {
		out = append(out, Override{ID: fmt.Sprintf("%s-%d", name, i+1), Start: s.Start, End: s.End, By: s.Person, Decided: decided})
	}
	return out
}
