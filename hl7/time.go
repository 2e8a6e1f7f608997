package hl7

import (
	"regexp"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// Unusable says why a time or date could not be used. It never quotes what was sent: a birth date is a patient's. It is no reason to
// refuse a message: NHS sample messages contain month 13.
type Unusable string

func (u Unusable) Error() string { return "unusable time: " + string(u) }

// The reasons why a time is unusable.
const (
	noDigits   Unusable = "it does not begin with a year of four digits"
	badLength  Unusable = "it has digits left over"
	badMonth   Unusable = "there is no such month"
	badDay     Unusable = "the month has no such day"
	badClock   Unusable = "there is no such time of day"
	badOffset  Unusable = "the offset from UTC is not ±HHMM"
	badOrder   Unusable = "it does not begin with the year: which number is the day and which the month would be a guess; HL7 writes YYYYMMDD"
	badLetters Unusable = "it contains something that is not a digit; HL7 writes YYYYMMDD[HHMM[SS]][±HHMM]"
)

// stated is a time as far as a message states it. Parts that are not stated are 1 for month and day, else 0.
type stated struct {
	year, month, day, hour, minute, second, nano int
	precision                                    int // 1 year, 2 month, 3 day, 4 hour, 5 minute, 6 second
	zone                                         *time.Location
}

// ReadTime reads an HL7 time, YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ] (HL7 2.4 §2.A.78, TS), of any precision, or what some senders write in
// its place ([isISO]): it is the first instant that the text can mean, in UTC. A time without an offset is in zone; where the clocks repeat a local time it is the first of the two,
// where they skip it the instant after the gap. The error is an [Unusable].
func ReadTime(text string, zone *time.Location) (time.Time, error) {
	s, err := readStated(text)
	if err != nil {
		return time.Time{}, err
	}
	if s.zone != nil {
		zone = s.zone
	}
	return s.instant(zone).UTC(), nil
}

// instant finds when clocks in zone showed what is stated.
func (s stated) instant(zone *time.Location) time.Time {
	in := func(zone *time.Location) time.Time {
		return time.Date(s.year, time.Month(s.month), s.day, s.hour, s.minute, s.second, s.nano, zone)
	}
	shown, at := in(time.UTC), in(zone)
	start, end := at.ZoneBounds()
	if !start.IsZero() {
		_, before := start.Add(-1).Zone()
		if first := shown.Add(-time.Duration(before) * time.Second); first.Before(start) {
			return first // shown for the first time before the clocks went back
		}
	}
	_, offset := at.Zone()
	switch found := at.Add(time.Duration(offset) * time.Second); {
	case found.Before(shown):
		return end
	case found.After(shown):
		return start
	}
	return at
}

// ReadDate reads the date of a time as [ReadTime] does, as precisely as it is stated up to the day: 1980, 1980-02 or 1980-02-13. A time of day and
// an offset are ignored: a birthday is that of the place. The error is an [Unusable].
func ReadDate(text string) (plans.Date, error) {
	s, err := readStated(text)
	if err != nil {
		return "", err
	}
	day := time.Date(s.year, time.Month(s.month), s.day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	return plans.Date(day[:[...]int{4, 7, 10}[min(s.precision, 3)-1]]), nil
}

var (
	// iso is a date or time that begins with the year, in the extended format of ISO 8601: 1980-02, 1980-02-13, 1980-02-13T14:05:09.5+01:00.
	// A space may stand for the T, and slashes for the hyphens of a date alone: in none of these does the day come before the month.
	iso = regexp.MustCompile(`^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?)?|/[0-9]{2}/[0-9]{2})$`)
	// endsInYear is a date whose day may come before its month, or after it: 02/03/1980, 2.3.80.
	endsInYear = regexp.MustCompile(`^[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ](?:[0-9]{4}|[0-9]{2})(?:[^0-9].*)?$`)
	// separators of the date, which iso has, and those of the time.
	ofDate, ofClock = strings.NewReplacer("-", "", "/", ""), strings.NewReplacer("T", "", " ", "", ":", "", "Z", "+0000")
)

// isISO tells whether a date or time is written in ISO 8601's way rather than HL7's.
func isISO(text string) bool { return iso.MatchString(strings.TrimSpace(text)) }

// fromISO writes a date or time that isISO in HL7's way.
func fromISO(text string) string {
	day := min(len(text), len(time.DateOnly))
	return ofDate.Replace(text[:day]) + ofClock.Replace(text[day:])
}

// coarse tells whether a time states no minute: only a day, say, or an hour of it.
func (s stated) coarse() bool { return s.precision < toMinute }

// toMinute is the precision of a time that states its minute, which is as exact as many senders are.
const toMinute = 5

// period is when something was, as exactly as a sender says: from its first instant until, not including, its end. An exact time is that instant
// alone, and its end is zero. The zero period is a time that is not known.
type period struct{ from, end time.Time }

// readPeriod reads what [ReadTime] does, and how long it can have been.
func readPeriod(text string, zone *time.Location) (period, error) {
	s, err := readStated(text)
	if err != nil {
		return period{}, err
	}
	if s.zone != nil {
		zone = s.zone
	}
	p := period{from: s.instant(zone).UTC()}
	if s.coarse() {
		p.end = s.next().instant(zone).UTC()
	}
	return p, nil
}

// next is the year, month, day or hour after the one that is stated.
func (s stated) next() stated {
	parts := [...]*int{&s.year, &s.month, &s.day, &s.hour}
	*parts[s.precision-1]++ // month 13 and hour 24 are carried over by time.Date
	return s
}

// before is the instant that stands for the period, of something that was told of at an instant: the last one that is not after it. So a time that
// says only a day does not come before all that is known more exactly of that day. Where it is not known when it was told, it is the first instant.
func (p period) before(told time.Time) time.Time {
	switch {
	case p.end.IsZero() || told.IsZero() || told.Before(p.from):
		return p.from
	case told.Before(p.end):
		return told
	}
	return p.end.Add(-time.Millisecond) // stamps count milliseconds
}

func readStated(text string) (stated, error) {
	s := stated{month: 1, day: 1}
	text = strings.TrimSpace(text)
	switch {
	case len(text) > 0 && strings.Trim(text, "0123456789") == "": // as nearly all are
	case isISO(text):
		text = fromISO(text)
	case endsInYear.MatchString(text):
		return s, badOrder
	case strings.Count(text, "-") > 1 || strings.Contains(text, "/"):
		return s, badLetters
	}
	if i := strings.IndexAny(text, "+-"); i >= 0 {
		offset, ok := readOffset(text[i:])
		if !ok {
			return s, badOffset
		}
		s.zone, text = offset, text[:i]
	}
	digits, fraction, _ := strings.Cut(text, ".")
	if err := s.readDigits(digits); err != nil {
		return s, err
	}
	if err := s.readFraction(fraction); err != nil {
		return s, err
	}
	return s, s.check()
}

// readDigits reads year to second.
func (s *stated) readDigits(digits string) error {
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return badLetters
		}
	}
	if len(digits) < 4 {
		return noDigits
	}
	s.year = number(digits[:4])
	s.precision = 1
	digits = digits[4:]
	for _, to := range []*int{&s.month, &s.day, &s.hour, &s.minute, &s.second} {
		if len(digits) < 2 {
			break
		}
		value := number(digits[:2])
		if value == 0 && s.precision < 3 && strings.Trim(digits, "0") == "" {
			return nil // systems that do not know month or day write 00
		}
		*to, digits = value, digits[2:]
		s.precision++
	}
	if digits != "" {
		return badLength
	}
	return nil
}

