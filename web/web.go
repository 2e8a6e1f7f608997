// Package web answers: what may a browser, a screen or a FHIR client ask for?
//
// One table (routes.go) lists every address with what a caller must be allowed to do there; one function asks package access; one
// function turns an error into an answer. FHIR clients get OperationOutcomes, everybody else problem details (RFC 9457).
package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

// Desk takes what centres publish and what people answer; [alerts.Desk] is one.
type Desk interface {
	// Publish keeps a plan. When it returns nil, the plan and every alert that follows from it is durable. changed is false for a
	// repeated request. Errors: plans.ErrForeign, plans.StaleError.
	Publish(ctx context.Context, pub plans.Publication, actor journal.Actor) (kept plans.Plan, changed bool, err error)
	// PublishAll keeps plans, all or none. When it returns nil, they and every alert that follows from them are durable. The results are
	// in the order of the publications. Errors: an alerts.PublicationError around plans.ErrForeign, plans.StaleError, plans.ErrSeveral,
	// plans.ErrOtherID or plans.ErrTwice.
	PublishAll(ctx context.Context, pubs []plans.Publication, actor journal.Actor) ([]alerts.Published, error)
	// Acknowledge records that somebody in a department answers an alert; when it returns nil, that is durable.
	// Errors: alerts.ErrNoAlert, alerts.ErrNotOpen, alerts.AcknowledgedError.
	Acknowledge(ctx context.Context, alert, department string, how alerts.Answering, actor journal.Actor) (alerts.Alert, error)
	// HandOver records that an answered alert is given on. Errors besides: alerts.ErrNotAnswered, alerts.ErrHandTo, an alerts.HeldError.
	HandOver(ctx context.Context, alert, department, from, to string, actor journal.Actor) (alerts.Alert, error)
	// SeeRecall records that somebody in a department has seen that a plan was recalled; when it returns nil, that is durable. The same actor
	// again is no error. Errors: alerts.ErrNoAlert, alerts.ErrNotOpen where there is no recall to see.
	SeeRecall(ctx context.Context, alert, department string, actor journal.Actor) error
	Identifier
	Talker
}

// Plans finds plans.
type Plans interface {
	// Plan returns the newest version, or plans.ErrNotFound.
	Plan(ctx context.Context, id string) (*plans.Held, error)
	// PlanVersion returns any version, or plans.ErrNotFound.
	PlanVersion(ctx context.Context, id string, version int) (plans.Version, error)
	// PlanPart finds the plan of a centre that brought a resource along under an id of its own, or returns plans.ErrNotFound.
	PlanPart(ctx context.Context, centre, kind, id string) (plan string, err error)
	// PlanHistory lists versions, the newest first, and tells whether there are more.
	PlanHistory(ctx context.Context, h plans.History) (page []plans.Change, more bool, err error)
	// FindPlans lists the answers to a search in the order in which they were received, and tells whether there are more.
	FindPlans(ctx context.Context, q plans.Query) (page []plans.Change, more bool, err error)
	// NewestPlans lists the newest version of each plan of every centre that was received since an instant, the last received first, after
	// the position of the page before; and tells whether there may be more.
	NewestPlans(ctx context.Context, since time.Time, before int64, limit int) (page []plans.Change, more bool, err error)
	// CountPlans tells how many answers a search has on all pages.
	CountPlans(ctx context.Context, q plans.Query) (int, error)
	// VersionsShown are the versions of the plan behind an alert from the one with which it first came before a department on, the newest
	// first; none if that is the newest.
	VersionsShown(ctx context.Context, alert, department string) ([]plans.Edition, error)
}

// Journal notes who read what, and who was refused.
type Journal interface {
	// Record appends an entry about something that changes nothing else. When it returns nil, the entry is durable.
	Record(ctx context.Context, e journal.Entry) error
	// RecordAll is Record for several entries: all of them, or none.
	RecordAll(ctx context.Context, all []journal.Entry) error
	// Epoch is the first half of every position.
	Epoch() string
}

