package sql_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// eachClock is eachService with a clock that the test moves.
func eachClock(t *testing.T, test func(t *testing.T, s service, at *time.Time)) {
	t.Helper()
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		now, store := noon, sql.NewStore(db)
		test(t, service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return now })}, &now)
	})
}

func (s service) mustPublish(t *testing.T, pub plans.Publication) {
	t.Helper()
	if _, _, err := s.desk.Publish(t.Context(), pub, centre); err != nil {
		t.Fatal(err)
	}
}

// names writes versions as id/version.
func names(page []plans.Change) string {
	var out []string
	for _, c := range page {
		out = append(out, fmt.Sprintf("%s/%d", c.ID, c.Version))
	}
	return strings.Join(out, " ")
}

func TestHistoriesListVersionsTheNewestFirst(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, at *time.Time) {
		for i, name := range []string{"a first", "b first", "a second", "b second", "a third"} {
			*at = noon.Add(time.Duration(i) * time.Minute)
			s.mustPublish(t, named(t, name[:1], name))
		}
		foreign := named(t, "c", "c first")
		foreign.Plan.Centre = "RP4"
		s.mustPublish(t, foreign)
		for _, row := range []struct {
			what string
			h    plans.History
			want string
			more bool
		}{
			{"all of the centre", plans.History{Limit: 9}, "a/3 b/2 a/2 b/1 a/1", false},
			{"of one plan", plans.History{ID: "a", Limit: 9}, "a/3 a/2 a/1", false},
			{"of one plan, the first page", plans.History{ID: "a", Limit: 2}, "a/3 a/2", true},
			{"a page that is just full", plans.History{Limit: 5}, "a/3 b/2 a/2 b/1 a/1", false},
			{"since the third minute", plans.History{Since: noon.Add(3 * time.Minute), Limit: 9}, "a/3 b/2", false},
			{"of one plan since the third minute", plans.History{ID: "a", Since: noon.Add(3 * time.Minute), Limit: 9}, "a/3", false},
			{"since later than all", plans.History{Since: noon.Add(time.Hour), Limit: 9}, "", false},
			{"since much later than all", plans.History{Since: noon.Add(9 * time.Hour), Limit: 9}, "", false},
			{"of another centre's plan", plans.History{ID: "c", Limit: 9}, "", false},
		} {
			row.h.Centre = "RAL"
			page, more, err := s.store.PlanHistory(t.Context(), row.h)
			if err != nil || names(page) != row.want || more != row.more {
				t.Errorf("%s: %s, more %t, %v; want %s", row.what, names(page), more, err, row.want)
			}
		}
	})
}

func TestPagesOfAHistoryStayWhatTheyAreWhileMoreIsPublished(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, _ *time.Time) {
		for i := range 5 {
			s.mustPublish(t, named(t, fmt.Sprint("p", i), "first"))
		}
		var seen []plans.Change
		h := plans.History{Centre: "RAL", Limit: 2}
		for more := true; more; {
			var page []plans.Change
			var err error
			if page, more, err = s.store.PlanHistory(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, page...)
			h.Before = page[len(page)-1].Position
			s.mustPublish(t, named(t, "p0", fmt.Sprint("after page ", len(seen))))
		}
		if got := names(seen); got != "p4/1 p3/1 p2/1 p1/1 p0/1" {
			t.Errorf("the pages held %s", got)
		}
	})
}

func TestEveryVersionCanBeRead(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, _ *time.Time) {
		for _, document := range []string{"first", "second"} {
			s.mustPublish(t, named(t, "a", document))
		}
		for version, document := range map[int]string{1: "first", 2: "second"} {
			v, err := s.store.PlanVersion(t.Context(), "a", version)
			if err != nil || string(v.Document) != document || v.Centre != "RAL" || !v.Published.Equal(noon) {
				t.Errorf("version %d is %+v, %v", version, v, err)
			}
		}
		for _, row := range []struct {
			id      string
			version int
		}{{"a", 3}, {"a", 0}, {"b", 1}} {
			if _, err := s.store.PlanVersion(t.Context(), row.id, row.version); !errors.Is(err, plans.ErrNotFound) {
				t.Errorf("version %d of %s: %v", row.version, row.id, err)
			}
		}
	})
}

