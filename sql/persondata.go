package sql

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	personRestrict        = statement("person_restrict")
	personUnrestrict      = statement("person_unrestrict")
	personIsRestricted    = statement("person_is_restricted")
	personPlansRestrict   = statement("person_plans_restrict")
	personPlansUnrestrict = statement("person_plans_unrestrict")
	personVisits          = statement("person_visits")
	personVisitsNumbered  = statement("person_visits_numbered")
	personDrop            = statement("person_drop")
	mergeErase            = statement("merge_erase")
	quarantineErase       = statement("quarantine_erase")
	planAlerts            = statement("plan_alerts")
	planAlertsShown       = statement("plan_alerts_shown")
	visitAlertsShown      = statement("visit_alerts_shown")
	planAlertsErase       = statement("plan_alerts_erase")
	planRulingsErase      = statement("plan_rulings_erase")
	planDrafts            = statement("plan_drafts")
	draftErase            = statement("draft_erase")
	planOpeningsErase     = statement("plan_openings_erase")
)

var _ alerts.PersonFinder = (*Store)(nil)

func (p *pseudonyms) person(n plans.NHSNumber) []byte { return p.of("person", n.Reveal()) }

// Pseudonym implements [alerts.PersonDataTx].
func (tx deskTx) Pseudonym(n plans.NHSNumber) string {
	return "person-" + hex.EncodeToString(tx.names.person(n)[:8])
}

// Restrict implements [alerts.PersonDataTx].
func (tx deskTx) Restrict(n plans.NHSNumber, restricted bool) (bool, error) {
	note, plans, args := personUnrestrict, personPlansUnrestrict, Args{"name": tx.names.person(n)}
	if restricted {
		note, plans = personRestrict, personPlansRestrict
		args["since"] = tx.now()
	}
	changed, err := tx.Exec(note, args)
	if err != nil || changed == 0 {
		return false, err
	}
	index, before := tx.conn.ring().either(tx.conn.ring().numberIndex(n), n.Reveal())
	_, err = tx.Exec(plans, Args{"nhs_number": index, "nhs_number_before": before})
	return true, err
}

// restricted tells whether somebody here restricts a plan's patient.
func (tx deskTx) restricted(n plans.NHSNumber) (bool, error) {
	if n.IsZero() {
		return false, nil
	}
	var notes int
	err := tx.Get(&notes, personIsRestricted, Args{"name": tx.names.person(n)})
	return notes > 0, err
}

// errNotWhole refuses to look for all of a person while a part is found by what it says and another by its index.
var errNotWhole = errors.New("what was written before there were keys is still being sealed: try again when ucpalert keys status says that everything is")

// FindPerson implements [alerts.PersonFinder].
func (s *Store) FindPerson(ctx context.Context, n plans.NHSNumber) (found alerts.PersonData, err error) {
	var visits []struct {
		ID             string `db:"id"`
		Organisation   string `db:"organisation"`
		HospitalNumber string `db:"hospital_number"`
	}
	ring := s.db.ring.Load()
	if ring.plain.Load() {
		return found, errNotWhole
	}
	index := ring.numberIndex(n)
	if err := s.db.Select(ctx, &visits, personVisits, Args{"nhs_number": index, "nhs_number_before": index}); err != nil {
		return found, err
	}
	for _, v := range visits {
		found.Visits = append(found.Visits, v.ID)
	}
	asked := map[[2]string]bool{}
	for _, v := range visits {
		if key := [2]string{v.Organisation, v.HospitalNumber}; v.HospitalNumber == "" || asked[key] {
			continue
		} else {
			asked[key] = true
		}
		var more []string
		if err := s.db.Select(ctx, &more, personVisitsNumbered, Args{"organisation": v.Organisation, "hospital_number": v.HospitalNumber}); err != nil {
			return found, err
		}
		found.Visits = append(found.Visits, more...)
	}
	found.Quarantined, err = s.quarantinedOf(ctx, n)
	return found, err
}

