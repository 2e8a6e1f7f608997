package demo

import (
	"testing"
	"time"
)

// noon is when the tests' towns begin.
var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// live lets a town live for a while, asked every second, with every message answered at once. It returns what was sent.
func live(t *town, from time.Time, long time.Duration) (sent []errand) {
	for now := from; now.Before(from.Add(long)); now = now.Add(time.Second) {
		errands, _ := t.due(now)
		for _, e := range errands {
			t.done(e.visit)
		}
		sent = append(sent, errands...)
	}
	return sent
}

func arrivals(sent []errand) (all, withPlan int) {
	for _, e := range sent {
		if e.step.trigger == "A04" {
			all++
			if e.visit.Plan != "" {
				withPlan++
			}
		}
	}
	return all, withPlan
}

func TestAnHourInTown(t *testing.T) {
	for seed := range uint64(5) {
		sent := live(newTown(seed, 4*time.Second, noon, nil), noon, time.Hour)
		all, withPlan := arrivals(sent)
		if all < 700 || all > 1000 {
			t.Errorf("seed %d: %d people arrived in an hour, with one every four seconds", seed, all)
		}
		if withPlan < all/6 || withPlan > all/5+1 {
			t.Errorf("seed %d: of %d arrivals %d had a plan, not one in five", seed, all, withPlan)
		}
		trusts, triggers := map[string]int{}, map[string]int{}
		for _, e := range sent {
			trusts[e.visit.Trust]++
			triggers[e.step.trigger]++
		}
		if len(trusts) != 4 {
			t.Errorf("seed %d: messages came from %v", seed, trusts)
		}
		for _, trigger := range []string{"A04", "A08", "A03", "A11"} {
			if triggers[trigger] == 0 {
				t.Errorf("seed %d: no %s among %v", seed, trigger, triggers)
			}
		}
	}
}

func TestOneOfTheFirstFiveHasAPlan(t *testing.T) {
	for seed := range uint64(20) {
		town := newTown(seed, 4*time.Second, noon, nil)
		var first []errand
		for now := noon; len(first) < 5; now = now.Add(time.Second) {
			errands, _ := town.due(now)
			for _, e := range errands {
				if e.step.trigger == "A04" {
					first = append(first, e)
				}
				town.done(e.visit)
			}
		}
		if _, withPlan := arrivals(first); withPlan != 1 {
			t.Errorf("seed %d: %d of the first five have a plan", seed, withPlan)
		}
	}
}

func TestEveryoneLeavesInTheEnd(t *testing.T) {
	town := newTown(1, 4*time.Second, noon, nil)
	live(town, noon, time.Hour)
	for _, v := range town.inside {
		if stay := noon.Add(time.Hour).Sub(v.Arrived); stay > 110*4*time.Second {
			t.Errorf("visit %s has been inside for %s", v.Number, stay)
		}
	}
	if len(town.inside) == 0 {
		t.Error("the departments are empty after a busy hour")
	}
}

func TestNobodyIsInTwoHospitals(t *testing.T) {
	town := newTown(3, 4*time.Second, noon, nil)
	inside := map[string]string{}
	for _, e := range live(town, noon, time.Hour) {
		plan := e.visit.Plan
		switch {
		case plan == "":
		case e.step.trigger == "A04":
			if other, twice := inside[plan]; twice {
				t.Errorf("the patient of %s arrives (visit %s) while inside (visit %s)", plan, e.visit.Number, other)
			}
			inside[plan] = e.visit.Number
		case e.visit.Told == len(e.visit.steps):
			delete(inside, plan)
		}
	}
}

func TestWithoutAnswersTheTownComesToRest(t *testing.T) {
	town := newTown(1, time.Second, noon, nil)
	sent := 0
	for now := noon; now.Before(noon.Add(time.Hour)); now = now.Add(time.Second) {
		errands, _ := town.due(now)
		sent += len(errands)
	}
	if sent != maxInside || len(town.inside) != maxInside {
		t.Errorf("%d messages are on their way about %d visits; each of %d visits waits for the answer to its first", sent, len(town.inside), maxInside)
	}
}

func TestATownThatSleptDoesNotMakeUpForIt(t *testing.T) {
	town := newTown(1, 4*time.Second, noon, nil)
	live(town, noon, time.Minute)
	errands, next := town.due(noon.Add(8 * time.Hour))
	if all, _ := arrivals(errands); all > 1 {
		t.Errorf("%d people arrive at once when the lid is opened", all)
	}
	if !next.After(noon.Add(8 * time.Hour)) {
		t.Errorf("the next message was due at %s", next)
	}
}

func TestTheTownSaysWhenToAskAgain(t *testing.T) {
	town := newTown(1, 4*time.Second, noon, nil)
	now := noon
	for range 500 {
		errands, next := town.due(now)
		for _, e := range errands {
			town.done(e.visit)
		}
		if !next.After(now) || next.After(now.Add(6*time.Second)) {
			t.Fatalf("asked at %s, the town says to ask again at %s", now, next)
		}
		now = next
	}
}

func TestTheSameSeedIsTheSameDay(t *testing.T) {
	a := live(newTown(7, 4*time.Second, noon, nil), noon, 10*time.Minute)
	b := live(newTown(7, 4*time.Second, noon, nil), noon, 10*time.Minute)
	c := live(newTown(8, 4*time.Second, noon, nil), noon, 10*time.Minute)
	same := func(x, y []errand) bool {
		for i := range min(len(x), len(y)) {
			if x[i].control != y[i].control || x[i].visit.patient != y[i].visit.patient || x[i].step != y[i].step {
				return false
			}
		}
		return len(x) == len(y)
	}
	if !same(a, b) {
		t.Error("two days with seed 7 differ")
	}
	if same(a, c) {
		t.Error("the days with seeds 7 and 8 are the same")
	}
}

