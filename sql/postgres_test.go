package sql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestLocksAreTakenInOneOrder(t *testing.T) {
	one := sql.LockNumbers("patient:1", "patient:2", "attendance:3", "patient:1")
	other := sql.LockNumbers("attendance:3", "patient:2", "patient:2", "patient:1")
	if diff := cmp.Diff(one, other); diff != "" {
		t.Errorf("the same keys in another order (-one +other):\n%s", diff)
	}
	if len(one) != 3 || !slices.IsSorted(one) {
		t.Errorf("three keys are the locks %v; want three, ascending", one)
	}
	// Every node must compute the same, whatever its version: the first eight bytes of SHA-256, by another program.
	const lockOfPatient1 = -815710951729954994
	if got := sql.LockNumbers("patient:1"); got[0] != lockOfPatient1 {
		t.Errorf("patient:1 is the lock %d, was %d", got[0], lockOfPatient1)
	}
}

func TestTransactionsThatLockTheSameDoNotDecideOnOldState(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)", nil)
		exec(t, db, "INSERT INTO counter (name, n) VALUES ('a', 0), ('b', 0)", nil)
		load, store := parse(t, "SELECT n FROM counter WHERE name = :name"), parse(t, "UPDATE counter SET n = :n WHERE name = :name")
		count := func(tx *sql.Tx, names ...string) error {
			if err := tx.Lock(names...); err != nil {
				return err
			}
			for _, name := range names {
				var n int
				if err := tx.Get(&n, load, sql.Args{"name": name}); err != nil {
					return err
				}
				if _, err := tx.Exec(store, sql.Args{"name": name, "n": n + 1}); err != nil {
					return err
				}
			}
			return nil
		}
		const writers, rounds = 8, 20
		var all sync.WaitGroup
		for i := range writers {
			names := []string{"a", "b"}
			if i%2 == 1 {
				names = []string{"b", "a"}
			}
			all.Go(func() {
				for range rounds {
					if err := db.Write(context.Background(), func(tx *sql.Tx) error { return count(tx, names...) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for _, name := range []string{"a", "b"} {
			var n int
			if err := db.Get(context.Background(), &n, load, sql.Args{"name": name}); err != nil || n != writers*rounds {
				t.Errorf("counter %s is %d, %v; want %d", name, n, err, writers*rounds)
			}
		}
	})
}

// Two transactions that touch two rows in opposite order lose to each other; the loser runs again.
func TestTransactionThatLostToAnotherRunsAgain(t *testing.T) {
	db := sqltest.Open(t, sqltest.Postgres(t))
	exec(t, db, "CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)", nil)
	exec(t, db, "INSERT INTO counter (name, n) VALUES ('a', 0), ('b', 0)", nil)
	count := parse(t, "UPDATE counter SET n = n + 1 WHERE name = :name")
	var runs atomic.Int64
	var met sync.WaitGroup
	met.Add(2)
	var all sync.WaitGroup
	for _, names := range [][]string{{"a", "b"}, {"b", "a"}} {
		all.Go(func() {
			first := true
			err := db.Write(context.Background(), func(tx *sql.Tx) error {
				runs.Add(1)
				if _, err := tx.Exec(count, sql.Args{"name": names[0]}); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				_, err := tx.Exec(count, sql.Args{"name": names[1]})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var sum int
	if err := db.Get(context.Background(), &sum, parse(t, "SELECT CAST(sum(n) AS BIGINT) FROM counter"), nil); err != nil || sum != 4 {
		t.Errorf("the counters add up to %d, %v; want 4", sum, err)
	}
	if runs.Load() != 3 {
		t.Errorf("two transactions ran %d times, want 3: one lost once", runs.Load())
	}
}

// A warning at the commit is how the server says that the standby may not have it.
func TestCommitWithAWarningCountsAsNotDone(t *testing.T) {
	db := sqltest.Open(t, sqltest.Postgres(t))
	exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
	exec(t, db, `CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.n = 2 THEN RAISE WARNING ''late''; ELSE RAISE NOTICE ''fine''; END IF; RETURN NEW; END'`, nil)
	exec(t, db, "CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON number DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()", nil)
	for n, want := range []error{nil, nil, sql.ErrUnconfirmed, nil} {
		if err := db.Write(context.Background(), add(t, n)); !errors.Is(err, want) {
			t.Errorf("write %d was answered %v, want %v", n, err, want)
		}
	}
}

// The reason for the counter row: with a sequence a reader passes over numbers that are still to be committed.
func TestReaderOfTheJournalNeverPassesOverAnEntry(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE try_entry (number BIGINT NOT NULL PRIMARY KEY)", nil)
		advance := parse(t, "UPDATE journal_head SET number = number + 1 WHERE id = 1 RETURNING number")
		insert := parse(t, "INSERT INTO try_entry (number) VALUES (:number)")
		after := parse(t, "SELECT number FROM try_entry WHERE number > :position ORDER BY number LIMIT 10")
		const writers, entries = 8, 50
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range entries {
					err := db.Write(context.Background(), func(tx *sql.Tx) error {
						var n int64
						if err := tx.Get(&n, advance, nil); err != nil {
							return err
						}
						tx.Journalled()
						_, err := tx.Exec(insert, sql.Args{"number": n})
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		var position int64
		for position < writers*entries {
			var found []int64
			if err := db.Select(context.Background(), &found, after, sql.Args{"position": position}); err != nil {
				t.Fatal(err)
			}
			for _, n := range found {
				if n != position+1 {
					t.Fatalf("after %d the reader found %d", position, n)
				}
				position = n
			}
			if t.Failed() {
				break
			}
		}
		all.Wait()
	})
}

func TestOtherNodesAreWoken(t *testing.T) {
	o := sqltest.Postgres(t)
	one, other := sqltest.Open(t, o), sqltest.Open(t, o)
	ctx, cancel := context.WithCancel(context.Background())
	wakes, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- other.Listen(ctx, func() { wakes <- struct{}{} }) }()
	woken := func(why string) {
		t.Helper()
		select {
		case <-wakes:
		case <-time.After(time.Minute):
			t.Fatalf("nobody was woken %s", why)
		}
	}
	woken("when it began to listen")
	advanceJournal(t, one, 1)
	woken("when another node journalled")
	exec(t, one, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()", nil)
	woken("when it listened again after the connection broke")
	advanceJournal(t, one, 2)
	woken("when another node journalled after that")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Listen ended with %v, want context.Canceled", err)
	}
}

func TestListeningToAnEmbeddedDatabaseOnlyWaits(t *testing.T) {
	db := lite(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := db.Listen(ctx, func() { t.Error("somebody was woken") }); !errors.Is(err, context.Canceled) {
		t.Errorf("Listen ended with %v, want context.Canceled", err)
	}
}

func TestReaderSeesOneStateThroughout(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
		count := parse(t, "SELECT count(*) FROM number")
		err := db.Read(context.Background(), func(r sql.Reader) error {
			for i := range 3 {
				var n int
				if err := r.Get(&n, count, nil); err != nil {
					return err
				}
				if n != 0 {
					return fmt.Errorf("look %d found %d, and the first found none", i, n)
				}
				if err := db.Write(context.Background(), add(t, i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestReaderCannotWrite(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		exec(t, db, "CREATE TABLE number (n BIGINT NOT NULL PRIMARY KEY)", nil)
		insert := parse(t, "INSERT INTO number (n) VALUES (1) RETURNING n")
		var n int
		if err := db.Read(context.Background(), func(r sql.Reader) error { return r.Get(&n, insert, nil) }); err == nil {
			t.Error("a reader wrote")
		}
		if got := numbers(t, db); got != "[]" {
			t.Errorf("a reader wrote %s", got)
		}
	})
}
