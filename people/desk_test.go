package people_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

const password = "tram violet bucket nine"

// desk is one on a database, with a clock of its own.
type desk struct {
	*people.Desk
	t     *testing.T
	store *sql.Store
	mu    sync.Mutex
	at    time.Time
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

// wait lets time pass.
func (d *desk) wait(how time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = d.at.Add(how)
}

var (
	boss = journal.Actor{Name: "boss", Role: "administrator"}
	here = people.From{Place: "10.1.2.3", Agent: "a browser"}
)

func eachDesk(t *testing.T, test func(*testing.T, *desk)) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		d := &desk{t: t, store: sql.NewStore(db), at: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)}
		d.Desk = people.NewDesk(d.store, func(a access.Account) error {
			if a.Organisation == "XXX" {
				return errors.New("no such organisation")
			}
			return nil
		}, d.now, people.Limits{})
		test(t, d)
	})
}

// invite makes an account and returns its link.
func (d *desk) invite(name string) (people.Person, string) {
	d.t.Helper()
	p, link, err := d.Invite(d.t.Context(), boss, people.Person{Name: name, Role: access.Clinician, Organisation: "RQW"})
	if err != nil {
		d.t.Fatal(err)
	}
	return p, link
}

// join uses a link, and returns the secret of the second factor and the cookie of the session.
func (d *desk) join(link, name string) (secret, cookie string) {
	d.t.Helper()
	offer, err := d.Offer(d.t.Context(), link)
	if err != nil {
		d.t.Fatal(err)
	}
	cookie, _, err = d.Accept(d.t.Context(), link, name, password, people.Code(offer.Secret, d.now()), here)
	if err != nil {
		d.t.Fatal(err)
	}
	d.wait(time.Minute)
	return offer.Secret, cookie
}

func (d *desk) signIn(name, password, secret string) (string, error) {
	cookie, _, err := d.SignIn(d.t.Context(), name, password, people.Code(secret, d.now()), here)
	return cookie, err
}

// holds tells whether a cookie signs somebody in.
func (d *desk) holds(cookie string) bool {
	d.t.Helper()
	_, err := d.Session(d.t.Context(), cookie)
	if err != nil && !errors.Is(err, people.ErrNoSession) {
		d.t.Fatal(err)
	}
	return err == nil
}

// told are the kinds of the journal's entries, each with its actor.
func (d *desk) told() string {
	d.t.Helper()
	entries, err := d.store.After(d.t.Context(), 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := journal.Verify(0, [32]byte{}, entries); err != nil {
		d.t.Error(err)
	}
	var words []string
	for _, e := range entries {
		words = append(words, fmt.Sprintf("%s by %s", e.Kind, e.Actor.Name))
		for _, secret := range []string{password, "argon2"} {
			if strings.Contains(e.Reason, secret) {
				d.t.Errorf("%s holds a secret", e.Kind)
			}
		}
	}
	return strings.Join(words, "; ")
}

func TestAnInvitationMakesAnAccountOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		_, link := d.invite(" A.Nurse ")
		if _, err := d.signIn("a.nurse", "", ""); !errors.Is(err, people.ErrWrong) {
			t.Errorf("signed in before the invitation was used: %v", err)
		}
		offer, err := d.Offer(t.Context(), link)
		if err != nil || offer.Person.Name != "a.nurse" {
			t.Fatalf("the link offers %+v, %v", offer, err)
		}
		if _, _, err := d.Accept(t.Context(), link, "", "short", people.Code(offer.Secret, d.now()), here); !errors.Is(err, people.ErrShort) {
			t.Errorf("a short password: %v", err)
		}
		if _, _, err := d.Accept(t.Context(), link, "", password, "000000x", here); !errors.Is(err, people.ErrCode) {
			t.Errorf("a wrong code: %v", err)
		}
		secret, cookie := d.join(link, "somebody.else")
		if h, err := d.Session(t.Context(), cookie); err != nil || h.Account() != (access.Account{Name: "a.nurse", Role: access.Clinician, Organisation: "RQW"}) {
			t.Errorf("signed in as %+v, %v", h.Account(), err)
		}
		if _, err := d.Offer(t.Context(), link); !errors.Is(err, people.ErrNoInvitation) {
			t.Errorf("the link works twice: %v", err)
		}
		again, err := d.signIn("A.NURSE", password, secret)
		if err != nil || again == cookie || !d.holds(again) || !d.holds(cookie) {
			t.Errorf("signing in gave %q, %v", again, err)
		}
		if _, err := d.signIn("a.nurse", password, secret); !errors.Is(err, people.ErrWrong) {
			t.Errorf("a code works twice: %v", err)
		}
		const want = "person.invited by boss; session.refused by a.nurse; person.joined by a.nurse; session.begun by a.nurse; session.begun by a.nurse; session.refused by a.nurse"
		if got := d.told(); got != want {
			t.Errorf("journalled %s", got)
		}
	})
}

