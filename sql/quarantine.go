package sql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

var quarantineKeep = statement("quarantine_keep")

var (
	_ alerts.Quarantine = (*Store)(nil)
	_ alerts.Refusals   = (*Store)(nil)
)

// KeepRefusal implements [alerts.Refusals].
func (s *Store) KeepRefusal(ctx context.Context, r alerts.Refused) error {
	return s.Record(ctx, journal.Entry{
		Time: r.At, Kind: journal.MessageRefused, Actor: journal.Actor{Name: r.Sender, Role: "hospital", Organisation: r.Organisation},
		Subject: r.Certificate[:min(len(r.Certificate), 16)], Reason: r.Reason,
	})
}

// KeepQuarantined implements [alerts.Quarantine]. The first time it journals that a message came that nobody understood.
func (s *Store) KeepQuarantined(ctx context.Context, q alerts.Quarantined) error {
	hash := sha256.Sum256(q.Raw)
	err := s.db.Write(ctx, func(tx *Tx) error {
		var times int
		err := tx.Get(&times, quarantineKeep, Args{
			"hash": hash[:], "sender": q.Sender, "at": q.Received, "answer": q.Answer, "condition": q.Condition, "location": q.Location,
			"reason": q.Reason, "raw": q.Raw,
		})
		if err != nil || times > 1 {
			return err
		}
		return appendEntry(tx, journal.Entry{
			Time: q.Received, Kind: journal.MessageQuarantined, Actor: journal.Actor{Name: q.Sender, Role: "hospital"},
			Subject: hex.EncodeToString(hash[:8]), Reason: q.Reason,
		})
	})
	if err != nil {
		return fmt.Errorf("quarantine a message: %w", err)
	}
	return nil
}
