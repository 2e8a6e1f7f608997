package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
)

// Limits are how long things hold. Zero means the default.
type Limits struct {
	// Idle ends a session that was not used for so long, 4 h by default; Absolute ends any, 13 h by default: a long shift.
	Idle, Absolute time.Duration
	// Invitation is how long a link can be used, 72 h by default.
	Invitation time.Duration
	// Local says who signs in with a password.
	Local Local
}

// Local says who signs in with a password of the service's own.
type Local uint8

const (
	// LocalEverybody: whoever was invited.
	LocalEverybody Local = iota
	// LocalAdministrators: administrators only, for the day on which the identity provider cannot be reached.
	LocalAdministrators
	// LocalNobody: an identity provider vouches for everybody.
	LocalNobody
)

// allows tells whether somebody of these posts may have a password.
func (l Local) allows(posts []access.Post) bool {
	return l == LocalEverybody || l == LocalAdministrators && slices.ContainsFunc(posts, func(p access.Post) bool { return p.Role == access.Administrator })
}

// mostPosts is how many posts a person may have.
const mostPosts = 20

const (
	// touchEvery is how often the use of a session is written.
	touchEvery = time.Minute
	// ticketFor is how long a ticket of a stream holds.
	ticketFor = 30 * time.Second
	// wallFor is how long a screen on a wall stays signed in without anybody touching it.
	wallFor = 365 * 24 * time.Hour
	// firstFor is how long the link of the first administrator holds.
	firstFor = 24 * time.Hour
	// hashesAtOnce bounds the memory that is spent on passwords: 19 MiB each.
	hashesAtOnce = 2
)

// Desk invites people, signs them in and ends their sessions. May they do so to each other? That is asked of package access before.
type Desk struct {
	store  Store
	check  func(access.Account) error
	now    func() time.Time
	limits Limits
	hashes chan struct{}
	// nobody is what the password of an unknown name is held against, so that it takes as long as another.
	nobody func() string
}

// NewDesk makes a desk. check tells whether an account fits the directory, in words.
func NewDesk(store Store, check func(access.Account) error, now func() time.Time, limits Limits) *Desk {
	if limits.Idle <= 0 {
		limits.Idle = 4 * time.Hour
	}
	if limits.Absolute <= 0 {
		limits.Absolute = 13 * time.Hour
	}
	if limits.Invitation <= 0 {
		limits.Invitation = 72 * time.Hour
	}
	return &Desk{store: store, check: check, now: now, limits: limits, hashes: make(chan struct{}, hashesAtOnce), nobody: sync.OnceValue(func() string { return hashPassword(token()) })}
}

// token is a secret that somebody holds: 256 random bits.
func token() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashed is how a token is kept. It has too many bits to be guessed, so no slow hash is needed.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// AccountError says what of an account does not fit the directory.
type AccountError struct{ err error }

func (e AccountError) Error() string { return e.err.Error() }

// fits tells whether role, organisation and department of each of somebody's posts belong together.
func (d *Desk) fits(p Person) error {
	posts := p.Posts()
	if len(posts) > mostPosts {
		return ErrManyPosts
	}
	for i, post := range posts {
		if post.Role == access.BoardViewer {
			return ErrScreenAccount
		}
		if slices.Contains(posts[:i], post) {
			return ErrManyPosts
		}
		if err := d.check(post.In(p.Name)); err != nil {
			return AccountError{err}
		}
	}
	return nil
}

// entry is a journal entry about a person. The reason names no patient.
func (d *Desk) entry(kind journal.Kind, by journal.Actor, subject, reason string) journal.Entry {
	return journal.Entry{Time: d.now(), Kind: kind, Actor: by, Subject: subject, Reason: reason}
}

// describe says who somebody is for the journal.
func describe(p Person) string {
	var posts []string
	for _, post := range p.Posts() {
		posts = append(posts, post.String())
	}
	return p.Name + ", " + strings.Join(posts, " and ")
}

