package fhir

import (
	"maps"
	"strings"
)

// The definitions of the elements that are checked, from FHIR R4 (4.0.1). An entry is name, cardinality and type: "!" exactly one, "?" at
// most one, "*" any number, "+" at least one; "value[x]?a|b" is a choice of which one may stand. Every type that is not defined here is
// only checked to be an object. Elements that no definition names are kept and passed by: a sender may be ahead of us.
var definitions = map[string]string{
	"Element":         "id?string extension*Extension",
	"BackboneElement": "id?string extension*Extension modifierExtension*Extension",
	"Resource":        "resourceType!code id?id meta?Meta implicitRules?uri language?code",
	"DomainResource": "resourceType!code id?id meta?Meta implicitRules?uri language?code text?Narrative contained*resource " +
		"extension*Extension modifierExtension*Extension",

	"Meta":            "versionId?id lastUpdated?instant source?uri profile*uri security*Coding tag*Coding",
	"Narrative":       "status!code div!xhtml",
	"Coding":          "system?uri version?string code?code display?string userSelected?boolean",
	"CodeableConcept": "coding*Coding text?string",
	"Identifier":      "use?code type?CodeableConcept system?uri value?string period?Period assigner?Reference",
	"Reference":       "reference?string type?uri identifier?Identifier display?string",
	"Period":          "start?dateTime end?dateTime",
	"HumanName":       "use?code text?string family?string given*string prefix*string suffix*string period?Period",
	"Address": "use?code type?code text?string line*string city?string district?string state?string postalCode?string " +
		"country?string period?Period",
	"ContactPoint": "system?code value?string use?code rank?positiveInt period?Period",
	"Annotation":   "author[x]?Reference|string time?dateTime text!markdown",
	"Extension":    "url!uri value[x]?" + extensionTypes,

	"Bundle": "identifier?Identifier type!code timestamp?instant total?unsignedInt link*BackboneElement entry*Bundle.entry " +
		"signature?Signature",
	"Bundle.entry": "link*BackboneElement fullUrl?uri resource?resource search?BackboneElement request?Bundle.entry.request " +
		"response?BackboneElement",
	"Composition": "identifier?Identifier status!code type!CodeableConcept category*CodeableConcept subject?Reference encounter?Reference " +
		"date!dateTime author+Reference title!string confidentiality?code custodian?Reference",
	"Bundle.entry.request": "method!code url!uri ifNoneMatch?string ifModifiedSince?instant ifMatch?string ifNoneExist?string",

	"Patient": "identifier*Identifier active?boolean name*HumanName telecom*ContactPoint gender?code birthDate?date " +
		"deceased[x]?boolean|dateTime address*Address maritalStatus?CodeableConcept multipleBirth[x]?boolean|integer " +
		"photo*Attachment contact*Patient.contact communication*Patient.communication generalPractitioner*Reference " +
		"managingOrganization?Reference link*Patient.link",
	"Patient.contact": "relationship*CodeableConcept name?HumanName telecom*ContactPoint address?Address gender?code " +
		"organization?Reference period?Period",
	"Patient.communication": "language!CodeableConcept preferred?boolean",
	"Patient.link":          "other!Reference type!code",

	"CarePlan": "identifier*Identifier instantiatesCanonical*uri instantiatesUri*uri basedOn*Reference replaces*Reference " +
		"partOf*Reference status!code intent!code category*CodeableConcept title?string description?string subject!Reference " +
		"encounter?Reference period?Period created?dateTime author?Reference contributor*Reference careTeam*Reference " +
		"addresses*Reference supportingInfo*Reference goal*Reference activity*CarePlan.activity note*Annotation",
	"CarePlan.activity": "outcomeCodeableConcept*CodeableConcept outcomeReference*Reference progress*Annotation reference?Reference " +
		"detail?CarePlan.activity.detail",
	"CarePlan.activity.detail": "kind?code instantiatesCanonical*uri instantiatesUri*uri code?CodeableConcept " +
		"reasonCode*CodeableConcept reasonReference*Reference goal*Reference status!code statusReason?CodeableConcept " +
		"doNotPerform?boolean scheduled[x]?Timing|Period|string location?Reference performer*Reference " +
		"product[x]?CodeableConcept|Reference dailyAmount?Quantity quantity?Quantity description?string",

	"Flag": "identifier*Identifier status!code category*CodeableConcept code!CodeableConcept subject!Reference period?Period " +
		"encounter?Reference author?Reference",

	"Consent": "identifier*Identifier status!code scope!CodeableConcept category+CodeableConcept patient?Reference dateTime?dateTime " +
		"performer*Reference organization*Reference source[x]?Attachment|Reference policyRule?CodeableConcept provision?Consent.provision",
	"Consent.provision": "type?code period?Period actor*Consent.provision.actor action*CodeableConcept securityLabel*Coding purpose*Coding " +
		"class*Coding code*CodeableConcept dataPeriod?Period provision*Consent.provision",
	"Consent.provision.actor": "role!CodeableConcept reference!Reference",

	"Goal": "identifier*Identifier lifecycleStatus!code description!CodeableConcept subject!Reference note*Annotation",

	"Organization": "identifier*Identifier active?boolean type*CodeableConcept name?string alias*string telecom*ContactPoint " +
		"address*Address partOf?Reference",
	"Practitioner": "identifier*Identifier active?boolean name*HumanName",
	"PractitionerRole": "identifier*Identifier active?boolean practitioner?Reference organization?Reference code*CodeableConcept " +
		"telecom*ContactPoint",
}

