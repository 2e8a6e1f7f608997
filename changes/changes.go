// Package changes answers: which change that could silence an alert waits for a second person, and who agreed to it?
package changes

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/journal"
)

// State is how a proposal stands.
type State string

// The states of a proposal. One that is approved is taken by the service as soon as it looks, or at its next start; the last that was taken holds.
const (
	Waiting  State = "waiting"
	Approved State = "approved"
	Refused  State = "refused"
	Taken    State = "taken"
)

// Lapses is how long a proposal waits: whoever agrees must know what it is about still.
const Lapses = 7 * 24 * time.Hour

const longestWords = 500

// Proposal is a change of something that holds.
type Proposal struct {
	// ID is ours: random, without meaning.
	ID string
	// Subject is what it changes, such as "directory".
	Subject string
	// Text is what would hold, whole; Hash its SHA-256 in hexadecimal.
	Text, Hash string
	// Summary says what changes, one line each.
	Summary []string
	By      journal.Actor
	At      time.Time
	// Until is when it lapses if nobody has decided.
	Until time.Time
	State State
	// DecidedBy, DecidedAt and Words are who agreed or refused, when, and what they said; zero until then.
	DecidedBy journal.Actor
	DecidedAt time.Time
	Words     string
}

// Errors that callers act on.
var (
	ErrNone    = errors.New("no such proposal")
	ErrDecided = errors.New("somebody has decided already, or the proposal has lapsed")
	ErrOwn     = errors.New("a second person decides, not the one who proposed it")
	ErrWords   = errors.New("a refusal is said in words")
)

// HashOf is the hash by which a text is known.
func HashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Propose makes a proposal.
func Propose(subject, text string, summary []string, by journal.Actor, now time.Time) Proposal {
	return Proposal{
		ID: strings.ToLower(rand.Text()), Subject: subject, Text: text, Hash: HashOf(text), Summary: summary, By: by, At: now, Until: now.Add(Lapses), State: Waiting,
	}
}

// Open tells whether somebody may decide about it still.
func (p Proposal) Open(now time.Time) bool { return p.State == Waiting && now.Before(p.Until) }

// Decide is the proposal once a second person agreed or refused. Errors: [ErrDecided], [ErrOwn], [ErrWords].
func (p Proposal) Decide(by journal.Actor, agrees bool, words string, now time.Time) (Proposal, error) {
	words = strings.TrimSpace(words)
	switch {
	case !p.Open(now):
		return p, ErrDecided
	case p.By.Name == by.Name:
		return p, ErrOwn
	case !agrees && words == "" || !utf8.ValidString(words) || utf8.RuneCountInString(words) > longestWords:
		return p, ErrWords
	}
	p.State, p.DecidedBy, p.DecidedAt, p.Words = Refused, by, now, words
	if agrees {
		p.State = Approved
	}
	return p, nil
}

// Entry is how the proposal stands, as the journal has it.
func (p Proposal) Entry() journal.Entry {
	e := journal.Entry{Time: p.DecidedAt, Actor: p.DecidedBy, Subject: p.Subject, Reason: "proposal " + p.ID}
	switch p.State {
	case Approved:
		e.Kind = journal.ChangeApproved
	case Refused:
		e.Kind = journal.ChangeRefused
	case Taken:
		e.Kind, e.Actor, e.Time = journal.ChangeTaken, journal.Service, p.At
	default:
		e.Kind, e.Actor, e.Time = journal.ChangeProposed, p.By, p.At
	}
	return e
}

// Store keeps proposals.
type Store interface {
	// KeepProposal keeps a new proposal and its journal entry: both or none.
	KeepProposal(ctx context.Context, p Proposal) error
	// Proposal returns a proposal, or [ErrNone].
	Proposal(ctx context.Context, id string) (Proposal, error)
	// Proposals are the last ones, the newest first.
	Proposals(ctx context.Context, limit int) ([]Proposal, error)
	// InForce is the proposal of a subject that was taken last, or [ErrNone].
	InForce(ctx context.Context, subject string) (Proposal, error)
	// Pending is the newest proposal of a subject for a text that is approved or refused, or that waits and has not lapsed; or [ErrNone].
	Pending(ctx context.Context, subject, hash string, now time.Time) (Proposal, error)
	// Move keeps how a proposal stands now and its journal entry, both or none; it returns [ErrDecided] if it did not stand as from.
	Move(ctx context.Context, p Proposal, from State, now time.Time) error
}

// Settle tells whether a text may hold for a subject now: it holds already, or a second person agreed to it. What was there before anything was
// proposed holds. Otherwise it proposes the text, once, and returns what holds meanwhile; a text that was refused is not proposed again. differences
// says what changes from what holds.
func Settle(ctx context.Context, s Store, subject, text string, differences func(held string) []string, now time.Time) (held string, agreed bool, err error) {
	before, err := s.InForce(ctx, subject)
	if errors.Is(err, ErrNone) {
		first := Propose(subject, text, []string{"What held when two persons were first asked for."}, journal.Service, now)
		first.State = Taken
		return text, true, s.KeepProposal(ctx, first)
	}
	if err != nil {
		return "", false, err
	}
	hash := HashOf(text)
	if before.Hash == hash {
		return text, true, nil
	}
	pending, err := s.Pending(ctx, subject, hash, now)
	switch {
	case errors.Is(err, ErrNone):
		return before.Text, false, s.KeepProposal(ctx, Propose(subject, text, differences(before.Text), journal.Service, now))
	case err != nil:
		return "", false, err
	case pending.State != Approved:
		return before.Text, false, nil
	}
	pending.State = Taken
	if err := s.Move(ctx, pending, Approved, now); err != nil && !errors.Is(err, ErrDecided) { // another node may have taken it
		return "", false, err
	}
	return text, true, nil
}
