package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/sql"
)

type profilesLocations struct {
	Config       string `required:"" type:"existingfile" placeholder:"FILE" help:"The configuration of the service."`
	Organisation string `placeholder:"CODE" help:"Only this organisation."`
	Days         int    `default:"30" help:"How many days to look back."`
}

// Run lists the rules with what they last matched, and the locations that nobody knows. The database is only looked at.
func (c profilesLocations) Run(ctx context.Context) (err error) {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return err
	}
	if _, dir, err = newHabits(cfg, dir, newLog(slog.LevelError)); err != nil {
		return err
	}
	glass, err := sql.OpenGlass(ctx, cfg.locked())
	if err != nil {
		return err
	}
	defer func() { _ = glass.Close() }() // it was only looked at
	seen, err := glass.LocationsSince(ctx, time.Now().AddDate(0, 0, -c.Days))
	if err != nil {
		return err
	}
	for _, l := range locationsOf(dir, seen) {
		if c.Organisation != "" && l.organisation.ID != c.Organisation {
			continue
		}
		if err := l.print(os.Stdout, dir.Rules(l.organisation.ID), c.Days); err != nil {
			return err
		}
	}
	return nil
}

// organisationLocations are the locations of one organisation, by what the directory and the rules of today make of them.
type organisationLocations struct {
	organisation directory.Organisation
	// rules are by where the rule is written; known are found by the directory itself, unknown by nothing.
	rules          map[string]matched
	known, unknown matched
	strangers      []sql.LocationSeen
}

// matched is how often something matched, and what last.
type matched struct {
	visits int
	last   sql.LocationSeen
}

func (m *matched) add(l sql.LocationSeen) {
	m.visits += l.Visits
	if l.Last.After(m.last.Last) {
		m.last = l
	}
}

// locationsOf sorts the locations under their organisations, and finds each again.
func locationsOf(dir *directory.Directory, seen []sql.LocationSeen) []organisationLocations {
	var all []organisationLocations
	for _, l := range seen {
		org, ok := dir.Organisation(l.Organisation)
		if !ok {
			continue
		}
		if n := len(all); n == 0 || all[n-1].organisation.ID != org.ID {
			all = append(all, organisationLocations{organisation: org, rules: map[string]matched{}})
		}
		o := &all[len(all)-1]
		switch p := dir.Locate(org, l.Location); {
		case p.Rule != nil:
			m := o.rules[p.Rule.Written]
			m.add(l)
			o.rules[p.Rule.Written] = m
		case p.Unknown:
			o.unknown.add(l)
			o.strangers = append(o.strangers, l)
		default:
			o.known.add(l)
		}
	}
	for i := range all {
		slices.SortStableFunc(all[i].strangers, func(a, b sql.LocationSeen) int { return cmp.Compare(b.Visits, a.Visits) })
	}
	return all
}

func (o organisationLocations) print(w io.Writer, rules []directory.Rule, days int) error {
	p := &printer{}
	p.line("", fmt.Sprintf("%s (%s), the last %d days", o.organisation.Name, o.organisation.ID, days))
	for i := range rules {
		r := &rules[i]
		m, some := o.rules[r.Written]
		last := "nothing matched it"
		if some {
			last = fmt.Sprintf("%d visits, last %s at %s", m.visits, m.last.Last.Format("2 January 2006 15:04"), written(m.last.Location))
		}
		p.line("  ", fmt.Sprintf("%s (%s) is %s: %s", r.Written, r, cmp.Or(r.Department, "in no A&E department"), last))
	}
	p.line("  ", fmt.Sprintf("found by the directory, or without a location: %d visits", o.known.visits))
	p.line("  ", fmt.Sprintf("unknown, and shown at the main A&E: %d visits", o.unknown.visits))
	for _, l := range o.strangers {
		p.line("    ", fmt.Sprintf("%s: %d visits, last %s", written(l.Location), l.Visits, l.Last.Format("2 January 2006 15:04")))
	}
	_, err := w.Write(p.Bytes())
	return err
}

// written is a location as it stands in PV1-3.
func written(l directory.Location) string {
	return strings.TrimRight(strings.Join([]string{l.PointOfCare, l.Room, l.Bed, l.Site}, "^"), "^")
}
