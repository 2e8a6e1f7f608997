package web

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"rsc.io/qr"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
)

// The cookie of a session. The prefix makes browsers take it from this host only, for all paths, over HTTPS (RFC 6265bis §4.1.3.2). On plain HTTP
// to the very machine that asks there is no HTTPS to take it over: that cookie says so.
const (
	cookieName      = "__Host-ucpalert"
	plainCookieName = "ucpalert-plain-http-this-machine-only"
)

// The refusals of signing in.
var (
	errCrossSite    = refusal{http.StatusForbidden, fhir.Forbidden, "This came from a page of another site, and was not done. Open the service's own page."}
	errNoPerson     = inWords(http.StatusNotFound, fhir.NotFound, people.ErrNoPerson)
	errChooseRole   = refusal{http.StatusForbidden, fhir.Forbidden, "Say first in which of your roles you work now."}
	errNeedsSession = refusal{http.StatusConflict, fhir.Conflict, "This is for people who have signed in; an access token has no sessions."}
)

// peopleRefusals are the answers to the errors of package people, whose texts are what is said.
var peopleRefusals = map[error]refusal{
	people.ErrWrong:         inWords(http.StatusUnauthorized, fhir.Login, people.ErrWrong),
	people.ErrNoLocal:       inWords(http.StatusForbidden, fhir.Forbidden, people.ErrNoLocal),
	people.ErrDisabled:      inWords(http.StatusForbidden, fhir.Forbidden, people.ErrDisabled),
	people.ErrNoInvitation:  inWords(http.StatusGone, fhir.Expired, people.ErrNoInvitation),
	people.ErrNoSession:     inWords(http.StatusNotFound, fhir.NotFound, people.ErrNoSession),
	people.ErrNoPerson:      errNoPerson,
	people.ErrNoPost:        inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrNoPost),
	people.ErrManyPosts:     inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrManyPosts),
	people.ErrCode:          inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrCode),
	people.ErrShort:         inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrShort),
	people.ErrLong:          inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrLong),
	people.ErrCommon:        inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrCommon),
	people.ErrName:          inWords(http.StatusUnprocessableEntity, fhir.Value, people.ErrName),
	people.ErrNameTaken:     inWords(http.StatusConflict, fhir.Duplicate, people.ErrNameTaken),
	people.ErrLastOfThem:    inWords(http.StatusConflict, fhir.Conflict, people.ErrLastOfThem),
	people.ErrVouched:       inWords(http.StatusConflict, fhir.Conflict, people.ErrVouched),
	people.ErrNoEnrolment:   inWords(http.StatusNotFound, fhir.NotFound, people.ErrNoEnrolment),
	people.ErrManyWaiting:   inWords(http.StatusTooManyRequests, fhir.Transient, people.ErrManyWaiting),
	people.ErrScreenAccount: inWords(http.StatusConflict, fhir.Conflict, people.ErrScreenAccount),
}

// inWords is a refusal in the words of an error, as a sentence.
func inWords(status int, code fhir.Code, err error) refusal {
	words := err.Error()
	return refusal{status, code, strings.ToUpper(words[:1]) + words[1:] + "."}
}

// peopleRefusal finds the answer to an error of package people.
func peopleRefusal(err error) (refusal, bool) {
	if many, ok := errors.AsType[people.TooManyError](err); ok {
		return inWords(http.StatusTooManyRequests, fhir.Transient, many), true
	}
	if unfit, ok := errors.AsType[people.AccountError](err); ok {
		return refusal{http.StatusUnprocessableEntity, fhir.Value, "This does not fit the directory: " + unfit.Error() + "."}, true
	}
	for is, as := range peopleRefusals {
		if errors.Is(err, is) {
			return as, true
		}
	}
	return refusal{}, false
}

// plainHere tells whether a request came in clear from this very machine, for an address of this very machine.
func plainHere(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	ip, numeric := netip.ParseAddr(host)
	return !overTLS(r) && err == nil && from.Addr().IsLoopback() && (host == "localhost" || numeric == nil && ip.IsLoopback())
}

