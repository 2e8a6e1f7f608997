package sql

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/mattn/go-sqlite3"
)

// maxGroup is how many jobs share one commit at most. It bounds how long the first waits for the last.
const maxGroup = 256

// longTurn is how long it may take until everybody else has had a turn. Where thousands want to run, as when all screens come back after an
// outage, it takes tens of milliseconds, and a group that let others run before each of its eighty jobs took 1.8 s.
const longTurn = time.Millisecond

// carefulGroups is how many groups put a savepoint before each job once a job has failed among others.
const carefulGroups = 64

// writer is the only one who writes to an SQLite database. Whoever has the turn takes whatever jobs wait and runs them in one transaction; one
// commit, with one fsync, then answers them all. It never waits for more jobs to come: while it commits they gather by themselves.
//
// There is one turn. A caller who finds nobody writing takes it and runs one group, with its own job first: that spares a lonely sender two
// changes of goroutines and the threads that are woken for them. If jobs wait afterwards the turn goes to the writer's goroutine, which
// newWriter starts and close ends: it runs groups as long as some wait, and looks after the log.
//
// Jobs hardly ever fail, and a savepoint has SQLite copy every page that a job touches. So there is none, until one job of a group fails: then
// the whole group is rolled back and its jobs run again, now with a savepoint before each, so that only the one that fails is undone. The
// groups after it have savepoints, too, for a while: a sender whose messages are refused costs its neighbours no more than that.
type writer struct {
	db      *DB
	pool    *sqlx.DB
	conn    *sqlx.Conn
	walPath string
	done    chan struct{} // closed when the goroutine has ended
	ended   error         // how it ended, once it has

	mu      sync.Mutex
	queue   []*job
	closing bool
	writing bool          // somebody has the turn
	wake    chan struct{} // one place: the turn is the goroutine's

	// Of whoever has the turn:
	session  *liteSession
	waiting  []*job // taken out of the queue, not yet begun
	spare    []*job // the queue's other array
	group    []*job
	crowded  bool // others were let run for a group, and it took long: it will not wait for them again
	careful  int  // for how many groups to come each job has a savepoint
	unmarked bool // journal entries were committed since the marker was written
	unseen   int  // how many jobs were run since the length of the log was looked at

	jobs sync.Pool // of *job

	// faulty stands in for the disk in tests: what it returns is what COMMIT, ROLLBACK or ROLLBACK TO returned.
	faulty atomic.Pointer[func(step string) error]
}

// job is one call of Write.
type job struct {
	fn    func(*Tx) error
	state atomic.Int32
	done  chan error // one place
	err   error      // what fn returned, until the commit
}

const (
	jobWaits     = iota
	jobBegan     // its outcome is waited for
	jobAbandoned // its caller has gone: it must not run
)

// newWriter takes a connection of pool, which it then owns, and starts writing. If it fails the pool is still the caller's.
func newWriter(ctx context.Context, db *DB, pool *sqlx.DB, walPath string) (*writer, error) {
	conn, err := pool.Connx(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, pool: pool, conn: conn, walPath: walPath, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	w.jobs.New = func() any { return &job{done: make(chan error, 1)} }
	started := make(chan error, 1)
	go func() {
		defer close(w.done)
		// The whole life of the writer is one Raw call: the connection stays database/sql's, and nobody else gets it.
		w.ended = w.conn.Raw(func(driverConn any) error {
			session, err := newLiteSession(db, driverConn.(*sqlite3.SQLiteConn))
			w.session = session
			started <- err
			if err != nil {
				return nil
			}
			w.run()
			return session.close()
		})
	}()
	if err := <-started; err != nil {
		<-w.done
		return nil, errors.Join(err, conn.Close())
	}
	return w, nil
}

// submit queues fn and waits for its outcome.
func (w *writer) submit(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := w.jobs.Get().(*job)
	j.fn, j.err = fn, nil
	j.state.Store(jobWaits)
	first, err := w.enqueue(j)
	if err != nil {
		return err
	}
	if first {
		w.lead()
	}
	select {
	case err := <-j.done:
		j.fn, j.err = nil, nil
		w.jobs.Put(j)
		return err
	case <-ctx.Done():
	}
	if j.state.CompareAndSwap(jobWaits, jobAbandoned) {
		return ctx.Err()
	}
	return <-j.done
}

// enqueue adds a job. first tells that nobody was writing: the caller has the turn.
func (w *writer) enqueue(j *job) (first bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return false, ErrClosed
	}
	w.queue = append(w.queue, j)
	first, w.writing = !w.writing, true
	return first, nil
}

