package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/silence"
	"github.com/ucpalert/ucpalert/smart"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/web"
)

type serveCommand struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration; docs/ucpalert.example.yaml explains every key."`
}

func (c serveCommand) Run(ctx context.Context) error {
	cfg, unknown, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	level, err := cfg.level()
	if err != nil {
		return err
	}
	log := newLog(level)
	for _, name := range unknown {
		log.Warn("this variable overrides no key of the configuration", "variable", name)
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return err
	}
	book, err := accounts(cfg.Tokens, dir)
	if err != nil {
		return err
	}
	habits, dir, err := newHabits(cfg, dir, log)
	if err != nil {
		return err
	}
	return runNode(ctx, node{cfg: cfg, file: c.Config, log: log, news: newLog(min(level, slog.LevelInfo)), dir: dir, habits: habits, accounts: book})
}

// node is one running copy of the service, before it runs.
type node struct {
	cfg config
	// file is where the configuration was read; empty for one that is part of the program.
	file string
	log  *slog.Logger
	// news says "ready" even where log is quieter.
	news *slog.Logger
	// dir has the rules of the habits.
	dir      *directory.Directory
	habits   *habits
	accounts access.Book
	// demoAccounts are given to everybody who asks; none outside the demo.
	demoAccounts []web.DemoAccount
	// pageKey seals the addresses of further pages of a search.
	pageKey []byte
	// beside runs while the service does; it stops first. May be nil.
	beside *part
	// furnish puts who is on call into the demo; nil outside of it.
	furnish func(context.Context, *rotas.Desk, time.Time) error
	// prepared is closed when what runs beside has made the service what it should be at the start; nil if there is nothing to wait for.
	prepared <-chan struct{}
}

// heapFloor is memory that is held and never touched, so that it is none of the system's, while the garbage collector counts it. It collects when
// the heap has doubled; ours is small, and messages doubled it many times a second. So this is how much more garbage there may be, in bytes.
const heapFloor = 16 << 20

