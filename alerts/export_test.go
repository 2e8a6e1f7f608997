package alerts

import (
	"math/bits"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
)

// SecondOpinion is what the second opinion expects of an attendance and a plan, as the alert that should stand.
func SecondOpinion(a Attendance, p plans.Plan, on Grounds, dir *directory.Directory, now time.Time) (Alert, bool) {
	what, stands := expect(a, p, on, dir, now)
	return Alert{Match: what.match, Show: what.show, Department: what.department, Version: what.version}, stands
}

// Near returns the function by which the proof finds, among those who are present, who could be a plan's patient.
func Near(open []Attendance) func(plans.Identity) []int {
	here := gather(open, nil, func(Attendance, []Ruling) Grounds { return Grounds{} })
	return func(who plans.Identity) (found []int) {
		here.near("", who)
		for w, word := range here.found {
			for ; word != 0; word &= word - 1 {
				found = append(found, w*64+bits.TrailingZeros64(word))
			}
		}
		return found
	}
}
