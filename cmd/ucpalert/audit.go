package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that no entry of the journal was changed, deleted, inserted, swapped or cut off; the first that does not fit is named."`
	Export auditExportCommand `cmd:"" help:"Write the journal as FHIR AuditEvents, one a line, on standard output."`
	Key    auditKeyCommand    `cmd:"" help:"Make the key with which the service signs the journal's heads, and print its public half."`
}

// atGlass is what both need that look at the journal: the service may run meanwhile.
type atGlass struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration of the service, which may be running."`
}

func (c atGlass) open(ctx context.Context) (*sql.Glass, error) {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return nil, err
	}
	return sql.OpenGlass(ctx, cfg.locked())
}

type auditVerifyCommand struct {
	atGlass
	Heads    string `placeholder:"FILE" type:"existingfile" help:"The signed heads, as they were kept elsewhere. Without them, a chain that was written anew as a whole, or cut off with its counter, is not noticed."`
	Public   string `placeholder:"FILE" type:"existingfile" help:"The public half of the key that signed them, in PEM."`
	Restored bool   `help:"The database was restored from a backup since: leave out heads of other epochs than that of the last line."`
}

func (c auditVerifyCommand) Run(ctx context.Context) error {
	heads, err := c.heads()
	if err != nil {
		return err
	}
	glass, err := c.open(ctx)
	if err != nil {
		return err
	}
	done, err := journal.Audit(ctx, glass, heads)
	if err = errors.Join(err, glass.Close()); err != nil {
		return err
	}
	words := fmt.Sprintf("%d entries follow one another, the last of %s; ", done.Entries-done.Cut, done.Last.UTC().Format(time.RFC3339))
	if done.Cut > 0 {
		words += fmt.Sprintf("the %d before them were let go, as an entry says; ", done.Cut)
	}
	if done.Heads == 0 {
		words += "no signed head was compared: a chain that was written anew as a whole would look the same"
	} else {
		words += fmt.Sprintf("%d signed heads agree", done.Heads)
	}
	return printLines(os.Stdout, []string{words})
}

// heads reads the signed heads that are to be compared.
func (c auditVerifyCommand) heads() ([]journal.Head, error) {
	if (c.Heads == "") != (c.Public == "") {
		return nil, errors.New("--heads and --public belong together")
	}
	if c.Heads == "" {
		return nil, nil
	}
	key, err := publicKey(c.Public)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(c.Heads)
	if err != nil {
		return nil, err
	}
	heads, err := journal.ReadHeads(f, key)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		return nil, fmt.Errorf("%w: there is none in %s", journal.ErrHeads, c.Heads)
	}
	if c.Restored {
		heads = ofEpoch(heads, heads[len(heads)-1].Epoch)
	}
	return heads, nil
}

func ofEpoch(heads []journal.Head, epoch string) []journal.Head {
	var of []journal.Head
	for _, h := range heads {
		if h.Epoch == epoch {
			of = append(of, h)
		}
	}
	return of
}

type auditExportCommand struct {
	atGlass
	After int64 `default:"0" help:"Begin after the entry with this number."`
}

func (c auditExportCommand) Run(ctx context.Context) error {
	glass, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(exportAudit(ctx, os.Stdout, glass, c.After), glass.Close())
}

// auditPage is how many entries are read at a time.
const auditPage = 1000

// exportAudit writes the entries after a number, one AuditEvent a line.
func exportAudit(ctx context.Context, to io.Writer, chain journal.Chain, after int64) error {
	out := bufio.NewWriter(to)
	for {
		page, err := chain.After(ctx, after, auditPage)
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		if len(page) == 0 {
			return out.Flush()
		}
		for _, e := range page {
			if _, err := out.Write(append(fhir.AuditEvent(e), '\n')); err != nil {
				return err
			}
			after = e.Number
		}
	}
}

type auditKeyCommand struct {
	File string `arg:"" placeholder:"FILE" help:"Where the private key is written; it must not exist yet."`
}

func (c auditKeyCommand) Run(context.Context) error {
	public, err := makeSigningKey(c.File)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(public)
	return err
}
