package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/vault"
)

type keysCommand struct {
	Status keysStatusCommand `cmd:"" help:"Say where the master key is, how old the data key is, and whether everything is sealed with it."`
	Rotate keysRotateCommand `cmd:"" help:"Make a new data key, and seal everything again with it: by the service if it runs, else at once."`
	Rewrap keysRewrapCommand `cmd:"" help:"Wrap the data keys with another master key, while the service is stopped on all nodes."`
	Export keysExportCommand `cmd:"" name:"export-recovery" help:"Print the master key, to be kept on paper in a safe."`
}

// atKeys is what every command of keys needs.
type atKeys struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration of the service."`
	By     string `default:"command line" placeholder:"NAME" help:"Who does it, for the journal."`
}

func (c atKeys) actor() journal.Actor {
	return journal.Actor{Name: c.By, Role: string(access.Administrator)}
}

func (c atKeys) config() (config, error) {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	return cfg, err
}

type keysStatusCommand struct{ atKeys }

func (c keysStatusCommand) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	glass, err := sql.OpenGlass(ctx, cfg.locked())
	if err != nil {
		return err
	}
	state, err := glass.Sealing(ctx)
	if err = errors.Join(err, glass.Close()); err != nil {
		return err
	}
	if state.Keys == 0 {
		return printLines(os.Stdout, []string{"The database has no keys yet: the service makes them when it starts."})
	}
	source := cfg.keySource()
	lines := []string{"Master key   " + state.Master + ", from " + source.String()}
	switch master, _, err := source.Master(ctx, true); {
	case err != nil:
		lines = append(lines, "             CANNOT BE READ: "+err.Error())
	case master.Fingerprint() != state.Master:
		lines = append(lines, "             WRONG: the one there is "+master.Fingerprint())
	default:
		lines = append(lines, "             it is there, and it is the right one")
	}
	lines = append(lines, fmt.Sprintf("Data key     number %d, made %s; %s in all", state.Key, state.Made.Format(time.DateOnly), counted(state.Keys, "data key")))
	switch {
	case state.Table == "":
		lines = append(lines, "Sealed       everything, with the newest key")
	case state.Whole:
		lines = append(lines, "Sealed       everything; with the newest key up to the table "+state.Table)
	default:
		lines = append(lines, "Sealed       NOT EVERYTHING: rows from before there were keys are in sight; done up to the table "+state.Table)
	}
	return printLines(os.Stdout, lines)
}

// counted is a number of things in words.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

type keysRotateCommand struct{ atKeys }

func (c keysRotateCommand) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	at, err := openDatabase(ctx, c.Config)
	if errors.Is(err, sql.ErrInUse) {
		if err := os.WriteFile(filepath.Join(cfg.Storage.DataFolder, keyWish), []byte(c.By+"\n"), 0o600); err != nil {
			return fmt.Errorf("ask the service for a new key: %w", err)
		}
		return printLines(os.Stdout, []string{"The service runs, and was asked for a new key. It takes a few seconds; ucpalert keys status says how far it is."})
	}
	if err != nil {
		return err
	}
	number, err := at.store.ReplaceKey(ctx, c.actor())
	if err == nil {
		err = printLines(os.Stdout, []string{fmt.Sprintf("Key %d was made. Everything is sealed again with it; this can be stopped, and goes on when the service runs.", number)})
	}
	for more := err == nil; more && err == nil; {
		more, err = at.store.SealOn(ctx)
	}
	if err == nil {
		err = printLines(os.Stdout, []string{"Everything is sealed with the newest key."})
	}
	return errors.Join(err, at.db.Close())
}

type keysRewrapCommand struct {
	atKeys
	To string `required:"" type:"path" placeholder:"FILE" help:"The new master key's file: made if it is missing. From the next start on the configuration must lead to it."`
}

func (c keysRewrapCommand) Run(ctx context.Context) error {
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	master, _, err := vault.Source{File: c.To}.Master(ctx, false)
	if err == nil {
		err = at.store.Rewrap(ctx, master, c.actor())
	}
	if err == nil {
		err = printLines(os.Stdout, []string{
			"All keys are wrapped with the master key " + master.Fingerprint() + " in " + c.To + " now.",
			"Say so in the configuration (keys) of every node before it is started, and keep the old one as long as there are backups from before.",
		})
	}
	return errors.Join(err, at.db.Close())
}

type keysExportCommand struct {
	atKeys
	Reveal bool `required:"" help:"Print the key itself: whoever reads it can read the database and every backup of it."`
}

func (c keysExportCommand) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	master, _, err := cfg.keySource().Master(ctx, true)
	if err != nil {
		return err
	}
	return printLines(os.Stdout, []string{
		"ucpalert master key " + master.Fingerprint() + ", " + time.Now().UTC().Format(time.DateOnly),
		master.Reveal(),
		"Keep this apart from the database and its backups. To use it, write the 64 digits into a file of mode 0600 and name it as keys.file.",
	})
}
