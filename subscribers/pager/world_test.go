package pager_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/pager"
)

const twoDepartments = `
regions:
  - {id: Y56, name: London}
organisations:
  - {id: RAL, name: Royal Free, region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra, region: Y56, main_site: RQWG0}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
departments:
  - {id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE]}
  - {id: RQW-UTC, name: Urgent treatment, site: RQWG0, locations: [UTC]}
agreements:
  - {from: Y56, to: Y56}
`

// onCall is the example of docs/on-call.md: two nurses hand over at 12:05, the doctor's rota has a gap on Sundays, and the centre has its own line.
const onCall = `
people:
  - {id: nurse-a, email: a@example.nhs.uk}
  - {id: nurse-b, email: b@example.nhs.uk}
  - {id: doctor, email: d@example.nhs.uk}
  - {id: mute}
  - {id: centre, email: c@example.nhs.uk}
rotas:
  - id: nurses
    layers: [{name: turns, handover: "5 12 * * *", people: [nurse-a, nurse-b], first: 2026-11-21}]
  - id: doctors
    layers: [{name: weekdays, handover: "0 8 * * *", people: [doctor], first: 2026-11-01, windows: [{weekdays: [mon, tue, wed, thu, fri, sat]}]}]
  - id: muted
    layers: [{name: all, handover: "0 8 * * *", people: [mute], first: 2026-11-01}]
  - id: centre
    layers: [{name: all, handover: "0 8 * * *", people: [centre], first: 2026-11-01}]
centres: {RAL: centre}
policies:
  - departments: [RQW-AE]
    steps:
      - {name: board, to: board, wait: 2m}
      - {name: nurse in charge, to: on_call, rota: nurses, wait: 3m}
      - {name: on-call doctor, to: on_call, rota: doctors, wait: 5m}
      - {name: site manager, to: on_call, rota: muted, wait: 5m}
      - {name: centre, to: centre, wait: 5m}
`

var (
	sunday = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	nurse  = journal.Actor{Name: "nurse", Role: "clinician", Organisation: "RQW"}
)

// world is a service with a clock of its own and some nodes.
type world struct {
	t     *testing.T
	store *sql.Store
	desk  *alerts.Desk
	plan  *pager.Plan
	mail  *mailbox
	// sms and hook are channels that only people with contact points of their own are told by.
	sms, hook *mailbox

	mu  sync.Mutex
	now time.Time
}

// mailbox is a channel that keeps what it is told.
type mailbox struct {
	mu     sync.Mutex
	down   bool
	before func() // runs before it takes a message
	got    []string
	links  []string
	keys   map[string]int
	gone   bool // says that every address is no more
}

func (m *mailbox) Tell(_ context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	m.mu.Lock()
	before := m.before
	m.mu.Unlock()
	if before != nil {
		before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return errors.New("the server does not answer")
	}
	if m.gone {
		return subscribers.ErrGone
	}
	m.got = append(m.got, to.Address)
	m.links = append(m.links, d.Link)
	m.keys[d.Key()]++
	return nil
}

func newMailbox() *mailbox { return &mailbox{keys: map[string]int{}} }

func (m *mailbox) set(down bool, before func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down, m.before = down, before
}

func (m *mailbox) told() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.got...)
}

