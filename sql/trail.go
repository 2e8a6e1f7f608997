package sql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/privacy"
)

var (
	auditSubject    = statement("audit_subject")
	auditActor      = statement("audit_actor")
	auditTime       = statement("audit_time")
	auditNumberFrom = statement("audit_number_from")
	auditBoard      = statement("audit_board")
	auditAlerts     = statement("audit_alerts")
)

var _ privacy.Trail = (*Store)(nil)

// journalSkew is how much the clocks of nodes may differ: entries are in the order of the commits, and nearly in that of their times.
const journalSkew = 5 * time.Minute

// Search implements [privacy.Trail]. Times are turned into numbers first, so that what lies outside is not read.
func (s *Store) Search(ctx context.Context, q privacy.Query) (page []journal.Entry, more bool, err error) {
	args := Args{
		"actor": q.Actor, "organisation": q.Organisation, "kind": like(q.Kind), "above": int64(0), "below": int64(math.MaxInt64),
		"from": q.From.UnixMicro(), "to": int64(math.MaxInt64), "limit": q.Limit + 1,
	}
	if q.Below > 0 {
		args["below"] = q.Below
	}
	if q.From.IsZero() {
		args["from"] = int64(math.MinInt64)
	} else {
		first, err := s.NumberAt(ctx, q.From.Add(-journalSkew))
		if err != nil {
			return nil, false, err
		}
		args["above"] = first - 1
	}
	if !q.To.IsZero() {
		args["to"] = q.To.UnixMicro()
		end, err := s.NumberAt(ctx, q.To.Add(journalSkew))
		if err != nil {
			return nil, false, err
		}
		if below, ok := args["below"].(int64); ok {
			args["below"] = min(below, end)
		}
	}
	if page, err = s.searched(ctx, q, args); err != nil {
		return nil, false, err
	}
	if len(page) > q.Limit {
		return page[:q.Limit], true, nil
	}
	return page, false, nil
}

// searched reads by the narrowest index: subjects one after the other, else the actor, else time alone.
func (s *Store) searched(ctx context.Context, q privacy.Query, args Args) ([]journal.Entry, error) {
	switch {
	case len(q.Subjects) == 0 && q.Actor != "":
		return s.entries(ctx, auditActor, args)
	case len(q.Subjects) == 0:
		delete(args, "actor")
		return s.entries(ctx, auditTime, args)
	}
	var all []journal.Entry
	for _, subject := range q.Subjects {
		args["subject"] = subject
		page, err := s.entries(ctx, auditSubject, args)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	slices.SortFunc(all, func(a, b journal.Entry) int { return cmp.Compare(b.Number, a.Number) })
	return all[:min(len(all), q.Limit+1)], nil
}

// like is a kind, the beginning of one ("plan."), or none, as LIKE takes it. Kinds are of the program's own making; what a caller made up has
// its signs taken out.
func like(kind string) string {
	kind = strings.NewReplacer("%", "", `\`, "").Replace(kind)
	if kind == "" || strings.HasSuffix(kind, ".") {
		return kind + "%"
	}
	return kind
}

// NumberAt implements [privacy.Trail].
func (s *Store) NumberAt(ctx context.Context, at time.Time) (int64, error) {
	var n int64
	err := s.db.Get(ctx, &n, auditNumberFrom, Args{"at": at})
	if errors.Is(err, ErrNoRows) {
		n, err = s.Head(ctx)
		return n + 1, err
	}
	if err != nil {
		return 0, fmt.Errorf("find where the journal was at an instant: %w", err)
	}
	return n, nil
}

// AlertsOf implements [privacy.Trail].
func (s *Store) AlertsOf(ctx context.Context, plan string) ([]privacy.Held, error) {
	var rows []struct {
		Alert      string `db:"alert"`
		Attendance string `db:"attendance"`
		Plan       string `db:"plan"`
	}
	if err := s.db.Select(ctx, &rows, auditAlerts, Args{"plan": plan}); err != nil {
		return nil, fmt.Errorf("list the alerts of plan %s: %w", plan, err)
	}
	held := make([]privacy.Held, len(rows))
	for i, r := range rows {
		held[i] = privacy.Held(r)
	}
	return held, nil
}

// BoardChanges implements [privacy.Trail].
func (s *Store) BoardChanges(ctx context.Context, department string, from, to int64) ([]journal.Entry, error) {
	return s.entries(ctx, auditBoard, Args{"room": department, "from": from, "to": to})
}
