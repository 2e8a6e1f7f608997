package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/journal"
)

// carePlan is a CarePlan with its Patient inside.
func carePlan(id, title string) string {
	return `{"resourceType":"CarePlan","id":"` + id + `","contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}],` +
		`"birthDate":"1980-02-13"}],"status":"active","intent":"plan","title":"` + title + `","subject":{"reference":"#p"},"x":1.50}`
}

// transactionOf is a transaction with entries.
func transactionOf(entries ...string) string {
	return `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
}

func entry(resource, method, url string) string {
	return `{"resource":` + resource + `,"request":{"method":"` + method + `","url":"` + url + `"}}`
}

func TestAPlanIsPutRevisedAndReadBack(t *testing.T) {
	w := newWorld(t)
	sent := carePlan("kid-1", "First")
	answer := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", sent)
	want(t, answer, http.StatusCreated)
	for name, value := range map[string]string{
		"ETag": `W/"1"`, "Location": "http://example.com/fhir/CarePlan/kid-1/_history/1", "Last-Modified": "Sun, 22 Nov 2026 14:02:10 GMT",
	} {
		if got := answer.Header().Get(name); got != value {
			t.Errorf("%s is %q, not %q", name, got, value)
		}
	}
	again := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", sent)
	want(t, again, http.StatusOK)
	if again.Header().Get("ETag") != `W/"1"` {
		t.Error("the same body again made a new version")
	}
	revised := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "Second"), "If-Match", `W/"1"`)
	want(t, revised, http.StatusOK)
	if revised.Header().Get("ETag") != `W/"2"` {
		t.Errorf("the ETag is %q after a revision", revised.Header().Get("ETag"))
	}
	back := w.ask("GET", "/fhir/CarePlan/kid-1", "centre-RP4", "")
	want(t, back, http.StatusOK)
	wanted := strings.Replace(carePlan("kid-1", "Second"), `"id":"kid-1",`, `"id":"kid-1","meta":{"versionId":"2","lastUpdated":"2026-11-22T14:02:10.000Z"},`, 1)
	if back.Body.String() != wanted {
		t.Errorf("what comes back is\n%s\nnot\n%s", back.Body, wanted)
	}
	if back.Header().Get("ETag") != `W/"2"` || back.Header().Get("Location") != "" {
		t.Errorf("the headers are %v", back.Header())
	}
	reads := w.entries(journal.PlanRead)
	if len(reads) != 1 || reads[0].Subject != "kid-1" || reads[0].Version != 2 || reads[0].Actor.Name != "gosh" || reads[0].Room != "" {
		t.Errorf("the journal holds the readings %+v", reads)
	}
}

func TestTheLocationOfAVersionCanBeRead(t *testing.T) {
	w := newWorld(t)
	answer := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "First"))
	want(t, w.ask("GET", strings.TrimPrefix(answer.Header().Get("Location"), "http://example.com"), "centre-RP4", ""), http.StatusOK)
	wantOutcome(t, w.ask("GET", "/fhir/CarePlan/kid-1/_history/7", "centre-RP4", ""), http.StatusNotFound, "not-found")
}

func TestATransactionIsPublished(t *testing.T) {
	w := newWorld(t)
	bundle := transactionOf(entry(carePlan("kid-2", "In a Bundle"), "PUT", "CarePlan/kid-2"), entry(`{"resourceType":"Basic","code":{"text":"x"}}`, "POST", "Basic"))
	answer := w.ask("POST", "/fhir", "centre-RP4", bundle)
	want(t, answer, http.StatusCreated)
	if answer.Header().Get("ETag") != `W/"1"` || answer.Header().Get("Location") != "http://example.com/fhir/CarePlan/kid-2/_history/1" {
		t.Errorf("the headers are %v", answer.Header())
	}
	var response struct {
		Type  string
		Entry []struct {
			Response struct{ Status, Location string }
		}
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &response); err != nil {
		t.Fatal(err)
	}
	if response.Type != "transaction-response" || len(response.Entry) != 2 || response.Entry[0].Response.Status != "201 Created" || response.Entry[0].Response.Location != "CarePlan/kid-2/_history/1" {
		t.Errorf("the response is %+v", response)
	}
	want(t, w.ask("POST", "/fhir/", "centre-RP4", bundle), http.StatusOK)
	if len(w.held) != 1 || w.held["kid-2"].Plan.Version != 1 {
		t.Error("the same transaction again made a new version")
	}
	posted := w.ask("POST", "/fhir", "centre-RP4", transactionOf(entry(carePlan("mine", "Posted"), "POST", "CarePlan")))
	want(t, posted, http.StatusCreated)
	if strings.Contains(posted.Header().Get("Location"), "mine") || len(w.held) != 2 {
		t.Errorf("a posted plan is at %s", posted.Header().Get("Location"))
	}
}

func TestRefusedPublications(t *testing.T) {
	good := carePlan("kid-1", "First")
	bundle := transactionOf(entry(good, "PUT", "CarePlan/kid-1"))
	for _, row := range []struct {
		because           string
		method, at, token string
		body              string
		headers           []string
		status            int
		code              string
	}{
		{"it is another centre's plan", "PUT", "/fhir/CarePlan/gosh-1", "centre-RJZ", carePlan("gosh-1", "X"), nil, 403, "forbidden"},
		{"it is another centre's plan, in a transaction", "POST", "/fhir", "centre-RJZ", transactionOf(entry(carePlan("gosh-1", "X"), "PUT", "CarePlan/gosh-1")), nil, 403, "forbidden"},
		{"the author is another centre", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", strings.Replace(good, `"x":`, `"author":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RJZ"}},"x":`, 1), nil, 403, "forbidden"},
		{"the organisation is no centre", "PUT", "/fhir/CarePlan/kid-1", "centre-RQW", good, nil, 403, "forbidden"},
		{"it is based on an old version", "PUT", "/fhir/CarePlan/gosh-1", "centre-RP4", carePlan("gosh-1", "X"), []string{"If-Match", `W/"2"`}, 412, "conflict"},
		{"it is based on a version of a plan that is not held", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"If-Match", `W/"1"`}, 412, "conflict"},
		{"it must be new but is held", "PUT", "/fhir/CarePlan/gosh-1", "centre-RP4", carePlan("gosh-1", "X"), []string{"If-None-Match", "*"}, 412, "conflict"},
		{"If-Match is not a version", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"If-Match", "*"}, 400, "value"},
		{"the id is not the address's", "PUT", "/fhir/CarePlan/kid-9", "centre-RP4", good, nil, 400, "value"},
		{"the id could not be one", "PUT", "/fhir/CarePlan/kid_9", "centre-RP4", carePlan("kid_9", "X"), nil, 422, "value"},
		{"it is XML", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", `<CarePlan/>`, []string{"Content-Type", "application/fhir+xml"}, 415, "not-supported"},
		{"it does not say what it is", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"Content-Type", ""}, 415, "not-supported"},
		{"it is in another character set", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"Content-Type", "application/fhir+json; charset=windows-1252"}, 415, "not-supported"},
		{"it is for another FHIR version", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"Content-Type", "application/fhir+json; fhirVersion=5.0"}, 415, "not-supported"},
		{"it is compressed", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"Content-Encoding", "gzip"}, 415, "not-supported"},
		{"only XML is taken back", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", good, []string{"Accept", "application/fhir+xml"}, 406, "not-supported"},
		{"it is too long", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", strings.Repeat("A", 1<<20)), nil, 413, "too-long"},
		{"it is not JSON", "POST", "/fhir", "centre-RP4", `{"resourceType":`, nil, 400, "structure"},
		{"it is nested without end", "POST", "/fhir", "centre-RP4", strings.Repeat(`{"a":`, 1000), nil, 400, "too-costly"},
		{"it holds a key twice", "POST", "/fhir", "centre-RP4", `{"resourceType":"Bundle","type":"transaction","type":"batch"}`, nil, 400, "structure"},
		{"it is not a Bundle", "POST", "/fhir", "centre-RP4", good, nil, 422, "not-supported"},
		{"the NHS number is wrong", "POST", "/fhir", "centre-RP4", strings.Replace(bundle, "9990000026", "9990000027", 1), nil, 422, "value"},
		{"the address of a transaction has no patient's plan", "PUT", "/fhir/CarePlan/kid-1", "centre-RP4", bundle, nil, 422, "not-supported"},
	} {
		t.Run(row.because, func(t *testing.T) {
			w := newWorld(t)
			w.arrive() // holds gosh-1, version 3, of RP4
			o := wantOutcome(t, w.ask(row.method, row.at, row.token, row.body, row.headers...), row.status, row.code)
			if len(w.held) != 1 || w.held["gosh-1"].Plan.Version != 3 {
				t.Error("something was kept all the same")
			}
			for _, secret := range []string{"9990000026", "9990000027", "1980-02-13"} {
				if strings.Contains(o.Issue[0].Diagnostics, secret) || strings.Contains(w.log.String(), secret) {
					t.Errorf("the answer or the log quotes %s", secret)
				}
			}
			if refused := w.entries(journal.AccessRefused); (row.status == 403) != (len(refused) == 1) {
				t.Errorf("the journal holds the refusals %+v", refused)
			}
		})
	}
}

