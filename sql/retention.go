package sql

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/retention"
)

var (
	visitOver            = statement("visit_over")
	visitForget          = statement("visit_forget")
	visitAlertedOver     = statement("visit_alerted_over")
	visitDrop            = statement("visit_drop")
	digestOver           = statement("digest_over")
	digestCount          = statement("digest_count")
	digestForget         = statement("digest_forget")
	messagePage          = statement("message_page")
	messageForget        = statement("message_forget")
	quarantineOver       = statement("quarantine_over")
	quarantineOverCount  = statement("quarantine_over_count")
	quarantineForget     = statement("quarantine_forget")
	draftOver            = statement("draft_over")
	draftOverCount       = statement("draft_over_count")
	draftForget          = statement("draft_forget")
	planOver             = statement("plan_over")
	planForget           = statement("plan_forget")
	planVersionsForget   = statement("plan_versions_forget")
	planChangesForget    = statement("plan_changes_forget")
	alertIDs             = statement("alert_ids")
	alertForget          = statement("alert_forget")
	rulingForget         = statement("ruling_forget")
	receiptForget        = statement("receipt_forget")
	recallSeenForget     = statement("recall_seen_forget")
	recallForget         = statement("recall_forget")
	alertShownForget     = statement("alert_shown_forget")
	talkForget           = statement("talk_forget")
	outcomeForget        = statement("outcome_forget")
	answerLinkForget     = statement("answer_link_forget")
	deliveryTryForget    = statement("delivery_try_forget")
	deliveryForget       = statement("delivery_forget")
	escalationStepForget = statement("escalation_step_forget")
	escalationForget     = statement("escalation_forget")
	tellingForget        = statement("telling_forget")
	happeningForget      = statement("happening_forget")
	alertRoutedForget    = statement("alert_routed_forget")
	tellingPlanForget    = statement("telling_plan_forget")
	happeningPlanForget  = statement("happening_plan_forget")
	planListItemForget   = statement("plan_list_item_forget")
	purgedGet            = statement("purged_get")
	purgedKeep           = statement("purged_keep")
	purgedEnd            = statement("purged_end")
)

// ofAlert drop what hangs on an alert; what rests on something else goes before it.
var ofAlert = []*Statement{
	receiptForget, recallSeenForget, recallForget, alertShownForget, talkForget, outcomeForget, answerLinkForget, deliveryTryForget, deliveryForget,
	escalationStepForget, escalationForget, tellingForget, happeningForget, alertRoutedForget,
}

var _ retention.Store = (*Store)(nil)

// How much is looked at in one slice: what a slice lets go is one transaction, in which no message is taken, so it is a few milliseconds.
const (
	purgeVisits = 50
	purgeRows   = 100
	purgeMarks  = 2000
)

// Purge implements [retention.Store].
func (s *Store) Purge(ctx context.Context, slice retention.Slice) (went retention.Went, err error) {
	switch slice.Class {
	case retention.Attendances:
		went, err = s.purgeByID(ctx, slice, visitOver, purgeVisits, deskTx.forgetVisit)
	case retention.Digests:
		went, err = s.purgeOldest(ctx, slice, digestOver, digestCount, digestForget, "name")
	case retention.Messages:
		went, err = s.purgeMarks(ctx, slice)
	case retention.Quarantine:
		went, err = s.purgeOldest(ctx, slice, quarantineOver, quarantineOverCount, quarantineForget, "hash")
	case retention.Drafts:
		went, err = s.purgeDrafts(ctx, slice)
	case retention.Alerts:
		went, err = s.purgeByID(ctx, slice, visitAlertedOver, purgeVisits, deskTx.dropVisit)
	case retention.Plans:
		went, err = s.purgeByID(ctx, slice, planOver, purgeVisits, deskTx.dropPlan)
	case retention.Journal:
		went, err = s.purgeJournal(ctx, slice)
	}
	if err != nil {
		return retention.Went{}, fmt.Errorf("purge %s: %w", slice.Class, err)
	}
	return went, nil
}

// PurgedTo implements [retention.Store].
func (s *Store) PurgedTo(ctx context.Context, c retention.Class) (string, error) {
	var upTo string
	err := s.db.Get(ctx, &upTo, purgedGet, Args{"class": string(c)})
	if err != nil && !errors.Is(err, ErrNoRows) {
		return "", fmt.Errorf("find where %s were purged to: %w", c, err)
	}
	return upTo, nil
}

