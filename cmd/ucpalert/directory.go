package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/directory"
)

type directoryCommand struct {
	Check directoryCheck `cmd:"" help:"Read a directory file, refuse it with the reason if it could lose an alert, and say what it holds."`
	Apply directoryApply `cmd:"" help:"Put a directory file in place of the one in use; a running service takes it at once."`
}

type directoryCheck struct {
	File string `arg:"" type:"existingfile" help:"The directory file."`
}

// Run prints what the file holds and what of it deserves a look.
func (c directoryCheck) Run() error {
	dir, err := directory.Load(c.File)
	if err != nil {
		return err
	}
	return printLines(os.Stdout, dir.Summary(time.Now()))
}

type directoryApply struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration of the service."`
	DryRun bool   `help:"Only say what would change."`
	File   string `arg:"" type:"existingfile" help:"The new directory file."`
}

// Run says what changes and replaces the file that the configuration names. The one before is kept beside it.
func (c directoryApply) Run() error {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	before, err := directory.Load(cfg.Directory)
	if err != nil {
		return fmt.Errorf("the directory in use: %w", err)
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the new directory: %w", err)
	}
	after, err := directory.Parse(text)
	if err != nil {
		return fmt.Errorf("directory %s: %w", c.File, err)
	}
	if _, err := accounts(cfg.Tokens, after); err != nil {
		return fmt.Errorf("the new directory does not fit the configuration: %w", err)
	}
	if _, _, err := newHabits(cfg, after, newLog(slog.LevelWarn)); err != nil {
		return fmt.Errorf("the new directory does not fit the profiles: %w", err)
	}
	lines := directory.Differences(before, after)
	if len(lines) == 0 {
		lines = []string{"Nothing changes."}
	}
	if err := printLines(os.Stdout, lines); err != nil || c.DryRun {
		return err
	}
	if err := replaceFile(cfg.Directory, text); err != nil {
		return err
	}
	if slices.Contains(cfg.SecondPerson, guardDirectory) {
		_, err = fmt.Fprintln(os.Stdout, "The file is in place. It holds once a second person has agreed to it, at /changes of the service.")
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, "Applied. A running service takes it within a second, and decides everybody who is in a department again.")
	return err
}

func printLines(w io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile puts a text in place of a file, whole or not at all, also if the power fails. The text before is kept under the same name
// with .before at its end.
func replaceFile(name string, text []byte) (err error) {
	old, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("keep the directory in use: %w", err)
	}
	if err := os.WriteFile(name+".before", old, 0o600); err != nil {
		return fmt.Errorf("keep the directory in use: %w", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("replace the directory: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new-*")
	if err != nil {
		return fmt.Errorf("replace the directory: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("replace the directory: %w", err), os.Remove(temporary.Name()))
		}
	}()
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Chmod(info.Mode()), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), name)
}

// fileState tells whether a file is still the one that was read.
type fileState struct {
	changed time.Time
	size    int64
}

func stateOf(name string) (fileState, error) {
	info, err := os.Stat(name)
	if err != nil {
		return fileState{}, err
	}
	return fileState{info.ModTime(), info.Size()}, nil
}

// every calls look at each tick until the context ends.
func every(ctx context.Context, interval time.Duration, look func(context.Context)) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
