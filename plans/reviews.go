package plans

import (
	"fmt"
	"time"
)

// Reviews counts the plans of a centre whose review is due.
type Reviews struct {
	Centre string
	// Due are to be reviewed within ReviewNotice, Overdue should have been.
	Due, Overdue int
}

// Notice says it in words, for the centre.
func (r Reviews) Notice() string {
	return fmt.Sprintf("plans to be reviewed within 30 days: %d; overdue: %d", r.Due, r.Overdue)
}

// reviewHour is when centres are told of the day's reviews, in UTC: before the working day begins.
const reviewHour = 6

// NextReviews is when centres are told again after an instant at which they were.
func NextReviews(after time.Time) time.Time {
	after = after.UTC()
	next := time.Date(after.Year(), after.Month(), after.Day(), reviewHour, 0, 0, 0, time.UTC)
	if !next.After(after) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}
