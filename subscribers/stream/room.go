package stream

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// tailLength is how many of its newest entries a room keeps in memory; whoever is further behind reads the journal.
const tailLength = 256

// room is what some screens are shown alike: a department, or several together, with their newest entries, and what was drawn of them. It
// is there while it has a screen.
type room struct {
	key         string
	departments []string
	// several: the stream is of whichever departments there are, not of one. mark stands in its positions after the epoch, so that a position
	// means nothing in another stream, nor in this one once it covers other departments.
	several bool
	mark    string
	// named: who the patients are is told. reader is whose personal stream it is; nil if it is nobody's.
	named  bool
	reader *journal.Actor
	// wall: everybody who passes sees its screens. It is a room beside that of the department's own board.
	wall bool

	mu      sync.Mutex
	screens map[*screen]struct{}
	// tail is a chain without holes: each item's before is the number of the one in front of it.
	tail []*item
	// reached is an entry that is known of several departments though the tail ends before it, or is empty: the next one follows it.
	reached int64
	// announcing: a goroutine is drawing the newest entries and will wake the screens; more: there are newer ones for it.
	announcing, more bool
	// announced is the newest entry of which an announcer has told.
	announced int64
	// beat is the last heartbeat written, shared by the screens that stand at the same position in the same second.
	beat         []byte
	beatPosition int64
	beatTime     string
	// statuses are the newest status frames, by their departments; they are drawn only where a screen wants them. serial is that of the last.
	statuses map[string]told
	serial   uint32
	// canaries are the newest that came through to each department, in the order of the journal.
	canaries []canary

	board shared[picture]
	heads shared[heads]
}

// item is one entry of a room, with its frame once it was drawn.
type item struct {
	number, before int64
	kind           journal.Kind
	// department is the one whose board the entry changes.
	department, alert string
	// newest is the number of the newest entry in the tail about the same alert: a frame drawn before that entry must not be written
	// after it. Guarded by the room.
	newest int64

	frame shared[drawn]
}

func newItem(e journal.Entry) *item {
	return &item{number: e.Number, before: e.Before, kind: e.Kind, department: e.Room, alert: e.Subject, newest: e.Number}
}

func newRoom(key string, departments ...string) *room {
	return &room{key: key, departments: departments, named: true, screens: map[*screen]struct{}{}}
}

// read says in words what somebody reads who is shown several boards; of one the subject says all.
func (r *room) read() string {
	if !r.several {
		return string(access.WatchBoard)
	}
	return "the boards of " + strings.Join(r.departments, ", ")
}

// add takes an entry that the feed handed over. It tells whether an announcer must be started for it. A screen that was behind may have
// brought the entry from the journal before: the others must still be told.
func (r *room) add(e journal.Entry) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.take(e)
	if e.Number <= r.announced {
		return false
	}
	start := !r.announcing
	r.announcing, r.more = true, true
	return start
}

// take appends an entry that the feed handed over. Of several departments the feed is what tells which entry is the one before: it hands
// over all of them, in order. The first, and any that does not fit, is only noted: screens read it from the journal. The room is locked.
func (r *room) take(e journal.Entry) {
	if r.several {
		last := r.last()
		switch {
		case e.Number <= last:
			return
		case last == 0 || e.Before > last:
			r.tail, r.reached = nil, e.Number
			return
		}
		e.Before = last
	}
	r.push(e)
}

// reach notes that everything up to an entry has been read from the database, while nothing else is known. From where the room began, the
// feed hands over every later one.
func (r *room) reach(number int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.several && len(r.tail) == 0 {
		r.reached = max(r.reached, number)
	}
}

// last is the number of the newest entry that is known, 0 if none is. The room is locked.
func (r *room) last() int64 {
	if n := len(r.tail); n > 0 {
		return max(r.tail[n-1].number, r.reached)
	}
	return r.reached
}

// push appends an entry to the tail, unless it is known already. Before is the entry before it in this room. The room is locked.
func (r *room) push(e journal.Entry) {
	if n := len(r.tail); n > 0 {
		last := r.tail[n-1].number
		if e.Number <= last {
			return
		}
		if e.Before != last {
			r.tail = nil // a hole: screens read it from the journal
		}
	}
	for _, it := range r.tail {
		if it.alert == e.Subject {
			it.newest = e.Number
		}
	}
	r.tail = append(r.tail, newItem(e))
	if extra := len(r.tail) - tailLength; extra > 0 {
		r.tail = slices.Delete(r.tail, 0, extra)
	}
}

