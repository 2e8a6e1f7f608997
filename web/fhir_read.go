package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// getCarePlan gives the newest version of a plan back as its centre wrote it (FHIR R4 §3.1.0.1).
func (s *server) getCarePlan(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	held, err := s.ownPlan(ctx, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.giveVersion(w, r, plans.Version{ID: id, Number: held.Plan.Version, Published: held.Plan.Published, Document: held.Document})
}

// getVersion gives any version of a plan back (FHIR R4 §3.1.0.2, vread).
func (s *server) getVersion(w http.ResponseWriter, r *http.Request) {
	version, err := s.ownVersion(r.Context(), r.PathValue("id"), r.PathValue("version"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.giveVersion(w, r, version)
}

// giveVersion answers with a version, or tells a client that has it already. The reading is journalled before anything is given.
func (s *server) giveVersion(w http.ResponseWriter, r *http.Request, v plans.Version) {
	s.give(w, r, v, func() ([]byte, error) { return fhir.WriteCarePlan(v.Document, v.ID, v.Number, v.Published) })
}

func (s *server) give(w http.ResponseWriter, r *http.Request, v plans.Version, written func() ([]byte, error)) {
	s.versionHeaders(w, r, fhir.Result{ID: v.ID, Version: v.Number, LastUpdated: v.Published})
	w.Header().Del("Location")
	if has(r, v) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, err := written()
	if err == nil {
		err = s.noteReading(r.Context(), journal.PlanRead, v.ID, v.Number)
	}
	if err != nil {
		w.Header().Del("ETag")
		w.Header().Del("Last-Modified")
		s.fail(w, r, err)
		return
	}
	writeFHIR(w, http.StatusOK, body)
}

// has tells whether the client says that it has this version (FHIR R4 §3.1.0.1.4; RFC 9110 §13.1.2 and §13.1.3: If-None-Match decides
// where both are sent).
func has(r *http.Request, v plans.Version) bool {
	if tags := r.Header.Values("If-None-Match"); len(tags) > 0 {
		for tag := range strings.SplitSeq(strings.Join(tags, ","), ",") {
			if version, ok := fhir.ParseETag(tag); ok && version == v.Number || strings.TrimSpace(tag) == "*" {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !v.Published.Truncate(time.Second).After(since)
}

// ownPlan finds a plan that the caller may read.
func (s *server) ownPlan(ctx context.Context, id string) (*plans.Held, error) {
	if !fhir.IsID(id) {
		return nil, s.missing(ctx, "", errNoPlan)
	}
	held, err := s.Plans.Plan(ctx, id)
	if err != nil {
		return nil, s.missing(ctx, id, err)
	}
	return held, s.authorise(ctx, access.Object{Centre: held.Plan.Centre}, id)
}

// ownVersion finds a version that the caller may read.
func (s *server) ownVersion(ctx context.Context, id, number string) (plans.Version, error) {
	version, err := strconv.Atoi(number)
	if err != nil || version < 1 || strconv.Itoa(version) != number || !fhir.IsID(id) {
		return plans.Version{}, s.missing(ctx, "", errNoVersion)
	}
	v, err := s.Plans.PlanVersion(ctx, id, version)
	if err != nil {
		if errors.Is(err, plans.ErrNotFound) {
			err = errNoVersion
		}
		return plans.Version{}, s.missing(ctx, id, err)
	}
	return v, s.authorise(ctx, access.Object{Centre: v.Centre}, id)
}

// missing is why nothing was found; whoever may read no plan at all is not told which exist.
func (s *server) missing(ctx context.Context, id string, err error) error {
	if !errors.Is(err, plans.ErrNotFound) && !isRefusal(err) {
		return err
	}
	if role := s.authorise(ctx, access.Object{Centre: visitOf(ctx).account.Organisation}, id); role != nil {
		return role
	}
	return err
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[refusal](err)
	return ok
}

// getHistory lists the versions of a plan, or of all plans of the centre, the newest first (FHIR R4 §3.1.0.10).
func (s *server) getHistory(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	centre, of := visitOf(ctx).account.Organisation, "CarePlan/_history"
	if id != "" {
		held, err := s.ownPlan(ctx, id)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		centre, of = held.Plan.Centre, "CarePlan/"+id+"/_history"
	} else if err := s.authorise(ctx, access.Object{Centre: centre}, ""); err != nil {
		s.fail(w, r, err)
		return
	}
	parameters, state, err := s.page(r, of, centre, r.URL.Query())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	asked, err := fhir.ReadHistory(parameters, strict(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page, more, err := s.Plans.PlanHistory(ctx, plans.History{Centre: centre, ID: id, Since: asked.Since, Before: state.Position, Limit: max(asked.Count, 1)})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.list(w, r, pageOf{of: of, asked: asked, state: state, page: page, more: more, total: -1}, fhir.Listing.History)
}

// page is what the client asks for: parameters of its own, or those of the page that it goes on from.
func (s *server) page(r *http.Request, of, centre string, parameters url.Values) (url.Values, pageState, error) {
	state := pageState{Of: of, Centre: centre, Parameters: parameters, Epoch: s.Journal.Epoch()}
	token := parameters.Get("_page")
	if token == "" {
		return parameters, state, nil
	}
	state, err := s.pager.open(token, state)
	return state.Parameters, state, err
}

// strict tells whether a client wants what is not known refused (FHIR R4 §3.1.1.1.1, Prefer: handling=strict).
func strict(r *http.Request) bool { return preference(r, "handling") == "strict" }

// pageOf is a page on its way to the client.
type pageOf struct {
	of    string
	asked fhir.SearchRequest
	state pageState
	page  []plans.Change
	more  bool
	// total is negative where it was not counted.
	total int
}

// pageBytes is how much of documents one page holds at most; it always holds one.
const pageBytes = 4 << 20

// list loads the documents of a page, journals that they are read, and answers with them.
func (s *server) list(w http.ResponseWriter, r *http.Request, l pageOf, write func(fhir.Listing) ([]byte, error)) {
	ctx := r.Context()
	size := 0
	for i, c := range l.page {
		if size += c.Size; i > 0 && size > pageBytes {
			l.page, l.more = l.page[:i], true
			break
		}
	}
	listing := fhir.Listing{Base: s.base(r) + "/fhir", Total: l.total}
	var readings []journal.Entry
	for _, c := range l.page {
		v, err := s.Plans.PlanVersion(ctx, c.ID, c.Version)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		listing.Versions = append(listing.Versions, v)
		readings = append(readings, s.reading(ctx, journal.PlanRead, c.ID, c.Version))
	}
	if !l.more && l.state.Position == 0 && l.total < 0 {
		listing.Total = len(l.page)
	}
	listing.Links = s.links(listing.Base, l)
	body, err := write(listing)
	if err == nil && len(readings) > 0 {
		if err = s.Journal.RecordAll(ctx, readings); err != nil {
			err = fmt.Errorf("%w: %w", errNotJournalled, err)
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeFHIR(w, http.StatusOK, body)
}

// links are the addresses of this page and the next. What names the patient stands in neither: it is sealed.
func (s *server) links(base string, l pageOf) []fhir.Link {
	self := url.Values{}
	for name, values := range l.asked.Used {
		self[name] = values
	}
	if l.asked.NamesPatient || l.state.Position > 0 {
		self = url.Values{"_page": {s.pager.seal(l.state)}}
	}
	address := base + "/" + l.of
	links := []fhir.Link{{Relation: "self", URL: address}}
	if len(self) > 0 {
		links[0].URL += "?" + self.Encode()
	}
	if l.more && len(l.page) > 0 {
		next := l.state
		next.Position = l.page[len(l.page)-1].Position
		links = append(links, fhir.Link{Relation: "next", URL: address + "?" + url.Values{"_page": {s.pager.seal(next)}}.Encode()})
	}
	return links
}
