package feeds

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// refusal is why a resource is put aside, in words that quote nothing of it.
type refusal string

func (r refusal) Error() string { return string(r) }

// takeAll takes the CarePlans of a page. An error is a failure of ours or of the server: then nothing of the page is noted, and it is read
// again; what is wrong with a resource is noted with the resource.
func (p *poll) takeAll(ctx context.Context, entries []fhir.Followed) ([]Item, error) {
	patients := map[string][]byte{}
	for _, e := range entries {
		if e.Type == "Patient" && !e.Deleted {
			patients[e.ID] = e.Resource
		}
	}
	done := map[string]int{} // by id: a history shows a plan once for each of its versions
	var items []Item
	b := batch{poll: p, items: &items}
	for _, e := range entries {
		if e.Type != "CarePlan" && e.Type != "" {
			continue
		}
		if e.Updated.After(p.newest) {
			p.newest = e.Updated
		}
		e.ID = nameOf(e)
		i, twice := done[e.ID]
		if twice {
			if err := b.publish(ctx); err != nil { // what was read of it before is taken before this is looked at
				return nil, err
			}
		}
		var before Item
		known := twice
		var err error
		if twice {
			before = items[i]
		} else if before, known, err = p.Store.FeedItem(ctx, p.feed.Name, e.ID); err != nil {
			return nil, err
		}
		item, wanted, err := p.take(ctx, e, before, known, patients)
		if err != nil {
			return nil, err
		}
		if !twice {
			i = len(items)
			done[e.ID], items = i, append(items, Item{})
		}
		items[i] = item
		if wanted != nil {
			wanted.at = i
			if err := b.add(ctx, *wanted); err != nil {
				return nil, err
			}
		}
	}
	return items, b.publish(ctx)
}

// nameOf is the id of a resource, or one made of its bytes where it has none that can be used.
func nameOf(e fhir.Followed) string {
	if fhir.IsID(e.ID) {
		return e.ID
	}
	sum := sha256.Sum256(e.Resource)
	return "?" + hex.EncodeToString(sum[:8])
}

// older tells whether a version is not newer than what was read before. Where times and numbers do not tell, a history does by its order:
// the newest version comes first (FHIR R4 §3.1.0.14).
func (p *poll) older(e fhir.Followed, before Item) bool {
	switch {
	case !e.Updated.IsZero() && !before.Updated.IsZero() && !e.Updated.Equal(before.Updated):
		return e.Updated.Before(before.Updated)
	case e.Version == before.Version && !e.Deleted:
		return false
	}
	version, err := strconv.Atoi(e.Version)
	held, err2 := strconv.Atoi(before.Version)
	if err == nil && err2 == nil && version != held {
		return version < held
	}
	return before.Walk == p.position.Walk
}

// take brings what is held here to what one entry says. A plan that is to be published is returned with its item, which is not complete
// before it was.
func (p *poll) take(ctx context.Context, e fhir.Followed, before Item, known bool, patients map[string][]byte) (Item, *wanted, error) {
	if known && p.older(e, before) {
		before.Walk = p.position.Walk
		return before, nil, nil
	}
	hash := sha256.Sum256(e.Resource)
	if known && before.State != Aside && before.Hash == hash && !p.position.Comparing {
		before.Walk, before.Version, before.Updated = p.position.Walk, e.Version, e.Updated
		p.unchanged++
		return before, nil, nil
	}
	item := Item{ID: e.ID, Version: e.Version, Updated: e.Updated, Hash: hash, Plan: before.Plan, Walk: p.position.Walk, Noticed: p.Now().UTC()}
	if e.Deleted {
		item, err := p.gone(ctx, item)
		return item, nil, err
	}
	pub, err := p.publication(ctx, e, before.Plan, patients)
	if why, ok := errors.AsType[refusal](err); ok {
		item, err := p.putAside(ctx, e, item, before, why)
		return item, nil, err
	}
	if err != nil {
		return Item{}, nil, err
	}
	return item, &wanted{pub: pub, entry: e, before: before}, nil
}

// publication reads what a CarePlan says, as the desk wants it. It returns a refusal for a resource that cannot be taken.
func (p *poll) publication(ctx context.Context, e fhir.Followed, plan string, patients map[string][]byte) (plans.Publication, error) {
	var none plans.Publication
	if _, err := plans.ParseNHSNumber(e.ID); err == nil {
		return none, refusal("its id is an NHS number, which must not stand in addresses and logs")
	}
	id := p.feed.IDPrefix + e.ID
	if !fhir.IsID(id) {
		return none, refusal("its id is not one that FHIR allows (1 to 64 letters, digits, - and .), with the prefix of the feed")
	}
	stated, err := fhir.ReadStated(e.Resource, p.feed.Limits)
	if err != nil {
		return none, refusedBy(err)
	}
	centre, err := p.centre(stated.Centres)
	if err != nil {
		return none, err
	}
	pub, err := p.read(ctx, e, stated, centre, patients)
	if err != nil {
		return none, err
	}
	pub.Plan.ID, pub.MustBeNew, pub.IfMatch, pub.IfNone, pub.Instead = id, false, 0, nil, nil
	if plan == "" {
		switch other, err := p.Store.OtherFeedOf(ctx, p.feed.Name, id); {
		case err != nil:
			return none, err
		case other != "":
			return none, refusal("the plan with its id came through the feed " + other + "; give one of the two feeds an id_prefix")
		}
	}
	return pub, nil
}

