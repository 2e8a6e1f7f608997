package pager_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/pager"
)

func want(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// TestSilenceGoesFromTheBoardToTheAlarm is the example of docs/on-call.md on a Sunday.
func TestSilenceGoesFromTheBoardToTheAlarm(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		w.watched("RQW-AE")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		want(t, "the board shows it", []string{"board"}, w.steps(alert))
		w.pass(2*time.Minute - time.Millisecond)
		w.look(one)
		want(t, "a millisecond early", []string{"board"}, w.steps(alert))
		w.pass(time.Millisecond)
		w.look(one)
		want(t, "two minutes of silence", []string{"board", "nurse in charge"}, w.steps(alert))
		want(t, "the nurse is told", []string{"a@example.nhs.uk"}, w.mail.told())
		w.pass(3 * time.Minute)
		w.look(one)
		want(t, "no doctor on Sundays, and a manager without a channel", []string{"board", "nurse in charge", "-on-call doctor", "-site manager", "centre"}, w.steps(alert))
		want(t, "the centre's line", []string{"a@example.nhs.uk", "c@example.nhs.uk"}, w.mail.told())
		w.pass(5 * time.Minute)
		w.look(one)
		w.pass(time.Hour)
		w.look(one)
		want(t, "the end", []string{"board", "nurse in charge", "-on-call doctor", "-site manager", "centre", "alarm"}, w.steps(alert))
		if alarmed, _ := one.Alarmed(); len(alarmed) != 1 || alarmed[0].Alert != alert || alarmed[0].Department != "RQW-AE" {
			t.Errorf("alarms: %v", alarmed)
		}
		all, err := w.store.StepsOf(t.Context(), alert)
		if err != nil {
			t.Fatal(err)
		}
		for i, reason := range []string{"which somebody can see", "not answered for 2m0s: nurse-a is told (rota nurses, layer turns)", "not answered for 3m0s: nobody can be told: rota doctors: no layer", "mute is on (layer all) and has no channel", "centre is told (rota centre", "all 5 steps were taken"} {
			if !strings.Contains(all[i].Reason, reason) {
				t.Errorf("step %d: %q, want %q", i, all[i].Reason, reason)
			}
		}
		want(t, "the journal", []string{"escalation.step", "escalation.step", "escalation.step", "escalation.step", "escalation.alarm"}, w.journalled(t, alert))
		if _, err := w.desk.Acknowledge(t.Context(), alert, "RQW-AE", alerts.Answering{}, nurse); err != nil {
			t.Fatal(err)
		}
		w.look(one)
		if alarmed, err := one.Alarmed(); len(alarmed) != 0 || err != nil {
			t.Errorf("after an answer: %v, %v", alarmed, err)
		}
	})
}

// journalled are the kinds of the entries of escalations, and the chain verifies.
func (w *world) journalled(t *testing.T, alert string) (kinds []string) {
	t.Helper()
	all, err := w.store.After(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.Verify(0, [32]byte{}, all); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if strings.HasPrefix(string(e.Kind), "escalation.") && e.Subject == alert {
			kinds = append(kinds, string(e.Kind))
		}
	}
	return kinds
}

func TestAnAnswerAMillisecondBeforeStopsIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		w.watched("RQW-AE")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		w.pass(2*time.Minute - time.Millisecond)
		if _, err := w.desk.Acknowledge(t.Context(), alert, "RQW-AE", alerts.Answering{}, nurse); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Millisecond)
		w.look(one)
		w.pass(time.Hour)
		w.look(one)
		want(t, "steps", []string{"board"}, w.steps(alert))
		want(t, "told", nil, w.mail.told())
	})
}

// TestWhatWasDecidedIsNotSentAfterAnAnswer: the answer comes between the decision and the mail.
func TestWhatWasDecidedIsNotSentAfterAnAnswer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		if err := one.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.desk.Acknowledge(t.Context(), alert, "RQW-AE", alerts.Answering{}, nurse); err != nil {
			t.Fatal(err)
		}
		w.look(one)
		want(t, "steps", []string{"-board", "nurse in charge"}, w.steps(alert))
		want(t, "told", nil, w.mail.told())
		want(t, "trail", []string{"one: not sent: the alert was answered, or is gone"}, w.trail(t, alert))
	})
}

