package demo

import "time"

// Priority is how much a plan matters in the first minutes (code system http://hl7.org/fhir/flag-priority-code).
type Priority string

// The priorities, from the highest.
const (
	HighPriority   Priority = "PH"
	MediumPriority Priority = "PM"
	LowPriority    Priority = "PL"
)

// Concept is a coded meaning.
type Concept struct{ System, Code, Display string }

// snomed is the system of SNOMED CT codes.
const snomed = "http://snomed.info/sct"

// The SNOMED CT codes that the demo's plans use.
var (
	emergencyPlan = Concept{snomed, "887701000000100", "Emergency health care plan"}
	respectForm   = Concept{snomed, "1382601000000107", "ReSPECT (Recommended Summary Plan for Emergency Care and Treatment) form"}
	notForCPR     = Concept{snomed, "450476008", "Not for attempted cardiopulmonary resuscitation"}
	forCPR        = Concept{snomed, "450475007", "For attempted cardiopulmonary resuscitation"}
	hasADRT       = Concept{snomed, "816301000000100", "Has advance decision to refuse treatment (Mental Capacity Act 2005)"}
	retractedADRT = Concept{snomed, "962601000000103", "Advance decision to refuse treatment retracted"}
)

// Plan is an invented Urgent Care Plan as a centre would write it. The medicine in it is meant to be plausible; it must never be used
// to treat anybody.
type Plan struct {
	// ID is the FHIR logical id of the CarePlan, such as "demo-adrenal-crisis".
	ID string
	// Centre is the ODS code of the centre that publishes it.
	Centre string
	// Home is the ODS code of the trust whose A&E the patient comes to most.
	Home     string
	Patient  Person
	Category Concept
	Priority Priority
	// Headline is at most 140 characters.
	Headline string
	// Background tells who this is and what goes wrong.
	Background string
	// Do and DoNot are the steps, in order and at least one, and what must not be done.
	Do, DoNot []string
	// Notes are what else helps: communication, carers, equipment.
	Notes []string
	// Flags are further warnings with a code of their own, such as "not for CPR".
	Flags []Concept
	// Team, Author and Phone: whom to call at any hour, and who wrote this.
	Team, Author, Phone string
	// Reviewed is the day on which the centre last read it through.
	Reviewed time.Time
	// More is what a plan says by its headings beside the steps.
	More More
}

// firstPlanPerson is the index of the first patient with a plan; see PersonAt. The lower ones are left to whoever tries things by hand.
const firstPlanPerson = 500

// Plans lists the twenty plans of the demo, the same at each call.
func Plans() []Plan {
	plans := make([]Plan, 0, 20)
	plans = append(plans, plansOfGreatOrmondStreet()...)
	plans = append(plans, plansOfUniversityCollege()...)
	plans = append(plans, plansOfRoyalFree()...)
	plans = append(plans, plansOfKings()...)
	plans = append(plans, plansOfOrthopaedic()...)
	whose := map[string]Person{}
	for i := range plans {
		p := &plans[i]
		p.Patient.NHSNumber = PersonAt(firstPlanPerson + i).NHSNumber
		if other := samePatient[p.ID]; other != "" {
			p.Patient = whose[other]
		}
		whose[p.ID] = p.Patient
		p.More = more(p.ID)
	}
	return plans
}

// samePatient names for a plan another one, of another centre, that is about the same patient: the two do not agree.
var samePatient = map[string]string{"demo-variceal-bleed": "demo-respect-cancer"}

// day makes a date.
func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}
