package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// stuck is a world whose stores answer only when they are let: publications, searches, acknowledgements and attendances.
type stuck struct {
	*world
	publishing, reading, answering, taking chan struct{}
}

func open() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func (s *stuck) PublishAll(ctx context.Context, all []plans.Publication, a journal.Actor) ([]alerts.Published, error) {
	<-s.publishing
	return s.world.PublishAll(ctx, all, a)
}

func (s *stuck) Acknowledge(ctx context.Context, id, department string, how alerts.Answering, a journal.Actor) (alerts.Alert, error) {
	<-s.answering
	return s.world.Acknowledge(ctx, id, department, how, a)
}

func (s *stuck) Receive(ctx context.Context, e alerts.Event) (alerts.Outcome, error) {
	<-s.taking
	return s.world.Receive(ctx, e)
}

func (s *stuck) FindPlans(ctx context.Context, q plans.Query) ([]plans.Change, bool, error) {
	<-s.reading
	return s.world.FindPlans(ctx, q)
}

// flood is what was asked at the same time and how it was answered, by status.
type flood struct {
	all    sync.WaitGroup
	mu     sync.Mutex
	status map[int]int
}

// pour asks n times at once.
func (s *stuck) pour(n int, ask func(i int) int) *flood {
	f := &flood{status: map[int]int{}}
	for i := range n {
		f.all.Go(func() {
			status := ask(i)
			f.mu.Lock()
			f.status[status]++
			f.mu.Unlock()
		})
	}
	synctest.Wait()
	return f
}

// so far or at the end, how many were answered with a status.
func (f *flood) with(status int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status[status]
}

func newStuck(t *testing.T, places int) *stuck {
	s := &stuck{publishing: make(chan struct{}), reading: make(chan struct{}), answering: open(), taking: open()}
	s.world = newWorld(t, func(o *Options) { o.Lanes = NewLanes(places) })
	s.arrive()
	s.server.Desk, s.server.Reception, s.server.Plans = s, s, s
	return s
}

func (s *stuck) publish(i int) int {
	id := fmt.Sprint("kid-", i)
	return s.ask("PUT", "/fhir/CarePlan/"+id, "centre-RP4", carePlan(id, "T")).Code
}

func (s *stuck) search(int) int { return s.ask("GET", "/fhir/CarePlan", "centre-RP4", "").Code }

func (s *stuck) attend(i int) int {
	return s.ask("POST", "/fhir/Encounter", "hospital-RQW", encounter("any", fmt.Sprint("V", i), "arrived", "")).Code
}

func (s *stuck) bundled(i int) int {
	return s.ask("POST", "/fhir", "hospital-RQW", transactionOf(entry(encounter("any", fmt.Sprint("B", i), "arrived", ""), "POST", "Encounter"))).Code
}

func (s *stuck) acknowledge(int) int {
	return s.ask("POST", "/api/alerts/alert1/acknowledgement", "screen-RQW-AE", "").Code
}

func (s *stuck) board(int) int {
	return s.ask("GET", "/api/departments/RQW-AE/alerts", "screen-RQW-AE", "").Code
}

// Reports and publications are asked for without end and none is answered; boards, acknowledgements and attendances are answered as ever.
func TestAFloodOfReportsAndPublicationsKeepsNobodyFromAnAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStuck(t, 16) // reports 2, publishing 4, screens 8, acknowledgements 12, attendances 16
		searches := s.pour(200, s.search)
		published := s.pour(200, s.publish)
		if n := searches.with(http.StatusServiceUnavailable); n != 200-2-8 {
			t.Errorf("%d searches are refused; 2 are under way and 8 wait", n)
		}
		if n := published.with(http.StatusServiceUnavailable); n != 200-2-16 {
			t.Errorf("%d publications are refused; 2 are under way and 16 wait", n)
		}
		for what, ask := range map[string]func(int) int{"board": s.board, "acknowledgement": s.acknowledge, "attendance": s.attend, "attendance in a Bundle": s.bundled} {
			for i := range 50 {
				if status := ask(i); status != http.StatusOK && status != http.StatusCreated {
					t.Errorf("%s %d is answered %d", what, i, status)
					break
				}
			}
		}
		check := s.server.Lanes.Check(now)
		if check.OK || !check.Advisory || !strings.Contains(check.Reason, "publishing 182, reports 190") {
			t.Errorf("the check is %+v", check)
		}
		if metrics := s.ask("GET", "/metrics", "", "").Body.String(); !strings.Contains(metrics, `ucpalert_http_turned_away_total{lane="reports",why="full"} 190`) {
			t.Error("the figures do not tell it")
		}
		if busy := s.server.Lanes.Busy(); busy != 4+24 {
			t.Errorf("%d are under way or wait", busy)
		}
		close(s.publishing)
		close(s.reading)
		searches.all.Wait()
		published.all.Wait()
		if n, m := published.with(http.StatusCreated), searches.with(http.StatusOK); n != 18 || m != 10 {
			t.Errorf("%d publications and %d searches were done in the end", n, m)
		}
		if s.server.Lanes.Busy() != 0 || !s.server.Lanes.Check(now.Add(3*time.Minute)).OK {
			t.Error("something is under way still, or told still")
		}
	})
}