// trail is what came of each try.
func (w *world) trail(t *testing.T, alert string) (lines []string) {
	t.Helper()
	all, err := w.store.TriesOf(t.Context(), alert)
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range all {
		lines = append(lines, try.Node+": "+try.Outcome)
	}
	return lines
}

func TestADepartmentThatNobodyCanSeeBeginsAtTheFirstPersonAndAHandoverInTheMiddleFindsTheNext(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		before := w.arrives("V1", "9990000018")
		w.look(one)
		want(t, "at once", []string{"-board", "nurse in charge"}, w.steps(before))
		w.pass(5 * time.Minute) // 12:05: the nurses hand over
		after := w.arrives("V2", "9990000026")
		one.Follow([]journal.Entry{{Kind: journal.AlertRaised}})
		w.look(one)
		want(t, "at once", []string{"-board", "nurse in charge"}, w.steps(after))
		want(t, "who is on", []string{"a@example.nhs.uk", "b@example.nhs.uk", "c@example.nhs.uk"}, sorted(w.mail.told()))
	})
}

func sorted(s []string) []string { slices.Sort(s); return s }

// TestKilledBetweenRecordAndSend: the node that decided dies, and another one sends.
func TestKilledBetweenRecordAndSend(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		alert := w.arrives("V1", "9990000018")
		if err := w.node("one").Look(t.Context()); err != nil { // and is gone
			t.Fatal(err)
		}
		want(t, "told", nil, w.mail.told())
		w.look(w.node("two"))
		want(t, "told by the next", []string{"a@example.nhs.uk"}, w.mail.told())
		want(t, "the step was taken once", []string{"-board", "nurse in charge"}, w.steps(alert))
	})
}

// TestKilledBetweenSendAndRecord: the mail went out, and nobody wrote that down. It is sent again under the same key, and the step is still one.
func TestKilledBetweenSendAndRecord(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		alert := w.arrives("V1", "9990000018")
		one := w.node("one")
		if err := one.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		dying, die := context.WithCancel(t.Context())
		w.mail.set(false, die)
		if err := one.Send(dying); err == nil {
			t.Fatal("it did not die")
		}
		w.mail.set(false, nil)
		two := w.node("two")
		w.look(two)
		want(t, "while the claim of the dead node holds", []string{"a@example.nhs.uk"}, w.mail.told())
		w.pass(time.Minute)
		w.look(two)
		want(t, "once it has run out", []string{"a@example.nhs.uk", "a@example.nhs.uk"}, w.mail.told())
		if len(w.mail.keys) != 1 {
			t.Errorf("keys: %v", w.mail.keys)
		}
		want(t, "the step was taken once", []string{"-board", "nurse in charge"}, w.steps(alert))
		want(t, "trail", []string{"two: sent"}, w.trail(t, alert))
	})
}

// TestTwoNodesOneStalled: the first claims, stands still until its claim has run out, and comes back when the second has sent. What it writes
// then changes nothing but the trail.
func TestTwoNodesOneStalled(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		alert := w.arrives("V1", "9990000018")
		one, two := w.node("one"), w.node("two")
		if err := one.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		stalled, wakes, done := make(chan struct{}), make(chan struct{}), make(chan error)
		var came atomic.Bool
		w.mail.set(false, func() {
			if !came.Swap(true) {
				close(stalled)
				<-wakes
			}
		})
		go func() { done <- one.Send(t.Context()) }()
		<-stalled
		w.pass(time.Minute)
		w.look(two)
		want(t, "the other sends", []string{"a@example.nhs.uk"}, w.mail.told())
		close(wakes)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		w.pass(time.Minute)
		w.look(one, two)
		want(t, "both sent, under one key", []string{"a@example.nhs.uk", "a@example.nhs.uk"}, w.mail.told())
		if len(w.mail.keys) != 1 {
			t.Errorf("keys: %v", w.mail.keys)
		}
		want(t, "trail", []string{"one: sent", "two: sent"}, w.trail(t, alert))
	})
}

