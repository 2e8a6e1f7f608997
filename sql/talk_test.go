package sql_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

const secret = "Is 50 mg enough at 31 kg?"

// present puts a patient with a plan into Harlow's A&E and returns the alert's id.
func (s service) present(t *testing.T) string {
	t.Helper()
	s.publish(t, "plan-1", "9990000018", plans.Active, "first")
	s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
	return s.board(t, "RQW-AE")[0].Alert.ID
}

func (s service) ask(t *testing.T, alert string, kind alerts.LineKind, text string) alerts.Line {
	t.Helper()
	line, err := s.desk.Say(t.Context(), alert, "RQW-AE", kind, text, nurse)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func (s service) waiting(t *testing.T) []subscribers.Waiting {
	t.Helper()
	all, err := s.store.Waiting(t.Context(), "RAL", centre, noon)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// told are the kinds of what a department's board was told of, beside alerts.
func (s service) told(t *testing.T) (kinds []string) {
	t.Helper()
	for _, e := range s.journal(t) {
		if e.Room != "" && !strings.HasPrefix(string(e.Kind), "alert.") {
			kinds = append(kinds, string(e.Kind))
		}
	}
	return kinds
}

func TestAQuestionReachesTheCentreAndItsAnswerTheDepartment(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		id := s.present(t)
		asked := s.ask(t, id, alerts.Question, secret)
		if again := s.ask(t, id, alerts.Question, " "+secret+"\r\n"); again.ID != asked.ID {
			t.Error("the same question again is another one")
		}
		if talk := s.board(t, "RQW-AE")[0].Talk; talk != (alerts.Talk{Questions: 1, Unanswered: 1}) {
			t.Errorf("the board shows %+v", talk)
		}
		all := s.waiting(t)
		if len(all) != 1 || all[0].Line.Text != secret || all[0].Family != "Testcase" || all[0].Department != "RQW-AE" {
			t.Fatalf("what waits for the centre is %+v", all)
		}
		if _, err := s.desk.Reply(t.Context(), asked.ID, "RP4", "yes", centre); !errors.Is(err, alerts.ErrNoLine) {
			t.Errorf("another centre answers: %v", err)
		}
		answer, err := s.desk.Reply(t.Context(), asked.ID, "RAL", "Yes, and ring us.", centre)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.desk.Reply(t.Context(), asked.ID, "RAL", "Yes, and ring us.", centre); err != nil || again.ID != answer.ID {
			t.Errorf("the same answer again: %v", err)
		}
		if _, err := s.desk.Reply(t.Context(), asked.ID, "RAL", "No.", centre); !errors.Is(err, alerts.ErrNotWaiting) {
			t.Errorf("a second answer: %v", err)
		}
		if talk := s.board(t, "RQW-AE")[0].Talk; talk != (alerts.Talk{Questions: 1, Unread: 1}) {
			t.Errorf("the board shows %+v", talk)
		}
		for range 2 {
			if err := s.desk.SeeAnswers(t.Context(), id, "RQW-AE", nurse); err != nil {
				t.Fatal(err)
			}
		}
		lines, _, err := s.store.Thread(t.Context(), id, "RQW-AE")
		if err != nil || len(lines) != 2 || lines[0].Open || lines[0].Read.IsZero() || lines[1].Text != "Yes, and ring us." || lines[1].Read.IsZero() {
			t.Errorf("the thread is %v, %v", lines, err)
		}
		if diff := cmp.Diff([]string{"question.asked", "question.seen", "question.answered", "answer.seen"}, s.told(t)); diff != "" {
			t.Error(diff)
		}
		for _, e := range s.journal(t) {
			if text := fmt.Sprintf("%+v", e); strings.Contains(text, "50 mg") || strings.Contains(text, "ring us") {
				t.Errorf("the journal quotes what was said: %s", text)
			}
		}
		if text := fmt.Sprintf("%v %+v %#v", lines, lines[0], lines[0]); strings.Contains(text, "50 mg") {
			t.Errorf("a line prints what was said: %s", text)
		}
	})
}

