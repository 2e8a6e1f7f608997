package fhir

// contentDefinitions are the definitions of what a plan's content is read from, beside the CarePlan and its Flags; see definitions.
var contentDefinitions = map[string]string{
	"AllergyIntolerance": "identifier*Identifier clinicalStatus?CodeableConcept verificationStatus?CodeableConcept type?code category*code " +
		"criticality?code code?CodeableConcept patient!Reference encounter?Reference onset[x]?dateTime|Age|Period|Range|string " +
		"recordedDate?dateTime recorder?Reference asserter?Reference lastOccurrence?dateTime note*Annotation " +
		"reaction*AllergyIntolerance.reaction",
	"AllergyIntolerance.reaction": "substance?CodeableConcept manifestation+CodeableConcept description?string onset?dateTime severity?code " +
		"exposureRoute?CodeableConcept note*Annotation",

	"MedicationStatement": "identifier*Identifier basedOn*Reference partOf*Reference status!code statusReason*CodeableConcept " +
		"category?CodeableConcept medication[x]?CodeableConcept|Reference subject!Reference context?Reference " +
		"effective[x]?dateTime|Period dateAsserted?dateTime informationSource?Reference derivedFrom*Reference reasonCode*CodeableConcept " +
		"reasonReference*Reference note*Annotation dosage*Dosage",
	"MedicationRequest": "identifier*Identifier status!code statusReason?CodeableConcept intent!code category*CodeableConcept priority?code " +
		"doNotPerform?boolean reported[x]?boolean|Reference medication[x]?CodeableConcept|Reference subject!Reference encounter?Reference " +
		"supportingInformation*Reference authoredOn?dateTime requester?Reference performer?Reference performerType?CodeableConcept " +
		"recorder?Reference reasonCode*CodeableConcept reasonReference*Reference note*Annotation dosageInstruction*Dosage",
	"Medication": "identifier*Identifier code?CodeableConcept status?code manufacturer?Reference form?CodeableConcept amount?Ratio",
	"Dosage": "sequence?integer text?string additionalInstruction*CodeableConcept patientInstruction?string timing?Timing " +
		"asNeeded[x]?boolean|CodeableConcept site?CodeableConcept route?CodeableConcept method?CodeableConcept " +
		"doseAndRate*Dosage.doseAndRate maxDosePerPeriod?Ratio maxDosePerAdministration?Quantity maxDosePerLifetime?Quantity",
	"Dosage.doseAndRate": "type?CodeableConcept dose[x]?Range|Quantity rate[x]?Ratio|Range|Quantity",
	"Quantity":           "value?decimal comparator?code unit?string system?uri code?code",
	"Range":              "low?Quantity high?Quantity",
	"Ratio":              "numerator?Quantity denominator?Quantity",
	"Timing":             "event*dateTime repeat?Element code?CodeableConcept",

	"Observation": "identifier*Identifier basedOn*Reference partOf*Reference status!code category*CodeableConcept code!CodeableConcept " +
		"subject?Reference focus*Reference encounter?Reference effective[x]?dateTime|Period|Timing|instant issued?instant " +
		"performer*Reference value[x]?Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period " +
		"dataAbsentReason?CodeableConcept interpretation*CodeableConcept note*Annotation",

	"CareTeam": "identifier*Identifier status?code category*CodeableConcept name?string subject?Reference encounter?Reference period?Period " +
		"reasonCode*CodeableConcept reasonReference*Reference managingOrganization*Reference telecom*ContactPoint note*Annotation",
	"RelatedPerson": "identifier*Identifier active?boolean patient!Reference relationship*CodeableConcept name*HumanName " +
		"telecom*ContactPoint gender?code birthDate?date address*Address period?Period",
	"Device": "identifier*Identifier status?code deviceName*Device.deviceName modelNumber?string type?CodeableConcept patient?Reference " +
		"note*Annotation",
	"Device.deviceName": "name!string type!code",
	"DeviceUseStatement": "identifier*Identifier status!code subject!Reference recordedOn?dateTime device!Reference " +
		"reasonCode*CodeableConcept note*Annotation",

	"Composition": "identifier?Identifier status!code type!CodeableConcept category*CodeableConcept subject?Reference encounter?Reference " +
		"date!dateTime author+Reference title!string confidentiality?code custodian?Reference section*Composition.section",
	"Composition.section": "title?string code?CodeableConcept author*Reference focus?Reference text?Narrative mode?code " +
		"orderedBy?CodeableConcept entry*Reference emptyReason?CodeableConcept section*Composition.section",
	"Provenance": "target+Reference recorded!instant policy*uri location?Reference reason*CodeableConcept activity?CodeableConcept " +
		"agent+BackboneElement signature*Signature",

	"DocumentReference": "masterIdentifier?Identifier identifier*Identifier status!code docStatus?code type?CodeableConcept " +
		"category*CodeableConcept subject?Reference date?instant author*Reference authenticator?Reference custodian?Reference " +
		"description?string securityLabel*CodeableConcept content+DocumentReference.content",
	"DocumentReference.content": "attachment!Attachment format?Coding",
	"Attachment":                "contentType?code language?code data?base64Binary url?url size?unsignedInt hash?base64Binary title?string creation?dateTime",
	"Binary":                    "contentType!code securityContext?Reference data?base64Binary",
}
