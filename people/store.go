package people

import (
	"context"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// Store keeps people and their sessions.
type Store interface {
	// ChangePeople runs do in one transaction, alone among all that it runs. When it returns nil, what do wrote is durable; when do fails,
	// nothing was written and its error is in the chain. do may run more than once.
	ChangePeople(ctx context.Context, do func(Tx) error) error
	// ReadPeople runs do on one state of what is kept.
	ReadPeople(ctx context.Context, do func(Reader) error) error
}

// Reader finds what is kept.
type Reader interface {
	// Person finds one by id, PersonNamed by name; or ErrNoPerson.
	Person(id string) (Person, error)
	PersonNamed(name string) (Person, error)
	// PersonVouched finds whom a provider calls by a subject, or ErrNoPerson.
	PersonVouched(provider, subject string) (Person, error)
	// People are all, in the order of their names.
	People() ([]Person, error)
	// Invitation finds one by the hash of its token, or ErrNoInvitation. Invited are the people with an invitation that holds at an instant.
	Invitation(hash string) (Invitation, error)
	Invited(now time.Time) ([]string, error)
	// Session finds one by the hash of its token, SessionByID by its name, or ErrNoSession, whether it holds still or not.
	Session(hash string) (Session, error)
	SessionByID(id string) (Session, error)
	// SessionsOf are those of a person, the newest first.
	SessionsOf(person string) ([]Session, error)
	// SessionsVouched are those that rest on a provider's word for a subject, or on a session of its own; an empty one of the two stands for any.
	SessionsVouched(provider, subject, sid string) ([]Session, error)
	// SessionsOver are those that do not hold any more at an instant, at most a thousand.
	SessionsOver(now time.Time) ([]Session, error)
	// Enrolment finds a screen that waits, by the hash of its secret or by its code, or ErrNoEnrolment. Waiting counts those that hold.
	Enrolment(hash string) (Enrolment, error)
	EnrolmentCoded(code string) (Enrolment, error)
	Waiting(now time.Time) (int, error)
}

// Tx also writes.
type Tx interface {
	Reader
	// AddPerson keeps a new one, KeepPerson one that is there; ErrNameTaken if somebody else has the name.
	AddPerson(p Person) error
	KeepPerson(p Person) error
	// AddInvitation keeps one; DropInvitations forgets all of a person.
	AddInvitation(i Invitation) error
	DropInvitations(person string) error
	// DropFirst forgets whoever was invited to be the first administrator and has not come.
	DropFirst() error
	AddSession(s Session) error
	// TouchSession keeps when a session was used. DropSession forgets one and tells whether it was there.
	TouchSession(s Session) error
	DropSession(id string) (bool, error)
	// Attempts finds those of a key, a zero value if there are none.
	Attempts(key string) (Attempts, error)
	KeepAttempts(a Attempts) error
	DropAttempts(key string) error
	// AddTicket keeps a ticket of a session; TakeTicket forgets it and tells whether it was there and held.
	AddTicket(hash, session string, until time.Time) error
	TakeTicket(hash, session string, now time.Time) (bool, error)
	// UseOnce keeps that a provider's word was used, and tells whether it is the first time, on any node. What ended before forget is dropped.
	UseOnce(provider, id string, ends, forget time.Time) (first bool, err error)
	AddEnrolment(e Enrolment) error
	ApproveEnrolment(hash, person string) error
	DropEnrolment(hash string) error
	// Forget drops attempts, tickets, invitations and enrolments that are over at an instant.
	Forget(now time.Time) error
	// Append writes a journal entry.
	Append(e journal.Entry) error
}

// Enrolment is a screen that shows a code and waits for somebody to approve it.
type Enrolment struct {
	// Hash is that of the secret that the screen holds; Code is what it shows.
	Hash, Code string
	// Person is the account that it was given; empty until it is approved.
	Person string
	Until  time.Time
}
