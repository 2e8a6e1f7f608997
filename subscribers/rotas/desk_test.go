package rotas_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

const harlow = `
regions: [{id: Y56, name: London}, {id: QM7, name: Hertfordshire}]
organisations:
  - {id: RP4, name: Great Ormond Street, region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
  - {id: RWG, name: West Hertfordshire, region: QM7, main_site: RWG02}
sites: [{id: RQWG0, name: Harlow, organisation: RQW}, {id: RWG02, name: Watford, organisation: RWG}]
departments:
  - {id: RQW-AE, name: Emergency Department, site: RQWG0, main: true, locations: [AE]}
  - {id: RWG-AE, name: Emergency Department, site: RWG02, main: true, locations: [AE]}
`

var (
	lead   = journal.Actor{Name: "lead", Role: "rota lead", Organisation: "RQW"}
	second = journal.Actor{Name: "nurse", Role: "nurse in charge", Organisation: "RQW"}
	ann    = journal.Actor{Name: "ann", Role: "clinician", Organisation: "RQW"}
	ben    = journal.Actor{Name: "ben", Role: "clinician", Organisation: "RQW"}
)

// office is a desk over a real database, with a clock that is moved by hand.
type office struct {
	*rotas.Desk
	t     *testing.T
	store *sql.Store
	now   time.Time
	file  rotas.File
}

func eachOffice(t *testing.T, story func(t *testing.T, o *office)) {
	t.Parallel()
	dir, err := directory.Parse([]byte(harlow))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		o := &office{t: t, store: sql.NewStore(db), now: at(t, "2026-11-23T12:00:00Z")}
		people := map[string]rotas.Person{}
		for _, id := range []string{"ann", "ben", "cat", "lead", "nurse"} {
			people[id] = rotas.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Organisations: []string{"RQW"}, Reachable: id != "cat"}
		}
		people["gosh"] = rotas.Person{ID: "gosh", Name: "GOSH on call", Organisations: []string{"RP4"}, Reachable: true}
		o.Desk = rotas.NewDesk(rotas.Options{
			Store: o.store, File: func() rotas.File { return o.file }, People: func(context.Context) (map[string]rotas.Person, error) { return people, nil },
			Directory: func() *directory.Directory { return dir }, Now: func() time.Time { return o.now },
		})
		story(t, o)
	})
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// days is a rota of some people who are on from eight to eight, each for a day.
func days(revision int, people ...string) rotas.Draft {
	return rotas.Draft{ID: "nurses", Organisation: "RQW", Revision: revision, Plan: rotas.Plan{
		Name: "Harlow nurses", Zone: "Europe/London", Layers: []rota.Layer{{Name: "ground", Handover: "0 8 * * *", People: people, First: "2026-11-01"}},
	}}
}

// weekdays is the same, with nobody on at weekends.
func weekdays(revision int, people ...string) rotas.Draft {
	d := days(revision, people...)
	d.Layers[0].Windows = []rota.Window{{Weekdays: []rota.Weekday{"mon", "tue", "wed", "thu", "fri"}}}
	return d
}

func (o *office) keep(by journal.Actor, d rotas.Draft) rotas.Outcome {
	o.t.Helper()
	out, err := o.Keep(o.t.Context(), by, d)
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// on is who is on in the rota of the tests, as everything is kept now.
func (o *office) on(instant string) string {
	o.t.Helper()
	b, err := o.Book(o.t.Context(), o.now.AddDate(-1, 0, 0))
	if err != nil {
		o.t.Fatal(err)
	}
	r, ok := b.Then("nurses")
	if !ok {
		return "no rota"
	}
	return r.At(at(o.t, instant)).Person
}

// kinds are the journal's entries, without the subjects.
func (o *office) kinds() (all []journal.Kind) {
	o.t.Helper()
	entries, err := o.store.After(o.t.Context(), 0, 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Kind)
	}
	return all
}

