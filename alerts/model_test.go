package alerts_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// memory is a store of one hospital for one test: what the desk decides is tried here so often that a database would take too long.
type memory struct {
	alerts.Tx // what is not written below is not asked for
	taken     map[string]bool
	visits    map[string]alerts.Attendance
	plans     []plans.Plan
	alerts    map[string]alerts.Alert
	links     map[string]alerts.Link
	digests   map[string]alerts.Attendance
}

func newMemory(held []plans.Plan) *memory {
	return &memory{taken: map[string]bool{}, visits: map[string]alerts.Attendance{}, plans: held, alerts: map[string]alerts.Alert{}, links: map[string]alerts.Link{}, digests: map[string]alerts.Attendance{}}
}

// Write takes back what f wrote if f fails.
func (m *memory) Write(_ context.Context, f func(alerts.Tx) error) error {
	taken, visits, alerts, links, digests := maps.Clone(m.taken), maps.Clone(m.visits), maps.Clone(m.alerts), maps.Clone(m.links), maps.Clone(m.digests)
	err := f(m)
	if err != nil {
		m.taken, m.visits, m.alerts, m.links, m.digests = taken, visits, alerts, links, digests
	}
	return err
}

func (m *memory) Lock(...string) error                                  { return nil }
func (m *memory) Alone() bool                                           { return true }
func (m *memory) Append(journal.Entry) error                            { return nil }
func (m *memory) NoteCanary(string, time.Time, time.Time) (bool, error) { return true, nil }
func (m *memory) SaveCheck(alerts.Check) error                          { return nil }

func (m *memory) NoteShown(string, alerts.Shown) error { return nil }

// The people of the model have no names, so that nobody is like anybody but by number.
func (m *memory) LockShared(...string) error                                       { return nil }
func (m *memory) PlansLike([]matching.Key) ([]plans.Plan, error)                   { return nil, nil }
func (m *memory) OpenAttendancesLike(matching.Traits) ([]alerts.Attendance, error) { return nil, nil }
func (m *memory) RulingsOf(string) ([]alerts.Ruling, error)                        { return nil, nil }
func (m *memory) ShownIn(string) ([]alerts.Shown, error)                           { return nil, nil }
func (m *memory) RecallsOf(string) ([]alerts.DepartmentRecall, error)              { return nil, nil }
func (m *memory) SaveRecallIn(string, alerts.DepartmentRecall) error               { return nil }
func (m *memory) DropRecalls(string) error                                         { return nil }

func (m *memory) Remember(msg alerts.Message) (bool, error) {
	key := msg.ControlID + string(msg.Hash[:])
	isNew := !m.taken[key]
	m.taken[key] = true
	return isNew, nil
}

func (m *memory) Attendance(_, visit string) (alerts.Attendance, bool, error) {
	a, found := m.visits[visit]
	return a, found, nil
}

func (m *memory) SaveAttendance(w alerts.Written) error {
	m.visits[w.Visit] = w.Attendance
	return nil
}

func (m *memory) open(want func(alerts.Attendance) bool) (out []alerts.Attendance) {
	for _, a := range m.visits {
		if a.Open() && want(a) {
			out = append(out, a)
		}
	}
	return out
}

func (m *memory) OpenAttendances(n plans.NHSNumber) ([]alerts.Attendance, error) {
	return m.open(func(a alerts.Attendance) bool {
		return a.Patient.NHSNumber == n || a.Records.Led.NHSNumber == n || slices.Contains(a.Records.Numbers[:], n)
	}), nil
}

func (m *memory) OpenAttendancesOf(_, hospitalNumber string) ([]alerts.Attendance, error) {
	return m.open(func(a alerts.Attendance) bool { return a.HospitalNumber == hospitalNumber }), nil
}

func (m *memory) Persons(_ string, visits ...string) (out []alerts.Attendance, err error) {
	for _, v := range visits {
		if a, ok := m.visits[v]; ok {
			out = append(out, a)
		}
	}
	return out, nil
}

func (m *memory) Links(_, record string) (out []alerts.Link, err error) {
	for _, l := range m.links {
		if l.From == record || l.Into == record {
			out = append(out, l)
		}
	}
	return out, nil
}

func (m *memory) SaveLink(l alerts.Link, _ bool, _ time.Time) error {
	m.links[l.ID] = l
	return nil
}

func (m *memory) Plan(id string) (*plans.Held, error) {
	for _, p := range m.plans {
		if p.ID == id {
			return &plans.Held{Plan: p}, nil
		}
	}
	return nil, nil
}

func (m *memory) PlansOf(n plans.NHSNumber) (out []plans.Plan, err error) {
	for _, p := range m.plans {
		if p.Patient.NHSNumber == n {
			out = append(out, p)
		}
	}
	return out, nil
}

