package alerts

import (
	"context"
	"errors"
	"time"
)

// Quarantined is a message that could not be understood, kept byte for byte, so that it can be looked at and taken later.
type Quarantined struct {
	// Sender is MSH-3 and MSH-4 joined by "|", as far as they could be read.
	Sender   string
	Received time.Time
	// Raw is the message as received.
	Raw []byte
	// Answer is the code that the sender got (AE, AR), Condition the HL7 table 0357 code, Location where in the message.
	Answer    string
	Condition int
	Location  string
	// Reason says in words what could not be understood. It quotes nothing of the message.
	Reason string
	// Listener and Address are over which listener and from where it came; the rest is of the sender's certificate, empty without one:
	// fingerprint, subject, alternative names. With these the same rules can be applied when it is taken again.
	Listener, Address    string
	Fingerprint, Subject string
	Names                []string
	// Organisation is the ODS code of the organisation in whose name the certificate speaks; empty without one.
	Organisation string
}

// QuarantineEntry is a message in quarantine and what became of it. Received is when it came last; Raw is there only where it is asked for.
type QuarantineEntry struct {
	// ID is the SHA-256 of the message, in hexadecimal.
	ID string
	Quarantined
	// First is when it came first, Times how often it came, Size its length in bytes: 0 once it is discarded.
	First time.Time
	Times int
	Size  int
	// Replays is how often it was given to the receiver again, Replayed when last. Taken and Discarded are zero while it waits; By is the
	// name of who did the one or the other.
	Replays                    int
	Replayed, Taken, Discarded time.Time
	By                         string
}

// QuarantineWaiting is how many messages of one sender wait in quarantine, and when the newest of them came.
type QuarantineWaiting struct {
	// Sender and Organisation are as in [Quarantined].
	Sender, Organisation string
	Messages             int
	Newest               time.Time
}

// Replayed is what became of a message of the quarantine that was given to the receiver again.
type Replayed struct {
	Taken bool
	// Answer is what its sender would have got (AA, AE, AR); the rest says why it was not taken.
	Answer           string
	Condition        int
	Location, Reason string
}

// Errors of the quarantine that a caller can act on.
var (
	ErrNoQuarantined      = errors.New("no such message is in quarantine")
	ErrSeveralQuarantined = errors.New("several messages in quarantine have ids that begin so")
	// ErrNoListener: the listener over which the message came is not configured any more, so that nobody can say by which rules to take it.
	ErrNoListener = errors.New("the listener that the message came over is not configured any more")
)

// Refused is a message whose sender may not say what it says. Nothing of it is kept.
type Refused struct {
	// Sender is how the configuration calls it, or else the subject of its certificate; Organisation whose it is, empty if nobody's.
	Sender, Organisation string
	// Certificate is the fingerprint.
	Certificate string
	At          time.Time
	// Reason says in words what it may not do. It quotes nothing of the message.
	Reason string
}

// Refusals journals what senders may not send.
type Refusals interface {
	KeepRefusal(ctx context.Context, r Refused) error
}

// Quarantine keeps what could not be understood.
type Quarantine interface {
	// KeepQuarantined keeps the bytes, once however often they are sent. When it returns nil they are durable.
	KeepQuarantined(ctx context.Context, q Quarantined) error
}