// lead runs one group in the turn of a caller, and gives the turn away.
func (w *writer) lead() {
	ended := true
	defer func() {
		if ended { // by one of the jobs, with the whole goroutine
			w.end()
		}
		w.pass()
	}()
	w.runGroup()
	ended = false
}

// pass ends the turn of a caller. What waits, or is due, is the goroutine's.
func (w *writer) pass() {
	w.mu.Lock()
	w.writing = w.closing || len(w.queue)+len(w.waiting) > 0 || w.unseen >= lookAtLog
	more := w.writing
	w.mu.Unlock()
	if more {
		w.wake <- struct{}{} // there is room: there is one turn
	}
}

// take takes the turn for the goroutine, if nobody has it.
func (w *writer) take() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.writing {
		return false
	}
	w.writing = true
	return true
}

// rest ends the goroutine's turn, unless jobs wait. closed tells that there will be no more.
func (w *writer) rest() (resting, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) > 0 {
		return false, false
	}
	w.writing = w.closing
	return true, w.closing
}

// close lets the jobs that wait finish, ends the goroutine, and closes the connection, which clears the write-ahead log.
//
// After the disk failed the connection stays open until the process ends: closing it would copy the log and sync once more. The next
// process reads the log as it is.
func (w *writer) close() error {
	w.mu.Lock()
	w.closing = true
	free := !w.writing
	w.writing = true
	w.mu.Unlock()
	if free {
		w.wake <- struct{}{}
	} // else whoever has the turn passes it on
	<-w.done
	if w.db.broken.Load() != nil {
		return nil
	}
	return errors.Join(w.ended, w.conn.Close(), w.pool.Close())
}

// run is the writer's goroutine.
func (w *writer) run() {
	defer w.end()
	tidy := newTidier(w)
	defer tidy.stop()
	for {
		select {
		case <-w.wake:
		case <-tidy.due():
			if !w.take() {
				continue // under load afterGroup does it
			}
			tidy.whenIdle()
		}
		if w.turn(tidy) {
			tidy.atEnd()
			return
		}
	}
}

// turn runs groups as long as jobs wait. It tells whether there will be no more.
func (w *writer) turn(tidy *tidier) (closed bool) {
	for {
		tidy.afterGroup()
		for w.runGroup() {
			tidy.afterGroup()
		}
		if resting, closed := w.rest(); resting {
			return closed
		}
	}
}

// end sees that nobody waits for a writer that is gone: a job that ended its goroutine (runtime.Goexit, as a test's FailNow does) leaves
// its group without an answer.
func (w *writer) end() {
	w.mu.Lock()
	w.closing = true
	left := append(w.waiting, w.queue...)
	w.queue, w.waiting = nil, nil
	w.mu.Unlock()
	if len(left)+len(w.group) == 0 {
		return
	}
	w.session.abandon()
	broken := w.db.breakStorage(errors.New("the writer ended"))
	for _, j := range append(w.group, left...) {
		if j.state.Load() != jobAbandoned {
			j.done <- broken
		}
	}
	w.group = nil
}

// next is the job that waits longest and whose caller still does, or nil.
func (w *writer) next() *job {
	for {
		if len(w.waiting) == 0 {
			w.mu.Lock()
			w.waiting, w.queue = w.queue, w.spare[:0]
			w.mu.Unlock()
			w.spare = w.waiting
			if len(w.waiting) == 0 {
				return nil
			}
		}
		j := w.waiting[0]
		w.waiting[0] = nil
		w.waiting = w.waiting[1:]
		if j.state.CompareAndSwap(jobWaits, jobBegan) {
			return j
		}
	}
}

// runGroup runs what waits in one transaction and answers it. It returns false if nothing waited.
func (w *writer) runGroup() bool {
	j := w.next()
	if j == nil {
		return false
	}
	w.group, w.crowded = append(w.group[:0], j), false
	journalled, err := w.commitGroup()
	w.unseen += len(w.group)
	if err != nil {
		err = w.failed(err)
	}
	for i, j := range w.group {
		answer := err
		if answer == nil {
			answer = j.err
		}
		w.group[i] = nil
		j.done <- answer
	}
	w.group = w.group[:0]
	if err == nil && journalled {
		w.unmarked = true
		w.db.committed()
	}
	return true
}

// commitGroup runs the job that is in w.group, and those that it finds waiting, up to the commit. An error is that of the whole group.
func (w *writer) commitGroup() (journalled bool, err error) {
	if err := w.db.writable(); errors.Is(err, ErrBroken) {
		return false, err
	}
	if err := w.session.begun(); err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	w.careful = max(w.careful-1, 0)
	journalled, err = w.runJobs()
	if err != nil {
		w.session.abandon()
		return false, err
	}
	if err := w.step("COMMIT", w.session.commit); err != nil {
		w.session.abandon()
		return false, fmt.Errorf("commit: %w", &commitError{err})
	}
	return journalled, nil
}

