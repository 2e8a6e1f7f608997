package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
)

// peopleConfig says how people sign in, and how long sign-ins and invitations hold.
type peopleConfig struct {
	Idle       time.Duration    `yaml:"idle"`
	Absolute   time.Duration    `yaml:"absolute"`
	Invitation time.Duration    `yaml:"invitation"`
	Passwords  string           `yaml:"passwords"`
	Providers  []providerConfig `yaml:"providers"`
}

func (c peopleConfig) check() error {
	switch {
	case c.Idle < time.Minute || c.Absolute < c.Idle:
		return errors.New("configuration: people.idle must be at least 1m, and people.absolute at least as long")
	case c.Absolute > 30*24*time.Hour:
		return errors.New("configuration: people.absolute must be at most 720h")
	case c.Invitation < time.Hour || c.Invitation > 30*24*time.Hour:
		return errors.New("configuration: people.invitation must be between 1h and 720h")
	}
	return nil
}

// peopleDesk is where people are invited and signed in.
func (c config) peopleDesk(store *sql.Store, current func() *directory.Directory) *people.Desk {
	fits := func(a access.Account) error {
		if a.Role.OfSystem() {
			return fmt.Errorf("the role %s is for programs, which no person signs in as", a.Role)
		}
		return checkAccount(a, current())
	}
	return people.NewDesk(store, fits, time.Now, people.Limits{Idle: c.People.Idle, Absolute: c.People.Absolute, Invitation: c.People.Invitation, Local: c.People.local()})
}

type usersCommand struct {
	Invite  usersInviteCommand  `cmd:"" help:"Make an account, and print the link with which its owner sets a password and a second factor, once."`
	List    usersListCommand    `cmd:"" help:"List the accounts."`
	Disable usersDisableCommand `cmd:"" help:"Keep somebody from signing in, and end their sessions. A screen on a wall is turned away so, too."`
	Enable  usersEnableCommand  `cmd:"" help:"Let somebody sign in again."`
	Reset   usersResetCommand   `cmd:"" help:"End somebody's sessions, and print a new link: for a lost password or phone."`
	Roles   usersRolesCommand   `cmd:"" help:"Say what somebody may do, and where. Their sessions end."`
	Explain usersExplainCommand `cmd:"" help:"Say how the claims of an identity provider are understood."`
	Key     usersKeyCommand     `cmd:"" help:"Print the public key with which the service proves itself to an identity provider, as a key set."`
}

// atPeople is what every command of people needs. They work on the database: the node that serves need not run, and with SQLite must not.
type atPeople struct {
	Config string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped; while it runs, its page of people does the same."`
	By     string `default:"command line" placeholder:"NAME" help:"Who does it, for the journal."`
}

func (c atPeople) actor() journal.Actor {
	return journal.Actor{Name: c.By, Role: string(access.Administrator)}
}

// do opens the database for one deed, which returns the lines to print.
func (c atPeople) do(ctx context.Context, deed func(config, *people.Desk) ([]string, error)) error {
	at, err := openDatabase(ctx, c.Config)
	if err != nil {
		return err
	}
	lines, err := deed(at.cfg, at.cfg.peopleDesk(at.store, func() *directory.Directory { return at.dir }))
	if err == nil {
		err = printLines(os.Stdout, lines)
	}
	return errors.Join(err, at.db.Close())
}

