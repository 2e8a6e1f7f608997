package stream

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

func TestAScreenIsWelcomedAndShownItsBoard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.elsewhere(3)
		w.raise("RQW-AE", "a1")
		w.raise("RWG-AE", "b1")
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		frames := c.all("welcome", "snapshot")
		if len(frames) != 2 {
			t.Fatalf("%d frames instead of a welcome and a snapshot", len(frames))
		}
		same(t, "welcome", frames[0], frame{Type: "welcome", Department: "RQW-AE", Position: "first/4", HeartbeatSeconds: 5})
		same(t, "position of the snapshot", frames[1].Position, "first/4")
		if len(frames[1].Alerts) != 1 || frames[1].Alerts[0].ID != "a1" || frames[1].Alerts[0].Headline != "HEADLINE-RQW-AE" {
			t.Errorf("the snapshot shows %+v", frames[1].Alerts)
		}
		mustAgree(t, w, c)
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.recorded) != 1 || w.recorded[0].Kind != journal.AlertsRead || w.recorded[0].Subject != "RQW-AE" || w.recorded[0].Actor.Name != screenToken {
			t.Errorf("the reading was journalled as %+v", w.recorded)
		}
	})
}

func TestAnEmptyBoardIsAnEmptyListAtPositionZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, "")
		if raw := c.raw.String(); !strings.Contains(raw, `{"type":"snapshot","position":"first/0","alerts":[]}`) {
			t.Errorf("sent %s", raw)
		}
	})
}

func TestWhatHappensComesInOrderToEveryScreenOfTheRoomOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		one, two := s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-AE", clinicianToken, "")
		other := s.watch(t, "RWG-AE", watfordToken, "")
		w.raise("RQW-AE", "a1")
		synctest.Wait()
		w.elsewhere(2)
		w.raise("RWG-AE", "b1")
		w.revise("a1")
		synctest.Wait()
		w.withdraw("a1")
		w.raise("RQW-AE", "a2")
		synctest.Wait()
		w.close("a2")
		want := []string{"raised a1", "updated a1", "withdrawn a1", "raised a2", "closed a2"}
		same(t, "first screen", one.changes(), want)
		same(t, "second screen", two.changes(), want)
		same(t, "other department", other.changes(), []string{"raised b1"})
		mustAgree(t, w, one, two, other)
	})
}

func TestOneReadingServesEveryScreenOfTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		var screens []*client
		for range 20 {
			screens = append(screens, s.watch(t, "RQW-AE", screenToken, ""))
		}
		w.raise("RQW-AE", "a1")
		mustAgree(t, w, screens...)
		if w.reads != 1 {
			t.Errorf("the alert was read %d times for 20 screens", w.reads)
		}
	})
}

func TestAScreenThatWasAwayGetsExactlyWhatItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		c.cut()
		w.raise("RQW-AE", "a2")
		w.raise("RWG-AE", "b1")
		w.raise("RQW-AE", "a3")
		w.close("a2")
		c = s.again(t, c)
		welcome := c.all("welcome", "snapshot")
		same(t, "welcome", welcome, []frame{{Type: "welcome", Department: "RQW-AE", Position: "first/1", Resumed: true, HeartbeatSeconds: 5}})
		same(t, "missed", c.changes(), []string{"raised a2", "raised a3", "closed a2"})
		if state := c.all("alert")[0].view().State; state != "closed" {
			t.Errorf("the first missed alert was drawn as %s, but it is closed by now", state)
		}
		mustAgree(t, w, c)
	})
}

func TestWhatOneScreenMissedIsReadForAllWhoComeBack(t *testing.T) {
	for _, stream := range []string{"RQW-AE", "RQW-AE,RQW-UTC"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.raise("RQW-AE", "a1")
			away := serve(t, w, nil).watch(t, stream, clinicianToken, "")
			away.cut()
			w.raise("RQW-AE", "a2")
			w.elsewhere(3)
			w.raise("RQW-AE", "a3")
			s := serve(t, w, nil) // as after a restart: nothing is known of any room
			w.searches = 0
			var screens []*client
			for range 20 {
				c := s.again(t, away)
				same(t, "missed", c.changes(), []string{"raised a2", "raised a3"})
				same(t, "snapshots", len(c.all("snapshot")), 0)
				screens = append(screens, c)
			}
			if w.searches != 1 {
				t.Errorf("the journal of %s was read %d times for 20 screens", stream, w.searches)
			}
			w.raise("RQW-AE", "a4")
			mustAgree(t, w, screens...)
		})
	}
}

func TestAScreenThatMissedNothingResumesWithoutAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.elsewhere(5)
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "first/3") // a position of the journal, though not of this room
		same(t, "welcome", c.all("welcome", "snapshot", "alert"),
			[]frame{{Type: "welcome", Department: "RQW-AE", Position: "first/1", Resumed: true, HeartbeatSeconds: 5}})
	})
}

