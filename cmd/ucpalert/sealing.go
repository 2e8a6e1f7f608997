package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/vault"
)

// keysConfig says where the master key is with which the database's keys are wrapped: at most one of the three.
type keysConfig struct {
	File       string   `yaml:"file"`
	Credential string   `yaml:"credential"`
	Command    []string `yaml:"command"`
	// ReplaceAfter is how old the newest data key may become.
	ReplaceAfter time.Duration `yaml:"replace_after"`
}

// oldestKey is the shortest time after which data keys may be replaced: everything is sealed again each time.
const oldestKey = 24 * time.Hour

func (c keysConfig) check() error {
	said := 0
	for _, is := range []bool{c.File != "", c.Credential != "", len(c.Command) > 0} {
		if is {
			said++
		}
	}
	if said > 1 {
		return errors.New("configuration: only one of keys.file, keys.credential and keys.command can be set")
	}
	if c.ReplaceAfter < 0 || c.ReplaceAfter > 0 && c.ReplaceAfter < oldestKey {
		return fmt.Errorf("configuration: keys.replace_after must be at least %s, or 0s to replace keys by hand only", oldestKey)
	}
	return nil
}

func (c *keysConfig) paths(folder string) {
	if c.File != "" && !filepath.IsAbs(c.File) {
		c.File = filepath.Join(folder, c.File)
	}
}

// keySource is where the master key is. Where nothing is said it is a file beside the data folder or, with PostgreSQL, beside the configuration.
func (c config) keySource() vault.Source {
	switch {
	case c.Keys.File != "" || c.Keys.Credential != "" || len(c.Keys.Command) > 0:
		return vault.Source{File: c.Keys.File, Credential: c.Keys.Credential, Command: c.Keys.Command}
	case c.Storage.DataFolder != "":
		return sql.KeyBeside(c.Storage.DataFolder)
	}
	return vault.Source{File: filepath.Join(c.folder, "ucpalert.key")}
}

// locked is the database, to be looked at without its keys.
func (c config) locked() sql.Options {
	return sql.Options{DataDir: c.Storage.DataFolder, PostgresURL: c.Storage.PostgresURL}
}

// unlocked is the database with its keys.
func (c config) unlocked() sql.Options {
	o, source := c.locked(), c.keySource()
	o.Key = &source
	return o
}

// database is the database to write to.
func (c config) database(log *slog.Logger) sql.Options {
	o := c.unlocked()
	o.Log = log
	return o
}

// keyWish is a file in the data folder of an SQLite database by which a running service is asked for a new key: nobody else may write to its
// database. It holds the name of who asks.
const keyWish = "replace-key"

// sealingEvery is how often it is looked whether there is something to seal again.
const sealingEvery = 10 * time.Second

// sealer seals again what is not sealed with the newest key, and makes a new one when it is asked to or when the time has come. Several nodes may do
// it at the same time.
type sealer struct {
	log   *slog.Logger
	store *sql.Store
	// wish is the file by which a new key is asked for; empty with PostgreSQL.
	wish         string
	replaceAfter time.Duration
}

func (c config) sealer(log *slog.Logger, store *sql.Store) *sealer {
	s := &sealer{log: log, store: store, replaceAfter: c.Keys.ReplaceAfter}
	if c.Storage.DataFolder != "" {
		s.wish = filepath.Join(c.Storage.DataFolder, keyWish)
	}
	return s
}

func (s *sealer) run(ctx context.Context) error {
	return every(ctx, sealingEvery, func(ctx context.Context) {
		if err := s.look(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "what is kept could not all be sealed with the newest key; trying again", "error", err)
		}
	})
}

// look does what there is to do.
func (s *sealer) look(ctx context.Context) error {
	if err := s.store.SealedKeys(ctx); err != nil {
		return err
	}
	if err := s.replace(ctx); err != nil {
		return err
	}
	return s.sealAll(ctx)
}

// replace makes a new key if somebody asked for one, or if the newest has become too old.
func (s *sealer) replace(ctx context.Context) error {
	by := journal.Actor{Name: "service", Role: "service"}
	asked, err := s.asked()
	if err != nil {
		return err
	}
	if asked != "" {
		by = journal.Actor{Name: asked, Role: string(access.Administrator)}
	} else {
		state, err := s.store.Sealing(ctx)
		if err != nil || s.replaceAfter == 0 || state.Table != "" || time.Since(state.Made) < s.replaceAfter {
			return err
		}
	}
	number, err := s.store.ReplaceKey(ctx, by)
	if err != nil {
		return err
	}
	s.log.InfoContext(ctx, "a new key was made, and what is kept is sealed with it from now on", "key", number)
	if asked == "" {
		return nil
	}
	return os.Remove(s.wish)
}

// asked is who asks for a new key by a file; empty if nobody does.
func (s *sealer) asked() (string, error) {
	if s.wish == "" {
		return "", nil
	}
	name, err := os.ReadFile(s.wish)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read who asks for a new key: %w", err)
	}
	return string(bytes.TrimSpace(name)), nil
}

// sealAll seals until nothing is left. It rests as long as it worked, so that messages have the other half of the time.
func (s *sealer) sealAll(ctx context.Context) error {
	began, any := time.Now(), false
	for {
		step := time.Now()
		more, err := s.store.SealOn(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		any = true
		select {
		case <-time.After(time.Since(step)):
		case <-ctx.Done():
			return nil
		}
	}
	if any {
		s.log.InfoContext(ctx, "everything that is kept is sealed with the newest key", "took", time.Since(began).String())
	}
	return nil
}
