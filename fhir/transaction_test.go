package fhir_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// transaction is a realistic Bundle of an invented patient: Patient, CarePlan (PUT, If-Match 3), Flag (PH) and an allergy.
func transaction(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/transaction.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// with changes a text in a resource, which must be there.
func with(t testing.TB, body string, oldNew ...string) string {
	t.Helper()
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(body, oldNew[i]) {
			t.Fatalf("the resource does not contain %s", oldNew[i])
		}
		body = strings.Replace(body, oldNew[i], oldNew[i+1], 1)
	}
	return body
}

// publish reads a transaction of one plan.
func publish(t testing.TB, body string) plans.Publication {
	t.Helper()
	tr, err := fhir.ReadTransaction([]byte(body), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatalf("the transaction was refused: %s", explain(err))
	}
	if len(tr.Publications) != 1 {
		t.Fatalf("%d plans were read, not 1", len(tr.Publications))
	}
	return tr.Publications[0]
}

// explain writes an outcome out.
func explain(err error) string {
	if o, ok := fhir.AsOutcome(err); ok {
		return string(o.JSON())
	}
	return err.Error()
}

func mustNumber(t testing.TB, s string) plans.NHSNumber {
	t.Helper()
	n, err := plans.ParseNHSNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAWholePlanIsReadOutOfATransaction(t *testing.T) {
	body := transaction(t)
	pub := publish(t, body)
	want := plans.Plan{
		ID: "gosh-1181", Centre: "RP4", Status: plans.Active,
		Patient: plans.Identity{
			NHSNumber: mustNumber(t, "9990000018"), Family: "Testpatient", Given: "Wilhelmina", BirthDate: "2019-02-13", Tracing: plans.Verified, Others: [3]plans.PersonName{{Given: "Billie"}},
			Sex: plans.Female, Postcode: "CM20 1QX",
		},
		Headline: "Adrenal insufficiency: hydrocortisone 50 mg IM at once",
		Urgency:  plans.Critical,
		Sections: []plans.Section{
			{Title: "What to do in an emergency", Text: "Give hydrocortisone before anything else.\nThen call the endocrine registrar."},
			{Title: "Flag", Text: "Steroid dependent"},
			{Title: "Hydrocortisone", Text: "50 mg IM or IV, then 12.50 mg every 6 hours\nAmount a day: 50.0 mg"},
			{Title: "Do not", Text: "Insulin\nHypoglycaemia after insulin in 2024."},
			{Title: "Note", Text: "Mother carries the emergency letter."},
			{Title: "More in the plan", Text: "1 activity stands in a separate record that is not shown here. Ask the centre.\n• Cortisol level"},
		},
		Content: plans.Content{
			Kinds:     []string{"Emergency health care plan"},
			Allergies: []plans.Allergy{{To: "Latex"}},
			Actions: []plans.Step{
				{Text: "Give hydrocortisone before anything else.\nThen call the endocrine registrar."},
				{Title: "Hydrocortisone", Text: "50 mg IM or IV, then 12.50 mg every 6 hours\nAmount a day: 50.0 mg"},
			},
			Never:    []plans.Step{{Title: "Insulin", Text: "Hypoglycaemia after insulin in 2024."}},
			Warnings: []string{"Steroid dependent"},
			Sections: []plans.Section{
				{Title: "Note", Text: "Mother carries the emergency letter."},
				{Title: "More in the plan", Text: "1 activity stands in a separate record that is not shown here. Ask the centre.\n• Cortisol level"},
			},
		},
		Author: "Endocrinology, Great Ormond Street Hospital",
		From:   time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		To:     time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC), // the end of 24 October in London, summer time

		Categories: []string{"887701000000100"},
	}
	if diff := cmp.Diff(want, pub.Plan, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
		t.Error("the plan differs (- want, + read):\n" + diff)
	}
	if pub.IfMatch != 3 || pub.MustBeNew {
		t.Errorf("IfMatch %d, MustBeNew %t; want 3 and false", pub.IfMatch, pub.MustBeNew)
	}
	again := publish(t, body)
	if !bytes.Equal(pub.Document, again.Document) {
		t.Error("the same request made another document, so that a repeat would be a new version")
	}
}

