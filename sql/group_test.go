package sql_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// group has the writer of an SQLite database run jobs as one group: it holds the writer in a first job until all of them are queued.
func group(t *testing.T, db *sql.DB, jobs ...func(*sql.Tx) error) (answers []error) {
	t.Helper()
	answers = make([]error, len(jobs))
	held, let := make(chan struct{}), make(chan struct{})
	hold := sync.OnceFunc(func() { close(held) }) // it runs again if one of the others fails
	var all sync.WaitGroup
	all.Go(func() {
		// Its own answer is that of the group, and so the test's other answers show it.
		_ = db.Write(context.Background(), func(*sql.Tx) error {
			hold()
			<-let
			return nil
		})
	})
	<-held
	for i, job := range jobs {
		all.Go(func() { answers[i] = db.Write(context.Background(), job) })
		for sql.Queued(db) <= i {
			runtime.Gosched()
		}
	}
	close(let)
	all.Wait()
	return answers
}

// lite is an SQLite database with a table of numbers.
func lite(t *testing.T) *sql.DB {
	t.Helper()
	db := sqltest.Open(t, sqltest.SQLite(t))
	exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
	return db
}

// add is a job that inserts n.
func add(t *testing.T, n int) func(*sql.Tx) error {
	insert := parse(t, "INSERT INTO number (n) VALUES (:n)")
	return func(tx *sql.Tx) error { _, err := tx.Exec(insert, sql.Args{"n": n}); return err }
}

func numbers(t *testing.T, db *sql.DB) string {
	t.Helper()
	var found []int
	if err := db.Select(context.Background(), &found, parse(t, "SELECT n FROM number ORDER BY n"), nil); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(found)
}

func TestGroupSharesOneCommit(t *testing.T) {
	db := lite(t)
	var commits atomic.Int64
	sql.Fault(db, func(step string) error {
		if step == "COMMIT" {
			commits.Add(1)
		}
		return nil
	})
	for _, err := range group(t, db, add(t, 1), add(t, 2), add(t, 3)) {
		if err != nil {
			t.Error(err)
		}
	}
	if got := commits.Load(); got != 1 {
		t.Errorf("the group made %d commits, want 1", got)
	}
	if got := numbers(t, db); got != "[1 2 3]" {
		t.Errorf("kept are %s, want [1 2 3]", got)
	}
}

func TestGroupIsLimited(t *testing.T) {
	db := lite(t)
	var commits atomic.Int64
	sql.Fault(db, func(string) error { commits.Add(1); return nil })
	jobs := make([]func(*sql.Tx) error, sql.MaxGroup+1)
	for i := range jobs {
		jobs[i] = add(t, i)
	}
	for _, err := range group(t, db, jobs...) {
		if err != nil {
			t.Error(err)
		}
	}
	if got := commits.Load(); got != 2 {
		t.Errorf("%d jobs after the one that held the writer made %d commits, want 2", len(jobs), got)
	}
}

func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	db := lite(t)
	var answered atomic.Int64
	sql.Fault(db, func(step string) error {
		if step == "COMMIT" {
			time.Sleep(20 * time.Millisecond) // time enough to be answered too early
			if n := answered.Load(); n != 0 {
				t.Errorf("%d were answered before the commit", n)
			}
		}
		return nil
	})
	refused := errors.New("refused by its own rule")
	for _, job := range []func(*sql.Tx) error{
		add(t, 1),
		func(*sql.Tx) error { return refused }, // it may have been refused because of what a neighbour wrote
	} {
		var all sync.WaitGroup
		all.Go(func() {
			_ = db.Write(context.Background(), job) // what it is answered is another test's question
			answered.Add(1)
		})
		all.Wait()
		answered.Store(0)
	}
}

