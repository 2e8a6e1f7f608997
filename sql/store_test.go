package sql_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers"
)

const twoRegions = `
regions:
  - {id: Y56, name: London}
  - {id: QM7, name: Hertfordshire and West Essex}
organisations:
  - {id: RAL, name: Royal Free, region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
departments:
  - {id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE]}
  - {id: RQW-UTC, name: Urgent treatment, site: RQWG0, locations: [UTC]}
agreements:
  - {from: Y56, to: QM7}
`

var (
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	centre = journal.Actor{Name: "royal-free", Role: "centre", Organisation: "RAL"}
	nurse  = journal.Actor{Name: "nurse", Role: "clinician", Organisation: "RQW"}
)

type service struct {
	store *sql.Store
	desk  *alerts.Desk
}

func eachService(t *testing.T, test func(*testing.T, service)) {
	t.Helper()
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		test(t, service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return noon })})
	})
}

func (s service) publish(t *testing.T, id, nhs string, status plans.Status, headline string) plans.Plan {
	t.Helper()
	n, err := plans.ParseNHSNumber(nhs)
	if err != nil {
		t.Fatal(err)
	}
	p := plans.Plan{ID: id, Centre: "RAL", Status: status, Urgency: plans.Critical, Headline: headline,
		Patient:  plans.Identity{NHSNumber: n, Family: "Testcase", Given: "Ann", BirthDate: born(nhs), Sex: plans.Female, Postcode: "CM20 1QX"},
		Sections: []plans.Section{{Title: "First", Text: "Give steroid"}}, Author: "Dr A Test", To: noon.Add(time.Hour)}
	kept, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: []byte(headline + string(status))}, centre)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// born is the date of birth of whoever has a number in these tests: people with other numbers are other people in other ways, too.
func born(nhs string) plans.Date {
	if len(nhs) != 10 || nhs == "9990000018" {
		return "1980-02-13"
	}
	k, err := strconv.Atoi(nhs[5:9])
	if err != nil {
		panic(err)
	}
	return plans.Date(fmt.Sprintf("%d-%02d-%02d", 1931+k%70, 1+(k+4)%12, 1+(k+9)%28))
}

func message(kind alerts.Kind, visit, control, nhs string, minute int) alerts.Event {
	e := alerts.Event{
		Sender: "PAS|RQW", ControlID: control, Hash: sha256.Sum256([]byte(control + visit)), Kind: kind, Trigger: "A04", Facility: "RQW", Visit: visit,
		Class: "E", Sent: noon.Add(time.Duration(minute) * time.Minute), Location: alerts.Stated(alerts.Location{PointOfCare: "AE", Bed: "4", Site: "RQWG0"}),
		BirthDate: alerts.Stated(born(nhs)), Name: alerts.Stated(alerts.Name{Family: "TESTCASE", Given: "ANN"}),
	}
	if n, err := plans.ParseNHSNumber(nhs); err == nil {
		e.NHSNumber = alerts.Stated(n)
	}
	return e
}

