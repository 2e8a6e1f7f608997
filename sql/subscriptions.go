package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

var (
	subscriptionAll     = statement("subscription_all")
	subscriptionGet     = statement("subscription_get")
	subscriptionOf      = statement("subscription_of")
	subscriptionTeams   = statement("subscription_teams")
	subscriptionAdd     = statement("subscription_add")
	subscriptionKeep    = statement("subscription_keep")
	subscriptionDrop    = statement("subscription_drop")
	subscriptionChanged = statement("subscription_changed")
	planListAll         = statement("plan_list_all")
	planListGet         = statement("plan_list_get")
	planListOf          = statement("plan_list_of")
	planListAdd         = statement("plan_list_add")
	planListKeep        = statement("plan_list_keep")
	planListDrop        = statement("plan_list_drop")
	planListItemAll     = statement("plan_list_item_all")
	planListItems       = statement("plan_list_items")
	planListItemAdd     = statement("plan_list_item_add")
	planListItemsDrop   = statement("plan_list_items_drop")
)

// The sealed columns of subscriptions: what people call them may name a patient.
const (
	subscriptionName = "subscription.name"
	planListName     = "plan_list.name"
	planListLabel    = "plan_list_item.label"
)

// subscriptionsLock is what every change of subscriptions and lists locks, so that their numbers are counted one by one.
const subscriptionsLock = "subscriptions"

var _ subscriptions.Store = (*Store)(nil)

type subscriptionRow struct {
	ID           string     `db:"id"`
	Revision     int        `db:"revision"`
	Person       string     `db:"person"`
	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	Name         cipherText `db:"name"`
	Wanted       string     `db:"wanted"`
	People       string     `db:"people"`
	ChangedBy    string     `db:"changed_by"`
	Changed      time.Time  `db:"changed"`
}

func (r subscriptionRow) subscription() (subscriptions.Subscription, error) {
	s := subscriptions.Subscription{
		ID: r.ID, Revision: r.Revision, Person: r.Person, Role: access.Role(r.Role), Organisation: r.Organisation, By: r.ChangedBy, Changed: r.Changed,
	}
	if err := json.Unmarshal([]byte(r.Wanted), &s.Wanted); err != nil {
		return s, fmt.Errorf("read what subscription %s wants: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.People), &s.People); err != nil {
		return s, fmt.Errorf("read the team of subscription %s: %w", r.ID, err)
	}
	if len(s.People) == 0 {
		s.People = nil
	}
	name, err := r.Name.open(subscriptionName, r.ID)
	s.Name = name
	return s, err
}

func (k *keyring) subscriptionRowOf(s subscriptions.Subscription) (*subscriptionRow, error) {
	wanted, err := json.Marshal(s.Wanted)
	if err != nil {
		return nil, fmt.Errorf("write what subscription %s wants: %w", s.ID, err)
	}
	people, err := json.Marshal(append([]string{}, s.People...))
	if err != nil {
		return nil, fmt.Errorf("write the team of subscription %s: %w", s.ID, err)
	}
	return &subscriptionRow{
		ID: s.ID, Revision: s.Revision, Person: s.Person, Role: string(s.Role), Organisation: s.Organisation, Name: k.sealText(subscriptionName, s.ID, s.Name),
		Wanted: string(wanted), People: string(people), ChangedBy: s.By, Changed: s.Changed,
	}, nil
}

// Subscription implements [subscriptions.Store].
func (s *Store) Subscription(ctx context.Context, id string) (subscriptions.Subscription, error) {
	var row subscriptionRow
	err := s.db.Get(ctx, &row, subscriptionGet, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		return subscriptions.Subscription{}, subscriptions.ErrNone
	}
	if err != nil {
		return subscriptions.Subscription{}, fmt.Errorf("find subscription %s: %w", id, err)
	}
	return row.subscription()
}

// SubscriptionsOf implements [subscriptions.Store].
func (s *Store) SubscriptionsOf(ctx context.Context, who journal.Actor) ([]subscriptions.Subscription, error) {
	return s.subscriptions(ctx, subscriptionOf, Args{"person": who.Name, "role": who.Role, "organisation": who.Organisation})
}

// TeamSubscriptions implements [subscriptions.Store].
func (s *Store) TeamSubscriptions(ctx context.Context, organisation string) ([]subscriptions.Subscription, error) {
	return s.subscriptions(ctx, subscriptionTeams, Args{"organisation": organisation})
}

func (s *Store) subscriptions(ctx context.Context, st *Statement, args Args) ([]subscriptions.Subscription, error) {
	var rows []subscriptionRow
	if err := s.db.Select(ctx, &rows, st, args); err != nil {
		return nil, fmt.Errorf("list subscriptions: %w", err)
	}
	return collect(rows, subscriptionRow.subscription)
}

// AddSubscription implements [subscriptions.Store].
func (s *Store) AddSubscription(ctx context.Context, of subscriptions.Subscription, e journal.Entry) error {
	most, st, args := subscriptions.MostOwn, subscriptionOf, Args{"person": of.Person, "role": string(of.Role), "organisation": of.Organisation}
	if of.Team() {
		most, st, args = subscriptions.MostTeams, subscriptionTeams, Args{"organisation": of.Organisation}
	}
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(subscriptionsLock); err != nil {
			return err
		}
		var there []subscriptionRow
		if err := tx.Select(&there, st, args); err != nil {
			return err
		}
		if len(there) >= most {
			return subscriptions.ErrMany
		}
		row, err := tx.conn.ring().subscriptionRowOf(of)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(subscriptionAdd, row); err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("add subscription %s: %w", of.ID, err)
	}
	return nil
}

