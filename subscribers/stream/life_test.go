package stream

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

func TestHeartbeatsComeOnTimeWithThePositionSentSoFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		w.raise("RQW-AE", "a1")
		time.Sleep(time.Minute)
		beats := c.all("heartbeat")
		if len(beats) != 12 {
			t.Fatalf("%d heartbeats in a minute", len(beats))
		}
		same(t, "position", beats[11].Position, "first/1")
		if _, err := time.Parse(time.RFC3339, beats[11].Time); err != nil || !strings.HasSuffix(beats[11].Time, "Z") {
			t.Errorf("time %q", beats[11].Time)
		}
		mustAgree(t, w, c)
	})
}

func TestNoHeartbeatWhileTheJournalIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		w.set(func() { w.down = errDisk })
		time.Sleep(6 * time.Second) // until the last reading is stale
		before := len(c.all("heartbeat"))
		time.Sleep(5 * time.Minute)
		same(t, "heartbeats meanwhile", len(c.all("heartbeat")), before)
		same(t, "close code: the connection itself is alive", c.closed(), 0)
		late := s.watch(t, "RQW-AE", screenToken, "")
		same(t, "close code of a newcomer", late.closed(), CloseTryLater)
		w.set(func() { w.down = nil })
		time.Sleep(7 * time.Second)
		if len(c.all("heartbeat")) == before {
			t.Error("no heartbeat after the journal was read again")
		}
	})
}

func TestNobodyIsLetInWhileTheJournalIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		w.set(func() { w.unfresh = true }) // what happens now is not handed over
		same(t, "close code", s.watch(t, "RQW-AE", screenToken, "").closed(), CloseTryLater)
	})
}

func TestAFrameThatCannotBeDrawnIsTriedAgainAndNotSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var drawing brokenBoards
		s := serve(t, w, func(o *Options) { drawing.world = w; o.Boards, o.Areas = &drawing, &drawing })
		c := s.watch(t, "RQW-AE", screenToken, "")
		drawing.fail.Store(true)
		w.raise("RQW-AE", "a1")
		w.raise("RQW-AE", "a2")
		time.Sleep(6 * time.Second)
		same(t, "frames and heartbeats meanwhile", len(c.all("alert", "heartbeat")), 0)
		drawing.fail.Store(false)
		time.Sleep(300 * time.Millisecond)
		same(t, "changes", c.changes(), []string{"raised a1", "raised a2"})
		mustAgree(t, w, c)
	})
}

func TestAScreenThatCannotBeServedForTenSecondsIsToldToComeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var drawing brokenBoards
		s := serve(t, w, func(o *Options) { drawing.world = w; o.Boards, o.Areas = &drawing, &drawing })
		c := s.watch(t, "RQW-AE", screenToken, "")
		drawing.fail.Store(true)
		w.raise("RQW-AE", "a1")
		time.Sleep(patience - time.Second)
		same(t, "close code before", c.closed(), 0)
		time.Sleep(2 * time.Second)
		same(t, "close code", c.closed(), CloseTryLater)
		same(t, "heartbeats", len(c.all("heartbeat")), 0)
	})
}

func TestAReadingThatCannotBeJournalledDoesNotHappen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, func(o *Options) { o.Record = func(context.Context, journal.Entry) error { return errDisk } })
		c := s.watch(t, "RQW-AE", screenToken, "")
		same(t, "close code", c.closed(), CloseTryLater)
		same(t, "bytes sent", c.raw.Len(), 0)
	})
}

func TestAClientThatFellSilentIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newWorld(t), nil)
		alive := s.watch(t, "RQW-AE", screenToken, "")
		conn, _, err := s.dial("RQW-AE", nil, Subprotocol)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetPingHandler(func(string) error { return nil }) // takes everything, says nothing
		silent := &client{conn: conn, department: "RQW-AE"}
		silent.start()
		silent.hello(screenToken, "")
		synctest.Wait()
		same(t, "screens at first", s.hub.Screens(), 2)
		time.Sleep(silence + 30*time.Second)
		synctest.Wait()
		same(t, "screens left", s.hub.Screens(), 1)
		same(t, "close code of the other", alive.closed(), 0)
	})
}

func TestAStuckReaderIsCutOffAndNobodyElseNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		stuck, well := s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-AE", clinicianToken, "")
		stuck.stall(true)
		start := time.Now()
		for _, id := range []string{"a1", "a2", "a3"} {
			w.raise("RQW-AE", id)
			synctest.Wait()
		}
		same(t, "the other's frames", len(well.changes()), 3)
		if d := time.Since(start); d != 0 {
			t.Errorf("the other waited %s", d)
		}
		same(t, "what the stuck one waits for", s.hub.Behind(), 2) // one is on its way
		time.Sleep(writeWithin + partWithin + time.Second)
		synctest.Wait()
		same(t, "screens left", s.hub.Screens(), 1)
		stuck.stall(false)
		stuck = s.again(t, stuck)
		mustAgree(t, w, stuck, well)
		same(t, "what anybody waits for", s.hub.Behind(), 0)
	})
}

func TestAStuckReaderThatWakesInTimeIsToldItWasTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		c.stall(true)
		w.raise("RQW-AE", "a1")
		w.raise("RQW-AE", "a2")
		w.raise("RQW-AE", "a3")
		time.Sleep(writeWithin + partWithin/2)
		c.stall(false)
		same(t, "close code", c.closed(), CloseTooSlow)
		c = s.again(t, c)
		mustAgree(t, w, c)
	})
}

func TestStoppingTellsEveryScreenToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		silent := s.connect(t, "RQW-AE")
		well, stuck := s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-AE", clinicianToken, "")
		stuck.stall(true)
		w.raise("RQW-AE", "a1")
		w.raise("RQW-AE", "a2")
		synctest.Wait()
		start := time.Now()
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("stopping took %s", d)
		}
		same(t, "one that never said hello", silent.closed(), CloseRestart)
		same(t, "one that was well", well.closed(), CloseRestart)
		same(t, "screens left", s.hub.Screens(), 0)
		stuck.cut()
	})
}
