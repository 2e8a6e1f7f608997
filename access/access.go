// Package access answers: may this actor do this to that?
//
// The rules are one table of data: role × action × the relation that must hold. Every route, stream frame and command asks here.
package access

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/ucpalert/ucpalert/journal"
)

// Role is what an account is for.
type Role string

// The roles.
const (
	// Screen is a board in one department.
	Screen Role = "screen"
	// Clinician works in an organisation's departments.
	Clinician Role = "clinician"
	// Centre is a tertiary centre's system that publishes plans.
	Centre Role = "centre"
	// Operator connects hospitals to the service: those of a region, whose code its organisation then is, or one trust's own. It sees their
	// feeds, their messages that were not understood, their screens, and what the proofs found there.
	Operator Role = "operator"
	// Peer is another region's service, which follows the plans that are shared with that region. Its organisation is the region's code.
	Peer Role = "peer"
	// Hospital is a hospital's system that tells of its attendances over FHIR.
	Hospital Role = "hospital"
	// Coordinator looks after the flow of patients in an organisation or in a region, whose code is its organisation. It watches; it answers
	// nothing, and opens no plan.
	Coordinator Role = "coordinator"
)

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	// WatchBoard: see a department's alerts, at once or over a stream.
	WatchBoard Action = "watch a board"
	// WatchArea: see the alerts of all departments of an organisation or a region together. Whoever may not watch the boards there by
	// themselves is not told who the patients are.
	WatchArea Action = "watch the boards of an area"
	// OpenPlan: read the text of the plan behind an alert.
	OpenPlan Action = "open a plan"
	// GiveReceipt: say that an alert was displayed or seen.
	GiveReceipt Action = "give a receipt"
	// Acknowledge: answer an alert.
	Acknowledge Action = "acknowledge an alert"
	// CheckIdentity: see the identifiers of an arrival beside those of a plan, and say whether they are one patient.
	CheckIdentity Action = "check who a patient is"
	// PublishPlan: create, revise or withdraw a plan.
	PublishPlan Action = "publish a plan"
	// ReadOwnPlan: read a plan as its centre wrote it.
	ReadOwnPlan Action = "read a plan as published"
	// ListPlans: see the list of a centre's plans.
	ListPlans Action = "list a centre's plans"
	// ReadPlanUse: see where a plan raised alerts and who had them before them.
	ReadPlanUse Action = "see what became of a plan"
	// WriteDraft: write a plan that is not published yet.
	WriteDraft Action = "write a draft"
	// AskCentre: ask the centre behind an alert, or say that its plan is wrong.
	AskCentre Action = "ask a centre"
	// ReadThread: read what was asked and answered about an alert.
	ReadThread Action = "read what was asked and answered"
	// GiveOutcome: say what a plan changed.
	GiveOutcome Action = "say what a plan changed"
	// AnswerQuestion: see what waits for the centre's answer, and answer it.
	AnswerQuestion Action = "answer a question"
	// ReadProofs: see the reports of the proof of no miss, and those of its findings that concern the own departments or plans.
	ReadProofs Action = "read the proofs"
	// RunProof: have the proof of no miss made now.
	RunProof Action = "prove now"
	// SendAttendance: tell who arrived at a hospital, moved and left.
	SendAttendance Action = "send an attendance"
	// ReadScreens: see which screens are connected, and which departments' boards nobody can see.
	ReadScreens Action = "see the screens"
	// ReadArrivals: see everybody who arrived in a department on a day, and what the check for a plan found.
	ReadArrivals Action = "read the arrivals"
)

// What an operator does with messages that were not understood.
const (
	// ListQuarantine: see which messages were not understood and why, not what they say.
	ListQuarantine Action = "see the quarantine"
	// ReadQuarantined: read such a message as it came.
	ReadQuarantined Action = "read a quarantined message"
	// ReplayQuarantined: have it taken again.
	ReplayQuarantined Action = "replay a quarantined message"
	// DiscardQuarantined: drop it.
	DiscardQuarantined Action = "discard a quarantined message"
	// ReadFeeds: see how the feeds of hospitals stand. MuteFeed: have one not told of for a while.
	ReadFeeds Action = "see the feeds"
	MuteFeed  Action = "mute a feed"
)

// relation is what must hold between the account and the object.
type relation uint8

const (
	never relation = iota
	// ownDepartment: the object is in the account's department.
	ownDepartment
	// ownOrganisation: the object is in a department of the account's organisation.
	ownOrganisation
	// ownCentre: the object's centre is the account's organisation.
	ownCentre
	// sharedWithIt: an agreement lets the object, or a part of it, cross to the account's region.
	sharedWithIt
	// ownArea: the object is the account's organisation's, or that of a hospital of the region that the account is for.
	ownArea
)

