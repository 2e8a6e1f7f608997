package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal opens a pseudo terminal of 100 columns (pty(7), "UNIX 98 pseudoterminals"): what is written to user is read from screen.
func openTerminal(t *testing.T) (screen, user *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("this machine gives no pseudo terminal: ", err)
	}
	n := 0
	raw, err := screen.SyscallConn() // and not its descriptor, with which it could no longer be waited for
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if n, failed = unix.IoctlGetInt(int(fd), unix.TIOCGPTN); failed != nil {
			return
		}
		if failed = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); failed != nil {
			return
		}
		failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100})
	})
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	user, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, user
}

// On a terminal a bar grows while the file is imported, and is full at the end.
func TestAnImportShowsItsProgressOnATerminal(t *testing.T) {
	folder := t.TempDir()
	content := importFile(t)
	name := filepath.Join(folder, "plans.ndjson")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	screen, user := openTerminal(t)
	process := importing(t, folder, "--dry-run", "--centre", "RP4", name)
	process.Stdout, process.Stderr = io.Discard, user
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if err := user.Close(); err != nil {
		t.Fatal(err)
	}
	if err := screen.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	shown, _ := io.ReadAll(screen) // ends with an error, EIO, when nobody has the other side open any more
	_ = process.Wait()             // lines are refused: that is its error
	if err := screen.Close(); err != nil {
		t.Error(err)
	}
	size := fmt.Sprintf("/ %.1f", float64(len(content))/(1<<20))
	for _, want := range []string{"[", "=", "100 %", size} {
		if !strings.Contains(string(shown), want) {
			t.Errorf("the terminal does not show %q: %q", want, shown)
		}
	}
}
