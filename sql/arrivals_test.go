package sql_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

// arrivals are those of a department on the day of the tests.
func (s service) arrivals(t *testing.T, department string) map[string]subscribers.Arrival {
	t.Helper()
	from, before := subscribers.Day(noon, time.UTC)
	page, err := s.store.Arrivals(t.Context(), subscribers.ArrivalQuery{Department: department, From: from, Before: before, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]subscribers.Arrival{}
	for _, a := range page {
		of[a.Attendance.Visit] = a
	}
	return of
}

func TestEveryArrivalSaysWhatWasFoundAndAgainstWhichPlans(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.receive(t, message(alerts.Arrive, "V0", "0", "9990000034", 0))
		if c := s.arrivals(t, "RQW-AE")["V0"].Check; c.Found != alerts.NoPlan || !c.At.Equal(noon) || !c.PlansTo.IsZero() {
			t.Errorf("without any plan the check is %+v", c)
		}
		s.publish(t, "plan-1", "9990000018", plans.Active, "Give hydrocortisone")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 1))
		s.receive(t, message(alerts.Arrive, "V2", "2", "9990000026", 2))
		nameless := message(alerts.Arrive, "V3", "3", "", 3)
		nameless.Name, nameless.BirthDate = alerts.Field[alerts.Name]{}, alerts.Field[plans.Date]{}
		s.receive(t, nameless)
		dissent := message(alerts.Arrive, "V4", "4", "9990000018", 4)
		dissent.Consent = alerts.Stated(plans.Dissent)
		s.receive(t, dissent)
		s.receive(t, message(alerts.Expect, "V5", "5", "9990000018", 5))
		found := s.arrivals(t, "RQW-AE")
		for visit, want := range map[string]alerts.Found{"V1": alerts.PlanFound, "V2": alerts.NoPlan, "V3": alerts.TooLittle, "V4": alerts.NotShared} {
			c := found[visit].Check
			if c.Found != want || !c.At.Equal(noon) || !c.PlansTo.Equal(noon) {
				t.Errorf("%s is %+v, not %s", visit, c, want)
			}
		}
		if _, there := found["V5"]; there {
			t.Error("who is only expected is among the arrivals")
		}
		from, before := subscribers.Day(noon, time.UTC)
		count, err := s.store.CountArrivals(t.Context(), "RQW-AE", from, before)
		if err != nil || count.Arrivals != 5 || count.WithPlan != 1 || count.TooLittle != 1 || !count.Checked.Equal(noon) || !count.PlansTo.Equal(noon) {
			t.Errorf("the count is %+v, %v", count, err)
		}
		s.receive(t, message(alerts.Cancel, "V2", "6", "", 6))
		if count, err = s.store.CountArrivals(t.Context(), "RQW-AE", from, before); err != nil || count.Arrivals != 4 {
			t.Errorf("with one recorded in error, the count is %+v, %v", count, err)
		}
		if other, err := s.store.CountArrivals(t.Context(), "RQW-UTC", from, before); err != nil || other.Arrivals != 0 || !other.Checked.IsZero() {
			t.Errorf("next door, the count is %+v, %v", other, err)
		}
	})
}

func TestACheckIsMadeAgainWhenAPlanChanges(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 1))
		s.publish(t, "plan-1", "9990000018", plans.Active, "Give hydrocortisone")
		if c := s.arrivals(t, "RQW-AE")["V1"].Check; c.Found != alerts.PlanFound || !c.PlansTo.Equal(noon) {
			t.Errorf("after the plan came, the check is %+v", c)
		}
		s.publish(t, "plan-1", "9990000018", plans.Revoked, "Give hydrocortisone")
		if c := s.arrivals(t, "RQW-AE")["V1"].Check; c.Found != alerts.NoPlan {
			t.Errorf("after it was withdrawn, the check is %+v", c)
		}
		s.receive(t, message(alerts.Depart, "V1", "2", "", 30))
		s.publish(t, "plan-1", "9990000018", plans.Active, "Give hydrocortisone again")
		if a := s.arrivals(t, "RQW-AE")["V1"]; a.Check.Found != alerts.NoPlan || a.Attendance.State != alerts.Departed {
			t.Errorf("who has left is looked at again: %+v", a.Check)
		}
	})
}

func TestArrivalsComeInPagesWithoutGaps(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		var want []string
		for i := range 7 {
			visit := string(rune('A' + i))
			s.receive(t, message(alerts.Arrive, visit, visit, "", i/2)) // two at a time
			want = append(want, visit)
		}
		from, before := subscribers.Day(noon, time.UTC)
		var got []string
		q := subscribers.ArrivalQuery{Department: "RQW-AE", From: from, Before: before, Limit: 2}
		for range 10 {
			page, err := s.store.Arrivals(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, a := range page {
				got = append(got, a.Attendance.Visit)
			}
			last := page[len(page)-1]
			q.Before, q.BeforeID = last.Check.Arrived, last.Attendance.ID
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("the pages hold %v", got)
		}
	})
}

