package sql_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

// telling is a service whose people subscribe, with the node that tells them and what it told.
type telling struct {
	service
	t      *testing.T
	dir    *directory.Directory
	now    time.Time
	router *subscriptions.Router
	sender *subscriptions.Sender

	mu    sync.Mutex
	told  []string // "PERSON EVENT"
	fails error
}

// TellOf implements [subscriptions.Teller].
func (w *telling) TellOf(_ context.Context, t subscriptions.ToTell) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fails != nil {
		return "", w.fails
	}
	w.told = append(w.told, t.Person+" "+string(t.Happening.Event))
	return "mail", nil
}

func (w *telling) node() *subscriptions.Router {
	return subscriptions.NewRouter(subscriptions.Options{
		Routing: w.store, Directory: func() *directory.Directory { return w.dir }, Policy: subscriptions.Policy{Crossing: []plans.Urgency{plans.Critical}},
		Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
	})
}

func eachTelling(t *testing.T, test func(*testing.T, *telling)) {
	t.Helper()
	eachService(t, func(t *testing.T, s service) {
		dir, err := directory.Parse([]byte(twoRegions))
		if err != nil {
			t.Fatal(err)
		}
		w := &telling{service: s, t: t, dir: dir, now: noon}
		w.router = w.node()
		w.sender = &subscriptions.Sender{
			Tellings: s.store, Teller: w, Directory: func() *directory.Directory { return dir }, Node: "one", Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		}
		test(t, w)
	})
}

func (w *telling) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person gives somebody an account.
func (w *telling) person(name string, role access.Role, organisation string) {
	w.t.Helper()
	w.must(w.store.ChangePeople(w.t.Context(), func(tx people.Tx) error {
		return tx.AddPerson(people.Person{ID: "id-" + name, Name: name, Role: role, Organisation: organisation, Created: noon})
	}))
}

// disable keeps somebody from signing in.
func (w *telling) disable(name string) {
	w.t.Helper()
	w.must(w.store.ChangePeople(w.t.Context(), func(tx people.Tx) error {
		p, err := tx.PersonNamed(name)
		if err != nil {
			return err
		}
		p.Disabled = noon
		return tx.KeepPerson(p)
	}))
}

// wants subscribes somebody to events.
func (w *telling) wants(id, person string, role access.Role, organisation string, wanted subscriptions.Wanted) {
	w.t.Helper()
	wanted.Name = "name of " + id
	checked, err := wanted.Check(true)
	w.must(err)
	s := subscriptions.Subscription{ID: id, Revision: 1, Person: person, Role: role, Organisation: organisation, Wanted: checked, By: person, Changed: noon}
	w.must(w.store.AddSubscription(w.t.Context(), s, journal.Entry{Time: noon, Kind: journal.SubscriptionKept, Actor: journal.Actor{Name: person}, Subject: id}))
}

// tells routes and sends, and compares who was told since.
func (w *telling) tells(when string, want ...string) {
	w.t.Helper()
	w.told = nil
	w.must(w.router.RouteAll(w.t.Context()))
	w.must(w.sender.SendDue(w.t.Context()))
	slices.Sort(w.told)
	slices.Sort(want)
	if diff := cmp.Diff(want, w.told); diff != "" {
		w.t.Errorf("%s (-want +told):\n%s", when, diff)
	}
}

func events(all ...subscriptions.Event) subscriptions.Wanted {
	return subscriptions.Wanted{Events: all}
}

