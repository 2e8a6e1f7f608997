package stream

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/subscribers"
)

const (
	// keepEvery is how often a node says again what has not changed; keepFor is how long its word counts, so that the screens of a node that
	// died are not believed in for longer.
	keepEvery = time.Minute
	keepFor   = 150 * time.Second
)

// watching is what the hub knows of who can see which board.
type watching struct {
	node string

	// What follows belongs to the goroutine that looks.
	kept   map[string]subscribers.ScreenCount
	keptAt time.Time
	// unseen is since when, by the process's own clock, nobody can see a department's board.
	unseen map[string]time.Time

	// picture holds the departments by their ids; dark lists for each organisation those whose board could be seen and no longer can.
	mu      sync.Mutex
	picture map[string]subscribers.Watch
	dark    map[string][]string
}

func newWatching() watching {
	return watching{node: rand.Text(), kept: map[string]subscribers.ScreenCount{}, unseen: map[string]time.Time{}}
}

// watch keeps what this node knows, learns what the others know, and notes which boards can be seen again or no longer.
func (h *Hub) watch(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drawWithin)
	defer cancel()
	if err := h.keepScreens(ctx); err != nil {
		h.unwatchable(err)
		return
	}
	all, err := h.o.Watches.Watches(ctx, h.o.Now())
	if err != nil {
		h.unwatchable(err)
		return
	}
	picture, dark := make(map[string]subscribers.Watch, len(all)), map[string][]string{}
	dir, now := h.o.Directory(), h.o.Now()
	for _, w := range all {
		if err := h.judge(ctx, &w); err != nil {
			h.unwatchable(err)
		}
		picture[w.Department] = w
		if dep, ok := dir.Department(w.Department); ok && dep.Covers(now) && !w.Watched && !w.Since.IsZero() {
			org, _ := dir.OrganisationOf(dep.ID)
			dark[org.ID] = append(dark[org.ID], dep.ID)
		}
	}
	h.watching.mu.Lock()
	h.watching.picture, h.watching.dark = picture, dark
	h.watching.mu.Unlock()
}

func (h *Hub) unwatchable(err error) {
	if h.ctx.Err() == nil {
		h.o.Slog.Warn("which boards can be seen is not known just now; trying again", "error", err)
	}
}

