package channels

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"github.com/ucpalert/ucpalert/subscribers"
)

// Push tells a browser, also one that is closed, on a phone that is locked (Web Push, RFC 8030; sealed for the browser alone, RFC 8291).
type Push struct {
	client *http.Client
	// subject is whom a push service writes to when something is wrong: "mailto:…", which the library writes itself, or "https://…".
	subject         string
	public, private string // base64url
	now             func() time.Time
}

// NewPush makes the channel. key are the 32 bytes of the private key by which push services know the service (VAPID, RFC 8292): the same on all
// nodes, for ever, since browsers are subscribed to it.
func NewPush(client *http.Client, subject string, key []byte, now func() time.Time) (*Push, error) {
	key = slices.Clone(key)
	key[0] &= 0x7f // below the order of the curve, whatever the bytes are
	private, err := ecdh.P256().NewPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("the key of Web Push: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return &Push{client: client, subject: subject, public: encode(private.PublicKey().Bytes()), private: encode(private.Bytes()), now: now}, nil
}

// PublicKey is what a page subscribes with (applicationServerKey), in base64url.
func (p *Push) PublicKey() string { return p.public }

var _ subscribers.Channel = (*Push)(nil)

// pushed is what the service worker is given.
type pushed struct {
	What subscribers.What `json:"what"`
	Ref  string           `json:"ref"`
	Text string           `json:"text"`
	Link string           `json:"link"`
	Code string           `json:"code,omitempty"`
	// Key is the same for every try: a second notification takes the place of the first.
	Key string `json:"key"`
}

// shortestTTL is how long a push service keeps a message at least for a browser that it cannot reach at once.
const shortestTTL = time.Minute

// Tell implements [subscribers.Channel].
func (p *Push) Tell(ctx context.Context, to subscribers.Contact, d subscribers.Delivery) error {
	at, err := to.Push()
	if err != nil {
		return fmt.Errorf("%w: %w", subscribers.ErrRefused, err)
	}
	m := pushed{What: d.What, Text: d.Text(), Link: d.Link, Code: d.Code, Key: d.Key()}
	if d.Alert != "" {
		m.Ref = subscribers.Reference(d.Alert)
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write the message: %w", err)
	}
	answer, err := webpush.SendNotificationWithContext(ctx, text, &webpush.Subscription{Endpoint: at.Endpoint, Keys: webpush.Keys{P256dh: at.Keys.P256dh, Auth: at.Keys.Auth}},
		&webpush.Options{
			HTTPClient: p.client, Subscriber: strings.TrimPrefix(p.subject, "mailto:"), TTL: int(max(d.Ends.Sub(p.now()), shortestTTL).Seconds()), Urgency: webpush.UrgencyHigh,
			VAPIDPublicKey: p.public, VAPIDPrivateKey: p.private,
		})
	if err != nil {
		return unreached(ctx, err)
	}
	switch status := drained(answer); status {
	case http.StatusNotFound, http.StatusGone: // RFC 8030 §7.3: the subscription is no more
		return fmt.Errorf("%w: the answer was %d", subscribers.ErrGone, status)
	default:
		return took(status)
	}
}

// CheckPush refuses what is no push subscription that a message can be sealed for.
func CheckPush(p subscribers.Push) error {
	point, err := base64.RawURLEncoding.DecodeString(p.Keys.P256dh)
	if err != nil {
		return errNoPush
	}
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return errNoPush
	}
	if auth, err := base64.RawURLEncoding.DecodeString(p.Keys.Auth); err != nil || len(auth) != 16 { // RFC 8291 §3.2
		return errNoPush
	}
	return nil
}

var errNoPush = errors.New("the push subscription cannot be used")
