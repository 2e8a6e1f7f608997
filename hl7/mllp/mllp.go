// Package mllp answers one question: where in a stream of bytes does an HL7 message begin and end?
//
// The Minimal Lower Layer Protocol puts 0B before a message and 1C 0D after it (HL7 v2 Transport Specification: MLLP, release 1).
// Real senders do not always: this package reads what they send, bounded in bytes and in time, and says what it could not read.
//
//   - Bytes between messages (a byte-order mark, an LF after the last CR, rubbish) are skipped, up to [Limits.RubbishBytes].
//   - A message without its 0B is taken if it begins with MSH at the start of a line.
//   - 0B inside a message is content. Only 0B followed by MSH is not: there the message before has lost its end. It is reported
//     as damaged ([ErrLostEnd]), never handed over as whole, and reading goes on with the message that begins there.
//   - 1C without 0D after it is content, unless a new message, the end of the stream or silence follows: then the end only lost its 0D.
//
// What a message says is no concern of this package.
package mllp

import "time"

// The three bytes of the protocol.
const (
	startBlock     = 0x0B
	endBlock       = 0x1C
	carriageReturn = 0x0D
)

// AppendFrame appends message to dst inside its frame and returns the extended slice, ready for a single write.
func AppendFrame(dst, message []byte) []byte {
	dst = append(dst, startBlock)
	dst = append(dst, message...)
	return append(dst, endBlock, carriageReturn)
}

// Limits bound what one sender can take from the others. A field that is zero or negative has the default named beside it.
type Limits struct {
	MessageBytes int           // of one message without its frame; 1 MiB
	RubbishBytes int           // skipped between two messages; 4 KiB
	Connections  int           // open at once, further ones are closed on arrival; 512
	PerSender    int           // of these from one sender: one certificate, or one address without; as many as Connections
	FrameIdle    time.Duration // of silence inside a message; 5 s
	FrameTotal   time.Duration // from the first byte of a message to its last; 60 s
	Idle         time.Duration // of silence between messages; unlimited, since quiet feeds are usual and TCP keepalive finds dead peers
	Write        time.Duration // until a peer takes an answer; 10 s
	Handshake    time.Duration // of a TLS handshake; 10 s
	Linger       time.Duration // for a refused peer to read its answer before the connection is cut; 1 s
	Penalty      time.Duration // for which a connection that ended by a fault of its sender keeps its place among Connections and PerSender; 1 s
	Drain        time.Duration // for messages in hand when the server stops; 10 s
}

func (l Limits) withDefaults() Limits {
	l.MessageBytes = atLeastOne(l.MessageBytes, 1<<20)
	l.RubbishBytes = atLeastOne(l.RubbishBytes, 4<<10)
	l.Connections = atLeastOne(l.Connections, 512)
	l.PerSender = atLeastOne(l.PerSender, l.Connections)
	l.FrameIdle = atLeastOne(l.FrameIdle, 5*time.Second)
	l.FrameTotal = atLeastOne(l.FrameTotal, 60*time.Second)
	l.Idle = max(l.Idle, 0)
	l.Write = atLeastOne(l.Write, 10*time.Second)
	l.Handshake = atLeastOne(l.Handshake, 10*time.Second)
	l.Linger = atLeastOne(l.Linger, time.Second)
	l.Penalty = atLeastOne(l.Penalty, time.Second)
	l.Drain = atLeastOne(l.Drain, 10*time.Second)
	return l
}

func atLeastOne[T int | time.Duration](value, otherwise T) T {
	if value < 1 {
		return otherwise
	}
	return value
}