func TestAChangeThatLeavesNobodyOnWaitsForASecondPersonAndThePastStaysAsItWas(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		if out := o.keep(lead, days(0, "ann", "ben")); out.Change != "" || out.Revision != 1 {
			t.Fatalf("a new rota: %+v", out)
		}
		o.now = o.now.Add(time.Hour)
		if out := o.keep(lead, days(1, "ben", "ann", "cat")); out.Change != "" || out.Revision != 2 { // somebody is on at all times still
			t.Fatalf("others: %+v", out)
		}
		o.now = o.now.Add(time.Hour)
		p, _, err := o.Preview(t.Context(), weekdays(2, "ben", "ann", "cat"))
		if err != nil || !p.Second || len(p.Lost) != 8 || !slices.ContainsFunc(p.Summary, func(s string) bool { return strings.HasPrefix(s, "Nobody is on any more from Sat 28 Nov 00:00") }) {
			t.Fatalf("preview: %v %+v", err, p)
		}
		out := o.keep(lead, weekdays(2, "ben", "ann", "cat"))
		if again := o.keep(lead, weekdays(2, "ben", "ann", "cat")); out.Change == "" || again.Change != out.Change {
			t.Fatalf("nobody at weekends: %+v, and again %+v", out, again)
		}
		const saturday = "2026-11-28T12:00:00Z"
		if who := o.on(saturday); who == "" {
			t.Error("it holds before anybody agreed")
		}
		if err := o.Decide(t.Context(), lead, out.Change, true, ""); !errors.Is(err, changes.ErrOwn) {
			t.Errorf("the one who proposed it agrees: %v", err)
		}
		if waiting, err := o.Waiting(t.Context()); err != nil || len(waiting) != 1 || waiting[0].ID != "nurses" || waiting[0].Organisation != "RQW" {
			t.Errorf("waiting: %v %+v", err, waiting)
		}
		before := o.on("2026-11-23T12:30:00Z")
		o.now = o.now.Add(time.Hour)
		if err := o.Decide(t.Context(), second, out.Change, true, ""); err != nil {
			t.Fatal(err)
		}
		if who := o.on(saturday); who != "" {
			t.Errorf("on Saturday %s is on", who)
		}
		if err := o.Decide(t.Context(), second, out.Change, true, ""); !errors.Is(err, changes.ErrDecided) {
			t.Errorf("decided twice: %v", err)
		}
		if who := o.on("2026-11-23T12:30:00Z"); who != before || who == "" {
			t.Errorf("half past twelve was %s's, and is %s's now", before, who)
		}
		if who := o.on("2026-11-23T11:59:59Z"); who != "" {
			t.Errorf("before there was a rota, %s was on", who)
		}
		want := []journal.Kind{journal.RotaKept, journal.RotaKept, journal.ChangeProposed, journal.ChangeApproved, journal.RotaKept, journal.ChangeTaken}
		if got := o.kinds(); !slices.Equal(got, want) {
			t.Errorf("journalled %v", got)
		}
		if history, err := o.History(t.Context(), "nurses"); err != nil || len(history) != len(want) {
			t.Errorf("history: %v, %d entries", err, len(history))
		}
	})
}

