package sql_test

import (
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// clock is a time that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestReadyWritesAtMostOnceASecond(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		c := newClock()
		o.Now = c.Now
		db := sqltest.Open(t, o)
		probe := func() (at string) {
			t.Helper()
			if err := db.Ready(context.Background()); err != nil {
				t.Fatal(err)
			}
			if err := db.Get(context.Background(), &at, parse(t, "SELECT value FROM meta WHERE name = 'probe'"), nil); err != nil {
				t.Fatal(err)
			}
			return at
		}
		first := probe()
		c.Move(999 * time.Millisecond)
		if again := probe(); again != first {
			t.Error("asked twice within a second, it wrote twice")
		}
		c.Move(time.Millisecond)
		if later := probe(); later == first {
			t.Error("asked after a second, it wrote nothing")
		}
	})
}

func TestFailedSyncIsNeverTriedAgain(t *testing.T) {
	db := lite(t)
	write := func(n int) error { return db.Write(context.Background(), add(t, n)) }
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	steps := 0
	sql.Fault(db, func(string) error { steps++; return sql.IOError() })
	for _, err := range group(t, db, add(t, 2), add(t, 3)) {
		if !errors.Is(err, sql.ErrBroken) {
			t.Errorf("a job of the group was answered %v, want ErrBroken", err)
		}
	}
	sql.Fault(db, nil) // the disk seems to be well again: it is not to be believed
	if err := write(4); !errors.Is(err, sql.ErrBroken) {
		t.Errorf("a later write was answered %v, want ErrBroken", err)
	}
	if err := db.Ready(context.Background()); !errors.Is(err, sql.ErrBroken) || !strings.Contains(err.Error(), "restart needed") {
		t.Errorf("Ready says %v, want ErrBroken", err)
	}
	if steps != 1 {
		t.Errorf("the disk was asked %d times, want once", steps)
	}
	if got := numbers(t, db); got != "[1]" {
		t.Errorf("readers see %s, want [1]", got)
	}
}

func TestDiskErrorWithinAStatementLosesTheGroup(t *testing.T) {
	db := lite(t)
	refused := errors.New("refused by its own rule")
	sql.Fault(db, func(step string) error {
		if step == "ROLLBACK TO" {
			return sql.IOError()
		}
		return nil
	})
	for i, err := range group(t, db, add(t, 1), func(tx *sql.Tx) error { return errors.Join(add(t, 2)(tx), refused) }) {
		if !errors.Is(err, sql.ErrBroken) {
			t.Errorf("job %d was answered %v, want ErrBroken", i, err)
		}
	}
	if got := numbers(t, db); got != "[]" {
		t.Errorf("kept are %s, want nothing", got)
	}
}

func TestFullDiskFailsTheGroupAndIsOverWhenThereIsRoom(t *testing.T) {
	c := newClock()
	o := sqltest.SQLite(t)
	o.Now = c.Now
	db := sqltest.Open(t, o)
	exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
	exec(t, db, "CREATE TABLE document (body BLOB)", nil)
	used, err := sql.LimitPages(db, 1) // SQLite takes the pages in use as the limit
	if err != nil {
		t.Fatal(err)
	}
	insert := parse(t, "INSERT INTO document (body) VALUES (:body)")
	large := func(tx *sql.Tx) error {
		_, err := tx.Exec(insert, sql.Args{"body": make([]byte, 100_000)})
		return err
	}
	dropped := func(tx *sql.Tx) error { _ = large(tx); return nil }
	for i, err := range group(t, db, add(t, 1), dropped) {
		if !errors.Is(err, sql.ErrFull) || errors.Is(err, sql.ErrBroken) {
			t.Errorf("job %d was answered %v, want ErrFull", i, err)
		}
	}
	if got := numbers(t, db); got != "[]" {
		t.Errorf("of a group that failed, %s was kept", got)
	}
	if _, err := sql.LimitPages(db, used+1000); err != nil {
		t.Fatal(err)
	}
	for i, err := range group(t, db, add(t, 1), large) {
		if err != nil {
			t.Errorf("there is room again, but job %d was answered %v", i, err)
		}
	}
	if err := db.Ready(context.Background()); err != nil {
		t.Errorf("there is room again, but Ready says %v", err)
	}
}

func TestReadyRecoversFromAFullDisk(t *testing.T) {
	c := newClock()
	o := sqltest.SQLite(t)
	o.Now = c.Now
	db := sqltest.Open(t, o)
	sql.Fault(db, func(string) error { return sql.FullError() })
	if err := db.Ready(context.Background()); !errors.Is(err, sql.ErrFull) {
		t.Fatalf("the disk is full, but Ready says %v", err)
	}
	sql.Fault(db, nil)
	if err := db.Ready(context.Background()); !errors.Is(err, sql.ErrFull) {
		t.Errorf("within the same second Ready says %v, want the same again", err)
	}
	c.Move(time.Second)
	if err := db.Ready(context.Background()); err != nil {
		t.Errorf("there is room again, but Ready says %v", err)
	}
}