func TestWhoIsNotInvited(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.invite("a.nurse")
		for _, row := range []struct {
			what string
			p    people.Person
			want error
		}{
			{"the same name again", people.Person{Name: "a.nurse", Role: access.Clinician}, people.ErrNameTaken},
			{"a name with a line break", people.Person{Name: "a\nb", Role: access.Clinician}, people.ErrName},
			{"a wall", people.Person{Name: "wall", Role: access.BoardViewer}, people.ErrScreenAccount},
		} {
			if _, _, err := d.Invite(t.Context(), boss, row.p); !errors.Is(err, row.want) {
				t.Errorf("%s: %v", row.what, err)
			}
		}
		var unfit people.AccountError
		if _, _, err := d.Invite(t.Context(), boss, people.Person{Name: "b.nurse", Role: access.Clinician, Organisation: "XXX"}); !errors.As(err, &unfit) {
			t.Errorf("an organisation that does not exist: %v", err)
		}
		_, link := d.invite("late")
		d.wait(73 * time.Hour)
		if _, err := d.Offer(t.Context(), link); !errors.Is(err, people.ErrNoInvitation) {
			t.Errorf("an old link: %v", err)
		}
	})
}

func TestTheFirstAdministratorComesByALinkThatWorksOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		old, err := d.First(t.Context())
		if err != nil || old == "" {
			t.Fatal(old, err)
		}
		link, err := d.First(t.Context())
		if err != nil || link == old {
			t.Fatal(err)
		}
		if _, err := d.Offer(t.Context(), old); !errors.Is(err, people.ErrNoInvitation) {
			t.Errorf("the link before works still: %v", err)
		}
		_, cookie := d.join(link, "chief")
		h, err := d.Session(t.Context(), cookie)
		if err != nil || h.Account() != (access.Account{Name: "chief", Role: access.Administrator}) {
			t.Errorf("%+v, %v", h, err)
		}
		if link, err := d.First(t.Context()); link != "" || err != nil {
			t.Errorf("there is another first: %q, %v", link, err)
		}
		if err := d.Disable(t.Context(), boss, h.Person.ID); !errors.Is(err, people.ErrLastOfThem) {
			t.Errorf("the last administrator was disabled: %v", err)
		}
		if err := d.Assign(t.Context(), boss, h.Person.ID, []access.Post{{Role: access.Clinician, Organisation: "RQW"}}); !errors.Is(err, people.ErrLastOfThem) {
			t.Errorf("the last administrator has another role: %v", err)
		}
	})
}

