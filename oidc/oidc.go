// Package oidc answers: whom does an identity provider vouch for, and as what may they work here?
//
// It is an OpenID Connect relying party (OpenID Connect Core 1.0) for the code flow with PKCE. The rules by which claims become posts of package
// access are data and pure; so are the presets for NHS CIS2 and Microsoft Entra ID.
package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// Options say how a provider is reached and what is demanded of it. Those without a stated default are required.
type Options struct {
	// Name is how addresses and the configuration call it, Title how people do.
	Name, Title string
	Preset      Preset
	Issuer      string
	ClientID    string
	// Credential proves to the provider that it is this service that asks.
	Credential Credential
	// Scopes are asked for besides openid.
	Scopes []string
	// ACR are the classes of authentication that are taken, of which the first is asked for; none: any. AMR are the methods of which one must have been used.
	ACR, AMR []string
	// MaxAge is how long ago a person may have proved who they are to the provider; 0: as the provider likes.
	MaxAge time.Duration
	// Skew is how much the provider's clock may differ, a minute by default.
	Skew time.Duration
	// Claims are those in whose values the rules look, roles and groups by default.
	Claims []string
	Rules  []Rule
	// Callback is the address that the provider sends people back to, this provider's alone; After is where it sends who signed out.
	Callback, After string
	// Client makes the connections to the provider.
	Client *http.Client
	Now    func() time.Time
}

const (
	// lookEvery is the least time between two looks at whether the provider answers.
	lookEvery = 20 * time.Second
	// flowFor is how long somebody may take to sign in at the provider.
	flowFor = 10 * time.Minute
	// mostAnswer is the longest answer of a provider, in bytes.
	mostAnswer = 1 << 20
)

// algorithms are those that a provider may sign with. None is symmetric, so that a public key is never taken for a shared secret, and "none" is
// not among them.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512}

// Provider is an identity provider. Several goroutines may use it.
type Provider struct {
	Options
	keys *keySet
	look singleflight.Group

	mu     sync.Mutex
	held   *description
	looked time.Time
	down   error
}

// description is what a provider says about itself (OpenID Connect Discovery 1.0 §3).
type description struct {
	*oidc.Provider
	JWKS       string   `json:"jwks_uri"`
	EndSession string   `json:"end_session_endpoint"`
	Methods    []string `json:"token_endpoint_auth_methods_supported"`
	// NamesItself: it says in each answer who it is (RFC 9207).
	NamesItself bool `json:"authorization_response_iss_parameter_supported"`
}

// New makes a provider, which is not asked yet. Errors say which option cannot be meant.
func New(o Options) (*Provider, error) {
	o = o.Preset.fill(o)
	if err := o.check(); err != nil {
		return nil, err
	}
	client := *o.Client
	client.Transport = limited{cmpTransport(client.Transport)}
	o.Client = &client
	p := &Provider{Options: o}
	p.keys = &keySet{client: o.Client, now: o.Now}
	return p, nil
}

// cmpTransport is a transport, or the default one.
func cmpTransport(t http.RoundTripper) http.RoundTripper {
	if t == nil {
		return http.DefaultTransport
	}
	return t
}

// Up tells whether the provider answers. It is asked at most every twenty seconds; in between, the last answer is given.
func (p *Provider) Up(ctx context.Context) error {
	_, err := p.describe(ctx, lookEvery)
	return err
}

