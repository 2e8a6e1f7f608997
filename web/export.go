package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// exportPage is how many plans one answer holds at most.
const exportPage = 200

// getExport gives a centre the newest versions of its plans as lines that can be published again, a page at a time: status=… asks for plans
// in these states only, after=… for what follows the page before. The address of the next page is in Link (RFC 8288). A plan that is
// revised meanwhile is found again at the end. The reading of every plan is journalled before it is given out.
func (s *server) getExport(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	centre := visitOf(ctx).account.Organisation
	if err := s.authorise(ctx, access.Object{Centre: centre}, ""); err != nil {
		s.fail(w, r, err)
		return
	}
	asked := r.URL.Query()
	query, err := exportQuery(centre, asked)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page, more, err := s.Plans.FindPlans(ctx, query)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var body []byte
	var readings []journal.Entry
	for i, c := range page {
		if i > 0 && len(body)+c.Size > pageBytes {
			page, more = page[:i], true
			break
		}
		v, err := s.Plans.PlanVersion(ctx, c.ID, c.Version)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		line, err := fhir.WriteLine(v.Document, v.ID, v.Number, v.Published)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		body = append(append(body, line...), '\n')
		readings = append(readings, s.reading(ctx, journal.PlanRead, c.ID, c.Version))
	}
	if len(readings) > 0 {
		if err := s.Journal.RecordAll(ctx, readings); err != nil {
			s.fail(w, r, fmt.Errorf("%w: %w", errNotJournalled, err))
			return
		}
	}
	if more {
		asked.Set("after", strconv.FormatInt(page[len(page)-1].Position, 10))
		w.Header().Set("Link", `<`+r.URL.Path+`?`+asked.Encode()+`>; rel="next"`)
	}
	w.Header().Set("Content-Type", "application/fhir+ndjson")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // whoever is not there any more misses nothing: the page can be asked for again
}

// errExport refuses what is asked of an export.
var errExport = refusal{http.StatusBadRequest, fhir.Value, "status is one of draft, active, on-hold, revoked, completed, entered-in-error and unknown; after is taken from the Link of the page before."}

func exportQuery(centre string, asked url.Values) (plans.Query, error) {
	query := plans.Query{Centre: centre, Limit: exportPage}
	for _, word := range asked["status"] {
		status, known := plans.ParseStatus(word)
		if !known {
			return plans.Query{}, errExport
		}
		query.Statuses = append(query.Statuses, status)
	}
	if after := asked.Get("after"); after != "" {
		number, err := strconv.ParseInt(after, 10, 64)
		if err != nil || number < 0 {
			return plans.Query{}, errExport
		}
		query.After = number
	}
	return query, nil
}
