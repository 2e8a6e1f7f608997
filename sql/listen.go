package sql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// quietFor is how long a connection that listens may say nothing before it is asked whether it is still there.
	quietFor = 15 * time.Second
	// askFor is how long it has to answer.
	askFor = 5 * time.Second
	// longestPause is the longest time between two attempts to connect again.
	longestPause = 10 * time.Second
)

// listen keeps one connection that hears when another node journalled, and makes it again when it breaks.
func (e *postgresEngine) listen(ctx context.Context, wake func()) error {
	pause := 50 * time.Millisecond
	for {
		heard, err := e.listenOnce(ctx, wake)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.db.log.WarnContext(ctx, "the connection that listens to the journal broke; followers poll until it is back", "error", sealed(err))
		if heard {
			pause = 50 * time.Millisecond
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, longestPause)
	}
}

// listenOnce listens until the connection breaks or ctx ends. It says whether it came as far as listening.
func (e *postgresEngine) listenOnce(ctx context.Context, wake func()) (heard bool, err error) {
	conn, err := e.pool.Connx(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "LISTEN "+channel); err != nil {
		return false, err
	}
	// While nobody listened another server may have taken the place of this one.
	if err := e.db.settleEpoch(ctx); err != nil {
		return false, fmt.Errorf("settle the epoch: %w", err)
	}
	wake()
	return true, conn.Raw(func(c any) error {
		err := hear(ctx, c.(*stdlib.Conn).Conn(), wake)
		// ErrBadConn takes the connection out of the pool: it listens, and nobody else should.
		return errors.Join(driver.ErrBadConn, err)
	})
}

func hear(ctx context.Context, conn *pgx.Conn, wake func()) error {
	for {
		quiet, cancel := context.WithTimeout(ctx, quietFor)
		_, err := conn.WaitForNotification(quiet)
		cancel()
		switch {
		case err == nil:
			wake()
		case ctx.Err() != nil:
			return ctx.Err()
		case pgconn.Timeout(err) && !conn.IsClosed():
			// A connection cut in the middle says nothing for ever, so it is asked.
			asked, cancel := context.WithTimeout(ctx, askFor)
			err := conn.Ping(asked)
			cancel()
			if err != nil {
				return err
			}
		default:
			return err
		}
	}
}
