package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/ucpalert/ucpalert/files"
)

// plansImportCommand publishes the plans of a file. Over HTTP, to a service that runs, is the usual way: it needs nothing but the centre's
// token, and the service checks and journals who publishes. With --config it writes into the database itself, which on SQLite needs the
// service to be stopped: one process at a time may use the folder.
type plansImportCommand struct {
	File      string `arg:"" help:"The file; - is standard input."`
	To        string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"The service to publish to."`
	TokenFile string `type:"existingfile" placeholder:"FILE" help:"File with the bearer token of the centre."`
	Config    string `type:"existingfile" placeholder:"FILE" help:"Write into the database of this configuration instead. Not while a service uses its SQLite folder."`
	Centre    string `placeholder:"ODS" help:"Whose plans these are, as an ODS code. Needed with --config and --dry-run; over HTTP the token says it."`
	DryRun    bool   `help:"Read and check every line, publish nothing."`
}

// errRefusedLines is returned when not every line was taken; the report says which.
var errRefusedLines = errors.New("not every line was taken")

func (c plansImportCommand) Run(ctx context.Context) (err error) {
	to, err := c.publisher(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	file, size, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	done, end := progressBar(size)
	report, err := files.Import(ctx, files.Read(file, c.File, c.Centre), to.Publisher, to.submitters, done)
	end()
	c.print(os.Stdout, report)
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted; run the same command again: what is held stays as it is")
	case err != nil:
		return fmt.Errorf("%w; run the same command again: what is held stays as it is", err)
	case len(report.Refused) > 0:
		return errRefusedLines
	}
	return nil
}

// publisher is who takes the plans.
func (c plansImportCommand) publisher(ctx context.Context) (*destination, error) {
	switch {
	case c.Centre == "" && (c.DryRun || c.Config != ""):
		return nil, errors.New("--centre must say whose plans these are")
	case c.DryRun:
		return rehearse(c.Centre), nil
	case c.Config != "":
		return intoDatabase(ctx, c.Config, c.Centre)
	case c.TokenFile == "":
		return nil, errors.New("--token-file must name the file with the centre's token (or --config the configuration of a service that is stopped)")
	}
	return overHTTP(c.To, c.TokenFile)
}

// print writes one line for each fault, and the sum. It names places and says what to change, never what stands there.
func (c plansImportCommand) print(out io.Writer, r files.Report) {
	for _, refused := range r.Refused {
		for _, issue := range refused.Outcome.Issues {
			place := ""
			if issue.Expression != "" {
				place = ", " + issue.Expression
			}
			fmt.Fprintf(out, "line %d%s: %s\n", refused.Line, place, issue.Diagnostics)
		}
	}
	if c.DryRun {
		fmt.Fprintf(out, "%d plans: %d can be published, %d refused; nothing was published\n", r.Lines, r.Published(), len(r.Refused))
		return
	}
	fmt.Fprintf(out, "%d plans: %d new, ", r.Lines, r.Created)
	if c.Config == "" { // the service does not say which
		fmt.Fprintf(out, "%d revised or held already", r.Held)
	} else {
		fmt.Fprintf(out, "%d revised, %d held already", r.Revised, r.Unchanged)
	}
	fmt.Fprintf(out, ", %d refused\n", len(r.Refused))
}

// openFile opens a file, or standard input for -. The size is 0 if it cannot be known.
func openFile(name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	about, err := file.Stat()
	if err != nil || !about.Mode().IsRegular() {
		return file, 0, nil //nolint:nilerr // a pipe is read without a bar that knows its end
	}
	return file, about.Size(), nil
}

// progressBar shows how much of the file is settled, on a terminal only: into a pipe nothing is written. end leaves it as it is.
func progressBar(size int64) (done func(int64), end func()) {
	progress := mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(50))
	bar := progress.AddBar(size,
		mpb.PrependDecorators(decor.CountersKibiByte("% .1f / % .1f")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)),
	)
	return bar.IncrInt64, func() {
		bar.Abort(false) // of a bar that is full this changes nothing
		progress.Wait()
	}
}
