// Command ucpalert answers: how is everything wired? Each subcommand has a file of its own; no rules live here.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the departments' zones, also where the machine has none

	"github.com/alecthomas/kong"
)

// commandLine is what can be typed. Unknown commands and flags are refused by name.
type commandLine struct {
	Serve     serveCommand     `cmd:"" help:"Run the service."`
	Demo      demoCommand      `cmd:"" help:"Run the service with a pretend London and Hertfordshire."`
	Send      sendCommand      `cmd:"" help:"Send HL7 v2 files over MLLP and print the answers."`
	HL7       hl7Command       `cmd:"" name:"hl7" help:"Connect hospitals: messages that were not understood, whose a certificate is."`
	Plans     plansCommand     `cmd:"" help:"Bring plans in from files, and out."`
	Proof     proofCommand     `cmd:"" help:"Prove that no alert is missing and none is false, and read the reports."`
	Directory directoryCommand `cmd:"" help:"Check a directory file, or put a new one in place."`
	OnCall    onCallCommand    `cmd:"" name:"on-call" help:"Check who is on call, and write the shifts for calendars and spreadsheets."`
	Profiles  profilesCommand  `cmd:"" help:"Check how hospitals' systems are said to write."`
	Merges    mergesCommand    `cmd:"" help:"See which records hospitals merged, and take a mistake back."`
	Retention retentionCommand `cmd:"" help:"See for how long what is kept, and let go what was kept long enough."`
	Person    personCommand    `cmd:"" help:"Erase what is held of one person, or show the person with more care."`
	Users     usersCommand     `cmd:"" help:"Invite people, list, change and disable their accounts."`
	Keys      keysCommand      `cmd:"" help:"See, replace and keep the keys with which the database is sealed."`
	Audit     auditCommand     `cmd:"" help:"Check that the journal is whole, and write it out for auditors."`
	Bench     benchCommand     `cmd:"" help:"Measure this build on this machine."`
	Sockets   socketsCommand   `cmd:"" name:"bench-sockets" help:"Measure this build with very many screens."`
	Outside   outsideCommand   `cmd:"" name:"bench-arrivals" hidden:"" help:"Send the arrivals of bench-sockets' storm."`
	Matching  matchingCommand  `cmd:"" name:"bench-matching" help:"Measure how well people are told apart, with invented people."`
	SignIn    signInCommand    `cmd:"" name:"bench-sign-in" help:"Measure how long it takes from a password and a code to a live board."`
	Access    accessCommand    `cmd:"" hidden:"" help:"Print who may do what, as docs/access.md has it."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var line commandLine
	parser := kong.Must(&line,
		kong.Name("ucpalert"),
		kong.Description("Puts a patient's Urgent Care Plan on the screen of the A&E department that the patient arrives at."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		parser.FatalIfErrorf(err)
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "ucpalert:", err)
		stop()
		os.Exit(1)
	}
}

// newLog writes one JSON line per outcome on standard error.
func newLog(level slog.Level) *slog.Logger { return newLogOn(os.Stderr, level) }

func newLogOn(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}
