// Package smart answers: which registered system is asking, and what was it granted?
//
// It is the authorisation server of SMART Backend Services (SMART App Launch 2.2, "Backend Services"; RFC 7523): a system signs an assertion
// with a private key whose public half is registered, and is given an access token for a few minutes.
package smart

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
)

const (
	// longestLife is how far in the future an assertion may end (SMART App Launch 2.2, "Authentication JWT claims": five minutes).
	longestLife = 5 * time.Minute
	// skew is how far a client's clock may be ahead of ours.
	skew = 30 * time.Second
	// keptOn is how long a used assertion is remembered after it ended: another node's clock may be behind.
	keptOn = time.Hour
	// tokenLife is how long an access token holds (SMART App Launch 2.2 recommends at most five minutes).
	tokenLife = 5 * time.Minute
	// mostAssertion is the longest assertion that is looked at, in bytes.
	mostAssertion = 16 << 10
)

// The scopes. Each system is registered for some of them.
const (
	ReadAll  = "system/*.read"
	WriteAll = "system/*.write"
)

// Scopes are all scopes that there are.
func Scopes() []string { return []string{ReadAll, WriteAll} }

// Client is a registered system.
type Client struct {
	ID string
	// Account is on whose behalf it acts; its name is the client's id.
	Account access.Account
	// Scopes are those that it may ask for.
	Scopes []string
	Keys   *Keys
}

// Used keeps which assertions were used, on all nodes.
type Used interface {
	// UseAssertion keeps that a client used an assertion with an id, which ends at an instant, and tells whether it is the first time. When it
	// returns true, that is durable. What ended before forget may be forgotten.
	UseAssertion(ctx context.Context, client, id string, ends, forget time.Time) (first bool, err error)
}

// Fault is a refusal in the words of OAuth (RFC 6749 §5.2).
type Fault struct {
	// Code is the error: "invalid_client", "invalid_scope", ….
	Code string
	// Words say why, without anything of what was sent.
	Words string
	// Client is the registered client that the assertion names, which need not be who sent it; empty if it names none.
	Client string
}

func (f Fault) Error() string { return f.Code + ": " + f.Words }

// Options are what an issuer needs.
type Options struct {
	// Endpoint is the address of the token endpoint, as clients know it: the audience of their assertions.
	Endpoint string
	Clients  []Client
	Used     Used
	// Key seals access tokens: 32 bytes, the same on every node.
	Key []byte
	Now func() time.Time
}

// Issuer gives access tokens to systems, and knows them again.
type Issuer struct {
	Options
	clients map[string]Client
}

// New makes an issuer. Ids of clients must differ.
func New(o Options) (*Issuer, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("smart: the token endpoint must be an address that clients know")
	}
	if len(o.Key) != 32 || o.Used == nil || o.Now == nil {
		return nil, errors.New("smart: one of the required options is missing")
	}
	i := &Issuer{o, map[string]Client{}}
	for _, c := range o.Clients {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("client %q: %w", c.ID, err)
		}
		if _, twice := i.clients[c.ID]; twice {
			return nil, fmt.Errorf("client %q: another client has the same id", c.ID)
		}
		i.clients[c.ID] = c
	}
	return i, nil
}

func (c Client) check() error {
	switch {
	case c.ID == "" || len(c.ID) > 100 || strings.ContainsFunc(c.ID, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("an id is 1 to 100 visible ASCII characters")
	case !c.Account.Role.OfSystem():
		return fmt.Errorf("a system's role is %s, %s or %s", access.Centre, access.Hospital, access.Peer)
	case len(c.Scopes) == 0 || slices.ContainsFunc(c.Scopes, func(s string) bool { return !slices.Contains(Scopes(), s) }):
		return fmt.Errorf("scopes are some of %s", strings.Join(Scopes(), " and "))
	case c.Keys == nil:
		return errors.New("there are no keys")
	}
	return nil
}

// Request is what a client sends to the token endpoint (RFC 6749 §4.4.2, RFC 7523 §2.2).
type Request struct{ GrantType, AssertionType, Assertion, Scope string }

// Grant is an answer to it (RFC 6749 §5.1).
type Grant struct {
	Token  string
	Scope  string
	Life   time.Duration
	Client Client
}

// Issue gives a token, or a [Fault]. Any other error is ours: nothing was decided.
func (i *Issuer) Issue(ctx context.Context, r Request) (Grant, error) {
	if r.GrantType != "client_credentials" {
		return Grant{}, Fault{"unsupported_grant_type", "grant_type must be client_credentials", ""}
	}
	if r.AssertionType != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return Grant{}, Fault{"invalid_client", "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer", ""}
	}
	c, claims, err := i.authenticate(ctx, r.Assertion)
	if err != nil {
		return Grant{}, err
	}
	scope, err := c.grant(r.Scope)
	if err != nil {
		return Grant{}, err
	}
	first, err := i.Used.UseAssertion(ctx, c.ID, claims.ID, claims.ends(), i.Now().Add(-keptOn))
	if err != nil {
		return Grant{}, fmt.Errorf("keep that an assertion was used: %w", err)
	}
	if !first {
		return Grant{}, Fault{"invalid_client", "the assertion was used before: each needs a jti of its own", c.ID}
	}
	return Grant{Token: i.seal(c.ID, scope), Scope: strings.Join(scope, " "), Life: tokenLife, Client: c}, nil
}

// grant are the scopes that a client is given of those that it asks for: all, or none.
func (c Client) grant(asked string) ([]string, error) {
	scopes := strings.Fields(asked)
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	if len(scopes) == 0 {
		return nil, Fault{"invalid_scope", "the request names no scope", c.ID}
	}
	for _, s := range scopes {
		if !slices.Contains(c.Scopes, s) {
			return nil, Fault{"invalid_scope", "the client is not registered for a scope that it asks for", c.ID}
		}
	}
	return scopes, nil
}
