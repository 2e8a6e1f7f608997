package channels

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ucpalert/ucpalert/subscribers"
)

// smsText is what an SMS says. It is one or two messages of 160 letters.
func smsText(d subscribers.Delivery) string {
	if d.Link == "" {
		return d.Text()
	}
	return d.Text() + " " + d.Link
}

// Notify tells by SMS through GOV.UK Notify (its REST API, documentation of 2025: "send a text message").
type Notify struct {
	client *http.Client
	// address is that of the API, service and secret are the two halves of the API key.
	address, service string
	signer           jose.Signer
	template         string
	now              func() time.Time
}

// NotifyAddress is where GOV.UK Notify's API is.
const NotifyAddress = "https://api.notifications.service.gov.uk"

const uuidShape = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

// notifyKey is an API key as Notify shows it: a name, the id of the service, and the secret.
var notifyKey = regexp.MustCompile(`^(?:.*-)?(` + uuidShape + `)-(` + uuidShape + `)$`)

// NewNotify makes the channel. The template's text is ((message)), alone.
func NewNotify(client *http.Client, address, key, template string, now func() time.Time) (*Notify, error) {
	parts := notifyKey.FindStringSubmatch(strings.TrimSpace(key))
	if parts == nil {
		return nil, errors.New("the API key of GOV.UK Notify is a name and two UUIDs, joined by hyphens")
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(parts[2])}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("the API key of GOV.UK Notify: %w", err)
	}
	return &Notify{client: client, address: strings.TrimRight(address, "/"), service: parts[1], signer: signer, template: template, now: now}, nil
}

var _ subscribers.Channel = (*Notify)(nil)

// notifyRequest is the body of POST /v2/notifications/sms.
type notifyRequest struct {
	PhoneNumber     string            `json:"phone_number"`
	TemplateID      string            `json:"template_id"`
	Personalisation map[string]string `json:"personalisation"`
	Reference       string            `json:"reference"`
}

// Tell implements [subscribers.Channel].
func (n *Notify) Tell(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	text, err := json.Marshal(notifyRequest{to.Address, n.template, map[string]string{"message": smsText(d)}, d.Key()})
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	// A token holds for 30 seconds: each request has its own.
	token, err := jwt.Signed(n.signer).Claims(jwt.Claims{Issuer: n.service, IssuedAt: jwt.NewNumericDate(n.now())}).Serialize()
	if err != nil {
		return fmt.Errorf("sign the request: %w", err)
	}
	header := http.Header{}
	header.Set("Authorization", "Bearer "+token)
	status, err := post(ctx, n.client, n.address+"/v2/notifications/sms", "application/json", header, text)
	switch {
	case err != nil:
		return err
	case status == http.StatusBadRequest:
		return fmt.Errorf("%w: GOV.UK Notify answered %d", subscribers.ErrRefused, status)
	}
	return took(status)
}

// Gateway tells by SMS through any gateway that takes a POST with fields in JSON.
type Gateway struct {
	Client *http.Client
	URL    string
	// Authorization is the header of that name; empty: none is sent.
	Authorization string
	// To, Text and Reference are the names of the fields; without Reference none is sent. Fields are sent as they are, beside these.
	To, Text, Reference string
	Fields              map[string]string
}

var _ subscribers.Channel = (*Gateway)(nil)

// Tell implements [subscribers.Channel].
func (g *Gateway) Tell(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	fields := map[string]string{}
	for name, value := range g.Fields {
		fields[name] = value
	}
	fields[g.To], fields[g.Text] = to.Address, smsText(d)
	if g.Reference != "" {
		fields[g.Reference] = d.Key()
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	header := http.Header{}
	if g.Authorization != "" {
		header.Set("Authorization", g.Authorization)
	}
	status, err := post(ctx, g.Client, g.URL, "application/json", header, text)
	if err != nil {
		return err
	}
	return took(status)
}