// cookieOf is the name of the session's cookie on the way that a request came.
func cookieOf(r *http.Request) string {
	if plainHere(r) {
		return plainCookieName
	}
	return cookieName
}

// SessionCookie is what a request holds of a session; empty if nothing. The streams ask for it, too.
func SessionCookie(r *http.Request) string {
	c, err := r.Cookie(cookieOf(r))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie is the header that gives a browser its session until an instant; with an empty value it takes it away.
func setCookie(v *visit, value string, until time.Time) string {
	c := http.Cookie{Name: v.cookieName, Value: value, Path: "/", HttpOnly: true, Secure: v.cookieName == cookieName, SameSite: http.SameSiteStrictMode, Expires: until}
	if value == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// placeOf is the address that a request came from, without the port.
func placeOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// bySession finds who holds the cookie of a request. Nobody does where there is none.
func (s *server) bySession(r *http.Request, v *visit) error {
	cookie := SessionCookie(r)
	if cookie == "" {
		return nil
	}
	h, err := s.People.Session(r.Context(), cookie)
	if errors.Is(err, people.ErrNoSession) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find a session: %w", err)
	}
	v.holder, v.account, v.known = &h, h.Account(), true
	return nil
}

// sameSite refuses what a page of another site would have changed with the reader's own cookie (Fetch Metadata, or Origin where a browser
// does not send it). Programs send neither; nor do they have cookies.
func (s *server) sameSite(r *http.Request) error {
	if s.cross.Check(r) != nil {
		return errCrossSite
	}
	return nil
}

// addSignIn adds the addresses of signing in and of sessions.
func (s *server) addSignIn(api *apiTable) {
	addAPI(s, api, everybody, "", huma.Operation{
		Method: "POST", Path: "/api/sign-in", OperationID: "sign-in", Summary: "Sign in with a name, a password and a code", DefaultStatus: http.StatusNoContent,
		Description: "The session is in a cookie that no script can read. 401 does not say what was wrong; 429 says how long to wait. All of it is journalled.", Errors: []int{401, 403, 429},
	}, s.signIn)
	addAPI(s, api, everybody, "", huma.Operation{
		Method: "POST", Path: "/api/invitation", OperationID: "invitation", Summary: "What the link of an invitation offers", Errors: []int{403, 410},
	}, s.invitation)
	addAPI(s, api, everybody, "", huma.Operation{
		Method: "POST", Path: "/api/invitation/acceptance", OperationID: "accept-invitation", Summary: "Use an invitation up: set a password and a second factor, and be signed in", DefaultStatus: http.StatusNoContent,
		Errors: []int{403, 409, 410, 422},
	}, s.accept)
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "POST", Path: "/api/sign-out", OperationID: "sign-out", Summary: "End this session", DefaultStatus: http.StatusOK, Errors: []int{401, 403, 409},
	}, s.signOut)
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "POST", Path: "/api/session/role", OperationID: "choose-role", Summary: "Say in which of the caller's roles they work from now on", DefaultStatus: http.StatusNoContent,
		Description: "The session goes on under another cookie. Its streams close within five seconds: what they show depends on the role.", Errors: []int{401, 403, 404, 409, 422},
	}, s.chooseRole)
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "GET", Path: "/api/sessions", OperationID: "sessions", Summary: "Where the caller is signed in", Errors: []int{401, 409},
	}, s.sessions)
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "DELETE", Path: "/api/sessions/{session}", OperationID: "end-session", Summary: "End one of the caller's sessions", DefaultStatus: http.StatusNoContent,
		Description: "Its streams close within five seconds.", Errors: []int{401, 403, 404, 409},
	}, s.endSession)
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "POST", Path: "/api/sign-out-everywhere", OperationID: "end-sessions", Summary: "Sign out everywhere", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 409},
	}, s.endSessions)
	addAPI(s, api, signedIn, "", huma.Operation{
		Method: "POST", Path: "/api/stream-ticket", OperationID: "stream-ticket", Summary: "A ticket for one stream of this session", DefaultStatus: http.StatusOK,
		Description: "For the hello of a stream, together with the cookie, within 30 seconds, once.", Errors: []int{401, 403, 409},
	}, s.ticket)
}

