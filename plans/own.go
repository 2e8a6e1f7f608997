package plans

import "time"

// Own is a line in a centre's list of its plans.
type Own struct {
	// Plan has no sections.
	Plan      Plan
	ReviewDue Date
	// Alerts is how many alerts the plan has raised, LastUsed when the last of them was; zero if none was.
	Alerts   int
	LastUsed time.Time
}

// Search says which of its plans a centre wants to see. The zero value of a field asks for all.
type Search struct {
	Statuses []Status
	// Review is ReviewSoon for plans whose review is due before SoonEnds or overdue, ReviewOverdue for those that are overdue on Today.
	Review Review
	Today  Date
	// SoonEnds is the last day of what is called soon.
	SoonEnds Date
	// NHSNumber, or else the beginning of the family or given name, in any case of its letters.
	NHSNumber NHSNumber
	Name      string
	// From is how many plans to pass over, Limit how many to list.
	From, Limit int
}

// Review says how a plan stands towards its next review.
type Review string

// How a plan can stand; NoReview if the next review is far off, or none is stated.
const (
	NoReview      Review = ""
	ReviewSoon    Review = "due"
	ReviewOverdue Review = "overdue"
)

// ReviewNotice is how long before its day a review is called due.
const ReviewNotice = 30 * 24 * time.Hour

// ReviewOf tells how a plan whose review is due on a day stands on another. A plan is overdue on the day after.
func ReviewOf(due Date, today time.Time) Review {
	switch {
	case due == "":
		return NoReview
	case string(due) < today.Format(time.DateOnly):
		return ReviewOverdue
	case string(due) <= today.Add(ReviewNotice).Format(time.DateOnly):
		return ReviewSoon
	}
	return NoReview
}

// Edition is one version of a plan with the document it was published with.
type Edition struct {
	Version   int
	Published time.Time
	Document  []byte
}