// TestALateTryDoesNotEndTheDeliveryOfAnother: the fencing token, by itself.
func TestALateTryDoesNotEndTheDeliveryOfAnother(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.arrives("V1", "9990000018")
		if err := w.node("one").Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		claim := func(node string) subscribers.Delivery {
			t.Helper()
			all, err := w.store.ClaimDeliveries(t.Context(), node, w.clock(), w.clock().Add(time.Minute), 8)
			if err != nil || len(all) != 1 {
				t.Fatalf("%v, %v", all, err)
			}
			return all[0]
		}
		first := claim("one")
		if all, err := w.store.ClaimDeliveries(t.Context(), "two", w.clock(), w.clock().Add(time.Minute), 8); err != nil || len(all) != 0 {
			t.Fatalf("another node claimed it, too: %v, %v", all, err)
		}
		w.pass(time.Minute)
		second := claim("two")
		if second.Token <= first.Token || second.Key() != first.Key() {
			t.Fatalf("%+v after %+v", second, first)
		}
		for _, row := range []struct {
			node    string
			d       subscribers.Delivery
			current bool
		}{{"one", first, false}, {"one", second, false}, {"two", second, true}, {"two", second, false}} {
			current, err := w.store.KeepTry(t.Context(), row.node, row.d, subscribers.Tried{At: w.clock(), Outcome: "sent"})
			if err != nil || current != row.current {
				t.Errorf("%s with token %d: current %v, %v", row.node, row.d.Token, current, err)
			}
		}
	})
}

// TestMailThatIsDownIsTriedAgainUntilTheStepIsOver: then the next step is due anyway.
func TestMailThatIsDownIsTriedAgainUntilTheStepIsOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		w.mail.set(true, nil)
		for range 17 { // to 12:02:50
			w.look(one)
			w.pass(10 * time.Second)
		}
		tries := len(w.trail(t, alert))
		if tries < 5 || tries > 9 {
			t.Errorf("%d tries in nearly three minutes", tries)
		}
		w.mail.set(false, nil)
		w.pass(9 * time.Second)
		w.look(one)
		w.pass(time.Second)
		w.look(one)
		if told := w.mail.told(); !slices.Contains(told, "c@example.nhs.uk") {
			t.Errorf("told %v: the step after the nurse's was due at 12:03", told)
		}
	})
}

// numbers are NHS numbers of nobody.
func numbers(n int) (all []string) {
	for i := 9_990_000_000; len(all) < n; i++ {
		if _, err := plans.ParseNHSNumber(fmt.Sprint(i)); err == nil {
			all = append(all, fmt.Sprint(i))
		}
	}
	return all
}

