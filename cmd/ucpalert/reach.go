package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/channels"
	"github.com/ucpalert/ucpalert/subscribers/contacts"
	"github.com/ucpalert/ucpalert/subscribers/pager"
)

// smsConfig says through whom SMS are sent: GOV.UK Notify, or any gateway; neither: none are.
type smsConfig struct {
	Notify  notifyConfig  `yaml:"notify"`
	Gateway gatewayConfig `yaml:"gateway"`
}

type notifyConfig struct {
	Address  string `yaml:"address"`
	KeyFile  string `yaml:"key_file"`
	Template string `yaml:"template"`
}

type gatewayConfig struct {
	URL               string            `yaml:"url"`
	AuthorizationFile string            `yaml:"authorization_file"`
	To                string            `yaml:"to"`
	Text              string            `yaml:"text"`
	Reference         string            `yaml:"reference"`
	Fields            map[string]string `yaml:"fields"`
}

// pushConfig says whom push services write to; empty: no Web Push.
type pushConfig struct {
	Subject string `yaml:"subject"`
}

// webhookConfig says whether people may have webhooks, and which trusts' systems are told of plans by their ids.
type webhookConfig struct {
	Allowed bool     `yaml:"allowed"`
	FHIR    []string `yaml:"fhir"`
}

// templateID is the id of a template of GOV.UK Notify.
var templateID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// checkReach checks all but mail.
func (c onCallConfig) checkReach() error {
	notify, gateway := c.SMS.Notify, c.SMS.Gateway
	switch {
	case c.Address != "" && !isServer(c.Address):
		return errors.New("configuration: on_call.address must be such as https://alerts.example.nhs.uk")
	case notify.KeyFile != "" && gateway.URL != "":
		return errors.New("configuration: on_call.sms: one of notify.key_file and gateway.url can be set")
	case notify.KeyFile != "" && (!isServer(notify.Address) || !templateID.MatchString(notify.Template)):
		return errors.New("configuration: on_call.sms.notify needs an address such as https://api.notifications.service.gov.uk, and the id of a template")
	case gateway.URL != "" && (!isServer(gateway.URL) || gateway.To == "" || gateway.Text == ""):
		return errors.New("configuration: on_call.sms.gateway needs a url that begins with https://, and the names of the fields to and text")
	case c.Push.Subject != "" && !strings.HasPrefix(c.Push.Subject, "mailto:") && !strings.HasPrefix(c.Push.Subject, "https://"):
		return errors.New("configuration: on_call.push.subject must be such as mailto:alerts@example.nhs.uk, or begin with https://")
	case len(c.Webhooks.FHIR) > 0 && !c.Webhooks.Allowed:
		return errors.New("configuration: on_call.webhooks.fhir is for webhooks that are allowed")
	}
	return nil
}

// isServer tells whether a text is the URL of a server: https, or http on this machine.
func isServer(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Hostname() != "" && u.User == nil && u.Fragment == "" &&
		(u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1"))
}

// reach is by what this node tells people.
type reach struct {
	teller *pager.Teller
	// pushKey is what browsers subscribe with; empty without Web Push.
	pushKey string
	plain   bool
	log     *slog.Logger
}

// exchangeFor is how long one request to a gateway, a push service or a webhook may take.
const exchangeFor = 25 * time.Second

// newReach makes the channels that the configuration names.
func newReach(ctx context.Context, c onCallConfig, store *sql.Store, plan func() *pager.Plan, log *slog.Logger) (reach, error) {
	r := reach{plain: c.PrivateNetworks, log: log}
	ways := map[string]subscribers.Channel{pager.OperationsChannel: alarmLog{log}}
	if mail, err := c.Mail.channel(); err != nil {
		return r, err
	} else if mail != nil {
		ways[subscribers.MailContact] = mail
	}
	if sms, err := c.SMS.channel(); err != nil {
		return r, err
	} else if sms != nil {
		ways[subscribers.SMSContact] = sms
	}
	named := outbound.Public
	if c.PrivateNetworks {
		named = outbound.Private
	}
	if c.Webhooks.Allowed {
		ways[subscribers.WebhookContact] = &channels.Webhook{Client: named.Client(exchangeFor), FHIR: c.Webhooks.FHIR, Now: time.Now}
	}
	if c.Push.Subject != "" {
		key, err := store.PushKey(ctx)
		if err != nil {
			return r, err
		}
		push, err := channels.NewPush(named.Client(exchangeFor), c.Push.Subject, key, time.Now)
		if err != nil {
			return r, err
		}
		ways[subscribers.PushContact], r.pushKey = push, push.PublicKey()
	}
	zone, err := time.LoadLocation(directory.DefaultTimeZone)
	if err != nil {
		return r, fmt.Errorf("load the time zone of quiet hours: %w", err)
	}
	r.teller = pager.NewTeller(pager.TellerOptions{
		Book: store, Circuits: store, Links: store, Plan: plan, Channels: ways, Address: strings.TrimRight(c.Address, "/"), Zone: zone, Now: time.Now,
	})
	return r, nil
}

// desk is where people say how they are reached.
func (r reach) desk(store *sql.Store) *contacts.Desk {
	return &contacts.Desk{Options: contacts.Options{
		Book: store, Channels: r.teller.Channels, Tell: r.teller.Tell, PlainWebhooks: r.plain, Now: time.Now, Log: r.log,
	}}
}

// channel is the channel of SMS; nil if there is none. Both servers are the operator's choice, and may be in a private network.
func (c smsConfig) channel() (subscribers.Channel, error) {
	client := outbound.Private.Client(exchangeFor)
	switch {
	case c.Notify.KeyFile != "":
		key, err := secretIn("on_call.sms.notify.key_file", c.Notify.KeyFile)
		if err != nil {
			return nil, err
		}
		return channels.NewNotify(client, c.Notify.Address, key, c.Notify.Template, time.Now)
	case c.Gateway.URL != "":
		g := c.Gateway
		authorization, err := secretIn("on_call.sms.gateway.authorization_file", g.AuthorizationFile)
		if err != nil {
			return nil, err
		}
		return &channels.Gateway{Client: client, URL: g.URL, Authorization: authorization, To: g.To, Text: g.Text, Reference: g.Reference, Fields: g.Fields}, nil
	}
	return nil, nil
}

// reachDemo lets people of a demonstration, which is at an address of this machine, be told by their browsers and by webhooks here.
func (c *onCallConfig) reachDemo(address string) {
	if _, port, err := net.SplitHostPort(address); err == nil {
		c.Address = "http://localhost:" + port // to browsers it is as good as https, which push needs
	}
	c.Push.Subject, c.Webhooks.Allowed, c.PrivateNetworks = "mailto:demo@ucpalert.example", true, true
}

// secretIn reads a secret from the file that a key of the configuration names; nothing if it names none.
func secretIn(key, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", key, err)
	}
	return strings.TrimSpace(string(b)), nil
}