// table is the whole policy. What is not in it is refused.
var table = map[Role]map[Action]relation{
	Screen: {
		WatchBoard:  ownDepartment,
		OpenPlan:    ownDepartment,
		GiveReceipt: ownDepartment,
		Acknowledge: ownDepartment,
		AskCentre:   ownDepartment,
		ReadThread:  ownDepartment,
		GiveOutcome: ownDepartment,
	},
	Clinician: {
		WatchBoard:    ownOrganisation,
		WatchArea:     ownOrganisation,
		OpenPlan:      ownOrganisation,
		GiveReceipt:   ownOrganisation,
		Acknowledge:   ownOrganisation,
		CheckIdentity: ownOrganisation,
		AskCentre:     ownOrganisation,
		ReadThread:    ownOrganisation,
		GiveOutcome:   ownOrganisation,
		ReadProofs:    ownOrganisation,
		RunProof:      ownOrganisation,
		ReadArrivals:  ownOrganisation,
		ReadScreens:   ownOrganisation,
	},
	Centre: {
		PublishPlan:    ownCentre,
		ReadOwnPlan:    ownCentre,
		ListPlans:      ownCentre,
		ReadPlanUse:    ownCentre,
		WriteDraft:     ownCentre,
		ReadProofs:     ownCentre,
		RunProof:       ownCentre,
		AnswerQuestion: ownCentre,
	},
	Peer: {
		ReadOwnPlan: sharedWithIt,
	},
	Coordinator: {
		WatchBoard: ownOrganisation,
		WatchArea:  ownArea,
	},
	Hospital: {
		SendAttendance: ownOrganisation,
	},
	Operator: {
		ReadProofs:         ownArea,
		RunProof:           ownArea,
		ReadScreens:        ownArea,
		ListQuarantine:     ownArea,
		ReadQuarantined:    ownArea,
		ReplayQuarantined:  ownArea,
		DiscardQuarantined: ownArea,
		ReadFeeds:          ownArea,
		MuteFeed:           ownArea,
	},
}

// Account is a caller as the configuration knows it.
type Account struct {
	Name string
	Role Role
	// Organisation is the ODS code on whose behalf the account acts.
	Organisation string
	// Department is the one a screen stands in; empty for other roles.
	Department string
}

// Actor is the account as the journal names it.
func (a Account) Actor() journal.Actor {
	return journal.Actor{Name: a.Name, Role: string(a.Role), Organisation: a.Organisation}
}

// Object is what an action is done to. Fields that do not apply are empty.
type Object struct {
	// Department, the organisation that runs it, and the region that is in.
	Department, Organisation, Region string
	// Centre owns the plan.
	Centre string
	// Shared tells that the plan, in whole or in part, may cross to the region of the account.
	Shared bool
}

// ErrRefused is returned when the table does not allow an action.
var ErrRefused = errors.New("not allowed")

// May tells whether an account may do an action to an object: nil, or ErrRefused with the reason in words.
func May(a Account, do Action, to Object) error {
	holds := false
	switch table[a.Role][do] {
	case ownDepartment:
		holds = a.Department != "" && a.Department == to.Department
	case ownOrganisation:
		holds = a.Organisation != "" && a.Organisation == to.Organisation
	case ownCentre:
		holds = a.Organisation != "" && a.Organisation == to.Centre
	case sharedWithIt:
		holds = a.Organisation != "" && to.Shared
	case ownArea:
		holds = a.Organisation != "" && (a.Organisation == to.Organisation || a.Organisation == to.Region)
	case never:
		return fmt.Errorf("%w: the role %s may not %s", ErrRefused, a.Role, do)
	}
	if !holds {
		return fmt.Errorf("%w: the account may not %s outside its own organisation or department", ErrRefused, do)
	}
	return nil
}

// Token is the SHA-256 of a bearer token; the token itself is never kept.
type Token [sha256.Size]byte

// HashToken hashes a bearer token.
func HashToken(bearer string) Token { return sha256.Sum256([]byte(bearer)) }

// ParseToken reads the SHA-256 of a token in hexadecimal, as the configuration holds it.
func ParseToken(s string) (Token, error) {
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != sha256.Size {
		return Token{}, errors.New("a token's SHA-256 is written in 64 hexadecimal digits")
	}
	return Token(b), nil
}

// Book knows accounts by their tokens.
type Book struct{ accounts map[Token]Account }

// NewBook makes a book.
func NewBook(accounts map[Token]Account) Book { return Book{accounts} }

// Speaks tells whether anybody has an account of a role on behalf of an organisation.
func (b Book) Speaks(role Role, organisation string) bool {
	for _, a := range b.accounts {
		if a.Role == role && a.Organisation == organisation {
			return true
		}
	}
	return false
}

// Find returns the account of a bearer token. The look-up is by hash, so its time tells nothing about how much of a token was right.
func (b Book) Find(bearer string) (Account, bool) {
	if bearer == "" {
		return Account{}, false
	}
	a, ok := b.accounts[HashToken(bearer)]
	return a, ok
}
