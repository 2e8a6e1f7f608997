package canary

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestHowTheCheckOfADepartmentStands(t *testing.T) {
	now := time.Date(2026, 11, 25, 14, 3, 12, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	all := func(answered, passed time.Duration, screens, late int) Facts {
		return Facts{Since: ago(time.Hour), Answered: map[string]time.Time{"plain": ago(answered)}, Faults: map[string]string{}, Passed: ago(passed), Screens: screens, Late: late}
	}
	two := all(time.Second, time.Second, 1, 0)
	two.Answered["trusts"], two.Faults["trusts"] = ago(10*time.Minute), "the listener did not answer"
	fresh := all(time.Hour, time.Hour, 1, 0)
	fresh.Since = ago(2 * time.Minute)
	for _, row := range []struct {
		name  string
		facts Facts
		want  State
		where string
	}{
		{"everything came through", all(10*time.Second, 9*time.Second, 2, 0), Passed, ""},
		{"the newest is nearly due", all(70*time.Second, 70*time.Second, 2, 0), Passed, ""},
		{"one is missing", all(80*time.Second, 80*time.Second, 2, 0), Missed, "listener plain"},
		{"two are missing", all(136*time.Second, 136*time.Second, 2, 0), Alarm, "listener plain"},
		{"answered, but not read in the journal", all(time.Second, 5*time.Minute, 2, 0), Alarm, "it was taken, but this node does not read it in the journal"},
		{"one of two listeners does not answer, and the other does", two, Alarm, "listener trusts: the listener did not answer"},
		{"it has just begun", fresh, Missed, "listener plain"},
		{"one screen of three does not show it", all(time.Second, time.Second, 3, 1), Alarm, "screens"},
		{"there is no screen that could", all(time.Second, time.Second, 0, 0), NoScreen, ""},
		{"nothing comes through and there is no screen", all(time.Hour, time.Hour, 0, 0), Alarm, "listener plain"},
	} {
		if got := Judge(row.facts, time.Minute, now); got.State != row.want || got.Where != row.where {
			t.Errorf("%s: %s %q, want %s %q", row.name, got.State, got.Where, row.want, row.where)
		}
	}
}

func TestAnAlarmIsToldOnceAndSoIsItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWatch(time.Minute, []string{"mllp"})
		told := map[State]int{}
		run := func(d time.Duration, fault error) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(5 * time.Second) {
				if time.Now().Second() == 0 {
					w.Answered("mllp", "RQW-AE", time.Now(), fault)
					if fault == nil {
						w.Passed("RQW-AE", time.Now())
					}
				}
				for _, c := range w.Look(time.Now(), []string{"RQW-AE"}, func(string, time.Time) (int, int) { return 1, 0 }) {
					told[c.Verdict.State]++
				}
			}
		}
		run(10*time.Minute, nil)
		if len(told) != 0 {
			t.Fatalf("told of %v while all went well", told)
		}
		run(70*time.Second, errors.New("no answer"))
		if len(told) != 0 || w.Verdict("RQW-AE").State != Missed {
			t.Fatalf("told of %v, %v, after one that is missing", told, w.Verdict("RQW-AE"))
		}
		run(10*time.Minute, errors.New("no answer"))
		run(10*time.Minute, nil)
		if told[Alarm] != 1 || told[Passed] != 1 {
			t.Errorf("told of %v, want one alarm and one end", told)
		}
		w.Look(time.Now(), nil, nil)
		if len(w.Verdicts()) != 0 {
			t.Error("a department that is gone is still watched")
		}
	})
}
