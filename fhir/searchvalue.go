package fhir

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// ReadCondition reads the search of a conditional create or update (FHIR R4 §3.1.0.4.2 and §3.1.0.6.1), which here is by identifier only.
// All of the identifiers must be the plan's.
func ReadCondition(query, expression string) ([]plans.Identifier, error) {
	query = strings.TrimPrefix(strings.TrimPrefix(query, "CarePlan"), "?")
	parameters, err := url.ParseQuery(query)
	only := func() error {
		return Refuse(http.StatusBadRequest, NotSupported, expression, "A condition can only be identifier=system|value, once or several times with &.")
	}
	if err != nil || len(parameters) != 1 || len(parameters["identifier"]) == 0 {
		return nil, only()
	}
	var all []plans.Identifier
	for _, value := range parameters["identifier"] {
		alternatives := splitValue(value, ',')
		if len(alternatives) != 1 {
			return nil, only()
		}
		i, ok := identifierToken(alternatives[0])
		if !ok {
			return nil, only()
		}
		all = append(all, i)
	}
	return all, nil
}

func (r *searchReader) ids(value string) {
	r.out.Query.IDs = narrow(r.out.Query.IDs, r.ided, splitValue(value, ','), &r.out.Query.Nothing)
	r.ided = true
}

// narrow keeps what both lists hold. A list that becomes empty leaves nothing to find.
func narrow[T comparable](before []T, asked bool, wanted []T, nothing *bool) []T {
	if asked {
		wanted = slices.DeleteFunc(wanted, func(w T) bool { return !slices.Contains(before, w) })
	}
	if len(wanted) == 0 {
		*nothing = true
	}
	return wanted
}

func (r *searchReader) identifiers(value string) {
	var any []plans.Identifier
	for _, token := range splitValue(value, ',') {
		i, ok := identifierToken(token)
		if !ok {
			r.refuse(Value, "An identifier is written system|value, or value alone.")
			return
		}
		any = append(any, i)
	}
	r.out.Query.Identifiers = append(r.out.Query.Identifiers, any)
}

// identifierToken reads system|value or value.
func identifierToken(token string) (plans.Identifier, bool) {
	parts := splitValue(token, '|')
	switch {
	case len(parts) == 1 && parts[0] != "":
		return plans.Identifier{Value: unescaped(parts[0])}, true
	case len(parts) == 2 && parts[0] != "" && parts[1] != "":
		return plans.Identifier{System: unescaped(parts[0]), Value: unescaped(parts[1])}, true
	}
	return plans.Identifier{}, false
}

func (r *searchReader) statuses(value string) {
	var any []plans.Status
	for _, token := range splitValue(value, ',') {
		i, ok := identifierToken(token)
		status, known := plans.ParseStatus(i.Value)
		if !ok || !known || i.System != "" && i.System != statusSystem {
			r.refuse(Value, "A status is draft, active, on-hold, revoked, completed, entered-in-error or unknown.")
			return
		}
		any = append(any, status)
	}
	r.out.Query.Statuses = narrow(r.out.Query.Statuses, r.statused, any, &r.out.Query.Nothing)
	r.statused = true
}

func (r *searchReader) categories(value string) {
	var any []string
	for _, token := range splitValue(value, ',') {
		i, ok := identifierToken(token)
		if !ok || i.System != "" && i.System != snomed {
			r.refuse(Value, "Plans are found by categories of SNOMED CT: "+snomed+"|code, or the code alone.")
			return
		}
		any = append(any, i.Value)
	}
	r.out.Query.Categories = append(r.out.Query.Categories, any)
}

func (r *searchReader) patients(value string) {
	var any []plans.NHSNumber
	for _, token := range splitValue(value, ',') {
		i, ok := identifierToken(token)
		if !ok || i.System != "" && i.System != NHSNumberSystem {
			r.refuse(Value, "Patients are found by NHS number: "+NHSNumberSystem+"|number, or the number alone.")
			return
		}
		n, err := plans.ParseNHSNumber(i.Value)
		if err != nil {
			r.reserved(err)
			r.refuse(Value, "This is not a valid NHS number: "+err.Error()+".")
			return
		}
		any = append(any, n)
	}
	r.out.Query.Patients = narrow(r.out.Query.Patients, r.patient, any, &r.out.Query.Nothing)
	r.patient = true
}

// lastUpdated reads a date with a prefix (FHIR R4 §3.1.1.5.4: the value stands for all of the time that it can mean).
func (r *searchReader) lastUpdated(value string) {
	prefix, at := "eq", zoned(value)
	if len(at) > 2 && at[0] >= 'a' && at[0] <= 'z' {
		prefix, at = at[:2], at[2:]
	}
	span, ok := spanOf(at)
	if !ok {
		r.refuse(Value, "The time is written YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone such as Z or +01:00 (in an address, + is %2B).")
		return
	}
	q := &r.out.Query
	notBefore := func(t time.Time) {
		if t.After(q.From) {
			q.From = t
		}
	}
	before := func(t time.Time) {
		if q.To.IsZero() || t.Before(q.To) {
			q.To = t
		}
	}
	switch prefix {
	case "eq":
		notBefore(span.From)
		before(span.To)
	case "ne":
		q.Not = append(q.Not, span)
	case "gt", "sa":
		notBefore(span.To)
	case "ge":
		notBefore(span.From)
	case "lt", "eb":
		before(span.From)
	case "le":
		before(span.To)
	default:
		r.refuse(NotSupported, "The prefix of a time is eq, ne, gt, lt, ge, le, sa or eb.")
	}
}

// spanOf is the time that a date or dateTime can mean. Fractions of a second mean their last digit: a client that read a lastUpdated in
// milliseconds asks for that millisecond.
func spanOf(s string) (plans.Span, bool) {
	first, precise, ok := parseDateTime(s)
	if !ok {
		return plans.Span{}, false
	}
	if precise != toSecond {
		return plans.Span{From: first.UTC(), To: until(s)}, true
	}
	width := time.Second
	if _, fraction, found := strings.Cut(s, "."); found {
		for i := 0; i < len(fraction) && fraction[i] >= '0' && fraction[i] <= '9'; i++ {
			width = max(width/10, time.Microsecond)
		}
	}
	return plans.Span{From: first.UTC(), To: first.Add(width).UTC()}, true
}

// splitValue splits at a separator that is not escaped with a backslash (FHIR R4 §3.1.1.5.1.1). The escapes stay.
func splitValue(s string, separator byte) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case separator:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// unescaped takes the backslashes away.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