func (s service) receive(t *testing.T, e alerts.Event) alerts.Outcome {
	t.Helper()
	out, err := s.desk.Receive(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s service) board(t *testing.T, department string) []alerts.Sight {
	t.Helper()
	_, open, err := s.store.Board(t.Context(), department)
	if err != nil {
		t.Fatal(err)
	}
	return open
}

// journal returns every entry, after verifying the chain.
func (s service) journal(t *testing.T) []journal.Entry {
	t.Helper()
	all, err := s.store.After(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.Verify(0, [32]byte{}, all); err != nil {
		t.Fatal(err)
	}
	return all
}

func kinds(entries []journal.Entry) []journal.Kind {
	var out []journal.Kind
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return out
}

func TestOneMessageDoorToDoor(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		plan := s.publish(t, "plan-1", "9990000018", plans.Active, "Give steroid at once")
		out := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		if len(out.Changes) != 1 || out.Department != "RQW-AE" || out.Duplicate {
			t.Fatalf("outcome %+v, want one alert at RQW-AE", out)
		}
		open := s.board(t, "RQW-AE")
		if len(open) != 1 {
			t.Fatalf("%d alerts on the board, want 1", len(open))
		}
		got := open[0]
		if diff := cmp.Diff(plan, got.Plan, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
			t.Errorf("the plan came back changed: %s", diff)
		}
		if got.Attendance.Patient.Family != "TESTCASE" || got.Attendance.Location.Bed != "4" || !got.Attendance.Arrived().Equal(noon) {
			t.Errorf("the visit came back as %#v", got.Attendance)
		}
		if diff := cmp.Diff(out.Changes[0].Alert, got.Alert); diff != "" {
			t.Errorf("the alert came back changed: %s", diff)
		}
		again := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		if !again.Duplicate || len(again.Changes) != 0 {
			t.Errorf("the resend gave %+v", again)
		}
		if diff := cmp.Diff([]journal.Kind{journal.PlanPublished, journal.AlertRaised}, kinds(s.journal(t))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheSameControlIDWithOtherContentIsANewMessage(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		if out := s.receive(t, message(alerts.Arrive, "V2", "1", "9990000026", 0)); out.Duplicate {
			t.Error("the second message was taken for a resend")
		}
	})
}

func TestAPlanPublishedRevisedAndWithdrawnDuringTheStay(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		if open := s.board(t, "RQW-AE"); len(open) != 1 || open[0].Alert.Version != 1 {
			t.Fatalf("after publishing: %+v", open)
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "second")
		if open := s.board(t, "RQW-AE"); len(open) != 1 || open[0].Alert.Version != 2 || open[0].Plan.Headline != "second" {
			t.Fatalf("after revising: %+v", open)
		}
		s.publish(t, "plan-1", "9990000018", plans.Revoked, "second")
		if left := s.board(t, "RQW-AE"); len(left) != 1 || left[0].Alert.Open() || left[0].Alert.Recall == nil {
			t.Fatalf("after withdrawing: %+v", left)
		}
		want := []journal.Kind{journal.PlanPublished, journal.AlertRaised, journal.PlanRevised, journal.AlertUpdated, journal.PlanWithdrawn, journal.AlertWithdrawn}
		if diff := cmp.Diff(want, kinds(s.journal(t))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAPlanGivenToAnotherPatientLeavesTheFirst(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.receive(t, message(alerts.Arrive, "V2", "2", "9990000026", 0))
		s.publish(t, "plan-1", "9990000026", plans.Active, "second")
		open := s.board(t, "RQW-AE")
		if len(open) != 1 || open[0].Attendance.Visit != "V2" {
			t.Fatalf("the board shows %+v, want the second patient's visit alone", open)
		}
	})
}

func TestAcknowledgingHasOneWinner(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		id := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0)).Changes[0].Alert.ID
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{}, journal.Actor{Name: fmt.Sprint("nurse ", i), Role: "clinician"})
			})
		}
		wg.Wait()
		winners := 0
		for _, err := range errs {
			var taken alerts.AcknowledgedError
			switch {
			case err == nil:
				winners++
			case !errors.As(err, &taken):
				t.Errorf("lost with %v", err)
			}
		}
		if winners != 1 {
			t.Fatalf("%d winners", winners)
		}
		winner := s.board(t, "RQW-AE")[0].Alert.Acknowledgement.By
		if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{}, winner); err != nil {
			t.Errorf("the winner's second try: %v", err)
		}
		if n := len(s.journal(t)); n != 3 {
			t.Errorf("%d journal entries, want 3", n)
		}
		if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-UTC", alerts.Answering{}, nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("acknowledging from a department that the patient is not in: %v", err)
		}
		s.receive(t, message(alerts.Depart, "V1", "2", "", 9))
		if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{}, nurse); !errors.Is(err, alerts.ErrNotOpen) {
			t.Errorf("acknowledging after the departure: %v", err)
		}
		if _, err := s.desk.Acknowledge(t.Context(), "nothing", "RQW-AE", alerts.Answering{}, nurse); !errors.Is(err, alerts.ErrNoAlert) {
			t.Errorf("acknowledging nothing: %v", err)
		}
	})
}

func TestARoomsEntriesFollowOneAnotherWithoutGaps(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		s.publish(t, "plan-2", "9990000026", plans.Active, "first")
		moved := message(alerts.Update, "V1", "3", "9990000018", 5)
		moved.Location.Value.PointOfCare = "UTC"
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.receive(t, message(alerts.Arrive, "V2", "2", "9990000026", 1))
		s.receive(t, moved)
		s.receive(t, message(alerts.Depart, "V2", "4", "", 9))
		for room, want := range map[string][]journal.Kind{
			"RQW-AE":  {journal.AlertRaised, journal.AlertRaised, journal.AlertUpdated, journal.AlertClosed},
			"RQW-UTC": {journal.AlertRaised},
		} {
			entries, err := s.store.RoomsAfter(t.Context(), []string{room}, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, kinds(entries)); diff != "" {
				t.Errorf("%s: %s", room, diff)
			}
			var before int64
			for _, e := range entries {
				if e.Before != before {
					t.Errorf("%s: entry %d follows %d, but says %d", room, e.Number, before, e.Before)
				}
				before = e.Number
			}
			if heads, err := s.store.RoomHeads(t.Context(), []string{room, "RWG-AE"}); err != nil || heads[room] != before || heads["RWG-AE"] != 0 {
				t.Errorf("%s: heads are %v, %v; want %d", room, heads, err, before)
			}
		}
		s.journal(t)
	})
}

