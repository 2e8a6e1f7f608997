package fhir

import (
	"strings"
	"time"
	_ "time/tzdata" // the days of a plan are London's, on machines without a zone database too
	"unicode"
)

// isPrimitive tells a primitive type by its small first letter (FHIR R4 §2.24.0.1).
func isPrimitive(kind string) bool { return kind[0] >= 'a' && kind != "resource" }

// primitive checks the JSON type and the format of a primitive value.
func (c *checker) primitive(e element, kind string) {
	switch kind {
	case "boolean":
		if e.kind() != boolean {
			c.add(e, Structure, "true or false must stand here, without quotes.")
		}
		return
	case "decimal", "integer", "positiveInt", "unsignedInt":
		if e.kind() != number {
			c.add(e, Structure, "A number must stand here, without quotes.")
		} else if !numberAs(kind, string(e.raw())) {
			c.add(e, Value, "The number must be a valid "+kind+".")
		}
		return
	}
	if e.kind() != text {
		c.add(e, Structure, "Text in double quotes must stand here, of the type "+kind+".")
		return
	}
	if why := textAs(kind, e.text()); why != "" {
		c.add(e, Value, why)
	}
}

func numberAs(kind, s string) bool {
	if kind == "decimal" {
		return true
	}
	negative := strings.HasPrefix(s, "-")
	digits := strings.TrimPrefix(s, "-")
	switch {
	case strings.ContainsAny(digits, ".eE") || len(digits) > 10:
		return false
	case len(digits) == 10 && digits > "2147483647":
		return false
	case kind == "positiveInt":
		return !negative && digits != "0"
	}
	return kind == "integer" || !negative
}

// textAs tells what is wrong with a text of a primitive type, or "".
func textAs(kind, s string) string {
	if strings.TrimSpace(s) == "" {
		return "The text must not be empty. Leave the element out."
	}
	switch kind {
	case "code":
		if strings.TrimSpace(s) != s || strings.Contains(s, "  ") || strings.ContainsAny(s, "\t\r\n") {
			return "A code must have no spaces around it and only single ones inside."
		}
	case "id":
		if !IsID(s) {
			return "An id has 1 to 64 of the characters A-Z, a-z, 0-9, - and full stop."
		}
	case "uri", "url", "canonical", "oid", "uuid":
		if strings.ContainsFunc(s, unicode.IsSpace) {
			return "A URI must not contain spaces."
		}
	case "date":
		if _, _, ok := parseDateTime(s); !ok || strings.Contains(s, "T") {
			return "A date is written YYYY, YYYY-MM or YYYY-MM-DD and must exist in the calendar."
		}
	case "dateTime":
		if _, _, ok := parseDateTime(s); !ok {
			return "A dateTime is written YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone such as Z or +01:00, and must exist in the calendar."
		}
	case "instant":
		if _, precise, ok := parseDateTime(s); !ok || precise != toSecond {
			return "An instant is written YYYY-MM-DDThh:mm:ss with a time zone such as Z or +01:00, and must exist in the calendar."
		}
	case "time":
		if _, err := time.Parse("15:04:05.999999999", s); err != nil {
			return "A time is written hh:mm:ss."
		}
	}
	return ""
}

// IsID tells whether a text is a logical id (FHIR R4 §2.24.0.1 id: [A-Za-z0-9\-\.]{1,64}).
func IsID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return true
}

// precision is how much of a dateTime is stated.
type precision uint8

const (
	toYear precision = iota + 1
	toMonth
	toDay
	toSecond
)

// london is the zone whose days a plan's dates mean.
var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // cannot be: the zone database is built in
	}
	return zone
}()

// parseDateTime reads a FHIR date, dateTime or instant (R4 §2.24.0.1): the first moment that it can mean, and its precision. A date
// without a zone is a day in London.
func parseDateTime(s string) (first time.Time, precise precision, ok bool) {
	layout := ""
	switch len(s) {
	case len("2006"):
		layout, precise = "2006", toYear
	case len("2006-01"):
		layout, precise = "2006-01", toMonth
	case len(time.DateOnly):
		layout, precise = time.DateOnly, toDay
	default:
		return parseInstant(s)
	}
	t, err := time.ParseInLocation(layout, s, london)
	return t, precise, err == nil && t.Year() > 0
}

// parseInstant reads a dateTime with seconds and zone. A leap second is the first moment after it.
func parseInstant(s string) (time.Time, precision, bool) {
	const upToSeconds = len("2006-01-02T15:04:05")
	if len(s) < upToSeconds+1 || s[10] != 'T' || s[13] != ':' || s[16] != ':' || strings.Contains(s, ",") {
		return time.Time{}, 0, false
	}
	var leap time.Duration
	if s[upToSeconds-2:upToSeconds] == "60" {
		s = s[:upToSeconds-2] + "59" + s[upToSeconds:]
		leap = time.Second
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() == 0 {
		return time.Time{}, 0, false
	}
	if _, offset := t.Zone(); offset < -14*3600 || offset > 14*3600 {
		return time.Time{}, 0, false
	}
	return t.Add(leap), toSecond, true
}

// from is the first moment that a dateTime can mean; zero if it is not one.
func from(s string) time.Time {
	t, _, ok := parseDateTime(s)
	if !ok {
		return time.Time{}
	}
	return t.UTC()
}

// until is the moment after the last that a dateTime can mean: a date means through the end of that day in London (FHIR R4 §2.24.0.10
// Period: the end includes every moment that matches it). Zero if it is not a dateTime.
func until(s string) time.Time {
	t, precise, ok := parseDateTime(s)
	if !ok {
		return time.Time{}
	}
	switch precise {
	case toYear:
		t = t.AddDate(1, 0, 0)
	case toMonth:
		t = t.AddDate(0, 1, 0)
	case toDay:
		t = t.AddDate(0, 0, 1)
	}
	return t.UTC()
}
