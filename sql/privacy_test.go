package sql_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
)

func TestOpeningsAreKeptJudgedOnceAndListed(t *testing.T) {
	officer := journal.Actor{Name: "officer", Role: "privacy officer", Organisation: "RQW"}
	eachService(t, func(t *testing.T, s service) {
		ctx := journal.At(t.Context(), "POST /api/openings from 192.0.2.7")
		begin := func(plan string, glass bool, at time.Time) privacy.Opening {
			o, err := privacy.Begin(privacy.Opening{Plan: plan, Centre: "RAL", By: nurse, Glass: glass, Special: true, Why: privacy.Other, Words: "in words of one's own"}, at, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.store.KeepOpening(ctx, o); err != nil {
				t.Fatal(err)
			}
			return o
		}
		first, second, stated := begin("p1", true, noon), begin("p1", true, noon.Add(time.Minute)), begin("p2", false, noon)
		if o, err := s.store.Opening(t.Context(), first.ID); err != nil || o != first {
			t.Errorf("kept as %+v, %v; want %+v", o, err, first)
		}
		if o, err := s.store.StandingOpening(t.Context(), nurse, "p2", noon.Add(time.Hour-time.Microsecond)); err != nil || o.ID != stated.ID {
			t.Errorf("standing: %+v, %v", o, err)
		}
		for what, ask := range map[string]func() (privacy.Opening, error){
			"when its time is over": func() (privacy.Opening, error) { return s.store.StandingOpening(ctx, nurse, "p2", noon.Add(time.Hour)) },
			"for another":           func() (privacy.Opening, error) { return s.store.StandingOpening(ctx, officer, "p2", noon) },
			"for another plan":      func() (privacy.Opening, error) { return s.store.StandingOpening(ctx, nurse, "p3", noon) },
			"of another id":         func() (privacy.Opening, error) { return s.store.Opening(ctx, "none") },
		} {
			if _, err := ask(); !errors.Is(err, privacy.ErrNoOpening) {
				t.Errorf("%s: %v", what, err)
			}
		}
		f, err := first.Judge(officer, false, "nobody was there", noon.Add(2*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.store.KeepFinding(ctx, first, f); err != nil {
			t.Fatal(err)
		}
		if err := s.store.KeepFinding(ctx, first, f); !errors.Is(err, privacy.ErrJudged) {
			t.Errorf("judged twice: %v", err)
		}
		ids := func(all []privacy.Opening, err error) (list []string) {
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range all {
				list = append(list, o.ID)
			}
			return list
		}
		for what, row := range map[string]struct{ got, want []string }{
			"the queue":       {ids(s.store.Broken(ctx, noon, 10)), []string{second.ID, first.ID}},
			"its first":       {ids(s.store.Broken(ctx, noon, 1)), []string{second.ID}},
			"later judged":    {ids(s.store.Broken(ctx, noon.Add(3*time.Hour), 10)), []string{second.ID}},
			"of a plan":       {ids(s.store.OpeningsOf(ctx, "p2")), []string{stated.ID}},
			"of the centre":   {ids(s.store.OpeningsFor(ctx, "RAL", noon, 10)), []string{second.ID, first.ID}},
			"of the centre 2": {ids(s.store.OpeningsFor(ctx, "RAL", noon.Add(time.Second), 10)), []string{second.ID}},
		} {
			if fmt.Sprint(row.got) != fmt.Sprint(row.want) {
				t.Errorf("%s: %v, want %v", what, row.got, row.want)
			}
		}
		entries := s.journal(t)
		if len(entries) != 4 || entries[0].Kind != journal.GlassBroken || entries[2].Kind != journal.ReasonStated || entries[3].Kind != journal.GlassJudged || entries[0].Place != "POST /api/openings from 192.0.2.7" {
			t.Errorf("journalled: %+v", entries)
		}
	})
}

func TestTheJournalIsSearched(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		doctor := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RWG"}
		add := func(kind journal.Kind, by journal.Actor, subject string, after time.Duration) {
			if err := s.store.Record(t.Context(), journal.Entry{Time: noon.Add(after), Kind: kind, Actor: by, Subject: subject}); err != nil {
				t.Fatal(err)
			}
		}
		add(journal.PlanRead, nurse, "p1", 0)
		add(journal.PlanRead, doctor, "p2", time.Hour)
		add(journal.AlertsRead, nurse, "RQW-AE", 2*time.Hour)
		add(journal.PlanListed, nurse, "p2", 3*time.Hour)
		add(journal.PlansListed, nurse, "RAL", 4*time.Hour)
		for _, row := range []struct {
			what string
			q    privacy.Query
			want string
			more bool
		}{
			{"everything", privacy.Query{Limit: 10}, "[5 4 3 2 1]", false},
			{"a page", privacy.Query{Limit: 2}, "[5 4]", true},
			{"the next page", privacy.Query{Limit: 2, Below: 4}, "[3 2]", true},
			{"an account", privacy.Query{Actor: "nurse", Limit: 10}, "[5 4 3 1]", false},
			{"a subject", privacy.Query{Subjects: []string{"p2"}, Limit: 10}, "[4 2]", false},
			{"two subjects", privacy.Query{Subjects: []string{"p2", "p1"}, Limit: 10}, "[4 2 1]", false},
			{"an account and a subject", privacy.Query{Subjects: []string{"p2"}, Actor: "doctor", Limit: 10}, "[2]", false},
			{"a kind", privacy.Query{Kind: "plan.read", Limit: 10}, "[2 1]", false},
			{"kinds that begin so", privacy.Query{Kind: "plan.", Limit: 10}, "[4 2 1]", false},
			{"whatever somebody types for a kind", privacy.Query{Kind: "%", Limit: 10}, "[5 4 3 2 1]", false},
			{"an organisation", privacy.Query{Organisation: "RWG", Limit: 10}, "[2]", false},
			{"a time", privacy.Query{From: noon.Add(time.Hour), To: noon.Add(3 * time.Hour), Limit: 10}, "[3 2]", false},
			{"a time of an account", privacy.Query{Actor: "nurse", From: noon.Add(time.Hour), To: noon.Add(3*time.Hour + 1), Limit: 10}, "[3]", false},
			{"a time after all", privacy.Query{From: noon.Add(24 * time.Hour), To: noon.Add(48 * time.Hour), Limit: 10}, "[]", false},
			{"nobody", privacy.Query{Actor: "nobody", Limit: 10}, "[]", false},
		} {
			page, more, err := s.store.Search(t.Context(), row.q)
			if err != nil {
				t.Fatal(err)
			}
			got := []int64{}
			for _, e := range page {
				got = append(got, e.Number)
			}
			if fmt.Sprint(got) != row.want || more != row.more {
				t.Errorf("%s: %v, more %v; want %s", row.what, got, more, row.want)
			}
		}
	})
}

// TestWhoLookedAtAPlanOnItsBoards tells who had an alert on a board that they read while it stood there, and not those who came later.
func TestWhoLookedAtAPlanOnItsBoards(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.publish(t, "p1", "9990000018", plans.Active, "Give steroid at once")
		read := func(name, department string) {
			by := journal.Actor{Name: name, Role: "clinician", Organisation: "RQW"}
			if err := s.store.Record(t.Context(), journal.Entry{Time: noon, Kind: journal.AlertsRead, Actor: by, Subject: department}); err != nil {
				t.Fatal(err)
			}
		}
		read("too early", "RQW-AE")
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		read("in time", "RQW-AE")
		read("next door", "RQW-UTC")
		s.receive(t, message(alerts.Depart, "V1", "2", "9990000018", 1))
		read("too late", "RQW-AE")
		looks, more, err := privacy.Looks(t.Context(), s.store, "p1")
		if err != nil || more {
			t.Fatal(err, more)
		}
		var who []string
		for _, e := range looks {
			who = append(who, e.Actor.Name)
		}
		if fmt.Sprint(who) != "[royal-free in time]" {
			t.Errorf("looked: %v", who)
		}
		held, err := s.store.AlertsOf(t.Context(), "p1")
		if err != nil || len(held) != 1 || held[0].Plan != "p1" {
			t.Fatalf("%+v, %v", held, err)
		}
		changes, err := s.store.BoardChanges(t.Context(), "RQW-AE", 1, 1000)
		if err != nil || len(changes) != 2 || changes[0].Subject != held[0].Alert {
			t.Errorf("changes: %+v, %v", changes, err)
		}
	})
}

