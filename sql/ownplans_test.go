package sql_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers"
)

func saved(kind journal.Kind, draft string) journal.Entry {
	return journal.Entry{Time: noon, Kind: kind, Actor: centre, Subject: draft}
}

func TestADraftIsItsAuthorsAndNeverOverwrittenUnseen(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx := t.Context()
		d := plans.DraftPlan{ID: "d1", Centre: "RAL", Author: "royal-free", Plan: "plan-1", Base: 3, Saved: noon, Form: plans.Form{Headline: "Ring us", Sections: []plans.Section{{Title: "About me", Text: "x"}}}}
		if begun, err := s.store.BeginDraft(ctx, d, saved(journal.DraftSaved, d.ID)); err != nil || begun.ID != "d1" {
			t.Fatalf("begun %v, %v", begun.ID, err)
		}
		second := d
		second.ID, second.Form = "d2", plans.Form{}
		if begun, err := s.store.BeginDraft(ctx, second, saved(journal.DraftRead, d.ID)); err != nil || begun.ID != "d1" || begun.Form.Headline != "Ring us" {
			t.Errorf("a second draft for the same plan: %s, %v", begun.ID, err)
		}
		d.Form.Headline = "Ring us at once"
		revision, err := s.store.KeepDraft(ctx, d, saved(journal.DraftSaved, d.ID))
		if err != nil || revision != 1 {
			t.Fatalf("kept as revision %d, %v", revision, err)
		}
		stale := d
		stale.Form.Headline = "From another window"
		if _, err := s.store.KeepDraft(ctx, stale, saved(journal.DraftSaved, d.ID)); !errors.Is(err, plans.ErrDraftChanged) {
			t.Errorf("an older window overwrites: %v", err)
		}
		stranger := d
		stranger.Author, stranger.Revision = "somebody else", 1
		if _, err := s.store.KeepDraft(ctx, stranger, saved(journal.DraftSaved, d.ID)); !errors.Is(err, plans.ErrNoDraft) {
			t.Errorf("somebody else writes the draft: %v", err)
		}
		if _, err := s.store.Draft(ctx, "d1", "RAL", "somebody else"); !errors.Is(err, plans.ErrNoDraft) {
			t.Errorf("somebody else reads the draft: %v", err)
		}
		d.Revision = 1
		got, err := s.store.Draft(ctx, "d1", "RAL", "royal-free")
		if diff := cmp.Diff(d, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
		for range 2 {
			if err := s.store.DropDraft(ctx, "d1", "RAL", "royal-free", saved(journal.DraftDiscarded, "d1")); err != nil {
				t.Fatal(err)
			}
		}
		if left, err := s.store.Drafts(ctx, "RAL", "royal-free"); err != nil || len(left) != 0 {
			t.Errorf("%d drafts are left, %v", len(left), err)
		}
		want := []journal.Kind{journal.DraftSaved, journal.DraftRead, journal.DraftSaved, journal.DraftDiscarded}
		if diff := cmp.Diff(want, kinds(s.journal(t))); diff != "" {
			t.Errorf("the journal: %s", diff)
		}
	})
}

