package smart_test

import (
	"context"
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
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/smart"
)

const (
	endpoint = "https://alerts.example.nhs.uk/oauth/token"
	bearer   = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

var now = time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC)

// The keys of the registered client, of another registered client, and of a stranger. They are made once: an RSA key takes a while.
var (
	ownRSA   = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })
	ownEC    = sync.OnceValue(func() *ecdsa.PrivateKey { return newEC(elliptic.P384()) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })
)

func newRSA(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

func newEC(curve elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// used are the assertions of all nodes, in memory.
type used struct {
	mu     sync.Mutex
	ids    map[string]bool
	broken error
}

func (u *used) UseAssertion(_ context.Context, client, id string, _, _ time.Time) (bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken != nil {
		return false, u.broken
	}
	first := !u.ids[client+" "+id]
	u.ids[client+" "+id] = true
	return first, nil
}

func jwks(t *testing.T, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func file(t *testing.T, body []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "keys.jwks")
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func keys(t *testing.T, all ...jose.JSONWebKey) *smart.Keys {
	t.Helper()
	k, err := smart.KeysInFile(file(t, jwks(t, all...)), now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newIssuer(t *testing.T, clock func() time.Time, clients ...smart.Client) *smart.Issuer {
	t.Helper()
	if clients == nil {
		clients = []smart.Client{
			{
				ID: "gosh", Account: access.Account{Name: "gosh", Role: access.Centre, Organisation: "RP4"}, Scopes: []string{smart.ReadAll, smart.WriteAll},
				Keys: keys(t, jose.JSONWebKey{Key: &ownRSA().PublicKey, KeyID: "rsa"}, jose.JSONWebKey{Key: &ownEC().PublicKey, KeyID: "ec", Algorithm: "ES384", Use: "sig"}),
			},
			{
				ID: "kings", Account: access.Account{Name: "kings", Role: access.Centre, Organisation: "RJZ"}, Scopes: []string{smart.ReadAll},
				Keys: keys(t, jose.JSONWebKey{Key: &otherRSA().PublicKey, KeyID: "rsa"}),
			},
		}
	}
	i, err := smart.New(smart.Options{Endpoint: endpoint, Clients: clients, Used: &used{ids: map[string]bool{}}, Key: make([]byte, 32), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

type object = map[string]any

// good are the claims of an assertion that is let in; each has a jti of its own.
func good(change ...func(object)) object {
	c := object{"iss": "gosh", "sub": "gosh", "aud": endpoint, "jti": rand.Text(), "exp": now.Add(4 * time.Minute).Unix(), "iat": now.Unix()}
	for _, ch := range change {
		ch(c)
	}
	return c
}

func set(name string, value any) func(object) { return func(c object) { c[name] = value } }
func without(name string) func(object)        { return func(c object) { delete(c, name) } }

// parts are the first two parts of a token with any header.
func parts(header, claims object) string {
	h, err := json.Marshal(header)
	c, err2 := json.Marshal(claims)
	if err != nil || err2 != nil {
		panic(errors.Join(err, err2))
	}
	return base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(c)
}

// rs384 signs by hand, so that a header can say anything.
func rs384(key *rsa.PrivateKey, header, claims object) string {
	text := parts(header, claims)
	sum := sha512.Sum384([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA384, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// signed signs with go-jose.
func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, kid string, claims object) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := s.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func ask(assertion, scope string) smart.Request {
	return smart.Request{GrantType: "client_credentials", AssertionType: bearer, Assertion: assertion, Scope: scope}
}

func TestASystemIsGivenAToken(t *testing.T) {
	for _, row := range []struct {
		alg jose.SignatureAlgorithm
		key any
		kid string
	}{{jose.RS384, ownRSA(), "rsa"}, {jose.RS512, ownRSA(), "rsa"}, {jose.ES384, ownEC(), "ec"}} {
		i := newIssuer(t, func() time.Time { return now })
		grant, err := i.Issue(t.Context(), ask(signed(t, row.alg, row.key, row.kid, good(set("aud", []string{endpoint}))), "system/*.write system/*.read"))
		if err != nil {
			t.Errorf("%s: %v", row.alg, err)
			continue
		}
		account, known := i.Find(grant.Token)
		if !known || account.Name != "gosh" || account.Organisation != "RP4" || account.Scope != access.Reads|access.Writes || grant.Scope != "system/*.read system/*.write" || grant.Life != 5*time.Minute {
			t.Errorf("%s: %+v is known: %v %+v", row.alg, grant, known, account)
		}
	}
}

// What is tried at a token endpoint, and what it is answered. None of it is given a token.
func TestWhatIsRefused(t *testing.T) {
	rsaKey, other := ownRSA(), otherRSA()
	header := object{"alg": "RS384", "kid": "rsa", "typ": "JWT"}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&rsaKey.PublicKey))})
	hs := func(alg string, secret []byte) string {
		text := parts(object{"alg": alg, "kid": "rsa"}, good())
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}
	whole := rs384(rsaKey, header, good())
	swapped := strings.Split(rs384(rsaKey, header, good()), ".")
	swapped[1] = strings.Split(parts(header, good(set("sub", "kings"), set("iss", "kings"))), ".")[1]
	padded := append(jwks(t), make([]byte, 20<<10)...)
	for _, row := range []struct{ what, assertion, scope, code, says string }{
		{"no assertion", "", "", "invalid_client", "not a JWT"},
		{"what is no token", "a.b.c", "", "invalid_client", "not a JWT"},
		{"a very long one", whole + string(padded), "", "invalid_client", "longer"},
		{"alg none without a signature", parts(object{"alg": "none", "kid": "rsa"}, good()) + ".", "", "invalid_client", "not a JWT"},
		{"alg None", parts(object{"alg": "None", "kid": "rsa"}, good()) + ".", "", "invalid_client", "not a JWT"},
		{"alg none with a signature", parts(object{"alg": "none", "kid": "rsa"}, good()) + ".AAAA", "", "invalid_client", "not a JWT"},
		{"no alg", parts(object{"kid": "rsa"}, good()) + ".AAAA", "", "invalid_client", "not a JWT"},
		{"HS256 with the public key in PEM", hs("HS256", public), "", "invalid_client", "not a JWT"},
		{"HS256 with the modulus", hs("HS256", rsaKey.N.Bytes()), "", "invalid_client", "not a JWT"},
		{"HS384 with the public key in PEM", hs("HS384", public), "", "invalid_client", "not a JWT"},
		{"RS256", signed(t, jose.RS256, rsaKey, "rsa", good()), "", "invalid_client", "not a JWT"},
		{"PS384", signed(t, jose.PS384, rsaKey, "rsa", good()), "", "invalid_client", "not a JWT"},
		{"ES256", signed(t, jose.ES256, newEC(elliptic.P256()), "ec", good()), "", "invalid_client", "not a JWT"},
		{"the signature cut off", whole[:strings.LastIndex(whole, ".")+1], "", "invalid_client", "signature does not fit"},
		{"the signature of other claims", strings.Join(swapped, "."), "", "invalid_client", "signature does not fit"},
		{"a stranger's key under a registered kid", rs384(other, header, good()), "", "invalid_client", "signature does not fit"},
		{"another client's key for this client", rs384(other, header, good(set("sub", "gosh"))), "", "invalid_client", "signature does not fit"},
		{"an EC kid with an RSA signature", rs384(rsaKey, object{"alg": "RS384", "kid": "ec"}, good()), "", "invalid_client", "no key"},
		{"an RSA kid said to be ES384", rs384(rsaKey, object{"alg": "ES384", "kid": "rsa"}, good()), "", "invalid_client", "no key"},
		{"no kid", rs384(rsaKey, object{"alg": "RS384"}, good()), "", "invalid_client", "no kid"},
		{"an unknown kid", rs384(rsaKey, object{"alg": "RS384", "kid": "nobody"}, good()), "", "invalid_client", "no key"},
		{"a kid that is a path", rs384(rsaKey, object{"alg": "RS384", "kid": "../../etc/passwd"}, good()), "", "invalid_client", "no key"},
		{"a key brought along", rs384(other, object{"alg": "RS384", "kid": "rsa", "jwk": jose.JSONWebKey{Key: &other.PublicKey, KeyID: "rsa"}}, good()), "", "invalid_client", "signature does not fit"},
		{"keys to be fetched elsewhere", rs384(rsaKey, object{"alg": "RS384", "kid": "rsa", "jku": "https://evil.example/keys"}, good()), "", "invalid_client", "jku"},
		{"a critical header that is not understood", rs384(rsaKey, object{"alg": "RS384", "kid": "rsa", "crit": []string{"exp"}, "exp": 1}, good()), "", "invalid_client", ""},
		{"a client that is not registered", rs384(rsaKey, header, good(set("iss", "evil"), set("sub", "evil"))), "", "invalid_client", "registered client"},
		{"another issuer", rs384(rsaKey, header, good(set("iss", "kings"))), "", "invalid_client", "iss and sub"},
		{"no subject", rs384(rsaKey, header, good(without("sub"))), "", "invalid_client", "iss and sub"},
		{"no issuer", rs384(rsaKey, header, good(without("iss"))), "", "invalid_client", "iss and sub"},
		{"an issuer that is a list", rs384(rsaKey, header, good(set("iss", []string{"gosh"}))), "", "invalid_client", "cannot be read"},
		{"no audience", rs384(rsaKey, header, good(without("aud"))), "", "invalid_client", "aud"},
		{"another service's audience", rs384(rsaKey, header, good(set("aud", "https://other.example/oauth/token"))), "", "invalid_client", "aud"},
		{"the audience and a longer one", rs384(rsaKey, header, good(set("aud", endpoint+".evil.example"))), "", "invalid_client", "aud"},
		{"two audiences", rs384(rsaKey, header, good(set("aud", []string{endpoint, "https://other.example/token"}))), "", "invalid_client", "aud"},
		{"the audience without https", rs384(rsaKey, header, good(set("aud", strings.Replace(endpoint, "https", "http", 1)))), "", "invalid_client", "aud"},
		{"no jti", rs384(rsaKey, header, good(without("jti"))), "", "invalid_client", "jti"},
		{"an empty jti", rs384(rsaKey, header, good(set("jti", ""))), "", "invalid_client", "jti"},
		{"a jti of a megabyte's kind", rs384(rsaKey, header, good(set("jti", strings.Repeat("x", 2000)))), "", "invalid_client", "jti"},
		{"no exp", rs384(rsaKey, header, good(without("exp"))), "", "invalid_client", "exp"},
		{"exp that is text", rs384(rsaKey, header, good(set("exp", "tomorrow"))), "", "invalid_client", "cannot be read"},
		{"exp beyond all years", rs384(rsaKey, header, good(set("exp", 1e300))), "", "invalid_client", "exp"},
		{"exp before all years", rs384(rsaKey, header, good(set("exp", -1e300))), "", "invalid_client", "exp"},
		{"expired this second", rs384(rsaKey, header, good(set("exp", now.Unix()))), "", "invalid_client", "expired"},
		{"exp an hour from now", rs384(rsaKey, header, good(set("exp", now.Add(time.Hour).Unix()))), "", "invalid_client", "five minutes"},
		{"exp in milliseconds", rs384(rsaKey, header, good(set("exp", now.Add(time.Minute).UnixMilli()))), "", "invalid_client", "exp"},
		{"issued in two minutes", rs384(rsaKey, header, good(set("iat", now.Add(2*time.Minute).Unix()))), "", "invalid_client", "future"},
		{"not before two minutes from now", rs384(rsaKey, header, good(set("nbf", now.Add(2*time.Minute).Unix()))), "", "invalid_client", "future"},
		{"no scope", rs384(rsaKey, header, good()), " ", "invalid_scope", "names no scope"},
		{"a scope that there is not", rs384(rsaKey, header, good()), "system/*.read system/*.*", "invalid_scope", "not registered"},
		{"a person's scope", rs384(rsaKey, header, good()), "user/*.read", "invalid_scope", "not registered"},
		{"more than it is registered for", rs384(other, header, good(set("iss", "kings"), set("sub", "kings"))), "system/*.read system/*.write", "invalid_scope", "not registered"},
	} {
		t.Run(row.what, func(t *testing.T) {
			scope := row.scope
			if scope == "" {
				scope = "system/*.read"
			}
			grant, err := newIssuer(t, func() time.Time { return now }).Issue(t.Context(), ask(row.assertion, scope))
			var fault smart.Fault
			if !errors.As(err, &fault) || fault.Code != row.code || !strings.Contains(fault.Words, row.says) || grant.Token != "" {
				t.Errorf("answered %v, %+v", err, grant)
			}
		})
	}
}

func TestARequestOfAnotherKindIsRefused(t *testing.T) {
	i := newIssuer(t, func() time.Time { return now })
	for _, row := range []struct {
		change func(*smart.Request)
		code   string
	}{
		{func(r *smart.Request) { r.GrantType = "password" }, "unsupported_grant_type"},
		{func(r *smart.Request) { r.GrantType = "" }, "unsupported_grant_type"},
		{func(r *smart.Request) { r.AssertionType = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" }, "invalid_client"},
	} {
		r := ask(signed(t, jose.ES384, ownEC(), "ec", good()), "system/*.read")
		row.change(&r)
		var fault smart.Fault
		if _, err := i.Issue(t.Context(), r); !errors.As(err, &fault) || fault.Code != row.code {
			t.Errorf("answered %v, not %s", err, row.code)
		}
	}
}

func TestAnAssertionCountsOnce(t *testing.T) {
	i := newIssuer(t, func() time.Time { return now })
	again := signed(t, jose.ES384, ownEC(), "ec", good(set("jti", "one")))
	if _, err := i.Issue(t.Context(), ask(again, "system/*.read")); err != nil {
		t.Fatal(err)
	}
	for what, assertion := range map[string]string{"the same": again, "another with the same jti": signed(t, jose.RS384, ownRSA(), "rsa", good(set("jti", "one"), set("iat", now.Unix()-1)))} {
		var fault smart.Fault
		if _, err := i.Issue(t.Context(), ask(assertion, "system/*.read")); !errors.As(err, &fault) || !strings.Contains(fault.Words, "used before") {
			t.Errorf("%s: %v", what, err)
		}
	}
	i.Used.(*used).broken = errors.New("disk")
	var fault smart.Fault
	if _, err := i.Issue(t.Context(), ask(signed(t, jose.ES384, ownEC(), "ec", good()), "system/*.read")); err == nil || errors.As(err, &fault) {
		t.Errorf("where it cannot be kept that an assertion was used: %v", err)
	}
}

// Access tokens hold for five minutes, for what was granted and is registered still, and cannot be made by others.
func TestAnAccessTokenIsKnownAgain(t *testing.T) {
	at := now
	i := newIssuer(t, func() time.Time { return at })
	grant, err := i.Issue(t.Context(), ask(signed(t, jose.ES384, ownEC(), "ec", good()), "system/*.read"))
	if err != nil {
		t.Fatal(err)
	}
	account, _ := i.Find(grant.Token)
	own := access.Object{Centre: "RP4"}
	if err := access.May(account, access.ReadOwnPlan, own); err != nil {
		t.Error(err)
	}
	if err := access.May(account, access.PublishPlan, own); !errors.Is(err, access.ErrRefused) {
		t.Errorf("a token for reading publishes: %v", err)
	}
	if err := access.May(account, access.ReadOwnPlan, access.Object{Centre: "RJZ"}); !errors.Is(err, access.ErrRefused) {
		t.Errorf("a token reads another centre's: %v", err)
	}
	body, mac, _ := strings.Cut(strings.TrimPrefix(grant.Token, "ucpalert_at_"), ".")
	more := base64.RawURLEncoding.EncodeToString([]byte(`{"c":"gosh","s":["system/*.write"],"e":99999999999}`))
	for what, token := range map[string]string{
		"nothing": "", "without its prefix": body + "." + mac, "another body": "ucpalert_at_" + more + "." + mac, "no seal": "ucpalert_at_" + body + ".", "half a seal": grant.Token[:len(grant.Token)-10],
		"the prefix twice": "ucpalert_at_" + grant.Token, "something after it": grant.Token + "=",
	} {
		if _, known := i.Find(token); known {
			t.Errorf("%s is known", what)
		}
	}
	otherKey, err := smart.New(smart.Options{Endpoint: endpoint, Clients: i.Clients, Used: i.Used, Key: []byte(strings.Repeat("k", 32)), Now: i.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, known := otherKey.Find(grant.Token); known {
		t.Error("a token under another key is known")
	}
	unregistered := newIssuer(t, i.Now, i.Clients[1])
	if _, known := unregistered.Find(grant.Token); known {
		t.Error("a token of a client that is not registered any more is known")
	}
	at = now.Add(5 * time.Minute)
	if _, known := i.Find(grant.Token); known {
		t.Error("a token is known after five minutes")
	}
}

// Keys at an address are fetched when they are needed, once a minute at most whatever kids strangers name, and a new key is found.
func TestKeysAtAnAddress(t *testing.T) {
	var fetched atomic.Int32
	var body atomic.Pointer[[]byte]
	first := jwks(t, jose.JSONWebKey{Key: &ownRSA().PublicKey, KeyID: "rsa"})
	body.Store(&first)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetched.Add(1)
		if b := *body.Load(); b != nil {
			_, _ = w.Write(b)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	at := now
	i := newIssuer(t, func() time.Time { return at }, smart.Client{
		ID: "gosh", Account: access.Account{Name: "gosh", Role: access.Centre, Organisation: "RP4"}, Scopes: []string{smart.ReadAll},
		Keys: smart.KeysAt(server.URL, outbound.Private.Client(5*time.Second)),
	})
	try := func(key *rsa.PrivateKey, kid string) error {
		_, err := i.Issue(t.Context(), ask(rs384(key, object{"alg": "RS384", "kid": kid}, good(set("exp", at.Add(time.Minute).Unix()))), smart.ReadAll))
		return err
	}
	if err := try(ownRSA(), "rsa"); err != nil || fetched.Load() != 1 {
		t.Fatalf("the first: %v, fetched %d times", err, fetched.Load())
	}
	for range 200 {
		if err := try(ownRSA(), "unknown "+rand.Text()); err == nil {
			t.Fatal("an unknown kid was let in")
		}
	}
	if n := fetched.Load(); n != 1 {
		t.Errorf("200 unknown kids caused %d fetches within a minute", n-1)
	}
	next := jwks(t, jose.JSONWebKey{Key: &otherRSA().PublicKey, KeyID: "next"})
	body.Store(&next)
	at = at.Add(time.Minute)
	if err := try(otherRSA(), "next"); err != nil || fetched.Load() != 2 {
		t.Errorf("a new key: %v, fetched %d times", err, fetched.Load())
	}
	if err := try(ownRSA(), "rsa"); err == nil {
		t.Error("a key that was taken back is let in")
	}
	body.Store(new([]byte))
	at = at.Add(2 * time.Hour)
	if err := try(otherRSA(), "next"); err != nil {
		t.Errorf("while the server fails: %v", err)
	}
	at = at.Add(23 * time.Hour)
	if err := try(otherRSA(), "next"); err == nil {
		t.Error("keys that could not be read for a day are used")
	}
	out := newIssuer(t, func() time.Time { return now }, smart.Client{
		ID: "gosh", Account: access.Account{Name: "gosh", Role: access.Centre, Organisation: "RP4"}, Scopes: []string{smart.ReadAll},
		Keys: smart.KeysAt(server.URL, outbound.Public.Client(5*time.Second)),
	})
	before := fetched.Load()
	if _, err := out.Issue(t.Context(), ask(rs384(ownRSA(), object{"alg": "RS384", "kid": "rsa"}, good()), smart.ReadAll)); err == nil || fetched.Load() != before {
		t.Errorf("keys on this machine are asked for from outside: %v", err)
	}
}

func TestWhichKeySetsAreTaken(t *testing.T) {
	small, err := json.Marshal(jose.JSONWebKey{Key: &newRSA(2048).PublicKey})
	if err != nil {
		t.Fatal(err)
	}
	for what, row := range map[string]struct {
		body []byte
		says string
	}{
		"no JSON":         {[]byte("keys"), "not a JSON Web Key Set"},
		"no keys":         {[]byte(`{}`), "not a JSON Web Key Set"},
		"an empty set":    {[]byte(`{"keys":[]}`), "no public key"},
		"a shared secret": {[]byte(`{"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]}`), "no public key"},
		"a key of P-256":  {jwks(t, jose.JSONWebKey{Key: &newEC(elliptic.P256()).PublicKey, KeyID: "a"}), "no public key"},
		"for encryption":  {jwks(t, jose.JSONWebKey{Key: &ownRSA().PublicKey, KeyID: "a", Use: "enc"}), "no public key"},
		"without a kid":   {[]byte(`{"keys":[` + string(small) + `]}`), "no public key"},
		"a private key":   {jwks(t, jose.JSONWebKey{Key: ownEC(), KeyID: "a"}), "private key"},
	} {
		if _, err := smart.KeysInFile(file(t, row.body), now); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	mixed := `{"keys":[{"kty":"future","kid":"x"},` + strings.TrimPrefix(string(jwks(t, jose.JSONWebKey{Key: &ownEC().PublicKey, KeyID: "ec"})), `{"keys":[`)
	if _, err := smart.KeysInFile(file(t, []byte(mixed)), now); err != nil {
		t.Errorf("beside a key of an unknown kind: %v", err)
	}
}

func TestWhichClientsAreRegistered(t *testing.T) {
	whole := smart.Client{ID: "gosh", Account: access.Account{Role: access.Centre, Organisation: "RP4"}, Scopes: []string{smart.ReadAll}, Keys: &smart.Keys{}}
	o := smart.Options{Endpoint: endpoint, Used: &used{}, Key: make([]byte, 32), Now: time.Now, Clients: []smart.Client{whole}}
	if _, err := smart.New(o); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*smart.Client){
		"without an id": func(c *smart.Client) { c.ID = "" }, "an id of two lines": func(c *smart.Client) { c.ID = "a\nb" }, "as a person": func(c *smart.Client) { c.Account.Role = access.Clinician },
		"for no scope": func(c *smart.Client) { c.Scopes = nil }, "for a scope that there is not": func(c *smart.Client) { c.Scopes = []string{"*"} }, "without keys": func(c *smart.Client) { c.Keys = nil },
	} {
		c := whole
		change(&c)
		o.Clients = []smart.Client{c}
		if _, err := smart.New(o); err == nil {
			t.Errorf("a client is registered %s", what)
		}
	}
	o.Clients = []smart.Client{whole, whole}
	if _, err := smart.New(o); err == nil {
		t.Error("two clients have one id")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
