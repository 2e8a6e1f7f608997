package sql

import (
	"context"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	answerLinkAdd = statement("answer_link_add")
	answerLinkGet = statement("answer_link_get")
	answerLinkUse = statement("answer_link_use")
)

var _ subscribers.AnswerLinks = (*Store)(nil)

type answerLinkRow struct {
	Hash   string    `db:"hash"`
	Alert  string    `db:"alert"`
	Person string    `db:"person"`
	Made   time.Time `db:"made"`
	Until  time.Time `db:"until"`
	Used   time.Time `db:"used"`
	UsedBy string    `db:"used_by"`
}

// KeepLink implements [subscribers.AnswerLinks].
func (s *Store) KeepLink(ctx context.Context, l subscribers.AnswerLink) error {
	row := answerLinkRow(l)
	err := s.db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(answerLinkAdd, &row)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a link to alert %s: %w", l.Alert, err)
	}
	return nil
}

// Link implements [subscribers.AnswerLinks].
func (s *Store) Link(ctx context.Context, hash string) (subscribers.AnswerLink, error) {
	var row answerLinkRow
	if err := s.db.Get(ctx, &row, answerLinkGet, Args{"hash": hash}); err != nil {
		return subscribers.AnswerLink{}, fmt.Errorf("find a link: %w", foundAs(err, subscribers.ErrNoLink))
	}
	return subscribers.AnswerLink(row), nil
}

// UseLink implements [subscribers.AnswerLinks].
func (s *Store) UseLink(ctx context.Context, hash, by string, at time.Time) (first bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(answerLinkUse, Args{"hash": hash, "by": by, "at": at})
		first = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("use a link: %w", err)
	}
	return first, nil
}
