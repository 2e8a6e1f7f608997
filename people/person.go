// Package people answers: who has signed in?
//
// A person has an account of this service's own (a name, a password (argon2id) and a second factor (TOTP)), or an identity provider vouches for
// them. They hold one or several posts of package access and work in one at a time: a session, of which only the hash is kept, is bound to it. A
// screen on a wall is enrolled by a code and holds a session too. Every invitation, sign-in, refusal, sign-out and change is journalled in the
// transaction that makes it.
package people

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
)

// Person is an account of somebody, or of a screen on a wall.
type Person struct {
	ID string
	// Name is what they sign in with and what the journal calls them: small letters, digits and . _ @ -.
	Name string
	// FullName is what others call them.
	FullName string
	// Role, Organisation and Department are the first of the posts, as in [access.Account]; Further are the others.
	Role                     access.Role
	Organisation, Department string
	Further                  []access.Post
	// Provider is the issuer of the identity provider that vouches for the person, and Subject what it calls them; empty for an account of the
	// service's own.
	Provider, Subject string
	// Password is the argon2id hash in its usual encoding; empty before the invitation is used, and for screens.
	Password string
	// Secret is the shared secret of the second factor in base32; Step is the last time step whose code was used (RFC 6238 §5.2: once only).
	Secret string
	Step   int64
	// Disabled is since when they may not sign in; zero if they may.
	Disabled time.Time
	Created  time.Time
}

// Joined tells whether the person has used an invitation, or has come from a provider.
func (p Person) Joined() bool { return p.Password != "" || p.Subject != "" }

// Posts are all that the person may work as, the first first.
func (p Person) Posts() []access.Post {
	return append([]access.Post{{Role: p.Role, Organisation: p.Organisation, Department: p.Department}}, p.Further...)
}

// in gives the person other posts, at least one.
func (p *Person) in(posts []access.Post) {
	first := posts[0]
	p.Role, p.Organisation, p.Department, p.Further = first.Role, first.Organisation, first.Department, slices.Clone(posts[1:])
}

// Account is the person as package access knows callers, in the first of the posts.
func (p Person) Account() access.Account { return p.Posts()[0].In(p.Name) }

// Invitation lets somebody set a password and a second factor, once. The link holds the token; only its hash is kept.
type Invitation struct {
	Hash   string
	Person string
	// First: it creates the first administrator, who chooses a name.
	First bool
	// Secret is the second factor that will hold once a code of it was entered.
	Secret string
	Until  time.Time
}

// Session is one sign-in. The browser holds its token; only the hash is kept.
type Session struct {
	// ID names the session in lists and in the journal. It opens nothing.
	ID     string
	Hash   string
	Person string
	// Begun is when it began, Seen when it was last used, to the minute.
	Begun, Seen time.Time
	// Idle is when it ends if it is not used before, Ends when it ends in any case.
	Idle, Ends time.Time
	// Agent is the browser as it calls itself, Place the address that it signed in from.
	Agent, Place string
	// Post is what the person works as; the zero value until one of several was chosen.
	Post access.Post
	// Provider and Subject are as in Person, SID is the provider's own session, Hint the ID token that it asks for when somebody signs out; all
	// empty where the person signed in with a password.
	Provider, Subject, SID, Hint string
}

// Live tells whether the session holds at an instant.
func (s Session) Live(now time.Time) bool { return now.Before(s.Idle) && now.Before(s.Ends) }

// From is where a sign-in comes from.
type From struct{ Place, Agent string }

// Attempts are the sign-ins that were tried for one account or from one address.
type Attempts struct {
	Key    string
	Failed int
	// Since is when they began to be counted; Until is when the next one is heard.
	Since, Until time.Time
}

// The faults that a caller can act on; each is said to the person as it stands.
var (
	ErrWrong         = errors.New("the name, the password or the code is not right; a code can be used once: wait for the next one")
	ErrNoInvitation  = errors.New("this link was used already, or it is too old; ask for a new one")
	ErrCode          = errors.New("the code is not the one that the app shows now; wait for the next one and try again")
	ErrName          = errors.New("a name is 2 to 63 small letters, digits and . _ @ -, and begins with a letter or digit")
	ErrNameTaken     = errors.New("somebody else has this name")
	ErrNoPerson      = errors.New("there is no such person")
	ErrNoSession     = errors.New("there is no such session; it may have ended")
	ErrNoPost        = errors.New("this account does not have this role there")
	ErrManyPosts     = fmt.Errorf("one to %d roles can be given to a person, each once", mostPosts)
	ErrNoLocal       = errors.New("nobody signs in with a password here: people come from the identity provider")
	ErrVouched       = errors.New("an identity provider vouches for this person, and says what they may do")
	ErrReplayed      = errors.New("this was used before")
	ErrDisabled      = errors.New("this account is disabled; ask the administrator of your organisation")
	ErrNoTicket      = errors.New("the ticket is not known, was used, or belongs to another session")
	ErrLastOfThem    = errors.New("this is the last administrator who can sign in: make another one first")
	ErrNoEnrolment   = errors.New("no screen shows this code now; a code is good for ten minutes")
	ErrNotApproved   = errors.New("nobody has approved the screen yet")
	ErrManyWaiting   = errors.New("too many screens wait to be approved; try again in ten minutes")
	ErrScreenAccount = errors.New("a screen on a wall has neither a password nor another role")
)

// TooManyError refuses a sign-in until an instant, because too many failed before.
type TooManyError struct{ Until, Now time.Time }

func (e TooManyError) Error() string {
	wait := e.Until.Sub(e.Now)
	if wait < time.Minute {
		return fmt.Sprintf("too many attempts; try again in %d seconds", max(1, int(wait.Seconds()+0.999)))
	}
	return fmt.Sprintf("too many attempts; try again in %d minutes", int((wait + time.Minute - 1).Minutes()))
}

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,62}$`)

// parseName reads a name as somebody types it.
func parseName(s string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	if !nameShape.MatchString(name) {
		return "", ErrName
	}
	return name, nil
}

// plain is text for a list: without control characters, at most n bytes, whole letters.
func plain(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 { // no line is broken, no direction turned
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
