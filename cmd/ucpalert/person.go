package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

type personCommand struct {
	Erase    personErase    `cmd:"" help:"Erase all that is held of one person: visits, alerts, plans, what hospitals said. Refused while the person is in a department or has a plan that holds."`
	Restrict personRestrict `cmd:"" help:"Show one person with more care, as restricted patients are shown, whatever the centre says; or take that back."`
}

// onePerson is whom both are about, and why.
type onePerson struct {
	Config    string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration. With SQLite the service must be stopped."`
	By        string `required:"" placeholder:"NAME" help:"Who decided it, for the journal."`
	Reason    string `required:"" placeholder:"WORDS" help:"Why, for the journal. Name no patient."`
	NHSNumber string `arg:"" name:"nhs-number" help:"The person's NHS number; - reads it from standard input, so that it stands in no list of processes."`
}

func (c onePerson) open(ctx context.Context) (*opened, plans.NHSNumber, journal.Actor, error) {
	text := c.NHSNumber
	if text == "-" {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && line == "" {
			return nil, plans.NHSNumber{}, journal.Actor{}, fmt.Errorf("read the NHS number: %w", err)
		}
		text = line
	}
	n, err := plans.ParseNHSNumber(strings.TrimSpace(text))
	if err != nil {
		return nil, n, journal.Actor{}, err
	}
	at, err := openDatabase(ctx, c.Config)
	return at, n, journal.Actor{Name: c.By, Role: "operator"}, err
}

type personErase struct {
	onePerson
	DryRun bool `help:"Only say what would be erased."`
}

func (c personErase) Run(ctx context.Context) error {
	words, err := c.erase(ctx)
	return errors.Join(err, printLines(os.Stdout, words))
}

// erase says what was erased.
func (c personErase) erase(ctx context.Context) (words []string, err error) {
	at, n, actor, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	done, err := at.desk().Erase(ctx, at.store, n, c.Reason, actor, c.DryRun)
	if err == nil {
		verb := "erased"
		if c.DryRun {
			verb = "would be erased"
		}
		words = []string{done.String() + " " + verb}
	}
	return words, errors.Join(err, at.db.Close())
}

type personRestrict struct {
	onePerson
	Lift bool `help:"Take it back: what the centres say holds again."`
}

func (c personRestrict) Run(ctx context.Context) error {
	words, err := c.restrict(ctx)
	return errors.Join(err, printLines(os.Stdout, words))
}

// restrict says what that changed.
func (c personRestrict) restrict(ctx context.Context) (words []string, err error) {
	at, n, actor, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	changed, err := at.desk().Restrict(ctx, n, !c.Lift, c.Reason, actor)
	say := map[[2]bool]string{
		{true, true}: "restricted no more", {true, false}: "restricted", {false, true}: "was not restricted here", {false, false}: "was restricted already",
	}
	if err == nil {
		words = []string{say[[2]bool{changed, c.Lift}]}
	}
	return words, errors.Join(err, at.db.Close())
}
