package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/contacts"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
)

// phonebook keeps contact points and links in memory, and takes every message. It has a link to alert1.
type phonebook struct {
	mu     sync.Mutex
	people map[string]subscribers.Reached
	links  map[string]subscribers.AnswerLink
	sent   []subscribers.Delivery
	fails  error
	steps  []subscribers.TakenStep
}

func newPhonebook() *phonebook {
	hash := subscribers.HashOfLink("token-1")
	return &phonebook{people: map[string]subscribers.Reached{}, links: map[string]subscribers.AnswerLink{
		hash: {Hash: hash, Alert: "alert1", Person: "clinician-RQW", Made: now, Until: now.Add(12 * time.Hour)},
	}}
}

// reach fills in what the addresses of contact points need.
func (b *phonebook) reach(o *Options) {
	o.Contacts, o.Links, o.Told, o.PushKey = b.desk(), b, b, "BPushKey"
}

func (b *phonebook) desk() *contacts.Desk {
	return &contacts.Desk{Options: contacts.Options{
		Book: b, Channels: map[string]subscribers.Channel{subscribers.MailContact: b, subscribers.SMSContact: b, subscribers.WebhookContact: b},
		Tell: b.Tell, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	}}
}

func (b *phonebook) Tell(_ context.Context, _ subscribers.Contact, d subscribers.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, d)
	return b.fails
}

func (b *phonebook) Reached(_ context.Context, person string) (subscribers.Reached, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.people[person]
	r.Person = person
	slices.SortStableFunc(r.Contacts, func(x, y subscribers.Contact) int { return x.Place - y.Place })
	return r, nil
}

func (b *phonebook) ChangeReached(ctx context.Context, person string, change func(*subscribers.Reached) ([]journal.Entry, error)) error {
	r, err := b.Reached(ctx, person)
	if err != nil {
		return err
	}
	r.Contacts = slices.Clone(r.Contacts)
	if _, err := change(&r); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.people[person] = r
	return nil
}

func (b *phonebook) UsableContacts(context.Context) ([]subscribers.Contact, error) { return nil, nil }

func (b *phonebook) Contact(context.Context, string) (subscribers.Contact, error) {
	return subscribers.Contact{}, subscribers.ErrNoContact
}

func (b *phonebook) KeepLink(context.Context, subscribers.AnswerLink) error { return nil }

func (b *phonebook) Link(_ context.Context, hash string) (subscribers.AnswerLink, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l, ok := b.links[hash]; ok {
		return l, nil
	}
	return subscribers.AnswerLink{}, subscribers.ErrNoLink
}

func (b *phonebook) UseLink(_ context.Context, hash, by string, at time.Time) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.links[hash]
	first := l.Used.IsZero()
	if first {
		l.Used, l.UsedBy = at, by
		b.links[hash] = l
	}
	return first, nil
}

func (b *phonebook) StepsOf(context.Context, string) ([]subscribers.TakenStep, error) {
	return b.steps, nil
}

func (b *phonebook) DeliveriesOf(context.Context, string) ([]subscribers.KeptDelivery, error) {
	return []subscribers.KeptDelivery{
		{Step: 1, Contact: "c1", Channel: "webhook", Place: 1, Ends: now.Add(3 * time.Minute), Outcome: "sent"},
		{Step: 1, Contact: "c2", Channel: "sms", Place: 2, Due: now.Add(time.Minute), Ends: now.Add(3 * time.Minute), Label: "my phone"},
	}, nil
}

func (b *phonebook) TriesOf(context.Context, string) ([]subscribers.DeliveryTry, error) {
	return []subscribers.DeliveryTry{
		{Step: 1, Contact: "c1", Channel: "webhook", Token: 1, Node: "one", Outcome: "failed: channel webhook: the answer was 500", At: now},
		{Step: 1, Contact: "c1", Channel: "webhook", Token: 2, Node: "one", Outcome: "sent", At: now.Add(2 * time.Second)},
	}, nil
}

