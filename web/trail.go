package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
)

// Told finds who was told of an alert.
type Told interface {
	// StepsOf are the steps that were taken for an alert, in order; DeliveriesOf what was sent for them, TriesOf each try.
	StepsOf(ctx context.Context, alert string) ([]subscribers.TakenStep, error)
	DeliveriesOf(ctx context.Context, alert string) ([]subscribers.KeptDelivery, error)
	TriesOf(ctx context.Context, alert string) ([]subscribers.DeliveryTry, error)
}

// addTrail adds who was told of an alert, by what, and what came of it.
func (s *server) addTrail(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadTrail, huma.Operation{
		Method: "GET", Path: "/api/alerts/{alert}/trail", OperationID: "trail", Summary: "Who was told of an alert while nobody answered, by what, and what came of it",
		Description: "No address of anybody, and nothing of the patient.", Errors: []int{401, 403, 404},
	}, s.trail)
}

type tryView struct {
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome" doc:"In words"`
}

type deliveryView struct {
	Kind    string     `json:"kind" doc:"mail, sms, push or webhook; operations: whoever runs the service"`
	Place   int        `json:"place" doc:"Which of the person's contact points it is"`
	Label   string     `json:"label,omitempty" doc:"What they call it"`
	Due     *time.Time `json:"due,omitempty" doc:"When it is tried next; absent once it is over"`
	Ends    time.Time  `json:"ends" doc:"When it is given up"`
	Outcome string     `json:"outcome" doc:"What came of the last try, in words; empty before the first"`
	Tries   []tryView  `json:"tries" nullable:"false"`
}

type stepView struct {
	Step       int            `json:"step"`
	Name       string         `json:"name"`
	To         string         `json:"to" enum:"board,on_call,centre,alarm"`
	Rota       string         `json:"rota,omitempty"`
	Person     string         `json:"person,omitempty"`
	Tells      bool           `json:"tells" doc:"False where nobody could be told"`
	Reason     string         `json:"reason"`
	At         time.Time      `json:"at"`
	Deliveries []deliveryView `json:"deliveries" nullable:"false"`
}

type trailView struct {
	Alert      string     `json:"alert"`
	Ref        string     `json:"ref"`
	Department string     `json:"department"`
	Settled    string     `json:"settled,omitempty" doc:"Why nobody else is told; absent while somebody is"`
	Alarm      bool       `json:"alarm" doc:"All steps were taken, and nobody has answered"`
	Steps      []stepView `json:"steps" nullable:"false"`
}

func (s *server) trail(ctx context.Context, in *ofAlert) (*body[trailView], error) {
	sight, err := s.sight(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	steps, err := s.Told.StepsOf(ctx, sight.Alert.ID)
	if err != nil {
		return nil, err
	}
	sent, err := s.Told.DeliveriesOf(ctx, sight.Alert.ID)
	if err != nil {
		return nil, err
	}
	tries, err := s.Told.TriesOf(ctx, sight.Alert.ID)
	if err != nil {
		return nil, err
	}
	v := trailView{Alert: sight.Alert.ID, Ref: subscribers.Reference(sight.Alert.ID), Department: sight.Alert.Department, Settled: settledOf(sight.Alert), Steps: []stepView{}}
	for _, step := range steps {
		v.Steps = append(v.Steps, drawStep(step, sent, tries))
		v.Alarm = step.To == escalation.Alarm && v.Settled == ""
	}
	return &body[trailView]{v}, nil
}

// settledOf says why nobody is told of an alert any more; empty while it waits for an answer.
func settledOf(a alerts.Alert) string {
	switch {
	case a.Acknowledgement != nil:
		return "acknowledged by " + a.Acknowledgement.By.Name
	case a.Open():
		return ""
	case a.StateReason != "":
		return a.StateReason
	}
	return string(a.State)
}

func drawStep(step subscribers.TakenStep, sent []subscribers.KeptDelivery, tries []subscribers.DeliveryTry) stepView {
	v := stepView{
		Step: step.Step, Name: step.Name, To: string(step.To), Rota: step.Rota, Person: step.Person, Tells: step.Tells, Reason: step.Reason, At: step.At.UTC().Truncate(time.Second),
		Deliveries: []deliveryView{},
	}
	for _, d := range sent {
		if d.Step != step.Step {
			continue
		}
		drawn := deliveryView{Kind: d.Channel, Place: d.Place, Label: d.Label, Due: moment(d.Due), Ends: d.Ends.UTC().Truncate(time.Second), Outcome: d.Outcome, Tries: []tryView{}}
		for _, t := range tries {
			if t.Step == d.Step && t.Contact == d.Contact {
				drawn.Tries = append(drawn.Tries, tryView{t.At.UTC().Truncate(time.Second), t.Outcome})
			}
		}
		v.Deliveries = append(v.Deliveries, drawn)
	}
	return v
}
