package subscriptions_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

const directoryFile = `
regions:
  - {id: Y56, name: London}
  - {id: QM7, name: Hertfordshire and West Essex}
organisations:
  - {id: RP4, name: Great Ormond Street Hospital, region: Y56, centre: true}
  - {id: RJZ, name: King's College Hospital, region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra Hospital, region: QM7, main_site: RQWG0}
  - {id: RWG, name: West Hertfordshire, region: QM7, main_site: RWG02}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
  - {id: RWG02, name: Watford General Hospital, organisation: RWG}
departments:
  - {id: RQW-AE, name: Emergency Department, site: RQWG0, main: true, locations: [AE]}
  - {id: RQW-UTC, name: Urgent Treatment Centre, site: RQWG0, locations: [UTC]}
  - {id: RWG-AE, name: Emergency Department, site: RWG02, main: true, locations: [AE]}
agreements:
  - {from: Y56, to: QM7}
`

func parse(t testing.TB) *directory.Directory {
	t.Helper()
	dir, err := directory.Parse([]byte(directoryFile))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// sunday is 22 November 2026, a Sunday, at some time in London, which is that of UTC then.
func sunday(hour, minute int) time.Time { return time.Date(2026, 11, 22, hour, minute, 0, 0, time.UTC) }

func TestWhenSomebodyIsTold(t *testing.T) {
	dir := parse(t)
	night := []subscriptions.Window{{From: "22:00", To: "07:00"}}
	office := []subscriptions.Window{{Days: []subscriptions.Day{"mon", "tue", "wed", "thu", "fri"}, From: "08:00", To: "18:00"}}
	for _, row := range []struct {
		what    string
		wanted  subscriptions.Wanted
		urgency plans.Urgency
		at      time.Time
		told    bool
		due     time.Time
	}{
		{"without hours at once", subscriptions.Wanted{}, plans.Urgent, sunday(3, 0), true, sunday(3, 0)},
		{"paused, never", subscriptions.Wanted{Paused: true}, plans.Critical, sunday(3, 0), false, time.Time{}},
		{"until an instant, before it", subscriptions.Wanted{Until: sunday(12, 0)}, plans.Urgent, sunday(11, 59), true, sunday(11, 59)},
		{"until an instant, at it", subscriptions.Wanted{Until: sunday(12, 0)}, plans.Urgent, sunday(12, 0), false, time.Time{}},
		{"in office hours, on a Sunday", subscriptions.Wanted{Hours: office}, plans.Critical, sunday(10, 0), false, time.Time{}},
		{"in office hours, on Monday at eight", subscriptions.Wanted{Hours: office}, plans.Routine, sunday(32, 0), true, sunday(32, 0)},
		{"in office hours, on Monday at six", subscriptions.Wanted{Hours: office}, plans.Routine, sunday(42, 0), false, time.Time{}},
		{"quiet by night, in the evening", subscriptions.Wanted{Quiet: night}, plans.Urgent, sunday(23, 30), true, sunday(31, 0)},
		{"quiet by night, towards morning", subscriptions.Wanted{Quiet: night}, plans.Urgent, sunday(6, 59), true, sunday(7, 0)},
		{"quiet by night, at seven", subscriptions.Wanted{Quiet: night}, plans.Urgent, sunday(7, 0), true, sunday(7, 0)},
		{"what is critical may cross, but they did not say so", subscriptions.Wanted{Quiet: night}, plans.Critical, sunday(23, 30), true, sunday(31, 0)},
		{"what is critical crosses the night", subscriptions.Wanted{Quiet: night, CrossQuiet: true}, plans.Critical, sunday(23, 30), true, sunday(23, 30)},
		{"what is urgent does not", subscriptions.Wanted{Quiet: night, CrossQuiet: true}, plans.Urgent, sunday(23, 30), true, sunday(31, 0)},
		{"quiet all of Sunday and then by night", subscriptions.Wanted{Quiet: append(slices.Clone(night), subscriptions.Window{Days: []subscriptions.Day{"sun"}})}, plans.Urgent, sunday(8, 0), true, sunday(31, 0)},
		{"always quiet: a week later", subscriptions.Wanted{Quiet: []subscriptions.Window{{}}}, plans.Urgent, sunday(8, 0), true, sunday(8+7*24, 0)},
		{"the clock goes forward while it is quiet", subscriptions.Wanted{Quiet: night}, plans.Urgent, time.Date(2027, 3, 27, 23, 0, 0, 0, time.UTC), true, time.Date(2027, 3, 28, 6, 0, 0, 0, time.UTC)},
		{"the clock goes back while it is quiet", subscriptions.Wanted{Quiet: night}, plans.Urgent, time.Date(2027, 10, 30, 22, 0, 0, 0, time.UTC), true, time.Date(2027, 10, 31, 7, 0, 0, 0, time.UTC)},
		{"quiet until a time that the clock shows twice", subscriptions.Wanted{Quiet: []subscriptions.Window{{From: "01:00", To: "01:30"}}}, plans.Urgent, time.Date(2027, 10, 31, 1, 10, 0, 0, time.UTC), true, time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC)},
	} {
		t.Run(row.what, func(t *testing.T) {
			x := subscriptions.NewIndex()
			row.wanted.Events = []subscriptions.Event{subscriptions.Arrived}
			w, err := row.wanted.Check(false)
			if err != nil {
				t.Fatal(err)
			}
			x.Put(subscriptions.Subscription{ID: "s", Person: "doctor", Role: access.Clinician, Organisation: "RQW", Wanted: w})
			h := subscriptions.Happening{Event: subscriptions.Arrived, At: row.at, Alert: "a", Department: "RQW-AE", Plan: "p", Centre: "RP4", Urgency: row.urgency}
			told, err := x.Route(h, dir, subscriptions.Policy{Crossing: []plans.Urgency{plans.Critical}}, func(string) ([]access.Post, error) {
				return []access.Post{{Role: access.Clinician, Organisation: "RQW"}}, nil
			})
			if err != nil || len(told) > 0 != row.told {
				t.Fatalf("%v, told %+v", err, told)
			}
			if row.told && (!told[0].Due.Equal(row.due) || told[0].Held != row.due.After(row.at)) {
				t.Errorf("due %s, held %v; want %s", told[0].Due, told[0].Held, row.due)
			}
		})
	}
}

