package stream

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

func TestSeveralDepartmentsComeOverOneSocketInTheOrderOfTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.raise("RWG-AE", "b1")
		w.raise("RQW-UTC", "u1")
		s := serve(t, w, nil)
		c := s.watch(t, "departments/RQW-UTC,RQW-AE", clinicianToken, "")
		frames := c.all("welcome", "snapshot")
		if len(frames) != 2 {
			t.Fatalf("%d frames instead of a welcome and a snapshot", len(frames))
		}
		same(t, "departments", frames[0].Departments, []string{"RQW-AE", "RQW-UTC"})
		same(t, "department", frames[0].Department, "")
		at, err := journal.ParsePosition(frames[1].Position)
		if err != nil || at.Number != 3 {
			t.Errorf("the snapshot is at %q: the newest entry of both", frames[1].Position)
		}
		w.revise("u1")
		w.revise("b1") // another hospital's
		w.revise("a1")
		synctest.Wait()
		w.move("a1", "RQW-UTC")
		same(t, "changes", c.changes(), []string{"updated u1", "updated a1", "withdrawn a1", "raised a1"})
		mustAgree(t, w, c)
		w.mu.Lock()
		defer w.mu.Unlock()
		if e := w.recorded[0]; e.Kind != journal.AlertsRead || e.Subject != "RQW-UTC,RQW-AE" || e.Reason != "the boards of RQW-AE, RQW-UTC" {
			t.Errorf("the reading was journalled as %+v", e)
		}
	})
}

func TestWhoMayBeShownWhichBoardsTogether(t *testing.T) {
	trust, region := []string{"RQW-AE", "RQW-UTC"}, []string{"RQW-AE", "RQW-UTC", "RWG-AE"}
	for _, row := range []struct {
		what, stream, token string
		code                int
		covers              []string
	}{
		{"a clinician, the own hospital", "organisations/RQW", clinicianToken, 0, trust},
		{"a clinician, another hospital", "organisations/RWG", clinicianToken, CloseForbidden, nil},
		{"a clinician, the region", "regions/QM7", clinicianToken, CloseForbidden, nil},
		{"a clinician, departments of two hospitals", "departments/RQW-AE,RWG-AE", clinicianToken, CloseForbidden, nil},
		{"a clinician, themselves", "me", clinicianToken, 0, trust},
		{"a coordinator, the own hospital", "organisations/RQW", flowToken, 0, trust},
		{"a coordinator, a department of it", "RQW-AE", flowToken, 0, []string{"RQW-AE"}},
		{"a coordinator, another hospital", "organisations/RWG", flowToken, CloseForbidden, nil},
		{"a coordinator, the region around", "regions/QM7", flowToken, CloseForbidden, nil},
		{"a region's coordinator, the region", "regions/QM7", regionalToken, 0, region},
		{"a region's coordinator, a hospital of it", "organisations/RQW", regionalToken, 0, trust},
		{"a region's coordinator, one board, which names patients", "RQW-AE", regionalToken, CloseForbidden, nil},
		{"a region's coordinator, themselves", "me", regionalToken, 0, region},
		{"a region's coordinator, a region without a department", "regions/Y56", regionalToken, CloseNoDepartment, nil},
		{"a screen, the hospital around", "organisations/RQW", screenToken, CloseForbidden, nil},
		{"a screen, itself twice", "departments/RQW-AE,RQW-AE", screenToken, 0, []string{"RQW-AE"}},
		{"a screen, as if it were a person", "me", screenToken, CloseForbidden, nil},
		{"a centre, a hospital", "organisations/RQW", centreToken, CloseForbidden, nil},
		{"nobody, a region", "regions/QM7", "nobody", CloseSignIn, nil},
		{"a hospital that does not exist", "organisations/XXX", clinicianToken, CloseNoDepartment, nil},
		{"a department that is closed, among others", "departments/RWG-AE,RWG-OLD", watfordDoctor, CloseNoDepartment, nil},
		{"too many at once", "departments/" + strings.Repeat("RQW-AE,", 40) + many(mostBoards+1), clinicianToken, CloseProtocol, nil},
	} {
		t.Run(row.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c := serve(t, w, nil).watch(t, row.stream, row.token, "")
				same(t, "close code", c.closed(), row.code)
				same(t, "departments", c.covers, row.covers)
				w.mu.Lock()
				defer w.mu.Unlock()
				if len(w.recorded) != 1 || (row.code == 0) != (w.recorded[0].Kind == journal.AlertsRead) {
					t.Errorf("journalled: %+v", w.recorded)
				}
			})
		})
	}
}

