package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
)

// who may come to an address at all. What they may do there is the route's action, asked of package access.
type who uint8

const (
	// everybody: nothing there is about a patient.
	everybody who = iota + 1
	// signedIn: callers whose bearer token or session is known.
	signedIn
	// ownDoor: the handler signs its callers in by itself.
	ownDoor
)

// edge is the language in which an address answers a fault.
type edge uint8

const (
	problemEdge edge = iota + 1
	fhirEdge
)

// route is one address.
type route struct {
	method, path string
	who          who
	// action is what a caller must be allowed to do to the object that the handler finds; empty if there is none.
	action  access.Action
	edge    edge
	handler http.Handler
}

// routes is the table of all addresses. Whoever adds one adds a row here, and to the test that lists them.
func (s *server) routes() []route {
	routes := append(s.fhirRoutes(), []route{
		{"GET", "/api/alerts/{alert}/attachments/{n}", signedIn, access.OpenPlan, problemEdge, http.HandlerFunc(s.getAttachment)},
		{"GET", "/api/openings/{opening}/attachments/{n}", signedIn, access.BreakGlass, problemEdge, http.HandlerFunc(s.getOpenedAttachment)},
		{"POST", "/api/privacy/exposure.csv", signedIn, access.ReadExposure, problemEdge, http.HandlerFunc(s.getExposureCSV)},
		{"GET", "/api/centre/export", signedIn, access.ReadOwnPlan, problemEdge, http.HandlerFunc(s.getExport)},

		{"GET", "/stream/departments/{department}", ownDoor, access.WatchBoard, problemEdge, s.Stream},
		{"GET", "/stream/organisations/{organisation}", ownDoor, access.WatchArea, problemEdge, s.Stream},
		{"GET", "/stream/regions/{region}", ownDoor, access.WatchArea, problemEdge, s.Stream},
		{"GET", "/stream/me", ownDoor, access.WatchArea, problemEdge, s.Stream},

		{"GET", "/calendar/{token}", ownDoor, "", problemEdge, http.HandlerFunc(s.getCalendar)},

		{"GET", "/healthz", everybody, "", problemEdge, http.HandlerFunc(s.getHealth)},
		{"GET", "/readyz", everybody, "", problemEdge, http.HandlerFunc(s.getReady)},

		{"GET", "/{$}", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/board/{department}", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/board/{department}/recent", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/board/{department}/wall", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/board/{department}/plan/{alert}", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/board/{department}/practice", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/practice", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/centre", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/centre/plans/{plan}", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/centre/plans/{plan}/edit", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/proofs", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/overview", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/operations", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/sign-in", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/join", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/sessions", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/people", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/open", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/privacy", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/privacy/looks", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/privacy/exposure", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/changes", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/audit", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call/mine", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call/policies", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call/new-rota", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call/rotas/{rota}", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/screen", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call/me", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/me", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/on-call/subscriptions", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/answer/{token}/ask", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/answer/{token}", everybody, "", problemEdge, http.HandlerFunc(s.getIndex)},
		{"GET", "/sw.js", everybody, "", problemEdge, http.HandlerFunc(s.getWorker)},
		{"GET", "/assets/{file...}", everybody, "", problemEdge, http.HandlerFunc(s.getAsset)},
	}...)
	if s.Metrics != nil {
		routes = append(routes, route{"GET", "/metrics", everybody, "", problemEdge, s.Metrics})
	}
	routes = append(routes, s.fileRoutes()...)
	routes = append(routes, s.tokenRoutes()...)
	routes = append(routes, s.providerRoutes()...)
	routes = append(routes, s.docsRoutes()...)
	return append(routes, s.apiRoutes()...)
}

// mux lays the routes out. Every path answers other methods with 405, and every other path 404, in the language of its edge.
func (s *server) mux(routes []route) http.Handler {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	edges := map[string]edge{"/": problemEdge, "/fhir/": fhirEdge}
	for _, r := range routes {
		mux.Handle(r.method+" "+r.path, s.guard(r))
		methods[r.path] = append(methods[r.path], r.method)
		edges[r.path] = r.edge
	}
	for path, language := range edges {
		allow := methods[path]
		if slices.Contains(allow, "GET") {
			allow = append(allow, "HEAD")
		}
		for _, method := range otherMethods(path, allow) {
			mux.Handle(strings.TrimSpace(method+" "+path), s.guard(route{"", path, everybody, "", language, s.elsewhere(allow)}))
		}
	}
	s.inside = mux
	return mux
}

// otherMethods are the methods for which a path answers 405: all, said in one, unless the path stands beside one with an id in its place
// ("CarePlan/_search" beside "CarePlan/{id}"). Two such patterns could not both be for all methods: neither is the narrower one.
func otherMethods(path string, allow []string) []string {
	if !strings.HasPrefix(path[strings.LastIndexByte(path, '/')+1:], "_") || strings.Contains(path, "{") {
		return []string{""}
	}
	return slices.DeleteFunc([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, func(m string) bool { return slices.Contains(allow, m) })
}

// elsewhere answers for what is not there: 405 where other methods are, else 404.
func (s *server) elsewhere(allow []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(allow) == 0 {
			s.fail(w, r, errNoAddress)
			return
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		s.fail(w, r, errMethod)
	})
}

