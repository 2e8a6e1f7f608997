package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/oidc"
	"github.com/ucpalert/ucpalert/people"
)

// The cookie that holds a sign-in under way, sealed. It is SameSite=Lax, because it has to come along when the provider sends the browser back.
const (
	flowCookieName      = "__Host-ucpalert-sign-in"
	plainFlowCookieName = "ucpalert-sign-in-plain-http-this-machine-only"
	flowCookieFor       = 600 // seconds; the sealed sign-in itself ends earlier or then
)

var errNoProvider = refusal{http.StatusNotFound, fhir.NotFound, "There is no such identity provider here."}

// Outside signs people in for whom an identity provider vouches; [people.Desk] does.
type Outside interface {
	// KnockOutside counts an attempt; a people.TooManyError says that too many failed from the place.
	KnockOutside(ctx context.Context, from people.From) error
	RefuseOutside(ctx context.Context, reason string, from people.From) error
	// SignInOutside returns a session that is durable. Errors: people.ErrReplayed, people.ErrDisabled, a people.AccountError.
	SignInOutside(ctx context.Context, v people.Vouched, from people.From) (cookie string, begun people.Session, err error)
	// EndOutside returns how many sessions have ended, durably. Errors: people.ErrReplayed.
	EndOutside(ctx context.Context, o people.SignedOut) (ended int, err error)
}

// Providers are the identity providers that people may come from.
type Providers struct {
	All []*oidc.Provider
	// Sealer seals sign-ins under way, with a key that all nodes have.
	Sealer oidc.Sealer
}

func (p Providers) named(name string) *oidc.Provider {
	for _, one := range p.All {
		if one.Name == name {
			return one
		}
	}
	return nil
}

func (p Providers) of(issuer string) *oidc.Provider {
	for _, one := range p.All {
		if one.Issuer == issuer {
			return one
		}
	}
	return nil
}

// providerPath is under which these addresses are.
const providerPath = "/sign-in/"

// providerRoutes are the addresses that browsers and providers come to. Each provider has its own to come back to (RFC 9700 §4.4.2.2, mix-up).
func (s *server) providerRoutes() []route {
	return []route{
		{"GET", providerPath + "with/{provider}", everybody, "", problemEdge, http.HandlerFunc(s.goToProvider)},
		{"GET", providerPath + "callback/{provider}", everybody, "", problemEdge, http.HandlerFunc(s.comeFromProvider)},
		{"POST", providerPath + "logout/{provider}", ownDoor, "", problemEdge, http.HandlerFunc(s.signedOutAtProvider)},
	}
}

// addProviders adds the address that says how people sign in here.
func (s *server) addProviders(api *apiTable) {
	addAPI(s, api, everybody, "", huma.Operation{
		Method: "GET", Path: "/api/sign-in-ways", OperationID: "sign-in-ways", Summary: "How people sign in here",
	}, s.signInWays)
}

type providerView struct {
	Name  string `json:"name" doc:"As it stands in /sign-in/with/{name}"`
	Title string `json:"title"`
	Down  bool   `json:"down" doc:"It did not answer within the last twenty seconds"`
}

type waysView struct {
	Password  string         `json:"password" enum:"everybody,administrators,nobody" doc:"Who signs in with a password of this service"`
	Providers []providerView `json:"providers" nullable:"false"`
}

// passwordWords say who signs in with a password.
var passwordWords = map[people.Local]string{people.LocalEverybody: "everybody", people.LocalAdministrators: "administrators", people.LocalNobody: "nobody"}

func (s *server) signInWays(ctx context.Context, _ *none) (*body[waysView], error) {
	view := waysView{Password: passwordWords[s.Passwords], Providers: []providerView{}}
	for _, p := range s.Providers.All {
		err := p.Up(ctx)
		if err != nil {
			s.Log.WarnContext(ctx, "an identity provider does not answer; open sessions go on", "provider", p.Name, "error", err)
		}
		view.Providers = append(view.Providers, providerView{p.Name, p.Title, err != nil})
	}
	return &body[waysView]{view}, nil
}