func (m *memory) Digest(_, visit string) (alerts.Attendance, bool, error) {
	d, found := m.digests[visit]
	return d, found, nil
}

func (m *memory) DropDigest(_, visit string) error {
	delete(m.digests, visit)
	return nil
}

// purge forgets what a purge forgets: marks of messages, and visits that are over and have no alert.
func (m *memory) purge() (forgotten int) {
	m.taken = map[string]bool{}
	for name, a := range m.visits {
		if of, _ := m.AlertsOf(a.ID); len(of) > 0 || !a.Over(noon.AddDate(1, 0, 0)) {
			continue
		}
		delete(m.visits, name)
		m.digests[name] = a.Digest()
		forgotten++
	}
	return forgotten
}

func (m *memory) AlertsOf(attendance string) (out []alerts.Alert, err error) {
	for _, a := range m.alerts {
		if a.Attendance == attendance {
			out = append(out, a)
		}
	}
	return out, nil
}

func (m *memory) SaveAlert(a alerts.Alert, _ bool) error {
	m.alerts[a.ID] = a
	return nil
}

// The people of the model: each has an NHS number, a date of birth and a plan.
var (
	modelNumbers = []string{"9990000018", "9990000026", "9990000034"}
	modelBirths  = []plans.Date{"1980-02-13", "1970-01-02", "1960-03-04"}
)

// modelMessage makes a message of a random number.
func modelMessage(t *rapid.T, i int) alerts.Event {
	r := rapid.IntRange(0, 1<<30).Draw(t, "message")
	pick := func(n int) int { at := r % n; r /= n; return at }
	triggers := []string{"A04", "A04", "A01", "A08", "A08", "A02", "A02", "A03", "A11", "A12", "A13", "A05", "A21", "A22", "A31", "A31", "A40", "A40", "A47"}
	e := alerts.Event{
		Sender: "PAS|RQW", ControlID: fmt.Sprint(i), Facility: "RQW", Trigger: triggers[pick(len(triggers))],
		Sent: noon.Add(time.Duration(i) * time.Minute),
	}
	e.Hash = sha256.Sum256([]byte(e.ControlID))
	record := pick(4)
	if pick(8) > 0 {
		e.HospitalNumber = alerts.Stated(fmt.Sprint("H", record))
	}
	person := pick(3)
	if pick(3) == 0 {
		e.NHSNumber = alerts.Stated(number(t, modelNumbers[person]))
	}
	if pick(2) == 0 {
		e.BirthDate = alerts.Stated(modelBirths[person])
	}
	other := pick(4)
	switch e.Trigger {
	case "A31":
		e.Kind = alerts.Person
		return e
	case "A40", "A47":
		e.Kind = alerts.Merge
		if pick(3) == 0 {
			e.Prior.NHSNumbers = []plans.NHSNumber{number(t, modelNumbers[other%3])}
		} else {
			e.Prior.HospitalNumbers = []string{fmt.Sprint("H", other)}
		}
		return e
	}
	e.Kind, e.Visit, e.Class = kindsOf[e.Trigger], fmt.Sprint("V", record), []string{"E", "E", "I", ""}[pick(4)]
	e.Location = alerts.Stated(alerts.Location{PointOfCare: []string{"AE", "UTC", "WARD9"}[pick(3)], Site: "RQWG0"})
	return e
}

// says is what somebody knows of a patient.
type says struct {
	nhs  string
	born plans.Date
}

func (s *says) hear(e alerts.Event) {
	if e.NHSNumber.Presence == alerts.Present {
		s.nhs = e.NHSNumber.Value.Reveal()
	}
	if e.BirthDate.Presence == alerts.Present {
		s.born = e.BirthDate.Value
	}
}

// subjectOf is the record that a message about a person is about; empty if it is about a visit, or about nobody.
func subjectOf(e alerts.Event) string {
	switch {
	case e.Kind != alerts.Person && e.Kind != alerts.Merge:
		return ""
	case e.HospitalNumber.Value != "":
		return e.HospitalNumber.Value
	}
	return e.NHSNumber.Value.Reveal()
}

// mergesOf tells, for each record, into which one it was merged at last. Merges are looked at from the newest to the oldest: the first of a
// record counts, and none that would close a circle.
func mergesOf(events []alerts.Event) map[string]string {
	into, decided := map[string]string{}, map[string]bool{}
	for _, e := range slices.Backward(events) {
		from, to := slices.Clone(e.Prior.HospitalNumbers), e.HospitalNumber.Value
		if len(e.Prior.NHSNumbers) > 0 {
			from, to = []string{e.Prior.NHSNumbers[0].Reveal()}, e.NHSNumber.Value.Reveal()
		}
		for _, f := range from {
			if to == "" || f == to || decided[f] {
				continue
			}
			decided[f] = true
			if last(to, into) != f {
				into[f] = to
			}
		}
	}
	return into
}

