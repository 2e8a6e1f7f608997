package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/journal"
)

func exportedPlan(id, status string) string {
	return fmt.Sprintf(`{"resourceType":"CarePlan","id":"%s","status":"%s","intent":"plan","title":"H","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}}}`, id, status)
}

func TestACentreTakesItsPlansOutPageByPage(t *testing.T) {
	s := newService(t)
	const n = exportPage + 5
	for i := range n {
		id := fmt.Sprintf("p-%03d", i)
		s.put(id, exportedPlan(id, map[bool]string{true: "revoked", false: "active"}[i%10 == 0]))
	}
	read := func(path string) (ids []string) {
		for path != "" {
			answer := s.ask("GET", path, "centre-RP4", "")
			want(t, answer, http.StatusOK)
			for line := range strings.Lines(answer.Body.String()) {
				_, rest, _ := strings.Cut(line, `"id":"`)
				id, _, _ := strings.Cut(rest, `"`)
				ids = append(ids, id)
			}
			path, _, _ = strings.Cut(strings.TrimPrefix(answer.Header().Get("Link"), "<"), ">")
		}
		return ids
	}
	journalled := len(s.entries(journal.PlanRead))
	if ids := read("/api/centre/export"); len(ids) != n || ids[0] != "p-000" || ids[n-1] != fmt.Sprintf("p-%03d", n-1) {
		t.Errorf("%d plans", len(ids))
	}
	if readings := len(s.entries(journal.PlanRead)) - journalled; readings != n {
		t.Errorf("%d readings are journalled, want %d", readings, n)
	}
	if ids := read("/api/centre/export?status=revoked"); len(ids) != n/10+1 {
		t.Errorf("%d withdrawn plans", len(ids))
	}
	want(t, s.ask("GET", "/api/centre/export?status=live", "centre-RP4", ""), http.StatusBadRequest)
	want(t, s.ask("GET", "/api/centre/export?after=-1", "centre-RP4", ""), http.StatusBadRequest)
	want(t, s.ask("GET", "/api/centre/export", "screen-RQW-AE", ""), http.StatusForbidden)
	want(t, s.ask("GET", "/api/centre/export", "", ""), http.StatusUnauthorized)
	if answer := s.ask("GET", "/api/centre/export", "centre-RJZ", ""); answer.Code == http.StatusOK && answer.Body.Len() > 0 {
		t.Error("another centre reads the plans")
	}
}