func TestSearchingFindsWhatEveryCriterionWants(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, at *time.Time) {
		number := func(text string) plans.NHSNumber {
			n, err := plans.ParseNHSNumber(text)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		publish := func(minute int, id, nhs string, status plans.Status, category string, identifiers ...string) {
			*at = noon.Add(time.Duration(minute) * time.Minute)
			pub := named(t, id, fmt.Sprint(id, minute), identifiers...)
			pub.Plan.Status, pub.Plan.Patient.NHSNumber, pub.Plan.Categories = status, number(nhs), []string{category}
			s.mustPublish(t, pub)
		}
		publish(0, "a", "9990000018", plans.Active, "1", "x")
		publish(1, "b", "9990000026", plans.Active, "2", "x", "y")
		publish(2, "c", "9990000018", plans.Revoked, "2", "z")
		publish(3, "d", "9990000034", plans.Draft, "1")
		publish(4, "a", "9990000018", plans.Active, "1", "x")
		foreign := named(t, "theirs", "x", "x")
		foreign.Plan.Centre = "RP4"
		s.mustPublish(t, foreign)
		ours := func(value string) plans.Identifier { return plans.Identifier{System: "urn:ours", Value: value} }
		for _, row := range []struct {
			what string
			q    plans.Query
			want string
		}{
			{"nothing asked: all, as they were received", plans.Query{}, "b/1 c/1 d/1 a/2"},
			{"a patient", plans.Query{Patients: []plans.NHSNumber{number("9990000018")}}, "c/1 a/2"},
			{"a patient's active plans", plans.Query{Patients: []plans.NHSNumber{number("9990000018")}, Statuses: []plans.Status{plans.Active}}, "a/2"},
			{"one of two patients", plans.Query{Patients: []plans.NHSNumber{number("9990000026"), number("9990000034")}}, "b/1 d/1"},
			{"an identifier", plans.Query{Identifiers: [][]plans.Identifier{{ours("x")}}}, "b/1 a/2"},
			{"an identifier of any system", plans.Query{Identifiers: [][]plans.Identifier{{{Value: "x"}}}}, "b/1 a/2"},
			{"an identifier of another system", plans.Query{Identifiers: [][]plans.Identifier{{{System: "urn:theirs", Value: "x"}}}}, ""},
			{"both identifiers", plans.Query{Identifiers: [][]plans.Identifier{{ours("x")}, {ours("y")}}}, "b/1"},
			{"one of two identifiers", plans.Query{Identifiers: [][]plans.Identifier{{ours("y"), ours("z")}}}, "b/1 c/1"},
			{"an id and an identifier that is another's", plans.Query{IDs: []string{"c"}, Identifiers: [][]plans.Identifier{{ours("x")}}}, ""},
			{"ids", plans.Query{IDs: []string{"d", "a", "a", "nothing", "theirs"}}, "d/1 a/2"},
			{"statuses", plans.Query{Statuses: []plans.Status{plans.Draft, plans.Revoked}}, "c/1 d/1"},
			{"a category", plans.Query{Categories: [][]string{{"2"}}}, "b/1 c/1"},
			{"received in a time", plans.Query{From: noon.Add(time.Minute), To: noon.Add(3 * time.Minute)}, "b/1 c/1"},
			{"not received in a time", plans.Query{Not: []plans.Span{{From: noon.Add(time.Minute), To: noon.Add(4 * time.Minute)}}}, "a/2"},
			{"what no plan can be", plans.Query{Nothing: true}, ""},
		} {
			row.q.Centre, row.q.Limit = "RAL", 50
			page, more, err := s.store.FindPlans(t.Context(), row.q)
			if err != nil || names(page) != row.want || more {
				t.Errorf("%s: %s, more %t, %v; want %s", row.what, names(page), more, err, row.want)
			}
			if n, err := s.store.CountPlans(t.Context(), row.q); err != nil || n != len(page) {
				t.Errorf("%s: counted %d, %v", row.what, n, err)
			}
		}
	})
}

// A reader who turns the pages while plans are revised and published misses none that was there when the reading began.
func TestNoPlanIsMissedWhileThePagesAreTurned(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, _ *time.Time) {
		var all []string
		for i := range 12 {
			all = append(all, fmt.Sprint("p", i))
			s.mustPublish(t, named(t, all[i], "first"))
		}
		random := rand.New(rand.NewPCG(1, 2))
		seen := map[string]bool{}
		q := plans.Query{Centre: "RAL", Limit: 3}
		for more, turn := true, 0; more && turn < 100; turn++ {
			var page []plans.Change
			var err error
			if page, more, err = s.store.FindPlans(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			for _, c := range page {
				seen[c.ID], q.After = true, c.Position
			}
			if turn < 6 {
				s.mustPublish(t, named(t, all[random.IntN(len(all))], fmt.Sprint("turn ", turn)))
			}
		}
		for _, id := range all {
			if !seen[id] {
				t.Errorf("%s was never on a page", id)
			}
		}
	})
}

func TestMorePlansAreCountedThanOnePageHolds(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, _ *time.Time) {
		const all = 1203
		for from := 0; from < all; from += 401 {
			var pubs []plans.Publication
			for i := from; i < from+401; i++ {
				pubs = append(pubs, named(t, fmt.Sprint("p", i), "first"))
			}
			if _, err := s.desk.PublishAll(t.Context(), pubs, centre); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.store.CountPlans(t.Context(), plans.Query{Centre: "RAL"}); err != nil || n != all {
			t.Errorf("counted %d, %v; want %d", n, err, all)
		}
		page, more, err := s.store.FindPlans(t.Context(), plans.Query{Centre: "RAL", Limit: 1100})
		if err != nil || len(page) != 1100 || !more {
			t.Errorf("a page of %d, more %t, %v", len(page), more, err)
		}
	})
}

func TestTheKeyOfPagesIsMadeOnce(t *testing.T) {
	eachClock(t, func(t *testing.T, s service, _ *time.Time) {
		first, err := s.store.PageKey(t.Context())
		if err != nil || len(first) != 32 {
			t.Fatalf("%d bytes, %v", len(first), err)
		}
		if again, err := s.store.PageKey(t.Context()); err != nil || !slices.Equal(first, again) {
			t.Errorf("another key the second time, %v", err)
		}
	})
}
