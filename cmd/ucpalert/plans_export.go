package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
)

// plansExportCommand writes the newest version of each plan of a centre, one FHIR resource a line.
type plansExportCommand struct {
	To        string   `default:"http://127.0.0.1:8080" placeholder:"URL" help:"The service to read from."`
	TokenFile string   `type:"existingfile" placeholder:"FILE" help:"File with the bearer token of the centre."`
	Config    string   `type:"existingfile" placeholder:"FILE" help:"Read the database of this configuration instead. Not while a service uses its SQLite folder."`
	Centre    string   `placeholder:"ODS" help:"Whose plans, as an ODS code; needed with --config. Over HTTP the token says it."`
	Status    []string `placeholder:"STATUS" help:"Only plans in one of these states, such as active."`
	Out       string   `default:"-" placeholder:"FILE" help:"The file to write, readable by its owner only; - is standard output."`
}

// exportPage is how many plans are read, journalled and written at a time.
const exportPage = 200

func (c plansExportCommand) Run(ctx context.Context) (err error) {
	for _, word := range c.Status {
		if _, known := plans.ParseStatus(word); !known {
			return fmt.Errorf("--status %s is none of draft, active, on-hold, revoked, completed, entered-in-error and unknown", word)
		}
	}
	from, end, err := c.source(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	out := io.WriteCloser(os.Stdout)
	if c.Out != "-" {
		if out, err = os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
			return err
		}
	}
	written, err := from(out)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("export plan %d: %w", written+1, err)
	}
	fmt.Fprintf(os.Stderr, "%d plans written\n", written)
	return nil
}

// source is where the plans come from.
func (c plansExportCommand) source(ctx context.Context) (from func(io.Writer) (int, error), end func() error, err error) {
	switch {
	case c.Config == "" && c.TokenFile == "":
		return nil, nil, errors.New("--token-file must name the file with the centre's token (or --config the configuration of a service that is stopped)")
	case c.Config == "":
		service, err := serviceAt(c.To, c.TokenFile, 1)
		if err != nil {
			return nil, nil, err
		}
		return func(to io.Writer) (int, error) { return service.Export(ctx, c.Status, to) }, nothingToClose, nil
	case c.Centre == "":
		return nil, nil, errors.New("--centre must say whose plans")
	}
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return nil, nil, err
	}
	if _, known := at.dir.Organisation(c.Centre); !known {
		return nil, nil, errors.Join(fmt.Errorf("%s is no organisation of the directory", c.Centre), at.db.Close())
	}
	query := plans.Query{Centre: c.Centre, Limit: exportPage}
	for _, word := range c.Status {
		query.Statuses = append(query.Statuses, plans.Status(word))
	}
	return func(to io.Writer) (int, error) { return exportPlans(ctx, at.store, query, to) }, at.db.Close, nil
}

// exportPlans writes the plans that a query finds, page by page. The reading of each is journalled before it is written. A plan that is
// revised meanwhile is found again behind the others; it is written once, as it was found first.
func exportPlans(ctx context.Context, store *sql.Store, query plans.Query, to io.Writer) (written int, err error) {
	out := bufio.NewWriterSize(to, 1<<20)
	actor := journal.Actor{Name: "ucpalert plans export", Role: string(access.Centre), Organisation: query.Centre}
	seen := map[string]bool{}
	for more := true; more; {
		var page []plans.Change
		if page, more, err = store.FindPlans(ctx, query); err != nil {
			return written, err
		}
		if len(page) > 0 {
			query.After = page[len(page)-1].Position
		}
		page = slices.DeleteFunc(page, func(p plans.Change) bool { return seen[p.ID] })
		readings := make([]journal.Entry, len(page))
		for i, p := range page {
			readings[i] = journal.Entry{Time: time.Now(), Kind: journal.PlanRead, Actor: actor, Subject: p.ID, Version: p.Version}
			seen[p.ID] = true
		}
		if err := store.RecordAll(ctx, readings); err != nil {
			return written, err
		}
		for _, p := range page {
			v, err := store.PlanVersion(ctx, p.ID, p.Version)
			if err != nil {
				return written, err
			}
			line, err := fhir.WriteLine(v.Document, v.ID, v.Number, v.Published)
			if err != nil {
				return written, err
			}
			if _, err := out.Write(append(line, '\n')); err != nil {
				return written, err
			}
			written++
		}
	}
	return written, out.Flush()
}
