package fhir

// attendanceDefinitions are the definitions of what an attendance is read from, beside the Patient; see definitions.
var attendanceDefinitions = map[string]string{
	"Encounter": "identifier*Identifier status!code statusHistory*Encounter.statusHistory class!Coding classHistory*BackboneElement " +
		"type*CodeableConcept serviceType?CodeableConcept priority?CodeableConcept subject?Reference episodeOfCare*Reference " +
		"basedOn*Reference participant*BackboneElement appointment*Reference period?Period length?Duration reasonCode*CodeableConcept " +
		"reasonReference*Reference diagnosis*BackboneElement account*Reference hospitalization?Encounter.hospitalization " +
		"location*Encounter.location serviceProvider?Reference partOf?Reference",
	"Encounter.statusHistory": "status!code period!Period",
	"Encounter.hospitalization": "preAdmissionIdentifier?Identifier origin?Reference admitSource?CodeableConcept reAdmission?CodeableConcept " +
		"dietPreference*CodeableConcept specialCourtesy*CodeableConcept specialArrangement*CodeableConcept destination?Reference " +
		"dischargeDisposition?CodeableConcept",
	"Encounter.location": "location!Reference status?code physicalType?CodeableConcept period?Period",
	"Location": "identifier*Identifier status?code operationalStatus?Coding name?string alias*string description?string mode?code " +
		"type*CodeableConcept telecom*ContactPoint address?Address physicalType?CodeableConcept position?BackboneElement " +
		"managingOrganization?Reference partOf?Reference",

	"MessageHeader": "event[x]!Coding|uri destination*MessageHeader.destination sender?Reference enterer?Reference author?Reference " +
		"source!MessageHeader.source responsible?Reference reason?CodeableConcept response?MessageHeader.response focus*Reference " +
		"definition?canonical",
	"MessageHeader.destination": "name?string target?Reference endpoint!url receiver?Reference",
	"MessageHeader.source":      "name?string software?string version?string contact?ContactPoint endpoint!url",
	"MessageHeader.response":    "identifier!id code!code details?Reference",
}
