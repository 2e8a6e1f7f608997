package subscribers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
)

// Standing is an escalation that is due, with what is decided on.
type Standing struct {
	Alert, Department, Centre string
	Urgency                   plans.Urgency
	// Waits and Settled are those of [escalation.Facts].
	Waits    bool
	Settled  string
	Progress escalation.Progress
}

// Decided is a decision to be kept, with when it was made and what is to be sent for it.
type Decided struct {
	escalation.Decision
	At   time.Time
	Send []Sending
}

// Sending is something to be sent by a channel. Ends is when it is given up.
type Sending struct {
	Channel string
	Ends    time.Time
}

// TakenStep is a step that was taken for an alert. Steps are numbered from 0, and go on being numbered when an escalation begins anew.
type TakenStep struct {
	Alert  string
	Step   int
	Name   string
	To     escalation.To
	Rota   string
	Person string
	// Tells is false where nobody could be told.
	Tells  bool
	Reason string
	At     time.Time
}

// AlarmedAlert is an alert that nobody answered through all steps, since an instant.
type AlarmedAlert struct {
	Alert, Department string
	Since             time.Time
	// Waits tells that nobody has answered it still.
	Waits bool
}

// Escalations keeps how far the escalation of each alert has come, for all nodes.
type Escalations interface {
	// BeginEscalations begins the escalations of at most so many alerts that wait for an answer and have none, each once, whatever nodes do so.
	BeginEscalations(ctx context.Context, now time.Time, limit int) (begun int, err error)
	// Escalate asks what to do about at most so many escalations that are due, and keeps it: the steps, the journal's entries, what is to be sent, and
	// how far it has come, all or none. Meanwhile no alert of them changes and no other node decides about them. decide may be asked more than once,
	// of which only the last counts. When it returns nil, what was decided survives a power cut, and may be sent.
	Escalate(ctx context.Context, now time.Time, limit int, decide func(Standing) []Decided) (looked int, err error)
	// Alarmed are the alerts that are an alarm.
	Alarmed(ctx context.Context) ([]AlarmedAlert, error)
	// EndAlarm notes that an alert is an alarm no longer, unless it waits for an answer.
	EndAlarm(ctx context.Context, alert string) error
	// StepsOf are the steps that were taken for an alert, in order.
	StepsOf(ctx context.Context, alert string) ([]TakenStep, error)
}

// Delivery is something that a node has claimed to send. Token tells this claim from later ones.
type Delivery struct {
	TakenStep
	Department string
	Channel    string
	Token      int64
	Ends       time.Time
	// Waits tells that the alert waits for an answer still.
	Waits bool
}

// Key is the same for every try of the same delivery, so that who is sent it twice can know.
func (d Delivery) Key() string { return d.Alert + "/" + d.Channel + "/" + strconv.Itoa(d.Step) }

// Reference is how people call an alert that they must not be told more of.
func Reference(alert string) string { return strings.ToUpper(alert[:min(len(alert), 6)]) }

// Tried is what came of a try to send.
type Tried struct {
	At      time.Time
	Outcome string
	// Again is when it is tried again; zero: it was sent, or is given up.
	Again time.Time
}

// DeliveryTry is one try in the trail of an alert.
type DeliveryTry struct {
	Step    int
	Channel string
	Token   int64
	Node    string
	Outcome string
	At      time.Time
}

// Deliveries keeps what is to be sent, for all nodes.
type Deliveries interface {
	// ClaimDeliveries makes a node the one that sends some of what is due, until an instant.
	ClaimDeliveries(ctx context.Context, node string, now, until time.Time, limit int) ([]Delivery, error)
	// KeepTry keeps what came of a try, in any case in the trail. current is false if the claim had run out and another node has made one since: then
	// it changes nothing else.
	KeepTry(ctx context.Context, node string, d Delivery, t Tried) (current bool, err error)
	// TriesOf is the trail of an alert, in order.
	TriesOf(ctx context.Context, alert string) ([]DeliveryTry, error)
}

// Channel tells people. It is asked at least once for each delivery that names it, and again until it returns nil. What it tells says nothing of a
// patient.
type Channel interface {
	// Tell sends to an address, or returns why it could not; it gives up when the context ends. The error names no patient.
	Tell(ctx context.Context, address string, d Delivery) error
}
