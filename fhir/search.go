package fhir

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// How many resources a page holds.
const (
	DefaultCount = 20
	MaxCount     = 100
)

const (
	statusSystem = "http://hl7.org/fhir/request-status"
	snomed       = "http://snomed.info/sct"
)

// searchParameter is one of the parameters by which CarePlans are searched.
type searchParameter struct {
	name, kind, says string
	read             func(*searchReader, string)
}

// searchParameters is the table of what a search may ask for. The CapabilityStatement lists the same.
var searchParameters = []searchParameter{
	{"_id", "token", "The logical id.", (*searchReader).ids},
	{"_lastUpdated", "date", "When the version was received, with the prefixes eq, ne, gt, lt, ge, le, sa, eb.", (*searchReader).lastUpdated},
	{"identifier", "token", "What the centre itself calls the plan: system|value, or a value of any system.", (*searchReader).identifiers},
	{"status", "token", "The status of the plan.", (*searchReader).statuses},
	{"category", "token", "The kind of plan, by its SNOMED CT code.", (*searchReader).categories},
	{"patient.identifier", "reference", "By the NHS number only: patient.identifier or patient:identifier. Use POST, so that it stands in no log.", (*searchReader).patients},
	{"patient:identifier", "reference", "", (*searchReader).patients},
	{"subject.identifier", "reference", "By the NHS number only: subject.identifier or subject:identifier.", (*searchReader).patients},
	{"subject:identifier", "reference", "", (*searchReader).patients},
}

// SearchRequest is what a client asks for in a search of CarePlans, or in a history.
type SearchRequest struct {
	// Query lacks the centre, the position and the limit; those are the caller's.
	Query plans.Query
	// Since is the _since of a history.
	Since time.Time
	// Count is how many the client wants on a page.
	Count int
	// CountOnly asks for the total and no resources; WithTotal for the total too.
	CountOnly, WithTotal bool
	// IncludeSubjects asks for the Patients of the plans.
	IncludeSubjects bool
	// Used are the parameters that were understood, for the self link. NamesPatient tells that one of them says who the patient is.
	Used         url.Values
	NamesPatient bool
	// Ignored are the names of parameters that were passed by; a name that could be anything is "another parameter".
	Ignored []string
}

// searchReader reads parameters and collects what is wrong with them.
type searchReader struct {
	problems
	name   string
	out    *SearchRequest
	strict bool
	// Which of the lists were asked for before, and so can only become shorter.
	ided, statused, patient bool
}

// ReadSearch reads the parameters of a search of CarePlans (FHIR R4 §3.1.1). A parameter that is not known is refused if the client asks
// for strict handling, and passed by otherwise. What would narrow the search to a patient is never passed by: the client would take
// everybody's plans for one patient's. An error is always an [*Outcome] with status 400.
func ReadSearch(parameters url.Values, strict bool) (SearchRequest, error) {
	out := SearchRequest{Count: DefaultCount, Used: url.Values{}}
	r := &searchReader{out: &out, strict: strict}
	for _, name := range sortedNames(parameters) {
		r.name = name
		r.parameter(parameters[name])
	}
	return out, r.refusal()
}

// ReadHistory reads the parameters of a history (FHIR R4 §3.1.0.10), as ReadSearch does those of a search.
func ReadHistory(parameters url.Values, strict bool) (SearchRequest, error) {
	out := SearchRequest{Count: DefaultCount, Used: url.Values{}}
	r := &searchReader{out: &out, strict: strict}
	for _, name := range sortedNames(parameters) {
		r.name = name
		switch name {
		case "_since":
			for _, value := range parameters[name] {
				r.since(value)
			}
		case "_count":
			r.count(parameters[name])
		default:
			r.unknown()
		}
	}
	return out, r.refusal()
}

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

