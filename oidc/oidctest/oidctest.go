// Package oidctest is a small identity provider that can be made to lie, for tests.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The client that the provider knows.
const (
	Client = "ucpalert"
	Secret = "a secret that both know"
)

// theKey is made once: RSA keys take long.
var theKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// Provider is an identity provider on loopback.
type Provider struct {
	t      testing.TB
	server *httptest.Server
	now    func() time.Time

	mu sync.Mutex
	// Claims are added to those of each ID token, and replace them; nil takes one away. Info are those of the userinfo.
	Claims, Info map[string]any
	// Sign makes a token of claims; by default it is signed with the provider's key.
	Sign func(claims map[string]any) string
	// Down has it answer nothing but 503. Named has it say in its description that its answers name it.
	Down, Named bool
	codes       map[string]url.Values
	asked       map[string]int
}

// New starts a provider, which ends with the test.
func New(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	p := &Provider{t: t, now: now, codes: map[string]url.Values{}, asked: map[string]int{}, Claims: map[string]any{}, Info: map[string]any{}}
	p.Sign = func(claims map[string]any) string { return p.Signed(jose.RS256, p.Key(), "key-1", claims) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userInfo)
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked[r.URL.Path]++
		down := p.Down
		p.mu.Unlock()
		if down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// Issuer is its address.
func (p *Provider) Issuer() string { return p.server.URL }

// Key is the key that it signs with.
func (p *Provider) Key() *rsa.PrivateKey { return theKey() }

// Asked is how often a path was asked for.
func (p *Provider) Asked(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// SetDown has it answer nothing, or answer again.
func (p *Provider) SetDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Down = down
}

// Signed is a JWT of claims.
func (p *Provider) Signed(alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		p.t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// Authorise is what the provider does with the address that a browser was sent to, once the person has signed in: what the browser brings back.
func (p *Provider) Authorise(address string) url.Values {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	if q.Get("client_id") != Client || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" {
		p.t.Fatalf("asked for with %v", q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := fmt.Sprintf("code-%d", len(p.codes)+1)
	p.codes[code] = q
	return url.Values{"code": {code}, "state": {q.Get("state")}}
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{
		"issuer": p.Issuer(), "authorization_endpoint": p.Issuer() + "/authorize", "token_endpoint": p.Issuer() + "/token", "jwks_uri": p.Issuer() + "/keys",
		"userinfo_endpoint": p.Issuer() + "/userinfo", "end_session_endpoint": p.Issuer() + "/end", "authorization_response_iss_parameter_supported": p.Named,
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.Key().PublicKey, KeyID: "key-1", Use: "sig"}}})
}

// token gives a code's tokens once, to the client that proves who it is and that the code is its own (RFC 7636 §4.6).
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	id, secret, _ := r.BasicAuth()
	if escaped, err := url.QueryUnescape(secret); err == nil {
		secret = escaped // RFC 6749 §2.3.1
	}
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != Client || secret != Secret || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	claims := map[string]any{
		"iss": p.Issuer(), "aud": Client, "sub": "subject-1", "sid": "sid-1", "nonce": asked.Get("nonce"), "iat": p.now().Unix(), "exp": p.now().Add(time.Hour).Unix(),
		"auth_time": p.now().Unix(), "acr": asked.Get("acr_values"), "preferred_username": "Ann.Other@trust.example", "name": "Ann Other",
	}
	put(claims, p.Claims)
	answer(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": p.Sign(claims)})
}

func (p *Provider) userInfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer access" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	claims := map[string]any{"sub": "subject-1"}
	put(claims, p.Info)
	answer(w, claims)
}

// LogoutToken is a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4) with other claims; nil takes one away.
func (p *Provider) LogoutToken(id string, others map[string]any) string {
	claims := map[string]any{
		"iss": p.Issuer(), "aud": Client, "sub": "subject-1", "sid": "sid-1", "jti": id, "iat": p.now().Unix(), "exp": p.now().Add(2 * time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	put(claims, others)
	return p.Sign(claims)
}

// put adds claims to others; nil takes one away.
func put(into, claims map[string]any) {
	maps.Copy(into, claims)
	maps.DeleteFunc(into, func(_ string, value any) bool { return value == nil })
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