func last(record string, into map[string]string) string {
	for into[record] != "" {
		record = into[record]
	}
	return record
}

// oracle says which alerts should stand, as "visit plan match department", from the messages told one after the other.
func oracle(events []alerts.Event) []string {
	into := mergesOf(events)
	record := map[string]*says{}
	byVisit := map[string][]alerts.Event{}
	for _, e := range events {
		if s := subjectOf(e); s != "" {
			if record[s] == nil {
				record[s] = &says{}
			}
			record[s].hear(e)
		} else if e.Visit != "" {
			byVisit[e.Visit] = append(byVisit[e.Visit], e)
		}
	}
	var out []string
	for visit, own := range byVisit {
		state := story(slices.Clone(own))
		if state != "in department" && state != "admitted" && state != "on leave" {
			continue
		}
		hospital, department := "", "RQW-AE"
		for _, e := range own {
			if e.HospitalNumber.Value != "" {
				hospital = e.HospitalNumber.Value
			}
			if e.Trigger != "A05" && e.Location.Value.PointOfCare != "WARD9" {
				department = "RQW-" + e.Location.Value.PointOfCare
			}
		}
		// What the visit and its record say, in the order in which it was said.
		var known says
		for _, e := range events {
			if e.Visit == visit || hospital != "" && subjectOf(e) == hospital {
				known.hear(e)
			}
		}
		if known.nhs != "" { // a record that has an NHS number only
			all := known
			known = says{}
			for _, e := range events {
				if e.Visit == visit || hospital != "" && subjectOf(e) == hospital || subjectOf(e) == all.nhs {
					known.hear(e)
				}
			}
		}
		led := says{}
		if survivor := last(hospital, into); survivor != hospital && record[survivor] != nil {
			led = *record[survivor]
		}
		base := known.nhs
		if base == "" {
			base = led.nhs
		}
		for i, nhs := range modelNumbers {
			match := ""
			born := known.born
			switch {
			case nhs == known.nhs:
				match = "sure"
			case base != "" && last(nhs, into) == last(base, into):
				match = "sure"
			case nhs == led.nhs:
				match = "doubtful"
			default:
				continue
			}
			if born == "" && nhs != known.nhs {
				born = led.born
			}
			tier := alerts.Possible
			if match == "sure" && born == modelBirths[i] {
				tier = alerts.Confirmed
			}
			out = append(out, fmt.Sprintf("%s plan-%d %s %s", visit, i, tier, department))
		}
	}
	slices.Sort(out)
	return out
}

// fate is what becomes of a message on its way.
type fate int

const (
	arrives fate = iota
	// lost: the service fails before it has kept it; the sender has no answer, and sends it again.
	lost
	// unanswered: it is kept, and the answer is lost; the sender sends it again.
	unanswered
)

// sending is one message on the wire.
type sending struct {
	event alerts.Event
	fate  fate
}

// sequence is what a hospital tells, and how it comes: in any order, some of it several times, and what was lost again later.
type sequence struct {
	told []alerts.Event
	sent []sending
}

// modelSequence makes a random one.
func modelSequence(t *rapid.T) (s sequence) {
	for i := range rapid.IntRange(1, 14).Draw(t, "messages") {
		s.told = append(s.told, modelMessage(t, i))
	}
	wire := append(slices.Clone(s.told), rapid.SliceOfN(rapid.SampledFrom(s.told), 0, 3).Draw(t, "again")...)
	wire = rapid.Permutation(wire).Draw(t, "order")
	for again := 0; len(wire) > 0; wire = wire[1:] {
		next := sending{wire[0], arrives}
		if again < 6 && rapid.IntRange(0, 4).Draw(t, "lost") == 0 {
			again++
			next.fate = rapid.SampledFrom([]fate{lost, unanswered}).Draw(t, "fate")
			wire = slices.Insert(wire, rapid.IntRange(1, len(wire)).Draw(t, "later"), wire[0])
		}
		s.sent = append(s.sent, next)
	}
	return s
}

// errLost is what the desk returns for a message that was lost, or whose answer was.
var errLost = errors.New("lost")

// unsteady is a store that loses what it is told to lose.
type unsteady struct {
	alerts.Store
	next fate
}

func (u *unsteady) Write(ctx context.Context, f func(alerts.Tx) error) error {
	err := u.Store.Write(ctx, func(tx alerts.Tx) error {
		if err := f(tx); err != nil || u.next != lost {
			return err
		}
		return errLost
	})
	if err == nil && u.next == unanswered {
		return errLost
	}
	return err
}

