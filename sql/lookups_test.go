package sql_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// person is somebody whom no other of these tests is like.
func person(i int) plans.Identity {
	letters := "bdfgklmnprstvz"
	name := func(n int) string {
		return string([]byte{letters[n%14] - 32, 'o', letters[n/14%14], 'a', letters[(n*5+3)%14], 'i', letters[(n/3)%14]})
	}
	return plans.Identity{Family: name(i*37 + 11), Given: name(i*101 + 5), BirthDate: plans.Date(fmt.Sprintf("%d-%02d-%02d", 1931+i*7%80, 1+i%12, 1+i%28)),
		Sex: plans.Female, Postcode: fmt.Sprintf("CM%d %dQX", 1+i%20, i%10)}
}

// arrivesUnnumbered is an arrival of somebody whose NHS number the hospital does not know.
func arrivesUnnumbered(visit string, who plans.Identity) alerts.Event {
	e := message(alerts.Arrive, visit, "c"+visit, "", 0)
	e.Name, e.BirthDate = alerts.Stated(alerts.Name{Family: who.Family, Given: who.Given}), alerts.Stated(who.BirthDate)
	e.Sex, e.Postcode = alerts.Stated(who.Sex), alerts.Stated(who.Postcode)
	return e
}

func (s service) publishFor(t *testing.T, id, nhs string, who plans.Identity) {
	t.Helper()
	who.NHSNumber = mustNumber(t, nhs)
	p := plans.Plan{ID: id, Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Headline: "Give steroid at once", Patient: who}
	if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: fmt.Appendf(nil, "%s %v", id, who.Family)}, centre); err != nil {
		t.Error(err)
	}
}

func TestSomebodyWithoutANumberIsFoundByName(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ann, numbers := person(1), validNumbers(60)
		for i := range 50 {
			s.publishFor(t, fmt.Sprint("plan-", i), numbers[i].Reveal(), person(i))
		}
		s.receive(t, arrivesUnnumbered("V1", ann))
		s.receive(t, arrivesUnnumbered("V2", person(77)))
		board := s.board(t, "RQW-AE")
		if len(board) != 1 || board[0].Alert.Plan != "plan-1" || board[0].Alert.Match != alerts.Possible {
			t.Fatalf("the board shows %d alerts", len(board))
		}
		// The number comes late, and is hers: now it is certain.
		late := message(alerts.Update, "V1", "late", numbers[1].Reveal(), 1)
		late.Name, late.BirthDate = alerts.Field[alerts.Name]{}, alerts.Field[plans.Date]{}
		s.receive(t, late)
		if board := s.board(t, "RQW-AE"); len(board) != 1 || board[0].Alert.Match != alerts.Confirmed {
			t.Fatalf("after the late number the board shows %d alerts", len(board))
		}
		// A plan that comes while somebody is there finds them; one that is given to another patient leaves them.
		s.publishFor(t, "late", numbers[55].Reveal(), person(77))
		if board := s.board(t, "RQW-AE"); len(board) != 2 {
			t.Errorf("after the late plan the board shows %d alerts", len(board))
		}
		s.publishFor(t, "late", numbers[56].Reveal(), person(78))
		if board := s.board(t, "RQW-AE"); len(board) != 1 {
			t.Errorf("after the plan changed its patient the board shows %d alerts", len(board))
		}
		// Whoever has left is not found any more.
		s.receive(t, message(alerts.Depart, "V2", "gone", "", 5))
		s.publishFor(t, "too-late", numbers[57].Reveal(), person(77))
		if board := s.board(t, "RQW-AE"); len(board) != 1 {
			t.Errorf("a plan for somebody who has left raised an alert: %d", len(board))
		}
		if done, err := s.desk.Reconcile(t.Context(), s.store); err != nil || done.Changes != 0 || done.Visits != 1 {
			t.Errorf("reconciled %+v, %v", done, err)
		}
	})
}

// pausing is a store whose transactions stop for a moment right after they looked who is like somebody, once, and say that they did.
type pausing struct {
	alerts.Store
	looked chan struct{}
	once   *sync.Once
}

