package plans

import (
	"errors"
	"log/slog"
	"strings"
	"time"
)

// Identity is what a message or a plan says about who a patient is. Every field may be missing. It masks itself when printed or logged.
// Two identities are the same if they are equal (==).
type Identity struct {
	NHSNumber NHSNumber
	// Tracing is how sure the NHS number is, as whoever stated it says.
	Tracing   Tracing
	Family    string
	Given     string
	BirthDate Date
	Sex       Sex
	Postcode  string
	// Others are further names: former ones, aliases, the name at birth. Unused places are empty and come last.
	Others [MaxOtherNames]PersonName
	// Restricted tells that nobody may learn from us where the patient lives (PDS: meta.security R).
	Restricted bool
}

// PersonName is a name of a person; either part may be empty.
type PersonName struct{ Family, Given string }

// MaxOtherNames is how many further names of a patient are kept; who has more is found by these.
const MaxOtherNames = 3

// Tracing is the NHS number status: the codes of the NHS Data Dictionary, as they stand in PID-32 ("NSTS01" is written 01) and in UK Core's
// verification status.
type Tracing string

// The statuses of an NHS number.
const (
	TracingUnknown    Tracing = ""   // not stated
	Verified          Tracing = "01" // present and verified
	NotTraced         Tracing = "02" // present, not traced
	TraceRequired     Tracing = "03"
	NoOrMultipleMatch Tracing = "04" // trace attempted: no match, or several
	TraceConflict     Tracing = "05" // trace needs to be resolved: NHS number or patient detail conflict
	TraceInProgress   Tracing = "06"
	NumberNotPresent  Tracing = "07" // and a trace is not required
	TracePostponed    Tracing = "08" // baby under six weeks old
)

// String names the patient by the masked NHS number only.
func (i Identity) String() string { return "patient " + i.NHSNumber.String() }

// GoString masks the identity in %#v.
func (i Identity) GoString() string { return i.String() }

// LogValue masks the identity in structured logs.
func (i Identity) LogValue() slog.Value { return slog.StringValue(i.String()) }

// Sex is administrative gender as FHIR R4 names it (AdministrativeGender), or empty for not stated.
type Sex string

// The sexes that a message or a plan can state.
const (
	Male       Sex = "male"
	Female     Sex = "female"
	OtherSex   Sex = "other"
	UnknownSex Sex = "unknown"
)

// Date is a calendar date of any precision: "1980-02-13", "1980-02", "1980", or "" for unknown. FHIR R4 calls it "date".
type Date string

// ErrDate is returned for a text that is not a date. It does not quote the input.
var ErrDate = errors.New("a date is written YYYY, YYYY-MM or YYYY-MM-DD and exists in the calendar")

// ParseDate reads YYYY, YYYY-MM or YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	layouts := map[int]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}
	layout, ok := layouts[len(s)]
	if !ok {
		return "", ErrDate
	}
	if _, err := time.Parse(layout, s); err != nil {
		return "", ErrDate
	}
	return Date(s), nil
}

// Whole tells whether the date has year, month and day.
func (d Date) Whole() bool { return len(d) == 10 }

// Compatible tells whether two dates could be the same day: the shorter is the beginning of the longer. Unknown is compatible with all.
func (d Date) Compatible(o Date) bool {
	return strings.HasPrefix(string(d), string(o)) || strings.HasPrefix(string(o), string(d))
}

// Age is the number of whole years from a whole date to a day, or -1 if the date is not whole.
func (d Date) Age(on time.Time) int {
	if !d.Whole() {
		return -1
	}
	born, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return -1
	}
	age := on.Year() - born.Year()
	if on.Month() < born.Month() || on.Month() == born.Month() && on.Day() < born.Day() {
		age--
	}
	return age
}