func TestWhatRestsOnAnotherVersionIsRefused(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		o.keep(lead, days(0, "ann", "ben"))
		waits := o.keep(lead, weekdays(1, "ann"))
		o.keep(second, days(1, "ann", "cat"))
		ctx := t.Context()
		if _, err := o.Keep(ctx, lead, days(1, "ben")); !errors.Is(err, rotas.ErrStale) {
			t.Errorf("an old version: %v", err)
		}
		if _, err := o.Keep(ctx, lead, days(0, "ben")); !errors.Is(err, rotas.ErrStale) {
			t.Errorf("a new one with the id of another: %v", err)
		}
		if err := o.Decide(ctx, second, waits.Change, true, ""); !errors.Is(err, rotas.ErrStale) {
			t.Errorf("agreed to what rests on an old version: %v", err)
		}
		// On the page of all changes it can be agreed to all the same; then the service refuses it.
		p, err := o.store.Proposal(ctx, waits.Change)
		if err != nil || p.State != changes.Waiting {
			t.Fatalf("%v, %s", err, p.State)
		}
		if p, err = p.Decide(second, true, "", o.now); err == nil {
			err = o.store.Move(ctx, p, changes.Waiting, o.now)
		}
		if err == nil {
			err = o.Take(ctx)
		}
		if p, _ = o.store.Proposal(ctx, waits.Change); err != nil || p.State != changes.Refused || p.DecidedBy != journal.Service {
			t.Errorf("%v, %+v", err, p)
		}
		o.file.Rotas = []rotas.FileRota{{ID: "doctors"}}
		for what, row := range map[string]struct {
			draft rotas.Draft
			want  error
		}{
			"an id of the file":      {rotas.Draft{ID: "doctors", Organisation: "RQW", Plan: days(0, "ann").Plan}, rotas.ErrOfFile},
			"another organisation's": {rotas.Draft{ID: "nurses", Organisation: "RWG", Revision: 2, Plan: days(0, "ann").Plan}, rotas.ErrForeign},
		} {
			if _, err := o.Keep(ctx, lead, row.draft); !errors.Is(err, row.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestFaultsAreNamedWhereTheyAre(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		for _, row := range []struct {
			what   string
			change func(*rotas.Draft)
			at     string
		}{
			{"a stranger", func(d *rotas.Draft) { d.Layers[0].People = []string{"dan"} }, "layers/0/people"},
			{"somebody of another organisation", func(d *rotas.Draft) { d.Layers[0].People = []string{"gosh"} }, "layers/0/people"},
			{"a handover that is none", func(d *rotas.Draft) { d.Layers[0].Handover = "at eight" }, "layers/0/handover"},
			{"handovers every minute", func(d *rotas.Draft) { d.Layers[0].Handover = "* * * * *" }, "layers/0/handover"},
			{"no first day", func(d *rotas.Draft) { d.Layers[0].First = "" }, "layers/0/first"},
			{"a last day before the first", func(d *rotas.Draft) { d.Layers[0].Last = "2026-10-01" }, "layers/0/last"},
			{"an hour that is none", func(d *rotas.Draft) { d.Layers[0].Windows = []rota.Window{{From: "25:00"}} }, "layers/0/windows"},
			{"two layers of one name", func(d *rotas.Draft) { d.Layers = append(d.Layers, d.Layers[0]) }, "layers/1/name"},
			{"a zone that is none", func(d *rotas.Draft) { d.Zone = "Harlow" }, "zone"},
			{"a holiday that is none", func(d *rotas.Draft) { d.Holidays = []rota.Date{"Christmas"} }, "holidays"},
			{"an id with spaces", func(d *rotas.Draft) { d.ID = "our nurses" }, "rota"},
			{"no name", func(d *rotas.Draft) { d.Name = "" }, "name"},
		} {
			d := days(0, "ann")
			row.change(&d)
			p, _, err := o.Preview(t.Context(), d)
			if err != nil || len(p.Faults) != 1 || p.Faults[0].At != row.at || p.Faults[0].Words == "" {
				t.Errorf("%s: %v %+v", row.what, err, p.Faults)
			}
			if _, err := o.Keep(t.Context(), lead, d); !isFault(err) {
				t.Errorf("%s is kept: %v", row.what, err)
			}
		}
	})
}

func isFault(err error) bool {
	_, ok := errors.AsType[rotas.FaultsError](err)
	return ok
}

func TestAnOverrideHoldsAndIsTakenBack(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		o.keep(lead, weekdays(0, "ann"))
		ctx := t.Context()
		made, err := o.Override(ctx, second, "nurses", rota.Override{Start: o.now.Add(-time.Hour), End: o.now.Add(6 * time.Hour), By: "ben"})
		if err != nil || !made.Start.Equal(o.now) || made.DecidedBy != "nurse" {
			t.Fatalf("%v %+v", err, made)
		}
		if who := o.on("2026-11-23T13:00:00Z"); who != "ben" {
			t.Errorf("%s is on", who)
		}
		o.now = o.now.Add(2 * time.Hour)
		if out, err := o.CancelOverride(ctx, second, "nurses", "RQW", made.ID); err != nil || out.Change != "" { // ann is on then
			t.Fatalf("%v %+v", err, out)
		}
		for instant, want := range map[string]string{"2026-11-23T13:59:59Z": "ben", "2026-11-23T14:00:00Z": "ann"} {
			if who := o.on(instant); who != want {
				t.Errorf("at %s %s is on", instant, who)
			}
		}
		if _, err := o.CancelOverride(ctx, second, "nurses", "RQW", made.ID); !errors.Is(err, rotas.ErrOver) {
			t.Errorf("taken back twice: %v", err)
		}
		// At a weekend nobody else is on: that waits.
		weekend, err := o.Override(ctx, lead, "nurses", rota.Override{Start: at(t, "2026-11-28T00:00:00Z"), End: at(t, "2026-11-30T00:00:00Z"), By: "cat"})
		if err != nil {
			t.Fatal(err)
		}
		out, err := o.CancelOverride(ctx, lead, "nurses", "RQW", weekend.ID)
		if err != nil || out.Change == "" || o.on("2026-11-28T12:00:00Z") != "cat" {
			t.Fatalf("%v %+v", err, out)
		}
		if err := o.Decide(ctx, second, out.Change, true, ""); err != nil || o.on("2026-11-28T12:00:00Z") != "" {
			t.Errorf("agreed to, and %q is on: %v", o.on("2026-11-28T12:00:00Z"), err)
		}
		for what, bad := range map[string]rota.Override{
			"a stranger":           {Start: o.now, End: o.now.Add(time.Hour), By: "dan"},
			"two years":            {Start: o.now, End: o.now.AddDate(2, 0, 0), By: "ann"},
			"an end before it":     {Start: o.now.Add(2 * time.Hour), End: o.now.Add(time.Hour), By: "ann"},
			"instead of strangers": {Start: o.now, End: o.now.Add(time.Hour), By: "ann", Instead: "dan"},
		} {
			if _, err := o.Override(ctx, lead, "nurses", bad); !isFault(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := o.Override(ctx, lead, "nurses", rota.Override{Start: o.now.Add(-2 * time.Hour), End: o.now, By: "ann"}); !errors.Is(err, rotas.ErrOver) {
			t.Errorf("what is past: %v", err)
		}
	})
}

func TestASwapIsAskedForAndAnswered(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		o.keep(lead, days(0, "ann", "ben")) // ann's day begins on odd days of November
		ctx := t.Context()
		mine, theirs := rota.Swap{Start: at(t, "2026-11-25T08:00:00Z"), End: at(t, "2026-11-26T08:00:00Z")}, [2]time.Time{at(t, "2026-11-26T08:00:00Z"), at(t, "2026-11-27T08:00:00Z")}
		if who := o.on("2026-11-25T12:00:00Z"); who != "ann" {
			t.Fatalf("%s is on", who)
		}
		swap := mine
		swap.Takes, swap.BackStart, swap.BackEnd = "ben", theirs[0], theirs[1]
		if _, err := o.AskSwap(ctx, ben, "nurses", rota.Swap{Takes: "ann", Start: mine.Start, End: mine.End}); !errors.Is(err, rotas.ErrNotOn) {
			t.Errorf("ben gives away what is ann's: %v", err)
		}
		asked, err := o.AskSwap(ctx, ann, "nurses", swap)
		if err != nil || o.on("2026-11-25T12:00:00Z") != "ann" {
			t.Fatalf("asked: %v", err)
		}
		if _, err := o.AnswerSwap(ctx, ann, asked.ID, true); !errors.Is(err, rota.ErrNotTheirs) {
			t.Errorf("ann accepts it herself: %v", err)
		}
		if _, err := o.AnswerSwap(ctx, ben, asked.ID, true); err != nil {
			t.Fatal(err)
		}
		for instant, want := range map[string]string{"2026-11-25T07:59:59Z": "ben", "2026-11-25T08:00:00Z": "ben", "2026-11-26T08:00:00Z": "ann", "2026-11-27T08:00:00Z": "ann"} {
			if who := o.on(instant); who != want {
				t.Errorf("at %s %s is on", instant, who)
			}
		}
		if _, err := o.TakeBackSwap(ctx, ann, asked.ID); !errors.Is(err, rota.ErrSettled) {
			t.Errorf("taken back after it was accepted: %v", err)
		}
		// ann has given the 25th away: she cannot do so again, not even where that was asked before.
		other := rota.Swap{Takes: "cat", Start: at(t, "2026-11-27T08:00:00Z"), End: at(t, "2026-11-28T08:00:00Z")}
		first, err := o.AskSwap(ctx, ann, "nurses", other)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Override(ctx, lead, "nurses", rota.Override{Start: other.Start, End: other.End, By: "lead"}); err != nil {
			t.Fatal(err)
		}
		cat := journal.Actor{Name: "cat", Role: "clinician", Organisation: "RQW"}
		if _, err := o.AnswerSwap(ctx, cat, first.ID, true); !errors.Is(err, rotas.ErrNotOn) {
			t.Errorf("accepted what is ann's no more: %v", err)
		}
		b, err := o.Book(ctx, o.now)
		if err != nil || len(b.SwapsOf("cat")) != 1 || len(b.SwapsOf("ann")) != 2 {
			t.Errorf("%v", err)
		}
		o.now = at(t, "2026-11-27T08:00:00Z")
		if _, err := o.AnswerSwap(ctx, cat, first.ID, true); !errors.Is(err, rota.ErrTooLate) {
			t.Errorf("accepted when it has begun: %v", err)
		}
		if _, err := o.TakeBackSwap(ctx, ann, first.ID); err != nil {
			t.Errorf("taken back: %v", err)
		}
		want := []journal.Kind{journal.RotaKept, journal.RotaSwapAsked, journal.RotaSwapAccepted, journal.RotaSwapAsked, journal.RotaOverridden, journal.RotaSwapClosed}
		if got := o.kinds(); !slices.Equal(got, want) {
			t.Errorf("journalled %v", got)
		}
	})
}

