package fhir_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// Whatever a client sends is read or refused, and never quoted.
func TestAnyParametersAreReadOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"_id", "identifier", "status", "category", "patient.identifier", "_lastUpdated", "_count", "_since", "_include", "_page", "x"}).Draw(t, "name")
		value := rapid.String().Draw(t, "value")
		for _, read := range []func(url.Values, bool) (fhir.SearchRequest, error){fhir.ReadSearch, fhir.ReadHistory} {
			got, err := read(url.Values{name: {value, value}}, rapid.Bool().Draw(t, "strict"))
			if o, ok := fhir.AsOutcome(err); err != nil && (!ok || o.Status != 400) {
				t.Fatalf("%q=%q is answered %v", name, value, err)
			}
			if got.Count < 0 || got.Count > fhir.MaxCount {
				t.Fatalf("%q=%q asks for %d", name, value, got.Count)
			}
		}
	})
}

// Whatever is POSTed as a Bundle is read, or refused with a status and issues that do not make it worse.
func FuzzBundle(f *testing.F) {
	whole := transaction(f)
	f.Add([]byte(whole))
	f.Add([]byte(strings.Replace(whole, `"transaction"`, `"batch"`, 1)))
	f.Add([]byte(strings.Replace(whole, `"transaction"`, `"document","identifier":{"system":"urn:x","value":"1"},"timestamp":"2026-11-22T10:00:00Z"`, 1)))
	f.Add([]byte(`{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"CarePlan"}},null,7]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := fhir.ReadBundle(body, "RP4", fhir.Limits{})
		if err != nil {
			if o, ok := fhir.AsOutcome(err); !ok || o.Status < 400 || o.Status > 422 || len(o.Issues) == 0 {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		for _, pub := range got.Transaction.Publications {
			v := plans.Version{ID: "a", Number: 1, Published: received, Document: pub.Document}
			page := fhir.Listing{Base: "https://example/fhir", Total: -1, Versions: []plans.Version{v}}
			for _, write := range []func() ([]byte, error){page.History, func() ([]byte, error) { return page.Searchset(true, nil) }} {
				if written, err := write(); err != nil || !json.Valid(written) {
					t.Fatalf("what was taken cannot be listed: %v", err)
				}
			}
		}
	})
}

func TestReadingConditions(t *testing.T) {
	for _, row := range []struct {
		query string
		want  []plans.Identifier
	}{
		{"identifier=urn:ours|17", []plans.Identifier{{System: "urn:ours", Value: "17"}}},
		{"?identifier=urn:ours%7C17", []plans.Identifier{{System: "urn:ours", Value: "17"}}},
		{"CarePlan?identifier=17", []plans.Identifier{{Value: "17"}}},
		{`identifier=a\,b\|c\\d`, []plans.Identifier{{Value: `a,b|c\d`}}},
		{"identifier=x|1&identifier=y|2", []plans.Identifier{{System: "x", Value: "1"}, {System: "y", Value: "2"}}},
		{"identifier=x|1,y|2", nil},
		{"identifier=", nil},
		{"identifier=|17", nil},
		{"identifier=a|b|c", nil},
		{"status=active&identifier=1", nil},
		{"identifier=%zz", nil},
		{"", nil},
	} {
		got, err := fhir.ReadCondition(row.query, "")
		if diff := cmp.Diff(row.want, got); diff != "" || (err == nil) != (row.want != nil) {
			t.Errorf("%q: %v, %s", row.query, err, diff)
		}
	}
}

func TestAnAskedTimeMeansAllThatItCanMean(t *testing.T) {
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment.UTC()
	}
	for _, row := range []struct{ sent, from, to string }{
		{"2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"2026-07", "2026-06-30T23:00:00Z", "2026-07-31T23:00:00Z"}, // London, in summer
		{"eq2026-11-22", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"2026-11-22T14:03:10Z", "2026-11-22T14:03:10Z", "2026-11-22T14:03:11Z"},
		{"2026-11-22T14:03:10.123Z", "2026-11-22T14:03:10.123Z", "2026-11-22T14:03:10.124Z"},
		{"2026-11-22T15:03:10.5+01:00", "2026-11-22T14:03:10.5Z", "2026-11-22T14:03:10.6Z"},
		{"2026-11-22T14:03:10.123456789Z", "2026-11-22T14:03:10.123456789Z", "2026-11-22T14:03:10.123457789Z"},
	} {
		got, err := fhir.ReadSearch(url.Values{"_lastUpdated": {row.sent}}, false)
		if err != nil || !got.Query.From.Equal(at(row.from)) || !got.Query.To.Equal(at(row.to)) {
			t.Errorf("%s is from %v to %v, %v", row.sent, got.Query.From, got.Query.To, err)
		}
	}
}

func TestAPlanIsFoundByThePartsItsIDIsMadeOf(t *testing.T) {
	for id, plan := range map[string]string{"gosh-1.2": "gosh-1", "a.b.10": "a.b", "gosh-1": "", "gosh-1.": "", ".2": "", "gosh-1.x": "", "": ""} {
		if got := fhir.PlanOfPart(id); got != plan {
			t.Errorf("%q is a part of %q, not %q", id, got, plan)
		}
	}
}

func TestAPartIsGivenBackByteForByte(t *testing.T) {
	body := transaction(t)
	pub := publish(t, body)
	v := plans.Version{ID: pub.Plan.ID, Number: 3, Published: received, Document: pub.Document}
	got, err := fhir.WritePart(v, "AllergyIntolerance", "gosh-1181.3")
	if err != nil {
		t.Fatal(err)
	}
	const kind = `{"resourceType": "AllergyIntolerance"`
	sent := kind + strings.SplitN(strings.SplitN(body, kind, 2)[1], ",\n", 2)[0]
	wanted := strings.Replace(sent, kind, kind+`,"id":"gosh-1181.3","meta":{"versionId":"3","lastUpdated":"2026-11-22T14:02:10.123Z"}`, 1)
	if string(got) != wanted {
		t.Errorf("the part is\n%s\nnot\n%s", got, wanted)
	}
	if _, err := fhir.WritePart(v, "Flag", "gosh-1181.3"); err == nil {
		t.Error("a part of another type was found")
	}
}