// Centres keeps what centres write in the browser, and finds what became of their plans.
type Centres interface {
	// OwnPlans is a page of a centre's plans, and how many there are in all.
	OwnPlans(ctx context.Context, centre string, q plans.Search) (page []plans.Own, total int, err error)
	// Reviews counts the plans of a centre that are to be reviewed; today is the day where the centre is.
	Reviews(ctx context.Context, centre string, today time.Time) (plans.Reviews, error)
	// Editions are the last versions of a plan, the newest first. Edition is one of them, with its document, or plans.ErrNotFound.
	Edition(ctx context.Context, plan string, version int) (plans.Edition, error)
	Editions(ctx context.Context, plan string) ([]plans.Edition, error)
	// Uses are the last alerts of a plan, the newest first.
	Uses(ctx context.Context, plan string) ([]subscribers.Use, error)

	// BeginDraft keeps a new draft, or returns the one that its author has for the same plan. Like KeepDraft and DropDraft, it journals the
	// entry in the same transaction.
	BeginDraft(ctx context.Context, d plans.DraftPlan, e journal.Entry) (plans.DraftPlan, error)
	// Draft returns a draft of an author, or plans.ErrNoDraft.
	Draft(ctx context.Context, id, centre, author string) (plans.DraftPlan, error)
	Drafts(ctx context.Context, centre, author string) ([]plans.DraftPlan, error)
	// KeepDraft keeps what was typed, unless the draft has another revision: that is plans.ErrDraftChanged.
	KeepDraft(ctx context.Context, d plans.DraftPlan, e journal.Entry) (revision int, err error)
	DropDraft(ctx context.Context, id, centre, author string, e journal.Entry) error
	// KeepDraftFile keeps a file of a draft. Errors: plans.ErrNoDraft, plans.ErrFiles.
	KeepDraftFile(ctx context.Context, draft, centre, author string, f plans.DraftFile, e journal.Entry) error
	// DraftFile finds a file of a draft. Errors: plans.ErrNoDraft, plans.ErrNoFile.
	DraftFile(ctx context.Context, draft, centre, author, sha256 string) (plans.DraftFile, error)
}

// Check is one thing that must hold for the service to be ready.
type Check struct {
	Name string `json:"name" doc:"What is checked"`
	OK   bool   `json:"ok"`
	// Reason says in words why it does not hold; it names no patient.
	Reason string `json:"reason" doc:"Why it does not hold; empty if it does"`
	// Advisory tells that the service does its work all the same: somebody should look, but nobody should be sent elsewhere.
	Advisory bool `json:"advisory,omitempty" doc:"The service is ready even if this does not hold"`
}

// DemoAccount is an account that a demonstration gives to everybody who asks.
type DemoAccount struct {
	Token        string `json:"token"`
	Role         string `json:"role"`
	Organisation string `json:"organisation"`
	Department   string `json:"department,omitempty"`
	Description  string `json:"description"`
}