// visit is one request on its way: the route it took and who is asking.
type visit struct {
	route   route
	account access.Account
	// known tells that the account is somebody's.
	known bool
	lane  lane
	// placed tells that the request has a place, or is part of one that has.
	placed bool
	// why says in words why the caller may see what is shown, where that is more than the route's action.
	why string
	// holder has the session by which the caller is known; nil for a bearer token.
	holder *people.Holder
	// from is where the request comes from, cookieName the name of its session's cookie, before the session that it holds.
	from               people.From
	cookieName, before string
}

// place is where the caller asks: the pattern of the address, never the address itself, and from where. It is what the journal keeps.
func (v *visit) place() string {
	if v.route.method == "" {
		return ""
	}
	return v.route.method + " " + v.route.path + " from " + v.from.Place
}

type visitKey struct{}

// visitOf is the visit of a request.
func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	if v == nil {
		v = &visit{route: route{edge: problemEdge}}
	}
	return v
}

// guard waits for a place and finds out who is asking before a handler is reached.
func (s *server) guard(to route) http.Handler {
	in := laneOf(to)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		v.route = to
		v.from, v.cookieName, v.before = people.From{Place: placeOf(r), Agent: r.UserAgent()}, cookieOf(r), SessionCookie(r)
		v.lane = in
		leave, err := s.place(r, v)
		if err != nil {
			s.turnAway(w, r, err)
			return
		}
		defer leave()
		if err := s.identify(w, r, v); err != nil {
			s.turnAway(w, r, err)
			return
		}
		if to.edge == fhirEdge && to.method != "" && !acceptsFHIR(r) {
			s.fail(w, r, errNotAcceptable)
			return
		}
		to.handler.ServeHTTP(w, r.WithContext(journal.At(r.Context(), v.place())))
	})
}

// place waits until a request may begin, and returns what ends it. Whoever has nothing to show and asks for what costs much is slowed by the address.
// A Bundle of a hospital is an attendance, that of a centre a publication.
func (s *server) place(r *http.Request, v *visit) (leave func(), err error) {
	if v.placed {
		return func() {}, nil
	}
	v.placed = true
	if bearer, _ := bearerOf(r); v.lane == publishing && bearer != "" {
		if a, _ := s.Accounts.Find(bearer); a.Role == access.Hospital {
			v.lane = intake
		}
	}
	if v.lane != unlaned && v.route.slowsStrangers() {
		if err := s.rates.stranger(v.from.Place, s.Now()); err != nil {
			return nil, err
		}
	}
	return s.Lanes.enter(r.Context(), v.lane, s.Now())
}

// slowsStrangers tells whether whoever has nothing to show is slowed by the address. What a provider sends is signed, and all of it comes from one.
func (r route) slowsStrangers() bool {
	if strings.HasPrefix(r.path, providerPath) {
		return r.method == http.MethodGet
	}
	return r.who != signedIn && r.method == http.MethodPost
}

// turnAway answers a request that is not begun, and counts one that asked too much.
func (s *server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	in := visitOf(r.Context()).lane
	by, slow := errors.AsType[slowedError](err)
	switch {
	case slow:
		slowed(w.Header(), by)
		s.Lanes.turnedAway(in, s.Now())
		s.counts.turnedAway(in, by.why)
	case errors.Is(err, errOverloaded):
		s.counts.turnedAway(in, "full")
	}
	s.fail(w, r, err)
}

// identify finds out whose bearer token or session a request has. With a token no cookie counts; without one nothing is changed that a page
// of another site asks for.
func (s *server) identify(w http.ResponseWriter, r *http.Request, v *visit) error {
	bearer, sent := bearerOf(r)
	if !sent {
		if err := s.sameSite(r); err != nil {
			return err
		}
	}
	if v.route.who != signedIn {
		return nil
	}
	if sent {
		v.account, v.known = s.Accounts.Find(bearer)
	} else if err := s.bySession(r, v); err != nil {
		return err
	}
	if v.known && v.lane == intake {
		return nil // a hospital that sends a day's backlog is bounded by the places
	}
	if v.known {
		return s.rates.account(v.account, s.Now())
	}
	if err := s.rates.stranger(v.from.Place, s.Now()); err != nil {
		return err
	}
	challenge := `Bearer realm="ucpalert"` // RFC 6750 §3
	if sent {
		challenge += `, error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	return errSignIn
}

// bearerOf is the token of a request (RFC 6750 §2.1), and whether any credentials were sent.
func bearerOf(r *http.Request) (token string, sent bool) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", len(headers) > 0
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return strings.TrimSpace(token), true
}

// authorise asks whether the caller may do the route's action to an object. It is the only place of this package where that is decided.
// A refusal is journalled with its reason; the subject is the identifier of the object.
func (s *server) authorise(ctx context.Context, to access.Object, subject string) error {
	v := visitOf(ctx)
	if v.holder != nil && v.holder.Chooses() {
		return errChooseRole
	}
	err := access.May(v.account, v.route.action, to)
	if errors.Is(err, access.ErrRefused) {
		s.noteRefusal(ctx, subject, err.Error())
	}
	return err
}

// noteRefusal journals that the caller was refused something: at most so many of one account in a minute one by one, the rest as a count.
func (s *server) noteRefusal(ctx context.Context, subject, reason string) {
	v := visitOf(ctx)
	entry := journal.Entry{Time: s.Now(), Kind: journal.AccessRefused, Actor: v.account.Actor(), Subject: subject, Reason: reason, Place: v.place()}
	if err := s.Refusals.Note(ctx, entry); err != nil {
		s.Log.ErrorContext(ctx, "a refusal could not be journalled", "actor", v.account.Name, "subject", subject, "error", err)
	}
}
