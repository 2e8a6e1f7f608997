package sql_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// named is a publication of a plan with identifiers. Its patient is the same for all.
func named(t *testing.T, id, document string, identifiers ...string) plans.Publication {
	t.Helper()
	n, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	p := plans.Plan{ID: id, Centre: "RAL", Status: plans.Active, Urgency: plans.Urgent, Headline: document, Patient: plans.Identity{NHSNumber: n, BirthDate: "1980-02-13"}}
	for _, value := range identifiers {
		p.Identifiers = append(p.Identifiers, plans.Identifier{System: "urn:ours", Value: value})
	}
	return plans.Publication{Plan: p, Document: []byte(document)}
}

func TestConditionalPublicationsFindTheirPlanByIdentifier(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		for _, pub := range []plans.Publication{named(t, "a", "a", "one", "both"), named(t, "b", "b", "two", "both")} {
			if _, _, err := s.desk.Publish(t.Context(), pub, centre); err != nil {
				t.Fatal(err)
			}
		}
		ours := func(values ...string) (all []plans.Identifier) {
			for _, v := range values {
				all = append(all, plans.Identifier{System: "urn:ours", Value: v})
			}
			return all
		}
		for _, row := range []struct {
			what            string
			id              string
			ifNone, instead []plans.Identifier
			wantID          string // empty: a new one
			changed         bool
			err             error
		}{
			{"create, and one has it", "fresh", ours("one"), nil, "a", false, nil},
			{"create, asked for without a system", "fresh", []plans.Identifier{{Value: "one"}}, nil, "a", false, nil},
			{"create, and one has both", "fresh", ours("both", "two"), nil, "b", false, nil},
			{"create, and two have it", "fresh", ours("both"), nil, "", false, plans.ErrSeveral},
			{"update, and one has it", "", nil, ours("one"), "a", true, nil},
			{"update with the right id", "b", nil, ours("two"), "b", true, nil},
			{"update with another id", "a", nil, ours("two"), "", false, plans.ErrOtherID},
			{"update, and two have it", "", nil, ours("both"), "", false, plans.ErrSeveral},
			{"update, and none has it", "", nil, ours("none"), "", true, nil},
			{"update of none, with an id", "c", nil, ours("nobody"), "c", true, nil},
			{"create, and only another system has it", "d", []plans.Identifier{{System: "urn:theirs", Value: "one"}}, nil, "d", true, nil},
		} {
			t.Run(row.what, func(t *testing.T) {
				pub := named(t, row.id, row.what, "both")
				if len(row.ifNone)+len(row.instead) == 1 {
					pub.Plan.Identifiers = append(pub.Plan.Identifiers, append(row.ifNone, row.instead...)...)
				}
				if row.wantID != "a" && row.wantID != "b" {
					pub.Plan.Identifiers = nil
				}
				pub.IfNone, pub.Instead = row.ifNone, row.instead
				kept, changed, err := s.desk.Publish(t.Context(), pub, centre)
				if !errors.Is(err, row.err) {
					t.Fatalf("got %v, want %v", err, row.err)
				}
				if err == nil && (changed != row.changed || row.wantID != "" && kept.ID != row.wantID || kept.ID == "") {
					t.Errorf("kept %s, changed %t", kept.ID, changed)
				}
			})
		}
	})
}

func TestOtherCentresIdentifiersAreNotFound(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		if _, _, err := s.desk.Publish(t.Context(), named(t, "a", "a", "one"), centre); err != nil {
			t.Fatal(err)
		}
		pub := named(t, "b", "b", "one")
		pub.Plan.Centre, pub.IfNone = "RP4", pub.Plan.Identifiers
		if kept, changed, err := s.desk.Publish(t.Context(), pub, centre); err != nil || !changed || kept.ID != "b" {
			t.Errorf("kept %s, changed %t, %v", kept.ID, changed, err)
		}
	})
}

func TestARevisionForgetsTheIdentifiersOfTheVersionBefore(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		for _, pub := range []plans.Publication{named(t, "a", "first", "old"), named(t, "a", "second", "new", "new")} {
			pub.Parts = []plans.Part{{Type: "Flag", ID: pub.Plan.Headline}}
			if _, _, err := s.desk.Publish(t.Context(), pub, centre); err != nil {
				t.Fatal(err)
			}
		}
		pub := named(t, "b", "third", "old")
		pub.IfNone = pub.Plan.Identifiers
		if kept, _, err := s.desk.Publish(t.Context(), pub, centre); err != nil || kept.ID != "b" {
			t.Errorf("the old identifier finds %s, %v", kept.ID, err)
		}
		if _, err := s.store.PlanPart(t.Context(), "RAL", "Flag", "first"); !errors.Is(err, plans.ErrNotFound) {
			t.Errorf("the part of the old version: %v", err)
		}
		if of, err := s.store.PlanPart(t.Context(), "RAL", "Flag", "second"); err != nil || of != "a" {
			t.Errorf("the part of the new version is in %q, %v", of, err)
		}
		if _, err := s.store.PlanPart(t.Context(), "RP4", "Flag", "second"); !errors.Is(err, plans.ErrNotFound) {
			t.Errorf("another centre finds the part: %v", err)
		}
	})
}