// Options are what the service hands in. Those without a stated default are required.
type Options struct {
	Desk       Desk
	Plans      Plans
	Boards     subscribers.Boards
	Identities Identities
	Journal    Journal
	Centres    Centres
	Proofs     Proofs
	Prover     Prover
	// Quarantine and Replay are for the messages of hospitals that were not understood.
	Quarantine Quarantine
	Replay     Replay
	// HeardFeeds are the feeds of hospitals that are listened to.
	HeardFeeds HeardFeeds
	Talk       Talk
	// Openings keeps who opened a plan by saying why; Trail reads the journal for those who look after privacy.
	Openings privacy.Openings
	Trail    privacy.Trail
	// Changes keeps what waits for a second person.
	Changes changes.Store
	// Contacts is what people do about how they are reached, PushKey what their browsers subscribe with, empty without Web Push; Links are those
	// in the messages that they get, and Told finds who was told of an alert.
	Contacts ContactPoints
	PushKey  string
	Links    subscribers.AnswerLinks
	Told     Told
	// Rotas is where rotas are read and changed.
	Rotas *rotas.Desk
	// Subscriptions keeps what people want to be told of, and SubscriptionPolicy says what of that they may.
	Subscriptions      subscriptions.Store
	SubscriptionPolicy subscriptions.Policy
	// Refusals journals refusals; by default one of this handler's own, whose counts are journalled with the next refusal.
	Refusals *journal.Refusals
	// OpenAfterDeparture is how long after a patient left the plan may be opened, 4 h by default. A broken glass lasts GlassLasts, 1 h by default;
	// a reason that was stated ReasonLasts, 15 min by default.
	OpenAfterDeparture, GlassLasts, ReasonLasts time.Duration
	// Reception takes the attendances that hospitals tell over FHIR.
	Reception Reception
	// Arrivals finds who came to a department.
	Arrivals subscribers.Arrivals
	// Stream serves the addresses of routes.go that begin with /stream/, and signs its callers in by itself.
	Stream http.Handler
	// Screens knows who can see which board.
	Screens Screens
	// Canaries says how the check of each department stood at the last look; Depths, what waits on this node.
	Canaries func() []Canary
	Depths   func() []Depth
	Accounts access.Book
	// Systems gives tokens to systems; nil where none is registered.
	Systems Systems
	// People signs people in; Passwords says who does so with a password, Providers are the identity providers that others come from.
	People    People
	Passwords people.Local
	Providers Providers
	// Directory is asked at each request, so that it can be replaced while the service runs.
	Directory func() *directory.Directory
	Now       func() time.Time
	Log       *slog.Logger
	// Ready checks what the service needs. It is asked with a deadline.
	Ready func(context.Context) []Check
	// Metrics serves GET /metrics, and Registerer takes the counters that it shows. Without Metrics, there is no such address.
	Metrics    http.Handler
	Registerer prometheus.Registerer

	// Version is what the service calls itself in its CapabilityStatement and its description.
	Version string
	// BaseURL is the address under which clients know the service, such as "https://alerts.example.nhs.uk"; by default, what each
	// request was sent to.
	BaseURL string
	// TrustedProxies are the addresses of proxies that say where a request came from; nobody else is believed.
	TrustedProxies []netip.Prefix
	// DemoAccounts are given to everybody who asks; none in a service with real patients.
	DemoAccounts []DemoAccount
	// RefuseTestNumbers refuses plans for the NHS numbers that are kept for tests.
	RefuseTestNumbers bool
	// BodyLimit is the longest body in bytes, 1 MB by default.
	BodyLimit int
	// Timeout is how long one request may take, 15 s by default; a stream may take for ever.
	Timeout time.Duration
	// PageKey seals the addresses of further pages of a search: 32 bytes, the same on every node. By default it is made when the service
	// starts, and pages end with it.
	PageKey []byte
	// Lanes hold the places of the requests that are under way; by default as many as NewLanes makes. Rates bound single senders; by default none.
	Lanes *Lanes
	Rates Rates
	// Apart says which addresses stand in Handlers.Admin alone.
	Apart Apart
	// Pages are the built pages, index.html at their root; by default those that were embedded when the program was built.
	Pages fs.FS
}

// The defaults of Options.
const (
	DefaultBodyLimit = 1 << 20
	DefaultTimeout   = 15 * time.Second

	DefaultOpenAfterDeparture = 4 * time.Hour
	DefaultGlassLasts         = time.Hour
	DefaultReasonLasts        = 15 * time.Minute
)

