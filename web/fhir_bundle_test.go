package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/ucpalert/ucpalert/journal"
)

// conditional is an entry whose request has more than method and url.
func conditional(resource, method, url, more string) string {
	return `{"resource":` + resource + `,"request":{"method":"` + method + `","url":"` + url + `"` + more + `}}`
}

// ours is a CarePlan that the centre calls by a number of its own.
func ours(id, number, title string) string {
	return strings.Replace(carePlan(id, title), `"status"`, `"identifier":[{"system":"urn:ours","value":"`+number+`"}],"status"`, 1)
}

func TestSeveralPlansOfATransactionAreKeptTogether(t *testing.T) {
	s := newService(t)
	answer := s.ask("POST", "/fhir", "centre-RP4", transactionOf(entry(carePlan("kid-1", "A"), "PUT", "CarePlan/kid-1"), entry(carePlan("kid-2", "B"), "PUT", "CarePlan/kid-2")))
	b := wantBundle(t, answer, "transaction-response")
	if len(b.Entry) != 2 || b.Entry[1].Response.Location != "CarePlan/kid-2/_history/1" || b.Entry[1].Response.Status != "201 Created" || answer.Header().Get("ETag") != "" {
		t.Errorf("the response is %+v", b)
	}
	stale := conditional(carePlan("kid-2", "C"), "PUT", "CarePlan/kid-2", `,"ifMatch":"W/\"7\""`)
	refused := s.ask("POST", "/fhir", "centre-RP4", transactionOf(entry(carePlan("kid-1", "C"), "PUT", "CarePlan/kid-1"), stale))
	o := wantOutcome(t, refused, http.StatusPreconditionFailed, "conflict")
	if len(o.Issue[0].Expression) != 1 || o.Issue[0].Expression[0] != "Bundle.entry[1]" || !strings.Contains(o.Issue[0].Diagnostics, "version 1 is held") || refused.Header().Get("ETag") != `W/"1"` {
		t.Errorf("the outcome is %+v with the ETag %s", o, refused.Header().Get("ETag"))
	}
	want(t, s.ask("GET", "/fhir/CarePlan/kid-1/_history/1", "centre-RP4", ""), http.StatusOK)
	wantOutcome(t, s.ask("GET", "/fhir/CarePlan/kid-1/_history/2", "centre-RP4", ""), http.StatusNotFound, "not-found")
	twice := transactionOf(entry(carePlan("kid-3", "A"), "PUT", "CarePlan/kid-3"), entry(ours("kid-3", "3", "B"), "PUT", "CarePlan/kid-3"))
	wantOutcome(t, s.ask("POST", "/fhir", "centre-RP4", twice), http.StatusBadRequest, "duplicate")
}

func TestAPlanWhoseAnswerWasLostIsSentAgain(t *testing.T) {
	s := newService(t)
	const condition = "identifier=urn:ours|17"
	first := s.ask("POST", "/fhir/CarePlan", "centre-RP4", ours("x", "17", "First"), "If-None-Exist", condition)
	want(t, first, http.StatusCreated)
	again := s.ask("POST", "/fhir/CarePlan", "centre-RP4", ours("x", "17", "Another text"), "If-None-Exist", condition)
	want(t, again, http.StatusOK)
	if again.Header().Get("Location") != first.Header().Get("Location") || !strings.Contains(again.Body.String(), `"title":"First"`) {
		t.Errorf("the second answer is at %s: %s", again.Header().Get("Location"), again.Body)
	}
	bundle := transactionOf(conditional(ours("x", "17", "In a Bundle"), "POST", "CarePlan", `,"ifNoneExist":"`+condition+`"`))
	inBundle := wantBundle(t, s.ask("POST", "/fhir", "centre-RP4", bundle), "transaction-response")
	if r := inBundle.Entry[0].Response; r.Status != "200 OK" || !strings.HasSuffix(first.Header().Get("Location"), r.Location) {
		t.Errorf("in a transaction: %+v", r)
	}
	if b := wantBundle(t, s.ask("GET", "/fhir/CarePlan", "centre-RP4", ""), "searchset"); len(b.Entry) != 1 {
		t.Errorf("%d plans are held", len(b.Entry))
	}
}

func TestManySendersOfOnePlanMakeOnePlan(t *testing.T) {
	s := newService(t)
	var wg sync.WaitGroup
	locations := make([]string, 8)
	for i := range locations {
		wg.Go(func() {
			answer := s.ask("POST", "/fhir/CarePlan", "centre-RP4", ours("x", "17", fmt.Sprint("Text ", i)), "If-None-Exist", "identifier=urn:ours|17")
			locations[i] = answer.Header().Get("Location")
		})
	}
	wg.Wait()
	for _, l := range locations {
		if l == "" || l != locations[0] {
			t.Errorf("the answers name %v", locations)
			break
		}
	}
}

