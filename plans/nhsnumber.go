package plans

import (
	"errors"
	"log/slog"
	"strconv"
)

// NHSNumber is a valid NHS number: ten digits whose check digit agrees. The zero value means "none". It masks itself wherever it is
// printed, logged or marshalled; [NHSNumber.Reveal] is the one way to the digits.
type NHSNumber struct{ n int64 }

// Errors of ParseNHSNumber. None of them quotes the input: it may be a real number with one digit wrong.
var (
	ErrNHSNumberLength = errors.New("an NHS number has ten digits")
	ErrNHSNumberCheck  = errors.New("the check digit of the NHS number does not agree")
	ErrNHSNumberEqual  = errors.New("an NHS number does not have ten equal digits")
	// ErrNHSNumberReserved: the number is a valid one, and nobody's: see CanaryNumber.
	ErrNHSNumberReserved = errors.New("this NHS number is reserved for the service's own check, and is no patient's")
)

// ParseNHSNumber reads ten digits, with spaces or hyphens between them if need be (3-3-4).
//
// Source: NHS Data Dictionary, NHS NUMBER: weights 10 to 2 on the first nine digits; check = 11 − (sum mod 11); 11 becomes 0 and 10 is
// invalid. Ten equal digits are refused because some of them pass the sum (333 333 3333).
func ParseNHSNumber(s string) (NHSNumber, error) {
	var n int64
	var sum, count, first int
	equal := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ' ' || c == '-' {
			continue
		}
		if c < '0' || c > '9' || count == 10 {
			return NHSNumber{}, ErrNHSNumberLength
		}
		d := int(c - '0')
		if count == 0 {
			first = d
		}
		equal = equal && d == first
		if count < 9 {
			sum += d * (10 - count)
		}
		n = n*10 + int64(d)
		count++
	}
	if count != 10 {
		return NHSNumber{}, ErrNHSNumberLength
	}
	if equal {
		return NHSNumber{}, ErrNHSNumberEqual
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	if check == 10 || int64(check) != n%10 {
		return NHSNumber{}, ErrNHSNumberCheck
	}
	if n == canary.n {
		return NHSNumber{}, ErrNHSNumberReserved
	}
	return NHSNumber{n}, nil
}

// IsZero tells whether there is no number.
func (n NHSNumber) IsZero() bool { return n.n == 0 }

// IsTest tells whether the number is in the range kept for tests, 999 000 0000 and above.
func (n NHSNumber) IsTest() bool { return n.n >= 9990000000 }

// Reveal gives the ten digits, or "" for none. Search for this word to find every place where a number leaves its mask.
func (n NHSNumber) Reveal() string {
	if n.n == 0 {
		return ""
	}
	s := strconv.FormatInt(n.n, 10)
	for len(s) < 10 {
		s = "0" + s
	}
	return s
}

// String masks all but the last four digits.
func (n NHSNumber) String() string {
	if n.n == 0 {
		return "no NHS number"
	}
	return "*** *** " + n.Reveal()[6:]
}

// GoString masks the number in %#v.
func (n NHSNumber) GoString() string { return n.String() }

// LogValue masks the number in structured logs.
func (n NHSNumber) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalText masks the number in JSON and text encodings.
func (n NHSNumber) MarshalText() ([]byte, error) { return []byte(n.String()), nil }