func TestPeopleAreToldWhatTheySubscribedTo(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		ctx := t.Context()
		w.person("doctor", access.Clinician, "RQW")
		w.person("author", access.CentreAuthor, "RAL")
		w.person("stranger", access.Clinician, "RWG")
		everything := events(subscriptions.Events()...)
		w.wants("s1", "doctor", access.Clinician, "RQW", everything)
		w.wants("s2", "doctor", access.Clinician, "RQW", subscriptions.Wanted{Events: everything.Events, Departments: []string{"RQW-AE"}})
		w.wants("s3", "author", access.CentreAuthor, "RAL", everything)
		w.wants("s4", "stranger", access.Clinician, "RWG", everything)
		w.tells("before anything happened")

		alert := w.present(t)
		w.tells("after the arrival", "doctor arrived", "author arrived")
		w.tells("again")
		moved := message(alerts.Update, "V1", "2", "9990000018", 5)
		moved.Location.Value.PointOfCare = "UTC"
		w.receive(t, moved)
		w.tells("after a move", "doctor moved", "author moved")
		w.publish(t, "plan-1", "9990000018", plans.Active, "second")
		w.tells("after a revision", "doctor revised", "author revised")
		_, err := w.desk.Say(ctx, alert, "RQW-UTC", alerts.Question, secret, nurse)
		w.must(err)
		w.tells("after a question", "doctor question", "author question")
		_, err = w.desk.Acknowledge(ctx, alert, "RQW-UTC", alerts.Answering{}, nurse)
		w.must(err)
		w.tells("after an answer", "doctor acknowledged", "author acknowledged")
		w.receive(t, message(alerts.Depart, "V1", "3", "9990000018", 9))
		w.tells("after the departure", "doctor departed", "author departed")
		w.receive(t, message(alerts.Arrive, "V2", "4", "9990000018", 20))
		w.tells("after another arrival", "doctor arrived", "author arrived")
		w.publish(t, "plan-1", "9990000018", plans.EnteredInError, "third")
		w.tells("after the recall", "doctor recall", "author recall")

		// What is kept of that names nobody, and each telling stands once.
		past, kept, err := w.store.Happenings(ctx, subscriptions.Scope{Organisations: []string{"RQW"}}, noon.Add(-time.Hour), 100)
		if err != nil || len(past) != 8 || kept.IsZero() {
			t.Errorf("%d happenings since %s, %v", len(past), kept, err)
		}
		told, err := w.store.TellingsOf(ctx, journal.Actor{Name: "doctor", Organisation: "RQW"}, noon.Add(-time.Hour), 100)
		if err != nil || len(told) != 8 || told[0].State != subscriptions.Sent || told[0].Words != "mail" {
			t.Errorf("%+v, %v", told, err)
		}
		var said []string
		for _, e := range w.journal(t) {
			if e.Kind == journal.PeopleTold {
				said = append(said, e.Reason)
			}
		}
		if len(said) != 8 || said[0] != "arrived: 2 people who subscribed to that are told" {
			t.Errorf("the journal says %q", said)
		}
	})
}

func TestWhatHappenedToSomebodyGoesWithThem(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		ctx := t.Context()
		w.person("author", access.CentreAuthor, "RAL")
		w.wants("s1", "author", access.CentreAuthor, "RAL", events(subscriptions.Arrived, subscriptions.Departed))
		who := journal.Actor{Name: "author", Role: "centre author", Organisation: "RAL"}
		l := subscriptions.List{ID: "l1", Revision: 1, Person: who.Name, Role: access.CentreAuthor, Organisation: "RAL", Name: "Clinic", Changed: noon, Plans: []subscriptions.Listed{{Plan: "plan-1", Label: "Ann"}}}
		w.must(w.store.AddPlanList(ctx, l, journal.Entry{Time: noon, Kind: journal.ListKept, Actor: who, Subject: "l1"}))
		w.present(t)
		w.receive(t, message(alerts.Depart, "V1", "3", "9990000018", 9))
		w.tells("who came and left between two looks")
		w.receive(t, message(alerts.Arrive, "V2", "4", "9990000018", 10))
		w.tells("who came again", "author arrived")
		w.receive(t, message(alerts.Depart, "V2", "5", "9990000018", 11))
		w.tells("and left", "author departed")
		w.publish(t, "plan-1", "9990000018", plans.Revoked, "withdrawn")
		n, err := plans.ParseNHSNumber("9990000018")
		w.must(err)
		_, err = w.desk.Erase(ctx, w.store, n, "asked for", centre, false)
		w.must(err)
		past, _, err := w.store.Happenings(ctx, subscriptions.Scope{Centre: "RAL"}, noon.Add(-time.Hour), 100)
		if err != nil || len(past) != 0 {
			t.Errorf("happenings: %+v, %v", past, err)
		}
		if told, err := w.store.TellingsOf(ctx, who, noon.Add(-time.Hour), 100); err != nil || len(told) != 0 {
			t.Errorf("tellings: %+v, %v", told, err)
		}
		if l, err := w.store.PlanList(ctx, "l1"); err != nil || len(l.Plans) != 0 {
			t.Errorf("the list: %+v, %v", l, err)
		}
	})
}

