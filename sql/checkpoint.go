package sql

import (
	"time"
)

const (
	// checkpointPages is how long the write-ahead log may grow before it is copied into the database: 16 MiB of pages of 4 KiB.
	checkpointPages = 4096
	// lookAtLog is after how many jobs the length of the log is looked at: a caller that writes alone need not do it each time.
	lookAtLog = 8
	// tidyEvery is how often the writer looks after the log and the marker when it has nothing to write.
	tidyEvery = 30 * time.Second
)

// tidier is the writer's housekeeping: it copies the write-ahead log into the database between two groups, after the answers have gone
// out, where SQLite's own automatic checkpoint would do it before; and it keeps the marker of the journal.
type tidier struct {
	w      *writer
	ticker *time.Ticker
}

func newTidier(w *writer) *tidier {
	return &tidier{w: w, ticker: time.NewTicker(tidyEvery)}
}

func (t *tidier) stop()                 { t.ticker.Stop() }
func (t *tidier) due() <-chan time.Time { return t.ticker.C }

// afterGroup copies the log if it has grown long.
func (t *tidier) afterGroup() {
	if t.w.unseen < lookAtLog {
		return
	}
	t.w.unseen = 0
	pages, err := t.w.session.logged()
	if err != nil {
		t.failed("measure the log", err)
		return
	}
	if pages >= checkpointPages {
		t.checkpoint()
	}
}

// whenIdle copies what is left of the log, so that a restart has little to read, and keeps the marker. Under load the first is done by
// afterGroup.
func (t *tidier) whenIdle() {
	t.checkpoint()
	t.mark()
}

// atEnd keeps the marker; closing the last connection clears the log.
func (t *tidier) atEnd() { t.mark() }

// checkpoint copies what no reader holds back. It waits for nobody: what is left is copied the next time.
func (t *tidier) checkpoint() {
	if t.w.db.broken.Load() != nil {
		return // the log is to be read again by the next process, as it is
	}
	if _, err := t.w.session.row("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		t.failed("copy the log into the database", err)
	}
}

// mark notes beside the database how far the journal is durable.
func (t *tidier) mark() {
	epoch := t.w.db.epoch.Load()
	if !t.w.unmarked || epoch == nil || t.w.db.broken.Load() != nil {
		return
	}
	var head int64
	rows, err := t.w.session.query(durableHead, nil)
	if err == nil {
		err = durableHead.one(nil, &head, rows)
	}
	if err != nil {
		t.failed("read the head of the journal", err)
		return
	}
	if err := t.w.db.engine.marker().write(*epoch, head); err != nil {
		t.w.db.log.Error("the marker of the journal was not written", "error", err)
		return
	}
	t.w.unmarked = false
}

// failed reports housekeeping that failed. If the disk failed under it, nothing more is written: a checkpoint syncs the database file, and
// an fsync that failed is not tried again.
func (t *tidier) failed(deed string, err error) {
	err = sealed(err)
	if sqliteFate(err) == fateOfStore {
		_ = t.w.db.breakStorage(err) // it logs
		return
	}
	t.w.db.log.Warn("database housekeeping failed", "deed", deed, "error", err)
}
