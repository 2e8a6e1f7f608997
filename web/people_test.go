package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// lodge knows one screen on a wall in RQW-AE, and signs nobody in.
type lodge struct{ front }

// front has the methods that no test of the lodge asks for.
type front struct{ signingIn }

type signingIn = People

func (lodge) Session(context.Context, string) (people.Holder, error) {
	return people.Holder{}, people.ErrNoSession
}
func (lodge) People(context.Context) ([]people.Person, []string, error) { return nil, nil, nil }
func (lodge) Person(context.Context, string) (people.Person, error) {
	return people.Person{ID: "person-1", Name: "wall", Role: access.BoardViewer, Organisation: "RQW", Department: "RQW-AE"}, nil
}
func (lodge) Reset(context.Context, journal.Actor, string) (string, error)       { return "link", nil }
func (lodge) Disable(context.Context, journal.Actor, string) error               { return nil }
func (lodge) Enable(context.Context, journal.Actor, string) error                { return nil }
func (lodge) Assign(context.Context, journal.Actor, string, []access.Post) error { return nil }

// house is a world in which people have accounts.
type house struct {
	*world
	desk  *people.Desk
	store *sql.Store
	at    time.Time
}

const goodPassword = "tram violet bucket nine"

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{at: now}
	h.store = sql.NewStore(sqltest.Open(t, sqltest.SQLite(t)))
	h.desk = people.NewDesk(h.store, func(a access.Account) error {
		if a.Organisation != "RQW" && a.Organisation != "RWG" {
			return errors.New("no such organisation")
		}
		return nil
	}, func() time.Time { return h.at }, people.Limits{})
	h.world = newWorld(t, func(o *Options) { o.People = h.desk })
	return h
}

// from asks as a browser does: with a cookie, from a site. An empty site is that of a program, which names none.
func (h *house) from(site, cookie, method, path, body string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(method, "https://alerts.example"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if site != "" {
		r.Header.Set("Sec-Fetch-Site", site)
	}
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: cookie})
	}
	answer := httptest.NewRecorder()
	h.handler.ServeHTTP(answer, r)
	return answer
}

// here asks as a page of the service does.
func (h *house) here(cookie, method, path, body string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.from("same-origin", cookie, method, path, body)
}

// joined makes an account and returns the secret of its second factor and the cookie of its session.
func (h *house) joined(name string, role access.Role, organisation string) (secret, cookie string) {
	h.t.Helper()
	_, link, err := h.desk.Invite(h.t.Context(), journal.Service, people.Person{Name: name, Role: role, Organisation: organisation})
	if err != nil {
		h.t.Fatal(err)
	}
	answer := h.here("", "POST", "/api/invitation", `{"link":"`+link+`"}`)
	want(h.t, answer, 200)
	var offer offerView
	if err := json.Unmarshal(answer.Body.Bytes(), &offer); err != nil || !strings.HasPrefix(offer.QR, "data:image/png;base64,") {
		h.t.Fatalf("%v: %s", err, answer.Body)
	}
	answer = h.here("", "POST", "/api/invitation/acceptance", `{"link":"`+link+`","password":"`+goodPassword+`","code":"`+people.Code(offer.Secret, h.at)+`"}`)
	want(h.t, answer, 204)
	h.at = h.at.Add(time.Minute)
	return offer.Secret, cookieFrom(h.t, answer)
}

// cookieFrom is the session that an answer gives.
func cookieFrom(t testing.TB, answer *httptest.ResponseRecorder) string {
	t.Helper()
	for _, c := range answer.Result().Cookies() {
		if c.Name == cookieName {
			return c.Value
		}
	}
	t.Fatalf("no session: %v", answer.Header())
	return ""
}

func (h *house) signIn(cookie, name, secret string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.here(cookie, "POST", "/api/sign-in", `{"name":"`+name+`","password":"`+goodPassword+`","code":"`+people.Code(secret, h.at)+`"}`)
}

