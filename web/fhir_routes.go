package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
)

// fhirRoutes are the addresses of the FHIR API. The CapabilityStatement is compared with them by a test.
func (s *server) fhirRoutes() []route {
	publish, read, tell := access.PublishPlan, access.ReadOwnPlan, access.SendAttendance
	routes := []route{
		{"GET", "/fhir/metadata", everybody, "", fhirEdge, http.HandlerFunc(s.getMetadata)},
		{"POST", "/fhir", signedIn, publish, fhirEdge, orHospital(s.postBundle, s.postAttendances)},
		{"POST", "/fhir/{$}", signedIn, publish, fhirEdge, orHospital(s.postBundle, s.postAttendances)},

		{"POST", "/fhir/CarePlan", signedIn, publish, fhirEdge, http.HandlerFunc(s.postCarePlan)},
		{"PUT", "/fhir/CarePlan", signedIn, publish, fhirEdge, http.HandlerFunc(s.putCarePlanByIdentifier)},
		{"PUT", "/fhir/CarePlan/{id}", signedIn, publish, fhirEdge, http.HandlerFunc(s.putCarePlan)},
		{"GET", "/fhir/CarePlan/{id}", signedIn, read, fhirEdge, orPeer(s.getCarePlan, s.getCrossing)},
		{"GET", "/fhir/CarePlan/{id}/_history/{version}", signedIn, read, fhirEdge, http.HandlerFunc(s.getVersion)},
		{"GET", "/fhir/CarePlan/{id}/_history", signedIn, read, fhirEdge, http.HandlerFunc(s.getHistory)},
		{"GET", "/fhir/CarePlan/_history", signedIn, read, fhirEdge, orPeer(s.getHistory, s.listCrossings)},
		{"GET", "/fhir/CarePlan", signedIn, read, fhirEdge, orPeer(s.searchCarePlans, s.listCrossings)},
		{"POST", "/fhir/CarePlan/_search", signedIn, read, fhirEdge, http.HandlerFunc(s.searchCarePlans)},

		{"POST", "/fhir/Encounter", signedIn, tell, fhirEdge, http.HandlerFunc(s.postEncounter)},
		{"PUT", "/fhir/Encounter/{id}", signedIn, tell, fhirEdge, http.HandlerFunc(s.putEncounter)},
		{"POST", "/fhir/$process-message", signedIn, tell, fhirEdge, http.HandlerFunc(s.processMessage)},
	}
	for _, kind := range fhir.PartTypes {
		routes = append(routes,
			route{"GET", "/fhir/" + kind + "/{id}", signedIn, read, fhirEdge, s.getPart(kind)},
			route{"GET", "/fhir/" + kind + "/{id}/_history/{version}", signedIn, read, fhirEdge, s.getPart(kind)})
	}
	return routes
}

// supported tells what routes can do, in the words of FHIR (R4 §5.2, TypeRestfulInteraction and SystemRestfulInteraction).
func supported(routes []route) fhir.Supported {
	var can fhir.Supported
	for _, r := range routes {
		kind, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.path, "/fhir"), "/"), "/")
		switch {
		case kind == "" && r.method == "POST":
			can.System = []string{"transaction", "batch"}
			continue
		case kind == "$process-message":
			can.Messages = true
			continue
		case kind == "" || kind == "metadata" || kind == "{$}":
			continue
		}
		at := slices.IndexFunc(can.Types, func(t fhir.SupportedType) bool { return t.Type == kind })
		if at < 0 {
			at = len(can.Types)
			can.Types = append(can.Types, fhir.SupportedType{Type: kind})
		}
		t := &can.Types[at]
		if code := interactions[r.method+" "+rest]; code != "" && !slices.Contains(t.Interactions, code) {
			t.Interactions = append(t.Interactions, code)
		}
	}
	return can
}

// interactions are what FHIR calls a method at an address below a type.
var interactions = map[string]string{
	"GET {id}": "read", "GET {id}/_history/{version}": "vread", "GET {id}/_history": "history-instance", "GET _history": "history-type",
	"GET ": "search-type", "POST _search": "search-type", "POST ": "create", "PUT {id}": "update", "PUT ": "conditional-update",
}
