package silence

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// london is where the invented hospitals are.
var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
}()

// hospital is an invented feed: how many messages a day, and how they come.
type hospital struct {
	name string
	// daily is the mean of a day; spread is how much whole hours vary beside chance, days how much whole days do.
	daily, spread, days float64
	// opens and closes are the hours outside of which nothing comes; 0 and 24 for one that never closes.
	opens, closes int
	// batch is how often the sender sends what it has; 0 for at once.
	batch time.Duration
}

// The day of an A&E department, by hour (relative): busiest before noon, quietest at 04:00.
var dayShape = [24]float64{.62, .5, .42, .36, .33, .33, .4, .6, .95, 1.3, 1.5, 1.55, 1.5, 1.45, 1.4, 1.4, 1.4, 1.38, 1.35, 1.3, 1.2, 1.05, .9, .75}

// weekShape is Sunday to Saturday: Mondays are the busiest.
var weekShape = [7]float64{.98, 1.12, 1.03, 1, .98, .95, .94}

func (h hospital) rate(at time.Time, day, hour float64) float64 {
	local := at.In(london)
	if h.closes > 0 && (local.Hour() < h.opens || local.Hour() >= h.closes) {
		return 0
	}
	r := h.daily / 24 * dayShape[local.Hour()] * weekShape[local.Weekday()] * day * hour
	if h.closes > 0 {
		r *= 24.0 / float64(h.closes-h.opens) * .85
	}
	switch local.Format("01-02") { // bank holidays
	case "12-25":
		return r * .55
	case "12-26", "01-01":
		return r * .75
	}
	return r
}

// gamma draws a number with mean 1 and the given variance (Marsaglia and Tsang 2000).
func gamma(dice *rand.Rand, variance float64) float64 {
	if variance == 0 {
		return 1
	}
	shape := 1 / variance
	boost := 1.0
	if shape < 1 {
		boost, shape = math.Pow(dice.Float64(), 1/shape), shape+1
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := dice.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(dice.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return boost * d * v * variance
		}
	}
}

// poisson draws a count.
func poisson(dice *rand.Rand, mean float64) int {
	n := 0
	for t := dice.ExpFloat64(); t < mean; t += dice.ExpFloat64() {
		n++
	}
	return n
}

// outage is a stretch in which nothing comes; what was held back comes after it at once.
type outage struct{ from, until time.Time }

// alarm is one silence that was told.
type alarm struct{ said, heard time.Time }

// year lives through some weeks, looking once a minute, and returns the silences that were told.
func (h hospital) year(seed uint64, began time.Time, weeks int, outages []outage, m *Model) (told []alarm) {
	dice := rand.New(rand.NewPCG(seed, 7))
	rules := Default(london)
	day, hour, held, pending := 1.0, 1.0, 0, 0
	var news News
	for i := range weeks * Week * 60 {
		at := began.Add(time.Duration(i) * time.Minute)
		if i%1440 == 0 {
			day = gamma(dice, h.days)
		}
		if i%60 == 0 {
			hour = gamma(dice, h.spread)
		}
		n := poisson(dice, h.rate(at, day, hour)/60)
		if h.batch > 0 {
			pending += n
			if n = 0; i%int(h.batch.Minutes()) == 0 {
				n, pending = pending, 0
			}
		}
		down := len(outages) > 0 && !at.Before(outages[0].from) && at.Before(outages[0].until)
		if down {
			held, n = held+n, 0
		} else if len(outages) > 0 && !at.Before(outages[0].until) {
			outages = outages[1:]
			n, held = n+held, 0 // freshly stamped: the worst sender
		}
		news.Settled = news.Settled[:0]
		if n > 0 {
			first := at.Add(time.Duration(dice.Float64() / float64(n) * float64(time.Minute)))
			last := at.Add(time.Duration((1 - dice.Float64()/float64(n)) * float64(time.Minute)))
			if n == 1 {
				last = first
			}
			news.Settled = append(news.Settled, Minute{At: at, Fresh: n, First: first, Last: last})
			news.Last = last
		}
		now := at.Add(time.Minute)
		switch m.Step(rules, news, now) {
		case Stops:
			told = append(told, alarm{said: now})
		case Speaks:
			if len(told) > 0 {
				told[len(told)-1].heard = now
			}
		}
	}
	return told
}