// KeepSubscription implements [subscriptions.Store].
func (s *Store) KeepSubscription(ctx context.Context, of subscriptions.Subscription, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		row, err := tx.conn.ring().subscriptionRowOf(of)
		if err != nil {
			return err
		}
		return keepRevision(tx, subscriptionKeep, row, e)
	})
	if err != nil {
		return fmt.Errorf("keep subscription %s: %w", of.ID, err)
	}
	return nil
}

// keepRevision writes a row that has a revision, unless somebody else did since, and its entry.
func keepRevision(tx *Tx, st *Statement, row any, e journal.Entry) error {
	kept, err := tx.Exec(st, row)
	if err == nil && kept == 0 {
		err = subscriptions.ErrChanged
	}
	if err != nil {
		return err
	}
	return appendEntry(tx, e)
}

// DropSubscription implements [subscriptions.Store].
func (s *Store) DropSubscription(ctx context.Context, id string, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		gone, err := tx.Exec(subscriptionDrop, Args{"id": id})
		if err == nil && gone == 0 {
			err = subscriptions.ErrNone
		}
		if err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("drop subscription %s: %w", id, err)
	}
	return nil
}

type planListRow struct {
	ID           string     `db:"id"`
	Revision     int        `db:"revision"`
	Person       string     `db:"person"`
	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	Name         cipherText `db:"name"`
	Changed      time.Time  `db:"changed"`
}

type planListItemRow struct {
	List  string     `db:"list"`
	Place int        `db:"place"`
	Plan  string     `db:"plan"`
	Label cipherText `db:"label"`
}

// listedName is what a plan on a list is called where its label is sealed.
func listedName(list, plan string) string { return list + "/" + plan }

func (r planListRow) list(items []planListItemRow) (subscriptions.List, error) {
	l := subscriptions.List{ID: r.ID, Revision: r.Revision, Person: r.Person, Role: access.Role(r.Role), Organisation: r.Organisation, Changed: r.Changed}
	var err error
	if l.Name, err = r.Name.open(planListName, r.ID); err != nil {
		return l, err
	}
	for _, item := range items {
		label, err := item.Label.open(planListLabel, listedName(item.List, item.Plan))
		if err != nil {
			return l, err
		}
		l.Plans = append(l.Plans, subscriptions.Listed{Plan: item.Plan, Label: label})
	}
	return l, nil
}

func (k *keyring) planListRowOf(l subscriptions.List) *planListRow {
	return &planListRow{l.ID, l.Revision, l.Person, string(l.Role), l.Organisation, k.sealText(planListName, l.ID, l.Name), l.Changed}
}

// PlanList implements [subscriptions.Store].
func (s *Store) PlanList(ctx context.Context, id string) (l subscriptions.List, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		l, err = planListIn(from, id)
		return err
	})
	if err != nil {
		return l, fmt.Errorf("find list %s: %w", id, err)
	}
	return l, nil
}

func planListIn(from Reader, id string) (subscriptions.List, error) {
	var row planListRow
	err := from.Get(&row, planListGet, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		return subscriptions.List{}, subscriptions.ErrNoList
	}
	if err != nil {
		return subscriptions.List{}, err
	}
	return row.whole(from)
}

// whole reads what is on a list.
func (r planListRow) whole(from Reader) (subscriptions.List, error) {
	var items []planListItemRow
	if err := from.Select(&items, planListItems, Args{"list": r.ID}); err != nil {
		return subscriptions.List{}, err
	}
	return r.list(items)
}

// PlanLists implements [subscriptions.Store].
func (s *Store) PlanLists(ctx context.Context, who journal.Actor) (all []subscriptions.List, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		all = nil
		var rows []planListRow
		if err := from.Select(&rows, planListOf, Args{"person": who.Name, "role": who.Role, "organisation": who.Organisation}); err != nil {
			return err
		}
		for _, r := range rows {
			l, err := r.whole(from)
			if err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the lists of %s: %w", who.Name, err)
	}
	return all, nil
}