type pausingTx struct {
	alerts.Tx
	pausing
}

func (p pausing) Write(ctx context.Context, f func(alerts.Tx) error) error {
	return p.Store.Write(ctx, func(tx alerts.Tx) error { return f(pausingTx{tx, p}) })
}

func (tx pausingTx) PlansLike(keys []matching.Key) ([]plans.Plan, error) {
	found, err := tx.Tx.PlansLike(keys)
	tx.pause()
	return found, err
}

func (tx pausingTx) OpenAttendancesLike(t matching.Traits) ([]alerts.Attendance, error) {
	found, err := tx.Tx.OpenAttendancesLike(t)
	tx.pause()
	return found, err
}

// pause gives the other side time to do all of its work, unless something keeps it waiting.
func (p pausing) pause() {
	p.once.Do(func() {
		close(p.looked)
		time.Sleep(300 * time.Millisecond)
	})
}

// Nobody is locked by a number that both have: only the keys keep the two from missing each other.
func TestAPlanAndAnArrivalThatAreOnlyAlikeNeverMissEachOther(t *testing.T) {
	number := validNumbers(1)[0].Reveal()
	for _, row := range []struct {
		first string
		do    [2]func(*testing.T, service)
	}{
		{"the arrival looks first", [2]func(*testing.T, service){
			func(t *testing.T, s service) { s.receive(t, arrivesUnnumbered("V1", person(1))) },
			func(t *testing.T, s service) { s.publishFor(t, "plan-1", number, person(1)) },
		}},
		{"the publication looks first", [2]func(*testing.T, service){
			func(t *testing.T, s service) { s.publishFor(t, "plan-1", number, person(1)) },
			func(t *testing.T, s service) { s.receive(t, arrivesUnnumbered("V1", person(1))) },
		}},
	} {
		t.Run(row.first, func(t *testing.T) {
			eachService(t, func(t *testing.T, s service) {
				dir, err := directory.Parse([]byte(twoRegions))
				if err != nil {
					t.Fatal(err)
				}
				slow := pausing{s.store, make(chan struct{}), new(sync.Once)}
				first := service{s.store, alerts.NewDesk(slow, func() *directory.Directory { return dir }, func() time.Time { return noon })}
				var both sync.WaitGroup
				both.Go(func() { row.do[0](t, first) })
				<-slow.looked
				row.do[1](t, s)
				both.Wait()
				if board := s.board(t, "RQW-AE"); len(board) != 1 || board[0].Alert.Match != alerts.Possible {
					t.Errorf("they missed each other: the board shows %d alerts", len(board))
				}
			})
		})
	}
}

// A database from before there were keys is given them, and whoever is there is found.
func TestKeysAreMadeForWhoeverHasNone(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		if has, err := s.store.HasKeys(t.Context()); err != nil || has {
			t.Fatalf("a fresh database says that it has keys: %v, %v", has, err)
		}
		s.publishFor(t, "plan-1", validNumbers(1)[0].Reveal(), person(1))
		if err := s.store.Write(t.Context(), func(tx alerts.Tx) error {
			who := person(1)
			who.NHSNumber = validNumbers(1)[0]
			return tx.SavePlanKeys("plan-1", matching.Keys(who), nil)
		}); err != nil {
			t.Fatal(err)
		}
		s.receive(t, arrivesUnnumbered("V1", person(1)))
		if board := s.board(t, "RQW-AE"); len(board) != 0 {
			t.Fatalf("found without keys: %d alerts", len(board))
		}
		for range 2 {
			if err := s.desk.MakeKeys(t.Context(), s.store); err != nil {
				t.Fatal(err)
			}
		}
		if done, err := s.desk.Reconcile(t.Context(), s.store); err != nil || done.Changes != 1 {
			t.Errorf("with keys, deciding again came to %+v, %v", done, err)
		}
		if err := s.store.KeepRecipe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if has, err := s.store.HasKeys(t.Context()); err != nil || !has {
			t.Errorf("the keys are not noted: %v", err)
		}
	})
}