// TestProposalsAreKeptAndMoved: what package changes asks of a store.
func TestProposalsAreKeptAndMoved(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx := t.Context()
		first := changes.Propose("directory", "one", []string{"a line", "another"}, journal.Service, noon)
		second := changes.Propose("directory", "two", nil, nurse, noon.Add(time.Second))
		for _, p := range []changes.Proposal{first, second} {
			if err := s.store.KeepProposal(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := s.store.Proposal(ctx, first.ID); err != nil || fmt.Sprint(p) != fmt.Sprint(first) {
			t.Errorf("kept as %+v, %v", p, err)
		}
		if _, err := s.store.InForce(ctx, "directory"); !errors.Is(err, changes.ErrNone) {
			t.Errorf("in force before anything was taken: %v", err)
		}
		if p, err := s.store.Pending(ctx, "directory", second.Hash, noon); err != nil || p.ID != second.ID {
			t.Errorf("pending: %+v, %v", p, err)
		}
		if _, err := s.store.Pending(ctx, "directory", second.Hash, second.Until); !errors.Is(err, changes.ErrNone) {
			t.Errorf("pending though it has lapsed: %v", err)
		}
		for _, p := range []changes.Proposal{second, first} { // the one that was proposed first is taken last
			agreed, err := p.Decide(journal.Actor{Name: "officer"}, true, "yes", noon.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.store.Move(ctx, agreed, changes.Waiting, noon.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if err := s.store.Move(ctx, agreed, changes.Waiting, noon.Add(time.Minute)); !errors.Is(err, changes.ErrDecided) {
				t.Errorf("decided twice: %v", err)
			}
			agreed.State = changes.Taken
			at := noon.Add(time.Hour)
			if p.ID == first.ID {
				at = at.Add(time.Hour)
			}
			if err := s.store.Move(ctx, agreed, changes.Approved, at); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := s.store.InForce(ctx, "directory"); err != nil || p.ID != first.ID || p.Words != "yes" || p.DecidedBy.Name != "officer" {
			t.Errorf("in force: %+v, %v", p, err)
		}
		all, err := s.store.Proposals(ctx, 10)
		if err != nil || len(all) != 2 || all[0].ID != second.ID {
			t.Errorf("listed: %+v, %v", all, err)
		}
	})
}
