package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

var (
	routedGet       = statement("routed_get")
	routedLock      = statement("routed_lock")
	routedKeep      = statement("routed_keep")
	routedAny       = statement("routed_any")
	routedNext      = statement("routed_next")
	alertStance     = statement("alert_stance")
	alertRoutedGet  = statement("alert_routed_get")
	alertRoutedKeep = statement("alert_routed_keep")
	planOverdue     = statement("plan_overdue")
	happeningAdd    = statement("happening_add")
	happeningOfOrg  = statement("happening_of_organisation")
	happeningOfCare = statement("happening_of_centre")
	tellingAdd      = statement("telling_add")
	tellingAnyDue   = statement("telling_any_due")
	tellingClaim    = statement("telling_claim")
	tellingOf       = statement("telling_of")
	tellingEnd      = statement("telling_end")
	tellingTo       = statement("telling_to")
)

const (
	// mostOverdue is of how many plans of a centre one entry tells at most that their review is overdue; of others the entry of the next day does.
	mostOverdue = 1000
	// routedPassedOver is how many entries that do not matter are passed over before that is written.
	routedPassedOver = 1000
)

var (
	_ subscriptions.Routing  = (*Store)(nil)
	_ subscriptions.Tellings = (*Store)(nil)
	_ subscriptions.RouteTx  = routeTx{}
)

// RouteNext implements [subscriptions.Routing]. Whether anything follows is looked at outside of the transaction; how far nothing did is written now and
// then only.
func (s *Store) RouteNext(ctx context.Context, upTo int64, limit int, do func(subscriptions.RouteTx, []journal.Entry) error) (routed int, err error) {
	from, any, err := s.routedTo(ctx, upTo)
	if err != nil {
		return 0, fmt.Errorf("find what is to be routed: %w", err)
	}
	if !any && upTo-from < routedPassedOver {
		return 0, nil
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		routed = 0
		var number int64
		if err := tx.Get(&number, routedLock, nil); err != nil {
			if errors.Is(err, ErrNoRows) {
				return nil // another node is at it
			}
			return err
		}
		if number >= upTo {
			return nil
		}
		var rows []entryRow
		if err := tx.Select(&rows, routedNext, Args{"number": number, "up_to": upTo, "limit": limit}); err != nil {
			return err
		}
		reached := upTo
		if len(rows) == limit {
			reached = rows[len(rows)-1].Number
		}
		if _, err := tx.Exec(routedKeep, Args{"number": reached}); err != nil {
			return err
		}
		entries, err := collect(rows, entryRow.entry)
		if err != nil || len(entries) == 0 {
			return err
		}
		routed = len(entries)
		return do(routeTx{tx}, entries)
	})
	if err != nil {
		return 0, fmt.Errorf("route the journal up to %d: %w", upTo, err)
	}
	return routed, nil
}

// routedTo is how far the journal was routed, and whether anything follows up to a number.
func (s *Store) routedTo(ctx context.Context, upTo int64) (number int64, any bool, err error) {
	var at struct {
		Number int64     `db:"number"`
		Since  time.Time `db:"since"`
	}
	if err := s.db.Get(ctx, &at, routedGet, nil); err != nil || at.Number >= upTo {
		return at.Number, false, err
	}
	var first int64
	err = s.db.Get(ctx, &first, routedAny, Args{"number": at.Number, "up_to": upTo})
	if errors.Is(err, ErrNoRows) {
		return at.Number, false, nil
	}
	return at.Number, err == nil, err
}

// routeTx is a transaction in which entries are routed.
type routeTx struct{ *Tx }

type stanceRow struct {
	Alert      string `db:"alert"`
	Plan       string `db:"plan"`
	Centre     string `db:"centre"`
	Department string `db:"department"`
	Version    int    `db:"version"`
	Categories string `db:"categories"`
	Urgency    string `db:"urgency"`
	Open       bool   `db:"open"`
	State      string `db:"state"`
	Visit      string `db:"visit"`
	Recalled   int    `db:"recalled"`
}

func (r stanceRow) standing() (subscriptions.Standing, error) {
	s := subscriptions.Standing{
		Alert: r.Alert, Plan: r.Plan, Centre: r.Centre, Department: r.Department, Version: r.Version, Urgency: plans.Urgency(r.Urgency), Open: r.Open,
		Ended: r.State == string(alerts.Closed), Answered: r.State == string(alerts.Acknowledged), Admitted: r.Visit == string(alerts.Admitted), Recalled: r.Recalled == 1,
	}
	return s, readCategories(r.Categories, &s.Categories)
}

func readCategories(text string, into *[]string) error {
	if text == "[]" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("read the categories: %w", err)
	}
	return nil
}