// TestHowOneIsReached goes the way of the page: add, a wrong code, the code, a test, an order, quiet hours, remove. Nobody else sees any of it.
func TestHowOneIsReached(t *testing.T) {
	b := newPhonebook()
	w := newWorld(t, b.reach)
	const who = "clinician-RQW"
	do := func(status int, method, path, body string, into any) {
		t.Helper()
		answer := w.ask(method, path, who, body, "Content-Type", "application/json")
		if answer.Code != status {
			t.Fatalf("%s %s %s: %d %s", method, path, body, answer.Code, answer.Body)
		}
		if into != nil {
			if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
				t.Fatal(err)
			}
		}
	}
	var added codeSent
	do(200, "POST", "/api/contacts", `{"kind":"sms","address":"07700 900123","label":"my phone"}`, &added)
	if !added.CodeSent || added.Contact.State != "waiting" || added.Contact.Address != "+447700900123" || added.Contact.CodeUntil == nil || added.Secret != "" {
		t.Errorf("%+v", added)
	}
	one := "/api/contacts/" + added.Contact.Contact
	do(409, "POST", "/api/contacts", `{"kind":"sms","address":"+447700900123"}`, nil)
	do(422, "POST", "/api/contacts", `{"kind":"push","push":{"endpoint":"https://push.example/1","keys":{"p256dh":"","auth":""}}}`, nil)
	do(422, "POST", "/api/contacts", `{"kind":"mail","address":"nobody"}`, nil)
	do(409, "POST", one+"/test", "", nil)
	do(429, "POST", one+"/code", "", nil)
	do(422, "POST", one+"/verification", `{"code":"x"}`, nil)
	var v contactView
	do(200, "POST", one+"/verification", `{"code":"`+b.sent[0].Code+`"}`, &v)
	if v.State != "verified" || v.Verified == nil || v.CodeUntil != nil {
		t.Errorf("%+v", v)
	}
	do(410, "POST", one+"/verification", `{"code":"`+b.sent[0].Code+`"}`, nil)
	var sent testSent
	do(200, "POST", one+"/test", "", &sent)
	if !sent.Sent {
		t.Errorf("%+v", sent)
	}
	b.fails = errors.New("dial tcp 10.0.0.7:443: refused")
	do(200, "POST", one+"/test", "", &sent)
	if sent.Sent || sent.Detail == "" || strings.Contains(sent.Detail, "10.0.0.7") {
		t.Errorf("%+v", sent)
	}
	var hook codeSent
	do(200, "POST", "/api/contacts", `{"kind":"webhook","address":"https://hooks.example.nhs.uk/"}`, &hook)
	if hook.CodeSent || hook.Detail == "" || !strings.HasPrefix(hook.Secret, "whsec_") {
		t.Errorf("%+v", hook)
	}
	do(200, "PUT", one, `{"label":"night phone","quiet":{"from":"08:00","to":"18:00"}}`, &v)
	if v.Label != "night phone" || v.Quiet == nil || v.Quiet.To != "18:00" {
		t.Errorf("%+v", v)
	}
	do(422, "PUT", one, `{"quiet":{"from":"8","to":"18:00"}}`, nil)
	var list contactList
	do(409, "PUT", "/api/contacts", `{"contacts":["x"]}`, nil)
	do(200, "PUT", "/api/contacts", `{"contacts":["`+hook.Contact.Contact+`","`+added.Contact.Contact+`"]}`, &list)
	if len(list.Contacts) != 2 || list.Contacts[0].Kind != "webhook" || list.Contacts[1].Place != 2 || list.PushKey != "BPushKey" || strings.Join(list.Kinds, " ") != "sms mail webhook" || list.Most != 10 {
		t.Errorf("%+v", list)
	}
	if answer := w.ask("GET", "/api/contacts", "engineer-RQW", ""); strings.Contains(answer.Body.String(), "7700") {
		t.Errorf("another sees %s", answer.Body)
	}
	do(204, "DELETE", one, "", nil)
	do(404, "DELETE", one, "", nil)
}

