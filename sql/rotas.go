package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

var (
	rotaList         = statement("rota_list")
	rotaVersions     = statement("rota_versions")
	rotaOverrides    = statement("rota_overrides")
	rotaSwaps        = statement("rota_swaps")
	rotaPolicies     = statement("rota_policies")
	rotaLines        = statement("rota_lines")
	rotaAdd          = statement("rota_add")
	rotaVersionAdd   = statement("rota_version_add")
	rotaVersionEnd   = statement("rota_version_end")
	rotaDrop         = statement("rota_drop")
	rotaOverrideKeep = statement("rota_override_keep")
	rotaSwapKeep     = statement("rota_swap_keep")
	rotaPolicyKeep   = statement("rota_policy_keep")
	rotaPolicyDrop   = statement("rota_policy_drop")
	rotaLineKeep     = statement("rota_line_keep")
	rotaLineDrop     = statement("rota_line_drop")
	rotaCalendarKeep = statement("rota_calendar_keep")
	rotaCalendarDrop = statement("rota_calendar_drop")
	rotaCalendarGet  = statement("rota_calendar_get")
	rotaCalendars    = statement("rota_calendars")
	rotaEntries      = statement("rota_entries")
	rotaNotices      = statement("rota_notices")
	rotaNoticeAdd    = statement("rota_notice_add")
	rotaNoticeDrop   = statement("rota_notice_drop")
	proposalOpen     = statement("proposal_open")
)

// rotaLock is what every change of rotas, policies and lines locks: they are few, and each rests on what the others left.
const rotaLock = "rotas"

var _ rotas.Store = (*Store)(nil)

type rotaRow struct {
	ID           string    `db:"id"`
	Organisation string    `db:"organisation"`
	Revision     int       `db:"revision"`
	Dropped      time.Time `db:"dropped"`
}

type rotaVersionRow struct {
	Rota     string    `db:"rota"`
	Revision int       `db:"revision"`
	Since    time.Time `db:"since"`
	Until    time.Time `db:"until"`
	By       string    `db:"by_name"`
	Plan     string    `db:"plan"`
}

func (r rotaVersionRow) version() (v rotas.Version, err error) {
	v = rotas.Version{Revision: r.Revision, Since: r.Since, Until: r.Until, By: r.By}
	if err := json.Unmarshal([]byte(r.Plan), &v.Plan); err != nil {
		return v, fmt.Errorf("read version %d of rota %s: %w", r.Revision, r.Rota, err)
	}
	return v, nil
}

type rotaOverrideRow struct {
	ID        string    `db:"id"`
	Rota      string    `db:"rota"`
	Starts    time.Time `db:"starts"`
	Ends      time.Time `db:"ends"`
	Instead   string    `db:"instead"`
	Person    string    `db:"person"`
	Decided   time.Time `db:"decided"`
	DecidedBy string    `db:"decided_by"`
	Cancelled time.Time `db:"cancelled"`
}

func (r rotaOverrideRow) override() rotas.Override {
	return rotas.Override{
		Override:  rota.Override{ID: r.ID, Start: r.Starts, End: r.Ends, Instead: r.Instead, By: r.Person, Decided: r.Decided},
		DecidedBy: r.DecidedBy, Cancelled: r.Cancelled,
	}
}

type rotaSwapRow struct {
	ID         string    `db:"id"`
	Rota       string    `db:"rota"`
	Asks       string    `db:"asks"`
	Takes      string    `db:"takes"`
	Starts     time.Time `db:"starts"`
	Ends       time.Time `db:"ends"`
	BackStarts time.Time `db:"back_starts"`
	BackEnds   time.Time `db:"back_ends"`
	Asked      time.Time `db:"asked"`
	Accepted   time.Time `db:"accepted"`
	Closed     time.Time `db:"closed"`
}

func (r rotaSwapRow) swap() rota.Swap {
	return rota.Swap{ID: r.ID, Asks: r.Asks, Takes: r.Takes, Start: r.Starts, End: r.Ends, BackStart: r.BackStarts, BackEnd: r.BackEnds, Asked: r.Asked, Accepted: r.Accepted, Closed: r.Closed}
}

type rotaPolicyRow struct {
	ID           string `db:"id"`
	Organisation string `db:"organisation"`
	Revision     int    `db:"revision"`
	Terms        string `db:"terms"`
}

func (r rotaPolicyRow) policy() (p rotas.Policy, err error) {
	p = rotas.Policy{ID: r.ID, Organisation: r.Organisation, Revision: r.Revision}
	if err := json.Unmarshal([]byte(r.Terms), &p.Terms); err != nil {
		return p, fmt.Errorf("read policy %s: %w", r.ID, err)
	}
	return p, nil
}

type rotaLineRow struct {
	Centre   string `db:"centre"`
	Rota     string `db:"rota"`
	Revision int    `db:"revision"`
}

