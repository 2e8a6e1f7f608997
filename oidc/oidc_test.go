package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/oidc"
	"github.com/ucpalert/ucpalert/oidc/oidctest"
)

// clock can be turned.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// pair is a provider and what relies on it.
type pair struct {
	*oidc.Provider
	t     *testing.T
	idp   *oidctest.Provider
	clock *clock
}

var clinicians = []oidc.Rule{{Value: "UCP.Clinician", Role: access.Clinician, Organisation: "RQW"}, {Value: "UCP.Lead", Role: access.NurseInCharge, Organisation: "RQW"}}

func relying(t *testing.T, options ...func(*oidc.Options)) *pair {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	idp := oidctest.New(t, c.now)
	idp.Claims["roles"] = []string{"UCP.Clinician"}
	o := oidc.Options{
		Name: "trust", Title: "The Trust", Issuer: idp.Issuer(), ClientID: oidctest.Client, Credential: oidc.Secret(oidctest.Secret), Rules: clinicians,
		Callback: "https://alerts.example/sign-in/callback/trust", After: "https://alerts.example/sign-in", Client: http.DefaultClient, Now: c.now,
	}
	for _, option := range options {
		option(&o)
	}
	p, err := oidc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &pair{p, t, idp, c}
}

// begin sends a browser to the provider, where the person signs in.
func (p *pair) begin() (oidc.Flow, url.Values) {
	p.t.Helper()
	address, flow, err := p.Begin(p.t.Context(), "/board/RQW-AE", "", false)
	if err != nil {
		p.t.Fatal(err)
	}
	return flow, p.idp.Authorise(address)
}

func (p *pair) signIn() (oidc.Identity, error) {
	p.t.Helper()
	flow, said := p.begin()
	return p.Finish(p.t.Context(), flow, said)
}

func wantWhy(t *testing.T, what string, err error, want oidc.Why) {
	t.Helper()
	refused, ok := errors.AsType[oidc.Refusal](err)
	if !ok || refused.Why != want {
		t.Errorf("%s: %v (%q), want %q", what, err, refused.Why, want)
	}
}

func TestSomebodyComesFromAProvider(t *testing.T) {
	p := relying(t)
	who, err := p.signIn()
	if err != nil {
		t.Fatal(err)
	}
	if who.Issuer != p.idp.Issuer() || who.Subject != "subject-1" || who.SID != "sid-1" || who.Name != "Ann.Other@trust.example" || who.FullName != "Ann Other" ||
		len(who.Posts) != 1 || who.Posts[0] != (access.Post{Role: access.Clinician, Organisation: "RQW"}) {
		t.Errorf("it is %+v", who)
	}
	end, err := url.Parse(p.EndSession(who.Token))
	if q := end.Query(); err != nil || end.Path != "/end" || q.Get("id_token_hint") != who.Token || q.Get("post_logout_redirect_uri") != "https://alerts.example/sign-in" || q.Get("client_id") != oidctest.Client {
		t.Errorf("signing out leads to %v, %v", end, err)
	}
}