func TestAPlanIsRevisedByItsIdentifier(t *testing.T) {
	s := newService(t)
	s.put("kid-1", ours("kid-1", "17", "First"))
	s.put("kid-2", ours("kid-2", "18", "Other"))
	s.put("kid-3", ours("kid-3", "18", "Other"))
	noID := strings.Replace(ours("x", "17", "Second"), `"id":"x",`, "", 1)
	for _, row := range []struct {
		because, query, body string
		status               int
		location, code       string
	}{
		{"one has it", "identifier=urn:ours|17", noID, 200, "CarePlan/kid-1/_history/2", ""},
		{"one has it, and the id is right", "identifier=urn:ours|17", ours("kid-1", "17", "Third"), 200, "CarePlan/kid-1/_history/3", ""},
		{"the id is another's", "identifier=urn:ours|17", ours("kid-2", "17", "Fourth"), 400, "", "value"},
		{"two have it", "identifier=urn:ours|18", noID, 412, "", "multiple-matches"},
		{"none has it: it is new", "identifier=urn:ours|19", strings.Replace(ours("kid-4", "19", "New"), `"id":"kid-4",`, "", 1), 201, "", ""},
		{"the condition is something else", "status=active", noID, 400, "", "not-supported"},
		{"there is no condition", "", noID, 400, "", "not-supported"},
		{"one of two identifiers", "identifier=urn:ours|17,urn:ours|18", noID, 400, "", "not-supported"},
	} {
		t.Run(row.because, func(t *testing.T) {
			answer := s.ask("PUT", "/fhir/CarePlan?"+row.query, "centre-RP4", row.body)
			if row.code != "" {
				wantOutcome(t, answer, row.status, row.code)
				return
			}
			want(t, answer, row.status)
			if !strings.HasSuffix(answer.Header().Get("Location"), row.location) {
				t.Errorf("it is at %s", answer.Header().Get("Location"))
			}
		})
	}
	stale := s.ask("PUT", "/fhir/CarePlan?identifier=urn:ours|17", "centre-RP4", strings.Replace(noID, "Second", "Late", 1), "If-Match", `W/"1"`)
	o := wantOutcome(t, stale, http.StatusPreconditionFailed, "conflict")
	if len(o.Issue[0].Expression) != 1 || o.Issue[0].Expression[0] != "http.if-match" {
		t.Errorf("the expression is %v", o.Issue[0].Expression)
	}
	if stale.Header().Get("ETag") != `W/"3"` || !strings.Contains(o.Issue[0].Diagnostics, "version 3 is held") {
		t.Errorf("ETag %s: %+v", stale.Header().Get("ETag"), o)
	}
	if refused := s.entries(journal.AccessRefused); len(refused) != 0 {
		t.Errorf("the journal holds %+v", refused)
	}
}