func TestWhatHappenedToAnAlert(t *testing.T) {
	stands := subscriptions.Standing{Department: "RQW-AE", Version: 1, Open: true}
	with := func(change func(*subscriptions.Standing)) subscriptions.Standing { s := stands; change(&s); return s }
	gone := with(func(s *subscriptions.Standing) { s.Open, s.Ended = false, true })
	for _, row := range []struct {
		what   string
		before subscriptions.Seen
		now    subscriptions.Standing
		want   []subscriptions.Event
	}{
		{"it was raised", subscriptions.Seen{}, stands, []subscriptions.Event{subscriptions.Arrived}},
		{"it was raised and answered at once", subscriptions.Seen{}, with(func(s *subscriptions.Standing) { s.Answered = true }), []subscriptions.Event{subscriptions.Arrived, subscriptions.Answered}},
		{"nothing that matters", stands.Seen(), stands, nil},
		{"the patient moved", stands.Seen(), with(func(s *subscriptions.Standing) { s.Department = "RQW-UTC" }), []subscriptions.Event{subscriptions.Moved}},
		{"admitted", stands.Seen(), with(func(s *subscriptions.Standing) { s.Admitted = true }), []subscriptions.Event{subscriptions.Admitted}},
		{"the plan was revised", stands.Seen(), with(func(s *subscriptions.Standing) { s.Version = 2 }), []subscriptions.Event{subscriptions.Revised}},
		{"acknowledged", stands.Seen(), with(func(s *subscriptions.Standing) { s.Answered = true }), []subscriptions.Event{subscriptions.Answered}},
		{"the patient left", stands.Seen(), gone, []subscriptions.Event{subscriptions.Departed}},
		{"the arrival was cancelled", stands.Seen(), with(func(s *subscriptions.Standing) { s.Open = false }), nil},
		{"the plan was recalled", stands.Seen(), with(func(s *subscriptions.Standing) { s.Open, s.Recalled = false, true }), []subscriptions.Event{subscriptions.Recalled}},
		{"recalled after the patient had left", gone.Seen(), with(func(s *subscriptions.Standing) { s.Open, s.Ended, s.Recalled = false, true, true }), []subscriptions.Event{subscriptions.Recalled}},
		{"the departure was cancelled", gone.Seen(), stands, []subscriptions.Event{subscriptions.Arrived}},
		{"answered anew after a move took the answer away", subscriptions.Seen{Department: "RQW-AE", Version: 1, Open: true}, with(func(s *subscriptions.Standing) { s.Answered = true }), []subscriptions.Event{subscriptions.Answered}},
	} {
		t.Run(row.what, func(t *testing.T) {
			if diff := cmp.Diff(row.want, subscriptions.Happened(row.before, row.now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhoMayBeTold(t *testing.T) {
	dir := parse(t)
	doctor := access.Post{Role: access.Clinician, Organisation: "RQW"}
	of := func(p access.Post) subscriptions.Subscription {
		return subscriptions.Subscription{ID: "s", Person: "somebody", Role: p.Role, Organisation: p.Organisation}
	}
	team := subscriptions.Subscription{ID: "s", Role: access.NurseInCharge, Organisation: "RQW", Wanted: subscriptions.Wanted{People: []string{"somebody"}}}
	for _, row := range []struct {
		what  string
		s     subscriptions.Subscription
		posts []access.Post
		h     subscriptions.Happening
		may   bool
	}{
		{"a clinician, of the own trust", of(doctor), []access.Post{doctor}, subscriptions.Happening{Department: "RQW-UTC"}, true},
		{"a clinician, of another trust", of(doctor), []access.Post{doctor}, subscriptions.Happening{Department: "RWG-AE"}, false},
		{"a clinician, of a plan that is in no department", of(doctor), []access.Post{doctor}, subscriptions.Happening{Centre: "RP4"}, false},
		{"who is no clinician there any more", of(doctor), []access.Post{{Role: access.Clinician, Organisation: "RWG"}}, subscriptions.Happening{Department: "RQW-AE"}, false},
		{"who works there as something else now", of(doctor), []access.Post{{Role: access.Coordinator, Organisation: "RQW"}}, subscriptions.Happening{Department: "RQW-AE"}, false},
		{"who has no account any more", of(doctor), nil, subscriptions.Happening{Department: "RQW-AE"}, false},
		{"a region's coordinator", of(access.Post{Role: access.Coordinator, Organisation: "QM7"}), []access.Post{{Role: access.Coordinator, Organisation: "QM7"}}, subscriptions.Happening{Department: "RWG-AE"}, true},
		{"a centre's author, of an own plan wherever it is", of(access.Post{Role: access.CentreAuthor, Organisation: "RP4"}), []access.Post{{Role: access.CentreAuthor, Organisation: "RP4"}}, subscriptions.Happening{Department: "RWG-AE", Centre: "RP4"}, true},
		{"a centre's author, of another centre's plan", of(access.Post{Role: access.CentreAuthor, Organisation: "RP4"}), []access.Post{{Role: access.CentreAuthor, Organisation: "RP4"}}, subscriptions.Happening{Department: "RWG-AE", Centre: "RJZ"}, false},
		{"an auditor", of(access.Post{Role: access.Auditor, Organisation: "RQW"}), []access.Post{{Role: access.Auditor, Organisation: "RQW"}}, subscriptions.Happening{Department: "RQW-AE"}, false},
		{"somebody of a team, in whichever role", team, []access.Post{{Role: access.OnCall, Organisation: "RQW"}}, subscriptions.Happening{Department: "RQW-AE"}, true},
		{"somebody of a team who works elsewhere now", team, []access.Post{{Role: access.OnCall, Organisation: "RWG"}}, subscriptions.Happening{Department: "RQW-AE"}, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			x := subscriptions.NewIndex()
			row.s.Events, row.s.Zone = []subscriptions.Event{subscriptions.Departed}, "Europe/London"
			x.Put(row.s)
			row.h.Event = subscriptions.Departed
			told, err := x.Route(row.h, dir, subscriptions.Policy{}, func(string) ([]access.Post, error) { return row.posts, nil })
			if err != nil || len(told) > 0 != row.may {
				t.Errorf("%v, told %+v", err, told)
			}
		})
	}
}

// TestOneIsToldOnceHoweverManySubscriptionsMatch: the earliest of them counts.
func TestOneIsToldOnceHoweverManySubscriptionsMatch(t *testing.T) {
	dir, x := parse(t), subscriptions.NewIndex()
	doctor := access.Post{Role: access.Clinician, Organisation: "RQW"}
	for i, w := range []subscriptions.Wanted{
		{Quiet: []subscriptions.Window{{}}}, {Departments: []string{"RQW-AE"}}, {Plans: []string{"p", "q"}}, {Regions: []string{"QM7"}, Organisations: []string{"RQW"}, Departments: []string{"RQW-AE"}},
		{Categories: []string{"1", "2"}}, {Centres: []string{"RP4"}, Hours: []subscriptions.Window{{From: "01:00", To: "02:00"}}},
	} {
		w.Events, w.Zone = []subscriptions.Event{subscriptions.Arrived, subscriptions.Departed}, "Europe/London"
		x.Put(subscriptions.Subscription{ID: fmt.Sprint(i), Person: "doctor", Role: doctor.Role, Organisation: doctor.Organisation, Wanted: w})
	}
	w := subscriptions.Wanted{Events: []subscriptions.Event{subscriptions.Arrived}, People: []string{"doctor", "nurse"}}
	x.Put(subscriptions.Subscription{ID: "team", Role: access.NurseInCharge, Organisation: "RQW", Wanted: w})
	h := subscriptions.Happening{Event: subscriptions.Arrived, At: sunday(10, 0), Alert: "a", Department: "RQW-AE", Plan: "p", Centre: "RP4", Categories: []string{"1", "2"}, Urgency: plans.Urgent}
	if n := len(x.Match(h, dir)); n != 7 {
		t.Errorf("%d subscriptions match", n)
	}
	told, err := x.Route(h, dir, subscriptions.Policy{}, func(string) ([]access.Post, error) { return []access.Post{doctor}, nil })
	want := []subscriptions.Telling{{Person: "doctor", Post: doctor, Subscription: "1", Due: sunday(10, 0)}, {Person: "nurse", Post: doctor, Subscription: "team", Due: sunday(10, 0)}}
	if diff := cmp.Diff(want, told); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// asks is what a subscription says, read as a person reads it, without an index.
func asks(w subscriptions.Wanted, lists map[string]subscriptions.List, h subscriptions.Happening, dir *directory.Directory) bool {
	in := func(list []string, v string) bool { return slices.Contains(list, v) }
	ok := slices.Contains(w.Events, h.Event)
	if len(w.Plans)+len(w.Lists) > 0 {
		named := in(w.Plans, h.Plan)
		for _, id := range w.Lists {
			named = named || slices.ContainsFunc(lists[id].Plans, func(p subscriptions.Listed) bool { return p.Plan == h.Plan })
		}
		ok = ok && named
	}
	if len(w.Departments)+len(w.Organisations)+len(w.Regions) > 0 {
		there := false
		for _, id := range []string{h.Department, h.From} {
			if org, known := dir.OrganisationOf(id); known {
				there = there || in(w.Departments, id) || in(w.Organisations, org.ID) || in(w.Regions, org.Region)
			}
		}
		ok = ok && there
	}
	ok = ok && (len(w.Centres) == 0 || in(w.Centres, h.Centre))
	ok = ok && (len(w.Urgencies) == 0 || slices.Contains(w.Urgencies, h.Urgency))
	return ok && (len(w.Categories) == 0 || slices.ContainsFunc(h.Categories, func(c string) bool { return in(w.Categories, c) }))
}

// TestTheIndexFindsWhatReadingEverySubscriptionFinds compares it with that, while subscriptions and lists come, change and go.
func TestTheIndexFindsWhatReadingEverySubscriptionFinds(t *testing.T) {
	dir := parse(t)
	some := func(t *rapid.T, what string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, what)
	}
	rapid.Check(t, func(t *rapid.T) {
		x, all, lists := subscriptions.NewIndex(), map[string]subscriptions.Subscription{}, map[string]subscriptions.List{}
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			id := fmt.Sprint(rapid.IntRange(1, 8).Draw(t, "id"))
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				x.Drop(id)
				delete(all, id)
			case 1:
				l := subscriptions.List{ID: "l" + id, Changed: sunday(0, step)}
				for _, p := range some(t, "listed", "p1", "p2", "p3") {
					l.Plans = append(l.Plans, subscriptions.Listed{Plan: p})
				}
				lists[l.ID] = l
				x.PutList(l)
			case 2:
				x.DropList("l" + id)
				delete(lists, "l"+id)
			default:
				w := subscriptions.Wanted{
					Plans: some(t, "plans", "p1", "p2", "p3"), Lists: some(t, "lists", "l1", "l2", "l3"), Centres: some(t, "centres", "RP4", "RJZ"), Categories: some(t, "kinds", "1", "2", "3"),
					Departments: some(t, "departments", "RQW-AE", "RQW-UTC", "RWG-AE"), Organisations: some(t, "organisations", "RQW", "RWG"), Regions: some(t, "regions", "QM7", "Y56"),
					Zone: "Europe/London", Events: rapid.SliceOfNDistinct(rapid.SampledFrom(subscriptions.Events()), 1, 4, rapid.ID[subscriptions.Event]).Draw(t, "events"),
				}
				for _, u := range some(t, "urgencies", "routine", "urgent", "critical") {
					w.Urgencies = append(w.Urgencies, plans.Urgency(u))
				}
				all[id] = subscriptions.Subscription{ID: id, Person: "doctor", Role: access.Clinician, Organisation: "RQW", Wanted: w, Changed: sunday(0, step)}
				x.Put(all[id])
			}
		}
		for range 10 {
			h := subscriptions.Happening{
				Event: rapid.SampledFrom(subscriptions.Events()).Draw(t, "event"), Plan: rapid.SampledFrom([]string{"p1", "p2", "p3", "p4"}).Draw(t, "plan"),
				Centre: rapid.SampledFrom([]string{"RP4", "RJZ"}).Draw(t, "centre"), Department: rapid.SampledFrom([]string{"", "RQW-AE", "RQW-UTC", "RWG-AE"}).Draw(t, "department"),
				From: rapid.SampledFrom([]string{"", "RQW-AE", "RQW-UTC"}).Draw(t, "from"), Categories: some(t, "of kinds", "1", "2", "3"), Urgency: rapid.SampledFrom([]plans.Urgency{plans.Routine, plans.Critical}).Draw(t, "urgency"),
			}
			var got, want []string
			for _, s := range x.Match(h, dir) {
				got = append(got, s.ID)
			}
			for id, s := range all {
				if asks(s.Wanted, lists, h, dir) {
					want = append(want, id)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("of %+v it finds %v, not %v", h, got, want)
			}
		}
		if x.Len() != len(all) {
			t.Fatalf("it holds %d of %d", x.Len(), len(all))
		}
	})
}

func TestWhatCannotBeMeantIsRefused(t *testing.T) {
	arrived := []subscriptions.Event{subscriptions.Arrived}
	for _, row := range []struct {
		what   string
		wanted subscriptions.Wanted
		words  string
	}{
		{"without a name", subscriptions.Wanted{Events: arrived}, "name:"},
		{"with a name of two lines", subscriptions.Wanted{Name: "a\nb", Events: arrived}, "name:"},
		{"with a name that turns the direction of writing", subscriptions.Wanted{Name: "a\u202eb", Events: arrived}, "name:"},
		{"with too long a name", subscriptions.Wanted{Name: strings.Repeat("é", 81), Events: arrived}, "name: at most 80"},
		{"of nothing", subscriptions.Wanted{Name: "x"}, "events: choose"},
		{"of what cannot happen", subscriptions.Wanted{Name: "x", Events: []subscriptions.Event{"exploded"}}, "exploded"},
		{"of an urgency that there is not", subscriptions.Wanted{Name: "x", Events: arrived, Urgencies: []plans.Urgency{"huge"}}, "huge"},
		{"of what is no id", subscriptions.Wanted{Name: "x", Events: arrived, Plans: []string{"a b"}}, "plans:"},
		{"of too many", subscriptions.Wanted{Name: "x", Events: arrived, Centres: slices.Repeat([]string{"RP4"}, 201)}, "centres: at most 200"},
		{"on a day that there is not", subscriptions.Wanted{Name: "x", Events: arrived, Hours: []subscriptions.Window{{Days: []subscriptions.Day{"monday"}}}}, "hours:"},
		{"at a time that there is not", subscriptions.Wanted{Name: "x", Events: arrived, Quiet: []subscriptions.Window{{From: "25:00"}}}, "quiet:"},
		{"at a time of one digit", subscriptions.Wanted{Name: "x", Events: arrived, Quiet: []subscriptions.Window{{From: "8:00"}}}, "quiet:"},
		{"where there is no zone", subscriptions.Wanted{Name: "x", Events: arrived, Zone: "Mars/Base"}, "zone:"},
	} {
		t.Run(row.what, func(t *testing.T) {
			_, err := row.wanted.Check(true)
			var fault subscriptions.FaultError
			if !errors.As(err, &fault) || !strings.Contains(fault.Words, row.words) {
				t.Errorf("%v", err)
			}
		})
	}
	w, err := subscriptions.Wanted{Name: " Mine ", Events: []subscriptions.Event{"moved", "arrived", "moved"}, Centres: []string{"RP4", "RJZ", "RP4"}}.Check(true)
	want := subscriptions.Wanted{Name: "Mine", Events: []subscriptions.Event{"arrived", "moved"}, Centres: []string{"RJZ", "RP4"}, Zone: "Europe/London"}
	if diff := cmp.Diff(want, w); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestWhatASubscriptionWouldHaveTold(t *testing.T) {
	dir, doctor := parse(t), access.Post{Role: access.Clinician, Organisation: "RQW"}
	at := func(daysAgo, hour int) time.Time { return time.Date(2026, 11, 22-daysAgo, hour, 0, 0, 0, time.UTC) }
	var past []subscriptions.Happening
	for i, h := range []subscriptions.Happening{
		{Event: subscriptions.Arrived, At: at(0, 9)}, {Event: subscriptions.Departed, At: at(0, 10)}, {Event: subscriptions.Arrived, At: at(1, 23)},
		{Event: subscriptions.Arrived, At: at(29, 12)}, {Event: subscriptions.Moved, At: at(2, 12)}, {Event: subscriptions.Arrived, At: at(2, 12), Department: "RWG-AE"},
	} {
		h.ID, h.Alert, h.Plan, h.Centre, h.Urgency = fmt.Sprint(i), fmt.Sprint("a", i), "p", "RP4", plans.Urgent
		if h.Department == "" {
			h.Department = "RQW-AE"
		}
		past = append(past, h)
	}
	s := subscriptions.Subscription{Person: "doctor", Role: doctor.Role, Organisation: doctor.Organisation, Wanted: subscriptions.Wanted{
		Lists: []string{"l"}, Events: []subscriptions.Event{subscriptions.Arrived, subscriptions.Departed}, Quiet: []subscriptions.Window{{From: "22:00", To: "07:00"}}, Zone: "Europe/London", Paused: true,
	}}
	lists := []subscriptions.List{{ID: "l", Plans: []subscriptions.Listed{{Plan: "p"}}}}
	p, err := subscriptions.Foresee(s, lists, past, dir, subscriptions.Policy{}, at(0, 12), func(string) ([]access.Post, error) { return []access.Post{doctor}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if p.Told != 4 || p.Held != 1 || p.People != 1 || p.Events[subscriptions.Arrived] != 3 || p.Events[subscriptions.Departed] != 1 {
		t.Errorf("%+v", p)
	}
	if len(p.Days) != 30 || p.Days[0] != (subscriptions.DayTold{Date: "2026-10-24", Told: 1}) || p.Days[29] != (subscriptions.DayTold{Date: "2026-11-22", Told: 2}) || p.Days[28].Told != 1 {
		t.Errorf("%+v", p.Days)
	}
	if len(p.Examples) != 4 || p.Examples[0].ID != "1" || !p.Examples[2].Held || !p.Examples[2].Due.Equal(at(0, 7)) {
		t.Errorf("%+v", p.Examples)
	}
}

func TestAMarkTellsThatSomebodySubscribedToSomethingElse(t *testing.T) {
	x := subscriptions.NewIndex()
	s := subscriptions.Subscription{ID: "s", Person: "doctor", Role: access.Clinician, Organisation: "RQW", Changed: sunday(1, 0), Wanted: subscriptions.Wanted{Lists: []string{"l"}, Events: subscriptions.Events(), Zone: "Europe/London"}}
	seen := map[int64]string{}
	mark := func(when string) {
		t.Helper()
		if before, again := seen[x.Mark("doctor")]; again {
			t.Errorf("%s the mark is as %s", when, before)
		}
		seen[x.Mark("doctor")] = when
	}
	mark("at first")
	x.Put(s)
	mark("after subscribing")
	x.PutList(subscriptions.List{ID: "l", Changed: sunday(2, 0), Plans: []subscriptions.Listed{{Plan: "p"}}})
	mark("after the list came")
	x.PutList(subscriptions.List{ID: "l", Changed: sunday(3, 0), Plans: []subscriptions.Listed{{Plan: "q"}}})
	mark("after the list changed")
	who := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	now := subscriptions.Standing{Alert: "a", Plan: "q", Department: "RQW-AE", Open: true}
	if dir := parse(t); !x.Subscribed(who, now, dir, sunday(4, 0)) || x.Subscribed(journal.Actor{Name: "doctor", Role: "coordinator", Organisation: "RQW"}, now, dir, sunday(4, 0)) {
		t.Error("what is on the list does not concern its owner in their role, and nobody else")
	}
	x.Drop("s")
	if x.Mark("doctor") != 0 || x.Mark("nurse") != 0 {
		t.Error("who is told of nothing has a mark")
	}
}
