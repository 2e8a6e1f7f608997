package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

// Quarantine keeps messages of hospitals that were not understood. Ids may be shortened to their first eight digits where one is looked for.
type Quarantine interface {
	// Quarantine returns a page of entries without their messages, the newest first: those after another entry, or the first if after is
	// empty; with those that were taken or discarded only if settled is set.
	Quarantine(ctx context.Context, after string, settled bool, most int) ([]alerts.QuarantineEntry, error)
	// QuarantineWaiting counts what waits by its senders.
	QuarantineWaiting(ctx context.Context) ([]alerts.QuarantineWaiting, error)
	// Quarantined returns one entry with its message, or alerts.ErrNoQuarantined or alerts.ErrSeveralQuarantined.
	Quarantined(ctx context.Context, id string) (alerts.QuarantineEntry, error)
	// NoteReplay keeps what became of an entry that was given to the receiver again; DiscardQuarantined drops a message and keeps that it
	// was there. Both journal it in the same transaction, want the whole id, and return alerts.ErrNoQuarantined for what is not there.
	NoteReplay(ctx context.Context, id string, became alerts.Replayed, at time.Time, by journal.Actor) error
	DiscardQuarantined(ctx context.Context, id string, at time.Time, by journal.Actor) error
}

// Replay gives a message of the quarantine to the receiver again, as if its sender had sent it again. An error means that nothing was kept.
type Replay func(ctx context.Context, q alerts.Quarantined) (alerts.Replayed, error)

// quarantinePage is how many entries a page has.
const quarantinePage = 100

// addQuarantine adds the addresses of the messages that were not understood.
func (s *server) addQuarantine(api *apiTable) {
	const below = "/api/operations/quarantine"
	addAPI(s, api, signedIn, access.ListQuarantine, huma.Operation{
		Method: "GET", Path: below, OperationID: "quarantine", Summary: "The messages of hospitals that were not understood, the newest first",
		Description: "Of the caller's own trust, or of the hospitals of the caller's region and of whom the directory does not know. Why, from whom and when, but nothing of what they say. A page may be short, or empty, before the last. The listing is journalled.", Errors: []int{401, 403, 404, 503},
	}, s.listQuarantine)
	addAPI(s, api, signedIn, access.ListQuarantine, huma.Operation{
		Method: "GET", Path: below + "/{message}", OperationID: "quarantined", Summary: "One message that was not understood, without what it says",
		Description: "An id may be shortened to its first eight digits or more. The reading is journalled.", Errors: []int{401, 403, 404, 409, 503},
	}, s.showQuarantined)
	addAPI(s, api, signedIn, access.ReadQuarantined, huma.Operation{
		Method: "GET", Path: below + "/{message}/bytes", OperationID: "quarantined-bytes", Summary: "The message itself, byte for byte as it came",
		Description: "It holds a patient. The reading is journalled before it is given out. 410 if it was discarded.", Errors: []int{401, 403, 404, 409, 410, 503},
	}, s.readQuarantined)
	addAPI(s, api, signedIn, access.ReplayQuarantined, huma.Operation{
		Method: "POST", Path: below + "/{message}/replay", OperationID: "replay", Summary: "Have the message taken as if its sender had sent it again", DefaultStatus: http.StatusOK,
		Description: "By the configuration of now: the same rules for senders, reading and repetitions. What was taken before is taken again and changes nothing. What is refused goes on waiting, with the new reason. 410 if it was discarded, 503 if it could not be stored: try again.",
		Errors:      []int{401, 403, 404, 409, 410, 503},
	}, s.replayQuarantined)
	addAPI(s, api, signedIn, access.DiscardQuarantined, huma.Operation{
		Method: "DELETE", Path: below + "/{message}", OperationID: "discard", Summary: "Drop the message; that it was there is kept",
		Description: "Journalled. If its sender sends it again, it waits again.", Errors: []int{401, 403, 404, 409, 410, 503},
	}, s.discardQuarantined)
}

type quarantined struct {
	ID          string     `json:"id" doc:"SHA-256 of the message"`
	Sender      string     `json:"sender" doc:"MSH-3|MSH-4, as far as they could be read"`
	Listener    string     `json:"listener" doc:"Over which it came"`
	Address     string     `json:"address" doc:"From where"`
	Subject     string     `json:"subject,omitempty" doc:"Of the sender's certificate"`
	Fingerprint string     `json:"fingerprint,omitempty" doc:"Of the sender's certificate: SHA-256"`
	First       time.Time  `json:"first" doc:"When it came first, in UTC"`
	Last        time.Time  `json:"last" doc:"When it came last"`
	Times       int        `json:"times" doc:"How often it came"`
	Size        int        `json:"size" doc:"In bytes"`
	Answer      string     `json:"answer" enum:"AA,AE,AR" doc:"What its sender was, or now would be, answered"`
	Condition   int        `json:"condition" doc:"Code of HL7 table 0357"`
	Location    string     `json:"location" doc:"Where in the message: segment^occurrence^field"`
	Reason      string     `json:"reason" doc:"Why it was not understood, in words"`
	Replays     int        `json:"replays" doc:"How often somebody had it taken again"`
	Replayed    *time.Time `json:"replayed,omitempty" doc:"When last"`
	Taken       *time.Time `json:"taken,omitempty" doc:"When a replay was taken"`
	Discarded   *time.Time `json:"discarded,omitempty" doc:"When it was dropped"`
	By          string     `json:"by,omitempty" doc:"Who had it taken or dropped it"`
}