func TestWhoMayNotBeToldAnyMoreIsNot(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		w.person("doctor", access.Clinician, "RQW")
		w.wants("s1", "doctor", access.Clinician, "RQW", events(subscriptions.Arrived))
		w.present(t)
		w.must(w.router.RouteAll(t.Context()))
		w.disable("doctor")
		w.tells("an account that was disabled meanwhile")
		told, err := w.store.TellingsOf(t.Context(), journal.Actor{Name: "doctor", Organisation: "RQW"}, noon.Add(-time.Hour), 10)
		if err != nil || len(told) != 1 || told[0].State != subscriptions.Dropped {
			t.Errorf("%+v, %v", told, err)
		}
	})
}

func TestAQuietTimeIsWaitedFor(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		w.person("doctor", access.Clinician, "RQW")
		quiet := []subscriptions.Window{{From: "08:00", To: "18:00"}}
		w.wants("s1", "doctor", access.Clinician, "RQW", subscriptions.Wanted{Events: []subscriptions.Event{subscriptions.Arrived, subscriptions.Departed}, Quiet: quiet})
		w.present(t)
		w.tells("at noon")
		w.now = noon.Add(5 * time.Hour)
		w.tells("in the afternoon")
		w.receive(t, message(alerts.Depart, "V1", "3", "9990000018", 9))
		w.now = noon.Add(6 * time.Hour)
		w.tells("in the evening the patient has left", "doctor departed")
		told, err := w.store.TellingsOf(t.Context(), journal.Actor{Name: "doctor", Organisation: "RQW"}, noon.Add(-time.Hour), 10)
		if err != nil || len(told) != 2 {
			t.Fatalf("%+v, %v", told, err)
		}
		for _, of := range told {
			if of.Event == subscriptions.Arrived && (of.State != subscriptions.Dropped || !strings.Contains(of.Words, "does not stand")) {
				t.Errorf("%+v", of)
			}
		}
	})
}

func TestWhatCouldNotBeToldIsTriedAgain(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		w.person("doctor", access.Clinician, "RQW")
		w.wants("s1", "doctor", access.Clinician, "RQW", events(subscriptions.Arrived))
		w.present(t)
		w.fails = errors.New("the server does not answer")
		w.tells("while nothing can be sent")
		w.fails = nil
		w.tells("at once")
		w.now = w.now.Add(5 * time.Second)
		w.tells("five seconds later", "doctor arrived")
		w.fails = subscriptions.ErrNobody
		w.receive(t, message(alerts.Cancel, "V1", "2", "9990000018", 1))
		w.receive(t, message(alerts.Arrive, "V2", "3", "9990000018", 2))
		w.tells("who has no way to be told by")
		w.now = w.now.Add(time.Hour)
		w.fails = nil
		w.tells("is not told later")
		told, err := w.store.TellingsOf(t.Context(), journal.Actor{Name: "doctor", Organisation: "RQW"}, noon.Add(-time.Hour), 10)
		states := map[subscriptions.State]int{}
		for _, of := range told {
			states[of.State]++
		}
		if err != nil || states[subscriptions.Sent] != 1 || states[subscriptions.Nobody] != 1 {
			t.Errorf("%v, %v", states, err)
		}
	})
}