func TestASessionIsInACookieThatNoScriptReads(t *testing.T) {
	h := newHouse(t)
	secret, first := h.joined("a.nurse", access.Clinician, "RQW")
	answer := h.signIn("", "a.nurse", secret)
	want(t, answer, 204)
	header := answer.Header().Get("Set-Cookie")
	for _, must := range []string{"__Host-ucpalert=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"} {
		if !strings.Contains(header, must) {
			t.Errorf("the cookie %q lacks %s", header, must)
		}
	}
	if strings.Contains(header, "Domain") {
		t.Error("the cookie is for other hosts, too")
	}
	if cookie := cookieFrom(t, answer); cookie == first || len(cookie) < 40 {
		t.Errorf("the second session is %q", cookie)
	}
	answer = h.here(first, "GET", "/api/session", "")
	want(t, answer, 200)
	if !strings.Contains(answer.Body.String(), `"name":"a.nurse"`) || !strings.Contains(answer.Body.String(), `"by":"session"`) {
		t.Error(answer.Body)
	}
	want(t, h.here("planted", "GET", "/api/session", ""), 401)
	want(t, h.ask("GET", "/api/session", first, ""), 401)
	plain := httptest.NewRequest("GET", "http://alerts.example/api/session", nil)
	plain.AddCookie(&http.Cookie{Name: plainCookieName, Value: first})
	rec := httptest.NewRecorder()
	h.handler.ServeHTTP(rec, plain)
	want(t, rec, 401) // the cookie of this machine only, from another
}

func TestWhoHadASessionHasANewOneAfterSigningIn(t *testing.T) {
	h := newHouse(t)
	secret, planted := h.joined("a.nurse", access.Clinician, "RQW")
	answer := h.signIn(planted, "a.nurse", secret)
	want(t, answer, 204)
	if cookieFrom(t, answer) == planted {
		t.Error("the session is the one from before")
	}
	want(t, h.here(planted, "GET", "/api/session", ""), 401)
}

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	h := newHouse(t)
	_, cookie := h.joined("a.nurse", access.Clinician, "RQW")
	for _, row := range []struct {
		site, method, path string
		status             int
	}{
		{"cross-site", "POST", "/api/sign-out-everywhere", 403},
		{"same-site", "POST", "/api/sign-out-everywhere", 403}, // a neighbour below the same domain
		{"cross-site", "POST", "/api/sign-out", 403},
		{"cross-site", "POST", "/api/stream-ticket", 403},
		{"cross-site", "DELETE", "/api/sessions/x", 403},
		{"cross-site", "POST", "/api/sign-in", 403}, // nor signs somebody in as somebody else
		{"cross-site", "POST", "/api/invitation/acceptance", 403},
		{"cross-site", "POST", "/api/walls", 403},
		{"same-origin", "POST", "/api/stream-ticket", 200},
	} {
		answer := h.from(row.site, cookie, row.method, row.path, "")
		if answer.Code != row.status {
			t.Errorf("%s %s from %s: %d %s", row.method, row.path, row.site, answer.Code, answer.Body)
		}
	}
	r := httptest.NewRequest("POST", "https://alerts.example/api/sign-out-everywhere", nil)
	r.AddCookie(&http.Cookie{Name: cookieName, Value: cookie})
	r.Header.Set("Origin", "https://alerts.example.evil")
	answer := httptest.NewRecorder()
	h.handler.ServeHTTP(answer, r)
	want(t, answer, 403)
	want(t, h.here(cookie, "GET", "/api/session", ""), 200)
}

