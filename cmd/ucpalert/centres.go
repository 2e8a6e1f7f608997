package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/subscribers"
)

// heardFor is how long what was found out about the centres is told again: boards ask every few seconds, for each department.
const heardFor = 30 * time.Second

// centresHeard tells boards when each centre whose plans they may be shown was last heard.
type centresHeard struct {
	// received is when a plan of a centre last came; zero if none ever did.
	received func(ctx context.Context, centre string) (time.Time, error)
	// followed is how far each feed was read.
	followed func(context.Context) ([]feeds.Reached, error)
	current  func() *directory.Directory
	now      func() time.Time

	mu    sync.Mutex
	asked time.Time
	feeds []feeds.Reached
	plans map[string]time.Time // by centre, those that were asked for since
}

// status is the plans' part of a department's status.
func (c *centresHeard) status(ctx context.Context, department string, into *subscribers.Status) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if err := c.refresh(ctx, now); err != nil {
		return err
	}
	var all []subscribers.PlanStatus
	for _, centre := range c.current().Sharers(department, now) {
		last, known := c.plans[centre.ID]
		if !known {
			var err error
			if last, err = c.received(ctx, centre.ID); err != nil {
				return err
			}
			c.plans[centre.ID] = last
		}
		all = append(all, c.standing(centre, last))
	}
	into.Plans = all
	return nil
}

// refresh forgets what is too old, and asks how the feeds are doing. It is locked.
func (c *centresHeard) refresh(ctx context.Context, now time.Time) error {
	if now.Sub(c.asked) < heardFor {
		return nil
	}
	reached, err := c.followed(ctx)
	if err != nil {
		return err
	}
	c.feeds, c.plans, c.asked = reached, map[string]time.Time{}, now
	return nil
}

// standing is how a centre stands of which a plan was last received at an instant. A feed that was read to its end has heard its centres, even
// if they had nothing new to say.
func (c *centresHeard) standing(centre directory.Organisation, last time.Time) subscribers.PlanStatus {
	s := subscribers.PlanStatus{Centre: centre.ID, CentreName: centre.Name, State: "heard"}
	for _, feed := range c.feeds {
		if !slices.Contains(feed.Centres, centre.ID) {
			continue
		}
		if feed.Read.After(last) {
			last = feed.Read
		}
		if feed.Failing {
			s.State, s.Words = "failing", "its plans are read from its system, which cannot be reached: what it changed since may be missing"
		}
	}
	if !last.IsZero() {
		s.Last = last.UTC().Truncate(time.Minute).Format(time.RFC3339) // a board needs no frame for every plan
	}
	return s
}
