package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// How many sign-ins may fail before the next has to wait, and how long it waits: first, then twice as long each time, at most longestWait.
// The wait is short enough that nobody can keep somebody else away for long by failing in their name.
const (
	freeForAccount = 5
	freeForAddress = 50
	firstWait      = 30 * time.Second
	longestWait    = 15 * time.Minute
	countFor       = 30 * time.Minute
)

// next counts one more attempt at an instant, as if it failed. It returns a TooManyError if it is not heard.
func (a Attempts) next(free int, now time.Time) (Attempts, error) {
	if now.Before(a.Until) {
		return a, TooManyError{a.Until, now}
	}
	if now.Sub(a.Since) >= countFor && now.Sub(a.Until) >= countFor {
		a.Failed, a.Since = 0, now
	}
	a.Failed++
	if over := a.Failed - free; over >= 0 {
		a.Until = now.Add(min(firstWait<<min(over, 10), longestWait))
	}
	return a, nil
}

// SignIn begins a session for whoever gives the name, the password and a code that was not used. The cookie is what the browser has to hold;
// it is a new one each time. Errors: ErrWrong, which does not tell what was wrong, ErrNoLocal, and a TooManyError.
func (d *Desk) SignIn(ctx context.Context, name, password, typed string, from From) (cookie string, s Session, err error) {
	if d.limits.Local == LocalNobody {
		return "", Session{}, ErrNoLocal
	}
	name, err = parseName(name)
	if err != nil || len(password) > longestPassword {
		return "", Session{}, ErrWrong
	}
	p, known, err := d.knock(ctx, name, from.Place)
	if err != nil {
		return "", Session{}, err
	}
	hash := p.Password
	if hash == "" {
		hash = d.nobody()
	}
	if err := d.wait(ctx); err != nil {
		return "", Session{}, err
	}
	right := verifyPassword(hash, password)
	<-d.hashes
	cookie = token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		s = Session{}
		if !known {
			return d.refuse(tx, journal.Actor{Name: "unknown", Role: "none"}, "", from)
		}
		p, err := tx.Person(p.ID)
		if err != nil {
			return err
		}
		step, fits := checkCode(p.Secret, typed, p.Step, d.now())
		if !right || !fits || p.Password != hash || !p.Disabled.IsZero() || !d.limits.Local.allows(p.Posts()) {
			return d.refuse(tx, p.Account().Actor(), p.ID, from)
		}
		p.Step = step
		if err := tx.KeepPerson(p); err != nil {
			return err
		}
		if err := tx.DropAttempts(accountKey(name)); err != nil {
			return err
		}
		if err := giveBack(tx, from.Place); err != nil {
			return err
		}
		s = d.session(p, cookie, from, d.limits.Idle, d.limits.Absolute)
		return d.begin(tx, p, s)
	})
	if err != nil {
		return "", Session{}, fmt.Errorf("sign in: %w", err)
	}
	if s.ID == "" {
		return "", Session{}, ErrWrong
	}
	return cookie, s, nil
}

func accountKey(name string) string  { return hashed("account " + name) }
func addressKey(place string) string { return hashed("address " + place) }

// giveBack takes the attempt that knock counted for an address back, because it succeeded: a whole hospital may come from one.
func giveBack(tx Tx, place string) error {
	held, err := tx.Attempts(addressKey(place))
	if err != nil || held.Failed == 0 {
		return err
	}
	held.Failed--
	return tx.KeepAttempts(held)
}

// knock counts an attempt before anything is tried, so that many at once are no more than many one after the other, and finds whose it is.
func (d *Desk) knock(ctx context.Context, name, place string) (p Person, known bool, err error) {
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		now := d.now()
		if err := count(tx, accountKey(name), freeForAccount, now); err != nil {
			return err
		}
		if err := count(tx, addressKey(place), freeForAddress, now); err != nil {
			return err
		}
		p, err = tx.PersonNamed(name)
		known = err == nil
		if errors.Is(err, ErrNoPerson) {
			return nil
		}
		return err
	})
	if err != nil {
		return Person{}, false, fmt.Errorf("sign in: %w", err)
	}
	return p, known, nil
}

// count counts one more attempt of a key, or returns a TooManyError.
func count(tx Tx, key string, free int, now time.Time) error {
	held, err := tx.Attempts(key)
	if err != nil {
		return err
	}
	held.Key = key
	if held, err = held.next(free, now); err != nil {
		return err
	}
	return tx.KeepAttempts(held)
}

// refuse journals that somebody was not let in. Those who have to wait are not journalled again: their number is bounded.
func (d *Desk) refuse(tx Tx, who journal.Actor, subject string, from From) error {
	return tx.Append(d.entry(journal.SignInRefused, who, subject, "the password or the code was not right, from "+plain(from.Place, 60)))
}

// Holder is who holds a session.
type Holder struct {
	Session Session
	Person  Person
}

// Account is the holder as package access knows callers: in the post that the session is bound to. Who has not chosen one has no role.
func (h Holder) Account() access.Account { return h.Session.Post.In(h.Person.Name) }

// Chooses tells whether the holder has still to say as what they work.
func (h Holder) Chooses() bool { return h.Session.Post == access.Post{} }

