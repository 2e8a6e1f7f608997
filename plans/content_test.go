package plans_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/plans"
)

func saying(s plans.Saying) plans.Content { return plans.Content{CPR: plans.Standing{Says: s}} }

func TestAVersionShowsWhatItReverses(t *testing.T) {
	for _, row := range []struct {
		when   string
		said   []plans.Saying
		holds  plans.Saying
		before *plans.Earlier
	}{
		{"not for CPR, then for CPR", []plans.Saying{plans.NotForCPR, plans.ForCPR}, plans.ForCPR, &plans.Earlier{Says: plans.NotForCPR, Version: 1}},
		{"and a revision of something else later", []plans.Saying{plans.NotForCPR, plans.ForCPR, plans.ForCPR}, plans.ForCPR, &plans.Earlier{Says: plans.NotForCPR, Version: 1}},
		{"back to not for CPR", []plans.Saying{plans.NotForCPR, plans.ForCPR, plans.NotForCPR}, plans.NotForCPR, &plans.Earlier{Says: plans.ForCPR, Version: 2}},
		{"not for CPR, then silence", []plans.Saying{plans.NotForCPR, ""}, "", &plans.Earlier{Says: plans.NotForCPR, Version: 1}},
		{"silence, and the same again", []plans.Saying{plans.NotForCPR, "", plans.NotForCPR}, plans.NotForCPR, nil},
		{"the same twice", []plans.Saying{plans.ForCPR, plans.ForCPR}, plans.ForCPR, nil},
	} {
		t.Run(row.when, func(t *testing.T) {
			c := saying(row.said[0])
			for i, s := range row.said[1:] {
				c = saying(s).After(c, i+1)
			}
			if diff := cmp.Diff(plans.Standing{Says: row.holds, Earlier: row.before}, c.CPR); diff != "" {
				t.Error(diff)
			}
			if want := row.holds != "" && row.before != nil; c.CPR.Reversed() != want {
				t.Errorf("reversed is %t", !want)
			}
		})
	}
}

func TestTheNextVersionKnowsTheOneBefore(t *testing.T) {
	held := &plans.Held{Plan: plans.Plan{Centre: "RP4", Version: 3, Content: saying(plans.NotForCPR)}, Document: []byte("a")}
	next, _, err := plans.Next(held, plans.Publication{Plan: plans.Plan{Centre: "RP4", Content: saying(plans.ForCPR)}, Document: []byte("b")})
	if err != nil || !next.Content.CPR.Reversed() || next.Content.CPR.Earlier.Version != 3 {
		t.Errorf("%+v, %v", next.Content.CPR, err)
	}
}

func plan(id, centre string, c plans.Content) plans.Plan {
	return plans.Plan{ID: id, Version: 1, Centre: centre, Content: c}
}

func medicine(use plans.MedicineUse, name, code string) plans.Content {
	return plans.Content{Medicines: []plans.Medicine{{Use: use, Name: name, Code: code}}}
}

