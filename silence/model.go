package silence

import (
	"math"
	"slices"
	"time"
)

// Week is the number of hours of a week: cell 0 is Sunday from midnight, by the hospital's clocks.
const Week = 7 * 24

// Cell is one hour of the week.
type Cell struct {
	// Mean is how many messages come in it, newer weeks weighing more; Weeks how many were seen.
	Mean  float64 `json:"m"`
	Weeks int     `json:"w"`
}

// Model is what is known of one feed. The zero model has heard nothing. It is kept as JSON.
type Model struct {
	// Began is the first message, Last the newest; Messages how many were fresh.
	Began    time.Time `json:"began"`
	Last     time.Time `json:"last"`
	Messages int       `json:"messages"`
	// Looked is when somebody looked last; From, since when the feed is listened to without a break.
	Looked time.Time `json:"looked"`
	From   time.Time `json:"from"`

	// Learnt is the last message of the minutes that were learnt from; Cursor is the newest of these minutes. Hour is the hour under way
	// and Count its fresh messages.
	Learnt time.Time  `json:"learnt"`
	Cursor time.Time  `json:"cursor"`
	Hour   time.Time  `json:"hour"`
	Count  int        `json:"count"`
	Cells  [Week]Cell `json:"cells"`
	// Excess and Square add up to the spread: how much more the hours vary than chance explains.
	Excess float64 `json:"excess"`
	Square float64 `json:"square"`
	// Came and Due are what came and was usual in the last hours: a bank holiday is a low level.
	Came float64 `json:"came"`
	Due  float64 `json:"due"`
	// Longest is the longest ordinary silence, Heaviest the most messages that were usual in one; the second fades.
	Longest  time.Duration `json:"longest"`
	Heaviest float64       `json:"heaviest"`
	// Often counts the silences that were told lately: one is an outage, several a day are a feed with another habit.
	Often float64 `json:"often"`

	Break *Break `json:"break,omitempty"`
	Mute  *Mute  `json:"mute,omitempty"`
	Spans []span `json:"spans,omitempty"`
}

const (
	// gain is how much the newest week weighs once enough were seen.
	gain = 0.15
	// doubt is how much the hours of a silence that was told teach: an outage dents the model little, a new habit is learnt all the same.
	doubt = 0.25
	// fade is what a week leaves of the heaviest silence, remember an hour of the spread, lately an hour of the level.
	fade     = 0.93
	remember = 0.998
	lately   = 0.8
	// often is what an hour leaves of the count of silences that were told: half in a day.
	often = 0.9715
	// The spread is bounded: below, because no hospital is as regular as a coin; above, because a slow change is the level's affair.
	leastSpread, mostSpread = 0.01, 0.1
	// The level is never taken below this.
	leastLevel = 0.2
	// crowd: an hour of the week is not believed to bring more than so many times the median of its hour of the day.
	crowd = 2.0
)

// cell is the hour of the week of an instant.
func (r Rules) cell(t time.Time) int {
	local := t.In(r.Zone)
	return int(local.Weekday())*24 + local.Hour()
}

// spread is the squared coefficient of variation of the rate.
func (m *Model) spread() float64 {
	if m.Square <= 0 {
		return mostSpread
	}
	return min(max(m.Excess/m.Square, leastSpread), mostSpread)
}

// level is what the last hours brought of what is usual, at most 1.
func (m *Model) level() float64 { return min(max((m.Came+2)/(m.Due+2), leastLevel), 1) }

// Usual is how many messages come in an hour of the week. One that a backlog swelled is held to the same hour of other days.
func (m *Model) Usual(cell int) float64 {
	own := m.Cells[cell]
	if own.Weeks == 0 {
		return 0
	}
	var days [7]float64
	n := 0
	for day := range 7 {
		if c := m.Cells[day*24+cell%24]; c.Weeks > 0 {
			days[n] = c.Mean
			n++
		}
	}
	slices.Sort(days[:n])
	return min(own.Mean, crowd*days[n/2])
}

// Band is how many messages a minute are usual at an instant, and between which bounds nineteen minutes of twenty lie, as far as the hour
// of the week was learnt: two standard deviations of what chance and the spread of the rate explain. ok is false for an hour that was
// never heard.
func (m *Model) Band(r Rules, at time.Time) (low, usual, high float64, ok bool) {
	cell := r.cell(at)
	if m.Cells[cell].Weeks == 0 {
		return 0, 0, 0, false
	}
	usual = m.Usual(cell) / 60
	bound := 2 * math.Sqrt(usual+m.spread()*usual*usual)
	return max(usual-bound, 0), usual, usual + bound, true
}

// weekly is how many messages come in a week.
func (m *Model) weekly() float64 {
	sum := 0.0
	for i := range m.Cells {
		sum += m.Usual(i)
	}
	return sum
}

