package stream

import (
	"fmt"

	"github.com/gorilla/websocket"
)

// The codes with which the service closes a stream, and what the client should do then (RFC 6455 §7.4; 4000–4999 are for private use).
// The WebSocket library itself closes with 1002 when frames break RFC 6455; that too means: do not come back.
const (
	// CloseProtocol: the client does not speak the protocol. Do not come back before it is mended.
	CloseProtocol = 4400
	// CloseSignIn: the token is missing or not known, or the session has ended. Come back with another.
	CloseSignIn = 4401
	// CloseForbidden: the account may not watch this department, or may no longer. Do not come back.
	CloseForbidden = 4403
	// CloseNoDepartment: there is no such department today. Do not come back.
	CloseNoDepartment = 4404
	// CloseHelloLate: hello did not come within ten seconds. Come back.
	CloseHelloLate = 4408
	// CloseChanged: the stream covers other departments than it did when it began. Come back, with the position: what follows is a snapshot.
	CloseChanged = 4409
	// CloseTooSlow: the client took nothing for ten seconds. Come back, with the position it holds.
	CloseTooSlow = 4413
	// CloseRestart: the service is stopping. Come back after a short, random wait (IANA: Service Restart).
	CloseRestart = websocket.CloseServiceRestart
	// CloseTryLater: the service cannot serve this screen now: too many screens, or the database cannot be read. Come back later (IANA:
	// Try Again Later).
	CloseTryLater = websocket.CloseTryAgainLater
)

// ComeBack tells whether a client should connect again by itself after a close with this code. After CloseSignIn it should not, until
// it has another token. Every code that is not the service's own (a lost connection is 1006) means come back, except 1002.
func ComeBack(code int) bool {
	switch code {
	case CloseProtocol, CloseSignIn, CloseForbidden, CloseNoDepartment, websocket.CloseProtocolError:
		return false
	}
	return true
}

// closing is an error that knows how the stream must be closed for it.
type closing struct {
	code int
	// reason is sent to the client: words, at most 123 bytes (RFC 6455 §5.5), nothing about a patient.
	reason string
}

func (c closing) Error() string { return fmt.Sprintf("close %d: %s", c.code, c.reason) }

// message is the payload of the close frame.
func (c closing) message() []byte { return websocket.FormatCloseMessage(c.code, c.reason) }

// The closes that need no further words.
var (
	errHelloLate    = closing{CloseHelloLate, "hello did not come in time"}
	errSignIn       = closing{CloseSignIn, "the token is not known; sign in again"}
	errSignedOut    = closing{CloseSignIn, "signed out; sign in again"}
	errForbidden    = closing{CloseForbidden, "the account may not watch this department"}
	errNoDepartment = closing{CloseNoDepartment, "there is no such department"}
	errManyBoards   = protocol("one address names at most 50 departments")
	errChanged      = closing{CloseChanged, "the departments of this stream have changed; come back"}
	errTooSlow      = closing{CloseTooSlow, "too slow; come back"}
	errRestart      = closing{CloseRestart, "the service is restarting; come back"}
	errFull         = closing{CloseTryLater, "too many screens; come back later"}
	errAccountFull  = closing{CloseTryLater, "too many screens for this account; come back later"}
	errUnreadable   = closing{CloseTryLater, "the alerts cannot be read now; come back later"}
)

// protocol closes for a message that breaks the protocol.
func protocol(reason string) closing { return closing{CloseProtocol, reason} }
