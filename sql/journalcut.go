package sql

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/retention"
)

var (
	journalExplains = statement("journal_explains")
	journalDrop     = statement("journal_drop")
)

// journalCut names, in the table meta, the last entry of the journal that is gone, as [journal.Cut] writes it.
const journalCut = "journal cut"

// purgeJournal lets the beginning of the journal go: entries that are old enough and come before all that explain something that is still held.
func (s *Store) purgeJournal(ctx context.Context, slice retention.Slice) (went retention.Went, err error) {
	from, _ := strconv.ParseInt(slice.After, 10, 64) // only a rehearsal goes on after what it leaves where it is
	page, err := s.After(ctx, from, purgeRows)
	if err != nil || len(page) == 0 || !page[0].Time.Before(slice.Before()) {
		return went, err
	}
	var held struct {
		Number int64     `db:"number"`
		Raised time.Time `db:"raised"`
	}
	if err := s.db.Get(ctx, &held, journalExplains, nil); err != nil {
		return went, err
	}
	explains := func(e journal.Entry) bool {
		return held.Number > 0 && e.Number >= held.Number || !held.Raised.IsZero() && !e.Time.Before(held.Raised)
	}
	for went.Gone < len(page) && page[went.Gone].Time.Before(slice.Before()) && !explains(page[went.Gone]) {
		went.Gone++
	}
	if went.Gone == 0 {
		return went, nil
	}
	went.More = went.Gone == purgeRows
	if slice.Rehearse {
		went.Next = strconv.FormatInt(page[went.Gone-1].Number, 10)
		return went, nil
	}
	cut := journal.CutAt(page[went.Gone-1])
	return went, s.purge(ctx, func(tx deskTx) error {
		if _, err := tx.Exec(journalDrop, Args{"number": cut.Number}); err != nil {
			return err
		}
		if err := writeMeta(tx.Tx, journalCut, cut.String()); err != nil {
			return err
		}
		reason := strconv.Itoa(went.Gone) + " entries older than " + slice.Before().UTC().Format(time.RFC3339) + ", which explain nothing that is held"
		return tx.Append(journal.Entry{Time: slice.Now, Kind: journal.JournalCut, Actor: journal.Service, Subject: cut.String(), Reason: reason})
	})
}

func cutOf(text string, err error) (journal.Cut, error) {
	switch {
	case errors.Is(err, ErrNoRows):
		return journal.Cut{}, nil
	case err != nil:
		return journal.Cut{}, fmt.Errorf("find where the journal was cut: %w", err)
	}
	return journal.ParseCut(text)
}

// Cut implements [journal.Chain].
func (s *Store) Cut(ctx context.Context) (journal.Cut, error) {
	var text string
	err := s.db.Get(ctx, &text, metaGet, Args{"name": journalCut})
	return cutOf(text, err)
}

// Cut implements [journal.Chain].
func (g *Glass) Cut(ctx context.Context) (journal.Cut, error) {
	var text string
	err := (&view{ctx, g.dialect, g.pool, g.ring}).Get(&text, metaGet, Args{"name": journalCut})
	return cutOf(text, err)
}
