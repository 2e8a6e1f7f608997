package alerts

import (
	"context"
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
}

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