func TestNobodyEndsTheSessionsOfAnother(t *testing.T) {
	h := newHouse(t)
	secret, mine := h.joined("a.nurse", access.Clinician, "RQW")
	_, theirs := h.joined("b.nurse", access.Clinician, "RQW")
	var list sessionList
	answer := h.here(theirs, "GET", "/api/sessions", "")
	want(t, answer, 200)
	if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil || len(list.Sessions) != 1 || !list.Sessions[0].This {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	want(t, h.here(mine, "DELETE", "/api/sessions/"+list.Sessions[0].ID, ""), 404)
	want(t, h.here(theirs, "GET", "/api/session", ""), 200)
	want(t, h.here(theirs, "DELETE", "/api/sessions/"+list.Sessions[0].ID, ""), 204)
	want(t, h.here(theirs, "GET", "/api/session", ""), 401)
	another := cookieFrom(t, h.signIn("", "a.nurse", secret))
	answer = h.here(mine, "POST", "/api/sign-out-everywhere", "")
	want(t, answer, 204)
	if !strings.Contains(answer.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Error("the browser keeps the cookie")
	}
	for _, cookie := range []string{mine, another} {
		want(t, h.here(cookie, "GET", "/api/session", ""), 401)
	}
	want(t, h.ask("GET", "/api/sessions", "clinician-RQW", ""), 409)
}

func TestAnAdministratorLooksAfterAccounts(t *testing.T) {
	h := newHouse(t)
	_, boss := h.joined("boss", access.Administrator, "RQW")
	_, nurse := h.joined("a.nurse", access.Clinician, "RQW")
	want(t, h.here(nurse, "GET", "/api/people", ""), 403)
	answer := h.here(boss, "POST", "/api/people", `{"name":"new.one","full_name":"New One","role":"clinician","organisation":"RQW"}`)
	want(t, answer, 200)
	var link linkView
	if err := json.Unmarshal(answer.Body.Bytes(), &link); err != nil || len(link.Link) < 40 {
		t.Fatal(answer.Body)
	}
	want(t, h.here(boss, "POST", "/api/people", `{"name":"new.one","role":"clinician","organisation":"RQW"}`), 409)
	want(t, h.here(boss, "POST", "/api/people", `{"name":"other","role":"clinician","organisation":"XXX"}`), 422)
	want(t, h.here(boss, "POST", "/api/people", `{"name":"other","role":"clinician","organisation":"RQW","password":"mine","disabled":null}`), 422) // nothing but what is asked for
	answer = h.here(boss, "GET", "/api/people", "")
	var list personList
	if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil || len(list.People) != 3 || strings.Contains(answer.Body.String(), "argon2") {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	ids := map[string]string{}
	for _, p := range list.People {
		ids[p.Name] = p.ID
	}
	want(t, h.here(nurse, "PUT", "/api/people/"+ids["a.nurse"]+"/role", `{"role":"administrator","organisation":"RQW"}`), 403)
	want(t, h.here(boss, "POST", "/api/people/"+ids["boss"]+"/disable", ""), 409)
	want(t, h.here(boss, "PUT", "/api/people/"+ids["a.nurse"]+"/role", `{"role":"nurse in charge","organisation":"RQW"}`), 204)
	want(t, h.here(nurse, "GET", "/api/session", ""), 401) // another role, another sign-in
	want(t, h.here(boss, "POST", "/api/people/"+ids["new.one"]+"/disable", ""), 204)
	want(t, h.here("", "POST", "/api/invitation", `{"link":"`+link.Link+`"}`), 410)
	want(t, h.here(boss, "POST", "/api/people/"+ids["new.one"]+"/enable", ""), 204)
	want(t, h.here(boss, "POST", "/api/people/"+ids["new.one"]+"/reset", ""), 200)
	want(t, h.here(boss, "POST", "/api/people/none/reset", ""), 404)
}

func TestAScreenOnAWallIsLetInByALead(t *testing.T) {
	h := newHouse(t)
	h.arrive()
	_, lead := h.joined("lead", access.NurseInCharge, "RQW")
	_, nurse := h.joined("a.nurse", access.Clinician, "RQW")
	_, watford := h.joined("watford.lead", access.NurseInCharge, "RWG")
	var shown enrolmentView
	answer := h.here("", "POST", "/api/walls", "")
	want(t, answer, 200)
	if err := json.Unmarshal(answer.Body.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	claim := `{"secret":"` + shown.Secret + `"}`
	answer = h.here("", "POST", "/api/wall-claims", claim)
	want(t, answer, 200)
	if answer.Header().Get("Set-Cookie") != "" {
		t.Error("signed in before somebody approved")
	}
	approval := `{"code":"` + shown.Code + `","department":"RQW-AE","where":"above the desk"}`
	want(t, h.here(nurse, "POST", "/api/wall-approvals", approval), 403)
	want(t, h.here(watford, "POST", "/api/wall-approvals", approval), 403)
	want(t, h.here(lead, "POST", "/api/wall-approvals", approval), 204)
	wall := cookieFrom(t, h.here("", "POST", "/api/wall-claims", claim))
	answer = h.here(wall, "GET", "/api/departments/RQW-AE/alerts", "")
	want(t, answer, 200)
	for _, never := range []string{"Testcase", "nhs_number", "headline", "birth_date"} {
		if strings.Contains(answer.Body.String(), never) {
			t.Errorf("a wall is given %s: %s", never, answer.Body)
		}
	}
	for path, status := range map[string]int{"/api/alerts/alert1/plan": 403, "/api/departments/RWG-AE/alerts": 403, "/api/people": 403, "/api/walls": 403, "/api/departments/RQW-AE/arrivals": 403} {
		want(t, h.here(wall, "GET", path, ""), status)
	}
	want(t, h.here(wall, "POST", "/api/alerts/alert1/acknowledgement", ""), 403)
	var list personList
	answer = h.here(lead, "GET", "/api/walls", "")
	if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil || len(list.People) != 1 || list.People[0].FullName != "above the desk" {
		t.Fatalf("%v: %s", err, answer.Body)
	}
	want(t, h.here(watford, "DELETE", "/api/walls/"+list.People[0].ID, ""), 403)
	want(t, h.here(lead, "DELETE", "/api/walls/"+list.People[0].ID, ""), 204)
	want(t, h.here(wall, "GET", "/api/session", ""), 401)
}