func TestAReceiptIsKeptOnce(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		id := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0)).Changes[0].Alert.ID
		r := subscribers.Receipt{Alert: id, Kind: journal.AlertDisplayed, Actor: nurse, Version: 1, At: noon}
		for range 3 {
			if err := s.store.KeepReceipt(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		for _, screen := range []string{"majors-1", "majors-2", "majors-1"} {
			r.Screen = screen
			if err := s.store.KeepReceipt(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		uses, err := s.store.Uses(t.Context(), "plan-1")
		if err != nil || len(uses) != 1 {
			t.Fatalf("%d uses, %v", len(uses), err)
		}
		var screens []string
		for _, given := range uses[0].Receipts {
			screens = append(screens, given.Screen)
		}
		if diff := cmp.Diff([]string{"", "majors-1", "majors-2"}, screens); diff != "" {
			t.Errorf("the screens that gave it (-want +got):\n%s", diff)
		}
		r.Alert = "nothing"
		if err := s.store.KeepReceipt(t.Context(), r); !errors.Is(err, alerts.ErrNoAlert) {
			t.Errorf("a receipt for nothing: %v", err)
		}
		want := []journal.Kind{journal.PlanPublished, journal.AlertRaised, journal.AlertDisplayed, journal.AlertDisplayed, journal.AlertDisplayed}
		if diff := cmp.Diff(want, kinds(s.journal(t))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPublishingAndArrivingAtTheSameTimeNeverMissEachOther(t *testing.T) {
	numbers := []string{"9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077", "9990000085"}
	eachService(t, func(t *testing.T, s service) {
		var wg sync.WaitGroup
		for i, n := range numbers {
			wg.Go(func() { s.publish(t, fmt.Sprint("plan-", i), n, plans.Active, "first") })
			wg.Go(func() { s.receive(t, message(alerts.Arrive, fmt.Sprint("V", i), fmt.Sprint(i), n, 0)) })
		}
		wg.Wait()
		if open := s.board(t, "RQW-AE"); len(open) != len(numbers) {
			t.Errorf("%d alerts for %d patients with a plan", len(open), len(numbers))
		}
		s.journal(t)
	})
}

func TestAnotherCentreCannotReplaceAPlan(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		kept := s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		kept.Centre = "RP4"
		_, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: kept, Document: []byte("theirs")}, centre)
		if !errors.Is(err, plans.ErrForeign) {
			t.Errorf("got %v, want ErrForeign", err)
		}
		held, err := s.store.Plan(t.Context(), "plan-1")
		if err != nil || held.Plan.Version != 1 || string(held.Document) != "firstactive" {
			t.Errorf("held is %+v, %v", held, err)
		}
		if _, err := s.store.Plan(t.Context(), "nothing"); !errors.Is(err, plans.ErrNotFound) {
			t.Errorf("reading nothing: %v", err)
		}
	})
}

func TestWhatChangesByItselfIsFoundByDecidingAgain(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		now := noon
		store := sql.NewStore(db)
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return now })}
		s.publish(t, "plan-1", "9990000018", plans.Active, "expires in an hour")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		s.receive(t, message(alerts.Arrive, "V2", "2", "9990000026", 0))
		for _, row := range []struct {
			what          string
			at            time.Time
			changes, open int
		}{
			{"nothing changed", noon.Add(59 * time.Minute), 0, 1},
			{"the plan has expired", noon.Add(time.Hour), 1, 0},
			{"nothing more", noon.Add(2 * time.Hour), 0, 0},
		} {
			now = row.at
			got, err := s.desk.Reconcile(t.Context(), store)
			if err != nil || got.Visits != 2 || got.Changes != row.changes {
				t.Errorf("%s: %+v, %v", row.what, got, err)
			}
			if open := s.board(t, "RQW-AE"); len(open) != row.open {
				t.Errorf("%s: %d alerts", row.what, len(open))
			}
		}
		s.journal(t)
	})
}

func TestAMessageThatNobodyUnderstandsIsKeptOnce(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		q := alerts.Quarantined{Sender: "PAS|RQW", Received: noon, Raw: []byte("MSH|\x00\xff rubbish"), Answer: "AE", Condition: 101, Location: "PID", Reason: "there is no PID segment"}
		for range 3 {
			if err := s.store.KeepQuarantined(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]journal.Kind{journal.MessageQuarantined}, kinds(s.journal(t))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestATimeInTheFutureDoesNotOutliveTheVisit(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "first")
		wrongYear := message(alerts.Arrive, "V1", "1", "9990000018", 0)
		wrongYear.Occurred = noon.AddDate(36, 0, 0)
		s.receive(t, wrongYear)
		if open := s.board(t, "RQW-AE"); len(open) != 1 {
			t.Fatalf("%d alerts after the arrival", len(open))
		}
		s.receive(t, message(alerts.Depart, "V1", "2", "", 9))
		if open := s.board(t, "RQW-AE"); len(open) != 0 {
			t.Error("the departure was taken for older than the arrival")
		}
	})
}