// When attendances fill every place, all else is refused before one of them is: whoever waits gives up, and those that come wait their turn.
func TestAttendancesAreGivenUpLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStuck(t, 8)
		close(s.publishing)
		close(s.reading)
		s.taking = make(chan struct{})
		taken := s.pour(20, s.attend)
		rest := map[string]*flood{"search": s.pour(3, s.search), "publication": s.pour(3, s.publish), "board": s.pour(3, s.board), "acknowledgement": s.pour(3, s.acknowledge)}
		if n := taken.with(http.StatusServiceUnavailable); n != 0 {
			t.Errorf("%d attendances are refused", n)
		}
		time.Sleep(laneWait - time.Millisecond)
		late := s.pour(8, s.attend)
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		for what, f := range rest {
			if n := f.with(http.StatusServiceUnavailable); n != 3 {
				t.Errorf("%d of 3 gave up: %s", n, what)
			}
		}
		if gone := taken.with(http.StatusServiceUnavailable); gone != 12 {
			t.Errorf("%d attendances gave up, want those 12 that waited too long", gone)
		}
		answered := s.pour(1, s.acknowledge)
		close(s.taking)
		for _, f := range []*flood{taken, late, answered} {
			f.all.Wait()
		}
		if taken.with(http.StatusCreated) != 8 || late.with(http.StatusCreated) != 8 || answered.with(http.StatusOK) != 1 {
			t.Errorf("done in the end: %v %v %v", taken.status, late.status, answered.status)
		}
	})
}

// Whoever leaves while waiting takes no place.
func TestWhoGoesAwayTakesNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLanes(8)
		first, err := l.enter(t.Context(), reports, now)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() { _, err := l.enter(ctx, reports, now); gone <- err }()
		synctest.Wait()
		cancel()
		if err := <-gone; err != context.Canceled || l.Busy() != 1 || !l.Check(now).OK {
			t.Errorf("%v, %d under way", err, l.Busy())
		}
		first()
		if l.Busy() != 0 {
			t.Error("a place is lost")
		}
	})
}

// Every address has a lane, and what somebody dies for is never in one of the first.
func TestEveryAddressIsInALane(t *testing.T) {
	of := map[string]lane{
		"POST /fhir/Encounter": intake, "PUT /fhir/Encounter/{id}": intake, "POST /fhir/$process-message": intake,
		"POST /api/alerts/{alert}/acknowledgement": acknowledgements, "POST /api/alerts/{alert}/handover": acknowledgements, "POST /api/alerts/{alert}/recall-seen": acknowledgements,
		"GET /api/departments/{department}/alerts": screens, "GET /api/alerts/{alert}/plan": screens, "POST /api/sign-in": screens, "POST /oauth/token": screens, "GET /sign-in/with/{provider}": screens, "POST /sign-in/logout/{provider}": screens,
		"PUT /fhir/CarePlan/{id}": publishing, "POST /api/centre/drafts/{draft}/publication": publishing,
		"GET /api/centre/export": reports, "GET /fhir/CarePlan/_history": reports, "GET /api/proofs": reports, "GET /api/people": reports,
		"GET /healthz": unlaned, "GET /readyz": unlaned, "GET /metrics": unlaned, "GET /board/{department}": unlaned, "GET /assets/{file...}": unlaned, "GET /stream/departments/{department}": unlaned,
	}
	found := 0
	for _, r := range newWorld(t).table {
		if in, listed := of[r.method+" "+r.path]; listed {
			found++
			if got := laneOf(r); got != in {
				t.Errorf("%s %s is in lane %s, want %s", r.method, r.path, got, in)
			}
		}
		if r.who == signedIn && laneOf(r) == unlaned {
			t.Errorf("%s %s is in no lane", r.method, r.path)
		}
	}
	if found != len(of) {
		t.Errorf("only %d of %d addresses were found", found, len(of))
	}
	for _, do := range []access.Action{access.WatchBoard, access.WatchArea, access.OpenPlan, access.ReadArrivals, access.Acknowledge, access.GiveReceipt, access.CheckIdentity, access.AskCentre, access.ReadThread, access.GiveOutcome, access.ApproveScreen} {
		if in := laneOf(route{action: do, path: "/api/x"}); in < screens {
			t.Errorf("a clinician's %q is given up with the %s", do, in)
		}
	}
}