// refusedBy turns what package fhir finds wrong into a refusal.
func refusedBy(err error) error {
	if outcome, ok := fhir.AsOutcome(err); ok {
		return refusal(outcome.Error())
	}
	return err
}

// centre is the centre that a CarePlan belongs to: one of those that the feed may speak for.
func (p *poll) centre(stated []string) (string, error) {
	if len(stated) == 0 && len(p.feed.Centres) == 1 {
		return p.feed.Centres[0], nil
	}
	if len(stated) == 0 {
		return "", refusal("it does not say which centre it belongs to, and the feed speaks for several")
	}
	for _, code := range stated {
		i := slices.IndexFunc(p.feed.Centres, func(c string) bool { return strings.EqualFold(c, code) })
		if i >= 0 {
			return p.feed.Centres[i], nil
		}
	}
	return "", refusal("it belongs to a centre for which this feed does not speak")
}

// read reads a CarePlan, together with the Patient that it refers to.
func (p *poll) read(ctx context.Context, e fhir.Followed, stated fhir.Stated, centre string, patients map[string][]byte) (plans.Publication, error) {
	if stated.Patient == "" {
		pub, err := fhir.ReadCarePlan(e.Resource, e.ID, centre, p.feed.Limits)
		return pub, refusedBy(err)
	}
	patient, err := p.patient(ctx, stated, patients)
	if err != nil {
		return plans.Publication{}, err
	}
	if patient == nil {
		pub, err := fhir.ReadCarePlan(e.Resource, e.ID, centre, p.feed.Limits)
		return pub, refusedBy(err)
	}
	limits := p.feed.Limits
	limits.Bytes = 2*max(limits.Bytes, fhir.DefaultBytes) + 1024 // two resources, each within the limit
	both := fhir.Together(e.Resource, e.ID, patient, stated.Patient, stated.PatientURL)
	t, err := fhir.ReadTransaction(both, centre, limits)
	if err != nil {
		return plans.Publication{}, refusedBy(err)
	}
	return t.Publications[0], nil
}

// withheld are the answers of a server that does not give a resource, and will not a minute later either.
var withheld = []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity}

// patient finds the Patient of a plan: on the page, else by asking for it; nil if the server does not give it. A Patient of another server
// is one that we cannot ask for, whatever has the same id here.
func (p *poll) patient(ctx context.Context, stated fhir.Stated, patients map[string][]byte) ([]byte, error) {
	address, err := p.client.follow(stated.PatientURL)
	if err != nil {
		return nil, nil //nolint:nilnil // the reader says what is missing then
	}
	if known, ok := patients[stated.Patient]; ok {
		return known, nil
	}
	body, err := p.client.get(ctx, address, p.keepLease)
	if s, ok := errors.AsType[statusError](err); ok && slices.Contains(withheld, s.status) || errors.Is(err, errTooLong) {
		body, err = nil, nil
	}
	if err == nil {
		patients[stated.Patient] = body // several plans of a page are often about one patient
	}
	return body, err
}

// putAside keeps a resource that cannot be taken, with its reason. If it says at least that the plan no longer holds, the plan that is
// held is withdrawn: what cannot be read must not keep an old version alive.
func (p *poll) putAside(ctx context.Context, e fhir.Followed, item, before Item, why refusal) (Item, error) {
	item.State, item.Reason, item.Resource = Aside, string(why), e.Resource[:min(len(e.Resource), fhir.DefaultBytes)]
	stated, err := fhir.ReadStated(e.Resource, p.feed.Limits)
	if err == nil && item.Plan != "" && stated.Status != "" && stated.Status != plans.Active && stated.Status != plans.UnknownStatus {
		if err := p.withdraw(ctx, item.Plan); err != nil {
			return Item{}, err
		}
	}
	p.aside++
	if before.State != Aside || before.Hash != item.Hash || before.Reason != item.Reason {
		p.Log.Warn("a resource of a feed could not be taken and was put aside", "feed", p.feed.Name, "id", logged(e.ID), "version", e.Version, "held", item.Plan, "reason", item.Reason)
	}
	return item, nil
}

// logged masks an id that could be about a patient.
func logged(id string) string {
	if n, err := plans.ParseNHSNumber(id); err == nil {
		return n.String()
	}
	return id
}

// gone withdraws the plan of a resource that the server no longer holds.
func (p *poll) gone(ctx context.Context, item Item) (Item, error) {
	item.State = Gone
	if item.Plan == "" {
		return item, nil
	}
	return item, p.withdraw(ctx, item.Plan)
}

// withdraw revokes a plan that is held. One that its centre has ended otherwise stays as it is.
func (p *poll) withdraw(ctx context.Context, id string) error {
	held, err := p.Store.Plan(ctx, id)
	if errors.Is(err, plans.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch held.Plan.Status {
	case plans.Revoked, plans.EnteredInError, plans.Completed:
		return nil
	}
	pub, err := fhir.Withdraw(*held)
	if err != nil {
		return err
	}
	if _, _, err := p.Desk.Publish(ctx, pub, p.feed.actor(held.Plan.Centre)); err != nil {
		return fmt.Errorf("withdraw what is gone at its source: %w", err)
	}
	p.withdrawn++
	return nil
}