// TestManyNodesTakeEachStepOnce lets four nodes look at the same instant at twenty alerts that are due.
func TestManyNodesTakeEachStepOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var ids []string
		for i := range 20 {
			ids = append(ids, w.arrives(fmt.Sprint("V", i), numbers(20)[i]))
		}
		nodes := []*pager.Pager{w.node("1"), w.node("2"), w.node("3"), w.node("4")}
		for range 3 {
			var all sync.WaitGroup
			for _, p := range nodes {
				all.Go(func() {
					if err := p.Look(t.Context()); err != nil {
						t.Error(err)
					}
					if err := p.Send(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			w.pass(3 * time.Minute)
		}
		for _, id := range ids {
			want(t, "steps", []string{"-board", "nurse in charge", "-on-call doctor", "-site manager", "centre"}, w.steps(id)[:5])
		}
		for key, n := range w.mail.keys {
			if n != 1 {
				t.Errorf("%s was sent %d times", key, n)
			}
		}
		if len(w.mail.keys) < 2*len(ids) {
			t.Errorf("only %d mails", len(w.mail.keys))
		}
	})
}

// TestAnEscalationBeginsAnew where the patient is moved, and goes on being numbered; the department without a policy has the default.
func TestAnEscalationBeginsAnewInAnotherDepartment(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		number, err := plans.ParseNHSNumber("9990000018")
		if err != nil {
			t.Fatal(err)
		}
		w.pass(time.Minute)
		if _, err := w.desk.Receive(t.Context(), w.message("V1", number, "UTC", 2)); err != nil {
			t.Fatal(err)
		}
		one.Follow([]journal.Entry{{Kind: journal.AlertRaised}})
		w.look(one)
		w.pass(2*time.Minute - time.Millisecond)
		w.look(one)
		want(t, "the new department has its two minutes", []string{"-board", "nurse in charge", "-board"}, w.steps(alert))
		w.pass(time.Millisecond)
		w.look(one)
		want(t, "and then it is an alarm", []string{"-board", "nurse in charge", "-board", "alarm"}, w.steps(alert))
	})
}

// TestAClockThatWasADayAheadIsMadeUpFor: a node with a wrong clock takes a step; the others do not wait for its tomorrow.
func TestAClockThatWasADayAheadIsMadeUpFor(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		one := w.node("one")
		w.watched("RQW-AE")
		alert := w.arrives("V1", "9990000018")
		w.pass(24 * time.Hour)
		w.look(one)
		w.pass(-24 * time.Hour)
		w.look(one)
		w.pass(2 * time.Minute)
		w.look(one)
		want(t, "steps", []string{"board", "nurse in charge"}, w.steps(alert))
	})
}

func TestAFileOfWhoIsOnCallThatCannotBeMeantIsRefused(t *testing.T) {
	dir, err := directory.Parse([]byte(twoDepartments))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, file, want string }{
		{"a key that is not known", "rota: []", "rota"},
		{"a person twice", "people: [{id: ann}, {id: ann}]", "id of their own"},
		{"an address that is none", "people: [{id: ann, email: ann}]", "address"},
		{"an address with a name", `people: [{id: ann, email: "Ann <ann@example.nhs.uk>"}]`, "address"},
		{"somebody who is not there", `rotas: [{id: r, layers: [{name: l, handover: "0 8 * * *", people: [ann], first: 2026-01-01}]}]`, "ann is not among the people"},
		{"a handover that is none", `{people: [{id: ann}], rotas: [{id: r, layers: [{name: l, handover: "8 o'clock", people: [ann], first: 2026-01-01}]}]}`, "handover"},
		{"a centre that is none", "centres: {RQW: r}", "no centre"},
		{"a centre without a rota", "centres: {RAL: r}", "no rota"},
		{"a policy without a step", "policies: [{}]", "from 1 to"},
		{"a policy with a rota that is not there", "policies: [{steps: [{name: n, to: on_call, rota: r, wait: 1m}]}]", "no rota"},
		{"a department that is not there", "policies: [{departments: [X], steps: [{name: n, to: board, wait: 1m}]}]", "not in the directory"},
		{"a file of shifts that is not there", "rotas: [{id: r, shifts: none.csv}]", "none.csv"},
		{"a file of shifts elsewhere", "rotas: [{id: r, shifts: ../none.csv}]", "none.csv"},
		{"a file of shifts that is none", "rotas: [{id: r, shifts: bad.csv}]", "line 1"},
		{"an urgency that is none", "policies: [{urgencies: [low], steps: [{name: n, to: board, wait: 1m}]}]", "urgency"},
	} {
		if _, err := pager.ParsePlan([]byte(row.file), fstest.MapFS{"bad.csv": {Data: []byte("start,end")}}, dir); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want an error about %q", row.name, err, row.want)
		}
	}
	empty, err := pager.ParsePlan(nil, nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := empty.Policy("RQW-AE", plans.Critical); len(got.Steps) != 1 || got.Steps[0].To != escalation.Board {
		t.Errorf("an empty file has the policy %+v", got)
	}
}

