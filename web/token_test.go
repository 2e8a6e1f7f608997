package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/smart"
)

// onceOnly keeps which assertions were used.
type onceOnly map[string]bool

func (o onceOnly) UseAssertion(_ context.Context, client, id string, _, _ time.Time) (bool, error) {
	first := !o[client+" "+id]
	o[client+" "+id] = true
	return first, nil
}

// tokenEndpoint is the address that the service of withSystem is known under.
const tokenEndpoint = "https://alerts.example/oauth/token"

// withSystem is a service in which the system "gosh-epr" of RP4 is registered, and the key that it signs with.
func withSystem(t *testing.T) (*world, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "gosh.jwks")
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := smart.KeysInFile(file, now)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := smart.New(smart.Options{
		Endpoint: tokenEndpoint, Used: onceOnly{}, Key: make([]byte, 32), Now: func() time.Time { return now },
		Clients: []smart.Client{{ID: "gosh-epr", Account: access.Account{Name: "gosh-epr", Role: access.Centre, Organisation: "RP4"}, Scopes: smart.Scopes(), Keys: keys}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return newWorld(t, func(o *Options) {
		o.Systems, o.BaseURL = issuer, "https://alerts.example"
		o.Accounts = o.Accounts.WithSystems([]access.Account{issuer.Clients[0].Account}, issuer.Find)
	}), key
}

// form asks for a token.
func (w *world) form(values url.Values, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.ask("POST", "/oauth/token", "", values.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

// asking is a request for a token that is given one.
func asking(t *testing.T, key *ecdsa.PrivateKey, scope string) url.Values {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES384, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(map[string]any{"iss": "gosh-epr", "sub": "gosh-epr", "aud": tokenEndpoint, "jti": rand.Text(), "exp": now.Add(time.Minute).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
}

func TestASystemSignsInWithItsKey(t *testing.T) {
	w, key := withSystem(t)
	for _, path := range []string{"/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration"} {
		answer := w.ask("GET", path, "", "")
		want(t, answer, http.StatusOK)
		var about struct {
			TokenEndpoint string   `json:"token_endpoint"`
			Algorithms    []string `json:"token_endpoint_auth_signing_alg_values_supported"`
			Scopes        []string `json:"scopes_supported"`
			Capabilities  []string
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &about); err != nil || about.TokenEndpoint != tokenEndpoint || !slices.Equal(about.Algorithms, []string{"RS384", "RS512", "ES384"}) ||
			!slices.Equal(about.Scopes, smart.Scopes()) || !slices.Contains(about.Capabilities, "client-confidential-asymmetric") {
			t.Errorf("%s: %v, %+v", path, err, about)
		}
	}
	given := map[string]string{}
	for _, scope := range []string{smart.ReadAll, smart.WriteAll} {
		answer := w.form(asking(t, key, scope))
		want(t, answer, http.StatusOK)
		var got struct {
			AccessToken string `json:"access_token"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int    `json:"expires_in"`
			Scope       string
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil || got.TokenType != "bearer" || got.ExpiresIn != 300 || got.Scope != scope || answer.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%v %s", err, answer.Body)
		}
		given[scope] = got.AccessToken
	}
	if entries := w.entries(journal.TokenGiven); len(entries) != 2 || entries[0].Actor != (journal.Actor{Name: "gosh-epr", Role: "centre", Organisation: "RP4"}) || entries[0].Subject != "gosh-epr" {
		t.Errorf("the journal holds %+v", entries)
	}
	w.arrive()
	want(t, w.ask("GET", "/fhir/CarePlan/gosh-1/_history", given[smart.ReadAll], ""), http.StatusOK)
	want(t, w.ask("GET", "/fhir/CarePlan/gosh-1/_history", given[smart.WriteAll], ""), http.StatusForbidden)
	want(t, w.ask("POST", "/fhir/CarePlan", given[smart.ReadAll], "{}"), http.StatusForbidden)
	want(t, w.ask("POST", "/fhir/CarePlan", given[smart.WriteAll], "{}"), http.StatusBadRequest)
	want(t, w.ask("GET", "/api/departments/RQW-AE/alerts", given[smart.ReadAll], ""), http.StatusForbidden)
	if strings.Contains(w.log.String(), given[smart.ReadAll]) {
		t.Error("the log holds a token")
	}
}

// Each is refused in the words of OAuth, and the refusal is journalled without anything of the assertion.
func TestWhoIsGivenNoToken(t *testing.T) {
	for _, row := range []struct {
		what, code, subject string
		change              func(url.Values)
		headers             []string
	}{
		{"a form that is none", "invalid_request", "token", func(url.Values) {}, []string{"Content-Type", "application/json"}},
		{"a password beside it", "invalid_request", "token", func(url.Values) {}, []string{"Authorization", "Basic Z29zaDpnb3No"}},
		{"a parameter twice", "invalid_request", "token", func(v url.Values) { v.Add("scope", "system/*.write") }, nil},
		{"another grant", "unsupported_grant_type", "token", func(v url.Values) { v.Set("grant_type", "authorization_code") }, nil},
		{"no assertion", "invalid_client", "token", func(v url.Values) { v.Del("client_assertion") }, nil},
		{"a forged signature", "invalid_client", "gosh-epr", func(v url.Values) {
			v.Set("client_assertion", v.Get("client_assertion")[:len(v.Get("client_assertion"))-8]+"AAAAAAAA")
		}, nil},
		{"a scope that it is not registered for", "invalid_scope", "gosh-epr", func(v url.Values) { v.Set("scope", "user/*.read") }, nil},
	} {
		t.Run(row.what, func(t *testing.T) {
			w, key := withSystem(t)
			values := asking(t, key, smart.ReadAll)
			assertion := values.Get("client_assertion")
			row.change(values)
			answer := w.form(values, row.headers...)
			want(t, answer, http.StatusBadRequest)
			fault := map[string]string{}
			if err := json.Unmarshal(answer.Body.Bytes(), &fault); err != nil || fault["error"] != row.code || fault["error_description"] == "" {
				t.Errorf("%v %s", err, answer.Body)
			}
			refused := w.entries(journal.AccessRefused)
			if len(refused) != 1 || len(w.recorded) != 1 || refused[0].Subject != row.subject || !strings.HasPrefix(refused[0].Reason, row.code) {
				t.Errorf("the journal holds %+v", w.recorded)
			}
			for _, part := range strings.Split(assertion, ".") {
				if strings.Contains(w.log.String()+refused[0].Reason, part) {
					t.Error("a part of the assertion is in the log or the journal")
				}
			}
		})
	}
	w, key := withSystem(t)
	again := asking(t, key, smart.ReadAll)
	want(t, w.form(again), http.StatusOK)
	want(t, w.form(again), http.StatusBadRequest)
	inAddress := w.ask("POST", "/oauth/token?"+asking(t, key, smart.ReadAll).Encode(), "", "", "Content-Type", "application/x-www-form-urlencoded")
	want(t, inAddress, http.StatusBadRequest)
	w.unrecordable = errDisk
	want(t, w.form(asking(t, key, smart.ReadAll)), http.StatusInternalServerError)
	wantProblem(t, newWorld(t).form(asking(t, key, smart.ReadAll)), http.StatusNotFound, "No system")
	wantProblem(t, newWorld(t).ask("GET", "/fhir/.well-known/smart-configuration", "", ""), http.StatusNotFound, "No system")
}