func TestEachRequestOfABatchIsAnsweredByItself(t *testing.T) {
	s := newService(t)
	s.put("kid-1", carePlan("kid-1", "First"))
	want(t, s.ask("PUT", "/fhir/CarePlan/kings-1", "centre-RJZ", carePlan("kings-1", "Theirs")), http.StatusCreated)
	get := func(url string) string { return `{"request":{"method":"GET","url":"` + url + `"}}` }
	rows := []struct{ entry, status, location, code string }{
		{entry(carePlan("kid-2", "New"), "PUT", "CarePlan/kid-2"), "201 Created", "CarePlan/kid-2/_history/1", ""},
		{entry(strings.Replace(carePlan("kid-3", "Wrong"), "9990000026", "9990000027", 1), "PUT", "CarePlan/kid-3"), "422 Unprocessable Entity", "", "value"},
		{conditional(carePlan("kid-1", "Stale"), "PUT", "CarePlan/kid-1", `,"ifMatch":"W/\"9\""`), "412 Precondition Failed", "", "conflict"},
		{conditional(ours("x", "5", "Posted"), "POST", "CarePlan", `,"ifNoneExist":"identifier=urn:ours|5"`), "201 Created", "", ""},
		{get("CarePlan/kid-1"), "200 OK", "", ""},
		{get("CarePlan?status=active"), "200 OK", "", ""},
		{conditional("", "GET", "CarePlan/kid-1", `,"ifNoneMatch":"W/\"1\""`), "304 Not Modified", "", ""},
		{get("CarePlan/kings-1"), "403 Forbidden", "", "forbidden"},
		{get("CarePlan/nothing"), "404 Not Found", "", "not-found"},
		{entry(carePlan("kings-1", "X"), "PUT", "CarePlan/kings-1"), "403 Forbidden", "", "forbidden"},
		{`{"request":{"method":"DELETE","url":"CarePlan/kid-1"}}`, "405 Method Not Allowed", "", "not-supported"},
		{get("../api/session"), "400 Bad Request", "", "value"},
		{get("/api/session"), "400 Bad Request", "", "value"},
		{get("http://elsewhere.example/fhir/CarePlan/1"), "400 Bad Request", "", "value"},
		{entry(`{"resourceType":"Patient","id":"p"}`, "PUT", "Patient/p"), "405 Method Not Allowed", "", "not-supported"},
		{`{"request":{"method":"TRACE","url":"CarePlan"}}`, "400 Bad Request", "", "value"},
	}
	var entries []string
	for _, row := range rows {
		entries = append(entries, strings.Replace(row.entry, `"resource":,`, "", 1))
	}
	batch := strings.Replace(transactionOf(entries...), `"transaction"`, `"batch"`, 1)
	b := wantBundle(t, s.ask("POST", "/fhir", "centre-RP4", batch), "batch-response")
	if len(b.Entry) != len(rows) {
		t.Fatalf("%d answers for %d requests", len(b.Entry), len(rows))
	}
	for i, row := range rows {
		got := b.Entry[i].Response
		if got.Status != row.status || row.location != "" && got.Location != row.location {
			t.Errorf("%s is answered %+v", rows[i].entry, got)
		}
		if (got.Outcome != nil) != (row.code != "") || got.Outcome != nil && got.Outcome.Issue[0].Code != row.code {
			t.Errorf("%s is answered with the outcome %+v", rows[i].entry, got.Outcome)
		}
	}
	if b.Entry[4].Resource.Title != "First" || b.Entry[5].Resource.ResourceType != "Bundle" {
		t.Errorf("what was read is %+v and %+v", b.Entry[4].Resource, b.Entry[5].Resource)
	}
	if n := len(s.entries(journal.AccessRefused)); n != 2 {
		t.Errorf("%d refusals are journalled, not 2", n)
	}
}

func TestABatchThatIsNoneIsRefusedAsAWhole(t *testing.T) {
	s := newService(t)
	for because, row := range map[string]struct{ body, code string }{
		"an entry has no request":     {`{"resourceType":"Bundle","type":"batch","entry":[{"resource":` + carePlan("a", "A") + `}]}`, "required"},
		"an entry has no url":         {`{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET"}}]}`, "required"},
		"it holds more than is taken": {`{"resourceType":"Bundle","type":"batch","entry":[` + strings.TrimSuffix(strings.Repeat(`{"request":{"method":"GET","url":"CarePlan"}},`, 101), ",") + `]}`, "too-costly"},
	} {
		t.Run(because, func(t *testing.T) {
			wantOutcome(t, s.ask("POST", "/fhir", "centre-RP4", row.body), http.StatusUnprocessableEntity, row.code)
		})
	}
}

const composition = `{"resourceType":"Composition","status":"final","type":{"text":"Urgent care plan"},"date":"2026-11-22","title":"Plan","author":[{"display":"GOSH"}]` +
	`,"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}}}`

func documentOf(resources ...string) string {
	var entries []string
	for i, r := range resources {
		entries = append(entries, fmt.Sprintf(`{"fullUrl":"urn:uuid:00000000-0000-4000-8000-00000000000%d","resource":%s}`, i, r))
	}
	return `{"resourceType":"Bundle","type":"document","identifier":{"system":"urn:docs","value":"1"},"timestamp":"2026-11-22T10:00:00Z","entry":[` + strings.Join(entries, ",") + `]}`
}

