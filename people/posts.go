package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
)

// Choose binds what a cookie holds to one of the posts of its person: the first time after signing in, and whenever they go on as somebody else.
// It is a new session, with a new cookie, which ends when the one before would have; that one ends now, and its streams with it. Errors:
// ErrNoSession, ErrNoPost.
func (d *Desk) Choose(ctx context.Context, cookie string, to access.Post, from From) (fresh string, s Session, err error) {
	fresh = token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		old, err := tx.Session(hashed(cookie))
		if err != nil {
			return err
		}
		p, err := tx.Person(old.Person)
		switch {
		case err != nil:
			return err
		case !old.Live(d.now()) || !p.Disabled.IsZero():
			return ErrNoSession
		case !slices.Contains(p.Posts(), to):
			return ErrNoPost
		}
		if err := d.end(tx, Holder{old, p}.Account().Actor(), old, "goes on as "+to.String()); err != nil {
			return err
		}
		s = old
		s.ID, s.Hash, s.Post, s.Seen = uuid.NewString(), hashed(fresh), to, d.now()
		s.Agent, s.Place = plain(from.Agent, 200), plain(from.Place, 60)
		return d.beginFor(tx, p, s, "works as "+to.String()+", from "+s.Place)
	})
	if err != nil {
		return "", Session{}, fmt.Errorf("choose a role: %w", err)
	}
	return fresh, s, nil
}
