package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/ucpalert/ucpalert/demo"
)

// importCentre is whose plans the files hold.
const importCentre = "RP4"

// importDirect runs `ucpalert plans import` on a file of Bundles, into the database of a service that is stopped.
func (c benchCommand) importDirect(ctx context.Context, s *benchServer, r *benchReport) error {
	return c.importFile(ctx, s, r, fmt.Sprintf("import a file of %d plans into the database", c.Plans), "--config", s.config(), "--centre", importCentre)
}

// importOverHTTP does the same to a service that runs.
func (c benchCommand) importOverHTTP(ctx context.Context, s *benchServer, r *benchReport) error {
	token := filepath.Join(s.folder, "token.txt")
	if err := os.WriteFile(token, []byte("demo-centre-"+importCentre), 0o600); err != nil {
		return err
	}
	return c.importFile(ctx, s, r, fmt.Sprintf("import a file of %d plans over HTTP", c.Plans), "--to", "http://"+s.http, "--token-file", token)
}

// importFile times the command from its start to its end. The target is for 100,000 plans and stands for as many as there are.
func (c benchCommand) importFile(ctx context.Context, s *benchServer, r *benchReport, name string, options ...string) (err error) {
	file := filepath.Join(s.folder, "plans.ndjson")
	if err := writeImportFile(file, c.Plans); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(file)) }()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, program, append([]string{"plans", "import", file}, options...)...)
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	r.less(name, time.Since(began).Seconds(), "s", 60*float64(c.Plans)/100_000)
	return nil
}

func writeImportFile(name string, n int) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(demo.ImportBundles(file, importCentre, n), file.Close())
}
