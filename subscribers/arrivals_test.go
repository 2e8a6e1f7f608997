package subscribers

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

func TestADayIsADayOfTheDepartment(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		when, at, from string
		hours          int
	}{
		{"in winter", "2026-11-22T23:30:00Z", "2026-11-22T00:00:00Z", 24},
		{"half past midnight in summer is the next day", "2026-07-01T23:30:00Z", "2026-07-01T23:00:00Z", 24},
		{"clocks go forward: the day has 23 hours", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00Z", 23},
		{"clocks go back: the day has 25 hours", "2026-10-25T12:00:00Z", "2026-10-24T23:00:00Z", 25},
	} {
		at, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		from, before := Day(at, london)
		if from.Format(time.RFC3339) != row.from || before.Sub(from) != time.Duration(row.hours)*time.Hour {
			t.Errorf("%s: from %v, %v long", row.when, from, before.Sub(from))
		}
	}
}

func TestAgeIsThatOfTheDayInTheDepartment(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	// Half past midnight on her birthday in London, and still the day before in UTC.
	at := time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC)
	a := Arrival{Attendance: alerts.Attendance{Patient: plans.Identity{BirthDate: "2008-07-01"}}}
	if age := DrawArrival(a, "clinician", london, at).Patient.Age; age == nil || *age != 18 {
		t.Errorf("the age is %v", age)
	}
}