func (tx routeTx) Standing(alert string) (subscriptions.Standing, bool, error) {
	var row stanceRow
	err := tx.Get(&row, alertStance, Args{"alert": alert})
	if errors.Is(err, ErrNoRows) {
		return subscriptions.Standing{}, false, nil
	}
	if err != nil {
		return subscriptions.Standing{}, false, err
	}
	s, err := row.standing()
	return s, true, err
}

type alertRoutedRow struct {
	Alert      string `db:"alert"`
	Department string `db:"department"`
	Version    int    `db:"version"`
	Open       bool   `db:"open"`
	Answered   bool   `db:"answered"`
	Admitted   bool   `db:"admitted"`
	Recalled   bool   `db:"recalled"`
}

func (tx routeTx) Seen(alert string) (subscriptions.Seen, error) {
	var row alertRoutedRow
	err := tx.Get(&row, alertRoutedGet, Args{"alert": alert})
	if err != nil && !errors.Is(err, ErrNoRows) {
		return subscriptions.Seen{}, err
	}
	return subscriptions.Seen{
		Department: row.Department, Version: row.Version, Open: row.Open, Answered: row.Answered, Admitted: row.Admitted, Recalled: row.Recalled,
	}, nil
}

func (tx routeTx) KeepSeen(alert string, s subscriptions.Seen) error {
	_, err := tx.Exec(alertRoutedKeep, &alertRoutedRow{alert, s.Department, s.Version, s.Open, s.Answered, s.Admitted, s.Recalled})
	return err
}