func TestADocumentIsReadAsOnePlan(t *testing.T) {
	s := newService(t)
	noID := func(title string) string {
		return strings.Replace(ours("x", "17", title), `"id":"x",`, "", 1)
	}
	first := s.ask("POST", "/fhir", "centre-RP4", documentOf(composition, noID("First")))
	want(t, first, http.StatusCreated)
	second := s.ask("POST", "/fhir", "centre-RP4", documentOf(composition, noID("Second")))
	want(t, second, http.StatusOK)
	if second.Header().Get("ETag") != `W/"2"` || !strings.Contains(second.Body.String(), "document") {
		t.Errorf("the next document about the plan is answered %v: %s", second.Header(), second.Body)
	}
	plan := strings.TrimPrefix(second.Header().Get("Location"), "http://example.com")
	read := s.ask("GET", plan, "centre-RP4", "")
	want(t, read, http.StatusOK)
	id := strings.Split(plan, "/")[3]
	kept := s.ask("GET", "/fhir/Composition/"+id+".0", "centre-RP4", "")
	want(t, kept, http.StatusOK)
	if !strings.Contains(read.Body.String(), `"title":"Second"`) || !strings.Contains(kept.Body.String(), `"title":"Plan"`) {
		t.Errorf("the plan is %s, the composition %s", read.Body, kept.Body)
	}
	for because, row := range map[string]struct {
		body       string
		status     int
		code, says string
	}{
		"the Composition is not first":       {documentOf(noID("A"), composition), 422, "invariant", "first entry"},
		"the Composition is about another":   {documentOf(strings.Replace(composition, "9990000026", "9990000018", 1), noID("A")), 422, "conflict", "another patient"},
		"there is no CarePlan":               {documentOf(composition), 422, "required", "CarePlan"},
		"there are two CarePlans":            {documentOf(composition, noID("A"), noID("B")), 422, "not-supported", "one CarePlan"},
		"the CarePlan cannot be known again": {documentOf(composition, strings.Replace(carePlan("x", "A"), `"id":"x",`, "", 1)), 422, "required", "id or an identifier"},
		"it has no identifier":               {strings.Replace(documentOf(composition, noID("A")), `"identifier":{"system":"urn:docs","value":"1"},`, "", 1), 422, "required", "identifier"},
		"the Composition has no author":      {documentOf(strings.Replace(composition, `,"author":[{"display":"GOSH"}]`, "", 1), noID("A")), 422, "required", "author"},
	} {
		t.Run(because, func(t *testing.T) {
			o := wantOutcome(t, s.ask("POST", "/fhir", "centre-RP4", row.body), row.status, row.code)
			if !strings.Contains(o.Issue[0].Diagnostics, row.says) {
				t.Errorf("the outcome is %+v", o)
			}
		})
	}
}

// A transaction as centres send it: the Patient, the Flag and the rest beside the plan, by PUT and by POST.
func wholeTransaction(plan, patient, nhs string) string {
	const urn = "urn:uuid:00000000-0000-4000-8000-000000000001"
	who := `{"fullUrl":"` + urn + `","resource":{"resourceType":"Patient","id":"` + patient + `","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + nhs + `"}],"_birthDate":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}},` +
		`"request":{"method":"PUT","url":"Patient/` + patient + `"}}`
	what := `{"resource":{"resourceType":"CarePlan","id":"` + plan + `","status":"active","intent":"plan","title":"A","subject":{"reference":"` + urn + `"}},"request":{"method":"PUT","url":"CarePlan/` + plan + `"}}`
	allergy := entry(`{"resourceType":"AllergyIntolerance","code":{"text":"Latex"},"patient":{"reference":"`+urn+`"},"x":1.50}`, "POST", "AllergyIntolerance")
	basic := entry(`{"resourceType":"Basic","code":{"text":"x"}}`, "POST", "Basic")
	return transactionOf(who, what, allergy, basic)
}

// createdAsOK lets a test read the Bundle of an answer that says 201.
func createdAsOK(answer *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	if answer.Code == http.StatusCreated {
		answer.Code = http.StatusOK
	}
	return answer
}

