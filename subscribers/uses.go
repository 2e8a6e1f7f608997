package subscribers

import (
	"time"

	"github.com/ucpalert/ucpalert/alerts"
)

// Use is what became of one alert of a plan, for the centre that wrote the plan: where and when, and who had it before them.
type Use struct {
	Alert alerts.Alert
	// Arrived and Departed bound the visit; Departed is zero while the patient is there, or if the message that ended it did not say when.
	Arrived, Departed time.Time
	// Receipts are in the order of time.
	Receipts []Receipt
	// Recalls are those in departments that the patient had left.
	Recalls []alerts.Recalled
	// Lines are what the department and the centre said to each other, in the order of time; Effects what the plan changed, one for each
	// department of the visit that said so.
	Lines   []alerts.Line
	Effects []alerts.Effect
}
