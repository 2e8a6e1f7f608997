package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/subscribers/pager"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

type onCallCommand struct {
	Check  onCallCheck  `cmd:"" help:"Read a file of who is on call, refuse it with the reason, and say what of it deserves a look: gaps, and people who cannot be told."`
	Who    onCallWho    `cmd:"" help:"Say who is on call in every rota, now or at another time."`
	Shifts onCallShifts `cmd:"" help:"Write the shifts of a rota, for a calendar program or a spreadsheet."`
}

// onCallPlace is where the file is.
type onCallPlace struct {
	Config   string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration of the service."`
	Database bool   `help:"Look at what is kept in the service, too. With SQLite the service must be stopped; while it runs, its pages say the same."`
}

// plan reads the configuration and a file, that of the configuration if none is named, and what is kept in the database if that was asked for. reaches
// tells whether a person can be told, as far as that says.
func (c onCallPlace) plan(ctx context.Context, file string) (plan *pager.Plan, reaches func(person string) bool, err error) {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return nil, nil, err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return nil, nil, err
	}
	if file == "" {
		file = cfg.OnCall.File
	}
	plan = &pager.Plan{}
	if file != "" {
		plan, err = pager.LoadPlan(file, dir)
	} else if !c.Database {
		err = errors.New("the configuration names no on_call.file, and none was given: --database looks at what is kept in the service")
	}
	if err != nil {
		return nil, nil, err
	}
	if c.Database {
		return withKept(ctx, c.Config, plan)
	}
	return plan, byMail(plan, cfg.OnCall.channels()), nil
}

// byMail tells of the people of a file whether they can be told.
func byMail(plan *pager.Plan, channels []string) func(person string) bool {
	return func(person string) bool {
		return plan.Email(person) != "" && slices.Contains(channels, pager.MailChannel)
	}
}

// withKept is the plan of a file with what is kept in the database.
func withKept(ctx context.Context, configFile string, file *pager.Plan) (plan *pager.Plan, reaches func(person string) bool, err error) {
	at, err := openDatabase(ctx, configFile)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, at.db.Close()) }()
	current := func() *directory.Directory { return at.dir }
	o := &onCall{store: at.store, persons: at.cfg.peopleDesk(at.store, current), tokens: at.cfg.Tokens, current: current, since: time.Unix(0, 0)}
	o.ofFile.Store(file)
	if o.reach, err = newReach(ctx, at.cfg.OnCall, at.store, o.ofFile.Load, newLog(slog.LevelWarn)); err != nil {
		return nil, nil, err
	}
	if plan, err = o.both(ctx, file); err != nil {
		return nil, nil, err
	}
	reachable, err := o.reach.teller.Reachable(ctx)
	return plan, func(person string) bool { return reachable[person] }, err
}

type onCallCheck struct {
	onCallPlace
	File string `arg:"" optional:"" type:"existingfile" help:"The file; left out: the one in use."`
}

// Run prints one line for each rota, and one for everything that deserves a look.
func (c onCallCheck) Run(ctx context.Context) error {
	plan, reaches, err := c.plan(ctx, c.File)
	if err != nil {
		return err
	}
	return printLines(os.Stdout, checkOnCall(plan, reaches, time.Now()))
}

// checkOnCall looks eight weeks ahead.
func checkOnCall(plan *pager.Plan, reaches func(person string) bool, now time.Time) (lines []string) {
	for _, r := range plan.Rotas() {
		gaps := r.Gaps(now)
		lines = append(lines, fmt.Sprintf("Rota %s: %d people, %d gaps in eight weeks.", r.ID, len(r.People()), len(gaps)))
		for _, g := range gaps {
			lines = append(lines, fmt.Sprintf("  nobody from %s to %s", onWall(g.Start, r.Zone()), onWall(g.End, r.Zone())))
		}
		for _, id := range r.People() {
			if !reaches(id) {
				lines = append(lines, fmt.Sprintf("  %s (%s) cannot be told: no channel", plan.Name(id), id))
			}
		}
	}
	if len(lines) == 0 {
		lines = []string{"No rota."}
	}
	return lines
}

// onWall writes an instant as the clock on the wall shows it, with the zone, which differs where a night has an hour twice.
func onWall(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("Mon 2 Jan 2006 15:04:05 MST")
}

type onCallWho struct {
	onCallPlace
	At string `placeholder:"TIME" help:"Such as 2026-10-25T01:30:00Z; left out: now."`
}

// Run prints one line for each rota.
func (c onCallWho) Run(ctx context.Context) error {
	plan, _, err := c.plan(ctx, "")
	if err != nil {
		return err
	}
	at := time.Now()
	if c.At != "" {
		if at, err = time.Parse(time.RFC3339, c.At); err != nil {
			return errors.New("--at must be such as 2026-10-25T01:30:00Z or 2026-10-25T01:30:00+01:00")
		}
	}
	return printLines(os.Stdout, whoIsOn(plan, at))
}

func whoIsOn(plan *pager.Plan, at time.Time) (lines []string) {
	for _, r := range plan.Rotas() {
		on, who := r.At(at), "nobody"
		if on.Person != "" {
			who = fmt.Sprintf("%s (%s)", plan.Name(on.Person), on.Person)
		}
		lines = append(lines, fmt.Sprintf("%s, rota %s: %s, %s", onWall(at, r.Zone()), r.ID, who, on.Why))
	}
	return lines
}

type onCallShifts struct {
	onCallPlace
	Rota   string `required:"" help:"The id of the rota."`
	Weeks  int    `default:"8" help:"How many weeks from now, at most 520."`
	Format string `default:"csv" enum:"csv,ics" help:"csv for a spreadsheet, ics for a calendar program (iCalendar)."`
}

const mostWeeks = 520

// Run writes the shifts to standard output.
func (c onCallShifts) Run(ctx context.Context) error {
	plan, _, err := c.plan(ctx, "")
	if err != nil {
		return err
	}
	if c.Weeks < 1 || c.Weeks > mostWeeks {
		return fmt.Errorf("--weeks must be from 1 to %d", mostWeeks)
	}
	return c.write(os.Stdout, plan, time.Now())
}

func (c onCallShifts) write(to io.Writer, plan *pager.Plan, now time.Time) error {
	var known []string
	for _, r := range plan.Rotas() {
		if r.ID != c.Rota {
			known = append(known, r.ID)
			continue
		}
		shifts := r.Between(now, now.AddDate(0, 0, 7*c.Weeks))
		if c.Format == "csv" {
			return rota.WriteCSV(to, shifts, r.Zone())
		}
		_, err := io.WriteString(to, rota.Calendar(r.ID, "On call: "+r.ID, shifts, plan.Name, now))
		return err
	}
	return fmt.Errorf("there is no rota %q, only %s", c.Rota, strings.Join(known, ", "))
}