func TestACentreFindsItsPlansAndWhatBecameOfThem(t *testing.T) {
	eachService(t, func(t *testing.T, s service) {
		ctx := t.Context()
		s.publish(t, "plan-1", "9990000018", plans.Active, "Give steroid at once")
		s.publish(t, "plan-2", "9990000026", plans.Revoked, "Give nothing")
		alert := s.receive(t, message(alerts.Arrive, "V1", "1", "9990000018", 0)).Changes[0].Alert
		n, err := plans.ParseNHSNumber("9990000026")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			what   string
			centre string
			search plans.Search
			want   []string
		}{
			{"all", "RAL", plans.Search{}, []string{"plan-1", "plan-2"}},
			{"the second page", "RAL", plans.Search{From: 1}, []string{"plan-2"}},
			{"by the beginning of the name", "RAL", plans.Search{Name: "TESTC"}, []string{"plan-1", "plan-2"}},
			{"a name is no pattern", "RAL", plans.Search{Name: "T%"}, nil},
			{"by NHS number", "RAL", plans.Search{NHSNumber: n}, []string{"plan-2"}},
			{"by state", "RAL", plans.Search{Statuses: []plans.Status{plans.Active, plans.OnHold}}, []string{"plan-1"}},
			{"another centre's", "RP4", plans.Search{}, nil},
			{"overdue, when none states a review", "RAL", plans.Search{Review: plans.ReviewOverdue, Today: "2026-11-22"}, nil},
		} {
			row.search.Limit = 10
			page, total, err := s.store.OwnPlans(ctx, row.centre, row.search)
			var got []string
			for _, own := range page {
				got = append(got, own.Plan.ID)
			}
			if err != nil || cmp.Diff(row.want, got) != "" || total != len(row.want)+row.search.From {
				t.Errorf("%s: %v of %d, %v", row.what, got, total, err)
			}
		}
		page, _, err := s.store.OwnPlans(ctx, "RAL", plans.Search{Limit: 1})
		if err != nil || page[0].Alerts != 1 || !page[0].LastUsed.Equal(noon) || page[0].Plan.Headline != "Give steroid at once" {
			t.Errorf("the list says %d alerts, last %s, %v", page[0].Alerts, page[0].LastUsed, err)
		}

		reviewed := plans.Plan{ID: "plan-3", Centre: "RAL", Status: plans.Active, Urgency: plans.Routine, Headline: "Ring us", Patient: plans.Identity{NHSNumber: n, Family: "Éire"}, Content: plans.Content{ReviewDue: "2026-12-01"}}
		if _, _, err := s.desk.Publish(ctx, plans.Publication{Plan: reviewed, Document: []byte("x")}, centre); err != nil {
			t.Fatal(err)
		}
		for review, search := range map[plans.Review]plans.Search{
			plans.ReviewSoon:    {Review: plans.ReviewSoon, Today: "2026-11-22", SoonEnds: "2026-12-22", Limit: 10},
			plans.ReviewOverdue: {Review: plans.ReviewOverdue, Today: "2026-12-02", Limit: 10},
		} {
			page, total, err := s.store.OwnPlans(ctx, "RAL", search)
			if err != nil || total != 1 || page[0].Plan.ID != "plan-3" || page[0].ReviewDue != "2026-12-01" {
				t.Errorf("%s: %d plans, %v", review, total, err)
			}
		}
		if _, total, err := s.store.OwnPlans(ctx, "RAL", plans.Search{Review: plans.ReviewOverdue, Today: "2026-12-01", Limit: 10}); err != nil || total != 0 {
			t.Errorf("%d plans are overdue on the day of their review, %v", total, err)
		}

		for _, typed := range []string{"Éi", "Éire"} {
			if _, total, err := s.store.OwnPlans(ctx, "RAL", plans.Search{Name: typed, Limit: 10}); err != nil || total != 1 {
				t.Errorf("%s finds %d plans, %v", typed, total, err)
			}
		}

		shown := subscribers.Receipt{Alert: alert.ID, Kind: journal.AlertDisplayed, Actor: nurse, Version: 1, At: noon.Add(time.Second)}
		if err := s.store.KeepReceipt(ctx, shown); err != nil {
			t.Fatal(err)
		}
		if _, err := s.desk.Acknowledge(ctx, alert.ID, "RQW-AE", alerts.Answering{}, nurse); err != nil {
			t.Fatal(err)
		}
		s.receive(t, message(alerts.Depart, "V1", "2", "9990000018", 90))
		uses, err := s.store.Uses(ctx, "plan-1")
		if err != nil || len(uses) != 1 {
			t.Fatalf("%d uses, %v", len(uses), err)
		}
		use := uses[0]
		if len(use.Receipts) != 1 || use.Receipts[0].Kind != journal.AlertDisplayed || use.Receipts[0].Actor.Name != "nurse" {
			t.Errorf("the receipts are %+v", use.Receipts)
		}
		if use.Alert.State != alerts.Closed || use.Alert.Acknowledgement == nil || use.Alert.Acknowledgement.By != nurse {
			t.Errorf("the alert is %+v", use.Alert)
		}
		if !use.Arrived.Equal(noon) || !use.Departed.Equal(noon.Add(90*time.Minute)) {
			t.Errorf("from %s to %s", use.Arrived, use.Departed)
		}
	})
}

// A list of versions reads no documents, which may hold files: only those of versions that were kept before their status was.
func TestTheVersionsOfAPlanSayTheirStatusThemselves(t *testing.T) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		s := service{store, alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return noon })}
		p := s.publish(t, "plan-1", "9990000018", plans.Active, "Give steroid at once")
		p.Status, p.StatusReason = plans.Revoked, "Replaced by a newer plan"
		if _, _, err := s.desk.Publish(t.Context(), plans.Publication{Plan: p, Document: []byte("withdrawn")}, centre); err != nil {
			t.Fatal(err)
		}
		old, err := sql.Parse("old", "UPDATE plan_version SET status = NULL WHERE version = 1")
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(old, nil); return err }); err != nil {
			t.Fatal(err)
		}
		got, err := store.Editions(t.Context(), "plan-1")
		if err != nil || len(got) != 2 {
			t.Fatalf("the versions are %+v, %v", got, err)
		}
		if e := got[0]; e.Version != 2 || e.Status != plans.Revoked || e.StatusReason != "Replaced by a newer plan" || e.Document != nil {
			t.Errorf("the newest is %+v", e)
		}
		if e := got[1]; e.Version != 1 || e.Status != "" || string(e.Document) != "Give steroid at onceactive" {
			t.Errorf("the one before is %+v", e)
		}
		if e, err := store.Edition(t.Context(), "plan-1", 2); err != nil || e.Version != 2 || string(e.Document) != "withdrawn" {
			t.Errorf("the second is %+v, %v", e, err)
		}
		if _, err := store.Edition(t.Context(), "plan-1", 3); !errors.Is(err, plans.ErrNotFound) {
			t.Errorf("there is no third: %v", err)
		}
	})
}