func many(n int) string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("D-%d", i))
	}
	return strings.Join(ids, ",")
}

func TestARegionSeesWhatStandsWhereButNotWhoThePatientsAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, nil)
		regional, flow := s.watch(t, "regions/QM7", regionalToken, ""), s.watch(t, "organisations/RQW", flowToken, "")
		w.raise("RWG-AE", "b1")
		w.raise("RQW-UTC", "u1")
		mustAgree(t, w, regional, flow)
		if raw := regional.raw.String(); strings.Contains(raw, "MARKER") || strings.Contains(raw, "1980-02-13") || strings.Contains(raw, "attendance-") || strings.Count(raw, "HEADLINE") != 3 {
			t.Errorf("the region is sent %s", raw)
		}
		if raw := flow.raw.String(); strings.Count(raw, `"family":"MARKER-RQW`) != 2 || strings.Contains(raw, "RWG") {
			t.Errorf("the hospital is sent %s", raw)
		}
		for command, token := range map[string]*client{"acknowledge": flow, "displayed": regional} {
			token.command(command, "a1")
			same(t, "answer", token.all("refused")[0].Reason, reasonMayNot)
		}
		if len(w.receipts) != 0 || w.sights["a1"].Alert.Acknowledgement != nil {
			t.Error("a coordinator answered in a department's place")
		}
	})
}

func TestAPersonSeesWhatConcernsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.raise("RQW-UTC", "u1")
		s := serve(t, w, nil)
		me, desk := s.watch(t, "me", clinicianToken, ""), s.watch(t, "RQW-AE", screenToken, "")
		why := func(id string) []string { synctest.Wait(); return me.board[id].Mine }
		same(t, "at first", why("RQW-AE a1"), []string(nil))
		me.command("acknowledge", "a1") // where the patient is
		same(t, "after taking it on", why("RQW-AE a1"), []string{"holds", "acknowledged"})
		me.say(`{"type":"hand_over","alert":"a1","from":"clinician-RQW","to":"Night registrar"}`)
		same(t, "after handing it over", why("RQW-AE a1"), []string{"acknowledged", "handed_over"})
		same(t, "another's", why("RQW-UTC u1"), []string(nil))
		same(t, "answers", len(me.all("done")), 2)
		if strings.Contains(desk.raw.String(), `"mine"`) {
			t.Error("a board is told whom alerts concern")
		}
		w.close("a1")
		same(t, "what is no longer open", len(why("RQW-AE a1")), 0)
		me.cut()
		w.move("u1", "RQW-AE")
		me = s.again(t, me)
		mustAgree(t, w, me, desk)
	})
}

func TestAPersonSeesWhatTheySubscribedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.wanted, w.mark = map[string]bool{"a1": true, "a2": true}, 7
		s := serve(t, w, func(o *Options) { o.Interests = w })
		me, other := s.watch(t, "me", clinicianToken, ""), s.watch(t, "me", flowToken, "")
		w.raise("RQW-AE", "a2")
		w.raise("RQW-AE", "a3")
		synctest.Wait()
		for id, want := range map[string][]string{"a1": {"subscribed"}, "a2": {"subscribed"}, "a3": nil} {
			same(t, id, me.board["RQW-AE "+id].Mine, want)
			same(t, id+" for another", other.board["RQW-AE "+id].Mine, []string(nil))
		}
		me.cut()
		me = s.again(t, me)
		same(t, "snapshots after coming back", len(me.all("snapshot")), 0)
		w.set(func() { w.wanted, w.mark = map[string]bool{"a3": true}, 8 })
		time.Sleep(6 * time.Second)
		same(t, "close code", me.closed(), CloseChanged)
		same(t, "another's close code", other.closed(), 0)
		me = s.again(t, me)
		same(t, "resumed", me.all("welcome")[0].Resumed, false)
		same(t, "what is wanted now", me.board["RQW-AE a3"].Mine, []string{"subscribed"})
		mustAgree(t, w, me)
	})
}

