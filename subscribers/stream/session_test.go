package stream

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// lodge is one session, whose cookie is "cookie", with tickets that hold once.
type lodge struct {
	mu      sync.Mutex
	account access.Account
	tickets map[string]bool
	ended   bool
}

func (l *lodge) Cookie(r *http.Request) string {
	c, err := r.Cookie("session")
	if err != nil {
		return ""
	}
	return c.Value
}

func (l *lodge) Redeem(_ context.Context, cookie, ticket string) (string, access.Account, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	good := cookie == "cookie" && l.tickets[ticket]
	delete(l.tickets, ticket)
	return "session-1", l.account, good, nil
}

func (l *lodge) Holds(context.Context, string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.ended, nil
}

// browse opens a stream as a page does, and says hello with a ticket.
func (s *service) browse(t *testing.T, department, origin, cookie, hello string) *client {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	if cookie != "" {
		header.Set("Cookie", "session="+cookie)
	}
	conn, _, err := s.dial(department, header, Subprotocol)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{conn: conn, department: department}
	c.start()
	c.say(hello)
	synctest.Wait()
	return c
}

const withTicket = `{"type":"hello","ticket":"good"}`

func inALodge(t *testing.T, role access.Role, test func(*service, *lodge)) {
	synctest.Test(t, func(t *testing.T) {
		door := &lodge{account: access.Account{Name: "a.nurse", Role: role, Organisation: "RQW", Department: "RQW-AE"}, tickets: map[string]bool{"good": true}}
		test(serve(t, newWorld(t), func(o *Options) { o.Sessions = door }), door)
	})
}

func TestAPageNeedsTheCookieTheOriginAndATicket(t *testing.T) {
	for _, row := range []struct {
		what, origin, cookie, hello string
		code                        int
	}{
		{"all three", "http://ucp.test", "cookie", withTicket, 0},
		{"no cookie", "http://ucp.test", "", withTicket, CloseSignIn},
		{"another cookie", "http://ucp.test", "other", withTicket, CloseSignIn},
		{"no page", "", "cookie", withTicket, CloseSignIn},
		{"no ticket", "http://ucp.test", "cookie", `{"type":"hello"}`, CloseSignIn},
		{"another ticket", "http://ucp.test", "cookie", `{"type":"hello","ticket":"made up"}`, CloseSignIn},
		{"a ticket in place of a token", "http://ucp.test", "cookie", `{"type":"hello","token":"good"}`, CloseSignIn},
		{"a ticket beside a token", "http://ucp.test", "cookie", `{"type":"hello","ticket":"good","token":"` + screenToken + `"}`, CloseSignIn},
	} {
		t.Run(row.what, func(t *testing.T) {
			inALodge(t, access.Clinician, func(s *service, _ *lodge) {
				c := s.browse(t, "RQW-AE", row.origin, row.cookie, row.hello)
				c.mu.Lock()
				code, welcomed := c.code, c.types["welcome"] == 1
				c.mu.Unlock()
				if code != row.code || welcomed != (row.code == 0) {
					t.Errorf("closed with %d, welcomed: %v", code, welcomed)
				}
				c.cut()
			})
		})
	}
}

func TestATicketOpensOneStream(t *testing.T) {
	inALodge(t, access.Clinician, func(s *service, _ *lodge) {
		first := s.browse(t, "RQW-AE", "http://ucp.test", "cookie", withTicket)
		second := s.browse(t, "RQW-AE", "http://ucp.test", "cookie", withTicket)
		if first.code != 0 || second.code != CloseSignIn {
			t.Errorf("the first is closed with %d, the second with %d", first.code, second.code)
		}
		first.cut()
	})
}

func TestLookAlikeOriginsOpenNothing(t *testing.T) {
	inALodge(t, access.Clinician, func(s *service, _ *lodge) {
		for _, origin := range []string{"http://ucp.test.evil", "http://evil-ucp.test", "http://ucp.test:81", "http://ucp.test@evil", "null", "http://ucp.test/", "file://", "http://sub.ucp.test"} {
			_, answer, err := s.dial("RQW-AE", http.Header{"Origin": {origin}, "Cookie": {"session=cookie"}}, Subprotocol)
			if err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
				t.Errorf("a page of %s: %v", origin, err)
			}
		}
	})
}

func TestAStreamEndsWithItsSession(t *testing.T) {
	inALodge(t, access.Clinician, func(s *service, l *lodge) {
		c := s.browse(t, "RQW-AE", "http://ucp.test", "cookie", withTicket)
		other := s.watch(t, "RQW-AE", screenToken, "")
		s.w.set(func() { s.w.append(journal.SessionEnded, "", "another session") })
		synctest.Wait()
		if c.code != 0 {
			t.Fatal("the end of another session closed it")
		}
		s.w.set(func() { s.w.append(journal.SessionEnded, "", "session-1") })
		synctest.Wait()
		<-c.ended
		if c.code != CloseSignIn || other.code != 0 {
			t.Errorf("closed with %d; the screen beside it with %d", c.code, other.code)
		}
		other.cut()
		synctest.Wait()
		s.hub.mu.Lock()
		left := len(s.hub.sessions)
		s.hub.mu.Unlock()
		if left != 0 {
			t.Error("the hub remembers a session that has ended")
		}
		l.mu.Lock()
		l.ended, l.tickets["good"] = true, true
		l.mu.Unlock()
		if late := s.browse(t, "RQW-AE", "http://ucp.test", "cookie", withTicket); late.code != CloseSignIn {
			t.Errorf("a session that ended while the stream began: %d", late.code)
		}
	})
}

// A wall is drawn for everybody who passes it, whatever address it asks for; the board beside it is drawn as ever.
func TestAWallIsSentNoNames(t *testing.T) {
	for _, address := range []string{"RQW-AE", "RQW-AE,RQW-AE"} {
		inALodge(t, access.BoardViewer, func(s *service, _ *lodge) {
			s.w.raise("RQW-AE", "a1")
			c := s.browse(t, address, "http://ucp.test", "cookie", withTicket)
			board := s.watch(t, "RQW-AE", screenToken, "")
			s.w.raise("RQW-AE", "a2")
			s.w.revise("a1")
			synctest.Wait()
			c.mu.Lock()
			raw, held := c.raw.String(), len(c.board)
			c.mu.Unlock()
			board.mu.Lock()
			beside := board.raw.String()
			board.mu.Unlock()
			if held != 2 || !strings.Contains(raw, `"family":"M"`) {
				t.Errorf("%s: the wall holds %d alerts: %s", address, held, raw)
			}
			for _, never := range []string{"MARKER", "HEADLINE", "1980", "plan-a1", "NHS number"} {
				if strings.Contains(raw, never) {
					t.Errorf("%s: the wall is sent %s", address, never)
				}
			}
			if !strings.Contains(beside, "HEADLINE-RQW-AE") {
				t.Error("the board is drawn as the wall")
			}
			if len(c.breaches) > 0 {
				t.Errorf("%s: %v", address, c.breaches)
			}
			c.cut()
			board.cut()
		})
	}
}
