package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ucpalert/ucpalert/demo"
)

// benchServer is `ucpalert serve` in a process of its own.
type benchServer struct {
	process    *exec.Cmd
	folder     string
	http, mllp string
	// trust is for whoever connects; nil if the server speaks no TLS.
	trust *tls.Config
}

// newBenchServer makes a fresh folder below another, and does not start yet. prepare adds a directory and accounts.
func newBenchServer(below string, prepare func(*benchServer, *config) error) (*benchServer, error) {
	folder, err := os.MkdirTemp(below, "ucpalert-bench-")
	if err != nil {
		return nil, err
	}
	s := &benchServer{folder: folder}
	return s, s.writeConfig(prepare)
}

// start runs the program on the folder and waits until it is ready.
func (s *benchServer) start(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	s.process = exec.CommandContext(ctx, program, "serve", "--config", s.config())
	s.process.Cancel = func() error { return s.process.Process.Signal(os.Interrupt) }
	stderr, err := s.process.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	return s.waitReady(stderr)
}

func startServer(ctx context.Context, s *benchServer, _ *benchReport) error { return s.start(ctx) }
func stopServer(_ context.Context, s *benchServer, _ *benchReport) error    { return s.stop() }

// config is the server's configuration file.
func (s *benchServer) config() string { return filepath.Join(s.folder, "ucpalert.yaml") }

// waitReady reads the log until the server is ready, and drops the rest of it.
func (s *benchServer) waitReady(stderr io.ReadCloser) error {
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		var line struct{ Msg string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
			go func() { _, _ = io.Copy(io.Discard, stderr) }() // ends with the server, whose end is waited for
			return nil
		}
		fmt.Fprintln(os.Stderr, lines.Text())
	}
	return errors.Join(errors.New("the server ended before it was ready"), s.process.Wait())
}

func (s *benchServer) writeConfig(prepare func(*benchServer, *config) error) error {
	c := defaults()
	var err error
	if s.http, err = unusedAddress(); err != nil {
		return err
	}
	if s.mllp, err = unusedAddress(); err != nil {
		return err
	}
	c.HTTP.Address, c.MLLP.Address, c.MLLP.Connections, c.MLLP.ConnectionsPerSender = s.http, s.mllp, 256, 128
	c.Admin.Address = "" // the figures are asked for where the rest is
	c.Storage.DataFolder, c.Directory, c.AllowTestPatients, c.LogLevel = "data", "directory.yaml", true, "info"
	if err := prepare(s, &c); err != nil {
		return err
	}
	b, err := yaml.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(s.config(), b, 0o600)
}

func (s *benchServer) writeDirectory(text []byte) error {
	return os.WriteFile(filepath.Join(s.folder, "directory.yaml"), text, 0o600)
}

// demoServer has the demo's directory and accounts.
func demoServer(s *benchServer, c *config) error {
	c.Tokens = tokensOf(demo.Accounts())
	return s.writeDirectory(demo.DirectoryYAML)
}

// tokensOf turns the demo's accounts into what a configuration holds.
func tokensOf(accounts []demo.Account) []tokenConfig {
	var out []tokenConfig
	for _, a := range accounts {
		out = append(out, tokenConfig{
			Name: a.Name, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(a.Token))), Role: a.Role, Organisation: a.Organisation, Department: a.Department,
		})
	}
	return out
}

func unusedAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// memory is the server's resident memory in MB (10^6 bytes).
func (s *benchServer) memory() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, errors.New("the system does not say how much memory the server has")
}

// processor is how much processor time the server has taken, in user mode and in the system's (proc(5), stat, fields 14 and 15, in
// hundredths of a second).
func (s *benchServer) processor() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:])) // field 3 and those after it
	if len(fields) < 13 {
		return 0, errors.New("the system does not say how much processor time the server has taken")
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

// stop asks the server to end and waits for it.
func (s *benchServer) stop() error {
	if err := s.process.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- s.process.Wait() }()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		return errors.Join(errors.New("the server did not stop within a minute"), s.process.Process.Kill())
	}
}

// kill ends the server as a failing machine would: it cannot do anything more.
func (s *benchServer) kill() error {
	if err := s.process.Process.Kill(); err != nil {
		return err
	}
	var killed *exec.ExitError
	if err := s.process.Wait(); !errors.As(err, &killed) {
		return fmt.Errorf("the server was killed and ended with %w", err)
	}
	return nil
}

// overTLS ends a figure's name.
func (s *benchServer) overTLS() string {
	if s.trust != nil {
		return " over TLS"
	}
	return ""
}

// remove ends the server if it still runs, and takes its folder away.
func (s *benchServer) remove() {
	if s.process != nil && s.process.ProcessState == nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
	}
	_ = os.RemoveAll(s.folder)
}
