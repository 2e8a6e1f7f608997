// Package feeds answers: what do the servers that we follow hold, and how far have we read?
//
// A feed is a FHIR server whose CarePlans are taken as if their centres had sent them here: a centre's own system, or another region's
// ucpalert. Each is read by one node at a time, on a schedule, from the position that is kept for it: by the history of the type, newest
// first as FHIR has it, or by search. A [Position] moves only when a whole walk over the pages is done; a walk that was interrupted goes
// on at the page where it stopped. What was taken is known by its time and its hash, so that reading a page twice changes nothing.
package feeds

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Feed is one server that is followed, as the configuration names it.
type Feed struct {
	// Name is how logs, the journal and the database call it. A feed with another name begins anew.
	Name string
	// Base is the address of the server's FHIR endpoint, such as https://plans.example.nhs.uk/fhir. Nothing outside it is ever asked.
	Base *url.URL
	// Transport connects to the server.
	Transport http.RoundTripper
	// Token is the bearer token that is sent; empty for none.
	Token string
	// Centres are the ODS codes of the centres that the feed may speak for, at least one.
	Centres []string
	// IDPrefix is put before the ids of the server, for servers that number their resources from 1.
	IDPrefix string
	// Schedule says when it is polled, in UTC; Compare when everything that it holds is read again, and what it no longer holds is
	// withdrawn.
	Schedule, Compare cron.Schedule
	// Count is how many resources a page should have.
	Count int
	// PageBytes is the longest answer that is read; Limits bound each resource.
	PageBytes int64
	Limits    fhir.Limits
	// Timeout is how long one answer may take; Overlap how much of what was read is read again each time, because a server may commit a
	// change after one with a later time was read.
	Timeout, Overlap time.Duration
}

// Position is how far a feed was read.
type Position struct {
	// Since is the server's time up to which everything was taken; zero before the first walk is done.
	Since time.Time
	// Walk is the number of the walk that is under way, or was the last.
	Walk int64
	// Next is the page at which the walk under way goes on; empty when none was interrupted. Until is what Since becomes at its end.
	Next  string
	Until time.Time
	// Comparing tells that the walk under way reads everything.
	Comparing bool
	// Wait is until when the server asked to be left alone.
	Wait time.Time
	// Completed is when the last walk was done; Compared when the last comparison was.
	Completed, Compared time.Time
	// Failing says in words why the last poll failed, and FailingSince since when all have; empty and zero if it did not.
	Failing      string
	FailingSince time.Time
}

// State is what became of a resource.
type State string

// The states of an item.
const (
	// Taken: the plan is held as the server holds it.
	Taken State = "taken"
	// Aside: the resource could not be taken; its reason and its bytes are kept.
	Aside State = "aside"
	// Gone: the server no longer holds it, and the plan is withdrawn here, if it was held.
	Gone State = "gone"
)

// Item is what is known of one resource of a feed: the newest version of it that was read.
type Item struct {
	// ID is the server's own.
	ID      string
	Version string
	Updated time.Time
	Hash    [32]byte
	// Plan is the id under which the plan is held here; empty if no version of it was ever taken.
	Plan  string
	State State
	// Reason says in words why it was put aside; it quotes nothing of it.
	Reason string
	// Walk is the last walk that showed it.
	Walk int64
	// Noticed is when this was found.
	Noticed time.Time
	// Resource is what was put aside.
	Resource []byte
}

// Store keeps positions and items.
type Store interface {
	// FeedPosition returns how far a feed was read; the zero position for one that never was.
	FeedPosition(ctx context.Context, feed string) (Position, error)
	// SaveFeed notes items and the position: all or nothing. When it returns nil, that is durable. An item replaces the one with its id.
	SaveFeed(ctx context.Context, feed string, items []Item, p Position) error
	// FeedItem returns what is known of a resource, without its bytes.
	FeedItem(ctx context.Context, feed, id string) (item Item, found bool, err error)
	// FeedUnseen lists at most limit items that have a plan, are not gone, and that a walk did not show: in the order of their ids, after
	// one of them.
	FeedUnseen(ctx context.Context, feed string, walk int64, after string, limit int) ([]Item, error)
	// FeedCount counts the items in a state.
	FeedCount(ctx context.Context, feed string, in State) (int, error)
	// OtherFeedOf returns the name of another feed through which a plan was taken; empty if there is none.
	OtherFeedOf(ctx context.Context, feed, plan string) (string, error)
	// TakeLease makes the holder the one who does a piece of work until an instant, and tells whether that worked: it does not while
	// somebody else's lease runs. The holder may extend its own, or end it with an instant that has passed.
	TakeLease(ctx context.Context, name, holder string, now, until time.Time) (bool, error)
	// Plan returns the newest version of a plan, or plans.ErrNotFound.
	Plan(ctx context.Context, id string) (*plans.Held, error)
}

// Desk takes plans; [alerts.Desk] is one.
type Desk interface {
	// Publish keeps a plan. When it returns nil, the plan and every alert that follows from it is durable. changed is false for what is
	// held already. Errors: plans.ErrForeign; anything else is a failure.
	Publish(ctx context.Context, pub plans.Publication, actor journal.Actor) (kept plans.Plan, changed bool, err error)
	// PublishAll does the same for several plans of one centre, none of them twice: all or nothing.
	PublishAll(ctx context.Context, pubs []plans.Publication, actor journal.Actor) ([]plans.Published, error)
}

// actor is who publishes what a feed brings: the feed, on behalf of the centre.
func (f *Feed) actor(centre string) journal.Actor {
	return journal.Actor{Name: "feed " + f.Name, Role: "system", Organisation: centre}
}
