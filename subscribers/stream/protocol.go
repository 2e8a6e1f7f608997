package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// Subprotocol names the protocol in the WebSocket handshake; a client that does not offer it is refused.
const Subprotocol = "ucpalert.v1"

// maxMessage is the longest message taken from a client, in bytes.
const maxMessage = 4 << 10

// request is any message of a client: a hello, a heartbeat or a command.
type request struct {
	Type  string `json:"type"`
	Token string `json:"token"`
	// Ticket stands in place of the token where the request had the cookie of a session.
	Ticket string `json:"ticket"`
	After  string `json:"after"`
	Alert  string `json:"alert"`
	// Department says, on a stream of several, in which of them a command is meant.
	Department string `json:"department"`
	// Seen is what the service named under that when it showed the identities side by side.
	Seen string `json:"seen"`
	// Screen and Version name the screen and what runs on it; Status asks for status frames; Visible tells whether somebody can see it.
	Screen  string `json:"screen"`
	Version string `json:"version"`
	Status  bool   `json:"status"`
	Visible *bool  `json:"visible"`
	// Done is what somebody does who acknowledges; From and To are who holds an alert that is handed over, and who takes it.
	Done string `json:"done"`
	From string `json:"from"`
	To   string `json:"to"`
	// Canary asks for canary frames, in a hello; Position names the one that was displayed.
	Canary   bool   `json:"canary"`
	Position string `json:"position"`
}

// parseRequest reads a message of a client, or returns a closing.
func parseRequest(kind int, body []byte) (request, error) {
	switch {
	case kind != websocket.TextMessage:
		return request{}, protocol("messages are JSON in text frames")
	case len(body) > maxMessage:
		return request{}, protocol("the message is longer than 4 KB")
	case !utf8.Valid(body): // RFC 6455 §5.6: text is UTF-8
		return request{}, protocol("the message is not UTF-8")
	case !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")):
		return request{}, protocol("the message is not a JSON object")
	}
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return request{}, protocol("the message is not a JSON object of the protocol")
	}
	if r.Type == "" {
		return request{}, protocol("the message has no type")
	}
	return r, nil
}

type welcome struct {
	Type string `json:"type"`
	// Department is the one whose stream it is. A stream of several has the list in its place.
	Department       string   `json:"department,omitempty"`
	Departments      []string `json:"departments,omitempty"`
	Position         string   `json:"position"`
	Resumed          bool     `json:"resumed"`
	HeartbeatSeconds float64  `json:"heartbeat_seconds"`
	// CanarySeconds is how often the canary comes; absent if it does not, or the client did not ask for it.
	CanarySeconds float64 `json:"canary_seconds,omitempty"`
}

type snapshot struct {
	Type     string             `json:"type"`
	Position string             `json:"position"`
	Alerts   []subscribers.View `json:"alerts"`
}

type alertFrame struct {
	Type     string           `json:"type"`
	Position string           `json:"position"`
	Previous string           `json:"previous"`
	Change   string           `json:"change"`
	Alert    subscribers.View `json:"alert"`
}

type heartbeat struct {
	Type     string `json:"type"`
	Position string `json:"position"`
	Time     string `json:"time"`
}

// reply answers a command.
type reply struct {
	Type    string `json:"type"`
	Command string `json:"command"`
	Alert   string `json:"alert,omitempty"`
	// Position names the canary that a command was about.
	Position string `json:"position,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

func done(r request) reply {
	return reply{Type: "done", Command: r.Type, Alert: r.Alert, Position: r.Position}
}

func refused(r request, reason string) reply {
	return reply{Type: "refused", Command: r.Type, Alert: r.Alert, Position: r.Position, Reason: reason}
}

// change names an entry's kind on the wire. An alert that has left the room is withdrawn there, whatever the entry once said of it.
func change(kind journal.Kind, left bool) string {
	switch kind {
	case journal.AlertWithdrawn, journal.AlertRecallSeen:
		return "withdrawn"
	case journal.AlertClosed:
		return "closed"
	}
	if left {
		return "withdrawn"
	}
	switch kind {
	case journal.AlertRaised:
		return "raised"
	case journal.AlertAcknowledged:
		return "acknowledged"
	case journal.AlertHandedOver:
		return "handed_over"
	case journal.QuestionAnswered:
		return "answered"
	}
	return "updated"
}

// prepare encodes a message once for any number of sockets.
func prepare(message any) (*websocket.PreparedMessage, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("encode a frame: %w", err)
	}
	frame, err := websocket.NewPreparedMessage(websocket.TextMessage, body)
	if err != nil {
		return nil, fmt.Errorf("prepare a frame: %w", err)
	}
	return frame, nil
}

// instant writes a time as RFC 3339 in UTC, to the second.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
