package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/sql"
)

// makeKeys keeps everybody under the keys by which they are found, if the database is from before there were any, or has those of another
// recipe. No message is taken before: an arrival would miss the plans that have none. Whoever fills a new database does it first, while it is
// empty, or the service would do it for every plan when it starts.
func makeKeys(ctx context.Context, store *sql.Store, desk *alerts.Desk, log *slog.Logger) error {
	has, err := store.HasKeys(ctx)
	if err != nil || has {
		return err
	}
	began := time.Now()
	if err := desk.MakeKeys(ctx, store); err != nil {
		return err
	}
	log.Info("the keys by which patients are found were made", "took", time.Since(began).String())
	return store.KeepRecipe(ctx)
}
