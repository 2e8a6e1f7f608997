package privacy

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// Query asks for a page of the journal, the newest first. Empty fields ask for everything.
type Query struct {
	// Subjects are ids of what the entries are about.
	Subjects []string
	Actor    string
	// Organisation is the ODS code on whose behalf somebody acted.
	Organisation string
	// Kind is a kind, or the beginning of one with a dot at its end: "plan.".
	Kind     string
	From, To time.Time
	// Below is the number of the last entry of the page before; 0 for the first page.
	Below int64
	Limit int
}

// Held is an alert of a plan, as far as who saw it is concerned.
type Held struct {
	Alert, Attendance, Plan string
}

// Trail reads the journal as those do who look after privacy.
type Trail interface {
	// Search returns a page of entries, and whether there may be more.
	Search(ctx context.Context, q Query) (page []journal.Entry, more bool, err error)
	// AlertsOf are all alerts that a plan ever had.
	AlertsOf(ctx context.Context, plan string) ([]Held, error)
	// BoardChanges are the entries of a department's room from one number to another, both included, in order.
	BoardChanges(ctx context.Context, department string, from, to int64) ([]journal.Entry, error)
	// NumberAt is the number of the first entry at an instant or after it; one more than the newest if there is none.
	NumberAt(ctx context.Context, at time.Time) (int64, error)
}

// showing are the kinds of entries after which somebody had details of a patient before them.
var showing = map[journal.Kind]bool{
	journal.PlanRead: true, journal.PlanUseRead: true, journal.PlanListed: true, journal.AlertsRead: true, journal.ArrivalsRead: true, journal.IdentityRead: true,
	journal.ThreadRead: true, journal.DraftRead: true, journal.MessageRead: true, journal.AlertDelivered: true, journal.AlertDisplayed: true, journal.AlertSeen: true,
	journal.AlertAcknowledged: true, journal.AlertHandedOver: true, journal.IdentityConfirmed: true, journal.IdentityDenied: true, journal.GlassBroken: true,
	journal.LooksRead: true, journal.PlanPublished: true, journal.PlanRevised: true, journal.PlanWithdrawn: true, journal.QuestionAsked: true,
	journal.QuestionAnswered: true, journal.PlanDisputed: true, journal.AlertRecallSeen: true, journal.OutcomeGiven: true, journal.OutcomeCorrected: true,
}

// Shows tells whether an entry says that its actor had details of a patient before them. What the service does by itself shows nobody anything.
func Shows(e journal.Entry) bool { return showing[e.Kind] && e.Actor != journal.Service }

// ended are the changes after which an alert is not on the board of the room.
func ended(e journal.Entry) bool {
	return e.Kind == journal.AlertWithdrawn || e.Kind == journal.AlertClosed
}

// mostLooks is how many entries are told of one plan; the page says when there are more.
const mostLooks = 5000

// Looks are the entries about a plan and its alerts by which somebody had it, or its patient, before them, those about refusals, openings and
// findings, and the readings of boards on which one of its alerts stood; in order, with whether there are more.
func Looks(ctx context.Context, t Trail, plan string) (looks []journal.Entry, more bool, err error) {
	alerts, err := t.AlertsOf(ctx, plan)
	if err != nil {
		return nil, false, err
	}
	subjects := []string{plan}
	for _, a := range alerts {
		subjects = append(subjects, a.Alert)
	}
	all, more, err := t.Search(ctx, Query{Subjects: subjects, Limit: mostLooks})
	if err != nil {
		return nil, false, err
	}
	slices.SortFunc(all, byNumber)
	for _, e := range all {
		if Shows(e) || e.Kind == journal.AccessRefused || e.Kind == journal.ReasonStated || e.Kind == journal.GlassJudged {
			looks = append(looks, e)
		}
	}
	for _, s := range stood(all) {
		read, _, err := t.Search(ctx, Query{Subjects: []string{s.department}, Kind: string(journal.AlertsRead), Below: s.to, Limit: mostLooks})
		if err != nil {
			return nil, false, err
		}
		for _, e := range read {
			if e.Number > s.from {
				looks = append(looks, e)
			}
		}
	}
	slices.SortFunc(looks, byNumber)
	return slices.CompactFunc(looks, func(a, b journal.Entry) bool { return a.Number == b.Number }), more, nil
}

func byNumber(a, b journal.Entry) int { return int(min(1, max(-1, a.Number-b.Number))) }

// stay is how long an alert stood on a board: from the entry that put it there to the one that took it away.
type stay struct {
	department string
	from, to   int64
}

// stillThere is the end of a stay that has not ended.
const stillThere = 1<<63 - 1

// stood are the stays that entries tell of, which are in order.
func stood(entries []journal.Entry) []stay {
	type place struct{ alert, room string }
	open := map[place]int64{}
	var all []stay
	for _, e := range entries {
		at := place{e.Subject, e.Room}
		from, on := open[at]
		switch {
		case e.Room == "":
		case ended(e) && on:
			delete(open, at)
			all = append(all, stay{e.Room, from, e.Number})
		case !on && !ended(e) && strings.HasPrefix(string(e.Kind), "alert."):
			open[at] = e.Number
		}
	}
	for at, from := range open {
		all = append(all, stay{at.room, from, stillThere})
	}
	return all
}
