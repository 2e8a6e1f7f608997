package fhir_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

func TestAPageIsReadWhateverOneOfItsEntriesIs(t *testing.T) {
	page, err := fhir.ReadPage([]byte(`{"resourceType":"Bundle","type":"history","link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}],"entry":[
		{"resource":{"resourceType":"CarePlan","id":"one","meta":{"versionId":"3","lastUpdated":"2026-11-22T14:02:10.5+01:00"}}},
		{"fullUrl":"https://a.example/fhir/CarePlan/two","request":{"method":"DELETE","url":"CarePlan/two/_history/4"},"response":{"lastModified":"2026-11-22T14:00:00Z"}},
		{"fullUrl":"https://a.example/fhir/CarePlan/three","request":{"method":"DELETE","url":"CarePlan?identifier=x"},"response":{"etag":"W/\"7\""}},
		{"fullUrl":"https://a.example/fhir/CarePlan/four","resource":{"resourceType":"CarePlan","id":4}},
		17,
		{"resource":"text"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if page.Next != "b" || len(page.Entries) != 6 {
		t.Fatalf("read %+v", page)
	}
	for i, want := range []fhir.Followed{
		{Type: "CarePlan", ID: "one", Version: "3", Updated: time.Date(2026, 11, 22, 13, 2, 10, 5e8, time.UTC)},
		{Type: "CarePlan", ID: "two", Version: "4", Updated: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC), Deleted: true},
		{Type: "CarePlan", ID: "three", Version: "7", Deleted: true},
		{Type: "CarePlan", ID: "four"},
		{},
		{},
	} {
		got := page.Entries[i]
		if got.Type != want.Type || got.ID != want.ID || got.Version != want.Version || !got.Updated.Equal(want.Updated) || got.Deleted != want.Deleted {
			t.Errorf("entry %d is %+v, want %+v", i, got, want)
		}
		if (len(got.Resource) == 0) != want.Deleted {
			t.Errorf("entry %d has the bytes %s", i, got.Resource)
		}
	}
}

func TestWhatIsNoPageIsRefusedWithoutQuotingIt(t *testing.T) {
	for _, body := range []string{``, `null`, `[]`, `{"resourceType":"Bundle"}`, `{"resourceType":"Bundle","type":"transaction"}`, `{"resourceType":"Secret","type":"history"}`, `{"resourceType":"Bundle","type":"history","entry":{}}`, `{"resourceType":"Bundle","type":"history"`} {
		if _, err := fhir.ReadPage([]byte(body)); err != fhir.ErrPage { //nolint:errorlint // exactly this, with nothing of the body around it
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestWhatAServerCanDo(t *testing.T) {
	for _, row := range []struct {
		what, resources string
		history, search bool
	}{
		{"history and search", `{"type":"CarePlan","interaction":[{"code":"history-type"},{"code":"search-type"}]}`, true, true},
		{"history of single plans only", `{"type":"CarePlan","interaction":[{"code":"history-instance"},{"code":"read"}]}`, false, false},
		{"history of something else", `{"type":"Patient","interaction":[{"code":"history-type"}]},{"type":"CarePlan","interaction":[{"code":"search-type"}]}`, false, true},
		{"nothing", ``, false, false},
	} {
		history, search, err := fhir.Followable([]byte(`{"resourceType":"CapabilityStatement","rest":[{"resource":[` + row.resources + `]}]}`))
		if err != nil || history != row.history || search != row.search {
			t.Errorf("%s: history %v, search %v (%v)", row.what, history, search, err)
		}
	}
	if _, _, err := fhir.Followable([]byte(`{"resourceType":"OperationOutcome"}`)); err == nil {
		t.Error("something else was taken for a CapabilityStatement")
	}
}

func TestWhatIsGoneAtItsSourceIsRevokedAndStaysAsItWas(t *testing.T) {
	plan := `{"resourceType":"CarePlan","id":"p-1","status":"active","intent":"plan","title":"H","identifier":[{"system":"s","value":"v"}],"subject":{"reference":"#p"},
		"contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]},{"resourceType":"Flag","id":"f","status":"active","code":{"text":"x"},"subject":{"reference":"#p"}}]}`
	alone, err := fhir.ReadCarePlan([]byte(plan), "p-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	bundle := fhir.Together([]byte(plan), "p-1", []byte(`{"resourceType":"Patient","id":"q","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}`), "q", "Patient/q")
	together, err := fhir.ReadTransaction(bundle, "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for what, pub := range map[string]plans.Publication{"alone": alone, "in a Bundle": together.Publications[0]} {
		t.Run(what, func(t *testing.T) {
			withdrawn, err := fhir.Withdraw(plans.Held{Plan: pub.Plan, Document: pub.Document})
			if err != nil {
				t.Fatal(err)
			}
			want := bytes.Replace(pub.Document, []byte(`"id":"p-1","status":"active"`), []byte(`"id":"p-1","status":"revoked"`), 1)
			if !bytes.Equal(withdrawn.Document, want) || withdrawn.Plan.Status != plans.Revoked || withdrawn.Plan.ID != "p-1" {
				t.Errorf("withdrawn as %s %+v", withdrawn.Document, withdrawn.Plan)
			}
			if what == "alone" && len(withdrawn.Plan.Identifiers) != 1 {
				t.Error("the plan lost its identifiers")
			}
		})
	}
	if _, err := fhir.Withdraw(plans.Held{Document: []byte(`{}`)}); err == nil {
		t.Error("a document without a plan was withdrawn")
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Bundle","type":"history","entry":[{"resource":{"resourceType":"CarePlan","id":"one"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := fhir.ReadPage(body)
		if err != nil {
			return
		}
		for _, e := range page.Entries {
			if e.Deleted && len(e.Resource) > 0 {
				t.Error("a deleted resource has bytes")
			}
		}
	})
}