func TestOnePlanForManyConditionalCreatesAtTheSameTime(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		var wg sync.WaitGroup
		kept, errs := make([]plans.Plan, 12), make([]error, 12)
		for i := range kept {
			wg.Go(func() {
				pub := named(t, fmt.Sprint("plan-", i), fmt.Sprint("document ", i), "one", "other")
				pub.IfNone, pub.MustBeNew = pub.Plan.Identifiers[i%2:i%2+1], true
				kept[i], _, errs[i] = s.desk.Publish(t.Context(), pub, centre)
			})
		}
		wg.Wait()
		for i, p := range kept {
			if errs[i] != nil || p.ID != kept[0].ID || p.Version != 1 {
				t.Errorf("writer %d has %s version %d, %v; the first has %s", i, p.ID, p.Version, errs[i], kept[0].ID)
			}
		}
		if n := len(s.journal(t)); n != 1 {
			t.Errorf("%d journal entries, want 1", n)
		}
	})
}

func TestAStaleWriteNeverWins(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		if _, _, err := s.desk.Publish(t.Context(), named(t, "a", "first"), centre); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			wg.Go(func() {
				pub := named(t, "a", fmt.Sprint("second, by writer ", i))
				pub.IfMatch = 1
				_, _, errs[i] = s.desk.Publish(t.Context(), pub, centre)
			})
		}
		wg.Wait()
		winners := 0
		for _, err := range errs {
			var stale plans.StaleError
			switch {
			case err == nil:
				winners++
			case !errors.As(err, &stale) || stale.Held != 2 || stale.Sent != 1:
				t.Errorf("lost with %v", err)
			}
		}
		if held, err := s.store.Plan(t.Context(), "a"); winners != 1 || err != nil || held.Plan.Version != 2 {
			t.Errorf("%d winners; held is version %d, %v", winners, held.Plan.Version, err)
		}
	})
}

func TestSeveralPlansArePublishedTogetherOrNotAtAll(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0))
		done, err := s.desk.PublishAll(t.Context(), []plans.Publication{named(t, "b", "b"), named(t, "a", "a")}, centre)
		if err != nil || len(done) != 2 || done[0].Plan.ID != "b" || !done[0].Changed || done[1].Plan.ID != "a" {
			t.Fatalf("published %+v, %v", done, err)
		}
		if open := s.board(t, "RQW-AE"); len(open) != 2 {
			t.Errorf("%d alerts for two plans of the patient who is here", len(open))
		}
		before := kinds(s.journal(t))
		stale := named(t, "b", "b again")
		stale.IfMatch = 7
		for what, row := range map[string]struct {
			second plans.Publication
			err    error
		}{
			"the second is stale":              {stale, plans.StaleError{Sent: 7, Held: 1}},
			"the same plan stands there twice": {named(t, "c", "other"), plans.ErrTwice},
		} {
			_, err := s.desk.PublishAll(t.Context(), []plans.Publication{named(t, "c", "c"), row.second}, centre)
			var at *alerts.PublicationError
			if !errors.As(err, &at) || at.Index != 1 || !errors.Is(err, row.err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := s.store.Plan(t.Context(), "c"); !errors.Is(err, plans.ErrNotFound) {
			t.Errorf("the first of a refused transaction is held: %v", err)
		}
		if after := kinds(s.journal(t)); len(after) != len(before) || after[0] != journal.PlanPublished {
			t.Errorf("the journal holds %v", after)
		}
	})
}

// Two transactions that publish the same plans in opposite orders must not wait for each other for ever.
func TestTransactionsOfTheSamePlansDoNotBlockEachOther(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				pubs := []plans.Publication{named(t, "a", fmt.Sprint("a", i)), named(t, "b", fmt.Sprint("b", i))}
				if i%2 == 1 {
					pubs[0], pubs[1] = pubs[1], pubs[0]
				}
				_, errs[i] = s.desk.PublishAll(t.Context(), pubs, centre)
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		s.journal(t)
	})
}