// The October night: the clock shows half past one twice, and a kept rota hands over the first time.
func TestTheOctoberNightInAKeptRotaAndItsSpreadsheet(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		o.now = at(t, "2026-10-20T12:00:00Z")
		d := days(0, "ann", "ben")
		d.Layers[0].Handover, d.Layers[0].First = "30 1 * * *", "2026-10-20"
		o.keep(lead, d)
		for instant, want := range map[string]string{"2026-10-25T00:29:59Z": "ann", "2026-10-25T00:30:00Z": "ben", "2026-10-25T01:30:00Z": "ben", "2026-10-26T01:30:00Z": "ann"} {
			if who := o.on(instant); who != want {
				t.Errorf("at %s %s is on, not %s", instant, who, want)
			}
		}
		out, err := o.Import(t.Context(), lead, "nurses", 1, "start,end,person\n2026-10-25 00:30,2026-10-25 01:30,cat\n2026-10-25T01:30:00Z,2026-10-25T02:30:00Z,lead\n")
		if err != nil || out.Change != "" || out.Revision != 2 {
			t.Fatalf("%v %+v", err, out)
		}
		for instant, want := range map[string]string{"2026-10-25T00:29:59Z": "cat", "2026-10-25T00:30:00Z": "ben", "2026-10-25T01:30:00Z": "lead", "2026-10-25T02:30:00Z": "ben"} {
			if who := o.on(instant); who != want {
				t.Errorf("by the spreadsheet, at %s %s is on, not %s", instant, who, want)
			}
		}
		p, _, err := o.PreviewImport(t.Context(), "nurses", 2, "start,end,person\n2026-10-25 00:30,2026-10-25 01:30,dan\n")
		if err != nil || len(p.Faults) != 1 || p.Faults[0].At != "csv" {
			t.Errorf("a stranger in a spreadsheet: %v %+v", err, p.Faults)
		}
		if _, err := o.Import(t.Context(), lead, "nurses", 2, "from,to\n"); !isFault(err) {
			t.Errorf("another spreadsheet: %v", err)
		}
	})
}