func TestNoNumberIsUsedTwice(t *testing.T) {
	visits, controls := map[string]*visit{}, map[string]bool{}
	for run := range 3 { // a restart within the second, and one later
		start := noon.Add(time.Duration(run*run) * 500 * time.Millisecond)
		for _, e := range live(newTown(1, 4*time.Second, start, nil), start, 20*time.Minute) {
			key := e.visit.Trust + " " + e.control
			if controls[key] || len(e.control) > 20 {
				t.Fatalf("control id %s of %s is used twice or too long", e.control, e.visit.Trust)
			}
			controls[key] = true
			if v := visits[e.visit.Number]; v != nil && v != e.visit {
				t.Fatalf("two visits have the number %s", e.visit.Number)
			}
			visits[e.visit.Number] = e.visit
		}
	}
}

func TestWhatHappensDuringAVisit(t *testing.T) {
	corrected, found, cancelled, moved := 0, 0, 0, 0
	const some = 2000
	for seed := range uint64(some) {
		v := &visit{Seed: seed, patient: PersonAt(int(seed))}
		steps := v.script()
		first, last := steps[0], steps[len(steps)-1]
		if first.trigger != "A04" || first.after != 0 {
			t.Fatalf("seed %d: the first message is %s after %d intervals", seed, first.trigger, first.after)
		}
		if last.trigger != "A03" && last.trigger != "A11" {
			t.Fatalf("seed %d: the last message is %s", seed, last.trigger)
		}
		for i, s := range steps[1:] {
			if s.after <= steps[i].after || s.after > 110 {
				t.Fatalf("seed %d: step %d is %d intervals after the arrival, the one before %d", seed, i+1, s.after, steps[i].after)
			}
			if i+2 < len(steps) && s.trigger != "A08" {
				t.Fatalf("seed %d: a %s in the middle of a visit", seed, s.trigger)
			}
		}
		if last.trigger == "A03" && (last.untraced || !last.born.Equal(v.patient.Born) || last.disposition == "") {
			t.Errorf("seed %d: when the patient leaves, something is still not known", seed)
		}
		if last.trigger == "A11" {
			cancelled++
		}
		if first.untraced {
			found++
		}
		if !first.born.Equal(v.patient.Born) {
			corrected++
		}
		if last.bay != waitingRoom {
			moved++
		}
	}
	for what, n := range map[string]int{"cancelled": cancelled, "NHS number found later": found, "birth date corrected": corrected} {
		if n < some/100 || n > some/5 {
			t.Errorf("of %d visits %d: %s", some, n, what)
		}
	}
	if moved < some/2 {
		t.Errorf("only %d of %d patients leave the waiting room for a bay", moved, some)
	}
}

func TestRememberedPatientsGoOnWhereTheyWere(t *testing.T) {
	before := newTown(1, 4*time.Second, noon, nil)
	live(before, noon, 10*time.Minute)
	book := notebook(t.TempDir() + "/notebook.json")
	if err := book.write(before.inside); err != nil {
		t.Fatal(err)
	}
	remembered, err := book.read()
	if err != nil || len(remembered) != len(before.inside) || len(remembered) == 0 {
		t.Fatalf("%d of %d visits are remembered (%v)", len(remembered), len(before.inside), err)
	}
	open := map[string]int{}
	for _, v := range before.inside {
		open[v.Number] = v.Told
	}
	tomorrow := noon.Add(24 * time.Hour)
	for _, e := range live(newTown(2, 4*time.Second, tomorrow, remembered), tomorrow, 10*time.Minute) {
		told, known := open[e.visit.Number]
		if known && e.step != e.visit.steps[told] {
			t.Errorf("visit %s goes on with %s after %d steps", e.visit.Number, e.step.trigger, told)
		}
		if known {
			open[e.visit.Number]++
			if e.visit.Told == len(e.visit.steps) && open[e.visit.Number] == len(e.visit.steps) {
				delete(open, e.visit.Number)
			}
		}
	}
	if len(open) != 0 {
		t.Errorf("%d patients of yesterday never leave", len(open))
	}
}

func TestANotebookThatCannotBeUsed(t *testing.T) {
	for name, page := range map[string]string{
		"torn":                       `[{"number":"V1","tru`,
		"a negative number of steps": `[{"number":"V1","trust":"RQW","told":-1}]`,
		"not a list":                 `{}`,
	} {
		if visits, err := readPage(t, page); err == nil {
			t.Errorf("%s: read as %d visits", name, len(visits))
		}
	}
	for name, page := range map[string]string{
		"a hospital that is no more": `[{"number":"V1","trust":"RZZ"}]`,
		"a plan that is no more":     `[{"number":"V1","trust":"RQW","plan":"demo-gone"}]`,
		"a visit that was over":      `[{"number":"V1","trust":"RQW","told":99}]`,
		"nobody":                     `[null]`,
	} {
		visits, err := readPage(t, page)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if town := newTown(1, time.Second, noon, visits); len(town.inside) != 0 {
			t.Errorf("%s: %d patients are inside", name, len(town.inside))
		}
	}
}

func readPage(t *testing.T, page string) ([]*visit, error) {
	t.Helper()
	name := t.TempDir() + "/notebook.json"
	writeFile(t, name, page)
	return notebook(name).read()
}