func (s *stated) readFraction(fraction string) error {
	scale := int(time.Second / 10)
	for i := range len(fraction) {
		if !isDigit(fraction[i]) {
			return badLetters
		}
		s.nano += int(fraction[i]-'0') * scale
		scale /= 10
	}
	return nil
}

// check refuses what is in no calendar and on no clock. Second 60 is a leap second.
func (s *stated) check() error {
	first := time.Date(s.year, time.Month(s.month), 1, 0, 0, 0, 0, time.UTC)
	switch {
	case s.year == 0:
		return noDigits
	case s.month < 1 || s.month > 12:
		return badMonth
	case s.day < 1 || s.day > first.AddDate(0, 1, -1).Day():
		return badDay
	case s.hour > 23 || s.minute > 59 || s.second > 60:
		return badClock
	}
	return nil
}

// number reads digits.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// readOffset reads ±HHMM.
func readOffset(text string) (*time.Location, bool) {
	if len(text) != 5 {
		return nil, false
	}
	for i := 1; i < 5; i++ {
		if !isDigit(text[i]) {
			return nil, false
		}
	}
	hours, minutes := number(text[1:3]), number(text[3:5])
	if hours > 14 || minutes > 59 {
		return nil, false
	}
	seconds := hours*3600 + minutes*60
	switch {
	case seconds == 0:
		return time.UTC, true
	case text[0] == '-':
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}

// appendTime writes an instant to the second, in UTC and with that said: 20261122140000+0000.
func appendTime(b []byte, at time.Time) []byte {
	return at.UTC().AppendFormat(b, "20060102150405-0700")
}
