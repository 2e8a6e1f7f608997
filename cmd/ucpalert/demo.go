package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/profiles"
	"github.com/ucpalert/ucpalert/web"
)

type demoCommand struct {
	HTTP     string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where browsers and FHIR clients connect."`
	MLLP     string `default:"127.0.0.1:2575" placeholder:"HOST:PORT" help:"Where hospitals send."`
	Data     string `default:"data/demo" placeholder:"DIR" help:"Folder of the database; what is in it is kept."`
	Arrivals bool   `default:"true" negatable:"" help:"Let the pretend hospitals send arrivals (--arrivals=false: nobody sends)."`
}

// Run is serve with a configuration of its own, and the pretend world beside it. The two meet over the network only.
func (c demoCommand) Run(ctx context.Context) error {
	cfg := defaults()
	cfg.HTTP.Address, cfg.MLLP.Address, cfg.Storage.DataFolder, cfg.AllowTestPatients = c.HTTP, c.MLLP, c.Data, true
	cfg.Admin.Address = "" // one address is enough for a demonstration
	cfg.Tokens, cfg.MDM = tokensOf(demo.Accounts()), demoMDM()
	cfg.OnCall.reachDemo(reachable(c.HTTP))
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		return fmt.Errorf("the demo's directory: %w", err)
	}
	set, err := profiles.LoadFS(demo.Profiles, "profiles")
	if err != nil {
		return fmt.Errorf("the demo's profiles: %w", err)
	}
	if dir, err = set.Apply(dir); err != nil {
		return fmt.Errorf("the demo's profiles: %w", err)
	}
	book, err := accounts(cfg.Tokens, dir)
	if err != nil {
		return err
	}
	log := newLog(slog.LevelWarn) // a newcomer's terminal is not a log file
	options := demo.Options{
		FHIRBase: "http://" + reachable(c.HTTP) + "/fhir", MLLPAddr: reachable(c.MLLP), Arrivals: c.Arrivals, Seed: uint64(time.Now().UnixNano()),
		Notebook: filepath.Join(c.Data, "pretend-hospitals.json"), Log: log,
	}
	published := make(chan struct{})
	world := part{"pretend world", func(ctx context.Context) error {
		if err := demo.Publish(ctx, options); err != nil {
			return err
		}
		close(published)
		if err := demo.Run(ctx, options); err != nil {
			return err
		}
		<-ctx.Done() // without arrivals the world is quiet, but the service goes on
		return nil
	}}
	c.greet()
	return runNode(ctx, node{cfg: cfg, log: log, news: newLog(slog.LevelInfo), dir: dir, habits: fixedHabits(set), accounts: book, demoAccounts: demoAccounts(), beside: &world, prepared: published, furnish: furnishOnCall})
}

// reachable is the address at which this machine reaches a listener.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// greet tells a newcomer where to look and who to be.
func (c demoCommand) greet() {
	_, port, err := net.SplitHostPort(c.HTTP)
	if err != nil {
		return // the listener will say what is wrong with the address
	}
	fmt.Fprintf(os.Stdout, `
  ucpalert demo: a pretend London and Hertfordshire. Every patient is invented.

  Boards           http://localhost:%s      choose an A&E, then sign in with one click
  Centres          http://localhost:%s/centre    write a plan, see where it was used
  Nightly proof    http://localhost:%s/proofs    is any alert missing or false? (not for screens)
  Operations       http://localhost:%s/operations    what needs doing; feeds, quarantine, screens (for an operator)
  FHIR (plans in)  http://localhost:%s/fhir
  HL7 (ADT in)     %s, MLLP
  Health           http://localhost:%s/readyz

  Sign in as       a screen      demo-screen-RQW-AE   (Princess Alexandra; also RWG-AE, RWH-AE, RAJ-AE)
                   a clinician   demo-clinician-RQW   (also RWG, RWH, RAJ)
                   a centre      demo-centre-RP4      (also RAL, RJZ, RRV, RAN)
                   administrator demo-administrator   (who has an account: http://localhost:%s/people)
                   on call       demo-oncall-RQW-a, demo-oncall-RQW-b, demo-rota-RQW (keeps the rotas: http://localhost:%s/on-call)
                   an operator   demo-operator        (how the service runs, and messages that were not understood)
                   privacy       demo-privacy-QM7, demo-auditor   (who opened what, and why: http://localhost:%s/privacy)

  Ctrl-C stops everything in order. Starting again keeps what was there.

`, port, port, port, port, port, c.MLLP, port, port, port, port)
}

func demoAccounts() []web.DemoAccount {
	var out []web.DemoAccount
	for _, a := range demo.Accounts() {
		out = append(out, web.DemoAccount{Token: a.Token, Role: a.Role, Organisation: a.Organisation, Department: a.Department, Description: a.Description})
	}
	return out
}