// TestAnAnswerByTheLinkInAMessage: after signing in, once, by whoever may answer there.
func TestAnAnswerByTheLinkInAMessage(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	show := func(who string) (v answerLinkView) {
		t.Helper()
		answer := w.ask("GET", "/api/answers/token-1", who, "")
		if answer.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", who, answer.Code, answer.Body)
		}
		if body := answer.Body.String(); strings.Contains(body, "999") || strings.Contains(body, "gosh-1") || strings.Contains(strings.ToLower(body), "headline") {
			t.Errorf("it says of the patient or the plan: %s", body)
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := show("clinician-RQW"); v.State != "waiting" || !v.MayAnswer || v.Ref != "ALERT1" || v.Department != "RQW-AE" || v.DepartmentName == "" {
		t.Errorf("%+v", v)
	}
	if v := show("centre-RP4"); v.MayAnswer {
		t.Errorf("a centre's system may answer: %+v", v)
	}
	wantProblem(t, w.ask("GET", "/api/answers/token-2", "clinician-RQW", ""), http.StatusNotFound, "no such link")
	wantProblem(t, w.ask("POST", "/api/answers/token-1", "screen-RWG-AE", ""), http.StatusForbidden, "may not do this")
	if show("clinician-RQW").State != "waiting" {
		t.Error("a refusal uses the link up")
	}
	for range 2 {
		answer := w.ask("POST", "/api/answers/token-1", "clinician-RQW", "")
		var v answerLinkView
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil || answer.Code != http.StatusOK || v.State != "acknowledged" || v.By != accounts["clinician-RQW"].Name {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	wantProblem(t, w.ask("POST", "/api/answers/token-1", "screen-RQW-AE", ""), http.StatusGone, "cannot be used any more")
	w.arrive() // nobody has answered it any more, and the link was used
	if v := show("clinician-RQW"); v.State != "used" {
		t.Errorf("%+v", v)
	}
	wantProblem(t, w.ask("POST", "/api/answers/token-1", "clinician-RQW", ""), http.StatusGone, "cannot be used any more")
}

func TestALinkThatIsTooOldAnswersNothing(t *testing.T) {
	b := newPhonebook()
	hash := subscribers.HashOfLink("token-1")
	old := b.links[hash]
	old.Until = now
	b.links[hash] = old
	w := newWorld(t, b.reach)
	w.arrive()
	wantProblem(t, w.ask("POST", "/api/answers/token-1", "clinician-RQW", ""), http.StatusGone, "cannot be used any more")
}

// TestTheTrailOfAnAlert says who was told, by what, and what came of each try; no address, and nothing of the patient.
func TestTheTrailOfAnAlert(t *testing.T) {
	b := newPhonebook()
	b.steps = []subscribers.TakenStep{
		{Alert: "alert1", Step: 0, Name: "board", To: escalation.Board, Tells: true, Reason: "the alert is on the board", At: now},
		{Alert: "alert1", Step: 1, Name: "nurse in charge", To: escalation.OnCall, Rota: "nurses", Person: "ann", Tells: true, Reason: "not answered for 2m0s", At: now},
	}
	w := newWorld(t, b.reach)
	w.arrive()
	read := func() (v trailView) {
		t.Helper()
		answer := w.ask("GET", "/api/alerts/alert1/trail", "clinician-RQW", "")
		if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), "999") {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := read()
	if v.Ref != "ALERT1" || v.Settled != "" || v.Alarm || len(v.Steps) != 2 || len(v.Steps[0].Deliveries) != 0 {
		t.Fatalf("%+v", v)
	}
	sent := v.Steps[1].Deliveries
	if len(sent) != 2 || len(sent[0].Tries) != 2 || sent[0].Tries[0].Outcome != "failed: channel webhook: the answer was 500" || sent[0].Due != nil || sent[1].Label != "my phone" || sent[1].Due == nil || len(sent[1].Tries) != 0 {
		t.Errorf("%+v", sent)
	}
	b.steps = append(b.steps, subscribers.TakenStep{Alert: "alert1", Step: 2, Name: "alarm", To: escalation.Alarm, Tells: true, At: now})
	if v := read(); !v.Alarm {
		t.Errorf("%+v", v)
	}
	if _, err := w.Acknowledge(t.Context(), "alert1", "RQW-AE", alerts.Answering{}, accounts["clinician-RQW"].Actor()); err != nil {
		t.Fatal(err)
	}
	if v := read(); v.Alarm || v.Settled != "acknowledged by "+accounts["clinician-RQW"].Name {
		t.Errorf("%+v", v)
	}
}
