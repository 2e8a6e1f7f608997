package sql_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// publishSaying publishes a plan that says something about resuscitation.
func (s service) publishSaying(t *testing.T, id string, says plans.Saying, change ...func(*plans.Plan)) plans.Plan {
	t.Helper()
	n, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	p := plans.Plan{
		ID: id, Centre: "RAL", Status: plans.Active, Urgency: plans.Urgent, Headline: "Plan " + id, Patient: plans.Identity{NHSNumber: n, BirthDate: "1980-02-13", Family: "TESTCASE", Given: "ANN"},
		Content: plans.Content{
			CPR: plans.Standing{Says: says, Since: "2026-10"}, Allergies: []plans.Allergy{{To: "Latex <b>", Severe: true}},
			Telephone: plans.Telephone{Number: "020 7946 0001"}, ReviewDue: "2026-12-01",
		},
	}
	for _, c := range change {
		c(&p)
	}
	kept, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: []byte(id + string(says))}, centre)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestTheContentOfAPlanComesBack(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publishSaying(t, "p1", plans.NotForCPR)
		kept := s.publishSaying(t, "p1", plans.ForCPR)
		if e := kept.Content.CPR.Earlier; e == nil || e.Says != plans.NotForCPR || e.Version != 1 {
			t.Errorf("nobody is told that version 1 said otherwise: %+v", kept.Content.CPR)
		}
		held, err := s.store.Plan(t.Context(), "p1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kept.Content, held.Plan.Content); diff != "" {
			t.Error("the content differs (- published, + held):\n" + diff)
		}
	})
}

func TestPlansForOneVisitStandBesideEachOther(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publishSaying(t, "p1", plans.NotForCPR)
		s.publishSaying(t, "p2", plans.ForCPR)
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		beside := func(sight alerts.Sight) string {
			ids := ""
			for _, p := range sight.Beside {
				ids += p.ID + " " + string(p.Content.CPR.Says)
			}
			return sight.Plan.ID + " beside " + ids
		}
		want := map[string]bool{"p1 beside p2 for-cpr": true, "p2 beside p1 not-for-cpr": true}
		fromBoard, alone := map[string]bool{}, map[string]bool{}
		for _, sight := range s.board(t, "RQW-AE") {
			fromBoard[beside(sight)] = true
			one, err := s.store.Sight(t.Context(), sight.Alert.ID)
			if err != nil {
				t.Fatal(err)
			}
			alone[beside(one)] = true
		}
		if diff := cmp.Diff(want, fromBoard) + cmp.Diff(want, alone); diff != "" {
			t.Error(diff)
		}
		doubted := message(alerts.Arrive, "V2", "2", "9990000018", 0)
		doubted.BirthDate = alerts.Stated(plans.Date("1981-01-01"))
		s.receive(t, doubted)
		doubtfulPlan := s.publishSaying(t, "p3", plans.ForCPR, func(p *plans.Plan) { p.Patient.BirthDate = "1981-06-06" })
		for _, onBoard := range s.board(t, "RQW-AE") {
			alone, err := s.store.Sight(t.Context(), onBoard.Alert.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, sight := range []alerts.Sight{onBoard, alone} {
				if sight.Alert.Match == alerts.Possible && len(sight.Beside) > 0 {
					t.Error("the plans of somebody who may be another are beside a possible match")
				}
				if slices.ContainsFunc(sight.Beside, func(p plans.Plan) bool { return p.ID == doubtfulPlan.ID }) {
					t.Error("a plan that may be about somebody else is beside a certain one")
				}
			}
		}
	})
}
