// Package silence answers: has a feed stopped?
//
// A [Model] learns how many messages of a feed come in each hour of the week, in the hospital's own zone. From that follows how many are
// usual in any stretch of time, whichever hours it spans, and how likely it is that none came by chance. A silence is told when chance
// would bring one that long less often than [Rules] allow, so forty minutes at 04:00 may say nothing where three minutes at 11:00 say all.
//
// Everything here is pure: what was heard comes as minutes, the time is handed in, and the same minutes in any portions give the same model.
package silence

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Feed names what is listened to: all that one application of an organisation sends, or a part of that.
type Feed struct {
	// Organisation is an ODS code; Application is what the sender calls itself (MSH-3), or the account that tells over FHIR.
	Organisation, Application string
	// Event is a group of events ("arrivals"), Site an ODS code. At most one is set: then the feed is a part of the whole one.
	Event, Site string
}

// Whole is the feed that this one is a part of; a whole feed itself.
func (f Feed) Whole() Feed { return Feed{Organisation: f.Organisation, Application: f.Application} }

// IsPart tells that the feed is one event group or one site of another.
func (f Feed) IsPart() bool { return f.Event != "" || f.Site != "" }

// String is the feed as operators name it: "RQW|PAS", "RQW|PAS|event=arrivals", "RQW|PAS|site=RQWG0".
func (f Feed) String() string {
	s := f.Organisation + "|" + f.Application
	if f.Event != "" {
		s += "|event=" + f.Event
	}
	if f.Site != "" {
		s += "|site=" + f.Site
	}
	return s
}

// ErrNoFeed is returned for a feed that was never heard.
var ErrNoFeed = errors.New("no such feed was ever heard")

// Minute is what was heard of a feed in one minute.
type Minute struct {
	// At is when the minute begins.
	At time.Time
	// Fresh counts messages that came for the first time and soon after they were sent. Stale counts those that were sent again or long
	// before, as after an outage: they prove that the feed lives, and say nothing about its rate.
	Fresh, Stale int
	// First and Last are when the first and the last of them came.
	First, Last time.Time
}

// Rules say when a silence is told.
type Rules struct {
	// Zone is where the hospital is: the hours of the week are those of its clocks.
	Zone *time.Location
	// Minimum: no silence is told earlier.
	Minimum time.Duration
	// LearnFor is how long a feed must have been heard before its hours are believed.
	LearnFor time.Duration
	// KnownOnly: no silence is told before LearnFor is over. It is for the parts of a feed, of which little comes: until their hours are known,
	// the silence of the whole is what tells.
	KnownOnly bool
	// FalseAlarms is how many silences a year chance alone may make of one feed, if the model is right.
	FalseAlarms float64
}

// Default are the rules for a zone. A tenth of a false alarm a year leaves room for hospitals that are more irregular than the model.
func Default(zone *time.Location) Rules {
	return Rules{Zone: zone, Minimum: 3 * time.Minute, LearnFor: 14 * 24 * time.Hour, FalseAlarms: 0.1}
}

const (
	// rare: a feed with fewer messages a week is not waited for.
	rare = 20.0
	// few: no silence in which fewer messages are usual is improbable enough.
	few = 5.0
	// awake: a silence is first told in an hour in which at least so many messages are usual. What became improbable towards the end of a
	// quiet night waits until somebody could have arrived.
	awake = 1.0
	// beyond: a silence must weigh so many times the heaviest ordinary one. That tells a feed that comes in batches from one that stopped.
	beyond = 1.5
	// deaf: if nobody looked for so long, the service was not running, and what it did not hear is no silence.
	deaf = 5 * time.Minute
)

// What holds for a feed that is not known well enough yet: it must have been heard for a day and a hundred times, and only a silence by
// day is told, twice as long as any before it and at least half an hour.
const (
	youngAge      = 24 * time.Hour
	youngMessages = 100
	youngMinimum  = 30 * time.Minute
	youngFactor   = 2
	dayBegins     = 8
	dayEnds       = 20
)

// Chance is how likely it is that nothing comes where so many messages are expected, if their rate itself varies with the given spread
// (its squared coefficient of variation): the negative binomial's zero term, and Poisson's where the spread is zero.
func Chance(expected, spread float64) float64 {
	if spread <= 0 {
		return math.Exp(-expected)
	}
	return math.Pow(1+spread*expected, -1/spread)
}

// improbable is how many messages must be expected so that none has the given chance: the inverse of Chance.
func improbable(chance, spread float64) float64 {
	if spread <= 0 {
		return -math.Log(chance)
	}
	return (math.Pow(chance, -spread) - 1) / spread
}

// State says how a feed stands.
type State string

// The states of a feed.
const (
	Alive    State = "heard"    // messages come as usual, or the silence is not yet unusual
	Silent   State = "silent"   // it has stopped
	Learning State = "learning" // not known well enough; only a long silence by day would be told
	Rare     State = "rare"     // so few messages that their absence says nothing
	Muted    State = "muted"    // somebody asked not to be told
)

// Verdict is how a feed stands at an instant.
type Verdict struct {
	State State
	// Since is the last message, or since when the feed was listened to again if that is later; Last is the last message.
	Since, Last time.Time
	// Usual is how many messages are usual between Since and now; Rate how many an hour at this hour of the week.
	Usual, Rate float64
	// Chance is the probability that none of them came by chance; Told is below which one the silence is told. Both 1 while learning.
	Chance, Told float64
	// Words say it to an operator.
	Words string
}

// Change is what a step made of a feed.
type Change uint8

// The changes of a feed.
const (
	Same   Change = iota
	Stops         // it is silent from now on
	Speaks        // it was silent and is heard again
)

// Break is a silence that was told.
type Break struct {
	// Since is the last message before it, Said when it was told, and Usual how many messages were usual by then.
	Since time.Time `json:"since"`
	Said  time.Time `json:"said"`
	Usual float64   `json:"usual"`
	// Needed is how many would have been enough; Young that the feed was not known well.
	Needed float64 `json:"needed"`
	Young  bool    `json:"young,omitempty"`
}

// Mute keeps a feed from being told.
type Mute struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
}

// at tells whether it holds at an instant.
func (m *Mute) at(now time.Time) bool { return m != nil && now.Before(m.Until) && !now.Before(m.From) }

// span is a stretch of time that teaches less than others, or nothing.
type span struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Weight is how much: 0 where nobody listened or the feed was muted.
	Weight float64 `json:"weight"`
}

func hours(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 72*time.Hour:
		return fmt.Sprintf("%.0f hours", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}
