package subscriptions

import (
	"context"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// Store keeps what people want to be told. Whatever is changed is journalled in the same transaction, by the entry that comes with it.
type Store interface {
	// Subscription finds one, or returns ErrNone. SubscriptionsOf are somebody's own in a role, TeamSubscriptions those of an organisation's teams.
	Subscription(ctx context.Context, id string) (Subscription, error)
	SubscriptionsOf(ctx context.Context, who journal.Actor) ([]Subscription, error)
	TeamSubscriptions(ctx context.Context, organisation string) ([]Subscription, error)
	// AddSubscription keeps a new one; ErrMany if there are too many. KeepSubscription keeps the next revision of one whose Revision is the one that is
	// kept; else it returns ErrChanged. DropSubscription lets one go; ErrNone if it is gone.
	AddSubscription(ctx context.Context, s Subscription, e journal.Entry) error
	KeepSubscription(ctx context.Context, s Subscription, e journal.Entry) error
	DropSubscription(ctx context.Context, id string, e journal.Entry) error
	// PlanList finds a list, or returns ErrNoList; PlanLists are somebody's in a role. The others are as those of subscriptions.
	PlanList(ctx context.Context, id string) (List, error)
	PlanLists(ctx context.Context, who journal.Actor) ([]List, error)
	AddPlanList(ctx context.Context, l List, e journal.Entry) error
	KeepPlanList(ctx context.Context, l List, e journal.Entry) error
	DropPlanList(ctx context.Context, id string, e journal.Entry) error
	// Happenings are what happened somewhere since an instant, at most limit, of each organisation the newest first; and since when such is kept at all.
	Happenings(ctx context.Context, in Scope, since time.Time, limit int) (all []Happening, kept time.Time, err error)
	// TellingsOf are what somebody was or will be told at an organisation since an instant, the newest first.
	TellingsOf(ctx context.Context, who journal.Actor, since time.Time, limit int) ([]Told, error)
}

// Scope is where something happened: at some organisations, or to the plans of a centre.
type Scope struct {
	Organisations []string
	Centre        string
}

// Told is what somebody was or will be told.
type Told struct {
	Happening
	Due   time.Time
	State State
	Words string
}