// runJobs runs the group's job and gathers further ones as long as some wait.
func (w *writer) runJobs() (journalled bool, err error) {
	for n := 0; n < len(w.group); n++ {
		told, err := w.runJob(w.group[n], n)
		if errors.Is(err, errAgain) {
			n, journalled = -1, false
			continue
		}
		if err != nil {
			return false, err
		}
		journalled = journalled || told
		if n == len(w.group)-1 {
			w.gather()
		}
	}
	return journalled, nil
}

// gather adds a job to the group, if one waits and there is room.
func (w *writer) gather() {
	if len(w.group) == maxGroup {
		return
	}
	j := w.next()
	if j == nil && !w.crowded {
		// Whoever is about to submit gets a turn before the disk does: eight submitters wrote 27,600 rows/s with it, 18,800
		// without; one, and sixty-four, the same.
		before := time.Now()
		runtime.Gosched()
		w.crowded = time.Since(before) > longTurn
		j = w.next()
	}
	if j != nil {
		w.group = append(w.group, j)
	}
}

// commitError marks what failed at the commit itself, where the disk is synced.
type commitError struct{ error }

func (e *commitError) Unwrap() error { return e.error }

// errAgain says that nothing of the group is written any more, and that all of its jobs are to run again.
var errAgain = errors.New("the group runs again")

// runJob runs job n of the group and leaves its error in it. Any other error than errAgain means that the whole group is lost.
func (w *writer) runJob(j *job, n int) (journalled bool, err error) {
	s := w.session
	saved := n > 0 && w.careful > 0
	if saved {
		if err := s.step(s.savepoint); err != nil {
			return false, fmt.Errorf("begin a job: %w", err)
		}
	}
	known := s.people.size()
	tx := Tx{conn: s}
	j.err = tx.run(j.fn)
	tx.conn = over{}
	if s.erred {
		s.erred = false
		if s.worst > fateOfJob {
			return false, fmt.Errorf("a statement of the group: %w", firstOf(tx.failed, j.err))
		}
		if s.conn.AutoCommit() {
			return false, fmt.Errorf("SQLite rolled the group back: %w", firstOf(tx.failed, j.err))
		}
	}
	if j.err != nil {
		tx.journalled = false
		if err := w.undo(n, saved, known); err != nil {
			return false, fmt.Errorf("undo a job: %w", err)
		}
	}
	if saved {
		if err := s.step(s.release); err != nil {
			return false, fmt.Errorf("end a job: %w", err)
		}
	}
	return tx.journalled, nil
}

// undo takes back what job n wrote. Where it has no savepoint the transaction begins again: before the first job there is nothing that could
// be lost with it; those before another run again, and it with them.
func (w *writer) undo(n int, saved bool, known int) error {
	if saved {
		w.session.people.undone(known)
		return w.step("ROLLBACK TO", w.session.undo)
	}
	if err := w.step("ROLLBACK", w.session.rollback); err != nil {
		return err
	}
	w.session.people.undone(w.session.known)
	if err := w.session.begun(); err != nil || n == 0 {
		return err
	}
	w.careful = carefulGroups
	return errAgain
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return errors.New("unknown error")
}

func (w *writer) step(name string, stmt *sqlite3.SQLiteStmt) error {
	if faulty := w.faulty.Load(); faulty != nil {
		if err := (*faulty)(name); err != nil {
			w.session.note(err)
			return err
		}
	}
	return w.session.step(stmt)
}

// failed decides what the failure of a group means for those that come later, and is what the group's callers are told.
func (w *writer) failed(err error) error {
	var atCommit *commitError
	var e sqlite3.Error
	switch {
	case errors.Is(err, ErrBroken):
		return err
	case errors.As(err, &e) && e.Code == sqlite3.ErrFull:
		return fmt.Errorf("%w: %w", ErrFull, sealed(err))
	case w.session.worst == fateOfStore,
		// A commit that failed in any way not known to be harmless leaves the log in a state that nobody knows. A deferred constraint
		// is harmless, though it should not be there: it fails its neighbours too.
		errors.As(err, &atCommit) && w.session.worst == fateOfJob && e.Code != sqlite3.ErrConstraint:
		return w.db.breakStorage(sealed(err))
	}
	return fmt.Errorf("this group was not kept: %w", sealed(err))
}
