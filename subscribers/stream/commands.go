package stream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// The words that refuse a command.
const (
	reasonUnknown   = "the service does not know this command"
	reasonUnnamed   = "the command names no alert"
	reasonNoAlert   = "there is no such alert"
	reasonElsewhere = "the alert is in another department"
	reasonNotOpen   = "the alert is no longer open"
	reasonMayNot    = "the account may not do this"
	reasonNotSeen   = "the details changed since they were shown; look at them again"
	reasonNotKept   = "it could not be kept just now; try again"
)

// obey carries out a command and returns the answer. "done" means that it is durable.
func (h *Hub) obey(s *screen, r request) reply {
	if r.Type == "canary_displayed" {
		return h.canaryDisplayed(s, r)
	}
	r.Position = ""
	action, known := commands[r.Type]
	if !known {
		r.Type = strings.ToValidUTF8(r.Type[:min(len(r.Type), 40)], "")
		return refused(r, reasonUnknown)
	}
	switch {
	case r.Alert == "":
		return refused(r, reasonUnnamed)
	case !isID(r.Alert):
		r.Alert = ""
		return refused(r, reasonNoAlert)
	}
	ctx, cancel := context.WithTimeout(journal.At(h.ctx, s.place()), drawWithin)
	defer cancel()
	sight, err := h.o.Boards.Sight(ctx, r.Alert)
	if err != nil {
		return h.refusal(s, r, err)
	}
	here := s.meant(r, sight)
	alert := sight.From(here).Alert
	if reason := h.mayNot(s, action, alert, here); reason != "" {
		return refused(r, reason)
	}
	if err := h.carryOut(ctx, s, r, alert, here); err != nil {
		return h.refusal(s, r, err)
	}
	return done(r)
}

// commands are all that a client may ask for on a stream, each with what its account must be allowed to do in the department where the
// alert is. What is not here is refused.
var commands = map[string]access.Action{
	"canary_displayed": access.GiveReceipt,
	"delivered":        access.GiveReceipt, "displayed": access.GiveReceipt, "seen": access.GiveReceipt, "recall_seen": access.GiveReceipt,
	"acknowledge": access.Acknowledge, "hand_over": access.Acknowledge,
	"confirm_identity": access.CheckIdentity, "not_this_patient": access.CheckIdentity,
}

// Commands are the commands of a stream with what an account must be allowed to do for each.
func Commands() map[string]access.Action { return maps.Clone(commands) }

// receiptKinds are the receipts that a client may give, by their commands.
var receiptKinds = map[string]journal.Kind{
	"delivered": journal.AlertDelivered,
	"displayed": journal.AlertDisplayed,
	"seen":      journal.AlertSeen,
}

// isID tells whether a text could be an alert's identifier at all; no other reaches the database or is echoed.
func isID(s string) bool {
	return len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// answers are the commands that say who a patient is.
var answers = map[string]alerts.Identification{"confirm_identity": alerts.SamePatient, "not_this_patient": alerts.OtherPatient}

// meant is the department in which a command is given: that of the stream; on a stream of several the one that the command names, else the
// one where the patient is, else one that shows the alert still.
func (s *screen) meant(r request, sight alerts.Sight) string {
	all := s.room.departments
	switch a := sight.Alert; {
	case !s.room.several:
		return s.target.name
	case slices.Contains(all, r.Department):
		return r.Department
	case r.Department == "" && slices.Contains(all, a.Department):
		return a.Department
	case r.Department == "" && slices.Contains(all, a.Also):
		return a.Also
	}
	for _, id := range all {
		if _, told := sight.RecallIn(id); told && r.Department == "" {
			return id
		}
	}
	return "" // the alert is in none of them
}

// carryOut does in a department what was found to be allowed there.
func (h *Hub) carryOut(ctx context.Context, s *screen, r request, a alerts.Alert, here string) error {
	if r.Type == "acknowledge" {
		_, err := h.o.Acknowledger.Acknowledge(ctx, a.ID, here, alerts.Answering{Done: alerts.Done(r.Done), Screen: s.name()}, s.account.Actor())
		return err
	}
	if r.Type == "hand_over" {
		_, err := h.o.Acknowledger.HandOver(ctx, a.ID, here, r.From, r.To, s.account.Actor())
		return err
	}
	if answer, is := answers[r.Type]; is {
		_, err := h.o.Acknowledger.Rule(ctx, a.ID, here, answer, r.Seen, s.account.Actor())
		return err
	}
	if r.Type == "recall_seen" {
		return h.o.Acknowledger.SeeRecall(ctx, a.ID, here, s.account.Actor())
	}
	err := h.o.Receipts.KeepReceipt(ctx, subscribers.Receipt{
		Alert: a.ID, Kind: receiptKinds[r.Type], Actor: s.account.Actor(), Screen: s.name(), Version: a.Version, At: h.o.Now(),
	})
	if err == nil {
		s.receipt.Store(time.Now().UnixNano())
	}
	return err
}

// mayNot asks again, for this command, whether the account may do it to the alert where that is now; an empty reason means that it may.
// A refusal is journalled.
func (h *Hub) mayNot(s *screen, action access.Action, a alerts.Alert, here string) (reason string) {
	department := a.Department
	if a.ShownIn(here) {
		department = here
	}
	err := access.May(s.account, action, object(h.o.Directory(), department))
	switch {
	case department != here:
		reason = reasonElsewhere
	case err != nil:
		reason = reasonMayNot
	}
	if err != nil {
		if err := h.record(s, journal.AccessRefused, fmt.Sprintf("%s: %s", action, reason)); err != nil {
			h.o.Slog.Error("a refusal could not be journalled", "stream", s.target.known(h.o.Directory()), "account", s.account.Name, "error", err)
		}
	}
	return reason
}

// refusal says in words why a command was not carried out. What a caller cannot understand is logged.
func (h *Hub) refusal(s *screen, r request, err error) reply {
	var taken alerts.AcknowledgedError
	var held alerts.HeldError
	var ruled alerts.RuledError
	for _, own := range []error{alerts.ErrDone, alerts.ErrHandTo, alerts.ErrNotAnswered} {
		if errors.Is(err, own) {
			return refused(r, own.Error())
		}
	}
	switch {
	case errors.As(err, &held):
		return refused(r, held.Error())
	case errors.Is(err, alerts.ErrNoAlert):
		return refused(r, reasonNoAlert)
	case errors.Is(err, alerts.ErrNotSeen):
		return refused(r, reasonNotSeen)
	case errors.As(err, &ruled):
		return refused(r, ruled.Error())
	case errors.Is(err, alerts.ErrNotOpen):
		return refused(r, reasonNotOpen)
	case errors.As(err, &taken):
		return refused(r, fmt.Sprintf("already acknowledged by %s at %s", taken.Acknowledgement.By.Name, instant(taken.Acknowledgement.At)))
	}
	h.o.Slog.Error("a command could not be carried out", "command", r.Type, "stream", s.target.known(h.o.Directory()), "error", err)
	return refused(r, reasonNotKept)
}
