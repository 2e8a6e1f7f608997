// Package journal answers: what happened, in which order, and caused by whom?
//
// The journal is one ordered list of facts. It is the only place where the write line (message, decision, commit) and the read
// line (screens, pager, other regions, auditors) meet: a reader keeps a [Position] and follows at its own pace.
//
// An [Entry] holds identifiers and reasons in words, never clinical text and never a patient's details. Readers look the subject up
// when they show it, so permission is checked at that moment and the latest version is shown.
package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Position is a place in the journal: the epoch of the database and the number of an entry. The epoch changes when a database is
// restored, so that a client knows when its number means nothing any more. The zero number is the place before the first entry.
type Position struct {
	Epoch  string
	Number int64
}

// ErrPosition is returned for a text that is not a position.
var ErrPosition = errors.New(`a position is written EPOCH/NUMBER, such as "k3v9q2/1042"`)

// ParsePosition reads "EPOCH/NUMBER".
func ParsePosition(s string) (Position, error) {
	epoch, number, ok := strings.Cut(s, "/")
	if !ok || epoch == "" {
		return Position{}, ErrPosition
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 {
		return Position{}, ErrPosition
	}
	return Position{Epoch: epoch, Number: n}, nil
}

func (p Position) String() string { return p.Epoch + "/" + strconv.FormatInt(p.Number, 10) }

// Actor is who caused an entry: a person, a screen, a system, or the service itself.
type Actor struct {
	// Name identifies the account or system ("demo-screen-RQW-AE", "RQW/PAS"); it is never a patient's name.
	Name string
	// Role is one of the roles of package access, or "system".
	Role string
	// Organisation is the ODS code on whose behalf the actor acts; empty for the service itself.
	Organisation string
}

// Service is the actor of what the service does by itself.
var Service = Actor{Name: "ucpalert", Role: "system"}

// Kind says what an entry is about.
type Kind string

// The kinds of entries. Those that begin with "alert." change what a department's board shows; each of them is an entry in a room, and so
// are those of the talk about an alert.
const (
	AlertRaised       Kind = "alert.raised"
	AlertUpdated      Kind = "alert.updated"
	AlertAcknowledged Kind = "alert.acknowledged"
	// AlertHandedOver: somebody else in the department looks after it from now on. The reason names them as the department does.
	AlertHandedOver Kind = "alert.handed_over"
	AlertWithdrawn  Kind = "alert.withdrawn"
	AlertClosed     Kind = "alert.closed"
	// AlertRecallSeen: somebody has seen that the plan was withdrawn after it had been shown.
	AlertRecallSeen Kind = "alert.recall_seen"

	AlertDelivered Kind = "receipt.delivered"
	AlertDisplayed Kind = "receipt.displayed"
	AlertSeen      Kind = "receipt.seen"

	PlanPublished Kind = "plan.published"
	PlanRevised   Kind = "plan.revised"
	PlanWithdrawn Kind = "plan.withdrawn"
	PlanRead      Kind = "plan.read"
	AlertsRead    Kind = "alerts.read"
	// ArrivalsRead: who arrived in a department and what was found, also for those without a plan. Its subject is the department
	// and the day, such as "RQW-AE/2026-11-22".
	ArrivalsRead Kind = "arrivals.read"

	// IdentityConfirmed, IdentityDenied: somebody said that the attendance and the plan of an alert are about the same patient, or that they
	// are not. Their subject is the alert; what follows from it on the board is an entry of its own.
	IdentityConfirmed Kind = "identity.confirmed"
	IdentityDenied    Kind = "identity.denied"
	// IdentityRead: somebody was shown the identifiers of an arrival beside those of a plan.
	IdentityRead Kind = "identity.read"

	// ReviewsDue: its subject is a centre; the reason says how many of its plans are to be reviewed.
	ReviewsDue Kind = "reviews.due"
	// ProofEnded: its subject is a proof of no miss; the reason says whether it found alerts that were not as they should be.
	ProofEnded Kind = "proof.ended"
	// A hospital's feed, or a part of it, has stopped, is heard again, or is not told of for a while. The subject is the feed, such as "RQW|PAS".
	FeedSilent Kind = "feed.silent"
	FeedHeard  Kind = "feed.heard"
	FeedMuted  Kind = "feed.muted"
	// DirectoryChanged: the reason lists the differences.
	DirectoryChanged Kind = "directory.changed"
	// ProfilesChanged: the reason lists what changed in how hospitals' messages are read.
	ProfilesChanged Kind = "profiles.changed"
	// SendersChanged: the reason lists what changed in which certificates may speak for whom.
	SendersChanged Kind = "senders.changed"
	// SharingWithheld: an alert would stand if the patient had not dissented. Its subject is the alert, which no board shows.
	SharingWithheld Kind = "sharing.withheld"
	// RecordsMerged: a hospital told that two of its records are about one person. MergeUndone: somebody here took that back, and the reason
	// says why. The subject is the merge.
	RecordsMerged Kind = "records.merged"
	MergeUndone   Kind = "records.merge_undone"

	// PlansListed: somebody was shown a page of a centre's plans; PlanListed: the plan was on it, with its patient's name and its headline.
	PlansListed    Kind = "plans.listed"
	PlanListed     Kind = "plan.listed"
	PlanUseRead    Kind = "plan.use.read"
	DraftSaved     Kind = "draft.saved"
	DraftRead      Kind = "draft.read"
	DraftDiscarded Kind = "draft.discarded"

	// What a department and a centre say to each other about an alert: each of these is an entry in the department's room, and none quotes
	// what was said. ThreadRead: somebody was given it to read; its subject is an alert, a plan or a centre.
	QuestionAsked    Kind = "question.asked"
	QuestionSeen     Kind = "question.seen"
	QuestionAnswered Kind = "question.answered"
	AnswerSeen       Kind = "answer.seen"
	PlanDisputed     Kind = "plan.disputed"
	OutcomeGiven     Kind = "outcome.given"
	OutcomeCorrected Kind = "outcome.corrected"
	ThreadRead       Kind = "thread.read"

	// BoardSeen: somebody can see a department's board; BoardUnseen: for some time nobody could, as far as the screens say. The subject is
	// the department.
	BoardSeen   Kind = "board.seen"
	BoardUnseen Kind = "board.unseen"

	// CanaryPassed: the check that goes the way of an arrival came through to a department. CanaryMissed: it did not, twice, and the reason
	// says where it stopped. CanaryBack: it does again. The subject is the department; none of them is an entry of its room.
	CanaryPassed Kind = "canary.passed"
	CanaryMissed Kind = "canary.missed"
	CanaryBack   Kind = "canary.back"

	// EscalationStep: nobody has answered an alert, and the next who is to be told was found, or nobody was. EscalationAlarm: nobody has answered
	// through all steps. The subject is the alert; neither is an entry of a room.
	EscalationStep  Kind = "escalation.step"
	EscalationAlarm Kind = "escalation.alarm"

	// ContactAdded to ContactLost: how somebody is reached; the subject is the contact point's id, never an address. ContactLost: the push service says
	// that there is no such browser any more.
	ContactAdded    Kind = "contact.added"
	ContactVerified Kind = "contact.verified"
	ContactChanged  Kind = "contact.changed"
	ContactRemoved  Kind = "contact.removed"
	ContactTested   Kind = "contact.tested"
	ContactLost     Kind = "contact.lost"

	// RotaKept to RotaGap: what is kept about who is on call, the subject is the rota; PolicyKept, PolicyDropped: what happens while nobody answers,
	// the subject is the policy; CentreLineKept, CentreLineDropped: the rota of a centre's own line, the subject is the centre. RotaGap: nobody is on
	// at a time of the next eight weeks, or nothing reaches whoever is. CalendarMade, CalendarEnded: an address for a calendar program; the subject is
	// the account. What is kept has changed with each of those that begin with "on_call.", but RotaGap and the calendars.
	RotaKept          Kind = "on_call.rota_kept"
	RotaDropped       Kind = "on_call.rota_dropped"
	RotaOverridden    Kind = "on_call.rota_overridden"
	RotaOverrideEnded Kind = "on_call.rota_override_ended"
	RotaSwapAsked     Kind = "on_call.rota_swap_asked"
	RotaSwapAccepted  Kind = "on_call.rota_swap_accepted"
	RotaSwapClosed    Kind = "on_call.rota_swap_closed"
	RotaGap           Kind = "on_call.rota_gap"
	PolicyKept        Kind = "on_call.policy_kept"
	PolicyDropped     Kind = "on_call.policy_dropped"
	CentreLineKept    Kind = "on_call.centre_kept"
	CentreLineDropped Kind = "on_call.centre_dropped"
	CalendarMade      Kind = "on_call.calendar_made"
	CalendarEnded     Kind = "on_call.calendar_ended"

	// SubscriptionKept, SubscriptionDropped: what somebody wants to be told of; the subject is the subscription, and the reason says whose. ListKept,
	// ListDropped: a list of plans that somebody keeps for that. PeopleTold: something happened that people subscribed to; the subject is the alert or
	// the plan, and the reason says what and how many are told.
	SubscriptionKept    Kind = "subscription.kept"
	SubscriptionDropped Kind = "subscription.dropped"
	ListKept            Kind = "subscription.list_kept"
	ListDropped         Kind = "subscription.list_dropped"
	PeopleTold          Kind = "people.told"

	// PersonInvited to PersonAssigned: somebody's account; the subject is its id. SessionBegun, SessionEnded: a sign-in and its end; the subject
	// is the session. SignInRefused: somebody was not let in; its subject is the account, if there is one of that name. ScreenApproved: a
	// screen on a wall has an account.
	PersonInvited  Kind = "person.invited"
	PersonJoined   Kind = "person.joined"
	PersonReset    Kind = "person.reset"
	PersonDisabled Kind = "person.disabled"
	PersonEnabled  Kind = "person.enabled"
	PersonAssigned Kind = "person.assigned"
	SessionBegun   Kind = "session.begun"
	SessionEnded   Kind = "session.ended"
	SignInRefused  Kind = "session.refused"
	ScreenApproved Kind = "screen.approved"

	// Purged: what was kept long enough was let go; the subject is its class, and the reason says how much. JournalCut: the beginning of the journal was;
	// the subject is the [Cut]. PersonErased, PersonRestricted, PersonUnrestricted: somebody had what is held of one person erased, or shown with more
	// care; the subject is a name that stands for the person.
	Purged             Kind = "retention.purged"
	JournalCut         Kind = "journal.cut"
	PersonErased       Kind = "person.erased"
	PersonRestricted   Kind = "person.restricted"
	PersonUnrestricted Kind = "person.unrestricted"

	AccessRefused Kind = "access.refused"
	// KeyReplaced: what is kept is sealed with a new data key from now on. KeysRewrapped: all keys were wrapped with another master key.
	KeyReplaced   Kind = "key.replaced"
	KeysRewrapped Kind = "keys.rewrapped"

	// GlassBroken: somebody opened a plan whose patient was not before them; ReasonStated: somebody said why they open the plan of a patient who is
	// specially protected. The subject is the plan, the reason the one that was chosen; the words stand in the opening, not here. GlassJudged: a
	// second person said whether that was right. OpeningsListed: somebody was shown such openings; its subject is an organisation.
	GlassBroken    Kind = "glass.broken"
	ReasonStated   Kind = "reason.stated"
	GlassJudged    Kind = "glass.judged"
	OpeningsListed Kind = "glass.listed"
	// LooksRead: somebody was shown who looked at a plan, which is the subject. AuditSearched: somebody searched the journal. ExposureRead: somebody
	// was shown whom an account had been shown; the subject is that account.
	LooksRead     Kind = "looks.read"
	AuditSearched Kind = "audit.searched"
	ExposureRead  Kind = "exposure.read"
	// A change that could silence an alert waits for a second person, who approved or refused it; or its time was over; or it was taken. The
	// subject is what it changes, such as "directory".
	ChangeProposed Kind = "change.proposed"
	ChangeApproved Kind = "change.approved"
	ChangeRefused  Kind = "change.refused"
	ChangeTaken    Kind = "change.taken"
	ChangesListed  Kind = "change.listed"
	// TokenGiven: a system proved who it is and was given an access token. Its subject is the client's id.
	TokenGiven         Kind = "token.given"
	MessageQuarantined Kind = "message.quarantined"
	// The subject of these is the beginning of a quarantined message's id; of QuarantineListed it is empty.
	QuarantineListed Kind = "quarantine.listed"
	MessageRead      Kind = "message.read"
	MessageReplayed  Kind = "message.replayed"
	MessageDiscarded Kind = "message.discarded"
	// MessageRefused: its sender may not say what it says. The subject is the beginning of its certificate's fingerprint.
	MessageRefused Kind = "message.refused"
)

// Entry is one fact. Number, Time, Previous and Hash are given by the store when it is written.
type Entry struct {
	Number int64
	Time   time.Time
	Kind   Kind
	Actor  Actor
	// Room is the department whose board this entry changes; empty for entries that change no board.
	Room string
	// Before is the number of the entry before this one in the same room (0 for the first), so that a reader of one room sees a gap.
	Before int64
	// Subject is the identifier of what the entry is about: an alert, a plan, a message.
	Subject string
	// Version is the version of the subject where it has one (a plan's), else 0.
	Version int
	// Reason is in words a nurse could read. It names no patient and quotes no plan.
	Reason string
	// Place is where the actor did it: the pattern of the address, and from which network address ([At]). Empty for what no person or system
	// asked for at an address, and for entries from before places were kept.
	Place string
	// Previous is the hash of the entry before this one in the whole journal; Hash covers it and every field above.
	Previous, Hash [32]byte
}

// Seal computes the entry's hash over every field and the hash of the entry before it. Changing, deleting, inserting or swapping
// entries breaks the chain from that entry on.
func (e Entry) Seal() [32]byte {
	h := sha256.New()
	var buf []byte
	buf = append(buf, e.Previous[:]...)
	buf = binary.BigEndian.AppendUint64(buf, uint64(e.Number))
	buf = binary.BigEndian.AppendUint64(buf, uint64(e.Time.UnixMicro()))
	buf = binary.BigEndian.AppendUint64(buf, uint64(e.Before))
	buf = binary.BigEndian.AppendUint64(buf, uint64(e.Version))
	for _, s := range []string{string(e.Kind), e.Actor.Name, e.Actor.Role, e.Actor.Organisation, e.Room, e.Subject, e.Reason} {
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(s)))
		buf = append(buf, s...)
	}
	if e.Place != "" { // entries from before places were kept have none, and keep their seals
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(e.Place)))
		buf = append(buf, e.Place...)
	}
	h.Write(buf)
	return [32]byte(h.Sum(nil))
}

