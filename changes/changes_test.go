package changes_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
)

// shelf keeps proposals in memory, in the order in which they came. package sql has the real one, and a test that it is like this.
type shelf struct {
	all   []changes.Proposal
	moved []string
}

func (s *shelf) KeepProposal(_ context.Context, p changes.Proposal) error {
	s.all = append(s.all, p)
	s.moved = append(s.moved, p.ID)
	return nil
}

func (s *shelf) find(fits func(changes.Proposal) bool) (changes.Proposal, error) {
	for i := len(s.all) - 1; i >= 0; i-- {
		if fits(s.all[i]) {
			return s.all[i], nil
		}
	}
	return changes.Proposal{}, changes.ErrNone
}

func (s *shelf) Proposal(_ context.Context, id string) (changes.Proposal, error) {
	return s.find(func(p changes.Proposal) bool { return p.ID == id })
}

func (s *shelf) Proposals(context.Context, int) ([]changes.Proposal, error) { return s.all, nil }

func (s *shelf) InForce(ctx context.Context, subject string) (changes.Proposal, error) {
	for i := len(s.moved) - 1; i >= 0; i-- {
		if p, err := s.Proposal(ctx, s.moved[i]); err == nil && p.Subject == subject && p.State == changes.Taken {
			return p, nil
		}
	}
	return changes.Proposal{}, changes.ErrNone
}

func (s *shelf) Pending(_ context.Context, subject, hash string, now time.Time) (changes.Proposal, error) {
	return s.find(func(p changes.Proposal) bool {
		return p.Subject == subject && p.Hash == hash && (p.State == changes.Approved || p.State == changes.Refused || p.Open(now))
	})
}

func (s *shelf) Move(_ context.Context, p changes.Proposal, from changes.State, _ time.Time) error {
	for i := range s.all {
		if s.all[i].ID == p.ID && s.all[i].State == from {
			s.all[i] = p
			s.moved = append(s.moved, p.ID)
			return nil
		}
	}
	return changes.ErrDecided
}

var (
	noon    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	officer = journal.Actor{Name: "officer", Role: "privacy officer", Organisation: "QM7"}
)

// TestWhatHoldsUntilASecondPersonAgreed goes through the life of a file: what is there first holds; what comes then waits, also over many looks;
// it holds once somebody agreed; what was refused, or has lapsed, does not.
func TestWhatHoldsUntilASecondPersonAgreed(t *testing.T) {
	s, now := &shelf{}, noon
	look := func(text, want string, proposals int) {
		t.Helper()
		for range 3 {
			held, agreed, err := changes.Settle(t.Context(), s, "directory", text, func(before string) []string { return []string{before + " becomes " + text} }, now)
			if err != nil || held != want || agreed != (text == want) {
				t.Fatalf("%q: %q holds, agreed %v, %v; want %q", text, held, agreed, err, want)
			}
		}
		if len(s.all) != proposals {
			t.Fatalf("%q: there are %d proposals, want %d", text, len(s.all), proposals)
		}
	}
	decide := func(agrees bool) {
		t.Helper()
		p, err := s.all[len(s.all)-1].Decide(officer, agrees, "said on the telephone", now)
		if err == nil {
			err = s.Move(t.Context(), p, changes.Waiting, now)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	look("one", "one", 1)
	look("two", "one", 2)
	if got := s.all[1].Summary; len(got) != 1 || got[0] != "one becomes two" {
		t.Errorf("proposed as %q", got)
	}
	decide(true)
	look("two", "two", 2)
	look("three", "two", 3)
	decide(false)
	look("three", "two", 3)
	look("one", "two", 4) // what held once is a change like any other
	now = now.Add(changes.Lapses)
	if _, err := s.all[3].Decide(officer, true, "", now); !errors.Is(err, changes.ErrDecided) {
		t.Errorf("a proposal that has lapsed is decided: %v", err)
	}
	look("one", "two", 5)
	look("two", "two", 5)
}

func TestHowAProposalIsJournalled(t *testing.T) {
	p := changes.Propose("directory", "text", nil, journal.Service, noon)
	if e := p.Entry(); e.Kind != journal.ChangeProposed || e.Actor != journal.Service || e.Subject != "directory" {
		t.Errorf("proposed: %+v", e)
	}
	if _, err := p.Decide(officer, false, " ", noon); !errors.Is(err, changes.ErrWords) {
		t.Errorf("refused without words: %v", err)
	}
	agreed, err := p.Decide(officer, true, "", noon.Add(time.Hour))
	if e := agreed.Entry(); err != nil || e.Kind != journal.ChangeApproved || e.Actor != officer || !e.Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("agreed: %+v, %v", e, err)
	}
	agreed.State = changes.Taken
	if e := agreed.Entry(); e.Kind != journal.ChangeTaken || e.Actor != journal.Service {
		t.Errorf("taken: %+v", e)
	}
}