type rotaCalendarRow struct {
	Hash   string    `db:"hash"`
	Person string    `db:"person"`
	Rota   string    `db:"rota"`
	Made   time.Time `db:"made"`
}

func (r rotaCalendarRow) calendar() (rotas.Calendar, error) { return rotas.Calendar(r), nil }

// Rotas implements [rotas.Store].
func (s *Store) Rotas(ctx context.Context, since time.Time) (kept rotas.Kept, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		kept, err = readRotas(from, since)
		return err
	})
	if err != nil {
		return rotas.Kept{}, fmt.Errorf("read the rotas: %w", err)
	}
	return kept, nil
}

func readRotas(from Reader, since time.Time) (kept rotas.Kept, err error) {
	var heads []rotaRow
	if err := from.Select(&heads, rotaList, nil); err != nil {
		return kept, err
	}
	at := map[string]*rotas.Rota{}
	kept.Rotas = make([]rotas.Rota, len(heads))
	for i, r := range heads {
		kept.Rotas[i] = rotas.Rota{ID: r.ID, Organisation: r.Organisation, Dropped: r.Dropped}
		at[r.ID] = &kept.Rotas[i]
	}
	if err := fillRotas(from, since, at); err != nil {
		return kept, err
	}
	var policies []rotaPolicyRow
	if err := from.Select(&policies, rotaPolicies, nil); err != nil {
		return kept, err
	}
	if kept.Policies, err = collect(policies, rotaPolicyRow.policy); err != nil {
		return kept, err
	}
	var lines []rotaLineRow
	if err := from.Select(&lines, rotaLines, nil); err != nil {
		return kept, err
	}
	for _, l := range lines {
		kept.Lines = append(kept.Lines, rotas.Line(l))
	}
	return kept, nil
}

// fillRotas reads what the rotas are made of.
func fillRotas(from Reader, since time.Time, at map[string]*rotas.Rota) error {
	var versions []rotaVersionRow
	if err := from.Select(&versions, rotaVersions, Args{"since": since}); err != nil {
		return err
	}
	for _, r := range versions {
		v, err := r.version()
		if err != nil {
			return err
		}
		at[r.Rota].Versions = append(at[r.Rota].Versions, v)
	}
	var overrides []rotaOverrideRow
	if err := from.Select(&overrides, rotaOverrides, Args{"since": since}); err != nil {
		return err
	}
	for _, r := range overrides {
		at[r.Rota].Overrides = append(at[r.Rota].Overrides, r.override())
	}
	var swaps []rotaSwapRow
	if err := from.Select(&swaps, rotaSwaps, Args{"since": since}); err != nil {
		return err
	}
	for _, r := range swaps {
		at[r.Rota].Swaps = append(at[r.Rota].Swaps, r.swap())
	}
	return nil
}

// ChangeRotas implements [rotas.Store].
func (s *Store) ChangeRotas(ctx context.Context, do func(rotas.Tx) error) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(rotaLock); err != nil {
			return err
		}
		return do(rotaTx{tx})
	})
}

// RotaEntries implements [rotas.Store].
func (s *Store) RotaEntries(ctx context.Context, id, proposals string, limit int) ([]journal.Entry, error) {
	var rows []entryRow
	if err := s.db.Select(ctx, &rows, rotaEntries, Args{"rota": id, "proposals": proposals, "limit": limit}); err != nil {
		return nil, fmt.Errorf("read what was done about rota %s: %w", id, err)
	}
	return collect(rows, entryRow.entry)
}

// OpenProposals implements [rotas.Store].
func (s *Store) OpenProposals(ctx context.Context, now time.Time) ([]changes.Proposal, error) {
	var rows []proposalRow
	if err := s.db.Select(ctx, &rows, proposalOpen, Args{"now": now}); err != nil {
		return nil, fmt.Errorf("list what waits for a second person: %w", err)
	}
	return collect(rows, proposalRow.proposal)
}

// Calendars implements [rotas.Store].
func (s *Store) Calendars(ctx context.Context, person string) ([]rotas.Calendar, error) {
	var rows []rotaCalendarRow
	if err := s.db.Select(ctx, &rows, rotaCalendars, Args{"person": person}); err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	return collect(rows, rotaCalendarRow.calendar)
}

// Calendar implements [rotas.Store].
func (s *Store) Calendar(ctx context.Context, hash string) (rotas.Calendar, error) {
	var row rotaCalendarRow
	err := s.db.Get(ctx, &row, rotaCalendarGet, Args{"hash": hash})
	if err != nil && !errors.Is(err, ErrNoRows) {
		return rotas.Calendar{}, fmt.Errorf("find a calendar: %w", err)
	}
	return rotas.Calendar(row), foundAs(err, rotas.ErrNoFeed)
}

type rotaNoticeRow struct {
	Rota string `db:"rota"`
	What string `db:"what"`
}

func (r rotaNoticeRow) notice() (rotas.Notice, error) { return rotas.Notice(r), nil }

