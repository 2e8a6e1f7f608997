package feeds_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// both runs a test against a server with history, and one with search only.
func both(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for _, history := range []bool{true, false} {
		t.Run(map[bool]string{true: "history", false: "search"}[history], func(t *testing.T) {
			w := newWorld(t, nil)
			w.source.history, w.source.search = history, !history
			test(t, w)
		})
	}
}

func TestPlansAreTakenPageByPageAndTheNewestVersionHolds(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for i := range 10 {
			w.source.put(carePlan(fmt.Sprint("plan-", i), "First", "active"))
		}
		w.clock = w.clock.Add(time.Second)
		w.source.put(carePlan("plan-4", "Second", "active"))
		w.source.put(carePlan("plan-4", "Third", "active")) // in the same instant: only its number tells
		w.poll()
		w.wants("plan-0", "1 active First")
		w.wants("plan-9", "1 active First")
		w.wants("plan-4", "1 active Third")
		w.healthy("")
		w.clock = w.clock.Add(time.Minute)
		w.source.put(carePlan("plan-4", "Fourth", "active"))
		for range 3 { // what is read again is no new version
			w.poll()
			w.wants("plan-4", "2 active Fourth")
			w.wants("plan-9", "1 active First")
		}
		if held, err := w.store.Plan(t.Context(), "plan-4"); err != nil || held.Plan.Centre != "RP4" {
			t.Errorf("the plan belongs to %v (%v)", held, err)
		}
	})
}

func TestItIsToldHowFarAFeedWasReadAndWhetherItCanBe(t *testing.T) {
	w := newWorld(t, nil)
	w.source.put(carePlan("plan-1", "First", "active"))
	want := func(what string, read time.Time, failing bool) {
		t.Helper()
		all, err := w.Reached(t.Context())
		if err != nil || len(all) != 1 || !all[0].Read.Equal(read) || all[0].Failing != failing || all[0].Centres[0] != "RP4" {
			t.Errorf("%s: %+v, %v", what, all, err)
		}
	}
	want("before the first poll", time.Time{}, false)
	w.poll()
	read := w.clock
	want("read to its end", read, false)
	w.source.nasty = always(403, "text/plain", "")
	w.poll()
	want("it lets us in no more", read, true)
	w.source.nasty = nil
	w.poll()
	read = w.clock
	want("it lets us in again", read, false)
	w.clock = w.clock.Add(time.Hour)
	want("nobody polls", read, true)
}

func TestOnlyWhatIsNewIsAskedFor(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for i := range 10 {
			w.source.put(carePlan(fmt.Sprint("plan-", i), "First", "active"))
		}
		w.poll()
		w.clock = w.clock.Add(time.Hour)
		w.source.put(carePlan("plan-new", "New", "active"))
		w.poll()
		w.clock = w.clock.Add(time.Hour)
		w.source.asked("")
		w.poll()
		if n := w.source.asked("/CarePlan"); n != 1 {
			t.Errorf("%d pages were asked for, want one", n)
		}
		w.wants("plan-new", "1 active New")
	})
}

func TestAPlanWithdrawnAtItsSourceIsWithdrawnHere(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, id := range []string{"revoked", "in-error", "deleted", "vanished", "stays"} {
			w.source.put(carePlan(id, "First", "active"))
		}
		w.poll()
		w.wants("deleted", "1 active First")
		w.clock = w.clock.Add(time.Minute)
		w.source.put(carePlan("revoked", "First", "revoked"))
		w.source.put(carePlan("in-error", "First", "entered-in-error"))
		w.source.delete("deleted")
		w.source.forget("vanished")
		w.poll()
		w.wants("revoked", "2 revoked First")
		w.wants("in-error", "2 entered-in-error First")
		w.wants("vanished", "1 active First")
		if w.source.history {
			w.wants("deleted", "2 revoked First")
		}
		w.clock = w.clock.Add(24 * time.Hour) // a comparison is due
		w.poll()
		w.wants("deleted", "2 revoked First")
		w.wants("vanished", "2 revoked First")
		w.wants("stays", "1 active First")
		w.healthy("")
		w.clock = w.clock.Add(time.Minute)
		w.source.put(carePlan("deleted", "Back again", "active"))
		w.poll()
		w.wants("deleted", "3 active Back again")
	})
}

func TestAServerThatLostItsDataWithdrawsNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.source.search = true
	for i := range 30 {
		w.source.put(carePlan(fmt.Sprint("plan-", i), "First", "active"))
	}
	w.poll()
	for i := range 25 {
		w.source.forget(fmt.Sprint("plan-", i))
	}
	w.clock = w.clock.Add(24 * time.Hour)
	w.poll()
	w.wants("plan-0", "1 active First")
	w.healthy("no longer shows many")
	w.source.put(carePlan("plan-new", "New", "active"))
	w.poll()
	w.wants("plan-new", "1 active New")
	w.healthy("no longer shows many") // until a comparison finds it mended
}

func TestAPatientIsReadWhereverTheSourceKeepsIt(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.source.patients["p1"] = patient("p1")
		w.feed.Count = 10 // all on one page
		for id, reference := range map[string]string{"relative": "Patient/p1", "absolute": base + "/Patient/p1"} {
			w.source.put(with(carePlan(id, "First", "active"), map[string]any{"subject": map[string]any{"reference": reference}, "contained": nil}))
		}
		w.source.put(with(carePlan("elsewhere", "First", "active"), map[string]any{"subject": map[string]any{"reference": "https://else.example/fhir/Patient/p1"}, "contained": nil}))
		w.poll()
		if n := w.source.asked("/Patient"); w.source.search && n != 0 {
			t.Errorf("the Patient was on the page and was asked for %d times", n)
		}
		for _, id := range []string{"relative", "absolute"} {
			held, err := w.store.Plan(t.Context(), id)
			if err != nil || held.Plan.Patient.BirthDate != "1980-02-13" {
				t.Errorf("plan %s: %v (%v)\n%s", id, held, err, w.log.String())
			}
		}
		w.wants("elsewhere", "")
		if w.item("elsewhere").Reason == "" {
			t.Error("nobody is told why")
		}
	})
}

func TestWhatCannotBeTakenIsPutAsideAndTheRestIsNot(t *testing.T) {
	author := func(ods string) map[string]any {
		return map[string]any{"author": map[string]any{"identifier": map[string]any{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": ods}}}
	}
	for _, row := range []struct {
		what string
		put  func(w *world)
		id   string
		want string
	}{
		{"another centre's", func(w *world) { w.source.put(with(carePlan("bad", "H", "active"), author("RAL"))) }, "bad", "does not speak"},
		{"without a headline", func(w *world) { w.source.put(carePlan("bad", "", "active")) }, "bad", "title"},
		{"without a patient", func(w *world) { w.source.put(with(carePlan("bad", "H", "active"), map[string]any{"contained": nil})) }, "bad", "Patient"},
		{"with a key twice", func(w *world) {
			w.source.putRaw("bad", `{"resourceType":"CarePlan","id":"bad","status":"active","status":"revoked"}`, w.clock)
		}, "bad", "twice"},
		{"of a wrong shape", func(w *world) { w.source.putRaw("bad", `{"resourceType":"CarePlan","id":"bad","meta":5}`, w.clock) }, "bad", ""},
		{"with an NHS number for its id", func(w *world) { w.source.put(carePlan("9990000026", "H", "active")) }, "9990000026", "NHS number"},
		{"in one that is not JSON we know", func(w *world) { w.source.putRaw("bad", `[1,2]`, w.clock) }, "bad", ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := newWorld(t, nil)
			w.source.put(carePlan("before", "First", "active"))
			row.put(w)
			w.source.put(carePlan("after", "First", "active"))
			w.poll()
			w.wants("before", "1 active First")
			w.wants("after", "1 active First")
			w.wants(row.id, "")
			w.healthy("1 of its resources could not be taken")
			item := w.item(row.id)
			if item.State != "aside" || !strings.Contains(item.Reason, row.want) || item.Reason == "" {
				t.Errorf("it was put aside as %+v", item)
			}
			if strings.Contains(w.log.String(), "9990000026") {
				t.Error("the log shows an NHS number")
			}
			w.poll()
			if n := strings.Count(w.log.String(), "put aside"); n != 1 {
				t.Errorf("%d lines in the log, want one", n)
			}
			if row.id == "bad" {
				w.source.putAt(carePlan("bad", "Mended", "active"), w.clock)
				w.poll()
				w.wants("bad", "1 active Mended")
				w.healthy("")
			}
		})
	}
}

// Plans share transactions. One that stands in the way of all is put aside, and the others of its transaction are taken.
func TestAPlanThatStandsInTheWayOfItsPageIsPutAsideAndTheOthersAreTaken(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.feed.Count, w.feed.PageBytes = 100, 1<<20
		for i := range 60 {
			w.source.put(carePlan(fmt.Sprintf("plan-%02d", i), "First", "active"))
		}
		foreign := plans.Plan{ID: "plan-33", Centre: "RAL", Status: plans.Active, Urgency: plans.Urgent, Headline: "Somebody else's", Patient: plans.Identity{Family: "Tester"}}
		if _, _, err := w.desk.Publish(t.Context(), plans.Publication{Plan: foreign, Document: []byte("{}")}, journal.Service); err != nil {
			t.Fatal(err)
		}
		w.transactions = 0
		w.poll()
		for i := range 60 {
			want, state := "1 active First", feeds.Taken
			if i == 33 {
				want, state = "1 active Somebody else's", feeds.Aside
			}
			w.wants(fmt.Sprintf("plan-%02d", i), want)
			if item := w.item(fmt.Sprintf("plan-%02d", i)); item.State != state {
				t.Errorf("plan %d is %s: %s", i, item.State, item.Reason)
			}
		}
		if w.transactions > 3+25 { // three of up to 25 plans, and the one that stood in the way has its own plans published alone
			t.Errorf("60 plans took %d transactions", w.transactions)
		}
		w.transactions = 0
		w.poll()
		w.wants("plan-00", "1 active First")
		if w.transactions > 2 { // what was put aside is tried again, and fails again on its own
			t.Errorf("what is held already took %d transactions", w.transactions)
		}
	})
}