// TestNothingIsToldTwiceByTwoNodes lets several nodes route and send at the same time.
func TestNothingIsToldTwiceByTwoNodes(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		ctx := t.Context()
		w.person("doctor", access.Clinician, "RQW")
		w.wants("s1", "doctor", access.Clinician, "RQW", events(subscriptions.Arrived))
		w.publish(t, "plan-1", "9990000018", plans.Active, "first")
		const visits = 30
		for i := range visits {
			w.receive(t, message(alerts.Arrive, fmt.Sprint("V", i), fmt.Sprint(i), "9990000018", i))
		}
		errs := make([]error, 3)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				router := w.node()
				sender := *w.sender
				sender.Node = fmt.Sprint("node ", i)
				for range 20 {
					if errs[i] = errors.Join(router.RouteAll(ctx), sender.SendDue(ctx)); errs[i] != nil {
						return
					}
				}
			})
		}
		all.Wait()
		w.must(errors.Join(errs...))
		told := len(w.told)
		w.tells("by one more")
		if told != visits {
			t.Errorf("told %d times of %d arrivals", told, visits)
		}
	})
}

// TestWhatWasNotKeptIsRoutedAgain fails in the middle of a transaction, as a crash does.
func TestWhatWasNotKeptIsRoutedAgain(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		w.person("doctor", access.Clinician, "RQW")
		w.wants("s1", "doctor", access.Clinician, "RQW", events(subscriptions.Arrived))
		w.present(t)
		w.router = subscriptions.NewRouter(subscriptions.Options{
			Routing: crashing{w.store}, Directory: func() *directory.Directory { return w.dir }, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		})
		if err := w.router.RouteAll(t.Context()); !errors.Is(err, errCrashed) {
			t.Fatal(err)
		}
		w.router = w.node()
		w.tells("afterwards", "doctor arrived")
	})
}

// crashing does everything, and then it is as if nothing had been done.
type crashing struct{ *sql.Store }

var errCrashed = errors.New("crashed")

func (c crashing) RouteNext(ctx context.Context, upTo int64, limit int, do func(subscriptions.RouteTx, []journal.Entry) error) (int, error) {
	return c.Store.RouteNext(ctx, upTo, limit, func(tx subscriptions.RouteTx, entries []journal.Entry) error {
		if err := do(tx, entries); err != nil {
			return err
		}
		return errCrashed
	})
}

func TestAnOverdueReviewIsToldOnceForEachVersion(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		w.person("author", access.CentreAuthor, "RAL")
		w.wants("s1", "author", access.CentreAuthor, "RAL", events(subscriptions.Overdue))
		kept := w.publish(t, "plan-1", "9990000018", plans.Active, "first")
		publish := func(document string) {
			t.Helper()
			kept.Content.ReviewDue = "2020-01-31"
			_, _, err := w.desk.Publish(t.Context(), plans.Publication{Plan: kept, Document: []byte(document)}, centre)
			w.must(err)
		}
		publish("with a day")
		for day, want := range [][]string{{"author overdue"}, nil, {"author overdue"}} {
			now := noon.AddDate(0, 0, day)
			w.now = now
			if day == 2 {
				publish("with a day, again")
			}
			_, err := w.store.NoteReviews(t.Context(), now, now)
			w.must(err)
			w.tells(fmt.Sprint("on day ", day), want...)
		}
	})
}