func sortedNames(parameters url.Values) []string {
	var names []string
	for name := range parameters {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// refusal is what is wrong with the parameters: all of it is the client's fault (FHIR R4 §3.1.1.1, 400).
func (r *searchReader) refusal() error {
	if !r.any() {
		return nil
	}
	return &Outcome{Status: http.StatusBadRequest, Issues: r.issues}
}

// refuse names the parameter in place of an element, as FHIR R4 §2.36.4 has it for parameters: "http.name".
func (r *searchReader) refuse(code Code, sentence string) {
	at := "http"
	if name := parameterName(r.name); name != "" {
		at += "." + name
	}
	r.addPath(at, code, sentence)
}

// parameterName is a name as an answer may repeat it; empty if it could be anything.
func parameterName(name string) string {
	if len(name) > 40 {
		return ""
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !(c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.' || c == ':') {
			return ""
		}
	}
	return name
}

func (r *searchReader) parameter(values []string) {
	switch r.name {
	case "_count":
		r.count(values)
		return
	case "_include":
		r.include(values)
		return
	case "_summary", "_total", "_sort":
		r.result(values)
		return
	}
	at := slices.IndexFunc(searchParameters, func(p searchParameter) bool { return p.name == r.name })
	if at < 0 {
		r.unknown()
		return
	}
	for _, value := range values {
		if value == "" {
			r.refuse(Value, "The parameter needs a value.")
			continue
		}
		searchParameters[at].read(r, value)
	}
	r.out.Used[r.name] = values
	if strings.HasSuffix(r.name, "identifier") && r.name != "identifier" {
		r.out.NamesPatient = true
	}
}

// unknown passes a parameter by, or refuses it. A modifier that is not supported must be refused (FHIR R4 §3.1.1.5).
func (r *searchReader) unknown() {
	base, _, chained := strings.Cut(r.name, ".")
	base, _, modified := strings.Cut(base, ":")
	known := slices.ContainsFunc(searchParameters, func(p searchParameter) bool { return p.name == base })
	switch {
	case r.name == "_format" || r.name == "_pretty":
	case base == "patient" || base == "subject":
		r.refuse(NotSupported, "A patient is named by patient.identifier, with the NHS number.")
	case known && (modified || chained):
		r.refuse(NotSupported, "This modifier is not supported here.")
	case r.strict:
		r.refuse(NotSupported, "This parameter is not known here. Leave it out, or do not ask for strict handling.")
	default:
		name := parameterName(r.name)
		if name == "" {
			name = "another parameter"
		}
		r.out.Ignored = append(r.out.Ignored, name)
	}
}

func (r *searchReader) count(values []string) {
	n, err := strconv.Atoi(values[len(values)-1])
	if err != nil || n < 0 || len(values) > 1 {
		r.refuse(Value, "The count is one number: how many resources a page may hold.")
		return
	}
	r.out.Used.Set("_count", strconv.Itoa(n))
	r.out.Count = min(n, MaxCount)
	if n == 0 { // FHIR R4 §3.1.1.5.3: the same as _summary=count
		r.out.CountOnly = true
	}
}

func (r *searchReader) include(values []string) {
	for _, value := range values {
		switch value {
		case "CarePlan:subject", "CarePlan:patient", "CarePlan:subject:Patient", "CarePlan:patient:Patient":
			r.out.IncludeSubjects = true
			r.out.Used.Set("_include", value)
		default:
			r.passBy()
		}
	}
}

// result reads parameters about the answer itself; values that we do not have are passed by.
func (r *searchReader) result(values []string) {
	for _, value := range values {
		switch r.name + "=" + value {
		case "_summary=count":
			r.out.CountOnly = true
		case "_total=accurate":
			r.out.WithTotal = true
		case "_total=none", "_total=estimate", "_summary=false", "_sort=_lastUpdated":
		default:
			r.passBy()
			continue
		}
		r.out.Used.Set(r.name, value)
	}
}

func (r *searchReader) passBy() {
	if r.strict {
		r.refuse(NotSupported, "This value is not supported here.")
		return
	}
	r.out.Ignored = append(r.out.Ignored, r.name)
}

func (r *searchReader) since(value string) {
	at, _, ok := parseDateTime(zoned(value))
	if !ok {
		r.refuse(Value, "An instant is written YYYY-MM-DDThh:mm:ss with a time zone such as Z or +01:00 (in an address, + is %2B).")
		return
	}
	r.out.Since = at
	r.out.Used.Set("_since", zoned(value))
}

// zoned mends a time whose plus sign was sent as it is, and so was read as a blank.
func zoned(value string) string { return strings.Replace(value, " ", "+", 1) }

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
