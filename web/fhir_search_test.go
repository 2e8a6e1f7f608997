package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/journal"
)

func TestWhatASearchFinds(t *testing.T) {
	s := newService(t)
	plan := func(id, nhs, status, identifier, code string) {
		s.put(id, strings.NewReplacer("9990000026", nhs, `"active"`, `"`+status+`"`, `"intent"`,
			`"identifier":[{"system":"urn:ours","value":"`+identifier+`"}],"category":[{"coding":[{"system":"http://snomed.info/sct","code":"`+code+`"}]}],"intent"`).Replace(carePlan(id, "A")))
	}
	plan("a", "9990000026", "active", "1", "735324008")   // 14:02
	plan("b", "9990000018", "active", "2", "736373009")   // 14:03
	plan("c", "9990000026", "revoked", "3", "736373009")  // 14:04
	plan("a", "9990000026", "active", "1,5", "735324008") // 14:05
	want(t, s.ask("PUT", "/fhir/CarePlan/kings-1", "centre-RJZ", carePlan("kings-1", "Theirs")), http.StatusCreated)
	nhs := url.QueryEscape("https://fhir.nhs.uk/Id/nhs-number|9990000026")
	for query, wanted := range map[string]string{
		"":                                "b/1 c/1 a/2",
		"patient.identifier=" + nhs:       "c/1 a/2",
		"patient.identifier=999+000+0026": "c/1 a/2",
		"subject:identifier=" + nhs:       "c/1 a/2",
		"patient:identifier=" + nhs + ",9990000018":                    "b/1 c/1 a/2",
		"patient.identifier=" + nhs + "&status=active":                 "a/2",
		"patient.identifier=" + nhs + "&subject:identifier=9990000018": "",
		"identifier=urn:ours|2":                                        "b/1",
		"identifier=2,3":                                               "b/1 c/1",
		`identifier=1\,5`:                                              "a/2",
		"identifier=1":                                                 "",
		"identifier=urn:theirs|2":                                      "",
		"status=active,revoked":                                        "b/1 c/1 a/2",
		"status=active&status=revoked":                                 "",
		"status=http://hl7.org/fhir/request-status|revoked":            "c/1",
		"category=http://snomed.info/sct|736373009":                    "b/1 c/1",
		"category=736373009&status=active":                             "b/1",
		"_id=a,b":                                                      "b/1 a/2",
		"_id=kings-1":                                                  "",
		"_id=a&_id=b":                                                  "",
		"_lastUpdated=2026-11-22":                                      "b/1 c/1 a/2",
		"_lastUpdated=ge2026-11-22T14:04:10Z":                          "c/1 a/2",
		"_lastUpdated=gt2026-11-22T14:04:10Z":                          "a/2",
		"_lastUpdated=lt2026-11-22T14:04:10Z":                          "b/1",
		"_lastUpdated=le2026-11-22T14:04:10Z":                          "b/1 c/1",
		"_lastUpdated=ne2026-11-22T14:04:10Z":                          "b/1 a/2",
		"_lastUpdated=sa2026-11-22T14:04:10Z&_lastUpdated=lt2027":      "a/2",
		"_lastUpdated=eq2026-11-22T14:04:10.000Z":                      "c/1",
		"_sort=_lastUpdated&_total=none":                               "b/1 c/1 a/2",
	} {
		t.Run(query, func(t *testing.T) {
			b := wantBundle(t, s.ask("GET", "/fhir/CarePlan?"+query, "centre-RP4", ""), "searchset")
			posted := wantBundle(t, s.ask("POST", "/fhir/CarePlan/_search", "centre-RP4", query, "Content-Type", "application/x-www-form-urlencoded"), "searchset")
			if b.names() != wanted || posted.names() != wanted {
				t.Errorf("found %q by GET, %q by POST; want %q", b.names(), posted.names(), wanted)
			}
			if len(b.Entry) != len(strings.Fields(wanted)) {
				t.Errorf("there is more than the answer: %+v", b.Entry)
			}
		})
	}
}