func TestACommandOnSeveralBoardsIsMeantInOneDepartment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-UTC", "u1")
		w.raise("RWG-AE", "b1")
		c := serve(t, w, nil).watch(t, "organisations/RQW", clinicianToken, "")
		for _, row := range []struct{ message, want string }{
			{`{"type":"acknowledge","alert":"b1"}`, reasonElsewhere},
			{`{"type":"acknowledge","alert":"u1","department":"RWG-AE"}`, reasonElsewhere},
			{`{"type":"acknowledge","alert":"u1","department":"RQW-AE"}`, reasonElsewhere},
			{`{"type":"displayed","alert":"u1"}`, ""},
			{`{"type":"acknowledge","alert":"u1","department":"RQW-UTC"}`, ""},
		} {
			c.say(row.message)
			answers := c.all("done", "refused")
			same(t, row.message, answers[len(answers)-1].Reason, row.want)
		}
		mustAgree(t, w, c)
	})
}

func TestAStreamOfSeveralResumesExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.elsewhere(3)
		w.raise("RQW-UTC", "u1")
		s := serve(t, w, nil)
		c := s.watch(t, "organisations/RQW", clinicianToken, "")
		stays := s.watch(t, "organisations/RQW", flowToken, "")
		c.cut()
		w.raise("RWG-AE", "b1")
		w.revise("a1")
		w.raise("RQW-UTC", "u2")
		synctest.Wait()
		c = s.again(t, c)
		same(t, "snapshots", len(c.all("snapshot")), 0)
		same(t, "missed", c.changes(), []string{"updated a1", "raised u2"})
		for range 3 * tailLength { // beyond what is kept in memory, and within what can be resumed
			w.revise("u1")
		}
		synctest.Wait()
		c.cut()
		for range 2 * tailLength {
			w.revise("a1")
		}
		c = s.again(t, c)
		same(t, "missed", len(c.changes()), 2*tailLength)
		mustAgree(t, w, c, stays)

		held := c.position
		other := s.watch(t, "RQW-AE", clinicianToken, held)
		same(t, "a position of several on a stream of one", other.all("welcome")[0].Resumed, false)
		fewer := s.watch(t, "departments/RQW-AE,RQW-UTC", clinicianToken, held)
		same(t, "the same departments by another address", fewer.all("welcome")[0].Resumed, true)
		mustAgree(t, w, other)
	})
}

func TestWhenTheDepartmentsOfAStreamChangeItBeginsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.raise("RQW-NEW", "n1")
		s := serve(t, w, nil)
		c, board := s.watch(t, "organisations/RQW", flowToken, ""), s.watch(t, "RQW-AE", screenToken, "")
		bigger, err := directory.Parse([]byte(strings.Replace(directoryFile, "agreements:", "  - {id: RQW-NEW, name: New, site: RQWG0}\nagreements:", 1)))
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.dir = bigger })
		time.Sleep(6 * time.Second)
		same(t, "close code", c.closed(), CloseChanged)
		same(t, "a board's close code", board.closed(), 0)
		if !ComeBack(CloseChanged) {
			t.Error("the client is not told to come back")
		}
		c = s.again(t, c)
		same(t, "resumed", c.all("welcome")[0].Resumed, false)
		same(t, "departments", c.covers, []string{"RQW-AE", "RQW-NEW", "RQW-UTC"})
		mustAgree(t, w, c)
	})
}

func TestTheLastScreenOfSeveralLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		one, two := s.watch(t, "organisations/RQW", flowToken, ""), s.watch(t, "me", clinicianToken, "")
		same(t, "who is before the board of one department", len(s.hub.Connected()), 0)
		one.cut()
		w.raise("RQW-AE", "a1")
		mustAgree(t, w, two)
		two.cut()
		synctest.Wait()
		same(t, "rooms", len(s.hub.rooms), 0)
		same(t, "departments", len(s.hub.showing), 0)
	})
}

