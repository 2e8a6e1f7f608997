package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Claims are what a provider says of a person: the ID token's, with those of the userinfo where the preset asks for it.
type Claims map[string]any

// text is a claim that is text; empty if it is none.
func (c Claims) text(name string) string {
	s, _ := c[name].(string)
	return s
}

// texts are the values of a claim that is text or a list of texts.
func (c Claims) texts(name string) []string { return textsOf(c[name]) }

func textsOf(value any) (out []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// number is a claim that is a number, or text that says one.
func (c Claims) number(name string) (n float64, ok bool) {
	switch v := c[name].(type) {
	case float64:
		return v, true
	case string:
		return n, json.Unmarshal([]byte(v), &n) == nil
	}
	return 0, false
}

// instant is a claim that is an instant in seconds since 1970; zero if there is none or it cannot be one.
func (c Claims) instant(name string) time.Time {
	n, isNumber := c[name].(float64)
	if !isNumber || math.IsNaN(n) || n <= 0 || n > 253402300799 { // of the years until 9999
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// verifier checks signature, issuer and audience. Time is judged by this package, with the skew that is configured.
func (p *Provider) verifier() *oidc.IDTokenVerifier {
	return oidc.NewVerifier(p.Issuer, p.keys, &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true})
}

// verify reads an ID token (OpenID Connect Core §3.1.3.7).
func (p *Provider) verify(ctx context.Context, raw, nonce, access string) (Claims, error) {
	if raw == "" {
		return nil, refuse(Untrue, "the provider sent no ID token", nil)
	}
	token, err := p.verifier().Verify(ctx, raw)
	if err != nil {
		return nil, refuse(Untrue, "the ID token does not hold", err)
	}
	claims := Claims{}
	if err := token.Claims(&claims); err != nil {
		return nil, refuse(Untrue, "the ID token does not hold", err)
	}
	now := p.Now()
	switch azp, named := claims["azp"]; {
	case token.Subject == "":
		return nil, refuse(Untrue, "the ID token has no subject", nil)
	case token.Nonce == "" || !same(token.Nonce, nonce):
		return nil, refuse(Untrue, "the nonce of the ID token is not that of this sign-in", nil)
	case named && azp != p.ClientID, !named && len(token.Audience) > 1:
		return nil, refuse(Untrue, "the ID token is for another client, too", nil)
	case token.AccessTokenHash != "" && token.VerifyAccessToken(access) != nil:
		return nil, refuse(Untrue, "the access token is not the one that the ID token came with", nil)
	}
	if err := p.inTime(claims, now); err != nil {
		return nil, refuse(Untrue, "the ID token does not hold now", err)
	}
	return claims, p.strong(claims, now)
}

// longestToken is how old a token may be that the provider has just given.
const longestToken = 10 * time.Minute

// inTime judges when a token was made and until when it holds.
func (p *Provider) inTime(c Claims, now time.Time) error {
	issued, ends := c.instant("iat"), c.instant("exp")
	switch {
	case issued.IsZero() || ends.IsZero():
		return errors.New("it must say when it was made (iat) and until when it holds (exp)")
	case !ends.Add(p.Skew).After(now):
		return errors.New("it has expired")
	case issued.After(now.Add(p.Skew)), c.instant("nbf").After(now.Add(p.Skew)):
		return errors.New("it is of the future: is a clock wrong?")
	case issued.Before(now.Add(-longestToken - p.Skew)):
		return errors.New("it is too old")
	}
	return nil
}

// strong judges by what and when the person proved who they are.
func (p *Provider) strong(c Claims, now time.Time) error {
	since := c.instant("auth_time")
	switch {
	case len(p.ACR) > 0 && !slices.Contains(p.ACR, c.text("acr")):
		return refuse(Weak, fmt.Sprintf("the acr is none of %q", p.ACR), nil)
	case len(p.AMR) > 0 && !slices.ContainsFunc(p.AMR, func(m string) bool { return slices.Contains(c.texts("amr"), m) }):
		return refuse(Weak, fmt.Sprintf("the amr has none of %q", p.AMR), nil)
	case since.After(now.Add(p.Skew)):
		return refuse(Untrue, "the auth_time is in the future", nil)
	case p.MaxAge > 0 && (since.IsZero() || since.Add(p.MaxAge+p.Skew).Before(now)):
		return refuse(Weak, "the person proved who they are too long ago, or the provider does not say when (auth_time)", nil)
	}
	return nil
}

// Strength judges claims by what and when the person proved who they are, as it is judged when somebody comes. Errors: a Refusal.
func (p *Provider) Strength(c Claims) error {
	if err := p.strong(c, p.Now()); err != nil {
		return err
	}
	return p.Preset.judge(p.Options, c)
}

// SignedOut is what a logout token says: somebody signed out at the provider. Subject or SID may be empty, not both.
type SignedOut struct {
	Issuer, Subject, SID string
	// ID counts once, until Until.
	ID    string
	Until time.Time
}

// logoutFor is how old a logout token may be (OpenID Connect Back-Channel Logout 1.0 §2.6 recommends that recently seen ones are kept).
const logoutFor = 5 * time.Minute

// Logout reads a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6). Errors: a Refusal.
func (p *Provider) Logout(ctx context.Context, raw string) (SignedOut, error) {
	if d, err := p.describe(ctx, time.Hour); d == nil {
		return SignedOut{}, refuse(Down, "the identity provider does not answer, so its keys are not known", err)
	}
	token, err := p.verifier().VerifyLogout(ctx, raw)
	if err != nil {
		return SignedOut{}, refuse(Untrue, "the logout token does not hold", err)
	}
	claims := Claims{}
	if err := token.Claims(&claims); err != nil {
		return SignedOut{}, refuse(Untrue, "the logout token does not hold", err)
	}
	now := p.Now()
	if err := p.inTime(claims, now); err != nil {
		return SignedOut{}, refuse(Untrue, "the logout token does not hold now", err)
	}
	event, _ := claims["events"].(map[string]any)
	if _, isObject := event[logoutEvent].(map[string]any); !isObject || token.IssuedAt.Before(now.Add(-logoutFor-p.Skew)) {
		return SignedOut{}, refuse(Untrue, "the logout token is too old, or its event is none", nil)
	}
	return SignedOut{Issuer: p.Issuer, Subject: token.Subject, SID: token.SessionID, ID: token.TokenID, Until: token.Expiry.Add(p.Skew)}, nil
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
