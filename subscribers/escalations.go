package subscribers

import (
	"context"
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

// Decided is a decision to be kept, with when it was made and by what whoever it tells is told.
type Decided struct {
	escalation.Decision
	At   time.Time
	Tell Telling
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
	// BeginEscalations begins the escalations of all alerts that wait for an answer and have none, each once, whatever nodes do so, at most so many
	// in one transaction. Of those that begin to wait meanwhile it knows nothing.
	BeginEscalations(ctx context.Context, now time.Time, limit int) error
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
