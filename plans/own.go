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
