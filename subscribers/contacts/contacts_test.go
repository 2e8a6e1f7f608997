package contacts_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/contacts"
)

// world is a desk on a database, whose messages are kept.
type world struct {
	*contacts.Desk
	store *sql.Store
	now   time.Time
	sent  []subscribers.Delivery
	fails error
}

type noChannel struct{}

func (noChannel) Tell(context.Context, subscribers.Contact, subscribers.Delivery) error { return nil }

func eachWorld(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		w := &world{store: sql.NewStore(db), now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
		w.Desk = &contacts.Desk{Options: contacts.Options{
			Book:     w.store,
			Channels: map[string]subscribers.Channel{subscribers.MailContact: noChannel{}, subscribers.SMSContact: noChannel{}, subscribers.WebhookContact: noChannel{}, "operations": noChannel{}},
			Tell: func(_ context.Context, _ subscribers.Contact, d subscribers.Delivery) error {
				w.sent = append(w.sent, d)
				return w.fails
			},
			Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		}}
		test(t, w)
	})
}

var (
	ann = journal.Actor{Name: "ann", Role: "nurse in charge", Organisation: "RQW"}
	ben = journal.Actor{Name: "ben", Role: "clinician", Organisation: "RQW"}
)

func (w *world) add(t *testing.T, by journal.Actor, kind, address string) subscribers.Contact {
	t.Helper()
	c, sent, err := w.Add(t.Context(), by, subscribers.Contact{Kind: kind, Address: address})
	if err != nil || !sent.OK() {
		t.Fatalf("%s %s: %+v, %v", kind, address, sent, err)
	}
	return c
}

// usable are the ids of those by which anybody can be told.
func (w *world) usable(t *testing.T) (ids []string) {
	t.Helper()
	all, err := w.store.UsableContacts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

// TestAContactPointIsVerifiedByItsOwnerBeforeItIsUsed: by the code that only its owner was sent, and by nobody else's hand.
func TestAContactPointIsVerifiedByItsOwnerBeforeItIsUsed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		c := w.add(t, ann, "sms", "07700 900123")
		if c.Address != "+447700900123" || len(w.sent) != 1 || w.sent[0].What != subscribers.WhatCode || len(w.sent[0].Code) != 6 || w.sent[0].Link != "" {
			t.Fatalf("%+v was sent %+v", c, w.sent)
		}
		if got := w.usable(t); len(got) != 0 {
			t.Errorf("used before it is verified: %v", got)
		}
		if _, err := w.Test(ctx, ann, c.ID); !errors.Is(err, subscribers.ErrUnverified) {
			t.Errorf("a test before it is verified: %v", err)
		}
		wrong := "000000"
		if w.sent[0].Code == wrong {
			wrong = "000001"
		}
		if _, err := w.Verify(ctx, ann, c.ID, wrong); !errors.Is(err, subscribers.ErrCodeWrong) {
			t.Errorf("a wrong code: %v", err)
		}
		if r, err := w.Of(ctx, "ann"); err != nil || r.Contacts[0].Code.Wrong != 1 {
			t.Errorf("the wrong try is not kept: %+v, %v", r, err)
		}
		if _, err := w.Verify(ctx, ben, c.ID, w.sent[0].Code); !errors.Is(err, subscribers.ErrNoContact) {
			t.Errorf("by another: %v", err)
		}
		if _, err := w.Verify(ctx, ann, c.ID, w.sent[0].Code); err != nil {
			t.Fatal(err)
		}
		if got := w.usable(t); len(got) != 1 || got[0] != c.ID {
			t.Errorf("verified, and usable are %v", got)
		}
		if _, err := w.Verify(ctx, ann, c.ID, w.sent[0].Code); !errors.Is(err, subscribers.ErrCodeOver) {
			t.Errorf("the code again: %v", err)
		}
		if sent, err := w.Test(ctx, ann, c.ID); err != nil || !sent.OK() || w.sent[1].What != subscribers.WhatTest {
			t.Errorf("a test: %+v, %v", sent, err)
		}
		w.fails = errors.New("dial tcp 10.1.2.3:443: connection refused")
		if sent, err := w.Test(ctx, ann, c.ID); err != nil || sent.OK() || strings.Contains(sent.Words, "10.1") {
			t.Errorf("a test that fails: %+v, %v", sent, err)
		}
		for _, do := range []func() error{
			func() error { return w.Remove(ctx, ben, c.ID) },
			func() error { _, err := w.Describe(ctx, ben, c.ID, "mine", subscribers.Quiet{}); return err },
			func() error { _, err := w.Test(ctx, ben, c.ID); return err },
			func() error { _, _, err := w.SendCode(ctx, ben, c.ID); return err },
		} {
			if err := do(); !errors.Is(err, subscribers.ErrNoContact) {
				t.Errorf("somebody else: %v", err)
			}
		}
		w.journal(t, c.ID, "contact.added sms", "contact.verified sms", "contact.tested sms", "contact.tested sms")
	})
}

