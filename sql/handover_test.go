package sql_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

func TestAnAnswerSaysWhatIsDoneAndIsHandedOver(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		id := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0)).Changes[0].Alert.ID
		ctx := t.Context()
		if _, err := s.desk.HandOver(ctx, id, "RQW-AE", nurse.Name, "Night registrar", nurse); !errors.Is(err, alerts.ErrNotAnswered) {
			t.Errorf("handed over before anybody answered: %v", err)
		}
		if _, err := s.desk.Acknowledge(ctx, id, "RQW-AE", alerts.Answering{Done: "nothing"}, nurse); !errors.Is(err, alerts.ErrDone) {
			t.Errorf("an answer that there is not: %v", err)
		}
		if _, err := s.desk.Acknowledge(ctx, id, "RQW-AE", alerts.Answering{Done: alerts.AlreadyKnown, Screen: "majors-1"}, nurse); err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{"", "bed 4", "9990000018", "<b>"} {
			if _, err := s.desk.HandOver(ctx, id, "RQW-AE", nurse.Name, to, nurse); !errors.Is(err, alerts.ErrHandTo) {
				t.Errorf("handed over to %q: %v", to, err)
			}
		}
		// Two at once: one wins, and the other is told who.
		var won, lost atomic.Int32
		var both sync.WaitGroup
		for _, to := range []string{"Night registrar", "Dr Patel"} {
			both.Go(func() {
				_, err := s.desk.HandOver(ctx, id, "RQW-AE", nurse.Name, to, nurse)
				var held alerts.HeldError
				switch {
				case err == nil:
					won.Add(1)
				case errors.As(err, &held):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		both.Wait()
		if won.Load() != 1 || lost.Load() != 1 {
			t.Errorf("%d won and %d lost", won.Load(), lost.Load())
		}
		sight, err := s.store.Sight(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		ack := sight.Alert.Acknowledgement
		if ack.Done != alerts.AlreadyKnown || ack.Screen != "majors-1" || ack.By != nurse || ack.Handed == nil || ack.Handed.By != nurse {
			t.Fatalf("kept: %+v", ack)
		}
		holder := ack.Handed.To
		if _, err := s.desk.HandOver(ctx, id, "RQW-AE", nurse.Name, holder, nurse); err != nil {
			t.Errorf("the same again: %v", err)
		}
		var told []string
		for _, e := range s.journal(t) {
			if e.Subject == id && e.Kind != journal.AlertRaised {
				told = append(told, string(e.Kind)+" "+e.Room+" "+e.Reason)
			}
		}
		want := []string{"alert.acknowledged RQW-AE already known, on screen majors-1", "alert.handed_over RQW-AE to " + holder}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("journalled (-want +got):\n%s", diff)
		}
	})
}