func TestThePartsOfAPlanAreReadByID(t *testing.T) {
	s := newService(t)
	b := wantBundle(t, createdAsOK(s.ask("POST", "/fhir", "centre-RP4", wholeTransaction("kid-1", "p1", "9990000026"))), "transaction-response")
	if b.Entry[0].Response.Location != "Patient/p1/_history/1" || b.Entry[2].Response.Location != "AllergyIntolerance/kid-1.2/_history/1" || b.Entry[3].Response.Location != "" {
		t.Fatalf("the response is %+v", b.Entry)
	}
	want(t, s.ask("POST", "/fhir", "centre-RP4", wholeTransaction("kid-1", "p1", "9990000018")), http.StatusOK)
	for address, holds := range map[string]string{
		"Patient/p1":                            `"value":"9990000018"`,
		"Patient/p1/_history/1":                 `"value":"9990000026"`,
		"AllergyIntolerance/kid-1.2":            `"x":1.50`,
		"AllergyIntolerance/kid-1.2/_history/2": `"id":"kid-1.2","meta":{"versionId":"2"`,
	} {
		answer := s.ask("GET", "/fhir/"+address, "centre-RP4", "")
		want(t, answer, http.StatusOK)
		if !strings.Contains(answer.Body.String(), holds) || answer.Header().Get("ETag") == "" {
			t.Errorf("%s is %s", address, answer.Body)
		}
	}
	if reads := s.entries(journal.PlanRead); len(reads) != 4 || reads[0].Subject != "kid-1" {
		t.Errorf("the journal holds %+v", reads)
	}
	want(t, s.ask("GET", "/fhir/Patient/p1", "centre-RP4", "", "If-None-Match", `W/"2"`), http.StatusNotModified)
	for _, address := range []string{"Patient/p2", "Flag/kid-1.2", "AllergyIntolerance/kid-1.0", "AllergyIntolerance/kid-1.9", "AllergyIntolerance/nothing.2", "Patient/p_1", "Patient/p1/_history/3", "AllergyIntolerance/kid-1.2/_history/0"} {
		wantOutcome(t, s.ask("GET", "/fhir/"+address, "centre-RP4", ""), http.StatusNotFound, "not-found")
	}
	wantOutcome(t, s.ask("GET", "/fhir/Patient/p1", "centre-RJZ", ""), http.StatusNotFound, "not-found")
	wantOutcome(t, s.ask("GET", "/fhir/AllergyIntolerance/kid-1.2", "centre-RJZ", ""), http.StatusForbidden, "forbidden")
	wantOutcome(t, s.ask("GET", "/fhir/Basic/kid-1.3", "centre-RP4", ""), http.StatusNotFound, "not-found")
}

func TestASearchIncludesThePatients(t *testing.T) {
	s := newService(t)
	for i, nhs := range []string{"9990000026", "9990000018"} {
		createdAsOK(s.ask("POST", "/fhir", "centre-RP4", wholeTransaction(fmt.Sprint("kid-", i), fmt.Sprint("p", i), nhs)))
	}
	s.put("kid-9", carePlan("kid-9", "Patient inside"))
	one := wantBundle(t, s.ask("GET", "/fhir/CarePlan?_id=kid-1&_include=CarePlan:subject", "centre-RP4", ""), "searchset")
	if len(one.Entry) != 2 || one.Entry[1].Search.Mode != "include" || one.Entry[1].Resource.ID != "p1" || one.Entry[1].FullURL != "urn:uuid:00000000-0000-4000-8000-000000000001" {
		t.Errorf("with its patient, the plan is %+v", one.Entry)
	}
	// Both Bundles call their Patient by the same urn. Under it, a reference would lead to the wrong one.
	all := wantBundle(t, s.ask("GET", "/fhir/CarePlan?_include=CarePlan:subject", "centre-RP4", ""), "searchset")
	var included []string
	for _, e := range all.Entry {
		if e.Search.Mode == "include" {
			included = append(included, e.FullURL)
		}
	}
	if strings.Join(included, " ") != "http://example.com/fhir/Patient/p0 http://example.com/fhir/Patient/p1" || all.names() != "kid-0/1 kid-1/1 kid-9/1" {
		t.Errorf("the patients are %v of %s", included, all.names())
	}
}

func TestWhatEverybodyReadsIsJSON(t *testing.T) {
	s := newService(t)
	s.put("kid-1", carePlan("kid-1", "First"))
	for _, row := range []struct {
		address, accept string
		status          int
	}{
		{"/fhir/CarePlan/kid-1", "application/fhir+xml", 406},
		{"/fhir/CarePlan/kid-1?_format=xml", "", 406},
		{"/fhir/CarePlan/kid-1?_format=application/fhir+xml", "application/fhir+json", 406},
		{"/fhir/CarePlan/kid-1?_format=json", "application/fhir+xml", 200},
		{"/fhir/CarePlan/kid-1?_format=application/fhir%2Bjson", "", 200},
		{"/fhir/CarePlan/kid-1?_format=application/fhir+json", "", 200},
		{"/fhir/CarePlan?_format=json&_pretty=true", "text/html", 200},
		{"/fhir/CarePlan/kid-1", "application/fhir+json; fhirVersion=5.0", 406},
		{"/fhir/CarePlan/kid-1", "application/fhir+json; fhirVersion=4.0", 200},
		{"/fhir/CarePlan/_history", "text/html", 406},
		{"/fhir/metadata?_format=xml", "", 406},
	} {
		var headers []string
		if row.accept != "" {
			headers = []string{"Accept", row.accept}
		}
		answer := s.ask("GET", row.address, "centre-RP4", "", headers...)
		if row.status == 406 {
			wantOutcome(t, answer, 406, "not-supported")
			continue
		}
		if want(t, answer, row.status); !json.Valid(answer.Body.Bytes()) {
			t.Errorf("%s is answered %s", row.address, answer.Body)
		}
	}
}
