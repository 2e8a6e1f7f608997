package hl7

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/plans"
)

func london(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Skip("no time zones here")
	}
	return zone
}

func TestTimes(t *testing.T) {
	zone := london(t)
	for _, row := range []struct{ name, text, want string }{
		{"to the second, in winter", "20261122140205", "2026-11-22T14:02:05Z"},
		{"to the second, in summer", "20260722140205", "2026-07-22T13:02:05Z"},
		{"to the minute", "202611221402", "2026-11-22T14:02:00Z"},
		{"to the hour", "2026112214", "2026-11-22T14:00:00Z"},
		{"to the day, in summer", "20260722", "2026-07-21T23:00:00Z"},
		{"to the month", "202611", "2026-11-01T00:00:00Z"},
		{"to the year", "2026", "2026-01-01T00:00:00Z"},
		{"a fraction of a second", "20261122140205.1234", "2026-11-22T14:02:05.1234Z"},
		{"with an offset", "20261122140205+0100", "2026-11-22T13:02:05Z"},
		{"with an offset to the west", "20261122140205.5-0430", "2026-11-22T18:32:05.5Z"},
		{"in UTC", "202607221402+0000", "2026-07-22T14:02:00Z"},
		{"spaces around", " 20261122140205 ", "2026-11-22T14:02:05Z"},
		{"clocks go back at 02:00: the hour that comes twice", "202610250130", "2026-10-25T00:30:00Z"},
		{"clocks go forward at 01:00: half an hour that there never was", "202603290130", "2026-03-29T01:00:00Z"},
		{"just before they do", "202603290059", "2026-03-29T00:59:00Z"},
		{"just after they did", "202603290200", "2026-03-29T01:00:00Z"},
		{"after they went back", "202610250200", "2026-10-25T02:00:00Z"},
		{"a leap second", "20161231235960", "2017-01-01T00:00:00Z"},
		{"as ISO 8601 has it, in summer", "2026-07-22T14:02:05", "2026-07-22T13:02:05Z"},
		{"as ISO 8601 has it, with a fraction and an offset", "2026-07-22T14:02:05.5+02:00", "2026-07-22T12:02:05.5Z"},
		{"as ISO 8601 has it, in UTC", "2026-07-22T14:02Z", "2026-07-22T14:02:00Z"},
		{"as databases write it", "2026-11-22 14:02:05", "2026-11-22T14:02:05Z"},
		{"a day with hyphens, in summer", "2026-07-22", "2026-07-21T23:00:00Z"},
		{"a year with an offset is no month", "2026-0100", "2026-01-01T01:00:00Z"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ReadTime(row.text, zone)
			if err != nil || got.Format(time.RFC3339Nano) != row.want {
				t.Errorf("%s is %s, %v; want %s", row.text, got.Format(time.RFC3339Nano), err, row.want)
			}
		})
	}
}

func TestBirthDates(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       plans.Date
	}{
		{"to the day", "19800213", "1980-02-13"},
		{"to the month", "198002", "1980-02"},
		{"to the year", "1980", "1980"},
		{"with a time of day", "198002131405", "1980-02-13"},
		{"with a time of day and an offset, it is still that day", "19800213233000-0500", "1980-02-13"},
		{"the day unknown, written 00", "19800200", "1980-02"},
		{"day and month unknown, written 00", "19800000", "1980"},
		{"a leap day", "20240229", "2024-02-29"},
		{"with hyphens", "1980-02-13", "1980-02-13"},
		{"with slashes, the year first", "1980/02/13", "1980-02-13"},
		{"with hyphens, to the month", "1980-02", "1980-02"},
		{"with hyphens and a time of day, it is still that day", "1980-02-13T23:30:00-05:00", "1980-02-13"},
		{"with hyphens, the day unknown", "1980-02-00", "1980-02"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ReadDate(row.text)
			if err != nil || got != row.want {
				t.Errorf("%s is %q, %v; want %q", row.text, got, err, row.want)
			}
			if _, err := plans.ParseDate(string(got)); err != nil {
				t.Errorf("%q is no date to the plans: %v", got, err)
			}
		})
	}
}

func TestTimesThatCannotBeUsed(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       Unusable
	}{
		{"nothing", "", noDigits},
		{"month 13", "19801301", badMonth},
		{"month 0 with a day", "19800013", badMonth},
		{"day 32", "19800132", badDay},
		{"30 February", "19800230", badDay},
		{"29 February in a common year", "20230229", badDay},
		{"day 0 with a time", "1980010012", badDay},
		{"25 o'clock", "2026112225", badClock},
		{"minute 60", "202611221460", badClock},
		{"year 0", "00000000", noDigits},
		{"two digits of a year", "80", noDigits},
		{"half a month", "19801", badLength},
		{"too many digits", "2026112214020512", badLength},
		{"letters", "UNKNOWN", badLetters},
		{"with hyphens, month 13", "1980-13-02", badMonth},
		{"with hyphens and two separators in one", "1980-02/13", badLetters},
		{"with hyphens and a time of one digit", "1980-02-13T1:23:4", badLetters},
		{"day or month first", "02/03/1980", badOrder},
		{"day first, as its 13 tells; that of the next patient will not", "13/02/1980", badOrder},
		{"day or month first, with hyphens", "02-03-1980", badOrder},
		{"day or month first, with points and a short year", "2.3.80", badOrder},
		{"day or month first, with a time", "02/03/1980 14:05", badOrder},
		{"an offset of three digits", "202611221402+010", badOffset},
		{"an offset of letters", "202611221402+0a00", badOffset},
		{"an offset of a day", "202611221402+2400", badOffset},
		{"a fraction of letters", "20261122140205.x", badLetters},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, timeErr := ReadTime(row.text, time.UTC)
			_, dateErr := ReadDate(row.text)
			for _, err := range []error{timeErr, dateErr} {
				var got Unusable
				if !errors.As(err, &got) || got != row.want {
					t.Errorf("got %v, want %v", err, row.want)
				}
				if row.text != "" && err != nil && strings.Contains(err.Error(), row.text) {
					t.Errorf("the error quotes the text: %v", err)
				}
			}
		})
	}
}

func TestATimeThatWeWriteIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), 0)
		got, err := ReadTime(string(appendTime(nil, at)), time.FixedZone("", 3600))
		if err != nil || !got.Equal(at) {
			t.Fatalf("%s became %s, %v", at, got, err)
		}
	})
}

func FuzzReadTime(f *testing.F) {
	for _, seed := range []string{"20261122140205.1234+0100", "1980", "1980-02-13T14:05:09.5Z", "13/02/1980", "19801301", "-", "+0000", "2026."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		date, err := ReadDate(text)
		if err != nil {
			return
		}
		if _, err := plans.ParseDate(string(date)); err != nil {
			t.Errorf("%q was read as %q, which is no date", text, date)
		}
	})
}