// unsigned is a token whose header says that nobody signed it (RFC 8725 §2.1).
func unsigned(claims map[string]any) string {
	body, _ := json.Marshal(claims)
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"none"}`)) + "." + enc.EncodeToString(body) + "."
}

// strangerKey is a key that is no provider's.
var strangerKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func TestAWordThatIsNotTheProvidersIsNotTaken(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		what   string
		claims map[string]any
		sign   func(*oidctest.Provider) func(map[string]any) string
		said   func(url.Values)
		flow   func(*oidc.Flow)
		want   oidc.Why
	}{
		{what: "another nonce", claims: map[string]any{"nonce": "another"}, want: oidc.Untrue},
		{what: "no nonce", claims: map[string]any{"nonce": nil}, want: oidc.Untrue},
		{what: "another issuer", claims: map[string]any{"iss": "https://evil.example"}, want: oidc.Untrue},
		{what: "the issuer with a slash more", claims: map[string]any{"iss": "http://127.0.0.1/"}, want: oidc.Untrue},
		{what: "another audience", claims: map[string]any{"aud": "another-client"}, want: oidc.Untrue},
		{what: "no audience", claims: map[string]any{"aud": nil}, want: oidc.Untrue},
		{what: "several audiences and no azp", claims: map[string]any{"aud": []string{oidctest.Client, "another"}}, want: oidc.Untrue},
		{what: "given to another client", claims: map[string]any{"aud": []string{oidctest.Client, "another"}, "azp": "another"}, want: oidc.Untrue},
		{what: "no subject", claims: map[string]any{"sub": nil}, want: oidc.Untrue},
		{what: "expired", claims: map[string]any{"exp": at.Add(-2 * time.Minute).Unix()}, want: oidc.Untrue},
		{what: "no end", claims: map[string]any{"exp": nil}, want: oidc.Untrue},
		{what: "an end that is text", claims: map[string]any{"exp": "9999999999"}, want: oidc.Untrue},
		{what: "made in the future", claims: map[string]any{"iat": at.Add(2 * time.Minute).Unix()}, want: oidc.Untrue},
		{what: "made an hour ago", claims: map[string]any{"iat": at.Add(-time.Hour).Unix()}, want: oidc.Untrue},
		{what: "not made", claims: map[string]any{"iat": nil}, want: oidc.Untrue},
		{what: "not before tomorrow", claims: map[string]any{"nbf": at.Add(24 * time.Hour).Unix()}, want: oidc.Untrue},
		{what: "authenticated in the future", claims: map[string]any{"auth_time": at.Add(time.Hour).Unix()}, want: oidc.Untrue},
		{what: "an access token of somebody else's", claims: map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, want: oidc.Untrue},
		{what: "a clock that is half a minute fast", claims: map[string]any{"iat": at.Add(30 * time.Second).Unix()}, want: ""},
		{what: "a clock that is half a minute slow", claims: map[string]any{"exp": at.Add(-30 * time.Second).Unix()}, want: ""},
		{what: "alg none", sign: func(*oidctest.Provider) func(map[string]any) string { return unsigned }, want: oidc.Untrue},
		{what: "HS256 with the public key as the secret", sign: func(p *oidctest.Provider) func(map[string]any) string {
			der, _ := x509.MarshalPKIXPublicKey(&p.Key().PublicKey)
			return func(c map[string]any) string { return p.Signed(jose.HS256, der, "key-1", c) }
		}, want: oidc.Untrue},
		{what: "HS256 with the client's secret", sign: func(p *oidctest.Provider) func(map[string]any) string {
			return func(c map[string]any) string {
				return p.Signed(jose.HS256, []byte(oidctest.Secret+oidctest.Secret), "key-1", c)
			}
		}, want: oidc.Untrue},
		{what: "a stranger's key under the provider's key id", sign: func(p *oidctest.Provider) func(map[string]any) string {
			return func(c map[string]any) string { return p.Signed(jose.RS256, strangerKey(), "key-1", c) }
		}, want: oidc.Untrue},
		{what: "a stranger's key", sign: func(p *oidctest.Provider) func(map[string]any) string {
			return func(c map[string]any) string { return p.Signed(jose.RS256, strangerKey(), "key-2", c) }
		}, want: oidc.Untrue},
		{what: "no token", sign: func(*oidctest.Provider) func(map[string]any) string {
			return func(map[string]any) string { return "" }
		}, want: oidc.Untrue},
		{what: "another state", said: func(v url.Values) { v.Set("state", "another") }, want: oidc.Stale},
		{what: "no state", said: func(v url.Values) { v.Del("state") }, want: oidc.Stale},
		{what: "the flow of another provider", flow: func(f *oidc.Flow) { f.Provider = "other" }, want: oidc.Stale},
		{what: "a flow of yesterday", flow: func(f *oidc.Flow) { f.Until = at.Add(-time.Second) }, want: oidc.Stale},
		{what: "a code for another verifier", flow: func(f *oidc.Flow) { f.Verifier += "x" }, want: oidc.Untrue},
		{what: "a code that was never given", said: func(v url.Values) { v.Set("code", "made-up") }, want: oidc.Untrue},
		{what: "no code", said: func(v url.Values) { v.Del("code") }, want: oidc.Untrue},
		{what: "two codes", said: func(v url.Values) { v.Add("code", "another") }, want: oidc.Untrue},
		{what: "an answer of another provider (mix-up)", said: func(v url.Values) { v.Set("iss", "https://evil.example") }, want: oidc.Untrue},
		{what: "the person turned back", said: func(v url.Values) { v.Del("code"); v.Set("error", "access_denied") }, want: oidc.Denied},
		{what: "an error with a line break", said: func(v url.Values) { v.Del("code"); v.Set("error", "x\ny") }, want: oidc.Untrue},
		{what: "no role", claims: map[string]any{"roles": nil}, want: oidc.NoRole},
		{what: "roles of another application", claims: map[string]any{"roles": []string{"Something.Else", "ucp.clinician"}}, want: oidc.NoRole},
	} {
		t.Run(row.what, func(t *testing.T) {
			p := relying(t)
			for name, value := range row.claims {
				p.idp.Claims[name] = value
			}
			if row.sign != nil {
				p.idp.Sign = row.sign(p.idp)
			}
			flow, said := p.begin()
			if row.said != nil {
				row.said(said)
			}
			if row.flow != nil {
				row.flow(&flow)
			}
			_, err := p.Finish(t.Context(), flow, said)
			if row.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantWhy(t, row.what, err, row.want)
			if err != nil && (strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "Ann")) {
				t.Errorf("the words are %q", err)
			}
		})
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	p := relying(t)
	flow, said := p.begin()
	if _, err := p.Finish(t.Context(), flow, said); err != nil {
		t.Fatal(err)
	}
	_, err := p.Finish(t.Context(), flow, said)
	wantWhy(t, "the code again", err, oidc.Untrue)
}

// A provider that says so must name itself in each answer (RFC 9207).
func TestAProviderThatNamesItselfIsBelievedOnlyWithItsName(t *testing.T) {
	p := relying(t)
	p.idp.Named = true
	flow, said := p.begin()
	_, err := p.Finish(t.Context(), flow, said)
	wantWhy(t, "no name", err, oidc.Untrue)
	flow, said = p.begin()
	said.Set("iss", p.idp.Issuer())
	if _, err := p.Finish(t.Context(), flow, said); err != nil {
		t.Error(err)
	}
}

func TestHowStronglySomebodyProvedWhoTheyAre(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	demand := func(o *oidc.Options) {
		o.ACR, o.AMR, o.MaxAge = []string{"gold", "platinum"}, []string{"hwk", "sc"}, time.Hour
	}
	for _, row := range []struct {
		what   string
		claims map[string]any
		want   oidc.Why
	}{
		{"what was asked for", map[string]any{"amr": []string{"pwd", "hwk"}}, ""},
		{"more than was asked for", map[string]any{"acr": "platinum", "amr": []string{"sc"}}, ""},
		{"no acr", map[string]any{"acr": nil, "amr": []string{"sc"}}, oidc.Weak},
		{"a lower acr", map[string]any{"acr": "silver", "amr": []string{"sc"}}, oidc.Weak},
		{"no amr", nil, oidc.Weak},
		{"a weaker method", map[string]any{"amr": []string{"pwd"}}, oidc.Weak},
		{"too long ago", map[string]any{"amr": []string{"sc"}, "auth_time": at.Add(-2 * time.Hour).Unix()}, oidc.Weak},
		{"at no time", map[string]any{"amr": []string{"sc"}, "auth_time": nil}, oidc.Weak},
	} {
		p := relying(t, demand)
		for name, value := range row.claims {
			p.idp.Claims[name] = value
		}
		_, err := p.signIn()
		if row.want == "" {
			if err != nil {
				t.Errorf("%s: %v", row.what, err)
			}
			continue
		}
		wantWhy(t, row.what, err, row.want)
	}
}

// cis2 is somebody at CIS2 with two roles.
func cis2(p *pair, selected any) {
	p.idp.Claims["selected_roleid"], p.idp.Claims["name"] = selected, nil // names are in the userinfo only
	p.idp.Claims["id_assurance_level"], p.idp.Claims["authentication_assurance_level"] = "3", "3"
	p.idp.Info["name"], p.idp.Info["nhsid_useruid"] = "OTHER Ann (Dr)", "910000000001"
	p.idp.Info["nhsid_nrbac_roles"] = []map[string]any{
		{"person_roleid": "555000000001", "org_code": "RQW", "role_code": "S8000:G8000:R8000", "activity_codes": []string{"B0380"}},
		{"person_roleid": "555000000002", "org_code": "RWG", "role_code": "S8001:G8002:R8003"},
		{"person_roleid": "555000000003", "role_code": "S8000:G8000:R8000"},
	}
}

func TestWithCIS2TheSelectedRoleAndItsOrganisationCount(t *testing.T) {
	preset := func(o *oidc.Options) {
		o.Preset, o.Name = oidc.CIS2, "trust"
		o.Rules = []oidc.Rule{{Value: "R8000", Role: access.Clinician}, {Value: "B0380", Role: access.NurseInCharge}, {Value: "R8003", Role: access.CentreLead, Organisation: "RP4"}}
	}
	for _, row := range []struct {
		what     string
		selected any
		change   func(*oidctest.Provider)
		want     oidc.Why
		posts    string
	}{
		{what: "the first role", selected: "555000000001", posts: "clinician of RQW; nurse in charge of RQW"},
		{what: "the second, for which the rule names another organisation", selected: "555000000002", want: oidc.NoRole},
		{what: "a role without an organisation", selected: "555000000003", want: oidc.NoRole},
		{what: "a role that the person does not have", selected: "555000000009", want: oidc.NoRole},
		{what: "no role", selected: nil, want: oidc.NoRole},
		{what: "an empty role", selected: "", want: oidc.NoRole},
		{what: "the userinfo of somebody else", selected: "555000000001", change: func(p *oidctest.Provider) { p.Info["sub"] = "subject-2" }, want: oidc.Untrue},
		{what: "a role that only the userinfo selects", selected: nil, change: func(p *oidctest.Provider) { p.Info["selected_roleid"] = "555000000001" }, posts: "clinician of RQW; nurse in charge of RQW"},
		{what: "a userinfo that selects another than the ID token", selected: "555000000002", change: func(p *oidctest.Provider) { p.Info["selected_roleid"] = "555000000001" }, want: oidc.NoRole},
		{what: "an identity that was proved less", selected: "555000000001", change: func(p *oidctest.Provider) { p.Claims["id_assurance_level"] = "2" }, want: oidc.Weak},
		{what: "a password only", selected: "555000000001", change: func(p *oidctest.Provider) { p.Claims["authentication_assurance_level"] = 1 }, want: oidc.Weak},
		{what: "no word about the assurance", selected: "555000000001", change: func(p *oidctest.Provider) { p.Claims["id_assurance_level"] = nil }, want: oidc.Weak},
		{what: "another class of authentication", selected: "555000000001", change: func(p *oidctest.Provider) { p.Claims["acr"] = "AAL1_USERPASS" }, want: oidc.Weak},
	} {
		p := relying(t, preset)
		cis2(p, row.selected)
		if row.change != nil {
			row.change(p.idp)
		}
		who, err := p.signIn()
		if row.want != "" {
			wantWhy(t, row.what, err, row.want)
			continue
		}
		var posts []string
		for _, post := range who.Posts {
			posts = append(posts, post.String())
		}
		if err != nil || strings.Join(posts, "; ") != row.posts || who.Name != "trust-910000000001" || who.FullName != "OTHER Ann (Dr)" {
			t.Errorf("%s: %+v, %v", row.what, who, err)
		}
	}
}

func TestWithEntraAppRolesAndGroupsCount(t *testing.T) {
	o := oidc.Options{
		Name: "entra", Title: "Trust account", Preset: oidc.Entra, Issuer: "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0", ClientID: "x", Credential: oidc.Secret("x"),
		Rules: append(clinicians, oidc.Rule{Value: "22222222-2222-2222-2222-222222222222", Role: access.CentreLead, Organisation: "RP4"}), Client: http.DefaultClient, Now: time.Now,
	}
	p, err := oidc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	u := p.Understand(oidc.Claims{"roles": []any{"UCP.Lead"}, "groups": []any{"22222222-2222-2222-2222-222222222222"}})
	if len(u.Posts) != 2 || u.Posts[0].Role != access.NurseInCharge || u.Posts[1] != (access.Post{Role: access.CentreLead, Organisation: "RP4"}) {
		t.Errorf("understood as %+v", u)
	}
	u = p.Understand(oidc.Claims{"_claim_names": map[string]any{"groups": "src1"}})
	if words := strings.Join(u.Words, "; "); len(u.Posts) != 0 || !strings.Contains(words, "too many") || !strings.Contains(words, "no rule gives a role") {
		t.Errorf("too many groups: %+v", u)
	}
	wantWhy(t, "another tenant", p.Strength(oidc.Claims{"tid": "33333333-3333-3333-3333-333333333333"}), oidc.Untrue)
	if err := p.Strength(oidc.Claims{"tid": "11111111-1111-1111-1111-111111111111"}); err != nil {
		t.Error(err)
	}
}

func TestALogoutTokenMustHold(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	p := relying(t)
	for _, row := range []struct {
		what   string
		claims map[string]any
		ok     bool
	}{
		{"as it should be", nil, true},
		{"a subject only", map[string]any{"sid": nil}, true},
		{"a session only", map[string]any{"sub": nil}, true},
		{"neither", map[string]any{"sub": nil, "sid": nil}, false},
		{"an ID token", map[string]any{"nonce": "n"}, false},
		{"no event", map[string]any{"events": nil}, false},
		{"another event", map[string]any{"events": map[string]any{"http://schemas.openid.net/event/other": map[string]any{}}}, false},
		{"an event that is no object", map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": true}}, false},
		{"no id", map[string]any{"jti": nil}, false},
		{"another audience", map[string]any{"aud": "another"}, false},
		{"another issuer", map[string]any{"iss": "https://evil.example"}, false},
		{"expired", map[string]any{"exp": at.Add(-time.Hour).Unix()}, false},
		{"of the future", map[string]any{"iat": at.Add(time.Hour).Unix()}, false},
		{"of an hour ago", map[string]any{"iat": at.Add(-time.Hour).Unix()}, false},
	} {
		out, err := p.Logout(t.Context(), p.idp.LogoutToken("jti", row.claims))
		if (err == nil) != row.ok {
			t.Errorf("%s: %+v, %v", row.what, out, err)
		}
		if !row.ok {
			wantWhy(t, row.what, err, oidc.Untrue)
		}
	}
	_, err := p.Logout(t.Context(), unsigned(map[string]any{"iss": p.idp.Issuer()}))
	wantWhy(t, "alg none", err, oidc.Untrue)
	_, err = p.Logout(t.Context(), "")
	wantWhy(t, "nothing", err, oidc.Untrue)
}

// Whoever sends tokens with key ids that nobody has must not have the provider asked each time.
func TestUnknownKeysCauseAtMostOneReadingAMinute(t *testing.T) {
	p := relying(t)
	if _, err := p.signIn(); err != nil {
		t.Fatal(err)
	}
	before := p.idp.Asked("/keys")
	forged := p.idp.Signed(jose.RS256, strangerKey(), "made-up", map[string]any{"iss": p.idp.Issuer()})
	for range 50 {
		_, err := p.Logout(t.Context(), forged)
		wantWhy(t, "a forged token", err, oidc.Untrue)
	}
	if asked := p.idp.Asked("/keys") - before; asked > 1 {
		t.Errorf("the keys were read %d times", asked)
	}
	p.clock.turn(61 * time.Second)
	_, _ = p.Logout(t.Context(), forged)
	if asked := p.idp.Asked("/keys") - before; asked != 1 && asked != 2 {
		t.Errorf("a minute later the keys were read %d times in all", asked)
	}
}

func TestAProviderThatDoesNotAnswer(t *testing.T) {
	p := relying(t)
	flow, said := p.begin()
	p.idp.SetDown(true)
	_, err := p.Finish(t.Context(), flow, said)
	wantWhy(t, "while somebody signs in", err, oidc.Down)
	p.clock.turn(time.Minute)
	if err := p.Up(t.Context()); err == nil || p.State() == nil {
		t.Error("it is taken to answer")
	}
	_, _, err = p.Begin(t.Context(), "/", "", false)
	wantWhy(t, "before somebody signs in", err, oidc.Down)
	for range 20 {
		_ = p.Up(t.Context())
	}
	if asked := p.idp.Asked("/.well-known/openid-configuration"); asked != 2 {
		t.Errorf("it was asked %d times", asked)
	}
	p.idp.SetDown(false)
	p.clock.turn(time.Minute)
	if err := p.Up(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := p.signIn(); err != nil {
		t.Errorf("after it came back: %v", err)
	}
}

func TestAFlowThatTheBrowserKeepsCannotBeChanged(t *testing.T) {
	secret := make([]byte, 32)
	s, err := oidc.NewSealer(secret)
	if err != nil {
		t.Fatal(err)
	}
	flow := oidc.Flow{Provider: "trust", State: "state", Nonce: "nonce", Verifier: "verifier", To: "/board/RQW-AE", Until: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	sealed, err := s.Seal(flow)
	if err != nil || strings.Contains(sealed, "nonce") {
		t.Fatal(sealed, err)
	}
	if got, err := s.Open(sealed); err != nil || got != flow {
		t.Errorf("opened as %+v, %v", got, err)
	}
	secret[0] = 1
	other, err := oidc.NewSealer(secret)
	if err != nil {
		t.Fatal(err)
	}
	byOther, err := other.Seal(flow)
	if err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string]string{"nothing": "", "rubbish": "rubbish", "cut": sealed[:len(sealed)-4], "changed": sealed[:20] + "AAAA" + sealed[24:], "sealed with another key": byOther} {
		if _, err := s.Open(bad); err == nil {
			t.Errorf("%s is opened", what)
		}
	}
}

func TestOptionsThatCannotBeMeant(t *testing.T) {
	for what, change := range map[string]func(*oidc.Options){
		"a name with a slash": func(o *oidc.Options) { o.Name = "a/b" },
		"no title":            func(o *oidc.Options) { o.Title = "" },
		"an issuer in clear":  func(o *oidc.Options) { o.Issuer = "http://login.example" },
		"no client":           func(o *oidc.Options) { o.ClientID = "" },
		"no credential":       func(o *oidc.Options) { o.Credential = oidc.Credential{} },
		"an unknown preset":   func(o *oidc.Options) { o.Preset = "cis3" },
		"no rules":            func(o *oidc.Options) { o.Rules = nil },
		"a rule for a system": func(o *oidc.Options) { o.Rules = []oidc.Rule{{Value: "x", Role: access.Centre, Organisation: "RP4"}} },
		"a rule for a wall": func(o *oidc.Options) {
			o.Rules = []oidc.Rule{{Value: "x", Role: access.BoardViewer, Organisation: "RQW"}}
		},
		"a rule without a value":      func(o *oidc.Options) { o.Rules = []oidc.Rule{{Role: access.Clinician, Organisation: "RQW"}} },
		"a rule without organisation": func(o *oidc.Options) { o.Rules = []oidc.Rule{{Value: "x", Role: access.Clinician}} },
		"a rule twice":                func(o *oidc.Options) { o.Rules = append(clinicians, clinicians[0]) },
		"a skew of an hour":           func(o *oidc.Options) { o.Skew = time.Hour },
	} {
		o := oidc.Options{Name: "trust", Title: "T", Issuer: "https://login.example", ClientID: "x", Credential: oidc.Secret("x"), Rules: clinicians, Client: http.DefaultClient, Now: time.Now}
		change(&o)
		if _, err := oidc.New(o); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