func TestAPostedPlanGetsANewID(t *testing.T) {
	body := with(t, transaction(t), `"PUT", "url": "CarePlan/gosh-1181", "ifMatch": "W/\"3\""`, `"POST", "url": "CarePlan"`)
	first, second := publish(t, body), publish(t, body)
	if _, err := uuid.Parse(first.Plan.ID); err != nil || first.Plan.ID == second.Plan.ID {
		t.Errorf("ids %q and %q; want two different UUIDs", first.Plan.ID, second.Plan.ID)
	}
	if !first.MustBeNew || first.IfMatch != 0 {
		t.Errorf("MustBeNew %t, IfMatch %d; want true and 0", first.MustBeNew, first.IfMatch)
	}
}

func TestSeveralPlansInOneTransaction(t *testing.T) {
	second := `,{"resource":{"resourceType":"CarePlan","id":"two","status":"active","intent":"plan","title":"Second plan",
		"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0026"}}},"request":{"method":"PUT","url":"CarePlan/two"}}
	]}`
	body := transaction(t)
	body = strings.TrimSuffix(strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(body), "}"), " \n"), "]") + second
	tr, err := fhir.ReadTransaction([]byte(body), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(tr.Publications) != 2 {
		t.Fatalf("%d plans were read, not 2", len(tr.Publications))
	}
	p := tr.Publications[1].Plan
	if p.Patient.NHSNumber != mustNumber(t, "9990000026") || p.Urgency != plans.Urgent || p.Headline != "Second plan" {
		t.Errorf("the second plan is %v, %s, %q; the flag of the first patient must not count for it", p.Patient, p.Urgency, p.Headline)
	}
	if bytes.Equal(tr.Publications[0].Document, tr.Publications[1].Document) {
		t.Error("both plans have the same document, so that they could not be told apart")
	}

	response := tr.Response([]fhir.Result{
		{ID: "gosh-1181", Version: 4, LastUpdated: time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)},
		{ID: "two", Version: 1, Created: true, LastUpdated: time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)},
	})
	var bundle struct {
		ResourceType, Type string
		Entry              []struct {
			Response struct{ Status, Location, Etag, LastModified string }
		}
	}
	if err := json.Unmarshal(response, &bundle); err != nil {
		t.Fatal(err)
	}
	if bundle.ResourceType != "Bundle" || bundle.Type != "transaction-response" || len(bundle.Entry) != 5 {
		t.Fatalf("the response is a %s of type %s with %d entries", bundle.ResourceType, bundle.Type, len(bundle.Entry))
	}
	if got := bundle.Entry[1].Response; got.Status != "200 OK" || got.Etag != `W/"4"` || got.Location != "CarePlan/gosh-1181/_history/4" || got.LastModified != "2026-11-22T14:02:10.000Z" {
		t.Errorf("the answer for the first plan is %+v", got)
	}
	if got := bundle.Entry[4].Response; got.Status != "201 Created" || got.Location != "CarePlan/two/_history/1" {
		t.Errorf("the answer for the second plan is %+v", got)
	}
	if got := bundle.Entry[0].Response; got.Location != "Patient/gosh-1181.0/_history/4" || got.Status != "200 OK" || got.Etag != `W/"4"` {
		t.Errorf("the answer for the Patient is %+v; it is a part of the first plan", got)
	}
}

