package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/files"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
)

// destination is where an import goes.
type destination struct {
	files.Publisher
	// submitters is how many lines, or lines together, are under way at once: enough to share a commit, or to keep a service busy.
	submitters int
	close      func() error
}

func nothingToClose() error { return nil }

// rehearse publishes nothing.
func rehearse(centre string) *destination {
	return &destination{files.Rehearsal{Centre: centre, Limits: files.Limits(false)}, 2, nothingToClose}
}

// overHTTP publishes to a service with the token in a file.
func overHTTP(address, tokenFile string) (*destination, error) {
	const submitters = 32
	service, err := serviceAt(address, tokenFile, submitters)
	if err != nil {
		return nil, err
	}
	return &destination{service, submitters, func() error { service.Client.CloseIdleConnections(); return nil }}, nil
}

// serviceAt is a service that runs, and the centre that asks.
func serviceAt(address, tokenFile string, connections int) (*files.Service, error) {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, errors.New("--to must be the address of a service, such as https://ucpalert.example.nhs.uk")
	}
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, fmt.Errorf("read the token: %w", err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, Proxy: http.ProxyFromEnvironment}, Timeout: time.Minute}
	return &files.Service{Base: strings.TrimSuffix(strings.TrimSuffix(address, "/"), "/fhir"), Token: strings.TrimSpace(string(token)), Client: client}, nil
}

// intoDatabase publishes through a desk of its own. Screens of a service that shares the PostgreSQL database follow the journal as ever.
func intoDatabase(ctx context.Context, configFile, centre string) (*destination, error) {
	at, err := openToPublish(ctx, configFile)
	if err != nil {
		return nil, err
	}
	if org, known := at.dir.Organisation(centre); !known || !org.Centre {
		return nil, errors.Join(fmt.Errorf("%s publishes no plans, as far as the directory knows", centre), at.db.Close())
	}
	to := deskPublisher{at.desk(), centre, files.Limits(!at.cfg.AllowTestPatients)}
	return &destination{to, 64, at.db.Close}, nil
}

// openDatabase opens the database of a configuration without running the service.
func openDatabase(ctx context.Context, configFile string) (*opened, error) {
	cfg, _, err := loadConfig(configFile, os.Environ())
	if err != nil {
		return nil, err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return nil, err
	}
	h, dir, err := newHabits(cfg, dir, newLog(slog.LevelWarn))
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(ctx, cfg.database(newLog(slog.LevelWarn)))
	if err != nil {
		return nil, err
	}
	return &opened{cfg, db, sql.NewStore(db), dir, h}, nil
}

// openToPublish opens it for plans that come: whoever is in it already, or nobody in a new one, has the keys by which the service finds
// people, so that the service need not make them for everybody when it starts next.
func openToPublish(ctx context.Context, configFile string) (*opened, error) {
	at, err := openDatabase(ctx, configFile)
	if err != nil {
		return nil, err
	}
	if err := makeKeys(ctx, at.store, at.desk(), newLog(slog.LevelWarn)); err != nil {
		return nil, errors.Join(err, at.db.Close())
	}
	return at, nil
}

// opened is the database of a configuration, and what is needed to decide as the service would.
type opened struct {
	cfg    config
	db     *sql.DB
	store  *sql.Store
	dir    *directory.Directory
	habits *habits
}

func (o *opened) desk() *alerts.Desk {
	return alerts.NewDesk(o.store, func() *directory.Directory { return o.dir }, time.Now).WithTrust(o.habits.trust)
}

// deskPublisher publishes without a service in between.
type deskPublisher struct {
	desk   *alerts.Desk
	centre string
	limits fhir.Limits
}

func (p deskPublisher) Publish(ctx context.Context, line files.Line) (files.Fate, error) {
	pubs, err := files.Publications(line, p.centre, p.limits)
	if err != nil {
		return 0, err
	}
	published, err := p.desk.PublishAll(ctx, pubs, p.actor())
	if err != nil {
		return 0, refused(err)
	}
	return fateOf(published), nil
}

// PublishTogether implements [files.Gatherer]: the plans of several lines share a transaction. If one of them stands in the way, each line is
// published on its own. So is a line that asks for a plan by an identifier that a line before it has: what this very transaction makes is not
// found by it.
func (p deskPublisher) PublishTogether(ctx context.Context, lines []files.Line) []files.Settled {
	settled := make([]files.Settled, len(lines))
	var pubs []plans.Publication
	var ends, together, apart []int // where the plans of a line end, which line that is, and those for themselves
	named := map[string]bool{}
	for i, line := range lines {
		read, err := files.Publications(line, p.centre, p.limits)
		switch {
		case err != nil:
			settled[i].Err = err
		case asksFor(read, named):
			apart = append(apart, i)
		default:
			pubs = append(pubs, read...)
			ends, together = append(ends, len(pubs)), append(together, i)
			for _, pub := range read {
				for _, id := range pub.Plan.Identifiers {
					named[id.Value] = true
				}
			}
		}
	}
	published, err := p.desk.PublishAll(ctx, pubs, p.actor())
	if err != nil {
		together, apart = nil, append(apart, together...)
	}
	begin := 0
	for n, i := range together {
		settled[i].Fate = fateOf(published[begin:ends[n]])
		begin = ends[n]
	}
	for _, i := range apart {
		settled[i].Fate, settled[i].Err = p.Publish(ctx, lines[i])
	}
	return settled
}

// asksFor tells whether publications name their plan by an identifier with one of these values.
func asksFor(pubs []plans.Publication, named map[string]bool) bool {
	for _, pub := range pubs {
		for _, id := range slices.Concat(pub.IfNone, pub.Instead) {
			if named[id.Value] {
				return true
			}
		}
	}
	return false
}

func (p deskPublisher) actor() journal.Actor {
	return journal.Actor{Name: "ucpalert plans import", Role: string(access.Centre), Organisation: p.centre}
}

// fateOf is what became of a line with several plans: what happened to the one that changed most.
func fateOf(published []alerts.Published) files.Fate {
	fate := files.Unchanged
	for _, one := range published {
		switch {
		case one.Changed && one.Plan.Version == 1:
			fate = files.Created
		case one.Changed && fate == files.Unchanged:
			fate = files.Revised
		}
	}
	return fate
}

// refused turns what the desk does not take into the refusal of a line. What is no refusal stays as it is.
func refused(err error) error {
	_, stale := errors.AsType[plans.StaleError](err)
	for _, answer := range []struct {
		is     bool
		status int
		code   fhir.Code
		words  string
	}{
		{errors.Is(err, plans.ErrForeign), http.StatusForbidden, fhir.Forbidden, "The plan belongs to another centre."},
		{stale, http.StatusPreconditionFailed, fhir.Conflict, "Another version is held than the one that ifMatch names."},
		{errors.Is(err, plans.ErrSeveral), http.StatusPreconditionFailed, fhir.Duplicate, "Several plans of the centre have these identifiers."},
		{errors.Is(err, plans.ErrOtherID), http.StatusBadRequest, fhir.Value, "The plan with these identifiers has another id."},
		{errors.Is(err, plans.ErrTwice), http.StatusBadRequest, fhir.Duplicate, "The same plan stands in the Bundle twice."},
	} {
		if answer.is {
			return fhir.Refuse(answer.status, answer.code, "", answer.words)
		}
	}
	return err
}
