package web

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// The double of the stores holds newest versions only. What needs more is tried on the real store, by newService.

func (w *world) PublishAll(ctx context.Context, pubs []plans.Publication, actor journal.Actor) ([]alerts.Published, error) {
	var done []alerts.Published
	for i, pub := range pubs {
		kept, changed, err := w.Publish(ctx, pub, actor)
		if err != nil {
			return nil, &alerts.PublicationError{Index: i, Err: err}
		}
		done = append(done, alerts.Published{Plan: kept, Changed: changed})
	}
	return done, nil
}

func (w *world) PlanVersion(ctx context.Context, id string, version int) (plans.Version, error) {
	held, err := w.Plan(ctx, id)
	if err == nil && held.Plan.Version != version {
		err = plans.ErrNotFound
	}
	if err != nil {
		return plans.Version{}, err
	}
	return plans.Version{ID: id, Number: version, Centre: held.Plan.Centre, Published: held.Plan.Published, Document: held.Document}, nil
}

func (w *world) PlanPart(context.Context, string, string, string) (string, error) {
	return "", plans.ErrNotFound
}

func (w *world) PlanHistory(context.Context, plans.History) ([]plans.Change, bool, error) {
	return nil, false, w.broken
}

// FindPlans finds the plans of a patient only: package sql has the rest.
func (w *world) FindPlans(_ context.Context, q plans.Query) (found []plans.Change, more bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, held := range w.held {
		if held.Plan.Centre == q.Centre && slices.Contains(q.Patients, held.Plan.Patient.NHSNumber) {
			found = append(found, plans.Change{ID: id, Version: held.Plan.Version})
		}
	}
	return found, false, w.broken
}

func (w *world) NewestPlans(context.Context, time.Time, int64, int) ([]plans.Change, bool, error) {
	return nil, false, w.broken
}

func (w *world) CountPlans(context.Context, plans.Query) (int, error) { return 0, w.broken }

// VersionsShown are those that a test says were shown.
func (w *world) VersionsShown(_ context.Context, alert, department string) ([]plans.Edition, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.shown[alert+" "+department]), w.broken
}

func (w *world) RecordAll(ctx context.Context, all []journal.Entry) error {
	for _, e := range all {
		if err := w.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// service is a world on a real store, with a clock that the test moves.
type service struct {
	*world
	store *sql.Store
	at    time.Time
}

func newService(t testing.TB, change ...func(*Options)) *service {
	t.Helper()
	dir, err := directory.Parse([]byte(directoryFile))
	if err != nil {
		t.Fatal(err)
	}
	s := &service{store: sql.NewStore(sqltest.Open(t, sqltest.SQLite(t))), at: now}
	desk := alerts.NewDesk(s.store, func() *directory.Directory { return dir }, func() time.Time { return s.at })
	s.world = newWorld(t, append([]func(*Options){func(o *Options) { o.Desk, o.Plans = desk, s.store }}, change...)...)
	return s
}

// put publishes a plan of RP4 and wants it taken.
func (s *service) put(id, body string) {
	s.t.Helper()
	if answer := s.ask("PUT", "/fhir/CarePlan/"+id, "centre-RP4", body); answer.Code >= 300 {
		s.t.Fatalf("PUT %s was answered %d: %s", id, answer.Code, answer.Body)
	}
	s.at = s.at.Add(time.Minute)
}
