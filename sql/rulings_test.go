package sql_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// rules says something about the only alert of a visit, as it is shown now.
func (s service) rules(t *testing.T, alert string, answer alerts.Identification, by journal.Actor) (alerts.Alert, error) {
	t.Helper()
	pair, err := s.store.Pair(t.Context(), alert)
	if err != nil {
		t.Fatal(err)
	}
	return s.desk.Rule(t.Context(), alert, "RQW-AE", answer, pair.SeenAs(), by)
}

func TestAPersonSaysWhoAPatientIs(t *testing.T) {
	doctor := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "p1", "9990000018", plans.Active, "Give steroid at once")
		wrongBirthday := message(alerts.Arrive, "V1", "1", "9990000018", 0)
		wrongBirthday.BirthDate = alerts.Stated(plans.Date("1991-07-30"))
		s.receive(t, wrongBirthday)
		board := s.board(t, "RQW-AE")
		if len(board) != 1 || board[0].Alert.Match != alerts.Possible {
			t.Fatalf("the board shows %+v", board)
		}
		id := board[0].Alert.ID

		if _, err := s.desk.Rule(t.Context(), id, "RQW-AE", alerts.SamePatient, "something else", doctor); !errors.Is(err, alerts.ErrNotSeen) {
			t.Errorf("ruled on what was not seen: %v", err)
		}
		if _, err := s.desk.Rule(t.Context(), id, "RQW-UTC", alerts.SamePatient, "", doctor); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("ruled from another department: %v", err)
		}
		confirmed, err := s.rules(t, id, alerts.SamePatient, doctor)
		if err != nil || confirmed.Match != alerts.Confirmed || confirmed.Reason != "identity confirmed by a clinician at 12:00 on 22 November" {
			t.Fatalf("confirmed: %+v, %v", confirmed, err)
		}
		entries := len(s.journal(t))
		if _, err := s.rules(t, id, alerts.SamePatient, doctor); err != nil || len(s.journal(t)) != entries {
			t.Errorf("the same again is journalled again, or refused: %v", err)
		}

		// It is taken back; that holds through updates, resends and the reconciling of everybody.
		if out, err := s.rules(t, id, alerts.OtherPatient, nurse); err != nil || out.State != alerts.Withdrawn {
			t.Fatalf("ruled out: %+v, %v", out, err)
		}
		update := message(alerts.Update, "V1", "2", "", 1)
		update.BirthDate, update.Postcode = alerts.Field[plans.Date]{}, alerts.Stated("CM20 1QX")
		s.receive(t, update)
		s.receive(t, update)
		s.receive(t, wrongBirthday)
		if done, err := s.desk.Reconcile(t.Context(), s.store); err != nil || done.Changes != 0 {
			t.Errorf("reconciling changed %+v, %v", done, err)
		}
		if board := s.board(t, "RQW-AE"); len(board) != 0 {
			t.Errorf("what was ruled out stands again: %+v", board[0].Alert)
		}
		gone, err := s.store.RuledOut(t.Context(), "RQW-AE")
		if err != nil || len(gone) != 1 || gone[0].Alert.ID != id || gone[0].Alert.StateReason != "a clinician said at 12:00 on 22 November that this is not the patient" ||
			gone[0].Ruling == nil || gone[0].Ruling.By != nurse {
			t.Fatalf("ruled out in the department: %+v, %v", gone, err)
		}

		// Something better comes: the date of birth was corrected, and agrees.
		better := message(alerts.Update, "V1", "3", "", 2)
		better.BirthDate = alerts.Stated(plans.Date("1980-02-13"))
		s.receive(t, better)
		board = s.board(t, "RQW-AE")
		const reason = "a clinician said at 12:00 on 22 November that this is not the patient; but the date of birth agrees now: NHS number and date of birth agree"
		if len(board) != 1 || board[0].Alert.Match != alerts.Possible || board[0].Alert.Reason != reason {
			t.Fatalf("the board shows %+v", board)
		}
		if again, err := s.rules(t, id, alerts.SamePatient, nurse); err != nil || again.Match != alerts.Confirmed {
			t.Errorf("confirmed after that: %+v, %v", again, err)
		}

		s.receive(t, message(alerts.Depart, "V1", "4", "", 3))
		if _, err := s.rules(t, id, alerts.OtherPatient, nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("ruled after the patient left: %v", err)
		}
		var kinds []journal.Kind
		for _, e := range s.journal(t) {
			if e.Kind == journal.IdentityConfirmed || e.Kind == journal.IdentityDenied {
				kinds = append(kinds, e.Kind)
				if e.Room != "" || e.Subject != id || e.Reason == "" || e.Actor.Name == "" {
					t.Errorf("the journal holds %+v", e)
				}
			}
		}
		if want := []journal.Kind{journal.IdentityConfirmed, journal.IdentityDenied, journal.IdentityConfirmed}; !slices.Equal(kinds, want) {
			t.Errorf("the journal holds %v, want %v", kinds, want)
		}
	})
}

