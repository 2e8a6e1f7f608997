package web

import (
	"net/http"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
)

// fhirRoutes are the addresses of the FHIR API. The CapabilityStatement is compared with them by a test.
func (s *server) fhirRoutes() []route {
	publish, read := access.PublishPlan, access.ReadOwnPlan
	routes := []route{
		{"GET", "/fhir/metadata", everybody, "", fhirEdge, http.HandlerFunc(s.getMetadata)},
		{"POST", "/fhir", signedIn, publish, fhirEdge, http.HandlerFunc(s.postBundle)},
		{"POST", "/fhir/{$}", signedIn, publish, fhirEdge, http.HandlerFunc(s.postBundle)},

		{"POST", "/fhir/CarePlan", signedIn, publish, fhirEdge, http.HandlerFunc(s.postCarePlan)},
		{"PUT", "/fhir/CarePlan", signedIn, publish, fhirEdge, http.HandlerFunc(s.putCarePlanByIdentifier)},
		{"PUT", "/fhir/CarePlan/{id}", signedIn, publish, fhirEdge, http.HandlerFunc(s.putCarePlan)},
		{"GET", "/fhir/CarePlan/{id}", signedIn, read, fhirEdge, http.HandlerFunc(s.getCarePlan)},
		{"GET", "/fhir/CarePlan/{id}/_history/{version}", signedIn, read, fhirEdge, http.HandlerFunc(s.getVersion)},
		{"GET", "/fhir/CarePlan/{id}/_history", signedIn, read, fhirEdge, http.HandlerFunc(s.getHistory)},
		{"GET", "/fhir/CarePlan/_history", signedIn, read, fhirEdge, http.HandlerFunc(s.getHistory)},
		{"GET", "/fhir/CarePlan", signedIn, read, fhirEdge, http.HandlerFunc(s.searchCarePlans)},
		{"POST", "/fhir/CarePlan/_search", signedIn, read, fhirEdge, http.HandlerFunc(s.searchCarePlans)},
	}
	for _, kind := range fhir.PartTypes {
		routes = append(routes,
			route{"GET", "/fhir/" + kind + "/{id}", signedIn, read, fhirEdge, s.getPart(kind)},
			route{"GET", "/fhir/" + kind + "/{id}/_history/{version}", signedIn, read, fhirEdge, s.getPart(kind)})
	}
	return routes
}