// Session finds who holds a cookie, or ErrNoSession. Its use is noted once a minute: then only it writes.
func (d *Desk) Session(ctx context.Context, cookie string) (h Holder, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error {
		if h.Session, err = from.Session(hashed(cookie)); err != nil {
			return err
		}
		h.Person, err = from.Person(h.Session.Person)
		return err
	})
	now := d.now()
	switch {
	case errors.Is(err, ErrNoPerson), err == nil && (!h.Session.Live(now) || !h.Person.Disabled.IsZero()):
		return Holder{}, ErrNoSession
	case err != nil:
		return Holder{}, err
	case now.Sub(h.Session.Seen) < touchEvery:
		return h, nil
	}
	h.Session.Seen = now
	if h.Session.Post.Role != access.BoardViewer {
		h.Session.Idle = now.Add(d.limits.Idle)
	}
	if err := d.store.ChangePeople(ctx, func(tx Tx) error { return tx.TouchSession(h.Session) }); err != nil {
		return Holder{}, fmt.Errorf("note the use of a session: %w", err)
	}
	return h, nil
}

// Sessions are those of a person that hold, the newest first.
func (d *Desk) Sessions(ctx context.Context, person string) (held []Session, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error {
		all, err := from.SessionsOf(person)
		held = nil
		for _, s := range all {
			if s.Live(d.now()) {
				held = append(held, s)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the sessions of %s: %w", person, err)
	}
	return held, nil
}

// End ends a session of a person, or ErrNoSession: somebody else's is none.
func (d *Desk) End(ctx context.Context, by journal.Actor, person, id string) error {
	err := d.store.ChangePeople(ctx, func(tx Tx) error {
		s, err := tx.SessionByID(id)
		if err != nil {
			return err
		}
		if s.Person != person {
			return ErrNoSession
		}
		return d.end(tx, by, s, "signed out")
	})
	if err != nil {
		return fmt.Errorf("end session %s: %w", id, err)
	}
	return nil
}

// EndAll ends all sessions of a person.
func (d *Desk) EndAll(ctx context.Context, by journal.Actor, person string) error {
	err := d.store.ChangePeople(ctx, func(tx Tx) error { return d.endAll(tx, by, person, "signed out everywhere") })
	if err != nil {
		return fmt.Errorf("end the sessions of %s: %w", person, err)
	}
	return nil
}

func (d *Desk) endAll(tx Tx, by journal.Actor, person, reason string) error {
	all, err := tx.SessionsOf(person)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := d.end(tx, by, s, reason); err != nil {
			return err
		}
	}
	return nil
}

// end forgets a session. The entry is what every node closes its streams for.
func (d *Desk) end(tx Tx, by journal.Actor, s Session, reason string) error {
	there, err := tx.DropSession(s.ID)
	if err != nil || !there {
		return err
	}
	return tx.Append(d.entry(journal.SessionEnded, by, s.ID, reason))
}

// Expire ends the sessions whose time is over. Several nodes may do it at the same time.
func (d *Desk) Expire(ctx context.Context) error {
	now := d.now()
	var over []Session
	err := d.store.ReadPeople(ctx, func(from Reader) (err error) { over, err = from.SessionsOver(now); return err })
	if err != nil {
		return fmt.Errorf("find sessions that are over: %w", err)
	}
	if len(over) == 0 {
		return nil
	}
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		for _, s := range over {
			held, err := tx.SessionByID(s.ID) // it may have been used since
			if errors.Is(err, ErrNoSession) {
				continue
			}
			if err != nil {
				return err
			}
			if held.Live(now) {
				continue
			}
			reason := "not used for " + d.limits.Idle.String()
			if !now.Before(held.Ends) {
				reason = "as long as a session may be"
			}
			if err := d.end(tx, journal.Service, held, reason); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end sessions that are over: %w", err)
	}
	return nil
}

// Forget drops links, tickets, attempts and screens that waited too long.
func (d *Desk) Forget(ctx context.Context) error {
	if err := d.store.ChangePeople(ctx, func(tx Tx) error { return tx.Forget(d.now()) }); err != nil {
		return fmt.Errorf("forget what is over of signing in: %w", err)
	}
	return nil
}

// Ticket makes a ticket for one stream of a session.
func (d *Desk) Ticket(ctx context.Context, session string) (string, error) {
	ticket := token()
	err := d.store.ChangePeople(ctx, func(tx Tx) error {
		return tx.AddTicket(hashed(ticket), session, d.now().Add(ticketFor))
	})
	if err != nil {
		return "", fmt.Errorf("make a ticket: %w", err)
	}
	return ticket, nil
}

// Redeem uses a ticket up that was made for the session whose cookie comes with it, and returns the session's id and whose it is. Errors:
// ErrNoSession, ErrNoTicket.
func (d *Desk) Redeem(ctx context.Context, cookie, ticket string) (session string, account access.Account, err error) {
	h, err := d.Session(ctx, cookie)
	if err != nil {
		return "", access.Account{}, err
	}
	var good bool
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		good, err = tx.TakeTicket(hashed(ticket), h.Session.ID, d.now())
		return err
	})
	if err != nil {
		return "", access.Account{}, fmt.Errorf("use a ticket: %w", err)
	}
	if !good {
		return "", access.Account{}, ErrNoTicket
	}
	return h.Session.ID, h.Account(), nil
}

// Holds tells whether a session holds now.
func (d *Desk) Holds(ctx context.Context, session string) (holds bool, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error {
		s, err := from.SessionByID(session)
		if errors.Is(err, ErrNoSession) {
			return nil
		}
		holds = err == nil && s.Live(d.now())
		return err
	})
	return holds, err
}
