package demo_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/fhir"
)

// drama matches the numbers that Ofcom keeps for drama, in London and in no area: they will never be connected.
var drama = regexp.MustCompile(`^(020 7946 0|01632 960)[0-9]{3}$`)

func isDrama(number string) bool { return drama.MatchString(number) }

func TestThereAreTwentyPlansFromFiveCentresForFourHospitals(t *testing.T) {
	plans := demo.Plans()
	if len(plans) != 20 {
		t.Errorf("there are %d plans", len(plans))
	}
	ids, numbers, centres, homes, priorities := map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}, map[demo.Priority]int{}
	for _, p := range plans {
		ids[p.ID], numbers[p.Patient.NHSNumber] = true, true
		centres[p.Centre]++
		homes[p.Home]++
		priorities[p.Priority]++
	}
	if len(ids) != 20 || len(numbers) != 19 {
		t.Errorf("they have %d ids and %d patients", len(ids), len(numbers))
	}
	if len(centres) != 5 || len(homes) != 4 || len(priorities) != 3 {
		t.Errorf("centres %v, hospitals %v, priorities %v", centres, homes, priorities)
	}
}

func TestAPlanHasWhatAnAandEDoctorNeeds(t *testing.T) {
	for _, p := range demo.Plans() {
		if n := utf8.RuneCountInString(p.Headline); n == 0 || n > 140 {
			t.Errorf("%s: the headline has %d characters", p.ID, n)
		}
		if !fhir.IsID(p.ID) || !strings.HasPrefix(p.ID, "demo-") {
			t.Errorf("%q is not an id of a demo plan", p.ID)
		}
		if len(p.Do) < 3 || len(p.DoNot) == 0 || len(p.Notes) == 0 || p.Background == "" || p.Team == "" || p.Author == "" {
			t.Errorf("%s is not complete", p.ID)
		}
		if !isDrama(p.Phone) || !strings.HasPrefix(p.Phone, "020") {
			t.Errorf("%s: %q is not a London number that Ofcom keeps for drama", p.ID, p.Phone)
		}
		if p.Reviewed.After(today) || p.Reviewed.Before(today.AddDate(-1, 0, 0)) {
			t.Errorf("%s was reviewed on %s", p.ID, p.Reviewed.Format(time.DateOnly))
		}
		if n := p.Patient.NHSNumber; !hasValidCheckDigit(n) || n < "9990000000" || n > "9990999999" {
			t.Errorf("%s: the patient has the number %s", p.ID, n)
		}
		if age := today.Year() - p.Patient.Born.Year(); p.Centre == "RP4" && age > 17 {
			t.Errorf("%s: a patient of %d years at a children's hospital", p.ID, age)
		}
		if !postcode.MatchString(p.Patient.Postcode) {
			t.Errorf("%s: the patient lives at %q", p.ID, p.Patient.Postcode)
		}
	}
}

func TestAPlanReadsAsItWasWritten(t *testing.T) {
	urgency := map[demo.Priority]string{demo.HighPriority: "critical", demo.MediumPriority: "urgent", demo.LowPriority: "routine"}
	for _, p := range demo.Plans() {
		bundle, err := p.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		transaction, err := fhir.ReadTransaction(bundle, p.Centre, fhir.Limits{})
		if err != nil {
			t.Errorf("%s is refused: %v", p.ID, err)
			continue
		}
		got := transaction.Publications[0].Plan
		want := map[string]string{
			"id": p.ID, "status": "active", "headline": p.Headline, "urgency": urgency[p.Priority], "author": p.Author,
			"number": p.Patient.NHSNumber, "family": p.Patient.Family, "given": p.Patient.Given, "sex": p.Patient.Sex,
			"born": p.Patient.Born.Format(time.DateOnly), "postcode": p.Patient.Postcode,
		}
		if diff := cmp.Diff(want, map[string]string{
			"id": got.ID, "status": string(got.Status), "headline": got.Headline, "urgency": string(got.Urgency), "author": got.Author,
			"number": got.Patient.NHSNumber.Reveal(), "family": got.Patient.Family, "given": got.Patient.Given, "sex": string(got.Patient.Sex),
			"born": string(got.Patient.BirthDate), "postcode": got.Patient.Postcode,
		}); diff != "" {
			t.Errorf("%s (-written +read):\n%s", p.ID, diff)
		}
		if live, why := got.Live(today); !live {
			t.Errorf("%s is not live: %s", p.ID, why)
		}
		var text strings.Builder
		forbidden := 0
		for _, s := range got.Sections {
			text.WriteString(s.Text + "\n")
			if s.Title == "Do not" {
				forbidden++
			}
		}
		for _, sentence := range append(append(append([]string{p.Background, p.Phone}, p.Do...), p.DoNot...), p.Notes...) {
			if !strings.Contains(text.String(), sentence) {
				t.Errorf("%s: nobody would read %q", p.ID, sentence)
			}
		}
		if forbidden != len(p.DoNot) {
			t.Errorf("%s: %d sections say what not to do, not %d", p.ID, forbidden, len(p.DoNot))
		}
	}
}

func TestAnotherCentreCannotPublishAPlanOfTheDemo(t *testing.T) {
	for _, p := range demo.Plans()[:1] {
		bundle, err := p.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fhir.ReadTransaction(bundle, "RAN", fhir.Limits{}); err == nil {
			t.Errorf("RAN may publish %s of %s", p.ID, p.Centre)
		}
	}
}

func TestPlansForBenchmarks(t *testing.T) {
	for _, i := range []int{0, 1, 7, 19, 20, 99_999, 100_000, 250_000} {
		pub, err := demo.PlanBundle(i)
		if err != nil {
			t.Fatal(err)
		}
		again, err := demo.PlanBundle(i)
		if err != nil || !bytes.Equal(pub.Bundle, again.Bundle) {
			t.Errorf("plan %d is not the same twice (%v)", i, err)
		}
		transaction, err := fhir.ReadTransaction(pub.Bundle, pub.Centre, fhir.Limits{})
		if err != nil {
			t.Errorf("plan %d is refused: %v", i, err)
			continue
		}
		got := transaction.Publications[0].Plan
		if want := demo.PersonAt(i); got.Patient.NHSNumber.Reveal() != want.NHSNumber || string(got.Patient.BirthDate) != want.Born.Format(time.DateOnly) {
			t.Errorf("plan %d is not about person %d", i, i)
		}
		if got.ID != pub.ID || pub.Patient != demo.PersonAt(i) {
			t.Errorf("plan %d says that it is another", i)
		}
		if n := len(pub.Bundle); n < 2000 || n > 5000 {
			t.Errorf("plan %d has %d bytes", i, n)
		}
	}
}

func BenchmarkPlanBundle(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := demo.PlanBundle(i); err != nil {
			b.Fatal(err)
		}
	}
}
