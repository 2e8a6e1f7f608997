package plans

import "time"

// Review is how a plan stands against the day by which its centre wants to read it again.
type Review string

// The states of a review; empty while it is not due.
const (
	ReviewIsDue     Review = "due"
	ReviewIsOverdue Review = "overdue"
)

// reviewNotice is how many days before its day a review is called due.
const reviewNotice = 28

// Review tells how the plan stands on a day, which the caller chooses in the department's zone (only its date counts). A day of review
// without a day of the month, or without a month, means its last.
func (c Content) Review(today time.Time) Review {
	last, ok := c.ReviewDue.last()
	if !ok {
		return ""
	}
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	switch {
	case day.After(last):
		return ReviewIsOverdue
	case !day.Before(last.AddDate(0, 0, -reviewNotice)):
		return ReviewIsDue
	}
	return ""
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
