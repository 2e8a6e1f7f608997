package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// newPeers is a service that the regions QM7 and Y61 follow.
func newPeers(t *testing.T) *service {
	t.Helper()
	book := map[access.Token]access.Account{}
	for token, account := range accounts {
		book[access.HashToken(token)] = account
	}
	book[access.HashToken("centre-RGT")] = access.Account{Name: "addenbrookes", Role: access.Centre, Organisation: "RGT"}
	for _, region := range []string{"QM7", "Y61"} {
		book[access.HashToken("peer-"+region)] = access.Account{Name: "region " + region, Role: access.Peer, Organisation: region}
	}
	return newService(t, func(o *Options) { o.Accounts = access.NewBook(book) })
}

func crossingPlan(id, headline, status string) string {
	return fmt.Sprintf(`{"resourceType":"CarePlan","id":%q,"status":%q,"intent":"plan","title":%q,"description":"Secret text","subject":{"reference":"#p"},"contained":[
		{"resourceType":"Patient","id":"p","birthDate":"1980-02-13","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}]}`, id, status, headline)
}

// putAs publishes a plan of any centre.
func (s *service) putAs(centre, id, body string) {
	s.t.Helper()
	want2xx(s.t, s.ask("PUT", "/fhir/CarePlan/"+id, "centre-"+centre, body).Code)
	s.at = s.at.Add(time.Minute)
}

func want2xx(t testing.TB, code int) {
	t.Helper()
	if code < 200 || code > 299 {
		t.Fatalf("the status is %d", code)
	}
}

// rows writes a page as "METHOD id/version title".
func (b bundle) rows() []string {
	var out []string
	for _, e := range b.Entry {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s/%s %s", e.Request.Method, strings.TrimPrefix(e.FullURL, "http://example.com/fhir/CarePlan/"), e.Resource.Meta.VersionID, e.Resource.Title)))
	}
	return out
}

func TestARegionFollowsWhatIsSharedWithIt(t *testing.T) {
	s := newPeers(t)
	s.putAs("RP4", "gosh", crossingPlan("gosh", "First", "active"))
	s.putAs("RJZ", "kings", crossingPlan("kings", "Of King's", "active"))
	s.putAs("RGT", "cambridge", crossingPlan("cambridge", "Headline only", "active"))
	s.putAs("RP4", "draft", crossingPlan("draft", "Unfinished", "draft"))
	s.putAs("RP4", "gosh", crossingPlan("gosh", "Second", "active"))
	s.putAs("RJZ", "kings", crossingPlan("kings", "Of King's", "revoked"))

	answer := s.ask("GET", "/fhir/CarePlan/_history", "peer-QM7", "")
	got := wantBundle(t, answer, "history").rows()
	if !slices.Equal(got, []string{"PUT kings/2 Of King's", "PUT gosh/2 Second", "PUT cambridge/1 Headline only"}) {
		t.Errorf("the region is given %v", got)
	}
	body := answer.Body.String()
	if n := strings.Count(body, "Secret text"); n != 2 {
		t.Errorf("the text of %d plans crossed, want 2: %s", n, body)
	}
	if !strings.Contains(body, `"SUBSETTED"`) || !strings.Contains(body, "The plan is with Cambridge University Hospitals") {
		t.Errorf("the summary says too little: %s", body)
	}
	read := 0
	for _, e := range s.recorded {
		if e.Kind == journal.PlanRead && e.Actor.Role == "peer" && e.Actor.Organisation == "QM7" {
			read++
		}
	}
	if read != 3 {
		t.Errorf("%d readings were journalled, want 3", read)
	}
	if got := wantBundle(t, s.ask("GET", "/fhir/CarePlan?_sort=_lastUpdated&_include=CarePlan:subject", "peer-QM7", ""), "searchset").rows(); len(got) != 3 {
		t.Errorf("a search finds %v", got)
	}
	if got := wantBundle(t, s.ask("GET", "/fhir/CarePlan/_history", "peer-Y61", ""), "history").rows(); !slices.Equal(got, []string{"PUT cambridge/1 Headline only"}) {
		t.Errorf("the other region is given %v", got)
	}
}