func TestAVersionThatCannotBeReadKeepsNoWithdrawnPlanAlive(t *testing.T) {
	for _, row := range []struct{ what, status, want string }{
		{"it says that the plan is revoked", "revoked", "2 revoked First"},
		{"it says that the plan is active", "active", "1 active First"},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := newWorld(t, nil)
			w.source.put(carePlan("plan", "First", "active"))
			w.poll()
			w.clock = w.clock.Add(time.Minute)
			w.source.put(carePlan("plan", strings.Repeat("too long ", 30), row.status))
			w.poll()
			w.wants("plan", row.want)
			w.healthy("1 of its resources")
		})
	}
}

func TestAFeedForSeveralCentresTellsThemApart(t *testing.T) {
	w := newWorld(t, nil)
	w.feed.Centres = []string{"RP4", "RAL"}
	tag := func(code string) map[string]any {
		return map[string]any{"contributor": []any{map[string]any{"type": "Organization", "identifier": map[string]any{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": code}}}}
	}
	w.source.put(with(carePlan("gosh", "First", "active"), tag("rp4")))
	w.source.put(with(carePlan("free", "First", "active"), tag("RAL")))
	w.source.put(with(carePlan("kings", "First", "active"), tag("RJZ")))
	w.source.put(carePlan("nobodys", "First", "active"))
	w.poll()
	for id, centre := range map[string]string{"gosh": "RP4", "free": "RAL"} {
		if held, err := w.store.Plan(t.Context(), id); err != nil || held.Plan.Centre != centre {
			t.Errorf("plan %s: %+v (%v)", id, held, err)
		}
	}
	w.wants("kings", "")
	w.wants("nobodys", "")
	w.healthy("2 of its resources")
}

func TestIDsCanBeKeptApartByAPrefix(t *testing.T) {
	w := newWorld(t, nil)
	w.feed.IDPrefix = "gosh-"
	w.source.put(carePlan("1", "First", "active"))
	w.poll()
	w.wants("gosh-1", "1 active First")
	w.clock = w.clock.Add(time.Minute)
	w.source.delete("1")
	w.poll()
	w.wants("gosh-1", "2 revoked First")
}
