package escalation

import (
	"strings"
	"testing"
	"time"
)

// full is the policy of the example in docs/on-call.md.
var full = Policy{Again: 1, Steps: []Step{
	{Name: "board", To: Board, Wait: 2 * time.Minute},
	{Name: "nurse in charge", To: OnCall, Rota: "nurses", Wait: 3 * time.Minute},
	{Name: "on-call doctor", To: OnCall, Rota: "doctors", Wait: 5 * time.Minute},
	{Name: "centre", To: Centre, Wait: 5 * time.Minute},
}}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// somebody is on in every rota.
func somebody(s Step) (person, why string) { return s.Name, "layer days" }

func TestWhatIsNext(t *testing.T) {
	waits, unseen := Facts{Waits: true, Watched: true}, Facts{Waits: true}
	minutes := func(taken, ago, wait int) Progress {
		return Progress{Taken: taken, Since: noon.Add(-time.Duration(ago) * time.Minute), Wait: time.Duration(wait) * time.Minute}
	}
	nobody := func(Step) (string, string) { return "", "no layer of the rota has anybody then" }
	for _, row := range []struct {
		name   string
		facts  Facts
		at     Progress
		who    Who
		act    Act
		step   string
		tells  bool
		reason string
	}{
		{"an alert that was just raised is on the board", waits, minutes(0, 0, 0), somebody, Taking, "board", true, "the alert is on the board, which somebody can see"},
		{"a department without a visible screen begins at the first human step", unseen, minutes(0, 0, 0), somebody, Taking, "board", false, "no screen of the department can be seen"},
		{"… which is due at once", unseen, minutes(1, 0, 0), somebody, Taking, "nurse in charge", true, "nurse in charge is told (layer days)"},
		{"the board has its two minutes", waits, minutes(1, 1, 2), somebody, Waiting, "", false, ""},
		{"after two minutes of silence the nurse is told", waits, minutes(1, 2, 2), somebody, Taking, "nurse in charge", true, "not answered for 2m0s: nurse in charge is told (layer days)"},
		{"then the doctor", waits, minutes(2, 3, 3), somebody, Taking, "on-call doctor", true, "not answered for 3m0s: on-call doctor is told (layer days)"},
		{"an empty rota has nobody, and the next step is due at once", waits, minutes(2, 3, 3), nobody, Taking, "on-call doctor", false, "not answered for 3m0s: nobody can be told: no layer of the rota has anybody then"},
		{"all steps but the board's again", waits, minutes(4, 5, 5), somebody, Taking, "nurse in charge", true, "not answered for 5m0s: nurse in charge is told (layer days) (time 2)"},
		{"the end is an alarm", waits, minutes(7, 5, 5), somebody, Taking, "alarm", true, "not answered for 5m0s: nobody has answered, and all 7 steps were taken"},
		{"after which there is nothing", waits, minutes(8, 50, 0), somebody, Over, "", false, "the alarm was raised"},
		{"an acknowledgement stops it", Facts{Settled: "acknowledged"}, minutes(1, 2, 2), somebody, Over, "", false, "acknowledged"},
		{"also the alarm", Facts{Settled: "the patient has left"}, minutes(7, 5, 5), somebody, Over, "", false, "the patient has left"},
		{"a service that was down for an hour takes one step, not twenty", waits, minutes(1, 60, 2), somebody, Taking, "nurse in charge", true, "not answered for 2m0s: nurse in charge is told (layer days)"},
	} {
		got := Next(full, row.facts, row.at, noon, row.who)
		if got.Act != row.act || got.Of.Name != row.step || got.Tells != row.tells || got.Reason != row.reason {
			t.Errorf("%s: %+v", row.name, got)
		}
		if got.Act == Taking && (got.Then.Taken != row.at.Taken+1 || !got.Then.Since.Equal(noon) || (got.Then.Wait != 0) != (row.tells && row.step != "alarm")) {
			t.Errorf("%s: then %+v", row.name, got.Then)
		}
	}
}

func TestTheBoardHasItsTimeWhereNoPersonComesAfterIt(t *testing.T) {
	d := Next(Default, Facts{Waits: true}, Progress{Since: noon}, noon, somebody)
	if d.Act != Taking || d.Tells || d.Then.Wait != 2*time.Minute {
		t.Errorf("the board that nobody sees: %+v", d)
	}
	if d = Next(Default, Facts{Waits: true}, d.Then, noon.Add(2*time.Minute), somebody); d.Of.To != Alarm {
		t.Errorf("after two minutes: %+v", d)
	}
}

func TestAClockThatWasPutBackCostsAWaitAndNotADay(t *testing.T) {
	at := Progress{Taken: 1, Since: noon.Add(24 * time.Hour), Wait: 2 * time.Minute}
	d := Next(full, Facts{Waits: true}, at, noon, somebody)
	if d.Act != Waiting || !d.Then.Due().Equal(noon.Add(2*time.Minute)) {
		t.Fatalf("%+v", d)
	}
	if d = Next(full, Facts{Waits: true}, d.Then, noon.Add(2*time.Minute), somebody); d.Act != Taking || d.Of.Name != "nurse in charge" {
		t.Errorf("%+v", d)
	}
}

func TestAPolicyThatCouldTellNobodyIsRefused(t *testing.T) {
	if err := full.Check(); err != nil {
		t.Error(err)
	}
	if err := Default.Check(); err != nil {
		t.Error(err)
	}
	with := func(change func(*Policy)) Policy {
		p := Policy{Steps: append([]Step(nil), full.Steps...)}
		change(&p)
		return p
	}
	for _, row := range []struct {
		name   string
		policy Policy
		want   string
	}{
		{"no step", Policy{}, "from 1 to"},
		{"a step without a name", with(func(p *Policy) { p.Steps[1].Name = "" }), "step 2: it has no name"},
		{"no time to answer", with(func(p *Policy) { p.Steps[1].Wait = 0 }), "wait"},
		{"a day to answer", with(func(p *Policy) { p.Steps[1].Wait = 24 * time.Hour }), "wait"},
		{"no rota", with(func(p *Policy) { p.Steps[1].Rota = "" }), "rota"},
		{"a rota at the board", with(func(p *Policy) { p.Steps[0].Rota = "nurses" }), "rota"},
		{"the board later", with(func(p *Policy) { p.Steps[1] = p.Steps[0] }), "first step"},
		{"an alarm in between", with(func(p *Policy) { p.Steps[3].To = Alarm }), "to must be"},
		{"again for ever", with(func(p *Policy) { p.Again = 11 }), "again"},
		{"the board again", Policy{Steps: full.Steps[:1], Again: 1}, "again"},
	} {
		if err := row.policy.Check(); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want an error about %q", row.name, err, row.want)
		}
	}
}
