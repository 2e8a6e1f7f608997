package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// bodiless are the addresses for changes that read no body: what is sent along is dropped.
var bodiless = []string{
	"POST /api/sign-out", "POST /api/sign-out-everywhere", "DELETE /api/sessions/{session}", "POST /api/stream-ticket", "POST /api/walls", "DELETE /api/walls/{person}",
	"POST /api/people/{person}/reset", "POST /api/people/{person}/disable", "POST /api/people/{person}/enable", "POST /api/alerts/{alert}/acknowledgement", "POST /api/alerts/{alert}/recall-seen",
	"POST /api/contacts/{contact}/code", "POST /api/contacts/{contact}/test", "DELETE /api/contacts/{contact}", "POST /api/answers/{token}",
	"POST /api/alerts/{alert}/thread/seen", "DELETE /api/subscriptions/kept/{subscription}", "DELETE /api/subscriptions/lists/kept/{list}", "DELETE /api/centre/drafts/{draft}", "POST /api/proofs", "POST /api/operations/quarantine/{message}/replay", "DELETE /api/operations/quarantine/{message}",
	"DELETE /api/on-call/rotas/{rota}", "DELETE /api/on-call/rotas/{rota}/overrides/{override}", "DELETE /api/on-call/swaps/{swap}", "DELETE /api/on-call/mine/feeds", "DELETE /api/on-call/policies/{policy}",
	"DELETE /api/on-call/centres/{centre}",
}

// TestNoAddressReadsMoreOrDeeperThanItsLimits sends to every address for changes, as everybody, what is a byte too long, and what is nested too
// deep. Whoever may do anything there is refused for that.
func TestNoAddressReadsMoreOrDeeperThanItsLimits(t *testing.T) {
	const limit = 8 << 10
	w := newWorld(t, func(o *Options) { o.BodyLimit = limit })
	w.arrive()
	long := `{"resourceType":"CarePlan","x":"` + strings.Repeat("x", limit) + `"}`
	deep := `{"resourceType":"CarePlan","x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`
	for _, r := range w.table {
		if r.method == "GET" || r.path == "/oauth/token" || r.path == "/sign-in/logout/{provider}" { // forms of OAuth, refused as such: cmd/ucpalert's attacks try the first
			continue
		}
		kind := map[edge]string{fhirEdge: "application/fhir+json", problemEdge: "application/json"}[r.edge]
		if strings.HasSuffix(r.path, "/_search") {
			kind = "application/x-www-form-urlencoded"
		}
		tooLong := 0
		for token := range accounts {
			answer := w.ask(r.method, at(r.path), token, long, "Content-Type", kind)
			if answer.Code == http.StatusRequestEntityTooLarge {
				tooLong++
			}
			none := slices.Contains(bodiless, r.method+" "+r.path)
			if !none && answer.Code < 400 || answer.Code == http.StatusInternalServerError && !none {
				t.Errorf("%s %s as %s takes too long a body: %d", r.method, r.path, token, answer.Code)
			}
			if strings.Contains(r.path, "attachments") || strings.HasSuffix(r.path, "/_search") {
				continue // what is in a file is not looked into, and a form is not nested
			}
			if answer := w.ask(r.method, at(r.path), token, deep, "Content-Type", kind); !none && (answer.Code < 400 || answer.Code == http.StatusInternalServerError) {
				t.Errorf("%s %s as %s takes too deep a body: %d", r.method, r.path, token, answer.Code)
			}
		}
		if !slices.Contains(bodiless, r.method+" "+r.path) && tooLong == 0 {
			t.Errorf("%s %s: nobody was told that the body is too long", r.method, r.path)
		}
	}
}