// tell sends a sequence to a desk on a store that is unsteady.
func (s sequence) tell(ctx context.Context, store alerts.Store, dir *directory.Directory) error {
	u := &unsteady{Store: store}
	desk := alerts.NewDesk(u, func() *directory.Directory { return dir }, func() time.Time { return noon })
	for _, m := range s.sent {
		u.next = m.fate
		if _, err := desk.Receive(ctx, m.event); errors.Is(err, errLost) != (m.fate != arrives) || err != nil && m.fate == arrives {
			return fmt.Errorf("%s %s: %w", m.event.Trigger, m.event.ControlID, err)
		}
	}
	return nil
}

// stands says an alert as the oracle does.
func stands(visit string, a alerts.Alert) string {
	return fmt.Sprintf("%s %s %s %s", visit, a.Plan, a.Match, a.Department)
}

// modelPlans are the plans of the people of the model.
func modelPlans(t interface{ Fatal(...any) }) (held []plans.Plan) {
	for i, n := range modelNumbers {
		p := planFor(number(t, n), modelBirths[i])
		p.ID = fmt.Sprint("plan-", i)
		held = append(held, p)
	}
	return held
}

func TestARandomHospitalInAnyOrderEndsAsTheOracleSays(t *testing.T) {
	if os.Getenv("UCPALERT_TEST_SIMULATIONS") == "apart" {
		t.Skip("run apart, without the race detector: all of it happens on one goroutine")
	}
	const sequences = 20_000
	if err := flag.Set("rapid.checks", fmt.Sprint(sequences)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", "100") }()
	dir := hospitalDirectory(t)
	held := modelPlans(t)
	stood := 0
	rapid.Check(t, func(t *rapid.T) {
		s := modelSequence(t)
		store := newMemory(held)
		if err := s.tell(context.Background(), store, dir); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range store.alerts {
			if a.Open() {
				for _, v := range store.visits {
					if v.ID == a.Attendance {
						got = append(got, stands(v.Visit, a))
					}
				}
			}
		}
		slices.Sort(got)
		if want := oracle(s.told); !slices.Equal(got, want) {
			t.Fatalf("stand: %s\nshould: %s\nmessages: %s", strings.Join(got, "; "), strings.Join(want, "; "), modelWords(s.told))
		}
		stood += len(got)
	})
	if stood < sequences/10 {
		t.Errorf("only %d alerts stood: the hospital proves little", stood)
	}
}

// TestAPurgeChangesNoAlertAndNothingThatIsSentAgainRaisesOne tells a random hospital's messages, forgets what a purge forgets, and sends some of
// them again, of visits that are forgotten and of others: every alert stays as it was.
func TestAPurgeChangesNoAlertAndNothingThatIsSentAgainRaisesOne(t *testing.T) {
	if os.Getenv("UCPALERT_TEST_SIMULATIONS") == "apart" {
		t.Skip("run apart, without the race detector: all of it happens on one goroutine")
	}
	const sequences = 2000
	if err := flag.Set("rapid.checks", fmt.Sprint(sequences)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = flag.Set("rapid.checks", "100") }()
	dir := hospitalDirectory(t)
	held := modelPlans(t)
	forgotten, stood := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := modelSequence(t)
		store := newMemory(held)
		if err := s.tell(context.Background(), store, dir); err != nil {
			t.Fatal(err)
		}
		before := maps.Clone(store.alerts)
		forgotten += store.purge()
		again := sequence{told: s.told}
		for _, e := range rapid.SliceOfN(rapid.SampledFrom(s.told), 1, 8).Draw(t, "sent again") {
			again.sent = append(again.sent, sending{e, arrives})
		}
		if err := again.tell(context.Background(), store, dir); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(before, store.alerts) {
			t.Fatalf("before: %+v\nafter: %+v\nmessages: %s", before, store.alerts, modelWords(s.told))
		}
		stood += len(before)
	})
	if forgotten < sequences/10 || stood < sequences/10 {
		t.Errorf("%d visits were forgotten and %d alerts were held: that proves little", forgotten, stood)
	}
}

// modelWords writes messages for whoever has to find out.
func modelWords(events []alerts.Event) string {
	var out []string
	for _, e := range events {
		out = append(out, fmt.Sprintf("%s %s %s/%s %s %s %s %v%v", e.Trigger, e.Visit, e.Class, e.Location.Value.PointOfCare, e.HospitalNumber.Value,
			e.NHSNumber.Value, e.BirthDate.Value, e.Prior.HospitalNumbers, e.Prior.NHSNumbers))
	}
	return strings.Join(out, ", ")
}