// Invite makes an account that nobody can use before the link is, and returns the link's token. Errors: ErrName, ErrNameTaken, ErrNoLocal,
// ErrManyPosts, an AccountError.
func (d *Desk) Invite(ctx context.Context, by journal.Actor, p Person) (made Person, link string, err error) {
	if p.Name, err = parseName(p.Name); err != nil {
		return Person{}, "", err
	}
	if err := d.fits(p); err != nil {
		return Person{}, "", err
	}
	if !d.limits.Local.allows(p.Posts()) {
		return Person{}, "", ErrNoLocal
	}
	made = Person{
		ID: uuid.NewString(), Name: p.Name, FullName: plain(p.FullName, 100), Role: p.Role, Organisation: p.Organisation, Department: p.Department, Further: p.Further,
		Created: d.now(),
	}
	link = token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		if err := tx.AddPerson(made); err != nil {
			return err
		}
		if err := tx.AddInvitation(Invitation{Hash: hashed(link), Person: made.ID, Secret: newSecret(), Until: d.now().Add(d.limits.Invitation)}); err != nil {
			return err
		}
		return tx.Append(d.entry(journal.PersonInvited, by, made.ID, "invited "+describe(made)))
	})
	if err != nil {
		return Person{}, "", fmt.Errorf("invite %s: %w", p.Name, err)
	}
	return made, link, nil
}

// First returns the token of a link that creates the first administrator, or nothing if somebody has joined already or nobody may have a
// password. A link that was made before and not used is good for nothing from now on. Whoever came from a provider does not count, unless they
// administrate.
func (d *Desk) First(ctx context.Context) (link string, err error) {
	if d.limits.Local == LocalNobody {
		return "", nil
	}
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		link = ""
		all, err := tx.People()
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.Password != "" || p.administrates() {
				return nil
			}
		}
		if err := tx.DropFirst(); err != nil {
			return err
		}
		p := Person{ID: uuid.NewString(), Name: "first-administrator-" + rand.Text()[:6], Role: access.Administrator, Created: d.now()}
		p.Name = strings.ToLower(p.Name)
		if err := tx.AddPerson(p); err != nil {
			return err
		}
		link = token()
		if err := tx.AddInvitation(Invitation{Hash: hashed(link), Person: p.ID, First: true, Secret: newSecret(), Until: d.now().Add(firstFor)}); err != nil {
			return err
		}
		return tx.Append(d.entry(journal.PersonInvited, journal.Service, p.ID, "nobody has an account: a link for the first administrator was printed"))
	})
	if err != nil {
		return "", fmt.Errorf("look for the first administrator: %w", err)
	}
	return link, nil
}

// Reset ends a person's sessions, forgets the password and the second factor, and returns the token of a new link.
func (d *Desk) Reset(ctx context.Context, by journal.Actor, id string) (link string, err error) {
	link = token()
	err = d.change(ctx, by, id, journal.PersonReset, func(tx Tx, p *Person) (string, error) {
		switch {
		case p.Role == access.BoardViewer:
			return "", ErrScreenAccount
		case p.Subject != "":
			return "", ErrVouched
		case !d.limits.Local.allows(p.Posts()):
			return "", ErrNoLocal
		}
		p.Password, p.Secret, p.Step = "", "", 0
		if err := tx.DropAttempts(accountKey(p.Name)); err != nil {
			return "", err
		}
		if err := tx.DropInvitations(p.ID); err != nil {
			return "", err
		}
		return "a new link for " + describe(*p), tx.AddInvitation(Invitation{Hash: hashed(link), Person: p.ID, Secret: newSecret(), Until: d.now().Add(d.limits.Invitation)})
	})
	if err != nil {
		return "", err
	}
	return link, nil
}

// Disable keeps a person from signing in and ends all sessions. The link of an invitation is good for nothing any more.
func (d *Desk) Disable(ctx context.Context, by journal.Actor, id string) error {
	return d.change(ctx, by, id, journal.PersonDisabled, func(tx Tx, p *Person) (string, error) {
		if p.Disabled.IsZero() {
			p.Disabled = d.now()
		}
		return "disabled " + describe(*p), tx.DropInvitations(p.ID)
	})
}

