package plans

import "time"

// Review says how a plan stands towards the day by which its centre wants to read it again.
type Review string

// How a plan can stand; NoReview if the next review is far off, or none is stated.
const (
	NoReview      Review = ""
	ReviewSoon    Review = "due"
	ReviewOverdue Review = "overdue"
)

// ReviewNotice is how long before its day a review is called due.
const ReviewNotice = 30 * 24 * time.Hour

// ReviewOf tells how a plan whose review is due on a day stands on another, of which only the date counts: the caller chooses the zone. A
// plan is overdue on the day after. A day of review without a day of the month, or without a month, means its last.
func ReviewOf(due Date, today time.Time) Review {
	last, ok := due.last()
	if !ok {
		return NoReview
	}
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	switch {
	case day.After(last):
		return ReviewOverdue
	case !day.Before(last.Add(-ReviewNotice)):
		return ReviewSoon
	}
	return NoReview
}

// last is the last day that a date can mean.
func (d Date) last() (time.Time, bool) {
	layouts := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}
	first, err := time.Parse(layouts[len(d)], string(d))
	if err != nil || d == "" {
		return time.Time{}, false
	}
	switch len(d) {
	case 4:
		return first.AddDate(1, 0, -1), true
	case 7:
		return first.AddDate(0, 1, -1), true
	}
	return first, true
}
