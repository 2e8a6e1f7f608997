package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/web"
)

//go:generate sh -c "go run . access > ../../docs/access.md"

// accessCommand writes docs/access.md.
type accessCommand struct{}

func (accessCommand) Run(context.Context) error {
	_, err := io.WriteString(os.Stdout, accessPage())
	return err
}

// relations are the columns of the table of actions.
var relations = []access.Relation{access.OwnDepartment, access.OwnOrganisation, access.OwnArea, access.OwnCentre, access.SharedWithIt, access.Anywhere}

// accessPage is who may do what, as the program has it.
func accessPage() string {
	var b strings.Builder
	b.WriteString(`# Who may do what

This page is made from the program (` + "`go generate ./cmd/ucpalert`" + `), and a test fails when it is not what the program does. The rules are one table in
package ` + "`access`" + `: a role, an action, and the relation that must hold between the account and what the action is done to. What is in no cell
is refused, and the refusal is journalled with its reason. Another test asks for every address and every command as every role, of what is
its own and of what is another's, and compares the answers with this page.

## Roles

| Role | What it is for | |
|---|---|---|
`)
	for _, r := range access.Roles() {
		kind := "people"
		switch {
		case r.OfSystem():
			kind = "systems"
		case r.OnWall():
			kind = "walls"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r, r.About(), kind)
	}
	b.WriteString("\n## Actions\n\nEach cell names the roles that may do it, if what they do it to is …\n\n| Action |")
	for _, held := range relations {
		fmt.Fprintf(&b, " %s |", held)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(relations)) + "\n")
	for _, do := range actions() {
		fmt.Fprintf(&b, "| %s |", do)
		for _, held := range relations {
			fmt.Fprintf(&b, " %s |", strings.Join(mayIn(do, held), ", "))
		}
		b.WriteString("\n")
	}
	b.WriteString(`
Own plans: the account's organisation is the plan's centre. Own organisation or region: the account's organisation runs the department, or it
is the region that the department is in. A restriction of a plan to a role holds for whoever is shown it as one: a nurse in charge and an
on-call clinician are clinicians, a board viewer is a screen.

## Addresses

The action is asked of the object that the address names: the department, the alert's department, the plan's centre. Lists hold what the
caller may see.

| Address | Who | Action |
|---|---|---|
`)
	for _, a := range web.Addresses() {
		fmt.Fprintf(&b, "| `%s %s` | %s | %s |\n", a.Method, a.Path, a.Who, a.Action)
	}
	b.WriteString(`
## Commands of a stream

Each is asked again when it is given, in the department where the alert is then. What a stream is sent needs the action of its address; it is
asked again before every writing, and a stream whose account may no longer be shown a board is closed.

| Command | Action |
|---|---|
`)
	commands := stream.Commands()
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, commands[name])
	}
	return b.String()
}

// actions are all that any role may do, in the order of their words.
func actions() []access.Action {
	all := map[access.Action]bool{}
	for _, r := range access.Roles() {
		for _, do := range access.Actions(r) {
			all[do] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// mayIn are the roles that may do an action if a relation holds.
func mayIn(do access.Action, held access.Relation) []string {
	var roles []string
	for _, r := range access.Roles() {
		if access.Needs(r, do) == held {
			roles = append(roles, string(r))
		}
	}
	return roles
}
