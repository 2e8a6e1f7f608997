package subscribers_test

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

func TestAReviewIsOverdueByTheCalendarOfTheDepartment(t *testing.T) {
	dir, err := directory.Parse([]byte(londonAndHarlow))
	if err != nil {
		t.Fatal(err)
	}
	s := sight(t)
	s.Plan.Content.ReviewDue = "2026-06-30"
	for at, want := range map[string]string{
		"2026-06-30T22:59:00Z": "due",     // one minute before midnight in Harlow, in summer
		"2026-06-30T23:00:00Z": "overdue", // midnight there
		"2026-03-01T12:00:00Z": "",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		v := subscribers.Draw(s, "RQW-AE", dir, now)
		if v.Review != want || (v.ReviewDue == "2026-06-30") != (want != "") {
			t.Errorf("at %s the review is %q (%q), not %q", at, v.Review, v.ReviewDue, want)
		}
	}
}

func TestWhoSeesThatPlansDisagree(t *testing.T) {
	dir, err := directory.Parse([]byte(londonAndHarlow))
	if err != nil {
		t.Fatal(err)
	}
	says := func(s plans.Saying) plans.Content { return plans.Content{CPR: plans.Standing{Says: s}} }
	for _, row := range []struct {
		when   string
		change func(*alerts.Sight)
		role   string
		want   bool
	}{
		{"both plans may be shown", func(*alerts.Sight) {}, "screen", true},
		{"the match is only possible", func(s *alerts.Sight) { s.Alert.Match = alerts.Possible }, "screen", false},
		{"the alert stands no more", func(s *alerts.Sight) { s.Alert.State = alerts.Closed }, "screen", false},
		{"the other plan has been withdrawn", func(s *alerts.Sight) { s.Beside[0].Status = plans.Revoked }, "screen", false},
		{"of the other only the headline is agreed", func(s *alerts.Sight) { s.Beside[0].Categories = []string{"325691000000100"} }, "screen", false},
		{"the other is for clinicians, before a screen", func(s *alerts.Sight) { s.Beside[0].Restriction.Roles = []string{"clinician"} }, "screen", false},
		{"the other is for clinicians, before one", func(s *alerts.Sight) { s.Beside[0].Restriction.Roles = []string{"clinician"} }, "clinician", true},
	} {
		t.Run(row.when, func(t *testing.T) {
			s := sight(t)
			s.Plan.Content = says(plans.ForCPR)
			s.Beside = []plans.Plan{{ID: "plan-2", Version: 1, Centre: "RAL", Status: plans.Active, Categories: []string{"736373009"}, Content: says(plans.NotForCPR)}}
			row.change(&s)
			got := subscribers.DrawConflicts(s, row.role, dir, noon)
			if (len(got) == 1) != row.want {
				t.Fatalf("the conflicts are %+v", got)
			}
			if row.want && (len(got[0].Sides) != 2 || got[0].Sides[0].CentreName != "Royal Free" || got[0].Sides[1].Says != "not-for-cpr") {
				t.Errorf("the sides are %+v", got[0].Sides)
			}
		})
	}
}
