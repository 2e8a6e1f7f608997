// Package stream answers: how does a department's screen come to show what the journal says, and know that it still does?
//
// A screen is a position in the journal of its room (its department), and nothing more. [Hub] follows the journal, and whenever a
// screen's position is older than its room, it draws the next entry's alert as this viewer may see it now, writes the frame, and moves
// the position. There is no queue for a socket and no hand-over from history to live: a slow screen simply has an older position.
//
// # Protocol
//
// A WebSocket with the subprotocol [Subprotocol]. Messages are JSON objects in text frames. The client says hello within 10 s:
//
//	{"type":"hello","token":"…","after":"EPOCH/NUMBER"}        "after" is optional: the last position the client holds
//
// A browser in which somebody has signed in has no token: its request carries the cookie of the session and the Origin of its page, and its
// hello a ticket that it has just fetched, which holds for thirty seconds and once. Its stream ends with the session.
//
// The server answers with a welcome, with a snapshot of all open alerts if it did not resume, and then with what happens:
//
//	{"type":"welcome","department":"RQW-AE","position":"EPOCH/NUMBER","resumed":false,"heartbeat_seconds":5}
//	{"type":"snapshot","position":"…","alerts":[ALERT, …]}
//	{"type":"alert","position":"…","previous":"…","change":"raised|updated|acknowledged|withdrawn|closed","alert":ALERT}
//	{"type":"heartbeat","position":"…","time":"2026-11-22T14:02:10Z"}
//
// A stream can be of several departments too: listed in its address, all of an organisation or of a region, or those that a person may see
// (see target). It is the same room with the same protocol: a position is the newest entry in any of its departments, a welcome lists them in
// "departments", and the epoch in a position is marked with which they are, so that a position of other departments leads to a snapshot.
//
// ALERT is [github.com/ucpalert/ucpalert/subscribers.View]. The client may send commands about an alert of the department; each is
// answered, in the order in which they came:
//
//	{"type":"displayed|seen|acknowledge","alert":ID}
//	{"type":"done","command":"acknowledge","alert":ID}
//	{"type":"refused","command":"acknowledge","alert":ID,"reason":"in words"}
//
// Members that the server does not know are ignored; a type that it does not know is refused. Whatever is not a JSON object of this
// shape, or longer than 4 KB, closes the socket with [CloseProtocol]. What a client does after a close is told by its code: see
// [CloseProtocol] and those after it, and [ComeBack].
//
// # What is promised
//
//   - Order without gaps. Positions of one socket grow; "previous" of each alert frame is the position that the client already holds.
//     A client that sees anything else has found a defect, and says hello again without "after".
//   - Once. No entry is sent twice on a socket, nor again after a resume from a position at or after it.
//   - Resuming is exact: from a position of this epoch, not beyond the journal's head, with at most 1,000 entries missed, the client gets
//     each missed entry, in order. From any other it gets a snapshot, and "resumed" is false.
//   - The newest is shown. A missed entry is drawn with the alert as it stands when it is written, not as it stood when it happened:
//     permission is checked at that moment, and a department that the patient has left reads only that the alert is withdrawn. What
//     one screen was drawn is given to the others of the room for at most two seconds, and never past a newer entry about the alert.
//   - No green lie. A heartbeat is sent only to a screen that has been sent everything, and only while the journal is being read. A client
//     that gets none for some time must stop looking live. WebSocket pings are no proof of anything but the connection.
//   - Confinement. A frame is drawn for one department and shared only inside its room; the entitlement is asked again for every
//     command and before every writing.
//   - A slow reader harms nobody. One that takes nothing for ten seconds is told to come back and cut off; it holds no lock that another
//     screen needs, and no memory but its own frame under way.
//
// A reading of the board and a refusal are journalled, once for a connection. Neither tokens nor anything about a patient stand there or
// in a log line.
//
// # Time
//
// What is drawn or journalled is dated by Options.Now. Deadlines of sockets and ages of drawings are measured by the process's own
// monotonic clock, as net.Conn demands.
package stream