func TestWhoWatchesSeveralIsToldHowEachDepartmentStands(t *testing.T) {
	for stream, row := range map[string]struct {
		token       string
		departments []string
	}{
		"departments/RQW-AE,RQW-UTC": {clinicianToken, []string{"RQW-AE", "RQW-UTC"}},
		"organisations/RQW":          {flowToken, []string{"RQW-AE", "RQW-UTC"}},
		"regions/QM7":                {regionalToken, []string{"RQW-AE", "RQW-UTC", "RWG-AE"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			state := standings{"RQW-AE": "heard", "RQW-UTC": "heard", "RWG-AE": "heard"}
			s := serve(t, newWorld(t), func(o *Options) { o.Statuses, o.Watches = state, newLedger() })
			c := s.greet(t, stream, `{"type":"hello","token":"`+row.token+`","status":true,"visible":true}`)
			told := func() (of []string) {
				for _, f := range c.all("status") {
					of = append(of, fmt.Sprintf("%s %s, %d visible", f.Department, f.Feed.State, f.Screens.Visible))
				}
				return of
			}
			var want []string
			for _, department := range row.departments {
				want = append(want, department+" heard, 0 visible")
			}
			same(t, stream+" at first", told(), want)
			s.greet(t, "RQW-UTC", `{"type":"hello","token":"screen-RQW-UTC","visible":true}`)
			time.Sleep(12 * time.Second)
			same(t, stream+": a board can be seen", told(), append(want, "RQW-UTC heard, 1 visible"))
			if len(c.breaches) > 0 {
				t.Error(c.breaches)
			}
		})
	}
}

// standings are the states of the feeds of departments.
type standings map[string]string

func (s standings) Status(_ context.Context, department string) (subscribers.Status, error) {
	return subscribers.Status{Feed: &subscribers.FeedStatus{State: s[department]}}, nil
}

func TestWhoWatchesSeveralIsToldOfTheChecksOfEachDepartmentAndIsTheScreenOfNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, func(o *Options) { o.CanaryEvery = time.Minute })
		region := s.greet(t, "regions/QM7", `{"type":"hello","token":"`+regionalToken+`","canary":true,"visible":true}`)
		board := s.greet(t, "RQW-AE", `{"type":"hello","token":"`+screenToken+`","canary":true,"visible":true}`)
		plain := s.watch(t, "regions/QM7", regionalToken, "")
		check := func(department string) {
			w.set(func() { w.append(journal.CanaryPassed, "", department) })
			synctest.Wait()
		}
		told := func(c *client) (of []string) {
			for _, f := range c.all("canary") {
				of = append(of, f.Department)
			}
			return of
		}
		check("RQW-AE")
		check("RWG-AE")
		w.raise("RQW-AE", "a1")
		check("RQW-AE")
		same(t, "the region", told(region), []string{"RQW-AE", "RWG-AE", "RQW-AE"})
		same(t, "the board", told(board), []string{"RQW-AE", "RQW-AE"})
		same(t, "who did not ask", len(told(plain)), 0)
		if len(region.breaches) > 0 {
			t.Error(region.breaches)
		}

		last := region.all("canary")[2].Position
		region.say(fmt.Sprintf(`{"type":"canary_displayed","position":%q}`, last))
		synctest.Wait()
		same(t, "its receipt", reasons(region), []string{reasonNoScreen})
		able, _, shown := s.hub.CanaryScreens("RWG-AE", time.Now())
		if able != 0 || !shown.IsZero() {
			t.Errorf("who watches a region counts as %d screens of a department", able)
		}
	})
}

// Ten seconds after a screen stopped taking what it is sent it has been cut off; if it goes on within them, it is told to come back.
func TestAScreenOfSeveralThatStopsReadingIsClosedWithinTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		stuck, wakes, well := s.watch(t, "regions/QM7", regionalToken, ""), s.watch(t, "regions/QM7", regionalToken, ""), s.watch(t, "regions/QM7", regionalToken, "")
		stuck.stall(true)
		wakes.stall(true)
		for i := range 20 {
			w.raise(storyDepartments[i%3], fmt.Sprintf("a%d", i))
		}
		synctest.Wait()
		same(t, "the other's frames", len(well.changes()), 20)
		time.Sleep(9 * time.Second)
		wakes.stall(false)
		same(t, "close code of the one that goes on", wakes.closed(), CloseTooSlow)
		time.Sleep(time.Second)
		synctest.Wait()
		same(t, "screens left", s.hub.Screens(), 1)
		stuck.stall(false)
		mustAgree(t, w, s.again(t, stuck), s.again(t, wakes), well)
	})
}