func TestFailedSignInsHaveToWait(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		_, link := d.invite("a.nurse")
		secret, _ := d.join(link, "")
		var many people.TooManyError
		for _, name := range []string{"a.nurse", "nobody.at.all"} {
			for i := range 5 {
				if _, err := d.signIn(name, "not this one at all", secret); !errors.Is(err, people.ErrWrong) {
					t.Fatalf("%s, attempt %d: %v", name, i, err)
				}
			}
			if _, err := d.signIn(name, password, secret); !errors.As(err, &many) || !strings.Contains(many.Error(), "try again in 30 seconds") {
				t.Errorf("%s, the sixth: %v", name, err)
			}
		}
		d.wait(31 * time.Second)
		if _, err := d.signIn("a.nurse", "not this one at all", secret); !errors.Is(err, people.ErrWrong) {
			t.Errorf("after the wait: %v", err)
		}
		if _, err := d.signIn("a.nurse", password, secret); !errors.As(err, &many) || !strings.Contains(many.Error(), "try again in 60 seconds") && !strings.Contains(many.Error(), "1 minutes") {
			t.Errorf("the next wait: %v", err)
		}
		d.wait(2 * time.Minute)
		if _, err := d.signIn("a.nurse", password, secret); err != nil {
			t.Errorf("whoever has waited is refused: %v", err)
		}
		d.wait(time.Minute)
		if _, err := d.signIn("a.nurse", password, secret); err != nil {
			t.Errorf("what failed before a success counts still: %v", err)
		}
		for i := range 60 {
			_, err := d.signIn(fmt.Sprintf("name-%d", i), password, secret)
			if errors.As(err, &many) {
				if i < 30 {
					t.Errorf("an address has to wait after %d", i)
				}
				return
			}
		}
		t.Error("an address may try for ever")
	})
}

func TestASessionEnds(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		p, link := d.invite("a.nurse")
		secret, first := d.join(link, "")
		second, err := d.signIn("a.nurse", password, secret)
		if err != nil {
			t.Fatal(err)
		}
		list, err := d.Sessions(t.Context(), p.ID)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		if err := d.End(t.Context(), boss, "another person", list[0].ID); !errors.Is(err, people.ErrNoSession) {
			t.Errorf("somebody else's session was ended: %v", err)
		}
		if err := d.End(t.Context(), p.Account().Actor(), p.ID, list[0].ID); err != nil || d.holds(second) || !d.holds(first) {
			t.Errorf("one of two: %v", err)
		}
		for what, end := range map[string]func() error{
			"signed out everywhere": func() error { return d.EndAll(t.Context(), boss, p.ID) },
			"disabled":              func() error { return d.Disable(t.Context(), boss, p.ID) },
			"another role": func() error {
				return d.Assign(t.Context(), boss, p.ID, []access.Post{{Role: access.Clinician, Organisation: "RWG"}})
			},
		} {
			if err := d.Enable(t.Context(), boss, p.ID); err != nil {
				t.Fatal(err)
			}
			d.wait(time.Minute)
			cookie, err := d.signIn("a.nurse", password, secret)
			if err != nil {
				t.Fatal(err)
			}
			if err := end(); err != nil || d.holds(cookie) {
				t.Errorf("%s: the session holds, %v", what, err)
			}
		}
		if err := d.Enable(t.Context(), boss, p.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Reset(t.Context(), boss, p.ID); err != nil {
			t.Fatal(err)
		}
		d.wait(time.Minute)
		if _, err := d.signIn("a.nurse", password, secret); !errors.Is(err, people.ErrWrong) {
			t.Errorf("the old password after a reset: %v", err)
		}
	})
}

func TestASessionEndsByItself(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		_, link := d.invite("a.nurse")
		_, used := d.join(link, "")
		_, link = d.invite("b.nurse")
		_, unused := d.join(link, "")
		for range 4 {
			d.wait(3 * time.Hour)
			if !d.holds(used) {
				t.Fatal("a session that is used has ended")
			}
		}
		if d.holds(unused) {
			t.Error("a session that was not used for long holds")
		}
		d.wait(2 * time.Hour)
		if d.holds(used) {
			t.Error("a session holds for longer than any may")
		}
		if err := d.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := d.told(); strings.Count(got, "session.ended by ucpalert") != 2 {
			t.Errorf("journalled %s", got)
		}
		if err := d.Expire(t.Context()); err != nil || strings.Count(d.told(), "session.ended") != 2 {
			t.Errorf("ended twice: %v", err)
		}
	})
}

