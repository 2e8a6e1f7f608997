package subscribers

import "github.com/ucpalert/ucpalert/alerts"

// Waiting is a question or a dispute that waits for the centre's answer, with the plan that it is about.
type Waiting struct {
	Line alerts.Line
	// Family and Given name the plan's patient.
	Family, Given string
	Headline      string
	// Department is where the alert is now.
	Department string
}

// WaitingCount is how much waits for a centre's answer.
type WaitingCount struct{ Questions, Disputes int }
