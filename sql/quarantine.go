package sql

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

var (
	quarantineKeep     = statement("quarantine_keep")
	quarantineList     = statement("quarantine_list")
	quarantineFind     = statement("quarantine_find")
	quarantineReplayed = statement("quarantine_replayed")
	quarantineDiscard  = statement("quarantine_discard")
	quarantineWaiting  = statement("quarantine_waiting")
)

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
		raw := tx.conn.ring().sealBytes(quarantineRaw, hex.EncodeToString(hash[:]), q.Raw)
		err := tx.Get(&times, quarantineKeep, Args{
			"hash": hash[:], "sender": q.Sender, "at": q.Received, "answer": q.Answer, "condition": q.Condition, "location": q.Location,
			"reason": q.Reason, "raw": raw, "size": len(q.Raw), "listener": q.Listener, "address": q.Address, "fingerprint": q.Fingerprint, "subject": q.Subject,
			"names": strings.Join(q.Names, "\n"), "organisation": q.Organisation,
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

// quarantineRaw is the sealed column of the quarantine.
const quarantineRaw = "quarantine.raw"

// quarantineRow is an entry without its message.
type quarantineRow struct {
	Hash        []byte    `db:"hash"`
	Sender      string    `db:"sender"`
	First       time.Time `db:"first_at"`
	Last        time.Time `db:"last_at"`
	Times       int       `db:"times"`
	Answer      string    `db:"answer"`
	Condition   int       `db:"condition"`
	Location    string    `db:"location"`
	Reason      string    `db:"reason"`
	Size        int       `db:"size"`
	Listener    string    `db:"listener"`
	Address     string    `db:"address"`
	Fingerprint string    `db:"fingerprint"`
	Subject     string    `db:"subject"`
	Names       string    `db:"names"`
	// Organisation is that of the certificate.
	Organisation string    `db:"organisation"`
	Replays      int       `db:"replays"`
	Replayed     time.Time `db:"replayed_at"`
	Taken        time.Time `db:"taken_at"`
	Discarded    time.Time `db:"discarded_at"`
	By           string    `db:"settled_by"`
}

func (r quarantineRow) entry() alerts.QuarantineEntry {
	var names []string
	if r.Names != "" {
		names = strings.Split(r.Names, "\n")
	}
	return alerts.QuarantineEntry{
		ID: hex.EncodeToString(r.Hash),
		Quarantined: alerts.Quarantined{
			Sender: r.Sender, Received: r.Last, Answer: r.Answer, Condition: r.Condition, Location: r.Location, Reason: r.Reason,
			Listener: r.Listener, Address: r.Address, Fingerprint: r.Fingerprint, Subject: r.Subject, Names: names,
			Organisation: r.Organisation,
		},
		First: r.First, Times: r.Times, Size: r.Size, Replays: r.Replays, Replayed: r.Replayed, Taken: r.Taken, Discarded: r.Discarded, By: r.By,
	}
}

// Quarantine returns a page of entries without their messages, the newest first: those after another entry, or the first if after is empty.
// Those that were taken or discarded are left out unless settled is set. It returns alerts.ErrNoQuarantined if after is no entry.
func (s *Store) Quarantine(ctx context.Context, after string, settled bool, most int) ([]alerts.QuarantineEntry, error) {
	args := Args{"settled": map[bool]int{true: 1}[settled], "before": time.UnixMicro(1 << 62), "hash": []byte{}, "most": most}
	if after != "" {
		last, err := s.Quarantined(ctx, after)
		if err != nil {
			return nil, err
		}
		hash, err := hex.DecodeString(last.ID)
		if err != nil {
			return nil, fmt.Errorf("read the quarantine: %w", err)
		}
		args["before"], args["hash"] = last.Received, hash
	}
	var rows []quarantineRow
	if err := s.db.Select(ctx, &rows, quarantineList, args); err != nil {
		return nil, fmt.Errorf("read the quarantine: %w", err)
	}
	out := make([]alerts.QuarantineEntry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out, nil
}

// QuarantineWaiting counts what waits in quarantine by its senders, in the order of their names. It says nothing of any message.
func (s *Store) QuarantineWaiting(ctx context.Context) ([]alerts.QuarantineWaiting, error) {
	var rows []struct {
		Sender       string    `db:"sender"`
		Organisation string    `db:"organisation"`
		Messages     int       `db:"messages"`
		Newest       time.Time `db:"newest"`
	}
	if err := s.db.Select(ctx, &rows, quarantineWaiting, nil); err != nil {
		return nil, fmt.Errorf("count what waits in quarantine: %w", err)
	}
	out := make([]alerts.QuarantineWaiting, len(rows))
	for i, r := range rows {
		out[i] = alerts.QuarantineWaiting{Sender: r.Sender, Organisation: r.Organisation, Messages: r.Messages, Newest: r.Newest}
	}
	return out, nil
}

// Quarantined returns one entry with its message, by its id or the beginning of it: at least eight digits. Errors:
// alerts.ErrNoQuarantined, alerts.ErrSeveralQuarantined.
func (s *Store) Quarantined(ctx context.Context, id string) (alerts.QuarantineEntry, error) {
	lowest, highest, ok := hashRange(id)
	if !ok {
		return alerts.QuarantineEntry{}, alerts.ErrNoQuarantined
	}
	var rows []struct {
		quarantineRow
		Raw cipherBytes `db:"raw"`
	}
	err := s.db.Select(ctx, &rows, quarantineFind, Args{"lowest": lowest, "highest": highest})
	switch {
	case err != nil:
		return alerts.QuarantineEntry{}, fmt.Errorf("read the quarantine: %w", err)
	case len(rows) == 0:
		return alerts.QuarantineEntry{}, alerts.ErrNoQuarantined
	case len(rows) > 1:
		return alerts.QuarantineEntry{}, alerts.ErrSeveralQuarantined
	}
	e := rows[0].entry()
	if e.Raw, err = rows[0].Raw.open(quarantineRaw, e.ID); err != nil {
		return alerts.QuarantineEntry{}, fmt.Errorf("read the quarantine: %w", err)
	}
	return e, nil
}

// hashRange is the range of the hashes whose hexadecimal digits begin in one way.
func hashRange(id string) (lowest, highest []byte, ok bool) {
	const digits = 2 * sha256.Size
	if len(id) < 8 || len(id) > digits {
		return nil, nil, false
	}
	lowest, errLow := hex.DecodeString(id + strings.Repeat("0", digits-len(id)))
	highest, errHigh := hex.DecodeString(id + strings.Repeat("f", digits-len(id)))
	return lowest, highest, errors.Join(errLow, errHigh) == nil
}

// NoteReplay keeps what became of an entry that was given to the receiver again, and journals it. It returns alerts.ErrNoQuarantined if
// the entry is not there, or was discarded meanwhile.
func (s *Store) NoteReplay(ctx context.Context, id string, became alerts.Replayed, at time.Time, by journal.Actor) error {
	args := Args{
		"at": at, "taken": time.Time{}, "by": "", "answer": became.Answer, "condition": became.Condition, "location": became.Location, "reason": became.Reason,
	}
	reason := "Taken."
	if became.Taken {
		args["taken"], args["by"] = at, by.Name
	} else {
		reason = "Refused again: " + became.Reason
	}
	return s.settle(ctx, id, quarantineReplayed, args, journal.Entry{Time: at, Kind: journal.MessageReplayed, Actor: by, Reason: reason})
}

// DiscardQuarantined drops a message, keeps that it was there, and journals it. It returns alerts.ErrNoQuarantined if the entry is not
// there, or was discarded already.
func (s *Store) DiscardQuarantined(ctx context.Context, id string, at time.Time, by journal.Actor) error {
	args := Args{"at": at, "by": by.Name, "empty": []byte{}}
	return s.settle(ctx, id, quarantineDiscard, args, journal.Entry{Time: at, Kind: journal.MessageDiscarded, Actor: by})
}

func (s *Store) settle(ctx context.Context, id string, st *Statement, args Args, e journal.Entry) error {
	lowest, highest, ok := hashRange(id)
	if !ok || !bytes.Equal(lowest, highest) {
		return alerts.ErrNoQuarantined
	}
	args["hash"] = lowest
	e.Subject = id[:16]
	err := s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(st, args)
		if err != nil {
			return err
		}
		if n == 0 {
			return alerts.ErrNoQuarantined
		}
		return appendEntry(tx, e)
	})
	if err != nil {
		return fmt.Errorf("settle message %s of the quarantine: %w", id[:16], err)
	}
	return nil
}
