package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
)

// badLines are lines of a file that is imported, counted from 1, that are no plans.
var badLines = []int{10, 700, 1390}

// importFile makes a file of 1,400 plans, three of which are refused, and returns its bytes.
func importFile(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := demo.ImportBundles(&b, "RP4", 1400); err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b.Bytes(), []byte("\n"))
	lines[badLines[0]-1] = []byte("not JSON\n")
	lines[badLines[1]-1] = bytes.Replace(lines[badLines[1]-1], []byte(`"status":"active"`), []byte(`"status":"alive"`), 1)
	lines[badLines[2]-1] = lines[4]
	return bytes.Join(lines, nil)
}

// importing is `ucpalert plans import` in a process of its own.
func importing(t *testing.T, folder string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(program, append([]string{"plans", "import"}, args...)...)
	process.Args[0], process.Dir = "ucpalert", folder // the test binary is the program under this name
	return process
}

// refusals are the lines of a report that tell why a line was refused, without the sum.
func refusals(report []byte) []string {
	var told []string
	for line := range strings.Lines(string(report)) {
		if strings.HasPrefix(line, "line ") {
			told = append(told, line)
		}
	}
	return told
}

// imported is what the database in a folder holds: how many plans, and how many of them in a version after the first.
func imported(t *testing.T, folder string) (held, revised int) {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{DataDir: filepath.Join(folder, "data")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var all []plans.Plan
	if all, err = sql.NewStore(db).PlansAfter(t.Context(), "", 10_000, nil); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Version > 1 {
			revised++
		}
	}
	return len(all), revised
}

// An import is killed in the middle of the file; the same command again takes every line once, and tells of every line that it refuses.
func TestAnImportThatIsKilledIsFinishedByTheNext(t *testing.T) {
	content := importFile(t)
	for _, row := range []struct {
		name    string
		service bool
		sum     string // with how many were held already
	}{
		{"into the database", false, "1400 plans: %d new, 0 revised, %d held already, 3 refused"},
		{"over HTTP", true, "1400 plans: %d new, %d revised or held already, 3 refused"},
	} {
		t.Run(row.name, func(t *testing.T) {
			folder := t.TempDir()
			httpAddress := freeAddress(t)
			config, err := writeTestConfig(folder, httpAddress, freeAddress(t), "")
			if err != nil {
				t.Fatal(err)
			}
			name, token := filepath.Join(folder, "plans.ndjson"), filepath.Join(folder, "token.txt")
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(token, []byte("demo-centre-RP4\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			to, stop := []string{"--config", config, "--centre", "RP4"}, func() {}
			serve := func() {}
			if row.service {
				to = []string{"--to", "http://" + httpAddress, "--token-file", token}
				serve = func() { stop = runService(t, config) }
			}
			serve()
			// Of what it was given more than half is settled when the pipe has taken it all: it holds 64 KiB, and 256 lines are under way at most.
			first := importing(t, folder, append(to, "-")...)
			in, err := first.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := in.Write(content[:len(content)*9/10]); err != nil {
				t.Fatal(err)
			}
			if err := first.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = first.Wait() // it was killed; that is its error
			stop()
			before, _ := imported(t, folder)
			if before == 0 || before >= 1397 {
				t.Fatalf("%d plans were held when it was killed: that proves nothing", before)
			}
			serve()
			second := importing(t, folder, append(to, name)...)
			report, err := second.Output()
			if err == nil {
				t.Error("it does not say that lines were refused")
			}
			stop()
			if want := fmt.Sprintf(row.sum, 1397-before, before); !strings.Contains(string(report), want) {
				t.Errorf("%d were held, and the report says %s", before, report)
			}
			told := refusals(report)
			for i, line := range badLines {
				if len(told) != len(badLines) || !strings.HasPrefix(told[i], fmt.Sprintf("line %d", line)) {
					t.Fatalf("the report tells of %q", told)
				}
			}
			if held, revised := imported(t, folder); held != 1397 || revised != 0 {
				t.Errorf("%d plans are held, %d of them in a second version", held, revised)
			}
		})
	}
}

// runService runs the program until stop is called.
func runService(t *testing.T, config string) (stop func()) {
	t.Helper()
	process, log := serving(t, config)
	return func() {
		if err := process.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := process.Wait(); err != nil {
			t.Errorf("%v: %s", err, log)
		}
	}
}

// A rehearsal refuses the lines that the import refuses, with the same words, and leaves nothing behind.
func TestARehearsalSaysWhatTheImportWillAndChangesNothing(t *testing.T) {
	folder := t.TempDir()
	config, err := writeTestConfig(folder, "127.0.0.1:0", "127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "plans.ndjson")
	if err := os.WriteFile(name, importFile(t), 0o600); err != nil {
		t.Fatal(err)
	}
	rehearsed, _ := importing(t, folder, "--dry-run", "--centre", "RP4", "--config", config, name).Output() // lines are refused: that is its error
	if !strings.Contains(string(rehearsed), "1400 plans: 1397 can be published, 3 refused; nothing was published") {
		t.Fatalf("the rehearsal says %s", rehearsed)
	}
	if _, err := os.Stat(filepath.Join(folder, "data")); err == nil {
		if held, _ := imported(t, folder); held > 0 {
			t.Fatalf("after the rehearsal %d plans are held", held)
		}
	}
	done, _ := importing(t, folder, "--centre", "RP4", "--config", config, name).Output()
	if held, _ := imported(t, folder); held != 1397 {
		t.Errorf("%d plans are held after the import: %s", held, done)
	}
	if said, does := refusals(rehearsed), refusals(done); len(said) != 3 || strings.Join(said, "") != strings.Join(does, "") {
		t.Errorf("the rehearsal says\n%s\nthe import says\n%s", said, does)
	}
}

// Into a pipe or a file nothing is written but the report: a bar is for somebody who looks.
func TestAnImportShowsNoProgressWhereNobodyLooks(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "plans.ndjson")
	if err := os.WriteFile(name, importFile(t), 0o600); err != nil {
		t.Fatal(err)
	}
	process := importing(t, folder, "--dry-run", "--centre", "RP4", name)
	var shown bytes.Buffer
	process.Stdout, process.Stderr = io.Discard, &shown
	_ = process.Run() // lines are refused: that is its error
	if got := shown.String(); strings.ContainsAny(got, "%[\x1b\r") || !strings.Contains(got, "not every line was taken") {
		t.Errorf("it wrote %q", got)
	}
}