// cookieSet is an answer that gives a session or takes it away.
type cookieSet struct {
	SetCookie string `header:"Set-Cookie"`
}

// begun answers with a new session. The one that the browser had before ends: nobody can have planted it for later.
func (s *server) begun(ctx context.Context, cookie string, begun people.Session) (*cookieSet, error) {
	v := visitOf(ctx)
	if v.before != "" {
		old, err := s.People.Session(ctx, v.before)
		if err == nil {
			err = s.People.End(ctx, old.Account().Actor(), old.Person.ID, old.Session.ID)
		}
		if err != nil && !errors.Is(err, people.ErrNoSession) {
			return nil, err
		}
	}
	return &cookieSet{setCookie(v, cookie, begun.Ends)}, nil
}

type signInRequest struct {
	Body struct {
		Name     string `json:"name" maxLength:"100"`
		Password string `json:"password" maxLength:"1000"`
		Code     string `json:"code" maxLength:"20" doc:"Six digits of the authenticator app"`
	}
}

func (s *server) signIn(ctx context.Context, in *signInRequest) (*cookieSet, error) {
	cookie, begun, err := s.People.SignIn(ctx, in.Body.Name, in.Body.Password, in.Body.Code, visitOf(ctx).from)
	if err != nil {
		return nil, err
	}
	return s.begun(ctx, cookie, begun)
}

type linkRequest struct {
	Body struct {
		Link string `json:"link" maxLength:"200" doc:"What stands behind the # of the link"`
	}
}

type offerView struct {
	Name         string    `json:"name" doc:"What they sign in with; empty if it is still to be chosen"`
	FullName     string    `json:"full_name"`
	Role         string    `json:"role"`
	Organisation string    `json:"organisation"`
	First        bool      `json:"first" doc:"The first administrator, who chooses a name"`
	Secret       string    `json:"secret" doc:"Of the second factor, in base32, for apps that cannot read the picture"`
	QR           string    `json:"qr" doc:"The second factor as a QR code: a data: URL of a PNG"`
	Until        time.Time `json:"until" doc:"When the link is too old, in UTC"`
}

func (s *server) invitation(ctx context.Context, in *linkRequest) (*body[offerView], error) {
	o, err := s.People.Offer(ctx, in.Body.Link)
	if err != nil {
		return nil, err
	}
	picture, err := qr.Encode(o.URI(), qr.M)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	view := offerView{
		Name: o.Person.Name, FullName: o.Person.FullName, Role: string(o.Person.Role), Organisation: s.nameOf(o.Person.Organisation), First: o.First, Secret: o.Secret, Until: o.Until.UTC(),
		QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.PNG()),
	}
	if o.First {
		view.Name = ""
	}
	return &body[offerView]{view}, nil
}

// nameOf is what an organisation or a region is called; its code if the directory does not know it.
func (s *server) nameOf(code string) string {
	dir := s.Directory()
	if org, ok := dir.Organisation(code); ok {
		return org.Name
	}
	if region, ok := dir.Region(code); ok {
		return region.Name
	}
	return code
}

type acceptRequest struct {
	Body struct {
		Link     string `json:"link" maxLength:"200"`
		Name     string `json:"name,omitempty" maxLength:"100" doc:"For the first administrator only"`
		Password string `json:"password" maxLength:"1000" doc:"At least 12 characters"`
		Code     string `json:"code" maxLength:"20" doc:"Six digits, which prove that the second factor was set up"`
	}
}

func (s *server) accept(ctx context.Context, in *acceptRequest) (*cookieSet, error) {
	b := in.Body
	cookie, begun, err := s.People.Accept(ctx, b.Link, b.Name, b.Password, b.Code, visitOf(ctx).from)
	if err != nil {
		return nil, err
	}
	return s.begun(ctx, cookie, begun)
}

// postBody is a role and where it is held.
type postBody struct {
	Role         string `json:"role" maxLength:"40"`
	Organisation string `json:"organisation" maxLength:"20" doc:"ODS code of an organisation, or of a region where the role may be a region's"`
	Department   string `json:"department,omitempty" maxLength:"60" doc:"For a screen only"`
}

