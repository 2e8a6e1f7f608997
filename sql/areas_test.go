package sql_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func TestTheBoardsOfSeveralDepartmentsAreReadAtOneMoment(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx, both := t.Context(), []string{"RQW-AE", "RQW-UTC"}
		number, open, err := s.store.BoardsOf(ctx, both)
		if err != nil || number != 0 || len(open["RQW-AE"])+len(open["RQW-UTC"]) != 0 {
			t.Errorf("at first: at %d, %v, %v", number, open, err)
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		s.publish(t, "plan-2", "9990000026", plans.Active, "first")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		elsewhere := message(alerts.Arrive, "V2", "2", "9990000026", 1)
		elsewhere.Location.Value.PointOfCare = "UTC"
		s.receive(t, elsewhere)
		moved := message(alerts.Update, "V1", "3", "9990000018", 5)
		moved.Location.Value.PointOfCare = "UTC" // nobody has answered: both boards show it
		s.receive(t, moved)

		number, open, err = s.store.BoardsOf(ctx, both)
		if err != nil {
			t.Fatal(err)
		}
		if len(open["RQW-AE"]) != 1 || len(open["RQW-UTC"]) != 2 {
			t.Errorf("the boards show %d and %d alerts", len(open["RQW-AE"]), len(open["RQW-UTC"]))
		}
		entries, err := s.store.RoomsAfter(ctx, both, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]int{}
		for i, e := range entries {
			of[e.Room]++
			if i > 0 && e.Number <= entries[i-1].Number {
				t.Errorf("entry %d comes after %d", e.Number, entries[i-1].Number)
			}
		}
		if diff := cmp.Diff(map[string]int{"RQW-AE": 2, "RQW-UTC": 2}, of); diff != "" {
			t.Error(diff)
		}
		if number != entries[len(entries)-1].Number {
			t.Errorf("the boards are at %d", number)
		}
		some, err := s.store.RoomsAfter(ctx, both, entries[0].Number, 2)
		if diff := cmp.Diff(entries[1:3], some); err != nil || diff != "" {
			t.Errorf("after the first, two: %s %v", diff, err)
		}
	})
}

func TestWhatSomebodyDidAboutAnAlertConcernsThem(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx := t.Context()
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		id := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0)).Changes[0].Alert.ID
		if _, err := s.desk.Acknowledge(ctx, id, "RQW-AE", alerts.Answering{}, nurse); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := s.desk.HandOver(ctx, id, "RQW-AE", nurse.Name, nurse.Name, nurse); err != nil {
				t.Fatal(err)
			}
		}
		other := nurse
		other.Organisation = "RWG"
		for who, want := range map[journal.Actor]map[string][]journal.Kind{
			nurse: {id: {journal.AlertAcknowledged, journal.AlertHandedOver}}, other: {},
		} {
			got, err := s.store.Concerns(ctx, who, []string{id, "no-alert"})
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s of %s: %s %v", who.Name, who.Organisation, diff, err)
			}
		}
	})
}

func TestAlertsReadTogetherAreWhatEachIsAlone(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx := t.Context()
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		s.publish(t, "plan-2", "9990000026", plans.Active, "first")
		want, ids := map[string]alerts.Sight{}, []string{"no-alert"}
		for i, number := range []string{"9990000018", "9990000026"} {
			id := s.receive(t, message(alerts.Arrive, "V"+number, number, number, i)).Changes[0].Alert.ID
			sight, err := s.store.Sight(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			want[id], ids = sight, append(ids, id)
		}
		got, err := s.store.Sights(ctx, ids)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d alerts, %v", len(got), err)
		}
		for id, sight := range want {
			if !reflect.DeepEqual(got[id], sight) {
				t.Errorf("alert %s is another when it is read with others", id)
			}
		}
	})
}