func showEntry(e alerts.QuarantineEntry) quarantined {
	instant := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	return quarantined{
		e.ID, e.Sender, e.Listener, e.Address, e.Subject, e.Fingerprint, e.First.UTC(), e.Received.UTC(), e.Times, e.Size,
		e.Answer, e.Condition, e.Location, e.Reason, e.Replays, instant(e.Replayed), instant(e.Taken), instant(e.Discarded), e.By,
	}
}

type quarantineList struct {
	Messages []quarantined `json:"messages" nullable:"false"`
	Next     string        `json:"next,omitempty" doc:"For after, where there are more"`
}

func (s *server) listQuarantine(ctx context.Context, in *struct {
	After   string `query:"after" doc:"The id at which the page before ended"`
	Settled bool   `query:"settled" doc:"Also those that were taken or discarded"`
}) (*body[quarantineList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "quarantine"); err != nil {
		return nil, err
	}
	page, next, err := s.ownQuarantine(ctx, in.After, in.Settled)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.QuarantineListed, "", 0); err != nil {
		return nil, err
	}
	list := quarantineList{Messages: []quarantined{}, Next: next}
	for _, e := range page {
		list.Messages = append(list.Messages, showEntry(e))
	}
	return &body[quarantineList]{list}, nil
}

// mostPagesRead bounds how much of what others sent is passed over in one answer.
const mostPagesRead = 20

// ownQuarantine is a page of the entries that the caller may see, and after which id the next one begins: empty if there is none.
func (s *server) ownQuarantine(ctx context.Context, after string, settled bool) (page []alerts.QuarantineEntry, next string, err error) {
	for range mostPagesRead {
		read, err := s.Quarantine.Quarantine(ctx, after, settled, quarantinePage+1)
		if err != nil {
			return nil, "", err
		}
		for _, e := range read[:min(len(read), quarantinePage)] {
			if len(page) == quarantinePage {
				return page, after, nil
			}
			after = e.ID
			if access.May(visitOf(ctx).account, access.ListQuarantine, s.whose(ctx, e.Organisation, e.Sender)) == nil {
				page = append(page, e)
			}
		}
		if len(read) <= quarantinePage {
			return page, "", nil
		}
	}
	return page, after, nil
}

// whose is whose a message is: that organisation's in whose name its certificate speaks; without one, that organisation's which MSH-4 names.
func (s *server) whose(ctx context.Context, certified, sender string) access.Object {
	return s.ofHospital(ctx, cmp.Or(certified, sender[strings.LastIndexByte(sender, '|')+1:]))
}

type ofMessage struct {
	Message string `path:"message" doc:"The id, or its first eight digits or more"`
}

// quarantinedFor finds an entry if the caller may do the route's action. Whoever asks for what is not there is told so only then.
func (s *server) quarantinedFor(ctx context.Context, id string) (alerts.QuarantineEntry, error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "quarantine"); err != nil {
		return alerts.QuarantineEntry{}, err
	}
	e, err := s.Quarantine.Quarantined(ctx, id)
	if err != nil {
		return alerts.QuarantineEntry{}, err
	}
	if err := s.authorise(ctx, s.whose(ctx, e.Organisation, e.Sender), e.ID[:16]); err != nil {
		return alerts.QuarantineEntry{}, err
	}
	return e, nil
}

// whole is an entry whose message is still there.
func (s *server) whole(ctx context.Context, id string) (alerts.QuarantineEntry, error) {
	e, err := s.quarantinedFor(ctx, id)
	if err == nil && !e.Discarded.IsZero() {
		err = errDiscarded
	}
	return e, err
}

func (s *server) showQuarantined(ctx context.Context, in *ofMessage) (*body[quarantined], error) {
	e, err := s.quarantinedFor(ctx, in.Message)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.QuarantineListed, e.ID[:16], 0); err != nil {
		return nil, err
	}
	return &body[quarantined]{showEntry(e)}, nil
}

// messageBytes are a message as it came.
type messageBytes struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *server) readQuarantined(ctx context.Context, in *ofMessage) (*messageBytes, error) {
	e, err := s.whole(ctx, in.Message)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.MessageRead, e.ID[:16], 0); err != nil {
		return nil, err
	}
	return &messageBytes{"application/octet-stream", `attachment; filename="` + e.ID[:16] + `.hl7"`, e.Raw}, nil
}

type replayed struct {
	Taken     bool   `json:"taken"`
	Answer    string `json:"answer" enum:"AA,AE,AR" doc:"What its sender would have been answered"`
	Condition int    `json:"condition,omitempty" doc:"Code of HL7 table 0357"`
	Location  string `json:"location,omitempty" doc:"Where in the message"`
	Reason    string `json:"reason,omitempty" doc:"Why it was not taken, in words"`
}

func (s *server) replayQuarantined(ctx context.Context, in *ofMessage) (*body[replayed], error) {
	e, err := s.whole(ctx, in.Message)
	if err != nil {
		return nil, err
	}
	became, err := s.Replay(ctx, e.Quarantined)
	switch {
	case errors.Is(err, alerts.ErrNoListener):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errNotReplayed, err)
	}
	if err := s.Quarantine.NoteReplay(ctx, e.ID, became, s.Now(), visitOf(ctx).account.Actor()); err != nil {
		return nil, err
	}
	return &body[replayed]{replayed(became)}, nil
}

func (s *server) discardQuarantined(ctx context.Context, in *ofMessage) (*none, error) {
	e, err := s.whole(ctx, in.Message)
	if err != nil {
		return nil, err
	}
	return nil, s.Quarantine.DiscardQuarantined(ctx, e.ID, s.Now(), visitOf(ctx).account.Actor())
}