func eachWorld(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	dir, err := directory.Parse([]byte(twoDepartments))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pager.ParsePlan([]byte(onCall), nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		w := &world{t: t, store: sql.NewStore(db), plan: plan, mail: newMailbox(), sms: newMailbox(), hook: newMailbox(), now: sunday}
		w.desk = alerts.NewDesk(w.store, func() *directory.Directory { return dir }, w.clock)
		test(t, w)
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass moves the clock.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// node is a node of the service that has just started.
func (w *world) node(name string) *pager.Pager {
	return pager.New(pager.Options{
		Escalations: w.store, Deliveries: w.store, Watches: w.store, Plan: func() *pager.Plan { return w.plan }, Teller: w.teller(),
		Node: name, Now: w.clock, Log: slog.New(slog.DiscardHandler),
	})
}

// teller is what a node tells people by.
func (w *world) teller() *pager.Teller {
	return pager.NewTeller(pager.TellerOptions{
		Book: w.store, Circuits: w.store, Links: w.store, Plan: func() *pager.Plan { return w.plan },
		Channels: map[string]subscribers.Channel{
			pager.MailChannel: w.mail, pager.OperationsChannel: w.mail, subscribers.SMSContact: w.sms, subscribers.WebhookContact: w.hook,
		},
		Address: "https://alerts.example.nhs.uk", Zone: time.UTC, Now: w.clock,
	})
}

// reached gives a person verified contact points, in order, each written "kind address".
func (w *world) reached(person string, all ...string) {
	w.t.Helper()
	err := w.store.ChangeReached(w.t.Context(), person, func(r *subscribers.Reached) ([]journal.Entry, error) {
		r.Contacts = nil
		for i, s := range all {
			kind, address, _ := strings.Cut(s, " ")
			r.Contacts = append(r.Contacts, subscribers.Contact{
				ID: fmt.Sprint(person, "-", i+1), Person: person, Kind: kind, Address: address, Place: i + 1, Added: w.clock(), Verified: w.clock(),
			})
		}
		return nil, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// watched says that somebody can see the board.
func (w *world) watched(department string) {
	w.t.Helper()
	if _, err := w.store.NoteWatched(w.t.Context(), department, true, w.clock(), "a screen"); err != nil {
		w.t.Fatal(err)
	}
}

// arrives raises an alert and returns its id.
func (w *world) arrives(visit, nhs string) string {
	w.t.Helper()
	number, err := plans.ParseNHSNumber(nhs)
	if err != nil {
		w.t.Fatal(err)
	}
	p := plans.Plan{
		ID: "plan-" + visit, Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Headline: "Give steroid", Author: "Dr A Test", To: w.clock().AddDate(1, 0, 0),
		Patient: plans.Identity{NHSNumber: number, Family: family(number), Given: "Ann", BirthDate: born(number), Sex: plans.Female}, Sections: []plans.Section{{Title: "First", Text: "Give steroid"}},
	}
	if _, _, err := w.desk.Publish(w.t.Context(), plans.Publication{Plan: p, Document: []byte(visit)}, journal.Actor{Name: "royal-free", Role: "centre", Organisation: "RAL"}); err != nil {
		w.t.Fatal(err)
	}
	out, err := w.desk.Receive(w.t.Context(), w.message(visit, number, "AE", 1))
	if err != nil || len(out.Changes) != 1 {
		w.t.Fatalf("%+v, %v", out, err)
	}
	return out.Changes[0].Alert.ID
}

func (w *world) message(visit string, number plans.NHSNumber, at string, n int) alerts.Event {
	control := fmt.Sprint(visit, "-", n)
	return alerts.Event{
		Sender: "PAS|RQW", ControlID: control, Hash: sha256.Sum256([]byte(control)), Kind: alerts.Arrive, Trigger: "A04", Facility: "RQW", Visit: visit, Class: "E",
		Sent: w.clock(), Location: alerts.Stated(alerts.Location{PointOfCare: at, Site: "RQWG0"}), NHSNumber: alerts.Stated(number),
		BirthDate: alerts.Stated(born(number)), Name: alerts.Stated(alerts.Name{Family: family(number), Given: "Ann"}),
	}
}

// born and family are those of whoever has a number: people with other numbers are other people in other ways, too.
func born(of plans.NHSNumber) plans.Date {
	n := of.Reveal()
	return plans.Date("19" + n[7:9] + "-0" + string(rune('1'+n[8]%9)) + "-1" + n[8:9])
}

func family(of plans.NHSNumber) string {
	return "Case" + strings.Map(func(r rune) rune { return 'a' + 2*(r-'0') }, of.Reveal()[6:])
}

// look lets nodes look and send, one after the other, twice each.
func (w *world) look(nodes ...*pager.Pager) {
	w.t.Helper()
	for range 2 {
		for _, p := range nodes {
			if err := p.Look(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
			if err := p.Send(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// steps are the names of the steps taken for an alert, with a "-" before those that told nobody.
func (w *world) steps(alert string) (names []string) {
	w.t.Helper()
	all, err := w.store.StepsOf(w.t.Context(), alert)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, s := range all {
		if s.Step != i {
			w.t.Fatalf("step %d is the %dth: %+v", s.Step, i, all)
		}
		name := s.Name
		if !s.Tells {
			name = "-" + name
		}
		names = append(names, name)
	}
	return names
}