// server is the state behind the handlers.
type server struct {
	Options
	pages  map[string]page
	counts counts
	pager  pager
	rates  rates
	// openAPI describes the addresses for scripts; docs are the pages of the documentation, made when one is first asked for.
	openAPI *huma.OpenAPI
	docs    func() (map[string]page, error)
	// cross tells whether a page of another site asks for a change.
	cross http.CrossOriginProtection
	// inside is every address, for the requests of a batch.
	inside http.Handler
}

// Apart says which addresses are not for everybody who reaches the service.
type Apart uint8

const (
	// NothingApart leaves all addresses at one place.
	NothingApart Apart = iota
	// FiguresApart takes the figures away from the public.
	FiguresApart
	// AdministrationApart takes away the pages and addresses of accounts and of operations, too.
	AdministrationApart
)

// from tells whether an address is kept from the public.
func (a Apart) from(path string) bool {
	if path == "/metrics" {
		return a >= FiguresApart
	}
	for _, root := range []string{"/people", "/operations", "/api/people", "/api/operations"} {
		if path == root || strings.HasPrefix(path, root+"/") {
			return a == AdministrationApart
		}
	}
	return false
}

// Handlers are all addresses. Public has those for browsers, screens and FHIR clients, Admin has them and those that were kept apart.
type Handlers struct{ Public, Admin http.Handler }

// New makes the handlers of all addresses. It refuses options that lack what it needs.
func New(o Options) (Handlers, error) {
	s, routes, err := build(o)
	if err != nil {
		return Handlers{}, err
	}
	return s.handlers(routes), nil
}

func (s *server) handlers(routes []route) Handlers {
	admin := s.around(s.mux(routes))
	public := slices.DeleteFunc(slices.Clone(routes), func(r route) bool { return s.Apart.from(r.path) })
	return Handlers{Public: s.around(s.mux(public)), Admin: admin}
}

// around is what happens around every request.
func (s *server) around(inside http.Handler) http.Handler { return s.behindProxy(s.observe(inside)) }

// build checks the options and lays the table of routes.
func build(o Options) (*server, []route, error) {
	if o.Desk == nil || o.People == nil || o.Reception == nil || o.Arrivals == nil || o.Plans == nil || o.Boards == nil || o.Journal == nil || o.Openings == nil || o.Trail == nil || o.Changes == nil || o.Rotas == nil || o.Subscriptions == nil || o.Contacts == nil || o.Links == nil || o.Told == nil || o.Proofs == nil || o.Prover == nil || o.Talk == nil || o.Centres == nil || o.Stream == nil || o.Directory == nil || o.Now == nil || o.Log == nil || o.Ready == nil {
		return nil, nil, errors.New("web: one of the required options is missing")
	}
	if o.BodyLimit <= 0 {
		o.BodyLimit = DefaultBodyLimit
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	o.OpenAfterDeparture = cmp.Or(o.OpenAfterDeparture, DefaultOpenAfterDeparture)
	o.GlassLasts, o.ReasonLasts = cmp.Or(o.GlassLasts, DefaultGlassLasts), cmp.Or(o.ReasonLasts, DefaultReasonLasts)
	if o.Refusals == nil {
		o.Refusals = journal.NewRefusals(o.Journal.Record, o.Now)
	}
	if o.Pages == nil {
		o.Pages = embeddedPages()
	}
	if o.Lanes == nil {
		o.Lanes = NewLanes(DefaultPlaces)
	}
	s := &server{Options: o, rates: newRates(o.Rates)}
	var err error
	if s.pages, err = loadPages(o.Pages); err != nil {
		return nil, nil, fmt.Errorf("web: load the pages: %w", err)
	}
	if s.counts, err = newCounts(o.Registerer); err != nil {
		return nil, nil, fmt.Errorf("web: register the counters: %w", err)
	}
	if s.pager, err = newPager(o.PageKey); err != nil {
		return nil, nil, fmt.Errorf("web: %w", err)
	}
	routes := s.routes()
	s.docs = sync.OnceValues(func() (map[string]page, error) { return renderDocs(s.openAPI) })
	return s, routes, nil
}
