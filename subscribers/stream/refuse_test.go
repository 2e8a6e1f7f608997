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
		for range 2 * journal.RefusalsPerMinute {
			c := s.watch(t, "RQW-AE", "guess", "")
			same(t, "close code", c.closed(), CloseSignIn)
		}
		same(t, "journalled", len(w.recorded), journal.RefusalsPerMinute)
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
			synctest.Wait() // the handshake is answered before the socket is counted
		}
		same(t, "fifth silent one", s.connect(t, "RQW-AE").closed(), CloseTryLater)
		time.Sleep(helloWithin + closeWithin)
		same(t, "once they are gone", s.watch(t, "RQW-AE", screenToken, "").closed(), 0)
	})
}

func TestThoseWhoSaidHelloAndWaitToBeLetInAreNotTakenForSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		s := serve(t, newWorld(t), func(o *Options) {
			o.Limits.Sockets = 2*greetersAtOnce + 4
			record := o.Record
			o.Record = func(ctx context.Context, e journal.Entry) error { <-open; return record(ctx, e) }
		})
		var waiting []*client
		for range 2*greetersAtOnce + 3 {
			waiting = append(waiting, s.watch(t, "RQW-AE", screenToken, ""))
		}
		close(open)
		for _, c := range append(waiting, s.watch(t, "RQW-AE", screenToken, "")) {
			same(t, "close code", c.closed(), 0)
		}
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
