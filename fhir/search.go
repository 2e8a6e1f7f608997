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
	return &Outcome{Status: http.StatusBadRequest, Issues: r.issues, Cause: r.cause}
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