func TestJobThatEndsTheWriterLeavesNobodyWaiting(t *testing.T) {
	db := lite(t)
	answer := make(chan error, 1)
	// FailNow within a job does this.
	for i, err := range group(t, db, add(t, 1), func(*sql.Tx) error { runtime.Goexit(); return nil }, add(t, 3)) {
		if !errors.Is(err, sql.ErrBroken) {
			t.Errorf("job %d was answered %v, want ErrBroken", i, err)
		}
	}
	go func() { answer <- db.Write(context.Background(), add(t, 4)) }()
	if err := <-answer; !errors.Is(err, sql.ErrBroken) {
		t.Errorf("a later write was answered %v, want ErrBroken", err)
	}
}

// child is set in the environment of a test that this test binary runs as a second process.
const child = "UCPALERT_TEST_CHILD"

// second runs one test of this binary in another process, on dir, and returns what it printed.
func second(t *testing.T, name, dir string) (string, error) {
	t.Helper()
	cmd := osexec.Command(os.Args[0], "-test.run=^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), child+"="+dir)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestSecondProcessIsRefused(t *testing.T) {
	if dir := os.Getenv(child); dir != "" {
		_, err := sql.Open(context.Background(), sql.Options{DataDir: dir})
		t.Fatalf("second: %v", err)
	}
	o := sqltest.SQLite(t)
	db := sqltest.Open(t, o)
	out, err := second(t, t.Name(), o.DataDir)
	want := "is in use by another ucpalert (process "
	if err == nil || !strings.Contains(out, want) || !strings.Contains(out, o.DataDir) {
		t.Errorf("a second process says\n%s; want it to name the folder and say %q", out, want)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if out, _ := second(t, t.Name(), o.DataDir); !strings.Contains(out, "second: <nil>") {
		t.Errorf("after the first has closed, a second process says\n%s", out)
	}
}

// The process may not write files of more than a few pages: the kernel refuses, as a failing disk would.
func TestErrorOfTheRealDiskIsNotBelievedToPass(t *testing.T) {
	dir := os.Getenv(child)
	if dir == "" {
		out, err := second(t, t.Name(), filepath.Join(t.TempDir(), "data"))
		if err != nil {
			t.Errorf("on a failing disk:\n%s", out)
		}
		return
	}
	db := sqltest.Open(t, sql.Options{DataDir: dir})
	exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
	if err := db.Write(context.Background(), add(t, 1)); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	set := func(n uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: limit.Max}); err != nil {
			t.Fatal(err)
		}
	}
	set(8192)
	err := db.Write(context.Background(), add(t, 2))
	set(limit.Max)
	if !errors.Is(err, sql.ErrBroken) {
		t.Errorf("the disk failed, but the write was answered %v", err)
	}
	if err := db.Write(context.Background(), add(t, 3)); !errors.Is(err, sql.ErrBroken) {
		t.Errorf("after the disk failed, a write was answered %v", err)
	}
	if got := numbers(t, db); got != "[1]" {
		t.Errorf("readers see %s, want [1]", got)
	}
	if err := db.Close(); err != nil {
		t.Logf("closing says %v", err)
	}
	db = sqltest.Open(t, sql.Options{DataDir: dir})
	if err := db.Write(context.Background(), add(t, 4)); err != nil {
		t.Errorf("after a restart on a disk that is well, a write was answered %v", err)
	}
	if got := numbers(t, db); got != "[1 4]" {
		t.Errorf("after a restart it holds %s, want [1 4]", got)
	}
}

// What a power cut would show, and killing the process does not: with synchronous=NORMAL the log is not synced at a commit.
func TestEveryCommitIsSynced(t *testing.T) {
	db := lite(t)
	for name, want := range map[string]string{"synchronous": "2", "journal_mode": "wal"} {
		if got, err := sql.WriterPragma(db, name); err != nil || got != want {
			t.Errorf("the writer's %s is %s, %v; want %s", name, got, err, want)
		}
	}
}

func TestWriteAheadLogIsBounded(t *testing.T) {
	db := sqltest.Open(t, sqltest.SQLite(t))
	exec(t, db, "CREATE TABLE document (id BIGINT NOT NULL PRIMARY KEY, body BLOB)", nil)
	insert := parse(t, "INSERT INTO document (id, body) VALUES (:id, :body)")
	const (
		mib   = 1 << 20
		limit = 32 * mib
	)
	for i := range 100 {
		err := db.Write(context.Background(), func(tx *sql.Tx) error {
			_, err := tx.Exec(insert, sql.Args{"id": i, "body": make([]byte, mib)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if size := sql.LogSize(db); size > limit {
			t.Fatalf("after %d MiB the log is %d MiB long, want at most %d", i+1, size/mib, limit/mib)
		}
	}
}
