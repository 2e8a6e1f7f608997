package silence

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// News is what a step is told.
type News struct {
	// Settled are the minutes, in order, of which nothing more will be heard; those that were told before are passed over.
	Settled []Minute
	// Last is when the newest message came, also one of a minute that is not settled.
	Last time.Time
	// Held tells that the feed is a part of one that is silent itself: whoever is told of the whole needs not be told of the part.
	Held bool
}

// Step learns from what was heard, and says whether the feed has stopped or is heard again.
func (m *Model) Step(r Rules, n News, now time.Time) Change {
	m.listen(n, now)
	change := Same
	if m.Last.Before(n.Last) {
		m.Last = n.Last
		if m.Began.IsZero() {
			m.Began = n.Last
		}
		if m.Break != nil {
			m.Spans = append(m.Spans, span{From: m.Break.Since, Until: n.Last, Weight: doubt})
			m.Break, change = nil, Speaks
		}
	}
	for _, minute := range n.Settled {
		m.learn(r, minute)
	}
	if m.Mute.at(now) && m.Break != nil {
		m.Break, change = nil, Speaks // nobody wants to be told any more
	}
	if n.Held || m.Break != nil || m.Mute.at(now) {
		return change
	}
	if b := m.stopped(r, now); b != nil {
		m.Break, m.Often = b, m.Often+1
		if change == Speaks {
			return Same // it spoke and fell silent between two looks
		}
		change = Stops
	}
	return change
}

// listen notes since when the feed is listened to without a break.
func (m *Model) listen(n News, now time.Time) {
	switch {
	case m.From.IsZero():
		m.From = now
	case n.Held:
		m.deafen(m.From, now)
		m.From = now
	case now.Sub(m.Looked) > deaf:
		m.deafen(m.Looked, now)
		m.From = now
	case m.Mute.at(m.Looked):
		m.deafen(m.Looked, now)
		m.From = now
	}
	m.Looked = now
}

// deafen notes a stretch that teaches nothing. One that goes on is one.
func (m *Model) deafen(from, until time.Time) {
	if n := len(m.Spans); n > 0 && m.Spans[n-1].Weight == 0 && !m.Spans[n-1].Until.Before(from.Add(-time.Minute)) {
		m.Spans[n-1].Until = later(m.Spans[n-1].Until, until)
		return
	}
	m.Spans = append(m.Spans, span{From: from, Until: until})
}

// known tells whether the hours of the week are believed.
func (m *Model) known(r Rules, now time.Time) bool {
	return !m.Began.IsZero() && now.Sub(m.Began) >= r.LearnFor
}

// stopped is the silence that there is to tell of; nil if there is none.
func (m *Model) stopped(r Rules, now time.Time) *Break {
	if m.Began.IsZero() {
		return nil
	}
	since := later(m.Last, m.From)
	quiet := now.Sub(since)
	if quiet < r.Minimum {
		return nil
	}
	if !m.known(r, now) {
		if r.KnownOnly {
			return nil
		}
		if hour := now.In(r.Zone).Hour(); m.waits() && quiet >= m.youngLimit() && hour >= dayBegins && hour < dayEnds {
			return &Break{Since: m.Last, Said: now, Young: true}
		}
		return nil
	}
	usual := m.level() * m.Expected(r, since, now)
	if usual < few || m.level()*m.Usual(r.cell(now)) < awake {
		return nil
	}
	needed := m.needed(r)
	if usual < needed || m.weekly() < rare {
		return nil
	}
	return &Break{Since: m.Last, Said: now, Usual: usual, Needed: needed}
}

// waits tells whether a feed that is not known well was heard enough to be waited for.
func (m *Model) waits() bool {
	return m.Messages >= youngMessages && m.Last.Sub(m.Began) >= youngAge
}

// youngLimit is the silence that is told of a feed that is not known well.
func (m *Model) youngLimit() time.Duration { return max(youngMinimum, youngFactor*m.Longest) }