func (tx routeTx) Overdue(centre string, today time.Time) ([]subscriptions.Standing, error) {
	var rows []struct {
		Plan       string `db:"plan"`
		Centre     string `db:"centre"`
		Version    int    `db:"version"`
		Categories string `db:"categories"`
		Urgency    string `db:"urgency"`
	}
	if err := tx.Select(&rows, planOverdue, Args{"centre": centre, "today": today.Format(time.DateOnly), "limit": mostOverdue}); err != nil {
		return nil, err
	}
	var all []subscriptions.Standing
	for _, r := range rows {
		s := subscriptions.Standing{Plan: r.Plan, Centre: r.Centre, Version: r.Version, Urgency: plans.Urgency(r.Urgency)}
		if err := readCategories(r.Categories, &s.Categories); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (tx routeTx) Posts(name string) ([]access.Post, error) { return postsOf(tx, name) }

// postsOf are what somebody of a name may work as now.
func postsOf(from Reader, name string) ([]access.Post, error) {
	var row accountRow
	err := from.Get(&row, accountNamed, Args{"name": name})
	if errors.Is(err, ErrNoRows) || err == nil && !row.Disabled.IsZero() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := row.person()
	if err != nil {
		return nil, err
	}
	return p.Posts(), nil
}

type happeningRow struct {
	ID           string    `db:"id"`
	Event        string    `db:"event"`
	At           time.Time `db:"at"`
	Alert        string    `db:"alert"`
	Plan         string    `db:"plan"`
	Version      int       `db:"version"`
	Centre       string    `db:"centre"`
	Categories   string    `db:"categories"`
	Department   string    `db:"department"`
	CameFrom     string    `db:"came_from"`
	Organisation string    `db:"organisation"`
	Urgency      string    `db:"urgency"`
}

func (r happeningRow) happening() (subscriptions.Happening, error) {
	h := subscriptions.Happening{
		ID: r.ID, Event: subscriptions.Event(r.Event), At: r.At, Alert: r.Alert, Department: r.Department, From: r.CameFrom, Plan: r.Plan, Version: r.Version, Centre: r.Centre,
		Urgency: plans.Urgency(r.Urgency),
	}
	return h, readCategories(r.Categories, &h.Categories)
}

func (tx routeTx) AddHappening(h subscriptions.Happening, organisation string) error {
	categories, err := json.Marshal(append([]string{}, h.Categories...))
	if err != nil {
		return fmt.Errorf("write the categories: %w", err)
	}
	_, err = tx.Exec(happeningAdd, &happeningRow{
		h.ID, string(h.Event), h.At, h.Alert, h.Plan, h.Version, h.Centre, string(categories), h.Department, h.From, organisation, string(h.Urgency),
	})
	return err
}

func (tx routeTx) AddTelling(h subscriptions.Happening, t subscriptions.Telling, ends time.Time) error {
	_, err := tx.Exec(tellingAdd, Args{
		"happening": h.ID, "person": t.Person, "role": string(t.Post.Role), "organisation": t.Post.Organisation, "department": t.Post.Department,
		"subscription": t.Subscription, "due": t.Due, "ends": ends,
	})
	return err
}

func (tx routeTx) Journal(e journal.Entry) error { return appendEntry(tx.Tx, e) }

type claimedTellingRow struct {
	Happening    string    `db:"happening"`
	Person       string    `db:"person"`
	Role         string    `db:"role"`
	Organisation string    `db:"organisation"`
	Department   string    `db:"department"`
	Due          time.Time `db:"due"`
	Ends         time.Time `db:"ends"`
	Token        int64     `db:"token"`
}

// ClaimTellings implements [subscriptions.Tellings].
func (s *Store) ClaimTellings(ctx context.Context, node string, now, until time.Time, limit int) (claimed []subscriptions.ToTell, err error) {
	var some []string
	if err := s.db.Select(ctx, &some, tellingAnyDue, Args{"now": now}); err != nil {
		return nil, fmt.Errorf("find whom to tell: %w", err)
	}
	if len(some) == 0 {
		return nil, nil
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		claimed = nil
		var rows []claimedTellingRow
		if err := tx.Select(&rows, tellingClaim, Args{"node": node, "now": now, "until": until, "limit": limit}); err != nil {
			return err
		}
		for _, r := range rows {
			t, err := r.toTell(tx)
			if err != nil {
				return err
			}
			claimed = append(claimed, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim whom to tell: %w", err)
	}
	return claimed, nil
}

// toTell is what was claimed, with how it stands now.
func (r claimedTellingRow) toTell(from Reader) (subscriptions.ToTell, error) {
	var of struct {
		happeningRow
		Open int    `db:"open"`
		Now  string `db:"now_department"`
	}
	if err := from.Get(&of, tellingOf, Args{"id": r.Happening}); err != nil {
		return subscriptions.ToTell{}, err
	}
	h, err := of.happening()
	if err != nil {
		return subscriptions.ToTell{}, err
	}
	posts, err := postsOf(from, r.Person)
	return subscriptions.ToTell{
		Happening: h, Person: r.Person, Post: access.Post{Role: access.Role(r.Role), Organisation: r.Organisation, Department: r.Department},
		Due: r.Due, Ends: r.Ends, Token: r.Token, Open: of.Open == 1, Now: of.Now, Posts: posts,
	}, err
}

// KeepTold implements [subscriptions.Tellings].
func (s *Store) KeepTold(ctx context.Context, node string, t subscriptions.ToTell, tried subscriptions.Tried) (current bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(tellingEnd, Args{
			"happening": t.Happening.ID, "person": t.Person, "token": t.Token, "node": node, "next": tried.Again, "state": string(tried.State), "words": tried.Words,
		})
		current = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep what came of telling %s of %s: %w", t.Person, t.Happening.ID, err)
	}
	return current, nil
}

// Happenings implements [subscriptions.Store].
func (s *Store) Happenings(ctx context.Context, in subscriptions.Scope, since time.Time, limit int) (all []subscriptions.Happening, kept time.Time, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		var at struct {
			Number int64     `db:"number"`
			Since  time.Time `db:"since"`
		}
		if err := from.Get(&at, routedGet, nil); err != nil {
			return err
		}
		all, kept = nil, at.Since
		if in.Centre != "" {
			var rows []happeningRow
			if err := from.Select(&rows, happeningOfCare, Args{"centre": in.Centre, "since": since, "limit": limit}); err != nil {
				return err
			}
			all, err = collect(rows, happeningRow.happening)
			return err
		}
		for _, organisation := range in.Organisations {
			var rows []happeningRow
			if err := from.Select(&rows, happeningOfOrg, Args{"organisation": organisation, "since": since, "limit": limit - len(all)}); err != nil {
				return err
			}
			of, err := collect(rows, happeningRow.happening)
			if err != nil {
				return err
			}
			all = append(all, of...)
		}
		return nil
	})
	if err != nil {
		return nil, kept, fmt.Errorf("read what happened since %s: %w", since.UTC().Format(time.RFC3339), err)
	}
	return all, kept, nil
}

// TellingsOf implements [subscriptions.Store].
func (s *Store) TellingsOf(ctx context.Context, who journal.Actor, since time.Time, limit int) ([]subscriptions.Told, error) {
	var rows []struct {
		happeningRow
		Due   time.Time `db:"due"`
		State string    `db:"state"`
		Words string    `db:"words"`
	}
	if err := s.db.Select(ctx, &rows, tellingTo, Args{"person": who.Name, "organisation": who.Organisation, "since": since, "limit": limit}); err != nil {
		return nil, fmt.Errorf("list what %s was told: %w", who.Name, err)
	}
	var all []subscriptions.Told
	for _, r := range rows {
		h, err := r.happening()
		if err != nil {
			return nil, err
		}
		all = append(all, subscriptions.Told{Happening: h, Due: r.Due, State: subscriptions.State(r.State), Words: r.Words})
	}
	return all, nil
}
