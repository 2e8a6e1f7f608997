package stream

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
)

// brokenBoards answers a snapshot, but can be told to fail for single alerts.
type brokenBoards struct {
	*world
	fail atomic.Bool
}

func (b *brokenBoards) Sight(ctx context.Context, id string) (alerts.Sight, error) {
	if b.fail.Load() {
		return alerts.Sight{}, errDisk
	}
	return b.world.Sight(ctx, id)
}

// Sights implements subscribers.Areas.
func (b *brokenBoards) Sights(ctx context.Context, ids []string) (map[string]alerts.Sight, error) {
	return sightsOf(ctx, b, ids)
}

// pipes dials the service over pipes, for clients that are not ours.
func pipes(s *service) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		s.conns <- theirs
		return ours, nil
	}
}

// answer is a reply, with the alert as the id that it is.
func answer(f frame) string {
	s := f.Type + " " + f.Command + " " + strings.Trim(string(f.Alert), `"`)
	if f.Reason != "" {
		s += ": " + f.Reason
	}
	return s
}

func TestAScreenSaysNothingAboutWhoAPatientIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "here")
		c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, "")
		c.say(`{"type":"confirm_identity","alert":"here","seen":"here"}`)
		c.say(`{"type":"not_this_patient","alert":"here","seen":"here"}`)
		replies := c.all("done", "refused")
		if len(replies) != 2 {
			t.Fatalf("%d replies", len(replies))
		}
		same(t, "answer", answer(replies[0]), "refused confirm_identity here: the account may not do this")
		same(t, "answer", answer(replies[1]), "refused not_this_patient here: the account may not do this")
	})
}

func TestCommandsAreAnsweredInWords(t *testing.T) {
	for _, row := range []struct{ name, say, want string }{
		{"displayed", `{"type":"displayed","alert":"here"}`, "done displayed here"},
		{"seen, with a member that nobody knows", `{"type":"seen","alert":"here","visible":true}`, "done seen here"},
		{"acknowledge", `{"type":"acknowledge","alert":"here"}`, "done acknowledge here"},
		{"unknown alert", `{"type":"acknowledge","alert":"nowhere"}`, "refused acknowledge nowhere: there is no such alert"},
		{"an alert of another department of the hospital", `{"type":"acknowledge","alert":"urgent"}`, "refused acknowledge urgent: the alert is in another department"},
		{"a recall that there is not", `{"type":"recall_seen","alert":"here"}`, "refused recall_seen here: the alert is no longer open"},
		{"confirm identity", `{"type":"confirm_identity","alert":"here","seen":"here"}`, "done confirm_identity here"},
		{"not this patient", `{"type":"not_this_patient","alert":"here","seen":"here"}`, "done not_this_patient here"},
		{"confirm what was not seen", `{"type":"confirm_identity","alert":"here"}`, "refused confirm_identity here: the details changed since they were shown; look at them again"},
		{"confirm on a closed alert", `{"type":"confirm_identity","alert":"gone","seen":"gone"}`, "refused confirm_identity gone: the alert is no longer open"},
		{"confirm for another hospital", `{"type":"confirm_identity","alert":"watford","seen":"watford"}`, "refused confirm_identity watford: the alert is in another department"},
		{"an alert of another hospital", `{"type":"seen","alert":"watford"}`, "refused seen watford: the alert is in another department"},
		{"a closed alert", `{"type":"acknowledge","alert":"gone"}`, "refused acknowledge gone: the alert is no longer open"},
		{"a closed alert was displayed all the same", `{"type":"displayed","alert":"gone"}`, "done displayed gone"},
		{"no alert named", `{"type":"seen"}`, "refused seen : the command names no alert"},
		{"what cannot be an alert", `{"type":"seen","alert":"a\u0000b"}`, "refused seen : there is no such alert"},
		{"a command that nobody knows", `{"type":"silence","alert":"here"}`, "refused silence here: the service does not know this command"},
		{"hello again", `{"type":"hello","token":"x"}`, "refused hello : the service does not know this command"},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.raise("RQW-AE", "here")
				w.raise("RQW-AE", "gone")
				w.close("gone")
				w.raise("RQW-UTC", "urgent")
				w.raise("RWG-AE", "watford")
				c := serve(t, w, nil).watch(t, "RQW-AE", clinicianToken, "")
				c.say(row.say)
				replies := c.all("done", "refused")
				if len(replies) != 1 {
					t.Fatalf("%d replies", len(replies))
				}
				same(t, "answer", answer(replies[0]), row.want)
				same(t, "close code", c.closed(), 0)
			})
		})
	}
}

