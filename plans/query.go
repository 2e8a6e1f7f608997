package plans

import (
	"slices"
	"time"
)

// Change is one version of a plan in a history or among what was found.
type Change struct {
	// Position is its place among all versions: that of one committed later is greater.
	Position int64
	ID       string
	Version  int
	// Published is when the version was received.
	Published time.Time
	// Size is how many bytes its document has.
	Size int
}

// Version is one version of a plan as its centre sent it.
type Version struct {
	ID        string
	Number    int
	Centre    string
	Published time.Time
	Document  []byte
}

// History asks for versions of a centre's plans, the newest first.
type History struct {
	Centre string
	// ID asks for the versions of one plan; empty asks for those of all.
	ID string
	// Since leaves out what was received earlier; zero leaves out nothing.
	Since time.Time
	// Before asks for versions with a smaller position; 0 begins with the newest.
	Before int64
	Limit  int
}

// Query asks for the newest versions of a centre's plans, in the order in which they were received. Empty lists ask for nothing; of a
// list that is not empty one must hold, and of lists of lists one of each.
type Query struct {
	Centre      string
	IDs         []string
	Patients    []NHSNumber
	Identifiers [][]Identifier
	Statuses    []Status
	// Categories are SNOMED CT codes.
	Categories [][]string
	// From and To bound when the version was received: From is included, To is not. Zero is open.
	From, To time.Time
	// Not are spans of which none may hold the time at which the version was received.
	Not []Span
	// Nothing is true for a search that no plan can answer.
	Nothing bool
	// After asks for versions with a greater position; 0 begins with the first.
	After int64
	Limit int
}

// Span is a time from an instant up to another that does not belong to it.
type Span struct{ From, To time.Time }

// Candidate is a plan that may be an answer to a search.
type Candidate struct {
	Change
	Status     Status
	Patient    NHSNumber
	Categories []string
}

// Wants tells whether a plan of the centre is an answer to everything but the identifiers.
func (s Query) Wants(c Candidate) bool {
	switch {
	case s.Nothing,
		len(s.IDs) > 0 && !slices.Contains(s.IDs, c.ID),
		len(s.Patients) > 0 && !slices.Contains(s.Patients, c.Patient),
		len(s.Statuses) > 0 && !slices.Contains(s.Statuses, c.Status),
		c.Published.Before(s.From),
		!s.To.IsZero() && !c.Published.Before(s.To):
		return false
	}
	for _, span := range s.Not {
		if !c.Published.Before(span.From) && c.Published.Before(span.To) {
			return false
		}
	}
	for _, any := range s.Categories {
		if !slices.ContainsFunc(any, func(code string) bool { return slices.Contains(c.Categories, code) }) {
			return false
		}
	}
	return true
}