func TestSubscriptionsAreKeptWholeAndNamesAreSealed(t *testing.T) {
	eachTelling(t, func(t *testing.T, w *telling) {
		ctx, who := t.Context(), journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
		entry := func(kind journal.Kind, id string) journal.Entry {
			return journal.Entry{Time: noon, Kind: kind, Actor: who, Subject: id}
		}
		s := subscriptions.Subscription{ID: "s1", Revision: 1, Person: "doctor", Role: access.Clinician, Organisation: "RQW", By: "doctor", Changed: noon, Wanted: subscriptions.Wanted{
			Name: "Ann's family", Plans: []string{"p"}, Lists: []string{"l1"}, Centres: []string{"RAL"}, Categories: []string{"1"}, Departments: []string{"RQW-AE"}, Organisations: []string{"RQW"}, Regions: []string{"QM7"},
			Urgencies: []plans.Urgency{plans.Critical}, Events: []subscriptions.Event{subscriptions.Arrived}, Hours: []subscriptions.Window{{Days: []subscriptions.Day{"mon"}, From: "08:00", To: "18:00"}},
			Quiet: []subscriptions.Window{{From: "22:00"}}, CrossQuiet: true, Zone: "Europe/London", Until: noon.Add(time.Hour), Paused: true,
		}}
		w.must(w.store.AddSubscription(ctx, s, entry(journal.SubscriptionKept, "s1")))
		team := s
		team.ID, team.Person, team.People = "s2", "", []string{"doctor", "nurse"}
		w.must(w.store.AddSubscription(ctx, team, entry(journal.SubscriptionKept, "s2")))
		mine, err := w.store.SubscriptionsOf(ctx, who)
		if diff := cmp.Diff([]subscriptions.Subscription{s}, mine); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		teams, err := w.store.TeamSubscriptions(ctx, "RQW")
		if diff := cmp.Diff([]subscriptions.Subscription{team}, teams); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		s.Name = "another"
		w.must(w.store.KeepSubscription(ctx, s, entry(journal.SubscriptionKept, "s1")))
		if err := w.store.KeepSubscription(ctx, s, entry(journal.SubscriptionKept, "s1")); !errors.Is(err, subscriptions.ErrChanged) {
			t.Errorf("the same revision twice: %v", err)
		}
		l := subscriptions.List{ID: "l1", Revision: 1, Person: "doctor", Role: access.Clinician, Organisation: "RQW", Name: "Clinic", Changed: noon, Plans: []subscriptions.Listed{{Plan: "p2", Label: "Mrs A"}, {Plan: "p1"}}}
		w.must(w.store.AddPlanList(ctx, l, entry(journal.ListKept, "l1")))
		l.Plans = l.Plans[:1]
		w.must(w.store.KeepPlanList(ctx, l, entry(journal.ListKept, "l1")))
		l.Revision = 2
		lists, err := w.store.PlanLists(ctx, who)
		if diff := cmp.Diff([]subscriptions.List{l}, lists); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		kept, err := w.store.KeptNow(ctx)
		if err != nil || len(kept.Subscriptions) != 2 || len(kept.Lists) != 1 || kept.Number != 5 {
			t.Errorf("%+v, %v", kept, err)
		}
		w.must(w.store.DropPlanList(ctx, "l1", entry(journal.ListDropped, "l1")))
		w.must(w.store.DropSubscription(ctx, "s2", entry(journal.SubscriptionDropped, "s2")))
		if err := w.store.DropSubscription(ctx, "s2", entry(journal.SubscriptionDropped, "s2")); !errors.Is(err, subscriptions.ErrNone) {
			t.Errorf("dropped twice: %v", err)
		}
		since, err := w.store.KeptSince(ctx, 3) // the change of s1 is entry 3
		if err != nil || !slices.Equal(since.Gone, []string{"l1", "s2"}) || len(since.Subscriptions) != 0 || since.Number != 7 {
			t.Errorf("%+v, %v", since, err)
		}
		if since, err = w.store.KeptSince(ctx, 2); err != nil || len(since.Subscriptions) != 1 || since.Subscriptions[0].Name != "another" {
			t.Errorf("%+v, %v", since, err)
		}
	})
}