func TestATicketIsForOneStreamOfOneSessionAtOnce(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		_, link := d.invite("a.nurse")
		_, cookie := d.join(link, "")
		_, link = d.invite("b.nurse")
		_, another := d.join(link, "")
		h, err := d.Session(t.Context(), cookie)
		if err != nil {
			t.Fatal(err)
		}
		ticket := func() string {
			t.Helper()
			made, err := d.Ticket(t.Context(), h.Session.ID)
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		good := ticket()
		if _, _, err := d.Redeem(t.Context(), another, good); !errors.Is(err, people.ErrNoTicket) {
			t.Errorf("with somebody else's cookie: %v", err)
		}
		if _, _, err := d.Redeem(t.Context(), "", good); !errors.Is(err, people.ErrNoSession) {
			t.Errorf("without a cookie: %v", err)
		}
		if session, account, err := d.Redeem(t.Context(), cookie, good); err != nil || session != h.Session.ID || account.Name != "a.nurse" {
			t.Errorf("a good one: %s, %+v, %v", session, account, err)
		}
		if _, _, err := d.Redeem(t.Context(), cookie, good); !errors.Is(err, people.ErrNoTicket) {
			t.Errorf("again: %v", err)
		}
		late := ticket()
		d.wait(30 * time.Second)
		if _, _, err := d.Redeem(t.Context(), cookie, late); !errors.Is(err, people.ErrNoTicket) {
			t.Errorf("after thirty seconds: %v", err)
		}
	})
}

func TestAScreenOnAWallIsApproved(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		code, secret, err := d.Enrol(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Claim(t.Context(), secret, here); !errors.Is(err, people.ErrNotApproved) {
			t.Errorf("before it is approved: %v", err)
		}
		if _, err := d.Approve(t.Context(), boss, "AAAA-AAAA", "", "RQW", "RQW-AE"); !errors.Is(err, people.ErrNoEnrolment) {
			t.Errorf("another code: %v", err)
		}
		p, err := d.Approve(t.Context(), boss, strings.ToLower(code[:4]+"-"+code[4:]), "above the desk", "RQW", "RQW-AE")
		if err != nil || p.Role != access.BoardViewer || p.Department != "RQW-AE" {
			t.Fatalf("approved %+v, %v", p, err)
		}
		if _, err := d.Approve(t.Context(), boss, code, "", "RWG", "RWG-AE"); !errors.Is(err, people.ErrNoEnrolment) {
			t.Errorf("approved twice: %v", err)
		}
		cookie, err := d.Claim(t.Context(), secret, here)
		if err != nil || !d.holds(cookie) {
			t.Fatal(err)
		}
		if _, err := d.Claim(t.Context(), secret, here); !errors.Is(err, people.ErrNoEnrolment) {
			t.Errorf("claimed twice: %v", err)
		}
		d.wait(30 * 24 * time.Hour)
		if !d.holds(cookie) {
			t.Error("a wall goes dark by itself")
		}
		if err := d.Assign(t.Context(), boss, p.ID, []access.Post{{Role: access.Clinician, Organisation: "RQW"}}); !errors.Is(err, people.ErrScreenAccount) {
			t.Errorf("a wall became a clinician: %v", err)
		}
		if _, err := d.Reset(t.Context(), boss, p.ID); !errors.Is(err, people.ErrScreenAccount) {
			t.Errorf("a wall has a password: %v", err)
		}
		if err := d.Disable(t.Context(), boss, p.ID); err != nil || d.holds(cookie) {
			t.Errorf("a wall that was turned away shows on: %v", err)
		}
		old, secret, err := d.Enrol(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d.wait(10 * time.Minute)
		if _, err := d.Approve(t.Context(), boss, old, "", "RQW", "RQW-AE"); !errors.Is(err, people.ErrNoEnrolment) {
			t.Errorf("an old code: %v", err)
		}
		if err := d.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Claim(t.Context(), secret, here); !errors.Is(err, people.ErrNoEnrolment) {
			t.Errorf("an old secret: %v", err)
		}
	})
}