func TestARegionAsksForWhatIsNewInPages(t *testing.T) {
	s := newPeers(t)
	for i := range 7 {
		s.putAs("RP4", fmt.Sprint("plan-", i), crossingPlan(fmt.Sprint("plan-", i), "H", "active"))
	}
	since := url.QueryEscape(now.Add(3 * time.Minute).Format(time.RFC3339))
	for address, total := range map[string]int{
		"/fhir/CarePlan/_history?_count=3": 7, "/fhir/CarePlan/_history?_count=3&_since=" + since: 4, "/fhir/CarePlan?_count=3&_lastUpdated=ge" + since: 4,
	} {
		var all []string
		for next := address; next != ""; {
			answer := s.ask("GET", next, "peer-QM7", "")
			kind := "history"
			if !strings.Contains(address, "_history") {
				kind = "searchset"
			}
			b := wantBundle(t, answer, kind)
			if len(b.Entry) > 3 {
				t.Errorf("a page of %d", len(b.Entry))
			}
			all = append(all, b.rows()...)
			next = b.link("next")
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != total || len(all) != total {
			t.Errorf("%s gives %v", address, all)
		}
	}
}

func TestAPlanThatIsNoLongerSharedIsGone(t *testing.T) {
	s := newPeers(t)
	s.putAs("RP4", "gosh", crossingPlan("gosh", "First", "active"))
	want(t, s.ask("GET", "/fhir/CarePlan/gosh", "peer-QM7", ""), http.StatusOK)
	want(t, s.ask("GET", "/fhir/CarePlan/gosh", "peer-Y61", ""), http.StatusGone)
	want(t, s.ask("GET", "/fhir/CarePlan/nothing", "peer-QM7", ""), http.StatusNotFound)
	s.putAs("RP4", "gosh", crossingPlan("gosh", "Second", "draft"))
	want(t, s.ask("GET", "/fhir/CarePlan/gosh", "peer-QM7", ""), http.StatusGone)
	if got := wantBundle(t, s.ask("GET", "/fhir/CarePlan/_history", "peer-QM7", ""), "history").rows(); !slices.Equal(got, []string{"DELETE gosh/"}) {
		t.Errorf("the history says %v", got)
	}
	if got := wantBundle(t, s.ask("GET", "/fhir/CarePlan", "peer-QM7", ""), "searchset").rows(); len(got) != 0 {
		t.Errorf("a search finds %v", got)
	}
}

func TestARegionMayDoNothingElse(t *testing.T) {
	s := newPeers(t)
	s.putAs("RP4", "gosh", crossingPlan("gosh", "First", "active"))
	for _, row := range []struct {
		method, path, body string
		status             int
	}{
		{"PUT", "/fhir/CarePlan/gosh", crossingPlan("gosh", "Changed", "active"), http.StatusForbidden},
		{"POST", "/fhir/CarePlan", crossingPlan("new", "New", "active"), http.StatusForbidden},
		{"GET", "/fhir/CarePlan/gosh/_history", "", http.StatusForbidden},
		{"GET", "/fhir/CarePlan/gosh/_history/1", "", http.StatusForbidden},
		{"GET", "/fhir/CarePlan?identifier=x", "", http.StatusBadRequest},
		{"GET", "/fhir/CarePlan?_lastUpdated=lt2026-01-01", "", http.StatusBadRequest},
		{"GET", "/fhir/CarePlan/_history?status=active", "", http.StatusBadRequest},
		{"GET", "/api/departments/RQW-AE/alerts", "", http.StatusForbidden},
	} {
		if answer := s.ask(row.method, row.path, "peer-QM7", row.body); answer.Code != row.status {
			t.Errorf("%s %s is answered %d, want %d: %s", row.method, row.path, answer.Code, row.status, answer.Body)
		}
	}
}
