package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/oidc"
	"github.com/ucpalert/ucpalert/oidc/oidctest"
	"github.com/ucpalert/ucpalert/people"
)

// inn is a house whose people come from an identity provider.
type inn struct {
	*house
	idp *oidctest.Provider
}

func newInn(t *testing.T) *inn {
	t.Helper()
	h := newHouse(t)
	i := &inn{house: h, idp: oidctest.New(t, func() time.Time { return h.at })}
	i.idp.Claims["roles"] = []string{"UCP.Clinician"}
	p, err := oidc.New(oidc.Options{
		Name: "trust", Title: "The Trust", Issuer: i.idp.Issuer(), ClientID: oidctest.Client, Credential: oidc.Secret(oidctest.Secret),
		Rules: []oidc.Rule{
			{Value: "UCP.Clinician", Role: access.Clinician, Organisation: "RQW"}, {Value: "UCP.Lead", Role: access.NurseInCharge, Organisation: "RQW"},
			{Value: "UCP.Elsewhere", Role: access.Clinician, Organisation: "XXX"},
		},
		Callback: "https://alerts.example/sign-in/callback/trust", After: "https://alerts.example/sign-in", Client: http.DefaultClient, Now: func() time.Time { return h.at },
	})
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := oidc.NewSealer(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	h.world = newWorld(t, func(o *Options) { o.People, o.Providers = h.desk, Providers{All: []*oidc.Provider{p}, Sealer: sealer} })
	return i
}

// visit is what a browser does that is sent somewhere: from another site, with the cookies that it would send along.
func (i *inn) visit(path string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	i.t.Helper()
	r := httptest.NewRequest("GET", "https://alerts.example"+path, nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	i.handler.ServeHTTP(answer, r)
	return answer
}

func cookieNamed(answer *httptest.ResponseRecorder, name string) *http.Cookie {
	for _, c := range answer.Result().Cookies() {
		if c.Name == name && c.MaxAge >= 0 && c.Value != "" {
			return c
		}
	}
	return nil
}

// begin sends a browser to the provider; flow is the cookie that it holds, said what it brings back.
func (i *inn) begin(to string, held ...*http.Cookie) (flow *http.Cookie, said string) {
	i.t.Helper()
	answer := i.visit("/sign-in/with/trust?to="+url.QueryEscape(to), held...)
	want(i.t, answer, 303)
	if flow = cookieNamed(answer, flowCookieName); flow == nil || !flow.Secure || !flow.HttpOnly || flow.SameSite != http.SameSiteLaxMode {
		i.t.Fatalf("the cookie of the flow is %v", flow)
	}
	return flow, "/sign-in/callback/trust?" + i.idp.Authorise(answer.Header().Get("Location")).Encode()
}

// come signs somebody in by way of the provider.
func (i *inn) come() string {
	i.t.Helper()
	flow, said := i.begin("/board/RQW-AE")
	answer := i.visit(said, flow)
	want(i.t, answer, 303)
	if to := answer.Header().Get("Location"); to != "/board/RQW-AE" {
		i.t.Fatalf("sent to %s", to)
	}
	return cookieFrom(i.t, answer)
}

// wantRefused checks that somebody was sent back to sign in, for a reason, and without a session.
func (i *inn) wantRefused(what string, answer *httptest.ResponseRecorder, why string) {
	i.t.Helper()
	if to := answer.Header().Get("Location"); answer.Code != 303 || to != "/sign-in#refused="+why || cookieNamed(answer, cookieName) != nil {
		i.t.Errorf("%s: %d to %s", what, answer.Code, to)
	}
}

func TestSomebodyComesFromTheProviderToTheBoard(t *testing.T) {
	i := newInn(t)
	ways := i.here("", "GET", "/api/sign-in-ways", "")
	if want(t, ways, 200); !strings.Contains(ways.Body.String(), `{"name":"trust","title":"The Trust","down":false}`) {
		t.Error(ways.Body)
	}
	cookie := i.come()
	answer := i.here(cookie, "GET", "/api/session", "")
	want(t, answer, 200)
	for _, must := range []string{`"name":"ann.other@trust.example"`, `"role":"clinician"`, `"organisation":"RQW"`, `"by":"session"`, `"title":"The Trust"`} {
		if !strings.Contains(answer.Body.String(), must) {
			t.Errorf("%s lacks %s", answer.Body, must)
		}
	}
	answer = i.here(cookie, "POST", "/api/sign-out", "")
	want(t, answer, 200)
	if !strings.Contains(answer.Body.String(), i.idp.Issuer()+"/end?") || !strings.Contains(answer.Body.String(), "id_token_hint=") {
		t.Errorf("signing out leads to %s", answer.Body)
	}
	want(t, i.here(cookie, "GET", "/api/session", ""), 401)
}

func TestNobodyComesInWithAnothersAnswer(t *testing.T) {
	i := newInn(t)
	flow, said := i.begin("/")
	i.wantRefused("without the cookie", i.visit(said), "stale")
	i.wantRefused("with a cookie made up", i.visit(said, &http.Cookie{Name: flowCookieName, Value: "made-up"}), "stale")
	other, _ := i.begin("/")
	i.wantRefused("in the browser of somebody else", i.visit(said, other), "stale") // signing somebody in as the attacker
	want(t, i.visit("/sign-in/callback/other?code=x", flow), 404)
	answer := i.visit(said, flow)
	if want(t, answer, 303); answer.Header().Get("Location") != "/" {
		t.Error(answer.Header())
	}
	i.wantRefused("a second time", i.visit(said, flow), "untrue")
	i.idp.Claims["roles"] = []string{"UCP.Elsewhere"}
	flow, said = i.begin("/")
	i.wantRefused("of an organisation that is not in the directory", i.visit(said, flow), "place")
	i.idp.Claims["roles"] = nil
	flow, said = i.begin("/")
	i.wantRefused("without a role", i.visit(said, flow), "no-role")
	for to, want := range map[string]string{"//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/", "/board/RQW-AE": "/board/RQW-AE", "/a?b": "/", "/a#b": "/", "": "/", "/board//x": "/"} {
		if got := ownPage(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

func TestSigningInAnewEndsTheSessionBefore(t *testing.T) {
	i := newInn(t)
	before := i.come()
	flow, said := i.begin("/", &http.Cookie{Name: cookieName, Value: before})
	want(t, i.visit(said, flow), 303) // the Strict cookie of the session does not come along from the provider
	want(t, i.here(before, "GET", "/api/session", ""), 401)
}

func TestSigningOutAtTheProviderEndsTheSession(t *testing.T) {
	i := newInn(t)
	logout := func(token string) int {
		r := httptest.NewRequest("POST", "https://alerts.example/sign-in/logout/trust", strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		i.handler.ServeHTTP(answer, r)
		return answer.Code
	}
	first := i.come()
	i.idp.Claims["sid"] = "sid-2"
	second := i.come()
	token := i.idp.LogoutToken("one", nil)
	if code := logout(token); code != 200 {
		t.Fatalf("answered %d", code)
	}
	want(t, i.here(first, "GET", "/api/session", ""), 401)
	want(t, i.here(second, "GET", "/api/session", ""), 200) // another session at the provider
	i.idp.Claims["sid"] = "sid-1"
	again := i.come()
	for what, bad := range map[string]string{"the same again": token, "nothing": "", "one for another client": i.idp.LogoutToken("two", map[string]any{"aud": "other"})} {
		if code := logout(bad); code != 400 {
			t.Errorf("%s: answered %d", what, code)
		}
	}
	want(t, i.here(again, "GET", "/api/session", ""), 200)
	if code := logout(i.idp.LogoutToken("three", map[string]any{"sid": nil})); code != 200 {
		t.Errorf("all of somebody's: answered %d", code)
	}
	for _, cookie := range []string{second, again} {
		want(t, i.here(cookie, "GET", "/api/session", ""), 401)
	}
}

func TestWhoHasSeveralRolesChoosesOne(t *testing.T) {
	i := newInn(t)
	i.arrive()
	i.idp.Claims["roles"] = []string{"UCP.Clinician", "UCP.Lead"}
	cookie := i.come()
	answer := i.here(cookie, "GET", "/api/session", "")
	want(t, answer, 200)
	if !strings.Contains(answer.Body.String(), `"role":""`) || !strings.Contains(answer.Body.String(), `"roles":[{"role":"clinician"`) || !strings.Contains(answer.Body.String(), `"may":[]`) {
		t.Error(answer.Body)
	}
	for _, path := range []string{"/api/departments/RQW-AE/alerts", "/api/walls", "/api/alerts/alert1/plan"} {
		want(t, i.here(cookie, "GET", path, ""), 403)
	}
	want(t, i.here(cookie, "POST", "/api/stream-ticket", ""), 403)
	want(t, i.here(cookie, "POST", "/api/session/role", `{"role":"administrator","organisation":"RQW"}`), 422)
	want(t, i.here(cookie, "POST", "/api/session/role", `{"role":"clinician","organisation":"RWG"}`), 422)
	want(t, i.from("cross-site", cookie, "POST", "/api/session/role", `{"role":"clinician","organisation":"RQW"}`), 403)
	answer = i.here(cookie, "POST", "/api/session/role", `{"role":"clinician","organisation":"RQW"}`)
	want(t, answer, 204)
	clinician := cookieFrom(t, answer)
	want(t, i.here(cookie, "GET", "/api/session", ""), 401)
	want(t, i.here(clinician, "GET", "/api/departments/RQW-AE/alerts", ""), 200)
	want(t, i.here(clinician, "GET", "/api/walls", ""), 403)
	answer = i.here(clinician, "POST", "/api/session/role", `{"role":"nurse in charge","organisation":"RQW"}`)
	want(t, answer, 204)
	want(t, i.here(clinician, "GET", "/api/session", ""), 401)
	want(t, i.here(cookieFrom(t, answer), "GET", "/api/walls", ""), 200)
}

func TestAnAdministratorGivesSeveralRoles(t *testing.T) {
	h := newHouse(t)
	_, boss := h.joined("boss", access.Administrator, "RQW")
	secret, nurse := h.joined("a.nurse", access.Clinician, "RQW")
	p, err := h.desk.Named(t.Context(), "a.nurse")
	if err != nil {
		t.Fatal(err)
	}
	role := "/api/people/" + p.ID + "/role"
	want(t, h.here(boss, "PUT", role, `{"role":"clinician","organisation":"RQW","further":[{"role":"clinician","organisation":"RQW"}]}`), 422)
	want(t, h.here(boss, "PUT", role, `{"role":"clinician","organisation":"RQW","further":[{"role":"clinician","organisation":"XXX"}]}`), 422)
	want(t, h.here(nurse, "PUT", role, `{"role":"clinician","organisation":"RQW","further":[{"role":"administrator","organisation":"RQW"}]}`), 403)
	want(t, h.here(boss, "PUT", role, `{"role":"clinician","organisation":"RQW","further":[{"role":"nurse in charge","organisation":"RWG"}]}`), 204)
	want(t, h.here(nurse, "GET", "/api/session", ""), 401)
	cookie := cookieFrom(t, h.signIn("", "a.nurse", secret))
	answer := h.here(cookie, "GET", "/api/session", "")
	if !strings.Contains(answer.Body.String(), `"role":"nurse in charge","organisation":"RWG"`) {
		t.Error(answer.Body)
	}
}

// Where a provider vouches for people, a password opens nothing, unless the configuration keeps a door for administrators.
func TestWhoSignsInWithAPasswordBesideAProvider(t *testing.T) {
	for local, wants := range map[people.Local][2]int{people.LocalEverybody: {204, 204}, people.LocalAdministrators: {401, 204}, people.LocalNobody: {403, 403}} {
		h := newHouse(t)
		nurse, _ := h.joined("a.nurse", access.Clinician, "RQW")
		boss, _ := h.joined("boss", access.Administrator, "RQW")
		h.desk = people.NewDesk(h.store, func(access.Account) error { return nil }, func() time.Time { return h.at }, people.Limits{Local: local})
		h.world = newWorld(t, func(o *Options) { o.People = h.desk })
		want(t, h.signIn("", "a.nurse", nurse), wants[0])
		want(t, h.signIn("", "boss", boss), wants[1])
		_, _, err := h.desk.Invite(t.Context(), journal.Service, people.Person{Name: "new", Role: access.Clinician, Organisation: "RQW"})
		if (err == nil) != (local == people.LocalEverybody) {
			t.Errorf("%s: inviting a clinician: %v", passwordWords[local], err)
		}
	}
}

// A batch is asked for by whoever sent it: by a token or by a session.
func TestABatchIsAskedForByASession(t *testing.T) {
	h := newHouse(t)
	_, cookie := h.joined("author", access.CentreLead, "RWG")
	r := httptest.NewRequest("POST", "https://alerts.example/fhir", strings.NewReader(`{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"CarePlan?_count=1"}}]}`))
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: cookieName, Value: cookie})
	answer := httptest.NewRecorder()
	h.handler.ServeHTTP(answer, r)
	if strings.Contains(answer.Body.String(), "401") {
		t.Errorf("inside, nobody is signed in: %s", answer.Body)
	}
}

func TestOnlyATrustedProxyIsBelieved(t *testing.T) {
	h := newHouse(t)
	w := newWorld(t, func(o *Options) {
		o.People, o.TrustedProxies = h.desk, []netip.Prefix{netip.MustParsePrefix("10.20.0.0/28"), netip.MustParsePrefix("127.0.0.1/32")}
	})
	for _, row := range []struct {
		what, from, told, proto string
		place                   string
		tls                     bool
	}{
		{"a proxy", "10.20.0.4:1000", "81.2.3.4", "https", "81.2.3.4", true},
		{"a proxy in clear", "10.20.0.4:1000", "81.2.3.4", "http", "81.2.3.4", false},
		{"two proxies", "10.20.0.4:1000", "1.1.1.1, 81.2.3.4, 10.20.0.5", "https", "81.2.3.4", true},
		{"a client that writes the header first", "10.20.0.4:1000", "127.0.0.1, 81.2.3.4", "http, https", "81.2.3.4", true},
		{"a proxy that says nothing", "10.20.0.4:1000", "", "", "10.20.0.4", false},
		{"a proxy that says no address", "10.20.0.4:1000", "81.2.3.4, unknown", "https", "10.20.0.4", true},
		{"a stranger", "81.9.9.9:1000", "127.0.0.1", "https", "81.9.9.9", false},
		{"a neighbour of the proxies", "10.20.0.16:1000", "127.0.0.1", "https", "10.20.0.16", false},
	} {
		var place string
		var tls bool
		next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { place, tls = placeOf(r), overTLS(r) })
		r := httptest.NewRequest("GET", "http://alerts.example/", nil)
		r.RemoteAddr = row.from
		if row.told != "" {
			r.Header.Set("X-Forwarded-For", row.told)
		}
		if row.proto != "" {
			r.Header.Set("X-Forwarded-Proto", row.proto)
		}
		s := &server{Options: Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/28"), netip.MustParsePrefix("127.0.0.1/32")}}}
		s.behindProxy(next).ServeHTTP(httptest.NewRecorder(), r)
		if place != row.place || tls != row.tls {
			t.Errorf("%s: from %s, over TLS %v", row.what, place, tls)
		}
	}
	// Over a proxy on this machine a browser elsewhere has the Secure cookie, whatever the Host is.
	r := httptest.NewRequest("POST", "http://localhost/api/sign-in", strings.NewReader(`{"name":"x","password":"y","code":"1"}`))
	r.RemoteAddr = "127.0.0.1:1000"
	r.Header.Set("X-Forwarded-For", "81.2.3.4")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	want(t, answer, 401)
	if answer.Header().Get("Strict-Transport-Security") == "" {
		t.Error("over TLS to the proxy, and no HSTS")
	}
}

// KnockOutside and its like are asked of nobody in the tests of other addresses.
func (lodge) KnockOutside(context.Context, people.From) error          { return nil }
func (lodge) RefuseOutside(context.Context, string, people.From) error { return nil }
