package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxInside bounds how many patients are in the four departments together. When so many are inside nobody arrives any more: if no
// message is answered, nobody leaves either.
const maxInside = 400

// town is the pretend world's people and who of them is in hospital. It has no clock and sends nothing: it is asked what is due. It is
// for one goroutine.
type town struct {
	interval time.Duration
	draw     *dice
	plans    map[string]Plan
	// waiting are ids of plans in the order in which their patients fall ill.
	waiting []string
	inside  []*visit
	// nextArrival is when somebody arrives.
	nextArrival time.Time
	// arrivals counts those since the start; flagged is which of each five has a plan.
	arrivals, flagged int
	// run makes visit numbers and control ids differ from those of any earlier run; controls counts the latter.
	run      time.Time
	controls int
}

// firstTrust is Princess Alexandra.
const firstTrust = "RQW"

// newTown makes a town at an instant, with the visits that an earlier run remembered.
func newTown(seed uint64, interval time.Duration, now time.Time, remembered []*visit) *town {
	t := &town{
		interval: interval, draw: newDice(seed, "town"), plans: map[string]Plan{}, nextArrival: now, run: now,
	}
	plans := Plans()
	for _, p := range plans {
		t.plans[p.ID] = p
	}
	for _, i := range t.draw.shuffled(len(plans)) {
		if samePatient[plans[i].ID] == "" { // a patient with two plans comes once
			t.waiting = append(t.waiting, plans[i].ID)
		}
	}
	// The first to arrive has a plan and comes to Harlow, whose board a newcomer is asked to look at.
	if i := slices.IndexFunc(t.waiting, func(id string) bool { return t.plans[id].Home == firstTrust }); i > 0 {
		t.waiting[0], t.waiting[i] = t.waiting[i], t.waiting[0]
	}
	for _, v := range remembered {
		_, known := hospitalOf(v.Trust)
		if known = known && (v.Plan == "" || t.plans[v.Plan].ID != ""); known && len(t.inside) < maxInside {
			t.admit(v) // others are from a demo with other hospitals or plans
		}
	}
	return t
}

// errand is one message to be sent.
type errand struct {
	visit    *visit
	hospital hospital
	step     step
	// control is MSH-10; at is when the event occurred and was recorded.
	control string
	at      time.Time
}

// due lists what has to be sent by now, at most one message a visit, and tells when to ask again.
func (t *town) due(now time.Time) (errands []errand, next time.Time) {
	if !now.Before(t.nextArrival) {
		if len(t.inside) < maxInside {
			t.arrive(now)
		}
		// Counted from now and not from when it was due: a world that slept does not make up for it in a burst.
		t.nextArrival = now.Add(t.interval/2 + t.interval*time.Duration(t.draw.below(1000))/1000)
	}
	next = t.nextArrival
	for _, v := range t.inside {
		at, some := v.due(t.interval)
		switch {
		case v.sending || !some:
		case at.After(now):
			next = earlier(next, at)
		default:
			v.sending = true
			errands = append(errands, t.errand(v, now))
		}
	}
	return errands, next
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (t *town) errand(v *visit, now time.Time) errand {
	i, _ := hospitalOf(v.Trust)
	t.controls++
	return errand{visit: v, hospital: hospitals[i], step: v.steps[v.Told], control: controlID(t.run, uint64(t.controls)), at: now}
}

// controlID makes an MSH-10 of 20 digits, the most that HL7 2.4 allows (ST 20): the milliseconds of the run and a number in it.
func controlID(run time.Time, n uint64) string { return string(appendControl(nil, run, n)) }

func appendControl(b []byte, run time.Time, n uint64) []byte {
	b = appendDigits(b, uint64(run.UnixMilli()), 13)
	return appendDigits(b, n, 7)
}

// appendDigits writes the last so many decimal digits of a number.
func appendDigits(b []byte, n uint64, digits int) []byte {
	for range digits {
		b = append(b, '0')
	}
	for i := len(b) - 1; i >= len(b)-digits; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return b
}

// done takes the answer to an errand into account: the visit goes on, or is over.
func (t *town) done(v *visit) {
	v.sending = false
	v.Told++
	if v.Told < len(v.steps) {
		return
	}
	for i, other := range t.inside {
		if other == v {
			t.inside = append(t.inside[:i], t.inside[i+1:]...)
			return
		}
	}
}

// arrive lets one person arrive: of each five arrivals one has a plan.
func (t *town) arrive(now time.Time) {
	first := t.arrivals == 0
	if t.arrivals%5 == 0 {
		t.flagged = t.draw.below(5)
	}
	if first {
		t.flagged = 0 // see newTown
	}
	v := &visit{Arrived: now, Seed: t.draw.next()}
	plan, some := Plan{}, false
	if t.arrivals%5 == t.flagged {
		plan, some = t.fallsIll()
	}
	t.arrivals++
	switch {
	case some && (first || t.draw.chance(4, 5)):
		v.Plan, v.Trust = plan.ID, plan.Home
	case some:
		v.Plan, v.Trust = plan.ID, pick(t.draw, hospitals).trust
	default:
		v.Resident = 2*firstPlanPerson + t.draw.below(Residents-2*firstPlanPerson)
		v.Trust = hospitals[t.draw.weighted(hospitalWeights)].trust
	}
	v.Number = "V" + strings.ToUpper(strconv.FormatInt(t.run.UnixMilli(), 36)) + fmt.Sprintf("%05d", t.arrivals)
	t.admit(v)
}

// fallsIll takes the next plan whose patient is not in hospital.
func (t *town) fallsIll() (Plan, bool) {
	in := map[string]bool{}
	for _, v := range t.inside {
		in[v.Plan] = true
	}
	for i, id := range t.waiting {
		if !in[id] {
			t.waiting = append(append(t.waiting[:i:i], t.waiting[i+1:]...), id)
			return t.plans[id], true
		}
	}
	return Plan{}, false
}

// admit puts a visit among those inside.
func (t *town) admit(v *visit) {
	if v.Plan != "" {
		v.patient = t.plans[v.Plan].Patient
	} else {
		v.patient = PersonAt(v.Resident)
	}
	v.steps = v.script()
	if v.Told < len(v.steps) {
		t.inside = append(t.inside, v)
	}
}
