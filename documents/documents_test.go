package documents_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/documents"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// archive keeps plans as the service does, in memory. Before each publication it does what a test wants to happen in between.
type archive struct {
	mu      sync.Mutex
	held    map[string]plans.Held
	named   map[plans.Identifier]string
	between func()
}

func newArchive() *archive {
	return &archive{held: map[string]plans.Held{}, named: map[plans.Identifier]string{}}
}

func (a *archive) Plan(_ context.Context, id string) (*plans.Held, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	held, ok := a.held[id]
	if !ok {
		return nil, plans.ErrNotFound
	}
	return &held, nil
}

func (a *archive) FindPlans(_ context.Context, q plans.Query) ([]plans.Change, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id, ok := a.named[q.Identifiers[0][0]]; ok && a.held[id].Plan.Centre == q.Centre {
		return []plans.Change{{ID: id}}, false, nil
	}
	return nil, false, nil
}

func (a *archive) Publish(_ context.Context, pub plans.Publication, _ journal.Actor) (plans.Plan, bool, error) {
	if between := a.between; between != nil {
		a.between = nil
		between()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var before *plans.Held
	if held, ok := a.held[pub.Plan.ID]; ok {
		before = &held
	}
	next, changed, err := plans.Next(before, pub)
	if err != nil || !changed {
		return next, false, err
	}
	a.held[next.ID] = plans.Held{Plan: next, Document: pub.Document}
	for _, i := range pub.Plan.Identifiers {
		a.named[i] = next.ID
	}
	return next, true, nil
}

type office struct {
	*documents.Desk
	archive *archive
}

func open(t testing.TB) office {
	t.Helper()
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	a := newArchive()
	rules := hl7.Rules{TestPatients: true, Documents: hl7.DocumentRules{
		Headline: []string{"HEADLINE"}, Urgency: []string{"URGENCY"}, Do: []string{"DO"}, DoNot: []string{"DONOT"},
	}}
	return office{&documents.Desk{
		Publisher: a, Shelf: a, Directory: func() *directory.Directory { return dir }, Rules: rules, Now: func() time.Time { return noon },
	}, a}
}

// message is an MDM message of a minute of that morning.
type message struct {
	trigger, number, parent string
	minute                  int
	status, headline, text  string
	centre                  string
}

func (m message) raw() string {
	at := noon.Add(time.Duration(m.minute-60) * time.Minute).Format("20060102150405")
	if m.status == "" {
		m.status = "AU"
	}
	if m.centre == "" {
		m.centre = "RP4"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "MSH|^~\\&|EPR|%s|||%s||MDM^%s|C%d|P|2.4\rEVN|%s|%s\r", m.centre, at, m.trigger, m.minute, m.trigger, at)
	fmt.Fprintf(&b, "PID|1||9990000018^^^NHS||Testcase^Ann||19800213|2\rTXA|1|CP||||||||||%s|%s||||%s||AV\r", m.number, m.parent, m.status)
	if m.headline != "" {
		fmt.Fprintf(&b, "OBX|1|TX|HEADLINE||%s\r", m.headline)
	}
	if m.text != "" {
		fmt.Fprintf(&b, "OBX|2|TX|T^Text||%s\r", m.text)
	}
	return b.String()
}

// send gives a message to the desk.
func (o office) send(t testing.TB, m message) (hl7.DocumentTaken, error) {
	t.Helper()
	raw := []byte(m.raw())
	parsed, err := hl7.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	d, err := o.Rules.ReadDocument(parsed, raw)
	if err != nil {
		t.Fatal(err)
	}
	return o.TakeDocument(context.Background(), d)
}

func (o office) mustSend(t testing.TB, m message) hl7.DocumentTaken {
	t.Helper()
	taken, err := o.send(t, m)
	if err != nil {
		t.Fatalf("%s %s: %v", m.trigger, m.number, err)
	}
	return taken
}

// shows is what a reader gets of a plan.
func (o office) shows(t testing.TB, id string) string {
	t.Helper()
	held, err := o.archive.Plan(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p := held.Plan
	text := string(p.Status) + " " + p.Headline
	for _, s := range p.Sections {
		text += " / " + s.Title + "=" + s.Text
	}
	return text
}

var first = message{trigger: "T02", number: "D1", minute: 1, headline: "Oxygen", text: "by mask"}

func TestTheLifeOfADocument(t *testing.T) {
	o := open(t)
	for _, step := range []struct {
		what    string
		message message
		want    string
	}{
		{"dictated", message{trigger: "T02", number: "D1", minute: 0, status: "DI", headline: "Oxygen", text: "?"}, "draft Oxygen / Text=?"},
		{"authenticated", message{trigger: "T08", number: "D1", minute: 1, headline: "Oxygen", text: "by mask"}, "active Oxygen / Text=by mask"},
		{"an addendum that is not authenticated yet", message{trigger: "T06", number: "A1", parent: "D1", minute: 2, status: "DI", text: "perhaps"}, "active Oxygen / Text=by mask"},
		{"an addendum", message{trigger: "T06", number: "A1", parent: "D1", minute: 3, text: "not much"}, "active Oxygen / Text=by mask / Addendum of 2026-11-22: Text=not much"},
		{"the document edited", message{trigger: "T08", number: "D1", minute: 4, headline: "Oxygen!", text: "15 l"}, "active Oxygen! / Text=15 l / Addendum of 2026-11-22: Text=not much"},
		{"the addendum edited", message{trigger: "T08", number: "A1", minute: 5, headline: "Careful", text: "24 %"},
			"active Oxygen! / Text=15 l / Addendum of 2026-11-22=Careful / Addendum of 2026-11-22: Text=24 %"},
		{"the addendum cancelled", message{trigger: "T11", number: "A1", minute: 6}, "active Oxygen! / Text=15 l"},
		{"cancelled", message{trigger: "T11", number: "D1", minute: 7}, "revoked Oxygen! / Text=15 l"},
		{"written again", message{trigger: "T02", number: "D1", minute: 8, headline: "Oxygen", text: "again"}, "active Oxygen / Text=again"},
		{"replaced", message{trigger: "T10", number: "D2", parent: "D1", minute: 9, headline: "Air", text: "only"}, "active Air / Text=only"},
		{"the replacement edited", message{trigger: "T08", number: "D2", minute: 10, headline: "Air", text: "cool"}, "active Air / Text=cool"},
		{"the replacement cancelled", message{trigger: "T11", number: "D2", minute: 11}, "revoked Air / Text=cool"},
	} {
		taken := o.mustSend(t, step.message)
		if !taken.Changed || taken.Plan != "RP4-mdm-D1" {
			t.Errorf("%s: %+v", step.what, taken)
		}
		if got := o.shows(t, taken.Plan); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
		if again := o.mustSend(t, step.message); again.Changed || again.Version != taken.Version {
			t.Errorf("%s, sent again: %+v", step.what, again)
		}
	}
	if old := o.mustSend(t, first); old.Changed {
		t.Error("a message of the morning won over all that was said since")
	}
}

func TestWhatCannotBePlacedIsRefused(t *testing.T) {
	for _, row := range []struct {
		what    string
		before  []message
		message message
		want    string
	}{
		{"an addendum to nothing", nil, message{trigger: "T06", number: "A", parent: "D", minute: 1}, "TXA^1^13"},
		{"a cancellation of nothing", nil, message{trigger: "T11", number: "D", minute: 1}, "TXA^1^12"},
		{"an edit of what was replaced", []message{first, {trigger: "T10", number: "D2", parent: "D1", minute: 2, headline: "H"}},
			message{trigger: "T08", number: "D1", minute: 3, headline: "H"}, "TXA^1^12"},
		{"an addendum to what was replaced", []message{first, {trigger: "T10", number: "D2", parent: "D1", minute: 2, headline: "H"}},
			message{trigger: "T06", number: "A", parent: "D1", minute: 3, text: "T"}, "TXA^1^13"},
		{"a number of another document", []message{first, {trigger: "T02", number: "D2", minute: 2, headline: "H"}},
			message{trigger: "T10", number: "D2", parent: "D1", minute: 3, headline: "H"}, "TXA^1^12"},
		{"a hospital that publishes nothing", nil, message{trigger: "T02", number: "D", minute: 1, headline: "H", centre: "RQW"}, "MSH^1^4"},
		{"nobody we know", nil, message{trigger: "T02", number: "D", minute: 1, headline: "H", centre: "XXX"}, "MSH^1^4"},
		{"a message of next week", nil, message{trigger: "T02", number: "D", minute: 7 * 24 * 60, headline: "H"}, "MSH^1^7"},
	} {
		t.Run(row.what, func(t *testing.T) {
			o := open(t)
			for _, m := range row.before {
				o.mustSend(t, m)
			}
			_, err := o.send(t, row.message)
			refusal, ok := errors.AsType[*hl7.Refusal](err)
			if !ok || refusal.Code != hl7.AE || refusal.Location != row.want {
				t.Errorf("got %v, want AE at %s", err, row.want)
			}
		})
	}
}

func TestAReplacementOfWhatNobodyKnowsIsHeldAndTheReplacedStaysReplaced(t *testing.T) {
	o := open(t)
	taken := o.mustSend(t, message{trigger: "T10", number: "D2", parent: "D1", minute: 5, headline: "Air"})
	if got := o.shows(t, taken.Plan); got != "active Air" {
		t.Errorf("shows %q", got)
	}
	if late := o.mustSend(t, first); late.Changed || late.Plan != taken.Plan {
		t.Errorf("what was replaced came late and became %+v", late)
	}
}

func TestEachCentreHasItsOwnNumbers(t *testing.T) {
	o := open(t)
	for _, centre := range []string{"RP4", "RJZ"} {
		m := first
		m.centre = centre
		if taken := o.mustSend(t, m); taken.Plan != centre+"-mdm-D1" || taken.Version != 1 {
			t.Errorf("%s: %+v", centre, taken)
		}
	}
}

func TestNumbersThatDifferMakePlansThatDiffer(t *testing.T) {
	o := open(t)
	ids := map[string]string{}
	for i, number := range []string{"A/1", "A-1", "A.1", "A 1", "a-1", "A-1^EPR", strings.Repeat("9", 80), strings.Repeat("9", 81), "é"} {
		taken := o.mustSend(t, message{trigger: "T02", number: number, minute: i, headline: "H"})
		if other, twice := ids[taken.Plan]; twice || !fhir.IsID(taken.Plan) {
			t.Errorf("%q makes %q, which %q made, too", number, taken.Plan, other)
		}
		ids[taken.Plan] = number
	}
}

func TestTwoMessagesAtTheSameTimeBothCount(t *testing.T) {
	o := open(t)
	o.mustSend(t, first)
	o.archive.between = func() {
		o.mustSend(t, message{trigger: "T06", number: "A1", parent: "D1", minute: 2, text: "one"})
	}
	o.mustSend(t, message{trigger: "T06", number: "A2", parent: "D1", minute: 3, text: "two"})
	if got := o.shows(t, "RP4-mdm-D1"); !strings.Contains(got, "=one") || !strings.Contains(got, "=two") {
		t.Errorf("shows %q", got)
	}
}

func TestAPlanIsWithdrawnAlsoWhenItsMessageIsNoLongerUnderstood(t *testing.T) {
	o := open(t)
	o.mustSend(t, first)
	o.Rules.Documents.Headline = []string{"TITLE"}
	taken := o.mustSend(t, message{trigger: "T11", number: "D1", minute: 2})
	if got := o.shows(t, taken.Plan); got != "revoked Oxygen / Text=by mask" {
		t.Errorf("shows %q", got)
	}
}

func TestEveryMessageIsKeptAsItCame(t *testing.T) {
	o := open(t)
	addendum := message{trigger: "T06", number: "A1", parent: "D1", minute: 2, text: "one"}
	o.mustSend(t, first)
	o.mustSend(t, addendum)
	held, err := o.archive.Plan(t.Context(), "RP4-mdm-D1")
	if err != nil {
		t.Fatal(err)
	}
	originals := fhir.Originals(held.Document)
	if len(originals) != 2 || string(originals[0]) != first.raw() || string(originals[1]) != addendum.raw() {
		t.Errorf("kept %q", originals)
	}
}

// What a plan says depends on the messages, not on the order in which they come. Those that come too early are refused, and sent again.
func TestAnyOrderOfMessagesMakesTheSamePlan(t *testing.T) {
	messages := []message{
		first,
		{trigger: "T06", number: "A1", parent: "D1", minute: 2, text: "one"},
		{trigger: "T08", number: "D1", minute: 3, headline: "Oxygen!", text: "15 l"},
		{trigger: "T06", number: "A2", parent: "D1", minute: 4, text: "two"},
		{trigger: "T06", number: "A1", parent: "D1", minute: 5, text: "one and a half"},
		{trigger: "T11", number: "A2", minute: 6},
		{trigger: "T10", number: "D2", parent: "D1", minute: 7, headline: "Air", text: "only"},
		{trigger: "T06", number: "A3", parent: "D2", minute: 8, text: "three"},
		{trigger: "T11", number: "D2", minute: 9},
	}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, len(messages)).Draw(r, "how many")
		want := open(t)
		for _, m := range messages[:n] {
			want.mustSend(t, m)
		}
		waiting := rapid.Permutation(slices.Concat(messages[:n], messages[:n])).Draw(r, "order")
		got := open(t)
		var plan string
		for before := len(waiting) + 1; len(waiting) < before; {
			before = len(waiting)
			var refused []message
			for _, m := range waiting {
				taken, err := got.send(t, m)
				if err != nil {
					refused = append(refused, m)
					continue
				}
				plan = taken.Plan
			}
			waiting = refused
		}
		// Only the end of an addendum that came too late to count has nothing to end.
		if slices.ContainsFunc(waiting, func(m message) bool { return m.trigger != "T11" || m.number != "A2" }) {
			r.Fatalf("refused for ever: %v", waiting)
		}
		if a, b := want.shows(t, "RP4-mdm-D1"), got.shows(t, plan); a != b {
			r.Fatalf("%q, in order %q", b, a)
		}
		if len(got.archive.held) != 1 {
			r.Fatalf("%d plans", len(got.archive.held))
		}
	})
}