// runNode opens everything, says "ready" once both listeners accept, and stops in order when the context ends: first who sends, then
// who takes messages, then screens and browsers, then the journal's reader, last the database.
func runNode(ctx context.Context, n node) (err error) {
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	db, err := sql.Open(ctx, n.cfg.database(n.log))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	store := sql.NewStore(db)
	guard := newGuard(n.cfg.SecondPerson, store, n.log)
	if err := n.settle(ctx, guard); err != nil {
		return err
	}
	feed := journal.NewFeed(store, n.log)
	db.OnCommit(feed.Wake)
	var held atomic.Pointer[directory.Directory]
	held.Store(n.dir)
	current := held.Load
	desk := alerts.NewDesk(store, current, time.Now).WithTrust(n.habits.trust)
	if err := makeKeys(ctx, store, desk, n.log); err != nil {
		return err
	}
	life := &liveness{feed: feed}
	proof := newProver(desk, db, n.log)
	keep := &keeper{store: store, periods: n.cfg.Retention.periods(), log: n.log, now: time.Now, writes: db.Writes}

	bird, err := newBird(n.cfg.Canary)
	if err != nil {
		return err
	}
	ears := n.listener(store, current)
	followers, err := n.follow(store, desk)
	if err != nil {
		return err
	}
	centres := &centresHeard{received: store.CentreHeard, followed: followers.Reached, current: current, now: time.Now}

	systems, err := n.cfg.OAuth.issuer(ctx, store, n.dir)
	if err != nil {
		return err
	}
	n.accounts = withSystems(n.accounts, systems)
	persons := n.cfg.peopleDesk(store, current)
	providers, err := n.cfg.providers(ctx, store, n.dir)
	if err != nil {
		return err
	}
	proxies, err := n.cfg.proxies()
	if err != nil {
		return err
	}
	heads, err := n.cfg.Audit.signer(store, n.log)
	if err != nil {
		return err
	}
	refusals := journal.NewRefusals(store.Record, time.Now)
	pagers, err := newOnCall(ctx, n.cfg.OnCall, store, current, n.log)
	if err != nil {
		return err
	}
	if err := pagers.keep(ctx, store, persons, n.cfg.Tokens); err != nil {
		return err
	}
	if n.furnish != nil {
		if err := n.furnish(ctx, pagers.desk, time.Now()); err != nil {
			return err
		}
	}
	wanted := newInterests(n.cfg.OnCall.Subscriptions, store, pagers, current, n.log)
	hub := stream.New(stream.Options{
		Sessions: sessions{persons}, Refusals: refusals,
		Log: store, Boards: store, Areas: store, Receipts: store, Acknowledger: desk, Accounts: n.accounts, Directory: current, Record: store.Record,
		Fresh: life.fresh, Now: time.Now, Slog: n.log, Origins: n.cfg.HTTP.AllowedOrigins, Watches: store, Statuses: n.statuses(feedStatus(ears, current), centres.status, bird.status), CanaryEvery: bird.interval(), Interests: wanted,
	})
	feed.Follow(hub.Follow)
	feed.Follow(bird.follow)
	feed.Follow(pagers.Follow)
	feed.Follow(wanted.Follow)

	speakers, err := newEntitled(n.cfg, n.file, n.dir, n.log)
	if err != nil {
		return err
	}
	hospitals, err := n.hospitals(desk, store, current, bird, speakers)
	if err != nil {
		return err
	}
	bird.begin(hospitals)
	hospitals.heardBy(ears, current)
	if err := n.first(ctx, persons); err != nil {
		return err
	}
	if n.pageKey, err = store.PageKey(ctx); err != nil {
		return err
	}
	lanes := web.NewLanes(n.cfg.HTTP.Limits.Requests)
	waits := newDepths(n.log, placesOf(db, store, feed, hub, hospitals, lanes)...)
	browsers, err := n.browsers()
	if err != nil {
		return err
	}
	handlers, err := n.handler(db, store, desk, hub, life, hospitals, speakers, current, followers, proof, ears, bird, waits, persons, providers, proxies, systems, heads, pagers, lanes, browsers.ordered, refusals)
	if err != nil {
		return errors.Join(err, browsers.Close())
	}
	if err := hospitals.listen(); err != nil {
		return errors.Join(err, browsers.Close())
	}
	n.believed(hospitals)
	admin, err := n.administration(browsers)
	if err != nil {
		return errors.Join(err, hospitals.close(), browsers.Close())
	}
	parts := []part{
		{"ready", func(ctx context.Context) error {
			return n.announce(ctx, hub, life.fresh, "http", browsers.Addr().String(), "mllp", hospitals.address(), "version", version, "epoch", store.Epoch())
		}},
		{"feeds", followers.Run},
		{"canary", bird.part(hub, store, current, n.log, hospitals)},
		{"mllp", hospitals.serve},
		{"pager", pagers.Run},
		{"on call", pagers.watch},
		{"subscriptions", wanted.Run},
		{"tellings", wanted.sender.Run},
		{"silence", ears.Run},
		{"streams", hub.Run},
		{"http", func(ctx context.Context) error { return browsers.serve(ctx, handlers.Public, n.log) }},
		{"administration", func(ctx context.Context) error { return admin.serve(ctx, handlers.Admin, n.log) }},
		{"http certificate", browsers.watch},
		{"housekeeping", func(ctx context.Context) error {
			return housekeeping(ctx, n.log, desk, store, proof, keep, n.cfg.Visits)
		}},
		{"proof", proof.run},
		{"sessions", func(ctx context.Context) error { return endSessions(ctx, n.log, persons) }},
		{"refusals", countRefusals(refusals, n.log)},
		{"depths", waits.run},
		{"signed heads", heads.run},
		{"sealing", n.cfg.sealer(n.log, store).run},
		{"directory", n.watchDirectory(&held, desk, store, speakers, guard)},
		{"probe", func(ctx context.Context) error { return life.run(ctx, db.Ready) }},
		{"feed", feed.Run},
		{"listen", func(ctx context.Context) error { return db.Listen(ctx, feed.Wake) }},
	}
	if n.beside != nil {
		parts = append([]part{*n.beside}, parts...)
	}
	return runParts(ctx, n.log, parts...)
}

// watchDirectory takes new files of the directory and the profiles, and new senders of the configuration, into the running service; those
// that are part of the program do not change.
func (n node) watchDirectory(held *atomic.Pointer[directory.Directory], desk *alerts.Desk, store *sql.Store, speakers *entitled, guard *guard) func(context.Context) error {
	if n.cfg.Directory == "" {
		return func(ctx context.Context) error { <-ctx.Done(); return nil }
	}
	w := &directoryWatch{
		file: n.cfg.Directory, tokens: n.cfg.Tokens, held: held, record: store.Record, log: n.log, habits: n.habits, senders: speakers, guard: guard,
		reconcile: func(ctx context.Context) (alerts.Reconciled, error) { return desk.Reconcile(ctx, store) },
	}
	return w.run
}