// wentIn notes in the transaction of a slice what went, and where the next one begins.
func (tx deskTx) wentIn(slice retention.Slice, went retention.Went) error {
	st, args := purgedKeep, Args{"class": string(slice.Class), "up_to": went.Next}
	if !went.More || went.Next == "" {
		st, args = purgedEnd, Args{"class": string(slice.Class)}
	}
	if _, err := tx.Exec(st, args); err != nil || went.Gone == 0 {
		return err
	}
	reason := fmt.Sprintf("%d %s, over before %s", went.Gone, slice.Class.What(), slice.Before().UTC().Format(time.RFC3339))
	return tx.Append(journal.Entry{Time: slice.Now, Kind: journal.Purged, Actor: journal.Service, Subject: string(slice.Class), Reason: reason})
}

// purgeByID goes through what has an id, in the order of the ids. over finds what may be over; let looks again inside the transaction, and tells
// whether it let it go, or would have.
func (s *Store) purgeByID(ctx context.Context, slice retention.Slice, over *Statement, most int, let func(deskTx, string, retention.Slice) (bool, error)) (went retention.Went, err error) {
	var ids []string
	if err := s.db.Select(ctx, &ids, over, Args{"after": slice.After, "before": slice.Before(), "most": most}); err != nil {
		return went, err
	}
	more := len(ids) == most
	do := func(tx deskTx) error {
		went = retention.Went{More: more}
		for _, id := range ids {
			gone, err := let(tx, id, slice)
			if err != nil {
				return err
			}
			if gone {
				went.Gone++
			}
			went.Next = id
		}
		if slice.Rehearse {
			return errRehearsed
		}
		return tx.wentIn(slice, went)
	}
	return went, s.purge(ctx, do)
}

// errRehearsed ends the transaction of a rehearsal: nothing of it is kept.
var errRehearsed = errors.New("nothing is let go: this is a rehearsal")