// ErrBroken is returned by Verify for a chain that does not hold.
var ErrBroken = errors.New("the journal's chain is broken")

// Verify checks that the entries follow one another and that each seal holds. The first entry must continue from the given hash and
// number. It names the first entry that does not fit.
func Verify(after int64, previous [32]byte, entries []Entry) error {
	for _, e := range entries {
		switch {
		case e.Number != after+1:
			return fmt.Errorf("%w: entry %d follows entry %d", ErrBroken, e.Number, after)
		case e.Previous != previous:
			return fmt.Errorf("%w: entry %d does not continue from entry %d", ErrBroken, e.Number, after)
		case e.Seal() != e.Hash:
			return fmt.Errorf("%w: entry %d was changed after it was written", ErrBroken, e.Number)
		}
		after, previous = e.Number, e.Hash
	}
	return nil
}

// Log reads the journal. A reader sees committed entries only, and when it sees number n it has seen, or can see, every number
// before n: numbers come from a counter inside the writing transaction, so none is committed late.
type Log interface {
	// Epoch is fixed while the service runs.
	Epoch() string
	// Head returns the number of the newest committed entry, 0 for an empty journal.
	Head(ctx context.Context) (int64, error)
	// After returns at most limit entries with numbers greater than the given one, in order.
	After(ctx context.Context, number int64, limit int) ([]Entry, error)
	// RoomHeads returns, for each of some rooms, the number of its newest committed entry, 0 if it has none. All are true at one moment.
	RoomHeads(ctx context.Context, rooms []string) (map[string]int64, error)
	// RoomsAfter is After for the entries of some rooms, in the order of the whole journal. All are read at one moment.
	RoomsAfter(ctx context.Context, rooms []string, number int64, limit int) ([]Entry, error)
}