func TestTheElementAtFaultIsNamed(t *testing.T) {
	w := newWorld(t)
	body := strings.Replace(transactionOf(entry(carePlan("kid-1", "A"), "PUT", "CarePlan/kid-1")), "9990000026", "9990000027", 1)
	o := wantOutcome(t, w.ask("POST", "/fhir", "centre-RP4", body), http.StatusUnprocessableEntity, "value")
	if o.Issue[0].Expression[0] != "Bundle.entry[0].resource.contained[0].identifier[0].value" {
		t.Errorf("the expression is %v", o.Issue[0].Expression)
	}
}

func TestAServiceForRealPatientsTakesNoTestNumbers(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RefuseTestNumbers = true })
	wantOutcome(t, w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "A")), http.StatusUnprocessableEntity, "business-rule")
}

func TestAStorageFailureIsNoAnswerAndSaysNothingOfItself(t *testing.T) {
	for _, row := range []struct {
		because string
		err     error
		status  int
		code    string
	}{
		{"the disk failed", errDisk, 500, "exception"},
		{"it took too long", context.DeadlineExceeded, 503, "transient"},
	} {
		t.Run(row.because, func(t *testing.T) {
			w := newWorld(t)
			w.broken = row.err
			o := wantOutcome(t, w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "A")), row.status, row.code)
			if strings.Contains(o.Issue[0].Diagnostics, "disk") {
				t.Errorf("the answer says %q", o.Issue[0].Diagnostics)
			}
			if !strings.Contains(w.log.String(), row.err.Error()) {
				t.Error("the log does not say what failed")
			}
		})
	}
}

