package fhir_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// carePlan is a CarePlan with a contained Patient; members are added before the closing brace, contained resources after the Patient.
func carePlan(members string, contained ...string) string {
	inside := `{"resourceType":"Patient","id":"pat","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000034"}],` +
		`"name":[{"family":"Testpatient","given":["Ada"]}],"birthDate":"1980-02-13"}`
	for _, c := range contained {
		inside += "," + c
	}
	return `{"resourceType":"CarePlan","id":"ada-1","contained":[` + inside + `],"status":"active","intent":"plan","subject":{"reference":"#pat"}` + members + `}`
}

func put(t testing.TB, body string) (plans.Plan, error) {
	t.Helper()
	pub, err := fhir.ReadCarePlan([]byte(body), "ada-1", "RP4", fhir.Limits{})
	return pub.Plan, err
}

func mustPut(t testing.TB, body string) plans.Plan {
	t.Helper()
	p, err := put(t, body)
	if err != nil {
		t.Fatalf("the plan was refused: %s", explain(err))
	}
	return p
}

func TestACarePlanWithItsPatientInside(t *testing.T) {
	body := carePlan(`,"title":"Sickle cell crisis"`)
	pub, err := fhir.ReadCarePlan([]byte(body), "ada-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(explain(err))
	}
	want := plans.Plan{
		ID: "ada-1", Centre: "RP4", Status: plans.Active, Headline: "Sickle cell crisis", Urgency: plans.Urgent,
		Patient: plans.Identity{NHSNumber: mustNumber(t, "9990000034"), Family: "Testpatient", Given: "Ada", BirthDate: "1980-02-13"},
	}
	if diff := cmp.Diff(want, pub.Plan, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
		t.Error("the plan differs (- want, + read):\n" + diff)
	}
	if string(pub.Document) != body {
		t.Error("the document is not the body as it was received")
	}
}

func TestRefusedCarePlans(t *testing.T) {
	for _, row := range []struct {
		because    string
		body       string
		status     int
		code       fhir.Code
		expression string
		says       string
	}{
		{"the id is another than in the address", with(t, carePlan(`,"title":"A"`), "ada-1", "ada-2"), 400, fhir.Value, "CarePlan.id", "equal the id"},
		{"the id is missing", with(t, carePlan(`,"title":"A"`), `"id":"ada-1",`, ``), 400, fhir.Value, "CarePlan.id", "equal the id"},
		{"it is a Bundle", `{"resourceType":"Bundle","type":"transaction"}`, 422, fhir.NotSupported, "Bundle", "CarePlan"},
		{"it has no type", `{"status":"active"}`, 400, fhir.Structure, "CarePlan.resourceType", "R4"},
		{"nothing can be a headline", carePlan(``), 422, fhir.Required, "CarePlan.title", "headline"},
		{"the title is blank", carePlan(`,"title":"  "`), 422, fhir.Value, "CarePlan.title", "empty"},
		{"the first line of the description is too long for a headline", carePlan(`,"description":"` + strings.Repeat("ä", 150) + `"`), 422, fhir.TooLong, "CarePlan.description", "150 characters"},
		{"the contained patient is not there", with(t, carePlan(`,"title":"A"`), "#pat", "#tap"), 422, fhir.NotFound, "CarePlan.subject.reference", "contained"},
		{"the subject has only a display", with(t, carePlan(`,"title":"A"`), `"reference":"#pat"`, `"display":"Ada"`), 422, fhir.Required, "CarePlan.subject", "identifier"},
		{"the subject's NHS number is not valid", with(t, carePlan(`,"title":"A"`), `"reference":"#pat"`, `"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"3333333333"}`), 422, fhir.Value, "CarePlan.subject.identifier.value", "equal digits"},
		{"the NHS number has no value", with(t, carePlan(`,"title":"A"`), `,"value":"9990000034"`, ``), 422, fhir.Required, "CarePlan.contained[0].identifier[0].value", "ten digits"},
		{"the contained author organisation is another", carePlan(`,"title":"A","author":{"reference":"#org"}`, `{"resourceType":"Organization","id":"org","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RJZ"}]}`), 403, fhir.Forbidden, "CarePlan.author", "another organisation"},
		{"the author's role is at another organisation", carePlan(`,"title":"A","author":{"reference":"#role"}`, `{"resourceType":"PractitionerRole","id":"role","organization":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RJZ"}}}`), 403, fhir.Forbidden, "CarePlan.author", "another organisation"},
		{"none of the contributors is the centre", carePlan(`,"title":"A","contributor":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RJZ"}}]`), 403, fhir.Forbidden, "CarePlan.contributor", "another organisation"},
		{"an activity has an unknown status", carePlan(`,"title":"A","activity":[{"detail":{"status":"soon","description":"B"}}]`), 422, fhir.Value, "CarePlan.activity[0].detail.status", "scheduled"},
		{"the end of the period is the 31st of June", carePlan(`,"title":"A","period":{"end":"2026-06-31"}`), 422, fhir.Value, "CarePlan.period.end", "calendar"},
		{"an extension has a value and extensions", carePlan(`,"title":"A","extension":[{"url":"http://example.org/a","valueString":"b","extension":[{"url":"c","valueString":"d"}]}]`), 422, fhir.Invariant, "CarePlan.extension[0]", "either"},
		{"an extension has no url", carePlan(`,"title":"A","extension":[{"valueString":"b"}]`), 422, fhir.Required, "CarePlan.extension[0].url", "required"},
		{"an array is empty", carePlan(`,"title":"A","note":[]`), 400, fhir.Structure, "CarePlan.note", "empty"},
		{"an element is null", carePlan(`,"title":null`), 400, fhir.Structure, "CarePlan.title", "double quotes"},
	} {
		t.Run(row.because, func(t *testing.T) {
			_, err := put(t, row.body)
			expect(t, err, row.status, row.code, row.expression, row.says)
		})
	}
}