// goToProvider sends a browser to a provider.
func (s *server) goToProvider(w http.ResponseWriter, r *http.Request) {
	p := s.Providers.named(r.PathValue("provider"))
	if p == nil {
		s.fail(w, r, errNoProvider)
		return
	}
	before, err := s.sessionBefore(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	q := r.URL.Query()
	address, flow, err := p.Begin(r.Context(), ownPage(q.Get("to")), before, q.Get("again") == "1")
	if err != nil {
		s.turnBack(w, r, p.Name, err)
		return
	}
	sealed, err := s.Providers.Sealer.Seal(flow)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.SetCookie(w, flowCookie(r, sealed, flowCookieFor))
	seeOther(w, address)
}

// sessionBefore is the id of the session that a browser has; empty if it has none.
func (s *server) sessionBefore(r *http.Request) (string, error) {
	cookie := SessionCookie(r)
	if cookie == "" {
		return "", nil
	}
	h, err := s.People.Session(r.Context(), cookie)
	if errors.Is(err, people.ErrNoSession) {
		return "", nil
	}
	return h.Session.ID, err
}

// flowCookie is the cookie of a sign-in under way; with a negative age it is taken away.
func flowCookie(r *http.Request, sealed string, age int) *http.Cookie {
	c := &http.Cookie{Name: flowCookieName, Value: sealed, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode, MaxAge: age}
	if plainHere(r) {
		c.Name, c.Secure = plainFlowCookieName, false
	}
	return c
}

var ownPageShape = regexp.MustCompile(`^/(?:[A-Za-z0-9._~-]+/?)*$`)

// ownPage is a page of the service, or the first one: nobody is sent anywhere else after signing in.
func ownPage(path string) string {
	if len(path) > 200 || !ownPageShape.MatchString(path) {
		return "/"
	}
	return path
}

// seeOther sends a browser on with GET, and keeps no trace of where from.
func seeOther(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}

// comeFromProvider takes what the provider sent back with the browser.
func (s *server) comeFromProvider(w http.ResponseWriter, r *http.Request) {
	p := s.Providers.named(r.PathValue("provider"))
	if p == nil {
		s.fail(w, r, errNoProvider)
		return
	}
	held, err := r.Cookie(flowCookie(r, "", 0).Name)
	var flow oidc.Flow
	if err == nil {
		flow, err = s.Providers.Sealer.Open(held.Value)
	}
	if err != nil {
		s.sendBack(w, r, string(oidc.Stale)) // strangers come so, too: nothing is journalled
		return
	}
	http.SetCookie(w, flowCookie(r, "", -1))
	v := visitOf(r.Context())
	if err := s.People.KnockOutside(r.Context(), v.from); err != nil {
		s.turnBack(w, r, p.Name, err)
		return
	}
	who, err := p.Finish(r.Context(), flow, r.URL.Query())
	if err == nil {
		err = s.letIn(w, r, flow, who)
	}
	if err != nil {
		s.turnBack(w, r, p.Name, err)
		return
	}
	seeOther(w, flow.To)
}

// letIn begins the session of somebody whom a provider vouches for.
func (s *server) letIn(w http.ResponseWriter, r *http.Request, flow oidc.Flow, who oidc.Identity) error {
	v := visitOf(r.Context())
	cookie, begun, err := s.People.SignInOutside(r.Context(), people.Vouched{
		Provider: who.Issuer, Subject: who.Subject, Name: who.Name, FullName: who.FullName, Posts: who.Posts, SID: who.SID, Hint: who.Token,
		Once: flow.State, Until: flow.Until, Before: flow.Before,
	}, v.from)
	if err != nil {
		return err
	}
	w.Header().Add("Set-Cookie", setCookie(v, cookie, begun.Ends))
	return nil
}

// The words, besides those of package oidc, for which the page of signing in has a sentence.
const (
	whyPlace    = "place"
	whyDisabled = "disabled"
	whyWait     = "wait"
)

// turnBack journals why somebody who came from a provider was not let in, and sends them to the page of signing in, which says it in words.
func (s *server) turnBack(w http.ResponseWriter, r *http.Request, provider string, err error) {
	why, reason := whyOf(err)
	if why == "" {
		s.fail(w, r, err)
		return
	}
	s.Log.LogAttrs(r.Context(), slog.LevelWarn, "somebody was not let in by way of an identity provider", slog.String("provider", provider), slog.String("why", why), slog.String("reason", err.Error()))
	if why != whyWait && why != string(oidc.Down) { // neither says anything about who came
		if err := s.People.RefuseOutside(r.Context(), provider+": "+reason, visitOf(r.Context()).from); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.sendBack(w, r, why)
}

// whyOf is the word for the page, and what the journal may say; no word where the fault is the service's own.
func whyOf(err error) (why, reason string) {
	if refused, ok := errors.AsType[oidc.Refusal](err); ok {
		return string(refused.Why), refused.Reason()
	}
	if _, ok := errors.AsType[people.TooManyError](err); ok {
		return whyWait, ""
	}
	if unfit, ok := errors.AsType[people.AccountError](err); ok {
		return whyPlace, unfit.Error()
	}
	switch {
	case errors.Is(err, people.ErrReplayed):
		return string(oidc.Stale), "the answer was used before"
	case errors.Is(err, people.ErrDisabled):
		return whyDisabled, "the account is disabled here"
	}
	return "", ""
}

// sendBack sends a browser to the page of signing in. What stands behind the # no server is sent.
func (s *server) sendBack(w http.ResponseWriter, _ *http.Request, why string) {
	seeOther(w, "/sign-in#refused="+why)
}

// signedOutAtProvider takes a logout token (OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.8).
func (s *server) signedOutAtProvider(w http.ResponseWriter, r *http.Request) {
	p := s.Providers.named(r.PathValue("provider"))
	if p == nil {
		s.fail(w, r, errNoProvider)
		return
	}
	out, err := p.Logout(r.Context(), r.PostFormValue("logout_token"))
	ended := 0
	if err == nil {
		ended, err = s.People.EndOutside(r.Context(), people.SignedOut{Provider: out.Issuer, Subject: out.Subject, SID: out.SID, ID: out.ID, Until: out.Until})
	}
	switch why, reason := whyOf(err); {
	case err == nil:
		s.Log.InfoContext(r.Context(), "somebody signed out at an identity provider", "provider", p.Name, "sessions", ended)
		w.WriteHeader(http.StatusOK)
	case why == "":
		s.fail(w, r, err)
	default:
		s.Log.WarnContext(r.Context(), "a logout token was refused", "provider", p.Name, "error", err)
		s.noteLogout(r.Context(), p.Name, reason)
		writeJSON(w, http.StatusBadRequest, "application/json", json.RawMessage(`{"error":"invalid_request","error_description":"the logout token does not hold"}`))
	}
}

// noteLogout journals a logout token that was refused; of one provider's name as many a minute as refusals of an account.
func (s *server) noteLogout(ctx context.Context, provider, reason string) {
	entry := journal.Entry{Time: s.Now(), Kind: journal.AccessRefused, Actor: journal.Actor{Name: provider, Role: "none"}, Subject: "logout", Reason: reason}
	if err := s.Refusals.NoteOf(ctx, "logout "+provider, entry); err != nil {
		s.Log.ErrorContext(ctx, "a refusal could not be journalled", "actor", provider, "error", err)
	}
}

// signedOutAnswer is the answer to signing out: where a provider vouched, the browser goes on to sign out there, too.
type signedOutAnswer struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		Continue string `json:"continue,omitempty" doc:"The address at the identity provider where the person signs out, too"`
	}
}

func (s *server) signOut(ctx context.Context, _ *none) (*signedOutAnswer, error) {
	h, err := holder(ctx)
	if err != nil {
		return nil, err
	}
	err = s.People.End(ctx, h.Account().Actor(), h.Person.ID, h.Session.ID)
	if err != nil && !errors.Is(err, people.ErrNoSession) { // it may have ended on another page
		return nil, err
	}
	answer := &signedOutAnswer{SetCookie: setCookie(visitOf(ctx), "", time.Time{})}
	if p := s.Providers.of(h.Session.Provider); p != nil {
		answer.Body.Continue = p.EndSession(h.Session.Hint)
	}
	return answer, nil
}
