package pager_test

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/pager"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// TestWhatIsKeptStandsBesideTheFile puts a rota, a policy and a centre's line beside those of a file, and then what the file has already.
func TestWhatIsKeptStandsBesideTheFile(t *testing.T) {
	dir, err := directory.Parse([]byte(twoDepartments))
	if err != nil {
		t.Fatal(err)
	}
	current := func() *directory.Directory { return dir }
	const text = `
people: [{id: ann, name: Sister Able}]
rotas: [{id: nurses, layers: [{name: ground, handover: "0 8 * * *", people: [ann], first: 2026-01-01}]}]
policies: [{steps: [{name: nurse, to: on_call, rota: nurses, wait: 1m}]}]
`
	file, err := pager.ParsePlan([]byte(text), fstest.MapFS{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	doctors := rotas.Rota{ID: "doctors", Organisation: "RQW", Versions: []rotas.Version{{Revision: 1, Since: noon, Plan: rotas.Plan{
		Name: "Doctors", Zone: "Europe/London", Layers: []rota.Layer{{Name: "all", Handover: "0 8 * * *", People: []string{"ben"}, First: "2026-01-01"}},
	}}}}
	step := escalation.Step{Name: "doctor", To: escalation.OnCall, Rota: "doctors", Wait: time.Minute}
	kept := rotas.Kept{
		Rotas:    []rotas.Rota{doctors, {ID: "nurses", Organisation: "RQW", Dropped: noon}}, // what was dropped collides with nothing
		Policies: []rotas.Policy{{ID: "p", Organisation: "RQW", Terms: rotas.Terms{Urgencies: []plans.Urgency{plans.Critical}, Steps: []escalation.Step{step}}}},
		Lines:    []rotas.Line{{Centre: "RP4", Rota: "doctors"}},
	}
	both, err := file.With(kept, map[string]string{"ben": "Dr Bell"}, current)
	if err != nil {
		t.Fatal(err)
	}
	for urgency, want := range map[plans.Urgency]string{plans.Critical: "doctor", plans.Routine: "nurse"} {
		if got := both.Policy("RQW-AE", urgency).Steps[0].Name; got != want {
			t.Errorf("%s: the first step is %s, not %s", urgency, got, want)
		}
	}
	anybody := func(string) bool { return true }
	for _, row := range []struct {
		step        escalation.Step
		at          time.Time
		person, why string
	}{
		{step, noon, "ben", "rota doctors, layer all"},
		{step, noon.Add(-time.Second), "", "rota doctors: there was no such rota then"},
		{escalation.Step{To: escalation.Centre}, noon, "ben", "rota doctors, layer all"},
		{escalation.Step{To: escalation.OnCall, Rota: "nurses"}, noon, "ann", "rota nurses, layer ground"},
	} {
		if person, why := both.Who(row.step, "RP4", row.at, anybody); person != row.person || why != row.why {
			t.Errorf("%+v at %s: %q, %q", row.step, row.at, person, why)
		}
	}
	if both.Name("ben") != "Dr Bell" || both.Name("ann") != "Sister Able" || len(both.Rotas()) != 2 || len(file.Rotas()) != 1 || len(file.File().Rotas) != 1 {
		t.Errorf("the names are %q and %q, with %d rotas, of which the file has %d", both.Name("ben"), both.Name("ann"), len(both.Rotas()), len(file.Rotas()))
	}
	kept.Rotas[1].Dropped = time.Time{}
	if _, err := file.With(kept, nil, current); !errors.Is(err, pager.ErrCollides) {
		t.Errorf("a rota that both have: %v", err)
	}
}
