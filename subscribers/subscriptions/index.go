package subscriptions

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Index finds the subscriptions that a happening matches among many. Each stands under the values of its rarest condition, for each of its events:
// whatever happens, only those are looked at that share such a value with it. Several goroutines may use it.
type Index struct {
	mu    sync.RWMutex
	all   map[string]*entry
	under map[key][]*entry
	// of are those by which somebody of a name is told.
	of map[string][]*entry
	// lists are by their ids, and users the subscriptions that name each.
	lists map[string]List
	users map[string]map[string]bool
}

// key is a value of a condition, for an event.
type key struct {
	event Event
	by    dimension
	value string
}

// dimension is a condition that subscriptions stand under: the rarest first.
type dimension uint8

const (
	byPlan dimension = iota + 1
	byDepartment
	byOrganisation
	byRegion
	byCategory
	byCentre
	byNothing
)

// entry is a subscription in the index. It is never changed: a new one takes its place.
type entry struct {
	Subscription
	keys []key
	// plans are those that are named and those on lists; listed tells that there is such a condition, even if no plan is left.
	plans  map[string]bool
	listed bool
	zone   *time.Location
	// mark changes with the subscription and the lists that it names.
	mark int64
}

// NewIndex makes an index that holds nothing.
func NewIndex() *Index {
	return &Index{all: map[string]*entry{}, under: map[key][]*entry{}, of: map[string][]*entry{}, lists: map[string]List{}, users: map[string]map[string]bool{}}
}

// Put takes a subscription in, in place of the one of its id.
func (x *Index) Put(s Subscription) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.put(s)
}

// Drop lets one go.
func (x *Index) Drop(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
}

// PutList takes a list in, in place of the one of its id. What names it is looked at anew.
func (x *Index) PutList(l List) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lists[l.ID] = l
	x.again(l.ID)
}

// DropList lets one go: what names it goes on without its plans.
func (x *Index) DropList(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.lists, id)
	x.again(id)
}

// again makes the entries anew that name a list, while the index is locked.
func (x *Index) again(id string) {
	for _, user := range slices.Collect(maps.Keys(x.users[id])) {
		x.put(x.all[user].Subscription)
	}
}

// Len is how many subscriptions it holds.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.all)
}

// put is Put while the index is locked.
func (x *Index) put(s Subscription) {
	x.drop(s.ID)
	e := x.entryOf(s)
	x.all[s.ID] = e
	for _, k := range e.keys {
		x.under[k] = append(x.under[k], e)
	}
	for _, name := range s.Tells() {
		x.of[name] = append(x.of[name], e)
	}
	for _, list := range s.Lists {
		if x.users[list] == nil {
			x.users[list] = map[string]bool{}
		}
		x.users[list][s.ID] = true
	}
}

// drop is Drop while the index is locked.
func (x *Index) drop(id string) {
	e := x.all[id]
	if e == nil {
		return
	}
	delete(x.all, id)
	for _, k := range e.keys {
		remove(x.under, k, e)
	}
	for _, name := range e.Tells() {
		remove(x.of, name, e)
	}
	for _, list := range e.Lists {
		if delete(x.users[list], id); len(x.users[list]) == 0 {
			delete(x.users, list)
		}
	}
}

// remove takes an entry from a list.
func remove[K comparable](from map[K][]*entry, k K, e *entry) {
	from[k] = slices.DeleteFunc(from[k], func(other *entry) bool { return other == e })
	if len(from[k]) == 0 {
		delete(from, k)
	}
}

// entryOf makes the entry of a subscription.
func (x *Index) entryOf(s Subscription) *entry {
	e := &entry{Subscription: s, listed: len(s.Plans)+len(s.Lists) > 0, zone: time.UTC, mark: s.Changed.UnixMicro()}
	if zone, err := time.LoadLocation(s.Zone); err == nil {
		e.zone = zone
	}
	if e.listed {
		e.plans = map[string]bool{}
		for _, id := range s.Plans {
			e.plans[id] = true
		}
		for _, list := range s.Lists {
			l := x.lists[list]
			e.mark += l.Changed.UnixMicro()
			for _, p := range l.Plans {
				e.plans[p.Plan] = true
			}
		}
	}
	for _, event := range s.Events {
		e.keys = append(e.keys, e.keysFor(event)...)
	}
	return e
}

// keysFor are the keys that an entry stands under for an event.
func (e *entry) keysFor(event Event) (all []key) {
	add := func(by dimension, values []string) {
		for _, v := range values {
			all = append(all, key{event, by, v})
		}
	}
	switch {
	case e.listed:
		for id := range e.plans {
			all = append(all, key{event, byPlan, id})
		}
	case e.placed():
		add(byDepartment, e.Departments)
		add(byOrganisation, e.Organisations)
		add(byRegion, e.Regions)
	case len(e.Categories) > 0:
		add(byCategory, e.Categories)
	case len(e.Centres) > 0:
		add(byCentre, e.Centres)
	default:
		all = append(all, key{event, byNothing, ""})
	}
	return all
}

// placed tells whether it matters where something happens.
func (e *entry) placed() bool { return len(e.Departments)+len(e.Organisations)+len(e.Regions) > 0 }