func TestADisputeWaitsUntilItIsAnsweredOrThePlanIsRevised(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		id := s.present(t)
		s.ask(t, id, alerts.Dispute, "The dose is for a child.")
		by, _, err := s.store.WaitingFor(t.Context(), "RAL")
		if err != nil || by["plan-1"] != (subscribers.WaitingCount{Disputes: 1}) || s.board(t, "RQW-AE")[0].Talk.Disputes != 1 {
			t.Errorf("what waits is %+v, %v", by, err)
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "second")
		if by, _, err = s.store.WaitingFor(t.Context(), "RAL"); err != nil || len(by) != 0 || len(s.waiting(t)) != 0 || s.board(t, "RQW-AE")[0].Talk.Disputes != 0 {
			t.Errorf("after the revision there waits %+v, %v", by, err)
		}
		lines, _, err := s.store.Thread(t.Context(), id, "RQW-AE")
		if err != nil || len(lines) != 1 || lines[0].Waits(1) == lines[0].Waits(2) {
			t.Errorf("the thread is %v, %v", lines, err)
		}
	})
}

func TestWhatThePlanChangedIsSaidOnceForAVisitAndCanBeCorrected(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		id := s.present(t)
		s.receive(t, message(alerts.Depart, "V1", "2", "9990000018", 1))
		for _, changed := range []alerts.Changed{alerts.NoDifference, alerts.NoDifference, alerts.AvoidedAdmission} {
			if err := s.desk.GiveOutcome(t.Context(), id, "RQW-AE", changed, nurse); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.desk.GiveOutcome(t.Context(), id, "RQW-AE", "saved-a-life", nurse); !errors.Is(err, alerts.ErrChanged) {
			t.Errorf("an answer that is none: %v", err)
		}
		if err := s.desk.GiveOutcome(t.Context(), id, "RQW-UTC", alerts.NotFollowed, nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("another department answers: %v", err)
		}
		uses, err := s.store.Uses(t.Context(), "plan-1")
		if err != nil || len(uses) != 1 || len(uses[0].Effects) != 1 || uses[0].Effects[0].Changed != alerts.AvoidedAdmission || uses[0].Effects[0].By != nurse {
			t.Errorf("what became of the plan is %+v, %v", uses, err)
		}
		if sight, err := s.store.Sight(t.Context(), id); err != nil || sight.Talk.Outcome != alerts.AvoidedAdmission {
			t.Errorf("the alert has the outcome %q, %v", sight.Talk.Outcome, err)
		}
		if diff := cmp.Diff([]string{"outcome.given", "outcome.corrected"}, s.told(t)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhoMayNotSaySomething(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		id := s.present(t)
		for _, row := range []struct {
			what, alert, department, text string
			want                          error
		}{
			{"another department", id, "RQW-UTC", secret, alerts.ErrNotOpen},
			{"about no alert", "none", "RQW-AE", secret, alerts.ErrNoAlert},
			{"nothing", id, "RQW-AE", " \u0007\r\n ", alerts.ErrLine},
			{"a text of 1,001 characters", id, "RQW-AE", strings.Repeat("ü", 1001), alerts.ErrLine},
		} {
			if _, err := s.desk.Say(t.Context(), row.alert, row.department, alerts.Question, row.text, nurse); !errors.Is(err, row.want) {
				t.Errorf("%s: %v, want %v", row.what, err, row.want)
			}
		}
		s.ask(t, id, alerts.Question, strings.Repeat("ü", 1000))
		s.publish(t, "plan-1", "9990000018", plans.Revoked, "first")
		if _, err := s.desk.Say(t.Context(), id, "RQW-AE", alerts.Question, secret, nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("about a plan that is withdrawn: %v", err)
		}
		if told := s.told(t); len(told) != 1 || told[0] != string(journal.QuestionAsked) {
			t.Errorf("the board was told of %v", told)
		}
	})
}