// receiver takes the messages of one listener to the desk.
func (n node) receiver(desk *alerts.Desk, store *sql.Store, current func() *directory.Directory) (*hl7.Receiver, error) {
	zone, err := time.LoadLocation(directory.DefaultTimeZone)
	if err != nil {
		return nil, fmt.Errorf("load the hospitals' time zone: %w", err)
	}
	rules := hl7.Rules{Zone: zone, TestPatients: n.cfg.AllowTestPatients, Documents: n.cfg.MDM.rules()}
	return &hl7.Receiver{
		Desk: desk, Quarantine: store, Refusals: store, Rules: rules, Now: time.Now, Log: n.log,
		Documents: documentDesk(desk, store, current, rules), Profiles: n.habits.forSender(current),
		// No answer at all when the disk fails: many senders go on to their next message after an AE, and would empty their queue into it.
		SilentOnFailure: true,
	}, nil
}

// announce says "ready" once messages are taken, screens are let in, the journal is read, and everything is prepared.
func (n node) announce(ctx context.Context, hub *stream.Hub, fresh func() bool, about ...any) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !hub.Running() || !fresh() {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
	if n.prepared != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-n.prepared:
		}
	}
	n.news.Info("ready", about...)
	<-ctx.Done()
	return nil
}

func (n node) handler(db *sql.DB, store *sql.Store, desk *alerts.Desk, hub *stream.Hub, life *liveness, hospitals hospitals, speakers *entitled, current func() *directory.Directory, followers *feeds.Followers, proof *prover, ears *silence.Listener, bird *bird, waits *depths, persons *people.Desk, providers web.Providers, proxies []netip.Prefix, systems *smart.Issuer, heads *headSigner, pagers *onCall, lanes *web.Lanes, ordered *ordered, refusals *journal.Refusals) (web.Handlers, error) {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registerGauges(metrics, hub, hospitals)
	registerProof(metrics, store)
	metrics.MustRegister(feedMetrics{ears}, pagers)
	n.habits.register(metrics)
	if bird != nil {
		metrics.MustRegister(bird)
	}
	o := web.Options{
		Desk: desk, Reception: heardDesk{desk, ears, current}, HeardFeeds: feedsAPI{ears, store}, Arrivals: store, Plans: store, Boards: store, Identities: store, Journal: store, Centres: store, Proofs: store, Prover: proof, Talk: store, Quarantine: store, Replay: replayed(hospitals.replay), Stream: hub, Screens: hub, Canaries: bird.canaries, Depths: waits.Depths, Accounts: n.accounts, People: persons, Passwords: n.cfg.People.local(), Providers: providers, TrustedProxies: proxies,
		Openings: store, Trail: store, Changes: store, Rotas: pagers.desk, Refusals: refusals, Contacts: pagers.reach.desk(store), PushKey: pagers.reach.pushKey, Links: store, Told: store, Subscriptions: store, SubscriptionPolicy: n.cfg.OnCall.Subscriptions.policy(),
		OpenAfterDeparture: n.cfg.Privacy.OpenAfterDeparture, GlassLasts: n.cfg.Privacy.GlassLasts, ReasonLasts: n.cfg.Privacy.ReasonLasts,
		Directory: current, Now: time.Now, Log: n.log,
		Ready: func(ctx context.Context) []web.Check {
			return append(append(checks(ctx, db, life), n.habits.check(), speakers.check(), bird.check(), proofCheck(ctx, store, time.Now()), silenceCheck(ears), heads.check(), pagers.check(), lanes.Check(time.Now()), ordered.check()), append(providerChecks(providers), feedChecks(ctx, followers)...)...)
		},
		Metrics: promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}), Registerer: metrics, Version: version,
		DemoAccounts: n.demoAccounts, RefuseTestNumbers: !n.cfg.AllowTestPatients, PageKey: n.pageKey, BaseURL: n.cfg.OAuth.BaseURL, Apart: n.cfg.Admin.apart(), Lanes: lanes, Rates: n.cfg.HTTP.Limits.rates(),
	}
	if systems != nil {
		o.Systems = systems
	}
	return web.New(o)
}

// checks are what the service needs to take messages and show them. The listeners are up: this answer came through one, and a failure of
// the other ends the process.
func checks(ctx context.Context, db *sql.DB, life *liveness) []web.Check {
	database := web.Check{Name: "database", OK: true}
	if err := db.Ready(ctx); err != nil {
		database.OK, database.Reason = false, err.Error()
	}
	reader := web.Check{Name: "journal", OK: life.reads()}
	if !reader.OK {
		reader.Reason = "the journal was not read within the last five seconds; see the log"
	}
	return []web.Check{database, reader, {Name: "listeners", OK: true}}
}
