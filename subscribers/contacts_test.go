package subscribers

import (
	"errors"
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	for _, row := range []struct {
		name  string
		quiet Quiet
		at    string
		want  bool
	}{
		{"none", Quiet{}, "03:00", false},
		{"at night, before", Quiet{"22:00", "07:00"}, "21:59", false},
		{"at night, as it begins", Quiet{"22:00", "07:00"}, "22:00", true},
		{"at night, after midnight", Quiet{"22:00", "07:00"}, "00:00", true},
		{"at night, the last minute", Quiet{"22:00", "07:00"}, "06:59", true},
		{"at night, as it ends", Quiet{"22:00", "07:00"}, "07:00", false},
		{"at noon, within", Quiet{"12:00", "13:00"}, "12:30", true},
		{"at noon, after", Quiet{"12:00", "13:00"}, "13:00", false},
	} {
		at, err := time.Parse("15:04", row.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := row.quiet.At(at); got != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
	}
	for q, good := range map[Quiet]bool{{}: true, {"22:00", "07:00"}: true, {"22:00", ""}: false, {"7:00", "08:00"}: false, {"24:00", "08:00"}: false, {"08:00", "08:00"}: false} {
		if (q.Check() == nil) != good {
			t.Errorf("%+v: %v", q, q.Check())
		}
	}
}

func TestACodeHoldsForAWhileAndForFiveTries(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	c := NewCode("123456", now)
	if left, err := c.Enter(" 123456 ", now.Add(codeFor-time.Second)); err != nil || left != (Code{}) {
		t.Errorf("%+v, %v", left, err)
	}
	if _, err := c.Enter("123456", now.Add(codeFor)); !errors.Is(err, ErrCodeOver) {
		t.Errorf("too late: %v", err)
	}
	var err error
	for i := range codeTries {
		if c, err = c.Enter("000000", now); !errors.Is(err, ErrCodeWrong) || c.Wrong != i+1 {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if _, err := c.Enter("123456", now); !errors.Is(err, ErrCodeOver) || c.Open(now) {
		t.Errorf("after five wrong ones: %v", err)
	}
	if _, err := (Code{}).Enter("", now); !errors.Is(err, ErrCodeOver) {
		t.Errorf("no code is entered by nothing: %v", err)
	}
}

func TestACircuit(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var c Circuit
	for range circuitFails {
		if _, may := c.Enter(now); !may {
			t.Fatalf("it is open after %d failures", c.Failed)
		}
		c = c.After(false, now)
	}
	if _, may := c.Enter(now.Add(circuitFirst - time.Second)); may {
		t.Error("it is not open")
	}
	probing, may := c.Enter(now.Add(circuitFirst))
	if !may {
		t.Error("it is never tried again")
	}
	if _, may := probing.Enter(now.Add(circuitFirst)); may {
		t.Error("two nodes try it")
	}
	if c = probing.After(false, now.Add(circuitFirst)); c.Until != now.Add(circuitFirst+circuitNext) {
		t.Errorf("after another failure it is open until %v", c.Until)
	}
	if c = c.After(true, now); c != (Circuit{}) {
		t.Errorf("after an answer: %+v", c)
	}
}