func TestPoliciesAlwaysWaitAndTheNarrowestHolds(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.keep(lead, days(0, "ann", "ben"))
		wish := func(id string, departments []string, urgent []plans.Urgency, wait time.Duration) rotas.Wish {
			return rotas.Wish{ID: id, Organisation: "RQW", Terms: rotas.Terms{Name: id, Departments: departments, Urgencies: urgent, Again: 1, Steps: []escalation.Step{
				{Name: "board", To: escalation.Board, Wait: wait}, {Name: "nurse", To: escalation.OnCall, Rota: "nurses", Wait: time.Minute},
			}}}
		}
		agreed := func(out rotas.Outcome, err error) {
			t.Helper()
			if err != nil || out.Change == "" {
				t.Fatalf("%v %+v", err, out)
			}
			if err := o.Decide(ctx, second, out.Change, true, ""); err != nil {
				t.Fatal(err)
			}
		}
		agreed(o.KeepPolicy(ctx, lead, wish("all", nil, nil, 2*time.Minute)))
		agreed(o.KeepPolicy(ctx, lead, wish("critical", nil, []plans.Urgency{plans.Critical}, time.Minute)))
		agreed(o.KeepPolicy(ctx, lead, wish("emergency", []string{"RQW-AE"}, nil, 3*time.Minute)))
		b, err := o.Book(ctx, o.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			department string
			urgency    plans.Urgency
			want       string
		}{{"RQW-AE", plans.Critical, "emergency"}, {"RQW-UTC", plans.Critical, "critical"}, {"RQW-UTC", plans.Routine, "all"}, {"RWG-AE", plans.Critical, ""}} {
			organisation := row.department[:3]
			if p, _ := b.PolicyFor(organisation, row.department, row.urgency); p.ID != row.want {
				t.Errorf("%s, %s: %q", row.department, row.urgency, p.ID)
			}
		}
		if _, err := o.KeepPolicy(ctx, lead, wish("also", nil, []plans.Urgency{plans.Critical, plans.Urgent}, time.Minute)); !isFault(err) {
			t.Errorf("two policies for the same: %v", err)
		}
		for at, bad := range map[string]func(*rotas.Wish){
			"departments/0": func(w *rotas.Wish) { w.Departments = []string{"RWG-AE"} },
			"urgencies/0":   func(w *rotas.Wish) { w.Urgencies = []plans.Urgency{"soon"} },
			"steps/1/rota":  func(w *rotas.Wish) { w.Steps[1].Rota = "doctors" },
			"steps/0/wait":  func(w *rotas.Wish) { w.Steps[0].Wait = 0 },
			"again":         func(w *rotas.Wish) { w.Steps, w.Again = w.Steps[:1], 2 },
			"policy":        func(w *rotas.Wish) { w.ID = "A B" },
		} {
			w := wish("other", []string{"RQW-AE"}, []plans.Urgency{plans.Routine}, time.Minute)
			bad(&w)
			if p, _, err := o.PreviewPolicy(ctx, w); err != nil || len(p.Faults) != 1 || p.Faults[0].At != at {
				t.Errorf("%s: %v %+v", at, err, p.Faults)
			}
		}
		words, first, alarm := b.Told(wish("x", nil, nil, 2*time.Minute).Terms)
		want := []string{
			"At once: the board shows it, for 2 minutes.", "After 2 minutes: nurse: whoever is on in Harlow nurses is told, and has 1 minute.",
			"After 3 minutes: nurse: whoever is on in Harlow nurses is told, for the second time, and has 1 minute.",
			"After 4 minutes: nobody has answered. It is an alarm, which whoever runs the service sees until somebody does.",
		}
		if !slices.Equal(words, want) || first != 2*time.Minute || alarm != 4*time.Minute {
			t.Errorf("%v, %s, %s", words, first, alarm)
		}
		// A rota that a policy names is not dropped; a policy is, once somebody agrees.
		if _, err := o.Drop(ctx, lead, "nurses", "RQW", 1); !errors.Is(err, rotas.ErrNamed) {
			t.Errorf("a rota that is named is dropped: %v", err)
		}
		for _, id := range []string{"all", "critical", "emergency"} {
			p, _ := b.Policy(id)
			agreed(o.DropPolicy(ctx, lead, p, p.Revision))
		}
		agreed(o.Drop(ctx, lead, "nurses", "RQW", 1))
		if who := o.on("2026-11-24T12:00:00Z"); who != "" {
			t.Errorf("%s is on in a rota that was dropped", who)
		}
		if out := o.keep(lead, days(0, "cat")); out.Change != "" || o.on("2026-11-24T12:00:00Z") != "cat" {
			t.Errorf("a rota of the same id: %+v", out)
		}
	})
}

func TestWhatLiesAheadIsToldOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		o.keep(lead, weekdays(0, "ann", "cat"))
		ctx := t.Context()
		told, err := o.TellAhead(ctx)
		if err != nil || len(told["nurses"]) != 9 { // eight weekends, and cat, whom nothing reaches
			t.Fatalf("%v %v", err, told)
		}
		if again, err := o.TellAhead(ctx); err != nil || len(again) != 0 {
			t.Errorf("told twice: %v %v", err, again)
		}
		o.keep(lead, days(1, "ann", "ben"))
		if told, err := o.TellAhead(ctx); err != nil || len(told) != 0 {
			t.Errorf("when all is well: %v %v", err, told)
		}
		o.keep(lead, days(2, "ann", "cat"))
		if told, err := o.TellAhead(ctx); err != nil || len(told["nurses"]) != 1 || !strings.Contains(told["nurses"][0], "cat") {
			t.Errorf("told anew: %v %v", err, told)
		}
		want := []journal.Kind{journal.RotaKept, journal.RotaGap, journal.RotaKept, journal.RotaKept, journal.RotaGap}
		if got := o.kinds(); !slices.Equal(got, want) {
			t.Errorf("journalled %v", got)
		}
	})
}

func TestACentresLine(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		gosh, other := journal.Actor{Name: "gosh", Role: "centre lead", Organisation: "RP4"}, journal.Actor{Name: "admin", Role: "administrator"}
		for _, id := range []string{"gosh-line", "gosh-nights"} {
			d := days(0, "gosh")
			d.ID, d.Organisation = id, "RP4"
			o.keep(gosh, d)
		}
		if out, err := o.KeepLine(ctx, gosh, rotas.Line{Centre: "RP4", Rota: "gosh-line"}); err != nil || out.Change != "" {
			t.Fatalf("the first: %v %+v", err, out)
		}
		out, err := o.KeepLine(ctx, gosh, rotas.Line{Centre: "RP4", Rota: "gosh-nights", Revision: 1})
		if err != nil || out.Change == "" {
			t.Fatalf("another: %v %+v", err, out)
		}
		if err := o.Decide(ctx, other, out.Change, false, ""); !errors.Is(err, changes.ErrWords) {
			t.Errorf("refused without words: %v", err)
		}
		if err := o.Decide(ctx, other, out.Change, false, "Nobody is on by day."); err != nil {
			t.Fatal(err)
		}
		kept, err := o.store.Rotas(ctx, o.now)
		if err != nil || len(kept.Lines) != 1 || kept.Lines[0].Rota != "gosh-line" {
			t.Errorf("%v %+v", err, kept.Lines)
		}
		for what, line := range map[string]rotas.Line{"a hospital": {Centre: "RQW", Rota: "gosh-line"}, "a rota that is not there": {Centre: "RP4", Rota: "line", Revision: 1}} {
			if _, err := o.KeepLine(ctx, gosh, line); !isFault(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		o.file.Lines = map[string]string{"RP4": "x"}
		if _, err := o.KeepLine(ctx, gosh, rotas.Line{Centre: "RP4", Rota: "gosh-nights", Revision: 1}); !errors.Is(err, rotas.ErrOfFile) {
			t.Errorf("what the file has: %v", err)
		}
	})
}