// State is Up without asking: nil also where nobody has asked yet.
func (p *Provider) State() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// describe is the provider's description, read again if the last look was longer ago. Where it cannot be read, the one before goes with the error.
func (p *Provider) describe(ctx context.Context, atLeast time.Duration) (*description, error) {
	now := p.Now()
	p.mu.Lock()
	held, down, fresh := p.held, p.down, !p.looked.IsZero() && now.Sub(p.looked) < atLeast
	p.mu.Unlock()
	if fresh {
		return held, down
	}
	_, _, _ = p.look.Do("", func() (any, error) {
		read, err := p.read(context.WithoutCancel(ctx)) // whoever hangs up must not fail it for the others; the client has its own deadline
		p.mu.Lock()
		defer p.mu.Unlock()
		p.looked, p.down = now, err
		if err == nil {
			p.held = read
			p.keys.at(read.JWKS)
		}
		return nil, nil
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held, p.down
}

func (p *Provider) read(ctx context.Context) (*description, error) {
	d := &description{}
	var err error
	if d.Provider, err = oidc.NewProvider(oidc.ClientContext(ctx, p.Client), p.Issuer); err != nil {
		return nil, fmt.Errorf("read the description of %s: %w", p.Name, err)
	}
	if err := d.Claims(d); err != nil {
		return nil, fmt.Errorf("read the description of %s: %w", p.Name, err)
	}
	for what, address := range map[string]string{"authorization_endpoint": d.Endpoint().AuthURL, "token_endpoint": d.Endpoint().TokenURL, "jwks_uri": d.JWKS} {
		if err := checkAddress(address); err != nil {
			return nil, fmt.Errorf("the description of %s: %s: %w", p.Name, what, err)
		}
	}
	return d, nil
}

// checkAddress refuses what nobody should send a secret to.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("it is not an address")
	case u.Scheme != "https" && !(u.Scheme == "http" && slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())):
		return errors.New("it must begin with https")
	}
	return nil
}

func (o Options) check() error {
	switch {
	case !nameShape.MatchString(o.Name):
		return errors.New("name must be small letters, digits and -: it stands in addresses")
	case o.Title == "":
		return errors.New("title must be set: people read it on the button")
	case checkAddress(o.Issuer) != nil:
		return fmt.Errorf("issuer: %w", checkAddress(o.Issuer))
	case o.ClientID == "":
		return errors.New("client_id must be set")
	case o.Credential.empty():
		return errors.New("one of client_secret_file and key_file must be set")
	case o.MaxAge < 0 || o.Skew < 0 || o.Skew > 5*time.Minute:
		return errors.New("max_age cannot be negative, and skew is at most 5m")
	}
	return o.Preset.checkRules(o.Rules)
}

// Flow is one sign-in under way. It is sealed and kept by the browser, so that nobody fills the database by beginning them.
type Flow struct {
	Provider, State, Nonce, Verifier string
	// To is the page that the person wanted; Before the session that the browser had.
	To, Before string
	Until      time.Time
}

// Begin begins a sign-in and returns the provider's address to send the person to. again has the provider ask once more who they are, so that
// they can choose another role there. Errors: a Refusal with Down.
func (p *Provider) Begin(ctx context.Context, to, before string, again bool) (address string, f Flow, err error) {
	d, err := p.describe(ctx, lookEvery)
	if err != nil || d == nil {
		return "", Flow{}, refuse(Down, "the identity provider does not answer", err)
	}
	f = Flow{Provider: p.Name, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), To: to, Before: before, Until: p.Now().Add(flowFor)}
	more := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(f.Verifier), oidc.Nonce(f.Nonce)}
	for name, value := range map[string]string{"acr_values": first(p.ACR), "max_age": seconds(p.MaxAge), "prompt": prompt(again)} {
		if value != "" {
			more = append(more, oauth2.SetAuthURLParam(name, value))
		}
	}
	return p.oauth(d).AuthCodeURL(f.State, more...), f, nil
}

func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprint(int64(d / time.Second))
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func prompt(again bool) string {
	if again {
		return "login"
	}
	return ""
}

func (p *Provider) oauth(d *description) *oauth2.Config {
	c := &oauth2.Config{ClientID: p.ClientID, Endpoint: d.Endpoint(), RedirectURL: p.Callback, Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...)}
	c.ClientSecret, c.Endpoint.AuthStyle = p.Credential.secret, p.Credential.style(d.Methods)
	return c
}

// Identity is somebody whom the provider vouches for.
type Identity struct {
	Issuer, Subject, SID string
	// Name is what the journal may call them, FullName what others do.
	Name, FullName string
	// Token is the ID token, for signing out.
	Token string
	Understood
}