func TestAPlanIsNotReadWhenTheReadingCannotBeJournalled(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	w.unrecordable = errDisk
	o := wantOutcome(t, w.ask("GET", "/fhir/CarePlan/gosh-1", "centre-RP4", ""), http.StatusServiceUnavailable, "transient")
	if strings.Contains(o.Issue[0].Diagnostics, "disk") {
		t.Error("the answer says what failed")
	}
}

func TestReadingPlansThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	wantOutcome(t, w.ask("GET", "/fhir/CarePlan/nope", "centre-RP4", ""), http.StatusNotFound, "not-found")
	wantOutcome(t, w.ask("GET", "/fhir/CarePlan/no_pe", "centre-RP4", ""), http.StatusNotFound, "not-found")
	wantOutcome(t, w.ask("GET", "/fhir/CarePlan/nope", "screen-RQW-AE", ""), http.StatusForbidden, "forbidden")
}

func TestHowMuchComesBackIsTheCallersChoice(t *testing.T) {
	w := newWorld(t)
	minimal := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "A"), "Prefer", "return=minimal")
	if want(t, minimal, http.StatusCreated); minimal.Body.Len() != 0 || minimal.Header().Get("ETag") == "" {
		t.Errorf("the minimal answer is %s", minimal.Body)
	}
	outcome := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "B"), "Prefer", "return=OperationOutcome")
	if want(t, outcome, http.StatusOK); !strings.Contains(outcome.Body.String(), `"severity":"information"`) {
		t.Errorf("the outcome is %s", outcome.Body)
	}
	whole := w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "C"))
	if want(t, whole, http.StatusOK); !strings.Contains(whole.Body.String(), `"versionId":"3"`) {
		t.Errorf("the whole answer is %s", whole.Body)
	}
}

func TestTheCapabilityStatementIsForEverybody(t *testing.T) {
	answer := newWorld(t, func(o *Options) { o.BaseURL = "https://alerts.example/" }).ask("GET", "/fhir/metadata", "", "", "Accept", "application/fhir+json;q=1")
	want(t, answer, http.StatusOK)
	var statement struct {
		ResourceType   string
		Implementation struct{ URL string }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &statement); err != nil || statement.ResourceType != "CapabilityStatement" || statement.Implementation.URL != "https://alerts.example/fhir" {
		t.Errorf("the statement is %+v, %v", statement, err)
	}
}

// brokenBody is a body whose sender goes away in the middle.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestABodyThatDoesNotArriveIsTheSendersFault(t *testing.T) {
	w := newWorld(t)
	r, err := http.NewRequest("PUT", "/fhir/CarePlan/kid-1", brokenBody{})
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer centre-RP4")
	r.Header.Set("Content-Type", "application/fhir+json")
	answer := serve(w, r)
	wantOutcome(t, answer, http.StatusBadRequest, "incomplete")
}
