package pager_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// TestTwoMinutesOfSilenceThenTheNursesPhone: the phone that she chose rings, not the mail of the file. The link in the message names the alert by a
// token that only she was sent.
func TestTwoMinutesOfSilenceThenTheNursesPhone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "sms +447700900123")
		one := w.node("one")
		w.watched("RQW-AE")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		w.pass(2*time.Minute - time.Millisecond)
		w.look(one)
		want(t, "a millisecond early", nil, w.sms.told())
		w.pass(time.Millisecond)
		w.look(one)
		want(t, "her phone", []string{"+447700900123"}, w.sms.told())
		want(t, "no mail", nil, w.mail.told())
		token, ok := strings.CutPrefix(w.sms.links[0], "https://alerts.example.nhs.uk/answer/")
		if !ok || len(token) != 22 || strings.Contains(w.sms.links[0], alert) {
			t.Fatalf("the link is %q", w.sms.links[0])
		}
		link, err := w.store.Link(t.Context(), subscribers.HashOfLink(token))
		if err != nil || link.Alert != alert || link.Person != "nurse-a" || !link.Until.After(w.clock().Add(time.Hour)) {
			t.Errorf("%+v, %v", link, err)
		}
	})
}

// TestAWebhookThatSays200ButNobodyAnswers: that a server took it is no answer. The next contact point is used within the time of the step, and then
// the next step is due.
func TestAWebhookThatSays200ButNobodyAnswers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "webhook https://hooks.example.nhs.uk/a", "sms +447700900123")
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		want(t, "the webhook takes it", []string{"https://hooks.example.nhs.uk/a"}, w.hook.told())
		w.pass(time.Minute - time.Millisecond)
		w.look(one)
		want(t, "not yet", nil, w.sms.told())
		w.pass(time.Millisecond)
		w.look(one)
		want(t, "nobody has answered for a minute", []string{"+447700900123"}, w.sms.told())
		w.pass(2 * time.Minute)
		w.look(one)
		want(t, "and for the time of the step", []string{"-board", "nurse in charge", "-on-call doctor", "-site manager", "centre"}, w.steps(alert))
		want(t, "each was sent once", []string{"one: sent", "one: sent", "one: sent"}, w.trail(t, alert))
	})
}

// TestWhatFailsFallsThroughToTheNextContactPointAtOnce: mail is down, and the text message goes out in the same second; mail goes on being tried.
func TestWhatFailsFallsThroughToTheNextContactPointAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "mail a@example.nhs.uk", "sms +447700900123", "webhook https://hooks.example.nhs.uk/a")
		w.mail.set(true, nil)
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		want(t, "the phone at once", []string{"+447700900123"}, w.sms.told())
		want(t, "the third is not due", nil, w.hook.told())
		for range 5 {
			w.pass(10 * time.Second)
			w.look(one)
		}
		want(t, "what is tried again does not hurry the third", nil, w.hook.told())
		w.pass(70 * time.Second)
		w.look(one)
		want(t, "which has its own time", []string{"https://hooks.example.nhs.uk/a"}, w.hook.told())
		all, err := w.store.DeliveriesOf(t.Context(), alert)
		if err != nil || len(all) != 3 || !strings.HasPrefix(all[0].Outcome, "failed: ") || all[1].Outcome != "sent" || all[2].Outcome != "sent" || all[0].Place != 1 || all[2].Place != 3 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// TestAnAnswerStopsEveryContactPoint: what was to be sent later is not sent.
func TestAnAnswerStopsEveryContactPoint(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "webhook https://hooks.example.nhs.uk/a", "sms +447700900123")
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		w.pass(59 * time.Second)
		if _, err := w.desk.Acknowledge(t.Context(), alert, "RQW-AE", alerts.Answering{}, nurse); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		w.look(one)
		want(t, "no text message", nil, w.sms.told())
		want(t, "trail", []string{"one: sent", "one: not sent: the alert was answered, or is gone"}, w.trail(t, alert))
	})
}

// TestAServerThatFailsIsLeftAlone: after five failures nobody waits for it, on no node, and what is to be sent goes the next way at once; until it
// is tried again, and answers. Who has no other way is told by it all the same.
func TestAServerThatFailsIsLeftAlone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "webhook https://hooks.example.nhs.uk/a", "sms +447700900123")
		one, two := w.node("one"), w.node("two")
		w.hook.set(true, nil)
		w.arrives("V1", "9990000018")
		for range 9 { // 2, 4, 8, 16 seconds, in steps of ten
			w.look(one)
			w.pass(10 * time.Second)
		}
		tried := 0
		w.hook.set(false, func() { tried++ })
		second := w.arrives("V2", "9990000026")
		two.Follow([]journal.Entry{{Kind: journal.AlertRaised}})
		w.look(two)
		if lines := w.trail(t, second); tried != 0 || len(lines) != 2 || !strings.Contains(lines[0], "left alone") || lines[1] != "two: sent" {
			t.Errorf("%d tries, %q", tried, lines)
		}
		w.reached("nurse-b", "webhook https://hooks.example.nhs.uk/b")
		w.pass(4 * time.Minute) // to a time after 12:05: nurse-b is on, and the circuit is tried again
		third := w.arrives("V3", "9990000034")
		w.hook.set(true, nil)
		two.Follow([]journal.Entry{{Kind: journal.AlertRaised}, {Kind: journal.ContactVerified}})
		w.look(two)
		w.hook.set(false, nil)
		w.pass(2 * time.Second)
		w.look(two)
		if told := w.hook.told(); !slices.Contains(told, "https://hooks.example.nhs.uk/b") {
			t.Errorf("the only way is not tried while its server is left alone: %q, %q", told, w.trail(t, third))
		}
		if c, err := w.store.Circuit(t.Context(), "webhook hooks.example.nhs.uk"); err != nil || c != (subscribers.Circuit{}) {
			t.Errorf("it answered, and its circuit is %+v, %v", c, err)
		}
	})
}