// Finish takes what the provider sent back with the browser and finds whom it vouches for. Errors: a Refusal.
func (p *Provider) Finish(ctx context.Context, f Flow, said url.Values) (Identity, error) {
	d, err := p.describe(ctx, time.Hour)
	if d == nil {
		return Identity{}, refuse(Down, "the identity provider does not answer", err)
	}
	if err := p.judgeAnswer(f, d, said); err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.Client)
	more, err := p.Credential.prove(p.ClientID, d.Endpoint().TokenURL, p.Now())
	if err != nil {
		return Identity{}, err
	}
	token, err := p.oauth(d).Exchange(ctx, said.Get("code"), append(more, oauth2.VerifierOption(f.Verifier))...)
	if err != nil {
		if answered, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answered.Response.StatusCode < http.StatusInternalServerError {
			return Identity{}, refuse(Untrue, "the provider does not take the code: "+plainCode(answered.ErrorCode), nil)
		}
		return Identity{}, refuse(Down, "the identity provider does not answer", err)
	}
	raw, _ := token.Extra("id_token").(string)
	claims, err := p.verify(ctx, raw, f.Nonce, token.AccessToken)
	if err != nil {
		return Identity{}, err
	}
	if p.Preset.asksUserInfo() {
		if claims, err = p.userInfo(ctx, d, token, claims); err != nil {
			return Identity{}, err
		}
	}
	who := Identity{Issuer: p.Issuer, Subject: claims.text("sub"), SID: claims.text("sid"), Token: raw, Understood: p.Understand(claims)}
	who.Name, who.FullName = p.Preset.nameOf(p.Name, claims), claims.text("name")
	if err := p.Preset.judge(p.Options, claims); err != nil {
		return Identity{}, err
	}
	if len(who.Posts) == 0 {
		return Identity{}, refuse(NoRole, "no rule of the configuration gives this person a role", nil)
	}
	return who, nil
}

// judgeAnswer looks at what came back with the browser before anything is sent to the provider.
func (p *Provider) judgeAnswer(f Flow, d *description, said url.Values) error {
	iss, named := said["iss"]
	switch {
	case f.Provider != p.Name || f.State == "" || !same(said.Get("state"), f.State) || !p.Now().Before(f.Until):
		return refuse(Stale, "the answer belongs to no sign-in of this browser, or to one that is too old", nil)
	case named && (len(iss) != 1 || iss[0] != p.Issuer), !named && d.NamesItself: // RFC 9207 §2.4, against mix-up
		return refuse(Untrue, "the answer names another provider than the one that was asked", nil)
	case said.Get("error") == "access_denied", said.Get("error") == "login_required", said.Get("error") == "interaction_required":
		return refuse(Denied, "the provider says "+said.Get("error"), nil)
	case said.Get("error") != "":
		return refuse(Untrue, "the provider says "+plainCode(said.Get("error")), nil)
	case len(said["code"]) != 1 || said.Get("code") == "":
		return refuse(Untrue, "the answer has no code", nil)
	}
	return nil
}

// userInfo adds what the provider says at its userinfo endpoint, of the same person (OpenID Connect Core §5.3.2). What the ID token says stands.
func (p *Provider) userInfo(ctx context.Context, d *description, token *oauth2.Token, claims Claims) (Claims, error) {
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, refuse(Down, "the identity provider does not answer at its userinfo endpoint", err)
	}
	more := Claims{}
	if err := info.Claims(&more); err != nil || info.Subject == "" || info.Subject != claims.text("sub") {
		return nil, refuse(Untrue, "the userinfo is not that of the person who signed in", err)
	}
	for name, value := range claims {
		more[name] = value
	}
	return more, nil
}

// EndSession is the provider's address for signing out there, too (OpenID Connect RP-Initiated Logout 1.0 §2); empty where it has none.
func (p *Provider) EndSession(hint string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil || p.held.EndSession == "" || checkAddress(p.held.EndSession) != nil {
		return ""
	}
	u, err := url.Parse(p.held.EndSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", p.After)
	if hint != "" {
		q.Set("id_token_hint", hint)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