func TestAScreenResumesFromBetweenTwoEntriesOfItsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.elsewhere(3)
		w.raise("RQW-AE", "a2")
		c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, "first/3")
		welcome := c.all("welcome")[0]
		same(t, "position of the welcome", welcome.Position, "first/1")
		same(t, "resumed", welcome.Resumed, true)
		same(t, "missed", c.changes(), []string{"raised a2"})
	})
}

func TestASnapshotIsNotSharedPastANewerEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, nil)
		s.watch(t, "RQW-AE", screenToken, "")
		w.move("a1", "RWG-AE")
		synctest.Wait()
		c := s.watch(t, "RQW-AE", clinicianToken, "")
		if raw := c.raw.String(); strings.Contains(raw, "MARKER") {
			t.Errorf("a newcomer was sent the board of before: %s", raw)
		}
		same(t, "position", c.position, "first/2")
	})
}

func TestADrawingIsSharedForTwoSecondsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		s.watch(t, "RQW-AE", screenToken, "")
		away := s.watch(t, "RQW-AE", clinicianToken, "")
		away.cut()
		w.raise("RQW-AE", "a1")
		synctest.Wait()
		w.set(func() { // something of which no entry of the room tells
			sight := w.sights["a1"]
			sight.Plan.Headline = "HEADLINE as it reads now"
			w.sights["a1"] = sight
		})
		time.Sleep(shareFor)
		away = s.again(t, away)
		same(t, "headline", away.board["RQW-AE a1"].Headline, "HEADLINE as it reads now")
	})
}

func TestAScreenResumesAfterTheServiceWasRestarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		w.raise("RQW-AE", "a1")
		synctest.Wait()
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		same(t, "close code", c.closed(), CloseRestart)
		w.raise("RQW-AE", "a2")
		c = serve(t, w, nil).again(t, c)
		same(t, "missed", c.changes(), []string{"raised a2"})
		mustAgree(t, w, c)
	})
}

func TestWhoCannotResumeStartsAgainFromASnapshot(t *testing.T) {
	for _, row := range []struct {
		name, after string
		missed      int
		resumed     bool
	}{
		{"a position of another epoch", "zeroth/1", 0, false},
		{"a position beyond the journal's head", "first/99999", 0, false},
		{"something that is no position", "yesterday", 0, false},
		{"a thousand entries missed", "first/1", 1000, true},
		{"a thousand and one entries missed", "first/1", 1001, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.raise("RQW-AE", "a1")
				for range row.missed {
					w.revise("a1")
				}
				c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, row.after)
				snapshots, frames := len(c.all("snapshot")), len(c.all("alert"))
				if c.all("welcome")[0].Resumed != row.resumed {
					t.Errorf("resumed is not %v", row.resumed)
				}
				if row.resumed && (snapshots != 0 || frames != row.missed) || !row.resumed && (snapshots != 1 || frames != 0) {
					t.Errorf("%d snapshots and %d frames", snapshots, frames)
				}
			})
		})
	}
}

func TestAResumedScreenIsShownNothingOfAPatientWhoMovedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		before := s.watch(t, "RQW-AE", screenToken, "")
		away := s.watch(t, "RQW-AE", clinicianToken, "")
		away.cut()
		w.raise("RQW-AE", "a1")
		synctest.Wait() // drawn now, for the screen that is here
		w.move("a1", "RWG-AE")
		away = s.again(t, away)
		same(t, "here all along", before.changes(), []string{"raised a1", "withdrawn a1"})
		same(t, "away meanwhile", away.changes(), []string{"withdrawn a1", "withdrawn a1"})
		if raw := away.raw.String(); strings.Contains(raw, "MARKER") || strings.Contains(raw, "HEADLINE") {
			t.Errorf("the department that the patient left was sent %s", raw)
		}
		mustAgree(t, w, before, away)
	})
}

func TestNoByteOfADepartmentReachesAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		screens := []*client{s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-UTC", utcToken, ""), s.watch(t, "RWG-AE", watfordToken, "")}
		for _, c := range screens {
			w.raise(c.department, "first-"+c.department)
			w.raise(c.department, "second-"+c.department)
		}
		synctest.Wait()
		w.move("first-RQW-AE", "RWG-AE")
		w.move("first-RWG-AE", "RQW-UTC")
		synctest.Wait()
		for _, c := range screens {
			for _, id := range []string{"first-RQW-AE", "second-RWG-AE", "second-RQW-UTC"} {
				c.command("acknowledge", id)
				c.command("displayed", id)
			}
			screens = append(screens, s.again(t, c))
		}
		synctest.Wait()
		for _, c := range screens {
			for _, d := range []string{"RQW-AE", "RQW-UTC", "RWG-AE"} {
				for _, mark := range []string{"MARKER-", "HEADLINE-"} {
					if here := strings.Contains(c.raw.String(), mark+d); here && d != c.department {
						t.Errorf("%s was sent %s%s", c.department, mark, d)
					}
				}
			}
		}
		if !strings.Contains(screens[0].raw.String(), "MARKER-RQW-AE") {
			t.Error("the test looks for marks that are not there at all")
		}
		mustAgree(t, w, screens...)
	})
}