func TestRefusedTransactions(t *testing.T) {
	const patient = `"reference": "urn:uuid:6b1d1a6e-1f0a-4d8a-9a55-0d7e1e2b0001"}`
	long := strings.Repeat("x", 141)
	for _, row := range []struct {
		because    string
		change     []string
		status     int
		code       fhir.Code
		expression string
		says       string
	}{
		{"the NHS number has a wrong check digit", []string{`"9990000018"`, `"9990000019"`}, 422, fhir.Value, "Bundle.entry[0].resource.identifier[1].value", "check digit"},
		{"the NHS number is too short", []string{`"9990000018"`, `"999000001"`}, 422, fhir.Value, "Bundle.entry[0].resource.identifier[1].value", "ten digits"},
		{"the NHS number is sent as a number", []string{`"9990000018"`, `9990000018`}, 400, fhir.Structure, "Bundle.entry[0].resource.identifier[1].value", "double quotes"},
		{"there is no NHS number", []string{`Id/nhs-number`, `Id/other-number`}, 422, fhir.Required, "Bundle.entry[0].resource.identifier", "nhs-number"},
		{"the NHS number is an old one", []string{`"value": "9990000018"`, `"use": "old", "value": "9990000018"`}, 422, fhir.Required, "Bundle.entry[0].resource.identifier", "not old"},
		{"the patient has two NHS numbers", []string{`https://hospital.example/mrn`, fhir.NHSNumberSystem, `GOS-1181`, `9990000026`}, 422, fhir.Conflict, "Bundle.entry[0].resource.identifier[1].value", "two different"},
		{"the birth date is not in the calendar", []string{`"2019-02-13"`, `"2019-02-29"`}, 422, fhir.Value, "Bundle.entry[0].resource.birthDate", "calendar"},
		{"the birth date has a time", []string{`"birthDate": "2019-02-13"`, `"birthDate": "2019-02-13T00:00:00Z"`}, 422, fhir.Value, "Bundle.entry[0].resource.birthDate", "YYYY-MM-DD"},
		{"the gender is not one of the four", []string{`"female"`, `"F"`}, 422, fhir.Value, "Bundle.entry[0].resource.gender", "male, female, other, unknown"},
		{"the status is missing", []string{`"status": "active",
        "intent"`, `"intent"`}, 422, fhir.Required, "Bundle.entry[1].resource.status", "required"},
		{"the status is not known", []string{`"active"`, `"live"`}, 422, fhir.Value, "Bundle.entry[1].resource.status", "entered-in-error"},
		{"the status is written with a capital", []string{`"status": "active",
        "intent"`, `"Status": "active", "intent"`}, 400, fhir.Structure, "Bundle.entry[1].resource.Status", "case"},
		{"the intent is missing", []string{`"intent": "plan",`, ``}, 422, fhir.Required, "Bundle.entry[1].resource.intent", "required"},
		{"the subject is missing", []string{`"subject": {` + patient + `,
        "period"`, `"period"`}, 422, fhir.Required, "Bundle.entry[1].resource.subject", "required"},
		{"the subject is not in the Bundle", []string{`"subject": {` + patient, `"subject": {"reference": "Patient/1"}`}, 422, fhir.NotFound, "Bundle.entry[1].resource.subject.reference", "Send it along"},
		{"the subject is a Group", []string{`"resourceType": "Patient"`, `"resourceType": "Group"`, `"url": "Patient"`, `"url": "Group"`}, 422, fhir.NotSupported, "Bundle.entry[1].resource.subject", "Patient"},
		{"the subject's number is another patient's", []string{`"subject": {` + patient, `"subject": {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000026"}, ` + patient}, 422, fhir.Conflict, "Bundle.entry[1].resource.subject.identifier.value", "not that of the Patient"},
		{"the headline is too long", []string{"Adrenal insufficiency: hydrocortisone 50 mg IM at once", long}, 422, fhir.TooLong, "Bundle.entry[1].resource.title", "141 characters"},
		{"the author is another organisation", []string{`"value": "RP4"`, `"value": "RAL"`}, 403, fhir.Forbidden, "Bundle.entry[1].resource.author", "another organisation"},
		{"the period ends before it starts", []string{`"2026-10-24"`, `"2026-02-01"`}, 422, fhir.Invariant, "Bundle.entry[1].resource.period", "before"},
		{"a modifier extension is not known", []string{`"intent": "plan"`, `"modifierExtension": [{"url": "http://example.org/not", "valueBoolean": true}], "intent": "plan"`}, 422, fhir.Extension, "Bundle.entry[1].resource.modifierExtension", "modifierExtension"},
		{"a modifier extension hides in a resource that is not read", []string{`"code": {"text": "Latex"}`, `"code": {"text": "Latex"}, "modifierExtension": [{"url": "http://example.org/not", "valueBoolean": true}]`}, 422, fhir.Extension, "Bundle.entry[3].resource.modifierExtension", "modifierExtension"},
		{"implicit rules are named", []string{`"intent": "plan"`, `"implicitRules": "http://example.org/rules", "intent": "plan"`}, 422, fhir.NotSupported, "Bundle.entry[1].resource.implicitRules", "rules"},
		{"a resource type is invented", []string{`"AllergyIntolerance"`, `"Allergy"`}, 400, fhir.Structure, "Bundle.entry[3].resource.resourceType", "R4"},
		{"an element that repeats is sent once", []string{`"note": [{"time": "2026-02-28T09:00:00Z", "text": "Mother carries the emergency letter."}]`, `"note": {"text": "once"}`}, 400, fhir.Structure, "Bundle.entry[1].resource.note", "array"},
		{"doNotPerform is text", []string{`"doNotPerform": true`, `"doNotPerform": "true"`}, 400, fhir.Structure, "Bundle.entry[1].resource.activity[1].detail.doNotPerform", "without quotes"},
		{"a patient is both dead and dead since", []string{`"gender": "female"`, `"deceasedBoolean": true, "deceasedDateTime": "2026-01-01", "gender": "female"`}, 400, fhir.Structure, "Bundle.entry[0].resource.deceasedDateTime", "deceased[x]"},
		{"the priority is not one of the four", []string{`"PH"`, `"HIGH"`}, 422, fhir.Value, "Bundle.entry[2].resource.extension[0]", "PN, PL, PM, PH"},
		{"the flag does not say about whom", []string{`"code": {"text": "Steroid dependent"},
        "subject": {` + patient, `"code": {"text": "Steroid dependent"}`}, 422, fhir.Required, "Bundle.entry[2].resource.subject", "required"},
		{"the Bundle is a batch", []string{`"transaction"`, `"batch"`}, 422, fhir.NotSupported, "Bundle.type", "transaction"},
		{"the Bundle has no type", []string{`"type": "transaction",`, ``}, 422, fhir.Required, "Bundle.type", "required"},
		{"a plan is to be deleted", []string{`"method": "PUT"`, `"method": "DELETE"`}, 422, fhir.NotSupported, "Bundle.entry[1].request.method", "revoked"},
		{"an entry has no request", []string{`,
      "request": {"method": "POST", "url": "Flag"}`, ``}, 422, fhir.Required, "Bundle.entry[2].request", "request"},
		{"the url names another id", []string{`"CarePlan/gosh-1181"`, `"CarePlan/other"`}, 422, fhir.Value, "Bundle.entry[1].resource.id", "url"},
		{"the url names another type", []string{`"url": "Flag"`, `"url": "Goal"`}, 422, fhir.Value, "Bundle.entry[2].request.url", "Flag"},
		{"ifNoneExist stands beside a PUT", []string{`"method": "PUT"`, `"ifNoneExist": "identifier=1", "method": "PUT"`}, 422, fhir.NotSupported, "Bundle.entry[1].request.ifNoneExist", "POST"},
		{"ifNoneExist is not by identifier", []string{`"PUT", "url": "CarePlan/gosh-1181", "ifMatch": "W/\"3\""`, `"POST", "url": "CarePlan", "ifNoneExist": "status=active"`}, 422, fhir.NotSupported, "Bundle.entry[1].request.ifNoneExist", "identifier=system|value"},
		{"a conditional update is not by identifier", []string{`CarePlan/gosh-1181`, `CarePlan?title=x`}, 422, fhir.NotSupported, "Bundle.entry[1].request.url", "identifier=system|value"},
		{"a conditional update is of another type", []string{`CarePlan/gosh-1181`, `Flag?identifier=x`}, 422, fhir.Value, "Bundle.entry[1].request.url", "CarePlan?"},
		{"something is to be read", []string{`"method": "POST", "url": "Flag"`, `"method": "GET", "url": "Flag"`}, 422, fhir.NotSupported, "Bundle.entry[2].request.method", "batch"},
		{"one resource is written twice", []string{`"method": "POST", "url": "Flag"`, `"method": "PUT", "url": "Flag/f"`, `"resourceType": "Flag"`, `"resourceType": "Flag", "id": "f"`,
			`"method": "POST", "url": "AllergyIntolerance"`, `"method": "PUT", "url": "Flag/f"`, `"resourceType": "AllergyIntolerance"`, `"resourceType": "Flag", "status": "active", "id": "f"`}, 422, fhir.Duplicate, "Bundle.entry[3].request.url", "once"},
		{"ifMatch is no ETag", []string{`"W/\"3\""`, `"3"`}, 422, fhir.Value, "Bundle.entry[1].request.ifMatch", "W/"},
		{"two entries have one fullUrl", []string{`0001",
      "resource"`, `0002",
      "resource"`}, 422, fhir.Duplicate, "Bundle.entry[1].fullUrl", "same"},
		{"there is no CarePlan", []string{`"resourceType": "CarePlan"`, `"resourceType": "Basic"`, `"CarePlan/gosh-1181"`, `"Basic/gosh-1181"`}, 422, fhir.Required, "Bundle.entry", "CarePlan"},
	} {
		t.Run(row.because, func(t *testing.T) {
			_, err := fhir.ReadTransaction([]byte(with(t, transaction(t), row.change...)), "RP4", fhir.Limits{})
			expect(t, err, row.status, row.code, row.expression, row.says)
		})
	}
}

