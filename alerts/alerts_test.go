package alerts_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const directoryYAML = `
regions:
  - {id: Y56, name: London}
  - {id: QM7, name: Hertfordshire and West Essex}
  - {id: QH8, name: Mid and South Essex}
organisations:
  - {id: RP4, name: Great Ormond Street, region: Y56, centre: true}
  - {id: RAL, name: Royal Free, region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
  - {id: RAJ, name: Mid and South Essex, region: QH8, main_site: RAJ12}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
  - {id: RAJ12, name: Broomfield Hospital, organisation: RAJ}
departments:
  - {id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE]}
  - {id: RQW-UTC, name: Urgent treatment, site: RQWG0, locations: [UTC]}
  - {id: RAJ-AE, name: A&E, site: RAJ12, main: true, locations: [AE]}
agreements:
  - {from: Y56, to: QM7}
  - {from: RP4, to: QH8}
  - {from: RAL, to: RAJ, plans: [736373009, 325691000000100], show: summary}
`

func testDirectory(t interface{ Fatal(...any) }) *directory.Directory {
	dir, err := directory.Parse([]byte(directoryYAML))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func number(t interface{ Fatal(...any) }, s string) plans.NHSNumber {
	n, err := plans.ParseNHSNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func planFor(n plans.NHSNumber, born plans.Date) plans.Plan {
	return plans.Plan{ID: "p1", Version: 1, Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Headline: "Give steroid at once",
		Patient: plans.Identity{NHSNumber: n, BirthDate: born}}
}

func present(n plans.NHSNumber, born plans.Date, department string) alerts.Attendance {
	return alerts.Attendance{ID: "a1", Organisation: "RQW", Visit: "V1", State: alerts.InDepartment, Department: department,
		Patient: plans.Identity{NHSNumber: n, BirthDate: born}}
}

func TestBoardsAreToldOfAnotherNameOnce(t *testing.T) {
	dir, n := testDirectory(t), number(t, "9990000018")
	plan, arrived := planFor(n, "1980-02-13"), present(n, "1980-02-13", "RQW-AE")
	arrived.Patient.Family = "Exampel"
	raised := alerts.Decide(arrived, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	arrived.Patient.Family = "Example"
	changes := alerts.Decide(arrived, []plans.Plan{plan}, []alerts.Alert{raised}, alerts.Grounds{}, dir, noon)
	if len(changes) != 1 || changes[0].Tell[0].Kind != journal.AlertUpdated || changes[0].Alert.State != alerts.Raised {
		t.Fatalf("the hospital corrects a name: %+v", changes)
	}
	if again := alerts.Decide(arrived, []plans.Plan{plan}, []alerts.Alert{changes[0].Alert}, alerts.Grounds{}, dir, noon); len(again) != 0 {
		t.Errorf("decided again: %+v", again)
	}
}

func TestWhatAnArrivalRaises(t *testing.T) {
	dir, n, other := testDirectory(t), number(t, "9990000018"), number(t, "9990000026")
	plan := planFor(n, "1980-02-13")
	withdrawn, rp4, named := plan, plan, plan
	named.Categories = []string{"736373009"}
	harlowOnly, elsewhereOnly := plan, plan
	harlowOnly.Restriction.Organisations = []string{"RQW"}
	elsewhereOnly.Restriction.Organisations = []string{"RAJ"}
	withdrawn.Status = plans.Revoked
	rp4.Centre = "RP4"
	for _, row := range []struct {
		what      string
		arrived   alerts.Attendance
		plan      plans.Plan
		wantMatch alerts.Match
		reason    string
	}{
		{"same number, same birthday", present(n, "1980-02-13", "RQW-AE"), plan, alerts.Confirmed, "NHS number and date of birth agree"},
		{"same number, wrong birthday", present(n, "1980-02-14", "RQW-AE"), plan, alerts.Possible, "NHS number agrees, but the date of birth differs (one digit is another)"},
		{"same number, no birthday", present(n, "", "RQW-AE"), plan, alerts.Possible, "NHS number agrees; there is no date of birth to compare"},
		{"same number, only the year of birth", present(n, "1980", "RQW-AE"), plan, alerts.Possible, "NHS number agrees; the date of birth is known only in part"},
		{"same number, another year of birth", present(n, "1981", "RQW-AE"), plan, alerts.Possible, "NHS number agrees, but the date of birth differs"},
		{"another number, same birthday", present(other, "1980-02-13", "RQW-AE"), plan, "", ""},
		{"no number", present(plans.NHSNumber{}, "1980-02-13", "RQW-AE"), plan, "", ""},
		{"the plan is withdrawn", present(n, "1980-02-13", "RQW-AE"), withdrawn, "", ""},
		{"no agreement with this region", present(n, "1980-02-13", "RAJ-AE"), plan, "", ""},
		{"restricted to this hospital", present(n, "1980-02-13", "RQW-AE"), harlowOnly, alerts.Confirmed, "NHS number and date of birth agree"},
		{"restricted to another hospital", present(n, "1980-02-13", "RQW-AE"), elsewhereOnly, "", ""},
		{"an agreement about this kind of plan only", present(n, "1980-02-13", "RAJ-AE"), named, alerts.Confirmed, "NHS number and date of birth agree"},
		{"an agreement with this centre only", present(n, "1980-02-13", "RAJ-AE"), rp4, alerts.Confirmed, "NHS number and date of birth agree"},
	} {
		t.Run(row.what, func(t *testing.T) {
			changes := alerts.Decide(row.arrived, []plans.Plan{row.plan}, nil, alerts.Grounds{}, dir, noon)
			if row.wantMatch == "" {
				if len(changes) != 0 {
					t.Fatalf("raised %+v, want nothing", changes)
				}
				return
			}
			if len(changes) != 1 {
				t.Fatalf("%d changes, want one alert", len(changes))
			}
			got := changes[0]
			if !got.New || got.Alert.Match != row.wantMatch || got.Alert.Reason != row.reason || got.Alert.Department != row.arrived.Department || got.Alert.State != alerts.Raised {
				t.Errorf("got %+v", got)
			}
			want := []alerts.Told{{Kind: journal.AlertRaised, Room: row.arrived.Department, Reason: row.reason}}
			if diff := cmp.Diff(want, got.Tell); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatBecomesOfAnOpenAlert(t *testing.T) {
	dir, n := testDirectory(t), number(t, "9990000018")
	plan, arrived := planFor(n, "1980-02-13"), present(n, "1980-02-13", "RQW-AE")
	raised := alerts.Decide(arrived, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	answered := raised
	answered.State = alerts.Acknowledged
	answered.Acknowledgement = &alerts.Acknowledgement{By: journal.Actor{Name: "nurse"}, At: noon, Version: 1}
	possible := answered
	possible.Match, possible.Reason = alerts.Possible, "NHS number agrees, but the date of birth differs"
	closed := raised
	closed.State = alerts.Closed
	attendance := func(change func(*alerts.Attendance)) alerts.Attendance { a := arrived; change(&a); return a }
	revised, revoked := plan, plan
	revised.Version = 2
	revoked.Version, revoked.Status = 2, plans.Revoked
	for _, row := range []struct {
		what    string
		held    alerts.Alert
		arrived alerts.Attendance
		plans   []plans.Plan
		state   alerts.AlertState
		kinds   []journal.Kind
	}{
		{"nothing changed", raised, arrived, []plans.Plan{plan}, "", nil},
		{"nothing changed after an answer", answered, arrived, []plans.Plan{plan}, "", nil},
		{"the plan was revised", raised, arrived, []plans.Plan{revised}, alerts.Raised, []journal.Kind{journal.AlertUpdated}},
		{"the plan was revised after an answer", answered, arrived, []plans.Plan{revised}, alerts.Acknowledged, []journal.Kind{journal.AlertUpdated}},
		{"the birthday was corrected after an answer to a possible match", possible, arrived, []plans.Plan{plan}, alerts.Raised, []journal.Kind{journal.AlertUpdated}},
		{"the plan was withdrawn", answered, arrived, []plans.Plan{revoked}, alerts.Withdrawn, []journal.Kind{journal.AlertWithdrawn}},
		{"the plan is gone", raised, arrived, nil, alerts.Withdrawn, []journal.Kind{journal.AlertWithdrawn}},
		{"the patient left", answered, attendance(func(a *alerts.Attendance) { a.State = alerts.Departed }), []plans.Plan{plan}, alerts.Closed, []journal.Kind{journal.AlertClosed}},
		{"the arrival was cancelled", raised, attendance(func(a *alerts.Attendance) { a.State = alerts.Cancelled }), []plans.Plan{plan}, alerts.Withdrawn, []journal.Kind{journal.AlertWithdrawn}},
		{"the number turned out wrong", raised, attendance(func(a *alerts.Attendance) { a.Patient.NHSNumber = number(t, "9990000026") }), []plans.Plan{plan}, alerts.Withdrawn, []journal.Kind{journal.AlertWithdrawn}},
		{"the patient moved to another department", answered, attendance(func(a *alerts.Attendance) { a.Department = "RQW-UTC" }), []plans.Plan{plan}, alerts.Raised, []journal.Kind{journal.AlertWithdrawn, journal.AlertRaised}},
		{"the patient moved before anybody had answered", raised, attendance(func(a *alerts.Attendance) { a.Department = "RQW-UTC" }), []plans.Plan{plan}, alerts.Raised, []journal.Kind{journal.AlertUpdated, journal.AlertRaised}},
		{"the patient came back", closed, arrived, []plans.Plan{plan}, alerts.Raised, []journal.Kind{journal.AlertRaised}},
		{"the patient left before", closed, attendance(func(a *alerts.Attendance) { a.State = alerts.Departed }), []plans.Plan{plan}, "", nil},
	} {
		t.Run(row.what, func(t *testing.T) {
			changes := alerts.Decide(row.arrived, row.plans, []alerts.Alert{row.held}, alerts.Grounds{}, dir, noon)
			if row.state == "" {
				if len(changes) != 0 {
					t.Fatalf("changed %+v, want nothing", changes)
				}
				return
			}
			if len(changes) != 1 || changes[0].New || changes[0].Alert.ID != row.held.ID || changes[0].Alert.State != row.state {
				t.Fatalf("got %+v, want the same alert %s", changes, row.state)
			}
			var kinds []journal.Kind
			for _, told := range changes[0].Tell {
				kinds = append(kinds, told.Kind)
				if told.Reason == "" {
					t.Error("a change without its reason")
				}
			}
			if diff := cmp.Diff(row.kinds, kinds); diff != "" {
				t.Error(diff)
			}
			if open := changes[0].Alert; open.State == alerts.Raised && open.Acknowledgement != nil {
				t.Error("an unanswered alert carries an acknowledgement")
			}
		})
	}
}

func TestDissentIsKeptAndToldToNobody(t *testing.T) {
	dir, n := testDirectory(t), number(t, "9990000018")
	plan, arrived := planFor(n, "1980-02-13"), present(n, "1980-02-13", "RQW-AE")
	raised := alerts.Decide(arrived, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	dissenting, silenced := arrived, plan
	dissenting.Consent, silenced.Consent = plans.Dissent, plans.Dissent
	withheld := alerts.Decide(dissenting, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	elsewhere := dissenting
	elsewhere.Department = "RAJ-AE"
	for _, row := range []struct {
		what    string
		arrived alerts.Attendance
		plan    plans.Plan
		held    []alerts.Alert
		state   alerts.AlertState
		told    []alerts.Told
	}{
		{"the patient said so at the desk", dissenting, plan, nil, alerts.Withdrawn, []alerts.Told{{Kind: journal.SharingWithheld, Reason: "the patient told the hospital not to share"}}},
		{"the patient said so to the centre", arrived, silenced, nil, alerts.Withdrawn, []alerts.Told{{Kind: journal.SharingWithheld, Reason: "the patient told the centre not to share the plan"}}},
		{"it is told once", dissenting, plan, []alerts.Alert{withheld}, "", nil},
		{"where nothing would be shown anyway there is nothing to withhold", elsewhere, plan, nil, "", nil},
		{"after the alert was raised", dissenting, plan, []alerts.Alert{raised}, alerts.Withdrawn,
			[]alerts.Told{{Kind: journal.AlertWithdrawn, Room: "RQW-AE", Reason: "the patient told the hospital not to share"}}},
		{"the patient thinks again", arrived, plan, []alerts.Alert{withheld}, alerts.Raised, []alerts.Told{{Kind: journal.AlertRaised, Room: "RQW-AE", Reason: "NHS number and date of birth agree"}}},
	} {
		t.Run(row.what, func(t *testing.T) {
			changes := alerts.Decide(row.arrived, []plans.Plan{row.plan}, row.held, alerts.Grounds{}, dir, noon)
			if row.state == "" {
				if len(changes) != 0 {
					t.Fatalf("changed %+v, want nothing", changes)
				}
				return
			}
			if len(changes) != 1 || changes[0].Alert.State != row.state || changes[0].New != (row.held == nil) {
				t.Fatalf("got %+v, want one %s", changes, row.state)
			}
			if diff := cmp.Diff(row.told, changes[0].Tell); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatWasShownBeforeADissentIsStillRecalled(t *testing.T) {
	dir, n := testDirectory(t), number(t, "9990000018")
	plan, arrived := planFor(n, "1980-02-13"), present(n, "1980-02-13", "RQW-AE")
	alert := alerts.Decide(arrived, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	step := func(a alerts.Attendance, p plans.Plan) {
		t.Helper()
		changes := alerts.Decide(a, []plans.Plan{p}, []alerts.Alert{alert}, alerts.Grounds{}, dir, noon)
		if len(changes) != 1 {
			t.Fatalf("%d changes, want one", len(changes))
		}
		alert = changes[0].Alert
	}
	onHold, dissenting, revoked := plan, arrived, plan
	onHold.Status, dissenting.Consent, revoked.Status = plans.OnHold, plans.Dissent, plans.Revoked
	step(arrived, onHold)
	step(dissenting, plan)
	step(dissenting, revoked)
	if alert.Recall == nil || !alert.OnBoard() {
		t.Errorf("not recalled: %+v", alert)
	}
}

func TestARecallIsToldToThoseWhoWereShownThePlan(t *testing.T) {
	dir, n := testDirectory(t), number(t, "9990000018")
	plan, arrived := planFor(n, "1980-02-13"), present(n, "1980-02-13", "RQW-AE")
	raised := alerts.Decide(arrived, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	with := func(change func(*alerts.Alert)) alerts.Alert { a := raised; change(&a); return a }
	version := func(v int, status plans.Status) plans.Plan { p := plan; p.Version, p.Status = v, status; return p }
	left := arrived
	left.State = alerts.Departed
	recalled := with(func(a *alerts.Alert) {
		a.State, a.StateReason, a.Recall = alerts.Withdrawn, "the centre withdrew the plan", &alerts.Recall{At: noon, Version: 2, Seen: noon}
	})
	for _, row := range []struct {
		what    string
		held    alerts.Alert
		arrived alerts.Attendance
		plan    plans.Plan
		recall  int // the version that recalls, 0 for none
		changes int
	}{
		{"withdrawn while it stands", raised, arrived, version(2, plans.Revoked), 2, 1},
		{"entered in error while it stands", raised, arrived, version(2, plans.EnteredInError), 2, 1},
		{"withdrawn after it was put on hold", with(func(a *alerts.Alert) { a.State = alerts.Withdrawn }), arrived, version(3, plans.Revoked), 3, 1},
		{"completed: nothing was wrong with it", raised, arrived, version(2, plans.Completed), 0, 1},
		{"put on hold", raised, arrived, version(2, plans.OnHold), 0, 1},
		{"a possible match showed nothing of it", with(func(a *alerts.Alert) { a.Match = alerts.Possible }), arrived, version(2, plans.Revoked), 0, 1},
		{"a withheld alert showed nothing of it", with(func(a *alerts.Alert) { a.State, a.Show = alerts.Withdrawn, directory.Nothing }), arrived, version(2, plans.Revoked), 0, 0},
		{"the patient had left", with(func(a *alerts.Alert) { a.State = alerts.Closed }), left, version(2, plans.Revoked), 0, 0},
		{"it was recalled already, and seen", recalled, arrived, version(3, plans.Revoked), 2, 0},
		{"it turns out to have been an error", recalled, arrived, version(3, plans.EnteredInError), 3, 1},
		{"it is published again", recalled, arrived, version(3, plans.Active), 0, 1},
	} {
		t.Run(row.what, func(t *testing.T) {
			changes := alerts.Decide(row.arrived, []plans.Plan{row.plan}, []alerts.Alert{row.held}, alerts.Grounds{}, dir, noon)
			if len(changes) != row.changes {
				t.Fatalf("changed %+v", changes)
			}
			after := row.held
			if len(changes) == 1 {
				after = changes[0].Alert
			}
			switch {
			case row.recall == 0 && after.Recall != nil:
				t.Errorf("recalled: %+v", after.Recall)
			case row.recall > 0 && (after.Recall == nil || after.Recall.Version != row.recall || after.Open()):
				t.Errorf("got %+v, want a recall by version %d", after, row.recall)
			case row.recall > 0 && row.changes == 1 && (!after.OnBoard() || changes[0].Tell[0].Room != "RQW-AE"):
				t.Errorf("the recall is not told to the department: %+v", changes)
			}
		})
	}
}

// drawVisit makes the messages of one visit, as a hospital's system could send them.
func drawVisit(t *rapid.T) []alerts.Event {
	numbers := []plans.NHSNumber{{}, number(t, "9990000018"), number(t, "9990000026")}
	kinds := []alerts.Kind{alerts.Arrive, alerts.Arrive, alerts.Update, alerts.Update, alerts.Depart, alerts.Cancel, alerts.Expect, alerts.CancelExpected,
		alerts.Transfer, alerts.CancelTransfer, alerts.Reopen, alerts.Leave, alerts.Return, alerts.CancelLeave, alerts.CancelReturn}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) alerts.Event {
		id := rapid.IntRange(1, 99).Draw(t, "control id")
		e := alerts.Event{
			Sender: "PAS|RQW", ControlID: fmt.Sprint(id), Facility: "RQW", Visit: "V1",
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Class: rapid.SampledFrom([]string{"E", "", "I", "O"}).Draw(t, "class"),
			Sent:     noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "sent")) * time.Minute),
			Location: alerts.Stated(alerts.Location{PointOfCare: rapid.SampledFrom([]string{"AE", "UTC", "WARD9"}).Draw(t, "where"), Site: "RQWG0"}),
		}
		if rapid.Bool().Draw(t, "occurred stated") {
			e.Occurred = noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "occurred")) * time.Minute)
		}
		e.NHSNumber.Presence = alerts.Presence(rapid.IntRange(0, 2).Draw(t, "number stated"))
		if e.NHSNumber.Presence == alerts.Present {
			e.NHSNumber.Value = rapid.SampledFrom(numbers[1:]).Draw(t, "number")
		}
		e.BirthDate.Presence = alerts.Presence(rapid.IntRange(0, 2).Draw(t, "birthday stated"))
		if e.BirthDate.Presence == alerts.Present {
			e.BirthDate.Value = rapid.SampledFrom([]plans.Date{"1980-02-13", "1980-02-14", "1980"}).Draw(t, "birthday")
		}
		e.Hash = sha256.Sum256(fmt.Append(nil, e.Kind, e.Class, e.Sent, e.Occurred, e.Location.Value, e.NHSNumber.Presence, e.NHSNumber.Value.Reveal(), e.BirthDate))
		return e
	}), 1, 8).Draw(t, "visit")
}

// run feeds messages to the rules one by one, as the desk does, and returns the attendance and the alerts that stand open.
func run(t *rapid.T, dir *directory.Directory, candidates []plans.Plan, events []alerts.Event) (alerts.Attendance, map[string]alerts.Alert) {
	org, _ := dir.Facility("RQW", noon)
	a := alerts.Attendance{ID: "a1"}
	held := map[string]alerts.Alert{}
	for _, e := range events {
		a = a.Apply(e, org, dir)
		var known []alerts.Alert
		for _, alert := range held {
			known = append(known, alert)
		}
		for _, c := range alerts.Decide(a, candidates, known, alerts.Grounds{}, dir, noon) {
			if _, had := held[c.Alert.Plan]; had == c.New {
				t.Fatalf("alert for plan %s: new is %v, but held before is %v", c.Alert.Plan, c.New, had)
			}
			held[c.Alert.Plan] = c.Alert
		}
	}
	open := map[string]alerts.Alert{}
	for plan, alert := range held {
		if alert.Open() {
			// Who has answered, and which board shows the alert still, is what happened while the messages came, not what they say.
			alert.Acknowledgement, alert.Also = nil, ""
			open[plan] = alert
		}
	}
	return a, open
}

func TestAnyOrderAndDuplicationOfAVisitsMessagesEndsInTheSameAlerts(t *testing.T) {
	dir := testDirectory(t)
	mine, theirs := planFor(number(t, "9990000018"), "1980-02-13"), planFor(number(t, "9990000026"), "1980-02-14")
	theirs.ID = "p2"
	candidates := []plans.Plan{mine, theirs}
	rapid.Check(t, func(t *rapid.T) {
		visit := drawVisit(t)
		again := append(append([]alerts.Event(nil), visit...), rapid.SliceOf(rapid.SampledFrom(visit)).Draw(t, "duplicates")...)
		shuffled := rapid.Permutation(again).Draw(t, "order")
		a, open := run(t, dir, candidates, visit)
		b, openToo := run(t, dir, candidates, shuffled)
		if diff := cmp.Diff(a, b, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
			t.Fatalf("the attendance depends on the order: %s", diff)
		}
		if diff := cmp.Diff(open, openToo, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
			t.Fatalf("the alerts depend on the order: %s", diff)
		}
		// The independent judge: an alert stands exactly where the patient is in the department and the number is the plan's.
		for _, p := range candidates {
			_, stands := open[p.ID]
			should := a.Open() && a.Patient.NHSNumber == p.Patient.NHSNumber
			if stands != should {
				t.Fatalf("plan %s: alert stands %v, should %v (attendance %s)", p.ID, stands, should, a.State)
			}
		}
	})
}

func TestStampsOfFewerFactsAreStillRead(t *testing.T) {
	var s alerts.Stamps
	if err := s.UnmarshalText([]byte("00c b-a------a-")); err == nil {
		t.Error("a text that names a stamp which is not there was read")
	}
	if err := s.UnmarshalText([]byte("stamp a----------")); err != nil || s[0] != "stamp" {
		t.Errorf("eleven facts, as they were kept before consent was one: %v, %v", s, err)
	}
	if err := s.UnmarshalText([]byte("stamp a---")); err == nil {
		t.Error("a text that was cut off was read")
	}
}

func TestStampsSurviveBeingWritten(t *testing.T) {
	dir := testDirectory(t)
	rapid.Check(t, func(t *rapid.T) {
		a, _ := run(t, dir, nil, drawVisit(t))
		text, err := a.Stamps.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back alerts.Stamps
		if err := back.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		if back != a.Stamps {
			t.Fatalf("%v came back as %v", a.Stamps, back)
		}
	})
}

func TestStampOrdersMessagesByWhatTheySayOfThemselves(t *testing.T) {
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	for _, row := range []struct {
		what          string
		before, after alerts.Event
	}{
		{"by when it occurred, not by when it was sent", alerts.Event{Occurred: at(1), Sent: at(9)}, alerts.Event{Occurred: at(2), Sent: at(3)}},
		{"by when it was recorded if nothing says when it occurred", alerts.Event{Recorded: at(1), Sent: at(9)}, alerts.Event{Recorded: at(2), Sent: at(3)}},
		{"by when it was sent if nothing else is said", alerts.Event{Sent: at(1)}, alerts.Event{Sent: at(2)}},
		{"a registration before its update in the same second", alerts.Event{Sent: at(1), Kind: alerts.Arrive, ControlID: "9"}, alerts.Event{Sent: at(1), Kind: alerts.Update, ControlID: "8"}},
		{"control id 9 before 10", alerts.Event{Sent: at(1), ControlID: "9"}, alerts.Event{Sent: at(1), ControlID: "10"}},
		{"control id A9 before B1", alerts.Event{Sent: at(1), ControlID: "A9"}, alerts.Event{Sent: at(1), ControlID: "B1"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			if row.before.Stamp() >= row.after.Stamp() {
				t.Errorf("%s is not before %s", row.before.Stamp(), row.after.Stamp())
			}
		})
	}
	if got := (alerts.Event{Occurred: at(1)}).Stamp().Time(); !got.Equal(at(1)) {
		t.Errorf("a stamp of %v says %v", at(1), got)
	}
}