// to is do for a person who has a name.
func (c atPeople) to(ctx context.Context, name string, deed func(config, *people.Desk, people.Person) ([]string, error)) error {
	return c.do(ctx, func(cfg config, desk *people.Desk) ([]string, error) {
		p, err := desk.Named(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return deed(cfg, desk, p)
	})
}

// assignment is a role and where it holds.
type assignment struct {
	Role         string `required:"" help:"Such as clinician or 'nurse in charge'; docs/access.md lists them."`
	Organisation string `placeholder:"ODS" help:"The organisation, or, where docs/access.md allows it, a region."`
	Department   string `placeholder:"ID" help:"For a screen only."`
}

func (a assignment) post() access.Post {
	return access.Post{Role: access.Role(a.Role), Organisation: a.Organisation, Department: a.Department}
}

type usersInviteCommand struct {
	atPeople
	assignment
	FullName string `placeholder:"WORDS" help:"What others call them."`
	Base     string `placeholder:"URL" help:"The address of the service for the link; by default that of the configuration on this machine."`
	Name     string `arg:"" help:"What they sign in with: small letters, digits and . _ @ -."`
}

func (c usersInviteCommand) Run(ctx context.Context) error {
	return c.do(ctx, func(cfg config, desk *people.Desk) ([]string, error) {
		to := c.post()
		p := people.Person{Name: c.Name, FullName: c.FullName, Role: to.Role, Organisation: to.Organisation, Department: to.Department}
		_, link, err := desk.Invite(ctx, c.actor(), p)
		if err != nil {
			return nil, err
		}
		return []string{people.Link(cfg.base(c.Base), link)}, nil
	})
}

// base is the address of the service for a link.
func (c config) base(given string) string {
	if given != "" {
		return given
	}
	scheme := "http://"
	if c.HTTP.TLS.files().on() || c.HTTP.ACME.on() {
		scheme = "https://"
	}
	return scheme + reachable(c.HTTP.Address)
}

type usersListCommand struct{ atPeople }

func (c usersListCommand) Run(ctx context.Context) error {
	return c.do(ctx, func(_ config, desk *people.Desk) ([]string, error) {
		all, invited, err := desk.People(ctx)
		if err != nil {
			return nil, err
		}
		lines := []string{}
		for _, p := range all {
			for _, post := range p.Posts() {
				lines = append(lines, fmt.Sprintf("%-32s %-16s %-8s %-10s %s", p.Name, post.Role, post.Organisation, post.Department, standing(p, invited)))
			}
		}
		if len(all) == 0 {
			lines = append(lines, "nobody has an account")
		}
		return lines, nil
	})
}

// standing says in a word whether somebody can sign in.
func standing(p people.Person, invited []string) string {
	switch {
	case !p.Disabled.IsZero():
		return "disabled"
	case p.Joined(), p.Role == access.BoardViewer:
		return "active"
	case slices.Contains(invited, p.ID):
		return "invited"
	}
	return "needs a new link"
}

type usersDisableCommand struct {
	atPeople
	Name string `arg:"" help:"Who, as list prints it."`
}

func (c usersDisableCommand) Run(ctx context.Context) error {
	return c.to(ctx, c.Name, func(_ config, desk *people.Desk, p people.Person) ([]string, error) {
		return []string{"disabled; every session has ended"}, desk.Disable(ctx, c.actor(), p.ID)
	})
}

type usersEnableCommand struct {
	atPeople
	Name string `arg:"" help:"Who, as list prints it."`
}

func (c usersEnableCommand) Run(ctx context.Context) error {
	return c.to(ctx, c.Name, func(_ config, desk *people.Desk, p people.Person) ([]string, error) {
		return []string{"enabled"}, desk.Enable(ctx, c.actor(), p.ID)
	})
}

type usersResetCommand struct {
	atPeople
	Base string `placeholder:"URL" help:"The address of the service for the link; by default that of the configuration on this machine."`
	Name string `arg:"" help:"Who, as list prints it."`
}

func (c usersResetCommand) Run(ctx context.Context) error {
	return c.to(ctx, c.Name, func(cfg config, desk *people.Desk, p people.Person) ([]string, error) {
		link, err := desk.Reset(ctx, c.actor(), p.ID)
		return []string{people.Link(cfg.base(c.Base), link)}, err
	})
}

type usersRolesCommand struct {
	atPeople
	assignment
	Add  bool   `help:"Beside the roles that they have, of which they then choose one when they sign in."`
	Name string `arg:"" help:"Who, as list prints it."`
}

func (c usersRolesCommand) Run(ctx context.Context) error {
	return c.to(ctx, c.Name, func(_ config, desk *people.Desk, p people.Person) ([]string, error) {
		to := []access.Post{c.post()}
		if c.Add {
			to = append(p.Posts(), to...)
		}
		return []string{"changed; every session has ended"}, desk.Assign(ctx, c.actor(), p.ID, to)
	})
}