// TestABrowserThatIsNoMore: what its server says once is not asked again, and the person is told by what is left.
func TestABrowserThatIsNoMore(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "webhook https://hooks.example.nhs.uk/a", "sms +447700900123")
		w.hook.gone = true
		one := w.node("one")
		alert := w.arrives("V1", "9990000018")
		w.look(one)
		want(t, "the phone at once", []string{"+447700900123"}, w.sms.told())
		w.pass(time.Minute)
		w.look(one)
		if tries := w.trail(t, alert); len(tries) != 2 {
			t.Errorf("it was tried again: %q", tries)
		}
		r, err := w.store.Reached(t.Context(), "nurse-a")
		if err != nil || r.Contacts[0].Lost.IsZero() || !r.Contacts[1].Lost.IsZero() {
			t.Errorf("%+v, %v", r, err)
		}
		want(t, "the journal", []string{"contact.lost"}, w.journalledOf(t, r.Contacts[0].ID))
	})
}

// journalledOf are the kinds of the entries about a subject.
func (w *world) journalledOf(t *testing.T, subject string) (kinds []string) {
	t.Helper()
	all, err := w.store.After(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Subject == subject {
			kinds = append(kinds, string(e.Kind))
		}
	}
	return kinds
}

// TestByWhatAPersonIsTold: quiet hours pass over a contact point, but never leave nobody; the address of the file is for who has none of their own.
func TestByWhatAPersonIsTold(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "sms +447700900123", "mail own@example.nhs.uk")
		w.reached("off", "push {}") // this node has no such channel
		err := w.store.ChangeReached(t.Context(), "nurse-a", func(r *subscribers.Reached) ([]journal.Entry, error) {
			r.Contacts[0].Quiet = subscribers.Quiet{From: "22:00", To: "07:00"}
			r.Contacts[1].Quiet = subscribers.Quiet{From: "01:00", To: "02:00"}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		teller := w.teller()
		if err := teller.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			name, person, at string
			want             []string
		}{
			{"by day both", "nurse-a", "12:00", []string{"nurse-a-1", "nurse-a-2"}},
			{"at ten in the evening the mail only", "nurse-a", "22:00", []string{"nurse-a-2"}},
			{"at seven both again", "nurse-a", "07:00", []string{"nurse-a-1", "nurse-a-2"}},
			{"where all are quiet, none is", "nurse-a", "01:30", []string{"nurse-a-1", "nurse-a-2"}},
			{"the address of the file", "nurse-b", "12:00", []string{"file"}},
			{"no channel of this node", "off", "12:00", nil},
			{"nothing at all", "mute", "12:00", nil},
		} {
			clock, err := time.Parse("15:04", row.at)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, c := range teller.To(row.person, clock) {
				ids = append(ids, c.ID)
			}
			want(t, row.name, row.want, ids)
		}
		all, err := teller.ContactsOf(t.Context(), "nurse-a")
		if err != nil || len(all) != 2 || all[0].Address != "+447700900123" || all[1].Address != "own@example.nhs.uk" {
			t.Errorf("%+v, %v", all, err)
		}
		reachable, err := teller.Reachable(t.Context())
		if err != nil || !reachable["nurse-a"] || !reachable["nurse-b"] || reachable["off"] || reachable["mute"] {
			t.Errorf("%v, %v", reachable, err)
		}
	})
}

// TestWhatIsNoStepIsToldByTheFirstThatTakesIt: another contact point is used only where one failed.
func TestWhatIsNoStepIsToldByTheFirstThatTakesIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.reached("nurse-a", "sms +447700900123", "webhook https://hooks.example.nhs.uk/a")
		teller := w.teller()
		event := subscribers.Delivery{What: subscribers.WhatEvent, Subject: "happening-1/nurse-a", TakenStep: subscribers.TakenStep{Alert: "k3v9q2abcdef", Person: "nurse-a"}, Ends: w.clock().Add(time.Hour)}
		by, err := teller.TellPerson(t.Context(), event)
		if err != nil || by.Kind != subscribers.SMSContact || len(w.hook.told()) != 0 {
			t.Errorf("by %+v, %v, and then by %q", by, err, w.hook.told())
		}
		want(t, "to what is for her now", []string{"https://alerts.example.nhs.uk/me"}, w.sms.links)
		w.sms.set(true, nil)
		if by, err = teller.TellPerson(t.Context(), event); err != nil || by.Kind != subscribers.WebhookContact {
			t.Errorf("by %+v, %v", by, err)
		}
		w.hook.set(true, nil)
		if _, err = teller.TellPerson(t.Context(), event); err == nil || strings.Contains(err.Error(), "7700") {
			t.Errorf("nothing takes it: %v", err)
		}
		event.Person = "mute"
		if _, err = teller.TellPerson(t.Context(), event); err == nil || err != subscribers.ErrUnreachable {
			t.Errorf("nothing to be told by: %v", err)
		}
	})
}
