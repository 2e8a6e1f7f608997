package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

type mergesCommand struct {
	List mergesListCommand `cmd:"" help:"List which of their records hospitals merged (A40, A34, A47), the newest first."`
	Undo mergesUndoCommand `cmd:"" help:"Take back a merge that was a mistake. Its visits are decided again at once."`
}

type mergesListCommand struct {
	Config       string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped."`
	Organisation string `placeholder:"ODS" help:"Only those of this organisation."`
	Limit        int    `default:"100" help:"How many at most."`
}

// Run prints no identifiers of patients: an id, the organisation, when it was told, and whether it holds.
func (c mergesListCommand) Run(ctx context.Context) error {
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	links, err := at.store.Merges(ctx, c.Organisation, c.Limit)
	if err != nil {
		return errors.Join(err, at.db.Close())
	}
	lines := make([]string, 0, len(links)+1)
	for _, l := range links {
		state := "holds"
		if l.Undone {
			state = "undone"
		}
		lines = append(lines, fmt.Sprintf("%s  %s  told %s  %s", l.ID, l.Organisation, l.Stamp.Time().Format(time.RFC3339), state))
	}
	if len(links) == 0 {
		lines = append(lines, "no merges are held")
	}
	return errors.Join(printLines(os.Stdout, lines), at.db.Close())
}

type mergesUndoCommand struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped."`
	By     string `required:"" placeholder:"NAME" help:"Who decided it, for the journal."`
	Reason string `required:"" placeholder:"WORDS" help:"Why, for the journal. Name no patient."`
	ID     string `arg:"" help:"The merge, as list prints it."`
}

func (c mergesUndoCommand) Run(ctx context.Context) error {
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	_, err = at.desk().UndoMerge(ctx, c.ID, c.Reason, journal.Actor{Name: c.By, Role: "operator"})
	if errors.Is(err, alerts.ErrNoMerge) {
		err = fmt.Errorf("%w; ucpalert merges list prints those that are", err)
	}
	if err == nil {
		err = printLines(os.Stdout, []string{"undone; the visits that it concerned were decided again"})
	}
	return errors.Join(err, at.db.Close())
}
