package plans_test

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

func TestWhatOfAPlanCrossesABorder(t *testing.T) {
	dir, err := directory.Parse([]byte(`
regions: [{id: LON, name: London}, {id: HWE, name: Hertfordshire}, {id: ESX, name: Essex}]
organisations: [{id: RP4, name: A centre, region: LON, centre: true}, {id: RQW, name: In Hertfordshire, region: HWE}, {id: RAJ, name: In Essex, region: ESX}]
agreements: [{from: RP4, to: HWE}, {from: RP4, to: ESX, show: summary}]
`))
	if err != nil {
		t.Fatal(err)
	}
	only := func(codes ...string) plans.Restriction { return plans.Restriction{Organisations: codes} }
	for _, row := range []struct {
		what, region string
		plan         plans.Plan
		want         directory.Show
	}{
		{"a plan that is shared", "HWE", plans.Plan{Status: plans.Active}, directory.Full},
		{"one of which the headline is shared", "ESX", plans.Plan{Status: plans.Active}, directory.Summary},
		{"one that was withdrawn: the region must know", "HWE", plans.Plan{Status: plans.Revoked}, directory.Full},
		{"a draft", "HWE", plans.Plan{Status: plans.Draft}, directory.Nothing},
		{"one that the patient does not want shared", "HWE", plans.Plan{Status: plans.Active, Consent: plans.Dissent}, directory.Nothing},
		{"one restricted to a trust in the region", "HWE", plans.Plan{Status: plans.Active, Restriction: only("RAJ", "RQW")}, directory.Full},
		{"one restricted to a trust elsewhere", "HWE", plans.Plan{Status: plans.Active, Restriction: only("RAJ")}, directory.Nothing},
		{"a headline of a restricted plan", "ESX", plans.Plan{Status: plans.Active, Restriction: only("RAJ")}, directory.Nothing},
		{"a headline of a plan for clinicians only", "ESX", plans.Plan{Status: plans.Active, Restriction: plans.Restriction{Roles: []string{"clinician"}}}, directory.Nothing},
	} {
		t.Run(row.what, func(t *testing.T) {
			row.plan.Centre = "RP4"
			if got := row.plan.CrossesTo(dir, row.region, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); got != row.want {
				t.Errorf("crosses as %q, want %q", got, row.want)
			}
		})
	}
}