func TestTheHeadline(t *testing.T) {
	flag := func(words string) string {
		return `{"resourceType":"Flag","id":"f","status":"active","code":` + words + `,"subject":{"reference":"#pat"}}`
	}
	for _, row := range []struct{ when, body, want string }{
		{"is the title, on one line", carePlan(`,"title":" Long  QT:\n no ondansetron ","description":"Other"`, flag(`{"text":"Flag"}`)), "Long QT: no ondansetron"},
		{"is the flag's text when there is no title", carePlan(`,"description":"Other"`, flag(`{"text":"Not for CPR"}`)), "Not for CPR"},
		{"is the flag's display when it has no text", carePlan(`,"description":"Other"`, flag(`{"coding":[{"code":"450476008","display":"Not for attempted CPR"}]}`)), "Not for attempted CPR"},
		{"is the first line of the description otherwise", carePlan(`,"description":"Call haematology.\nThen wait."`), "Call haematology."},
		{"never holds marks that turn the direction of writing", carePlan(`,"title":"not \u202efor\u202c CPR\u0085"`), "not for CPR"},
		{"keeps markup as the text that it is", carePlan(`,"title":"<b>BP < 90</b>"`), "<b>BP < 90</b>"},
		{"may be 140 characters long, however many bytes", carePlan(`,"title":"` + strings.Repeat("ŵ", 140) + `"`), strings.Repeat("ŵ", 140)},
	} {
		t.Run(row.when, func(t *testing.T) {
			if got := mustPut(t, row.body).Headline; got != row.want {
				t.Errorf("the headline is %q, not %q", got, row.want)
			}
		})
	}
}

