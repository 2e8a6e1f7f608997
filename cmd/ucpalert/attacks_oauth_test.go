package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	arenaBase     = "https://alerts.ucp.example"
	arenaEndpoint = arenaBase + "/oauth/token"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// systemKeys are the keys of the registered systems, and those of a stranger.
type systemKeys struct {
	own, stranger *rsa.PrivateKey
	ec            *ecdsa.PrivateKey
}

func newSystemKeys() systemKeys {
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return systemKeys{own, stranger, ec}
}

func (k systemKeys) public(t *testing.T) []byte {
	return jwks(t, jose.JSONWebKey{Key: &k.own.PublicKey, KeyID: "rsa"}, jose.JSONWebKey{Key: &k.ec.PublicKey, KeyID: "ec"})
}

type object = map[string]any

// joined are the first two parts of a token.
func joined(header, claims object) string {
	var parts []string
	for _, part := range []object{header, claims} {
		b, err := json.Marshal(part)
		if err != nil {
			panic(err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(b))
	}
	return strings.Join(parts, ".")
}

// signedWith signs with RS384 by hand, so that header and claims can say anything.
func signedWith(key *rsa.PrivateKey, header, claims object) string {
	text := joined(header, claims)
	sum := sha512.Sum384([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA384, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// claimed are the claims of an assertion that would be let in; each has a jti of its own.
func claimed(change ...any) object {
	now := time.Now()
	c := object{"iss": "gosh", "sub": "gosh", "aud": arenaEndpoint, "jti": rand.Text(), "exp": now.Add(4 * time.Minute).Unix(), "iat": now.Unix()}
	for i := 0; i < len(change); i += 2 {
		if name := change[i].(string); change[i+1] == nil {
			delete(c, name)
		} else {
			c[name] = change[i+1]
		}
	}
	return c
}

// tokenForm asks for a token.
func tokenForm(assertion string, change ...string) string {
	v := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {assertionType}, "client_assertion": {assertion}, "scope": {"system/*.read"}}
	for i := 0; i < len(change); i += 2 {
		if change[i+1] == "" {
			v.Del(change[i])
		} else {
			v.Set(change[i], change[i+1])
		}
	}
	return v.Encode()
}

// tokenAttacks are tried at the token endpoint. All are answered 400 and journalled with the client as the subject, or "token" where nobody can
// know whose it is.
func (a *arena) tokenAttacks() []attack {
	k, now := a.keys, time.Now()
	head := object{"alg": "RS384", "kid": "rsa", "typ": "JWT"}
	good := func(change ...any) string { return signedWith(k.own, head, claimed(change...)) }
	with := func(header object) string { return signedWith(k.own, header, claimed()) }
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: mustMarshal(&k.own.PublicKey)})
	hmacked := func(alg string, secret []byte) string {
		text := joined(object{"alg": alg, "kid": "rsa"}, claimed())
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}
	used := good()
	if status, body, _ := a.ask(attack{method: "POST", path: "/oauth/token", body: tokenForm(used), headers: formType}); status != 200 {
		a.t.Fatalf("the right one is answered %d %s", status, body)
	}
	swapped := strings.Split(good(), ".")
	swapped[1] = strings.Split(joined(head, claimed("iss", "kings", "sub", "kings")), ".")[1]
	var all []attack
	add := func(what, assertion, subject string, form ...string) {
		all = append(all, attack{class: "token", what: what, method: "POST", path: "/oauth/token", body: tokenForm(assertion, form...), headers: formType, want: "400", actor: "not signed in", subject: subject})
	}
	add("replayed jti", used, "gosh")
	add("alg none", joined(object{"alg": "none", "kid": "rsa"}, claimed())+".", "token")
	add("alg nOnE", joined(object{"alg": "nOnE", "kid": "rsa"}, claimed())+".", "token")
	add("alg none, signed", joined(object{"alg": "none", "kid": "rsa"}, claimed())+".AAAA", "token")
	add("no alg", joined(object{"kid": "rsa"}, claimed())+".AAAA", "token")
	add("HS256 keyed with the public key", hmacked("HS256", public), "token")
	add("HS256 keyed with the modulus", hmacked("HS256", k.own.N.Bytes()), "token")
	add("HS512 keyed with nothing", hmacked("HS512", nil), "token")
	add("no signature", strings.Join(strings.Split(good(), ".")[:2], ".")+".", "gosh")
	add("the signature of other claims", strings.Join(swapped, "."), "kings")
	add("a stranger's signature", signedWith(k.stranger, head, claimed()), "gosh")
	add("a key brought along", signedWith(k.stranger, object{"alg": "RS384", "kid": "rsa", "jwk": jose.JSONWebKey{Key: &k.stranger.PublicKey, KeyID: "rsa"}}, claimed()), "gosh")
	add("keys fetched elsewhere", with(object{"alg": "RS384", "kid": "rsa", "jku": "https://evil.example/keys"}), "gosh")
	add("a certificate fetched elsewhere", signedWith(k.stranger, object{"alg": "RS384", "kid": "rsa", "x5u": "http://169.254.169.254/"}, claimed()), "gosh")
	add("a kid that is a path", with(object{"alg": "RS384", "kid": "../../systems.jwks"}), "gosh")
	add("a kid that is SQL", with(object{"alg": "RS384", "kid": "rsa' OR '1'='1"}), "gosh")
	add("a kid of another kind of key", with(object{"alg": "RS384", "kid": "ec"}), "gosh")
	add("no kid", with(object{"alg": "RS384"}), "gosh")
	add("RS384 said to be ES384", with(object{"alg": "ES384", "kid": "rsa"}), "gosh")
	add("a critical header", with(object{"alg": "RS384", "kid": "rsa", "crit": []string{"b64"}, "b64": false}), "token")
	add("an unknown client", good("iss", "evil", "sub", "evil"), "token")
	add("a client with a line break", good("iss", "gosh\r\nadmin", "sub", "gosh\r\nadmin"), "token")
	add("another's issuer", good("iss", "kings"), "gosh")
	add("no issuer", good("iss", nil), "gosh")
	add("wrong audience", good("aud", "https://other.example/oauth/token"), "gosh")
	add("the audience with more behind it", good("aud", arenaEndpoint+".evil.example"), "gosh")
	add("two audiences", good("aud", []string{arenaEndpoint, "https://other.example"}), "gosh")
	add("no audience", good("aud", nil), "gosh")
	add("the service as audience, not its endpoint", good("aud", arenaBase), "gosh")
	add("no jti", good("jti", nil), "gosh")
	add("a jti that is a list", good("jti", []string{"a"}), "token")
	add("a very long jti", good("jti", strings.Repeat("x", 4000)), "gosh")
	add("no exp", good("exp", nil), "gosh")
	add("expired", good("exp", now.Add(-5*time.Minute).Unix()), "gosh")
	add("exp in an hour", good("exp", now.Add(time.Hour).Unix()), "gosh")
	add("exp in milliseconds", good("exp", now.UnixMilli()), "gosh")
	add("exp that is no number", good("exp", "later"), "token")
	add("future iat", good("iat", now.Add(5*time.Minute).Unix()), "gosh")
	add("future nbf", good("nbf", now.Add(5*time.Minute).Unix()), "gosh")
	add("more than it is registered for", good("iss", "kings", "sub", "kings"), "kings", "scope", "system/*.read system/*.write")
	add("every scope", good(), "gosh", "scope", "system/*.*")
	add("a person's scope", good(), "gosh", "scope", "user/*.read")
	add("no scope", good(), "gosh", "scope", "")
	add("another grant", good(), "token", "grant_type", "password")
	add("a token exchanged", good(), "token", "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
	add("an assertion of another kind", good(), "token", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
	add("a password of the client", good(), "token", "client_assertion", "")
	return all
}

var formType = []string{"Content-Type", "application/x-www-form-urlencoded"}

func mustMarshal(key any) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return der
}

// token is an access token of a registered system.
func (a *arena) token(client, scope string) string {
	a.t.Helper()
	assertion := signedWith(a.keys.own, object{"alg": "RS384", "kid": "rsa"}, claimed("iss", client, "sub", client))
	status, body, _ := a.ask(attack{method: "POST", path: "/oauth/token", body: tokenForm(assertion, "scope", scope), headers: formType})
	var given struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &given); err != nil || status != 200 || given.Token == "" {
		a.t.Fatalf("%d %s", status, body)
	}
	return given.Token
}