// vouched is somebody whom a provider calls by a subject, in posts.
func vouched(subject, state string, posts ...access.Post) people.Vouched {
	return people.Vouched{Provider: "https://login.example", Subject: subject, Name: "Ann.Other@trust.example", FullName: "Ann Other", Posts: posts, SID: "sid of " + subject, Hint: "token", Once: state, Until: time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)}
}

var (
	nurse = access.Post{Role: access.Clinician, Organisation: "RQW"}
	lead  = access.Post{Role: access.NurseInCharge, Organisation: "RQW"}
	away  = access.Post{Role: access.Clinician, Organisation: "XXX"}
)

func TestAPersonWorksInOneOfSeveralPosts(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		p, link := d.invite("a.nurse")
		secret, _ := d.join(link, "")
		if err := d.Assign(t.Context(), boss, p.ID, []access.Post{nurse, lead}); err != nil {
			t.Fatal(err)
		}
		for what, posts := range map[string][]access.Post{"none": nil, "one twice": {nurse, nurse}, "too many": make([]access.Post, 21)} {
			if err := d.Assign(t.Context(), boss, p.ID, posts); !errors.Is(err, people.ErrManyPosts) {
				t.Errorf("%s: %v", what, err)
			}
		}
		cookie, err := d.signIn("a.nurse", password, secret)
		if err != nil {
			t.Fatal(err)
		}
		h, err := d.Session(t.Context(), cookie)
		if err != nil || !h.Chooses() || h.Account().Role != "" {
			t.Errorf("before choosing: %+v, %v", h.Account(), err)
		}
		ends := h.Session.Ends
		if _, _, err := d.Choose(t.Context(), cookie, away, here); !errors.Is(err, people.ErrNoPost) {
			t.Errorf("a post of somebody else's: %v", err)
		}
		d.wait(time.Hour)
		chosen, _, err := d.Choose(t.Context(), cookie, lead, here)
		if err != nil || d.holds(cookie) {
			t.Fatalf("the cookie before holds, or %v", err)
		}
		h, err = d.Session(t.Context(), chosen)
		if err != nil || h.Account() != (access.Account{Name: "a.nurse", Role: access.NurseInCharge, Organisation: "RQW"}) || !h.Session.Ends.Equal(ends) {
			t.Errorf("works as %+v until %s, %v", h.Account(), h.Session.Ends, err)
		}
		if _, _, err := d.Choose(t.Context(), cookie, lead, here); !errors.Is(err, people.ErrNoSession) {
			t.Errorf("with the cookie before: %v", err)
		}
		entries, err := d.store.After(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		last := entries[len(entries)-1]
		if last.Kind != journal.SessionBegun || last.Actor.Role != "nurse in charge" || !strings.Contains(last.Reason, "works as nurse in charge of RQW") {
			t.Errorf("journalled %+v", last)
		}
	})
}