// Judge says how the feed stands. It changes nothing.
func (m *Model) Judge(r Rules, now time.Time) Verdict {
	v := Verdict{State: Alive, Since: later(m.Last, m.From), Last: m.Last, Rate: m.Usual(r.cell(now)), Chance: 1, Told: 1}
	known := m.known(r, now)
	if known {
		v.Usual = m.level() * m.Expected(r, v.Since, now)
		v.Chance, v.Told = Chance(v.Usual, m.spread()), Chance(m.needed(r), m.spread())
	}
	switch quiet := now.Sub(v.Since); {
	case m.Mute.at(now):
		v.State = Muted
		v.Words = fmt.Sprintf("not told of until %s: %s", clock(m.Mute.Until, now, r.Zone), m.Mute.Reason)
	case m.Break != nil && m.Break.Young:
		v.State = Silent
		v.Words = fmt.Sprintf("no message since %s; the feed is not known well yet, but was never silent by half as long", clock(m.Last, now, r.Zone))
	case m.Break != nil:
		v.State = Silent
		v.Words = fmt.Sprintf("no message since %s; %s would have come as usual", clock(m.Last, now, r.Zone), about(v.Usual)) + m.odds(v.Chance)
	case !known && r.KnownOnly:
		v.State = Learning
		v.Words = fmt.Sprintf("learning, heard for %s of %s: until then only the silence of the whole feed is told", hours(max(now.Sub(m.Began), 0)), hours(r.LearnFor))
	case !known && m.waits():
		v.State = Learning
		v.Words = fmt.Sprintf("learning, heard for %s of %s; until then only a silence of more than %s by day is told", hours(now.Sub(m.Began)), hours(r.LearnFor), hours(m.youngLimit()))
	case !known:
		v.State = Learning
		v.Words = "learning, heard too little so far: no silence is told before it was heard for a day and a hundred times"
	case m.weekly() < rare:
		v.State = Rare
		v.Words = fmt.Sprintf("fewer than %.0f messages a week: their absence says nothing", rare)
	default:
		v.Words = fmt.Sprintf("last message %s ago, %s usual in this time", hours(max(quiet, 0)), about(v.Usual))
		if wait := m.wait(r, now); wait > 0 {
			v.Words += fmt.Sprintf("; a silence that began now would be told after %s", hours(wait))
		}
	}
	return v
}

// odds says how rare a silence is.
func (m *Model) odds(chance float64) string {
	years := 1 / (max(chance, 1e-15) * 52 * max(m.weekly(), rare))
	switch {
	case years >= 1000:
		return "; by chance that would happen less than once in a thousand years"
	case years >= 2:
		return fmt.Sprintf("; by chance that would happen once in %.0f years", years)
	}
	return ""
}

// wait is how long a silence that begins now would last before it is told; 0 if longer than a week.
func (m *Model) wait(r Rules, now time.Time) time.Duration {
	needed, level, sum := m.needed(r), m.level(), 0.0
	for at := now; at.Sub(now) < Week*time.Hour; at = at.Add(time.Minute) {
		rate := level * m.Usual(r.cell(at))
		if sum += rate / 60; sum >= needed && rate >= awake {
			return max(r.Minimum, at.Add(time.Minute).Sub(now).Truncate(time.Minute))
		}
	}
	return 0
}

// about is a number of messages in words.
func about(n float64) string {
	switch {
	case n < 1:
		return "fewer than one"
	case n < 20:
		return fmt.Sprintf("about %.0f", n)
	}
	unit := math.Pow(10, math.Floor(math.Log10(n))-1)
	return fmt.Sprintf("about %.0f", math.Round(n/unit)*unit)
}

// clock is an instant by the hospital's clocks, with the date where that is not today.
func clock(t, now time.Time, zone *time.Location) string {
	local := t.In(zone)
	if strings.HasPrefix(now.In(zone).Format(time.DateOnly), local.Format(time.DateOnly)) {
		return local.Format("15:04")
	}
	return local.Format("15:04 on 2 January 2006")
}