// expect checks that an error refuses with a status, and with an issue of the code at the element that says something.
func expect(t *testing.T, err error, status int, code fhir.Code, expression, says string) {
	t.Helper()
	o, ok := fhir.AsOutcome(err)
	if !ok {
		t.Fatalf("the answer is %v, not an outcome", err)
	}
	if o.Status != status {
		t.Errorf("the status is %d, not %d: %s", o.Status, status, o.JSON())
	}
	for _, i := range o.Issues {
		if i.Code == code && i.Expression == expression && strings.Contains(i.Diagnostics, says) {
			return
		}
	}
	t.Errorf("no issue %s at %s says %q: %s", code, expression, says, o.JSON())
}

func TestAnAnswerNeverQuotesThePatient(t *testing.T) {
	body := with(t, transaction(t), `"9990000018"`, `"9990000019"`, `"2019-02-13"`, `"2019-02-31"`, `"female"`, `"Wilhelmina"`)
	_, err := fhir.ReadTransaction([]byte(body), "RP4", fhir.Limits{})
	o, ok := fhir.AsOutcome(err)
	if !ok {
		t.Fatalf("the answer is %v", err)
	}
	for _, secret := range []string{"9990000019", "999 000", "2019", "Wilhelmina", "Testpatient"} {
		if strings.Contains(string(o.JSON()), secret) || strings.Contains(err.Error(), secret) {
			t.Errorf("the answer quotes %q: %s", secret, o.JSON())
		}
	}
}

func TestSeveralFaultsAreToldAtOnce(t *testing.T) {
	body := with(t, transaction(t), `"9990000018"`, `"1"`, `"intent": "plan",`, ``, `"PH"`, `"X"`)
	_, err := fhir.ReadTransaction([]byte(body), "RP4", fhir.Limits{})
	o, ok := fhir.AsOutcome(err)
	if !ok || len(o.Issues) != 3 || o.Status != http.StatusUnprocessableEntity {
		t.Errorf("want three issues and 422: %s", explain(err))
	}
}