// keep takes a chain of entries that was read from the journal and returns their items: those of the tail, so that their frames are
// shared, where the chain touches the tail and there is space, and others where not.
func (r *room) keep(chain []journal.Entry) []*item {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(chain) == 0 {
		return nil
	}
	if len(r.tail) > 0 {
		r.prepend(chain)
	}
	if len(r.tail) == 0 || chain[0].Before <= r.tail[len(r.tail)-1].number {
		for _, e := range chain {
			r.push(e)
		}
	}
	items := make([]*item, len(chain))
	for i, e := range chain {
		at, found := r.search(e.Number)
		if found {
			items[i] = r.tail[at]
		} else {
			items[i] = newItem(e)
		}
	}
	return items
}

// prepend puts the part of a chain that lies before the tail in front of it, if the two touch and the tail has space. The room is locked.
func (r *room) prepend(chain []journal.Entry) {
	first := r.tail[0]
	n, _ := slices.BinarySearchFunc(chain, first.number, func(e journal.Entry, number int64) int { return cmp.Compare(e.Number, number) })
	if n == 0 || chain[n-1].Number != first.before || n+len(r.tail) > tailLength {
		return
	}
	older := make([]*item, n, n+len(r.tail))
	for i, e := range chain[:n] {
		older[i] = newItem(e)
	}
	r.tail = append(older, r.tail...)
	for i, it := range older {
		for _, later := range r.tail[i+1:] {
			if later.alert == it.alert {
				it.newest = later.number
			}
		}
	}
}

// search finds the place of a number in the tail: where it stands, or would. The room is locked.
func (r *room) search(number int64) (int, bool) {
	return slices.BinarySearchFunc(r.tail, number, func(it *item, number int64) int { return cmp.Compare(it.number, number) })
}

// after returns some of the items that follow a position, in order; none if nothing is known to follow. A hole means that they must be
// read from the journal.
func (r *room) after(position int64) (items []*item, hole bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, found := r.search(position)
	if found {
		at++
	}
	if at == len(r.tail) {
		return nil, position < r.last()
	}
	if r.tail[at].before != position {
		return nil, true
	}
	return slices.Clone(r.tail[at:min(at+16, len(r.tail))]), false
}

// head is the number of the newest entry that is known of the room, 0 if none is.
func (r *room) head() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last()
}

// behind is how many entries of the tail come after a position.
func (r *room) behind(position int64) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behindLocked(position)
}

// mostBehind is behind for the screen that has the oldest position.
func (r *room) mostBehind() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.screens) == 0 {
		return 0
	}
	oldest := int64(math.MaxInt64)
	for s := range r.screens {
		oldest = min(oldest, s.position.Load())
	}
	return r.behindLocked(oldest)
}

// behindLocked is behind while the room is locked.
func (r *room) behindLocked(position int64) int {
	at, found := r.search(position)
	if found {
		at++
	}
	return len(r.tail) - at
}

// newestOf is the number of the newest entry about an item's alert.
func (r *room) newestOf(it *item) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return it.newest
}

// present lists the screens.
func (r *room) present() []*screen {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*screen, 0, len(r.screens))
	for s := range r.screens {
		list = append(list, s)
	}
	return list
}

// next takes what an announcer has to tell: the first item that was not announced, nil for what is known without one. If there is nothing,
// the announcer must end.
func (r *room) next() (it *item, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, found := r.search(r.announced)
	if found {
		at++
	}
	if !r.more || r.last() <= r.announced {
		r.announcing = false
		return nil, false
	}
	r.more, r.announced = false, r.last()
	if at == len(r.tail) {
		return nil, true
	}
	return r.tail[at], true
}

// heartbeat returns the encoded heartbeat for a position, made once for all screens that stand there in this second.
func (r *room) heartbeat(at journal.Position, now time.Time) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	second := instant(now)
	if r.beat != nil && r.beatPosition == at.Number && r.beatTime == second {
		return r.beat, nil
	}
	body, err := json.Marshal(heartbeat{Type: "heartbeat", Position: at.String(), Time: second})
	if err != nil {
		return nil, err
	}
	r.beat, r.beatPosition, r.beatTime = body, at.Number, second
	return body, nil
}

// sweep lets go of drawings that are too old to be shared.
func (r *room) sweep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.board.sweep(picture.stale)
	for _, it := range r.tail {
		it.frame.sweep(drawn.stale)
	}
}
