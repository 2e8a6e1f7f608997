package subscribers

import "context"

// Status is how what a department's board depends on stands: the hospital's feed, the plans, the check that runs through everything, and
// the screens. A part that nobody reports on is nil, and absent on the wire. Times are RFC 3339 in UTC, "" if it never happened. Words are
// for people; nothing here is about a patient.
type Status struct {
	Feed    *FeedStatus   `json:"feed,omitempty"`
	Plans   []PlanStatus  `json:"plans,omitempty"`
	Canary  *CanaryStatus `json:"canary,omitempty"`
	Screens *ScreenStatus `json:"screens,omitempty"`
}

// FeedStatus is what is known of the messages of the department's hospital.
type FeedStatus struct {
	// State is "heard", "silent" or "unknown".
	State string `json:"state"`
	// Last is when a message came last, and Since since when the feed is silent.
	Last  string `json:"last,omitempty"`
	Since string `json:"since,omitempty"`
	Words string `json:"words,omitempty"`
	// Usual is how many messages are usual in a silence as long as this one was when it was told, 0 if that is not known. Part is the event
	// group or the site that is silent, while the rest is heard.
	Usual float64 `json:"usual,omitempty"`
	Part  string  `json:"part,omitempty"`
}

// PlanStatus is when a centre was last heard.
type PlanStatus struct {
	Centre     string `json:"centre"`
	CentreName string `json:"centre_name,omitempty"`
	Last       string `json:"last,omitempty"`
	// State is "heard" or "failing": the service follows the centre and cannot reach it.
	State string `json:"state"`
	Words string `json:"words,omitempty"`
}

// CanaryStatus is what is known of the check that goes the way of a message to the department's screens.
type CanaryStatus struct {
	// State is "passed", "missed" (one), "alarm" (two or more), "no_screen" (nobody could have shown it) or "off".
	State string `json:"state"`
	// Last is when a screen last showed it.
	Last  string `json:"last,omitempty"`
	Words string `json:"words,omitempty"`
}

// ScreenStatus counts screens of the department on all nodes, and names the departments of its hospital where nobody can see a board.
type ScreenStatus struct {
	// Connected are open; of these, Visible said lately that somebody could see them.
	Connected int `json:"connected"`
	Visible   int `json:"visible"`
	// Unwatched are departments of the same organisation that had a visible screen and have none now, by id.
	Unwatched []string `json:"unwatched,omitempty"`
}

// Statuses tells how what a department's board depends on stands.
type Statuses interface {
	// Status is asked every few seconds for each department with a screen that wants to know, by one goroutine. It must be cheap: what has to
	// be read from elsewhere is read once for all departments. Whatever could not be read is left out; an error leaves out everything.
	Status(ctx context.Context, department string) (Status, error)
}

// StatusPart fills in one part of a department's status.
type StatusPart func(ctx context.Context, department string, into *Status) error

// StatusOf makes Statuses of parts; a part that fails leaves out what it would have filled in, and is told to failed.
func StatusOf(failed func(error), parts ...StatusPart) Statuses { return statusParts{failed, parts} }

type statusParts struct {
	failed func(error)
	parts  []StatusPart
}

// Status implements [Statuses].
func (s statusParts) Status(ctx context.Context, department string) (Status, error) {
	var all Status
	for _, part := range s.parts {
		if err := part(ctx, department, &all); err != nil {
			s.failed(err)
		}
	}
	return all, nil
}