var (
	wholeTrust   = hospital{name: "a trust's whole ADT feed, 40,000 a day", daily: 40000, spread: .02, days: .01}
	emergency    = hospital{name: "the A&E of Princess Alexandra, 348 arrivals a day", daily: 348, spread: .02, days: .01}
	emergencyADT = hospital{name: "all messages of such an A&E, 1,400 a day", daily: 1400, spread: .03, days: .01}
	minor        = hospital{name: "a minor injuries unit, 30 a day, 08 to 22", daily: 30, spread: .05, days: .02, opens: 8, closes: 22}
	batches      = hospital{name: "an A&E that sends every quarter of an hour", daily: 1400, spread: .03, days: .01, batch: 15 * time.Minute}
	bursty       = hospital{name: "an A&E whose hours vary widely", daily: 1400, spread: .15, days: .05}
)

// began is a Monday at noon; a year from it has two changes of the clocks and a Christmas.
var began = time.Date(2025, 11, 24, 12, 0, 0, 0, time.UTC)

func TestAYearWithoutAnOutageHasAtMostOneFalseAlarm(t *testing.T) {
	if os.Getenv("UCPALERT_TEST_SIMULATIONS") == "apart" {
		t.Skip("run apart, without the race detector: all of it happens on one goroutine")
	}
	for _, h := range []hospital{wholeTrust, emergency, emergencyADT, minor, batches, bursty} {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2) {
				told := h.year(seed, began, 52, nil, &Model{})
				for _, a := range told {
					t.Logf("year %d: told at %s, heard at %s", seed, a.said.In(london).Format("Mon 2 Jan 15:04"), a.heard.In(london).Format("15:04"))
					if a.said.In(london).Hour() < 6 {
						t.Errorf("year %d: a false alarm by night, %s", seed, a.said.In(london))
					}
				}
				if len(told) > 1 {
					t.Errorf("year %d: %d false alarms", seed, len(told))
				}
			}
		})
	}
}

// TestOutagesAreToldSoon reports how long each feed's outages last before they are told.
func TestOutagesAreToldSoon(t *testing.T) {
	if os.Getenv("UCPALERT_TEST_SIMULATIONS") == "apart" {
		t.Skip("run apart, without the race detector: all of it happens on one goroutine")
	}
	for _, row := range []struct {
		h hospital
		// within is what an outage by day must be told in, at the median and for 95 of 100.
		median, most time.Duration
	}{
		{wholeTrust, 5 * time.Minute, 5 * time.Minute},
		{emergencyADT, 25 * time.Minute, 40 * time.Minute},
		{emergency, 80 * time.Minute, 150 * time.Minute},
		{minor, 26 * time.Hour, 44 * time.Hour},
	} {
		t.Run(row.h.name, func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(11, 3))
			var outages []outage
			for day := 60; day < 52*7-3; day += 7 + dice.IntN(5) { // six hours each; two days for a feed that small
				from := began.Add(time.Duration(day)*24*time.Hour + time.Duration(dice.IntN(1440))*time.Minute + time.Duration(dice.IntN(60))*time.Second)
				length := 6 * time.Hour
				if row.h.daily < 100 {
					length = 48 * time.Hour
				}
				outages = append(outages, outage{from, from.Add(length)})
			}
			told := row.h.year(5, began, 52, slices.Clone(outages), &Model{})
			var day, night []time.Duration
			missed, wrong := 0, len(told)
			for _, o := range outages {
				i := slices.IndexFunc(told, func(a alarm) bool { return a.said.After(o.from) && a.said.Before(o.until.Add(time.Minute)) })
				into := &night
				if hour := o.from.In(london).Hour(); hour >= 9 && hour < 20 {
					into = &day
				}
				if i < 0 {
					missed++
					*into = append(*into, o.until.Sub(o.from))
					continue
				}
				wrong--
				*into = append(*into, told[i].said.Sub(o.from))
			}
			slices.Sort(day)
			slices.Sort(night)
			at := func(all []time.Duration, part float64) time.Duration {
				return all[min(int(part*float64(len(all))), len(all)-1)].Round(time.Second)
			}
			t.Logf("%d outages, %d not told before they ended, %d other alarms; begun 09–20: median %s, p95 %s; else: median %s, p95 %s", len(outages), missed, wrong,
				at(day, .5), at(day, .95), at(night, .5), at(night, .95))
			if at(day, .5) > row.median || at(day, .95) > row.most {
				t.Errorf("by day: median %s, p95 %s; wanted at most %s and %s", at(day, .5), at(day, .95), row.median, row.most)
			}
			if wrong > 2 {
				t.Errorf("%d alarms were no outage", wrong)
			}
		})
	}
}
