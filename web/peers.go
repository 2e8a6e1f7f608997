package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Another region's service follows the plans of every centre that shares with its region. It sees the newest version of each, in whole or
// as a headline with whom to call, as [plans.Plan.CrossesTo] says: here and nowhere else.

// orPeer serves an address in the one way to centres and in the other to peers.
func orPeer(centres, peers http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if visitOf(r.Context()).account.Role == access.Peer {
			peers(w, r)
			return
		}
		centres(w, r)
	})
}

// crossing is a plan as the caller's region may have it; it has no resource if the region may not have it.
func (s *server) crossing(held plans.Held, region string, now time.Time) (fhir.Crossing, error) {
	p, dir := held.Plan, s.Directory()
	c := fhir.Crossing{ID: p.ID, Version: p.Version, At: p.Published}
	var err error
	switch p.CrossesTo(dir, region, now) {
	case directory.Full:
		c.Resource, err = fhir.WriteWhole(held)
	case directory.Summary:
		centre, _ := dir.Organisation(p.Centre) // a plan crosses only from a centre that is known
		c.Resource = fhir.WriteSummary(p, centre.Name, centre.Phone)
	}
	return c, err
}

// getCrossing gives one plan to a peer: 404 if it is not held, 410 if the peer's region may not have it, or not any more.
func (s *server) getCrossing(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	if err := s.authorise(ctx, access.Object{Shared: true}, id); err != nil {
		s.fail(w, r, err)
		return
	}
	if !fhir.IsID(id) {
		s.fail(w, r, errNoPlan)
		return
	}
	held, err := s.Plans.Plan(ctx, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c, err := s.crossing(*held, visitOf(ctx).account.Organisation, s.Now())
	if err == nil && len(c.Resource) == 0 {
		err = errNotCrossing
		s.noteRefusal(ctx, id, err.Error())
	}
	if err == nil {
		err = s.noteReading(ctx, journal.PlanRead, c.ID, c.Version)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.versionHeaders(w, r, fhir.Result{ID: c.ID, Version: c.Version, LastUpdated: c.At})
	w.Header().Del("Location")
	writeFHIR(w, http.StatusOK, c.Resource)
}

// listCrossings is the history and the search that a peer may ask for: what changed since an instant, in pages.
func (s *server) listCrossings(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	region, of := visitOf(ctx).account.Organisation, strings.TrimPrefix(r.URL.Path, "/fhir/")
	history := of == "CarePlan/_history"
	if err := s.authorise(ctx, access.Object{Shared: true}, ""); err != nil {
		s.fail(w, r, err)
		return
	}
	parameters, state, err := s.page(r, of, region, r.URL.Query())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	asked, err := readCrossings(parameters, history)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page, more, err := s.Plans.NewestPlans(ctx, asked.Since, state.Position, max(asked.Count, 1))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := pageOf{of: of, asked: asked, state: state, more: more}
	crossings, err := s.crossings(ctx, page, &l, region)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	listing := fhir.Listing{Base: s.base(r) + "/fhir", Total: -1}
	listing.Links = s.links(listing.Base, l)
	writeFHIR(w, http.StatusOK, listing.Crossings(history, crossings))
}

// crossings loads the plans of a page as a region may have them, and journals those that it is given. A plan that was revised meanwhile is
// at the front by now: the region sees it there next time.
func (s *server) crossings(ctx context.Context, page []plans.Change, l *pageOf, region string) ([]fhir.Crossing, error) {
	var out []fhir.Crossing
	var readings []journal.Entry
	now, size := s.Now(), 0
	for i, change := range page {
		if size += change.Size; i > 0 && size > pageBytes {
			l.more = true
			break
		}
		l.page = page[:i+1]
		held, err := s.Plans.Plan(ctx, change.ID)
		if err != nil {
			return nil, err
		}
		if held.Plan.Version != change.Version {
			continue
		}
		c, err := s.crossing(*held, region, now)
		if err != nil {
			return nil, err
		}
		switch {
		case len(c.Resource) > 0:
			readings = append(readings, s.reading(ctx, journal.PlanRead, c.ID, c.Version))
		case c.Version == 1 || !s.Directory().SharesAnything(held.Plan.Centre, region, now):
			continue // the region never had it
		}
		out = append(out, c)
	}
	if len(readings) > 0 {
		if err := s.Journal.RecordAll(ctx, readings); err != nil {
			return nil, fmt.Errorf("%w: %w", errNotJournalled, err)
		}
	}
	return out, nil
}

// passedBy are parameters that change nothing in what a peer gets: the Patients are contained, and the order is always the same.
var passedBy = []string{"_sort", "_include", "_format"}

// readCrossings reads what a peer asks for. A filter that is not known is refused: a region that believes to follow all plans must not miss
// those that it filtered out by mistake, nor get more than it asked for.
func readCrossings(parameters url.Values, history bool) (fhir.SearchRequest, error) {
	known := url.Values{}
	for name, values := range parameters {
		switch {
		case name == "_count":
			known[name] = values
		case name == "_since" && history:
			known[name] = values
		case name == "_lastUpdated" && !history:
			for _, value := range values {
				since, ok := strings.CutPrefix(value, "ge")
				if !ok {
					return fhir.SearchRequest{}, errPeerSearch
				}
				known.Add("_since", since)
			}
		case slices.Contains(passedBy, name):
		default:
			return fhir.SearchRequest{}, errPeerSearch
		}
	}
	asked, err := fhir.ReadHistory(known, true)
	asked.Used = parameters
	return asked, err
}