func TestTheUrgency(t *testing.T) {
	priority := func(code string) string {
		return `"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/flag-priority","valueCodeableConcept":{"coding":[{"code":"` + code + `"}]}}]`
	}
	flag := func(status, subject, code string) string {
		return `{"resourceType":"Flag","id":"f` + code + `",` + priority(code) + `,"status":"` + status + `","code":{"text":"F"},"subject":` + subject + `}`
	}
	const ada = `{"reference":"#pat"}`
	const other = `{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000042"}}`
	for _, row := range []struct {
		when, body string
		want       plans.Urgency
	}{
		{"nothing is said", carePlan(`,"title":"A"`), plans.Urgent},
		{"a flag without a priority", carePlan(`,"title":"A"`, `{"resourceType":"Flag","id":"f","status":"active","code":{"text":"F"},"subject":{"reference":"#pat"}}`), plans.Urgent},
		{"no priority", carePlan(`,"title":"A"`, flag("active", ada, "PN")), plans.Routine},
		{"low", carePlan(`,"title":"A"`, flag("active", ada, "PL")), plans.Routine},
		{"medium", carePlan(`,"title":"A"`, flag("active", ada, "PM")), plans.Urgent},
		{"high", carePlan(`,"title":"A"`, flag("active", ada, "PH")), plans.Critical},
		{"the highest of several", carePlan(`,"title":"A"`, flag("active", ada, "PL"), flag("active", ada, "PH"), flag("active", ada, "PM")), plans.Critical},
		{"on the plan itself", carePlan(`,"title":"A",` + priority("PH")), plans.Critical},
		{"an inactive flag does not count", carePlan(`,"title":"A"`, flag("inactive", ada, "PH")), plans.Urgent},
		{"a flag entered in error does not count", carePlan(`,"title":"A"`, flag("entered-in-error", ada, "PH")), plans.Urgent},
		{"another patient's flag does not count", carePlan(`,"title":"A"`, flag("active", other, "PH")), plans.Urgent},
		{"a flag that names the patient by number counts", carePlan(`,"title":"A"`, flag("active", strings.Replace(other, "9990000042", "9990000034", 1), "PH")), plans.Critical},
	} {
		t.Run(row.when, func(t *testing.T) {
			if got := mustPut(t, row.body).Urgency; got != row.want {
				t.Errorf("the urgency is %q, not %q", got, row.want)
			}
		})
	}
}

func TestTheSections(t *testing.T) {
	activity := func(detail string) string { return carePlan(`,"title":"A","activity":[{"detail":{` + detail + `}}]`) }
	narrative := func(div string) string {
		return carePlan(`,"title":"A","text":{"status":"generated","div":` + div + `}`)
	}
	for _, row := range []struct {
		when, body string
		want       []plans.Section
	}{
		{"what must not be done says so", activity(`"status":"scheduled","doNotPerform":true,"code":{"text":"Ondansetron"}`), []plans.Section{{Title: "Do not", Text: "Ondansetron"}}},
		{"a code without a description is the text", activity(`"status":"scheduled","code":{"text":"Oxygen"}`), []plans.Section{{Text: "Oxygen"}}},
		{"what was stopped says so", activity(`"status":"stopped","code":{"text":"Warfarin"},"description":"Bleeding"`), []plans.Section{{Title: "Warfarin (stopped)", Text: "Bleeding"}}},
		{"what was cancelled says so without a title", activity(`"status":"cancelled","description":"Scan"`), []plans.Section{{Title: "(cancelled)", Text: "Scan"}}},
		{"what was entered in error is not shown", activity(`"status":"entered-in-error","description":"Scan"`), nil},
		{"a medicine with its amount, digits as sent", activity(`"status":"scheduled","productCodeableConcept":{"text":"Factor VIII"},"quantity":{"value":1500.0,"unit":"IU"},"scheduledString":"at once"`), []plans.Section{{Text: "Product: Factor VIII\nWhen: at once\nAmount: 1500.0 IU"}}},
		{"a goal that is contained", carePlan(`,"title":"A","goal":[{"reference":"#g"}]`, `{"resourceType":"Goal","id":"g","lifecycleStatus":"active","description":{"text":"To be at home"},"subject":{"reference":"#pat"}}`), []plans.Section{{Title: "Goal", Text: "To be at home"}}},
		{"a goal that was given up is not shown", carePlan(`,"title":"A","goal":[{"reference":"#g"}]`, `{"resourceType":"Goal","id":"g","lifecycleStatus":"cancelled","description":{"text":"To be at home"},"subject":{"reference":"#pat"}}`), nil},
		{"the narrative when nothing else has text", narrative(`"<div xmlns=\"http://www.w3.org/1999/xhtml\"><h1>Plan</h1><p>Give <b>oxygen</b>\nby mask &amp; call.</p><ul><li>one</li><li>two</li></ul></div>"`), []plans.Section{{Text: "Plan\nGive oxygen by mask & call.\n• one\n• two"}}},
		{"a script in the narrative is dropped", narrative(`"<div>A<script>alert('<p>x</p>')</script>B<style>p{}</style></div>"`), []plans.Section{{Text: "AB"}}},
		{"markup that is written as text stays text", narrative(`"<div>&lt;script&gt;x&lt;/script&gt;</div>"`), []plans.Section{{Text: "<script>x</script>"}}},
		{"a comparison is not a tag", narrative(`"<div>BP < 90 or <5</div>"`), []plans.Section{{Text: "BP < 90 or <5"}}},
		{"an attribute may hold the end of a tag", narrative(`"<div><p title=\"a>b\">C</p></div>"`), []plans.Section{{Text: "C"}}},
		{"a tag without an end keeps its words", narrative(`"<div>A<p title=\"b"`), []plans.Section{{Text: `A<p title="b`}}},
		{"what is struck out is marked", narrative(`"<div>Give <del>10</del> 5 mg</div>"`), []plans.Section{{Text: "Give [struck out: 10] 5 mg"}}},
		{"comments are dropped", narrative(`"<div>A<!-- <p>b</p> -->C</div>"`), []plans.Section{{Text: "AC"}}},
		{"the narrative does not repeat what has its own element", carePlan(`,"title":"A","description":"B","text":{"status":"generated","div":"<div>B</div>"}`), []plans.Section{{Title: "What to do in an emergency", Text: "B"}}},
	} {
		t.Run(row.when, func(t *testing.T) {
			if diff := cmp.Diff(row.want, mustPut(t, row.body).Sections); diff != "" {
				t.Error("the sections differ (- want, + read):\n" + diff)
			}
		})
	}
}