// Notices implements [rotas.Store].
func (s *Store) Notices(ctx context.Context) (all []rotas.Notice, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		all, err = readNotices(from)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what was told of the rotas: %w", err)
	}
	return all, nil
}

func readNotices(from Reader) ([]rotas.Notice, error) {
	var rows []rotaNoticeRow
	if err := from.Select(&rows, rotaNotices, nil); err != nil {
		return nil, err
	}
	return collect(rows, rotaNoticeRow.notice)
}

// rotaTx implements [rotas.Tx].
type rotaTx struct{ tx *Tx }

func (t rotaTx) exec(st *Statement, args any) error {
	_, err := t.tx.Exec(st, args)
	return err
}

func (t rotaTx) Rotas(since time.Time) (rotas.Kept, error) { return readRotas(t.tx, since) }

func (t rotaTx) EndVersion(id string, at time.Time, dropped bool) error {
	if err := t.exec(rotaVersionEnd, Args{"rota": id, "at": at}); err != nil || !dropped {
		return err
	}
	return t.exec(rotaDrop, Args{"id": id, "at": at})
}

func (t rotaTx) AddVersion(id, organisation string, v rotas.Version) error {
	plan, err := json.Marshal(v.Plan)
	if err != nil {
		return fmt.Errorf("write version %d of rota %s: %w", v.Revision, id, err)
	}
	if err := t.exec(rotaAdd, Args{"id": id, "organisation": organisation, "revision": v.Revision}); err != nil {
		return err
	}
	return t.exec(rotaVersionAdd, Args{"rota": id, "revision": v.Revision, "since": v.Since, "by_name": v.By, "plan": string(plan)})
}

func (t rotaTx) KeepOverride(id string, o rotas.Override) error {
	return t.exec(rotaOverrideKeep, &rotaOverrideRow{o.ID, id, o.Start, o.End, o.Instead, o.By, o.Decided, o.DecidedBy, o.Cancelled})
}

func (t rotaTx) KeepSwap(id string, s rota.Swap) error {
	return t.exec(rotaSwapKeep, &rotaSwapRow{s.ID, id, s.Asks, s.Takes, s.Start, s.End, s.BackStart, s.BackEnd, s.Asked, s.Accepted, s.Closed})
}

func (t rotaTx) KeepPolicy(p rotas.Policy) error {
	terms, err := json.Marshal(p.Terms)
	if err != nil {
		return fmt.Errorf("write policy %s: %w", p.ID, err)
	}
	return t.exec(rotaPolicyKeep, &rotaPolicyRow{p.ID, p.Organisation, p.Revision, string(terms)})
}

func (t rotaTx) DropPolicy(id string) error { return t.exec(rotaPolicyDrop, Args{"id": id}) }

func (t rotaTx) KeepLine(l rotas.Line) error {
	row := rotaLineRow(l)
	return t.exec(rotaLineKeep, &row)
}

func (t rotaTx) DropLine(centre string) error { return t.exec(rotaLineDrop, Args{"centre": centre}) }

func (t rotaTx) KeepCalendar(c rotas.Calendar) error {
	row := rotaCalendarRow(c)
	return t.exec(rotaCalendarKeep, &row)
}

func (t rotaTx) DropCalendar(person, id string) (bool, error) {
	n, err := t.tx.Exec(rotaCalendarDrop, Args{"person": person, "rota": id})
	return n == 1, err
}

func (t rotaTx) Notices() ([]rotas.Notice, error) { return readNotices(t.tx) }

func (t rotaTx) AddNotice(n rotas.Notice, at time.Time) error {
	return t.exec(rotaNoticeAdd, Args{"rota": n.Rota, "what": n.What, "at": at})
}

func (t rotaTx) DropNotice(n rotas.Notice) error {
	return t.exec(rotaNoticeDrop, Args{"rota": n.Rota, "what": n.What})
}

func (t rotaTx) proposal(st *Statement, args Args) (changes.Proposal, error) {
	var row proposalRow
	if err := t.tx.Get(&row, st, args); err != nil {
		return changes.Proposal{}, foundAs(err, changes.ErrNone)
	}
	return row.proposal()
}

func (t rotaTx) Proposal(id string) (changes.Proposal, error) {
	return t.proposal(proposalGet, Args{"id": id})
}

func (t rotaTx) PendingProposal(subject, hash string, now time.Time) (changes.Proposal, error) {
	return t.proposal(proposalPending, Args{"subject": subject, "hash": hash, "now": now})
}

func (t rotaTx) KeepProposal(p changes.Proposal) error { return keepProposal(t.tx, p) }

func (t rotaTx) MoveProposal(p changes.Proposal, from changes.State, now time.Time) error {
	return moveProposal(t.tx, p, from, now)
}

func (t rotaTx) Append(e journal.Entry) error { return appendEntry(t.tx, e) }
