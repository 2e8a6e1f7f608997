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

// Quarantine keeps what could not be understood.
type Quarantine interface {
	// KeepQuarantined keeps the bytes, once however often they are sent. When it returns nil they are durable.
	KeepQuarantined(ctx context.Context, q Quarantined) error
}
