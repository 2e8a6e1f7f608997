package subscribers

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// The kinds of contact points. Each is the name of the channel that tells by it.
const (
	MailContact    = "mail"
	SMSContact     = "sms"
	PushContact    = "push"
	WebhookContact = "webhook"
)

// Contact is a contact point: one way in which one person can be told.
type Contact struct {
	ID string
	// Person is the name of the account whose it is.
	Person string
	Kind   string
	// Label is what its owner calls it; it may be empty.
	Label string
	// Address is a mail address, a phone number (E.164), the URL of a webhook, or a push subscription as the browser gives it (JSON, [Push]).
	Address string
	// Secret signs what is sent to a webhook ("whsec_…"); empty for others.
	Secret string
	// Place is the order in which a person's are used, from 1.
	Place int
	Quiet Quiet
	Added time.Time
	// Verified is since when it is known to be its owner's; zero: nothing but a code is sent there.
	Verified time.Time
	// Lost is since when the push service says that there is no such browser any more; zero otherwise.
	Lost time.Time
	Code Code
}

// Usable tells whether somebody can be told by it.
func (c Contact) Usable() bool { return !c.Verified.IsZero() && c.Lost.IsZero() }

// Push is a push subscription (Push API, PushSubscription.toJSON).
type Push struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// Push reads the address of a push contact point.
func (c Contact) Push() (p Push, err error) {
	if err := json.Unmarshal([]byte(c.Address), &p); err != nil {
		return p, errors.New("the push subscription cannot be read")
	}
	return p, nil
}

// Host is whose server takes what is sent there: that of a webhook or of a push service. Empty for mail and SMS, which the service hands over to
// servers of its own choice.
func (c Contact) Host() string {
	address := c.Address
	switch c.Kind {
	case PushContact:
		p, err := c.Push()
		if err != nil {
			return ""
		}
		address = p.Endpoint
	case WebhookContact:
	default:
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Quiet are hours of each day in which a contact point is passed over where its owner has another one: times of the clock on the wall, "22:00" to
// "07:00". Both are empty where there are none.
type Quiet struct{ From, To string }

// At tells whether it is quiet at an instant, which is in the zone of the clock.
func (q Quiet) At(t time.Time) bool {
	if q.From == q.To {
		return false
	}
	now := t.Format("15:04")
	if q.From < q.To {
		return q.From <= now && now < q.To
	}
	return now >= q.From || now < q.To
}

// Check refuses hours that are not times of a clock.
func (q Quiet) Check() error {
	if q == (Quiet{}) {
		return nil
	}
	for _, s := range []string{q.From, q.To} {
		if t, err := time.Parse("15:04", s); err != nil || t.Format("15:04") != s {
			return ErrQuiet
		}
	}
	if q.From == q.To {
		return ErrQuiet
	}
	return nil
}

// Code is what was sent to a contact point to learn whether it is its owner's.
type Code struct {
	Text string
	// Sent is when, Until the instant to which it can be entered.
	Sent, Until time.Time
	// Wrong is how often another one was entered.
	Wrong int
}

const (
	// codeFor is how long a code can be entered, codeTries how often it can be tried: a guess succeeds once in 200,000 codes.
	codeFor   = 15 * time.Minute
	codeTries = 5
)

// NewCode is a code that is sent at an instant.
func NewCode(text string, now time.Time) Code {
	return Code{Text: text, Sent: now, Until: now.Add(codeFor)}
}

// Enter tries a code: nil, ErrCodeWrong, or ErrCodeOver where there is none to enter any more. What is left of it is to be kept in any case.
func (c Code) Enter(text string, now time.Time) (left Code, err error) {
	if c.Text == "" || !now.Before(c.Until) || c.Wrong >= codeTries {
		return c, ErrCodeOver
	}
	if subtle.ConstantTimeCompare([]byte(c.Text), []byte(strings.TrimSpace(text))) != 1 {
		c.Wrong++
		return c, ErrCodeWrong
	}
	return Code{}, nil
}

// Open tells whether the code can be entered still.
func (c Code) Open(now time.Time) bool {
	return c.Text != "" && now.Before(c.Until) && c.Wrong < codeTries
}

// Reached is all that is kept of how a person can be told.
type Reached struct {
	Person   string
	Contacts []Contact
	// Asked is how many codes and tests were asked for since an instant.
	Asked      int
	AskedSince time.Time
}

// The faults that a caller can act on.
var (
	ErrQuiet       = errors.New("quiet hours are two different times such as 22:00 and 07:00")
	ErrCodeWrong   = errors.New("this is not the code that was sent")
	ErrCodeOver    = errors.New("the code is too old, or was tried too often: ask for another")
	ErrNoContact   = errors.New("there is no such contact point")
	ErrUnverified  = errors.New("the contact point is not verified")
	ErrSameContact = errors.New("the person has this contact point already")
	ErrMostContact = errors.New("a person has at most ten contact points")
	ErrAskedOften  = errors.New("too many codes and tests were asked for")
	ErrOrder       = errors.New("the contact points are others than these")
	ErrAddress     = errors.New("the address cannot be used")
	ErrKind        = errors.New("the service has no such channel")
	ErrLabel       = errors.New("a label has at most 60 letters")
	ErrNoLink      = errors.New("there is no such link")
	// ErrUnreachable: the person has nothing that they could be told by.
	ErrUnreachable = errors.New("nothing by which this person can be told")
	// ErrRefused: whoever takes messages says that it will never take one for this address. It is not tried again.
	ErrRefused = errors.New("this address is not served")
	// ErrGone: the address was given up by whoever had it.
	ErrGone = errors.New("this address is no more")
)

// Contacts finds by what people can be told, on this node.
type Contacts interface {
	// ContactsOf are the contact points by which a person can be told, in their order, with their addresses.
	ContactsOf(ctx context.Context, person string) ([]Contact, error)
	// Reachable are the people who have at least one.
	Reachable(ctx context.Context) (map[string]bool, error)
}

// ContactBook keeps how people can be told. Addresses and secrets are sealed.
type ContactBook interface {
	// Reached is what is kept of a person; nothing is no error.
	Reached(ctx context.Context, person string) (Reached, error)
	// ChangeReached lets change change what is kept of a person, and keeps that with the entries, all or none. Nobody else changes it meanwhile.
	// change may run more than once. An error of its own is in the chain, and then nothing is kept.
	ChangeReached(ctx context.Context, person string, change func(*Reached) ([]journal.Entry, error)) error
	// UsableContacts are all contact points of everybody by which they can be told, without addresses and secrets, by person and place. Those of
	// people who may not sign in are not among them.
	UsableContacts(ctx context.Context) ([]Contact, error)
	// Contact is one that somebody can be told by, or ErrNoContact.
	Contact(ctx context.Context, id string) (Contact, error)
}

// AnswerLink lets somebody who was told of an alert answer it after they signed in, once. Only the hash of its token is kept.
type AnswerLink struct {
	Hash, Alert, Person string
	Made, Until         time.Time
	// Used is when somebody answered by it, UsedBy their name.
	Used   time.Time
	UsedBy string
}

// HashOfLink is how the token of a link is kept. It has too many bits to be guessed, so no slow hash is needed.
func HashOfLink(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// AnswerLinks keeps them.
type AnswerLinks interface {
	KeepLink(ctx context.Context, l AnswerLink) error
	// Link finds one by the hash of its token, or ErrNoLink.
	Link(ctx context.Context, hash string) (AnswerLink, error)
	// UseLink notes that somebody answered by a link, and tells whether nobody had before.
	UseLink(ctx context.Context, hash, by string, at time.Time) (first bool, err error)
}
