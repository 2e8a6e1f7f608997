package web

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
)

// searchCarePlans finds plans of the caller's centre (FHIR R4 §3.1.1). By POST, what is searched for stands in no address and no log.
func (s *server) searchCarePlans(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	centre := visitOf(ctx).account.Organisation
	if err := s.authorise(ctx, access.Object{Centre: centre}, ""); err != nil {
		s.fail(w, r, err)
		return
	}
	parameters, err := searchParameters(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	parameters, state, err := s.page(r, "CarePlan", centre, parameters)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	asked, err := fhir.ReadSearch(parameters, strict(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	query, l := asked.Query, pageOf{of: "CarePlan", asked: asked, state: state, total: -1}
	query.Centre, query.After, query.Limit = centre, state.Position, asked.Count
	if asked.CountOnly || asked.WithTotal {
		if l.total, err = s.Plans.CountPlans(ctx, query); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	if !asked.CountOnly {
		if l.page, l.more, err = s.Plans.FindPlans(ctx, query); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.list(w, r, l, func(page fhir.Listing) ([]byte, error) {
		return page.Searchset(asked.IncludeSubjects, ignored(asked.Ignored))
	})
}

// ignored tells of parameters that were passed by, or is nil.
func ignored(names []string) *fhir.Outcome {
	if len(names) == 0 {
		return nil
	}
	o := &fhir.Outcome{Status: http.StatusOK}
	for _, name := range names {
		o.Issues = append(o.Issues, fhir.Issue{Code: fhir.NotSupported, Expression: "", Diagnostics: "The parameter " + name + " was passed by: it is not supported here, or its value is not."})
	}
	return o
}

// searchParameters reads the parameters out of the address and, by POST, the body (FHIR R4 §3.1.1.1.1).
func searchParameters(r *http.Request) (url.Values, error) {
	parameters, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errParameters
	}
	if r.Method != http.MethodPost {
		return parameters, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errFormType
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	sent, err := url.ParseQuery(strings.TrimSpace(string(body)))
	if err != nil {
		return nil, errParameters
	}
	for name, values := range sent {
		parameters[name] = append(parameters[name], values...)
	}
	return parameters, nil
}