func TestSomebodyForWhomAProviderVouches(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		in := func(v people.Vouched) (string, people.Holder) {
			t.Helper()
			cookie, _, err := d.SignInOutside(t.Context(), v, here)
			if err != nil {
				t.Fatal(err)
			}
			h, err := d.Session(t.Context(), cookie)
			if err != nil {
				t.Fatal(err)
			}
			return cookie, h
		}
		first, h := in(vouched("one", "state-1", nurse, away)) // what does not fit the directory is left out
		if h.Account() != nurse.In("ann.other@trust.example") || h.Session.SID != "sid of one" || h.Session.Hint != "token" {
			t.Errorf("signed in as %+v", h)
		}
		_, other := in(vouched("two", "state-2", nurse)) // of the same name, and not the same person
		if other.Person.ID == h.Person.ID || other.Person.Name == h.Person.Name {
			t.Errorf("two people are one: %+v", other.Person)
		}
		if _, _, err := d.SignInOutside(t.Context(), vouched("one", "state-1", nurse), here); !errors.Is(err, people.ErrReplayed) {
			t.Errorf("the same sign-in twice: %v", err)
		}
		var unfit people.AccountError
		if _, _, err := d.SignInOutside(t.Context(), vouched("one", "state-3", away), here); !errors.As(err, &unfit) {
			t.Errorf("only posts that do not fit: %v", err)
		}
		second, h := in(vouched("one", "state-4", lead))
		if d.holds(first) || !d.holds(second) || h.Account().Role != access.NurseInCharge {
			t.Error("a session in a role that the provider does not give any more goes on")
		}
		for what, err := range map[string]error{
			"a password":  errOf(d.Reset(t.Context(), boss, h.Person.ID)),
			"other posts": d.Assign(t.Context(), boss, h.Person.ID, []access.Post{nurse}),
		} {
			if !errors.Is(err, people.ErrVouched) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := d.signIn(h.Person.Name, "", ""); !errors.Is(err, people.ErrWrong) {
			t.Errorf("without a password: %v", err)
		}
		if err := d.Disable(t.Context(), boss, h.Person.ID); err != nil || d.holds(second) {
			t.Errorf("disabled: %v", err)
		}
		if _, _, err := d.SignInOutside(t.Context(), vouched("one", "state-5", lead), here); !errors.Is(err, people.ErrDisabled) {
			t.Errorf("a disabled account: %v", err)
		}
	})
}

func errOf(_ string, err error) error { return err }

func TestSigningOutAtTheProvider(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		cookies := map[string]string{}
		for i, subject := range []string{"one", "two"} {
			cookie, _, err := d.SignInOutside(t.Context(), vouched(subject, fmt.Sprint("state-", i), nurse), here)
			if err != nil {
				t.Fatal(err)
			}
			cookies[subject] = cookie
		}
		_, link := d.invite("a.nurse")
		_, local := d.join(link, "")
		out := func(id, provider, subject, sid string, want int) {
			t.Helper()
			n, err := d.EndOutside(t.Context(), people.SignedOut{Provider: provider, Subject: subject, SID: sid, ID: id, Until: d.now().Add(time.Minute)})
			if err != nil || n != want {
				t.Errorf("%s ended %d, %v", id, n, err)
			}
		}
		out("another provider", "https://evil.example", "one", "", 0)
		out("no provider", "", "", "", 0)
		out("another session", "https://login.example", "one", "sid of two", 0)
		if !d.holds(cookies["one"]) || !d.holds(local) {
			t.Fatal("a session ended that nobody signed out of")
		}
		out("one", "https://login.example", "one", "sid of one", 1)
		if d.holds(cookies["one"]) || !d.holds(cookies["two"]) {
			t.Error("the wrong session ended")
		}
		if _, err := d.EndOutside(t.Context(), people.SignedOut{Provider: "https://login.example", Subject: "two", ID: "one", Until: d.now().Add(time.Minute)}); !errors.Is(err, people.ErrReplayed) {
			t.Errorf("the same token for another: %v", err)
		}
		out("by session", "https://login.example", "", "sid of two", 1)
		if d.holds(cookies["two"]) || !d.holds(local) {
			t.Error("the wrong session ended")
		}
	})
}

// A hospital may come from one address: only failures count.
func TestManyWhoSignInRightlyFromOneAddressAreAllLetIn(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		_, link := d.invite("a.nurse")
		secret, _ := d.join(link, "")
		for n := range 60 {
			if _, err := d.signIn("a.nurse", password, secret); err != nil {
				t.Fatalf("the %dth: %v", n+1, err)
			}
			d.wait(31 * time.Second)
		}
	})
}
