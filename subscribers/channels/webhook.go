package channels

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/ucpalert/ucpalert/subscribers"
)

// Webhook tells by a signed request to a server that a person names (Standard Webhooks 1.0.0).
type Webhook struct {
	// Client stays in reach (package outbound).
	Client *http.Client
	// FHIR are the hosts of trusts' own systems that are told by agreement which plan it is about: the id of a FHIR resource, and nothing more.
	FHIR []string
	Now  func() time.Time
}

var _ subscribers.Channel = (*Webhook)(nil)

// hook is the body of a request, as Standard Webhooks recommends it.
type hook struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      hookData  `json:"data"`
}

type hookData struct {
	Ref  string `json:"ref,omitempty"`
	Link string `json:"link,omitempty"`
	Code string `json:"code,omitempty"`
	// FHIR is an id-only notification; absent where there is no agreement.
	FHIR any `json:"fhir,omitempty"`
}

// Tell implements [subscribers.Channel]. The webhook-id is the same for every try.
func (w *Webhook) Tell(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	now := w.Now().UTC().Truncate(time.Second)
	body := hook{Type: "alert." + string(d.What), Timestamp: now, Data: hookData{Link: d.Link, Code: d.Code}}
	if d.Alert != "" {
		body.Data.Ref = subscribers.Reference(d.Alert)
	}
	if d.Plan != "" && slices.Contains(w.FHIR, to.Host()) {
		body.Data.FHIR = idOnly(d, now)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	signer, err := standardwebhooks.NewWebhook(to.Secret)
	if err != nil {
		return fmt.Errorf("%w: its secret cannot be used", subscribers.ErrRefused)
	}
	signature, err := signer.Sign(d.Key(), now, text)
	if err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	header := http.Header{}
	header.Set("Webhook-Id", d.Key())
	header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	header.Set("Webhook-Signature", signature)
	status, err := post(ctx, w.Client, to.Address, "application/json", header, text)
	switch {
	case err != nil:
		return err
	case status == http.StatusGone: // Standard Webhooks: the receiver wants no more
		return fmt.Errorf("%w: the answer was %d", subscribers.ErrGone, status)
	}
	return took(status)
}

// idOnly is a notification of FHIR's Subscriptions R5 Backport for R4 (1.1.0, payload id-only): a history Bundle whose one entry says which plan an
// event is about.
func idOnly(d subscribers.Delivery, now time.Time) any {
	type m = map[string]any
	return m{
		"resourceType": "Bundle", "type": "history", "timestamp": now.Format(time.RFC3339),
		"entry": []m{{
			"resource": m{
				"resourceType": "Parameters",
				"meta":         m{"profile": []string{"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4"}},
				"parameter": []m{
					{"name": "status", "valueCode": "active"},
					{"name": "type", "valueCode": "event-notification"},
					{"name": "notification-event", "part": []m{
						{"name": "event-number", "valueString": strconv.Itoa(d.Step + 1)},
						{"name": "timestamp", "valueInstant": now.Format(time.RFC3339)},
						{"name": "focus", "valueReference": m{"reference": "CarePlan/" + d.Plan}},
					}},
				},
			},
			"request":  m{"method": "GET", "url": "Subscription/$status"},
			"response": m{"status": "200"},
		}},
	}
}