func TestJobThatFailsDoesNotTouchItsNeighbours(t *testing.T) {
	refused := errors.New("refused by its own rule")
	var outOfRange []int
	tests := []struct {
		name string
		job  func(t *testing.T) func(*sql.Tx) error
		want string
	}{
		{"an error of its own", func(t *testing.T) func(*sql.Tx) error {
			return func(tx *sql.Tx) error { return errors.Join(add(t, 20)(tx), refused) }
		}, "refused by its own rule"},
		{"a constraint", func(t *testing.T) func(*sql.Tx) error {
			return func(tx *sql.Tx) error { return errors.Join(add(t, 20)(tx), add(t, 1)(tx)) }
		}, "UNIQUE"},
		{"a constraint whose error it dropped", func(t *testing.T) func(*sql.Tx) error {
			return func(tx *sql.Tx) error { _ = errors.Join(add(t, 20)(tx), add(t, 1)(tx)); return nil }
		}, "UNIQUE"},
		{"a panic", func(t *testing.T) func(*sql.Tx) error {
			return func(tx *sql.Tx) error { _ = add(t, 20)(tx); panic("SECRETNAME") }
		}, "panicked with a string"},
		{"a mistake in the program", func(t *testing.T) func(*sql.Tx) error {
			return func(tx *sql.Tx) error { _ = add(t, 20)(tx); _ = outOfRange[3]; return nil }
		}, "index out of range"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := lite(t)
			answers := group(t, db, add(t, 1), tt.job(t), add(t, 3))
			if answers[0] != nil || answers[2] != nil {
				t.Errorf("its neighbours failed: %v, %v", answers[0], answers[2])
			}
			if answers[1] == nil || !strings.Contains(answers[1].Error(), tt.want) {
				t.Errorf("it was answered %v, want %q", answers[1], tt.want)
			}
			if answers[1] != nil && strings.Contains(answers[1].Error(), "SECRETNAME") {
				t.Errorf("the answer quotes a value: %v", answers[1])
			}
			if got := numbers(t, db); got != "[1 3]" {
				t.Errorf("kept are %s, want [1 3]", got)
			}
		})
	}
}

// The first of a group has no savepoint, and is undone with the transaction before anybody else begins.
func TestFirstJobThatFailsDoesNotTouchTheOthers(t *testing.T) {
	db := lite(t)
	refused := errors.New("refused by its own rule")
	held, let := make(chan struct{}), make(chan struct{})
	hold := sync.OnceFunc(func() { close(held) })
	var all sync.WaitGroup
	all.Go(func() {
		err := db.Write(context.Background(), func(tx *sql.Tx) error {
			hold()
			<-let
			return errors.Join(add(t, 1)(tx), refused)
		})
		if !errors.Is(err, refused) {
			t.Errorf("the first was answered %v", err)
		}
	})
	<-held
	others := []func(*sql.Tx) error{add(t, 2), func(tx *sql.Tx) error { return errors.Join(add(t, 3)(tx), refused) }, add(t, 4)}
	for i, job := range others {
		all.Go(func() {
			if err := db.Write(context.Background(), job); (err != nil) != (i == 1) {
				t.Errorf("job %d after it was answered %v", i, err)
			}
		})
		for sql.Queued(db) <= i {
			runtime.Gosched()
		}
	}
	close(let)
	all.Wait()
	if got := numbers(t, db); got != "[2 4]" {
		t.Errorf("kept are %s, want [2 4]", got)
	}
}

// failsAt has the disk fail at one step.
func failsAt(db *sql.DB, at string) {
	sql.Fault(db, func(step string) error {
		if step == at {
			return sql.IOError()
		}
		return nil
	})
}

func TestDiskErrorWhileTheFirstJobIsUndoneLosesTheGroup(t *testing.T) {
	db := lite(t)
	failsAt(db, "ROLLBACK")
	refused := errors.New("refused by its own rule")
	err := db.Write(context.Background(), func(tx *sql.Tx) error { return errors.Join(add(t, 1)(tx), refused) })
	if !errors.Is(err, sql.ErrBroken) {
		t.Errorf("it was answered %v, want ErrBroken", err)
	}
	if got := numbers(t, db); got != "[]" {
		t.Errorf("kept are %s, want nothing", got)
	}
}

func TestJobWhoseCallerLeftDoesNotRun(t *testing.T) {
	db := lite(t)
	ctx, cancel := context.WithCancel(context.Background())
	held, let := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := db.Write(ctx, func(tx *sql.Tx) error {
			close(held)
			<-let
			return add(t, 1)(tx)
		})
		if err != nil {
			t.Errorf("a job that had begun was answered %v; its outcome is to be waited for", err)
		}
	})
	<-held
	left := make(chan error)
	all.Go(func() { left <- db.Write(ctx, add(t, 2)) })
	for sql.Queued(db) == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("a job that had not begun was answered %v, want context.Canceled", err)
	}
	close(let)
	all.Wait()
	if err := db.Write(ctx, add(t, 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that had left before was answered %v", err)
	}
	if got := numbers(t, db); got != "[1]" {
		t.Errorf("kept are %s, want [1]", got)
	}
}

func TestCloseLetsTheGroupInHandFinish(t *testing.T) {
	o := sqltest.SQLite(t)
	db := sqltest.Open(t, o)
	exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
	held, let := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := db.Write(context.Background(), func(tx *sql.Tx) error {
			close(held)
			<-let
			return add(t, 1)(tx)
		})
		if err != nil {
			t.Errorf("the job in hand was answered %v", err)
		}
	})
	<-held
	all.Go(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for !sql.Closing(db) {
		runtime.Gosched()
	}
	if err := db.Write(context.Background(), add(t, 2)); !errors.Is(err, sql.ErrClosed) {
		t.Errorf("a write after Close began was answered %v, want ErrClosed", err)
	}
	close(let)
	all.Wait()
	db = sqltest.Open(t, o)
	if got := numbers(t, db); got != "[1]" {
		t.Errorf("kept are %s, want [1]", got)
	}
}

