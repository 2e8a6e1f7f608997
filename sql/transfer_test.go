package sql_test

import (
	"errors"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// moved is a transfer of a patient to the urgent treatment centre.
func moved(visit, control, nhs string, minute int) alerts.Event {
	e := message(alerts.Transfer, visit, control, nhs, minute)
	e.Location.Value.PointOfCare = "UTC"
	return e
}

func TestBothDepartmentsShowAnAlertUntilOneAnswers(t *testing.T) {
	for _, answering := range []string{"RQW-AE", "RQW-UTC"} {
		t.Run(answering, func(t *testing.T) {
			eachService(t, func(t *testing.T, s service) {
				s.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
				s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
				s.receive(t, moved("V1", "2", "9990000018", 1))
				old, current := s.board(t, "RQW-AE"), s.board(t, "RQW-UTC")
				if len(old) != 1 || len(current) != 1 || old[0].Alert != current[0].Alert {
					t.Fatalf("the boards show %d and %d alerts, want the same one on both", len(old), len(current))
				}
				id := old[0].Alert.ID
				if _, err := s.desk.Acknowledge(t.Context(), id, answering, alerts.Answering{}, nurse); err != nil {
					t.Fatal(err)
				}
				if old, current = s.board(t, "RQW-AE"), s.board(t, "RQW-UTC"); len(old) != 0 || len(current) != 1 {
					t.Fatalf("after the answer the boards show %d and %d alerts", len(old), len(current))
				}
				if a := current[0].Alert; a.State != alerts.Acknowledged || a.Acknowledgement.By != nurse {
					t.Errorf("the alert is %+v", a)
				}
				other := nurse
				other.Name = "somebody else"
				if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{}, other); !errors.Is(err, alerts.ErrNotOpen) {
					t.Errorf("the department that the patient has left may answer still: %v", err)
				}
			})
		})
	}
}

func TestARecallReachesBothDepartmentsThatShowedThePlan(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "wrong")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.receive(t, moved("V1", "2", "9990000018", 1))
		s.publish(t, "plan-1", "9990000018", plans.EnteredInError, "wrong")
		for _, department := range []string{"RQW-AE", "RQW-UTC"} {
			if board := s.board(t, department); len(board) != 1 || board[0].Alert.Recall == nil {
				t.Fatalf("%s shows %d alerts, want the recall", department, len(board))
			}
		}
		id := s.board(t, "RQW-AE")[0].Alert.ID
		if err := s.desk.SeeRecall(t.Context(), id, "RQW-AE", nurse); err != nil {
			t.Fatal(err)
		}
		if old, current := s.board(t, "RQW-AE"), s.board(t, "RQW-UTC"); len(old) != 0 || len(current) != 1 {
			t.Errorf("after one department has seen it the boards show %d and %d recalls", len(old), len(current))
		}
	})
}

func TestADepartureLeavesNeitherBoardBehind(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "hidden")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.receive(t, moved("V1", "2", "9990000018", 1))
		gone := moved("V1", "3", "9990000018", 2)
		gone.Kind = alerts.Depart
		s.receive(t, gone)
		rooms := map[string]int{}
		for _, e := range s.journal(t) {
			if e.Kind == "alert.closed" {
				rooms[e.Room]++
			}
		}
		if rooms["RQW-AE"] != 1 || rooms["RQW-UTC"] != 1 || len(s.board(t, "RQW-AE"))+len(s.board(t, "RQW-UTC")) != 0 {
			t.Errorf("closed in %v", rooms)
		}
	})
}