// AddPlanList implements [subscriptions.Store].
func (s *Store) AddPlanList(ctx context.Context, l subscriptions.List, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(subscriptionsLock); err != nil {
			return err
		}
		var there []planListRow
		if err := tx.Select(&there, planListOf, Args{"person": l.Person, "role": string(l.Role), "organisation": l.Organisation}); err != nil {
			return err
		}
		if len(there) >= subscriptions.MostLists {
			return subscriptions.ErrMany
		}
		if _, err := tx.Exec(planListAdd, tx.conn.ring().planListRowOf(l)); err != nil {
			return err
		}
		if err := addListed(tx, l); err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("add list %s: %w", l.ID, err)
	}
	return nil
}

// KeepPlanList implements [subscriptions.Store].
func (s *Store) KeepPlanList(ctx context.Context, l subscriptions.List, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		kept, err := tx.Exec(planListKeep, tx.conn.ring().planListRowOf(l))
		if err == nil && kept == 0 {
			err = subscriptions.ErrChanged
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(planListItemsDrop, Args{"list": l.ID}); err != nil {
			return err
		}
		if err := addListed(tx, l); err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("keep list %s: %w", l.ID, err)
	}
	return nil
}

// addListed writes what is on a list.
func addListed(tx *Tx, l subscriptions.List) error {
	ring := tx.conn.ring()
	for i, p := range l.Plans {
		_, err := tx.Exec(planListItemAdd, &planListItemRow{l.ID, i, p.Plan, ring.sealText(planListLabel, listedName(l.ID, p.Plan), p.Label)})
		if err != nil {
			return err
		}
	}
	return nil
}

// DropPlanList implements [subscriptions.Store].
func (s *Store) DropPlanList(ctx context.Context, id string, e journal.Entry) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(planListItemsDrop, Args{"list": id}); err != nil {
			return err
		}
		gone, err := tx.Exec(planListDrop, Args{"id": id})
		if err == nil && gone == 0 {
			err = subscriptions.ErrNoList
		}
		if err != nil {
			return err
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("drop list %s: %w", id, err)
	}
	return nil
}

// KeptNow implements [subscriptions.Routing].
func (s *Store) KeptNow(ctx context.Context) (kept subscriptions.Kept, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		kept = subscriptions.Kept{}
		if err := from.Get(&kept.Number, journalHead, nil); err != nil {
			return err
		}
		var rows []subscriptionRow
		if err := from.Select(&rows, subscriptionAll, nil); err != nil {
			return err
		}
		if kept.Subscriptions, err = collect(rows, subscriptionRow.subscription); err != nil {
			return err
		}
		kept.Lists, err = planListsIn(from)
		return err
	})
	if err != nil {
		return subscriptions.Kept{}, fmt.Errorf("read everything that is subscribed to: %w", err)
	}
	return kept, nil
}

// planListsIn are all lists.
func planListsIn(from Reader) ([]subscriptions.List, error) {
	var rows []planListRow
	if err := from.Select(&rows, planListAll, nil); err != nil {
		return nil, err
	}
	var items []planListItemRow
	if err := from.Select(&items, planListItemAll, nil); err != nil {
		return nil, err
	}
	on := map[string][]planListItemRow{}
	for _, item := range items {
		on[item.List] = append(on[item.List], item)
	}
	return collect(rows, func(r planListRow) (subscriptions.List, error) { return r.list(on[r.ID]) })
}

// KeptSince implements [subscriptions.Routing].
func (s *Store) KeptSince(ctx context.Context, number int64) (kept subscriptions.Kept, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		kept = subscriptions.Kept{}
		if err := from.Get(&kept.Number, journalHead, nil); err != nil || kept.Number == number {
			return err
		}
		var changed []string
		if err := from.Select(&changed, subscriptionChanged, Args{"number": number, "up_to": kept.Number}); err != nil {
			return err
		}
		slices.Sort(changed)
		for _, id := range changed {
			if err := keptIn(from, id, &kept); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return subscriptions.Kept{}, fmt.Errorf("read what is subscribed to since entry %d: %w", number, err)
	}
	return kept, nil
}

// keptIn adds what is kept under an id: a subscription, a list, or nothing any more.
func keptIn(from Reader, id string, kept *subscriptions.Kept) error {
	var row subscriptionRow
	err := from.Get(&row, subscriptionGet, Args{"id": id})
	if err == nil {
		of, err := row.subscription()
		kept.Subscriptions = append(kept.Subscriptions, of)
		return err
	}
	if !errors.Is(err, ErrNoRows) {
		return err
	}
	l, err := planListIn(from, id)
	switch {
	case errors.Is(err, subscriptions.ErrNoList):
		kept.Gone = append(kept.Gone, id)
		return nil
	case err != nil:
		return err
	}
	kept.Lists = append(kept.Lists, l)
	return nil
}