// Match returns the subscriptions that a happening matches by what they are about, each once; hours and quiet times do not count.
func (x *Index) Match(h Happening, dir *directory.Directory) []Subscription {
	var all []Subscription
	for _, e := range x.match(h, h.places(dir)) {
		all = append(all, e.Subscription)
	}
	return all
}

func (x *Index) match(h Happening, places []access.Object) []*entry {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []*entry
	several := 0 // how many keys had any
	look := func(by dimension, value string) {
		before := len(found)
		for _, e := range x.under[key{h.Event, by, value}] {
			if e.about(h, places) {
				found = append(found, e)
			}
		}
		if len(found) > before {
			several++
		}
	}
	look(byPlan, h.Plan)
	for _, p := range places {
		look(byDepartment, p.Department)
		look(byOrganisation, p.Organisation)
		look(byRegion, p.Region)
	}
	for _, code := range h.Categories {
		look(byCategory, code)
	}
	look(byCentre, h.Centre)
	look(byNothing, "")
	if several < 2 {
		return found
	}
	seen := make(map[*entry]bool, len(found))
	return slices.DeleteFunc(found, func(e *entry) bool {
		twice := seen[e]
		seen[e] = true
		return twice
	})
}

// about tells whether every condition holds but the event, which the key has.
func (e *entry) about(h Happening, places []access.Object) bool {
	return (!e.listed || e.plans[h.Plan]) && holds(e.Centres, h.Centre) && holds(e.Urgencies, h.Urgency) && e.kind(h.Categories) && e.where(places)
}

// holds tells whether a list is empty or has a value.
func holds[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}

func (e *entry) kind(categories []string) bool {
	return len(e.Categories) == 0 || slices.ContainsFunc(categories, func(code string) bool { return slices.Contains(e.Categories, code) })
}

func (e *entry) where(places []access.Object) bool {
	return !e.placed() || slices.ContainsFunc(places, func(p access.Object) bool {
		return p.Department != "" && (slices.Contains(e.Departments, p.Department) || slices.Contains(e.Organisations, p.Organisation) || slices.Contains(e.Regions, p.Region))
	})
}

// Subscribed tells whether somebody's subscriptions match how an alert stands, by whichever event: what they asked for concerns them as long as it is there.
// Their hours do not count, nor what is paused or over.
func (x *Index) Subscribed(who journal.Actor, s Standing, dir *directory.Directory, now time.Time) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	h := s.happening("", "", now, Seen{})
	places := h.places(dir)
	return slices.ContainsFunc(x.of[who.Name], func(e *entry) bool { return e.Live(now) && e.Names(who) && e.about(h, places) })
}

// Mark changes whenever something changes by which somebody is told: what was drawn for them before is then too old. It is 0 for who is told of nothing,
// and the same on every node.
func (x *Index) Mark(name string) (mark int64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, e := range x.of[name] {
		mark += e.mark
	}
	return mark
}

// Telling is somebody who is told of a happening.
type Telling struct {
	Person string
	// Post is the one in which they may be told.
	Post access.Post
	// Subscription is one that matched; of several one by which they are told first.
	Subscription string
	// Due is when; Held tells that it waits for a quiet time to end.
	Due  time.Time
	Held bool
}

// Policy is what the service lets subscriptions do.
type Policy struct {
	// Crossing are the urgencies that may cross quiet times.
	Crossing []plans.Urgency
}

// Route finds whom to tell of a happening, and when: each once, however many subscriptions match, in the order of their names. posts are what somebody
// of a name may work as now; nobody's are empty.
func (x *Index) Route(h Happening, dir *directory.Directory, policy Policy, posts func(name string) ([]access.Post, error)) ([]Telling, error) {
	places := h.places(dir)
	matched := x.match(h, places)
	told := make(map[string]Telling, len(matched))
	for _, e := range matched {
		due, wanted := e.due(h, policy)
		if !wanted {
			continue
		}
		for _, name := range e.Tells() {
			if before, known := told[name]; known && !(due.Before(before.Due) || due.Equal(before.Due) && e.ID < before.Subscription) {
				continue
			}
			held, err := posts(name)
			if err != nil {
				return nil, err
			}
			if post, may := e.entitled(name, held, places); may {
				told[name] = Telling{name, post, e.ID, due, due.After(h.At)}
			}
		}
	}
	all := make([]Telling, 0, len(told))
	for _, t := range told {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Telling) int {
		if a.Person < b.Person {
			return -1
		}
		return 1
	})
	return all, nil
}

// entitled finds a post of somebody in which a subscription may tell them of what happens at some places.
func (e *entry) entitled(name string, posts []access.Post, places []access.Object) (access.Post, bool) {
	for _, p := range posts {
		if p.Organisation != e.Organisation || !e.Team() && p.Role != e.Role {
			continue
		}
		if slices.ContainsFunc(places, func(to access.Object) bool { return access.May(p.In(name), access.Subscribe, to) == nil }) {
			return p, true
		}
	}
	return access.Post{}, false
}

// due is when a subscription tells of a happening; wanted is false if it does not.
func (e *entry) due(h Happening, policy Policy) (at time.Time, wanted bool) {
	if !e.Live(h.At) || len(e.Hours) > 0 && !within(e.Hours, e.zone, h.At) {
		return time.Time{}, false
	}
	if e.CrossQuiet && slices.Contains(policy.Crossing, h.Urgency) {
		return h.At, true
	}
	return quietUntil(e.Quiet, e.zone, h.At), true
}
