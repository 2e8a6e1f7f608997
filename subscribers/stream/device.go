package stream

import (
	"fmt"
	"strings"
	"time"
)

const (
	// aliveEvery is how often a client that shows a board should say so.
	aliveEvery = 15 * time.Second
	// visibleFor is how long its word counts: two may be lost. A frozen page says nothing, and nobody can rely on what it shows.
	visibleFor = 45 * time.Second
	// longestName is the longest name of a screen and of a client's version, in bytes.
	longestName = 64
)

// device is what a client says of the screen that it runs on. One that says nothing has none: it takes no memory.
type device struct {
	// name is the screen's own, the same after each reload; version is the client's. Both are empty if it does not say.
	name, version string
	// visible is until when its last word counts; zero if it said that nobody sees it.
	visible time.Time
}

// deviceOf reads what a hello says of the screen, or returns a closing.
func deviceOf(hello request, now time.Time) (*device, error) {
	if !isName(hello.Screen) || !isName(hello.Version) {
		return nil, protocol(fmt.Sprintf("screen and version are at most %d letters, digits and . _ + -", longestName))
	}
	if hello.Screen == "" && hello.Version == "" && hello.Visible == nil {
		return nil, nil
	}
	d := &device{name: hello.Screen, version: hello.Version}
	d.say(hello.Visible, now)
	return d, nil
}

// isName tells whether a text may name a screen or a version: it stands in the journal, so no patient's name may hide in it by accident.
func isName(s string) bool {
	return len(s) <= longestName && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("._+-", r)
	})
}

// say takes the client's word whether somebody can see the screen; nil is no word.
func (d *device) say(visible *bool, now time.Time) {
	switch {
	case visible == nil:
	case *visible:
		d.visible = now.Add(visibleFor)
	default:
		d.visible = time.Time{}
	}
}

// alive takes a client's heartbeat. It is not answered.
func (s *screen) alive(r request, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.device == nil {
		s.device = &device{}
	}
	s.device.say(r.Visible, now)
}

// seenAt tells whether somebody can see the screen, as far as its client says.
func (s *screen) seenAt(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.device != nil && s.device.visible.After(now)
}

// calls is what the client calls the screen and itself; empty if it does not say.
func (s *screen) calls() (name, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.device == nil {
		return "", ""
	}
	return s.device.name, s.device.version
}

// lastReceipt is when the screen last said that it showed something, an alert or the canary; the zero time if it never did.
func (s *screen) lastReceipt() time.Time {
	nanos := s.receipt.Load()
	if s.canary != nil {
		nanos = max(nanos, s.canary.displayed.Load())
	}
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos)
}

// name is what the screen calls itself; empty if it does not.
func (s *screen) name() string {
	name, _ := s.calls()
	return name
}