// keepScreens writes the counts of this node that changed, and now and then all of them.
func (h *Hub) keepScreens(ctx context.Context) error {
	w, now := &h.watching, time.Now()
	counts := h.count(now)
	for department := range w.kept {
		if _, here := counts[department]; !here {
			counts[department] = subscribers.ScreenCount{Department: department}
		}
	}
	all := now.Sub(w.keptAt) >= keepEvery
	var changed []subscribers.ScreenCount
	for department, c := range counts {
		if old, known := w.kept[department]; all || !known || old != c {
			changed = append(changed, c)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	slices.SortFunc(changed, func(a, b subscribers.ScreenCount) int { // rows are locked in the same order by all
		if a.Department < b.Department {
			return -1
		}
		return 1
	})
	at := h.o.Now()
	if err := h.o.Watches.NoteScreens(ctx, w.node, changed, at, at.Add(keepFor)); err != nil {
		return fmt.Errorf("keep who can see which board: %w", err)
	}
	for _, c := range changed {
		if c.Connected == 0 {
			delete(w.kept, c.Department)
		} else {
			w.kept[c.Department] = c
		}
	}
	if all {
		w.keptAt = now
	}
	return nil
}

// count counts the screens of this node that show one department's board.
func (h *Hub) count(now time.Time) map[string]subscribers.ScreenCount {
	counts := map[string]subscribers.ScreenCount{}
	for _, r := range h.roomsNow() {
		if r.several {
			continue // whoever looks at many departments is nobody before the board of one
		}
		c, known := counts[r.departments[0]]
		if !known {
			c.Department = r.departments[0]
		}
		for _, s := range r.present() {
			c.Connected++
			if s.seenAt(now) {
				c.Visible++
			}
		}
		counts[c.Department] = c
	}
	return counts
}

func (h *Hub) roomsNow() []*room {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// judge notes that a department's board can be seen again at once, and that it no longer can when that has lasted.
func (h *Hub) judge(ctx context.Context, w *subscribers.Watch) error {
	now := time.Now()
	if w.Visible > 0 {
		delete(h.watching.unseen, w.Department)
		if w.Watched {
			return nil
		}
		return h.noteWatched(ctx, w, true, "somebody can see the board")
	}
	since, known := h.watching.unseen[w.Department]
	if !known {
		since = now
		h.watching.unseen[w.Department] = now
	}
	if !w.Watched || now.Sub(since) < h.o.UnwatchedAfter {
		return nil
	}
	return h.noteWatched(ctx, w, false, fmt.Sprintf("no screen has been visible for %s", h.o.UnwatchedAfter))
}

func (h *Hub) noteWatched(ctx context.Context, w *subscribers.Watch, watched bool, reason string) error {
	at := h.o.Now()
	changed, err := h.o.Watches.NoteWatched(ctx, w.Department, watched, at, reason)
	if err != nil {
		return fmt.Errorf("note who can see the board of %s: %w", w.Department, err)
	}
	w.Watched, w.Since = watched, at
	switch {
	case !changed: // another node was first
	case watched:
		h.o.Slog.Info("a board can be seen", "department", w.Department)
	default:
		h.o.Slog.Warn("nobody can see a board", "department", w.Department, "reason", reason)
	}
	return nil
}

// Watches says for each department that ever had a visible screen, or has one connected, how it stands on all nodes, in the order of their
// ids. It is at most a few seconds old.
func (h *Hub) Watches() []subscribers.Watch {
	h.watching.mu.Lock()
	defer h.watching.mu.Unlock()
	list := make([]subscribers.Watch, 0, len(h.watching.picture))
	for _, w := range h.watching.picture {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b subscribers.Watch) int {
		if a.Department < b.Department {
			return -1
		}
		return 1
	})
	return list
}

// Connected lists the screens of this node that show one department's board, those of one department together, the longest connected first.
func (h *Hub) Connected() []subscribers.ConnectedScreen {
	now := time.Now()
	var list []subscribers.ConnectedScreen
	for _, r := range h.roomsNow() {
		if r.several {
			continue
		}
		for _, s := range r.present() {
			c := subscribers.ConnectedScreen{
				Department: r.departments[0], Account: s.account.Name, Visible: s.seenAt(now), Since: s.since, Receipt: s.lastReceipt(), Behind: r.behind(s.position.Load()),
			}
			c.Name, c.Version = s.calls()
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b subscribers.ConnectedScreen) int {
		if a.Department != b.Department {
			if a.Department < b.Department {
				return -1
			}
			return 1
		}
		return a.Since.Compare(b.Since)
	})
	return list
}

// Behind is how many entries of its room the screen of one department, on this node, has yet to be sent that has most to wait for.
func (h *Hub) Behind() int {
	most := 0
	for _, r := range h.roomsNow() {
		if !r.several {
			most = max(most, r.mostBehind())
		}
	}
	return most
}

// screensOf is the part of a department's status that the hub knows by itself; nil if it does not.
func (h *Hub) screensOf(department string) *subscribers.ScreenStatus {
	if h.o.Watches == nil {
		return nil
	}
	org, _ := h.o.Directory().OrganisationOf(department)
	h.watching.mu.Lock()
	defer h.watching.mu.Unlock()
	own := h.watching.picture[department]
	status := &subscribers.ScreenStatus{Connected: own.Connected, Visible: own.Visible, Unwatched: h.watching.dark[org.ID]}
	return status
}

// Unseen is how many departments had a visible screen and have none now, on all nodes.
func (h *Hub) Unseen() int {
	h.watching.mu.Lock()
	defer h.watching.mu.Unlock()
	n := 0
	for _, of := range h.watching.dark {
		n += len(of)
	}
	return n
}
