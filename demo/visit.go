package demo

import "time"

// visit is one attendance at an A&E department: who, where, since when. What happens during it follows from its seed alone, so this is
// all that a hospital has to remember.
type visit struct {
	// Number is PV1-19, never used twice.
	Number string `json:"number"`
	// Trust is the hospital.
	Trust string `json:"trust"`
	// Plan is the id of the patient's plan; if empty the patient is PersonAt(Resident).
	Plan     string    `json:"plan,omitempty"`
	Resident int       `json:"resident,omitempty"`
	Arrived  time.Time `json:"arrived"`
	Seed     uint64    `json:"seed"`
	// Told is how many steps of the script have been sent and answered.
	Told int `json:"told"`

	patient Person
	steps   []step
	sending bool
}

// step is one message of a visit.
type step struct {
	// after is the number of intervals since the arrival.
	after   int
	trigger string // A04, A08, A03 or A11
	bay     bay
	// untraced: the NHS number is not known yet (PID-32 NSTS03).
	untraced bool
	// born is the date of birth as it was typed, which may be wrong at first.
	born time.Time
	// disposition is PV1-36, and set when the patient leaves.
	disposition string
}

// script makes up what happens during a visit: always a registration, usually a bay, often another, in the end a departure; now and then
// an NHS number that is found later, a date of birth that is corrected, or a registration that was a mistake.
func (v *visit) script() []step {
	draw := newDice(v.Seed, "visit")
	now := step{trigger: "A04", bay: waitingRoom, born: v.patient.Born}
	switch draw.below(20) {
	case 0, 1:
		now.untraced = true
	case 2:
		now.born = mistyped(draw, v.patient.Born)
	}
	steps := []step{now}
	if draw.chance(1, 25) {
		return append(steps, now.then(draw.between(5, 12), "A11"))
	}
	if now.untraced || !now.born.Equal(v.patient.Born) {
		now = now.then(draw.between(3, 9), "A08")
		now.untraced, now.born = false, v.patient.Born
		steps = append(steps, now)
	}
	for _, often := range []int{15, 6} { // in 20
		if draw.chance(often, 20) {
			now = now.then(draw.between(5, 10), "A08")
			now.bay = pick(draw, bays)
			steps = append(steps, now)
		}
	}
	now = now.then(draw.between(30, 70), "A03")
	now.disposition = pick(draw, []string{"1", "2", "2", "3", "12"})
	return append(steps, now)
}

// then is a later step in the same place.
func (s step) then(intervals int, trigger string) step {
	s.after += intervals
	s.trigger = trigger
	return s
}

// mistyped is a date of birth as a tired clerk enters it: another year, or day and month the wrong way round where that is a date.
func mistyped(draw *dice, born time.Time) time.Time {
	if d, m := born.Day(), int(born.Month()); d <= 12 && d != m && draw.chance(1, 2) {
		return day(born.Year(), time.Month(d), m)
	}
	return born.AddDate(-1, 0, 0)
}

// due tells when the next step happens; false if none is left.
func (v *visit) due(interval time.Duration) (time.Time, bool) {
	if v.Told >= len(v.steps) {
		return time.Time{}, false
	}
	return v.Arrived.Add(time.Duration(v.steps[v.Told].after) * interval), true
}