// Enable lets a disabled person sign in again. A screen that was revoked is enrolled anew instead.
func (d *Desk) Enable(ctx context.Context, by journal.Actor, id string) error {
	return d.change(ctx, by, id, journal.PersonEnabled, func(_ Tx, p *Person) (string, error) {
		if p.Role == access.BoardViewer {
			return "", ErrScreenAccount
		}
		p.Disabled = time.Time{}
		return "enabled " + describe(*p), nil
	})
}

// Assign gives a person other posts, and ends all sessions: what they may do is asked of the new ones only. Errors: ErrNoPerson, ErrManyPosts,
// ErrScreenAccount, ErrVouched, ErrLastOfThem, an AccountError.
func (d *Desk) Assign(ctx context.Context, by journal.Actor, id string, to []access.Post) error {
	if len(to) == 0 {
		return ErrManyPosts
	}
	return d.change(ctx, by, id, journal.PersonAssigned, func(_ Tx, p *Person) (string, error) {
		switch {
		case p.Role == access.BoardViewer:
			return "", ErrScreenAccount
		case p.Subject != "":
			return "", ErrVouched
		}
		before := describe(*p)
		p.in(to)
		return before + "; now " + describe(*p), d.fits(*p)
	})
}

// change alters a person, ends all sessions and journals it. how returns the reason.
func (d *Desk) change(ctx context.Context, by journal.Actor, id string, kind journal.Kind, how func(Tx, *Person) (string, error)) error {
	err := d.store.ChangePeople(ctx, func(tx Tx) error {
		p, err := tx.Person(id)
		if err != nil {
			return err
		}
		administrates := p.administrates()
		reason, err := how(tx, &p)
		if err != nil {
			return err
		}
		if administrates && !p.administrates() {
			if err := d.another(tx, p.ID); err != nil {
				return err
			}
		}
		if err := tx.KeepPerson(p); err != nil {
			return err
		}
		if err := tx.Append(d.entry(kind, by, p.ID, reason)); err != nil {
			return err
		}
		return d.endAll(tx, by, p.ID, string(kind))
	})
	if err != nil {
		return fmt.Errorf("%s of %s: %w", kind, id, err)
	}
	return nil
}

// administrates tells whether somebody can sign in and administrate.
func (p Person) administrates() bool {
	return LocalAdministrators.allows(p.Posts()) && p.Joined() && p.Disabled.IsZero()
}

// another makes sure that somebody else administrates the whole service: nobody may lock everybody out.
func (d *Desk) another(tx Tx, but string) error {
	all, err := tx.People()
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.ID != but && p.administrates() {
			return nil
		}
	}
	return ErrLastOfThem
}

// People are all accounts; invited are the ids of those whose link waits to be used.
func (d *Desk) People(ctx context.Context) (all []Person, invited []string, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error {
		if all, err = from.People(); err != nil {
			return err
		}
		invited, err = from.Invited(d.now())
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list the people: %w", err)
	}
	return all, invited, nil
}

// Person finds somebody by id, or ErrNoPerson; Named by name.
func (d *Desk) Person(ctx context.Context, id string) (p Person, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error { p, err = from.Person(id); return err })
	return p, err
}

// Named is Person by a name.
func (d *Desk) Named(ctx context.Context, name string) (p Person, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error { p, err = from.PersonNamed(name); return err })
	return p, err
}

// Offer is what an invitation shows: who is invited, and the second factor to be set up.
type Offer struct {
	Person Person
	First  bool
	Secret string
	Until  time.Time
}

// URI is what the QR code of the second factor says.
func (o Offer) URI() string {
	name := o.Person.Name
	if o.First {
		name = "administrator"
	}
	return keyURI(o.Secret, name)
}

// Offer finds what a link offers, or ErrNoInvitation. Nothing is used up.
func (d *Desk) Offer(ctx context.Context, link string) (o Offer, err error) {
	err = d.store.ReadPeople(ctx, func(from Reader) error {
		o, err = d.offer(from, link)
		return err
	})
	return o, err
}

