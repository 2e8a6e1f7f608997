package sql_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// A killed process loses nothing that it answered, and the clients' positions stay good.
func TestKilledProcessKeepsWhatItAnswered(t *testing.T) {
	if dir := os.Getenv(child); dir != "" {
		answerUntilKilled(t, dir)
		return
	}
	dir := filepath.Join(t.TempDir(), "data")
	var epoch string
	answered := map[string]bool{}
	for cycle := range 3 {
		cmd := osexec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), child+"="+dir, fmt.Sprintf("UCPALERT_TEST_CYCLE=%d", cycle))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 300 && lines.Scan(); n++ {
			answered[lines.Text()] = true
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it answered before it died
			if strings.HasSuffix(lines.Text(), ".") {
				answered[lines.Text()] = true
			}
		}
		_ = cmd.Wait() // it was killed

		db := sqltest.Open(t, sql.Options{DataDir: dir})
		var kept []string
		if err := db.Select(context.Background(), &kept, parse(t, "SELECT id FROM try_answer"), nil); err != nil {
			t.Fatal(err)
		}
		held := map[string]bool{}
		for _, id := range kept {
			held[id] = true
		}
		for id := range answered {
			if !held[id] {
				t.Errorf("cycle %d: %q was answered and is lost", cycle, id)
			}
		}
		if epoch != "" && db.Epoch() != epoch {
			t.Errorf("cycle %d: the epoch is %s, was %s, but nothing was restored", cycle, db.Epoch(), epoch)
		}
		epoch = db.Epoch()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(answered) < 900 {
		t.Errorf("only %d were answered", len(answered))
	}
}

// answerUntilKilled writes from many goroutines and prints each id, ended by a point, once it was answered.
func answerUntilKilled(t *testing.T, dir string) {
	db := sqltest.Open(t, sql.Options{DataDir: dir})
	exec(t, db, "CREATE TABLE IF NOT EXISTS try_answer (id TEXT NOT NULL PRIMARY KEY)", nil)
	insert := parse(t, "INSERT INTO try_answer (id) VALUES (:id)")
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for n := range 100_000 {
				id := fmt.Sprintf("%s-%d-%d.", os.Getenv("UCPALERT_TEST_CYCLE"), i, n)
				err := db.Write(context.Background(), func(tx *sql.Tx) error {
					tx.Journalled()
					_, err := tx.Exec(insert, sql.Args{"id": id})
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := fmt.Fprintln(os.Stdout, id); err != nil {
					return
				}
			}
		})
	}
	all.Wait()
}

func TestNothingRunsAfterClose(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		before := goleak.IgnoreCurrent()
		session(t, o, func(db *sql.DB) { advanceJournal(t, db, 1) })
		goleak.VerifyNone(t, before)
	})
}
