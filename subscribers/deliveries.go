package subscribers

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// What is told.
type What string

// What can be told.
const (
	// WhatStep: an alert waits for an answer, and it is this person's turn.
	WhatStep What = "step"
	// WhatEvent: something happened that the person asked to be told of.
	WhatEvent What = "event"
	// WhatCode: the code by which somebody shows that a contact point is theirs. WhatTest: they want to see whether it works.
	WhatCode What = "code"
	WhatTest What = "test"
)

// Telling is by what a person is told, and when.
type Telling struct {
	// To are their contact points in their order; of each only ID and Kind count.
	To []Contact
	// Due is when the first is told, Gap after how long each further one is, Ends when it is given up.
	Due, Ends time.Time
	Gap       time.Duration
}

// Sending is something to be sent to one contact point. Due is when, unless the one before it has failed; Ends is when it is given up.
type Sending struct {
	Contact, Channel string
	Place            int
	Due, Ends        time.Time
}

// Sendings are what it sends.
func (t Telling) Sendings() (all []Sending) {
	for i, c := range t.To {
		all = append(all, Sending{Contact: c.ID, Channel: c.Kind, Place: i + 1, Due: t.Due.Add(time.Duration(i) * t.Gap), Ends: t.Ends})
	}
	return all
}

// Delivery is something that a node has claimed to send. Token tells this claim from later ones.
type Delivery struct {
	What What
	// Subject tells what is no step from all else of its kind; empty for a step.
	Subject string
	// TakenStep is the step that it is for; of what is no step only Alert, if there is one, and Person are known.
	TakenStep
	Department string
	// Plan is the id of the plan behind the alert.
	Plan string
	// Contact is the id of the contact point, Channel its kind.
	Contact, Channel string
	Place            int
	Token            int64
	Ends             time.Time
	// Waits tells that the alert waits for an answer still.
	Waits bool
	// Only tells that the person is told by this contact point alone: it is tried even if its server has failed again and again.
	Only bool
	// Link is where whoever is told goes; empty where the service does not know its own address. Code is what WhatCode tells.
	Link, Code string
}

// Key is the same for every try of the same delivery, so that who is sent it twice can know.
func (d Delivery) Key() string {
	if d.What == WhatStep {
		return d.Alert + "/" + d.Contact + "/" + strconv.Itoa(d.Step)
	}
	return string(d.What) + "/" + d.Subject + "/" + d.Contact
}

// Text is what a person is told in words: nothing of a patient.
func (d Delivery) Text() string {
	switch d.What {
	case WhatCode:
		return "UCP alerts: your code is " + d.Code + ". Enter it where you asked for it, and tell it nobody."
	case WhatTest:
		return "UCP alerts: this is a test. Alerts for you come here."
	}
	if d.Alert == "" {
		return "UCP alert, open the app"
	}
	return "UCP alert, open the app, ref " + Reference(d.Alert)
}

// Reference is how people call an alert that they must not be told more of.
func Reference(alert string) string { return strings.ToUpper(alert[:min(len(alert), 6)]) }

// Tried is what came of a try to send.
type Tried struct {
	At      time.Time
	Outcome string
	// Failed: the next contact point is to be told at once.
	Failed bool
	// Again is when it is tried again; zero: it was sent, or is given up.
	Again time.Time
}

// DeliveryTry is one try in the trail of an alert.
type DeliveryTry struct {
	Step    int
	Contact string
	Channel string
	Token   int64
	Node    string
	Outcome string
	At      time.Time
}

// KeptDelivery is what is kept of something to be sent.
type KeptDelivery struct {
	Step             int
	Contact, Channel string
	Place            int
	// Due is when it is tried next; zero once it is over. Outcome is what came of the last try; empty before the first.
	Due, Ends time.Time
	Outcome   string
	// Label is what the owner of the contact point calls it, if it is there still.
	Label string
}

// Deliveries keeps what is to be sent, for all nodes.
type Deliveries interface {
	// ClaimDeliveries makes a node the one that sends some of what is due, until an instant.
	ClaimDeliveries(ctx context.Context, node string, now, until time.Time, limit int) ([]Delivery, error)
	// KeepTry keeps what came of a try, in any case in the trail. current is false if the claim had run out and another node has made one since: then
	// it changes nothing else. Where the try failed, the next contact point of the person is told at once.
	KeepTry(ctx context.Context, node string, d Delivery, t Tried) (current bool, err error)
	// TriesOf is the trail of an alert, in order.
	TriesOf(ctx context.Context, alert string) ([]DeliveryTry, error)
	// DeliveriesOf are those of an alert, by step and place.
	DeliveriesOf(ctx context.Context, alert string) ([]KeptDelivery, error)
}

// Channel tells people. It is asked at least once for each delivery that names it, and again until it returns nil. What it tells says nothing of a
// patient.
type Channel interface {
	// Tell sends to a contact point, or returns why it could not; it gives up when the context ends. The error names no patient and no address.
	// Errors: ErrRefused and ErrGone, after which another try would be in vain.
	Tell(ctx context.Context, to Contact, d Delivery) error
}