func TestSearchesThatAreRefusedSayWhatToChange(t *testing.T) {
	s := newService(t)
	for _, row := range []struct {
		because, query, code, expression string
		strict                           bool
	}{
		{"the NHS number is wrong", "patient.identifier=9990000027", "value", "http.patient.identifier", false},
		{"the patient is named by another system", "patient.identifier=urn:mrn|12", "value", "http.patient.identifier", false},
		{"the patient is named by reference", "patient=Patient/1", "not-supported", "http.patient", false},
		{"the subject is chained otherwise", "subject.name=Smith", "not-supported", "http.subject.name", false},
		{"the modifier is not known", "status:not=active", "not-supported", "http.status:not", false},
		{"the status is not known", "status=live", "value", "http.status", false},
		{"the category is of another system", "category=urn:kinds|1", "value", "http.category", false},
		{"the parameter has no value", "identifier=", "value", "http.identifier", false},
		{"the identifier has no value", "identifier=urn:ours|", "value", "http.identifier", false},
		{"the time is none", "_lastUpdated=yesterday", "value", "http._lastUpdated", false},
		{"the prefix is not supported", "_lastUpdated=ap2026", "not-supported", "http._lastUpdated", false},
		{"the count is negative", "_count=-1", "value", "http._count", false},
		{"the escape is broken", "identifier=%zz", "structure", "", false},
		{"strict: the parameter is not known", "colour=red", "not-supported", "http.colour", true},
		{"strict: the include is not supported", "_include=CarePlan:author", "not-supported", "http._include", true},
		{"strict: the order is not supported", "_sort=title", "not-supported", "http._sort", true},
	} {
		t.Run(row.because, func(t *testing.T) {
			var headers []string
			if row.strict {
				headers = []string{"Prefer", "handling=strict"}
			}
			o := wantOutcome(t, s.ask("GET", "/fhir/CarePlan?"+row.query, "centre-RP4", "", headers...), http.StatusBadRequest, row.code)
			if row.expression != "" && (len(o.Issue[0].Expression) != 1 || o.Issue[0].Expression[0] != row.expression) {
				t.Errorf("the expression is %v", o.Issue[0].Expression)
			}
			if strings.Contains(s.log.String(), "9990000027") || strings.Contains(o.Issue[0].Diagnostics, "9990000027") {
				t.Error("the number is in the log or the answer")
			}
		})
	}
	wantOutcome(t, s.ask("POST", "/fhir/CarePlan/_search", "centre-RP4", `{}`), http.StatusUnsupportedMediaType, "not-supported")
}

func TestWhatASearchPassesByIsTold(t *testing.T) {
	s := newService(t)
	s.put("a", carePlan("a", "A"))
	b := wantBundle(t, s.ask("GET", "/fhir/CarePlan?colour=red&_sort=title&status=active&9990000026=x", "centre-RP4", ""), "searchset")
	if b.names() != "a/1" || b.link("self") != "/fhir/CarePlan?status=active" || len(b.Entry) != 2 {
		t.Fatalf("found %s, self %s", b.names(), b.link("self"))
	}
	told := b.Entry[1]
	if told.Search.Mode != "outcome" || told.Resource.ResourceType != "OperationOutcome" || len(told.Resource.Issue) != 3 {
		t.Errorf("the outcome is %+v", told)
	}
	for _, i := range told.Resource.Issue {
		if i.Severity == "error" || strings.Contains(i.Diagnostics, "9990000026") {
			t.Errorf("an issue is %+v", i)
		}
	}
}

func TestCounting(t *testing.T) {
	s := newService(t)
	for i := range 3 {
		id := fmt.Sprint("kid-", i)
		s.put(id, carePlan(id, "A"))
	}
	for _, query := range []string{"_summary=count", "_count=0"} {
		b := wantBundle(t, s.ask("GET", "/fhir/CarePlan?status=active&"+query, "centre-RP4", ""), "searchset")
		if b.Total == nil || *b.Total != 3 || len(b.Entry) != 0 {
			t.Errorf("%s: total %v with %d entries", query, b.Total, len(b.Entry))
		}
	}
	b := wantBundle(t, s.ask("GET", "/fhir/CarePlan?_count=1&_total=accurate", "centre-RP4", ""), "searchset")
	if b.Total == nil || *b.Total != 3 || len(b.Entry) != 1 || b.link("next") == "" {
		t.Errorf("total %v with %d entries", b.Total, len(b.Entry))
	}
	if n := len(s.entries(journal.PlanRead)); n != 1 {
		t.Errorf("%d readings are journalled; counting reads nothing", n)
	}
}

// I15: whoever searches for a patient by POST is never sent on by an address that names the patient, and no log has the number.
func TestNoAddressAndNoLogNamesThePatient(t *testing.T) {
	s := newService(t)
	for i := range 3 {
		id := fmt.Sprint("kid-", i)
		s.put(id, carePlan(id, "A"))
	}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	b := wantBundle(t, s.ask("POST", "/fhir/CarePlan/_search", "centre-RP4", "patient.identifier=9990000026&_count=2", form...), "searchset")
	next := wantBundle(t, s.ask("GET", b.link("next"), "centre-RP4", ""), "searchset")
	self := wantBundle(t, s.ask("GET", b.link("self"), "centre-RP4", ""), "searchset")
	if b.names() != "kid-0/1 kid-1/1" || next.names() != "kid-2/1" || self.names() != b.names() {
		t.Errorf("the pages are %s and %s; self is %s", b.names(), next.names(), self.names())
	}
	s.ask("GET", "/fhir/CarePlan?patient.identifier=9990000026", "centre-RP4", "")
	for _, l := range append(b.Link, next.Link...) {
		if strings.Contains(l.URL, "9990000026") {
			t.Errorf("the address %s names the patient", l.URL)
		}
	}
	if strings.Contains(s.log.String(), "9990000026") || strings.Contains(s.log.String(), "patient.identifier") {
		t.Error("the log names the patient")
	}
}
