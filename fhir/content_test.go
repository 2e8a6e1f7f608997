package fhir_test

import (
	"crypto/sha1" //nolint:gosec // FHIR's Attachment.hash
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

const ada = `{"reference":"#pat"}`

// flagged is a Flag about Ada with one SNOMED CT code; since may be empty.
func flagged(id, status, code, since string) string {
	period := ""
	if since != "" {
		period = `,"period":{"start":"` + since + `"}`
	}
	return `{"resourceType":"Flag","id":"` + id + `","status":"` + status + `","code":{"coding":[{"system":"http://snomed.info/sct","code":"` + code + `"}]},"subject":` + ada + period + `}`
}

func contentOf(t testing.TB, members string, contained ...string) plans.Content {
	t.Helper()
	return mustPut(t, carePlan(`,"title":"A"`+members, contained...)).Content
}

func TestEveryCodeThatStatesSomething(t *testing.T) {
	for code, want := range map[string]plans.Saying{
		"450475007": plans.ForCPR, "304252001": plans.ForCPR, "450476008": plans.NotForCPR, "304253006": plans.NotForCPR,
		"816301000000100": plans.RefusesTreatment, "1052911000000106": plans.RefusesTreatment, "962601000000103": plans.RefusalRetracted,
	} {
		t.Run(code, func(t *testing.T) {
			c := contentOf(t, "", flagged("f", "active", code, "2026-10-06"))
			got := map[bool]plans.Standing{true: c.CPR, false: c.AdvanceDecision}[strings.Contains(string(want), "cpr")]
			if diff := cmp.Diff(plans.Standing{Says: want, Since: "2026-10-06"}, got); diff != "" {
				t.Error(diff)
			}
			if len(c.Warnings) > 0 {
				t.Errorf("it is shown a second time as a warning: %q", c.Warnings)
			}
		})
	}
	for code, want := range map[string]string{
		"736253002": "Mental health crisis plan", "887701000000100": "Emergency health care plan", "861421000000109": "End of life care coordination summary",
		"1382601000000107": "ReSPECT form", "325691000000100": "Contingency plan", "736373009": "End of life care plan",
		"736366004": "Advance care plan", "735324008": "Treatment escalation plan", "2181441000000107": "Personalised care and support plan",
	} {
		c := contentOf(t, `,"category":[{"coding":[{"system":"http://snomed.info/sct","code":"`+code+`","display":"Shopping list"}]}]`)
		if diff := cmp.Diff([]string{want}, c.Kinds); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	for _, code := range []plans.Saying{plans.ComfortOnly, plans.ReversibleAtHome, plans.ReversibleInHospital, plans.FullTreatment} {
		c := contentOf(t, "", with(t, flagged("f", "active", string(code), "2026-10-06"), "http://snomed.info/sct", fhir.CeilingSystem))
		if c.Ceiling.Says != code {
			t.Errorf("the ceiling is %q, not %q", c.Ceiling.Says, code)
		}
	}
}

func TestTheCodeCountsNotTheDisplay(t *testing.T) {
	lying := with(t, flagged("f", "active", "450476008", ""), `"code":"450476008"`, `"code":"450476008","display":"For attempted cardiopulmonary resuscitation"`)
	if c := contentOf(t, "", lying); c.CPR.Says != plans.NotForCPR {
		t.Errorf("the plan says %q", c.CPR.Says)
	}
	elsewhere := with(t, flagged("f", "active", "450476008", ""), "http://snomed.info/sct", "http://example.org/codes")
	if c := contentOf(t, "", elsewhere); c.CPR.Says != "" {
		t.Errorf("a code of another system was read as %q", c.CPR.Says)
	}
}

func TestTheNewerStatementWins(t *testing.T) {
	before := &plans.Earlier{Says: plans.NotForCPR, Since: "2025-01-10"}
	for _, row := range []struct {
		when string
		with []string
		want plans.Standing
	}{
		{"for CPR reverses an older not for", []string{flagged("a", "active", "450476008", "2025-01-10"), flagged("b", "active", "450475007", "2026-10-06")}, plans.Standing{Says: plans.ForCPR, Since: "2026-10-06", Earlier: before}},
		{"in whatever order they are sent", []string{flagged("b", "active", "450475007", "2026-10-06"), flagged("a", "active", "450476008", "2025-01-10")}, plans.Standing{Says: plans.ForCPR, Since: "2026-10-06", Earlier: before}},
		{"a flag that has ended is what was said before", []string{flagged("a", "inactive", "450476008", "2025-01-10"), flagged("b", "active", "304252001", "2026-10-06")}, plans.Standing{Says: plans.ForCPR, Since: "2026-10-06", Earlier: before}},
		{"two moments of one day have an order", []string{flagged("a", "active", "450476008", "2025-01-10T09:00:00Z"), flagged("b", "active", "450475007", "2025-01-10T15:00:00Z")}, plans.Standing{Says: plans.ForCPR, Since: "2025-01-10", Earlier: before}},
		{"the same twice is no contradiction", []string{flagged("a", "active", "450476008", ""), flagged("b", "active", "304253006", "2026-10-06")}, plans.Standing{Says: plans.NotForCPR, Since: "2026-10-06"}},
		{"entered in error was never said", []string{flagged("a", "entered-in-error", "450476008", "2026-10-06")}, plans.Standing{}},
		{"what has ended does not hold", []string{flagged("a", "inactive", "450476008", "2025-01-10")}, plans.Standing{Earlier: before}},
	} {
		t.Run(row.when, func(t *testing.T) {
			if diff := cmp.Diff(row.want, contentOf(t, "", row.with...).CPR); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPlanThatContradictsItselfIsRefused(t *testing.T) {
	for when, flags := range map[string][]string{
		"on one day":          {flagged("a", "active", "450476008", "2026-10-06"), flagged("b", "active", "450475007", "2026-10-06")},
		"without a date":      {flagged("a", "active", "450476008", ""), flagged("b", "active", "450475007", "2026-10-06")},
		"a month and its day": {flagged("a", "active", "450476008", "2026-10"), flagged("b", "active", "450475007", "2026-10-06")},
	} {
		t.Run(when, func(t *testing.T) {
			_, err := put(t, carePlan(`,"title":"A"`, flags...))
			expect(t, err, 422, fhir.Conflict, "CarePlan", "resuscitation")
		})
	}
	both := with(t, flagged("f", "active", "450476008", ""), `"code":"450476008"}`, `"code":"450476008"},{"system":"http://snomed.info/sct","code":"450475007"}`)
	_, err := put(t, carePlan(`,"title":"A"`, both))
	expect(t, err, 422, fhir.Conflict, "CarePlan.contained[1].code", "contradict")
	_, err = put(t, carePlan(`,"title":"A"`, with(t, flagged("f", "active", "comfrot-only", ""), "http://snomed.info/sct", fhir.CeilingSystem)))
	expect(t, err, 422, fhir.Value, "CarePlan.contained[1].code.coding[0]", "comfort-only")
}

func TestAllergies(t *testing.T) {
	allergy := func(members string) string {
		return `{"resourceType":"AllergyIntolerance","id":"a` + hex.EncodeToString([]byte(members))[:8] + `","patient":` + ada + members + `}`
	}
	const penicillin = `,"code":{"coding":[{"system":"http://snomed.info/sct","code":"91936005","display":"Allergy to penicillin"}]}`
	status := func(name, code string) string { return `,"` + name + `":{"coding":[{"code":"` + code + `"}]}` }
	for _, row := range []struct {
		when, members string
		want          []plans.Allergy
	}{
		{"with what happens", penicillin + `,"criticality":"high","reaction":[{"manifestation":[{"text":"Anaphylaxis"}],"severity":"severe"}]`,
			[]plans.Allergy{{To: "Allergy to penicillin", Code: "http://snomed.info/sct|91936005", Reaction: "Anaphylaxis (severe)", Severe: true}}},
		{"one that was refuted is none", penicillin + status("verificationStatus", "refuted"), nil},
		{"one that is resolved says so", penicillin + status("clinicalStatus", "resolved"), []plans.Allergy{{To: "Allergy to penicillin", Code: "http://snomed.info/sct|91936005", Status: "resolved"}}},
		{"one that is not confirmed still holds", penicillin + status("verificationStatus", "unconfirmed"), []plans.Allergy{{To: "Allergy to penicillin", Code: "http://snomed.info/sct|91936005", Status: "unconfirmed"}}},
		{"named by the substance of its reaction", `,"reaction":[{"substance":{"text":"Latex"},"manifestation":[{"text":"Weals"}]}]`, []plans.Allergy{{To: "Latex", Reaction: "Weals"}}},
	} {
		t.Run(row.when, func(t *testing.T) {
			if diff := cmp.Diff(row.want, contentOf(t, "", allergy(row.members)).Allergies); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, err := put(t, carePlan(`,"title":"A"`, allergy(`,"criticality":"low"`)))
	expect(t, err, 422, fhir.Required, "CarePlan.contained[1].code", "to what")
	_, err = put(t, carePlan(`,"title":"A"`, strings.Replace(allergy(penicillin), ada, `{"display":"Ada"}`, 1)))
	expect(t, err, 422, fhir.Required, "CarePlan.contained[1].patient", "Patient")
	other := strings.Replace(allergy(penicillin), ada, `{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000042"}}`, 1)
	if c := contentOf(t, "", other); len(c.Allergies) != 0 {
		t.Error("another patient's allergy is shown")
	}
}

func TestMedicines(t *testing.T) {
	c := contentOf(t, `,"activity":[
		{"detail":{"status":"scheduled","kind":"MedicationRequest","productCodeableConcept":{"text":"Factor VIII"},"quantity":{"value":1500.0,"unit":"IU"},"scheduledString":"at once"}},
		{"detail":{"status":"not-started","doNotPerform":true,"productCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"7947003","display":"Aspirin"}]},"description":"It bleeds."}},
		{"detail":{"status":"entered-in-error","productCodeableConcept":{"text":"Never"}}}]`,
		`{"resourceType":"MedicationStatement","id":"m1","status":"active","subject":`+ada+`,"medicationReference":{"reference":"#med"},"dosage":[{"text":"500 mg twice a day"}]}`,
		`{"resourceType":"Medication","id":"med","code":{"text":"Levetiracetam"}}`,
		`{"resourceType":"MedicationStatement","id":"m2","status":"stopped","subject":`+ada+`,"medicationCodeableConcept":{"text":"Warfarin"},"dosage":[{"doseAndRate":[{"doseQuantity":{"value":1.50,"unit":"mg"}}],"asNeededBoolean":true}]}`,
		`{"resourceType":"MedicationRequest","id":"m3","status":"active","intent":"order","doNotPerform":true,"subject":`+ada+`,"medicationCodeableConcept":{"text":"Ondansetron"}}`)
	want := []plans.Medicine{
		{Use: plans.Give, Name: "Factor VIII", Dose: "1500.0 IU, at once"},
		{Use: plans.Avoid, Name: "Aspirin", Code: "http://snomed.info/sct|7947003", Note: "It bleeds."},
		{Use: plans.Takes, Name: "Levetiracetam", Dose: "500 mg twice a day"},
		{Use: plans.Takes, Name: "Warfarin", Dose: "1.50 mg, as needed", State: "stopped"},
		{Use: plans.Avoid, Name: "Ondansetron"},
	}
	if diff := cmp.Diff(want, c.Medicines); diff != "" {
		t.Error(diff)
	}
	if len(c.Actions)+len(c.Never) != 0 {
		t.Errorf("medicines are shown a second time: %v %v", c.Actions, c.Never)
	}
}

func TestWhatIsAroundThePatient(t *testing.T) {
	body := carePlan(`,"title":"A","careTeam":[{"reference":"#team"}],"author":{"reference":"#role"},"created":"2024-02-01",
		"extension":[{"url":"`+fhir.ReviewDueExtension+`","valueDate":"2026-12-01"}],
		"activity":[{"detail":{"status":"scheduled","kind":"DeviceRequest","description":"Spare tube 3.0"}},{"detail":{"status":"scheduled","kind":"CommunicationRequest","description":"Signs Makaton"}}]`,
		`{"resourceType":"CareTeam","id":"team","name":"ENT","telecom":[{"system":"phone","value":"020 7946 0002","rank":2},{"system":"phone","value":"020 7946 0001","rank":1},{"system":"email","value":"a@example.org"}]}`,
		`{"resourceType":"PractitionerRole","id":"role","code":[{"text":"Consultant ENT surgeon"}],"practitioner":{"display":"Ms Solheim"},"telecom":[{"system":"phone","value":"020 7946 0003"}]}`,
		`{"resourceType":"Device","id":"d","deviceName":[{"name":"Tracheostomy tube 3.5","type":"user-friendly-name"}],"note":[{"text":"uncuffed"}]}`,
		`{"resourceType":"RelatedPerson","id":"r","patient":`+ada+`,"name":[{"text":"Amina"}],"relationship":[{"text":"Mother"}],"telecom":[{"system":"phone","value":"07700 900001"}]}`,
		`{"resourceType":"Provenance","id":"pr","target":[{"reference":"#"}],"recorded":"2026-05-31T23:30:00Z","agent":[{"who":{"display":"x"}}]}`,
		`{"resourceType":"Composition","id":"c","status":"final","type":{"text":"PCSP"},"date":"2025-01-01","author":[{"display":"x"}],"title":"Plan","section":[
			{"title":"About me","text":{"status":"generated","div":"<div>Loves <b>trains</b><script>x()</script></div>"},"section":[{"title":"Home","text":{"status":"generated","div":"<div>With Amina</div>"}}]},
			{"title":"Wishes","emptyReason":{"text":"not asked"}}]}`)
	body = with(t, body, `"birthDate"`, `"communication":[{"language":{"coding":[{"code":"bn"}],"text":"Bengali"}},{"language":{"coding":[{"code":"en-GB"}]}}],"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueBoolean":true}],"contact":[{"name":{"text":"Omar"},"relationship":[{"text":"Father"}]}],"birthDate"`)
	got := mustPut(t, body)
	want := plans.Content{
		Equipment:     []plans.Step{{Text: "Spare tube 3.0"}, {Title: "Tracheostomy tube 3.5", Text: "uncuffed"}},
		Communication: []plans.Step{{Text: "Signs Makaton"}, {Title: "Language", Text: "Bengali"}, {Text: "An interpreter is needed."}},
		Carers:        []plans.Person{{Name: "Amina", Relation: "Mother", Phone: "07700 900001"}, {Name: "Omar", Relation: "Father"}},
		Telephone:     plans.Telephone{Number: "020 7946 0001", Who: "ENT"},
		Role:          "Consultant ENT surgeon", Reviewed: "2026-06-01", ReviewDue: "2026-12-01",
		Sections: []plans.Section{{Title: "About me", Text: "Loves trains"}, {Title: "About me: Home", Text: "With Amina"}, {Title: "Wishes", Text: "Nothing stated: not asked"}},
	}
	if diff := cmp.Diff(want, got.Content); diff != "" {
		t.Error(diff)
	}
}

func TestAttachments(t *testing.T) {
	pdf := []byte("%PDF-1.4 invented")
	encoded, sum := base64.StdEncoding.EncodeToString(pdf), sha256.Sum256(pdf)
	slip := sha1.Sum(pdf) //nolint:gosec // FHIR's Attachment.hash
	document := func(attachment string) string {
		return carePlan(`,"title":"A"`, `{"resourceType":"DocumentReference","id":"d","status":"current","subject":`+ada+`,"date":"2026-10-06T10:00:00Z","content":[{"attachment":{`+attachment+`}}]}`,
			`{"resourceType":"Binary","id":"b","contentType":"application/pdf","data":"`+encoded+`"}`)
	}
	inline := plans.Attachment{Title: "Letter", Type: "application/pdf", Bytes: len(pdf), SHA256: hex.EncodeToString(sum[:]), Dated: "2026-10-06"}
	for _, row := range []struct {
		when, attachment string
		want             plans.Attachment
		shown            bool
	}{
		{"in the attachment", `"contentType":"application/PDF; version=1.4","title":"Letter","data":"` + encoded + `","size":17,"hash":"` + base64.StdEncoding.EncodeToString(slip[:]) + `"`, inline, true},
		{"in a Binary", `"title":"Letter","url":"#b"`, inline, true},
		{"elsewhere", `"contentType":"application/pdf","title":"Letter","url":"https://example.org/letter.pdf"`, plans.Attachment{Title: "Letter", Type: "application/pdf", Dated: "2026-10-06"}, false},
		{"of a type that could run something", `"contentType":"text/html","title":"Letter","data":"` + encoded + `"`, plans.Attachment{Title: "Letter", Type: "text/html", Bytes: len(pdf), SHA256: hex.EncodeToString(sum[:]), Dated: "2026-10-06"}, false},
	} {
		t.Run(row.when, func(t *testing.T) {
			pub, err := fhir.ReadCarePlan([]byte(document(row.attachment)), "ada-1", "RP4", fhir.Limits{})
			if err != nil {
				t.Fatal(explain(err))
			}
			got := pub.Plan.Content.Attachments
			if diff := cmp.Diff([]plans.Attachment{row.want}, got); diff != "" {
				t.Fatal(diff)
			}
			if _, shown := got[0].Shown(); shown != row.shown {
				t.Errorf("shown: %t", shown)
			}
			file, err := fhir.AttachmentOf(pub.Document, got[0])
			if held := got[0].SHA256 != ""; held != (err == nil) || held && string(file) != string(pdf) {
				t.Errorf("the file that is given back is %q, %v", file, err)
			}
		})
	}
	for because, attachment := range map[string]string{
		"data|it is no base64":           `"contentType":"application/pdf","data":"%%%"`,
		"data|it is another kind":        `"contentType":"image/png","data":"` + encoded + `"`,
		"size|the size is another":       `"contentType":"application/pdf","data":"` + encoded + `","size":18`,
		"hash|the hash is of other data": `"contentType":"application/pdf","data":"` + encoded + `","hash":"AAAA"`,
	} {
		member, because, _ := strings.Cut(because, "|")
		t.Run("refused: "+because, func(t *testing.T) {
			_, err := put(t, document(attachment))
			expect(t, err, 422, fhir.Value, "CarePlan.contained[1].content[0].attachment."+member, "data")
		})
	}
}

func TestTheExampleOfTheDocumentsSaysWhatAnAandENeeds(t *testing.T) {
	body, err := os.ReadFile("../docs/examples/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	pub, err := fhir.ReadCarePlan(body, "example-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(explain(err))
	}
	want := plans.Content{
		Kinds: []string{"Emergency health care plan"}, CPR: plans.Standing{Says: plans.ForCPR, Since: "2026-10-06"},
		Ceiling:   plans.Standing{Says: plans.FullTreatment, Since: "2026-10-06"},
		Allergies: []plans.Allergy{{To: "Allergy to penicillin", Code: "http://snomed.info/sct|91936005", Reaction: "Anaphylaxis (severe)", Severe: true}},
		Actions:   []plans.Step{{Text: "Give hydrocortisone 100 mg IM or IV on arrival. Then 0.9% saline and 50 mg every six hours. Telephone the centre: 020 7946 0104."}},
		Never:     []plans.Step{{Text: "Do not wait for blood results before giving hydrocortisone."}},
		Medicines: []plans.Medicine{
			{Use: plans.Give, Name: "Hydrocortisone", Note: "100 mg IM or IV at once, then 50 mg every six hours"},
			{Use: plans.Takes, Name: "Hydrocortisone", Dose: "10 mg, 5 mg and 5 mg a day"},
		},
		Warnings:  []string{"Steroid dependent"},
		Telephone: plans.Telephone{Number: "020 7946 0104", Who: "Endocrine registrar on call"}, ReviewDue: "2027-10-06",
	}
	if diff := cmp.Diff(want, pub.Plan.Content); diff != "" {
		t.Error(diff)
	}
}