// quarantinedOf are the messages of the quarantine in which an NHS number stands, in whatever way it is written.
func (s *Store) quarantinedOf(ctx context.Context, n plans.NHSNumber) (ids []string, err error) {
	digits := n.Reveal()
	written := [][]byte{[]byte(digits)}
	for _, between := range []string{" ", "-"} {
		written = append(written, []byte(digits[:3]+between+digits[3:6]+between+digits[6:]))
	}
	for last := ""; ; {
		page, err := s.Quarantine(ctx, last, true, purgeRows)
		if err != nil || len(page) == 0 {
			return ids, err
		}
		for _, e := range page {
			whole, err := s.Quarantined(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			raw := bytes.ReplaceAll(whole.Raw, []byte{0}, nil) // UTF-16 writes digits with a zero beside each
			if slices.ContainsFunc(written, func(w []byte) bool { return bytes.Contains(raw, w) }) {
				ids = append(ids, e.ID)
			}
		}
		last = page[len(page)-1].ID
	}
}

// ErasePerson implements [alerts.PersonDataTx].
func (tx deskTx) ErasePerson(n plans.NHSNumber, found alerts.PersonData) (done alerts.Erased, err error) {
	if err := tx.nothingShown(n, found.Visits); err != nil {
		return done, err
	}
	names := map[[2]string]bool{}
	for _, id := range found.Visits {
		a, held, err := tx.AttendanceWithID(id)
		switch {
		case err != nil:
			return done, err
		case !held || !a.Patient.NHSNumber.IsZero() && a.Patient.NHSNumber != n:
			continue // it went meanwhile, or is somebody else's by now
		case a.Open():
			return done, alerts.ErrHere
		}
		for _, record := range alerts.RecordNames(a.HospitalNumber, n) {
			names[[2]string{a.Organisation, record}] = true
		}
		var ids []string
		if err := tx.Select(&ids, alertIDs, Args{"attendance": id}); err != nil {
			return done, err
		}
		if err := tx.eraseVisit(id); err != nil {
			return done, err
		}
		done.Alerts += len(ids)
		if a.IsPerson() {
			done.Records++
		} else {
			done.Visits++
		}
	}
	for name := range names {
		gone, err := tx.eraseRecord(name[0], name[1], n)
		if err != nil {
			return done, err
		}
		done.Records += gone
	}
	if err := tx.erasePlansOf(n, &done); err != nil {
		return done, err
	}
	for _, id := range found.Quarantined {
		hash, err := hex.DecodeString(id)
		if err != nil {
			return done, fmt.Errorf("read the id of a message: %w", err)
		}
		gone, err := tx.Exec(quarantineErase, Args{"hash": hash})
		if err != nil {
			return done, err
		}
		done.Quarantined += int(gone)
	}
	return done, nil
}

// eraseRecord drops what a hospital said of a person under one of its records, that it was merged with others, and what stands under those if it is
// nobody else's. It returns how much that is.
func (tx deskTx) eraseRecord(organisation, record string, n plans.NHSNumber) (gone int, err error) {
	ring := tx.conn.ring()
	links, err := tx.Links(organisation, record)
	if err != nil {
		return 0, err
	}
	ends := []string{record}
	for _, l := range links {
		ends = append(ends, l.From, l.Into)
	}
	slices.Sort(ends)
	for _, end := range slices.Compact(ends) {
		held, err := tx.Persons(organisation, alerts.PersonVisit(end))
		if err != nil {
			return gone, err
		}
		for _, p := range held {
			if !p.Patient.NHSNumber.IsZero() && p.Patient.NHSNumber != n {
				continue
			}
			index, before := ring.either(ring.visitIndex(organisation, p.Visit), p.Visit)
			dropped, err := tx.Exec(personDrop, Args{"organisation": organisation, "visit": index, "visit_before": before})
			if err != nil {
				return gone, err
			}
			gone += int(dropped)
		}
	}
	index, before := ring.either(ring.recordIndex(organisation, record), record)
	merges, err := tx.Exec(mergeErase, Args{"organisation": organisation, "record": index, "record_before": before})
	return gone + int(merges), err
}

// nothingShown refuses to erase what a board still shows or tells of.
func (tx deskTx) nothingShown(n plans.NHSNumber, visits []string) error {
	held, err := tx.PlansOf(n)
	if err != nil {
		return err
	}
	look := func(st *Statement, args Args) error {
		var shown int
		if err := tx.Get(&shown, st, args); err != nil {
			return err
		}
		if shown > 0 {
			return alerts.ErrPlanShown
		}
		return nil
	}
	for _, p := range held {
		if err := look(planAlertsShown, Args{"plan": p.ID}); err != nil {
			return err
		}
	}
	for _, id := range visits {
		if err := look(visitAlertsShown, Args{"attendance": id}); err != nil {
			return err
		}
	}
	return nil
}

// erasePlansOf drops a person's plans, with the alerts about them that were raised for others whose identity was in doubt, and drafts.
func (tx deskTx) erasePlansOf(n plans.NHSNumber, done *alerts.Erased) error {
	held, err := tx.PlansOf(n)
	if err != nil {
		return err
	}
	for _, p := range held {
		var ids, drafts []string
		if err := tx.Select(&ids, planAlerts, Args{"plan": p.ID}); err != nil {
			return err
		}
		for _, alert := range ids {
			if err := tx.eraseOf(alert); err != nil {
				return err
			}
		}
		for _, st := range []*Statement{planRulingsErase, planAlertsErase, planOpeningsErase} {
			if _, err := tx.Exec(st, Args{"plan": p.ID}); err != nil {
				return err
			}
		}
		if err := tx.Select(&drafts, planDrafts, Args{"plan": p.ID}); err != nil {
			return err
		}
		for _, id := range drafts {
			if _, err := tx.Exec(draftFilesDrop, Args{"draft": id}); err != nil {
				return err
			}
			if _, err := tx.Exec(draftErase, Args{"id": id}); err != nil {
				return err
			}
		}
		gone, err := tx.erasePlan(p)
		if err != nil {
			return err
		}
		if gone {
			done.Plans++
		}
		done.Alerts += len(ids)
	}
	return nil
}