func TestRecentAlertsTellTheirWholeStory(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "plan-1", "9990000018", plans.Active, "Give hydrocortisone")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		id := s.board(t, "RQW-AE")[0].Alert.ID
		screen := journal.Actor{Name: "resus", Role: "screen", Organisation: "RQW"}
		for i, kind := range []journal.Kind{journal.AlertDelivered, journal.AlertDisplayed, journal.AlertSeen} {
			if err := s.store.KeepReceipt(t.Context(), subscribers.Receipt{Alert: id, Kind: kind, Actor: screen, Screen: "majors-1", Version: 1, At: noon.Add(time.Duration(i+1) * time.Second)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.desk.Acknowledge(t.Context(), id, "RQW-AE", alerts.Answering{Screen: "majors-2"}, nurse); err != nil {
			t.Fatal(err)
		}
		if _, err := s.desk.Say(t.Context(), id, "RQW-AE", alerts.Question, "How much?", nurse); err != nil {
			t.Fatal(err)
		}
		s.receive(t, message(alerts.Depart, "V1", "2", "", 30))
		for _, changed := range []alerts.Changed{alerts.NoDifference, alerts.ChangedMedicine} {
			if err := s.desk.GiveOutcome(t.Context(), id, "RQW-AE", changed, nurse); err != nil {
				t.Fatal(err)
			}
		}
		dissent := message(alerts.Arrive, "V2", "3", "9990000018", 40)
		dissent.Consent = alerts.Stated(plans.Dissent)
		s.receive(t, dissent)
		recent, err := s.store.RecentAlerts(t.Context(), "RQW-AE", noon.Add(-time.Hour), 100)
		if err != nil || len(recent) != 1 {
			t.Fatalf("%d alerts, %v: one that never came to a board is none", len(recent), err)
		}
		view, ok := subscribers.DrawRecent(recent[0], "clinician", dir, time.UTC, noon)
		if !ok {
			t.Fatal("it is not drawn")
		}
		var what []string
		for _, m := range view.Timeline {
			what = append(what, m.What)
			if m.What == "acknowledged" && m.By != "nurse" || m.What == "seen" && m.By != "resus" || m.What == "raised" && m.By != "" || m.What == "outcome_corrected" && m.By != "nurse" {
				t.Errorf("%s by %q", m.What, m.By)
			}
			if m.What == "seen" && m.Screen != "majors-1" || m.What == "acknowledged" && m.Why != "taken on, on screen majors-2" {
				t.Errorf("%s on %q: %s", m.What, m.Screen, m.Why)
			}
		}
		slices.Sort(what)
		if want := []string{"acknowledged", "arrived", "asked", "closed", "delivered", "departed", "displayed", "outcome", "outcome_corrected", "raised", "seen"}; !slices.Equal(what, want) {
			t.Errorf("the timeline is %v", what)
		}
		if view.Changed != string(alerts.ChangedMedicine) {
			t.Errorf("the plan changed %q", view.Changed)
		}
		late := message(alerts.Update, "V1", "4", "", 50)
		late.Consent = alerts.Stated(plans.Dissent)
		s.receive(t, late)
		if recent, err = s.store.RecentAlerts(t.Context(), "RQW-AE", noon.Add(-time.Hour), 100); err != nil {
			t.Fatal(err)
		}
		for _, r := range recent {
			if _, ok := subscribers.DrawRecent(r, "clinician", dir, time.UTC, noon); ok {
				t.Error("what the patient does not want shared any more is told again")
			}
		}
		if none, err := s.store.RecentAlerts(t.Context(), "RQW-AE", noon.Add(time.Hour), 100); err != nil || len(none) != 0 {
			t.Errorf("since later there are %d, %v", len(none), err)
		}
	})
}

func TestAMessageSentAgainSaysWhereItIs(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		e := message(alerts.Arrive, "V1", "1", "9990000018", 0)
		e.Location = alerts.Stated(alerts.Location{PointOfCare: "CUPBOARD"})
		first, again := s.receive(t, e), s.receive(t, e)
		if !again.Duplicate || again.Attendance != first.Attendance || again.Department != "RQW-AE" || again.Warning != first.Warning || first.Warning == "" {
			t.Errorf("the second answer is %+v, the first was %+v", again, first)
		}
	})
}

// A check that is made for one patient only, at the moment at which a plan was published, would tell everybody who reads it of the plan.
func TestACheckDoesNotTellOfAPlanThatMayNotBeShown(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	eachService(t, func(t *testing.T, s service) {
		clock := noon
		s.desk = alerts.NewDesk(s.store, func() *directory.Directory { return dir }, func() time.Time { return clock })
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		n, err := plans.ParseNHSNumber("9990000018")
		if err != nil {
			t.Fatal(err)
		}
		hidden := plans.Plan{ID: "hidden", Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Headline: "A", Patient: plans.Identity{NHSNumber: n, BirthDate: "1980-02-13"}}
		for i, change := range []func(*plans.Plan){
			func(p *plans.Plan) { p.Consent = plans.Dissent },
			func(p *plans.Plan) { p.Consent, p.Restriction.Organisations = "", []string{"RWG"} },
			func(p *plans.Plan) { p.Status = plans.Draft },
		} {
			clock = clock.Add(7 * time.Minute)
			change(&hidden)
			if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: hidden, Document: []byte{byte(i)}}, centre); err != nil {
				t.Fatal(err)
			}
			if c := s.arrivals(t, "RQW-AE")["V1"].Check; c.Found != alerts.NoPlan || !c.At.Equal(noon) || !c.PlansTo.IsZero() {
				t.Errorf("after publication %d, the check is %+v", i+1, c)
			}
		}
		if _, err := s.desk.Reconcile(t.Context(), s.store); err != nil {
			t.Fatal(err)
		}
		if c := s.arrivals(t, "RQW-AE")["V1"].Check; c.Found != alerts.NoPlan || !c.At.Equal(clock) || !c.PlansTo.Equal(clock) {
			t.Errorf("after everybody was decided again, the check is %+v", c)
		}
	})
}