func TestACalendarProgramReadsShiftsUntilTheAddressEnds(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		o.keep(lead, days(0, "ann", "ben"))
		ctx := t.Context()
		old, err := o.MakeCalendar(ctx, ann, "")
		if err != nil {
			t.Fatal(err)
		}
		token, err := o.MakeCalendar(ctx, ann, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Calendar(ctx, old); !errors.Is(err, rotas.ErrNoFeed) {
			t.Errorf("the address before: %v", err)
		}
		text, err := o.Calendar(ctx, token)
		if err != nil || !strings.Contains(text, "SUMMARY:On call: Ann\r\n") || strings.Contains(text, "Ben") || !strings.Contains(text, "DESCRIPTION:On call: Ann\\, Harlow nurses\\, layer ground") {
			t.Errorf("%v\n%s", err, text)
		}
		whole, err := o.MakeCalendar(ctx, ann, "nurses")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := o.Calendar(ctx, whole); err != nil || !strings.Contains(text, "SUMMARY:On call: Ben\r\n") {
			t.Errorf("%v\n%s", err, text)
		}
		if all, err := o.Calendars(ctx, "ann"); err != nil || len(all) != 2 || all[0].Rota != "" || all[1].Rota != "nurses" || strings.Contains(fmt.Sprint(all), token) {
			t.Errorf("%v %+v", err, all)
		}
		if err := o.EndCalendar(ctx, ann, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Calendar(ctx, token); !errors.Is(err, rotas.ErrNoFeed) {
			t.Errorf("after its end: %v", err)
		}
		if err := o.EndCalendar(ctx, ann, ""); !errors.Is(err, rotas.ErrNoFeed) {
			t.Errorf("ended twice: %v", err)
		}
	})
}