// purge runs a slice in a transaction.
func (s *Store) purge(ctx context.Context, do func(deskTx) error) error {
	err := s.db.Write(ctx, func(tx *Tx) error { return do(s.desk(tx)) })
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// forgetVisit puts a digest in the place of a visit that is over.
func (tx deskTx) forgetVisit(id string, slice retention.Slice) (bool, error) {
	a, found, err := tx.AttendanceWithID(id)
	if err != nil || !found {
		return false, err
	}
	if err := tx.Lock("visit:" + a.Organisation + "/" + a.Visit); err != nil {
		return false, err
	}
	if a, found, err = tx.AttendanceWithID(id); err != nil || !found || !a.Over(slice.Before()) { // as it is now that nobody else can change it
		return false, err
	}
	n, err := tx.Exec(visitForget, Args{"id": id, "before": slice.Before()})
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.keepDigest(a.Digest(), slice.Now)
}

// dropVisit lets a visit go with its alerts and all that was said and done about them, if it is over for as long as a health record is kept.
func (tx deskTx) dropVisit(id string, slice retention.Slice) (bool, error) {
	a, found, err := tx.AttendanceWithID(id)
	if err != nil || !found {
		return false, err
	}
	if err := tx.Lock("visit:"+a.Organisation+"/"+a.Visit, "attendance:"+id); err != nil {
		return false, err
	}
	if a, found, err = tx.AttendanceWithID(id); err != nil || !found || !a.Over(slice.Before()) {
		return false, err
	}
	ended := a.Left()
	if ended.IsZero() {
		ended = a.Heard().Time()
	}
	if slice.Now.Before(retention.HealthRecordUntil(ended, string(a.Patient.BirthDate), slice.Period)) {
		return false, nil
	}
	return true, tx.eraseVisit(id)
}

// eraseVisit drops a visit that does not go on, and all that hangs on it.
func (tx deskTx) eraseVisit(id string) error {
	var ids []string
	if err := tx.Select(&ids, alertIDs, Args{"attendance": id}); err != nil {
		return err
	}
	for _, alert := range ids {
		if err := tx.eraseOf(alert); err != nil {
			return err
		}
	}
	for _, st := range []*Statement{rulingForget, alertForget} {
		if _, err := tx.Exec(st, Args{"attendance": id}); err != nil {
			return err
		}
	}
	_, err := tx.Exec(visitDrop, Args{"id": id})
	return err
}

// eraseOf drops what hangs on an alert.
func (tx deskTx) eraseOf(alert string) error {
	for _, st := range ofAlert {
		if _, err := tx.Exec(st, Args{"alert": alert}); err != nil {
			return err
		}
	}
	return nil
}

// dropPlan lets a plan go that holds no more, if it is over for as long as a health record is kept.
func (tx deskTx) dropPlan(id string, slice retention.Slice) (bool, error) {
	if err := tx.Lock("plan:" + id); err != nil {
		return false, err
	}
	held, err := tx.Plan(id)
	if err != nil || held == nil {
		return false, err
	}
	p := held.Plan
	if !p.Over(slice.Before()) {
		return false, nil
	}
	if slice.Now.Before(retention.HealthRecordUntil(p.Ended(), string(p.Patient.BirthDate), slice.Period)) {
		return false, nil
	}
	return tx.erasePlan(p)
}

// erasePlan drops a plan in all its versions, unless an alert is about it, and tells whether it did.
func (tx deskTx) erasePlan(p plans.Plan) (bool, error) {
	if n, err := tx.Exec(planForget, Args{"id": p.ID}); err != nil || n == 0 {
		return false, err
	}
	if err := tx.SavePlanKeys(p.ID, matching.Keys(p.Patient), nil); err != nil {
		return false, err
	}
	for _, st := range []*Statement{planIdentifierForget, planPartForget, planChangesForget, planVersionsForget, tellingPlanForget, happeningPlanForget, planListItemForget} {
		if _, err := tx.Exec(st, Args{"id": p.ID}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// purgeOldest lets rows go that are over by themselves, the oldest first. key is the column by which one is dropped.
func (s *Store) purgeOldest(ctx context.Context, slice retention.Slice, over, count, drop *Statement, key string) (went retention.Went, err error) {
	before := slice.Before()
	if slice.Rehearse {
		return went, s.db.Get(ctx, &went.Gone, count, Args{"before": before})
	}
	var keys [][]byte
	if err := s.db.Select(ctx, &keys, over, Args{"before": before, "most": purgeRows}); err != nil {
		return went, err
	}
	return went, s.purge(ctx, func(tx deskTx) error {
		went = retention.Went{More: len(keys) == purgeRows}
		for _, k := range keys {
			n, err := tx.Exec(drop, Args{key: k, "before": before})
			if err != nil {
				return err
			}
			went.Gone += int(n)
		}
		return tx.wentIn(slice, went)
	})
}

// purgeDrafts lets drafts go with their files.
func (s *Store) purgeDrafts(ctx context.Context, slice retention.Slice) (went retention.Went, err error) {
	before := slice.Before()
	if slice.Rehearse {
		return went, s.db.Get(ctx, &went.Gone, draftOverCount, Args{"before": before})
	}
	var ids []string
	if err := s.db.Select(ctx, &ids, draftOver, Args{"before": before, "most": purgeRows}); err != nil {
		return went, err
	}
	return went, s.purge(ctx, func(tx deskTx) error {
		went = retention.Went{More: len(ids) == purgeRows}
		for _, id := range ids {
			n, err := tx.Exec(draftForget, Args{"id": id, "before": before})
			if err != nil {
				return err
			}
			if n == 0 {
				continue // somebody wrote in it just now
			}
			went.Gone++
			if _, err := tx.Exec(draftFilesDrop, Args{"draft": id}); err != nil {
				return err
			}
		}
		return tx.wentIn(slice, went)
	})
}

// mark is the key of a message's mark.
type mark struct {
	Sender    string   `db:"sender" json:"sender"`
	ControlID string   `db:"control_id" json:"control_id"`
	Hash      [32]byte `db:"hash" json:"-"`
	// Hex is the hash where the mark stands as a cursor.
	Hex string `db:"-" json:"hash"`
}

func (m mark) cursor() string {
	m.Hex = hex.EncodeToString(m.Hash[:])
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// markAt reads a cursor; one that cannot be read begins anew.
func markAt(cursor string) (m mark, hash []byte) {
	if json.Unmarshal([]byte(cursor), &m) != nil {
		return mark{}, []byte{}
	}
	hash, err := hex.DecodeString(m.Hex)
	if err != nil {
		return mark{}, []byte{}
	}
	return m, hash
}

// purgeMarks lets the marks of messages go. They have no order of time, so all are looked through, outside of any transaction.
func (s *Store) purgeMarks(ctx context.Context, slice retention.Slice) (went retention.Went, err error) {
	from, hash := markAt(slice.After)
	var page []struct {
		mark
		Received time.Time `db:"received"`
	}
	if err := s.db.Select(ctx, &page, messagePage, Args{"sender": from.Sender, "control_id": from.ControlID, "hash": hash, "most": purgeMarks}); err != nil {
		return went, err
	}
	due := 0
	for _, m := range page {
		if m.Received.Before(slice.Before()) {
			due++
		}
	}
	went.More = len(page) == purgeMarks
	if len(page) > 0 {
		went.Next = page[len(page)-1].cursor()
	}
	if slice.Rehearse || due == 0 && went.More {
		went.Gone = due
		return went, nil
	}
	last := mark{}
	if len(page) > 0 {
		last = page[len(page)-1].mark
	}
	return went, s.purge(ctx, func(tx deskTx) error {
		n, err := tx.Exec(messageForget, Args{
			"sender": from.Sender, "control_id": from.ControlID, "hash": hash, "to_sender": last.Sender, "to_control_id": last.ControlID, "to_hash": last.Hash[:],
			"before": slice.Before(),
		})
		if err != nil {
			return err
		}
		went.Gone = int(n)
		return tx.wentIn(slice, went)
	})
}
