package sql_test

import (
	"slices"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// A department's first version is the one that it had first, whatever came before the patient did; another department has its own.
func TestTheVersionThatADepartmentHadFirstIsKept(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		shown := func(id, department string) (versions []int) {
			t.Helper()
			editions, err := s.store.VersionsShown(t.Context(), id, department)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range editions {
				versions = append(versions, e.Version)
			}
			return versions
		}
		expect := func(id, department string, want ...int) {
			t.Helper()
			if got := shown(id, department); !slices.Equal(got, want) {
				t.Errorf("%s has had %v, not %v", department, got, want)
			}
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "before she came")
		s.publish(t, "plan-1", "9990000018", plans.Active, "as she came")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		id := s.board(t, "RQW-AE")[0].Alert.ID
		expect(id, "RQW-AE")
		s.publish(t, "plan-1", "9990000018", plans.Active, "while she is here")
		s.publish(t, "plan-1", "9990000018", plans.Active, "and again")
		expect(id, "RQW-AE", 4, 3, 2)
		if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{}, nurse); err != nil { // so that the alert does not stay there
			t.Fatal(err)
		}
		s.receive(t, moved("V1", "2", "9990000018", 1))
		expect(id, "RQW-UTC")
		s.publish(t, "plan-1", "9990000018", plans.Active, "after she moved")
		expect(id, "RQW-UTC", 5, 4)
		expect(id, "RQW-AE", 5, 4, 3, 2)
		expect("no-such-alert", "RQW-AE")
		editions, err := s.store.VersionsShown(t.Context(), id, "RQW-UTC")
		if err != nil || editions[1].Headline != "and again" || len(editions[1].Restriction.Roles) != 0 {
			t.Errorf("the first version in RQW-UTC is %+v (%v)", editions[1], err)
		}
	})
}
