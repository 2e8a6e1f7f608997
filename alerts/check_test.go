package alerts

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

func TestWhatACheckFound(t *testing.T) {
	number, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	known := plans.Identity{NHSNumber: number, BirthDate: "1980-02-13"}
	standing := func(m Match, s AlertState) Alert { return Alert{ID: string(m) + string(s), Match: m, State: s} }
	for _, row := range []struct {
		when    string
		who     plans.Identity
		consent plans.Consent
		alerts  []Alert
		want    Found
	}{
		{"a confirmed alert stands", known, "", []Alert{standing(Confirmed, Raised)}, PlanFound},
		{"an acknowledged one stands too", known, "", []Alert{standing(Possible, Raised), standing(Confirmed, Acknowledged)}, PlanFound},
		{"only a possible one stands", known, "", []Alert{standing(Possible, Raised), standing(Confirmed, Withdrawn)}, PlanPossible},
		{"nothing stands", known, "", nil, NoPlan},
		{"what stood is withdrawn: nothing tells it from no plan", known, "", []Alert{standing(Confirmed, Withdrawn)}, NoPlan},
		{"the patient told the hospital not to share, with a plan", known, plans.Dissent, []Alert{standing(Confirmed, Withdrawn)}, NotShared},
		{"and without one: the same", known, plans.Dissent, nil, NotShared},
		{"nobody knows the number", plans.Identity{Family: "Unknown"}, "", nil, TooLittle},
	} {
		t.Run(row.when, func(t *testing.T) {
			a := Attendance{ID: "a", Patient: row.who, Consent: row.consent, Department: "D"}
			at := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
			if got := checked(a, seek(row.who), row.alerts, at); got.Found != row.want || !got.At.Equal(at) || got.Department != "D" {
				t.Errorf("found %q, not %q", got.Found, row.want)
			}
		})
	}
}

func TestWhatStandsAfterAChange(t *testing.T) {
	held := []Alert{{ID: "1", State: Raised}, {ID: "2", State: Raised}}
	after := standing(held, []Change{{Alert: Alert{ID: "2", State: Withdrawn}}, {Alert: Alert{ID: "3", State: Raised}, New: true}})
	if len(after) != 3 || after[0].ID != "1" || after[1].State != Withdrawn || after[2].ID != "3" {
		t.Errorf("it is %+v", after)
	}
}