// TestOfTwoWhoRuleAtOnceOneWins has clinicians who looked at the same pair say something at the same moment.
func TestOfTwoWhoRuleAtOnceOneWins(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "p1", "9990000018", plans.Active, "Give steroid at once")
		for round := range 5 {
			wrongBirthday := message(alerts.Arrive, fmt.Sprint("V", round), fmt.Sprint(round), "9990000018", 0)
			wrongBirthday.BirthDate = alerts.Stated(plans.Date("1991-07-30"))
			s.receive(t, wrongBirthday)
			board := s.board(t, "RQW-AE")
			id := board[slices.IndexFunc(board, func(s alerts.Sight) bool { return s.Attendance.Visit == fmt.Sprint("V", round) })].Alert.ID
			pair, err := s.store.Pair(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			answers := []alerts.Identification{alerts.SamePatient, alerts.OtherPatient, alerts.SamePatient, alerts.OtherPatient}
			outcomes := make([]error, len(answers))
			var all sync.WaitGroup
			for i, answer := range answers {
				all.Go(func() {
					by := journal.Actor{Name: fmt.Sprint("doctor ", i), Role: "clinician", Organisation: "RQW"}
					_, outcomes[i] = s.desk.Rule(t.Context(), id, "RQW-AE", answer, pair.SeenAs(), by)
				})
			}
			all.Wait()
			after, err := s.store.Pair(t.Context(), id)
			if err != nil || after.Ruling == nil {
				t.Fatalf("%+v, %v", after.Ruling, err)
			}
			won := 0
			for i, outcome := range outcomes {
				var ruled alerts.RuledError
				switch {
				case outcome == nil:
					won++
					if after.Ruling.By.Name != fmt.Sprint("doctor ", i) || after.Ruling.Answer != answers[i] {
						t.Errorf("doctor %d was told that %s is kept, and kept is %+v", i, answers[i], after.Ruling)
					}
				case !errors.As(outcome, &ruled):
					t.Errorf("doctor %d: %v", i, outcome)
				case ruled.Ruling.By != after.Ruling.By || ruled.Ruling.Answer != after.Ruling.Answer || !strings.Contains(outcome.Error(), after.Ruling.By.Name+" (clinician) said at 12:00"):
					t.Errorf("doctor %d was told %v, and kept is %+v", i, outcome, after.Ruling)
				}
			}
			if won != 1 {
				t.Errorf("%d of %d won: %v", won, len(answers), outcomes)
			}
			// Whoever has seen it may say otherwise; the winner who did not hear the answer may repeat the deed.
			if _, err := s.desk.Rule(t.Context(), id, "RQW-AE", after.Ruling.Answer, pair.SeenAs(), after.Ruling.By); err != nil {
				t.Errorf("the winner says it again: %v", err)
			}
			if _, err := s.rules(t, id, alerts.SamePatient, nurse); err != nil {
				t.Errorf("said by somebody who saw what was ruled: %v", err)
			}
		}
	})
}