func TestTransactionThatWasKeptIsOver(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
		var kept *sql.Tx
		if err := db.Write(context.Background(), func(tx *sql.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := add(t, 1)(kept); err == nil || !strings.Contains(err.Error(), "has ended") {
			t.Errorf("a transaction used after its end says %v", err)
		}
	})
}

func TestFollowersAreWokenAfterACommitThatJournalled(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
		wakes := make(chan string, 10)
		db.OnCommit(func() { wakes <- numbers(t, db) })
		write := func(n int, journalled bool, err error) {
			got := db.Write(context.Background(), func(tx *sql.Tx) error {
				if journalled {
					tx.Journalled()
				}
				return errors.Join(add(t, n)(tx), err)
			})
			if !errors.Is(got, err) {
				t.Fatal(got)
			}
		}
		write(1, false, nil)
		write(2, true, errors.New("refused"))
		write(3, true, nil)
		select {
		case seen := <-wakes:
			if seen != "[1 3]" {
				t.Errorf("who was woken saw %s, want [1 3]", seen)
			}
		case <-time.After(time.Minute):
			t.Fatal("nobody was woken")
		}
		if len(wakes) > 0 {
			t.Error("somebody was woken for nothing")
		}
	})
}

// Where there are no savepoints a group runs again when one of its jobs fails. What the jobs before it did is kept once, as if it had not.
func TestGroupRunsAgainWhenAJobFailsInItsMiddle(t *testing.T) {
	refused := errors.New("refused by its own rule")
	failing := map[string]func(*sql.Tx) error{
		"refused": func(tx *sql.Tx) error { return errors.Join(add(t, 20)(tx), refused) },
		"unique":  func(tx *sql.Tx) error { return errors.Join(add(t, 20)(tx), add(t, 1)(tx)) },
		"panics":  func(tx *sql.Tx) error { _ = add(t, 20)(tx); panic("in the middle") },
	}
	for name, fail := range failing {
		t.Run(name, func(t *testing.T) {
			db := lite(t)
			var steps []string
			sql.Fault(db, func(step string) error { steps = append(steps, step); return nil })
			var ran [4]int
			counted := func(i int, job func(*sql.Tx) error) func(*sql.Tx) error {
				return func(tx *sql.Tx) error { ran[i]++; tx.Journalled(); return job(tx) }
			}
			answers := group(t, db, counted(0, add(t, 1)), counted(1, fail), counted(2, add(t, 3)), counted(3, fail))
			for i, err := range answers {
				if (err != nil) != (i == 1 || i == 3) {
					t.Errorf("job %d was answered %v", i, err)
				}
			}
			if got := numbers(t, db); got != "[1 3]" {
				t.Errorf("kept are %s, want [1 3]", got)
			}
			if ran != [4]int{2, 2, 1, 1} {
				t.Errorf("the jobs ran %v times; those up to the first that failed run again, the others have savepoints", ran)
			}
			if want := []string{"ROLLBACK", "ROLLBACK TO", "ROLLBACK TO", "COMMIT"}; !slices.Equal(steps, want) {
				t.Errorf("the writer did %v, want %v: one commit answers all", steps, want)
			}
			// The next groups are careful: nobody runs twice.
			ran = [4]int{}
			group(t, db, counted(0, add(t, 5)), counted(1, fail), counted(2, add(t, 6)))
			if ran != [4]int{1, 1, 1, 0} {
				t.Errorf("in the next group the jobs ran %v times", ran)
			}
			for n := range sql.CarefulGroups {
				exec(t, db, "INSERT INTO number (n) VALUES (:n)", sql.Args{"n": 100 + n})
			}
			ran = [4]int{}
			group(t, db, counted(0, add(t, 7)), counted(1, fail), counted(2, add(t, 8)))
			if ran != [4]int{2, 2, 1, 0} {
				t.Errorf("after many groups without a failure the jobs ran %v times", ran)
			}
		})
	}
}

func TestDiskErrorBeforeAGroupRunsAgainLosesIt(t *testing.T) {
	db := lite(t)
	failsAt(db, "ROLLBACK")
	refused := errors.New("refused by its own rule")
	for i, err := range group(t, db, add(t, 1), func(*sql.Tx) error { return refused }, add(t, 3)) {
		if !errors.Is(err, sql.ErrBroken) {
			t.Errorf("job %d was answered %v, want ErrBroken", i, err)
		}
	}
	if got := numbers(t, db); got != "[]" {
		t.Errorf("kept are %s, want nothing", got)
	}
}