func (b postBody) post() access.Post {
	return access.Post{Role: access.Role(b.Role), Organisation: b.Organisation, Department: b.Department}
}

func (s *server) chooseRole(ctx context.Context, in *struct{ Body postBody }) (*cookieSet, error) {
	if _, err := holder(ctx); err != nil {
		return nil, err
	}
	v := visitOf(ctx)
	cookie, begun, err := s.People.Choose(ctx, v.before, in.Body.post(), v.from)
	if err != nil {
		return nil, err
	}
	return &cookieSet{setCookie(v, cookie, begun.Ends)}, nil
}

// holder is who holds the session of a request; errNeedsSession for a token.
func holder(ctx context.Context) (people.Holder, error) {
	if h := visitOf(ctx).holder; h != nil {
		return *h, nil
	}
	return people.Holder{}, errNeedsSession
}

type sessionView struct {
	ID      string    `json:"id"`
	This    bool      `json:"this" doc:"The one that asks"`
	Begun   time.Time `json:"begun" doc:"In UTC"`
	Seen    time.Time `json:"seen" doc:"When it was last used, to the minute, in UTC"`
	Ends    time.Time `json:"ends" doc:"When it ends if nobody uses it before, in UTC"`
	Browser string    `json:"browser" doc:"As the browser calls itself"`
	Place   string    `json:"place" doc:"The address that it signed in from"`
}

type sessionList struct {
	Sessions []sessionView `json:"sessions" nullable:"false"`
}

func (s *server) sessions(ctx context.Context, _ *none) (*body[sessionList], error) {
	h, err := holder(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.People.Sessions(ctx, h.Person.ID)
	if err != nil {
		return nil, err
	}
	list := []sessionView{}
	for _, one := range held {
		ends := one.Ends
		if one.Idle.Before(ends) {
			ends = one.Idle
		}
		list = append(list, sessionView{one.ID, one.ID == h.Session.ID, one.Begun.UTC(), one.Seen.UTC(), ends.UTC(), one.Agent, one.Place})
	}
	return &body[sessionList]{sessionList{list}}, nil
}

func (s *server) endSession(ctx context.Context, in *struct {
	Session string `path:"session"`
}) (*none, error) {
	h, err := holder(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.People.End(ctx, h.Account().Actor(), h.Person.ID, in.Session)
}

func (s *server) endSessions(ctx context.Context, _ *none) (*cookieSet, error) {
	h, err := holder(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.People.EndAll(ctx, h.Account().Actor(), h.Person.ID); err != nil {
		return nil, err
	}
	return &cookieSet{setCookie(visitOf(ctx), "", time.Time{})}, nil
}

type ticketView struct {
	Ticket string `json:"ticket"`
}

func (s *server) ticket(ctx context.Context, _ *none) (*body[ticketView], error) {
	h, err := holder(ctx)
	if err != nil {
		return nil, err
	}
	if h.Chooses() {
		return nil, errChooseRole
	}
	ticket, err := s.People.Ticket(ctx, h.Session.ID)
	if err != nil {
		return nil, err
	}
	return &body[ticketView]{ticketView{ticket}}, nil
}

// People invites people, signs them in and ends their sessions; [people.Desk] is one.
type People interface {
	SignIn(ctx context.Context, name, password, code string, from people.From) (cookie string, begun people.Session, err error)
	Offer(ctx context.Context, link string) (people.Offer, error)
	Accept(ctx context.Context, link, name, password, code string, from people.From) (cookie string, begun people.Session, err error)
	Choose(ctx context.Context, cookie string, to access.Post, from people.From) (fresh string, begun people.Session, err error)
	Session(ctx context.Context, cookie string) (people.Holder, error)
	Sessions(ctx context.Context, person string) ([]people.Session, error)
	End(ctx context.Context, by journal.Actor, person, session string) error
	EndAll(ctx context.Context, by journal.Actor, person string) error
	Ticket(ctx context.Context, session string) (string, error)
	Outside
	Accounts
}
