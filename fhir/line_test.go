package fhir_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
)

var yesterday = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

const linePatient = `{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}`

func TestAPlanIsWrittenAsALineThatCanBePublishedAgain(t *testing.T) {
	alone := `{"resourceType":"CarePlan","id":"a",` + "\r\n\t" + `"status":"active","intent":"plan","title":"Two\nlines \u00e9","subject":{"reference":"#p"},"contained":[` + linePatient + `]}`
	inBundle := `{ "resourceType":"Bundle","type":"transaction","entry":[
		{"fullUrl":"urn:uuid:1","resource":` + linePatient + `,"request":{"method":"PUT","url":"Patient/p"}},
		{"resource":{"resourceType":"CarePlan","status":"active","intent":"plan","title":"H","meta":{"source":"urn:x"},"subject":{"reference":"urn:uuid:1"}},"request":{"method":"POST","url":"CarePlan"}},
		{"resource":{"resourceType":"CarePlan","id":"other","status":"active","intent":"plan","title":"Other","subject":{"reference":"urn:uuid:1"}},"request":{"method":"PUT","url":"CarePlan/other"}}]}`
	pub, err := fhir.ReadCarePlan([]byte(alone), "a", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	line, err := fhir.WriteLine(pub.Document, "a", 3, yesterday)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(line), `"meta":{"versionId":"3","lastUpdated":"2026-11-21T09:30:00.000Z"}`) {
		t.Errorf("the line does not say which version it is: %s", line)
	}
	if again, want := fhir.FromLine(line), strings.NewReplacer("\r", " ", "\n", " ").Replace(alone); string(again) != want {
		t.Errorf("read again it is %s", again)
	}

	sent, err := fhir.ReadTransaction([]byte(inBundle), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	line, err = fhir.WriteLine(sent.Publications[0].Document, "made-here", 1, yesterday)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(line, "\r\n") || bytes.Contains(line, []byte("Other")) {
		t.Errorf("not one plan on one line: %s", line)
	}
	first, err := fhir.ReadTransaction(fhir.FromLine(line), "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if p := first.Publications[0]; len(first.Publications) != 1 || p.Plan.ID != "made-here" || p.MustBeNew || p.Plan.Headline != "H" || p.Plan.Patient != sent.Publications[0].Plan.Patient {
		t.Errorf("published again it is %+v", p.Plan)
	}
	second, err := fhir.WriteLine(first.Publications[0].Document, "made-here", 2, yesterday)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fhir.FromLine(second), fhir.FromLine(line)) {
		t.Errorf("each round changes it: %s", second)
	}
}

func TestOnlyOurOwnVersionIsTakenOut(t *testing.T) {
	for _, text := range []string{
		`{"resourceType":"CarePlan","meta":{"versionId":"abc","lastUpdated":"x"}}`,
		`{"resourceType":"CarePlan","meta":{"versionId":"1"}}`,
		`{"resourceType":"CarePlan","contained":[{"resourceType":"CarePlan","meta":{"versionId":"1","lastUpdated":"x"}}]}`,
		`{"resourceType":"Patient","id":"1","meta":{"versionId":"1","lastUpdated":"x"}}`,
		`{"resourceType":"CarePlan","meta":{"versionId":"1","lastUpdated":"x"}`,
	} {
		if got := fhir.FromLine([]byte(text)); string(got) != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}