// Expected is how many messages are usual between two instants: each hour counts with its own rate, a part of it with its part. Where the
// clocks go forward the hour that is left out counts nothing, and where they go back the hour that comes twice counts twice.
func (m *Model) Expected(r Rules, from, until time.Time) float64 {
	const week = Week * time.Hour
	sum := 0.0
	if d := until.Sub(from); d > 2*week { // whole weeks are alike
		whole := d / week
		sum, from = float64(whole)*m.weekly(), from.Add(whole*week)
	}
	const step = 15 * time.Minute // every zone's offset is a multiple
	for from.Before(until) {
		next := from.Truncate(step).Add(step)
		if next.After(until) {
			next = until
		}
		sum += m.Usual(r.cell(from)) * next.Sub(from).Hours()
		from = next
	}
	return sum
}

// learn takes one minute into the model. Minutes come in order; one that is not after the last is not learnt from.
func (m *Model) learn(r Rules, minute Minute) {
	if !minute.At.After(m.Cursor) && !m.Cursor.IsZero() {
		return
	}
	m.Cursor = minute.At
	if m.Began.IsZero() {
		m.Began = minute.First
	}
	if gap := minute.First.Sub(m.Learnt); gap > 0 && !m.Learnt.IsZero() {
		m.pause(r, m.Learnt, minute.First)
	}
	m.Learnt = later(m.Learnt, minute.Last)
	hour := minute.At.Truncate(time.Hour)
	if m.Hour.IsZero() {
		m.Hour = hour
		m.Spans = append(m.Spans, span{From: hour, Until: minute.First}) // nobody listened before
	}
	for m.Hour.Before(hour) {
		m.fold(r)
	}
	m.Count += minute.Fresh
	m.Messages += minute.Fresh
}

// pause learns from a silence that has ended. One that was told counts as no more than was needed, unless that happens often: an outage
// makes the next one no harder to see, and a feed that begins to send every two hours is not told every two hours for ever.
func (m *Model) pause(r Rules, from, until time.Time) {
	limit, longest := math.Inf(1), time.Duration(math.MaxInt64)
	for _, s := range m.Spans {
		if !s.From.Before(until) || !from.Before(s.Until) {
			continue
		}
		if s.Weight == 0 {
			return // nobody listened all that time
		}
		limit, longest = improbable(m.allowed(r), m.spread())*(1+m.Often)/2, youngFactor*max(m.Longest, youngMinimum)
	}
	m.Longest = max(m.Longest, min(until.Sub(from), longest))
	if until.Sub(from) < time.Minute/2 || from.Sub(m.Began) < r.LearnFor/2 {
		return
	}
	m.Heaviest = max(m.Heaviest, min(m.level()*m.Expected(r, from, until), limit))
}

// fold takes the hour that has ended into its hour of the week, and begins the next.
func (m *Model) fold(r Rules) {
	weight := 1.0
	end := m.Hour.Add(time.Hour)
	for _, s := range m.Spans {
		if s.From.Before(end) && m.Hour.Before(s.Until) {
			weight = min(weight, s.Weight)
		}
	}
	if weight > 0 {
		m.take(r, r.cell(m.Hour.Add(30*time.Minute)), float64(m.Count), weight)
	}
	m.Heaviest *= math.Pow(fade, 1.0/Week)
	m.Often *= often
	m.Hour, m.Count = end, 0
	m.Spans = slices.DeleteFunc(m.Spans, func(s span) bool { return !s.Until.IsZero() && !s.Until.After(end) })
}

// take learns from one hour.
func (m *Model) take(r Rules, at int, count, weight float64) {
	c := &m.Cells[at]
	count = min(count, m.most(at))
	if c.Weeks >= 2 && weight == 1 {
		off := count - c.Mean
		m.Excess = m.Excess*remember + off*off - c.Mean*(1+1/float64(c.Weeks))
		m.Square = m.Square*remember + c.Mean*c.Mean
		m.Came, m.Due = m.Came*lately+count, m.Due*lately+c.Mean
	}
	g := max(1/float64(c.Weeks+1), gain) * weight
	if c.Weeks == 0 {
		g = 1
	}
	c.Mean += g * (count - c.Mean)
	c.Weeks++
}

// most is how many messages of one hour are believed: four standard deviations over what is usual. An hour of the week that was never seen
// is compared with the busiest one. What is over that is a backlog or a mistake, and teaches no rate.
func (m *Model) most(at int) float64 {
	mean, known := m.Cells[at].Mean, 0
	if m.Cells[at].Weeks == 0 {
		for i := range m.Cells {
			if m.Cells[i].Weeks > 0 {
				known++
				mean = max(mean, m.Usual(i))
			}
		}
		if known < 24 {
			return math.Inf(1)
		}
		mean *= crowd
	}
	return mean + 4*math.Sqrt(mean+m.spread()*mean*mean) + 10
}

// needed is how many messages must be usual in a silence before it is told: as many as make it improbable enough, and more than in any
// ordinary one.
func (m *Model) needed(r Rules) float64 {
	return max(improbable(m.allowed(r), m.spread()), beyond*m.Heaviest)
}

// allowed is the chance below which a silence is told. Each message begins a silence, so that many a year are tried.
func (m *Model) allowed(r Rules) float64 { return r.FalseAlarms / (52 * max(m.weekly(), rare)) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
