package stream

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/directory"
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

func TestHowAStreamIsRefused(t *testing.T) {
	hello := func(token string) string { return `{"type":"hello","token":"` + token + `"}` }
	for _, row := range []struct {
		name, department, say string
		code                  int
		journalled            bool
	}{
		{"an unknown token", "RQW-AE", hello("guess"), CloseSignIn, true},
		{"no token", "RQW-AE", `{"type":"hello"}`, CloseSignIn, true},
		{"a screen of another department", "RQW-AE", hello(utcToken), CloseForbidden, true},
		{"a clinician of another hospital", "RQW-AE", hello(watfordDoctor), CloseForbidden, true},
		{"a centre", "RQW-AE", hello(centreToken), CloseForbidden, true},
		{"a department that does not exist", "RQW-XX", hello(clinicianToken), CloseNoDepartment, true},
		{"a department that was closed", "RWG-OLD", hello(watfordDoctor), CloseNoDepartment, true},
		{"a command before hello", "RQW-AE", `{"type":"acknowledge","alert":"a1"}`, CloseProtocol, false},
		{"not JSON", "RQW-AE", `hello`, CloseProtocol, false},
		{"JSON that is no object", "RQW-AE", `["hello"]`, CloseProtocol, false},
		{"null", "RQW-AE", `null`, CloseProtocol, false},
		{"a number for a token", "RQW-AE", `{"type":"hello","token":7}`, CloseProtocol, false},
		{"a second object behind the first", "RQW-AE", hello(screenToken) + "{}", CloseProtocol, false},
		{"no type", "RQW-AE", `{"token":"x"}`, CloseProtocol, false},
		{"text that is not UTF-8", "RQW-AE", "{\"type\":\"hello\",\"token\":\"\xff\"}", CloseProtocol, false},
		{"a message of more than 4 KB", "RQW-AE", `{"type":"hello","token":"` + strings.Repeat("x", maxMessage) + `"}`, CloseProtocol, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				s := serve(t, w, nil)
				c := s.connect(t, row.department)
				c.say(row.say)
				same(t, "close code", c.closed(), row.code)
				if c.raw.Len() != 0 {
					t.Errorf("was sent %s", c.raw.String())
				}
				journalled := len(w.recorded) == 1 && w.recorded[0].Kind == journal.AccessRefused
				if journalled != row.journalled {
					t.Errorf("journalled: %+v", w.recorded)
				}
			})
		})
	}
}

