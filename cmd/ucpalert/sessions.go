package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/web"
)

const (
	// endSessionsEvery is how often it is looked whether a session is over: a stream is closed within five seconds of that.
	endSessionsEvery = 2 * time.Second
	// forgetSignInsEvery is how often what is over of signing in is dropped.
	forgetSignInsEvery = 10 * time.Minute
)

// sessions are what streams ask of people.
type sessions struct{ *people.Desk }

// Cookie implements [stream.Sessions].
func (sessions) Cookie(r *http.Request) string { return web.SessionCookie(r) }

// Redeem implements [stream.Sessions].
func (s sessions) Redeem(ctx context.Context, cookie, ticket string) (session string, account access.Account, ok bool, err error) {
	session, account, err = s.Desk.Redeem(ctx, cookie, ticket)
	if errors.Is(err, people.ErrNoSession) || errors.Is(err, people.ErrNoTicket) {
		return "", access.Account{}, false, nil
	}
	return session, account, err == nil, err
}

// endSessions ends sessions whose time is over, until the context ends. Several nodes may do it at the same time.
func endSessions(ctx context.Context, log *slog.Logger, desk *people.Desk) error {
	var forgotten time.Time
	return every(ctx, endSessionsEvery, func(ctx context.Context) {
		err := desk.Expire(ctx)
		if err == nil && time.Since(forgotten) >= forgetSignInsEvery {
			forgotten = time.Now()
			err = desk.Forget(ctx)
		}
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "sessions that are over could not be ended; trying again", "error", err)
		}
	})
}

// first prints the link of the first administrator where nobody has an account: in the demonstration and beside configured tokens nobody needs one.
func (n node) first(ctx context.Context, desk *people.Desk) error {
	if len(n.cfg.Tokens) > 0 {
		return nil
	}
	link, err := desk.First(ctx)
	if err == nil && link != "" {
		n.news.Warn("nobody has an account yet: whoever opens this link once, within 24 hours, becomes the administrator; another start makes another link",
			"link", people.Link(n.cfg.base(""), link))
	}
	return err
}