func (d *Desk) offer(from Reader, link string) (Offer, error) {
	i, err := from.Invitation(hashed(link))
	if err != nil {
		return Offer{}, err
	}
	p, err := from.Person(i.Person)
	switch {
	case errors.Is(err, ErrNoPerson), err == nil && (!p.Disabled.IsZero() || !d.now().Before(i.Until)):
		return Offer{}, ErrNoInvitation
	case err != nil:
		return Offer{}, err
	}
	return Offer{p, i.First, i.Secret, i.Until}, nil
}

// Accept uses a link up: the person has a password and a second factor from then on, and is signed in. The first administrator chooses a
// name. Errors: ErrNoInvitation, ErrShort, ErrLong, ErrCommon, ErrCode, ErrName, ErrNameTaken.
func (d *Desk) Accept(ctx context.Context, link, name, password, typed string, from From) (cookie string, s Session, err error) {
	offer, err := d.Offer(ctx, link)
	if err != nil {
		return "", Session{}, err
	}
	if !offer.First {
		name = offer.Person.Name
	} else if name, err = parseName(name); err != nil {
		return "", Session{}, err
	}
	if err := checkPassword(password, name); err != nil {
		return "", Session{}, err
	}
	hash, err := d.hash(ctx, password)
	if err != nil {
		return "", Session{}, err
	}
	cookie = token()
	err = d.store.ChangePeople(ctx, func(tx Tx) error {
		offer, err := d.offer(tx, link) // it may have been used meanwhile
		if err != nil {
			return err
		}
		step, right := checkCode(offer.Secret, typed, 0, d.now())
		if !right {
			return ErrCode
		}
		p := offer.Person
		p.Name, p.Password, p.Secret, p.Step = name, hash, offer.Secret, step
		if err := tx.KeepPerson(p); err != nil {
			return err
		}
		if err := tx.DropInvitations(p.ID); err != nil {
			return err
		}
		if err := tx.Append(d.entry(journal.PersonJoined, p.Account().Actor(), p.ID, "used the link and set a password and a second factor")); err != nil {
			return err
		}
		s = d.session(p, cookie, from, d.limits.Idle, d.limits.Absolute)
		return d.begin(tx, p, s)
	})
	if err != nil {
		return "", Session{}, fmt.Errorf("use an invitation: %w", err)
	}
	return cookie, s, nil
}

// hash hashes a password, a few at a time.
func (d *Desk) hash(ctx context.Context, password string) (string, error) {
	if err := d.wait(ctx); err != nil {
		return "", err
	}
	defer func() { <-d.hashes }()
	return hashPassword(password), nil
}

func (d *Desk) wait(ctx context.Context) error {
	select {
	case d.hashes <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

// session is a new session of a person, for whoever holds the cookie. Who has one post works in that; others are still to choose.
func (d *Desk) session(p Person, cookie string, from From, idle, ends time.Duration) Session {
	now := d.now()
	s := Session{
		ID: uuid.NewString(), Hash: hashed(cookie), Person: p.ID, Begun: now, Seen: now, Idle: now.Add(idle), Ends: now.Add(ends),
		Agent: plain(from.Agent, 200), Place: plain(from.Place, 60),
	}
	if posts := p.Posts(); len(posts) == 1 {
		s.Post = posts[0]
	}
	return s
}

// begin keeps a session of whoever has just signed in.
func (d *Desk) begin(tx Tx, p Person, s Session) error {
	reason := "signed in from " + s.Place
	if s.Provider != "" {
		reason += " by way of " + s.Provider
	}
	return d.beginFor(tx, p, s, reason)
}

func (d *Desk) beginFor(tx Tx, p Person, s Session, reason string) error {
	if err := tx.AddSession(s); err != nil {
		return err
	}
	return tx.Append(d.entry(journal.SessionBegun, Holder{s, p}.Account().Actor(), s.ID, reason))
}

// JoinPath is the page of an invitation. The token stands behind the #, which no browser sends to any server.
const JoinPath = "/join"

// Link is the address that an invitation is given away as; base is that of the service.
func Link(base, token string) string {
	return strings.TrimSuffix(base, "/") + JoinPath + "#" + url.PathEscape(token)
}