// TestTheExampleOfTheDocumentHoldsWhatItSays reads the file in docs/on-call.md with the demo's directory, and asks it what the text says.
func TestTheExampleOfTheDocumentHoldsWhatItSays(t *testing.T) {
	text, err := os.ReadFile("../../docs/on-call.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "```yaml\n")
	example, _, _ := strings.Cut(after, "```")
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pager.ParsePlan([]byte(example), nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	policy := plan.Policy("RQW-AE", plans.Critical)
	if len(policy.Steps) != 4 || policy.Again != 1 || len(plan.Policy("RQW-AE", plans.Routine).Steps) != 1 {
		t.Fatalf("%+v", policy)
	}
	for _, row := range []struct{ step, at, person, why string }{
		{"nurse in charge", "2026-11-22T10:00:00Z", "nurse-a", "rota harlow-nurses, layer ground"},
		{"nurse in charge", "2026-11-22T12:02:00Z", "doctor", "rota harlow-nurses, override o1, instead of nurse-a"},
		{"nurse in charge", "2026-11-22T20:00:00Z", "nurse-b", "rota harlow-nurses, layer ground"},
		{"nurse in charge", "2026-12-25T23:59:59Z", "doctor", "rota harlow-nurses, layer bank holidays"},
		{"on-call doctor", "2026-11-22T12:05:00Z", "", "rota harlow-doctors: no layer of the rota has anybody then"},
		{"centre", "2026-11-22T12:05:00Z", "gosh", "rota gosh-line, layer always"},
	} {
		i := slices.IndexFunc(policy.Steps, func(s escalation.Step) bool { return s.Name == row.step })
		at, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		if person, why := plan.Who(policy.Steps[i], "RP4", at, func(person string) bool { return plan.Email(person) != "" }); person != row.person || why != row.why {
			t.Errorf("%s at %s: %q, %q", row.step, row.at, person, why)
		}
	}
}

// TestShiftsOfAFileStandAboveTheLayersAndBelowOverrides reads a spreadsheet of shifts with times of the wall clock.
func TestShiftsOfAFileStandAboveTheLayersAndBelowOverrides(t *testing.T) {
	dir, err := directory.Parse([]byte(twoDepartments))
	if err != nil {
		t.Fatal(err)
	}
	text := `
people: [{id: ann, email: a@example.nhs.uk}, {id: ben, email: b@example.nhs.uk}, {id: cat, email: c@example.nhs.uk}]
rotas:
  - id: r
    shifts: june.csv
    layers: [{name: ground, handover: "0 8 * * *", people: [ann], first: 2026-01-01}]
    overrides: [{id: o, start: 2026-06-02T12:00:00Z, end: 2026-06-02T13:00:00Z, by: cat, decided: 2026-05-01T00:00:00Z}]
`
	plan, err := pager.ParsePlan([]byte(text), fstest.MapFS{"june.csv": {Data: []byte("start,end,person\n2026-06-02 08:00,2026-06-03 08:00,ben\n")}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plan.Files(), []string{"june.csv"}) {
		t.Errorf("files: %v", plan.Files())
	}
	step := escalation.Step{To: escalation.OnCall, Rota: "r"}
	for _, row := range []struct{ at, want, why string }{
		{"2026-06-02T06:59:59Z", "ann", "rota r, layer ground"},
		{"2026-06-02T07:00:00Z", "ben", "rota r, override june.csv-1, instead of ann"},
		{"2026-06-02T12:30:00Z", "cat", "rota r, override o, instead of ben"},
		{"2026-06-03T07:00:00Z", "ann", "rota r, layer ground"},
	} {
		at, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		if got, why := plan.Who(step, "RAL", at, func(person string) bool { return plan.Email(person) != "" }); got != row.want || why != row.why {
			t.Errorf("%s: %q, %q", row.at, got, why)
		}
	}
}
