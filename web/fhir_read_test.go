package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// bundle is a Bundle as a client reads it.
type bundle struct {
	ResourceType, Type string
	Total              *int
	Link               []struct{ Relation, URL string }
	Entry              []struct {
		FullURL  string `json:"fullUrl"`
		Resource struct {
			ResourceType, ID, Title string
			Meta                    struct{ VersionID, LastUpdated string }
			Issue                   []struct{ Severity, Code, Diagnostics string }
		}
		Search   struct{ Mode string }
		Request  struct{ Method, URL string }
		Response struct {
			Status, Location, Etag, LastModified string
			Outcome                              *outcome
		}
	}
}

func wantBundle(t testing.TB, answer *httptest.ResponseRecorder, kind string) bundle {
	t.Helper()
	want(t, answer, http.StatusOK)
	var b bundle
	if err := json.Unmarshal(answer.Body.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	if b.ResourceType != "Bundle" || b.Type != kind {
		t.Fatalf("the answer is a %s of the type %s: %s", b.ResourceType, b.Type, answer.Body)
	}
	return b
}

// link is an address as a client would follow it.
func (b bundle) link(relation string) string {
	for _, l := range b.Link {
		if l.Relation == relation {
			return strings.TrimPrefix(l.URL, "http://example.com")
		}
	}
	return ""
}

// names writes the matches of a Bundle as id/version.
func (b bundle) names() string {
	var out []string
	for _, e := range b.Entry {
		if e.Search.Mode == "" || e.Search.Mode == "match" {
			out = append(out, e.Resource.ID+"/"+e.Resource.Meta.VersionID)
		}
	}
	return strings.Join(out, " ")
}

func TestEveryVersionIsReadAsItWasSent(t *testing.T) {
	s := newService(t)
	for _, title := range []string{"First", "Second"} {
		s.put("kid-1", carePlan("kid-1", title))
	}
	for version, title := range map[string]string{"1": "First", "2": "Second"} {
		answer := s.ask("GET", "/fhir/CarePlan/kid-1/_history/"+version, "centre-RP4", "")
		want(t, answer, http.StatusOK)
		minute := map[string]string{"1": "02", "2": "03"}[version]
		wanted := strings.Replace(carePlan("kid-1", title), `"id":"kid-1",`, `"id":"kid-1","meta":{"versionId":"`+version+`","lastUpdated":"2026-11-22T14:`+minute+`:10.000Z"},`, 1)
		if answer.Body.String() != wanted {
			t.Errorf("version %s is\n%s\nnot\n%s", version, answer.Body, wanted)
		}
		if answer.Header().Get("ETag") != `W/"`+version+`"` || answer.Header().Get("Last-Modified") != "Sun, 22 Nov 2026 14:"+minute+":10 GMT" {
			t.Errorf("the headers of version %s are %v", version, answer.Header())
		}
	}
	if reads := s.entries(journal.PlanRead); len(reads) != 2 || reads[0].Version+reads[1].Version != 3 {
		t.Errorf("the journal holds %+v", reads)
	}
	for _, version := range []string{"3", "0", "-1", "01", "x", "99999999999999999999"} {
		wantOutcome(t, s.ask("GET", "/fhir/CarePlan/kid-1/_history/"+version, "centre-RP4", ""), http.StatusNotFound, "not-found")
	}
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/kid-1/_history/1", "centre-RJZ", ""), http.StatusForbidden, "forbidden")
	if got := s.ask("GET", "/fhir/CarePlan/kid-1/_history/1", "centre-RJZ", "").Header().Get("ETag"); got != "" {
		t.Errorf("another centre is told the version %s", got)
	}
}

func TestAClientThatHasTheVersionIsToldSo(t *testing.T) {
	s := newService(t)
	for _, title := range []string{"First", "Second"} {
		s.put("kid-1", carePlan("kid-1", title))
	}
	for _, row := range []struct {
		header, value string
		status        int
	}{
		{"If-None-Match", `W/"2"`, 304},
		{"If-None-Match", `W/"1", "2"`, 304},
		{"If-None-Match", `*`, 304},
		{"If-None-Match", `W/"1"`, 200},
		{"If-None-Match", `2`, 200},
		{"If-Modified-Since", "Sun, 22 Nov 2026 14:03:10 GMT", 304},
		{"If-Modified-Since", "Sun, 22 Nov 2026 14:03:09 GMT", 200},
		{"If-Modified-Since", "yesterday", 200},
	} {
		answer := s.ask("GET", "/fhir/CarePlan/kid-1", "centre-RP4", "", row.header, row.value)
		if answer.Code != row.status || (answer.Body.Len() == 0) != (row.status == 304) || answer.Header().Get("ETag") != `W/"2"` {
			t.Errorf("%s: %s is answered %d with %d bytes", row.header, row.value, answer.Code, answer.Body.Len())
		}
	}
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/kid-1", "centre-RJZ", "", "If-None-Match", `W/"2"`), http.StatusForbidden, "forbidden")
	if reads := s.entries(journal.PlanRead); len(reads) != 4 {
		t.Errorf("%d readings are journalled, but 4 answers held the plan", len(reads))
	}
}

func TestTheHistoryOfAPlanSaysWhatMadeEachVersion(t *testing.T) {
	s := newService(t)
	created := s.ask("POST", "/fhir/CarePlan", "centre-RP4", carePlan("mine", "First"))
	want(t, created, http.StatusCreated)
	id := strings.Split(created.Header().Get("Location"), "/")[5]
	s.at = s.at.Add(time.Minute)
	s.put(id, carePlan(id, "Second"))
	s.put("kid-2", carePlan("kid-2", "Other"))

	b := wantBundle(t, s.ask("GET", "/fhir/CarePlan/"+id+"/_history", "centre-RP4", ""), "history")
	if b.names() != id+"/2 "+id+"/1" || b.Total == nil || *b.Total != 2 {
		t.Fatalf("the history is %s", b.names())
	}
	second, first := b.Entry[0], b.Entry[1]
	if second.FullURL != "http://example.com/fhir/CarePlan/"+id || second.Request.Method != "PUT" || second.Request.URL != "CarePlan/"+id ||
		second.Response.Status != "200 OK" || second.Response.Etag != `W/"2"` || second.Response.LastModified != "2026-11-22T14:03:10.000Z" || second.Resource.Title != "Second" {
		t.Errorf("the second version stands there as %+v", second)
	}
	if first.Request.Method != "POST" || first.Request.URL != "CarePlan" || first.Response.Status != "201 Created" || first.Resource.Title != "First" {
		t.Errorf("the first version stands there as %+v", first)
	}
	put := wantBundle(t, s.ask("GET", "/fhir/CarePlan/kid-2/_history", "centre-RP4", ""), "history")
	if put.Entry[0].Request.Method != "PUT" || put.Entry[0].Response.Status != "201 Created" {
		t.Errorf("a plan that was made by PUT stands there as %+v", put.Entry[0])
	}
	if n := len(s.entries(journal.PlanRead)); n != 3 {
		t.Errorf("%d readings are journalled, not 3", n)
	}
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/"+id+"/_history", "centre-RJZ", ""), http.StatusForbidden, "forbidden")
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/nothing/_history", "centre-RP4", ""), http.StatusNotFound, "not-found")
}

func TestTheHistoryOfACentreIsItsOwn(t *testing.T) {
	s := newService(t)
	s.put("kid-1", carePlan("kid-1", "First"))
	want(t, s.ask("PUT", "/fhir/CarePlan/kings-1", "centre-RJZ", carePlan("kings-1", "Theirs")), http.StatusCreated)
	for token, wanted := range map[string]string{"centre-RP4": "kid-1/1", "centre-RJZ": "kings-1/1"} {
		if b := wantBundle(t, s.ask("GET", "/fhir/CarePlan/_history", token, ""), "history"); b.names() != wanted {
			t.Errorf("%s is given %s", token, b.names())
		}
	}
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/_history", "screen-RQW-AE", ""), http.StatusForbidden, "forbidden")
}

func TestTheSinceOfAHistory(t *testing.T) {
	s := newService(t)
	for _, title := range []string{"First", "Second", "Third"} {
		s.put("kid-1", carePlan("kid-1", title))
	}
	for since, wanted := range map[string]string{
		"2026-11-22T14:03:10Z":        "kid-1/3 kid-1/2",
		"2026-11-22T14:03:10.001Z":    "kid-1/3",
		"2026-11-22T15:03:10%2B01:00": "kid-1/3 kid-1/2",
		"2026-11-22T15:03:10+01:00":   "kid-1/3 kid-1/2", // the plus sign was not escaped
		"2026-11-22":                  "kid-1/3 kid-1/2 kid-1/1",
		"2027":                        "",
	} {
		b := wantBundle(t, s.ask("GET", "/fhir/CarePlan/_history?_since="+since, "centre-RP4", ""), "history")
		if b.names() != wanted || !strings.Contains(b.link("self"), "_since=") {
			t.Errorf("since %s: %s, self %s", since, b.names(), b.link("self"))
		}
	}
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/_history?_since=yesterday", "centre-RP4", ""), http.StatusBadRequest, "value")
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/_history?_count=many", "centre-RP4", ""), http.StatusBadRequest, "value")
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/_history?_at=2026", "centre-RP4", "", "Prefer", "handling=strict"), http.StatusBadRequest, "not-supported")
	b := wantBundle(t, s.ask("GET", "/fhir/CarePlan/_history?_at=2026&_count=1", "centre-RP4", ""), "history")
	if self := b.link("self"); self != "/fhir/CarePlan/_history?_count=1" {
		t.Errorf("the self link is %s; it must show that _at was passed by", self)
	}
}

func TestThePagesOfAHistoryStayTrueWhileMoreIsPublished(t *testing.T) {
	s := newService(t)
	for i := range 5 {
		id := fmt.Sprint("kid-", i)
		s.put(id, carePlan(id, "First"))
	}
	var seen []string
	for address := "/fhir/CarePlan/_history?_count=2"; address != ""; {
		b := wantBundle(t, s.ask("GET", address, "centre-RP4", ""), "history")
		seen = append(seen, b.names())
		s.put("kid-0", carePlan("kid-0", fmt.Sprint("after page ", len(seen))))
		address = b.link("next")
	}
	if got := strings.Join(seen, " | "); got != "kid-4/1 kid-3/1 | kid-2/1 kid-1/1 | kid-0/1" {
		t.Errorf("the pages are %s", got)
	}
}

func TestAPageIsGoneForWhomItWasNotMade(t *testing.T) {
	s := newService(t)
	for i := range 3 {
		s.put("kid-1", carePlan("kid-1", fmt.Sprint("Version ", i)))
	}
	next := wantBundle(t, s.ask("GET", "/fhir/CarePlan/_history?_count=1", "centre-RP4", ""), "history").link("next")
	token := strings.TrimPrefix(next, "/fhir/CarePlan/_history?")
	want(t, s.ask("GET", next, "centre-RP4", ""), http.StatusOK)
	at := len(next) - 20
	changed := next[:at] + map[bool]string{true: "y", false: "x"}[next[at] == 'x'] + next[at+1:]
	for because, row := range map[string]struct{ address, caller string }{
		"another centre asks":     {next, "centre-RJZ"},
		"at another address":      {"/fhir/CarePlan?" + token, "centre-RP4"},
		"it was changed":          {changed, "centre-RP4"},
		"it was cut":              {next[:len(next)-40], "centre-RP4"},
		"it is an invention":      {"/fhir/CarePlan/_history?_page=1", "centre-RP4"},
		"of one plan, not of all": {"/fhir/CarePlan/kid-1/_history?" + token, "centre-RP4"},
	} {
		t.Run(because, func(t *testing.T) {
			wantOutcome(t, s.ask("GET", row.address, row.caller, ""), http.StatusGone, "expired")
		})
	}
	other := newService(t)
	wantOutcome(t, other.ask("GET", next, "centre-RP4", ""), http.StatusGone, "expired")
}

func TestNothingIsListedWhenTheReadingCannotBeJournalled(t *testing.T) {
	s := newService(t)
	s.put("kid-1", carePlan("kid-1", "First"))
	s.unrecordable = errDisk
	for _, address := range []string{"/fhir/CarePlan/_history", "/fhir/CarePlan/kid-1/_history", "/fhir/CarePlan", "/fhir/CarePlan/kid-1"} {
		o := s.ask("GET", address, "centre-RP4", "")
		wantOutcome(t, o, http.StatusServiceUnavailable, "transient")
		if o.Header().Get("ETag") != "" {
			t.Errorf("%s: the refusal has the plan's ETag", address)
		}
	}
}

// A page holds what it can: a client that asks for many large plans gets several pages.
func TestAPageOfLargePlansIsShorterThanAsked(t *testing.T) {
	s := newService(t)
	large := strings.Repeat("A", 900_000)
	for i := range 6 {
		id := fmt.Sprint("kid-", i)
		s.put(id, strings.Replace(carePlan(id, "First"), `"x":1.50`, `"x":"`+large+`"`, 1))
	}
	seen := 0
	for address := "/fhir/CarePlan?_count=100"; address != ""; {
		b := wantBundle(t, s.ask("GET", address, "centre-RP4", ""), "searchset")
		if len(b.Entry) == 0 || len(b.Entry) > 4 {
			t.Fatalf("a page holds %d plans", len(b.Entry))
		}
		seen += len(b.Entry)
		address = b.link("next")
	}
	if seen != 6 {
		t.Errorf("the pages held %d plans, not 6", seen)
	}
}
