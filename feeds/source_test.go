package feeds_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// source is another FHIR server, written from the standard and not from our reader. It keeps every version of its CarePlans.
type source struct {
	mu              sync.Mutex
	now             func() time.Time
	history, search bool
	versions        []sourceVersion // oldest first
	patients        map[string]map[string]any
	requests        []string
	// nasty answers a request in place of the server, if it returns true.
	nasty func(w http.ResponseWriter, r *http.Request) bool
}

type sourceVersion struct {
	id      string
	number  int
	updated time.Time
	// resource is the raw CarePlan; empty for a deletion.
	resource string
}

func newSource(now func() time.Time) *source {
	return &source{now: now, history: true, patients: map[string]map[string]any{}}
}

// carePlan is a plan as the simplest of centres writes it.
func carePlan(id, headline, status string) map[string]any {
	return map[string]any{
		"resourceType": "CarePlan", "id": id, "status": status, "intent": "plan", "title": headline, "subject": map[string]any{"reference": "#patient"},
		"contained": []any{patient("patient")},
	}
}

func patient(id string) map[string]any {
	return map[string]any{
		"resourceType": "Patient", "id": id, "birthDate": "1980-02-13", "name": []any{map[string]any{"family": "Testcase"}},
		"identifier": []any{map[string]any{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}},
	}
}

// with sets members of a resource; nil removes one.
func with(resource map[string]any, members map[string]any) map[string]any {
	maps.Copy(resource, members)
	maps.DeleteFunc(resource, func(_ string, v any) bool { return v == nil })
	return resource
}

// put keeps a resource as its id's next version.
func (s *source) put(resource map[string]any) { s.putAt(resource, s.now()) }

func (s *source) putAt(resource map[string]any, at time.Time) {
	id, _ := resource["id"].(string)
	resource["meta"] = map[string]any{"versionId": strconv.Itoa(s.count(id) + 1), "lastUpdated": at.Format("2006-01-02T15:04:05.000Z07:00")}
	b, err := json.Marshal(resource)
	if err != nil {
		panic(err) // strings and maps always marshal
	}
	s.putRaw(id, string(b), at)
}

func (s *source) putRaw(id, raw string, at time.Time) {
	n := s.count(id) + 1
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions = append(s.versions, sourceVersion{id, n, at, raw})
}

func (s *source) delete(id string) { s.putRaw(id, "", s.now()) }

func (s *source) count(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, v := range s.versions {
		if v.id == id {
			n++
		}
	}
	return n
}

// forget removes every trace of a plan, as a database that was restored from an old backup does.
func (s *source) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions = slices.DeleteFunc(s.versions, func(v sourceVersion) bool { return v.id == id })
}

// asked is how many requests began with a path, and forgets all of them.
func (s *source) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if strings.HasPrefix(r, path) {
			n++
		}
	}
	s.requests = nil
	return n
}

// RoundTrip answers without a network, so that time can be the test's own.
func (s *source) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	response := w.Result()
	response.Request = r
	return response, nil
}

const base = "https://plans.example/fhir"

func (s *source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, strings.TrimPrefix(r.URL.String(), base))
	nasty := s.nasty
	s.mu.Unlock()
	if nasty != nil && nasty(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/fhir+json; charset=utf-8")
	path := strings.TrimPrefix(r.URL.Path, "/fhir")
	switch {
	case r.Header.Get("Authorization") != "Bearer secret":
		w.WriteHeader(http.StatusUnauthorized)
	case path == "/metadata":
		s.capability(w)
	case path == "/CarePlan/_history" && s.history:
		s.page(w, r, s.historyEntries(r), "history")
	case path == "/CarePlan" && s.search:
		s.page(w, r, s.searchEntries(r), "searchset")
	case strings.HasPrefix(path, "/CarePlan/"):
		s.read(w, strings.TrimPrefix(path, "/CarePlan/"))
	case strings.HasPrefix(path, "/Patient/") && s.patients[strings.TrimPrefix(path, "/Patient/")] != nil:
		_ = json.NewEncoder(w).Encode(s.patients[strings.TrimPrefix(path, "/Patient/")])
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *source) capability(w http.ResponseWriter) {
	codes := []string{`{"code":"read"}`}
	for code, has := range map[string]bool{"history-type": s.history, "search-type": s.search} {
		if has {
			codes = append(codes, `{"code":"`+code+`"}`)
		}
	}
	fmt.Fprintf(w, `{"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[{"type":"CarePlan","interaction":[%s]}]}]}`, strings.Join(codes, ","))
}

// historyEntries are all versions since an instant, the newest first.
func (s *source) historyEntries(r *http.Request) []string {
	var entries []string
	since, _ := time.Parse(time.RFC3339Nano, r.URL.Query().Get("_since"))
	for _, v := range slices.Backward(s.versions) {
		if v.updated.Before(since) {
			continue
		}
		if v.resource == "" {
			entries = append(entries, fmt.Sprintf(`{"fullUrl":%q,"request":{"method":"DELETE","url":"CarePlan/%s"},"response":{"status":"204","lastModified":%q}}`,
				base+"/CarePlan/"+v.id, v.id, v.updated.Format(time.RFC3339Nano)))
			continue
		}
		entries = append(entries, fmt.Sprintf(`{"fullUrl":%q,"resource":%s,"request":{"method":"PUT","url":"CarePlan/%s"},"response":{"status":"200"}}`,
			base+"/CarePlan/"+v.id, v.resource, v.id))
	}
	return entries
}

// searchEntries are the newest versions, the oldest change first, with their Patients.
func (s *source) searchEntries(r *http.Request) []string {
	since, _ := time.Parse(time.RFC3339Nano, strings.TrimPrefix(r.URL.Query().Get("_lastUpdated"), "ge"))
	newest := map[string]sourceVersion{}
	for _, v := range s.versions {
		newest[v.id] = v
	}
	var entries []string
	for _, v := range slices.SortedFunc(maps.Values(newest), func(a, b sourceVersion) int {
		return cmp.Or(a.updated.Compare(b.updated), strings.Compare(a.id, b.id))
	}) {
		if v.resource != "" && !v.updated.Before(since) {
			entries = append(entries, fmt.Sprintf(`{"resource":%s,"search":{"mode":"match"}}`, v.resource))
		}
	}
	if r.URL.Query().Get("_include") == "CarePlan:subject" {
		for _, p := range s.patients {
			b, _ := json.Marshal(p)
			entries = append(entries, fmt.Sprintf(`{"resource":%s,"search":{"mode":"include"}}`, b))
		}
	}
	return entries
}

func (s *source) page(w http.ResponseWriter, r *http.Request, entries []string, kind string) {
	query := r.URL.Query()
	count, _ := strconv.Atoi(query.Get("_count"))
	offset, _ := strconv.Atoi(query.Get("offset"))
	link := ""
	if end := offset + count; end < len(entries) {
		query.Set("offset", strconv.Itoa(end))
		link = fmt.Sprintf(`{"relation":"next","url":%q}`, base+strings.TrimPrefix(r.URL.Path, "/fhir")+"?"+query.Encode())
	}
	fmt.Fprintf(w, `{"resourceType":"Bundle","type":%q,"link":[%s],"entry":[%s]}`, kind, link, strings.Join(entries[min(offset, len(entries)):min(offset+count, len(entries))], ","))
}

func (s *source) read(w http.ResponseWriter, id string) {
	status := http.StatusNotFound
	resource := ""
	for _, v := range s.versions {
		if v.id == id {
			status, resource = http.StatusOK, v.resource
			if resource == "" {
				status = http.StatusGone
			}
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(resource))
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}