func TestThePeriod(t *testing.T) {
	for _, row := range []struct {
		when, start, end string
		from, to         string
	}{
		{"a day in summer ends at 23:00 UTC", "2026-06-01", "2026-06-30", "2026-05-31T23:00:00Z", "2026-06-30T23:00:00Z"},
		{"a day in winter ends at midnight UTC", "2026-01-01", "2026-01-31", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"},
		{"the day the clocks go forward has 23 hours", "2026-03-29", "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"},
		{"the day the clocks go back has 25 hours", "2026-10-25", "2026-10-25", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"},
		{"the 29th of February of a leap year exists", "2028-02-29", "2028-02-29", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"},
		{"a month ends with its last day", "2026-02", "2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"a year ends with its last day", "2026", "2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"an instant is itself, in any zone", "2026-06-01T10:00:00+01:00", "2026-06-01T12:00:00.500Z", "2026-06-01T09:00:00Z", "2026-06-01T12:00:00.5Z"},
		{"a leap second is the moment after", "2016-12-31T23:59:60Z", "2026-06-01T12:00:00Z", "2017-01-01T00:00:00Z", "2026-06-01T12:00:00Z"},
	} {
		t.Run(row.when, func(t *testing.T) {
			p := mustPut(t, carePlan(`,"title":"A","period":{"start":"`+row.start+`","end":"`+row.end+`"}`))
			if got := p.From.Format(time.RFC3339Nano); got != row.from {
				t.Errorf("it begins at %s, not %s", got, row.from)
			}
			if got := p.To.Format(time.RFC3339Nano); got != row.to {
				t.Errorf("it ends at %s, not %s", got, row.to)
			}
		})
	}
}

func TestDatesThatAreNone(t *testing.T) {
	for _, date := range []string{
		"0000", "26", "2026-13", "2026-02-29", "2100-02-29", "2026-1-1", "13/02/2026", "2026-06-01T10:00", "2026-06-01T10:00:00", "2026-06-01T1:02:03Z",
		"2026-06-01T24:00:00Z", "2026-06-01T10:00:61Z", "2026-06-01 10:00:00Z", "2026-06-01T10:00:00,5Z", "2026-06-01T10:00:00+15:00", "2026-06-01T10:00:00.Z",
	} {
		_, err := put(t, carePlan(`,"title":"A","period":{"start":"`+date+`"}`))
		if err == nil {
			t.Errorf("the dateTime %q was taken", date)
			continue
		}
		expect(t, err, 422, fhir.Value, "CarePlan.period.start", "calendar")
	}
}

func TestTheAuthor(t *testing.T) {
	organisation := `{"resourceType":"Organization","id":"org","name":"Great Ormond Street","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"rp4"}]}`
	doctor := `{"resourceType":"Practitioner","id":"doc","name":[{"family":"Exampleson","given":["Ida"]}]}`
	role := `{"resourceType":"PractitionerRole","id":"role","practitioner":{"reference":"#doc"},"organization":{"reference":"#org"}}`
	for _, row := range []struct{ when, author, want string }{
		{"as the plan shows it", `{"display":"Dr Ida Exampleson"}`, "Dr Ida Exampleson"},
		{"the organisation's name", `{"reference":"#org"}`, "Great Ormond Street"},
		{"the doctor's name", `{"reference":"#doc"}`, "Ida Exampleson"},
		{"the doctor of the role, whose organisation is the centre", `{"reference":"#role"}`, "Ida Exampleson"},
		{"nobody we can name", `{"reference":"https://example.org/Practitioner/1"}`, ""},
	} {
		t.Run(row.when, func(t *testing.T) {
			if got := mustPut(t, carePlan(`,"title":"A","author":`+row.author, organisation, doctor, role)).Author; got != row.want {
				t.Errorf("the author is %q, not %q", got, row.want)
			}
		})
	}
	t.Run("contributors from elsewhere are welcome when the author is the centre", func(t *testing.T) {
		mustPut(t, carePlan(`,"title":"A","author":{"reference":"#org"},"contributor":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RJZ"}}]`, organisation))
	})
}

func TestThePatientMayBeNamedByNumberOnly(t *testing.T) {
	body := `{"resourceType":"CarePlan","id":"ada-1","status":"active","intent":"plan","title":"A","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0042"}}}`
	p := mustPut(t, body)
	if p.Patient != (plans.Identity{NHSNumber: mustNumber(t, "9990000042")}) {
		t.Error("the patient is not the number alone")
	}
}

func TestTheNameThatIsShown(t *testing.T) {
	for _, row := range []struct{ when, names, family, given string }{
		{"official before usual", `[{"use":"usual","family":"U"},{"use":"official","family":"O","given":["A","B"]}]`, "O", "A B"},
		{"usual before one without a use", `[{"family":"N"},{"use":"usual","family":"U"}]`, "U", ""},
		{"never an old one while there is another", `[{"use":"old","family":"Z"},{"use":"temp","family":"T"}]`, "T", ""},
		{"the text where there are no parts", `[{"text":"Ada T"}]`, "Ada T", ""},
		{"an official name without words gives way", `[{"use":"official","prefix":["Dr"]},{"use":"usual","family":"U"}]`, "U", ""},
	} {
		t.Run(row.when, func(t *testing.T) {
			p := mustPut(t, with(t, carePlan(`,"title":"A"`), `[{"family":"Testpatient","given":["Ada"]}]`, row.names))
			if p.Patient.Family != row.family || p.Patient.Given != row.given {
				t.Errorf("the name is %q, %q; want %q, %q", p.Patient.Family, p.Patient.Given, row.family, row.given)
			}
		})
	}
}

func TestThePlansKindIsToldByItsCodes(t *testing.T) {
	p := mustPut(t, carePlan(`,"title":"Sickle cell crisis","category":[
		{"coding":[{"system":"http://snomed.info/sct","code":"736373009","display":"anything"},{"system":"http://example.org/local","code":"crisis"}]},
		{"text":"736366004"},{"coding":[{"system":"http://snomed.info/sct","code":"736373009"},{"system":"http://snomed.info/sct","code":"325691000000100"}]}]`))
	if diff := cmp.Diff([]string{"736373009", "325691000000100"}, p.Categories); diff != "" {
		t.Error(diff)
	}
}