func TestAReceiptIsKeptWithWhoAndWhichVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		w.revise("a1")
		c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, "")
		c.command("displayed", "a1")
		c.command("seen", "a1")
		same(t, "replies", len(c.all("done")), 2)
		if len(w.receipts) != 2 {
			t.Fatalf("%d receipts", len(w.receipts))
		}
		for i, kind := range []journal.Kind{journal.AlertDisplayed, journal.AlertSeen} {
			r := w.receipts[i]
			if r.Kind != kind || r.Alert != "a1" || r.Version != 2 || r.Actor.Name != screenToken || r.At.IsZero() {
				t.Errorf("kept %+v", r)
			}
		}
	})
}

func TestOneAcknowledgementWinsAndAllScreensAgree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		s := serve(t, w, nil)
		one, two := s.watch(t, "RQW-AE", screenToken, ""), s.watch(t, "RQW-AE", clinicianToken, "")
		go one.command("acknowledge", "a1")
		go two.command("acknowledge", "a1")
		winners, losers := append(one.all("done"), two.all("done")...), append(one.all("refused"), two.all("refused")...)
		if len(winners) != 1 || len(losers) != 1 {
			t.Fatalf("%d winners and %d losers", len(winners), len(losers))
		}
		winner := w.sights["a1"].Alert.Acknowledgement.By.Name
		if want := "already acknowledged by " + winner + " at 20"; !strings.HasPrefix(losers[0].Reason, want) {
			t.Errorf("the loser reads %q", losers[0].Reason)
		}
		for _, c := range []*client{one, two} {
			same(t, "changes", c.changes(), []string{"acknowledged a1"})
			if ack := c.board["RQW-AE a1"].Acknowledged; ack == nil || ack.By != winner {
				t.Errorf("a screen shows %+v", ack)
			}
		}
		mustAgree(t, w, one, two)
	})
}

func TestEveryRefusedCommandIsJournalledUntilThereAreTooManyInAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RWG-AE", "b1")
		c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, "")
		for range journal.RefusalsPerMinute + 5 {
			c.command("acknowledge", "b1")
		}
		same(t, "refused", len(c.all("refused")), journal.RefusalsPerMinute+5)
		if w.sights["b1"].Alert.Acknowledgement != nil {
			t.Error("another department's alert was acknowledged")
		}
		var refusals int
		for _, e := range w.recorded {
			if e.Kind == journal.AccessRefused {
				refusals++
				same(t, "its place", strings.HasPrefix(e.Place, "GET /stream/departments/{department} from "), true)
			}
		}
		same(t, "journalled", refusals, journal.RefusalsPerMinute)
	})
}

func TestWhatCouldNotBeKeptIsNotCalledDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		c := serve(t, w, nil).watch(t, "RQW-AE", screenToken, "")
		w.set(func() { w.down = errDisk })
		c.command("acknowledge", "a1")
		replies := c.all("done", "refused")
		if len(replies) != 1 || answer(replies[0]) != "refused acknowledge a1: "+reasonNotKept {
			t.Errorf("answered %v", replies)
		}
	})
}

func TestACommandIsRefusedToWhoMayNoLongerGiveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.raise("RQW-AE", "a1")
		c := serve(t, w, nil).watch(t, "RQW-AE", clinicianToken, "")
		taken, err := directory.Parse([]byte(strings.ReplaceAll(
			strings.ReplaceAll(directoryFile, "Hospital, organisation: RQW", "Hospital, organisation: RWG"), ", main_site: RQWG0", "")))
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.dir = taken }) // another trust has taken the hospital over
		c.command("acknowledge", "a1")
		replies := c.all("done", "refused")
		if len(replies) != 1 || answer(replies[0]) != "refused acknowledge a1: "+reasonMayNot {
			t.Errorf("answered %v", replies)
		}
		if w.sights["a1"].Alert.Acknowledgement != nil {
			t.Error("the alert was acknowledged")
		}
	})
}

func TestALongNameIsNotEchoed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, newWorld(t), nil).watch(t, "RQW-AE", screenToken, "")
		c.say(`{"type":"` + strings.Repeat("é", 1000) + `"}`)
		c.say(`{"type":"seen","alert":"` + strings.Repeat("x", 3000) + `"}`)
		for _, f := range c.all("refused") {
			if len(f.Command) > 40 || len(f.Alert) > 110 {
				t.Errorf("echoed %d and %d bytes", len(f.Command), len(f.Alert))
			}
		}
		same(t, "replies", len(c.all("refused")), 2)
	})
}

func TestMalformedJSONAfterHelloClosesTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, newWorld(t), nil).watch(t, "RQW-AE", screenToken, "")
		c.say(`{"type":"seen"`)
		same(t, "close code", c.closed(), CloseProtocol)
	})
}