// extensionTypes are the types that an extension's value may have (FHIR R4 §2.1.27.0.1).
const extensionTypes = "base64Binary|boolean|canonical|code|date|dateTime|decimal|id|instant|integer|markdown|oid|positiveInt|string|" +
	"time|unsignedInt|uri|url|uuid|Address|Age|Annotation|Attachment|CodeableConcept|Coding|ContactPoint|Count|Distance|Duration|" +
	"HumanName|Identifier|Money|Period|Quantity|Range|Ratio|Reference|SampledData|Signature|Timing|ContactDetail|Contributor|" +
	"DataRequirement|Expression|ParameterDefinition|RelatedArtifact|TriggerDefinition|UsageContext|Dosage|Meta"

// bases is what a type inherits from; every other resource is a DomainResource, every type with a dot a BackboneElement, and the rest are
// Elements.
var bases = map[string]string{
	"Bundle": "Resource", "Binary": "Resource", "Parameters": "Resource",
	"Resource": "", "DomainResource": "", "Element": "", "BackboneElement": "",
}

// member is the definition of one element of a type.
type member struct {
	name, kind     string
	many, required bool
	// choice is the name of the choice that the element belongs to, such as "deceased[x]".
	choice string
}

// definition is what a type is made of.
type definition struct {
	members map[string]member
	// required lists the elements that must be there, in the order of the definition.
	required []string
}

// types holds the definitions, ready for use.
var types = compile()

// wellKnown holds every name that a definition mentions, so that reading does not allocate them again.
var wellKnown = collectNames()

func compile() map[string]definition {
	all := maps.Clone(definitions)
	maps.Copy(all, contentDefinitions)
	maps.Copy(all, attendanceDefinitions)
	out := make(map[string]definition, len(all))
	for name := range all {
		d := definition{members: map[string]member{}}
		base, special := bases[name]
		switch {
		case !special && strings.Contains(name, "."):
			base = "BackboneElement"
		case !special && isResourceType(name):
			base = "DomainResource"
		case !special:
			base = "Element"
		}
		for _, words := range [...]string{all[base], all[name]} {
			for word := range strings.FieldsSeq(words) {
				d.define(word)
			}
		}
		out[name] = d
	}
	return out
}

// define reads the definition of one element.
func (d *definition) define(word string) {
	at := strings.IndexAny(word, "!?*+")
	m := member{name: word[:at], kind: word[at+1:], many: word[at] == '*' || word[at] == '+', required: word[at] == '!' || word[at] == '+'}
	stem, choice := strings.CutSuffix(m.name, "[x]")
	if !choice {
		d.members[m.name] = m
		if m.required {
			d.required = append(d.required, m.name)
		}
		return
	}
	for kind := range strings.SplitSeq(m.kind, "|") {
		name := stem + strings.ToUpper(kind[:1]) + kind[1:]
		d.members[name] = member{name: name, kind: kind, choice: m.name}
	}
}

func collectNames() map[string]string {
	out := map[string]string{}
	for _, d := range types {
		for name := range d.members {
			out[name] = name
		}
	}
	return out
}

// isResourceType tells whether FHIR R4 defines a resource of this name.
func isResourceType(name string) bool {
	_, known := resourceTypes[name]
	return known
}

// resourceTypes are the resources of FHIR R4 (4.0.1) that can be sent.
var resourceTypes = func() map[string]struct{} {
	out := map[string]struct{}{}
	for name := range strings.FieldsSeq(`
		Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
		BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
		ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
		CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
		CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
		DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
		EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
		FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
		ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Location
		Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
		MedicationStatement MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication
		MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
		MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader
		MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition OperationOutcome
		Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition
		Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup
		ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
		SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription Substance
		SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial
		SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet
		VerificationResult VisionPrescription`) {
		out[name] = struct{}{}
	}
	return out
}()