func TestBytesInABinaryMessageAreNoHello(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, newWorld(t), nil).connect(t, "RQW-AE")
		_ = c.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"hello","token":"`+screenToken+`"}`))
		same(t, "close code", c.closed(), CloseProtocol)
	})
}

func TestWhoDoesNotSayHelloWithinTenSecondsIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newWorld(t), nil)
		c := s.connect(t, "RQW-AE")
		time.Sleep(helloWithin - time.Millisecond)
		same(t, "close code before", c.closed(), 0)
		_ = c.conn.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second)) // buys no time
		time.Sleep(2 * time.Millisecond)
		same(t, "close code", c.closed(), CloseHelloLate)
		same(t, "screens left", s.hub.Screens(), 0)
	})
}

func TestKnockingDoesNotFillTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		for range 2 * strangersAMinute {
			c := s.watch(t, "RQW-AE", "guess", "")
			same(t, "close code", c.closed(), CloseSignIn)
		}
		same(t, "journalled", len(w.recorded), strangersAMinute)
	})
}

func TestTheHandshakeIsRefusedToWhoDoesNotBelong(t *testing.T) {
	for _, row := range []struct {
		name      string
		protocols []string
		origins   []string
		status    int
	}{
		{"no subprotocol", nil, nil, 400},
		{"another subprotocol", []string{"ucpalert.v9"}, nil, 400},
		{"ours among others", []string{"ucpalert.v9", Subprotocol}, nil, 101},
		{"a page of the very host", []string{Subprotocol}, []string{"http://ucp.test"}, 101},
		{"a page of an allowed origin", []string{Subprotocol}, []string{"https://board.example.nhs.uk"}, 101},
		{"a page of an allowed host over another scheme", []string{Subprotocol}, []string{"http://board.example.nhs.uk"}, 403},
		{"a host that begins alike", []string{Subprotocol}, []string{"http://ucp.test.example"}, 403},
		{"a host that ends alike", []string{Subprotocol}, []string{"http://evil-ucp.test"}, 403},
		{"the host as a user's name", []string{Subprotocol}, []string{"http://ucp.test@evil.example"}, 403},
		{"another port of the host", []string{Subprotocol}, []string{"http://ucp.test:8081"}, 403},
		{"a sandboxed page", []string{Subprotocol}, []string{"null"}, 403},
		{"an empty origin", []string{Subprotocol}, []string{""}, 403},
		{"two origins", []string{Subprotocol}, []string{"http://ucp.test", "http://evil.example"}, 403},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, newWorld(t), func(o *Options) { o.Origins = []string{"https://board.example.nhs.uk"} })
				conn, res, err := s.dial("RQW-AE", http.Header{"Origin": row.origins}, row.protocols...)
				if err == nil {
					defer conn.Close()
				}
				same(t, "status", res.StatusCode, row.status)
			})
		})
	}
}

func TestAnOrdinaryRequestIsToldToUpgrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newWorld(t), nil)
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: pipes(s)}}
		res, err := client.Get("http://ucp.test/stream/departments/RQW-AE")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		same(t, "status", res.StatusCode, http.StatusUpgradeRequired)
	})
}

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

func TestAFrameThatCannotBeDrawnIsTriedAgainAndNotSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var drawing brokenBoards
		s := serve(t, w, func(o *Options) { drawing.world = w; o.Boards = &drawing })
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
		s := serve(t, w, func(o *Options) { drawing.world = w; o.Boards = &drawing })
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
		time.Sleep(writeWithin + partWithin + time.Second)
		synctest.Wait()
		same(t, "screens left", s.hub.Screens(), 1)
		stuck.stall(false)
		stuck = s.again(t, stuck)
		mustAgree(t, w, stuck, well)
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

func TestTooManyScreensAreToldToComeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, func(o *Options) { o.Limits = Limits{Sockets: 4, PerAccount: 2} })
		one, two := s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-AE", screenToken, "")
		same(t, "third of an account", s.watch(t, "RQW-AE", screenToken, "").closed(), CloseTryLater)
		three, four := s.watch(t, "RQW-AE", clinicianToken, ""), s.watch(t, "RWG-AE", watfordToken, "")
		same(t, "fifth of all", s.watch(t, "RWG-AE", watfordDoctor, "").closed(), CloseTryLater)
		one.cut()
		synctest.Wait()
		same(t, "in the place of one that left", s.watch(t, "RQW-AE", screenToken, "").closed(), 0)
		for _, c := range []*client{two, three, four} {
			same(t, "close code of those who were there", c.closed(), 0)
		}
	})
}

func TestThoseWhoSayNothingCannotTakeEveryPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newWorld(t), func(o *Options) { o.Limits.Sockets = 8 })
		for range 4 {
			s.connect(t, "RQW-AE")
		}
		same(t, "fifth silent one", s.connect(t, "RQW-AE").closed(), CloseTryLater)
		time.Sleep(helloWithin + closeWithin)
		same(t, "once they are gone", s.watch(t, "RQW-AE", screenToken, "").closed(), 0)
	})
}

func TestAScreenWhoseDepartmentClosesIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, nil)
		c := s.watch(t, "RQW-AE", screenToken, "")
		without, err := directory.Parse([]byte(strings.ReplaceAll(directoryFile, "id: RQW-AE", "id: RQW-AE2")))
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.dir = without })
		w.raise("RQW-AE", "a1")
		same(t, "close code", c.closed(), CloseNoDepartment)
		same(t, "frames", len(c.changes()), 0)
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

func TestAHubThatDoesNotRunTakesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := serve(t, w, func(o *Options) {})
		s.hub.life.Lock()
		s.hub.running = false
		s.hub.life.Unlock()
		_, res, err := s.dial("RQW-AE", nil, Subprotocol)
		if err == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("answered %v %v", res, err)
		}
	})
}

func TestEveryCloseSaysWhetherToComeBack(t *testing.T) {
	stay := []int{CloseProtocol, CloseSignIn, CloseForbidden, CloseNoDepartment, websocket.CloseProtocolError}
	for _, code := range []int{
		CloseProtocol, CloseSignIn, CloseForbidden, CloseNoDepartment, CloseHelloLate, CloseTooSlow, CloseRestart, CloseTryLater,
		websocket.CloseProtocolError, websocket.CloseAbnormalClosure, websocket.CloseGoingAway,
	} {
		same(t, "come back after", ComeBack(code), !slices.Contains(stay, code))
	}
	for _, c := range []closing{errHelloLate, errSignIn, errForbidden, errNoDepartment, errTooSlow, errRestart, errFull, errAccountFull, errUnreadable} {
		if len(c.reason) > 123 || c.reason == "" {
			t.Errorf("the reason of %d does not fit a close frame", c.code)
		}
	}
}