func TestPlansThatDisagree(t *testing.T) {
	for _, row := range []struct {
		when string
		a, b plans.Content
		want []plans.Matter
	}{
		{"one for, one not for CPR", saying(plans.ForCPR), saying(plans.NotForCPR), []plans.Matter{plans.AboutCPR}},
		{"both not for CPR", saying(plans.NotForCPR), saying(plans.NotForCPR), nil},
		{"one says nothing", saying(plans.NotForCPR), plans.Content{}, nil},
		{"ceilings differ", plans.Content{Ceiling: plans.Standing{Says: plans.ComfortOnly}}, plans.Content{Ceiling: plans.Standing{Says: plans.FullTreatment}}, []plans.Matter{plans.AboutCeiling}},
		{"a refusal made and retracted", plans.Content{AdvanceDecision: plans.Standing{Says: plans.RefusesTreatment}}, plans.Content{AdvanceDecision: plans.Standing{Says: plans.RefusalRetracted}}, []plans.Matter{plans.AboutAdvanceDecision}},
		{"one gives what the other avoids, by code", medicine(plans.Give, "Brufen", "s|1"), medicine(plans.Avoid, "Ibuprofen", "s|1"), []plans.Matter{plans.AboutMedicine}},
		{"by name, in any case", medicine(plans.Takes, "Ibuprofen", ""), medicine(plans.Avoid, "ibuprofen", ""), []plans.Matter{plans.AboutMedicine}},
		{"other codes are other medicines", medicine(plans.Give, "Ibuprofen", "s|1"), medicine(plans.Avoid, "Ibuprofen", "s|2"), nil},
		{"one gives what the other only used to avoid", medicine(plans.Give, "Ibuprofen", ""), plans.Content{Medicines: []plans.Medicine{{Use: plans.Avoid, Name: "Ibuprofen", State: "stopped"}}}, nil},
		{"one says both by itself", plans.Content{Medicines: []plans.Medicine{{Use: plans.Give, Name: "Ibuprofen"}, {Use: plans.Avoid, Name: "Ibuprofen"}}}, plans.Content{}, nil},
		{"both avoid it", medicine(plans.Avoid, "Ibuprofen", ""), medicine(plans.Avoid, "Ibuprofen", ""), nil},
		{"one gives what the other is allergic to", medicine(plans.Give, "Penicillin", ""), plans.Content{Allergies: []plans.Allergy{{To: "penicillin"}}}, []plans.Matter{plans.AboutMedicine}},
		{"an allergy that is resolved forbids nothing", medicine(plans.Give, "Penicillin", ""), plans.Content{Allergies: []plans.Allergy{{To: "penicillin", Status: "resolved"}}}, nil},
	} {
		t.Run(row.when, func(t *testing.T) {
			a, b := plan("a", "RP4", row.a), plan("b", "RJZ", row.b)
			got := plans.Conflicts([]plans.Plan{a, b})
			var matters []plans.Matter
			for _, c := range got {
				matters = append(matters, c.About)
				if len(c.Sides) != 2 || c.Sides[0].Centre != "RP4" || c.Sides[1].Centre != "RJZ" {
					t.Errorf("the sides are %+v", c.Sides)
				}
			}
			if !slices.Equal(matters, row.want) {
				t.Errorf("the plans disagree about %v, not %v", matters, row.want)
			}
			if diff := cmp.Diff(got, plans.Conflicts([]plans.Plan{b, a})); diff != "" {
				t.Error("the order of the plans matters:\n" + diff)
			}
		})
	}
	if got := plans.Conflicts([]plans.Plan{plan("a", "RP4", medicine(plans.Give, "X", "")), plan("b", "RJZ", saying(plans.ForCPR))}); got != nil {
		t.Errorf("plans about different things disagree: %v", got)
	}
}

func TestWhenAReviewIsDue(t *testing.T) {
	for _, row := range []struct {
		due, today string
		want       plans.Review
	}{
		{"2026-11-22", "2026-11-22", plans.ReviewSoon},
		{"2026-11-22", "2026-11-23", plans.ReviewOverdue},
		{"2026-12-22", "2026-11-22", plans.ReviewSoon},
		{"2026-12-23", "2026-11-22", ""},
		{"2026-11", "2026-11-30", plans.ReviewSoon},
		{"2026-11", "2026-12-01", plans.ReviewOverdue},
		{"2026", "2026-12-31", plans.ReviewSoon},
		{"2026", "2027-01-01", plans.ReviewOverdue},
		{"", "2026-11-22", ""},
	} {
		today, err := time.Parse(time.DateOnly, row.today)
		if err != nil {
			t.Fatal(err)
		}
		if got := plans.ReviewOf(plans.Date(row.due), today); got != row.want {
			t.Errorf("due %q, on %s: %q, not %q", row.due, row.today, got, row.want)
		}
	}
	// Half past midnight in a department in summer is still yesterday in UTC.
	zone := time.FixedZone("BST", 3600)
	if got := plans.ReviewOf("2026-06-30", time.Date(2026, 7, 1, 0, 30, 0, 0, zone)); got != plans.ReviewOverdue {
		t.Errorf("the day that counts is not the department's: %q", got)
	}
}
