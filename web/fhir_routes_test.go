package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// What the CapabilityStatement claims can be done, and every address of the FHIR API is claimed.
func TestTheCapabilityStatementIsTrue(t *testing.T) {
	s := newService(t)
	createdAsOK(s.ask("POST", "/fhir", "centre-RP4", wholeTransaction("gosh-1", "p1", "9990000026")))
	var statement struct {
		Rest []struct {
			Interaction []struct{ Code string }
			Operation   []struct{ Name string }
			Resource    []struct {
				Type                                                            string
				Interaction                                                     []struct{ Code string }
				ConditionalCreate, ConditionalUpdate, UpdateCreate, ReadHistory bool
				SearchInclude                                                   []string
				SearchParam                                                     []struct{ Name, Type string }
			}
		}
	}
	if err := json.Unmarshal(s.ask("GET", "/fhir/metadata", "", "").Body.Bytes(), &statement); err != nil {
		t.Fatal(err)
	}
	claimed := map[string]bool{}
	for _, i := range statement.Rest[0].Interaction {
		claimed["POST /fhir "+i.Code] = true
	}
	for _, o := range statement.Rest[0].Operation {
		claimed["POST /fhir/$"+o.Name] = true
	}
	address := map[string]string{
		"read": "GET /fhir/T/{id}", "vread": "GET /fhir/T/{id}/_history/{version}", "history-instance": "GET /fhir/T/{id}/_history",
		"history-type": "GET /fhir/T/_history", "search-type": "GET /fhir/T", "create": "POST /fhir/T", "update": "PUT /fhir/T/{id}",
	}
	for _, r := range statement.Rest[0].Resource {
		for _, i := range r.Interaction {
			if address[i.Code] == "" {
				t.Errorf("%s claims %s, which nobody knows", r.Type, i.Code)
			}
			claimed[strings.Replace(address[i.Code], "/T", "/"+r.Type, 1)] = true
		}
		if r.ConditionalUpdate {
			claimed["PUT /fhir/"+r.Type] = true
		}
		if r.SearchParam != nil {
			claimed["POST /fhir/"+r.Type+"/_search"] = true
		}
	}
	for _, r := range s.table {
		if r.edge != fhirEdge || r.path == "/fhir/metadata" || r.path == "/fhir/{$}" {
			continue
		}
		what := r.method + " " + r.path
		if r.path == "/fhir" {
			if !claimed[what+" transaction"] || !claimed[what+" batch"] {
				t.Errorf("%s is not claimed", what)
			}
			delete(claimed, what+" transaction")
			delete(claimed, what+" batch")
			continue
		}
		if !claimed[what] {
			t.Errorf("%s is not claimed", what)
		}
		delete(claimed, what)
	}
	for what := range claimed {
		t.Errorf("%s is claimed but not there", what)
	}
	// The parameters that it lists are taken by a strict search; those of references in the form that it describes.
	plan := statement.Rest[0].Resource[0]
	values := map[string]string{"_id": "gosh-1", "_lastUpdated": "2026", "identifier": "1", "status": "active", "category": "1", "patient": "9990000026", "subject": "9990000026"}
	for _, p := range plan.SearchParam {
		name := p.Name
		if p.Type == "reference" {
			name += ".identifier"
		}
		if values[p.Name] == "" {
			t.Errorf("no test knows the parameter %s", p.Name)
		}
		want(t, s.ask("GET", "/fhir/CarePlan?"+name+"="+values[p.Name], "centre-RP4", "", "Prefer", "handling=strict"), http.StatusOK)
	}
	for _, include := range plan.SearchInclude {
		want(t, s.ask("GET", "/fhir/CarePlan?_include="+include, "centre-RP4", "", "Prefer", "handling=strict"), http.StatusOK)
	}
	if len(plan.SearchParam) != len(values) || !plan.ConditionalCreate || !plan.ConditionalUpdate || !plan.UpdateCreate || !plan.ReadHistory {
		t.Errorf("of CarePlan, it claims %+v", plan)
	}
}