// journal compares the entries about a contact point; none quotes an address.
func (w *world) journal(t *testing.T, id string, want ...string) {
	t.Helper()
	all, err := w.store.After(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.Verify(0, [32]byte{}, all); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		if strings.Contains(e.Reason, "7700") || strings.Contains(e.Reason, "example") {
			t.Errorf("the journal quotes an address: %q", e.Reason)
		}
		if e.Subject == id && e.Actor == ann {
			got = append(got, string(e.Kind)+" "+e.Reason)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the journal has %q, want %q", got, want)
	}
}

func TestContactPointsHaveAnOrderLabelsAndQuietHours(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		mail, sms := w.add(t, ann, "mail", "ann@example.nhs.uk"), w.add(t, ann, "sms", "+447700900123")
		hook := w.add(t, ann, "webhook", "https://hooks.example.nhs.uk/a?b=c")
		if !strings.HasPrefix(hook.Secret, "whsec_") || mail.Secret != "" {
			t.Errorf("secrets: %q, %q", hook.Secret, mail.Secret)
		}
		if err := w.Order(ctx, ann, []string{hook.ID, mail.ID, sms.ID}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range [][]string{{hook.ID, mail.ID}, {hook.ID, mail.ID, mail.ID}, {hook.ID, mail.ID, "other"}} {
			if err := w.Order(ctx, ann, bad); !errors.Is(err, subscribers.ErrOrder) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		night := subscribers.Quiet{From: "22:00", To: "07:00"}
		if _, err := w.Describe(ctx, ann, mail.ID, " at my desk ", night); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Describe(ctx, ann, mail.ID, strings.Repeat("x", 61), night); !errors.Is(err, subscribers.ErrLabel) {
			t.Errorf("a long label: %v", err)
		}
		if _, err := w.Describe(ctx, ann, mail.ID, "x", subscribers.Quiet{From: "22:00", To: "25:00"}); !errors.Is(err, subscribers.ErrQuiet) {
			t.Errorf("no time: %v", err)
		}
		if err := w.Remove(ctx, ann, hook.ID); err != nil {
			t.Fatal(err)
		}
		r, err := w.Of(ctx, "ann")
		if err != nil || len(r.Contacts) != 2 || r.Contacts[0].ID != mail.ID || r.Contacts[0].Place != 1 || r.Contacts[1].Place != 2 || r.Contacts[0].Label != "at my desk" || r.Contacts[0].Quiet != night {
			t.Errorf("%+v, %v", r, err)
		}
		if other, err := w.Of(ctx, "ben"); err != nil || len(other.Contacts) != 0 {
			t.Errorf("ben has %+v, %v", other, err)
		}
	})
}

func TestWhatCannotBeAContactPoint(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.add(t, ann, "mail", "ann@example.nhs.uk")
		for _, row := range []struct {
			kind, address string
			want          error
		}{
			{"mail", "ANN@example.nhs.uk", subscribers.ErrSameContact},
			{"mail", "Ann <a@example.nhs.uk>", subscribers.ErrAddress},
			{"mail", "ann@example.nhs.uk\r\nBcc: b@example.nhs.uk", subscribers.ErrAddress},
			{"sms", "999", subscribers.ErrAddress},
			{"sms", "020 7946 0000", subscribers.ErrAddress},
			{"sms", "+44 07700 900123", subscribers.ErrAddress},
			{"webhook", "http://hooks.example.nhs.uk/", subscribers.ErrAddress},
			{"webhook", "http://127.0.0.1:8080/", subscribers.ErrAddress},
			{"webhook", "https://user:pass@hooks.example.nhs.uk/", subscribers.ErrAddress},
			{"webhook", "https:///path", subscribers.ErrAddress},
			{"webhook", "file:///etc/passwd", subscribers.ErrAddress},
			{"webhook", "gopher://hooks.example.nhs.uk/", subscribers.ErrAddress},
			{"push", `{"endpoint":"https://push.example/1"}`, subscribers.ErrKind},
			{"operations", "x", subscribers.ErrKind},
		} {
			_, _, err := w.Add(t.Context(), ann, subscribers.Contact{Kind: row.kind, Address: row.address})
			if !errors.Is(err, row.want) {
				t.Errorf("%s %q: %v, want %v", row.kind, row.address, err, row.want)
			}
		}
		if len(w.sent) != 1 {
			t.Errorf("%d codes were sent", len(w.sent))
		}
	})
}

// TestNobodyIsFloodedWithCodes: neither by asking again and again, nor by adding and removing.
func TestNobodyIsFloodedWithCodes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		c := w.add(t, ann, "sms", "+447700900123")
		if _, _, err := w.SendCode(ctx, ann, c.ID); !errors.Is(err, subscribers.ErrAskedOften) {
			t.Errorf("at once: %v", err)
		}
		w.now = w.now.Add(30 * time.Second)
		if _, sent, err := w.SendCode(ctx, ann, c.ID); err != nil || !sent.OK() || w.sent[0].Key() == w.sent[1].Key() {
			t.Errorf("after half a minute: %+v, %v", sent, err)
		}
		var err error
		for range 30 {
			if err = w.Remove(ctx, ann, c.ID); err != nil {
				t.Fatal(err)
			}
			if c, _, err = w.Add(ctx, ann, subscribers.Contact{Kind: "sms", Address: "+447700900123"}); err != nil {
				break
			}
		}
		if !errors.Is(err, subscribers.ErrAskedOften) || len(w.sent) != 20 {
			t.Errorf("%d codes in a minute: %v", len(w.sent), err)
		}
		w.now = w.now.Add(time.Hour)
		w.add(t, ann, "sms", "+447700900123")
		for i := range contacts.Most - 1 {
			w.add(t, ann, "sms", fmt.Sprintf("+4477009002%02d", i))
		}
		if _, _, err := w.Add(ctx, ann, subscribers.Contact{Kind: "mail", Address: "ann@example.nhs.uk"}); !errors.Is(err, subscribers.ErrMostContact) {
			t.Errorf("an eleventh: %v", err)
		}
	})
}
