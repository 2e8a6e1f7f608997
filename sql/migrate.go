package sql

import (
	"context"
	stdsql "database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrationFiles embed.FS

// Migrate makes the tables of a database, or brings them up to date, and does nothing else with it: whoever opens it next finds it new. Options
// need say only where it is. Tests make the tables once by it, and copy them.
func Migrate(ctx context.Context, o Options) (err error) {
	d, pool := sqlite, (*stdsql.DB)(nil)
	if o.PostgresURL != "" {
		d = postgres
		if pool, err = stdsql.Open("pgx", o.PostgresURL); err != nil {
			return fmt.Errorf("open the database: %w", err)
		}
	} else {
		if err := makeFolder(o.DataDir); err != nil {
			return fmt.Errorf("make the data folder: %w", err)
		}
		pool = openPool(filepath.Join(o.DataDir, databaseFile), writerPragmas, 0).DB
	}
	return errors.Join(migrate(ctx, d, pool, slog.New(slog.DiscardHandler)), pool.Close())
}

// migrate brings the tables up to date. Of several nodes that start at once one does it, and the others wait for it up to five minutes;
// an embedded database was locked by its folder before. A migration that came to the program after one of a higher number is run, too.
func migrate(ctx context.Context, d dialect, pool *stdsql.DB, log *slog.Logger) error {
	files, err := fs.Sub(migrationFiles, "migrations/"+d.String())
	if err != nil {
		return fmt.Errorf("find migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()), goose.WithAllowOutofOrder(true)}
	kind := goose.DialectSQLite3
	if d == postgres {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 30))
		if err != nil {
			return fmt.Errorf("prepare to lock the migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(kind, pool, files, options...)
	if err != nil {
		return fmt.Errorf("load migrations: %w", err)
	}
	done, err := provider.Up(ctx)
	for _, m := range done {
		log.InfoContext(ctx, "database migrated", "engine", d.String(), "migration", m.Source.Version)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	if current > newest {
		return fmt.Errorf("the tables are of version %d, made by a newer ucpalert; this one knows version %d: use the newer program", current, newest)
	}
	return nil
}
